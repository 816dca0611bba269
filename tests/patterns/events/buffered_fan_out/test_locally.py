"""The template, deployed to the local cloud with permissions enforced, and exercised end to end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.events.buffered_fan_out import BufferedFanOut, Consumer
from tests.conftest import context
from tests.patterns.events.announcements.announced import announcement, trial
from tests.patterns.events.announcements.subscribers import QUEUE, read


def environment(journals: Path, name: str, fail: str) -> dict[str, str]:
    return {"JOURNAL": str(journals / name), "FAIL": fail}


def consumer(journals: Path, name: str, fail: str) -> Consumer:
    return Consumer(
        name=name,
        code=lambda_.Code.from_inline(QUEUE),
        handler="index.handler",
        environment=environment(journals, name, fail),
        timeout=cdk.Duration.seconds(3),
        max_receive_count=2,
    )


class FanOut(cdk.Stack):
    """Two functions, one of which never fails."""

    def __init__(self, app: cdk.App, journals: Path) -> None:
        super().__init__(app, "FanOut")
        consumers = [consumer(journals, "Weak", "yes"), consumer(journals, "Strong", "no")]
        made = BufferedFanOut(self, "FanOut", consumers=consumers)
        cdk.CfnOutput(self, "Bucket", value=made.bucket.bucket_name)


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment
    journals: Path

    def upload(self, *keys: str) -> None:
        for key in keys:
            bucket = self.deployment.outputs["Bucket"]
            self.cloud.client("s3").put_object(Bucket=bucket, Key=key, Body=b"content")

    def function(self, name: str) -> str:
        return self.deployment.physical_id(f"FanOut/{name}/Work/Function")

    def given(self, name: str) -> list[str]:
        return read(self.journals / name)

    def wait_until_given(self, name: str, keys: list[str]) -> None:
        given = set(keys)
        self.cloud.wait_for(lambda: given <= set(self.given(name)), what=f"all objects at {name}", deadline=60)

    def wait_until_empty(self, queue: str) -> None:
        self.cloud.wait_for(lambda: self.depth(queue) == 0, what="an empty queue")

    def queue(self, name: str) -> str:
        return self.deployment.physical_id(f"FanOut/{name}/Queue")

    def dead_letters(self, name: str) -> str:
        return self.deployment.physical_id(f"FanOut/{name}/DeadLetters/Queue")

    def depth(self, queue: str) -> int:
        answer = self.cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return int(answer["ApproximateNumberOfMessages"]) + int(answer["ApproximateNumberOfMessagesNotVisible"])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    journals = tmp_path_factory.mktemp("journals")
    synthesis = synthesize(lambda app: FanOut(app, journals), context=context())
    with LocalCloud.start(enforce_iam=True) as cloud:
        yield Deployed(cloud, cloud.deploy(synthesis.directory), journals)


def test_every_consumer_is_given_every_object(deployed: Deployed) -> None:
    keys = ["plain", "a b/ü+%.jpg", "deep/er/one"]
    deployed.upload(*keys)
    for name in ("Weak", "Strong"):
        deployed.wait_until_given(name, keys)
        assert sorted(key for key in deployed.given(name) if key in keys) == sorted(keys), "each of them once"
        deployed.wait_until_empty(deployed.queue(name))


def test_poison_goes_to_the_dead_letters_alone_and_comes_back_by_redrive(deployed: Deployed) -> None:
    good = [f"good/{number}" for number in range(5)]
    cloud, dead = deployed.cloud, deployed.dead_letters("Weak")
    # Twice a run's timeout, not six times, of which the poison waits out two.
    cloud.client("sqs").set_queue_attributes(QueueUrl=deployed.queue("Weak"), Attributes={"VisibilityTimeout": "6"})
    deployed.upload(*good[:3], "poison/1", *good[3:])
    cloud.wait_for(lambda: deployed.depth(dead) == 1, what="the poison in the dead letters", deadline=120)
    deployed.wait_until_empty(deployed.queue("Weak"))
    assert sorted(key for key in deployed.given("Weak") if key in good) == good, "the rest of its batch, once"
    assert deployed.given("Weak").count("poison/1") == 2, "as often as max_receive_count says"
    assert deployed.given("Strong").count("poison/1") == 1
    assert deployed.depth(deployed.dead_letters("Strong")) == 0

    cloud.client("lambda").update_function_configuration(
        FunctionName=deployed.function("Weak"),
        Environment={"Variables": environment(deployed.journals, "Weak", "no")},
    )
    # What `StartMessageMoveTask` does, which the local cloud does not have.
    sqs = cloud.client("sqs")
    (message,) = sqs.receive_message(QueueUrl=dead)["Messages"]
    assert json.loads(message["Body"])["Records"][0]["s3"]["object"]["key"] == "poison/1", "an S3 event, as it was"
    sqs.send_message(QueueUrl=deployed.queue("Weak"), MessageBody=message["Body"])
    sqs.delete_message(QueueUrl=dead, ReceiptHandle=message["ReceiptHandle"])
    cloud.wait_for(lambda: deployed.given("Weak").count("poison/1") == 3, what="the redriven message")
    deployed.wait_until_empty(deployed.queue("Weak"))
    assert deployed.depth(dead) == 0


def test_what_waits_while_a_consumer_is_away_is_not_lost(deployed: Deployed) -> None:
    functions, cloud = deployed.cloud.client("lambda"), deployed.cloud
    mapping = deployed.deployment.physical_id("FanOut/Strong/Deliveries")
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    keys = [f"waiting/{number}" for number in range(12)]
    deployed.upload(*keys)
    cloud.wait_for(lambda: deployed.depth(deployed.queue("Strong")) == 12, what="twelve messages that wait")
    deployed.wait_until_given("Weak", keys)
    functions.update_event_source_mapping(UUID=mapping, Enabled=True)
    deployed.wait_until_given("Strong", keys)
    assert sorted(key for key in deployed.given("Strong") if key in keys) == sorted(keys), "each of them once"


def test_the_trial_that_s3_sends_is_taken_off_the_queue(deployed: Deployed) -> None:
    before = len(deployed.given("Strong"))
    deployed.cloud.client("sqs").send_message(QueueUrl=deployed.queue("Strong"), MessageBody=trial())
    deployed.cloud.client("sqs").send_message(QueueUrl=deployed.queue("Strong"), MessageBody=announcement("after"))
    deployed.cloud.wait_for(lambda: "after" in deployed.given("Strong"), what="the message after it")
    deployed.wait_until_empty(deployed.queue("Strong"))
    assert len(deployed.given("Strong")) == before + 1


def test_what_the_local_cloud_does_not_show_is_reported(deployed: Deployed) -> None:
    silent = {(one.type, one.property) for one in deployed.deployment.report.not_exercised}
    assert ("AWS::SNS::Subscription", "RedrivePolicy") in silent
    assert ("AWS::KMS::Key", "*") in silent
