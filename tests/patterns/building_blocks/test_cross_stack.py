"""Which constructs stand in the same stack."""

import aws_cdk as cdk
from constructs import Construct

from patterns.building_blocks.cross_stack import in_one_stack
from tests.constructs import app_for_its_template


def test_constructs_stand_in_one_stack_or_in_two() -> None:
    app = app_for_its_template()
    one, other = cdk.Stack(app, "One"), cdk.Stack(app, "Other")
    nested = cdk.NestedStack(one, "Nested")
    first, second = Construct(one, "First"), Construct(Construct(one, "Second"), "Within")
    assert in_one_stack(first, second)
    assert in_one_stack(one, second)
    assert not in_one_stack(first, Construct(other, "First"))
    # CloudFormation deploys it as a stack of its own.
    assert not in_one_stack(first, Construct(nested, "First"))
