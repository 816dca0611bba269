"""Whose IPv6 range is known, and whose is not."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.network.hub.ipv6_range import ipv6_range_of, require_ipv6

ZONES = ["eu-west-1a", "eu-west-1b"]


def of_the_cdk(scope: cdk.Stack, name: str, protocol: ec2.IpProtocol) -> ec2.Vpc:
    tiers = [ec2.SubnetConfiguration(name="Web", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)]
    return ec2.Vpc(scope, name, availability_zones=ZONES, subnet_configuration=tiers, ip_protocol=protocol)


@pytest.mark.parametrize("tiered", [True, False])
def test_a_vpc_of_the_app_with_ipv6_has_the_first_of_its_ranges_once_it_is_there(
    scope: cdk.Stack, tiered: bool
) -> None:
    if tiered:
        ours = TieredVpc(scope, "Vpc", cidr="10.1.0.0/24", availability_zones=ZONES, tiers={"Web": 27}, ipv6=True)
        vpc: ec2.IVpc = ours.vpc
        resource = ours.resource
    else:
        vpc = made = of_the_cdk(scope, "Vpc", ec2.IpProtocol.DUAL_STACK)
        assert isinstance(made.node.default_child, ec2.CfnVPC)
        resource = made.node.default_child
    found = require_ipv6("vpc", vpc)
    of_vpc = scope.resolve(resource.attr_ipv6_cidr_blocks)
    assert scope.resolve(found.cidr) == {"Fn::Select": [0, of_vpc]}
    block = found.made_by
    assert isinstance(block, ec2.CfnVPCCidrBlock)
    assert block.amazon_provided_ipv6_cidr_block is True


def test_of_one_without_ipv6_and_of_an_imported_one_none_is_known(scope: cdk.Stack) -> None:
    ours = TieredVpc(scope, "Ours", cidr="10.1.0.0/24", availability_zones=ZONES, tiers={"Web": 27})
    imported = ec2.Vpc.from_vpc_attributes(scope, "Imported", vpc_id="vpc-1", availability_zones=ZONES)
    for vpc in (ours.vpc, of_the_cdk(scope, "Theirs", ec2.IpProtocol.IPV4_ONLY), imported):
        assert ipv6_range_of(vpc) is None
        with pytest.raises(ValueError, match=f"^vpc must have an IPv6 range to carry IPv6, got {vpc.node.path} "):
            require_ipv6("vpc", vpc)
