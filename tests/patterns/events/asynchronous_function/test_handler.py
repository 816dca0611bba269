"""The example handler: it works on each event once."""

import importlib
import json
import logging
import os
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from unittest.mock import patch

import boto3
import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyKeyError
from moto import mock_aws

from patternkit.testing.permissions.running import Invocation

MODULE = "patterns.events.asynchronous_function.handler.asynchronous_handler.index"
CONTEXT = Invocation(function_name="f", invoked_function_arn="arn", memory_limit_in_mb="128", timeout=3)


@pytest.fixture(scope="module", params=["id", ""])
def key(request: pytest.FixtureRequest) -> str:
    """What makes two events the same work."""
    return str(request.param)


@pytest.fixture(scope="module")
def module(key: str) -> Iterator[ModuleType]:
    settings = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "IDEMPOTENCY_TABLE": "worked",
        "IDEMPOTENCY_SECONDS": "60",
        "IDEMPOTENCY_KEY": key,
    }
    with patch.dict(os.environ, settings), mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="worked",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        sys.modules.pop(MODULE, None)
        yield importlib.import_module(MODULE)


def works(caplog: pytest.LogCaptureFixture) -> int:
    return sum(json.loads(one)["message"] == "worked on" for one in caplog.messages if one.startswith("{"))


def test_the_same_event_is_worked_on_once(module: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    event = {"id": "one", "secret": "word"}
    with caplog.at_level(logging.INFO):
        assert module.handler(event, CONTEXT) == module.handler(event, CONTEXT)
        assert works(caplog) == 1
        module.handler({"id": "two"}, CONTEXT)
    assert works(caplog) == 2
    assert "word" not in caplog.text.replace("worked", "")


def test_what_makes_events_the_same_is_the_key_or_all_of_them(
    module: ModuleType, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        module.handler({"id": "three", "sent": 1}, CONTEXT)
        module.handler({"id": "three", "sent": 2}, CONTEXT)
    assert works(caplog) == (1 if key else 2)


@pytest.mark.parametrize("event", [{}, [], "text", 1])
def test_what_cannot_be_told_from_others_fails_each_time_that_it_is_tried(
    module: ModuleType, key: str, event: Any
) -> None:
    # Without a key the whole event is one.
    for given in [event, {"other": 1}] if key else [event, event]:
        with pytest.raises((ValueError, IdempotencyKeyError), match=r"must be a JSON object|No data found"):
            module.handler(given, CONTEXT)


def test_what_was_done_is_answered_and_logged_whole(module: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    event = {"id": "whole", "a": 1}
    with caplog.at_level(logging.INFO):
        assert module.handler(event, CONTEXT) == {"status": "done", "bytes": 23}
    [line] = [json.loads(one) for one in caplog.messages if one.startswith("{")]
    assert line == {"message": "worked on", "request_id": CONTEXT.aws_request_id, "bytes": 23}


def test_what_is_no_object_is_refused(module: ModuleType, key: str) -> None:
    if not key:
        with pytest.raises(ValueError, match=r"^the event must be a JSON object$"):
            module.handler(["no object"], CONTEXT)


def test_an_event_is_remembered_for_as_long_as_is_said(module: ModuleType) -> None:
    rows = boto3.client("dynamodb").scan(TableName="worked")["Items"]
    before = {one["id"]["S"] for one in rows}
    started = int(time.time())
    module.handler({"id": "kept", "a": 1}, CONTEXT)
    [row] = [one for one in boto3.client("dynamodb").scan(TableName="worked")["Items"] if one["id"]["S"] not in before]
    assert started + 60 <= int(row["expiration"]["N"]) <= int(time.time()) + 60
