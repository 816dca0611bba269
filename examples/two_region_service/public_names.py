"""The public name: the nearest Region that is well, and a page elsewhere while neither is."""

from collections.abc import Mapping

from aws_cdk import CfnOutput, Environment, RemovalPolicy, Stack
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.dns.routed_records import Endpoint, Failover, Latency, RoutedRecords

DOMAIN = "example.com"
SORRY = "203.0.113.99"


class PublicNames(Stack):
    """The public zone, and the name of the service in it.

    Args:
        regions: The load balancers, by Region.
        alarm_topic: Who is told of failures.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        regions: Mapping[str, elbv2.ApplicationLoadBalancer],
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env, cross_region_references=env is not None)
        zone = route53.PublicHostedZone(self, "Zone", zone_name=DOMAIN)
        zone.apply_removal_policy(RemovalPolicy.RETAIN)
        nearest = {region: Endpoint(target=targets.LoadBalancerTarget(one)) for region, one in regions.items()}
        RoutedRecords(
            self,
            "Names",
            hosted_zone=zone,
            domain_name=f"www.{DOMAIN}",
            routing=Failover(primary=Latency(regions=nearest), secondary=Endpoint(addresses=[SORRY])),
            alarm_topic=alarm_topic,
        )
        CfnOutput(self, "ZoneId", value=zone.hosted_zone_id)
