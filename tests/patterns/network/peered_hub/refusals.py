from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def without_ipv6(scope: Construct) -> dict[str, Any]:
    attributes = {"availability_zones": ["eu-west-1a"], "vpc_cidr_block": "10.1.0.0/16"}
    return {"vpc": ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id="vpc-1", **attributes), "ipv6": True}  # type: ignore[arg-type]


REFUSALS = [
    Refusal(
        "vpc must have an IPv6 range to carry IPv6, got Test/Given0/Vpc without one that is known here: an imported "
        "VPC tells none",
        without_ipv6,
    ),
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", cidr="8.0.0.0/16"),
    refused("cidr must be between /16 and /28, got 10.0.0.0/8", cidr="10.0.0.0/8"),
    refused("cidr must be at least a /21 to hold its subnets, got 10.0.0.0/22", cidr="10.0.0.0/22"),
    refused("max_azs must be 2 or 3, got 4", max_azs=4),
    refused("accounts must differ, got 444455556666 twice", accounts=["444455556666", "444455556666"]),
    refused("availability_zones must hold 2 or 3 zones, got 1", availability_zones=["eu-west-1a"]),
]
