"""The records that Lambda makes of asynchronous invocations."""

from functools import partial
from typing import Any

import pytest

from patternkit.localcloud.emulation.invocation_records import invocation_record, record_invocations

FUNCTION = {"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:000000000000:function:f"}


@pytest.mark.parametrize(("condition", "error"), [("Success", None), ("RetriesExhausted", "Unhandled")])
def test_a_record_holds_event_answer_and_outcome(condition: str, error: str | None) -> None:
    record = invocation_record(FUNCTION, {"id": 1}, {"body": {"a": 1}}, condition, 2)
    assert record["requestPayload"] == {"id": 1}
    assert record["responsePayload"] == {"a": 1}
    assert record["requestContext"]["functionArn"].endswith(":function:f:$LATEST")
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["requestContext"]["condition"] == condition
    assert record["responseContext"].get("functionError") == error


class Module:
    """As much of ministack's module as the repair asks for; each call fails as long as there are errors left."""

    def __init__(self, errors: int) -> None:
        self.calls = 0
        self.errors = errors
        self._LAMBDA_ASYNC_RETRY_BASE_SECONDS = 0.0
        self._LAMBDA_ASYNC_RETRY_MAX_SECONDS = 0.0
        self._request_account_id = self._request_region = self
        self._account_region_from_function_config = lambda _: ("000000000000", "eu-west-1")

    def set(self, _: str) -> None:
        """Set a variable of the context."""

    def _execute_function(self, _function: dict[str, Any], _event: Any) -> dict[str, Any]:
        self.calls += 1
        return {"error": self.calls <= self.errors, "body": {}}


@pytest.mark.parametrize(
    ("errors", "retries", "age", "calls"), [(0, 2, 60, 1), (1, 2, 60, 2), (9, 2, 60, 3), (9, 0, 60, 1), (9, 2, -1, 1)]
)
def test_an_event_is_tried_as_often_as_its_settings_say(
    errors: int, retries: int, age: int, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = Module(errors)
    monkeypatch.setitem(module.__dict__, "_execute_function", module._execute_function)
    record_invocations(module)  # type: ignore[arg-type]
    monkeypatch.setattr("threading.Thread", Started)
    settings = {"MaximumRetryAttempts": retries, "MaximumEventAgeInSeconds": age}
    module.invoke_async_with_retry({"config": FUNCTION, "event_invoke_config": settings}, {})  # type: ignore[attr-defined]
    assert module.calls == calls


class Started:
    """A thread that runs where it is started."""

    def __init__(self, target: Any, args: Any, daemon: bool) -> None:
        assert daemon
        self._run = partial(target, *args)

    def start(self) -> None:
        """Run."""
        self._run()
