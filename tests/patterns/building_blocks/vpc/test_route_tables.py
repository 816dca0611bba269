"""The route table of a subnet that exists already."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.vpc.route_tables import route_table_of


def test_it_is_the_one_that_the_subnet_was_imported_with(scope: cdk.Stack) -> None:
    subnet = ec2.Subnet.from_subnet_attributes(scope, "Known", subnet_id="subnet-1", route_table_id="rtb-1")
    assert route_table_of(subnet) == "rtb-1"


@pytest.mark.parametrize("argument", ["vpc", "other_vpc"])
def test_a_subnet_without_one_is_refused_in_the_arguments_name(scope: cdk.Stack, argument: str) -> None:
    subnet = ec2.Subnet.from_subnet_id(scope, "Theirs", "subnet-1")
    said = (
        f"{argument} must have the route tables of its subnets, got Test/Theirs without one: import them by "
        "ec2.Vpc.from_lookup, or by private_subnet_route_table_ids and its like"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        route_table_of(subnet, *([argument] if argument != "vpc" else []))
