"""The starter: what a container is told, how many are started, and what goes back to the queue."""

import importlib
import json
import os
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError

from tests.patterns.events.container_on_upload.arrivals import STRANGE_KEYS, batch, event
from tests.queue_batches import assert_a_group_stops_at_its_first_failure

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
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


class Ecs:
    """Amazon ECS, as far as the starter sees it."""

    def __init__(self, running: int = 0, refuses: Any = None) -> None:
        self.running, self.refuses, self.asked = running, refuses, []  # type: ignore[var-annotated]

    def get_paginator(self, _: str) -> "Ecs":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"taskArns": ["a"]} for _ in range(self.running)]

    def run_task(self, **given: Any) -> dict[str, Any]:
        self.asked.append(given)
        if isinstance(self.refuses, Exception):
            raise self.refuses
        return self.refuses or {"tasks": [{}], "failures": []}


@pytest.fixture(scope="module")
def module() -> Iterator[ModuleType]:
    with patch.dict(os.environ, SETTINGS):
        yield importlib.import_module("patterns.events.container_on_upload.handler.starter_handler.index")


def started(module: ModuleType, ecs: Ecs, *events: Any) -> list[str]:
    with patch.object(module, "_ecs", ecs):
        answer = module.handler(batch(*events), None)
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


@pytest.mark.parametrize("key", STRANGE_KEYS)
def test_any_key_reaches_the_container_as_it_is_and_no_command_has_it(module: ModuleType, key: str) -> None:
    ecs = Ecs()
    assert started(module, ecs, event(key)) == []
    [override] = ecs.asked[0]["overrides"]["containerOverrides"]
    assert set(override) == {"name", "environment"}, "never a command"
    told = {one["name"]: one["value"] for one in override["environment"]}
    assert told == {
        "JOB": told["JOB"],
        "OBJECT_BUCKET": "uploads",
        "OBJECT_KEY": key,
        "OBJECT_SIZE": "5",
        "OBJECT_VERSION": "v1",
    }


def test_a_key_of_the_longest_fits_into_what_a_task_may_be_told(module: ModuleType) -> None:
    ecs = Ecs()
    started(module, ecs, event("\N{SNOWMAN}" * 341))
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
    assert len(json.dumps(ecs.asked[0]["overrides"])) < 8192


def test_an_event_that_comes_twice_is_one_job_and_another_upload_another(module: ModuleType) -> None:
    ecs = Ecs()
    started(module, ecs, event("a"), event("a"), event("a", **{"version-id": "v2"}))
    tokens = [one["clientToken"] for one in ecs.asked]
    assert tokens[0] == tokens[1] != tokens[2]
    assert all(len(one) <= 64 for one in tokens)


@pytest.mark.parametrize(("running", "starts"), [(0, 3), (2, 1), (3, 0), (5, 0)])
def test_no_more_tasks_are_started_than_there_is_room_for(module: ModuleType, running: int, starts: int) -> None:
    ecs = Ecs(running)
    back = started(module, ecs, *(event(str(number)) for number in range(5)))
    assert len(ecs.asked) == starts
    assert back == [str(number) for number in range(starts, 5)], "the others go back to the queue"


THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "RunTask")


@pytest.mark.parametrize(
    "refuses",
    [
        THROTTLED,
        {"tasks": [], "failures": [{"reason": "Capacity is unavailable at this time"}]},
        {"tasks": [], "failures": [{"arn": "a", "reason": "RESOURCE:ENI"}]},
        {"tasks": [], "failures": []},
    ],
    ids=["throttled", "no capacity", "no address", "nothing"],
)
def test_what_ecs_does_not_start_goes_back_and_is_counted(
    module: ModuleType, refuses: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert started(module, Ecs(refuses=refuses), event("a")) == ["0"]
    assert json.loads(capsys.readouterr().out)["NotStarted"] == 1


@pytest.mark.parametrize("body", ["no json", "[]", "{}", '{"detail": {}}', "null"])
def test_what_is_no_event_goes_back_and_holds_nothing_up(module: ModuleType, body: str) -> None:
    ecs = Ecs()
    assert started(module, ecs, body, event("a")) == ["0"]
    assert len(ecs.asked) == 1


@pytest.mark.parametrize("refuses", [None, THROTTLED], ids=["no room", "throttled"])
def test_what_waits_is_measured_by_when_it_was_queued(
    module: ModuleType, refuses: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    ecs = Ecs(running=3 if refuses is None else 0, refuses=refuses)
    with patch.object(module, "_ecs", ecs):
        module.handler(batch(event("a"), event("b"), sent=time.time() - 4000), None)
    told = json.loads(capsys.readouterr().out)
    assert 4000 <= told["OldestWaiting"] < 4100
    [metrics] = told["_aws"]["CloudWatchMetrics"]
    assert {"Name": "OldestWaiting", "Unit": "Seconds"} in metrics["Metrics"]


def test_where_all_was_started_nothing_waits(module: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    with patch.object(module, "_ecs", Ecs()):
        module.handler(batch(event("a"), sent=time.time() - 4000), None)
    assert json.loads(capsys.readouterr().out)["OldestWaiting"] == 0


def test_a_group_stops_at_its_first_failure(module: ModuleType) -> None:
    with patch.object(module, "_ecs", Ecs()), patch.dict(os.environ, {"MAX_TASKS": "10"}):
        assert_a_group_stops_at_its_first_failure(module.handler, None, good=json.dumps(event("a")))


def test_tasks_have_no_public_address(module: ModuleType) -> None:
    ecs = Ecs()
    started(module, ecs, event("a"))
    assert ecs.asked[0]["networkConfiguration"]["awsvpcConfiguration"] == {
        "assignPublicIp": "DISABLED",
        "securityGroups": ["sg-1"],
        "subnets": ["subnet-1", "subnet-2"],
    }


@pytest.mark.parametrize("record", [{}, {"attributes": {}}, {"attributes": {"SentTimestamp": "0"}}])
def test_a_message_that_does_not_say_since_when_it_waits_has_no_age(module: ModuleType, record: dict[str, Any]) -> None:
    assert module._age(record) == 0
    with patch.object(module.time, "time", return_value=100):
        assert module._age({"attributes": {"SentTimestamp": "40000"}}) == 60
        assert module._age({"attributes": {"SentTimestamp": "140000"}}) == 0


@pytest.mark.parametrize(
    "strange",
    [
        {"detail": {"bucket": {"name": "uploads"}, "object": "a"}},
        {"detail": {"bucket": {"name": "uploads"}, "object": ["a"]}},
        {"detail": {"bucket": {"name": "uploads"}, "object": {"key": 7}}},
        {"detail": {"bucket": {"name": None}, "object": {"key": "a"}}},
        {"detail": {"bucket": "uploads", "object": {"key": "a"}}},
        {"detail": []},
        [],
        None,
        "text",
    ],
    ids=json.dumps,
)
def test_a_message_that_is_no_event_goes_back_alone(module: ModuleType, strange: Any) -> None:
    ecs = Ecs()
    assert started(module, ecs, event("a"), strange, event("b")) == ["1"]
    assert len(ecs.asked) == 2


def test_a_message_that_is_nested_without_end_goes_back_alone(module: ModuleType) -> None:
    given = batch(event("a"), event("b"))
    given["Records"][0]["body"] = "[" * 100_000
    with patch.object(module, "_ecs", Ecs()):
        assert module.handler(given, None) == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_a_job_that_was_started_before_a_deployment_is_not_started_again(module: ModuleType) -> None:
    """Its token is in use, with the task definition of then."""
    conflict = ClientError({"Error": {"Code": "ConflictException", "Message": "in use"}}, "RunTask")
    assert started(module, Ecs(refuses=conflict), event("a")) == []
