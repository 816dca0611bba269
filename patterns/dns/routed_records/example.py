from typing import Any

from aws_cdk import CfnOutput, Environment, RemovalPolicy, Stack
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patterns.dns.routed_records import Endpoint, Failover, Latency, RoutedRecords, Share, Weighted

ROUTING = Failover(
    primary=Latency(
        regions={
            "eu-west-1": Weighted(
                shares={
                    "blue": Share(weight=90, to=Endpoint(addresses=["203.0.113.10"])),
                    "green": Share(weight=10, to=Endpoint(addresses=["203.0.113.11"])),
                }
            ),
            "us-east-1": Endpoint(addresses=["203.0.113.20"]),
        }
    ),
    secondary=Endpoint(addresses=["203.0.113.99"]),
)


class RoutedRecordsStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        zone = route53.PublicHostedZone(self, "Zone", zone_name="example.com")
        zone.apply_removal_policy(RemovalPolicy.RETAIN)
        given: dict[str, Any] = {"hosted_zone": zone, "domain_name": "www.example.com", "routing": ROUTING, **options}
        self.names = RoutedRecords(self, "Names", **given)
        if self.names.failover_time is not None:
            CfnOutput(self, "FailoverSeconds", value=str(self.names.failover_time.to_seconds()))
