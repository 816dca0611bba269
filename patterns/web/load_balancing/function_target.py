"""A function as a load balancer's target."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.function_settings import LONGEST_TIMEOUT, timeout_of
from patterns.web.load_balancing.target_group import TARGETS, TARGETS_OF_EDGE, health_check


def function_targets(
    scope: Construct,
    function: lambda_.IFunction,
    *,
    multi_value_headers: bool,
    health_check_path: str,
    health_check_interval: Duration,
    edge: bool = False,
) -> elbv2.ApplicationTargetGroup:
    """Make a target group of one function, which target groups of this account may invoke.

    The CDK's own target lets those of any account.

    Args:
        scope: Parent construct.
        function: The function, or an alias of it.
        multi_value_headers: Whether values that repeat all reach the function.
        health_check_path: The path that answers 200 while it can serve.
        health_check_interval: The time between two checks, 35 seconds or more.
        edge: Whether the load balancer is the internal one behind Amazon CloudFront. Default: no.

    Returns:
        The target group.
    """
    group = elbv2.ApplicationTargetGroup(
        scope,
        TARGETS_OF_EDGE if edge else TARGETS,
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


def alias_of(scope: Construct, function: lambda_.IFunction, name: str) -> lambda_.Alias | None:
    """Make an alias of a function's newest version.

    The alias belongs to the function's own stack: another stack would have to import the version, which CloudFormation
    then never lets the function's stack replace.

    Args:
        scope: The construct that the alias is for.
        function: The function.
        name: The alias's name.

    Returns:
        The alias; None for a function that is imported, an alias or a version, of which no version can be made.

    Raises:
        ValueError: If the function has an alias of this name.
    """
    if not isinstance(function, lambda_.Function):
        return None
    taken = [one for one in function.stack.node.find_all() if isinstance(one, lambda_.Alias)]
    for one in taken:
        if one.alias_name == name and one.lambda_.node.addr == function.node.addr:
            raise ValueError(f"alias_name must be another than that of {one.node.path}, got {name!r}")
    place, construct_id = (scope, "Alias") if in_one_stack(scope, function) else (function, f"Alias{scope.node.addr}")
    return lambda_.Alias(place, construct_id, alias_name=name, version=function.current_version)


def idle_timeout_for(timeout: Duration | None, function: lambda_.IFunction | None) -> Duration | None:
    """Find how long the load balancer must wait for a function: longer than the function may take.

    Args:
        timeout: The timeout of a function that is made. None: less than a minute.
        function: A ready function.

    Returns:
        The load balancer's idle timeout: the longest that a function may take, where its timeout is not known; None
        where the load balancer's default is longer.
    """
    if function is not None:
        timeout = timeout_of(function) or LONGEST_TIMEOUT
    if timeout is None:
        return None
    if timeout.is_unresolved():
        timeout = LONGEST_TIMEOUT
    seconds = timeout.to_seconds() + 5
    return Duration.seconds(seconds) if seconds > 60 else None
