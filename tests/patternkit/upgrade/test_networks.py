"""Rules of groups and network ACLs, and routes: what covers what, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.patternkit.upgrade.lines import lines, resource

GROUP = {"G": resource("EC2::SecurityGroup", GroupDescription="x", SecurityGroupIngress=[])}
PEERS = {
    "CidrIp": "10.0.0.0/8",
    "CidrIpv6": "2001:db8::/32",
    "SourcePrefixListId": "pl-1",
    "SourceSecurityGroupId": "sg-1",
    "SourceSecurityGroupName": "web",
}


def ingress(**rule: Any) -> dict[str, Any]:
    return {"R": resource("EC2::SecurityGroupIngress", GroupId={"Fn::GetAtt": ["G", "GroupId"]}, **rule)}


def egress(**rule: Any) -> dict[str, Any]:
    return {"R": resource("EC2::SecurityGroupEgress", GroupId={"Fn::GetAtt": ["G", "GroupId"]}, **rule)}


@pytest.mark.parametrize(("peer", "value"), PEERS.items())
def test_each_kind_of_peer(peer: str, value: str) -> None:
    rule = {"IpProtocol": "udp", "FromPort": 53, "ToPort": 53, peer: value}
    old, new = GROUP, GROUP | ingress(**rule)
    assert lines(old, new) == [f"danger: exposure: R: G lets udp port 53 from {value} through, and did not"]
    assert not lines(new, new)
    assert not lines(new, old)
    named = {"R": resource("EC2::SecurityGroupIngress", GroupName="G", **rule)}
    assert lines(old, GROUP | named) == lines(old, new)


@pytest.mark.parametrize("peer", ["DestinationPrefixListId", "DestinationSecurityGroupId"])
def test_each_kind_of_peer_that_is_sent_to(peer: str) -> None:
    closed = {"G": resource("EC2::SecurityGroup", GroupDescription="x", SecurityGroupEgress=[])}
    new = closed | egress(IpProtocol="tcp", FromPort=1, ToPort=2, **{peer: "x-1"})
    assert lines(closed, new) == ["danger: exposure: R: G lets tcp port 1 to 2 to x-1 through, and did not"]
    # Without a rule of its own, a group is made with one for everything: what that covers is nothing new.
    told = "CloudFormation takes the rule for everything off G when it adds this one: what else G sends stops"
    assert lines(GROUP, GROUP | egress(IpProtocol="-1", CidrIp="10.0.0.0/8")) == [f"note: exposure: R: {told}"]


def test_a_separate_rule_takes_the_one_for_everything_away() -> None:
    some, more = (egress(IpProtocol="tcp", FromPort=443, ToPort=one, CidrIp="10.0.0.0/8") for one in (443, 8443))
    # What the group was made with is gone since the first separate rule: the second one lets more through.
    told = ["danger: exposure: R: G lets tcp port 443 to 8443 to 10.0.0.0/8 through, and did not"]
    assert lines(GROUP | some, GROUP | more) == told
    assert not lines(GROUP | more, GROUP | some)
    assert not lines(GROUP | some, GROUP)
    every = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
    written = {"G": resource("EC2::SecurityGroup", GroupDescription="x", SecurityGroupEgress=[every])}
    assert [one.split(":")[0] for one in lines(written, written | some)] == ["note"]
    assert not lines({}, GROUP | some)


def test_a_group_that_has_outbound_rules_only_under_a_condition() -> None:
    """Without any it is made with one for everything."""
    narrow = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}]
    maybe = {"Fn::If": ["C", narrow, {"Ref": "AWS::NoValue"}]}
    one, other = ({"G": resource("EC2::SecurityGroup", SecurityGroupEgress=rules)} for rules in (narrow, maybe))
    assert lines(one, other) == ["danger: exposure: G: G lets every port to 0.0.0.0/0 through, and did not"]
    assert not lines(other, other)
    assert not lines(other, one)


def test_rules_that_come_and_go_with_their_group() -> None:
    everything = ["danger: exposure: G: G lets every port to 0.0.0.0/0 through, and did not"]
    closed = {"G": resource("EC2::SecurityGroup", GroupDescription="x", SecurityGroupEgress=[])}
    assert lines(closed, GROUP) == everything
    assert lines({}, GROUP | ingress(IpProtocol="tcp", FromPort=1, ToPort=1, CidrIp="10.0.0.0/8")) == []
    # A group that neither template makes, and that had a rule here.
    outside = {"R": resource("EC2::SecurityGroupIngress", GroupId="sg-9", IpProtocol="tcp", FromPort=1, ToPort=1)}
    old, new = (
        {"R": {**outside["R"], "Properties": {**outside["R"]["Properties"], "CidrIp": block}}}
        for block in ("10.0.0.0/16", "10.0.0.0/8")
    )
    assert lines(old, new) == ["danger: exposure: R: sg-9 lets tcp port 1 from 10.0.0.0/8 through, and did not"]
    assert lines({"T": resource("SNS::Topic")}, {"T": resource("SNS::Topic")} | new) == []


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ({"FromPort": 80, "ToPort": 90}, {"FromPort": 80, "ToPort": 90}),
        ({"FromPort": 80, "ToPort": 90}, {"FromPort": 81, "ToPort": 89}),
        ({"FromPort": -1, "ToPort": -1}, {"FromPort": 0, "ToPort": 65535}),
        ({"FromPort": "80", "ToPort": "90"}, {"FromPort": 80, "ToPort": 90}),
        ({"IpProtocol": "TCP", "FromPort": 80, "ToPort": 90}, {"IpProtocol": "6", "FromPort": 80, "ToPort": 90}),
        ({"IpProtocol": "udp"}, {"IpProtocol": "17"}),
        ({"IpProtocol": "icmp"}, {"IpProtocol": "1"}),
        ({"IpProtocol": "icmpv6"}, {"IpProtocol": "58"}),
        ({"IpProtocol": "-1", "FromPort": 9, "ToPort": 9}, {"FromPort": 80, "ToPort": 90}),
        ({}, {"FromPort": 0, "ToPort": 65535}),
        ({"FromPort": {"Ref": "P"}, "ToPort": {"Ref": "P"}}, {"FromPort": {"Ref": "P"}, "ToPort": {"Ref": "P"}}),
        ({"CidrIp": "10.0.0.0/8"}, {"CidrIp": "10.9.0.0/16"}),
    ],
)
def test_what_covers_what(wide: dict[str, Any], narrow: dict[str, Any]) -> None:
    rule = {"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}
    old, new = GROUP | ingress(**rule | wide), GROUP | ingress(**rule | narrow)
    assert not lines(old, new)


@pytest.mark.parametrize(
    ("old", "new", "reads"),
    [
        ({"FromPort": 80}, {"FromPort": 79}, "tcp port 79 to 90 from 10.0.0.0/8"),
        ({"ToPort": 90}, {"ToPort": 91}, "tcp port 80 to 91 from 10.0.0.0/8"),
        ({"IpProtocol": "tcp"}, {"IpProtocol": "132"}, "protocol 132 port 80 to 90 from 10.0.0.0/8"),
        ({"IpProtocol": "udp"}, {"IpProtocol": "icmp"}, "icmp port 80 to 90 from 10.0.0.0/8"),
        ({"IpProtocol": "udp"}, {"IpProtocol": "icmpv6"}, "icmpv6 port 80 to 90 from 10.0.0.0/8"),
        ({"IpProtocol": "tcp"}, {"IpProtocol": "-1"}, "every port from 10.0.0.0/8"),
        ({"FromPort": 80}, {"FromPort": {"Ref": "P"}}, "tcp port P to 90 from 10.0.0.0/8"),
        ({"CidrIp": "10.0.0.0/8"}, {"CidrIp": "10.0.0.0/7"}, "tcp port 80 to 90 from 10.0.0.0/7"),
        ({"CidrIp": "10.0.0.0/8"}, {"CidrIp": "11.0.0.0/8"}, "tcp port 80 to 90 from 11.0.0.0/8"),
        ({"CidrIp": None, "CidrIpv6": "2001:db8::/32"}, {}, "tcp port 80 to 90 from 10.0.0.0/8"),
        ({}, {"CidrIp": None, "CidrIpv6": "2001:db8::/32"}, "tcp port 80 to 90 from 2001:db8::/32"),
        (
            {"CidrIp": None, "CidrIpv6": "2001:db8::/33"},
            {"CidrIp": None, "CidrIpv6": "2001:db8::/32"},
            "tcp port 80 to 90 from 2001:db8::/32",
        ),
    ],
)
def test_what_is_wider(old: dict[str, Any], new: dict[str, Any], reads: str) -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 90, "CidrIp": "10.0.0.0/8"}
    before, after = GROUP | ingress(**rule | old), GROUP | ingress(**rule | new)
    assert lines(before, after) == [f"danger: exposure: R: G lets {reads} through, and did not"]


def test_a_narrower_block_of_ipv6() -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    wide, narrow = (GROUP | ingress(**rule, CidrIpv6=f"2001:db8::/{length}") for length in (32, 48))
    assert not lines(wide, narrow)


def test_half_the_internet_is_told_as_the_internet() -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    for block, told in (("128.0.0.0/1", "is open to"), ("64.0.0.0/2", "G lets tcp port 80 from")):
        (line,) = lines(GROUP, GROUP | ingress(**rule, CidrIp=block))
        assert told in line
    closed = {"G": resource("EC2::SecurityGroup", GroupDescription="x", SecurityGroupEgress=[])}
    assert len(lines(closed, closed | egress(**rule, CidrIp="0.0.0.0/0"))) == 1


@pytest.mark.parametrize("reference", [{"Ref": "Peer"}, {"Fn::GetAtt": ["Peer", "GroupId"]}])
def test_a_rule_for_a_group_that_is_new_reaches_nothing_that_was_there(reference: Any) -> None:
    peer = {"Peer": resource("EC2::SecurityGroup", GroupDescription="x")}
    rule = ingress(IpProtocol="tcp", FromPort=1, ToPort=1, SourceSecurityGroupId=reference)
    (note,) = lines(GROUP, GROUP | peer | rule)
    assert note.startswith("note: exposure: R: G lets tcp port 1 from Peer")
    (danger,) = lines(GROUP | peer, GROUP | peer | rule)
    assert danger.startswith("danger: exposure: R: G lets tcp port 1 from Peer")


ACL = {"Acl": resource("EC2::NetworkAcl", VpcId="vpc-1")}


def entry(action: str = "allow", **more: Any) -> dict[str, Any]:
    given = {"NetworkAclId": {"Ref": "Acl"}, "CidrBlock": "10.0.0.0/8", "RuleNumber": 1, "Protocol": 6, **more}
    return {"E": resource("EC2::NetworkAclEntry", RuleAction=action, **given)}


@pytest.mark.parametrize(
    ("more", "reads"),
    [
        ({"PortRange": {"From": 80, "To": 90}}, "tcp port 80 to 90 from 10.0.0.0/8"),
        ({"PortRange": {"From": 80, "To": 80}, "Egress": True}, "tcp port 80 to 10.0.0.0/8"),
        ({"PortRange": {"From": 80, "To": 80}, "Egress": "true"}, "tcp port 80 to 10.0.0.0/8"),
        ({"PortRange": {"From": 80, "To": 80}, "Egress": False}, "tcp port 80 from 10.0.0.0/8"),
        ({}, "tcp port 0 to 65535 from 10.0.0.0/8"),
        ({"Protocol": "-1"}, "every port from 10.0.0.0/8"),
        ({"Protocol": None}, "every port from 10.0.0.0/8"),
        ({"CidrBlock": None, "Ipv6CidrBlock": "2001:db8::/32"}, "tcp port 0 to 65535 from 2001:db8::/32"),
    ],
)
def test_the_entries_of_a_network_acl(more: dict[str, Any], reads: str) -> None:
    allows, denies = ACL | entry("ALLOW", **more), ACL | entry("deny", **more)
    assert lines(ACL, allows) == [f"danger: exposure: E: Acl lets {reads} through, and did not"]
    assert lines(denies, ACL) == [f"danger: exposure: E: Acl denied {reads}, and does not any more"]
    assert not lines(allows, ACL)
    assert not lines(ACL, denies)
    assert not lines(denies, denies)


def test_a_denial_goes_with_its_acl() -> None:
    topic = {"T": resource("SNS::Topic")}
    assert not lines(topic | ACL | entry("deny"), topic)
    # An ACL that neither template makes stays without its denial.
    outside = entry("deny", NetworkAclId="acl-1")
    assert lines(topic | outside, topic) == [
        "danger: exposure: E: acl-1 denied tcp port 0 to 65535 from 10.0.0.0/8, and does not any more"
    ]


TABLE = {"Table": resource("EC2::RouteTable", VpcId="vpc-1")}
TARGETS = ["GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "InstanceId"]
TARGETS += ["NetworkInterfaceId", "VpcEndpointId", "EgressOnlyInternetGatewayId", "CarrierGatewayId", "LocalGatewayId"]
TARGETS += ["CoreNetworkArn"]


def route(kind: str = "Route", table: str = "RouteTableId", **more: Any) -> dict[str, Any]:
    return {"R": resource(f"EC2::{kind}", **{table: {"Ref": "Table"}}, **more)}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("destination", ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"])
def test_each_kind_of_target_and_destination(target: str, destination: str) -> None:
    way = {"DestinationCidrBlock": "10.0.0.0/8", "DestinationIpv6CidrBlock": "2001:db8::/32"}.get(destination, "pl-1")
    new = TABLE | route(**{destination: way, target: "x-1"})
    old = TABLE | route(**{destination: way, target: "x-2"})
    says = f"danger: exposure: R: the route of Table to {way} leads to x-1, and led"
    assert lines(TABLE, new) == [f"{says} nowhere of its own"]
    assert lines(old, new) == [f"{says} to x-2"]
    assert not lines(new, new)
    assert not lines(new, TABLE)
    assert not lines({}, new)


@pytest.mark.parametrize(
    ("kind", "table", "target"),
    [
        ("TransitGatewayRoute", "TransitGatewayRouteTableId", "TransitGatewayAttachmentId"),
        ("LocalGatewayRoute", "LocalGatewayRouteTableId", "LocalGatewayVirtualInterfaceGroupId"),
        ("LocalGatewayRoute", "LocalGatewayRouteTableId", "NetworkInterfaceId"),
    ],
)
def test_the_routes_of_other_gateways(kind: str, table: str, target: str) -> None:
    made = {"Table": resource("Shop::RouteTable", Name="x")}
    new = made | route(kind, table, DestinationCidrBlock="10.0.0.0/8", **{target: "x-1"})
    hole = made | route(kind, table, DestinationCidrBlock="10.0.0.0/8")
    assert lines(made, new) == [
        "danger: exposure: R: the route of Table to 10.0.0.0/8 leads to x-1, and led nowhere of its own"
    ]
    assert lines(hole, made) == ["danger: exposure: R: Table dropped what goes to 10.0.0.0/8, and does not any more"]
    assert lines(hole, new) == [
        "danger: exposure: R: the route of Table to 10.0.0.0/8 leads to x-1, and led to nothing"
    ]
    assert not lines(made, hole)
    assert not lines(hole, {"T": resource("SNS::Topic")})


def test_a_route_within_one_that_led_there_already() -> None:
    wide = TABLE | route(DestinationCidrBlock="10.0.0.0/8", GatewayId="x-1")
    narrow = {"S": resource("EC2::Route", RouteTableId={"Ref": "Table"}, DestinationCidrBlock="10.9.0.0/16")}
    for target, said in (("x-1", 0), ("x-2", 1)):
        narrow["S"]["Properties"]["GatewayId"] = target
        assert len(lines(wide, wide | narrow)) == said
    other = {"Other": resource("EC2::RouteTable", VpcId="vpc-1")}
    narrow["S"]["Properties"] |= {"RouteTableId": {"Ref": "Other"}, "GatewayId": "x-1"}
    assert lines(wide | other, wide | other | narrow) == [
        "danger: exposure: S: the route of Other to 10.9.0.0/16 leads to x-1, and led nowhere of its own"
    ]


@pytest.mark.parametrize("table", [{"Ref": "Table"}, {"Fn::GetAtt": ["Table", "RouteTableId"]}])
def test_a_table_by_its_attribute(table: Any) -> None:
    new = {"R": resource("EC2::Route", RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", GatewayId="x-1")}
    (line,) = lines(TABLE, TABLE | new)
    assert " of Table to " in line


def test_a_table_that_neither_template_makes() -> None:
    def outside(target: str) -> dict[str, Any]:
        return {"R": resource("EC2::Route", RouteTableId="rtb-1", DestinationCidrBlock="10.0.0.0/8", GatewayId=target)}

    assert lines(outside("x-1"), outside("x-2")) == [
        "danger: exposure: R: the route of rtb-1 to 10.0.0.0/8 leads to x-2, and led to x-1"
    ]
    assert not lines({"T": resource("SNS::Topic")}, {"T": resource("SNS::Topic")} | outside("x-1"))
