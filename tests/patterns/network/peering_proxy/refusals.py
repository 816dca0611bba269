from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.network.peering_proxy import ProxyDestination
from tests.refusals import Refusal

LEDGER = ProxyDestination(host="ledger.billing.internal")


def vpc(scope: Construct, name: str, cidr: str) -> ec2.IVpc:
    return ec2.Vpc(scope, name, ip_addresses=ec2.IpAddresses.cidr(cidr), nat_gateways=0, max_azs=2)


def between(scope: Construct, **arguments: Any) -> dict[str, Any]:
    """A client, a target and a destination, and what is given instead."""
    made = {"client_vpcs": [("Orders", "10.1.0.0/24")], "target_vpcs": [("Billing", "10.2.0.0/24")]} | arguments
    for name in ("client_vpcs", "target_vpcs"):
        made[name] = [vpc(scope, *one) for one in made[name]]
    return {"destinations": [LEDGER], **made}


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda scope: between(scope, **arguments))


def beside(scope: Construct, **arguments: Any) -> dict[str, Any]:
    """The proxy in a VPC that is there."""
    return between(scope, **arguments) | {"vpc": vpc(scope, "Middle", "10.3.0.0/24")}


def without_ranges(scope: Construct) -> dict[str, Any]:
    own = ec2.Vpc.from_vpc_attributes(
        scope,
        "Middle",
        vpc_id="vpc-1",
        vpc_cidr_block="10.3.0.0/24",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        isolated_subnet_ids=["subnet-1", "subnet-2"],
    )
    return between(scope) | {"vpc": own}


REFUSALS = [
    refused("subnets must come with their vpc: those of a new VPC are its own", subnets=ec2.SubnetSelection()),
    Refusal(
        "vpc must have subnets with ranges, which clients and targets route to: import them with their IPv4 blocks",
        without_ranges,
    ),
    Refusal(
        "client_vpcs: Test/Given2/Orders must not overlap the proxy (10.3.0.0/24), got 10.3.0.0/25",
        lambda scope: beside(scope, client_vpcs=[("Orders", "10.3.0.0/25")]),
    ),
    Refusal(
        "target_vpcs: Test/Given3/Billing must not overlap Test/Given3/Orders (10.1.0.0/24), got 10.1.0.0/24",
        lambda scope: beside(scope, target_vpcs=[("Billing", "10.1.0.0/24")]),
    ),
    refused("destinations must hold 1 to 100 destinations, got none", destinations=[]),
    refused("client_vpcs must hold 1 to 25 VPCs, got none", client_vpcs=[]),
    refused("port must not be 8081, where the load balancer asks for health", port=8081),
    refused("capacity must be between 2 and 20 instances, got 1", capacity=1),
    refused("max_azs must be 2 or 3, got 1", max_azs=1),
    refused("cidr must be at least a /24 to hold its subnets, got 10.0.0.0/25", cidr="10.0.0.0/25"),
    refused("instance_type must be of arm64, got m7i.large", instance_type=ec2.InstanceType("m7i.large")),
    refused("destinations must differ, got ledger.billing.internal twice", destinations=[LEDGER, LEDGER]),
    refused(
        "target_vpcs must make at most 60 rules of a security group, got 61",
        destinations=[
            ProxyDestination(host=f"{n}.internal", ports=list(range(8000 + 10 * n, 8010 + 10 * n))) for n in range(6)
        ],
    ),
    refused(
        "destinations must be in a VPC of target_vpcs, got 169.254.169.254",
        destinations=[ProxyDestination(host="169.254.169.254")],
    ),
]
