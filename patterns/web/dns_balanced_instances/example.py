from typing import Any

from aws_cdk import CfnParameter, Environment, Stack
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patterns.web.dns_balanced_instances import DnsBalancedInstances


class DnsBalancedInstancesStack(Stack):
    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None, **options: Any) -> None:
        super().__init__(scope, construct_id, env=env)
        if "domain_name" not in options:
            given = CfnParameter(self, "DomainName", description="The name that clients use")
            options["domain_name"] = given.value_as_string
        if "hosted_zone" not in options:
            zone = CfnParameter(self, "HostedZoneId", description="The public Route 53 zone of that name")
            options["hosted_zone"] = route53.HostedZone.from_hosted_zone_attributes(
                self, "Zone", hosted_zone_id=zone.value_as_string, zone_name=options["domain_name"]
            )
        self.application = DnsBalancedInstances(self, "Application", **options)
