"""The range of a VPC, and subnets that are not known."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.signature import check
from patterns.building_blocks.vpc.vpc_range import range_of

ZONES = ["eu-west-1a", "eu-west-1b"]


@pytest.mark.parametrize("known", [True, False])
def test_the_range_is_that_of_the_vpc(scope: cdk.Stack, known: bool) -> None:
    block = "10.8.0.0/20" if known else cdk.Fn.import_value("Range")
    imported = ec2.Vpc.from_vpc_attributes(scope, "Vpc", vpc_id="vpc-1", availability_zones=ZONES, vpc_cidr_block=block)
    assert range_of("vpc", imported) == block


def test_a_vpc_that_was_imported_without_its_range_is_refused_in_one_line(scope: cdk.Stack) -> None:
    imported = ec2.Vpc.from_vpc_attributes(scope, "Theirs", vpc_id="vpc-1", availability_zones=ZONES)
    with pytest.raises(ValueError, match=r"^vpc must have a range, got Test/Theirs without one: import it by [^\n]+$"):
        range_of("vpc", imported)


def test_subnets_that_a_token_for_a_list_stands_for_are_refused(scope: cdk.Stack) -> None:
    """How many they are is not known: the CDK makes one of it, with a text that no template can have."""
    listed = cdk.Fn.split(",", cdk.Fn.import_value("Subnets"))
    for number, kind in enumerate(("public_subnet_ids", "private_subnet_ids", "isolated_subnet_ids")):
        unknown = ec2.Vpc.from_vpc_attributes(
            scope,
            f"Unknown{number}",
            vpc_id="vpc-1",
            availability_zones=cdk.Fn.get_azs(),
            **{kind: listed},  # type: ignore[arg-type]
        )
        with pytest.raises(ValueError, match=rf"^vpc must have subnets .+ in Test/Unknown{number}: [^\n]+$"):
            check("vpc", unknown, ec2.IVpc | None)
    two = [cdk.Fn.select(number, listed) for number in (0, 1)]
    known = ec2.Vpc.from_vpc_attributes(
        scope, "Known", vpc_id="vpc-1", availability_zones=ZONES, private_subnet_ids=two
    )
    without = ec2.Vpc.from_vpc_attributes(scope, "Without", vpc_id="vpc-1", availability_zones=cdk.Fn.get_azs())
    for one in (known, without, ec2.Vpc(scope, "Own")):
        check("vpc", one, ec2.IVpc | None)
