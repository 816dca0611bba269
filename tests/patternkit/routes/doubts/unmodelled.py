"""What AWS has and the model has not, or not surely."""

from __future__ import annotations

from collections.abc import Callable

from patternkit.routes import inspected, isolated, reaches, same_az
from tests.patternkit.routes.doubts.networks import ISOLATED, OPEN, SPOKES, Case, connected, group, one_vpc, two
from tests.patternkit.routes.topologies import Topology, inspection


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
    net.add("Block", "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode=OPEN)
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
    net.resources["Tgw"]["Properties"]["SecurityGroupReferencingSupport"] = {"Fn::ImportValue": "References"}
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
    net.add("Dxgw", "DirectConnect::DirectConnectGateway", DirectConnectGatewayName="d", AmazonSideAsn=64513)
    net.add(
        "Dx",
        "DirectConnect::DirectConnectGatewayAssociation",
        DirectConnectGatewayId={"Ref": "Dxgw"},
        AssociatedGatewayId={"Ref": "Tgw"},
        AllowedPrefixesToDirectConnectGateway=["10.2.0.0/16"],
    )
    return net, reaches("Dx", "Aa")


UNKNOWN: dict[Callable[[], Case], str] = {
    a_route_server: "RouteServerPropagation), which is not modelled, is given Net/",
    a_core_network: "TransitGatewayRouteTableAttachment), which is not modelled, is given Net/",
    public_access_is_blocked: "Net/Block may block public access",
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
