"""Each function's role allows what its handler does with every kind of event, and no more."""

import json
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from botocore.exceptions import ClientError
from moto.apigatewaymanagementapi.models import ApiGatewayManagementApiBackend

from patternkit.testing.permissions import Account, PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.api.websocket_api import WebSocketApi
from patterns.api.websocket_api import construct as websocket_api
from tests.conftest import context

CODE = Path(websocket_api.__file__).parent / "handler"
TABLE_KEY = "Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items use Decrypt alone."


@cache
def template() -> dict[str, Any]:
    """With a customer key, of which the roles need the most."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Chat")
        WebSocketApi(stack, "Test", encryption_key=kms.Key(stack, "Key"))

    return dict(synthesize(build, context=context()).template)


def socket(route: str, connection: str, body: Any = None) -> dict[str, Any]:
    identity = {"identity": {"userArn": "arn:aws:iam::123456789012:user/me"}}
    return {"requestContext": {"routeKey": route, "connectionId": connection, **identity}, "body": json.dumps(body)}


def connects(_: Account) -> Iterator[dict[str, Any]]:
    yield socket("$connect", "one=")
    yield socket("$disconnect", "one=")


def connect_in_table(account: Account, *connections: str, group: str = "all") -> None:
    table = account.only("AWS::DynamoDB::Table")
    for connection in connections:
        item = {"group": {"S": group}, "connection": {"S": connection}, "expires": {"N": str(int(time.time()) + 60)}}
        account.client("dynamodb").put_item(TableName=table, Item=item)


def relays(account: Account) -> Iterator[dict[str, Any]]:
    connect_in_table(account, "one=", group="room-1")
    yield socket("$default", "one=", {"group": "room-1", "message": {}})
    yield socket("$default", "other=", {"group": "room-1", "message": {}})


def pushes(account: Account) -> Iterator[dict[str, Any]]:
    connect_in_table(account, "one=", "gone=", "failing=")
    for body in ({"group": "all", "message": "a"}, {"to": ["failing="], "message": "a", "tries": 3}, {"sweep": True}):
        yield {"Records": [{"messageId": "1", "body": json.dumps(body)}]}


def post(_: Any, data: Any, connection_id: str) -> None:
    del data
    if not connection_id.startswith("one"):
        status = 410 if connection_id.startswith("gone") else 500
        raise ClientError({"Error": {"Code": "x"}, "ResponseMetadata": {"HTTPStatusCode": status}}, "PostToConnection")  # type: ignore[typeddict-item]


EVENTS = {"Connect": connects, "Relay": relays, "Push": pushes}
USED = {
    "Connect": {"dynamodb:BatchWriteItem", "dynamodb:Query"},
    "Relay": {"dynamodb:GetItem", "sqs:SendMessage"},
    "Push": {
        "dynamodb:BatchWriteItem", "dynamodb:Query", "execute-api:ManageConnections", "sqs:DeleteMessage",
        "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage",
    },
}  # fmt: skip


@pytest.mark.parametrize("function", list(EVENTS))
def test_the_role_allows_what_is_done_and_no_more(function: str, permissions: Callable[..., PermissionProof]) -> None:
    asked: dict[str, Any] = {"function": f"Test/{function}/Function", "code": CODE, "events": EVENTS[function]}
    # Connections have no policy of their own.
    asked["existing"] = {"arn:aws:execute-api:*:*:*": {}}
    with (
        patch.object(ApiGatewayManagementApiBackend, "post_to_connection", post),
        patch.object(ApiGatewayManagementApiBackend, "get_connection", lambda *_: None),
    ):
        raw = prove(template(), **asked)
        assert not raw.denied, raw.report()
        reasons = {one: TABLE_KEY for one in raw.unused if "kms:ViaService" in one}
        proof = permissions(template(), unused=reasons, **asked)
    assert {one for one in proof.used if not one.startswith(("logs:", "xray:", "kms:"))} == USED[function]
