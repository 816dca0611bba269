"""Zones by their ids, or the first two of the Region."""

from typing import Any

import aws_cdk as cdk
import pytest

from patterns.building_blocks.signature import check
from patterns.building_blocks.vpc.zone_ids import ZoneIds, check_zone_ids, zone_ids_or_first


def test_without_ids_they_are_the_first_two_of_the_region(scope: cdk.Stack) -> None:
    assert scope.resolve(zone_ids_or_first(None)) == [{"Fn::Select": [one, {"Fn::GetAZs": ""}]} for one in (0, 1)]


def test_ids_are_taken_in_their_order() -> None:
    ids = ("euw1-az3", "euw1-az1")
    check("zone_ids", ids, ZoneIds)
    assert zone_ids_or_first(ids) == list(ids)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["euw1-az1"], "must hold 2 or 3 zones, got 1"),
        ([f"euw1-az{one}" for one in range(1, 5)], "must hold 2 or 3 zones, got 4"),
        (["euw1-az1", "eu-west-1a"], "must be ids such as euw1-az1, got 'eu-west-1a'"),
        (["euw1-az1", "euw1-az1"], "must differ, got euw1-az1 twice"),
    ],
)
def test_other_zones_are_refused(given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^zone_ids {said}$"):
        check("zone_ids", given, ZoneIds)


def test_they_are_of_one_region(scope: cdk.Stack) -> None:
    check_zone_ids("zone_ids", scope, ["use1-az1", "use1-az3", "use1-az2"])
    for other in ("usw1-az2", "use10-az2"):
        said = f"zone_ids must be in one Region, got use1-az1 and {other}"
        with pytest.raises(ValueError, match=f"^{said}$"):
            check_zone_ids("zone_ids", scope, ["use1-az1", other])


def test_they_are_known_at_synthesis(scope: cdk.Stack) -> None:
    text = cdk.CfnParameter(scope, "Zone").value_as_string
    said = "zone_ids must be known when the template is made, got a token: the subnets depends on it"
    with pytest.raises(ValueError, match=f"^{said}$"):
        check("zone_ids", cdk.Fn.split(",", text), ZoneIds)
