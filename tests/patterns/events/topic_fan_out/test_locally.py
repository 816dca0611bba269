"""The template, deployed to the local cloud with permissions enforced, and exercised end to end."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.events.topic_fan_out import Subscriber, TopicFanOut
from tests.conftest import context
from tests.patterns.events.announcements.announced import announcement
from tests.patterns.events.announcements.subscribers import TOPIC, read


def environment(journals: Path, name: str, fail: str) -> dict[str, str]:
    return {"JOURNAL": str(journals / name), "FAIL": fail}


def subscriber(journals: Path, name: str, fail: str) -> Subscriber:
    return Subscriber(
        name=name,
        code=lambda_.Code.from_inline(TOPIC),
        handler="index.handler",
        environment=environment(journals, name, fail),
        retry_attempts=1,
    )


class FanOut(cdk.Stack):
    """Two functions, one of which never fails."""

    def __init__(self, app: cdk.App, journals: Path) -> None:
        super().__init__(app, "FanOut")
        subscribers = [subscriber(journals, "Weak", "yes"), subscriber(journals, "Strong", "no")]
        made = TopicFanOut(self, "FanOut", subscribers=subscribers)
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

    def invoke(self, name: str, event: Mapping[str, Any]) -> None:
        answer = self.cloud.client("lambda").invoke(
            FunctionName=self.function(name), InvocationType="Event", Payload=json.dumps(event)
        )
        assert answer["StatusCode"] == 202

    def dead_letters(self, name: str) -> list[dict[str, Any]]:
        queue = self.deployment.physical_id(f"FanOut/{name}/DeadLetters/Queue")
        answer = self.cloud.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    journals = tmp_path_factory.mktemp("journals")
    synthesis = synthesize(lambda app: FanOut(app, journals), context=context())
    with LocalCloud.start(enforce_iam=True) as cloud:
        yield Deployed(cloud, cloud.deploy(synthesis.directory), journals)


def test_every_subscriber_is_given_every_object(deployed: Deployed) -> None:
    keys = ["plain", "a b/ü+%.jpg", "deep/er/one"]
    deployed.upload(*keys)
    for name in ("Weak", "Strong"):
        deployed.wait_until_given(name, keys)
        assert sorted(key for key in deployed.given(name) if key in keys) == sorted(keys), "each of them once"


def test_a_function_that_fails_holds_up_no_other(deployed: Deployed) -> None:
    deployed.upload("poison/1")
    deployed.wait_until_given("Weak", ["poison/1"])
    deployed.wait_until_given("Strong", ["poison/1"])
    assert deployed.given("Strong").count("poison/1") == 1
    assert deployed.dead_letters("Strong") == []


def test_poison_goes_to_the_dead_letters_and_comes_back(deployed: Deployed) -> None:
    # SNS invokes functions asynchronously; the local SNS calls them without Lambda's queue between, so that is done
    # here.
    event = {"Records": [{"Sns": {"Message": announcement("poison/2")}}]}
    deployed.invoke("Weak", event)
    cloud = deployed.cloud
    cloud.wait_for(lambda: deployed.dead_letters("Weak"), what="the failed event in the dead letters", deadline=60)
    (failed,) = deployed.dead_letters("Weak")
    assert failed["requestPayload"] == event
    assert failed["responsePayload"]["errorMessage"] == "poison"
    assert deployed.given("Weak").count("poison/2") == 2, "tried again once, as asked"

    # The redrive: the cause is mended, and the event that the dead letter holds is given to the function again.
    cloud.client("lambda").update_function_configuration(
        FunctionName=deployed.function("Weak"),
        Environment={"Variables": environment(deployed.journals, "Weak", "no")},
    )
    deployed.invoke("Weak", failed["requestPayload"])
    cloud.wait_for(lambda: deployed.given("Weak").count("poison/2") == 3, what="the redriven event")


def test_what_the_local_cloud_does_not_show_is_reported(deployed: Deployed) -> None:
    silent = {(one.type, one.property) for one in deployed.deployment.report.not_exercised}
    assert ("AWS::SNS::Subscription", "RedrivePolicy") in silent
    assert ("AWS::Lambda::Permission", "*") in silent
    assert ("AWS::KMS::Key", "*") in silent
