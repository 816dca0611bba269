"""Forms and parts that are asked for: each call and each answer as a whole."""

import json
import re
from decimal import Decimal
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal, loaded
from tests.patterns.api.presigned_upload.handler.uploads import (
    FOUND,
    IN_S3,
    JSON_HEADERS,
    KNOWN,
    MIB,
    SETTINGS,
    answer,
    item,
    kept,
)

CALLER = {"authorizer": {"principalId": "me"}}

FILE = {"name": "a", "type": "image/png", "size": 20}

BEGIN, LOOK = ("POST", "/uploads"), ("GET", "/uploads/{upload}")

LINKS, COMPLETE = ("POST", "/uploads/{upload}/links"), ("POST", "/uploads/{upload}/complete")


def asks(modules: dict[str, ModuleType], route: tuple[str, str], body: Any = None, **other: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"httpMethod": route[0], "resource": route[1]}
    event["body"] = None if body is None else json.dumps(body)
    event |= {"pathParameters": {"upload": KNOWN}, "requestContext": CALLER}
    answer: dict[str, Any] = modules["forms"].handler(event | other, None)
    return answer


@pytest.mark.parametrize("name", ["a", "", "x" * 255, None])
@pytest.mark.parametrize("size", [2, 50])
def test_a_small_file_gets_a_form(
    modules: dict[str, ModuleType], aws: Aws, monkeypatch: pytest.MonkeyPatch, name: str | None, size: int
) -> None:
    signed = Mock(return_value={"url": "u"})
    monkeypatch.setattr(modules["forms"]._SIGNING._s3, "generate_presigned_post", signed)
    body = {**FILE, "size": size, "name": name}
    found = asks(modules, BEGIN, {key: value for key, value in body.items() if value is not None})
    upload = json.loads(found["body"])["upload"]
    assert re.fullmatch("[0-9a-f]{32}", upload)
    assert found == answer(201, {"upload": upload, "form": {"url": "u"}})
    assert aws.calls == [kept(upload, name=name or "", size=size)]
    conditions = [{"Content-Type": "image/png"}, ["content-length-range", size, size]]
    signed.assert_called_once_with(
        "quarantine", f"incoming/{upload}", Fields={"Content-Type": "image/png"}, Conditions=conditions, ExpiresIn=30
    )


@pytest.mark.parametrize(
    ("size", "part_size", "parts"),
    [
        (51, 16 * MIB, 1),
        (16 * MIB, 16 * MIB, 1),
        (16 * MIB + 1, 16 * MIB, 2),
        (16_000 * MIB, 16 * MIB, 1000),
        (16_000 * MIB + 1, 16 * MIB + 1, 1000),
        (100_000 * MIB, 100 * MIB, 1000),
    ],
)
def test_a_large_file_gets_parts(
    modules: dict[str, ModuleType], aws: Aws, size: int, part_size: int, parts: int
) -> None:
    aws.answers["CreateMultipartUpload"] = {"UploadId": "id"}
    found = asks(modules, BEGIN, {**FILE, "size": size})
    upload = json.loads(found["body"])["upload"]
    assert found == answer(201, {"upload": upload, "parts": parts, "part_size": part_size})
    begun = {"Bucket": "quarantine", "Key": f"incoming/{upload}", "ContentType": "image/png"}
    row = kept(upload, size=size, multipart="id", part_size=part_size)
    assert aws.calls == [("CreateMultipartUpload", begun), row]


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({**FILE, "name": "x" * 256}, 400, "name must be up to 255 printable characters"),
        ({**FILE, "name": 7}, 400, "name must be up to 255 printable characters"),
        ({**FILE, "name": "\x07"}, 400, "name must be up to 255 printable characters"),
        ({**FILE, "type": "a"}, 415, "type must be one of image/png, text/plain"),
        ({"name": "a", "size": 20}, 415, "type must be one of image/png, text/plain"),
        ({**FILE, "size": 1}, 400, "size must be at least 2 bytes"),
        ({**FILE, "size": 20.0}, 400, "size must be at least 2 bytes"),
        ({"name": "a", "type": "image/png"}, 400, "size must be at least 2 bytes"),
        ({**FILE, "size": 100_000 * MIB + 1}, 413, f"size must be at most {100_000 * MIB} bytes"),
        (None, 400, "the body must be JSON"),
        ([], 400, "the body must be a JSON object"),
    ],
)
def test_a_file_that_may_not_be_uploaded_is_refused(
    modules: dict[str, ModuleType], aws: Aws, body: Any, status: int, message: str
) -> None:
    assert asks(modules, BEGIN, body) == answer(status, {"message": message})
    assert aws.calls == []


def test_a_request_without_a_body_is_refused(modules: dict[str, ModuleType]) -> None:
    event = {"httpMethod": "POST", "resource": "/uploads", "requestContext": CALLER}
    assert modules["forms"].handler(event, None) == answer(400, {"message": "the body must be JSON"})


def test_the_least_size_may_be_one_byte(modules: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules["forms"], "_SIZES", range(1, 10))
    assert asks(modules, BEGIN, {**FILE, "size": 0}) == answer(400, {"message": "size must be at least 1 byte"})


@pytest.mark.parametrize(
    ("context", "who"),
    [
        ({"authorizer": {"claims": {"sub": "sub"}, "principalId": "me"}, "identity": {"userArn": "arn"}}, "sub"),
        ({"authorizer": {"claims": {}, "principalId": "me"}, "identity": {"userArn": "arn"}}, "me"),
        ({"authorizer": {"claims": None}, "identity": {"userArn": "arn", "apiKeyId": "key"}}, "arn"),
        ({"authorizer": None, "identity": {"userArn": None, "apiKeyId": "key"}}, "key"),
        ({"identity": {"apiKeyId": 7}}, "7"),
        ({"authorizer": {}, "identity": {}}, None),
        ({"authorizer": None, "identity": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_an_upload_is_of_who_is_calling(
    modules: dict[str, ModuleType], aws: Aws, context: Any, who: str | None
) -> None:
    aws.answers["CreateMultipartUpload"] = {"UploadId": "id"}
    found = asks(modules, BEGIN, {**FILE, "size": 51}, requestContext=context)
    if who is None:
        assert found == answer(403, {"message": "nobody is calling"})
        assert aws.calls == []
    else:
        assert aws.named("PutItem")[0]["Item"]["owner"] == who


@pytest.mark.parametrize("route", [LOOK, LINKS, COMPLETE])
@pytest.mark.parametrize("found", [{}, {"Item": item(owner="another")}])
def test_of_an_upload_of_another_nobody_learns(
    modules: dict[str, ModuleType], aws: Aws, route: tuple[str, str], found: Any
) -> None:
    aws.answers["GetItem"] = found
    assert asks(modules, route, {}) == answer(404, {"message": "no such upload"})
    assert aws.called() == [FOUND]
    for named in ("0" * 31, "0" * 33, "g" * 32):
        assert asks(modules, route, {}, pathParameters={"upload": named})["statusCode"] == 404
    assert aws.calls == []


def test_what_became_of_an_upload_is_told(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["GetItem"] = {"Item": item(status="REFUSED", reason="a virus", expires=1)}
    assert asks(modules, LOOK) == answer(200, {"upload": KNOWN, "status": "REFUSED", "reason": "a virus"})
    old = item()
    del old["reason"], old["version"], old["multipart"], old["status"]
    aws.answers["GetItem"] = {"Item": old}
    assert asks(modules, LOOK) == answer(200, {"upload": KNOWN, "status": "WAITING", "reason": ""})


@pytest.mark.parametrize(
    ("of", "other", "status", "message"),
    [
        (LINKS, {"multipart": ""}, 409, "the upload is not in parts"),
        (COMPLETE, {"status": "CHECKING"}, 409, "the upload is CHECKING"),
        (LINKS, {}, 400, "numbers must be 1 to 50 numbers of parts"),
        (COMPLETE, {}, 400, "tags must be 3 entity tags"),
    ],
)
def test_parts_are_of_an_upload_that_waits(
    modules: dict[str, ModuleType], aws: Aws, of: tuple[str, str], other: Any, status: int, message: str
) -> None:
    aws.answers["GetItem"] = {"Item": item(**other)}
    assert asks(modules, of, {}) == answer(status, {"message": message})
    assert aws.calls == [FOUND]


@pytest.mark.parametrize(("numbers", "sizes"), [([1], [8]), ([3, 1, 2], [4, 8, 8]), ([1] * 50, [8] * 50)])
def test_a_part_gets_a_link_for_its_size(
    modules: dict[str, ModuleType], aws: Aws, monkeypatch: pytest.MonkeyPatch, numbers: list[int], sizes: list[int]
) -> None:
    aws.answers["GetItem"] = {"Item": item()}
    signed = Mock(side_effect=lambda _, Params, ExpiresIn: f"{Params['PartNumber']} {ExpiresIn}")  # noqa: N803
    monkeypatch.setattr(modules["forms"]._SIGNING._s3, "generate_presigned_url", signed)
    links = [{"number": one, "url": f"{one} 30"} for one in numbers]
    assert asks(modules, LINKS, {"numbers": numbers}) == answer(200, {"links": links})
    assert [one.args for one in signed.mock_calls] == [("upload_part",)] * len(numbers)
    params = [
        {**IN_S3, "UploadId": "id", "PartNumber": number, "ContentLength": size}
        for number, size in zip(numbers, sizes, strict=True)
    ]
    assert [one.kwargs["Params"] for one in signed.mock_calls] == params


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([], "numbers must be 1 to 50 numbers of parts"),
        ([1] * 51, "numbers must be 1 to 50 numbers of parts"),
        ("1", "numbers must be 1 to 50 numbers of parts"),
        ([0], "numbers must be between 1 and 3"),
        ([1, 4], "numbers must be between 1 and 3"),
        ([True], "numbers must be between 1 and 3"),
    ],
)
def test_what_is_no_number_of_a_part_gets_no_link(
    modules: dict[str, ModuleType], aws: Aws, numbers: Any, message: str
) -> None:
    aws.answers["GetItem"] = {"Item": item()}
    assert asks(modules, LINKS, {"numbers": numbers}) == answer(400, {"message": message})


ARRIVED = [{"PartNumber": number, "Size": size} for number, size in ((1, 8), (2, 8), (3, 4))]

LISTED = ("ListParts", {**IN_S3, "UploadId": "id"})

TAGS = ["!", "~" * 100, "c"]

PARTS = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(TAGS, 1)]

COMPLETED = {**IN_S3, "UploadId": "id", "MultipartUpload": {"Parts": PARTS}, "IfNoneMatch": "*"}


def test_parts_that_have_all_arrived_are_put_together(modules: dict[str, ModuleType], aws: Aws) -> None:
    more = {"IsTruncated": True, "NextPartNumberMarker": 2, "Parts": ARRIVED[:2]}
    aws.answers |= {"GetItem": {"Item": item()}, "ListParts": [more, {"IsTruncated": False, "Parts": ARRIVED[2:]}]}
    assert asks(modules, COMPLETE, {"tags": TAGS}) == answer(200, {"upload": KNOWN})
    next_page = ("ListParts", {**LISTED[1], "PartNumberMarker": 2})
    assert aws.calls == [FOUND, LISTED, next_page, ("CompleteMultipartUpload", COMPLETED)]


@pytest.mark.parametrize(
    ("arrived", "missing"),
    [
        ({"Parts": ARRIVED[:2]}, "3"),
        ({"Parts": [*ARRIVED[:2], {"PartNumber": 3, "Size": 8}]}, "3"),
        ({"Parts": [{"PartNumber": 1, "Size": 9}, *ARRIVED[2:]]}, "1, 2"),
        ({}, "1, 2, 3"),
    ],
)
def test_parts_that_are_missing_are_told(
    modules: dict[str, ModuleType], aws: Aws, arrived: dict[str, Any], missing: str
) -> None:
    aws.answers |= {"GetItem": {"Item": item()}, "ListParts": arrived}
    told = {"message": f"parts are missing or of another size: {missing}"}
    assert asks(modules, COMPLETE, {"tags": TAGS}) == answer(409, told)
    assert aws.calls == [FOUND, LISTED]


def test_no_more_than_twenty_missing_parts_are_told(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers["GetItem"] = {"Item": item(part_size=Decimal(1), size=Decimal(21))}
    told = {"message": f"parts are missing or of another size: {', '.join(map(str, range(1, 21)))}"}
    assert asks(modules, COMPLETE, {"tags": ["a"] * 21}) == answer(409, told)


WRONG_PARTS = [
    "EntityTooSmall",
    "InvalidPart",
    "InvalidPartOrder",
    "MalformedXML",
    "NoSuchUpload",
    "PreconditionFailed",
]


@pytest.mark.parametrize("code", WRONG_PARTS)
@pytest.mark.parametrize("operation", ["ListParts", "CompleteMultipartUpload"])
def test_parts_that_amazon_s3_refuses_are_told(
    modules: dict[str, ModuleType], aws: Aws, code: str, operation: str
) -> None:
    aws.answers |= {"GetItem": {"Item": item()}, "ListParts": {"Parts": ARRIVED}, operation: Refusal(code)}
    told = {"message": f"parts cannot be put together: {code}"}
    assert asks(modules, COMPLETE, {"tags": TAGS}) == answer(409, told)


def test_what_keeps_amazon_s3_from_answering_is_an_error(modules: dict[str, ModuleType], aws: Aws) -> None:
    aws.answers |= {"GetItem": {"Item": item()}, "ListParts": Refusal("SlowDown")}
    with pytest.raises(ClientError, match="SlowDown"):
        asks(modules, COMPLETE, {"tags": TAGS})


@pytest.mark.parametrize("tags", [None, TAGS[:2], [*TAGS, "d"], ["a", "b", ""], ["a", "b", "x" * 101], ["a", "b", " "]])
def test_tags_are_one_for_each_part(modules: dict[str, ModuleType], aws: Aws, tags: Any) -> None:
    aws.answers["GetItem"] = {"Item": item()}
    assert asks(modules, COMPLETE, {"tags": tags}) == answer(400, {"message": "tags must be 3 entity tags"})


@pytest.mark.parametrize(
    ("origins", "headers", "allowed"),
    [
        (None, {"Origin": "https://a.example.com"}, "https://a.example.com"),
        (None, {"origin": "https://b.example.com"}, "https://b.example.com"),
        (None, {"Origin": "https://c.example.com"}, None),
        (None, {"Origin": ""}, None),
        (None, {}, None),
        (None, None, None),
        (["*"], {"Origin": "https://c.example.com"}, "*"),
        (["*"], None, "*"),
        ([], {"Origin": "https://a.example.com"}, None),
    ],
)
@pytest.mark.parametrize("status", [200, 404])
def test_a_page_of_a_known_origin_may_read_the_answer(
    modules: dict[str, ModuleType],
    aws: Aws,
    monkeypatch: pytest.MonkeyPatch,
    origins: list[str] | None,
    headers: Any,
    allowed: str | None,
    status: int,
) -> None:
    if origins is not None:
        monkeypatch.setattr(modules["forms"], "_ORIGINS", origins)
    aws.answers["GetItem"] = {"Item": item()} if status == 200 else {}
    found = asks(modules, LOOK, headers=headers)
    cors = {"Access-Control-Allow-Origin": allowed, "Vary": "Origin"} if allowed else {}
    assert (found["statusCode"], found["headers"]) == (status, {**JSON_HEADERS, **cors})


@pytest.mark.parametrize(("given", "read"), [("", []), ("*", ["*"]), ("a,,b", ["a", "b"])])
def test_origins_are_read_from_the_environment(given: str, read: list[str]) -> None:
    with loaded("api/presigned_upload/handler/uploads", "forms", **SETTINGS | {"CORS_ORIGINS": given}) as module:
        assert read == module("forms")._ORIGINS


@pytest.mark.parametrize(
    ("size", "part_size", "parts"), [(20, 8, [8, 8, 4]), (16, 8, [8, 8]), (8, 8, [8]), (9, 8, [8, 1]), (20, 0, [])]
)
def test_parts_are_the_whole_file(modules: dict[str, ModuleType], size: int, part_size: int, parts: list[int]) -> None:
    one = modules["records"].Upload("u", "me", "a", "image/png", size, part_size=part_size)
    assert one.parts == len(parts)
    assert [one.part(number) for number in range(1, one.parts + 1)] == parts
