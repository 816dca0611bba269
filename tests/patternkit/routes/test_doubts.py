"""What a template leaves open, and what is easily overlooked: none of it may ever HOLD."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import (
    ContractError,
    Network,
    Promise,
    Verdict,
    inspected,
    isolated,
    reaches,
    same_az,
)
from tests.patternkit.routes.topologies import Topology, inspection

OPEN: Any = {"Ref": "Open"}
SPOKES = "every spoke subnet"
ISOLATED = isolated("Aa", "Ba")
Case = tuple[Topology, Promise]


def two() -> Topology:
    """Two VPCs, and a parameter that no one has given a value."""
    net = Topology()
    net.extra = {"Parameters": {"Open": {"Type": "String"}}}
    net.transit_gateway()
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    net.vpc("B", "10.2.0.0/16", a="10.2.1.0/24")
    return net


def connected(*, isolated: bool = False) -> Topology:
    """The same on a transit gateway, with routes both ways or none between them."""
    net = two()
    for vpc in "AB":
        net.table(vpc, f"T{vpc}", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach(vpc, "a")
    net.transit_table("Table", of=("AAt", "BAt"), propagated=() if isolated else ("AAt", "BAt"))
    return net


def dual_stack(*, peered: bool = True) -> Topology:
    """The same with IPv6 blocks, peered for IPv6 alone."""
    net = two()
    for vpc, block in (("A", "2600:1f18:1::/56"), ("B", "2600:1f18:2::/56")):
        net.add(f"{vpc}6", "EC2::VPCCidrBlock", VpcId={"Ref": vpc}, Ipv6CidrBlock=block)
        net.resources[f"{vpc}a"]["Properties"]["Ipv6CidrBlock"] = block.replace("/56", "/64")
    if peered:
        net.table("A", "TA", "a", routes={"2600:1f18:2::/56": net.peering("Peering", "A", "B")})
    return net


def one_vpc() -> Topology:
    net = Topology()
    net.extra = {"Parameters": {"Open": {"Type": "String"}}}
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24", b="10.1.2.0/24")
    return net


def static_vpn(net: Topology, gateway: Any) -> None:
    net.vpn("Vpn", vgw=gateway, static=True)
    net.add(
        "VpnRoute", "EC2::VPNConnectionRoute", VpnConnectionId={"Ref": "Vpn"}, DestinationCidrBlock="192.168.0.0/16"
    )


def group(net: Topology, name: str, vpc: str, **rules: Any) -> None:
    net.add(name, "EC2::SecurityGroup", GroupDescription=name, VpcId={"Ref": vpc}, **rules)


def custom(net: Topology, name: str, kind: str = "Custom::Thing", **properties: Any) -> None:
    net.resources[name] = {"Type": kind, "Properties": {"ServiceToken": "arn", **properties}}


# Where the template does not say what a resource belongs to


def a_block_of_some_vpc() -> Case:
    net = two()
    net.add("Block", "EC2::VPCCidrBlock", VpcId=OPEN, CidrBlock="10.9.0.0/16")
    return net, isolated("Aa", "10.9.1.0/24")


def a_subnet_of_some_vpc() -> Case:
    net = two()
    net.add("Sub", "EC2::Subnet", VpcId=OPEN, CidrBlock="10.1.9.0/24", AvailabilityZone="eu-west-1a")
    return net, isolated("Aa", "10.1.9.0/24")


def a_second_block_that_may_be_local() -> Case:
    net = two()
    net.add("Block", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, CidrBlock=OPEN)
    net.subnet("A", "z", "100.64.1.0/24")
    return net, isolated("Aa", "Az")


def an_internet_gateway_of_some_vpc() -> Case:
    net = two()
    gateway = net.add("Igw", "EC2::InternetGateway")
    net.add("IgwAt", "EC2::VPCGatewayAttachment", VpcId=OPEN, InternetGatewayId=gateway)
    net.table("A", "TA", "a", routes={"0.0.0.0/0": gateway})
    return net, isolated("Aa", "internet")


def the_internet_by_a_gateway_of_some_vpc() -> Case:
    net, _ = an_internet_gateway_of_some_vpc()
    return net, isolated("internet", "Aa")


def an_attachment_of_some_vpc() -> Case:
    net = connected()
    net.resources["AAt"]["Properties"]["VpcId"] = OPEN
    return net, ISOLATED


def an_egress_only_gateway_of_some_vpc() -> Case:
    net = dual_stack(peered=False)
    net.add("Eigw", "EC2::EgressOnlyInternetGateway", VpcId=OPEN)
    net.table("A", "TA", "a", routes={"::/0": {"Ref": "Eigw"}})
    return net, isolated("Aa", "internet")


def a_table_of_some_vpc() -> Case:
    net = one_vpc()
    net.table("A", "TA", "a")
    net.resources["TA"]["Properties"]["VpcId"] = OPEN
    return net, isolated("Aa", "Ab")


def a_vpn_gateway_of_some_vpc() -> Case:
    net = two()
    gateway = net.add("Vgw", "EC2::VPNGateway", Type="ipsec.1")
    net.add("VgwAt", "EC2::VPCGatewayAttachment", VpcId=OPEN, VpnGatewayId=gateway)
    static_vpn(net, gateway)
    return net, isolated("Vpn", "Aa")


def a_vpn_on_some_gateway() -> Case:
    net = one_vpc()
    static_vpn(net, OPEN)
    return net, isolated("Vpn", "Aa")


def a_vpn_on_a_transit_gateway_elsewhere() -> Case:
    net = one_vpc()
    net.transit_gateway()
    net.vpn("Vpn", tgw="Tgw", static=True)
    net.transit_table("Table", of=(net.vpn_attachment("Vpn"),), routes={"192.168.0.0/16": net.vpn_attachment("Vpn")})
    net.resources["Vpn"]["Properties"]["TransitGatewayId"] = "tgw-0123"
    return net, isolated("Vpn", "Aa")


def a_route_of_some_vpn() -> Case:
    net = one_vpc()
    gateway = net.vpn_gateway("A")
    static_vpn(net, gateway)
    net.resources["VpnRoute"]["Properties"]["VpnConnectionId"] = OPEN
    net.table("A", "TA", "a", routes={"0.0.0.0/0": gateway})
    return net, isolated("Aa", "192.168.1.0/24")


def propagation_into_some_table() -> Case:
    net = one_vpc()
    gateway = net.vpn_gateway("A")
    static_vpn(net, gateway)
    net.table("A", "TA", "a")
    net.add("Propagation", "EC2::VPNGatewayRoutePropagation", RouteTableIds=[OPEN], VpnGatewayId=gateway)
    return net, isolated("Aa", "Vpn")


def a_gateway_endpoint_in_some_table() -> Case:
    net = one_vpc()
    net.table("A", "TA", "a")
    net.add(
        "S3",
        "EC2::VPCEndpoint",
        VpcId={"Ref": "A"},
        ServiceName="com.amazonaws.eu-west-1.s3",
        RouteTableIds=[OPEN],
    )
    return net, isolated("Aa", "s3")


def an_endpoint_of_some_type() -> Case:
    net, promise = a_gateway_endpoint_in_some_table()
    net.resources["S3"]["Properties"] |= {"RouteTableIds": [{"Ref": "TA"}], "VpcEndpointType": OPEN}
    return net, promise


def a_rule_of_some_acl() -> Case:
    net = connected()
    net.acl("Acl", "Aa", inbound=[], outbound=[])
    net.add(
        "Rule",
        "EC2::NetworkAclEntry",
        NetworkAclId=OPEN,
        RuleNumber=1,
        Protocol=-1,
        RuleAction="allow",
        Egress=True,
        CidrBlock="0.0.0.0/0",
    )
    return net, ISOLATED


def some_acl_of_some_subnet() -> Case:
    net = connected()
    net.add("AclOf", "EC2::SubnetNetworkAclAssociation", NetworkAclId=OPEN, SubnetId=OPEN)
    return net, reaches("Aa", "Ba")


def a_rule_of_some_group() -> Case:
    net = connected()
    group(net, "Group", "B")
    net.add("Host", "EC2::Instance", SubnetId={"Ref": "Ba"}, SecurityGroupIds=[{"Ref": "Group"}])
    net.add("Rule", "EC2::SecurityGroupIngress", GroupId=OPEN, IpProtocol="-1", CidrIp="0.0.0.0/0")
    return net, isolated("Aa", "Host")


def an_address_of_some_interface() -> Case:
    net = one_vpc()
    net.table("A", "TA", "a", routes={"0.0.0.0/0": net.internet_gateway("A")})
    net.host("Host", "Aa")
    net.add("Eip", "EC2::EIPAssociation", NetworkInterfaceId=OPEN, AllocationId="eipalloc-1")
    return net, isolated("Host", "internet")


# What only code knows


def a_table_that_a_custom_resource_names() -> Case:
    net = connected()
    del net.resources["TARoute0"]
    custom(net, "Finder")
    net.add(
        "Found",
        "EC2::Route",
        RouteTableId={"Ref": "Finder"},
        DestinationCidrBlock="0.0.0.0/0",
        TransitGatewayId={"Ref": "Tgw"},
    )
    return net, ISOLATED


def a_transit_table_that_a_custom_resource_names() -> Case:
    net = connected(isolated=True)
    custom(net, "Finder")
    net.add(
        "Found",
        "EC2::TransitGatewayRoute",
        TransitGatewayRouteTableId={"Ref": "Finder"},
        DestinationCidrBlock="10.2.0.0/16",
        TransitGatewayAttachmentId={"Ref": "BAt"},
    )
    return net, ISOLATED


def a_subnet_that_a_custom_resource_names() -> Case:
    net = connected()
    custom(net, "Finder")
    net.table("A", "Other")
    net.add("Of", "EC2::SubnetRouteTableAssociation", RouteTableId={"Ref": "Other"}, SubnetId={"Ref": "Finder"})
    net.subnet("A", "u", "10.1.5.0/24")
    return net, isolated("Au", "Ba")


def a_type_that_is_not_of_aws() -> Case:
    net = connected(isolated=True)
    custom(net, "Injector", "Acme::Network::Injector", Table={"Ref": "Table"})
    return net, ISOLATED


def the_default_group_given_to_a_custom_resource() -> Case:
    net = connected()
    net.add("Host", "EC2::Instance", SubnetId={"Ref": "Aa"})
    custom(net, "Restrict", DefaultSecurityGroupId={"Fn::GetAtt": ["A", "DefaultSecurityGroup"]})
    return net, reaches("Host", "Ba")


def a_prefix_list_that_is_filled_elsewhere() -> Case:
    net = connected()
    del net.resources["TARoute0"]
    net.add("List", "EC2::PrefixList", Entries=[{"Cidr": "10.7.0.0/16"}], PrefixListName="l", AddressFamily="IPv4")
    net.route("TA", "pl:List", {"Ref": "Tgw"})
    net.add("Target", "EC2::IPAMPrefixListResolverTarget", PrefixListId={"Ref": "List"})
    return net, ISOLATED


def a_macro_within_a_resource() -> Case:
    net = connected(isolated=True)
    net.transit_route("Table", "10.9.0.0/16", None)
    net.resources["TableStatic0"]["Properties"]["Fn::Transform"] = {"Name": "AWS::Include"}
    return net, ISOLATED


# What AWS has and the model has not


def a_route_server() -> Case:
    net = connected()
    del net.resources["TARoute0"]
    net.add("Server", "EC2::RouteServerPropagation", RouteServerId="rs-1", RouteTableId={"Ref": "TA"})
    return net, ISOLATED


def a_core_network() -> Case:
    net = connected(isolated=True)
    arn = {"Fn::Sub": "arn:aws:ec2:eu-west-1:111122223333:transit-gateway-route-table/${Table}"}
    net.add(
        "Core", "NetworkManager::TransitGatewayRouteTableAttachment", PeeringId="p", TransitGatewayRouteTableArn=arn
    )
    return net, ISOLATED


def public_access_is_blocked() -> Case:
    net = one_vpc()
    net.resources["Aa"]["Properties"]["MapPublicIpOnLaunch"] = True
    net.table("A", "TA", "a", routes={"0.0.0.0/0": net.internet_gateway("A")})
    net.add("Block", "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode="block-bidirectional")
    return net, reaches("Aa", "internet")


def another_default_table() -> Case:
    net = two()
    net.resources["Tgw"]["Properties"] = {"AssociationDefaultRouteTableId": OPEN}
    for vpc in "AB":
        net.table(vpc, f"T{vpc}", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach(vpc, "a")
    return net, reaches("Aa", "Ba")


def an_endpoint_for_the_other_family() -> Case:
    net = Topology()
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24", b="10.1.2.0/24")
    net.add("A6", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, Ipv6CidrBlock="2600:1f18::/56")
    for number, subnet in enumerate(("Aa", "Ab")):
        net.resources[subnet]["Properties"]["Ipv6CidrBlock"] = f"2600:1f18:0:{number}::/64"
    net.firewall("Fw", "A", "b")
    gateway, endpoint = net.internet_gateway("A"), net.endpoint_by_index("Fw", 0)
    net.table("A", "TA", "a", routes={"::/0": endpoint})
    net.table("A", "TB", "b", routes={"::/0": gateway})
    net.table("A", "Edge", routes={"2600:1f18::/64": endpoint})
    net.add("EdgeOf", "EC2::GatewayRouteTableAssociation", GatewayId=gateway, RouteTableId={"Ref": "Edge"})
    return net, inspected("Aa", "internet", family=6)


def an_appliance_that_may_translate() -> Case:
    net = inspection()
    net.appliance("Box", "Map")
    for letter in "ab":
        net.resources[f"Mt{letter}Route0"]["Properties"] = {
            "RouteTableId": {"Ref": f"Mt{letter}"},
            "DestinationCidrBlock": "0.0.0.0/0",
            "NetworkInterfaceId": {"Ref": "Box"},
        }
    return net, isolated(SPOKES, "internet")


def a_group_named_across_a_transit_gateway() -> Case:
    net = connected()
    for vpc in "AB":
        group(net, f"Group{vpc}", vpc)
        net.add(f"Host{vpc}", "EC2::Instance", SubnetId={"Ref": f"{vpc}a"}, SecurityGroupIds=[{"Ref": f"Group{vpc}"}])
    net.add(
        "Rule",
        "EC2::SecurityGroupIngress",
        GroupId={"Ref": "GroupB"},
        IpProtocol="-1",
        SourceSecurityGroupId={"Ref": "GroupA"},
    )
    return net, reaches("HostA", "HostB")


def one_type_of_icmp() -> Case:
    net = connected()
    ping = {"IpProtocol": "icmp", "FromPort": 8, "ToPort": -1, "CidrIp": "0.0.0.0/0"}
    group(net, "Group", "B", SecurityGroupIngress=[ping])
    net.add("Host", "EC2::Instance", SubnetId={"Ref": "Ba"}, SecurityGroupIds=[{"Ref": "Group"}])
    return net, reaches("Aa", "Host", protocol="icmp")


def groups_by_name() -> Case:
    net = connected()
    net.add("Host", "EC2::Instance", SubnetId={"Ref": "Aa"}, SecurityGroups=["web"])
    return net, reaches("Host", "Ba")


def groups_of_a_launch_template() -> Case:
    net = connected()
    net.add(
        "Host", "EC2::Instance", SubnetId={"Ref": "Ba"}, LaunchTemplate={"LaunchTemplateId": "lt-1", "Version": "1"}
    )
    return net, isolated("Aa", "Host")


def an_acl_that_may_cover_the_service() -> Case:
    net = one_vpc()
    net.table("A", "TA", "a")
    name = "com.amazonaws.eu-west-1.s3"
    net.add("S3", "EC2::VPCEndpoint", VpcId={"Ref": "A"}, ServiceName=name, RouteTableIds=[{"Ref": "TA"}])
    net.acl("Acl", "Aa", inbound=["allow all * 0.0.0.0/0"], outbound=["allow all * 52.216.0.0/15"])
    return net, isolated("Aa", "s3")


def nat_over_peering() -> Case:
    net = one_vpc()
    net.vpc("B", "10.2.0.0/16", a="10.2.1.0/24")
    net.table("A", "TA", "a", routes={"10.2.0.0/16": net.nat("Nat", "Ab", private=True)})
    net.table("A", "TB", "b", routes={"10.2.0.0/16": net.peering("Peering", "A", "B")})
    net.table("B", "TC", "a", routes={"10.1.0.0/16": {"Ref": "Peering"}})
    return net, reaches("Aa", "Ba")


def a_zone_that_aws_picks() -> Case:
    net = one_vpc()
    for name in ("Aa", "Ab"):
        del net.resources[name]["Properties"]["AvailabilityZone"]
    net.table("A", "TA", "a", routes={"0.0.0.0/0": net.nat("Nat", "Ab")})
    net.table("A", "TB", "b", routes={"0.0.0.0/0": net.internet_gateway("A")})
    return net, same_az("Aa", "internet")


def a_tag_that_is_an_expression() -> Case:
    net = connected()
    net.subnet("A", "x", "10.1.7.0/24")
    net.table("A", "TX", "x")
    for name, value in (("Aa", OPEN), ("Ax", "app")):
        net.resources[name]["Properties"]["Tags"] = [{"Key": "Tier", "Value": value}]
    return net, isolated("tag:Tier=app", "Ba")


def stateless_groups_that_are_not_known() -> Case:
    net = inspection()
    net.extra = {"Parameters": {"Open": {"Type": "String"}}}
    net.resources["Policy"]["Properties"]["FirewallPolicy"]["StatelessRuleGroupReferences"] = OPEN
    return net, inspected(SPOKES, "internet")


def prefixes_that_direct_connect_does_not_advertise() -> Case:
    net = connected()
    net.add("Dxgw", "DirectConnect::DirectConnectGateway", DirectConnectGatewayName="d")
    net.add(
        "Dx",
        "DirectConnect::DirectConnectGatewayAssociation",
        DirectConnectGatewayId={"Ref": "Dxgw"},
        AssociatedGatewayId={"Ref": "Tgw"},
        AllowedPrefixesToDirectConnectGateway=["10.2.0.0/16"],
    )
    return net, reaches("Dx", "Aa")


UNKNOWN: dict[Callable[[], Case], str] = {
    a_block_of_some_vpc: "adds a block to a VPC",
    a_subnet_of_some_vpc: "is a subnet of a VPC",
    a_second_block_that_may_be_local: "Net/A has more addresses",
    an_internet_gateway_of_some_vpc: "attaches a gateway",
    the_internet_by_a_gateway_of_some_vpc: "attaches a gateway",
    an_attachment_of_some_vpc: "Net/AAt attaches a VPC",
    an_egress_only_gateway_of_some_vpc: "is a gateway of a VPC",
    a_table_of_some_vpc: "Net/TA may have more routes",
    a_vpn_gateway_of_some_vpc: "attaches a gateway",
    a_vpn_on_some_gateway: "connects a site to a gateway",
    a_vpn_on_a_transit_gateway_elsewhere: "transit gateway tgw-0123 is not in the set",
    a_route_of_some_vpn: "is a route of a VPN connection",
    propagation_into_some_table: "propagates routes into a table",
    a_gateway_endpoint_in_some_table: "Net/S3 adds a route to a table",
    an_endpoint_of_some_type: "of a type that is not known",
    a_rule_of_some_acl: "adds a rule to a network ACL",
    some_acl_of_some_subnet: "gives a network ACL to a subnet",
    a_rule_of_some_group: "adds a rule to a security group",
    an_address_of_some_interface: "gives a public address to an interface",
    a_table_that_a_custom_resource_names: "what the custom resource Net/Finder returns as Ref is not declared",
    a_transit_table_that_a_custom_resource_names: "what the custom resource Net/Finder returns as Ref is not declared",
    a_subnet_that_a_custom_resource_names: "what the custom resource Net/Finder returns as Ref is not declared",
    a_type_that_is_not_of_aws: "Net/Injector (Acme::Network::Injector) is given it",
    the_default_group_given_to_a_custom_resource: "Net/Restrict is given it",
    a_prefix_list_that_is_filled_elsewhere: "IPAMPrefixListResolverTarget) is given it",
    a_macro_within_a_resource: "an Fn::Transform may change Net/TableStatic0",
    a_route_server: "RouteServerPropagation) is given it",
    a_core_network: "TransitGatewayRouteTableAttachment) is given it",
    public_access_is_blocked: "blocks public access (block-bidirectional)",
    another_default_table: "names another default route table",
    an_endpoint_for_the_other_family: "is not made for IPv6",
    an_appliance_that_may_translate: "whether Net/Box translates addresses is not in the template",
    a_group_named_across_a_transit_gateway: "does not surely support references to security groups",
    one_type_of_icmp: "one type of ICMP",
    groups_by_name: "gets them by SecurityGroups",
    groups_of_a_launch_template: "gets them by LaunchTemplate",
    an_acl_that_may_cover_the_service: "covers the service is not in the template",
    nat_over_peering: "is not documented",
    a_zone_that_aws_picks: "the availability zone of Net/Nat is not known",
    a_tag_that_is_an_expression: "whether Net/Aa has the tag Tier=app",
    stateless_groups_that_are_not_known: "the stateless rule groups of Net/Policy are not known",
    prefixes_that_direct_connect_does_not_advertise: "is not among the prefixes that are advertised to Net/Dx",
}


@pytest.mark.parametrize(("case", "words"), UNKNOWN.items(), ids=lambda item: getattr(item, "__name__", ""))
def test_it_is_unknown(case: Callable[[], Case], words: str) -> None:
    net, promise = case()
    proof = net.network(contracts={"prefixes": {"Dx": ["172.20.0.0/16"]}} if "Dx" in net.resources else None).prove(
        promise
    )
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert any(words in reason for reason in proof.unknown), str(proof)


# What is there, and easily overlooked


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
    fragments_pass: "passes fragments of UDP",
    a_source_port_passes: "udp 10.0.0.4:53 -> 8.8.8.8:123 without inspection",
    some_flags_do_not_pass: "passes tcp",
    the_firewall_drops_everything: "the stateless rules of Net/Policy drop it",
    a_stateless_rule_drops: "the stateless rules of Net/Policy drop it",
    nat_towards_a_vpn: "it arrives",
    a_parameter_store_value_that_does_not_exist: "it arrives",
    a_subnet_that_is_added_to_an_attachment: "it arrives",
}


@pytest.mark.parametrize(("case", "words"), FAILS.items(), ids=lambda item: getattr(item, "__name__", ""))
def test_it_fails(case: Callable[[], Case], words: str) -> None:
    net, promise = case()
    proof = net.network().prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)
    assert words in proof.reason, str(proof)


class TestWhatIsKnownStillHolds:
    def holds(self, net: Topology, promise: Promise, **options: Any) -> tuple[str, ...]:
        proof = net.network(**options).prove(promise)
        assert proof.verdict is Verdict.HOLDS, str(proof)
        return proof.contracts

    def test_ipv6_with_its_support(self) -> None:
        net, promise = ipv6_that_is_not_propagated()
        for vpc in "AB":
            net.resources[f"{vpc}At"]["Properties"]["Options"] = {"Ipv6Support": "enable"}
        self.holds(net, promise)

    def test_a_group_named_with_support(self) -> None:
        net, promise = a_group_named_across_a_transit_gateway()
        net.resources["Tgw"]["Properties"]["SecurityGroupReferencingSupport"] = "enable"
        self.holds(net, promise)

    def test_another_rule_beside_one_type_of_icmp(self) -> None:
        net, _ = one_type_of_icmp()
        rules = net.resources["Group"]["Properties"]["SecurityGroupIngress"]
        rules.append({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"})
        self.holds(net, reaches("Aa", "Host", port=443))

    def test_one_block_of_a_family_does_not_cloud_the_other(self) -> None:
        net = connected()
        net.add("Pool", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, Ipv6IpamPoolId="ipam-pool-1", Ipv6NetmaskLength=56)
        self.holds(net, reaches("Aa", "Ba", family=4))

    def test_what_is_surely_elsewhere(self) -> None:
        net = connected()
        net.add("Sub", "EC2::Subnet", VpcId="vpc-0123", CidrBlock="10.9.1.0/24", AvailabilityZone="eu-west-1a")
        net.add("R", "EC2::Route", RouteTableId="rtb-1", DestinationCidrBlock="10.2.0.0/16", GatewayId="igw-1")
        net.table("A", "Other")
        net.add("Of", "EC2::SubnetRouteTableAssociation", RouteTableId={"Ref": "Other"}, SubnetId={"Ref": "Sub"})
        self.holds(net, reaches("Aa", "Ba"))

    def test_a_harmless_resource_is_named(self) -> None:
        net, promise = a_type_that_is_not_of_aws()
        assert self.holds(net, promise, contracts={"harmless": ["Injector"]}) == ("harmless Injector",)

    def test_what_a_custom_resource_is_called_by_contract(self) -> None:
        net, _ = a_table_that_a_custom_resource_names()
        contracts = {"returns": {"Finder": {"Ref": {"resource": "TA"}}}}
        assert self.holds(net, reaches("Aa", "Ba"), contracts=contracts) == ("returns Finder",)

    def test_a_condition_on_a_contract_is_named(self) -> None:
        net = connected()
        net.extra["Parameters"] = {"Stage": {"Type": "String"}}
        net.extra["Conditions"] = {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}}
        net.resources["TARoute0"]["Condition"] = "Live"
        contracts = {"parameters": {"Net": {"Stage": "live"}}}
        assert self.holds(net, reaches("Aa", "Ba"), contracts=contracts) == ("parameter Stage of Net",)

    def test_the_attachment_of_a_direct_connect_association(self) -> None:
        net, _ = prefixes_that_direct_connect_does_not_advertise()
        net.resources["Dx"]["Properties"]["AllowedPrefixesToDirectConnectGateway"].append("10.1.0.0/16")
        custom(net, "Lookup")
        attachment = {"Fn::GetAtt": ["Lookup", "Id"]}
        net.transit_table("DxTable", of=(attachment,), propagated=("AAt",))
        net.add(
            "DxPropagates",
            "EC2::TransitGatewayRouteTablePropagation",
            TransitGatewayRouteTableId={"Ref": "Table"},
            TransitGatewayAttachmentId=attachment,
        )
        contracts = {"prefixes": {"Dx": ["172.20.0.0/16"]}, "returns": {"Lookup": {"Id": {"attachment-of": "Dx"}}}}
        assert self.holds(net, reaches("Aa", "Dx"), contracts=contracts) == ("prefixes Dx", "returns Lookup")
        assert self.holds(net, isolated("Dx", "Ba"), contracts=contracts)

    def test_spokes_are_told_from_what_is_none(self) -> None:
        proof = inspection().network().prove(inspected(SPOKES, "internet"))
        assert any(note.startswith("no spoke, because") and note.endswith("Net/M") for note in proof.notes)


@pytest.mark.parametrize(
    ("contracts", "words"),
    [
        ({"appliance-mode": {"MAtt": False}}, "appliance-mode of 'MAtt', which is no resource; did you mean 'M"),
        ({"prefixes": {"Vpn": []}}, "prefixes of 'Vpn', which is no resource"),
        ({"parameters": {"Nit": {"A": 1}}}, "parameters of 'Nit', which is not a stack; did you mean 'Net'"),
        ({"parameters": {"Net": {"Zone": "a"}}}, "Net has no parameter 'Zone'"),
    ],
)
def test_a_contract_that_names_nothing(contracts: dict[str, Any], words: str) -> None:
    with pytest.raises(ContractError) as caught:
        inspection().network(contracts=contracts).prove(inspected(SPOKES, "internet"))
    assert words in str(caught.value)


def test_exports_under_conditions() -> None:
    exporter = {
        "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        "Resources": {"Nothing": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {
            "One": {"Value": "10.2.0.0/16", "Export": {"Name": "block"}},
            "Two": {"Value": "10.7.0.0/16", "Export": {"Name": "block"}, "Condition": "Never"},
        },
    }
    net, promise = a_parameter_store_value_that_does_not_exist()
    del net.extra["Parameters"]
    for name in ("One", "Two"):
        del net.resources[name]
    net.resources["R"]["Properties"]["DestinationCidrBlock"] = {"Fn::ImportValue": "block"}
    proof = Network.from_templates({"Exporter": exporter, "Net": net.template()}).prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)


def test_a_firewall_with_more_endpoints_than_zones() -> None:
    net = Topology()
    net.vpc("A", "10.1.0.0/16", **{f"{letter}1": f"10.1.{n}.0/24" for n, letter in enumerate("abcdefghijkl")})
    net.firewall("Fw", "A", *(f"{letter}1" for letter in "abcdefghijkl"))
    for number, letter in itertools.islice(enumerate("abcdefghijkl"), 1):
        net.table("A", f"T{letter}", f"{letter}1", routes={"0.0.0.0/0": net.endpoint_by_index("Fw", number)})
    proof = net.network().prove(inspected("Aa1", "internet"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "has 12 endpoints, in any order" in proof.reason
