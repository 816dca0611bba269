"""Each function's role allows what it does with every kind of event, and no more."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from patternkit.testing.permissions import Account, prove
from tests.conftest import ROOT, example
from tests.patterns.events.approval_workflow.orders import ORDER

CODE = ROOT / "patterns" / "events" / "approval_workflow" / "handler"
EXECUTION = "arn:aws:states:eu-west-1:123456789012:execution:orders:one"
APPROVAL = "0" * 32
RECORD = {
    "id": {"S": APPROVAL},
    "task_token": {"S": "token"},
    "expires": {"N": "9999999999"},
    "facts": {"S": '{"id": "one"}'},
}


def questions(_: Account) -> Iterator[dict[str, Any]]:
    ask = {"execution": EXECUTION, "token": "token", "order": ORDER}
    yield {**ask, "asked": 0}
    yield {**ask, "asked": 1}
    yield {"execution": EXECUTION}
    yield {"execution": EXECUTION}
    # Decided: the workflow, which asks again, is told so.
    yield {**ask, "asked": 2}


def requests(account: Account) -> Iterator[dict[str, Any]]:
    [table] = [
        account.name(name)
        for _, name, one in account.resources()
        if one["Type"] == "AWS::DynamoDB::Table" and "Approvals" in name
    ]
    request = {
        "resource": "/decision",
        "path": "/decision",
        "headers": {},
        "requestContext": {"authorizer": {"approval": APPROVAL}},
        "isBase64Encoded": False,
    }
    yield {**request, "httpMethod": "GET", "body": None}
    account.client("dynamodb").put_item(TableName=table, Item=RECORD)
    yield {**request, "httpMethod": "GET", "body": None}
    for decision in ("approve", "approve", "refuse", "perhaps"):
        yield {**request, "httpMethod": "POST", "body": f"decision={decision}"}


def links(_: Account) -> Iterator[dict[str, Any]]:
    arn = "arn:aws:execute-api:eu-west-1:123456789012:api/live/GET/decision"
    for token in ("", "nonsense", f"{APPROVAL}.{int(time.time()) + 60}.{'A' * 43}"):
        yield {"queryStringParameters": {"token": token}, "methodArn": arn}


def steps(_: Account) -> Iterator[dict[str, Any]]:
    for action in ("do", "undo", "do"):
        for step in ("Charge", "Ship"):
            yield {"step": step, "action": action, "key": f"one/{step}", "order": ORDER}


FUNCTIONS = {
    "Ask": (
        questions,
        {"dynamodb:GetItem", "dynamodb:UpdateItem", "kms:GenerateMac", "sns:Publish", "states:SendTaskSuccess"},
    ),
    "Decisions/Decide": (requests, {"dynamodb:GetItem", "dynamodb:UpdateItem", "states:SendTaskSuccess"}),
    "Authorize": (links, {"kms:VerifyMac"}),
    "Steps": (steps, {"dynamodb:PutItem"}),
}


@pytest.mark.parametrize("environment", ["agnostic", "concrete"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_role_allows_what_is_done_and_no_more(function: str, environment: str) -> None:
    events, used = FUNCTIONS[function]
    where: dict[str, Any] = {"account": "111122223333", "region": "eu-west-1"} if environment == "concrete" else {}
    proof = prove(
        example("approval-workflow", environment).template,
        function=f"ApprovalWorkflow/{function}/Function",
        code=CODE,
        events=events,
        raises=(Exception,),
        **where,
    )
    assert not proof.denied, proof.report()
    assert {one for one in proof.used if not one.startswith(("logs:", "xray:"))} == used
    assert not proof.unused, proof.report()
    assert not proof.redundant
