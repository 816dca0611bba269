"""A change that is replayed is the one that the function would have been given."""

import base64
import io
import json
import os
import subprocess
import sys
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
        self.called: list[str] = []
        self.config = Config()
        self.failing: set[int] = set()
        self.answer: dict[str, Any] = {"Payload": b'{"batchItemFailures": []}'}

    def invoke(self, **given: Any) -> dict[str, Any]:
        fails = len(self.given) in self.failing
        self.called.append(given["FunctionName"])
        self.given.append(json.loads(given["Payload"]))
        said = b'{"batchItemFailures": [1]}' if fails else self.answer["Payload"]
        return {**self.answer, "Payload": io.BytesIO(said)}


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
        self.deleted_from: set[str] = set()

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return {"Messages": [self.waiting.pop(0)]} if self.waiting else {}

    def delete_message(self, **asked: Any) -> None:
        self.deleted.append(asked["ReceiptHandle"])
        self.deleted_from.add(asked["QueueUrl"])


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


class Pages:
    """A stream of an open shard, in pages: more than the batch, and always another page."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.pages = [["99", "100"], ["101"], []]

    def get_shard_iterator(self, **asked: Any) -> dict[str, str]:
        self.asked.append(asked)
        return {"ShardIterator": "0"}

    def get_records(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        number = int(asked["ShardIterator"])
        records = [{"dynamodb": {"SequenceNumber": one}} for one in self.pages[number]]
        return {"Records": records, "NextShardIterator": str(number + 1)}


def numbers(pages: Pages, end: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(boto3, "client", {"dynamodbstreams": pages}.__getitem__)
    return [one["dynamodb"]["SequenceNumber"] for one in replay.changes({**BATCH, "endSequenceNumber": end})]


def test_changes_are_read_until_the_batch_or_what_is_left_of_the_stream_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = Pages()
    assert numbers(pages, "100", monkeypatch) == ["99", "100"]
    assert pages.asked == [
        {
            "StreamArn": STREAM,
            "ShardId": "s",
            "ShardIteratorType": "AT_SEQUENCE_NUMBER",
            "SequenceNumber": "100",
        },
        {"ShardIterator": "0"},
        {"ShardIterator": "1"},
    ]
    # An open shard has a next page for ever: an empty one ends it.
    assert numbers(pages, "105", monkeypatch) == ["99", "100", "101"]
    assert numbers(pages, "99", monkeypatch) == ["99"]


def test_the_function_is_given_the_changes_by_its_name(clients: Clients) -> None:
    replay.give("work", BATCH)
    assert clients.functions.called == ["work"]
    assert clients.functions.config.connect_timeout == 5  # type: ignore[attr-defined]
    assert clients.functions.config.read_timeout == 905  # type: ignore[attr-defined]


@pytest.mark.parametrize("answer", [{"FunctionError": "Unhandled"}, {}])
@pytest.mark.parametrize("said", [None, {"batchItemFailures": [{"itemIdentifier": "1"}]}, {"x": "y" * 400}])
def test_a_function_that_fails_again_is_said_to(
    clients: Clients, said: dict[str, Any] | None, answer: dict[str, Any]
) -> None:
    clients.functions.answer = {"Payload": json.dumps(said).encode(), **answer}
    if answer or (said or {}).get("batchItemFailures"):
        with pytest.raises(RuntimeError) as raised:
            replay.give("work", BATCH)
        assert str(raised.value) == f"the function fails again: {json.dumps(said)[:300]}"
    else:
        replay.give("work", BATCH)


def test_what_the_stream_has_forgotten_is_said(clients: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Streams, "get_records", lambda *_, **__: {"Records": []})
    with pytest.raises(RuntimeError, match=r"^the stream has forgotten these changes$"):
        replay.give("work", BATCH)
    assert clients.functions.given == []


def test_what_is_replayed_and_what_fails_is_counted(clients: Clients, capsys: pytest.CaptureFixture[str]) -> None:
    clients.letters = DeadLetters("one", "two", "one", "three")
    clients.functions.failing = {1}
    assert replay.main("the-queue", "work") == 1
    said = capsys.readouterr()
    assert said.out == "replayed 2, failed 1\n"
    assert said.err == 'two: RuntimeError: the function fails again: {"batchItemFailures": [1]}\n'
    assert clients.letters.deleted == ["one", "three"]
    asked = {"QueueUrl": "the-queue", "MaxNumberOfMessages": 1, "VisibilityTimeout": 960, "WaitTimeSeconds": 1}
    assert clients.letters.asked == [asked] * 5
    assert clients.letters.deleted_from == {"the-queue"}


def test_what_is_not_json_is_said() -> None:
    with pytest.raises(TypeError, match=r"^set is not JSON$"):
        replay._as_json(set())


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


def test_without_a_region_it_says_so_in_one_line() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    command = [sys.executable, "-m", "patterns.events.table_stream.replay", "https://sqs.example.com/q", "f"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "nothing more can be replayed: You must specify a region.\n"
