from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from tests.refusals import Refusal


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: arguments)


def of_unknown_range(scope: Construct) -> dict[str, Any]:
    attributes = {"availability_zones": ["eu-west-1a"], "isolated_subnet_ids": ["subnet-1"]}
    return {"vpc": ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id="vpc-1", **attributes)}  # type: ignore[arg-type]


def elsewhere(scope: Construct) -> dict[str, Any]:
    return {"vpc": ec2.Vpc(scope, "Vpc", ip_addresses=ec2.IpAddresses.cidr("100.64.0.0/16"), nat_gateways=0)}


def without_ipv6(scope: Construct) -> dict[str, Any]:
    own = ec2.Vpc(scope, "Vpc", ip_addresses=ec2.IpAddresses.cidr("10.1.0.0/16"), nat_gateways=0)
    return {"vpc": own, "ipv6": True}


REFUSALS = [
    Refusal(
        "vpc must have an IPv6 range to carry IPv6, got Test/Given0/Vpc without one that is known here: an imported "
        "VPC tells none",
        without_ipv6,
    ),
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", cidr="8.0.0.0/16"),
    refused("cidr must be at least a /21 to hold its subnets, got 10.0.0.0/22", cidr="10.0.0.0/22"),
    refused(
        "cidr must be inside networks (10.0.0.0/8), got 192.168.0.0/20",
        cidr="192.168.0.0/20",
        networks=["10.0.0.0/8"],
    ),
    refused("max_azs must be 2 or 3, got 1", max_azs=1),
    refused("asn must be in 64512-65534 or 4200000000-4294967294, got 1", asn=1),
    refused("interface_endpoints must differ, got ssm twice", interface_endpoints=["ssm", "ssm"]),
    refused("interface_endpoints must have at most 63 characters, got 64", interface_endpoints=["s" * 64]),
    refused("interface_endpoints must leave out s3, which has a gateway endpoint", interface_endpoints=["s3"]),
    refused("names_shared_by must be one of profile, zones, got 'rules'", names_shared_by="rules"),
    refused(
        "names_shared_by must be profile with share_with, got zones: CloudFormation cannot let other accounts "
        "associate VPCs with a zone",
        names_shared_by="zones",
        share_with=["222233334444"],
    ),
    refused(
        "private_names must be of services in interface_endpoints, got logs",
        private_names={"logs": "logs.eu-west-1.amazonaws.com"},
    ),
    refused("share_with must be account ids or ARNs of an organization or its units, got '*'", share_with=["*"]),
    Refusal("vpc must have a range that is known at synthesis: spokes route to it", of_unknown_range),
    Refusal("vpc must be inside networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), got 100.64.0.0/16", elsewhere),
]
