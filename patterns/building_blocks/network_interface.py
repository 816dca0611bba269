"""Network interfaces: how many security groups each has, of whatever resource it is."""

from collections.abc import Iterator
from typing import Any

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_route53resolver as route53resolver
from constructs import IConstruct


def groups_of_interfaces(beside: IConstruct) -> dict[str, int]:
    """Count the security groups of each network interface in an account and Region.

    Args:
        beside: A construct of that account and Region; other stacks of the app are looked at too.

    Returns:
        By the path of what has the interface, how many groups it has.
    """
    place = _place(beside)
    counted: dict[str, int] = {}
    for one in beside.node.root.node.find_all():
        if isinstance(one, CfnResource) and _place(one) == place:
            lists = [Stack.of(one).resolve(given) for given in _lists(one)]
            if number := max((len(given) for given in lists if isinstance(given, list)), default=0):
                counted[one.node.path] = number
    return counted


def _place(construct: IConstruct) -> tuple[str, str]:
    stack = Stack.of(construct)
    return str(stack.resolve(stack.account)), str(stack.resolve(stack.region))


def _lists(resource: CfnResource) -> Iterator[Any]:
    """Each list of security groups that a network interface of a resource has."""
    if isinstance(resource, elbv2.CfnLoadBalancer):
        yield resource.security_groups
    elif isinstance(
        resource,
        ec2.CfnInstance | ec2.CfnVPCEndpoint | apigatewayv2.CfnVpcLink | route53resolver.CfnResolverEndpoint,
    ):
        yield resource.security_group_ids
    elif isinstance(resource, ec2.CfnNetworkInterface):
        yield resource.group_set
    elif isinstance(resource, ec2.CfnLaunchTemplate):
        data = Stack.of(resource).resolve(resource.launch_template_data)
        yield data.get("securityGroupIds")
        yield from (one.get("groups") for one in data.get("networkInterfaces") or ())
    elif isinstance(resource, ecs.CfnService) and isinstance(resource.node.scope, ecs.BaseService):
        # What the service tells of its network is known at the end of synthesis alone.
        yield [one.security_group_id for one in resource.node.scope.connections.security_groups]
    elif isinstance(resource, ecs.CfnService):
        configuration = Stack.of(resource).resolve(resource.network_configuration) or {}
        yield configuration.get("awsvpcConfiguration", {}).get("securityGroups")
    elif isinstance(resource, lambda_.CfnFunction):
        yield (Stack.of(resource).resolve(resource.vpc_config) or {}).get("securityGroupIds")
