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

    def forget(self, connection: str) -> None:
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


def made_table() -> Any:
    keys: list[Any] = [
        {"AttributeName": "group", "KeyType": "HASH"},
        {"AttributeName": "connection", "KeyType": "RANGE"},
    ]
    index: Any = {
        "IndexName": "by-connection",
        "KeySchema": [{"AttributeName": "connection", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    return boto3.resource("dynamodb").create_table(
        TableName="t",
        KeySchema=keys,
        AttributeDefinitions=[{"AttributeName": one["AttributeName"], "AttributeType": "S"} for one in keys],
        GlobalSecondaryIndexes=[index],
        BillingMode="PAY_PER_REQUEST",
    )


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
        table = made_table()
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


@pytest.mark.parametrize(("connected", "stays"), [(0, True), (29, True), (61, False), (7000, False)])
def test_one_that_may_not_be_connected_yet_is_not_taken_for_one_that_is_gone(
    push: ModuleType, monkeypatch: pytest.MonkeyPatch, connected: int, stays: bool
) -> None:
    """Of both API Gateway says 410, and a row is there before $connect is answered."""
    with mock_aws():
        table = made_table()
        monkeypatch.setattr(push, "_ROWS", push.Rows())
        monkeypatch.setattr(push, "_CONNECTIONS", Aws())
        expires = int(time.time()) - connected + 2 * 60 * 60
        for group in ("all", "room-1"):
            table.put_item(Item={"group": group, "connection": "gone", "expires": expires})
        for asked in ({"group": "room-1", "message": "hello"}, {"to": ["gone"], "message": "hello"}):
            push.handler({"Records": [{"messageId": "1", "body": json.dumps(asked)}]}, None)
        assert table.scan()["Count"] == (2 if stays else 0)


class Holding:
    """Rows, of which each holds whom it is asked for."""

    def holds(self, group: str, connection: str) -> bool:
        return bool(group.encode() and connection)


@pytest.fixture
def relay(push: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = importlib.import_module(PUSH.replace("push", "relay"))
    monkeypatch.setattr(module, "_ROWS", Holding())
    del push
    return module


def handed_on(relay: ModuleType, monkeypatch: pytest.MonkeyPatch, body: str) -> tuple[int, list[str]]:
    sent: list[str] = []

    class Sqs:
        def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:  # noqa: N803
            del QueueUrl
            sent.append(MessageBody)

    monkeypatch.setattr(relay, "_SQS", Sqs())
    return relay.handler({"body": body, "requestContext": {"connectionId": "a"}}, None)["statusCode"], sent


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"group": "room-1", "message": "\\ud800"}',
        '{"group": "room-1", "message": {"text": "\\ud800"}}',
        '{"group": "\\ud800", "message": "hello"}',
        '{"group": "room-1", "message": NaN}',
        '{"group": "room-1", "message": 1e999}',
        # Python writes 10000000000000.0 for each.
        json.dumps({"group": "room-1", "message": "LIST"}).replace('"LIST"', f"[{','.join(['1e13'] * 12_000)}]"),
        '{"message": "hello"}',
        "7",
        "",
    ],
    ids=lambda body: body[:40],
)
def test_what_cannot_be_pushed_is_refused_and_fills_no_dead_letters(
    relay: ModuleType, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    assert handed_on(relay, monkeypatch, body) == (400, [])


@pytest.mark.parametrize("text", ["\u00fc", "\U0001f600", '"', "\x01", "\uffff"], ids=ascii)
def test_the_longest_that_a_client_can_send_is_pushed_as_it_was_sent(
    relay: ModuleType, push: ModuleType, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    whole = json.dumps({"group": "room-1", "message": {"text": ""}}, ensure_ascii=False)
    room = 128 * 1024 - len(whole.encode())
    message = {"text": text * (room // len(json.dumps(text, ensure_ascii=False).encode()))}
    body = json.dumps({"group": "room-1", "message": message}, ensure_ascii=False)
    status, [sent] = handed_on(relay, monkeypatch, body)
    assert status == 200
    assert len(sent.encode()) <= 256 * 1024, "what every queue takes"
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    assert not {one for one in sent if ord(one) < 0x20 or one in "\ufffe\uffff"}
    answer, _, aws = worked(push, monkeypatch, **{**json.loads(sent), "to": ["a"]})
    assert answer == {"batchItemFailures": []}
    assert aws.posted == ["a"]
