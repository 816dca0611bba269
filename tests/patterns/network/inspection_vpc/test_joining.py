"""What joins a hub that inspects: hubs of other Regions, spokes that are kept apart, circuits and shared services."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template
from constructs import Construct

from patterns.network.direct_connect import Circuit, CustomerSite, InspectedCircuits
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.gateway_peering import GatewayPeering
from patterns.network.hub.transit_gateway import TransitGateway
from patterns.network.inspection_vpc import InspectionVpc
from patterns.network.shared_services_vpc import InspectedServices

SITE = CustomerSite(name="Plant", addresses=["198.51.100.5"], asn=65011, prefixes=["192.168.16.0/20"])
CIRCUIT = Circuit(name="Ashburn", location="EqDC2", vlan=101)


class Hubs(cdk.Stack):
    """Two hubs of one Region, of which only the first has spokes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(cdk.App(), "Network")
        self.hub = InspectionVpc(self, "Hub", firewall_attachment="transit-gateway", egress="none", **options)
        self.other = InspectionVpc(self, "Other", firewall_attachment="transit-gateway", egress="none", asn=64600)

    def vpc(self, name: str, cidr: str) -> ec2.IVpc:
        zones = self.hub.availability_zones
        return AttachmentVpc(self, name, cidr=cidr, availability_zones=zones, tiers={"Workload": 27}).vpc

    def peering(self) -> GatewayPeering:
        return GatewayPeering(self, "ToOther", gateway=self.hub.transit_gateway, peer=self.other.transit_gateway)


@pytest.fixture(scope="module")
def hubs() -> Hubs:
    return Hubs()


def routes(template: Template, **wanted: Any) -> list[dict[str, Any]]:
    return [
        one["Properties"]
        for one in template.find_resources("AWS::EC2::TransitGatewayRoute").values()
        if wanted.items() <= one["Properties"].items()
    ]


def test_what_comes_first_is_kept_apart_from_what_comes_later() -> None:
    """The domains of sites, peers and joining VPCs are made when the first of each is added."""
    stack = Hubs(share_with=["444455556666"])
    stack.hub.add_spoke(stack.vpc("Shared", "10.1.8.0/24"), role="shared")
    stack.hub.add_spoke(stack.vpc("Payments", "10.1.5.0/24"), role="apart")
    stack.hub.add_site(SITE)
    peering = stack.peering()
    stack.hub.add_peer(stack, peering, networks=["10.2.0.0/16"])
    stack.hub.add_spoke(stack.vpc("Payroll", "10.1.6.0/24"), role="apart")
    template = Template.from_stack(stack)
    for cidr in ("10.1.5.0/24", "10.1.6.0/24"):
        blackholes = routes(template, DestinationCidrBlock=cidr, Blackhole=True)
        tables = [str(one["TransitGatewayRouteTableId"]) for one in blackholes]
        assert len(tables) == 4
        assert all(any(name in table for table in tables) for name in ("Spokes", "Joining", "Sites", "Peers"))
    [way] = routes(template, DestinationCidrBlock="10.1.8.0/24")
    assert "ApartDomain" in str(way["TransitGatewayRouteTableId"])
    [there] = [
        one
        for one in template.find_resources("AWS::EC2::TransitGatewayRoute").values()
        if one["Properties"]["DestinationCidrBlock"] == "10.2.0.0/16"
    ]
    assert any("ToOtherAcceptance" in name for name in there["DependsOn"]), "nothing is routed before it is accepted"


def test_a_peering_is_added_to_each_hub_once(hubs: Hubs) -> None:
    peering = hubs.peering()
    hubs.hub.add_peer(hubs, peering, networks=["10.2.0.0/16"])
    hubs.other.add_peer(hubs, peering, networks=["10.1.0.0/16"])
    with pytest.raises(ValueError, match="peering must be added once, got Network/ToOther twice"):
        hubs.hub.add_peer(hubs, peering, networks=["10.3.0.0/16"])


def refused(message: str, call: Callable[[Hubs], Any]) -> Any:
    return pytest.param(call, message, id=message[:60])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        refused(
            "peer must be another gateway, got Network/Hub/TransitGateway for both",
            lambda hubs: GatewayPeering(
                hubs, "Own", gateway=hubs.hub.transit_gateway, peer=hubs.hub.transit_gateway
            ),
        ),
        refused(
            "networks must be inside networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), got 100.64.0.0/16",
            lambda hubs: hubs.hub.add_peer(
                hubs,
                GatewayPeering(hubs, "Far", gateway=hubs.hub.transit_gateway, peer=hubs.other.transit_gateway),
                networks=["100.64.0.0/16"],
            ),
        ),
        refused(
            "peering must be of this hub's gateway, got Network/Third/Peering",
            lambda hubs: hubs.hub.add_peer(hubs, _of_others(hubs), networks=["10.9.0.0/16"]),
        ),
        refused(
            "role must be one of apart, open, shared, got 'alone'",
            lambda hubs: hubs.hub.add_spoke(hubs.vpc("Alone", "10.4.0.0/24"), role="alone"),  # type: ignore[arg-type]
        ),
        refused(
            "vpc must have a range that is known at synthesis where role is apart: routes name it",
            lambda hubs: hubs.hub.add_spoke(_of_unknown_range(hubs), role="apart"),
        ),
        refused(
            "role must be open where inspect is north-south, got shared",
            lambda hubs: InspectionVpc(hubs, "North", inspect="north-south").add_spoke(
                hubs.vpc("Shared", "10.5.0.0/24"), role="shared"
            ),
        ),
        refused("circuit_asn must differ from that of the hub, got 64512 for both", lambda hubs: _site(hubs, 64512)),
        refused("circuit_asn must differ from that of the site, got 65011 for both", lambda hubs: _site(hubs, 65011)),
        refused(
            "site: routing must be bgp, which Direct Connect speaks, got static",
            lambda hubs: _site(hubs, site=CustomerSite(
                name="Plant", addresses=["198.51.100.5"], prefixes=["192.168.16.0/20"], routing="static")),
        ),
        refused(
            "site: prefixes must be 1 to 100, more than which ends the BGP session, got 0",
            lambda hubs: _site(hubs, site=CustomerSite(name="Plant", addresses=["198.51.100.5"])),
        ),
        refused(
            "site: ipv6_prefixes must be left out: IPv6 is not carried here",
            lambda hubs: _site(hubs, site=replace(SITE, ipv6_prefixes=["2001:db8:16::/48"])),
        ),
        refused(
            "site: prefixes must not overlap announced (192.168.0.0/16), got 192.168.16.0/20",
            lambda hubs: _site(hubs, announced=["192.168.0.0/16"]),
        ),
        refused(
            "announced must be inside networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), got 100.64.0.0/16",
            lambda hubs: _site(hubs, announced=["100.64.0.0/16"]),
        ),
        refused(
            "circuits must have different names, got Ashburn twice",
            lambda hubs: _site(hubs, circuits=[CIRCUIT, CIRCUIT]),
        ),
        refused("interface_endpoints must differ, got ssm twice", lambda hubs: _services(hubs, ["ssm", "ssm"])),
        refused(
            "private_names must be of services in interface_endpoints, got logs",
            lambda hubs: _services(hubs, ["ssm"], private_names={"logs": "logs.eu-west-1.amazonaws.com"}),
        ),
        refused(
            "must be inside networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16), got 100.64.8.0/21",
            lambda hubs: _services(hubs, ["ssm"], cidr="100.64.8.0/21"),
        ),
    ],
)  # fmt: skip
def test_what_cannot_join_is_refused_in_one_line(hubs: Hubs, call: Callable[[Hubs], Any], message: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        call(hubs)
    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)


def _place(hubs: Hubs) -> Construct:
    """A place of its own for what is refused, which may leave a part of itself behind."""
    return Construct(hubs, f"Place{len(hubs.node.children)}")


def _of_others(hubs: Hubs) -> GatewayPeering:
    place = Construct(hubs, "Third")
    return GatewayPeering(
        place, "Peering", gateway=TransitGateway(place, "One", asn=64601), peer=hubs.other.transit_gateway
    )


def _of_unknown_range(hubs: Hubs) -> ec2.IVpc:
    zones = hubs.hub.availability_zones
    return ec2.Vpc.from_vpc_attributes(
        hubs, "Unknown", vpc_id="vpc-1", availability_zones=zones, isolated_subnet_ids=["subnet-1", "subnet-2"],
        isolated_subnet_route_table_ids=["rtb-1", "rtb-2"],
    )  # fmt: skip


def _site(hubs: Hubs, circuit_asn: int = 64513, **options: Any) -> InspectedCircuits:
    given: dict[str, Any] = {"site": SITE, "circuits": [CIRCUIT], **options}
    return InspectedCircuits(_place(hubs), "Plant", hub=hubs.hub, circuit_asn=circuit_asn, **given)


def _services(hubs: Hubs, services: list[str], cidr: str = "10.6.8.0/21", **options: Any) -> InspectedServices:
    return InspectedServices(_place(hubs), "Services", hub=hubs.hub, cidr=cidr, interface_endpoints=services, **options)
