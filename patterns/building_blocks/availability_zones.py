"""Availability zones of a network."""

import re
from collections.abc import Sequence
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import Fn, Stack, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.bounds import Known, Matches, PassesIn
from patterns.building_blocks.region_name import REGION

ZoneCount = Annotated[int, Interval(ge=2, le=3), Known("the number of subnets")]
"""How many zones a network has."""

# Of a Region, a Local Zone or a Wavelength Zone: eu-west-1a, us-west-2-lax-1a, us-east-1-wl1-bos-wlz-1.
Zone = Annotated[str, Matches(r"[a-z]{2}(-[a-z0-9]+)+", "names such as eu-west-1a")]
"""The name of a zone, or a token."""


def check_zones(argument: str, scope: Construct, zones: Sequence[str]) -> None:
    """Refuse zones of another Region, or of several.

    Args:
        argument: The argument's own name.
        scope: A construct of the stack that uses them.
        zones: Their names; those that are not known pass. Where the stack's Region is not known, that of the first
            is taken for it.

    Raises:
        ValueError: If one is not of that Region.

    Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    """
    own = Stack.of(scope).region
    names = [one for one in zones if not Token.is_unresolved(one)]
    for one in names:
        if not Token.is_unresolved(own):
            if not re.fullmatch(rf"{re.escape(own)}([a-z]|-.+)", one):
                raise ValueError(f"{argument} must be in {own}, the Region of the stack, got {one}")
        elif (region := re.match(rf"{REGION}\d*", names[0])) and not re.match(rf"{re.escape(region[0])}(?!\d)", one):
            raise ValueError(f"{argument} must be in one Region, got {names[0]} and {one}")


Zones = Annotated[Sequence[Zone], Len(2, 3), Unit("zones"), Known("the number of subnets"), PassesIn(check_zones)]
"""The zones of a network, in the order of its subnets."""


def zones(availability_zones: Sequence[str] | None, max_azs: int) -> list[str]:
    """Choose the availability zones of a network: those that are named, or the Region's first.

    Args:
        availability_zones: `Zones`, in the order of the subnets. None: the Region's first `max_azs`, found by
            CloudFormation when it deploys.
        max_azs: How many, if they are not named: a `ZoneCount`.

    Returns:
        Two or three names or tokens.
    """
    if availability_zones is None:
        return [Fn.select(index, Fn.get_azs()) for index in range(max_azs)]
    return list(availability_zones)


def zone_of(subnet: ec2.ISubnet, argument: str = "subnets") -> str:
    """The zone of a subnet.

    Args:
        subnet: The subnet.
        argument: The argument that it came by. Default: "subnets".

    Returns:
        The zone's name, or a token.

    Raises:
        ValueError: If it was imported by its id alone.
    """
    try:
        return subnet.availability_zone
    except RuntimeError:
        raise ValueError(
            f"{argument} must have their zones: import them with ec2.Subnet.from_subnet_attributes"
        ) from None
