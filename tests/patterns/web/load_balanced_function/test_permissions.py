"""The example's role allows what Lambda does for it; the example itself calls nothing.

Not evaluated: who may invoke the alias. That the load balancer's permission names this account is asserted beside.
"""

import copy
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from patternkit.testing.permissions import PermissionProof, prove
from patternkit.testing.synthesis import synthesize
from patterns.web.load_balanced_function import LoadBalancedFunction
from patterns.web.load_balanced_function import construct as balanced
from tests.conftest import context, example
from tests.patterns.web.certificates import certificate
from tests.patterns.web.load_balanced_function.events import CHECK, multiple, single

CODE = Path(balanced.__file__).parent / "handler"
EVENTS = [CHECK, single(), multiple(), multiple(httpMethod="POST", body="%", isBase64Encoded=True), {}]
PLATFORM = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


def test_the_role_allows_what_is_done_and_no_more(permissions: Callable[..., PermissionProof]) -> None:
    proof = permissions(example("load-balanced-function", "agnostic").template, code=CODE, events=EVENTS)
    assert proof.calls == 0
    assert proof.used == PLATFORM
    assert not proof.redundant


def test_a_customer_key_asks_no_more_of_the_role(permissions: Callable[..., PermissionProof]) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "WithKey")
        LoadBalancedFunction(
            stack, "Web", certificate=certificate(stack), encryption_key=kms.Key(stack, "Key"), managed_rules=False
        )

    template = synthesize(build, context=context()).template
    assert permissions(template, code=CODE, events=EVENTS).used == PLATFORM


@pytest.mark.parametrize("action", sorted(PLATFORM))
def test_each_action_that_is_taken_away_is_missed(action: str) -> None:
    mutant = copy.deepcopy(dict(example("load-balanced-function", "agnostic").template))
    for resource in mutant["Resources"].values():
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
                # Something has to be left in a statement: an action that is of no use here.
                statement["Action"] = [one for one in actions if one != action] or ["s3:GetBucketLocation"]
    denied = prove(mutant, code=CODE, events=EVENTS).denied
    assert {one.request.action for one in denied} == {action}
