"""A change that is replayed is the one that the function would have been given."""

import base64
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config

from patterns.events.table_stream import replay

STREAM = "arn:aws:dynamodb:eu-west-1:111122223333:table/Orders/stream/2026-11-26T00:00:00.000"
WHEN = datetime(2026, 11, 26, 8, tzinfo=UTC)
# As boto3 has it of a change that expired, with binary attributes.
RECORD = {
    "eventID": "1",
    "eventName": "REMOVE",
    "userIdentity": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"},
    "dynamodb": {
        "SequenceNumber": "100",
        "ApproximateCreationDateTime": WHEN,
        "OldImage": {"id": {"S": "a"}, "photo": {"B": b"\xff\x00"}, "parts": {"BS": [b"\x01"]}},
    },
}
BATCH = {"streamArn": STREAM, "shardId": "s", "startSequenceNumber": "100", "endSequenceNumber": "100"}


class Functions:
    """A function that works on what it is given, unless it is told to fail."""

    def __init__(self) -> None:
        self.given: list[dict[str, Any]] = []
        self.config = Config()

    def invoke(self, **given: Any) -> dict[str, Any]:
        self.given.append(json.loads(given["Payload"]))
        return {"Payload": io.BytesIO(b'{"batchItemFailures": []}')}


class Streams:
    """A stream that remembers one change."""

    def get_shard_iterator(self, **_: Any) -> dict[str, str]:
        return {"ShardIterator": "one"}

    def get_records(self, **_: Any) -> dict[str, Any]:
        return {"Records": [RECORD]}


class DeadLetters:
    """A queue of places in the stream."""

    def __init__(self, *ids: str) -> None:
        body = json.dumps({"DDBStreamBatchInfo": BATCH})
        self.waiting = [{"MessageId": one, "ReceiptHandle": one, "Body": body} for one in ids]
        self.asked: list[dict[str, Any]] = []
        self.deleted: list[str] = []

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return {"Messages": [self.waiting.pop(0)]} if self.waiting else {}

    def delete_message(self, **asked: Any) -> None:
        self.deleted.append(asked["ReceiptHandle"])


@dataclass
class Clients:
    """What boto3 makes."""

    functions: Functions = field(default_factory=Functions)
    letters: DeadLetters = field(default_factory=DeadLetters)

    def client(self, name: str, config: Config | None = None) -> Any:
        if name == "lambda":
            self.functions.config = config or Config()
        return {"dynamodbstreams": Streams(), "lambda": self.functions, "sqs": self.letters}[name]


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> Clients:
    made = Clients()
    monkeypatch.setattr(boto3, "client", made.client)
    return made


def test_it_is_written_as_lambda_writes_it(clients: Clients) -> None:
    replay.give("work", BATCH)
    [[record]] = [one["Records"] for one in clients.functions.given]
    assert record["userIdentity"] == {"principalId": "dynamodb.amazonaws.com", "type": "Service"}
    image = record["dynamodb"]["OldImage"]
    assert base64.b64decode(image["photo"]["B"]) == b"\xff\x00"
    assert [base64.b64decode(one) for one in image["parts"]["BS"]] == [b"\x01"]
    assert record["dynamodb"]["ApproximateCreationDateTime"] == WHEN.timestamp()
    assert record["eventSourceARN"] == STREAM


def test_a_slow_function_is_waited_for_and_called_once(clients: Clients) -> None:
    """The SDK's own minute would be over before, and the work would be done again beside the first time."""
    replay.give("work", BATCH)
    config: Any = clients.functions.config
    assert config.read_timeout > 900
    assert config.retries == {"total_max_attempts": 1}


def test_a_dead_letter_is_hidden_for_as_long_as_a_function_may_take(clients: Clients) -> None:
    clients.letters = DeadLetters("one", "two")
    assert replay.main("queue", "work") == 0
    assert clients.letters.deleted == ["one", "two"]
    # Several at once would come back while the first is worked on.
    assert {one["MaxNumberOfMessages"] for one in clients.letters.asked} == {1}
    assert all(one["VisibilityTimeout"] > 900 for one in clients.letters.asked)
