"""Every route table of both gateways, by name."""

from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patternkit.testing.synthesis import Synthesis
from patterns.building_blocks.vpc.cidr_block import ORGANIZATION_NETWORKS
from patterns.network.many_sites_vpn import CustomerSite, ManySitesVpn
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.synthesized import network, properties
from tests.patterns.network.tables import read_tables

BERLIN = CustomerSite(name="Berlin", addresses=["198.51.100.1"], asn=65010, prefixes=["192.168.0.0/24"])
OSLO = CustomerSite(name="Oslo", addresses=["198.51.100.2"], asn=65020)
ROME = CustomerSite(name="Rome", addresses=["198.51.100.3"], prefixes=["192.168.1.0/24"], routing="static")
BY_BGP = {f"*attachment of Network/Site{n}/1": f"attachment of Network/Site{n}/1" for n in ("Berlin", "Oslo")}
BY_HAND = {"192.168.1.0/24": "attachment of Network/SiteRome/1"}


@cache
def made(environment: str = "agnostic", **options: Any) -> Synthesis:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Branches", env=ENVIRONMENTS[environment])
        ManySitesVpn(stack, "Network", sites=[BERLIN, OSLO, ROME], **options)

    return network(build)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_transit_gateway_keeps_sites_apart(environment: str) -> None:
    found = read_tables(made(environment).template)
    assert found.gateway == {"Vpc": {**BY_BGP, **BY_HAND}, "Sites": {"*Network/Network": "Network/Network"}}
    assert found.associations["Vpc"] == ["Network/Network"]
    assert sorted(found.associations["Sites"]) == sorted([*BY_BGP.values(), *BY_HAND.values()])
    for zone in (1, 2):
        assert found.vpc[f"Network/Network/Workload{zone}"] == dict.fromkeys(ORGANIZATION_NETWORKS, "transit gateway")


def test_a_transit_gateway_connects_sites_when_asked() -> None:
    found = read_tables(made(connect_sites=True).template)
    assert found.gateway["Sites"] == {"*Network/Network": "Network/Network", **BY_BGP, **BY_HAND}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_a_virtual_private_gateway_learns_all_sites(environment: str) -> None:
    synthesis = made(environment, gateway="virtual-private-gateway")
    assert not synthesis.resources("AWS::EC2::TransitGateway")
    [propagation] = properties(synthesis, "AWS::EC2::VPNGatewayRoutePropagation")
    tables = {one["Fn::GetAtt"][0] for one in propagation["RouteTableIds"]}
    assert tables == set(synthesis.resources("AWS::EC2::RouteTable"))
    [resource] = synthesis.resources("AWS::EC2::VPNGatewayRoutePropagation").values()
    assert set(resource["DependsOn"]) & set(synthesis.resources("AWS::EC2::VPCGatewayAttachment"))
    [route] = properties(synthesis, "AWS::EC2::VPNConnectionRoute")
    assert route["DestinationCidrBlock"] == "192.168.1.0/24"
    for connection in properties(synthesis, "AWS::EC2::VPNConnection"):
        assert connection["VpnGatewayId"]
        assert "EnableAcceleration" not in connection
        assert connection["PreSharedKeyStorage"] == "SecretsManager"


def test_a_virtual_private_gateway_is_watched_by_connection() -> None:
    synthesis = made(gateway="virtual-private-gateway")
    assert not synthesis.resources("AWS::Lambda::Function")
    assert len(properties(synthesis, "AWS::CloudWatch::Alarm")) == 6
    assert len(properties(synthesis, "AWS::CloudWatch::CompositeAlarm")) == 3


@pytest.mark.parametrize("gateway", ["transit-gateway", "virtual-private-gateway"])
def test_an_existing_vpc_is_taken(gateway: str) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Branches")
        own = ec2.Vpc(
            stack,
            "Own",
            ip_addresses=ec2.IpAddresses.cidr("10.7.0.0/16"),
            nat_gateways=1,
            restrict_default_security_group=False,
        )
        ManySitesVpn(stack, "Network", sites=[BERLIN], vpc=own, gateway=gateway)  # type: ignore[arg-type]

    synthesis = network(build)
    assert len(synthesis.resources("AWS::EC2::VPC")) == 1
    if gateway == "transit-gateway":
        routes = [one for one in properties(synthesis, "AWS::EC2::Route") if "TransitGatewayId" in one]
        assert {one["DestinationCidrBlock"] for one in routes} == set(ORGANIZATION_NETWORKS)
        assert len(routes) == 4 * len(ORGANIZATION_NETWORKS)
