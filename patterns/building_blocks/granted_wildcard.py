"""Grants whose resources hold a wildcard, with the finding that they raise acknowledged."""

from typing import cast

from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource


def grant_wildcard(grantee: iam.IGrantable, actions: list[str], arn: str, reason: str) -> iam.Grant:
    """Let someone do `actions` on `arn`, and acknowledge on them that it holds a wildcard.

    Args:
        grantee: Who may.
        actions: Exact actions.
        arn: The resource, with a wildcard.
        reason: Why nothing narrower will do, in a full sentence.

    Returns:
        The grant.
    """
    principal = grantee.grant_principal
    # A principal that is no construct of this app, such as a service or an account, has no policy here.
    if isinstance(principal, Construct) or hasattr(principal, "node"):
        acknowledge_wildcard_resource(cast(IConstruct, principal), arn, reason)
    return iam.Grant.add_to_principal(grantee=grantee, actions=actions, resource_arns=[arn])
