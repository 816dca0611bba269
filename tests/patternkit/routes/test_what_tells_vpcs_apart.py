"""What tells a VPC apart from its likes: each thing in it, and each mention of it; what all have tells none apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import Network
from patternkit.routes.addresses import Prefix, parse_prefix, prefix
from patternkit.routes.model import Subnet
from patternkit.routes.vpc_equivalence import VpcClasses
from tests.patternkit.routes.topologies import Topology, inspection

SPOKES = 3
Change = Callable[[Topology, int], Any]


def made(change: Change | None, *numbers: int) -> Topology:
    net = inspection(spokes=SPOKES, letters="a")
    for number in numbers:
        assert change is not None
        change(net, number)
    return net


def keys(net: Topology, marks: dict[str, Any] | None = None, *mentioned: Prefix, **options: Any) -> list[Any]:
    network = Network.from_templates({"Net": net.template()}, **options)
    found = VpcClasses(network.model).keys(marks or {}, mentioned)
    return [found[f"⟨Net/S{number}⟩"] for number in range(SPOKES)]


def properties(name: str, **given: Any) -> Change:
    def change(net: Topology, number: int) -> None:
        net.resources[name.format(number)]["Properties"].update(given)

    return change


def routed(destination: str, target: Callable[[Topology, int], Any], table: str = "S{}aTable") -> Change:
    def change(net: Topology, number: int) -> None:
        net.route(table.format(number), destination.format(number * 4), target(net, number))

    return change


def an_acl(net: Topology, number: int, remote: str = "10.9.0.0/16", **given: Any) -> None:
    name = f"S{number}"
    net.add(f"{name}Acl", "EC2::NetworkAcl", VpcId={"Ref": name})
    net.add(f"{name}AclOf", "EC2::SubnetNetworkAclAssociation", SubnetId={"Ref": f"{name}a"},
            NetworkAclId={"Ref": f"{name}Acl"})  # fmt: skip
    rule = {"RuleNumber": 100, "Protocol": 6, "RuleAction": "allow", "Egress": False, "CidrBlock": remote, **given}
    net.add(f"{name}AclRule", "EC2::NetworkAclEntry", NetworkAclId={"Ref": f"{name}Acl"}, **rule)


def acl(remote: str = "10.9.0.0/16", **given: Any) -> Change:
    return lambda net, number: an_acl(net, number, remote.format(number * 4), **given)


def an_internet_gateway(net: Topology, number: int) -> Any:
    return net.internet_gateway(f"S{number}")


def a_nat_gateway(net: Topology, number: int) -> Any:
    return net.nat(f"S{number}Nat", f"S{number}at")


def an_egress_only_gateway(net: Topology, number: int) -> Any:
    return net.add(f"S{number}Eigw", "EC2::EgressOnlyInternetGateway", VpcId={"Ref": f"S{number}"})


def s3(net: Topology, number: int) -> None:
    net.add(f"S{number}S3", "EC2::VPCEndpoint", VpcId={"Ref": f"S{number}"}, ServiceName="com.amazonaws.eu-west-1.s3",
            RouteTableIds=[{"Ref": f"S{number}aTable"}])  # fmt: skip


def another_subnet(net: Topology, number: int) -> None:
    net.subnet(f"S{number}", "c", f"10.0.{number * 4 + 2}.0/24")


def another_block(net: Topology, number: int) -> None:
    net.add(f"S{number}More", "EC2::VPCCidrBlock", VpcId={"Ref": f"S{number}"}, CidrBlock=f"10.20.{number}.0/24")


def ipv6(net: Topology, number: int) -> None:
    block = f"2600:1f18:0:{number}00::/56"
    net.add(f"S{number}Six", "EC2::VPCCidrBlock", VpcId={"Ref": f"S{number}"}, Ipv6CidrBlock=block)


def options(**given: str) -> Change:
    return properties("S{}At", Options=given)


def transit(table: str, destination: str, attachment: str | None = "S{}At") -> Change:
    def change(net: Topology, number: int) -> None:
        to = None if attachment is None else attachment.format(number)
        net.transit_route(table, destination.format(number * 4), to)

    return change


def without(name: str) -> Change:
    return lambda net, number: net.resources.pop(name.format(number)) and None


def a_group_that_names(remote: str) -> Change:
    def change(net: Topology, number: int) -> None:
        rules = [{"IpProtocol": "-1", "CidrIp": remote.format(number * 4)}]
        net.add(f"Names{number}", "EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "M"},
                SecurityGroupIngress=rules)  # fmt: skip

    return change


def a_stateless_rule(side: str) -> Change:
    def change(net: Topology, number: int) -> None:
        match = {side: [{"AddressDefinition": f"10.0.{number * 4}.0/24"}]}
        listed = [{"Priority": 1, "RuleDefinition": {"Actions": ["aws:drop"], "MatchAttributes": match}}]
        source = {"StatelessRulesAndCustomActions": {"StatelessRules": listed}}
        net.add(f"Rules{number}", "NetworkFirewall::RuleGroup", Type="STATELESS", RuleGroup={"RulesSource": source})
        policy = net.resources["Policy"]["Properties"]["FirewallPolicy"]
        reference = {"ResourceArn": {"Ref": f"Rules{number}"}, "Priority": number + 1}
        policy["StatelessRuleGroupReferences"] = [*policy.get("StatelessRuleGroupReferences", ()), reference]

    return change


def one_that_names(*blocks: str, by: str) -> Topology:
    """A group, a stateless rule, a network ACL or a table of the hub that names a part of each spoke."""
    net = made(None)
    if by == "group":
        rules = [{"IpProtocol": "-1", "CidrIp": block} for block in blocks]
        net.add("Names", "EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "M"}, SecurityGroupEgress=rules,
                SecurityGroupIngress=rules)  # fmt: skip
    elif by == "table":
        for block in blocks:
            net.route("Mfa", block, {"Ref": "Tgw"})
    elif by == "table of NAT64":
        for part in map(prefix, blocks):
            net.route(
                "Mfa", f"64:ff9b::{part.first >> 16:x}:{part.first & 0xFFFF:x}/{96 + part.length}", {"Ref": "Tgw"}
            )
    elif by == "transit table":
        for block in blocks:
            net.transit_route("HubTable", block, "MAt")
    else:
        match = {by: [{"AddressDefinition": block} for block in blocks]}
        listed = [{"Priority": 1, "RuleDefinition": {"Actions": ["aws:drop"], "MatchAttributes": match}}]
        source = {"StatelessRulesAndCustomActions": {"StatelessRules": listed}}
        net.add("Rules", "NetworkFirewall::RuleGroup", Type="STATELESS", RuleGroup={"RulesSource": source})
        policy = net.resources["Policy"]["Properties"]["FirewallPolicy"]
        policy["StatelessRuleGroupReferences"] = [{"ResourceArn": {"Ref": "Rules"}, "Priority": 1}]
    return net


@pytest.mark.parametrize("by", ["group", "Sources", "Destinations", "table", "table of NAT64", "transit table"])
def test_one_that_names_the_same_part_of_each_tells_none_apart(by: str) -> None:
    alike = one_that_names(*(f"10.0.{number * 4 + 1}.0/24" for number in range(SPOKES)), by=by)
    assert len(set(keys(alike))) == 1
    for odd in ("10.0.6.0/24", "10.0.5.0/25", "10.0.4.0/23"):
        apart = one_that_names("10.0.1.0/24", odd, "10.0.9.0/24", by=by)
        first, second, third = keys(apart)
        assert (first == third, first == second) == (True, False), odd
    two = one_that_names(*(f"10.0.{number * 4}.{part}/25" for number in range(SPOKES) for part in (0, 128)), by=by)
    assert len(set(keys(two))) == 1


@pytest.mark.parametrize("wide", [0, 1, 2])
def test_ranges_that_share_addresses_leave_their_vpcs_alone(wide: int) -> None:
    """Whichever is the wide one, and wherever between others the narrow ones begin; AWS lets VPCs share ranges."""
    net = Topology()
    blocks = ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]
    blocks.insert(wide, "10.0.0.0/16")
    for number, block in enumerate([*blocks, "10.8.0.0/16", "10.9.0.0/16"]):
        net.vpc(f"V{number}", block)
    found = VpcClasses(net.network().model).keys({})
    alone = [number for number in range(6) if found[f"⟨Net/V{number}⟩"] == f"⟨Net/V{number}⟩"]
    assert alone == [0, 1, 2, 3]
    assert found["⟨Net/V4⟩"] == found["⟨Net/V5⟩"]


APART: dict[str, Change] = {
    "a zone": properties("S{}a", AvailabilityZone="eu-west-1b"),
    "public addresses": properties("S{}a", MapPublicIpOnLaunch=True),
    "a subnet's block": properties("S{}a", CidrBlock="10.0.0.0/25"),
    "a subnet more": another_subnet,
    "a block more": another_block,
    "IPv6": ipv6,
    "an internet gateway": lambda net, number: an_internet_gateway(net, number) and None,
    "an egress-only gateway": lambda net, number: an_egress_only_gateway(net, number) and None,
    "a route to its internet gateway": routed("8.8.0.0/16", an_internet_gateway),
    "a route to its NAT gateway": routed("8.8.0.0/16", a_nat_gateway),
    "a route to a service": s3,
    "a route to the transit gateway": routed("8.8.0.0/16", lambda *_: {"Ref": "Tgw"}),
    "no route": without("S{}aTableRoute0"),
    "no table of its own": without("S{}aTableOfa"),
    "the table of another subnet": properties("S{}aTableOfa", RouteTableId={"Ref": "S1atTable"}),
    "a network ACL": acl(),
    "an attachment's zones": properties("S{}At", SubnetIds=[{"Ref": "S1a"}]),
    "appliance mode": options(ApplianceModeSupport="enable"),
    "IPv6 of an attachment": options(Ipv6Support="enable"),
    "groups by reference": options(SecurityGroupReferencingSupport="disable"),
    "another association": lambda net, number: net.resources[f"SpokeTableAssociates{number}"]["Properties"].update(
        TransitGatewayRouteTableId={"Ref": "HubTable"}
    ),
    "no propagation": without("HubTablePropagates{}"),
    "a route to its attachment": transit("SpokeTable", "10.0.{}.0/22"),
    "a route to a part of it": transit("SpokeTable", "10.0.{}.0/24", "MAt"),
    "a route of others to its attachment": transit("SpokeTable", "172.16.0.0/12"),
    "a blackhole of a part of it": transit("SpokeTable", "10.0.{}.0/24", None),
    "a route of the hub to a part of it": routed("10.0.{}.0/24", lambda *_: {"Ref": "Tgw"}, "Mfa"),
    "a rule of a group": a_group_that_names("10.0.{}.0/24"),
    "a stateless rule by source": a_stateless_rule("Sources"),
    "a stateless rule by destination": a_stateless_rule("Destinations"),
    "a host of the set": lambda net, number: net.host(f"Host{number}", f"S{number}a") and None,
    "a virtual private gateway": lambda net, number: net.vpn_gateway(f"S{number}") and None,
    "a peering": lambda net, number: net.peering(f"Peering{number}", f"S{number}", "M") and None,
    "what is not modelled": lambda net, number: net.add(
        f"Cluster{number}", "EKS::Cluster", ResourcesVpcConfig={"SubnetIds": [{"Ref": f"S{number}a"}]}
    )
    and None,
}  # fmt: skip


@pytest.mark.parametrize("name", APART)
def test_one_alone_is_told_apart(name: str) -> None:
    first, second, third = keys(made(APART[name], 1))
    assert first == third
    assert second != first


ALIKE = (
    "public addresses", "a subnet more", "a block more", "IPv6", "an internet gateway", "an egress-only gateway",
    "a route to its internet gateway", "a route to its NAT gateway", "a route to a service",
    "a route to the transit gateway", "no route", "no table of its own", "a network ACL", "appliance mode",
    "no propagation", "a route to its attachment", "a route to a part of it", "a blackhole of a part of it",
    "a route of the hub to a part of it",
)  # fmt: skip


@pytest.mark.parametrize("name", ALIKE)
def test_what_all_have_tells_none_apart(name: str) -> None:
    assert len(set(keys(made(APART[name], *range(SPOKES))))) == 1


@pytest.mark.parametrize(
    "name", ["a host of the set", "a virtual private gateway", "a peering", "what is not modelled"]
)
def test_what_is_not_compared_leaves_each_alone(name: str) -> None:
    assert keys(made(APART[name], *range(SPOKES))) == [f"⟨Net/S{number}⟩" for number in range(SPOKES)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (acl(), acl(RuleAction="deny")),
        (acl(), acl(Protocol=17)),
        (acl(), acl("10.8.0.0/16")),
        (acl(), acl(PortRange={"From": 80, "To": 80})),
        (acl(), acl(Egress=True)),
        (acl(), acl(Protocol=1, Icmp={"Type": 8, "Code": 0})),
        (acl("10.0.{}.0/24"), acl("10.0.{}.0/25")),
        (options(ApplianceModeSupport="enable"), options(Ipv6Support="enable")),
        (properties("S{}a", MapPublicIpOnLaunch=True), properties("S{}at", MapPublicIpOnLaunch=True)),
        (transit("SpokeTable", "10.0.{}.0/24", None), transit("SpokeTable", "10.0.{}.0/25", None)),
        (transit("SpokeTable", "10.0.{}.0/24", None), transit("SpokeTable", "10.0.{}.0/24", "MAt")),
        (transit("SpokeTable", "10.0.{}.0/24", None), transit("HubTable", "10.0.{}.0/24", None)),
        (routed("8.8.0.0/16", a_nat_gateway), routed("8.9.0.0/16", a_nat_gateway)),
        (routed("8.8.0.0/16", a_nat_gateway), routed("8.8.0.0/16", an_internet_gateway)),
    ],
)
def test_two_things_are_told_from_each_other(one: Change, other: Change) -> None:
    net = made(one, 0, 2)
    other(net, 1)
    first, second, third = keys(net)
    assert first == third
    assert first != second


def test_vpcs_with_one_range_are_alone() -> None:
    net = made(None)
    net.resources["S1"]["Properties"]["CidrBlock"] = "10.0.0.0/22"
    assert keys(net)[:2] == ["⟨Net/S0⟩", "⟨Net/S1⟩"]


def test_a_questions_blocks_and_marks_tell_apart() -> None:
    network = Network.from_templates({"Net": made(None).template()})
    classes = VpcClasses(network.model)
    assert len(set(keys(made(None)))) == 1
    for text in ("10.0.4.0/24", "10.0.4.0/22", "10.0.4.4/32", "64:ff9b::a00:400/120"):
        block = parse_prefix(text)
        assert block is not None
        first, second, third = keys(made(None), {}, block)
        assert (first == third, first == second) == (True, False), text
    whole = parse_prefix("10.0.4.0/23")
    assert whole is not None
    assert keys(made(None), {}, whole)[0] != keys(made(None), {}, whole)[1]
    elsewhere = parse_prefix("172.16.0.0/12")
    assert elsewhere is not None
    assert len(set(keys(made(None), {}, elsewhere))) == 1
    marks = {"⟨Net/S1a⟩": ("source",)}
    first, second, third = (classes.keys(marks)[f"⟨Net/S{number}⟩"] for number in range(SPOKES))
    assert (first == third, first == second) == (True, False)


def test_contracts_tell_apart() -> None:
    contracts = {"public-addresses": {"S1a": False}}
    first, second, third = keys(made(None), contracts=contracts)
    assert (first == third, first == second) == (True, False)


def test_roles_are_places_by_address() -> None:
    network = Network.from_templates({"Net": made(None).template()})
    roles = VpcClasses(network.model).roles
    assert [roles[f"⟨Net/S{number}⟩"] for number in range(SPOKES)] == [
        {f"⟨Net/S{number}a⟩": 0, f"⟨Net/S{number}at⟩": 1} for number in range(SPOKES)
    ]
    assert all(isinstance(one, Subnet) for one in network.model.subnets.values())
