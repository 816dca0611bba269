"""A wildcard is acknowledged by the finding's exact name, on its construct and nowhere else."""

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from patternkit.testing.synthesis import synthesize
from patterns.building_blocks.wildcard_resource import OBJECT_KEYS_UNKNOWN, acknowledge_wildcard_resource
from tests.conftest import context


def role(scope: cdk.Stack, name: str, arn: str) -> iam.Role:
    made = iam.Role(scope, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    made.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=[arn]))
    return made


def arns(stack: cdk.Stack) -> dict[str, str]:
    """ARNs of every form that a template writes."""
    name = cdk.CfnParameter(stack, "Name").value_as_string
    return {
        "literal": "arn:aws:s3:::mine/in/*",
        "attribute": s3.Bucket(stack, "Bucket").arn_for_objects("*"),
        "import": f"{cdk.Fn.import_value('their-bucket')}/in/*",
        "parameter": f"arn:{cdk.Aws.PARTITION}:s3:::{name}/*",
    }


@pytest.mark.parametrize("form", ["literal", "attribute", "import", "parameter"])
def test_the_acknowledged_finding_is_gone_and_others_stay(form: str) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Stack")
        arn = arns(stack)[form]
        acknowledge_wildcard_resource(role(stack, "Acknowledged", arn), arn, OBJECT_KEYS_UNKNOWN)
        role(stack, "Other", arn)

    assert left_over(build) == ["Other"]


@pytest.mark.parametrize("references", ["weak", "strong"])
def test_the_resource_may_be_another_stack_s(references: str) -> None:
    def build(app: cdk.App) -> None:
        arn = s3.Bucket(cdk.Stack(app, "Theirs"), "Bucket").arn_for_objects("in/*")
        stack = cdk.Stack(app, "Stack")
        acknowledge_wildcard_resource(role(stack, "Acknowledged", arn), arn, OBJECT_KEYS_UNKNOWN)
        role(stack, "Other", arn)

    assert left_over(build, {"@aws-cdk/core:defaultCrossStackReferences": references}) == ["Other"]


def left_over(build: Callable[[cdk.App], None], settings: dict[str, str] | None = None) -> list[str]:
    """The roles whose wildcards nobody acknowledged."""
    found = synthesize(build, context={**context(), **(settings or {})}, packs=["AwsSolutions"]).findings
    wildcards = [one.construct for one in found if one.rule.startswith("AwsSolutions-IAM5")]
    return [path.split("/")[1] for path in wildcards]
