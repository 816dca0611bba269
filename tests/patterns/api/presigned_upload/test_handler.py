"""The handlers' own decisions, without a cloud."""

import importlib
import json
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from patterns.api.presigned_upload.handler.uploads.contents import FIRST_BYTES, contradiction
from patterns.api.presigned_upload.handler.uploads.records import REFUSED, Records, Upload
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


@pytest.fixture
def forms(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "CONTENT_TYPES": "image/png",
        "CORS_ORIGINS": "",
        "KEPT_SECONDS": "60",
        "LIFETIME_SECONDS": "60",
        "MAX_SIZE": "100",
        "MIN_SIZE": "1",
        "MULTIPART_ABOVE": "50",
        "QUARANTINE_BUCKET": "a-bucket",
        "S3_ENDPOINT": "https://s3.eu-central-1.amazonaws.com",
        "TABLE_NAME": "uploads",
    }.items():
        monkeypatch.setenv(name, value)
    name = "patterns.api.presigned_upload.handler.uploads.forms"
    yield importlib.import_module(name)
    del sys.modules[name]


class Kept:
    """Records that have one upload in two parts, and refuse keys as DynamoDB does."""

    def __init__(self, **other: Any) -> None:
        self.other = other

    def get(self, upload: str) -> Upload | None:
        if not 1 <= len(upload.encode()) <= 2048:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": "key"}}, "GetItem")
        own = {"owner": "me", "size": 20, "multipart": "id", "part_size": 10, **self.other}
        return Upload(upload=upload, name="a", type="image/png", **own) if upload == KNOWN else None


KNOWN = "0" * 32


def asked(forms: ModuleType, route: str, body: str, upload: str = KNOWN, **other: Any) -> tuple[int, str]:
    method, _, resource = route.partition(" ")
    caller = {"authorizer": {"principalId": "me"}}
    event = {"httpMethod": method, "resource": resource, "body": body, "requestContext": caller}
    with patch.object(forms, "_RECORDS", Kept(**other)):
        answer = forms.handler({**event, "pathParameters": {"upload": upload}}, None)
    return answer["statusCode"], json.loads(answer["body"]).get("message", "")


@pytest.mark.parametrize(("size", "told"), [(50, {"upload", "form"}), (51, {"upload", "parts", "part_size"})])
def test_parts_begin_above_the_size_that_is_given(forms: ModuleType, size: int, told: set[str]) -> None:
    body = json.dumps({"name": "a", "type": "image/png", "size": size})
    event = {"httpMethod": "POST", "resource": "/uploads", "body": body}
    with patch.object(forms, "_RECORDS"), patch.object(forms, "_SIGNING") as signing:
        signing.form.return_value, signing.begin.return_value = {}, "id"
        answer = forms.handler(event | {"requestContext": {"authorizer": {"principalId": "me"}}}, None)
    assert (answer["statusCode"], json.loads(answer["body"]).keys()) == (201, told)


@pytest.mark.parametrize("kind", [["image/png"], {"a": 1}, None, 7, True])
def test_a_type_that_is_no_text_is_refused(forms: ModuleType, kind: Any) -> None:
    status, message = asked(forms, "POST /uploads", json.dumps({"name": "a", "type": kind, "size": 5}))
    assert (status, message) == (415, "type must be one of image/png")


@pytest.mark.parametrize("route", ["POST /uploads", "POST /uploads/{upload}/links", "POST /uploads/{upload}/complete"])
@pytest.mark.parametrize("body", ["[" * 100_000, "{", "", "1" * 5000], ids=["nested", "cut", "empty", "long"])
def test_a_body_that_is_no_json_is_refused(forms: ModuleType, route: str, body: str) -> None:
    assert asked(forms, route, body) == (400, "the body must be JSON")


FILE = {"name": "a", "type": "image/png", "size": 5}
LINKS, COMPLETE = "POST /uploads/{upload}/links", "POST /uploads/{upload}/complete"


@pytest.mark.parametrize(
    ("route", "body", "other", "refused"),
    [
        ("POST /uploads", [], {}, (400, "the body must be a JSON object")),
        ("POST /uploads", {**FILE, "name": "a" * 256}, {}, (400, "name must be up to 255 printable characters")),
        ("POST /uploads", {**FILE, "name": "a\n"}, {}, (400, "name must be up to 255 printable characters")),
        ("POST /uploads", {**FILE, "size": 0}, {}, (400, "size must be at least 1 byte")),
        ("POST /uploads", {**FILE, "size": True}, {}, (400, "size must be at least 1 byte")),
        ("POST /uploads", {**FILE, "size": 101}, {}, (413, "size must be at most 100 bytes")),
        (LINKS, {"numbers": []}, {}, (400, "numbers must be 1 to 50 numbers of parts")),
        (LINKS, {"numbers": [1] * 51}, {}, (400, "numbers must be 1 to 50 numbers of parts")),
        (LINKS, {"numbers": [0]}, {}, (400, "numbers must be between 1 and 2")),
        (LINKS, {"numbers": [1, 3]}, {}, (400, "numbers must be between 1 and 2")),
        (LINKS, {"numbers": [1]}, {"multipart": ""}, (409, "the upload is not in parts")),
        (COMPLETE, {"tags": ["a", "b"]}, {"multipart": ""}, (409, "the upload is not in parts")),
        (COMPLETE, {"tags": ["a", "b"]}, {"status": "CHECKING"}, (409, "the upload is CHECKING")),
        (LINKS, {"numbers": [1]}, {"owner": "another"}, (404, "no such upload")),
    ],
)
def test_what_is_refused_is_said(
    forms: ModuleType, route: str, body: Any, other: dict[str, Any], refused: tuple[int, str]
) -> None:
    assert asked(forms, route, json.dumps(body), **other) == refused


@pytest.mark.parametrize("upload", ["", "x" * 3000, "..", "\ud800", f"{KNOWN}\n", "A" * 32])
def test_a_name_that_no_upload_has_is_not_found(forms: ModuleType, upload: str) -> None:
    assert asked(forms, "GET /uploads/{upload}", "", upload) == (404, "no such upload")


@pytest.mark.parametrize("tags", [["a", "\ud800"], ["a", "b\0"], ["a", ""], ["a", "x" * 101], ["a", None], ["a"], "ab"])
def test_tags_that_amazon_s3_never_gave_are_refused(forms: ModuleType, tags: Any) -> None:
    body = json.dumps({"tags": tags})
    assert asked(forms, "POST /uploads/{upload}/complete", body) == (400, "tags must be 2 entity tags")


@pytest.mark.parametrize("reason", ["\ud800 half a character", "x" * 500_000, "an ordinary reason"])
def test_a_reason_of_a_check_is_written_down_whatever_it_is(reason: str) -> None:
    """Half a character, or more than an item holds, would be refused each time: the upload would wait for ever."""
    written: dict[str, Any] = {}
    records = Records.__new__(Records)
    table: Any = SimpleNamespace(update_item=lambda **given: written.update(given))
    records._table = table
    records.decide(Upload(KNOWN, "me", "a", "image/png", 20), REFUSED, reason)
    told = written["ExpressionAttributeValues"][":reason"]
    assert 0 < len(told.encode("utf-8")) <= 4000
    assert told == reason or reason != "an ordinary reason"
