"""Target groups of applications that speak HTTP behind the load balancer."""

from datetime import timedelta
from typing import Annotated

from annotated_types import Interval
from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from patterns.building_blocks.bounds import Matches

HealthCheckPath = Annotated[
    str, Matches(r"/[A-Za-z0-9_\-.$/~\"'@:+&()!*%?=;,]{0,1023}", "a path that begins with /, of up to 1024 characters")
]
"""A path that a load balancer or Amazon Route 53 asks for."""

TARGETS, TARGETS_OF_EDGE = "Targets", "TargetsOfEdge"
"""Construct ids. AWS refuses a target group that two load balancers have: the internal one, which takes the place of a
public one while that is still there, gets target groups of its own.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

StartTime = Annotated[Duration, Interval(ge=timedelta(0), le=timedelta(hours=1))]
"""How long a new task or instance has to start."""


def application_targets(
    scope: Construct,
    *,
    vpc: ec2.IVpc,
    port: int,
    target: elbv2.IApplicationLoadBalancerTarget,
    target_type: elbv2.TargetType,
    health_check_path: str,
    health_check_port: str | None = None,
    edge: bool = False,
) -> elbv2.ApplicationTargetGroup:
    """Make a target group that sends each request to the target with the fewest in progress.

    Args:
        scope: Parent construct.
        vpc: The VPC of the targets.
        port: The port of targets that register without a port of their own.
        target: The service or the Auto Scaling group that registers the targets.
        target_type: IP addresses or instances.
        health_check_path: The path that answers 200 while a target can serve.
        health_check_port: The port that is checked, or "traffic-port". Default: the port of each target.
        edge: Whether the load balancer is the internal one behind Amazon CloudFront. Default: no.

    Returns:
        The target group.
    """
    return elbv2.ApplicationTargetGroup(
        scope,
        TARGETS_OF_EDGE if edge else TARGETS,
        vpc=vpc,
        port=port,
        protocol=elbv2.ApplicationProtocol.HTTP,
        target_type=target_type,
        targets=[target],
        # A spot instance or task that is reclaimed has two minutes; its requests must have been answered by then.
        deregistration_delay=Duration.seconds(60),
        load_balancing_algorithm_type=elbv2.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
        health_check=health_check(
            health_check_path, interval=Duration.seconds(15), timeout=Duration.seconds(5), port=health_check_port
        ),
    )


def health_check(
    path: str, *, interval: Duration, timeout: Duration, port: str | None = None, enabled: bool | None = None
) -> elbv2.HealthCheck:
    """Write a health check: two answers of 200 make a target healthy, three failures unhealthy.

    Args:
        path: The path.
        interval: The time between two checks.
        timeout: How long an answer may take.
        port: The port that is checked. Default: the port of each target.
        enabled: Whether targets are checked. Default: AWS's default for the kind of target.

    Returns:
        The health check.
    """
    return elbv2.HealthCheck(
        enabled=enabled,
        path=path,
        port=port,
        healthy_http_codes="200",
        interval=interval,
        timeout=timeout,
        healthy_threshold_count=2,
        unhealthy_threshold_count=3,
    )
