"""Which protocols NAT gateways translate, of either family, and where those of a whole VPC send what they get."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Verdict, isolated, reaches
from tests.patternkit.routes.topologies import Topology


def net64() -> Network:
    """Hosts with IPv6 alone, and a NAT gateway for what they send to IPv4 addresses."""
    net = Topology()
    net.vpc("V", "10.0.0.0/16", p="10.0.1.0/24")
    net.add("Six", "EC2::VPCCidrBlock", VpcId={"Ref": "V"}, Ipv6CidrBlock="2600:1f18:0:100::/56")
    net.add("Va", "EC2::Subnet", VpcId={"Ref": "V"}, Ipv6Native=True, EnableDns64=True, AvailabilityZone="eu-west-1a",
            Ipv6CidrBlock="2600:1f18:0:101::/64")  # fmt: skip
    net.resources["Vp"]["Properties"]["AvailabilityZone"] = "eu-west-1a"
    net.table("V", "Out", "p", routes={"0.0.0.0/0": net.internet_gateway("V")})
    net.table("V", "T", "a", routes={"64:ff9b::/96": net.nat("Nat", "Vp")})
    return net.network()


def net4() -> Network:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", p="10.0.1.0/24", a="10.0.2.0/24")
    net.table("V", "Out", "p", routes={"0.0.0.0/0": net.internet_gateway("V")})
    net.table("V", "T", "a", routes={"0.0.0.0/0": net.nat("Nat", "Vp")})
    return net.network()


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("protocol", ["tcp", "udp", "icmp"])
def test_tcp_udp_and_icmp_are_taken(family: int, protocol: str) -> None:
    network = net4() if family == 4 else net64()
    proof = network.prove(reaches("Va", "internet", protocol=protocol, family=4))
    assert proof.verdict is Verdict.HOLDS, str(proof)
    trace = network.trace("Va", "internet", protocol=protocol, family=family)
    outside = {flow.forward.walk.box.protocol for flow in trace.flows if flow.delivered}
    number = {"tcp": 6, "udp": 17, "icmp": 1}[protocol]
    assert outside <= {((number, number),)}


@pytest.mark.parametrize("family", [4, 6])
def test_others_are_not(family: int) -> None:
    network = net4() if family == 4 else net64()
    proof = network.prove(reaches("Va", "internet", protocol="any", family=4))
    assert (proof.verdict, "Net/Nat takes only TCP, UDP and ICMP" in proof.reason) == (Verdict.FAILS, True), str(proof)


def test_a_trace_that_ends_on_its_way_has_no_way_back() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24")
    trace = net.network().trace("Va", "8.8.8.8")
    assert (trace.verdict, trace.forward, trace.back) == (Verdict.FAILS, ("Net/Va",), ())
    assert str(trace).startswith("FAILS Net/V main route table has no route to 8.8.8.8/32")


def test_a_host_whose_subnet_is_not_known_is_a_doubt() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24")
    net.host("Host", "Va")
    net.resources["Host"]["Properties"]["SubnetId"] = "subnet-1"
    proof = net.network().prove(isolated("Va", "Host"))
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.reason == "the subnet of Net/Host: subnet subnet-1 is not in the set (contract: ids)"


def inspected_return(action: str = "aws:forward_to_sfe") -> Any:
    """A NAT gateway of the whole VPC, whose table sends replies to the subnet through a firewall's endpoint."""
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", f="10.0.9.0/28")
    net.resources["Vf"]["Properties"]["AvailabilityZone"] = "eu-west-1a"
    net.internet_gateway("V")
    net.policy("Policy", action=action)
    net.firewall("Fw", "V", "f")
    endpoint = net.endpoint_by_index("Fw", 0)
    net.add("Nat", "EC2::NatGateway", AvailabilityMode="regional", VpcId={"Ref": "V"})
    net.table("V", "T", "a", routes={"0.0.0.0/0": endpoint})
    net.table("V", "Tf", "f", routes={"0.0.0.0/0": {"Ref": "Nat"}})
    table = {"Fn::GetAtt": ["Nat", "RouteTableId"]}
    net.add("Home", "EC2::Route", RouteTableId=table, DestinationCidrBlock="10.0.1.0/24", VpcEndpointId=endpoint)
    return net


def test_a_regional_gateways_table_sends_replies_through_a_firewall() -> None:
    made = inspected_return()
    trace = made.network().trace("Va", "internet")
    assert trace.verdict is Verdict.HOLDS, str(trace)
    assert trace.back.count("Net/Fw endpoint in eu-west-1a") == 1
    # Without that route they come to the subnet itself, and the firewall misses them.
    del made.resources["Home"]
    proof = made.network().prove(reaches("Va", "internet", port=443))
    assert (proof.verdict, "the reply does not cross" in proof.reason) == (Verdict.FAILS, True), str(proof)


@pytest.mark.parametrize(
    ("target", "verdict", "reason"),
    [
        ({"VpcEndpointId": "vpce-1"}, Verdict.UNKNOWN, "vpce-1"),
        ({"NatGatewayId": {"Ref": "Other"}}, Verdict.UNKNOWN, ""),
    ],
)
def test_where_else_such_a_table_may_lead_is_not_known(target: dict[str, Any], verdict: Verdict, reason: str) -> None:
    made = inspected_return()
    made.nat("Other", "Vf")
    made.resources["Home"]["Properties"].pop("VpcEndpointId")
    made.resources["Home"]["Properties"].update(target)
    proof = made.network().prove(reaches("Va", "internet", port=443))
    assert (proof.verdict, reason in str(proof)) == (verdict, True), str(proof)
