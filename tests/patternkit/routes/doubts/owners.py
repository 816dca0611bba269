"""Where the template does not say what a resource belongs to."""

from __future__ import annotations

from collections.abc import Callable

from patternkit.routes import isolated, reaches
from tests.patternkit.routes.doubts.networks import (
    ISOLATED,
    OPEN,
    Case,
    connected,
    dual_stack,
    group,
    one_vpc,
    static_vpn,
    two,
)


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
    a_vpn_on_some_gateway: "what Net/Vpn is connected to is not in the set",
    a_vpn_on_a_transit_gateway_elsewhere: "transit gateway tgw-0123 is not in the set",
    a_route_of_some_vpn: "is a route of a VPN connection",
    propagation_into_some_table: "propagates routes into a table",
    a_gateway_endpoint_in_some_table: "Net/S3 adds a route to a table",
    an_endpoint_of_some_type: "of a type that is not known",
    a_rule_of_some_acl: "adds a rule to a network ACL",
    some_acl_of_some_subnet: "gives a network ACL to a subnet",
    a_rule_of_some_group: "adds a rule to a security group",
    an_address_of_some_interface: "gives a public address to an interface",
}
