"""The role of each consumer allows what Lambda does for it; the example itself calls nothing."""

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from patternkit.testing.permissions import PermissionProof, prove
from patterns.events.buffered_fan_out import construct as buffered_fan_out
from tests.conftest import example
from tests.patterns.events.announcements.announced import announcement, trial

CODE = Path(buffered_fan_out.__file__).parent / "handler"
BODIES = [announcement("photographs/one.jpg", "two"), trial(), "no json"]
EVENTS = [{"Records": [{"messageId": str(number), "body": body} for number, body in enumerate(BODIES)]}]
PLATFORM = {
    "kms:Decrypt",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


@pytest.mark.parametrize("consumer", ["Images", "All"])
def test_the_role_allows_what_is_done_and_no_more(consumer: str, permissions: Callable[..., PermissionProof]) -> None:
    proof = permissions(
        example("buffered-fan-out", "agnostic").template,
        function=f"BufferedFanOut/{consumer}/Work/Function",
        code=CODE,
        events=EVENTS,
    )
    assert proof.calls == 0
    assert proof.used == PLATFORM
    assert not proof.redundant


@pytest.mark.parametrize("action", sorted(PLATFORM))
def test_each_action_that_is_taken_away_is_missed(action: str) -> None:
    mutant = copy.deepcopy(example("buffered-fan-out", "agnostic").template)
    for resource in mutant["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                # Something has to be left in a statement: an action that is of no use here.
                statement["Action"] = [one for one in actions if one != action] or ["s3:GetBucketLocation"]
    proof = prove(mutant, function="BufferedFanOut/All/Work/Function", code=CODE, events=EVENTS)
    assert {one.request.action for one in proof.denied} == {action}
