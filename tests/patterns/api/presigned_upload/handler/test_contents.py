"""A file is known by what it begins with."""

from types import ModuleType

import pytest

from tests.patterns.api.presigned_upload.handler.uploads import PNG

BEGINNINGS = {
    "application/gzip": [b"\x1f\x8b\x08"],
    "application/pdf": [b"%PDF-"],
    "application/zip": [b"PK\x03\x04", b"PK\x05\x06"],
    "audio/mpeg": [b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"],
    "image/avif": [b"\0\0\0\x1cftypavif"],
    "image/gif": [b"GIF87a", b"GIF89a"],
    "image/jpeg": [b"\xff\xd8\xff"],
    "image/png": [PNG],
    "image/tiff": [b"II*\x00", b"MM\x00*"],
    "image/webp": [b"RIFF\0\0\0\0WEBP"],
    "video/mp4": [b"\0\0\0\x1cftyp"],
}

ARCHIVES = [
    "application/vnd.openxmlformats-officedocument.a",
    "application/vnd.oasis.opendocument.b",
    "application/epub+zip",
]


@pytest.mark.parametrize(("kind", "beginning"), [(kind, one) for kind, all_ in BEGINNINGS.items() for one in all_])
def test_each_type_is_known_by_its_beginning(modules: dict[str, ModuleType], kind: str, beginning: bytes) -> None:
    contradiction = modules["contents"].contradiction
    assert contradiction(kind, beginning + b"rest") == ""
    wrong = f"the file does not begin as {kind} does"
    # A byte earlier or later, or with another last byte, it is none.
    other = bytes([beginning[-1] ^ 1])
    for spoilt in (beginning[1:], b"\1" + beginning, beginning[:-1], beginning[:-1] + other, b""):
        assert contradiction(kind, spoilt) == wrong or kind in ("image/gif", "audio/mpeg")
    told = f"the file is {'image/avif' if b'avif' in beginning else kind}, not model/stl"
    assert contradiction("model/stl", beginning) == told


@pytest.mark.parametrize("kind", ARCHIVES)
def test_documents_are_archives(modules: dict[str, ModuleType], kind: str) -> None:
    assert modules["contents"].contradiction(kind, b"PK\x03\x04") == ""
    assert modules["contents"].contradiction(kind, b"PK") == f"the file does not begin as {kind} does"


@pytest.mark.parametrize("kind", ["text/csv", "application/json", "application/xml"])
@pytest.mark.parametrize(
    ("beginning", "text"),
    [
        (b"", True),
        ("\u00fc".encode(), True),
        (b"a\0", False),
        (b"\xff", False),
        (b"x" * 4093 + "\U0001f600".encode()[:3], True),
        (b"x" * 4092 + "\U0001f600".encode()[:3] + b"x", False),
        (b"x" * 4092 + "\U0001f600".encode()[:3], False),
    ],
)
def test_a_text_may_be_cut_within_a_character(
    modules: dict[str, ModuleType], kind: str, beginning: bytes, text: bool
) -> None:
    assert modules["contents"].FIRST_BYTES == 4096
    wrong = "" if text else f"the file is no text, as {kind} is"
    assert modules["contents"].contradiction(kind, beginning) == wrong
