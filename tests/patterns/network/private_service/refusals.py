from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53
from constructs import Construct

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def with_balancer(scope: Construct) -> dict[str, Any]:
    vpc = ec2.Vpc(scope, "Vpc", nat_gateways=0)
    return {"load_balancer": elbv2.NetworkLoadBalancer(scope, "Nlb", vpc=vpc), "targets": ["10.0.0.10"]}


def with_zone(scope: Construct) -> dict[str, Any]:
    zone = route53.PublicHostedZone.from_public_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id="Z1", zone_name="example.com"
    )
    return {"private_name": "prices.example.org", "hosted_zone": zone}


REFUSALS = [
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", cidr="8.0.0.0/16"),
    refused("cidr must be at least a /24 to hold its subnets, got 10.0.0.0/25", cidr="10.0.0.0/25"),
    refused("port must be between 1 and 65535, got 0", port=0),
    refused("accounts must be account ids of 12 digits, got '*'", accounts=["*"]),
    refused("accounts must differ, got 111122223333 twice", accounts=["111122223333", "111122223333"]),
    refused("zone_ids must differ, got euw1-az1 twice", zone_ids=["euw1-az1", "euw1-az1"]),
    refused("zone_ids must be ids such as euw1-az1, got 'eu-west-1a'", zone_ids=["eu-west-1a", "eu-west-1b"]),
    refused(
        "private_name and hosted_zone must come together: a record in the zone proves the name",
        private_name="prices.example.com",
    ),
    *(
        refused(f"targets must be IPv4 addresses in 10.0.0.0/24, the tier of targets, got {shown}", targets=[given])
        for given, shown in (("*", "*"), ("a\nb", "'a\\nb'"), ("10.0.0.256", "10.0.0.256"), ("10.1.0.10", "10.1.0.10"))
    ),
    refused("targets must differ, got 10.0.0.10 twice", targets=["10.0.0.10", "10.0.0.10"]),
    Refusal("targets must be those of a new load balancer: an existing one has its own", with_balancer),
    Refusal("domain_name must be example.com or end in .example.com, got 'prices.example.org'", with_zone),
]
