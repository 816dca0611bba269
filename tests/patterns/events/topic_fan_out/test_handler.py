"""The example handler."""

import json
import logging
from types import SimpleNamespace
from typing import Any

import pytest

from patterns.events.topic_fan_out.handler.topic_handler.index import handler, objects
from tests.patterns.events.announcements.announced import announcement, trial

CONTEXT = SimpleNamespace(aws_request_id="request")


def told(message: str) -> dict[str, Any]:
    return {"Records": [{"Sns": {"Message": message}}]}


def test_keys_are_decoded() -> None:
    keys = ["a b/ü+%.jpg", "plain"]
    assert [one["key"] for one in objects(told(announcement(*keys)))] == keys


def test_each_object_is_logged_without_its_key(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert handler(told(announcement("secret/name", "other")), CONTEXT) == {"objects": 2}
    assert len(caplog.messages) == 2
    assert json.loads(caplog.messages[0])["sequencer"] == "0055AED6DCD90281E5"
    assert "secret" not in caplog.text


def test_the_test_event_is_no_object() -> None:
    assert handler(told(trial()), CONTEXT) == {"objects": 0}


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, "the event must have a list of records"),
        ([], "the event must have a list of records"),
        ({"Records": [{}]}, "the record must have an SNS message in JSON"),
        ({"Records": ["text"]}, "the record must have an SNS message in JSON"),
        (told("no json"), "the record must have an SNS message in JSON"),
        (told("[]"), "the message must be an S3 event"),
        (told('{"Records": 1}'), "the message must be an S3 event"),
        (told('{"Records": [{"s3": {"bucket": {"name": "b"}}}]}'), "the S3 record must name a bucket and a key"),
        (
            told('{"Records": [{"s3": {"bucket": {"name": "b"}, "object": "text"}}]}'),
            "the S3 record must name a bucket and a key",
        ),
    ],
)
def test_what_is_no_event_fails_and_goes_to_the_dead_letters(event: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        handler(event, CONTEXT)


OBJECT = {"key": "a+%C3%BC", "versionId": "v1", "size": 7, "sequencer": "s"}
FOUND = {"bucket": "b", "key": "a \u00fc", "version": "v1", "size": 7, "sequencer": "s"}


@pytest.mark.parametrize(
    ("given", "found"),
    [(OBJECT, FOUND), ({"key": "k"}, {"bucket": "b", "key": "k", "version": None, "size": 0, "sequencer": None})],
)
def test_an_object_is_told_whole(
    given: dict[str, Any], found: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    event = told(json.dumps({"Event": "other", "Records": [{"s3": {"bucket": {"name": "b"}, "object": given}}]}))
    assert list(objects(event)) == [found]
    with caplog.at_level(logging.INFO):
        handler({"Records": [*event["Records"], told(trial())["Records"][0], *event["Records"]]}, CONTEXT)
    about = {name: value for name, value in found.items() if name != "key"}
    line = {"message": "new object", "request_id": "request", **about}
    assert [json.loads(one) for one in caplog.messages] == [line, line]


@pytest.mark.parametrize(
    "record", [{"s3": {"object": {"key": "a"}}}, {"s3": {"bucket": {"name": "b"}, "object": {}}}, 1]
)
def test_a_record_names_a_bucket_and_a_key(record: Any) -> None:
    with pytest.raises(ValueError, match=r"^the S3 record must name a bucket and a key$"):
        handler(told(json.dumps({"Records": [record]})), CONTEXT)
