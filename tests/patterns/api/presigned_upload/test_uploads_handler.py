"""Uploads from the form to the release: each call, each answer and each line as a whole."""

import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal, loaded

NOW = 1_800_000_000.5
MIB = 1024 * 1024
KNOWN = "0" * 32
SETTINGS = {
    "CHECK_FUNCTION": "check",
    "CONTENT_TYPES": "text/plain,image/png",
    "CORS_ORIGINS": "https://a.example.com,https://b.example.com",
    "DESTINATION_BUCKET": "released",
    "DESTINATION_PREFIX": "files/",
    "KEPT_SECONDS": "60",
    "LIFETIME_SECONDS": "30",
    "MAX_SIZE": str(100_000 * MIB),
    "MIN_SIZE": "2",
    "MULTIPART_ABOVE": "50",
    "QUARANTINE_BUCKET": "quarantine",
    "S3_ENDPOINT": "https://s3.eu-west-1.amazonaws.com",
    "SERVICE": "Signed",
    "TABLE_NAME": "uploads",
}
MODULES = ("checks", "contents", "forms", "records", "signing")


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    with loaded("api/presigned_upload/handler/uploads", *MODULES, **SETTINGS) as module:
        yield {one: module(one) for one in MODULES}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)


def item(**other: Any) -> dict[str, Any]:
    """An upload of 20 bytes in three parts, as it is kept."""
    made = {"upload": KNOWN, "owner": "me", "name": "a", "type": "image/png", "size": Decimal(20), "status": "WAITING"}
    return {**made, "multipart": "id", "part_size": Decimal(8), "version": "", "reason": "", **other}


FOUND = ("GetItem", {"TableName": "uploads", "Key": {"upload": KNOWN}, "ConsistentRead": True})
IN_S3 = {"Bucket": "quarantine", "Key": f"incoming/{KNOWN}"}
VERSION = {**IN_S3, "VersionId": "v1"}


def updating(changed: str, condition: str, **values: str) -> tuple[str, dict[str, Any]]:
    given = {
        "TableName": "uploads",
        "Key": {"upload": KNOWN},
        "UpdateExpression": changed,
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {"#status": "status"},
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
    }
    return "UpdateItem", given


CLAIMED = updating(
    "SET #status = :checking, version = :version",
    "#status = :waiting OR (version = :version AND #status = :checking)",
    checking="CHECKING",
    waiting="WAITING",
    version="v1",
)


def decided(status: str, reason: str = "") -> tuple[str, dict[str, Any]]:
    changed = "SET #status = :status, reason = :reason"
    return updating(changed, "#status = :checking", status=status, reason=reason, checking="CHECKING")


# --- checks ---


def arrives(modules: dict[str, ModuleType], key: str = f"incoming/{KNOWN}") -> None:
    event = {"detail": {"object": {"key": key, "version-id": "v1"}}}
    assert modules["checks"].handler(event, None) is None


def line(what: str, reason: str = "", key: str = f"incoming/{KNOWN}") -> dict[str, Any]:
    name = f"Uploads{what.capitalize()}"
    metric = {"Namespace": "PresignedUpload", "Dimensions": [["service"]], "Metrics": [{"Name": name}]}
    about = {"level": "INFO", "message": what, "key": key, "reason": reason, "service": "Signed", name: 1}
    return {**about, "_aws": {"Timestamp": 1_800_000_000_500, "CloudWatchMetrics": [metric]}}


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(one) for one in capsys.readouterr().out.splitlines()]


def body_of(content: bytes) -> Any:
    return lambda _: {"Body": io.BytesIO(content)}


def checked(said: Any = None, **other: Any) -> Any:
    return lambda _: {"Payload": io.BytesIO(json.dumps(said or {"release": True}).encode()), **other}


PNG = b"\x89PNG\r\n\x1a\n"
HEAD, READ = ("HeadObject", VERSION), ("GetObject", {**VERSION, "Range": "bytes=0-4095"})
ASKED = {"bucket": "quarantine", "key": IN_S3["Key"], "version": "v1", "type": "image/png", "size": 20}
INVOKED = ("Invoke", {"FunctionName": "check", "Payload": json.dumps(ASKED).encode()})
DROPPED = ("DeleteObject", VERSION)
REFUSES = "the check function refused it"


@pytest.fixture
def good(aws: Aws) -> Aws:
    """Every answer that a good file gets."""
    aws.answers |= {
        "GetItem": {"Item": item()},
        "HeadObject": {"ContentLength": 20},
        "GetObject": body_of(PNG),
        "Invoke": checked(),
    }
    return aws


@pytest.mark.parametrize("check", ["check", ""])
def test_a_good_file_is_copied_and_its_upload_released(
    modules: dict[str, ModuleType],
    good: Aws,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    check: str,
) -> None:
    copy = Mock()
    monkeypatch.setattr(modules["checks"]._S3, "copy", copy)
    monkeypatch.setattr(modules["checks"], "_CHECK", check)
    arrives(modules)
    asked = [INVOKED] if check else []
    assert good.calls == [FOUND, CLAIMED, HEAD, READ, *asked, decided("RELEASED"), DROPPED]
    [(to, options)] = [(one.args, dict(one.kwargs)) for one in copy.mock_calls]
    assert to == (VERSION, "released", f"files/{KNOWN}")
    config = options.pop("Config")
    assert (config.multipart_threshold, config.multipart_chunksize) == (256 * MIB, 256 * MIB)
    kept = {"ContentType": "image/png", "ContentDisposition": "attachment", "MetadataDirective": "REPLACE"}
    assert options == {"ExtraArgs": kept}
    assert lines(capsys) == [line("released")]


@pytest.mark.parametrize("given", [{}, {"CHECK_FUNCTION": ""}])
def test_no_check_function_is_none(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    monkeypatch.delenv("CHECK_FUNCTION", raising=False)
    settings = {name: value for name, value in SETTINGS.items() if name != "CHECK_FUNCTION"}
    with loaded("api/presigned_upload/handler/uploads", "checks", **settings | given) as module:
        assert module("checks")._CHECK == ""


@pytest.mark.parametrize(
    ("answers", "reason", "calls"),
    [
        ({"HeadObject": {"ContentLength": 21}}, "the file has 21 bytes, not 20", [HEAD]),
        ({"GetObject": body_of(b"GIF89a")}, "the file does not begin as image/png does", [HEAD, READ]),
        ({"Invoke": checked({"release": False})}, REFUSES, [HEAD, READ, INVOKED]),
        ({"Invoke": checked({"release": False, "reason": ""})}, REFUSES, [HEAD, READ, INVOKED]),
        ({"Invoke": checked({"release": False, "reason": "a virus"})}, "a virus", [HEAD, READ, INVOKED]),
    ],
)
def test_a_file_that_is_not_as_it_was_said_is_refused_and_left(
    modules: dict[str, ModuleType],
    good: Aws,
    capsys: pytest.CaptureFixture[str],
    answers: dict[str, Any],
    reason: str,
    calls: list[Any],
) -> None:
    good.answers |= answers
    arrives(modules)
    assert good.calls == [FOUND, CLAIMED, *calls, decided("REFUSED", reason)]
    assert lines(capsys) == [line("refused", reason)]


@pytest.mark.parametrize(
    "answer",
    [
        checked({"release": True}, FunctionError="Unhandled"),
        checked({"release": "true"}),
        checked({"release": None}),
        checked({"reason": "a"}),
        checked([True]),
        checked("release"),
    ],
)
def test_what_cannot_be_checked_is_tried_again(modules: dict[str, ModuleType], good: Aws, answer: Any) -> None:
    good.answers["Invoke"] = answer
    refused = "the check function failed, or did not answer with release=true or false"
    with pytest.raises(RuntimeError, match=f"^{re.escape(refused)}$"):
        arrives(modules)
    assert good.calls == [FOUND, CLAIMED, HEAD, READ, INVOKED]


@pytest.mark.parametrize(
    ("code", "calls"),
    [("404", []), ("NoSuchKey", []), ("NoSuchVersion", []), ("SlowDown", None), ("AccessDenied", None)],
)
@pytest.mark.parametrize("operation", ["HeadObject", "GetObject"])
def test_a_file_that_is_gone_is_refused_and_a_failing_service_is_not(
    modules: dict[str, ModuleType], good: Aws, capsys: pytest.CaptureFixture[str], code: str, calls: Any, operation: str
) -> None:
    good.answers[operation] = Refusal(code)
    if calls is None:
        with pytest.raises(ClientError, match=code):
            arrives(modules)
        assert not [one for one in good.named("UpdateItem") if ":status" in one["ExpressionAttributeValues"]]
    else:
        arrives(modules)
        assert good.calls[-1] == decided("REFUSED", "the file was deleted before it was checked")
    assert lines(capsys) == []


def test_a_file_that_nobody_asked_for_is_dropped(
    modules: dict[str, ModuleType], aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    arrives(modules, "incoming/more/other")
    looked = {"TableName": "uploads", "Key": {"upload": "other"}, "ConsistentRead": True}
    gone = {"Bucket": "quarantine", "Key": "incoming/more/other", "VersionId": "v1"}
    assert aws.calls == [("GetItem", looked), ("DeleteObject", gone)]
    assert lines(capsys) == [line("dropped", key="incoming/more/other")]


@pytest.mark.parametrize(
    ("now", "dropped", "said"),
    [
        (item(version="v2", status="CHECKING"), True, True),
        (item(version="v2", status="RELEASED"), True, True),
        (item(version="v1", status="RELEASED"), True, False),
        (item(version="v1", status="REFUSED"), False, False),
        (item(version="v1", status="CHECKING"), False, False),
        (None, True, True),
    ],
)
def test_a_file_that_comes_after_the_first_is_dropped(
    modules: dict[str, ModuleType],
    aws: Aws,
    capsys: pytest.CaptureFixture[str],
    now: dict[str, Any] | None,
    dropped: bool,
    said: bool,
) -> None:
    refused = Refusal("ConditionalCheckFailedException")
    aws.answers |= {"GetItem": [{"Item": item()}, {"Item": now} if now else {}], "UpdateItem": refused}
    arrives(modules)
    assert aws.calls == [FOUND, CLAIMED, FOUND, *([DROPPED] if dropped else [])]
    assert lines(capsys) == ([line("dropped")] if said else [])


@pytest.mark.parametrize("at", ["claim", "decide"])
def test_a_failing_table_is_no_decision(modules: dict[str, ModuleType], good: Aws, at: str) -> None:
    failing = Refusal("ProvisionedThroughputExceededException")
    good.answers["UpdateItem"] = failing if at == "claim" else [{}, failing]
    good.answers["HeadObject"] = {"ContentLength": 21}
    with pytest.raises(ClientError, match="ProvisionedThroughputExceededException"):
        arrives(modules)


def test_what_was_decided_before_stays(modules: dict[str, ModuleType], good: Aws) -> None:
    good.answers |= {"UpdateItem": [{}, Refusal("ConditionalCheckFailedException")], "HeadObject": {"ContentLength": 1}}
    arrives(modules)
    assert good.calls[-1] == decided("REFUSED", "the file has 1 bytes, not 20")


@pytest.mark.parametrize(
    ("reason", "told"), [("x" * 1000, "x" * 1000), ("x" * 1001, "x" * 1000), ("\ud800\u00fc", "?\u00fc")]
)
def test_a_reason_is_cut(modules: dict[str, ModuleType], aws: Aws, reason: str, told: str) -> None:
    one = modules["records"].Upload(KNOWN, "me", "a", "image/png", 20)
    modules["records"].Records().decide(one, "REFUSED", reason)
    assert aws.calls == [decided("REFUSED", told)]


# --- contents ---

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


# --- forms ---

CALLER = {"authorizer": {"principalId": "me"}}
JSON_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store"}
FILE = {"name": "a", "type": "image/png", "size": 20}
BEGIN, LOOK = ("POST", "/uploads"), ("GET", "/uploads/{upload}")
LINKS, COMPLETE = ("POST", "/uploads/{upload}/links"), ("POST", "/uploads/{upload}/complete")


def asks(modules: dict[str, ModuleType], route: tuple[str, str], body: Any = None, **other: Any) -> dict[str, Any]:
    event: dict[str, Any] = {"httpMethod": route[0], "resource": route[1]}
    event["body"] = None if body is None else json.dumps(body)
    event |= {"pathParameters": {"upload": KNOWN}, "requestContext": CALLER}
    answer: dict[str, Any] = modules["forms"].handler(event | other, None)
    return answer


def answer(status: int, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    return {"statusCode": status, "headers": {**JSON_HEADERS, **headers}, "body": json.dumps(body)}


def kept(upload: str, **other: Any) -> tuple[str, dict[str, Any]]:
    made = {"upload": upload, "owner": "me", "name": "a", "type": "image/png", "size": 20, "status": "WAITING"}
    made |= {"multipart": "", "part_size": 0, "version": "", "reason": "", "expires": int(NOW) + 60, **other}
    return "PutItem", {"TableName": "uploads", "Item": made}


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


@pytest.mark.parametrize(
    ("local", "endpoint", "style"),
    [("", "https://s3.eu-west-1.amazonaws.com", "virtual"), ("http://127.0.0.1:1", "http://127.0.0.1:1", "path")],
)
def test_links_are_signed_for_the_regions_own_endpoint(
    monkeypatch: pytest.MonkeyPatch, local: str, endpoint: str, style: str
) -> None:
    with loaded("api/presigned_upload/handler/uploads", "signing", **SETTINGS) as module:
        if local:
            monkeypatch.setenv("AWS_ENDPOINT_URL", local)
        client = module("signing").Signing()._s3
    assert client.meta.endpoint_url == endpoint
    config = client.meta.config
    assert config.signature_version == "s3v4"
    assert (config.s3["addressing_style"], config.s3["us_east_1_regional_endpoint"]) == (style, "regional")
