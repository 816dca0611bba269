"""The example handler."""

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from patterns.events.buffered_fan_out.handler.queue_handler.index import handler, message_group, objects
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


OBJECT = {"key": "a+%C3%BC", "versionId": "v1", "size": 7, "sequencer": "s"}
FOUND = {"bucket": "b", "key": "a \u00fc", "version": "v1", "size": 7, "sequencer": "s"}


def told(record: Any) -> str:
    return json.dumps({"Event": "other", "Records": [record]})


@pytest.mark.parametrize(
    ("given", "found"),
    [(OBJECT, FOUND), ({"key": "k"}, {"bucket": "b", "key": "k", "version": None, "size": 0, "sequencer": None})],
)
def test_an_object_is_told_whole(
    given: dict[str, Any], found: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    body = told({"s3": {"bucket": {"name": "b"}, "object": given}})
    assert list(objects(body)) == [found]
    with caplog.at_level(logging.INFO):
        assert handler(batch(body, trial(), body), CONTEXT) == {"batchItemFailures": []}
    about = {name: value for name, value in found.items() if name != "key"}
    line = {"message": "new object", "request_id": "request", **about}
    assert [json.loads(one) for one in caplog.messages] == [line, line]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ("no json", "the message must be JSON"),
        (None, "the message must be JSON"),
        ("[]", "the message must be an S3 event"),
        ('{"Records": {}}', "the message must be an S3 event"),
        (told(1), "the S3 record must name a bucket and a key"),
        (told({"s3": {"object": {"key": "a"}}}), "the S3 record must name a bucket and a key"),
        (told({"s3": {"bucket": {"name": "b"}, "object": {"key": 1}}}), "the S3 record must name a bucket and a key"),
        (told({"s3": {"bucket": {"name": "b"}, "object": "text"}}), "the S3 record must name a bucket and a key"),
    ],
)
def test_what_fails_is_said_with_its_reason(body: Any, refused: str, caplog: pytest.LogCaptureFixture) -> None:
    assert handler(batch(body), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    [record] = caplog.records
    assert record.getMessage() == "message 0 failed"
    assert record.exc_info
    assert str(record.exc_info[1]) == refused


@pytest.mark.parametrize(
    ("source", "group"), [("arn:work.fifo", "g"), ("arn:work", None), ("arn:work.fifo.standard", None), (None, None)]
)
def test_a_standard_queue_has_no_groups(source: str | None, group: str | None) -> None:
    message: dict[str, Any] = {"attributes": {"MessageGroupId": "g"}}
    assert message_group(message | ({"eventSourceARN": source} if source else {})) == group
