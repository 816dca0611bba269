"""Availability zones as templates write them."""

from __future__ import annotations

import re
from typing import Any

from patternkit.resolving.given import matching
from patternkit.resolving.identities import custom_names
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Stack
from patternkit.resolving.values import NO_VALUE, Unknown, Zone, is_opaque, lifted

_ZONE_NAME = re.compile(r"^(?:[a-z]{2}(?:-[a-z]+)+-\d[a-z]|[a-z]{2}(?:-[a-z]+)+-\d-[a-z0-9-]+-\d[a-z])$")


class Zones:
    """`Fn::GetAZs`: all zones of a region in an order that the account decides."""

    def __init__(self, region: str) -> None:
        self.region = region


def zone_name(resolver: Resolver, zone: Any) -> Any:
    """The name that this world gives a zone that is written out."""
    if isinstance(zone, str) and not is_opaque(zone):
        if _ZONE_NAME.match(zone):
            return resolver.name_zone(Zone("name", zone, zone.rstrip("abcdefghijklmnopqrstuvwxyz")))
        if re.fullmatch(r"[a-z0-9]+-az\d+", zone):
            return resolver.name_zone(Zone("id", zone, ""))
    return zone


def subnet_zone(resolver: Resolver, stack: Stack, logical: str) -> Any:
    """The zone of a subnet, by name or id; without either AWS picks one, which a contract may say."""
    properties = stack.resources[logical].get("Properties") or {}
    for name in ("AvailabilityZone", "AvailabilityZoneId"):
        if name in properties:
            zone = resolver.resolve(stack, properties[name])
            if zone is not NO_VALUE:
                return zone_name(resolver, zone)
    return declared_zone(resolver, stack, logical) or Unknown(
        f"AWS picks the availability zone of {stack.path(logical)}{lifted('zones')}"
    )


def declared_zone(resolver: Resolver, stack: Stack, logical: str) -> str | None:
    """The zone that a contract gives a subnet."""
    declared = matching(resolver.contracts.zones, custom_names(stack, logical, ""))
    if declared is None:
        return None
    resolver.leans.add(f"zones {declared}")
    return str(zone_name(resolver, resolver.contracts.zones[declared]))


def get_azs(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::GetAZs`: all zones of a region."""
    region = resolver.resolve(stack, argument)
    if isinstance(region, Unknown):
        region = ""
    return Zones(stack.region if not region or is_opaque(str(region)) else str(region))
