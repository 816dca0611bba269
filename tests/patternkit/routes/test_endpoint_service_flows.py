"""From a consumer to a target behind an endpoint service as one flow, and faults on each part of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import (
    Contracts,
    Network,
    Promise,
    Verdict,
    isolated,
    no_blackhole,
    reaches,
    same_az,
    symmetric,
)
from patternkit.routes.templates import StackSource
from tests.patternkit.routes.test_carriers import ANYWHERE, group, linked
from tests.patternkit.routes.topologies import Topology

ASKED = reaches("Aa", "Host", port=443)


def service(**changes: Any) -> Topology:
    """Two zones on both sides, with equal ranges; the host lets in the load balancer's group alone."""
    net = linked()
    net.subnet("A", "b", "10.0.3.0/24")
    net.subnet("B", "b", "10.0.3.0/24")
    group(net, "Front", "B", {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"})
    group(net, "Back", "B", {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
                             "SourceSecurityGroupId": {"Ref": "Front"}})  # fmt: skip
    net.resources["Host"]["Properties"]["GroupSet"] = [{"Ref": "Back"}]
    balanced = [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    net.resources["Nlb"]["Properties"] |= {
        "Subnets": [{"Ref": "Ba"}, {"Ref": "Bb"}],
        "SecurityGroups": [{"Ref": "Front"}],
        "LoadBalancerAttributes": balanced,
    }
    net.resources["Endpoint"]["Properties"]["SubnetIds"] = [{"Ref": "Aa"}, {"Ref": "Ab"}]
    for resource, properties in changes.items():
        net.resources[resource]["Properties"].update(properties)
    return net


@pytest.mark.parametrize("kind", [reaches, no_blackhole, symmetric])
@pytest.mark.parametrize("end", ["Host", "Bah"])
def test_it_is_one_flow_whatever_ranges_overlap(kind: Callable[..., Promise], end: str) -> None:
    proof = service().network().prove(kind("Aa", end, port=443))
    assert proof.verdict is Verdict.HOLDS, str(proof)
    assert proof.flows == proof.delivered == 2, "by the endpoint's interface in each zone"
    told = any("of Net/Bah, what is a target of an endpoint service" in note for note in proof.notes)
    assert told is (end == "Bah"), "a host of the subnet that is no target is not reached"


def test_every_part_is_on_its_way_there_and_back() -> None:
    trace = service().network().trace("Aa", "Host")
    assert trace.verdict is Verdict.HOLDS
    assert [name for name in trace.forward if name in ("Net/Endpoint", "Net/Nlb")] == ["Net/Endpoint", "Net/Nlb"]
    assert (trace.forward[0], trace.forward[-1], trace.back[0], trace.back[-1]) == (
        "Net/Aa",
        "Net/Bah",
        "Net/Bah",
        "Net/Aa",
    )


def test_it_leads_one_way_and_to_what_is_offered() -> None:
    net = service().network()
    net.assert_holds(isolated("Host", "Aa"), isolated("Aa", "Ba"))
    assert net.prove(reaches("Host", "Aa", port=443)).verdict is Verdict.FAILS
    for port in (22, None):
        proof = net.prove(reaches("Aa", "Host", port=port))
        assert proof.verdict is Verdict.FAILS
        assert "has no listener for it" in proof.reason


def test_zones_are_asked_of_every_part() -> None:
    proof = service().network().prove(same_az("Aa", "Host", port=443))
    assert proof.verdict is Verdict.FAILS, "a load balancer across zones leaves the zone"


def _acl(net: Topology) -> None:
    net.acl("Acl", "Bah", inbound=["allow all * 0.0.0.0/0"], outbound=["deny all * 10.0.1.0/24"])
    net.resources["Acl"]["Properties"]["VpcId"] = {"Ref": "B"}


def _one_zone(net: Topology) -> None:
    net.resources["Nlb"]["Properties"]["LoadBalancerAttributes"] = []


def _change(resource: str, **properties: Any) -> Callable[[Topology], None]:
    return lambda net: net.resources[resource]["Properties"].update(properties)


def _rule(port: int, **of: Any) -> list[dict[str, Any]]:
    return [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **of}]


def _clients_kept(net: Topology) -> None:
    """The target lets the consumers' range in, which it would see if their addresses were kept."""
    net.resources["B"]["Properties"]["CidrBlock"] = "10.9.0.0/16"
    for name in ("Ba", "Bah", "Bb"):
        properties = net.resources[name]["Properties"]
        properties["CidrBlock"] = properties["CidrBlock"].replace("10.0.", "10.9.")
    net.resources["Host"]["Properties"]["PrivateIpAddress"] = "10.9.2.10"
    keeps = [{"Key": "preserve_client_ip.enabled", "Value": "true"}]
    net.resources["Group"]["Properties"] |= {"Targets": [{"Id": "10.9.2.10"}], "TargetGroupAttributes": keeps}
    net.resources["Back"]["Properties"]["SecurityGroupIngress"] = _rule(80, CidrIp="10.0.0.0/16")


@pytest.mark.parametrize(
    ("mutate", "verdict", "said"),
    [
        (_change("Service", AcceptanceRequired=True), Verdict.UNKNOWN, "whether Net/Service accepts Net/Endpoint"),
        (_change("Ab", AvailabilityZone="eu-west-1c"), Verdict.UNKNOWN, "AWS refuses: Net/Service is not offered in"),
        (_one_zone, Verdict.FAILS, "Net/Nlb has no target in eu-west-1b, and does not balance across zones"),
        (_change("Door", SecurityGroupIngress=[]), Verdict.FAILS, "the security groups deny it into Net/Endpoint"),
        (
            _change("Front", SecurityGroupIngress=_rule(443, CidrIp="203.0.113.7/32")),
            Verdict.FAILS,
            "deny it into Net/Nlb interface 1, which rules on what comes by Net/Endpoint",
        ),
        (_change("Front", SecurityGroupEgress=_rule(8080, CidrIp="10.0.0.0/16")), Verdict.FAILS, "out of Net/Nlb"),
        (_change("Group", Port=8080), Verdict.FAILS, "the security groups deny it into Net/Host"),
        (_change("Back", SecurityGroupIngress=[]), Verdict.FAILS, "the security groups deny it into Net/Host"),
        (_clients_kept, Verdict.FAILS, "the security groups deny it into Net/Host"),
        (_acl, Verdict.FAILS, "its reply is lost: the network ACL"),
        (_change("Group", Targets=[]), Verdict.FAILS, ""),
        (_change("Listener", Port=8443), Verdict.FAILS, "has no listener for it"),
    ],
)
def test_a_mutant_is_caught(mutate: Callable[[Topology], None], verdict: Verdict, said: str) -> None:
    net = service()
    assert net.network().prove(ASKED).verdict is Verdict.HOLDS
    mutate(net)
    proof = net.network().prove(ASKED)
    assert proof.verdict is verdict, str(proof)
    assert said in str(proof)


def test_groups_of_the_load_balancer_are_asked_unless_it_says_otherwise() -> None:
    net = service(Front={"SecurityGroupIngress": []})
    assert net.network().prove(ASKED).verdict is Verdict.FAILS
    net.resources["Nlb"]["Properties"]["EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"] = "off"
    assert net.network().prove(ASKED).verdict is Verdict.HOLDS


LATER = {"Fn::ImportValue": "later"}


def test_where_it_does_not_say_whether_its_groups_are_asked_only_what_they_deny_is_not_decided() -> None:
    setting = {"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": LATER}
    open_ = service()
    open_.resources["Nlb"]["Properties"] |= setting
    assert open_.network().prove(ASKED).verdict is Verdict.HOLDS
    shut = service(Front={"SecurityGroupIngress": []})
    shut.resources["Nlb"]["Properties"] |= setting
    proof = shut.network().prove(ASKED)
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.reason == (
        "Net/Nlb: whether its security groups are asked about what comes by PrivateLink: "
        "no stack of the set exports 'later', which Net imports (contract: imports)"
    )


@pytest.mark.parametrize(
    ("allowed", "verdict"),
    [
        (["arn:aws:iam::444455556666:root"], Verdict.HOLDS),
        (["arn:aws:iam::777788889999:root"], Verdict.UNKNOWN),
        ([], Verdict.UNKNOWN),
    ],
)
def test_another_account_is_allowed_by_name(allowed: list[str], verdict: Verdict) -> None:
    net = service()
    consumer = {name: net.resources.pop(name) for name in ("A", "Aa", "Ab", "Door", "Endpoint")}
    consumer["Endpoint"]["Properties"]["ServiceName"] = {"Ref": "Service"}
    net.add("Permissions", "EC2::VPCEndpointServicePermissions", ServiceId={"Ref": "Service"},
            AllowedPrincipals=allowed)  # fmt: skip
    template = {"Parameters": {"Service": {"Type": "String"}}, "Resources": consumer}
    sources = [
        StackSource("Net", net.template(), account="111122223333"),
        StackSource("Consumer", template, account="444455556666"),
    ]
    contracts = Contracts.from_data({"parameters": {"Consumer": {"Service": {"resource": "Net/Service"}}}})
    proof = Network(sources, contracts).prove(ASKED)
    assert proof.verdict is verdict, str(proof)
    assert verdict is Verdict.HOLDS or "whether Net/Service allows Consumer/Endpoint" in proof.reason


def test_a_way_by_routes_is_what_is_meant_where_there_is_one() -> None:
    net = service(Door={"SecurityGroupIngress": []}, Back={"SecurityGroupIngress": [ANYWHERE]})
    net.resources["B"]["Properties"]["CidrBlock"] = "10.9.0.0/16"
    for name in ("Ba", "Bah", "Bb"):
        properties = net.resources[name]["Properties"]
        properties["CidrBlock"] = properties["CidrBlock"].replace("10.0.", "10.9.")
    net.resources["Host"]["Properties"]["PrivateIpAddress"] = "10.9.2.10"
    net.resources["Group"]["Properties"]["Targets"] = [{"Id": "10.9.2.10"}]
    assert net.network().prove(ASKED).verdict is Verdict.FAILS
    net.peering("Peering", "A", "B")
    net.table("A", "AToB", "a", routes={"10.9.0.0/16": {"Ref": "Peering"}})
    net.table("B", "BToA", "ah", routes={"10.0.0.0/16": {"Ref": "Peering"}})
    assert net.network().prove(ASKED).verdict is Verdict.HOLDS


def test_an_endpoint_of_another_vpc_serves_what_gets_there() -> None:
    net = service(Door={"SecurityGroupIngress": [ANYWHERE]})
    net.vpc("C", "10.8.0.0/16", a="10.8.1.0/24")
    asked = reaches("Ca", "Host", port=443)
    assert net.network().prove(asked).verdict is Verdict.FAILS
    net.peering("Peering", "A", "C")
    net.table("C", "CToA", "a", routes={"10.0.0.0/16": {"Ref": "Peering"}})
    net.table("A", "AToC", "a", "b", routes={"10.8.0.0/16": {"Ref": "Peering"}})
    proof = net.network().prove(asked)
    # The endpoint's clients come with addresses of another VPC, which the load balancer's group does not let in.
    assert proof.verdict is Verdict.FAILS
    assert "rules on what comes by Net/Endpoint" in proof.reason
    net.resources["Front"]["Properties"]["SecurityGroupIngress"] = [ANYWHERE]
    net.network().assert_holds(asked)


def test_an_application_load_balancer_behind_the_service() -> None:
    net = service()
    group(net, "Inner", "B", {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80,
                              "SourceSecurityGroupId": {"Ref": "Front"}})  # fmt: skip
    net.add("Alb", "ElasticLoadBalancingV2::LoadBalancer", Type="application", Scheme="internal",
            Subnets=[{"Ref": "Ba"}, {"Ref": "Bb"}], SecurityGroups=[{"Ref": "Inner"}])  # fmt: skip
    net.add("AlbGroup", "ElasticLoadBalancingV2::TargetGroup", TargetType="ip", Protocol="HTTP", Port=80,
            VpcId={"Ref": "B"}, Targets=[{"Id": "10.0.2.10"}])  # fmt: skip
    net.add("AlbListener", "ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Alb"}, Protocol="HTTP", Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "AlbGroup"}}])  # fmt: skip
    net.resources["Group"]["Properties"] |= {"TargetType": "alb", "Targets": [{"Id": {"Ref": "Alb"}, "Port": 80}]}
    assert "deny it into Net/Host" in net.network().prove(ASKED).reason
    net.resources["Back"]["Properties"]["SecurityGroupIngress"] = _rule(80, SourceSecurityGroupId={"Ref": "Inner"})
    net.network().assert_holds(ASKED)
    net.resources["Inner"]["Properties"]["SecurityGroupIngress"] = []
    assert "deny it into Net/Alb" in net.network().prove(ASKED).reason
