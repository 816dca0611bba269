"""What the thumbnailer makes of the images that cameras and people produce, and what it refuses."""

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence, JpegImagePlugin
from PIL.PngImagePlugin import PngInfo

from patterns.events.thumbnailer.handler.thumbnailer import images
from tests.patterns.events.thumbnailer import pictures
from tests.patterns.events.thumbnailer.pictures import BLUE, GREEN, RED, SECRET, WHITE, encoded

PHOTOGRAPH = Path(__file__).parents[4] / "examples" / "photographs" / "grace_hopper.jpg"
MAX_PIXELS = 1_000_000


def thumbnail(body: bytes, width: int = 32, output: str = "PNG", quality: int = 95) -> Image.Image:
    picture = images.read(body, width=width, max_pixels=MAX_PIXELS)
    made = picture.thumbnail(width, output=images.FORMATS[output], quality=quality)
    image = Image.open(io.BytesIO(made.body))
    image.load()
    assert image.size == (made.width, made.height)
    assert image.format == output
    return image


def refusal(body: bytes, max_pixels: int = MAX_PIXELS) -> str:
    with pytest.raises(images.Refused) as caught:
        images.read(body, width=32, max_pixels=max_pixels)
    return caught.value.reason


def close(image: Image.Image, point: tuple[float, float], colour: tuple[int, ...], within: int = 12) -> bool:
    """Whether the colour at a point, given as fractions of the sides, is about the one given."""
    found = np.asarray(image, dtype=int)[int(image.height * point[1]), int(image.width * point[0])]
    return bool((np.abs(found - np.array(colour)) <= within).all())


INVERSE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("scale", [1, 8])
def test_a_picture_is_turned_upright(format: str, orientation: int, scale: int) -> None:  # noqa: A002
    # Upright it is 96 x 64, or larger: then the decoder's draft and the averaging come first.
    stored = pictures.quarters((96 * scale, 64 * scale))
    if (turn := INVERSE[orientation]) is not None:
        stored = stored.transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    body = encoded(stored, format, exif=exif)
    picture = images.read(body, width=48, max_pixels=MAX_PIXELS)
    assert (picture.width, picture.height) == (96 * scale, 64 * scale)
    made = thumbnail(body, width=48)
    assert made.size == (48, 32)
    assert close(made, (0.25, 0.25), RED)
    assert close(made, (0.75, 0.25), GREEN)
    assert close(made, (0.75, 0.75), BLUE)
    assert close(made, (0.25, 0.75), WHITE)


def test_a_sideways_picture_keeps_its_detail() -> None:
    # 640 x 80 stored, 80 x 640 displayed: a draft for the stored width would leave ten pixels of it.
    stripes = Image.fromarray(np.tile(np.repeat(np.array([[0, 255]], np.uint8), 8, axis=1), (640, 5)))
    exif = Image.Exif()
    exif[0x0112] = 6
    body = encoded(stripes.transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif, quality=95)
    made = np.asarray(thumbnail(body, width=80).convert("L"), dtype=int)
    assert made.shape == (640, 80)
    assert np.abs(made - np.asarray(stripes, dtype=int)).mean() < 4


@pytest.mark.parametrize("output", images.FORMATS)
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I;16B"])
@pytest.mark.parametrize("side", [16, 400])
def test_every_colour_mode_becomes_every_format(mode: str, output: str, side: int) -> None:
    grey = Image.new("L", (side, side), 200)
    image = Image.new(mode, (side, side), 200 * 257) if mode.startswith("I") else grey.convert(mode)
    made = thumbnail(encoded(image, "TIFF"), output=output)
    assert made.size == (min(side, 32),) * 2
    # One bit a pixel is dithered: its average says as much.
    average = np.asarray(made.convert("L"), dtype=float).mean()
    assert abs(average - 200) < 12


def test_a_large_sideways_picture_is_shrunk_as_well() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    body = encoded(Image.new("L", (1280, 160), 90), "PNG", exif=exif)
    assert images.read(body, width=20, max_pixels=MAX_PIXELS).working.size == (640, 80)


def test_cmyk_without_a_profile() -> None:
    made = thumbnail(encoded(pictures.quarters().convert("CMYK"), "JPEG", quality=95), output="JPEG")
    assert made.mode == "RGB"
    assert close(made, (0.25, 0.25), RED, within=20)
    assert close(made, (0.25, 0.75), WHITE, within=20)


def test_cmyk_is_read_through_its_profile() -> None:
    cyan = Image.new("CMYK", (64, 64), (255, 0, 0, 0))
    assert close(thumbnail(encoded(cyan, "JPEG")), (0.5, 0.5), (0, 255, 255), within=20)
    made = thumbnail(encoded(cyan, "JPEG", icc_profile=pictures.cmyk_profile()))
    red, green, blue = made.convert("RGB").getpixel((16, 16))  # type: ignore[misc]
    assert green > red + 60
    assert green > blue + 60


def test_rgb_is_read_through_its_profile() -> None:
    body = encoded(Image.new("RGB", (64, 64), (255, 0, 0)), "PNG", icc_profile=pictures.swapped_profile())
    assert close(thumbnail(body), (0.5, 0.5), (0, 255, 0))


def test_a_profile_leaves_transparency_alone() -> None:
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 100))
    made = thumbnail(encoded(image, "PNG", icc_profile=pictures.swapped_profile()))
    assert close(made, (0.5, 0.5), (0, 255, 0, 100))


@pytest.mark.parametrize("mode", ["L", "LA", "I;16"])
def test_grey_is_read_through_its_profile(mode: str) -> None:
    colours: dict[str, int | tuple[int, int]] = {"L": 55, "LA": (55, 255), "I;16": 55 * 257}
    image = Image.new(mode, (64, 64), colours[mode])
    made = thumbnail(encoded(image, "PNG", icc_profile=pictures.grey_profile(1.0)), output="JPEG")
    # 55 of 255 as light is 128 of 255 in sRGB.
    assert close(made, (0.5, 0.5), (128, 128, 128), within=3)


@pytest.mark.parametrize("profile", [b"no profile", pictures.cmyk_profile(), pictures.grey_profile(1)])
def test_a_profile_that_does_not_fit_is_ignored(profile: bytes) -> None:
    body = encoded(Image.new("RGB", (64, 64), RED), "JPEG", icc_profile=profile, quality=95)
    assert close(thumbnail(body), (0.5, 0.5), RED)


def sixteen_bits() -> dict[str, bytes]:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (16, 1))
    twelve = (ramp[:, ::2] >> 4).astype(np.uint32), (ramp[:, 1::2] >> 4).astype(np.uint32)
    packed = np.stack([twelve[0] >> 4, (twelve[0] & 15) << 4 | twelve[1] >> 8, twelve[1] & 255], axis=-1)
    return {
        "grey PNG": pictures.png16(ramp, 0),
        "grey and alpha PNG": pictures.png16(np.stack([ramp, np.full_like(ramp, 65535)], axis=-1), 4),
        "RGB PNG": pictures.png16(np.stack([ramp] * 3, axis=-1), 2),
        "RGBA PNG": pictures.png16(np.stack([*[ramp] * 3, np.full_like(ramp, 65535)], axis=-1), 6),
        "little-endian TIFF": pictures.tiff(64, 16, 16, ramp.astype("<u2").tobytes()),
        "big-endian TIFF": pictures.tiff(64, 16, 16, ramp.astype(">u2").tobytes(), order=">"),
        "12-bit TIFF": pictures.tiff(64, 16, 12, packed.astype(np.uint8).tobytes()),
    }


@pytest.mark.parametrize("name", sixteen_bits())
@pytest.mark.parametrize("width", [64, 16])
def test_sixteen_bits_keep_their_tones(name: str, width: int) -> None:
    made = np.asarray(thumbnail(sixteen_bits()[name], width=width).convert("L"), dtype=float)
    expected = np.linspace(0, 255, 64).reshape(width, -1).mean(axis=1)
    inner = slice(1, -1) if width == 16 else slice(None)  # resampling overshoots at the border
    assert np.abs(made.mean(axis=0) - expected)[inner].max() < 2


def see_through() -> dict[str, bytes]:
    """Left half opaque blue; right half wholly transparent, and red underneath."""
    image = Image.new("RGBA", (64, 64), (*BLUE, 255))
    image.paste((255, 0, 0, 0), (32, 0, 64, 64))
    palette = Image.new("P", (64, 64), 0)
    palette.putpalette([*BLUE, 255, 0, 0])
    palette.paste(1, (32, 0, 64, 64))
    keyed = image.convert("RGB")
    return {
        "PNG": encoded(image, "PNG"),
        "WEBP": encoded(image, "WEBP", lossless=True, exact=True),
        "TIFF": encoded(image, "TIFF"),
        "palette PNG": encoded(palette, "PNG", transparency=1),
        "palette PNG with an alpha table": encoded(palette, "PNG", transparency=b"\xff\x00"),
        "GIF": encoded(palette, "GIF", transparency=1),
        "PNG with a transparent colour": encoded(keyed, "PNG", transparency=(255, 0, 0)),
    }


@pytest.mark.parametrize("name", see_through())
@pytest.mark.parametrize("width", [64, 30, 4])
def test_transparency_is_kept_or_becomes_white(name: str, width: int) -> None:
    body = see_through()[name]
    kept = thumbnail(body, width=width).convert("RGBA")
    assert close(kept, (0.1, 0.5), (*BLUE, 255))
    assert kept.getpixel((kept.width - 1, kept.height // 2))[3] < 8  # type: ignore[index]
    flat = thumbnail(body, width=width, output="JPEG", quality=100)
    assert flat.mode == "RGB"
    assert close(flat, (0.1, 0.5), BLUE, within=16)
    assert close(flat, (0.95, 0.5), WHITE, within=16)
    # No red of the transparent half reaches the edge: from blue to white, red is never above green.
    pixels = np.asarray(thumbnail(body, width=width).convert("RGBA"), dtype=int)
    visible = pixels[pixels[..., 3] > 16]
    assert (visible[:, 0] <= visible[:, 1] + 16).all()


def test_grey_transparency_becomes_white() -> None:
    image = Image.new("LA", (64, 64), (0, 0))
    assert close(thumbnail(encoded(image, "PNG"), output="JPEG"), (0.5, 0.5), WHITE)
    half = Image.new("LA", (64, 64), (0, 128))
    assert close(thumbnail(encoded(half, "PNG"), output="JPEG"), (0.5, 0.5), (127, 127, 127), within=3)


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_it_is_the_first_frame(format: str) -> None:  # noqa: A002
    frames = [Image.new("RGB", (64, 48), colour) for colour in (RED, GREEN, BLUE)]
    body = encoded(frames[0], format, save_all=True, append_images=frames[1:])
    assert len(list(ImageSequence.Iterator(Image.open(io.BytesIO(body))))) == 3
    for output in images.FORMATS:
        made = thumbnail(body, output=output)
        assert close(made, (0.5, 0.5), RED)
        assert getattr(made, "n_frames", 1) == 1


def test_of_several_pictures_in_a_jpeg_it_is_the_first() -> None:
    frames = [Image.new("RGB", (64, 48), colour) for colour in (RED, GREEN)]
    body = encoded(frames[0], "MPO", save_all=True, append_images=frames[1:], quality=95)
    assert images.read(body, width=32, max_pixels=MAX_PIXELS).format == "MPO"
    assert close(thumbnail(body), (0.5, 0.5), RED)


def private() -> dict[str, bytes]:
    image = Image.new("RGB", (64, 48), RED)
    exif = Image.Exif()
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[29] = SECRET
    xmp = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>{SECRET}</a></x:xmpmeta>'.encode()
    profile = pictures.swapped_profile() + SECRET.encode()
    text = PngInfo()
    text.add_text("Author", SECRET)
    text.add_itxt("XML:com.adobe.xmp", xmp.decode())
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x16\x1c\x02\x78\0\x10" + SECRET.encode()
    iptc = b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc
    options: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    return {
        "JPEG": encoded(image, "JPEG", comment=SECRET, xmp=xmp, extra=iptc, **options),
        "PNG": encoded(image, "PNG", pnginfo=text, **options),
        "WEBP": encoded(image, "WEBP", xmp=xmp, **options),
        "TIFF": encoded(image, "TIFF", **options),
        "GIF": encoded(image, "GIF", comment=SECRET),
    }


@pytest.mark.parametrize("name", private())
@pytest.mark.parametrize("output", images.FORMATS)
def test_nothing_private_is_left(name: str, output: str) -> None:
    body = private()[name]
    assert SECRET.encode() in body or name == "PNG"  # compressed there
    for width in (32, 64):  # shrunk, and at its own size
        picture = images.read(body, width=64, max_pixels=MAX_PIXELS)
        made = picture.thumbnail(width, output=images.FORMATS[output], quality=90).body
        assert SECRET.encode() not in made
        with Image.open(io.BytesIO(made)) as image:
            assert not {"exif", "xmp", "comment", "icc_profile", "photoshop", "Author"} & set(image.info)
            assert not dict(image.getexif())


@given(
    width=st.integers(1, 300),
    height=st.integers(1, 300),
    wanted=st.integers(1, 400),
    output=st.sampled_from(["PNG"]),
)
@settings(max_examples=60, deadline=None)
def test_never_enlarged_and_in_proportion(width: int, height: int, wanted: int, output: str) -> None:
    made = thumbnail(encoded(Image.new("L", (width, height), 90), "PNG"), width=wanted, output=output)
    assert made.width == min(width, wanted)
    assert made.height == max(1, round(height * made.width / width))
    assert np.abs(np.asarray(made, dtype=int) - 90).max() <= 1


@pytest.mark.parametrize("output", images.FORMATS)
def test_a_very_long_picture_fits_every_format(output: str) -> None:
    body = encoded(Image.new("L", (40, 20000), 90), "PNG")
    picture = images.read(body, width=40, max_pixels=MAX_PIXELS)
    made = picture.thumbnail(40, output=images.FORMATS[output], quality=80)
    assert made.height <= 16383
    assert math.isclose(made.height / made.width, 500, rel_tol=0.05)


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("width", [40, 97, 250])
def test_shrinking_in_steps_is_as_good_as_resampling_the_whole(width: int, grey: bool) -> None:
    with Image.open(PHOTOGRAPH) as photograph:
        large = photograph.resize((1535, 1799), Image.Resampling.BICUBIC).convert("L" if grey else "RGB")
    body = encoded(large, "JPEG", quality=95)
    with Image.open(io.BytesIO(body)) as whole:
        size = (width, round(1799 * width / 1535))
        expected = np.asarray(whole.resize(size, Image.Resampling.LANCZOS), dtype=float)
    picture = images.read(body, width=width, max_pixels=10**8)
    assert picture.working.width < 1535
    png = picture.thumbnail(width, output=images.FORMATS["PNG"], quality=1).body
    made = np.asarray(Image.open(io.BytesIO(png)), dtype=float)
    assert made.shape == expected.shape
    assert 10 * math.log10(255**2 / ((made - expected) ** 2).mean()) > 45


def test_a_smaller_thumbnail_comes_from_the_same_decoding() -> None:
    picture = images.read(PHOTOGRAPH.read_bytes(), width=512, max_pixels=MAX_PIXELS)
    sizes = [picture.thumbnail(width, output=images.FORMATS["JPEG"], quality=85) for width in (512, 128, 1)]
    assert [(made.width, made.height) for made in sizes] == [(512, 600), (128, 150), (1, 1)]


FORMATS = ["BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"]


def test_an_empty_object_is_refused() -> None:
    assert refusal(b"") == "EMPTY"


@pytest.mark.parametrize("body", [b"\0", b"Dear Sir", b"%PDF-1.7\n", b"GIF", b"\xff\xd8\xff", b"<svg/>"])
def test_what_is_no_image_is_refused(body: bytes) -> None:
    assert refusal(body) == "NOT_AN_IMAGE"


@pytest.mark.parametrize("format", ["PPM", "ICO", "TGA", "JPEG2000", "PCX", "EPS", "AVIF"])
def test_what_no_browser_or_camera_makes_is_refused(format: str) -> None:  # noqa: A002
    assert refusal(pictures.plain(format)) == "NOT_AN_IMAGE"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_truncated_image_is_refused(format: str, kept: float) -> None:  # noqa: A002
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    body = encoded(Image.fromarray(noise), format)
    assert images.read(body, width=32, max_pixels=MAX_PIXELS)
    assert refusal(body[: int(len(body) * kept)]) in ("DAMAGED", "NOT_AN_IMAGE")


@pytest.mark.parametrize("format", FORMATS)
def test_too_many_pixels_are_refused_before_decoding(format: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: A002
    def decode(*_: Any) -> None:
        pytest.fail("it was decoded")

    monkeypatch.setattr(images, "_decoded", decode)
    for width, height in [(16000, 16000), (1001, 1000), (30, 40000)]:
        if format == "WEBP" and height > 16384:
            continue
        assert refusal(pictures.bombs(width, height)[format]) == "TOO_MANY_PIXELS"


@pytest.mark.parametrize("format", FORMATS)
def test_the_limit_itself_is_accepted(format: str) -> None:  # noqa: A002
    body = pictures.plain(format, size=(100, 100))
    limit = 20_000 if format == "WEBP" else 10_000
    assert images.read(body, width=32, max_pixels=limit).width == 100
    assert refusal(body, max_pixels=limit - 1) == "TOO_MANY_PIXELS"


@pytest.mark.parametrize("mode", ["F", "I", "LAB"])
def test_scientific_images_are_refused(mode: str) -> None:
    assert refusal(encoded(Image.new(mode, (64, 64)), "TIFF")) == "COLOURS_NOT_SUPPORTED"


def test_out_of_memory_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: Image.Image) -> None:
        raise MemoryError

    body = pictures.plain("BMP")
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    with pytest.raises(MemoryError):
        images.read(body, width=32, max_pixels=MAX_PIXELS)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("exif", [b"II*\0\xff\xff\xff\x7fgarbage", b"not TIFF", b""])
def test_metadata_that_cannot_be_read_does_not_cost_the_image(format: str, exif: bytes) -> None:  # noqa: A002
    body = encoded(Image.new("RGB", (64, 48), RED), format, exif=b"Exif\0\0" + exif)
    assert close(thumbnail(body), (0.5, 0.5), RED)


DAMAGEABLE = [encoded(pictures.quarters((40, 30)), name) for name in FORMATS] + list(private().values())


@given(
    body=st.sampled_from(DAMAGEABLE),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
)
@settings(max_examples=300, deadline=None)
def test_damaged_bytes_are_accepted_or_refused_and_nothing_else(body: bytes, changes: list[tuple[float, int]]) -> None:
    damaged = bytearray(body)
    for place, value in changes:
        damaged[int(place * len(damaged))] = value
    try:
        picture = images.read(bytes(damaged), width=32, max_pixels=MAX_PIXELS)
    except images.Refused:
        return
    assert picture.thumbnail(32, output=images.FORMATS["JPEG"], quality=80).width <= 32


def test_a_large_jpeg_is_decoded_at_a_fraction_of_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[tuple[int, int]] = []

    class Decoded(JpegImagePlugin.JpegImageFile):
        def load(self) -> Any:
            decoded.append(self.size)
            return super().load()

    monkeypatch.setitem(Image.OPEN, "JPEG", (Decoded, Image.OPEN["JPEG"][1]))
    picture = images.read(encoded(Image.new("RGB", (1200, 800), RED), "JPEG"), width=32, max_pixels=MAX_PIXELS)
    assert (picture.width, picture.height) == (1200, 800)
    # libjpeg scales by an eighth at most, and draws what is needed twice as large at least.
    assert decoded == [(150, 100)]
