"""Subnets and targets of another VPC are refused where it is certain that they are."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.building_blocks.vpc_of_subnets import check_subnets_given, check_subnets_of, check_targets_of

ZONES = ["eu-west-1a", "eu-west-1b"]


class Given:
    """VPCs and subnets, each made or imported in another way."""

    def __init__(self, scope: cdk.Stack) -> None:
        self.scope = scope
        self.made = ec2.Vpc(scope, "Made", availability_zones=ZONES)
        self.elsewhere = ec2.Vpc(cdk.Stack(cdk.Stage.of(scope), "Elsewhere"), "Made", availability_zones=ZONES)
        tiered = TieredVpc(scope, "Tiered", cidr="10.0.0.0/16", availability_zones=ZONES, tiers={"Work": 24})
        self.tiered = tiered.vpc
        self.first = self.imported("First", "vpc-1")
        self.second = self.imported("Second", "vpc-2")
        self.first_again = self.imported("FirstAgain", "vpc-1")
        self.made_again = self.imported("MadeAgain", self.made.vpc_id)
        self.unknown = self.imported("Unknown", cdk.CfnParameter(scope, "Id").value_as_string)

    def imported(self, name: str, vpc_id: str) -> ec2.IVpc:
        return ec2.Vpc.from_vpc_attributes(
            self.scope, name, vpc_id=vpc_id, availability_zones=ZONES, private_subnet_ids=["subnet-1", "subnet-2"]
        )


def subnets(vpc: ec2.IVpc) -> list[ec2.ISubnet]:
    return [*vpc.private_subnets, *vpc.isolated_subnets]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("made", "elsewhere"),
        ("elsewhere", "made"),
        ("made", "tiered"),
        ("tiered", "made"),
        ("first", "second"),
        ("second", "first_again"),
    ],
)
def test_subnets_of_another_vpc_are_refused(scope: cdk.Stack, one: str, other: str) -> None:
    given = Given(scope)
    vpc, wrong = getattr(given, one), subnets(getattr(given, other))
    said = f"subnets must be subnets of {vpc.node.path}, got {wrong[0].node.path} of another VPC"
    with pytest.raises(ValueError, match=f"^{said}$"):
        check_subnets_of(vpc, "subnets", [*subnets(vpc), *wrong])
    for selection in (wrong, ec2.SubnetSelection(subnets=wrong)):
        with pytest.raises(ValueError, match=f"^{said}$"):
            check_subnets_given({"vpc": vpc, "subnets": selection})
        check_subnets_given({"vpc": None, "subnets": selection})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("made", "made"),
        ("tiered", "tiered"),
        ("first", "first"),
        ("first", "first_again"),
        ("made", "made_again"),
        ("made_again", "made"),
        # Which VPC it is, only a deployment knows.
        ("made", "unknown"),
        ("unknown", "first"),
        # What was imported may have been made here once.
        ("made", "first"),
        ("first", "tiered"),
    ],
)
def test_subnets_that_may_be_of_the_vpc_pass(scope: cdk.Stack, one: str, other: str) -> None:
    given = Given(scope)
    check_subnets_of(getattr(given, one), "subnets", subnets(getattr(given, other)))


def test_subnets_beside_their_vpc_pass(scope: cdk.Stack) -> None:
    vpc = ec2.Vpc(scope, "Vpc", availability_zones=ZONES)
    other = ec2.Vpc(scope, "Other", availability_zones=ZONES)
    beside = ec2.Subnet(scope, "Beside", vpc_id=vpc.vpc_id, availability_zone="eu-west-1a", cidr_block="10.0.250.0/24")
    alone = ec2.Subnet.from_subnet_id(scope, "Alone", "subnet-1")
    by_token = ec2.Subnet.from_subnet_id(scope, "Token", cdk.CfnParameter(scope, "Id").value_as_string)
    of_one = ec2.Subnet.from_subnet_id(scope, "One", vpc.private_subnets[0].subnet_id)
    check_subnets_of(vpc, "subnets", [beside, alone, by_token, of_one])
    check_subnets_of(other, "subnets", [alone, by_token])
    for wrong in (beside, of_one):
        with pytest.raises(ValueError, match=f"^subnets must be subnets of Test/Other, got {wrong.node.path} of ano"):
            check_subnets_of(other, "subnets", [wrong])


def targets(vpc: ec2.IVpc | None, name: str) -> elbv2.ApplicationTargetGroup:
    scope = cdk.Stack.of(vpc) if vpc is not None else cdk.Stack()
    kind = elbv2.TargetType.IP if vpc is not None else elbv2.TargetType.LAMBDA
    port = 8080 if vpc is not None else None
    return elbv2.ApplicationTargetGroup(scope, name, vpc=vpc, port=port, target_type=kind)


@pytest.mark.parametrize(
    ("vpc", "stable", "candidate", "said"),
    [
        ("made", "tiered", None, "stable must have its targets in vpc, has them in another VPC"),
        ("first", "first_again", "second", "candidate must have its targets in vpc, has them in another VPC"),
        ("made", "made", "elsewhere", "candidate must have its targets in vpc, has them in another VPC"),
        ("unknown", "first", "second", "candidate must have its targets in the VPC of stable, has them in another"),
        (None, "made", None, "stable needs vpc, the VPC of its targets: the one that is made is another"),
        (None, None, "first", "candidate needs vpc, the VPC of its targets: the one that is made is another"),
    ],
)
def test_targets_in_another_vpc_are_refused(
    scope: cdk.Stack, vpc: str | None, stable: str | None, candidate: str | None, said: str
) -> None:
    given = Given(scope)
    groups = {
        name: targets(getattr(given, of), name) if of else None
        for name, of in {"stable": stable, "candidate": candidate}.items()
    }
    with pytest.raises(ValueError, match=f"^{said}$"):
        check_targets_of(getattr(given, vpc) if vpc else None, groups)


@pytest.mark.parametrize(
    ("vpc", "of"),
    [("made", "made"), ("made", "made_again"), ("first", "first_again"), ("made", "unknown"), ("first", "made")],
)
def test_targets_that_may_be_in_the_vpc_pass(scope: cdk.Stack, vpc: str, of: str) -> None:
    given = Given(scope)
    check_targets_of(getattr(given, vpc), {"stable": targets(getattr(given, of), "Stable"), "candidate": None})


def test_targets_in_no_vpc_pass(scope: cdk.Stack) -> None:
    for vpc in (None, Given(scope).made):
        check_targets_of(vpc, {"stable": targets(None, "Stable")})
