"""The example handler: each change once, and an answer that says where a batch failed."""

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
from moto import mock_aws

from patternkit.testing.permissions.running import Invocation

MODULE = "patterns.events.table_stream.handler.stream_handler.index"
CONTEXT = Invocation(function_name="f", invoked_function_arn="arn", memory_limit_in_mb="128", timeout=3)


@pytest.fixture(scope="module")
def module() -> Iterator[ModuleType]:
    settings = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "IDEMPOTENCY_TABLE": "remembered",
        "IDEMPOTENCY_SECONDS": "60",
    }
    with patch.dict(os.environ, settings), mock_aws():
        boto3.client("dynamodb").create_table(
            TableName="remembered",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        sys.modules.pop(MODULE, None)
        yield importlib.import_module(MODULE)


def change(name: str) -> dict[str, Any]:
    image = {"id": {"S": "secret"}}
    return {"eventID": name, "eventName": "INSERT", "dynamodb": {"SequenceNumber": f"1{name}", "NewImage": image}}


def worked(caplog: pytest.LogCaptureFixture) -> list[str]:
    told = [json.loads(one) for one in caplog.messages if one.startswith("{")]
    return [one["event"] for one in told if one["message"] == "worked on"]


def test_a_batch_stops_at_its_first_failure_and_goes_on_from_there(
    module: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    batch = [change("1"), change("2"), {"eventID": "3", "dynamodb": {"SequenceNumber": "13"}}, change("4")]
    with caplog.at_level(logging.INFO):
        assert module.handler({"Records": batch}, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "13"}]}
        assert worked(caplog) == ["1", "2"]
        batch[2] = change("3")
        # All of it comes again, as after a timeout: nothing is worked on twice.
        assert module.handler({"Records": batch}, CONTEXT) == {"batchItemFailures": []}
    assert worked(caplog) == ["1", "2", "3", "4"]
    assert "secret" not in caplog.text


def test_a_change_is_logged_whole_and_remembered_as_long_as_is_said(
    module: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    before = {one["id"]["S"] for one in boto3.client("dynamodb").scan(TableName="remembered")["Items"]}
    started = int(time.time())
    with caplog.at_level(logging.INFO):
        assert module.handler({"Records": [change("whole")]}, CONTEXT) == {"batchItemFailures": []}
    assert module.work(record=change("whole")) == {"status": "done"}
    [line] = [json.loads(one) for one in caplog.messages if one.startswith("{")]
    assert line == {"message": "worked on", "event": "whole", "change": "INSERT"}
    rows = boto3.client("dynamodb").scan(TableName="remembered")["Items"]
    [row] = [one for one in rows if one["id"]["S"] not in before]
    assert started + 60 <= int(row["expiration"]["N"]) <= int(time.time()) + 60


def test_a_change_that_fails_is_said(module: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    # Nothing could tell it from another.
    batch = [{"eventName": "INSERT", "dynamodb": {"SequenceNumber": "7"}}]
    assert module.handler({"Records": batch}, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "7"}]}
    [record] = caplog.records
    assert record.getMessage() == "a change failed"
    assert record.exc_info


def test_time_that_is_left_is_known_to_what_remembers(module: ModuleType) -> None:
    context = Invocation(function_name="f", invoked_function_arn="arn", memory_limit_in_mb="128", timeout=3)
    module.handler({"Records": []}, context)
    assert module._CONFIG.lambda_context is context
