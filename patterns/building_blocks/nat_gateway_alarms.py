"""Alarms of NAT gateways that run out of ports."""

from collections.abc import Sequence

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, alarm


def watch_nat_gateways(
    scope: Construct, gateways: Sequence[ec2.CfnNatGateway], topic: sns.ITopic | None
) -> list[cloudwatch.Alarm]:
    """Make an alarm for each NAT gateway that goes off when it refuses connections.

    Args:
        scope: Where they stand in the tree.
        gateways: The gateways.
        topic: Who is told.

    Returns:
        The alarms.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/metrics-dimensions-nat-gateway.html
    """
    return [
        alarm(
            scope,
            f"NatPortsExhausted{number}",
            metric=cloudwatch.Metric(
                namespace="AWS/NATGateway",
                metric_name="ErrorPortAllocation",
                dimensions_map={"NatGatewayId": gateway.attr_nat_gateway_id},
                statistic="Sum",
                period=FIVE_MINUTES,
            ),
            description="A NAT gateway has no port left for a destination: add addresses to it.",
            topic=topic,
        )
        for number, gateway in enumerate(gateways, start=1)
    ]
