"""Availability zones of a network."""

import re
from collections.abc import Sequence

from aws_cdk import Fn, Token

# Of a Region, a Local Zone or a Wavelength Zone: eu-west-1a, us-west-2-lax-1a, us-east-1-wl1-bos-wlz-1.
_ZONE = re.compile(r"[a-z]{2}(-[a-z0-9]+)+")


def zones(availability_zones: Sequence[str] | None, max_azs: int) -> list[str]:
    """Choose the availability zones of a network: those that are named, or the Region's first.

    Args:
        availability_zones: Names, in the order of the subnets. None: the Region's first `max_azs`, found by
            CloudFormation when it deploys.
        max_azs: How many, if they are not named.

    Returns:
        Two or three names or tokens.

    Raises:
        ValueError: If there is one zone, more than three, one twice, or a name that is none.
    """
    if availability_zones is None:
        if max_azs not in (2, 3):
            raise ValueError(f"max_azs must be 2 or 3, got {max_azs}")
        return [Fn.select(index, Fn.get_azs()) for index in range(max_azs)]
    if len(availability_zones) not in (2, 3):
        raise ValueError(f"availability_zones must be 2 or 3 zones, got {len(availability_zones)}")
    if len(set(availability_zones)) < len(availability_zones):
        raise ValueError(f"availability_zones must differ, got {', '.join(availability_zones)}")
    for zone in availability_zones:
        if not Token.is_unresolved(zone) and not _ZONE.fullmatch(zone):
            raise ValueError(f"availability_zones must be names such as eu-west-1a, got {zone!r}")
    return list(availability_zones)
