"""Availability zones by id, which mean the same in every account."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Len, Unit
from aws_cdk import Fn
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches, PassesIn

ID = r"[a-z]+\d+-az\d+"


def check_zone_ids(argument: str, _: Construct, zone_ids: Sequence[str]) -> None:
    """Refuse zones of several Regions.

    Args:
        argument: The argument's own name.
        zone_ids: Their ids, which begin with their Region's.

    Raises:
        ValueError: If two begin otherwise.
    """
    for one in zone_ids:
        if one.partition("-")[0] != zone_ids[0].partition("-")[0]:
            raise ValueError(f"{argument} must be in one Region, got {zone_ids[0]} and {one}")


ZoneIds = Annotated[
    Sequence[Annotated[str, Matches(ID, "ids such as euw1-az1")]],
    Len(2, 3),
    Unit("zones"),
    Known("the subnets"),
    PassesIn(check_zone_ids),
]
"""The zones of a network, by id, in the order of its subnets."""


def zone_ids_or_first(zone_ids: Sequence[str] | None) -> list[str]:
    """Choose the zones of a network: those that are named by id, or the Region's first two.

    Args:
        zone_ids: The ids.

    Returns:
        The ids, or tokens of names.
    """
    if zone_ids is None:
        return [Fn.select(index, Fn.get_azs()) for index in (0, 1)]
    return list(zone_ids)
