"""What arrives is checked, and released or refused: each call, record and line as a whole."""

import io
import json
import re
from types import ModuleType
from typing import Any
from unittest.mock import Mock

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal, loaded
from tests.patterns.api.presigned_upload.handler.uploads import (
    FOUND,
    IN_S3,
    KNOWN,
    MIB,
    PNG,
    SETTINGS,
    item,
)

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
