"""How a VPC stands on a transit gateway, or has a virtual private one."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.virtual_private_gateway import attach_vpn_gateway, inside_ranges, propagate_routes
from patterns.network.hub.vpc_attachment import vpc_attachment
from tests.patterns.building_blocks.made import resources

ZONES = ["eu-west-1a", "eu-west-1b"]


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


@pytest.mark.parametrize(
    ("given", "options", "name"),
    [
        ({}, {"ApplianceModeSupport": "disable", "DnsSupport": "enable", "Ipv6Support": "disable"}, "Test"),
        (
            {"name": "own", "appliance_mode": True, "group_references": True, "ipv6": True},
            {
                "ApplianceModeSupport": "enable",
                "DnsSupport": "enable",
                "Ipv6Support": "enable",
                "SecurityGroupReferencingSupport": "enable",
            },
            "own",
        ),
    ],
)
def test_a_vpc_is_attached_by_subnets(
    scope: cdk.Stack, given: dict[str, Any], options: dict[str, str], name: str
) -> None:
    vpc_attachment(scope, "Own", gateway_id="tgw-1", vpc_id="vpc-1", subnet_ids=("subnet-1", "subnet-2"), **given)
    assert resources(scope)["Own"]["Properties"] == {
        "Options": options,
        "SubnetIds": ["subnet-1", "subnet-2"],
        "Tags": [{"Key": "Name", "Value": name}],
        "TransitGatewayId": "tgw-1",
        "VpcId": "vpc-1",
    }


def vpc(scope: cdk.Stack, **more: Any) -> ec2.IVpc:
    given: dict[str, Any] = {
        "private_subnet_ids": ["subnet-1", "subnet-2"],
        "private_subnet_route_table_ids": ["rtb-1", "rtb-2"],
        "isolated_subnet_ids": ["subnet-3", "subnet-4"],
        "isolated_subnet_route_table_ids": ["rtb-2", "rtb-3"],
        "public_subnet_ids": ["subnet-5", "subnet-6"],
        "public_subnet_route_table_ids": ["rtb-4", "rtb-4"],
    }
    return ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id="vpc-1", availability_zones=ZONES, **(given | more))


@pytest.mark.parametrize("waits", [False, True])
def test_each_table_of_a_vpc_learns_what_its_gateway_learns(scope: cdk.Stack, waits: bool) -> None:
    attached = attach_vpn_gateway(scope, vpc(scope), asn=65001)
    after = cdk.CfnResource(scope, "After", type="Own::Kind::Connection")
    propagate_routes(scope, attached, after=after if waits else None)
    found = resources(scope)
    assert found.pop("After") == {"Type": "Own::Kind::Connection"}
    assert found == {
        "VpnGateway": {
            "Properties": {
                "AmazonSideAsn": 65001,
                "Tags": [{"Key": "Name", "Value": "Test"}],
                "Type": "ipsec.1",
            },
            "Type": "AWS::EC2::VPNGateway",
        },
        "VpnGatewayAttachment": {
            "Properties": {"VpcId": "vpc-1", "VpnGatewayId": {"Fn::GetAtt": ["VpnGateway", "VPNGatewayId"]}},
            "Type": "AWS::EC2::VPCGatewayAttachment",
        },
        "RoutePropagation": {
            "DependsOn": [*(["After"] if waits else []), "VpnGatewayAttachment"],
            "Properties": {
                "RouteTableIds": ["rtb-1", "rtb-2", "rtb-3", "rtb-4"],
                "VpnGatewayId": {"Fn::GetAtt": ["VpnGateway", "VPNGatewayId"]},
            },
            "Type": "AWS::EC2::VPNGatewayRoutePropagation",
        },
    }
    assert scope.resolve(attached.gateway_id) == {"Fn::GetAtt": ["VpnGateway", "VPNGatewayId"]}


def test_a_vpc_has_one_virtual_private_gateway(scope: cdk.Stack) -> None:
    said = "vpc must have no virtual private gateway yet: AWS attaches one alone, and Test/Vpc has it"
    own = vpc(scope)
    own.node.add_metadata("another's", 1)
    attach_vpn_gateway(scope, own, asn=65001)
    with refused(said):
        attach_vpn_gateway(cdk.Stack(cdk.App.of(scope), "Other"), own, asn=65001)
    with refused(said):
        attach_vpn_gateway(scope, vpc(cdk.Stack(cdk.App(), "Test"), vpn_gateway_id="vgw-1"), asn=65001)


def test_no_two_tunnels_of_a_device_have_one_range_inside() -> None:
    found = [str(one) for number in (0, 1) for one in inside_ranges(number, 2)]
    assert found == [f"169.254.32.{4 * one}/30" for one in range(8)]
    assert [str(one) for one in inside_ranges(1, 1)] == ["169.254.32.16/30", "169.254.32.20/30"]


@pytest.mark.parametrize("ipv6", [False, True])
def test_a_vpc_on_a_gateway_has_subnets_that_hold_nothing_else(scope: cdk.Stack, ipv6: bool) -> None:
    given: dict[str, Any] = {"ipv6": True} if ipv6 else {}
    made = AttachmentVpc(scope, "Vpc", cidr="10.0.0.0/24", availability_zones=ZONES, tiers={"Web": 27}, **given)
    assert [one.subnet.cidr_block for one in made.attachment_subnets] == ["10.0.0.128/28", "10.0.0.144/28"]
    assert [one.tier for one in made.attachment_subnets] == ["Attachment"] * 2
    assert (made.ipv6 is not None) is ipv6
    after = cdk.CfnResource(scope, "After", type="Own::Kind::Attachment")
    made.route_to_gateway("Web", ["10.0.0.0/8", "2001:db8::/48"], "tgw-1", after)
    found = resources(scope, "AWS::EC2::Route")
    families = {"10.0.0.0-8": "DestinationCidrBlock", "2001-db8---48": "DestinationIpv6CidrBlock"}
    ranges = {"10.0.0.0-8": "10.0.0.0/8", "2001-db8---48": "2001:db8::/48"}
    assert found == {
        f"Vpc/Web{number}/RouteTable/ToGateway{name}": {
            "DependsOn": ["After"],
            "Properties": {
                family: ranges[name],
                "RouteTableId": {"Fn::GetAtt": [f"Vpc/Web{number}/RouteTable", "RouteTableId"]},
                "TransitGatewayId": "tgw-1",
            },
            "Type": "AWS::EC2::Route",
        }
        for name, family in families.items()
        for number in (1, 2)
    }


def test_a_vpc_on_a_gateway_needs_no_more_tiers(scope: cdk.Stack) -> None:
    made = AttachmentVpc(scope, "Vpc", cidr="10.0.0.0/26", availability_zones=ZONES)
    assert list(made.subnets) == ["Attachment"]
    with refused("vpc_cidr must be at least a /26 to hold its subnets, got 10.0.0.0/27"):
        AttachmentVpc(scope, "Small", cidr="10.0.0.0/27", availability_zones=ZONES, argument="vpc_cidr")
