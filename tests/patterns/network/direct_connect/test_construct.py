"""What Direct Connect promises beside its paths: what is left when circuits go, encryption, numbers, alarms."""

from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_ec2 as ec2

from patternkit.catalog.parts.losses import PROMISES
from patternkit.routes import Contracts, Network, isolated, load_promises, reaches, symmetric
from patternkit.testing.synthesis import Synthesis
from patterns.network import direct_connect
from patterns.network.direct_connect import Circuit, CustomerSite, DirectConnect
from patterns.network.hub.attachment_vpc import AttachmentVpc
from tests.conftest import example
from tests.patterns.network.direct_connect.variants import BY_IPV6, ORDERS, ORDERS_SPOKE, private_contracts, with_spokes
from tests.patterns.network.synthesized import memoized, network, properties

OFFICE = CustomerSite(name="Berlin", addresses=["198.51.100.1"], asn=65010, prefixes=["192.168.0.0/20"])
CIRCUIT = Circuit(name="One", location="EqDC2", vlan=101)
SPOKES = ["Orders/Workload*", "Billing/Workload*"]
CIRCUITS, BACKUP, PRIVATE = "Office/Association", "BackupHeadquarters/Connection1", "SiteBerlin/Connection1"


def whole() -> Network:
    folder = direct_connect.__path__[0]
    return Network.load(example("direct-connect", "agnostic").directory, contracts=f"{folder}/contracts.yaml")


@memoized
def encrypted(**options: Any) -> Synthesis:
    """A spoke, and circuits that carry nothing but a VPN."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Net")
        made = DirectConnect(
            stack,
            "Office",
            site=OFFICE,
            circuits=[CIRCUIT],
            encryption="vpn",
            private_address="172.31.0.1",
            **options,
        )
        spoke = AttachmentVpc(
            stack, "Orders", cidr="10.1.0.0/24", availability_zones=made.availability_zones, tiers={"Workload": 27}
        )
        made.add_spoke(spoke.vpc)

    return network(build)


def by_vpn_over_circuits() -> Network:
    backup = "BackupBerlin/Connection1"
    sites = {one: {"at": "Berlin", "passes-on": False, "sends": []} for one in (CIRCUITS, PRIVATE, backup)}
    sites[PRIVATE]["preference"] = 200
    data: dict[str, Any] = {
        "harmless": ["*Placement/Resource/Default"],
        "returns": {
            "*/CircuitsPlacement/Resource/Default": {"AttachmentId": {"attachment-of": CIRCUITS}},
            "*/SiteBerlin/Attachment1Placement/Resource/Default": {"AttachmentId": {"attachment-of": PRIVATE}},
            "*/BackupBerlin/Attachment1Placement/Resource/Default": {"AttachmentId": {"attachment-of": backup}},
        },
        # On the circuits the site announces its tunnels' end and no more.
        "prefixes": {CIRCUITS: ["172.31.0.1/32"], PRIVATE: ["192.168.0.0/20"], backup: ["192.168.0.0/20"]},
        "sites": sites,
    }
    return Network.from_templates(encrypted().templates, contracts=Contracts.from_data(data))


def test_without_circuits_all_goes_by_the_vpn_both_ways() -> None:
    whole().without(CIRCUITS).assert_holds(
        reaches(SPOKES, BACKUP), reaches(BACKUP, SPOKES), symmetric(SPOKES, BACKUP), symmetric(BACKUP, SPOKES)
    )


def test_while_there_are_circuits_nothing_goes_by_the_vpn() -> None:
    """What leaves by a circuit comes back by one, and what the site would send by the VPN is answered by a circuit."""
    found = whole()
    found.assert_holds(symmetric(SPOKES, CIRCUITS), symmetric(CIRCUITS, SPOKES))
    crossed = found.trace("Orders/Workload1", "192.168.0.10", port=443)
    assert "BackupHeadquarters" not in str(crossed)


@pytest.mark.parametrize("lost", [BACKUP, "GetAZs[0]", "GetAZs[1]"])
def test_every_promise_survives_a_zone_and_the_backup(lost: str) -> None:
    left = whole().without(lost)
    left.assert_holds(*load_promises(f"{direct_connect.__path__[0]}/{PROMISES}"))


def test_over_circuits_that_are_encrypted_the_tunnels_carry_everything_and_the_backup_is_behind_them() -> None:
    found = by_vpn_over_circuits()
    found.assert_holds(
        reaches("Orders/Workload*", PRIVATE),
        reaches(PRIVATE, "Orders/Workload*"),
        symmetric("Orders/Workload*", PRIVATE),
    )
    # Nothing reaches a spoke in the clear.
    found.assert_holds(isolated(CIRCUITS, "Orders/Workload*"), isolated("Orders/Workload*", CIRCUITS))


def test_with_the_circuits_the_vpn_over_them_is_gone_and_the_backup_is_left() -> None:
    backup = "BackupBerlin/Connection1"
    left = by_vpn_over_circuits().without(CIRCUITS)
    # The route is a bit shorter than what is there: what is beside it was never promised.
    left.assert_holds(reaches("Orders/Workload*", "192.168.0.0/20"), reaches("192.168.0.0/20", "Orders/Workload*"))
    assert backup in str(left.trace("Orders/Workload1", "192.168.0.10", port=443))
    assert PRIVATE not in str(left.trace("Orders/Workload1", "192.168.0.10", port=443))


def test_another_range_of_the_gateway_is_advertised_on_encrypted_circuits() -> None:
    made = encrypted(gateway_cidr="100.64.9.0/24")
    [association] = properties(made, "AWS::DirectConnect::DirectConnectGatewayAssociation")
    [gateway] = properties(made, "AWS::EC2::TransitGateway")
    assert (
        association["AllowedPrefixesToDirectConnectGateway"] == gateway["TransitGatewayCidrBlocks"] == ["100.64.9.0/24"]
    )


def test_only_the_tunnels_ends_are_advertised_on_encrypted_circuits() -> None:
    [association] = properties(encrypted(), "AWS::DirectConnect::DirectConnectGatewayAssociation")
    [gateway] = properties(encrypted(), "AWS::EC2::TransitGateway")
    assert (
        association["AllowedPrefixesToDirectConnectGateway"] == gateway["TransitGatewayCidrBlocks"] == ["100.64.0.0/24"]
    )
    private = [one for one in properties(encrypted(), "AWS::EC2::VPNConnection") if "OutsideIpAddressType" in one]
    assert [one["OutsideIpAddressType"] for one in private] == ["PrivateIpv4"]
    assert "CircuitsPlacement" in str(private[0]["TransportTransitGatewayAttachmentId"])
    assert [one["Mtu"] for one in properties(encrypted(), "AWS::DirectConnect::TransitVirtualInterface")] == [1500]
    addresses = [one["IpAddress"] for one in properties(encrypted(), "AWS::EC2::CustomerGateway")]
    assert addresses == ["172.31.0.1", "198.51.100.1"]


def test_macsec_is_asked_for_when_ports_are_made_and_watched() -> None:
    def build(app: cdk.App) -> None:
        DirectConnect(cdk.Stack(app, "Net"), "Office", site=OFFICE, circuits=[CIRCUIT], encryption="macsec")

    made = network(build)
    for kind in ("Connection", "Lag"):
        assert [one["RequestMACSec"] for one in properties(made, f"AWS::DirectConnect::{kind}")] == [True]
    names = {one["MetricName"] for one in properties(made, "AWS::CloudWatch::Alarm")}
    assert {"ConnectionState", "ConnectionEncryptionState"} <= names


@pytest.mark.parametrize("interfaces", ["transit", "private"])
def test_a_new_ports_interface_is_made_on_its_group_for_aws_makes_none_on_a_port_before_it_is_approved(
    scope: cdk.Stack, interfaces: Any
) -> None:
    one = DirectConnect(scope, "Office", site=OFFICE, circuits=[CIRCUIT], interfaces=interfaces).circuits["One"]
    assert one.group
    assert one.connection
    assert one.interface.connection_id == one.connection.lag_id == one.group.attr_lag_id
    own = {"location": CIRCUIT.location, "name": CIRCUIT.name, "bandwidth": CIRCUIT.bandwidth}
    assert own == {
        "location": one.group.location,
        "name": one.group.lag_name,
        "bandwidth": one.group.connections_bandwidth,
    }
    # A group is made empty, and a port that has an interface is not deleted.
    assert one.connection in one.interface.node.dependencies


def test_macsec_on_a_connection_that_is_there_is_watched(scope: cdk.Stack) -> None:
    port = directconnect.CfnConnection(
        scope, "Port", bandwidth="10Gbps", connection_name="port", location="EqDC2", request_mac_sec=True
    )
    circuits = [
        Circuit(name=name, location="EqDC2", vlan=101, connection=one)
        for name, one in (("One", port), ("Two", "dxcon-ffabc123"))
    ]
    made = DirectConnect(scope, "Office", site=OFFICE, circuits=circuits, encryption="macsec")
    for circuit in made.circuits.values():
        assert (circuit.group, circuit.connection) == (None, None)
        names = [cast(cloudwatch.Metric, one.metric).metric_name for one in circuit.alarms]
        assert names == ["ConnectionState", "ConnectionEncryptionState", "VirtualInterfaceBgpStatus"]
    assert made.circuits["Two"].interface.connection_id == "dxcon-ffabc123"


def test_a_connection_that_is_there_gets_an_interface_and_no_new_port(scope: cdk.Stack) -> None:
    port = directconnect.CfnConnection(scope, "Port", bandwidth="10Gbps", connection_name="port", location="EqDC2")
    circuit = Circuit(name="One", location="EqDC2", vlan=101, connection=port)
    made = DirectConnect(scope, "Office", site=OFFICE, circuits=[circuit], backup=False)
    assert made.circuits["One"].connection is None
    # A Ref to a connection is its ARN; the interface wants what follows the slash.
    own = {"Fn::Select": [1, {"Fn::Split": ["/", {"Ref": "Port"}]}]}
    assert scope.resolve(made.circuits["One"].interface.connection_id) == own
    assert made.backup is None


def test_each_spoke_is_advertised_as_the_vpn_advertises_it() -> None:
    """Of an aggregate on the circuits, the VPN's longer prefixes would lead every reply back by the VPN."""
    [association] = properties(
        example("direct-connect", "agnostic"), "AWS::DirectConnect::DirectConnectGatewayAssociation"
    )
    assert association["AllowedPrefixesToDirectConnectGateway"] == ["10.1.0.0/24", "10.2.0.0/24"]


def test_spokes_that_cannot_be(scope: cdk.Stack) -> None:
    made = DirectConnect(scope, "Office", site=OFFICE, circuits=[CIRCUIT])
    zones = made.availability_zones
    outside = AttachmentVpc(scope, "Outside", cidr="172.16.0.0/24", availability_zones=zones, tiers={"Workload": 27})
    with pytest.raises(ValueError, match=r"^vpc \S+ must be inside networks \(10.0.0.0/8\), got 172.16.0.0/24$"):
        made.add_spoke(outside.vpc)


@memoized
def private() -> Synthesis:
    return network(lambda app: with_spokes(app, interfaces="private"))


def test_without_circuits_a_private_spoke_goes_by_its_own_vpn_both_ways() -> None:
    contracts = Contracts.from_data(private_contracts())
    found = Network.from_templates(private().templates, contracts=contracts)
    backup = f"{ORDERS_SPOKE}/BackupBerlin/Connection1"
    left = found.without(f"{ORDERS_SPOKE}/Association")
    left.assert_holds(reaches(ORDERS, backup), reaches(backup, ORDERS), symmetric(ORDERS, backup))
    crossed = found.trace("Orders/Workload1", "192.168.0.10", port=443)
    assert "BackupBerlin" not in str(crossed)


def test_private_interfaces_end_on_the_circuits_gateway_and_no_transit_gateway_is_made() -> None:
    interfaces = properties(private(), "AWS::DirectConnect::PrivateVirtualInterface")
    assert [one["Vlan"] for one in interfaces] == [101, 102]
    assert all("DirectConnectGatewayId" in one and "VirtualGatewayId" not in one for one in interfaces)
    assert [one["Mtu"] for one in interfaces] == [8500, 8500]
    assert not private().resources("AWS::EC2::TransitGateway")
    assert not private().resources("AWS::DirectConnect::TransitVirtualInterface")


def test_a_virtual_private_gateway_is_joined_once_it_is_attached_and_propagates_once_it_is_joined() -> None:
    """As AWS asks for: else the association is refused, or wrong routes propagate."""
    associations = private().resources("AWS::DirectConnect::DirectConnectGatewayAssociation")
    attachments = private().resources("AWS::EC2::VPCGatewayAttachment")
    for name, one in private().resources("AWS::EC2::VPNGatewayRoutePropagation").items():
        [after] = [each for each in one["DependsOn"] if each in associations]
        assert any(each in attachments for each in associations[after]["DependsOn"]), name
        # Nothing narrows what is announced: a range that the VPC gets later is announced, too.
        assert "AllowedPrefixesToDirectConnectGateway" not in associations[after]["Properties"]


def test_the_sites_devices_are_made_once_and_each_vpn_is_watched() -> None:
    assert len(properties(private(), "AWS::EC2::CustomerGateway")) == 1
    inside = [
        tunnel["TunnelInsideCidr"]
        for one in properties(private(), "AWS::EC2::VPNConnection")
        for tunnel in one["VpnTunnelOptionsSpecifications"]
    ]
    assert len(set(inside)) == len(inside) == 4
    watched = [one["MetricName"] for one in properties(private(), "AWS::CloudWatch::Alarm")]
    assert sorted(watched) == ["ConnectionState"] * 2 + ["TunnelState"] * 4 + ["VirtualInterfaceBgpStatus"] * 2


def descriptions(made: Synthesis) -> set[str]:
    alarms = [*properties(made, "AWS::CloudWatch::Alarm"), *properties(made, "AWS::CloudWatch::CompositeAlarm")]
    return {one["AlarmDescription"] for one in alarms}


def test_an_alarm_of_a_vpn_says_what_else_leads_to_the_site() -> None:
    """With its circuits up a site is not cut off when the VPN behind them is down."""
    assert "No tunnel to Headquarters is up: the site hangs by its circuits alone." in descriptions(
        example("direct-connect", "agnostic")
    )
    assert "No tunnel to Berlin is up: the site hangs by its circuits alone." in descriptions(private())
    over = descriptions(encrypted())
    assert "No tunnel to Berlin is up: the site hangs by the VPN over its circuits alone." in over
    assert "No tunnel to Berlin is up: the site hangs by the VPN over the internet alone." in over
    assert not [one for one in over if "cut off" in one]


def test_each_family_of_a_circuit_has_a_session_that_is_watched() -> None:
    office = CustomerSite(
        name="Berlin",
        addresses=["198.51.100.1"],
        asn=65010,
        prefixes=["192.168.0.0/20"],
        ipv6_prefixes=["2001:db8:100::/48"],
    )

    def build(app: cdk.App) -> None:
        DirectConnect(cdk.Stack(app, "Net"), "Office", site=office, circuits=[CIRCUIT])

    made = network(build)
    asked = [
        {each["Name"]: each["Value"] for each in one["Dimensions"]}
        for one in properties(made, "AWS::CloudWatch::Alarm")
        if one["MetricName"] == "VirtualInterfaceBgpStatus"
    ]
    assert sorted(one["IpAddressFamily"] for one in asked) == ["ipv4", "ipv6"]
    assert all({"ConnectionId", "VirtualInterfaceId", "IpAddressFamily"} == one.keys() for one in asked)
    assert "No tunnel of IPv6 to Berlin is up: the site hangs by its circuits alone." in descriptions(made)


def test_private_spokes_that_cannot_be(scope: cdk.Stack) -> None:
    made = DirectConnect(scope, "Office", site=OFFICE, circuits=[CIRCUIT], interfaces="private", backup=False)
    assert made.transit_gateway is None
    assert made.association is None
    vpcs = [
        ec2.Vpc.from_vpc_attributes(
            scope, f"Vpc{number}", vpc_id=f"vpc-{number}", availability_zones=["eu-west-1a"], vpc_cidr_block=cidr
        )
        for number, cidr in enumerate([*(f"10.{number}.0.0/16" for number in range(21)), "10.0.0.0/24"])
    ]
    with pytest.raises(ValueError, match=r"^attachment_subnets must be left out with private interfaces: a VPC has no"):
        made.add_spoke(vpcs[0], attachment_subnets=ec2.SubnetSelection())
    for vpc in vpcs[:20]:
        made.add_spoke(vpc)
    assert [one.backup for one in made.private_spokes] == [None] * 20
    with pytest.raises(
        ValueError, match=r"^vpc \S+ must not overlap spoke Test/Vpc0 \(10.0.0.0/16\), got 10.0.0.0/24$"
    ):
        made.add_spoke(vpcs[21])
    with pytest.raises(
        ValueError, match=r"^add_spoke must be called at most 20 times with private interfaces: a Direct"
    ):
        made.add_spoke(vpcs[20])
    elsewhere = cdk.Stack(
        cdk.App.of(scope), "Elsewhere", env=cdk.Environment(account="222222222222", region="eu-west-1")
    )
    here = cdk.Stack(cdk.App.of(scope), "Here", env=cdk.Environment(account="111111111111", region="eu-west-1"))
    other = DirectConnect(here, "Office", site=OFFICE, circuits=[CIRCUIT], interfaces="private", backup=False)
    theirs = ec2.Vpc.from_vpc_attributes(
        elsewhere, "Vpc", vpc_id="vpc-1", availability_zones=["eu-west-1a"], vpc_cidr_block="10.1.0.0/16"
    )
    with pytest.raises(ValueError, match=r"its owner proposes an association of its own virtual private gateway$"):
        other.add_spoke(theirs)


def test_a_vpc_has_one_virtual_private_gateway_whoever_makes_it(scope: cdk.Stack) -> None:
    one, other = (
        DirectConnect(scope, name, site=OFFICE, circuits=[CIRCUIT], interfaces="private", backup=False)
        for name in ("One", "Other")
    )
    subnets: dict[str, Any] = {
        "availability_zones": ["eu-west-1a"],
        "private_subnet_ids": ["subnet-0"],
        "private_subnet_route_table_ids": ["rtb-0"],
    }
    shared = ec2.Vpc.from_vpc_attributes(scope, "Shared", vpc_id="vpc-1", vpc_cidr_block="10.1.0.0/16", **subnets)
    one.add_spoke(shared)
    own = ec2.Vpc.from_vpc_attributes(
        scope, "Own", vpc_id="vpc-2", vpc_cidr_block="10.2.0.0/16", vpn_gateway_id="vgw-0", **subnets
    )
    for vpc in (shared, own):
        with pytest.raises(
            ValueError, match=r"^vpc must have no virtual private gateway yet: AWS attaches one alone, and"
        ):
            other.add_spoke(vpc)


def test_a_vpc_that_is_imported_without_route_tables_is_refused_in_one_line(scope: cdk.Stack) -> None:
    made = DirectConnect(scope, "Office", site=OFFICE, circuits=[CIRCUIT], interfaces="private", backup=False)
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", vpc_cidr_block="10.1.0.0/16", availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-0"],
    )  # fmt: skip
    with pytest.raises(
        ValueError, match=r"^vpc must have the route tables of its subnets, got Test/Vpc/PrivateSubnet1 w"
    ):
        made.add_spoke(vpc)


def test_an_ipv6_prefix_without_a_length_is_refused(scope: cdk.Stack) -> None:
    site = CustomerSite(
        name="V6", addresses=["203.0.113.10"], asn=65010, prefixes=["192.168.0.0/16"], ipv6_prefixes=["2001:db8::"]
    )
    with pytest.raises(ValueError, match=r"must be an IPv6 CIDR block such as 2001:db8::/48, got 2001:db8::$"):
        DirectConnect(scope, "Office", site=site, circuits=[CIRCUIT])


def test_over_encrypted_circuits_ipv6_has_connections_of_its_own_on_the_same_devices(scope: cdk.Stack) -> None:
    arguments: dict[str, Any] = {"encryption": "vpn", "private_address": "172.31.0.1"}
    made = DirectConnect(scope, "Office", site=BY_IPV6, circuits=[CIRCUIT], **arguments)
    for vpns in (made.private_vpns, made.backups):
        assert [one.connections[0].tunnel_inside_ip_version for one in vpns] == [None, "ipv6"]
        assert vpns[0].customer_gateways == vpns[1].customer_gateways
    # The way behind the VPN over the circuits is a bit shorter, as that of IPv4.
    assert made.transit_gateway is not None
    assert made.transit_gateway.domain("Spokes").destinations == {"10.0.0.0/8", "192.168.0.0/19", "2001:db8::/47"}
    peers = scope.resolve(made.circuits["One"].interface.bgp_peers)
    assert [one["addressFamily"] for one in peers] == ["ipv4", "ipv6"]


def test_a_spoke_with_ipv6_is_in_the_stack_that_names_its_range(scope: cdk.Stack) -> None:
    made = DirectConnect(scope, "Office", site=BY_IPV6, circuits=[CIRCUIT])
    elsewhere = cdk.Stack(cdk.App.of(scope), "Elsewhere")
    for ipv6, name in ((False, "Plain"), (True, "Dual")):
        vpc = AttachmentVpc(
            elsewhere,
            name,
            cidr="10.1.0.0/24" if ipv6 else "10.2.0.0/24",
            availability_zones=made.availability_zones,
            tiers={"Workload": 27},
            ipv6=ipv6,
        )
        if not ipv6:
            made.add_spoke(vpc.vpc)
            continue
        with pytest.raises(
            ValueError, match=r"^vpc Elsewhere/Dual/Vpc must be in the stack of the circuits, which name"
        ):
            made.add_spoke(vpc.vpc)
