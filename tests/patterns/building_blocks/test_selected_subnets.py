"""Which subnets of a VPC a selection means, and what waits for their ways out."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.selected_subnets import after_ways_out, selected
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from tests.patterns.building_blocks.made import resources

ZONES = ["eu-west-1a", "eu-west-1b"]


def imported(scope: cdk.Stack) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        scope,
        "Vpc",
        vpc_id="vpc-1",
        availability_zones=ZONES,
        private_subnet_ids=["subnet-1", "subnet-2", "subnet-3", "subnet-4"],
        private_subnet_names=["Web", "Data"],
        public_subnet_ids=["subnet-5", "subnet-6"],
    )


def test_each_part_of_a_selection_counts(scope: cdk.Stack) -> None:
    vpc = imported(scope)
    private = ec2.SubnetType.PRIVATE_WITH_EGRESS
    one = ec2.Subnet.from_subnet_attributes(scope, "One", subnet_id="subnet-7", availability_zone="eu-west-1a")
    for selection, ids in (
        (ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC), ["subnet-5", "subnet-6"]),
        (ec2.SubnetSelection(subnet_group_name="Data"), ["subnet-3", "subnet-4"]),
        (ec2.SubnetSelection(subnet_type=private, one_per_az=True), ["subnet-1", "subnet-2"]),
        (ec2.SubnetSelection(subnet_type=private, availability_zones=["eu-west-1b"]), ["subnet-2", "subnet-4"]),
        (ec2.SubnetSelection(subnet_filters=[ec2.SubnetFilter.by_ids(["subnet-4"])]), ["subnet-4"]),
        (ec2.SubnetSelection(subnets=[one]), ["subnet-7"]),
    ):
        assert selected(vpc, selection, "subnets").subnet_ids == ids


def test_a_vpc_without_such_subnets_is_refused(scope: cdk.Stack) -> None:
    said = "vpc_subnets must be subnets of Test/Vpc, which has none of them"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        selected(imported(scope), ec2.SubnetSelection(subnet_group_name="Mail"), "vpc_subnets")


def test_a_subnet_of_another_vpc_is_refused(scope: cdk.Stack) -> None:
    other = ec2.Vpc.from_vpc_attributes(
        scope, "Other", vpc_id="vpc-2", availability_zones=ZONES, private_subnet_ids=["subnet-8", "subnet-9"]
    )
    said = f"vpc_subnets must be subnets of Test/Vpc, got {other.private_subnets[0].node.path} of another VPC"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        selected(imported(scope), ec2.SubnetSelection(subnets=other.private_subnets), "vpc_subnets")


def test_a_subnet_without_its_zone_is_refused_as_such(scope: cdk.Stack) -> None:
    one = ec2.Subnet.from_subnet_id(scope, "One", "subnet-7")
    said = "vpc_subnets must have their zones: import them with ec2.Subnet.from_subnet_attributes"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        selected(imported(scope), ec2.SubnetSelection(subnets=[one]), "vpc_subnets")


def waits(scope: cdk.Stack) -> list[str]:
    found: list[str] = resources(scope, "Own::Kind::User")["User"].get("DependsOn", [])
    return sorted(found)


def test_what_runs_in_subnets_waits_for_their_routes(scope: cdk.Stack) -> None:
    vpc = ec2.Vpc(scope, "Vpc", max_azs=2, nat_gateways=1)
    user = cdk.CfnResource(scope, "User", type="Own::Kind::User")
    after_ways_out(user, vpc.private_subnets[:1])
    assert waits(scope) == [
        "Vpc/PrivateSubnet1/DefaultRoute",
        "Vpc/PrivateSubnet1/RouteTableAssociation",
    ]


def test_what_runs_in_a_tier_waits_for_its_tables(scope: cdk.Stack) -> None:
    network = TieredVpc(
        scope,
        "Network",
        cidr="10.0.0.0/20",
        availability_zones=ZONES,
        tiers={"Web": 26, "Data": 26},
        with_egress=["Web"],
    )
    user = cdk.CfnResource(scope, "User", type="Own::Kind::User")
    after_ways_out(user, network.vpc.private_subnets)
    assert waits(scope) == ["Network/Web1/Association", "Network/Web2/Association"]


def test_what_runs_in_imported_subnets_waits_for_nothing(scope: cdk.Stack) -> None:
    user = cdk.CfnResource(scope, "User", type="Own::Kind::User")
    after_ways_out(user, imported(scope).private_subnets)
    assert waits(scope) == []
