"""Notifications of Amazon S3, read as a whole or refused."""

import hashlib
from typing import Any

import pytest
from aws_lambda_powertools.utilities.data_classes.s3_event import S3EventRecord

from tests.patterns.events.thumbnailer.handler.claims import Modules, created, upload_of


@pytest.mark.parametrize(
    ("record", "about"),
    [
        (created(), {}),
        (created("in/a+%C3%BC.png", "00fa0"), {"key": "in/a \u00fc.png", "sequencer": "00FA"}),
        (created(versionId=None, eTag=None), {"version_id": None, "etag": None}),
    ],
)
def test_a_notification_is_read_whole(modules: Modules, record: dict[str, Any], about: dict[str, Any]) -> None:
    found = modules("notifications").read(S3EventRecord(record))
    assert found == upload_of(modules, uploaded_at="2026-11-21T08:00:00.000Z", **about)
    assert found.source_id == hashlib.sha256(f"source/{found.key}".encode()).hexdigest()[:16]


@pytest.mark.parametrize("name", ["ObjectRemoved:Delete", "s3:ObjectCreated:Put", "ObjectCreatedPut"])
def test_what_creates_nothing_is_no_upload(modules: Modules, name: str) -> None:
    assert modules("notifications").read(S3EventRecord({**created(), "eventName": name})) is None


@pytest.mark.parametrize(
    ("record", "refused"),
    [
        ({}, "the notification is malformed: KeyError: 'eventName'"),
        ({"eventName": 7}, "the notification is malformed: AttributeError: 'int' object has no attribute 'startswith'"),
        (created(key=None), "the notification is malformed: KeyError: 'key'"),
        (created(key="%FF"), "the notification is malformed: UnicodeDecodeError: "),
        (created(sequencer=None), "the notification is malformed: KeyError: 'sequencer'"),
        (created(sequencer=7), "the notification is malformed: TypeError: "),
        (created(key=""), "the notification names no bucket or no key"),
        (
            {**created(), "s3": {**created()["s3"], "bucket": {"name": ""}}},
            "the notification names no bucket or no key",
        ),
        (created(sequencer="1G"), "the notification's sequencer is not a hexadecimal number"),
        (created(sequencer=""), "the notification's sequencer is not a hexadecimal number"),
    ],
)
def test_what_is_no_notification_is_malformed(modules: Modules, record: dict[str, Any], refused: str) -> None:
    notifications = modules("notifications")
    with pytest.raises(notifications.MalformedNotification) as caught:
        notifications.read(S3EventRecord(record))
    text = str(caught.value)
    assert text == refused or (refused.endswith(": ") and text.startswith(refused))
