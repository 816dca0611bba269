"""The template, deployed to the local cloud, whose functions post to its own address."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.api.websocket_api import WebSocketApi
from tests.conftest import context
from tests.patterns.api.websocket_api.client import Client

AUTHORIZE = """
def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    kind, _, person = headers.get("authorization", "").partition(" ")
    effect = "Allow" if kind == "Bearer" and person else "Deny"
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": event["methodArn"]}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": person or "nobody", "policyDocument": policy, "context": {"groups": "room-1"}}
"""


@dataclass(frozen=True)
class Chat:
    """The deployed API, in a stack named Chat."""

    cloud: LocalCloud
    deployment: Deployment

    def id(self, path: str) -> str:
        return self.deployment.physical_id(f"Chat/Api/{path}")

    @property
    def callback_url(self) -> str:
        return f"{self.cloud.endpoint_url}/_aws/execute-api/{self.id('Gateway/Api')}/live"

    def connect(self, person: str | None) -> Client:
        url = self.callback_url.replace("http", "ws", 1)
        return Client(url, {"Authorization": f"Bearer {person}"} if person else {})

    def push(self, **asked: Any) -> None:
        self.cloud.client("sqs").send_message(QueueUrl=self.id("Pushes"), MessageBody=json.dumps(asked))

    def rows(self, group: str) -> set[str]:
        answer = self.cloud.client("dynamodb").query(
            TableName=self.id("Connections"),
            KeyConditionExpression="#group = :group",
            ExpressionAttributeNames={"#group": "group"},
            ExpressionAttributeValues={":group": {"S": group}},
        )
        return {one["connection"]["S"] for one in answer["Items"]}

    def until(self, group: str, count: int) -> None:
        """Wait until a group has so many connections."""
        self.cloud.wait_for(lambda: len(self.rows(group)) == count, what=f"{count} connections in {group}")


@pytest.fixture(scope="session")
def chat() -> Iterator[Chat]:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Chat")
        authorize = lambda_.Function(
            stack,
            "Authorize",
            code=lambda_.Code.from_inline(AUTHORIZE),
            handler="index.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
        )
        WebSocketApi(stack, "Api", authorization="function", authorizer_function=authorize)

    settings = {**context(), "patterns:handler-platform": "local"}
    assembly = synthesize(build, context=settings, build_assets=True)
    with LocalCloud.start() as cloud:
        made = Chat(cloud, cloud.deploy(assembly.directory))
        # AWS's name of the API leads nowhere here.
        function = made.id("Push/Function")
        client = cloud.client("lambda")
        variables = client.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        assert variables["CALLBACK_URL"].startswith(f"https://{made.id('Gateway/Api')}.execute-api.")
        variables["CALLBACK_URL"] = made.callback_url
        client.update_function_configuration(FunctionName=function, Environment={"Variables": variables})
        yield made
