"""The template, deployed to the local cloud: changes, filters, poison in the middle, duplicates, and a replay."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk import aws_lambda as lambda_

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.events.table_stream import Consumer, TableStream, replay
from patterns.events.table_stream.consumer import Change
from tests.conftest import context

# Writes down what it works on, and stops at poison until that is mended.
JOURNAL = """
import json, os

def handler(event, context):
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage") or record["dynamodb"]["OldImage"]
        with open(os.environ["JOURNAL"], "a") as journal:
            journal.write(json.dumps([record["eventName"], image["id"]["S"], image["value"]["S"]]) + "\\n")
        if image["value"]["S"] == "poison" and not os.path.exists(os.environ["JOURNAL"] + ".mended"):
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}
"""


class Changes(cdk.Stack):
    """A table with a consumer that fails at poison and one of new items, and one with the example."""

    def __init__(self, app: cdk.App, journals: Path) -> None:
        super().__init__(app, "Changes")
        code = lambda_.Code.from_inline(JOURNAL)
        asked: dict[str, tuple[Change, ...]] = {"All": (), "New": ("INSERT",)}
        consumers = [
            Consumer(
                name=name,
                code=code,
                handler="index.handler",
                environment={"JOURNAL": str(journals / name)},
                retry_attempts=1,
                changes=changes,
            )
            for name, changes in asked.items()
        ]
        TableStream(self, "Journaled", consumers=consumers)
        TableStream(self, "Example", consumers=[Consumer(name="Search")])


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment
    journals: Path

    def put(self, table: str, item: str, value: str) -> None:
        self.cloud.client("dynamodb").put_item(
            TableName=self.deployment.physical_id(f"Changes/{table}/Table"),
            Item={"id": {"S": item}, "value": {"S": value}},
        )

    def remove(self, table: str, item: str) -> None:
        self.cloud.client("dynamodb").delete_item(
            TableName=self.deployment.physical_id(f"Changes/{table}/Table"), Key={"id": {"S": item}}
        )

    def given(self, consumer: str, prefix: str) -> list[list[str]]:
        path = self.journals / consumer
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [one for one in map(json.loads, lines) if one[1].startswith(prefix)]

    def wait_until_given(self, consumer: str, change: list[str]) -> None:
        self.cloud.wait_for(lambda: change in self.given(consumer, ""), what=f"{change} at {consumer}", deadline=90)

    def queue(self, consumer: str) -> str:
        return str(self.deployment.physical_id(f"Changes/Journaled/{consumer}/DeadLetters/Queue"))

    def dead_letters(self, consumer: str) -> list[dict[str, Any]]:
        answer = self.cloud.client("sqs").receive_message(
            QueueUrl=self.queue(consumer), MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    journals = tmp_path_factory.mktemp("journals")
    local = {**context(), "patterns:handler-platform": "local"}
    made = synthesize(lambda app: Changes(app, journals), context=local, build_assets=True)
    with LocalCloud.start(enforce_iam=True) as cloud:
        yield Deployed(cloud, cloud.deploy(made.directory), journals)


def test_each_consumer_is_given_the_changes_that_it_wants_in_order(deployed: Deployed) -> None:
    for value in ("first", "second"):
        deployed.put("Journaled", "a1", value)
    deployed.remove("Journaled", "a1")
    deployed.put("Journaled", "a2", "last")
    deployed.wait_until_given("All", ["INSERT", "a2", "last"])
    deployed.wait_until_given("New", ["INSERT", "a2", "last"])
    assert deployed.given("All", "a") == [
        ["INSERT", "a1", "first"],
        ["MODIFY", "a1", "second"],
        ["REMOVE", "a1", "second"],
        ["INSERT", "a2", "last"],
    ]
    assert deployed.given("New", "a") == [["INSERT", "a1", "first"], ["INSERT", "a2", "last"]]


def test_poison_in_the_middle_is_given_up_alone_and_replayed(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for item, value in (("b1", "good"), ("b2", "poison"), ("b3", "good")):
        deployed.put("Journaled", item, value)
    deployed.wait_until_given("All", ["INSERT", "b3", "good"])
    deployed.cloud.wait_for(lambda: deployed.dead_letters("All"), what="the dead letter", deadline=90)
    [letter] = deployed.dead_letters("All")
    where = letter["DDBStreamBatchInfo"]
    assert (where["batchSize"], where["startSequenceNumber"]) == (1, where["endSequenceNumber"]), "alone"
    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    given = deployed.given("All", "b")
    assert given.count(["INSERT", "b2", "poison"]) >= 2, "tried again"
    assert (given.count(["INSERT", "b1", "good"]), given.count(["INSERT", "b3", "good"])) == (1, 1)

    # The cause is mended, and what was given up is read from the stream by the command of the page.
    monkeypatch.setattr(boto3, "client", deployed.cloud.client)
    monkeypatch.setattr(replay, "HIDDEN", 2)
    function = deployed.deployment.physical_id("Changes/Journaled/All/Work/Function")
    assert replay.main(deployed.queue("All"), function) == 1, "it fails again, and stays"
    (deployed.journals / "All.mended").touch()
    before = deployed.given("All", "b").count(["INSERT", "b2", "poison"])
    deployed.cloud.wait_for(lambda: deployed.dead_letters("All"), what="the dead letter, visible again", deadline=30)
    assert replay.main(deployed.queue("All"), function) == 0
    assert deployed.dead_letters("All") == []
    assert deployed.given("All", "b").count(["INSERT", "b2", "poison"]) == before + 1


def test_the_example_works_on_a_change_once(deployed: Deployed) -> None:
    deployed.put("Example", "one", "value")
    function = deployed.deployment.physical_id("Changes/Example/Search/Work/Function")

    def worked() -> int:
        return int(deployed.cloud.logs(function).count("worked on"))

    deployed.cloud.wait_for(lambda: worked() == 1, what="the change", deadline=90)
    streams = deployed.cloud.client("dynamodbstreams")
    arn = streams.list_streams(TableName=deployed.deployment.physical_id("Changes/Example/Table"))["Streams"][0]
    shard = streams.describe_stream(StreamArn=arn["StreamArn"])["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(StreamArn=arn["StreamArn"], ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    # The same batch a second time, as Lambda may give it.
    payload = json.dumps({"Records": records}, default=str)
    answer = deployed.cloud.client("lambda").invoke(FunctionName=function, Payload=payload)
    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}
    assert worked() == 1
