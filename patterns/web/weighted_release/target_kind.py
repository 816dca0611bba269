"""What the targets of a group are, on which depends what a load balancer counts of them."""

from typing import Literal

from aws_cdk import Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

FUNCTION: Literal["function"] = "function"
OTHER: Literal["other"] = "other"


def kind_of(group: elbv2.IApplicationTargetGroup) -> Literal["function", "other"] | None:
    """Say whether a group's targets are functions.

    Args:
        group: The group.

    Returns:
        What they are; None if that is not known: of an imported group, and of one that has no targets yet.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """
    resource = group.node.default_child
    if not isinstance(resource, elbv2.CfnTargetGroup):
        return None
    kind = Stack.of(resource).resolve(resource.target_type)
    return None if kind is None else FUNCTION if kind == "lambda" else OTHER


def has_health(group: elbv2.IApplicationTargetGroup) -> bool:
    """Say whether a load balancer counts which of a group's targets are unhealthy: of functions only if it is asked to.

    Args:
        group: The group; one of which it is not known has.
    """
    resource = group.node.default_child
    if kind_of(group) != FUNCTION or not isinstance(resource, elbv2.CfnTargetGroup):
        return True
    return Stack.of(resource).resolve(resource.health_check_enabled) is True
