"""The function's role allows what the handler does with every kind of event, and no more.

Not evaluated: who may start the function, and the permission on records, which is asserted beside by name.
"""

import copy
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from patternkit.testing.permissions import Account, PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.web.weighted_release import WeightedRelease
from patterns.web.weighted_release import construct as weighted
from tests.conftest import context
from tests.patterns.web.certificates import certificate

CODE = Path(weighted.__file__).parent / "handler"
FUNCTION = "Made/Shift/Shift/Function"
USED = {
    "cloudwatch:DescribeAlarms",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "elasticloadbalancing:ModifyListener",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
TABLE_KEY = (
    "Amazon DynamoDB asks for it of whoever uses a table with a customer key; calls on items are seen to use Decrypt: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html"
)


@cache
def made(*, with_key: bool = False) -> dict[str, Any]:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Release")
        WeightedRelease(
            stack,
            "Made",
            certificate=certificate(stack),
            release="two",
            encryption_key=kms.Key(stack, "Key") if with_key else None,
        )

    return dict(synthesize(build, context=context()).template)


def events(account: Account) -> Iterator[dict[str, Any]]:
    """Two ticks, the first again, and the alarm."""
    yield {"scheduled_time": "2026-11-21T08:00:00Z"}
    yield {"scheduled_time": "2026-11-21T08:00:00Z"}
    yield {"scheduled_time": "2036-11-21T08:00:00Z"}
    account.make_all()
    (name,) = [str(one.ref) for one in account.made("AWS::CloudWatch::Alarm") if "CandidateErrors" in str(one.ref)]
    yield {
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {"alarmName": name, "state": {"value": "ALARM"}},
    }


def test_the_role_allows_what_is_done_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    proof = permissions(made(), function=FUNCTION, code=CODE, events=events)
    assert proof.used == USED
    assert proof.calls


def test_a_customer_key_is_followed_by_its_permissions(permissions: Callable[..., PermissionProof]) -> None:
    template = made(with_key=True)
    (key,) = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::KMS::Key"]
    unused = {f"kms:{one} on {key}.Arn if kms:ViaService": TABLE_KEY for one in ("DescribeKey", "Encrypt")}
    unused[f"kms:GenerateDataKey on {key}.Arn if kms:ViaService"] = TABLE_KEY
    proof = permissions(template, function=FUNCTION, code=CODE, events=events, unused=unused)
    assert proof.used == USED | {"kms:Decrypt", "kms:GenerateDataKey"}


@pytest.mark.parametrize("action", sorted(USED))
def test_each_action_that_is_taken_away_is_missed(action: str) -> None:
    mutant = copy.deepcopy(made())
    for name, resource in mutant["Resources"].items():
        if resource["Type"] == "AWS::IAM::Policy" and "ShiftRole" in name:
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                # Something has to be left in a statement: an action that is of no use here.
                statement["Action"] = [one for one in actions if one != action] or ["s3:GetBucketLocation"]
    denied = prove(mutant, function=FUNCTION, code=CODE, events=events).denied
    assert {one.request.action for one in denied} == {action}
