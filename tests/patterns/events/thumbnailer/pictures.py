"""Image bytes as cameras, scanners, people and attackers produce them, made in code."""

import io
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

RED, GREEN, BLUE, WHITE = (230, 30, 30), (30, 200, 40), (30, 40, 220), (255, 255, 255)
SECRET = "51.5007N-0.1246W"


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:  # noqa: A002
    body = io.BytesIO()
    image.save(body, format, **options)
    return body.getvalue()


def plain(format: str, colour: tuple[int, int, int] = RED, size: tuple[int, int] = (64, 48)) -> bytes:  # noqa: A002
    return encoded(Image.new("RGB", size, colour), format)


def quarters(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Red, green, blue and white, clockwise from the upper left."""
    width, height = size
    image = Image.new("RGB", size, RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (width // 2, height // 2, width, height))
    image.paste(WHITE, (0, height // 2, width // 2, height))
    return image


def png(width: int, height: int, depth: int, colour: int, rows: bytes, *extra: tuple[bytes, bytes]) -> bytes:
    """A PNG of raw rows, each with its filter byte, in a depth and colour type that Pillow does not write."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)), *extra]
    chunks += [(b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def png16(samples: NDArray[np.uint16], colour: int) -> bytes:
    """A PNG of 16 bits a sample; samples are rows x columns x channels."""
    height, width = samples.shape[:2]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return png(width, height, 16, colour, rows)


def tiff(width: int, height: int, bits: int, data: bytes, order: str = "<") -> bytes:
    """A grey TIFF of one uncompressed strip."""
    entries = [
        (256, width),
        (257, height),
        (258, bits),
        (259, 1),
        (262, 1),
        (273, 0),
        (277, 1),
        (278, height),
    ]
    entries.append((279, len(data)))
    start = 8 + 2 + 12 * len(entries) + 4
    body = b"".join(struct.pack(order + "HHII", tag, 4, 1, start if tag == 273 else value) for tag, value in entries)
    header = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return header + struct.pack(order + "H", len(entries)) + body + struct.pack(order + "I", 0) + data


def bombs(width: int, height: int) -> dict[str, bytes]:
    """Small files whose headers claim so many pixels."""
    gif = bytearray(plain("GIF"))
    gif[6:10] = struct.pack("<HH", width, height)
    bmp = bytearray(plain("BMP"))
    bmp[18:26] = struct.pack("<ii", width, height)
    jpeg = bytearray(plain("JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    webp = bytearray(plain("WEBP"))
    webp[26:30] = struct.pack("<HH", width & 0x3FFF, height & 0x3FFF)
    return {
        "PNG": png(width, height, 8, 2, b"\0" * 100),
        "GIF": bytes(gif),
        "BMP": bytes(bmp),
        "JPEG": bytes(jpeg),
        "WEBP": bytes(webp),
        "TIFF": tiff(width, height, 8, b"\0" * 100),
    }


def swapped_profile() -> bytes:
    """An RGB profile in which what is stored as red is green, and the other way round."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def grey_profile(gamma: float) -> bytes:
    """A grey profile of a pure power."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    return _profile(b"mntr", b"GRAY", b"XYZ ", [(b"wtpt", _xyz(0.9642, 1.0, 0.8249)), (b"kTRC", curve)])


def cmyk_profile() -> bytes:
    """A CMYK profile whose cyan ink is a strong green; the other inks print grey."""
    table = bytearray()
    for index in range(16):  # the corners of the ink cube; the last channel varies fastest
        cyan = bool(index & 8)
        others = index & 7
        lightness = 255 if not index else 120 if cyan and not others else 40
        table += bytes([lightness, 60 if cyan and not others else 128, 190 if cyan and not others else 128])
    line = bytes(range(256))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0])
    lut += b"".join(struct.pack(">i", 65536 if i % 4 == 0 else 0) for i in range(9))
    lut += line * 4 + bytes(table) + line * 3
    return _profile(b"prtr", b"CMYK", b"Lab ", [(b"wtpt", _xyz(0.9642, 1.0, 0.8249)), (b"A2B0", lut)])


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _profile(kind: bytes, space: bytes, connection: bytes, tags: list[tuple[bytes, bytes]]) -> bytes:
    table, data = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack(">II", start + len(data), len(content))
        data += content + b"\0" * (-len(content) % 4)
    header = struct.pack(">I", start + len(data)) + b"\0\0\0\0" + b"\x02\x40\0\0" + kind + space + connection
    header += b"\0" * 12 + b"acsp" + b"\0" * 28 + _xyz(0.9642, 1.0, 0.8249)[8:]
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data
