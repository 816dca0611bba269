"""From the bytes of an image to its thumbnails. Knows nothing of AWS."""

import contextlib
import io
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

# Pillow finds a plugin that is not imported by importing all of them: formats that are never accepted, at a
# cost.
from PIL import (
    BmpImagePlugin,  # noqa: F401
    ExifTags,
    GifImagePlugin,  # noqa: F401
    Image,
    ImageCms,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,  # noqa: F401
)

# MPO, several JPEGs in one as cameras write them, is found through JPEG.
ACCEPTED = ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")

# WebP can hold no longer side. It bounds the other formats too: a thumbnail of a very long image is narrower
# than its width, and the work that one image can cause is bounded.
MAX_SIDE = 16383

# Before the exact resampling a large image is shrunk by a whole number, in the JPEG decoder or by averaging,
# to no less than this many times the thumbnail. At 3 the result is within 52 dB (PSNR) of resampling the
# whole image, at 2 within 47 dB.
_MARGIN = 3

_BAND_ROWS = 256

# Pillow decodes a WebP in 16 bytes a pixel, twice what it takes for any other format.
_WEBP_COSTS = 2

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))

_SIXTEEN_BITS = {"I;16", "I;16B"}
_OPAQUE = {"1": "L", "L": "L", "P": "RGB", "RGB": "RGB", "RGBX": "RGB", "YCbCr": "RGB", "CMYK": "CMYK"}
_TRANSPARENT = {"LA": "LA", "PA": "RGBA", "RGBA": "RGBA"}

_TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = {5, 6, 7, 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat:
    """A format that thumbnails are written in."""

    name: str
    extension: str
    content_type: str
    alpha: bool


FORMATS = {
    "JPEG": OutputFormat(name="JPEG", extension="jpg", content_type="image/jpeg", alpha=False),
    "PNG": OutputFormat(name="PNG", extension="png", content_type="image/png", alpha=True),
    "WEBP": OutputFormat(name="WEBP", extension="webp", content_type="image/webp", alpha=True),
    "AVIF": OutputFormat(name="AVIF", extension="avif", content_type="image/avif", alpha=True),
}


class Refused(Exception):  # noqa: N818 - it is named for what it is
    """An image that is not accepted: trying again would change nothing.

    Attributes:
        reason: A code: EMPTY, NOT_AN_IMAGE, TOO_MANY_PIXELS, COLOURS_NOT_SUPPORTED or DAMAGED here.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Thumbnail:
    """An encoded thumbnail and its sides in pixels."""

    width: int
    height: int
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A decoded image, shrunk to what its thumbnails need.

    Attributes:
        format: The format that the bytes are in, whatever the object is called.
        width: Of the image as displayed, in pixels.
        height: Of the image as displayed, in pixels.
    """

    format: str
    width: int
    height: int
    working: Image.Image
    box: tuple[float, float, float, float]
    orientation: int
    profile: bytes | None

    def thumbnail(self, width: int, *, output: OutputFormat, quality: int) -> Thumbnail:
        """The image, upright, in sRGB, without metadata, at most `width` pixels wide and never enlarged."""
        size = _fit(self.width, self.height, width)
        stored = size[::-1] if self.orientation in _SIDEWAYS else size
        image = self.working.resize(stored, Image.Resampling.LANCZOS, box=self.box)
        if (turn := _TURN.get(self.orientation)) is not None:
            image = image.transpose(turn)
        image = _in_srgb(image, self.profile)
        if "A" in image.getbands() and not output.alpha:
            paper = Image.new("RGB", image.size, "white")
            paper.paste(image.convert("RGB"), mask=image.getchannel("A"))
            image = paper
        # The encoders take comments, profiles and more from here.
        image.info = {}
        body = io.BytesIO()
        if output.name == "PNG":
            image.save(body, "PNG", optimize=True)
        elif output.name == "JPEG":
            image.save(body, "JPEG", quality=quality, optimize=True, progressive=True)
        else:
            image.save(body, output.name, quality=quality)
        return Thumbnail(width=image.width, height=image.height, body=body.getvalue())


def read(body: bytes, *, width: int, max_pixels: int) -> Picture:
    """Decode an image for thumbnails of at most `width` pixels.

    Of an animation or of several pages it is the first. Size and format are known from the header, and
    refused, before anything is decoded.

    Raises:
        Refused: the bytes are not an image that is accepted.
    """
    if not body:
        raise Refused("EMPTY", "the object has no bytes")
    with _guarded(max_pixels):
        try:
            with Image.open(io.BytesIO(body), formats=ACCEPTED) as image:
                most = max_pixels // _WEBP_COSTS if image.format == "WEBP" else max_pixels
                if image.width * image.height > most:
                    raise Refused(
                        "TOO_MANY_PIXELS",
                        f"the image has {image.width} x {image.height} pixels; at most {most} are accepted",
                    )
                return _decoded(image, width)
        except (Refused, MemoryError):
            raise
        except UnidentifiedImageError as error:
            accepted = ", ".join(ACCEPTED)
            raise Refused("NOT_AN_IMAGE", f"the bytes are no image of an accepted format ({accepted})") from error
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise Refused(
                "TOO_MANY_PIXELS", f"the image has too many pixels; at most {max_pixels} are accepted"
            ) from error
        except Exception as error:
            # Nothing here reaches out of the process: what fails, fails again with the same bytes. Decoders
            # raise almost anything on damaged ones. Their messages can quote the image, so they are not kept.
            raise Refused("DAMAGED", f"the image is truncated or damaged ({type(error).__name__})") from error


@contextlib.contextmanager
def _guarded(max_pixels: int) -> Iterator[None]:
    # Some formats' decoders allocate while they are opened: Pillow's own guard comes before that.
    before = Image.MAX_IMAGE_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's on odd metadata
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        Image.MAX_IMAGE_PIXELS = max_pixels
        try:
            yield
        finally:
            Image.MAX_IMAGE_PIXELS = before


def _decoded(image: Image.Image, width: int) -> Picture:
    mode = image.mode
    if mode not in _OPAQUE and mode not in _TRANSPARENT and mode not in _SIXTEEN_BITS:
        raise Refused("COLOURS_NOT_SUPPORTED", f"images in Pillow's mode {mode} are not accepted")
    # Pillow turns a TIFF itself while it loads it, and gives its size as turned.
    orientation = 1 if image.format == "TIFF" else _orientation(image)
    stored = image.size
    upright = stored[::-1] if orientation in _SIDEWAYS else stored
    target = _fit(*upright, width)
    needed = [side * _MARGIN for side in (target[::-1] if orientation in _SIDEWAYS else target)]
    drafted = image.draft(None, (needed[0], needed[1]))
    image.load()
    factor = max(1, min(image.width // needed[0], image.height // needed[1]))
    # The draft's and the average's sizes are rounded up: only so much of the last column and row is image.
    right, bottom = drafted[1][2:] if drafted else stored
    return Picture(
        format=image.format or "",
        width=upright[0],
        height=upright[1],
        working=_shrunk(image, factor),
        box=(0, 0, right / factor, bottom / factor),
        orientation=orientation,
        profile=image.info.get("icc_profile"),
    )


def _fit(width: int, height: int, wanted: int) -> tuple[int, int]:
    scale = min(1.0, wanted / width, MAX_SIDE / width, MAX_SIDE / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1  # metadata that cannot be read must not cost the image
    return value if isinstance(value, int) else 1


def _shrunk(image: Image.Image, factor: int) -> Image.Image:
    white = 65535
    if isinstance(image, TiffImagePlugin.TiffImageFile) and image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE) == (12,):
        white = 4095
    if factor == 1:
        return _resamplable(image, white)
    # A band at a time: to convert a whole palette or transparent image first would take up to four times its
    # memory.
    rows = max(1, _BAND_ROWS // factor) * factor
    result: Image.Image | None = None
    for top in range(0, image.height, rows):
        band = image.crop((0, top, image.width, min(top + rows, image.height)))
        band = _resamplable(band, white).reduce(factor)
        if result is None:
            result = Image.new(band.mode, (band.width, math.ceil(image.height / factor)))
        result.paste(band, (0, top // factor))
    assert result is not None
    return result


def _resamplable(image: Image.Image, white: int) -> Image.Image:
    if image.mode in _SIXTEEN_BITS:
        # Pillow's own conversion of 16 bits to 8 makes everything above 255 white.
        native = image if image.mode == "I;16" else image.convert("I")
        return native.point(lambda value: value * (255 / white) + 0.5).convert("L")
    transparent = image.has_transparency_data
    mode = _TRANSPARENT.get(image.mode, "RGBA") if transparent else _OPAQUE[image.mode]
    # Converting an image to its own mode would copy it.
    return image if image.mode == mode else image.convert(mode)


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    alpha = image.getchannel("A") if "A" in image.getbands() else None
    if alpha is not None:
        image = image.convert(image.mode.removesuffix("A"))
    if profile is not None:
        # A profile that is broken, or is another kind of image's, says nothing: as if there were none.
        with contextlib.suppress(ImageCms.PyCMSError):
            converted = ImageCms.profileToProfile(
                image,
                io.BytesIO(profile),
                _SRGB,
                renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
                outputMode="RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
            assert converted is not None  # it is only when the image is changed in place
            image = converted
    if image.mode == "CMYK":
        image = image.convert("RGB")
    if alpha is not None:
        image.putalpha(alpha)
    return image
