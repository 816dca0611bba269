"""What is there, and easily overlooked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from patternkit.routes import inspected, isolated, reaches
from tests.patternkit.routes.doubts.networks import (
    ISOLATED,
    SPOKES,
    Case,
    connected,
    dual_stack,
    one_vpc,
    static_vpn,
    two,
)
from tests.patternkit.routes.doubts.unmodelled import a_group_named_across_a_transit_gateway
from tests.patternkit.routes.topologies import Topology, inspection, translated_between


def a_block_beside_the_subnet() -> Case:
    net = dual_stack()
    for vpc in "AB":
        block = net.resources[f"{vpc}a"]["Properties"].pop("Ipv6CidrBlock")
        net.add(f"{vpc}a6", "EC2::SubnetCidrBlock", SubnetId={"Ref": f"{vpc}a"}, Ipv6CidrBlock=block)
    return net, ISOLATED


def a_rule_of_the_default_group() -> Case:
    net = connected()
    net.add("Host", "EC2::Instance", SubnetId={"Ref": "Ba"})
    default = {"Fn::GetAtt": ["B", "DefaultSecurityGroup"]}
    net.add("Rule", "EC2::SecurityGroupIngress", GroupId=default, IpProtocol="-1", CidrIp="0.0.0.0/0")
    return net, isolated("Aa", "Host")


def a_group_that_names_a_group_over_ipv6() -> Case:
    net = dual_stack()
    source, _ = a_group_named_across_a_transit_gateway()
    for name in ("GroupA", "GroupB", "HostA", "HostB", "Rule"):
        net.resources[name] = source.resources[name]
    return net, isolated("HostA", "HostB")


def an_instance_without_the_subnets_address() -> Case:
    net = one_vpc()
    net.table("A", "TA", "a", routes={"0.0.0.0/0": net.internet_gateway("A")})
    net.resources["Aa"]["Properties"]["MapPublicIpOnLaunch"] = True
    net.add(
        "Host",
        "EC2::Instance",
        NetworkInterfaces=[{"DeviceIndex": "0", "SubnetId": {"Ref": "Aa"}, "AssociatePublicIpAddress": False}],
    )
    return net, reaches("Host", "internet")


def a_firewall_that_knows_the_flow_by_another_address() -> Case:
    return translated_between(crossed=True), reaches("S0a", "S1a")


def an_interface_with_an_ipv4_address() -> Case:
    net = dual_stack()
    net.appliance("Host", "Aa", checks=True)
    net.resources["AnyGroup"]["Properties"]["SecurityGroupEgress"] = [{"IpProtocol": "-1", "CidrIpv6": "::/0"}]
    net.resources["Host"]["Properties"]["PrivateIpAddress"] = "10.1.1.9"
    return net, isolated("Host", "Ba")


def ipv6_that_is_not_propagated() -> Case:
    net = dual_stack(peered=False)
    for vpc in "AB":
        net.table(vpc, f"T{vpc}", "a", routes={"::/0": {"Ref": "Tgw"}})
        net.attach(vpc, "a")
    net.transit_table("Table", of=("AAt", "BAt"), propagated=("AAt", "BAt"))
    return net, reaches("Aa", "Ba", family=6)


def stateless(*definitions: dict[str, Any]) -> Topology:
    net = inspection()
    listed = [{"Priority": number, "RuleDefinition": rule} for number, rule in enumerate(definitions, 1)]
    body = {"RulesSource": {"StatelessRulesAndCustomActions": {"StatelessRules": listed}}}
    net.add("Rules", "NetworkFirewall::RuleGroup", Type="STATELESS", RuleGroup=body)
    policy = net.resources["Policy"]["Properties"]["FirewallPolicy"]
    policy["StatelessRuleGroupReferences"] = [{"ResourceArn": {"Ref": "Rules"}, "Priority": 1}]
    return net


def fragments_pass() -> Case:
    net = inspection()
    net.resources["Policy"]["Properties"]["FirewallPolicy"]["StatelessFragmentDefaultActions"] = ["aws:pass"]
    return net, inspected(SPOKES, "internet")


def a_source_port_passes() -> Case:
    match = {"Protocols": [17], "SourcePorts": [{"FromPort": 53, "ToPort": 53}]}
    net = stateless({"Actions": ["aws:pass"], "MatchAttributes": match})
    return net, inspected("S0a", "internet", port=123, protocol="udp")


def some_flags_do_not_pass() -> Case:
    net = stateless(
        {
            "Actions": ["aws:forward_to_sfe"],
            "MatchAttributes": {"Protocols": [6], "TCPFlags": [{"Flags": ["SYN"], "Masks": ["SYN"]}]},
        },
        {"Actions": ["aws:pass"], "MatchAttributes": {"Protocols": [6]}},
    )
    return net, inspected(SPOKES, "internet")


def the_firewall_drops_everything() -> Case:
    net = inspection()
    net.resources["Policy"]["Properties"]["FirewallPolicy"]["StatelessDefaultActions"] = ["aws:drop"]
    return net, reaches(SPOKES, "internet")


def a_stateless_rule_drops() -> Case:
    drop = {"Actions": ["aws:drop"], "MatchAttributes": {"Destinations": [{"AddressDefinition": "8.8.8.0/24"}]}}
    return stateless(drop), reaches("S0a", "8.8.8.8/32")


def nat_towards_a_vpn() -> Case:
    net = one_vpc()
    gateway = net.vpn_gateway("A")
    static_vpn(net, gateway)
    net.table("A", "TA", "a", routes={"192.168.0.0/16": net.nat("Nat", "Ab", private=True)})
    net.table("A", "TB", "b", routes={"192.168.0.0/16": gateway})
    return net, isolated("Aa", "Vpn")


def a_parameter_store_value_that_does_not_exist() -> Case:
    net = two()
    net.extra = {
        "Parameters": {"Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/block"}},
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
    }
    net.add("One", "SSM::Parameter", Name="/block", Type="String", Value="10.2.0.0/16")
    net.add("Two", "SSM::Parameter", Name="/block", Type="String", Value="10.7.0.0/16")
    net.resources["Two"]["Condition"] = "Never"
    net.table("A", "TA", "a")
    peering = net.peering("Peering", "A", "B")
    block = {"Ref": "Stored"}
    net.add("R", "EC2::Route", RouteTableId={"Ref": "TA"}, DestinationCidrBlock=block, VpcPeeringConnectionId=peering)
    return net, ISOLATED


def a_subnet_that_is_added_to_an_attachment() -> Case:
    net = connected()
    net.subnet("A", "b", "10.1.2.0/24")
    net.table("A", "TAb", "b", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
    net.resources["AAt"]["Type"] = "AWS::EC2::TransitGatewayVpcAttachment"
    net.resources["AAt"]["Properties"]["AddSubnetIds"] = [{"Ref": "Ab"}]
    return net, isolated("Ab", "Ba")


FAILS: dict[Callable[[], Case], str] = {
    a_block_beside_the_subnet: "it arrives",
    a_rule_of_the_default_group: "it arrives",
    a_group_that_names_a_group_over_ipv6: "it arrives",
    an_instance_without_the_subnets_address: "needs a source with a public address",
    an_interface_with_an_ipv4_address: "it arrives",
    ipv6_that_is_not_propagated: "has no route to 2600:1f18:2::/64",
    a_firewall_that_knows_the_flow_by_another_address: "has seen the flow's first packet with other addresses",
    fragments_pass: "passes fragments of UDP",
    a_source_port_passes: "udp 10.0.0.4:53 -> 8.8.8.8:123 without inspection",
    some_flags_do_not_pass: "passes tcp",
    the_firewall_drops_everything: "the stateless rules of Net/Policy drop it",
    a_stateless_rule_drops: "the stateless rules of Net/Policy drop it",
    nat_towards_a_vpn: "it arrives",
    a_parameter_store_value_that_does_not_exist: "it arrives",
    a_subnet_that_is_added_to_an_attachment: "it arrives",
}
