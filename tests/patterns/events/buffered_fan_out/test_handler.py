"""The example handler."""

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from patterns.events.buffered_fan_out.handler.queue_handler.index import handler, objects
from tests.patterns.events.announcements.announced import announcement, trial
from tests.queue_batches import assert_a_group_stops_at_its_first_failure

CONTEXT = SimpleNamespace(aws_request_id="request")


def batch(*bodies: str) -> dict[str, Any]:
    return {"Records": [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]}


def test_keys_are_decoded() -> None:
    keys = ["a b/ü+%.jpg", "plain"]
    assert [one["key"] for one in objects(announcement(*keys))] == keys


def test_each_object_is_logged_without_its_key(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert handler(batch(announcement("secret/name"), announcement("other")), CONTEXT) == {"batchItemFailures": []}
    assert [json.loads(message)["sequencer"] for message in caplog.messages] == ["0055AED6DCD90281E5"] * 2
    assert "secret" not in caplog.text


def test_the_trial_is_no_object(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert handler(batch(trial()), CONTEXT) == {"batchItemFailures": []}
    assert caplog.messages == []


@pytest.mark.parametrize(
    "poison",
    [
        "",
        "no json",
        "[]",
        "{}",
        '{"Records": {}}',
        '{"Records": [1]}',
        '{"Records": [{"s3": {"bucket": {"name": "b"}, "object": "text"}}]}',
        '{"Records": [{"s3": {"bucket": {"name": "b"}, "object": {"key": 1}}}]}',
    ],
)
def test_what_fails_is_named_and_takes_nothing_with_it(poison: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        answer = handler(batch(announcement("one"), poison, announcement("two")), CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert sum("new object" in message for message in caplog.messages) == 2


def test_a_message_group_stops_at_its_first_failure() -> None:
    assert_a_group_stops_at_its_first_failure(handler, CONTEXT, good=announcement("one"))
