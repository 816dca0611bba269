"""What methods of networks refuse: what constructors refuse stands in each mirror's `refusals.py`."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.network.appliance_fleet import ApplianceEndpoints
from patterns.network.direct_connect import Circuit, CustomerSite, DirectConnect
from patterns.network.direct_connect.private_spoke import PrivateSpoke
from patterns.network.hub.gateway_peering import GatewayPeering
from patterns.network.hub.spoke import check_spoke
from patterns.network.hub.transit_gateway import TransitGateway
from patterns.network.inspection_vpc import InspectionVpc
from patterns.network.peered_hub import PeeredHub
from patterns.network.peering_proxy.vpc_checks import check_place, own_range
from patterns.network.vpn_per_vpc import VpnPerVpc
from tests.patterns.web.certificates import certificate

ACCOUNT = "111122223333"
SITE = CustomerSite(name="Plant", addresses=["198.51.100.5"], asn=65011, prefixes=["192.168.16.0/20"])
CIRCUIT = Circuit(name="Ashburn", location="EqDC2", vlan=101)


@pytest.fixture
def scope() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Net", env=cdk.Environment(account=ACCOUNT, region="eu-west-1"))


def imported(scope: cdk.Stack, number: int = 0, **settings: Any) -> ec2.IVpc:
    """A VPC in two zones, of a range of its own."""
    return ec2.Vpc.from_vpc_attributes(
        scope,
        f"Vpc{number}",
        **{
            "vpc_id": f"vpc-{number:017x}",
            "vpc_cidr_block": f"10.{number}.0.0/16",
            "availability_zones": ["eu-west-1a", "eu-west-1b"],
            "isolated_subnet_ids": [f"subnet-{number:016x}{zone}" for zone in range(2)],
            "isolated_subnet_route_table_ids": [f"rtb-{number:016x}{zone}" for zone in range(2)],
            **settings,
        },
    )


def refused(message: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(message)}$")


def private_circuits(scope: cdk.Stack) -> tuple[DirectConnect, Callable[[int], object]]:
    made = DirectConnect(scope, "Office", site=SITE, circuits=[CIRCUIT], interfaces="private", backup=False)
    return made, lambda number: made.add_spoke(imported(scope, number))


def test_private_circuits_reach_twenty_vpcs(scope: cdk.Stack) -> None:
    made, add = private_circuits(scope)
    add(0)
    made.private_spokes += made.private_spokes * 18
    add(1)
    with refused(
        "add_spoke must be called at most 20 times with private interfaces: a Direct Connect gateway takes no more "
        "virtual private gateways"
    ):
        add(2)
    assert len(made.private_spokes) == 20
    gateways = Template.from_stack(scope).find_resources("AWS::EC2::VPNGateway")
    assert len(gateways) == 2
    assert {one["Properties"]["AmazonSideAsn"] for one in gateways.values()} == {64512}


def test_a_private_spoke_has_no_attachment_subnets(scope: cdk.Stack) -> None:
    made, _ = private_circuits(scope)
    with refused("attachment_subnets must be left out with private interfaces: a VPC has no attachment"):
        made.add_spoke(imported(scope), attachment_subnets=ec2.SubnetSelection(one_per_az=True))


def test_alarms_of_private_spokes_are_its_own(scope: cdk.Stack) -> None:
    made = DirectConnect(scope, "Office", site=SITE, circuits=[CIRCUIT], interfaces="private")
    before = len(made.alarms)
    spoke = made.add_spoke(imported(scope))
    assert isinstance(spoke, PrivateSpoke)
    assert spoke.alarms
    assert made.alarms[before:] == spoke.alarms


def test_a_circuit_takes_two_hundred_prefixes(scope: cdk.Stack) -> None:
    made = DirectConnect(scope, "Office", site=SITE, circuits=[CIRCUIT], max_azs=2)
    transit = made._transit
    assert transit is not None
    transit._advertised += [f"10.{number}.0.0/16" for number in range(100, 299)]
    made.add_spoke(imported(scope, 1))
    assert len(transit._advertised) == 200
    with refused("add_spoke must leave it at 200 prefixes, of IPv4 and IPv6 together: a circuit takes no more"):
        made.add_spoke(imported(scope, 2))


def test_gateways_of_two_accounts_are_not_peered_here(scope: cdk.Stack) -> None:
    other = cdk.Stack(cdk.App(), "Other", env=cdk.Environment(account="444455556666", region="eu-central-1"))
    first, second = (
        TransitGateway(one, "Gateway", existing=None, asn=asn) for one, asn in ((scope, 64512), (other, 64513))
    )
    with refused(f"peer must be in the account of gateway, {ACCOUNT}, got 444455556666"):
        GatewayPeering(scope, "Peering", gateway=first, peer=second)
    with refused("peer must be another gateway, got Net/Gateway for both"):
        GatewayPeering(scope, "Same", gateway=first, peer=first)


def test_a_domain_has_one_static_route_to_a_destination(scope: cdk.Stack) -> None:
    domain = TransitGateway(scope, "Gateway", existing=None, asn=64512).domain("Spokes")
    domain.blackhole("10.9.0.0/16")
    with refused("destination must have one static route in domain Spokes, got 10.9.0.0/16 twice"):
        domain.blackhole("10.9.0.0/16")


def test_attachments_of_others_are_placed_where_the_gateway_is_shared(scope: cdk.Stack) -> None:
    gateway = TransitGateway(scope, "Gateway", existing=None, asn=64512)
    domain = gateway.domain("Joining")
    with refused("share_with must name who may join before their attachments are placed"):
        gateway.place_joining(domain, propagated_into=domain)


def test_a_spoke_is_attached_in_subnets_of_its_own_one_in_a_zone(scope: cdk.Stack) -> None:
    zones = ["eu-west-1a", "eu-west-1b"]
    public = imported(
        scope,
        1,
        isolated_subnet_ids=None,
        isolated_subnet_route_table_ids=None,
        public_subnet_ids=["subnet-1", "subnet-2"],
        public_subnet_route_table_ids=["rtb-1", "rtb-2"],
    )
    with refused("vpc must have a subnet for the attachment that is not public, got none in Net/Vpc1"):
        check_spoke(scope, public, None, zones)
    doubled = imported(
        scope,
        2,
        isolated_subnet_ids=[f"subnet-{number}" for number in range(4)],
        isolated_subnet_route_table_ids=[f"rtb-{number}" for number in range(4)],
    )
    with refused("attachment_subnets must be one in each zone, got two in one zone of Net/Vpc2"):
        check_spoke(scope, doubled, ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED), zones)
    assert [one.subnet_id for one in check_spoke(scope, doubled, None, zones)] == ["subnet-0", "subnet-1"]


def test_a_hub_has_one_way_in(scope: cdk.Stack) -> None:
    hub = InspectionVpc(scope, "Hub", max_azs=2)
    hub.add_ingress(certificate=certificate(scope), targets={"10.1.0.10": 443})
    with refused("add_ingress must be called once, got a second call"):
        hub.add_ingress(certificate=certificate(cdk.Stack(scope, "Again")), targets={"10.1.0.10": 443})


def test_a_peered_hub_has_125_spokes(scope: cdk.Stack) -> None:
    hub = PeeredHub(scope, "Hub")
    first = hub.add_spoke(imported(scope, 1))
    hub.peerings |= {f"Other{number}": first for number in range(124)}
    with refused("add_spoke must be called at most 125 times: a VPC has no more peering connections"):
        hub.add_spoke(imported(scope, 2))


def test_a_site_reaches_fifty_vpcs(scope: cdk.Stack) -> None:
    made = VpnPerVpc(scope, "Vpns", site=SITE, new_vpcs={})
    made.vpcs |= dict.fromkeys((f"other{number}" for number in range(49)), imported(scope, 9))
    made.add_vpc("first", imported(scope, 1))
    with refused("add_vpc must leave it at 50 VPCs, got one more"):
        made.add_vpc("second", imported(scope, 2))
    del made.vpcs["other1"]
    with refused("name must differ from those of the other VPCs, got first twice"):
        made.add_vpc("first", imported(scope, 3))


def test_endpoints_of_appliances_stand_one_in_a_zone(scope: cdk.Stack) -> None:
    tiers = TieredVpc(scope, "Vpc", cidr="10.9.0.0/16", availability_zones=["eu-west-1a"], tiers={"A": 24, "B": 24})
    subnets = [tiers.subnets["A"][0], tiers.subnets["B"][0]]
    with refused("subnets must be one in each zone, got 2 in zone 1"):
        ApplianceEndpoints(
            scope, "Endpoints", service_name="com.amazonaws.vpce.x", vpc_id="vpc-00000001", subnets=subnets
        )


def test_a_proxy_stands_where_its_vpcs_do(scope: cdk.Stack) -> None:
    other = cdk.Stack(scope.node.scope, "Other", env=cdk.Environment(account="444455556666", region="eu-west-1"))  # type: ignore[arg-type]
    far = cdk.Stack(scope.node.scope, "Far", env=cdk.Environment(account=ACCOUNT, region="eu-central-1"))  # type: ignore[arg-type]
    check_place(scope, [imported(scope)])
    with refused(f"vpc Other/Vpc0 must be in the proxy's account {ACCOUNT}, got 444455556666"):
        check_place(scope, [imported(other)])
    with refused("vpc Far/Vpc0 must be in the proxy's Region eu-west-1, got eu-central-1"):
        check_place(scope, [imported(far)])


def test_the_range_of_a_proxys_vpc_is_known(scope: cdk.Stack) -> None:
    assert str(own_range("10.3.0.0/24", None)) == "10.3.0.0/24"
    assert str(own_range("10.3.0.0/24", imported(scope, 1))) == "10.1.0.0/16"
    with refused("vpc must have a range that is known at synthesis, got Net/Vpc2 without one"):
        own_range("10.3.0.0/24", imported(scope, 2, vpc_cidr_block=None))
    with refused("cidr must be an IPv4 CIDR block such as 10.0.0.0/16, got nowhere"):
        own_range("nowhere", None)
