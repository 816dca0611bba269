"""The roles of the chat's functions allow what they do with every kind of event, over all four stacks."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from examples.chat import app
from patternkit.testing.permissions import Account, prove
from tests.conftest import example

FOLDER = Path(app.__file__).parent
PLATFORM = {"logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTelemetryRecords", "xray:PutTraceSegments"}
AT = "1764160000000000.0000000a"
MESSAGE = {
    "room": {"S": "tea"},
    "at": {"S": AT},
    "kind": {"S": "message"},
    "id": {"S": "one"},
    "person": {"S": "ada"},
    "text": {"S": "hello"},
}
# Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items are seen to use Decrypt:
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
BY_DYNAMODB = "if kms:ViaService"
# Powertools reads an item where DynamoDB does not return it with the failed condition, as older releases do:
# https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
READS = "dynamodb:GetItem"


def templates() -> Mapping[str, Mapping[str, Any]]:
    return example("chat", "agnostic").templates


def named(account: Account, kind: str, part: str) -> str:
    [found] = [
        account.name(name) for _, name, one in account.resources() if one["Type"] == f"AWS::{kind}" and part in name
    ]
    return found


def table(account: Account, part: str) -> str:
    return named(account, "DynamoDB::Table", part)


def seeded(account: Account) -> None:
    """A connection in the room, and a message."""
    row = {"group": {"S": "room:tea"}, "connection": {"S": "c1"}, "expires": {"N": "9999999999"}}
    account.client("dynamodb").put_item(TableName=table(account, "Connections"), Item=row)
    account.client("dynamodb").put_item(TableName=table(account, "Messages"), Item=MESSAGE)


def asked(**body: Any) -> dict[str, Any]:
    context = {"connectionId": "c1", "authorizer": {"principalId": "ada"}}
    return {"requestContext": context, "body": json.dumps({"room": "tea", "id": "1", **body})}


def said(account: Account) -> Iterator[dict[str, Any]]:
    seeded(account)
    yield asked(text="hello")
    yield asked(text="hello")
    yield asked(text="")


def looked_up(account: Account) -> Iterator[dict[str, Any]]:
    seeded(account)
    yield asked()
    yield asked(before=AT)


def reported(account: Account) -> Iterator[dict[str, Any]]:
    seeded(account)
    # Not made of the template: any machine of its name starts.
    account.client("stepfunctions").create_state_machine(
        name=named(account, "StepFunctions::StateMachine", "Reports").rpartition(":")[2],
        definition=json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}}),
        roleArn="arn:aws:iam::123456789012:role/any",
    )
    yield asked(at=AT)
    yield asked(at=AT.replace("a", "b"))


def judged(account: Account) -> Iterator[dict[str, Any]]:
    seeded(account)
    for at in (AT, AT, AT.replace("a", "b")):
        yield {"step": "Hide", "action": "do", "key": "one", "order": {"room": "tea", "at": at}}


def connecting(_: Account) -> Iterator[dict[str, Any]]:
    body = "WyJhZGEiLFsidGVhIl0sOTk5OTk5OTk5OV0"  # ["ada",["tea"],9999999999]
    for token in ("", "nonsense", f"{body}.{'A' * 43}"):
        yield {
            "headers": {"Sec-WebSocket-Protocol": token},
            "methodArn": "arn:aws:execute-api:eu-west-1:1:a/live/$connect",
        }


def changed(_: Account) -> Iterator[dict[str, Any]]:
    def change(number: str, **image: Any) -> dict[str, Any]:
        return {
            "eventID": number,
            "eventName": "INSERT",
            "dynamodb": {"SequenceNumber": number, "NewImage": {**MESSAGE, **image}},
        }

    yield {"Records": [change("1"), change("2", hidden={"BOOL": True})]}
    yield {"Records": [change("1"), {"eventID": "3", "dynamodb": {"SequenceNumber": "13"}}]}


FUNCTIONS: dict[str, tuple[str, Callable[[Account], Iterator[dict[str, Any]]], set[str]]] = {
    "ChatRooms/Actions/Say": (
        "rooms_handler",
        said,
        {"dynamodb:GetItem", "dynamodb:PutItem", "kms:Decrypt", "sqs:SendMessage"},
    ),
    "ChatRooms/Actions/History": (
        "rooms_handler",
        looked_up,
        {"dynamodb:GetItem", "dynamodb:Query", "sqs:SendMessage"},
    ),
    "ChatRooms/Actions/Report": (
        "rooms_handler",
        reported,
        {"dynamodb:GetItem", "sqs:SendMessage", "states:StartExecution"},
    ),
    "ChatRooms/Actions/Authorize": ("rooms_handler", connecting, {"kms:VerifyMac"}),
    "ChatReports/Moderation/Hide": ("moderation_handler", judged, {"dynamodb:UpdateItem"}),
    "ChatRooms/Stream/Deliver/Work": ("deliver_handler", changed, {"dynamodb:PutItem", "sqs:SendMessage"}),
}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_role_allows_what_is_done_and_no_more(function: str) -> None:
    code, events, used = FUNCTIONS[function]
    proof = prove(templates(), function=f"{function}/Function", code=FOLDER / code, events=events)
    assert not proof.denied, proof
    unused = {str(one) for one in proof.unused}
    allowed = {one for one in unused if BY_DYNAMODB in one or (READS in one and "Remembered" in one)}
    assert unused <= allowed, unused - allowed
    assert proof.used >= PLATFORM | used


@pytest.mark.parametrize(
    ("function", "stack", "action"),
    [
        ("ChatRooms/Actions/Say", "ChatRooms", "dynamodb:PutItem"),
        ("ChatRooms/Actions/Report", "ChatRooms", "states:StartExecution"),
    ],
)
def test_an_action_that_is_taken_away_is_missed(function: str, stack: str, action: str) -> None:
    code, events, _ = FUNCTIONS[function]
    mutant = {**templates(), stack: _without(templates()[stack], action)}
    found = prove(mutant, function=f"{function}/Function", code=FOLDER / code, events=events, raises=(Exception,))
    assert {one.request.action for one in found.denied} == {action}


def _without(value: Any, action: str) -> Any:
    if isinstance(value, dict):
        return {name: _without(part, action) for name, part in value.items()}
    if isinstance(value, list):
        return [_without(part, action) for part in value]
    return "s3:GetBucketLocation" if value == action else value
