"""The starter: each call, each answer and each line as a whole."""

import hashlib
import json
import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal, loaded
from tests.patterns.events.container_on_upload.arrivals import event

NOW = 1_800_000_000.5
SETTINGS = {
    "CLUSTER": "cluster",
    "CONTAINER": "Container",
    "FAMILY": "family",
    "MAX_TASKS": "3",
    "SECURITY_GROUP": "sg-1",
    "SERVICE": "service",
    "STARTED_BY": "starter",
    "SUBNETS": "subnet-1,subnet-2",
    "TASK_DEFINITION": "family:1",
}
STARTED: dict[str, Any] = {"tasks": [{}], "failures": []}


@pytest.fixture(scope="module")
def starter() -> Iterator[ModuleType]:
    with loaded("events/container_on_upload/handler/starter_handler", "index", **SETTINGS) as module:
        yield module("index")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)
    caplog.set_level(logging.INFO)


def job(*told: Any) -> str:
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


JOB = job("uploads", "a", "v1", "b1946ac92492d2347c6235b4d2611184", "00617F08299329D189")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (event("a")["detail"]["object"], ("v1", "5", JOB)),
        ({"key": "a"}, ("", "", job("uploads", "a", "", "", ""))),
        ({"key": "a", "version-id": None, "size": 0}, ("", "0", job("uploads", "a", "", "", ""))),
        ({"key": "a", "version-id": 7}, ("7", "", job("uploads", "a", "7", "", ""))),
    ],
)
def test_a_job_is_told_by_its_object(starter: ModuleType, found: Any, expected: tuple[str, str, str]) -> None:
    version, size, name = expected
    told = {"JOB": name, "OBJECT_BUCKET": "uploads", "OBJECT_KEY": "a", "OBJECT_SIZE": size, "OBJECT_VERSION": version}
    assert starter.job_of({"detail": {"bucket": {"name": "uploads"}, "object": found}}) == told


@pytest.mark.parametrize(
    "detail", [{"bucket": {"name": 7}, "object": {"key": "a"}}, {"bucket": {"name": "b"}, "object": {"key": 7}}]
)
def test_names_are_text(starter: ModuleType, detail: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^the bucket and the key must be text$"):
        starter.job_of({"detail": detail})


def message(number: int, body: Any, *, sent: float = 0, group: str = "", **others: Any) -> dict[str, Any]:
    about = {"SentTimestamp": str(int(sent * 1000)), "MessageGroupId": group}
    arn = {"eventSourceARN": "arn:work.fifo"} if group else {"eventSourceARN": "arn:work"}
    text = body if isinstance(body, str) else json.dumps(body)
    return {"messageId": f"m{number}", "body": text, "attributes": about, **arn, **others}


def works(starter: ModuleType, *messages: dict[str, Any]) -> list[str]:
    answer = starter.handler({"Records": list(messages)}, None)
    assert answer.keys() == {"batchItemFailures"}
    assert all(one.keys() == {"itemIdentifier"} for one in answer["batchItemFailures"])
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


LISTED = ("ListTasks", {"cluster": "cluster", "family": "family", "desiredStatus": "RUNNING"})


def run(key: str, name: str) -> tuple[str, dict[str, Any]]:
    told = {"JOB": name, "OBJECT_BUCKET": "uploads", "OBJECT_KEY": key, "OBJECT_SIZE": "5", "OBJECT_VERSION": "v1"}
    override = {"name": "Container", "environment": [{"name": one, "value": value} for one, value in told.items()]}
    vpc = {"assignPublicIp": "DISABLED", "securityGroups": ["sg-1"], "subnets": ["subnet-1", "subnet-2"]}
    given = {
        "cluster": "cluster",
        "taskDefinition": "family:1",
        "clientToken": name,
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": vpc},
        "overrides": {"containerOverrides": [override]},
        "propagateTags": "TASK_DEFINITION",
        "startedBy": "starter",
    }
    return "RunTask", given


def measured(started: int, waiting: int, failed: int, oldest: float) -> dict[str, Any]:
    metrics = [{"Name": one, "Unit": "Count"} for one in ("Started", "Waiting", "NotStarted")]
    metrics.append({"Name": "OldestWaiting", "Unit": "Seconds"})
    about = {"Namespace": "ContainerOnUpload", "Dimensions": [["service"]], "Metrics": metrics}
    counts = {"Started": started, "Waiting": waiting, "NotStarted": failed, "OldestWaiting": oldest}
    return {"_aws": {"Timestamp": 1_800_000_000_500, "CloudWatchMetrics": [about]}, "service": "service", **counts}


def test_a_task_is_started_for_an_object(starter: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
    aws.answers |= {"ListTasks": {"taskArns": []}, "RunTask": STARTED}
    assert works(starter, message(0, event("a"), sent=NOW - 60)) == []
    assert aws.calls == [LISTED, run("a", JOB)]
    assert json.loads(capsys.readouterr().out) == measured(1, 0, 0, 0.0)


@pytest.mark.parametrize(
    ("pages", "room"), [([2], 1), ([1, 1], 1), ([0], 3), ([1, 2], 0), ([2, 2], 0)], ids=lambda value: str(value)
)
def test_what_runs_on_every_page_takes_room(
    starter: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str], pages: list[int], room: int
) -> None:
    answers: list[dict[str, Any]] = [{"taskArns": ["a"] * count, "nextToken": "more"} for count in pages]
    del answers[-1]["nextToken"]
    aws.answers |= {"ListTasks": answers, "RunTask": STARTED}
    messages = [message(number, event(str(number)), sent=NOW - 10 - number * 0.25) for number in range(4)]
    assert works(starter, *messages) == [f"m{number}" for number in range(room, 4)]
    assert len(aws.named("RunTask")) == room
    assert aws.named("ListTasks") == [LISTED[1], *[{**LISTED[1], "nextToken": "more"}] * (len(pages) - 1)]
    assert json.loads(capsys.readouterr().out) == measured(room, 4 - room, 0, 10.8)


def refused(reason: Any) -> dict[str, Any]:
    return {"tasks": [{}], "failures": [reason]}


@pytest.mark.parametrize(
    ("answer", "error", "why"),
    [
        (refused({"reason": "RESOURCE:ENI"}), "NotStartedError", '["RESOURCE:ENI"]'),
        (refused({"arn": "a"}), "NotStartedError", '["unknown"]'),
        ({"tasks": []}, "NotStartedError", "[]"),
        ({"failures": []}, "NotStartedError", "[]"),
        (
            Refusal("ClientException"),
            "ClientException",
            "An error occurred (ClientException) when calling the RunTask operation: refused",
        ),
    ],
)
def test_what_is_not_started_goes_back_and_says_why(
    starter: ModuleType,
    aws: Aws,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    answer: Any,
    error: str,
    why: str,
) -> None:
    aws.answers |= {"ListTasks": {"taskArns": []}, "RunTask": [answer, STARTED, STARTED, STARTED]}
    messages = [message(number, event(str(number)), sent=NOW - 100 + number) for number in range(5)]
    # What fails takes no room.
    assert works(starter, *messages) == ["m0", "m4"]
    [line] = [json.loads(one) for one in caplog.messages]
    assert line == {"message": "not started", "why": why, "error": error}
    assert caplog.records[0].levelname == "ERROR"
    assert json.loads(capsys.readouterr().out) == measured(3, 1, 1, 100.0)


def test_what_fails_or_waits_in_a_group_holds_it_up(
    starter: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answers |= {"ListTasks": {"taskArns": []}, "RunTask": STARTED}
    given = [("g", "no json"), ("g", event("1")), ("h", event("2")), ("g", event("3")), ("h", event("4"))]
    messages = [message(number, body, group=group, sent=NOW - 7) for number, (group, body) in enumerate(given)]
    assert works(starter, *messages) == ["m0", "m1", "m3"]
    assert json.loads(capsys.readouterr().out) == measured(2, 2, 1, 7.0)


def test_a_job_that_was_started_before_is_said(
    starter: ModuleType, aws: Aws, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.answers |= {"ListTasks": {"taskArns": []}, "RunTask": Refusal("ConflictException")}
    assert works(starter, message(0, event("a"))) == []
    assert [json.loads(one) for one in caplog.messages] == [{"message": "started before", "job": JOB}]
    assert json.loads(capsys.readouterr().out) == measured(1, 0, 0, 0.0)


def test_tasks_that_cannot_be_counted_start_nothing(starter: ModuleType, aws: Aws) -> None:
    aws.answers["ListTasks"] = Refusal("ThrottlingException")
    with pytest.raises(ClientError, match="ThrottlingException"):
        works(starter, message(0, event("a")))
    assert aws.calls == [LISTED]


@pytest.mark.parametrize(
    ("record", "group"),
    [
        ({"eventSourceARN": "a.fifo"}, "g"),
        ({"eventSourceARN": "a"}, None),
        ({}, None),
        ({"eventSourceARN": "fifo"}, None),
    ],
)
def test_a_standard_queue_has_no_groups(starter: ModuleType, record: dict[str, str], group: str | None) -> None:
    assert starter._group({"attributes": {"MessageGroupId": "g"}, **record}) == group


@pytest.mark.parametrize(("sent", "age"), [(NOW, 0.0), (NOW - 1, 1.0), (NOW + 1, 0.0), (0.001, NOW - 0.001)])
def test_an_age_is_in_seconds(starter: ModuleType, sent: float, age: float) -> None:
    assert starter._age({"attributes": {"SentTimestamp": str(int(sent * 1000))}}) == age
