"""The template, deployed to the local cloud and exercised end to end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.api_to_queue import ApiToQueue
from tests.conftest import context
from tests.patterns.api.api_to_queue.conftest import Templates, mapping_templates
from tests.patterns.api.api_to_queue.gateway import Answer, call, post

MIB = 1024 * 1024
SCHEMA = {
    "type": "object",
    "required": ["order"],
    "properties": {"order": {"type": "integer", "minimum": 1}},
    "additionalProperties": False,
}
ATTRIBUTES = {
    "tenant": "method.request.querystring.tenant",
    "trace": "method.request.header.X-Trace",
}
# Fails for messages that say so, and tells which; the rest of their batch goes on.
CONSUMER = """
import json, os

def handler(event, context):
    failed = []
    for record in event["Records"]:
        body = json.loads(record["body"])
        line = json.dumps({"consumed": body, "times": record["attributes"]["ApproximateReceiveCount"]})
        with open(os.environ["JOURNAL"], "a") as journal:
            journal.write(line + "\\n")
        if isinstance(body, dict) and body.get("poison"):
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
"""


class Apis(cdk.Stack):
    """One of each kind."""

    def __init__(self, scope: Construct, construct_id: str, journal: Path) -> None:
        super().__init__(scope, construct_id)
        ApiToQueue(self, "Plain")
        ApiToQueue(self, "Checked", schema=SCHEMA, cloudwatch_role=False)
        ApiToQueue(self, "Ordered", fifo=True, message_attributes=ATTRIBUTES, cloudwatch_role=False)
        ApiToQueue(self, "Text", content_types=["text/plain"], cloudwatch_role=False)
        ApiToQueue(self, "Keyed", authorization="api_key", rate_limit=1, burst_limit=2, cloudwatch_role=False)
        existing = sqs.Queue(self, "Existing")
        ApiToQueue(self, "Onto", queue=existing, cloudwatch_role=False)
        consumer = lambda_.Function(
            self,
            "Consumer",
            code=lambda_.Code.from_inline(CONSUMER),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            timeout=cdk.Duration.seconds(3),
            environment={"JOURNAL": str(journal)},
        )
        ApiToQueue(
            self,
            "Consumed",
            consumer=consumer,
            visibility_timeout=cdk.Duration.seconds(18),
            max_receive_count=2,
            cloudwatch_role=False,
        )


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment
    template: dict[str, Any]
    journal: Path

    def id(self, path: str) -> str:
        return self.deployment.physical_id(path)

    def post(self, api: str, body: bytes | str, **options: Any) -> Answer:
        sent = body.encode() if isinstance(body, str) else body
        return post(self.cloud, self.id(f"{api}/Front/Api"), sent, **options)

    def templates(self, api: str) -> Templates:
        """The mapping templates of one of the stack's methods."""
        kept = {
            name: one
            for name, one in self.template["Resources"].items()
            if one["Type"] == "AWS::ApiGateway::Method" and name.startswith(f"{api}Front")
        }
        return mapping_templates({"Resources": kept})

    def call(self, api: str, body: str, **options: Any) -> Answer:
        return call(self.cloud, self.id(f"{api}/Queue"), self.templates(api), body, **options)

    def take(self, queue: str) -> list[dict[str, Any]]:
        """Take everything off a queue."""
        client, found = self.cloud.client("sqs"), []
        while batch := client.receive_message(
            QueueUrl=queue,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
        ).get("Messages"):
            for message in batch:
                client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            found += batch
        return [dict(message) for message in found]

    def consumed(self) -> list[dict[str, Any]]:
        if not self.journal.exists():
            return []
        return [json.loads(line) for line in self.journal.read_text(encoding="utf-8").splitlines()]

    def depth(self, queue: str) -> int:
        """How many messages a queue holds, at work or waiting."""
        answer = self.cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return int(answer["ApproximateNumberOfMessages"]) + int(answer["ApproximateNumberOfMessagesNotVisible"])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    journal = tmp_path_factory.mktemp("journal") / "consumed"
    synthesis = synthesize(lambda app: Apis(app, "Apis", journal), context=context())
    with LocalCloud.start() as cloud:
        yield Deployed(cloud, cloud.deploy(synthesis.directory), synthesis.template, journal)


@pytest.mark.parametrize(
    "body",
    [
        '{"order": 1}',
        '"&Action=DeleteQueue&QueueUrl=x"',
        '{"percent": "100%", "plus": "+", "equals": "a=b", "quotes": "\\"\'`"}',
        '"$input.body #set($x = 1) ${x} ## #end"',
        ' {"kept" :\n\t[1.0, 1e3] }\r\n',
        '"😀👩‍👩‍👧‍👦é漢字\u2028"',
        '{"lone": "\\ud800"}',
    ],
    ids=ascii,
)
def test_a_message_arrives_byte_for_byte_and_its_sender_learns_its_id(deployed: Deployed, body: str) -> None:
    answer = deployed.post("Plain", body)
    assert answer.status == 202
    (message,) = deployed.take(deployed.id("Plain/Queue"))
    assert message["Body"].encode() == body.encode()
    assert answer.json["messageId"] == message["MessageId"]
    assert answer.json["requestId"]


def test_an_existing_queue_is_sent_to(deployed: Deployed) -> None:
    assert deployed.post("Onto", "[1]").status == 202
    assert [one["Body"] for one in deployed.take(deployed.id("Existing"))] == ["[1]"]


@pytest.mark.parametrize(
    ("api", "body", "headers", "status"),
    [
        ("Plain", b"", {}, 400),
        ("Plain", b"&Action=DeleteQueue", {}, 400),
        ("Plain", b"{not json", {}, 400),
        ("Plain", b'"\x00"', {}, 400),
        ("Plain", b"{}", {"Content-Type": "text/plain"}, 415),
        ("Plain", b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ("Checked", b"{}", {}, 400),
        ("Checked", b'{"order": 0}', {}, 400),
        ("Checked", b'{"order": 1, "more": 2}', {}, 400),
        ("Text", b"", {"Content-Type": "text/plain"}, 400),
        ("Text", b"a\x00b", {"Content-Type": "text/plain"}, 400),
    ],
)
def test_a_bad_request_is_refused_and_nothing_is_queued(
    deployed: Deployed, api: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert deployed.post(api, body, headers=headers).status == status
    assert deployed.depth(deployed.id(f"{api}/Queue")) == 0


def test_a_request_that_keeps_the_schema_is_taken(deployed: Deployed) -> None:
    assert deployed.post("Checked", '{"order": 1}').status == 202
    assert len(deployed.take(deployed.id("Checked/Queue"))) == 1


def test_text_is_taken_as_it_is_where_text_is_asked_for(deployed: Deployed) -> None:
    text = "x&Action=DeleteQueue&a=%00+\n\"'\\ 😀 $input.body"
    assert deployed.post("Text", text, headers={"Content-Type": "text/plain"}).status == 202
    assert [one["Body"] for one in deployed.take(deployed.id("Text/Queue"))] == [text]


@pytest.mark.parametrize(("size", "queued"), [(256 * 1024 + 1, 1), (MIB, 1), (MIB + 1, 0)])
def test_the_largest_message_is_one_mebibyte(deployed: Deployed, size: int, queued: int) -> None:
    body = '"' + "x" * (size - 2) + '"'
    assert (deployed.post("Plain", body).status == 202) is bool(queued)
    assert [len(one["Body"]) for one in deployed.take(deployed.id("Plain/Queue"))] == [size] * queued
    assert deployed.call("Plain", body).status == (202 if queued else 413)
    assert len(deployed.take(deployed.id("Plain/Queue"))) == queued


def test_an_unsigned_request_is_refused(deployed: Deployed) -> None:
    answer = deployed.post("Plain", "{}", sign=False)
    assert answer.status == 403
    assert set(answer.json) == {"message", "requestId"}
    assert deployed.depth(deployed.id("Plain/Queue")) == 0


def test_a_key_is_asked_for_and_throttled(deployed: Deployed) -> None:
    assert deployed.post("Keyed", "{}", sign=False).status == 403
    key = deployed.cloud.client("apigateway").get_api_key(apiKey=deployed.id("Keyed/ApiKey"), includeValue=True)
    answers = [deployed.post("Keyed", "{}", sign=False, headers={"X-API-Key": key["value"]}) for _ in range(5)]
    assert answers[0].status == 202
    assert answers[-1].status == 429
    accepted = [one for one in answers if one.status == 202]
    assert len(deployed.take(deployed.id("Keyed/Queue"))) == len(accepted)


def test_a_poison_message_ends_in_the_dead_letters_and_comes_back_by_redrive(deployed: Deployed) -> None:
    queue, dead = deployed.id("Consumed/Queue"), deployed.id("Consumed/DeadLetters/Queue")
    # Twice a run's timeout, not six times, of which the poison waits out two.
    deployed.cloud.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "6"})
    # A cold start takes as long as a run may, on a busy machine, and a run that times out repeats its batch.
    assert deployed.post("Consumed", '"warm"').status == 202
    deployed.cloud.wait_for(deployed.consumed, what="a warm consumer", deadline=60)
    for number in range(4):
        assert deployed.post("Consumed", json.dumps({"number": number})).status == 202
    assert deployed.post("Consumed", '{"poison": true}').status == 202
    cloud = deployed.cloud
    cloud.wait_for(lambda: deployed.depth(dead) == 1, what="the poison message in the dead letters", deadline=60)
    cloud.wait_for(lambda: deployed.depth(queue) == 0, what="an empty queue")

    good = sorted(one["consumed"]["number"] for one in deployed.consumed() if "number" in one["consumed"])
    assert good == [0, 1, 2, 3], "each once: a failure beside it does not repeat a message"
    assert [one["times"] for one in deployed.consumed() if "poison" in one["consumed"]] == ["1", "2"]

    # What `StartMessageMoveTask` does, which the local cloud does not have.
    for message in deployed.take(dead):
        cloud.client("sqs").send_message(QueueUrl=queue, MessageBody=message["Body"])
    cloud.wait_for(
        lambda: len([one for one in deployed.consumed() if "poison" in one["consumed"]]) > 2,
        what="the redriven message at the consumer",
    )


ORDERED = {"X-Message-Group-Id": "orders", "X-Message-Deduplication-Id": "once"}


def test_a_replayed_deduplication_id_is_answered_and_not_queued_again(deployed: Deployed) -> None:
    header = {**ORDERED, "X-Message-Deduplication-Id": "replayed"}
    first, again = (deployed.call("Ordered", "{}", header=header) for _ in range(2))
    assert (first.status, again.status) == (202, 202)
    assert first.json["messageId"] == again.json["messageId"]
    assert first.json["sequenceNumber"] == again.json["sequenceNumber"]
    assert len(deployed.take(deployed.id("Ordered/Queue"))) == 1


def test_order_is_kept_within_a_group_and_attributes_come_along(deployed: Deployed) -> None:
    for number in range(5):
        answer = deployed.call(
            "Ordered",
            json.dumps(number),
            header={"x-message-group-id": "a&b=c", "x-message-deduplication-id": f"n{number}", "x-trace": "😀&=%"},
            querystring={"tenant": "t" if number % 2 else ""},
        )
        assert answer.status == 202
    messages = deployed.take(deployed.id("Ordered/Queue"))
    assert [one["Body"] for one in messages] == ["0", "1", "2", "3", "4"]
    assert {one["Attributes"]["MessageGroupId"] for one in messages} == {"a&b=c"}
    assert [sorted(one["MessageAttributes"]) for one in messages] == [["trace"], ["tenant", "trace"]] * 2 + [["trace"]]
    assert {one["MessageAttributes"]["trace"]["StringValue"] for one in messages} == {"😀&=%"}


@pytest.mark.parametrize(
    ("body", "header", "status"),
    [
        ("{}", {"X-Message-Deduplication-Id": "1"}, 400),
        ("{}", {"X-Message-Group-Id": "g"}, 400),
        ("", ORDERED, 400),
        ("\x00", ORDERED, 400),
        ("\ufffe", ORDERED, 400),
        ("x" * (MIB + 1), ORDERED, 413),
    ],
    ids=["no group", "no deduplication id", "empty", "NUL", "U+FFFE", "too large"],
)
def test_what_the_queue_refuses_is_answered_honestly(
    deployed: Deployed, body: str, header: dict[str, str], status: int
) -> None:
    answer = deployed.call("Ordered", body, header=header)
    assert answer.status == status
    assert list(answer.json) == ["message"]
    assert deployed.depth(deployed.id("Ordered/Queue")) == 0


def test_a_queue_that_is_gone_is_no_fault_of_the_caller(deployed: Deployed) -> None:
    gone = deployed.id("Plain/Queue").rpartition("/")[0] + "/gone"
    answer = call(deployed.cloud, gone, deployed.templates("Plain"), "{}")
    assert answer.status == 500
    assert "gone" not in answer.body


def test_what_api_gateway_does_beside_the_templates_is_reported_and_not_implied(deployed: Deployed) -> None:
    silent = {(one.type, one.property) for one in deployed.deployment.report.not_exercised}
    assert ("AWS::ApiGateway::Stage", "AccessLogSetting") in silent
    assert ("AWS::ApiGateway::Stage", "TracingEnabled") in silent
