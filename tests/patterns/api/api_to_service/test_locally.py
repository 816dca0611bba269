"""The template, deployed to the local cloud, and each service called as the deployed integration says.

The local API Gateway integrates Amazon SQS only. So the tests take the integration as it is deployed, do with it what
API Gateway does, with a full Velocity engine, and send what it makes to the local service.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.api_to_service import ApiToService
from tests.conftest import context
from tests.patterns.api.api_to_queue.gateway import Answer, post, signed
from tests.patterns.api.api_to_queue.velocity import render

BODIES = [
    '{"order": 1}',
    '{"hostile": "\\",\\"Source\\":\\"aws.ec2\\" \'it\'\'s\' \\\\\' $input.body #set($x = 1) </script> &Action=x"}',
    '{"text": "😀👩‍👩‍👧‍👦é漢字\u2028"}',
]


class Apis(cdk.Stack):
    """One for each service."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        machine = stepfunctions.StateMachine(
            self,
            "Machine",
            definition_body=stepfunctions.DefinitionBody.from_chainable(stepfunctions.Pass(self, "Pass")),
        )
        ApiToService(self, "Start", state_machine=machine, execution_name_from="method.request.header.X-Name")
        heard = sqs.Queue(self, "Heard")
        topic = sns.Topic(self, "Topic")
        topic.add_subscription(subscriptions.SqsSubscription(heard, raw_message_delivery=True))
        attributes = {"tenant": "method.request.header.X-Tenant"}
        ApiToService(self, "Publish", topic=topic, message_attributes=attributes, cloudwatch_role=False)
        put = ApiToService(self, "Put", event_source="orders", detail_type="Order", cloudwatch_role=False)
        assert put.event_bus is not None
        seen = sqs.Queue(self, "Seen")
        rule = events.Rule(self, "Rule", event_bus=put.event_bus, event_pattern={"source": ["orders"]})
        rule.add_target(targets.SqsQueue(seen))


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment

    def id(self, path: str) -> str:
        return self.deployment.physical_id(path)

    def call(self, api: str, service: str, body: str, header: dict[str, str] | None = None) -> Answer:
        """Do what API Gateway does with the deployed integration."""
        gateway, api_id = self.cloud.client("apigateway"), self.id(f"{api}/Front/Api")
        (resource,) = [one for one in gateway.get_resources(restApiId=api_id)["items"] if one["path"] == "/requests"]
        made = gateway.get_integration(restApiId=api_id, resourceId=resource["id"], httpMethod="POST")
        sent = {
            name.removeprefix("integration.request.header."): value.strip("'")
            for name, value in made["requestParameters"].items()
        }
        text = render(made["requestTemplates"]["application/json"], body, header=header).text.encode()
        status, answer = self._send(service, text, {**sent, "Accept": "application/json"})
        answers = made["integrationResponses"].values()
        patterns = {one["statusCode"]: one.get("selectionPattern") for one in answers}
        matching = [one for one, pattern in patterns.items() if pattern and re.fullmatch(pattern, str(status))]
        chosen = (matching or [one for one, pattern in patterns.items() if not pattern])[0]
        template = next(one for one in answers if one["statusCode"] == chosen)["responseTemplates"]["application/json"]
        rendered = render(template, answer)
        return Answer(rendered.status or int(chosen), rendered.text)

    def _send(self, service: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        url = f"{self.cloud.endpoint_url}/"
        whole = signed(self.cloud, service, url, body, headers)
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=whole), timeout=30) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read().decode()
        # The real SNS answers the query protocol in JSON when asked; the local one always in XML of the same shape.
        return status, _as_json(ET.fromstring(text)) if text.startswith("<") else text

    def take(self, queue: str) -> dict[str, Any]:
        """Take the one message that comes to a queue."""
        client, url = self.cloud.client("sqs"), self.id(queue)
        (message,) = self.cloud.wait_for(
            lambda: client.receive_message(QueueUrl=url, MessageAttributeNames=["All"]).get("Messages"),
            what=f"a message on {queue}",
        )
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return dict(message)


def _as_json(root: ET.Element) -> str:
    def content(element: ET.Element) -> Any:
        return {name(child): content(child) for child in element} if len(element) else element.text or ""

    def name(element: ET.Element) -> str:
        return element.tag.rpartition("}")[2]

    return json.dumps(content(root) if name(root) == "ErrorResponse" else {name(root): content(root)})


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    synthesis = synthesize(lambda app: Apis(app, "Apis"), context=context())
    with LocalCloud.start() as cloud:
        yield Deployed(cloud, cloud.deploy(synthesis.directory))


@pytest.mark.parametrize("body", BODIES, ids=ascii)
def test_an_execution_is_started_with_the_body_as_its_input(deployed: Deployed, body: str) -> None:
    answer = deployed.call("Start", "states", body)
    assert answer.status == 202
    started = deployed.cloud.client("stepfunctions").describe_execution(executionArn=answer.json["executionArn"])
    assert started["input"] == body
    assert started["stateMachineArn"] == deployed.id("Machine")


def test_a_name_is_started_once(deployed: Deployed) -> None:
    first = deployed.call("Start", "states", '{"order": 1}', {"x-name": "order-1"})
    assert first.status == 202
    assert first.json["executionArn"].endswith(":order-1")
    again = deployed.call("Start", "states", '{"order": 2}', {"x-name": "order-1"})
    assert (again.status, list(again.json)) == (409, ["message"])


@pytest.mark.parametrize("body", BODIES, ids=ascii)
def test_a_message_is_published_as_it_was_sent(deployed: Deployed, body: str) -> None:
    answer = deployed.call("Publish", "sns", body, {"X-Tenant": "a&b=c"})
    assert answer.status == 202
    assert answer.json["messageId"]
    message = deployed.take("Heard")
    assert message["Body"] == body
    assert message["MessageAttributes"]["tenant"]["StringValue"] == "a&b=c"


@pytest.mark.parametrize("body", BODIES, ids=ascii)
def test_an_event_is_put_with_the_fixed_source_and_type(deployed: Deployed, body: str) -> None:
    answer = deployed.call("Put", "events", body)
    assert answer.status == 202
    event = json.loads(deployed.take("Seen")["Body"])
    assert (event["source"], event["detail-type"], event["detail"]) == ("orders", "Order", json.loads(body))
    assert event["id"] == answer.json["eventId"]


@pytest.mark.parametrize("api", ["Start", "Publish", "Put"])
def test_an_unsigned_request_is_refused_before_any_service_is_called(deployed: Deployed, api: str) -> None:
    answer = post(deployed.cloud, deployed.id(f"{api}/Front/Api"), b"{}", sign=False, path="requests")
    assert (answer.status, set(answer.json)) == (403, {"message", "requestId"})


@pytest.mark.parametrize(("body", "media", "status"), [(b"{no", "application/json", 400), (b"{}", "text/plain", 415)])
def test_a_bad_request_is_refused_before_any_service_is_called(
    deployed: Deployed, body: bytes, media: str, status: int
) -> None:
    api = deployed.id("Put/Front/Api")
    assert post(deployed.cloud, api, body, headers={"Content-Type": media}, path="requests").status == status
