"""The example handlers: what answers, and what checks it for CodeDeploy."""

import importlib
import io
import json
import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from patterns.events.canary_function.handler.canary_handler.index import handler as answer
from tests.sdk_requests import HeldToItsModel

CONTEXT = SimpleNamespace(aws_request_id="request", function_version="7")
PROBE = "patterns.events.canary_function.handler.probe_handler.index"
EVENT = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}


@pytest.mark.parametrize(("event", "probe"), [({"probe": True}, True), ({}, False), ([], False)])
def test_it_answers_by_its_version(event: Any, probe: bool) -> None:
    assert answer(event, CONTEXT) == {"version": "7", "probe": probe}


class Clients:
    """Lambda and CodeDeploy, as the hook sees them."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.calls: list[Any] = []
        self.told: list[Any] = []

    def invoke(self, **given: Any) -> dict[str, Any]:
        self.calls.append(given)
        answer = self.answers[len(self.calls) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    def put_lifecycle_event_hook_execution_status(self, **given: Any) -> None:
        self.told.append(given)


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clients]:
    found = Clients()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "NEW_VERSION": "arn:aws:lambda:eu-west-1:111122223333:function:f:8",
        "PROBE": '{"probe": true}',
        "PROBES": "3",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(hook(), "functions", HeldToItsModel(found, "lambda"))
    monkeypatch.setattr(hook(), "deployments", HeldToItsModel(found, "codedeploy"))
    yield found
    sys.modules.pop(PROBE, None)


def hook() -> ModuleType:
    return importlib.import_module(PROBE)


def worked() -> dict[str, Any]:
    return {"StatusCode": 200}


def failed() -> dict[str, Any]:
    return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps({"errorType": "KeyError"}).encode())}


@pytest.mark.parametrize(
    ("answers", "status", "calls"),
    [
        ([worked(), worked(), worked()], "Succeeded", 3),
        ([failed()], "Failed", 1),
        ([worked(), worked(), failed()], "Failed", 3),
        ([OSError("no connection")], "Failed", 1),
    ],
)
def test_codedeploy_is_told_what_became_of_the_probes(
    clients: Clients, answers: list[Any], status: str, calls: int
) -> None:
    clients.answers = answers
    assert hook().handler(EVENT, CONTEXT) == {"status": status}
    assert clients.told == [{"deploymentId": "d-1", "lifecycleEventHookExecutionId": "e-1", "status": status}]
    assert [one["FunctionName"][-2:] for one in clients.calls] == [":8"] * calls, "the new version, not the alias"
