"""The example's role allows what Lambda does for it; the example itself calls nothing."""

import copy
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler

from patternkit.testing.permissions import PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.events.cron_function import CronFunction
from patterns.events.cron_function import construct as cron_function
from tests.conftest import context, example

CODE = Path(cron_function.__file__).parent / "handler"
EVENTS = [
    {"scheduled_time": "2027-01-01T00:00:00Z", "execution_id": "one"},
    {"time": "2027-01-01T00:00:00Z", "id": "one", "detail-type": "Scheduled Event"},
]
PLATFORM = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def test_the_role_allows_what_is_done_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    proof = permissions(example("cron-function", "agnostic").template, code=CODE, events=EVENTS)
    assert proof.calls == 0
    assert proof.used == PLATFORM
    assert not proof.redundant


@pytest.mark.parametrize("trigger", ["scheduler", "rule"])
def test_a_customer_key_is_followed_by_its_permissions(
    trigger: str, permissions: Callable[..., PermissionProof]
) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "WithKey")
        CronFunction(
            stack,
            "CronFunction",
            schedule=scheduler.ScheduleExpression.rate(cdk.Duration.hours(1)),
            encryption_key=kms.Key(stack, "Key"),
            trigger=trigger,  # type: ignore[arg-type]
        )

    template = synthesize(build, context=context()).template
    proof = permissions(template, code=CODE, events=EVENTS)
    assert proof.used == PLATFORM | {"kms:Decrypt", "kms:GenerateDataKey"}


@pytest.mark.parametrize("action", sorted(PLATFORM))
def test_each_action_that_is_taken_away_is_missed(action: str) -> None:
    def take_away(statement: dict[str, object]) -> None:
        actions = statement["Action"]
        if isinstance(actions, list):
            statement["Action"] = [one for one in actions if one != action]
        elif actions == action:
            statement["Action"] = "s3:GetBucketLocation"

    template = example("cron-function", "agnostic").template

    mutant = copy.deepcopy(template)
    for resource in mutant["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                take_away(statement)
    denied = prove(mutant, code=CODE, events=EVENTS).denied
    assert [one.request.action for one in denied] == [action]
