"""The template, deployed to the local cloud with permissions enforced: what arrives where, how often, with what."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.events.asynchronous_function import AsynchronousFunction
from tests.conftest import context

# Fails as often as the event says, and writes each call down.
FAILS = """
import json, os

def handler(event, context):
    path = os.path.join(os.environ["JOURNALS"], str(event.get("id") or event["requestPayload"]["id"]))
    with open(path, "a") as journal:
        journal.write(json.dumps(event) + "\\n")
    with open(path) as journal:
        if len(journal.readlines()) <= event.get("failures", 0):
            raise RuntimeError("on purpose")
    return {"worked on": event.get("id")}
"""
KINDS = ("Queue", "Topic", "Bus", "Function")


class Results(cdk.Stack):
    """One function for each kind of destination; successes and failures meet there."""

    def __init__(self, app: cdk.App, journals: Path) -> None:
        super().__init__(app, "Results")
        self._journals = journals
        code = lambda_.Code.from_inline(FAILS)
        heard = lambda_.Function(
            self,
            "Heard",
            code=code,
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            environment={"JOURNALS": str(journals / "heard")},
        )
        topic, bus, queue = sns.Topic(self, "Topic"), events.EventBus(self, "Bus"), sqs.Queue(self, "Queue")
        of_topic, of_bus = sqs.Queue(self, "OfTopic"), sqs.Queue(self, "OfBus")
        topic.add_subscription(subscriptions.SqsSubscription(of_topic, raw_message_delivery=True))
        rule = events.Rule(self, "Rule", event_bus=bus, event_pattern=events.EventPattern(source=["lambda"]))
        rule.add_target(targets.SqsQueue(of_bus))
        for kind, to in zip(KINDS, (queue, topic, bus, heard), strict=True):
            self._add(kind, on_success=to, on_failure=to)
        self._add("Bucket", on_failure=s3.Bucket(self, "Failures"))
        AsynchronousFunction(self, "Example", idempotency_key="id", retry_attempts=0)

    def _add(self, kind: str, **to: Any) -> None:
        AsynchronousFunction(
            self,
            f"To{kind}",
            code=lambda_.Code.from_inline(FAILS),
            handler="index.handler",
            environment={"JOURNALS": str(self._journals / kind)},
            retry_attempts=1,
            **to,
        )


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment
    journals: Path

    def invoke(self, function: str, event: Any, *, wait: bool = False) -> dict[str, Any]:
        answer = self.cloud.client("lambda").invoke(
            FunctionName=self.deployment.physical_id(f"Results/{function}/Work/Function"),
            InvocationType="RequestResponse" if wait else "Event",
            Payload=json.dumps(event),
        )
        return dict(answer)

    def calls(self, kind: str, event: str) -> list[dict[str, Any]]:
        path = self.journals / kind / event
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def messages(self, queue: str) -> list[dict[str, Any]]:
        url = self.deployment.physical_id(f"Results/{queue}")
        answer = self.cloud.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(one["Body"]) for one in answer.get("Messages", [])]

    def objects(self) -> list[dict[str, Any]]:
        client, bucket = self.cloud.client("s3"), self.deployment.physical_id("Results/Failures")
        found = client.list_objects_v2(Bucket=bucket, Prefix="aws/lambda/async/").get("Contents", [])
        return [json.loads(client.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()) for one in found]

    def arrived(self, kind: str) -> list[dict[str, Any]]:
        """The records at a destination."""
        match kind:
            case "Queue":
                return self.messages("Queue")
            case "Topic":
                return self.messages("OfTopic")
            case "Bus":
                return [one["detail"] for one in self.messages("OfBus")]
            case "Function":
                paths = sorted((self.journals / "heard").glob("*"))
                return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines()]
        return self.objects()

    def record_of(self, kind: str, event: Mapping[str, Any]) -> dict[str, Any]:
        def found() -> list[dict[str, Any]]:
            return [one for one in self.arrived(kind) if one["requestPayload"] == event]

        self.cloud.wait_for(found, what=f"the record of {event} at {kind}", deadline=60)
        [record] = found()
        return record


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    journals = tmp_path_factory.mktemp("journals")
    for name in (*KINDS, "Bucket", "heard"):
        (journals / name).mkdir()
    local = {**context(), "patterns:handler-platform": "local"}
    synthesis = synthesize(lambda app: Results(app, journals), context=local, build_assets=True)
    with LocalCloud.start(enforce_iam=True) as cloud:
        yield Deployed(cloud, cloud.deploy(synthesis.directory), journals)


@pytest.fixture(scope="module")
def sent(deployed: Deployed) -> dict[tuple[str, int], dict[str, Any]]:
    """Every event, sent to every function at once: one that works, one that fails once, one that fails for good."""
    all_of_them = {
        (kind, failures): {"id": f"fails-{failures}", "failures": failures}
        for kind in (*KINDS, "Bucket")
        for failures in (0, 1, 9)
    }
    for (kind, _), event in all_of_them.items():
        assert deployed.invoke(f"To{kind}", event)["StatusCode"] == 202, "queued, and nobody waits"
    return all_of_them


@pytest.mark.parametrize("kind", KINDS)
def test_a_success_arrives_once_with_event_and_result(
    kind: str, deployed: Deployed, sent: dict[tuple[str, int], dict[str, Any]]
) -> None:
    record = deployed.record_of(kind, sent[kind, 0])
    assert record["responsePayload"] == {"worked on": "fails-0"}
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["approximateInvokeCount"] == 1 == len(deployed.calls(kind, "fails-0"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_fails_once_is_tried_again_and_is_a_success(
    kind: str, deployed: Deployed, sent: dict[tuple[str, int], dict[str, Any]]
) -> None:
    record = deployed.record_of(kind, sent[kind, 1])
    assert record["requestContext"]["condition"] == "Success"
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert deployed.calls(kind, "fails-1") == [sent[kind, 1]] * 2, "each time with the same event"


@pytest.mark.parametrize("kind", [*KINDS, "Bucket"])
def test_what_fails_for_good_arrives_with_event_and_error(
    kind: str, deployed: Deployed, sent: dict[tuple[str, int], dict[str, Any]]
) -> None:
    record = deployed.record_of(kind, sent[kind, 9])
    assert record["responsePayload"]["errorType"] == "RuntimeError"
    assert record["responsePayload"]["errorMessage"] == "on purpose"
    assert record["requestContext"]["condition"] == "RetriesExhausted"
    assert record["requestContext"]["approximateInvokeCount"] == 2 == len(deployed.calls(kind, "fails-9"))


def test_nothing_else_arrives_in_the_bucket(deployed: Deployed, sent: dict[tuple[str, int], dict[str, Any]]) -> None:
    deployed.record_of("Bucket", sent["Bucket", 9])
    deployed.cloud.wait_for(lambda: len(deployed.calls("Bucket", "fails-1")) == 2, what="the second try")
    assert [one["requestPayload"]["id"] for one in deployed.objects()] == ["fails-9"]


def test_a_caller_who_waits_is_told_itself_and_no_destination_hears_of_it(deployed: Deployed) -> None:
    answer = deployed.invoke("ToQueue", {"id": "waits", "failures": 9}, wait=True)
    assert answer["FunctionError"] == "Unhandled"
    assert json.loads(answer["Payload"].read())["errorMessage"] == "on purpose"
    # What is sent afterwards arrives, so that what was sent before would have.
    last = {"id": "last"}
    deployed.invoke("ToQueue", last)
    deployed.record_of("Queue", last)
    assert "waits" not in [one["requestPayload"]["id"] for one in deployed.arrived("Queue")]
    assert len(deployed.calls("Queue", "waits")) == 1, "nor is it tried again"


def test_the_example_works_on_an_event_once(deployed: Deployed) -> None:
    results = [
        json.loads(deployed.invoke("Example", {"id": "one", "sent": sent}, wait=True)["Payload"].read())
        for sent in ("now", "a second time")
    ]
    assert results[0] == results[1] == {"status": "done", "bytes": len('{"id": "one", "sent": "now"}')}
    deployed.invoke("Example", {"no": "id"})
    dead = "Example/DeadLetters/Queue"
    check: Callable[[], Any] = lambda: deployed.messages(dead)  # noqa: E731
    [failed] = deployed.cloud.wait_for(check, what="the event without its key", deadline=60)
    assert failed["requestPayload"] == {"no": "id"}
    assert failed["responsePayload"]["errorType"] == "IdempotencyKeyError"
