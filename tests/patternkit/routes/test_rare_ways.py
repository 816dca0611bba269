"""Ways that few networks have: each with what becomes of the packets, and why, in the words of the verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import Promise, Verdict, isolated, reaches, same_az
from tests.patternkit.routes.test_carriers import balanced, linked
from tests.patternkit.routes.test_values_that_are_not_known import LATER, peered, regional, routed_by, site
from tests.patternkit.routes.topologies import Topology
from tests.patternkit.routes.two_vpcs import two_vpcs

SITE = {"prefixes": {"Vpn": ["192.168.0.0/16"]}}
NET = "internet"


def edge(**routes: Any) -> Topology:
    """A VPC whose internet gateway has a route table of its own: what comes in is routed by it."""
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", x="10.0.2.0/24")
    gateway = net.internet_gateway("V")
    net.table("V", "T", "a", "x", routes={"0.0.0.0/0": gateway})
    box = net.appliance("Box", "Vx")
    net.table("V", "Edge", routes={"10.0.1.0/24": box})
    net.add("EdgeOf", "EC2::GatewayRouteTableAssociation", GatewayId=gateway, RouteTableId={"Ref": "Edge"})
    for name, value in routes.items():
        net.resources["EdgeRoute0"]["Properties"][name] = value
    return net


def by_vpn(*, tables: Any = None) -> Topology:
    net = Topology()
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    gateway = net.vpn_gateway("A")
    net.vpn("Vpn", vgw=gateway)
    net.table("A", "T", "a")
    listed = [{"Ref": "T"}] if tables is None else tables
    net.add("Learns", "EC2::VPNGatewayRoutePropagation", VpnGatewayId=gateway, RouteTableIds=listed)
    return net


def changed(made: Topology, **changes: dict[str, Any]) -> Topology:
    for name, properties in changes.items():
        made.resources[name]["Properties"].update(properties)
    return made


def without(made: Topology, *names: str) -> Topology:
    for name in names:
        del made.resources[name]
    return made


def with_prefix_list(entries: Any) -> Topology:
    net = peered()
    net.resources["List"]["Properties"]["Entries"] = entries
    del net.resources["TARoute0"]["Properties"]["DestinationCidrBlock"]
    net.resources["TARoute0"]["Properties"]["DestinationPrefixListId"] = {"Ref": "List"}
    return net


def transit_route(**route: Any) -> Topology:
    net = two_vpcs()
    net.add("Table", "EC2::TransitGatewayRouteTable", TransitGatewayId={"Ref": "Tgw"})
    net.resources["Tgw"]["Properties"]["DefaultRouteTableAssociation"] = "disable"
    for name in "AB":
        net.add(f"{name}In", "EC2::TransitGatewayRouteTableAssociation", TransitGatewayRouteTableId={"Ref": "Table"},
                TransitGatewayAttachmentId={"Ref": f"{name}At"})  # fmt: skip
    net.add("Back", "EC2::TransitGatewayRoute", TransitGatewayRouteTableId={"Ref": "Table"},
            DestinationCidrBlock="10.1.0.0/16", TransitGatewayAttachmentId={"Ref": "AAt"})  # fmt: skip
    given = {"DestinationCidrBlock": "10.2.0.0/16", "TransitGatewayAttachmentId": {"Ref": "BAt"}, **route}
    given = {name: value for name, value in given.items() if value is not None}
    net.add("There", "EC2::TransitGatewayRoute", TransitGatewayRouteTableId={"Ref": "Table"}, **given)
    return net


def with_policies(attachment: Any) -> Topology:
    """Two VPCs whose gateway associates nothing by default, and a policy table for an attachment."""
    net = transit_route()
    net.add("Policies", "EC2::TransitGatewayPolicyTable", TransitGatewayId={"Ref": "Tgw"})
    net.add("ByPolicy", "EC2::TransitGatewayPolicyTableAssociation", TransitGatewayPolicyTableId={"Ref": "Policies"},
            TransitGatewayAttachmentId=attachment)  # fmt: skip
    return net


A_TO_B = reaches("Aa", "Ba", port=443)
OUT = reaches("Va", NET, port=443)
IMPORTED = "no stack of the set exports 'later', which Net imports (contract: imports)"
Case = tuple[Callable[[], Topology], Promise, str, str]

CASES: list[Case] = [
    # The route table of a gateway
    (lambda: edge(), reaches(NET, "Va", port=443), "FAILS", "a host of Net/Va without a public address is not reached"),
    (lambda: edge(DestinationCidrBlock=LATER), isolated(NET, "Va"), "UNKNOWN", f"Net/EdgeRoute0: {IMPORTED}"),
    (lambda: edge(NetworkInterfaceId="eni-1"), isolated(NET, "Va"), "UNKNOWN", "eni-1"),
    (lambda: changed(edge(), EdgeOf={"RouteTableId": "rtb-1"}), isolated(NET, "Va"), "UNKNOWN",
     "the route table of Net/VIgw: route table rtb-1 is not in the set (contract: ids)"),
    (lambda: changed(edge(), EdgeOf={"GatewayId": "igw-1"}), isolated(NET, "Va"), "UNKNOWN",
     "Net/EdgeOf gives an edge route table to a gateway that is not in the set (contract: ids)"),
    # Virtual private gateways
    (by_vpn, reaches("Aa", "Vpn", port=443), "HOLDS", ""),
    (lambda: by_vpn(tables=LATER), reaches("Aa", "Vpn", port=443), "UNKNOWN", f"Net/Learns: {IMPORTED}"),
    (lambda: by_vpn(tables=[LATER, {"Ref": "T"}]), reaches("Vpn", "Aa", port=443), "UNKNOWN",
     f"Net/Learns propagates routes into a table: {IMPORTED}"),
    (lambda: by_vpn(tables=["rtb-1", {"Ref": "T"}]), reaches("Aa", "Vpn", port=443), "UNKNOWN", "rtb-1 may be any"),
    (lambda: changed(by_vpn(), Learns={"VpnGatewayId": "vgw-1"}), reaches("Aa", "Vpn", port=443), "UNKNOWN",
     "Net/Learns propagates a gateway that is not in the set (contract: ids)"),
    # Transit gateways
    (transit_route, A_TO_B, "HOLDS", ""),
    (lambda: transit_route(Blackhole=True, TransitGatewayAttachmentId=None), A_TO_B, "FAILS",
     "it is lost: Net/There is a blackhole"),
    (lambda: transit_route(Blackhole=LATER), A_TO_B, "UNKNOWN", IMPORTED),
    (lambda: transit_route(DestinationCidrBlock=LATER), A_TO_B, "UNKNOWN", f"Net/There: {IMPORTED}"),
    (lambda: transit_route(TransitGatewayAttachmentId="tgw-attach-1"), A_TO_B, "UNKNOWN",
     "Net/Table leads 10.2.0.0/16 to what is not known: attachment tgw-attach-1 is not in the set (contract: ids)"),
    (lambda: transit_route(DestinationCidrBlock="10.3.0.0/16"), A_TO_B, "FAILS",
     "it is lost: Net/Table has no route to 10.2.1.0/24"),
    (lambda: without(transit_route(), "Back"), A_TO_B, "FAILS",
     "its reply is lost: Net/Table has no route to 10.1.1.0/24"),
    (lambda: without(transit_route(), "AIn"), A_TO_B, "FAILS", "it is lost: Net/AAt is associated with no route table"),
    (lambda: without(two_vpcs(), "BAt"), A_TO_B, "FAILS",
     "it is lost: Net/Tgw default route table has no route to 10.2.1.0/24"),
    (lambda: without(two_vpcs(), "AAt"), A_TO_B, "FAILS", "it is lost: Net/A is not attached to Net/Tgw"),
    (lambda: changed(two_vpcs(), BAt={"SubnetIds": []}), A_TO_B, "UNKNOWN",
     "AWS refuses: Net/BAt has no subnet [MissingParameter]"),
    (lambda: without(with_policies({"Ref": "AAt"}), "AIn"), A_TO_B, "UNKNOWN",
     "Net/ByPolicy: transit gateway policy tables are not modelled (contract: none)"),
    (lambda: without(with_policies("tgw-attach-1"), "AIn"), A_TO_B, "UNKNOWN",
     "Net/ByPolicy: transit gateway policy tables are not modelled (contract: none)"),
    (lambda: with_policies("tgw-attach-1"), A_TO_B, "HOLDS", ""),
    # Prefix lists
    (lambda: with_prefix_list([{"Cidr": "10.2.0.0/16"}]), A_TO_B, "HOLDS", ""),
    (lambda: with_prefix_list([{"Cidr": "10.3.0.0/16"}]), A_TO_B, "FAILS", "it is lost: Net/TA has no route to"),
    (lambda: with_prefix_list(LATER), A_TO_B, "UNKNOWN", f"Net/TARoute0: {IMPORTED}"),
    (lambda: with_prefix_list([{"Cidr": LATER}]), A_TO_B, "UNKNOWN", f"Net/TARoute0: {IMPORTED}"),
    # Peering
    (lambda: changed(peered(), TARoute0={"DestinationCidrBlock": "0.0.0.0/0"}), isolated("Aa", "10.3.0.0/16"),
     "HOLDS", ""),
    (lambda: without(changed(peered(), TARoute0={"VpcPeeringConnectionId": "pcx-1"})), A_TO_B, "UNKNOWN", "pcx-1"),
    # Instances
    (lambda: changed(routed_by(), Box={"SourceDestCheck": True}), reaches("Aa", "Ab", port=443), "FAILS",
     "it is lost: Net/Box checks source and destination, and drops what is not its own"),
    (lambda: changed(routed_by(), Box={"SubnetId": "subnet-1"}), reaches("Aa", "Ab", port=443), "UNKNOWN",
     "subnet subnet-1 is not in the set (contract: ids)"),
    (lambda: changed(routed_by(), BoxInstance={"NetworkInterfaces": LATER}), reaches("Aa", "Ab", port=443), "UNKNOWN",
     "no instance of the set has Net/Box: what has it may have other interfaces (contract: appliances)"),
    (lambda: changed(peered(), Host={"PrivateIpAddress": "10.2.1.10", "SecondaryPrivateIpAddressCount": 1}),
     reaches("Aa", "Host", port=443), "HOLDS", ""),
    # NAT gateways of a whole VPC
    (regional, OUT, "HOLDS", ""),
    (lambda: changed(regional(), Nat={"ConnectivityType": "private"}), OUT, "UNKNOWN",
     "AWS refuses: Net/Nat: a NAT gateway with regional availability is public"),
    (lambda: changed(regional(), Nat={"VpcId": "vpc-1"}), OUT, "UNKNOWN", "Net/Nat is not in Net/V"),
    (lambda: changed(regional(), Nat={"AvailabilityZoneAddresses": [{"AvailabilityZone": "eu-west-1b"}]}),
     same_az("Va", NET, port=443), "UNKNOWN", ""),
    (lambda: without(regional(), "VIgwAt"), OUT, "FAILS", "it is lost: Net/Nat route table has no route to"),
    # Sites
    (lambda: changed(site(), Vpn={"TransitGatewayId": "tgw-1"}), reaches("Vpn", "Aa", port=443), "UNKNOWN", "tgw-1"),
    (lambda: without(site(), "TRoute0"), reaches("Vpn", "Aa", port=443), "FAILS",
     "its reply is lost: Net/T has no route"),
    # Load balancers
    (lambda: changed(balanced(target="ip"), Group={"Targets": [{"Id": "192.168.1.1"}]}), isolated(NET, "Host"),
     "HOLDS", ""),
    (lambda: changed(balanced(), Listener={"DefaultActions": [{"Type": "forward", "ForwardConfig": {
        "TargetGroups": [{"TargetGroupArn": {"Ref": "Group"}, "Weight": 1}]}}]}), isolated(NET, "Host"), "FAILS",
     "Net/Lb"),
    (lambda: changed(balanced(), Listener={"DefaultActions": [{"Type": "fixed-response"}]}), isolated(NET, "Host"),
     "HOLDS", ""),
    (lambda: changed(linked(), Endpoint={"VpcEndpointType": "ServiceNetwork"}), isolated("Aa", "Host"), "UNKNOWN",
     "Net/Endpoint (AWS::EC2::VPCEndpoint, ServiceNetwork) is given Net/A, and may carry packets to and from it"),
    (lambda: changed(linked(), Endpoint={"VpcEndpointType": LATER}), isolated("Aa", "Host"), "UNKNOWN",
     f"Net/Endpoint is an endpoint of a type that is not known: {IMPORTED}"),
    # What a modelled type has that is not read
    (lambda: changed(peered(), A={"VpcEncryptionControl": {"Mode": "enforce"}}), A_TO_B, "UNKNOWN",
     "Net/A (AWS::EC2::VPC, VpcEncryptionControl) is given Net/A, and may change how packets go there"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("base", "promise", "verdict", "words"), CASES, ids=[f"{number}-{case[2]}" for number, case in enumerate(CASES)]
)
def test_what_becomes_of_packets(base: Callable[[], Topology], promise: Promise, verdict: str, words: str) -> None:
    made = base()
    contracts = SITE if "Vpn" in made.resources else {}
    proof = made.network(contracts=contracts).prove(promise)
    told = "\n".join((proof.reason, *proof.unknown, str(proof))).replace("⟨", "").replace("⟩", "")
    assert (proof.verdict.value, words in told) == (verdict, True), f"{words}\n{proof}"


def test_a_rule_of_a_listener_sends_elsewhere() -> None:
    made = changed(balanced(), Listener={"DefaultActions": [{"Type": "fixed-response"}]})
    made.add("Rule", "ElasticLoadBalancingV2::ListenerRule", ListenerArn={"Ref": "Listener"}, Priority=1, Conditions=[],
             Actions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}])  # fmt: skip
    assert made.network().prove(isolated(NET, "Host")).verdict is Verdict.FAILS


@pytest.mark.parametrize("mode", ["bridge", "awsvpc"])
def test_what_a_service_registers(mode: str) -> None:
    """Its tasks, or the instances that they run on, whichever these are."""
    made = balanced()
    del made.resources["Group"]["Properties"]["Targets"]
    awsvpc = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Aa"}], "SecurityGroups": [{"Ref": "Back"}]}}
    network = {"NetworkConfiguration": awsvpc} if mode == "awsvpc" else {}
    advanced = {"AdvancedConfiguration": {"AlternateTargetGroupArn": {"Ref": "Group"}}}
    made.add("Tasks", "ECS::Service", LoadBalancers=[advanced], **network)
    made.acl(
        "Apart", "Aa", inbound=["deny all * 10.0.4.0/24", "allow all * 0.0.0.0/0"], outbound=["allow all * 0.0.0.0/0"]
    )
    proof = made.network().prove(isolated("Ab", "Aa"))
    assert proof.verdict is (Verdict.FAILS if mode == "awsvpc" else Verdict.UNKNOWN), str(proof)
    if mode == "bridge":
        assert "Net/Tasks runs on instances there (contract: none)" in str(proof)


@pytest.mark.parametrize("lost", ["Aa", "eu-west-1a", "A"])
def test_a_balancer_whose_targets_are_lost_carries_nothing(lost: str) -> None:
    made = balanced()
    assert made.network().prove(isolated("Ab", "Host")).verdict is Verdict.FAILS
    left = made.network().without(lost)
    (balancer,) = left.model.balancers.values()
    hosts = [host for listener in balancer.listeners for group in listener.groups for host, _ in group.hosts]
    assert hosts == []
    zones = {node.subnet.zone for node in balancer.nodes}  # type: ignore[union-attr]
    assert zones == {"Aa": {"eu-west-1a", "eu-west-1b"}, "eu-west-1a": {"eu-west-1b"}, "A": set()}[lost]


def test_an_endpoint_whose_subnet_is_lost_has_no_interface_there() -> None:
    left = linked().network().without("Aa")
    (endpoint,) = left.model.interface_endpoints.values()
    assert endpoint.nodes == []


def test_a_site_of_a_lost_gateway_answers_no_more() -> None:
    left = by_vpn().network(contracts=SITE).without("AVgw")
    (lost,) = left.model.sites.values()
    assert (lost.lost, lost.gateway, lost.attachment) == (True, None, None)
    proof = left.prove(reaches("Aa", "Vpn", port=443))
    assert (proof.verdict, "is lost" in proof.reason) == (Verdict.FAILS, True), str(proof)


def test_what_only_the_default_group_denies_is_not_decided() -> None:
    made = balanced(host_rule={"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "10.0.0.0/16"})
    assert made.network().prove(isolated(NET, "Host")).verdict is Verdict.HOLDS
    del made.resources["Host"]["Properties"]["SecurityGroupIds"]
    proof = made.network().prove(isolated(NET, "Host"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "it has its VPC's default group, whose rules may be changed without a resource (contract: none)" in str(
        proof
    )
