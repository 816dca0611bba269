"""The handlers' own decisions, without a cloud."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patterns.api.presigned_upload.handler.uploads.contents import FIRST_BYTES, contradiction
from patterns.api.presigned_upload.handler.uploads.records import Upload
from patterns.api.presigned_upload.handler.uploads.signing import Signing

MIB = 1024 * 1024
SIZES = st.integers(1, 50 * 1024 * MIB)


@pytest.mark.parametrize(
    ("kind", "beginning", "wrong"),
    [
        ("image/png", b"\x89PNG\r\n\x1a\nrest", ""),
        ("image/png", b"\xff\xd8\xff\xe0", "the file does not begin as image/png does"),
        ("image/webp", b"RIFF\0\0\0\0WEBPVP8 ", ""),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04", ""),
        ("application/epub+zip", b"%PDF-1.7", "the file does not begin as application/epub+zip does"),
        ("text/csv", "ü;1".encode(), ""),
        ("text/csv", b"a\0b", "the file is no text, as text/csv is"),
        ("text/csv", (b"a" * (FIRST_BYTES - 1)) + "ü".encode()[:1], ""),
        ("text/csv", b"a" + "ü".encode()[:1], "the file is no text, as text/csv is"),
        ("model/stl", b"solid", ""),
        ("model/stl", b"%PDF-1.7", "the file is application/pdf, not model/stl"),
    ],
)
def test_the_beginning_of_a_file_is_held_to_its_type(kind: str, beginning: bytes, wrong: str) -> None:
    assert contradiction(kind, beginning) == wrong


@given(SIZES, st.integers(16 * MIB, 64 * MIB))
def test_parts_are_the_whole_file_and_only_the_last_is_small(size: int, part_size: int) -> None:
    one = Upload("u", "me", "a", "image/png", size, part_size=part_size)
    last = one.part(one.parts)
    assert part_size * (one.parts - 1) + last == size
    assert 0 < last <= part_size


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_forms_and_links_name_the_regions_own_endpoint(region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The global endpoint redirects, and a browser's preflight follows no redirect."""
    settings = {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": region,
        "QUARANTINE_BUCKET": "a-bucket",
        "LIFETIME_SECONDS": "60",
        "S3_ENDPOINT": f"https://s3.{region}.amazonaws.com",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    one = Upload("u", "me", "a", "image/png", 17 * MIB, multipart="id", part_size=16 * MIB)
    form, link = Signing().form(one), Signing().part(one, 2)
    assert urlsplit(form["url"]).netloc == urlsplit(link).netloc == f"a-bucket.s3.{region}.amazonaws.com"
    assert "content-length" in link, "the size of a part is signed"
    assert not [name for name in form["fields"] if "encryption" in name], "the bucket encrypts by itself"
