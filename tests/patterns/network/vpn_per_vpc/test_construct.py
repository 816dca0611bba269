"""What VPNs of single VPCs promise beside their paths: one device, tunnels that differ, its configuration, alarms."""

import ipaddress
import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patternkit.routes import Contracts, Network, Verdict, isolated, reaches
from patternkit.testing.synthesis import Synthesis
from patterns.network.vpn_per_vpc import CustomerSite, VpnPerVpc
from tests.conftest import example
from tests.patterns.network.synthesized import memoized, network, properties

BERLIN = CustomerSite(name="Berlin", addresses=["198.51.100.1", "198.51.100.2"], asn=65010, prefixes=["192.168.0.0/24"])
STATIC = CustomerSite(name="Rome", addresses=["198.51.100.3"], prefixes=["192.168.1.0/24"], routing="static")
# As AWS reserves them: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
RESERVED = [f"169.254.{third}.0/30" for third in range(6)] + ["169.254.169.252/30"]


@memoized
def two_devices() -> Synthesis:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Net")
        made = VpnPerVpc(stack, "Office", site=BERLIN)
        own = ec2.Vpc(stack, "Own", ip_addresses=ec2.IpAddresses.cidr("10.7.0.0/16"), nat_gateways=0)
        made.add_vpc("Legacy", own)

    return network(build)


def test_each_device_is_a_customer_gateway_once_whatever_the_number_of_vpcs() -> None:
    synthesis = two_devices()
    devices = properties(synthesis, "AWS::EC2::CustomerGateway")
    assert [one["IpAddress"] for one in devices] == ["198.51.100.1", "198.51.100.2"]
    assert len(properties(synthesis, "AWS::EC2::VPNGateway")) == 3
    used = [str(one["CustomerGatewayId"]) for one in properties(synthesis, "AWS::EC2::VPNConnection")]
    assert sorted(used.count(one) for one in set(used)) == [3, 3]


def test_no_two_tunnels_share_an_inside_range_and_none_is_awss_own() -> None:
    inside = [
        tunnel["TunnelInsideCidr"]
        for one in properties(two_devices(), "AWS::EC2::VPNConnection")
        for tunnel in one["VpnTunnelOptionsSpecifications"]
    ]
    assert len(inside) == len(set(inside)) == 3 * 2 * 2
    for one in map(ipaddress.ip_network, inside):
        assert one.prefixlen == 30
        assert not any(one.overlaps(ipaddress.ip_network(other)) for other in RESERVED)


def test_every_route_table_of_an_existing_vpc_learns_the_way() -> None:
    synthesis = two_devices()
    propagated = [one["RouteTableIds"] for one in properties(synthesis, "AWS::EC2::VPNGatewayRoutePropagation")]
    own = [name for name in synthesis.resources("AWS::EC2::RouteTable") if name.startswith("Own")]
    assert sorted(own) in [sorted(one.get("Ref", "") for one in each) for each in propagated]


def test_each_tunnel_has_an_alarm_and_each_vpc_one_for_all_of_its_tunnels() -> None:
    synthesis = two_devices()
    assert len(properties(synthesis, "AWS::CloudWatch::Alarm")) == 3 * 4
    assert len(properties(synthesis, "AWS::CloudWatch::CompositeAlarm")) == 3


def test_a_static_site_has_a_route_on_each_connection() -> None:
    synthesis = network(lambda app: VpnPerVpc(cdk.Stack(app, "Net"), "Office", site=STATIC))
    routes = properties(synthesis, "AWS::EC2::VPNConnectionRoute")
    assert [one["DestinationCidrBlock"] for one in routes] == ["192.168.1.0/24"] * 2
    sites = {f"{name}Vpn/SiteRome/Connection1": {"sends": [], "at": "Rome"} for name in ("Production", "Development")}
    found = Network.from_templates(
        synthesis.templates, contracts={"harmless": ["*Tunnels1/Resource/Default"], "sites": sites}
    )
    found.assert_holds(reaches("Office/Production/Workload*", "ProductionVpn/SiteRome/Connection1"))


def test_a_site_that_leads_on_is_no_wall() -> None:
    """It announces one VPC's range to the other: then nobody may say that the VPCs are apart."""
    synthesis = example("vpn-per-vpc", "agnostic")
    connections = [f"{name}Vpn/SiteBerlin/Connection1" for name in ("Production", "Development")]
    data = {
        "harmless": ["*Tunnels1/Resource/Default"],
        "prefixes": {one: ["10.0.0.0/8"] for one in connections},
        "sites": {one: {"at": "Berlin", "passes-on": True, "sends": ["10.0.0.0/8"]} for one in connections},
    }
    found = Network.load(synthesis.directory, contracts=Contracts.from_data(data))
    proof = found.prove(isolated("Office/Production/Workload*", "Office/Development/Workload*"))
    assert proof.verdict is not Verdict.HOLDS


def test_the_device_is_told_of_every_tunnel_and_announces_its_own_prefixes_only() -> None:
    app = cdk.App()
    made = VpnPerVpc(cdk.Stack(app, "Net"), "Office", site=BERLIN)
    text = made.configuration(1)
    interfaces = re.findall(r"ip address add (\S+)/30 dev (\S+)", text)
    neighbors = re.findall(r"neighbor (\S+) remote-as 64512", text)
    assert len(interfaces) == len({address for address, _ in interfaces}) == 4
    # AWS's end of each /30 is the address below the device's.
    assert [str(ipaddress.ip_address(address) - 1) for address, _ in interfaces] == neighbors
    assert "id = 198.51.100.2" in text
    assert "id = 198.51.100.1 " not in text
    assert text.count("prefix-list OWN out") == len(neighbors)
    assert re.findall(r"ip prefix-list OWN permit (\S+)", text) == ["192.168.0.0/24"]
    assert text.count("Secrets Manager") == len(neighbors)
    # A neighbor without a filter of what comes in is one whose routes FRRouting refuses.
    came_in = dict(re.findall(r"neighbor (\S+) prefix-list (\S+) in", text))
    assert [came_in[one] for one in neighbors] == ["VPC-Production"] * 2 + ["VPC-Development"] * 2
    lists = dict(re.findall(r"ip prefix-list (VPC-\S+) permit (\S+)", text))
    assert lists == {"VPC-Production": "10.0.0.0/20", "VPC-Development": "10.1.0.0/20"}


def test_a_site_that_does_not_say_what_it_announces_is_told_where_to() -> None:
    site = CustomerSite(name="Rome", addresses=["198.51.100.9"], asn=65011)
    text = VpnPerVpc(cdk.Stack(cdk.App(), "Net"), "Office", site=site).configuration()
    assert "# Nothing is announced until the ranges of the site stand here" in text


def test_more_than_a_parameter_holds_is_refused() -> None:
    made = VpnPerVpc(
        cdk.Stack(cdk.App(), "Net"),
        "Office",
        site=BERLIN,
        new_vpcs={f"Vpc{number}": f"10.{number}.0.0/20" for number in range(8)},
    )
    with pytest.raises(ValueError, match=r"^store_configuration takes up to 8192 characters, .* for 8 VPCs: "):
        made.store_configuration()


def test_a_device_that_the_site_does_not_have_is_told_nothing() -> None:
    site = CustomerSite(name="Rome", addresses=["198.51.100.9"], asn=65011)
    made = VpnPerVpc(cdk.Stack(cdk.App(), "Net"), "Office", site=site)
    with pytest.raises(ValueError, match=r"^device must be 0 or 1, got 5$"):
        made.configuration(5)
    with pytest.raises(ValueError, match=r"^device must be less than the number of the site's devices, 1, got 1$"):
        made.store_configuration(device=1)
    made.store_configuration()
    with pytest.raises(ValueError, match=r"^construct_id must differ from those beside it, got 'Configuration' twice$"):
        made.store_configuration()


def test_vpcs_that_cannot_be_added() -> None:
    stack = cdk.Stack(cdk.App(), "Net")
    made = VpnPerVpc(stack, "Office", site=BERLIN)
    vpc = ec2.Vpc(stack, "Own", ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/24"), nat_gateways=0)
    with pytest.raises(ValueError, match=r"^vpc Net/Own must not overlap network Production \(10.0.0.0/20\), got "):
        made.add_vpc("Legacy", vpc)
    with pytest.raises(ValueError, match=r"^name must differ from those of the other VPCs, got Production twice$"):
        made.add_vpc("Production", vpc)
