"""The example handler on its own."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from patterns.events.cron_function.handler.cron_handler.index import handler

CONTEXT = SimpleNamespace(aws_request_id="request")


@pytest.mark.parametrize(
    "event",
    [
        {"scheduled_time": "2027-01-01T00:00:00Z", "execution_id": "one"},
        {"time": "2027-01-01T00:00:00Z", "id": "one", "detail-type": "Scheduled Event"},
    ],
)
def test_a_run_says_which_one_it_is(event: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    run = {"scheduled_time": "2027-01-01T00:00:00Z", "execution_id": "one", "request_id": "request"}
    assert handler(event, CONTEXT) == run
    assert json.loads(capsys.readouterr().out) == {"level": "INFO", "message": "ran", **run}


def test_an_event_that_is_no_object_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^the event must be an object, got list$"):
        handler([], CONTEXT)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("event", "run"),
    [
        ({"scheduled_time": "then", "time": "later", "execution_id": "one", "id": "two"}, ("then", "one")),
        ({}, (None, None)),
    ],
)
def test_a_schedules_own_words_come_first(event: dict[str, Any], run: tuple[Any, Any]) -> None:
    told = {"scheduled_time": run[0], "execution_id": run[1], "request_id": "request"}
    assert handler(event, CONTEXT) == told
