from collections.abc import Callable
from typing import Any

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.network.edge_zone_subnets import LocalZone, OutpostSubnet, WavelengthZone
from tests.refusals import Refusal


def refused(message: str, make: Callable[[], dict[str, Any]]) -> Refusal:
    return Refusal(message, lambda _: make())


def local(**changed: Any) -> LocalZone:
    return LocalZone(**{"name": "City", "zone": "us-west-2-lax-1a", "cidr": "10.0.16.0/24", **changed})


def carrier(**changed: Any) -> WavelengthZone:
    return WavelengthZone(**{"name": "Carrier", "zone": "us-west-2-wl1-las-wlz-1", "cidr": "10.0.32.0/24", **changed})


def outpost(**changed: Any) -> OutpostSubnet:
    given = {
        "name": "Plant",
        "outpost_arn": "arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0",
        "zone": "us-west-2a",
        "cidr": "10.0.48.0/24",
        "local_gateway_id": "lgw-1",
        "local_gateway_route_table_id": "lgw-rtb-1",
        "destinations": ["192.168.0.0/16"],
    }
    return OutpostSubnet(**{**given, **changed})


def without_gateway(scope: Construct) -> dict[str, Any]:
    vpc = ec2.Vpc(scope, "Vpc", ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"), nat_gateways=0)
    return {"vpc": vpc, "local_zones": [local()]}


def gateway_alone(scope: Construct) -> dict[str, Any]:
    return {"internet_gateway": ec2.CfnInternetGateway(scope, "Own"), "local_zones": [local()]}


REFUSALS = [
    refused("local_zones, wavelength_zones or outposts must name a zone, got none", dict),
    refused("name must differ in each zone, got City twice", lambda: {"local_zones": [local(), local()]}),
    refused(
        "cidr must hold City (10.1.0.0/24), got 10.0.0.0/16",
        lambda: {"local_zones": [local(cidr="10.1.0.0/24")]},
    ),
    refused(
        "cidr of Carrier must not overlap City (10.0.16.0/24), got 10.0.16.0/25",
        lambda: {"local_zones": [local()], "wavelength_zones": [carrier(cidr="10.0.16.0/25")]},
    ),
    refused(
        "cidr of City must not overlap the Region's subnets (10.0.0.0/24), got 10.0.0.128/25",
        lambda: {"local_zones": [local(cidr="10.0.0.128/25")]},
    ),
    refused(
        "cidr of Plant must be between /16 and /28, got 10.0.48.0/29",
        lambda: {"outposts": [outpost(cidr="10.0.48.0/29")]},
    ),
    refused("cidr must be private (RFC 1918 or RFC 6598), got 8.0.0.0/16", lambda: {"cidr": "8.0.0.0/16"}),
    refused(
        "ipv6 of City must come with internet: its addresses are public",
        lambda: {"local_zones": [local(ipv6=True, internet=False)]},
    ),
    refused(
        "ipv6 of Other must be in the border group of City, us-west-2-lax-1, got us-west-2-phx-2",
        lambda: {
            "local_zones": [
                local(ipv6=True),
                local(name="Other", zone="us-west-2-phx-2a", cidr="10.0.17.0/24", ipv6=True),
            ]
        },
    ),
    Refusal(
        "ipv6 of City must be left out with vpc: only a new VPC is known to have no range yet",
        lambda scope: {
            "vpc": ec2.Vpc(scope, "Vpc", ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"), nat_gateways=0),
            "internet_gateway": ec2.CfnInternetGateway(scope, "Own"),
            "local_zones": [local(ipv6=True)],
        },
    ),
    Refusal("internet_gateway must be the one of vpc, by which City goes out", without_gateway),
    Refusal("internet_gateway must come with its vpc: a new VPC gets one of its own", gateway_alone),
]
