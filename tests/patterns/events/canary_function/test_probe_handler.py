"""The hook, call by call."""

import io
import json
import logging
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from patterns.events.canary_function.handler.canary_handler.index import handler as answer
from tests.answering import Aws, Refusal, loaded

CONTEXT = SimpleNamespace(aws_request_id="request", function_version="7")
EVENT = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}
PROBED = ("Invoke", {"FunctionName": "arn:f:8", "Payload": b'{"probe": true}'})


@pytest.fixture(scope="module")
def hook() -> Iterator[ModuleType]:
    settings = {"NEW_VERSION": "arn:f:8", "PROBE": '{"probe": true}', "PROBES": "3"}
    with loaded("events/canary_function/handler/probe_handler", "index", **settings) as module:
        yield module("index")


def failed(**told: str) -> Any:
    return lambda _: {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps(told).encode())}


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([{}, {}, {}], None),
        ([failed(errorType="KeyError")], "KeyError"),
        ([{}, failed(errorMessage="out of time")], "Unhandled"),
        ([{}, {}, OSError("no connection")], "OSError"),
        ([Refusal("TooManyRequestsException")], "TooManyRequestsException"),
    ],
)
def test_codedeploy_is_told_and_the_log_says_why(
    hook: ModuleType, aws: Aws, caplog: pytest.LogCaptureFixture, answers: list[Any], error: str | None
) -> None:
    aws.answers["Invoke"] = list(answers)
    status = "Failed" if error else "Succeeded"
    with caplog.at_level(logging.INFO):
        assert hook.handler(EVENT, CONTEXT) == {"status": status}
    told = {"deploymentId": "d-1", "lifecycleEventHookExecutionId": "e-1", "status": status}
    assert aws.calls == [*[PROBED] * len(answers), ("PutLifecycleEventHookExecutionStatus", told)]
    *raised, last = caplog.messages
    line = {"message": "checked", "request_id": "request", "status": status, "error": error}
    assert json.loads(last) == line
    could_not = error in ("OSError", "TooManyRequestsException")
    assert raised == (["the new version could not be called"] if could_not else [])


@pytest.mark.parametrize(
    ("event", "probe"),
    [({"probe": True}, True), ({"probe": 1}, True), ({"probe": ""}, False), ({"a": 1}, False), ("probe", False)],
)
def test_a_probe_is_told_from_a_call(event: Any, probe: bool) -> None:
    assert answer(event, CONTEXT) == {"version": "7", "probe": probe}
