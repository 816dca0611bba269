"""Whether flows stay in their availability zones."""

from __future__ import annotations

from typing import NamedTuple

from patternkit.resolving.values import lifted
from patternkit.routes.forwarding import Leg
from patternkit.routes.tracing import Flow


class _Standing(NamedTuple):
    """What a flow has in a VPC: the zone is "" where it is not known, and then the subnet tells it apart."""

    element: str
    zone: str
    subnet: str
    doubt: str


def leaves_zone(flow: Flow, back: Leg) -> str:
    """Why a flow is not within one zone of each VPC; "" where it is, as far as the zones are known."""
    for standing in _by_vpc(flow, back).values():
        known = [one for one in standing if one.zone]
        for one in known[1:]:
            if one.zone != known[0].zone:
                return (
                    f"it crosses availability zones: {known[0].element} is in {known[0].zone}, "
                    f"{one.element} in {one.zone}"
                )
    return ""


def unknown_zones(flow: Flow, back: Leg) -> list[str]:
    """What is not known of the zones that a flow crosses, where that decides."""
    found = []
    for standing in _by_vpc(flow, back).values():
        # Whatever the zone of a subnet is, what stands in that subnet alone is in one.
        if len({one.zone or one.subnet for one in standing}) > 1:
            found += [one.doubt for one in standing if not one.zone]
    return found


def _by_vpc(flow: Flow, back: Leg) -> dict[str, dict[_Standing, None]]:
    """What a flow has in each VPC: its source or destination, and what inspects or translates it."""
    found: dict[str, dict[_Standing, None]] = {}
    homes = {}
    for place in (flow.source, flow.destination):
        subnet = place.subnet
        if subnet is not None:
            homes[subnet.vpc.identity] = {attachment.path for attachment in subnet.vpc.attachments}
            zone, doubt = (subnet.zone, "") if isinstance(subnet.zone, str) else ("", subnet.zone.reason)
            found.setdefault(subnet.vpc.identity, {})[_Standing(subnet.path, zone, subnet.path, doubt)] = None
    for crossing in (*flow.forward.walk.crossings, *back.walk.crossings):
        # By which attachment a flow enters the VPC where it ends is the transit gateway's business.
        if crossing.element not in homes.get(crossing.vpc, ()):
            zone = "" if crossing.zone == "?" else crossing.zone
            doubt = f"the availability zone of {crossing.element} is not known{lifted('zones')}"
            standing = _Standing(crossing.element, zone, crossing.subnet, "" if zone else doubt)
            found.setdefault(crossing.vpc, {})[standing] = None
    return found
