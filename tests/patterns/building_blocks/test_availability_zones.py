"""The zones of a network: those that are named, or the first of the Region."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.availability_zones import Zone, ZoneCount, check_zones, zone_of, zones
from patterns.building_blocks.signature import check


@pytest.mark.parametrize("count", [2, 3])
def test_without_names_they_are_the_first_of_the_region(scope: cdk.Stack, count: int) -> None:
    assert scope.resolve(zones(None, count)) == [{"Fn::Select": [one, {"Fn::GetAZs": ""}]} for one in range(count)]


def test_those_that_are_named_are_taken_however_many() -> None:
    assert zones(("eu-west-1b", "eu-west-1a", "eu-west-1c"), 2) == ["eu-west-1b", "eu-west-1a", "eu-west-1c"]


@pytest.mark.parametrize("name", ["eu-west-1a", "us-west-2-lax-1a", "us-east-1-wl1-bos-wlz-1", "us-gov-west-1a"])
def test_zones_of_each_kind_may_be_named(name: str) -> None:
    check("zone", name, Zone)


@pytest.mark.parametrize("name", ["euw1", "e-west-1a", "eu_west_1a", "EU-west-1a", "eu-", "eu-west-1a,eu-west-1b"])
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=rf"^zone must be names such as eu-west-1a, got '{name}'$"):
        check("zone", name, Zone)


UNKNOWN = cdk.Token.as_string({"Ref": "Zone"})


@pytest.mark.parametrize("region", [None, "us-east-1"])
@pytest.mark.parametrize(
    "named",
    [
        [],
        [UNKNOWN],
        ["us-east-1a", "us-east-1b"],
        ["us-east-1a", UNKNOWN],
        ["us-east-1a", "us-east-1-wl1-bos-wlz-1", "us-east-1-bos-1a"],
    ],
)
def test_zones_of_one_region_pass(region: str | None, named: list[str]) -> None:
    env = cdk.Environment(region=region) if region else None
    check_zones("zones", cdk.Stack(cdk.App(), "Stack", env=env), named)


@pytest.mark.parametrize(
    ("region", "named", "said"),
    [
        ("us-east-1", ["us-east-1a", "eu-west-1b"], "in us-east-1, the Region of the stack, got eu-west-1b"),
        ("us-east-1", ["us-east-2a", UNKNOWN], "in us-east-1, the Region of the stack, got us-east-2a"),
        ("us-east-1", ["us-east-10a"], "in us-east-1, the Region of the stack, got us-east-10a"),
        ("us-west-1", ["us-gov-west-1a"], "in us-west-1, the Region of the stack, got us-gov-west-1a"),
        ("us-east-1", ["us-west-2-lax-1a"], "in us-east-1, the Region of the stack, got us-west-2-lax-1a"),
        (None, ["eu-west-1a", "us-east-1b"], "in one Region, got eu-west-1a and us-east-1b"),
        (None, [UNKNOWN, "eu-west-1a", "eu-west-1b", "eu-west-2a"], "in one Region, got eu-west-1a and eu-west-2a"),
        (None, ["us-west-2-lax-1a", "us-west-1a"], "in one Region, got us-west-2-lax-1a and us-west-1a"),
        (None, ["us-east-1a", "us-east-10a"], "in one Region, got us-east-1a and us-east-10a"),
    ],
)
def test_zones_of_another_region_are_refused(region: str | None, named: list[str], said: str) -> None:
    scope = cdk.Stack(cdk.App(), "Stack", env=cdk.Environment(region=region) if region else None)
    with pytest.raises(ValueError, match=f"^zones must be {said}$"):
        check_zones("zones", scope, named)


@pytest.mark.parametrize("count", [1, 4])
def test_a_network_has_two_or_three_zones(count: int) -> None:
    with pytest.raises(ValueError, match=f"^max_azs must be 2 or 3, got {count}$"):
        check("max_azs", count, ZoneCount)


def test_how_many_zones_there_are_is_known_at_synthesis(scope: cdk.Stack) -> None:
    number = cdk.CfnParameter(scope, "Number", type="Number").value_as_number
    said = "max_azs must be known when the template is made, got a token: the number of subnets depends on it"
    with pytest.raises(ValueError, match=f"^{said}$"):
        check("max_azs", number, ZoneCount)


def test_a_subnet_without_its_zone_is_refused(scope: cdk.Stack) -> None:
    known = ec2.Subnet.from_subnet_attributes(scope, "Known", subnet_id="subnet-1", availability_zone="eu-west-1a")
    assert zone_of(known) == "eu-west-1a"
    unknown = ec2.Subnet.from_subnet_id(scope, "Unknown", "subnet-2")
    said = "subnets must have their zones: import them with ec2.Subnet.from_subnet_attributes"
    with pytest.raises(ValueError, match=f"^{said}$"):
        zone_of(unknown)
