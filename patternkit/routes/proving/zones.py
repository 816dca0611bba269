"""Whether flows stay in their availability zones."""

from __future__ import annotations

from patternkit.routes.forwarding import Crossing, Leg
from patternkit.routes.tracing import Flow
from patternkit.routes.values import Unknown


def leaves_zone(flow: Flow, back: Leg) -> str:
    """Why a flow is not within one zone of a VPC; "" where it is."""
    homes = {place.subnet.vpc.identity: place for place in (flow.source, flow.destination) if place.subnet is not None}
    zones: dict[str, Crossing] = {}
    for crossing in (*flow.forward.walk.crossings, *back.walk.crossings):
        place = homes.get(crossing.vpc)
        if place is not None:
            # Of the VPC where a flow starts or ends only what inspects or translates counts, not where the
            # flow enters.
            if any(attachment.path == crossing.element for attachment in place.subnet.vpc.attachments):  # type: ignore[union-attr]
                continue
            if "?" in (crossing.zone, "" if isinstance(place.subnet.zone, str) else "?"):  # type: ignore[union-attr]
                continue
            if place is flow.source and place.subnet is not None and place.subnet.zone != crossing.zone:
                home = place.subnet.zone
                return f"it leaves its availability zone: {crossing.element} is in {crossing.zone}, not {home}"
        other = zones.setdefault(crossing.vpc, crossing)
        if "?" in (other.zone, crossing.zone):
            continue
        if other.zone != crossing.zone:
            return (
                f"it crosses availability zones: {other.element} is in {other.zone}, "
                f"{crossing.element} in {crossing.zone}"
            )
    return ""


def unknown_zone(flow: Flow, back: Leg) -> str:
    """What is not known of the zones that a flow crosses; "" where they are known."""
    crossings = (*flow.forward.walk.crossings, *back.walk.crossings)
    for crossing in crossings:
        if crossing.zone == "?":
            return f"the availability zone of {crossing.element} is not known"
    subnet = flow.source.subnet
    if subnet is not None and isinstance(subnet.zone, Unknown):
        return subnet.zone.reason if any(crossing.vpc == subnet.vpc.identity for crossing in crossings) else ""
    return ""
