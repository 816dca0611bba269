"""A consumer's role allows what Lambda does to take messages off the queue, in one stack and across two."""

import copy
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_

from patternkit.testing.permissions import PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.api.api_to_queue import ApiToQueue
from patterns.building_blocks.lambda_function import LambdaFunction
from tests.conftest import context

CODE = """
def handler(event, context):
    return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in event["Records"] if not one["body"]]}
"""
EVENTS = [{"Records": [{"messageId": "1", "body": "text"}, {"messageId": "2", "body": ""}]}]
PLATFORM = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def handler(event: dict[str, Any], context: Any) -> Any:  # noqa: ARG001
    return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in event["Records"] if not one["body"]]}


@cache
def templates(*, with_key: bool, apart: bool) -> tuple[Mapping[str, Any], ...]:
    def build(app: cdk.App) -> None:
        api = cdk.Stack(app, "Api")
        stack = cdk.Stack(app, "Consumer") if apart else api
        consumer = LambdaFunction(
            stack,
            "Work",
            code=lambda_.Code.from_inline(CODE),
            handler="index.handler",
            description="Works on messages",
            runtime=lambda_.Runtime.PYTHON_3_13,
        )
        key = kms.Key(api, "Key") if with_key else None
        ApiToQueue(api, "ApiToQueue", consumer=consumer.function, encryption_key=key)

    return tuple(synthesize(build, context=context()).templates.values())


@pytest.mark.parametrize("apart", [False, True], ids=["in one stack", "across stacks"])
@pytest.mark.parametrize("with_key", [False, True], ids=["keys of SQS", "a customer key"])
def test_the_role_allows_what_is_done_and_no_more(
    with_key: bool, apart: bool, permissions: Callable[..., PermissionProof]
) -> None:
    proof = permissions(templates(with_key=with_key, apart=apart), handler=handler, events=EVENTS)
    assert proof.used == PLATFORM | ({"kms:Decrypt"} if with_key else set())
    assert not proof.redundant


@pytest.mark.parametrize("action", sorted(PLATFORM | {"kms:Decrypt"}))
def test_each_action_that_is_taken_away_is_missed(action: str) -> None:
    mutants = copy.deepcopy(list(templates(with_key=True, apart=True)))
    for template in mutants:
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::IAM::Policy":
                for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                    actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                    # Something has to be left in a statement: an action that is of no use here.
                    statement["Action"] = [one for one in actions if one != action] or ["s3:GetBucketLocation"]
    denied = prove(mutants, handler=handler, events=EVENTS).denied
    assert {one.request.action for one in denied} == {action}
