"""Proxies: a connection ends there and another begins, which counts against isolation where a contract says so."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Promise, Verdict, isolated, reaches
from patternkit.routes.contracts import Contracts
from patternkit.routes.errors import ContractError
from patternkit.routes.templates import StackSource
from tests.patternkit.routes.topologies import Topology

PROXIES = {"does": "proxies", "to": ["10.2.0.0/16"], "ports": [443]}


def around(*, fleet: bool = True, peered: tuple[str, ...] = ("A", "B"), let_in: bool = True) -> Topology:
    """Clients in A and destinations in B, each peered with P, where a fleet of proxies stands, or one."""
    net = Topology()
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    net.vpc("B", "10.2.0.0/16", b="10.2.1.0/24")
    net.vpc("P", "10.9.0.0/16", f="10.9.1.0/24", p="10.9.2.0/24")
    ways: dict[str, dict[str, str] | None] = {}
    for name, block in (("A", "10.1.0.0/16"), ("B", "10.2.0.0/16")):
        if name in peered:
            ends = {"VpcId": {"Ref": name}, "PeerVpcId": {"Ref": "P"}}
            ways[block] = net.add(f"To{name}", "EC2::VPCPeeringConnection", **ends)
            net.table(name, f"{name}Table", name.lower(), routes={"10.9.0.0/16": ways[block]})
    net.table("P", "PTable", "f", "p", routes=ways)
    rules = [{"IpProtocol": "tcp", "FromPort": 3128, "ToPort": 3128, "CidrIp": "0.0.0.0/0"}] if let_in else []
    net.add("Group", "EC2::SecurityGroup", GroupDescription="proxies", VpcId={"Ref": "P"}, SecurityGroupIngress=rules)
    if not fleet:
        net.add("Host", "EC2::Instance", SubnetId={"Ref": "Pp"}, SecurityGroupIds=[{"Ref": "Group"}])
        return net
    net.add("Lb", "ElasticLoadBalancingV2::LoadBalancer", Type="network", Scheme="internal", Subnets=[{"Ref": "Pf"}])
    net.add("Proxies", "ElasticLoadBalancingV2::TargetGroup", TargetType="instance", Protocol="TCP", Port=3128,
            VpcId={"Ref": "P"})  # fmt: skip
    net.add("Listener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Lb"}, Protocol="TCP", Port=3128,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Proxies"}}])  # fmt: skip
    net.add("Template", "EC2::LaunchTemplate", LaunchTemplateData={"SecurityGroupIds": [{"Ref": "Group"}]})
    net.add("Fleet", "AutoScaling::AutoScalingGroup", VPCZoneIdentifier=[{"Ref": "Pp"}],
            LaunchTemplate={"LaunchTemplateId": {"Ref": "Template"}}, TargetGroupARNs=[{"Ref": "Proxies"}])  # fmt: skip
    return net


def proof(net: Topology, promise: Promise, **appliances: Any) -> Any:
    contracts = Contracts.from_data({"appliances": appliances})
    return Network([StackSource("T", net.template())], contracts).prove(promise)


@pytest.mark.parametrize(("fleet", "name"), [(True, "Fleet"), (False, "Host")])
def test_a_declared_proxy_carries_connections_on_and_an_undeclared_one_none(fleet: bool, name: str) -> None:
    net, promise = around(fleet=fleet), isolated("A", "B", port=443)
    assert proof(net, promise).verdict is Verdict.HOLDS
    found = proof(net, promise, **{name: PROXIES})
    assert found.verdict is Verdict.FAILS, str(found)
    assert "ends the connection and opens its own" in str(found)
    assert found.contracts == (f"appliances {name}",)


@pytest.mark.parametrize(
    ("change", "promise"),
    [
        ({}, isolated("A", "B", port=22)),  # a port that it opens no connection to
        ({}, isolated("A", "B", protocol="udp")),
        ({}, isolated("B", "A", port=443)),  # it leads the other way only
        ({}, isolated("A", "B", family=6)),
        ({"peered": ("A",)}, isolated("A", "B", port=443)),  # it has no way on
        ({"peered": ("B",)}, isolated("A", "B", port=443)),  # nobody has a way to it
        ({"let_in": False}, isolated("A", "B", port=443)),
    ],
)
def test_a_proxy_carries_only_what_it_takes_and_has_a_way_for(change: dict[str, Any], promise: Promise) -> None:
    found = proof(around(**change), promise, Fleet=PROXIES)
    wanted = Verdict.UNKNOWN if promise.family == 6 else Verdict.HOLDS  # nothing here has an address of IPv6
    assert found.verdict is wanted, str(found)


def test_no_packet_is_routed_through_a_proxy() -> None:
    """It is no appliance: what `reaches` asks of packets does not hold, declared or not."""
    assert proof(around(), reaches("A", "B", port=443), Fleet=PROXIES).verdict is Verdict.FAILS


def test_a_proxy_may_ask_another() -> None:
    net = around()
    net.vpc("C", "10.3.0.0/16", c="10.3.1.0/24")
    way = net.add("BtoC", "EC2::VPCPeeringConnection", VpcId={"Ref": "B"}, PeerVpcId={"Ref": "C"})
    net.table("C", "CTable", "c", routes={"10.2.0.0/16": way})
    onward = {"DestinationCidrBlock": "10.3.0.0/16", "VpcPeeringConnectionId": way}
    net.add("OnToC", "EC2::Route", RouteTableId={"Ref": "BTable"}, **onward)
    net.add("Second", "EC2::Instance", SubnetId={"Ref": "Bb"}, SecurityGroupIds=[{"Ref": "Open"}])
    everything = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
    net.add("Open", "EC2::SecurityGroup", GroupDescription="o", VpcId={"Ref": "B"}, SecurityGroupIngress=everything)
    promise = isolated("A", "C", port=443)
    assert proof(net, promise, Fleet=PROXIES).verdict is Verdict.HOLDS
    second = {"does": "proxies", "to": ["10.3.0.0/16"]}
    assert proof(net, promise, Fleet=PROXIES, Second=second).verdict is Verdict.FAILS


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ("proxies", "to must name where it opens connections to, as CIDRs, got none"),
        ({"does": "proxies", "to": ["everywhere"]}, r"to must be CIDRs, got \['everywhere'\]"),
        (
            {"does": "proxies", "to": ["10.0.0.0/8"], "ports": [0]},
            r"ports must be numbers between 1 and 65535, got \[0\]",
        ),
        (
            {"does": "proxies", "to": ["10.0.0.0/8"], "ports": [443, 65536]},
            r"ports must be numbers between 1 and 65535, got \[443, 65536\]",
        ),
        (
            {"does": "proxies", "to": ["10.0.0.0/8"], "ports": [True]},
            r"ports must be numbers between 1 and 65535, got \[True\]",
        ),
        (
            {"does": "proxies", "to": ["10.0.0.0/8"], "out": {}},
            "out is for what forwards or translates, not for what proxies",
        ),
        ({"does": "forwards", "to": ["10.0.0.0/8"]}, "to is for proxies, not for what forwards"),
        ("drops", "must be forwards, translates or proxies, got 'drops'"),
    ],
)
def test_a_proxy_that_is_declared_wrongly_is_told_in_one_line(declared: Any, message: str) -> None:
    with pytest.raises(ContractError, match=message):
        Contracts.from_data({"appliances": {"Fleet": declared}})


def test_the_ports_that_there_are_are_taken() -> None:
    declared = {"does": "proxies", "to": ["10.0.0.0/8"], "ports": [1, 65535]}
    assert Contracts.from_data({"appliances": {"Fleet": declared}}).appliances["Fleet"].ports == (
        (1, 1),
        (65535, 65535),
    )
