"""Grants on ARNs with a wildcard."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match, Template

from patterns.building_blocks.granted_wildcard import grant_wildcard

ARN = "arn:aws:s3:::images/*"
REASON = "Which object keys will exist is not known."


@pytest.mark.parametrize(
    "principal",
    [iam.AccountRootPrincipal(), iam.AccountPrincipal("111122223333"), iam.ServicePrincipal("lambda.amazonaws.com")],
    ids=lambda one: type(one).__name__,
)
def test_who_has_no_policy_here_is_granted_nothing_and_nothing_breaks(principal: iam.IGrantable) -> None:
    assert not grant_wildcard(principal, ["s3:PutObject"], ARN, REASON).success


@pytest.mark.parametrize("imported", [False, True])
def test_roles_get_the_statement(scope: cdk.Stack, imported: bool) -> None:
    role: iam.IRole = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    if imported:
        role = iam.Role.from_role_name(scope, "Theirs", "theirs")
    grant_wildcard(role, ["s3:PutObject"], ARN, REASON).assert_success()
    Template.from_stack(scope).has_resource_properties(
        "AWS::IAM::Policy",
        {"PolicyDocument": {"Statement": Match.array_with([Match.object_like({"Resource": ARN})])}},
    )
