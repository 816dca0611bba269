"""A function as a load balancer's target."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.web.load_balancing.target_group import health_check


def function_targets(
    scope: Construct,
    function: lambda_.IFunction,
    *,
    multi_value_headers: bool,
    health_check_path: str,
    health_check_interval: Duration,
) -> elbv2.ApplicationTargetGroup:
    """Make a target group of one function, which target groups of this account may invoke.

    The CDK's own target lets those of any account.

    Args:
        scope: Parent construct.
        function: The function, or an alias of it.
        multi_value_headers: Whether values that repeat all reach the function.
        health_check_path: The path that answers 200 while it can serve.
        health_check_interval: The time between two checks, 35 seconds or more.

    Returns:
        The target group.
    """
    group = elbv2.ApplicationTargetGroup(
        scope,
        "Targets",
        target_type=elbv2.TargetType.LAMBDA,
        multi_value_headers_enabled=multi_value_headers,
        health_check=health_check(
            health_check_path, interval=health_check_interval, timeout=Duration.seconds(30), enabled=True
        ),
    )
    # A target is registered only if the group may invoke it already, so the group's own ARN cannot be named: it is any
    # target group of this account, and of nobody else's.
    stack = Stack.of(scope)
    permission = lambda_.CfnPermission(
        scope,
        "Balanced",
        action="lambda:InvokeFunction",
        function_name=function.function_arn,
        principal="elasticloadbalancing.amazonaws.com",
        source_account=stack.account,
        source_arn=stack.format_arn(service="elasticloadbalancing", resource="targetgroup", resource_name="*"),
    )
    resource = group.node.default_child
    assert isinstance(resource, elbv2.CfnTargetGroup)
    resource.targets = [elbv2.CfnTargetGroup.TargetDescriptionProperty(id=function.function_arn)]
    group.node.add_dependency(permission)
    return group
