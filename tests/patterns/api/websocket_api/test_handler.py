"""What the functions do with what is odd, without a cloud."""

import importlib
import json
import sys
import time
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from tests.queue_batches import assert_a_group_stops_at_its_first_failure

PUSH = "patterns.api.websocket_api.handler.connections.push"


class Rows:
    """Two pages of a group."""

    def __init__(self) -> None:
        self.removed: list[str] = []

    def pages(self, _: str) -> Iterator[list[str]]:
        yield ["a", "gone"]
        yield ["failing", "b"]

    def remove(self, connection: str) -> None:
        self.removed.append(connection)


class Aws:
    """Connections, two of which cannot be posted to, and queues."""

    def __init__(self) -> None:
        self.posted: list[str] = []
        self.sent: list[tuple[str, dict[str, Any]]] = []

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803
        del Data
        status = {"gone": 410, "failing": 500}.get(ConnectionId)
        if status:
            about = {"Error": {"Code": "x"}, "ResponseMetadata": {"HTTPStatusCode": status}}
            raise ClientError(about, "PostToConnection")  # type: ignore[arg-type]
        self.posted.append(ConnectionId)

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int = 0) -> None:  # noqa: N803
        del DelaySeconds
        self.sent.append((QueueUrl, json.loads(MessageBody)))


@pytest.fixture
def push(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    for name, value in {
        "AWS_DEFAULT_REGION": "us-east-1", "TABLE_NAME": "t", "CALLBACK_URL": "https://a.example.com/live",
        "PUSH_QUEUE": "pushes", "DEAD_LETTERS": "dead", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    module = importlib.import_module(PUSH)
    yield module
    for name in [one for one in sys.modules if one.startswith(PUSH.rpartition(".")[0])]:
        del sys.modules[name]


def worked(push: ModuleType, monkeypatch: pytest.MonkeyPatch, **asked: Any) -> tuple[dict[str, Any], Rows, Aws]:
    rows, aws = Rows(), Aws()
    monkeypatch.setattr(push, "_ROWS", rows)
    monkeypatch.setattr(push, "_SQS", aws)
    monkeypatch.setattr(push, "_CONNECTIONS", aws)
    answer = push.handler({"Records": [{"messageId": "1", "body": json.dumps(asked)}]}, None)
    return answer, rows, aws


def test_one_that_is_gone_is_forgotten_and_one_that_fails_alone_is_tried_again(
    push: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, rows, aws = worked(push, monkeypatch, group="all", message="hello")
    assert answer == {"batchItemFailures": []}
    assert sorted(aws.posted) == ["a", "b"]
    assert rows.removed == ["gone"]
    assert aws.sent == [("pushes", {"to": ["failing"], "message": "hello", "tries": 2})]


def test_after_the_last_time_the_message_is_kept_with_those_who_missed_it(
    push: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, aws = worked(push, monkeypatch, to=["failing", "a"], message="hello", tries=3)
    assert aws.sent == [("dead", {"to": ["failing"], "message": "hello", "tries": 1})]


def test_a_thousand_connections_come_page_by_page_and_without_those_whose_time_is_over(push: ModuleType) -> None:
    with mock_aws():
        keys: list[Any] = [
            {"AttributeName": "group", "KeyType": "HASH"},
            {"AttributeName": "connection", "KeyType": "RANGE"},
        ]
        names: list[Any] = [{"AttributeName": one["AttributeName"], "AttributeType": "S"} for one in keys]
        table = boto3.resource("dynamodb").create_table(
            TableName="t", KeySchema=keys, AttributeDefinitions=names, BillingMode="PAY_PER_REQUEST"
        )
        with table.batch_writer() as batch:
            for number in range(1001):
                expires = 0 if number == 1000 else int(time.time()) + 60
                batch.put_item(Item={"group": "all", "connection": f"{number:04}", "expires": expires})
        pages = list(push.Rows().pages("all"))
    assert [len(page) for page in pages] == [500, 500, 0]
    assert sorted(one for page in pages for one in page) == [f"{number:04}" for number in range(1000)]


@pytest.mark.parametrize("asked", [{}, {"group": "all", "message": "x" * (128 * 1024 + 1)}])
def test_what_cannot_be_pushed_at_all_goes_to_the_dead_letters(
    push: ModuleType, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    answer, _, aws = worked(push, monkeypatch, **asked)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert not aws.posted


def test_a_group_stops_at_its_first_failure(push: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    monkeypatch.setattr(push, "_ROWS", Rows())
    monkeypatch.setattr(push, "_SQS", aws)
    monkeypatch.setattr(push, "_CONNECTIONS", aws)
    assert_a_group_stops_at_its_first_failure(push.handler, None, good=json.dumps({"to": ["a"], "message": "hello"}))
