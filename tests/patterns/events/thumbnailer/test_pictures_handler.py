"""What images are made into, to the pixel, and each text of a refusal."""

import io
import re
import warnings
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.answering import loaded
from tests.patterns.events.thumbnailer import pictures

ANY = 10**9


@pytest.fixture(scope="module")
def images() -> Iterator[ModuleType]:
    with loaded("events/thumbnailer/handler/thumbnailer", "images") as module:
        yield module("images")


def noise(mode: str, width: int, height: int) -> Image.Image:
    """An image in which no two places look alike."""
    bands = {"L": 1, "P": 1, "RGB": 3, "RGBA": 4, "LA": 2, "CMYK": 4, "I;16": 1}[mode]
    found = np.random.default_rng(7).integers(0, 65536 if mode == "I;16" else 256, (height, width, bands))
    if mode == "I;16":
        return Image.fromarray(found[..., 0].astype(np.uint16))
    if mode == "P":
        image = Image.fromarray(found[..., 0].astype(np.uint8), "L")
        image.putpalette(list(np.random.default_rng(8).integers(0, 256, 768)))
        return image
    return Image.fromarray(found.astype(np.uint8).squeeze(), mode)


def same(one: Image.Image, other: Image.Image) -> bool:
    return (one.mode, one.size, one.tobytes()) == (other.mode, other.size, other.tobytes())


@pytest.mark.parametrize(
    ("size", "wanted", "fitted"),
    [
        ((100, 50), 100, (100, 50)),
        ((100, 50), 200, (100, 50)),
        ((100, 50), 99, (99, 50)),
        ((100, 50), 30, (30, 15)),
        ((100, 51), 50, (50, 26)),
        ((1000, 1), 10, (10, 1)),
        ((1, 1), 1, (1, 1)),
        ((1, 16383), 1, (1, 16383)),
        ((2, 16384), 2, (2, 16383)),
        ((4, 65532), 4, (1, 16383)),
        ((1, 40000), 1, (1, 16383)),
        ((16384, 2), 20000, (16383, 2)),
        ((65532, 4), 70000, (16383, 1)),
    ],
)
def test_a_size_fits_in_proportion(
    images: ModuleType, size: tuple[int, int], wanted: int, fitted: tuple[int, int]
) -> None:
    assert images._fit(*size, wanted) == fitted


@pytest.mark.parametrize(
    ("exif", "orientation"), [({274: 6}, 6), ({}, 1), ({274: "6"}, 1), ({274: None}, 1), (None, 1), ({274: 9}, 9)]
)
def test_an_orientation_is_a_number(images: ModuleType, exif: dict[int, Any] | None, orientation: int) -> None:
    # Of None nothing can be asked: it is metadata that cannot be read.
    assert images._orientation(SimpleNamespace(getexif=lambda: exif)) == orientation


@pytest.mark.parametrize("orientation", range(10))
@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_a_picture_is_turned_to_the_pixel(images: ModuleType, orientation: int, format: str) -> None:  # noqa: A002
    exif = Image.Exif()
    exif[274] = orientation
    body = pictures.encoded(noise("RGB", 5, 3), format, exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(body)))
    picture = images.read(body, width=9, max_pixels=ANY)
    made = picture.thumbnail(9, output=images.FORMATS["PNG"], quality=1)
    assert same(Image.open(io.BytesIO(made.body)), upright.convert("RGB"))
    assert (picture.width, picture.height) == (made.width, made.height) == upright.size
    assert picture.orientation == (1 if format == "TIFF" else orientation)


SHRUNK = [
    # One as large as three thumbnails is left as it is; twice as large is halved.
    ("L", (59, 29), 10, (59, 29)),
    ("L", (60, 30), 10, (30, 15)),
    ("RGB", (61, 31), 10, (31, 16)),
    ("RGB", (90, 61), 10, (45, 31)),
    ("RGB", (90, 63), 10, (30, 21)),
    ("P", (60, 30), 10, (30, 15)),
    ("RGBA", (60, 703), 10, (30, 352)),
    ("LA", (60, 771), 10, (30, 386)),
    ("I;16", (60, 770), 10, (30, 385)),
    ("RGB", (123, 1000), 10, (31, 250)),
]


@pytest.mark.parametrize(("mode", "size", "width", "working"), SHRUNK)
def test_a_large_picture_is_averaged_first_a_band_at_a_time(
    images: ModuleType, mode: str, size: tuple[int, int], width: int, working: tuple[int, int]
) -> None:
    whole = noise(mode, *size)
    body = pictures.encoded(whole, "PNG")
    picture = images.read(body, width=width, max_pixels=ANY)
    assert picture.working.size == working
    factor = round(size[0] / working[0])
    assert picture.box == (0, 0, size[0] / factor, size[1] / factor)
    assert (picture.format, picture.width, picture.height, picture.profile) == ("PNG", *size, None)
    resamplable = images._resamplable(Image.open(io.BytesIO(body)), 65535)
    assert same(picture.working, resamplable.reduce(factor) if factor > 1 else resamplable)


@pytest.mark.parametrize("factor", [2, 3, 7, 255, 256, 257, 300])
def test_bands_are_a_whole_number_of_averages(images: ModuleType, factor: int) -> None:
    whole = noise("L", 9, 1000)
    assert same(images._shrunk(whole, factor), whole.reduce(factor))


def test_no_band_is_converted_with_more_rows_than_needed(images: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    heights: list[int] = []
    resamplable = images._resamplable

    def noted(image: Image.Image, white: int) -> Any:
        heights.append(image.height)
        return resamplable(image, white)

    monkeypatch.setattr(images, "_resamplable", noted)
    images._shrunk(noise("P", 6, 600), 3)
    assert heights == [255, 255, 90]


def test_a_large_jpeg_is_drawn_smaller(images: ModuleType) -> None:
    body = pictures.encoded(noise("RGB", 801, 403), "JPEG", quality=90)
    picture = images.read(body, width=60, max_pixels=ANY)
    # Halved twice by the decoder: it keeps three times what is needed, 180 x 90.
    assert picture.working.size == (201, 101)
    assert picture.box == (0, 0, 801 / 4, 403 / 4)
    turned = Image.Exif()
    turned[274] = 6
    sideways = images.read(pictures.encoded(noise("RGB", 801, 403), "JPEG", exif=turned), width=30, max_pixels=ANY)
    assert (sideways.width, sideways.height, sideways.working.size) == (403, 801, (201, 101))


@pytest.mark.parametrize(
    ("mode", "becomes"),
    [("1", "L"), ("L", "L"), ("P", "RGB"), ("RGB", "RGB"), ("RGBX", "RGB"), ("YCbCr", "RGB"), ("CMYK", "CMYK"),
     ("LA", "LA"), ("PA", "RGBA"), ("RGBA", "RGBA")],
)  # fmt: skip
def test_modes_become_those_that_can_be_resampled(images: ModuleType, mode: str, becomes: str) -> None:
    grey = Image.new("L", (2, 2), 200)
    image = Image.new(mode, (2, 2)) if mode in ("PA", "RGBX") else grey.convert(mode)
    found = images._resamplable(image, 65535)
    assert found.mode == becomes
    assert (found is image) is (mode == becomes)
    if mode not in ("PA", "RGBX"):
        assert same(found, image.convert(becomes))


def test_a_colour_that_is_transparent_makes_the_image_so(images: ModuleType) -> None:
    image = Image.new("RGB", (2, 1), (1, 2, 3))
    image.putpixel((1, 0), (4, 5, 6))
    image.info["transparency"] = (1, 2, 3)
    found = images._resamplable(image, 65535)
    assert (found.mode, np.asarray(found).tolist()) == ("RGBA", [[[1, 2, 3, 0], [4, 5, 6, 255]]])


@pytest.mark.parametrize(
    ("white", "values"), [(65535, (0, 128, 129, 32768, 65406, 65535)), (4095, (0, 8, 9, 2048, 4095))]
)
@pytest.mark.parametrize("mode", ["I;16", "I;16B"])
def test_sixteen_bits_are_rounded(images: ModuleType, white: int, values: tuple[int, ...], mode: str) -> None:
    image = Image.new(mode, (len(values), 1))
    for at, value in enumerate(values):
        image.putpixel((at, 0), value)
    found = images._resamplable(image, white)
    assert found.mode == "L"
    assert np.asarray(found).tolist() == [[int(value * 255 / white + 0.5) for value in values]]


def test_twelve_bits_are_as_bright_as_sixteen(images: ModuleType) -> None:
    # Two samples in three bytes: white, and about a half.
    body = pictures.tiff(2, 1, 12, bytes([0xFF, 0xF8, 0x00]))
    picture = images.read(body, width=9, max_pixels=ANY)
    assert np.asarray(picture.working).tolist() == [[255, 128]]


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "CMYK"])
def test_a_thumbnail_is_encoded_without_what_the_image_carries(
    images: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str, mode: str
) -> None:
    saved: list[tuple[Any, ...]] = []

    def save(image: Image.Image, to: io.BytesIO, *given: Any, **options: Any) -> None:
        saved.append((image.copy(), dict(image.info), given, options))
        to.write(b"encoded")

    body = pictures.encoded(noise(mode, 12, 8), "TIFF" if mode == "CMYK" else "PNG", dpi=(300, 300))
    picture = images.read(body, width=6, max_pixels=ANY)
    assert picture.working.info, "there is something to leave out"
    monkeypatch.setattr(Image.Image, "save", save)
    made = picture.thumbnail(6, output=images.FORMATS[name], quality=71)
    assert made == images.Thumbnail(width=6, height=4, body=b"encoded")
    [(image, info, given, options)] = saved
    assert (image.size, info, given) == ((6, 4), {}, (name,))
    assert (
        options
        == {
            "PNG": {"optimize": True},
            "JPEG": {"quality": 71, "optimize": True, "progressive": True},
            "WEBP": {"quality": 71},
            "AVIF": {"quality": 71},
        }[name]
    )
    resized = picture.working.resize((6, 4), Image.Resampling.LANCZOS, box=(0, 0, 12, 8))
    expected = resized.convert("RGB") if mode == "CMYK" else resized
    if mode == "RGBA" and name == "JPEG":
        expected = Image.new("RGB", (6, 4), (255, 255, 255))
        expected.paste(resized.convert("RGB"), mask=resized.getchannel("A"))
    assert same(image, expected)


def test_a_profile_is_applied_as_cameras_mean_it(images: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []

    def convert(image: Image.Image, profile: io.BytesIO, to: Any, **options: Any) -> Image.Image:
        given.append((image.mode, profile.read(), to, options))
        return Image.new("RGB", image.size, (9, 8, 7))

    monkeypatch.setattr(images.ImageCms, "profileToProfile", convert)
    relative, black = images.ImageCms.Intent.RELATIVE_COLORIMETRIC, images.ImageCms.Flags.BLACKPOINTCOMPENSATION
    asked = {"renderingIntent": relative, "outputMode": "RGB", "flags": black}
    for mode, band in (("RGBA", "RGB"), ("LA", "L"), ("CMYK", "CMYK")):
        found = images._in_srgb(noise(mode, 2, 2), b"profile")
        alpha = [] if mode == "CMYK" else [noise(mode, 2, 2).getchannel("A")]
        expected = Image.new("RGB", (2, 2), (9, 8, 7))
        for one in alpha:
            expected.putalpha(one)
        assert same(found, expected)
        assert given.pop() == (band, b"profile", images._SRGB, asked)
    for mode in ("RGBA", "LA", "L", "RGB"):
        assert same(images._in_srgb(noise(mode, 2, 2), None), noise(mode, 2, 2))
    assert same(images._in_srgb(noise("CMYK", 2, 2), None), noise("CMYK", 2, 2).convert("RGB"))
    assert given == []


ACCEPTED = "BMP, GIF, JPEG, PNG, TIFF, WEBP"


@pytest.mark.parametrize(
    ("body", "most", "reason", "message"),
    [
        (b"", ANY, "EMPTY", "the object has no bytes"),
        (b"text", ANY, "NOT_AN_IMAGE", f"the bytes are no image of an accepted format ({ACCEPTED})"),
        (pictures.plain("JPEG")[:400], ANY, "DAMAGED", "the image is truncated or damaged (OSError)"),
        (
            pictures.encoded(Image.new("F", (4, 4)), "TIFF"),
            ANY,
            "COLOURS_NOT_SUPPORTED",
            "images in Pillow's mode F are not accepted",
        ),
        (
            pictures.plain("WEBP", size=(10, 10)),
            199,
            "TOO_MANY_PIXELS",
            "the image has 10 x 10 pixels; at most 99 are accepted",
        ),
        (
            pictures.plain("PNG", size=(10, 10)),
            99,
            "TOO_MANY_PIXELS",
            "the image has too many pixels; at most 99 are accepted",
        ),
        (
            pictures.plain("PNG", size=(10, 30)),
            99,
            "TOO_MANY_PIXELS",
            "the image has too many pixels; at most 99 are accepted",
        ),
    ],
)
def test_a_refusal_says_why(images: ModuleType, body: bytes, most: int, reason: str, message: str) -> None:
    with pytest.raises(images.Refused, match=f"^{re.escape(message)}$") as caught:
        images.read(body, width=8, max_pixels=most)
    assert caught.value.reason == reason


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("most", [None, 7])
def test_pillows_own_guard_is_left_as_it_was(
    images: ModuleType, monkeypatch: pytest.MonkeyPatch, kind: str, most: int | None
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
    body = pictures.plain(kind, size=(10, 10))
    with warnings.catch_warnings():
        before = list(warnings.filters)
        images.read(body, width=8, max_pixels=200)
        with pytest.raises(images.Refused):
            images.read(body, width=8, max_pixels=9)
        assert most == Image.MAX_IMAGE_PIXELS
        assert list(warnings.filters) == before


def test_warnings_of_odd_metadata_are_not_said(images: ModuleType) -> None:
    # What pytest makes an error would be damage.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with images._guarded(100):
            assert Image.MAX_IMAGE_PIXELS == 100
            warnings.warn("odd metadata", UserWarning, stacklevel=1)
            with pytest.raises(Image.DecompressionBombWarning):
                warnings.warn("a bomb", Image.DecompressionBombWarning, stacklevel=1)


def test_memory_that_runs_out_is_no_refusal(images: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def decoded(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(images, "_decoded", decoded)
    with pytest.raises(MemoryError):
        images.read(pictures.plain("PNG"), width=8, max_pixels=ANY)


def test_only_accepted_formats_are_opened(images: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Any] = []
    original = Image.open

    def noted(*given: Any, **options: Any) -> Image.Image:
        opened.append((len(given), options))
        return original(*given, **options)

    monkeypatch.setattr(Image, "open", noted)
    images.read(pictures.plain("PNG"), width=8, max_pixels=ANY)
    assert opened == [(1, {"formats": ("BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP")})]


def test_a_profile_is_kept_for_the_thumbnails(images: ModuleType) -> None:
    profile = pictures.swapped_profile()
    body = pictures.encoded(Image.new("RGB", (4, 4)), "PNG", icc_profile=profile)
    assert images.read(body, width=8, max_pixels=ANY).profile == profile


@pytest.mark.parametrize(
    ("mode", "working"),
    [("1", "L"), ("L", "L"), ("P", "RGB"), ("RGB", "RGB"), ("YCbCr", "RGB"), ("CMYK", "CMYK"),
     ("LA", "LA"), ("PA", "RGBA"), ("RGBA", "RGBA"), ("I;16", "L"), ("I;16B", "L")],
)  # fmt: skip
def test_each_mode_is_accepted(images: ModuleType, mode: str, working: str) -> None:
    body = pictures.encoded(Image.new(mode, (4, 4)), "TIFF")
    assert Image.open(io.BytesIO(body)).mode == mode
    assert images.read(body, width=8, max_pixels=ANY).working.mode == working
