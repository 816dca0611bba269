"""What only code knows."""

from __future__ import annotations

from collections.abc import Callable

from patternkit.routes import isolated, reaches
from tests.patternkit.routes.doubts.networks import ISOLATED, Case, connected, custom


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


UNKNOWN: dict[Callable[[], Case], str] = {
    a_table_that_a_custom_resource_names: "what the custom resource Net/Finder returns as Ref is not declared",
    a_transit_table_that_a_custom_resource_names: "what the custom resource Net/Finder returns as Ref is not declared",
    a_subnet_that_a_custom_resource_names: "what the custom resource Net/Finder returns as Ref is not declared",
    a_type_that_is_not_of_aws: "Net/Injector (Acme::Network::Injector), which is not modelled, is given Net/Table",
    the_default_group_given_to_a_custom_resource: "Net/Restrict is given Net/A.DefaultSecurityGroup",
    a_prefix_list_that_is_filled_elsewhere: "IPAMPrefixListResolverTarget), which is not modelled, is given Net/List",
    a_macro_within_a_resource: "an Fn::Transform may change Net/TableStatic0",
}
