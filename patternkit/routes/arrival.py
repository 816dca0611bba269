"""Whether packets ended at the place that was asked for."""

from __future__ import annotations

from dataclasses import replace

from patternkit.resolving.values import not_lifted
from patternkit.routes.addresses import Spans, intersect, normal, subtract
from patternkit.routes.forwarding import Leg, Outcome
from patternkit.routes.model import LocalGateway, Service, Site
from patternkit.routes.places import Place


def at_place(leg: Leg, place: Place) -> list[Leg]:
    """A leg that is delivered, parted by whether it ended at a place; what ended elsewhere is lost to it."""
    if leg.outcome is not Outcome.DELIVERED or place.kind == "addresses":
        return [leg]
    end = leg.end
    if place.kind in ("subnet", "interface"):
        right = end is place.subnet and not (leg.walk.back and leg.walk.translations)
    elif place.kind == "internet":
        right = isinstance(end, tuple)
    elif place.kind == "service":
        right = isinstance(end, (tuple, Service))
    elif isinstance(end, Site) and isinstance(place.element, Site):
        return _at_site(leg, end, place.element, place)
    else:
        right = False
    return [leg if right else _elsewhere(leg, place)]


def passes_on(leg: Leg) -> str:
    """Why what a leg lost to another site may still arrive; "" where it surely does not."""
    if leg.kind == "elsewhere" and isinstance(leg.end, Site) and leg.end.passes_on is not False:
        return (
            f"{leg.end.path} gets what is not its own, and may pass it on, to the internet or back into AWS "
            "(contract: sites, passes-on)"
        )
    return ""


def _at_site(leg: Leg, end: Site, wanted: Site, place: Place) -> list[Leg]:
    if end.is_at(wanted):
        return [leg]
    # Connections to one network learn the same blocks. What another site has besides is its own.
    shared = _shared(end, wanted, leg.walk.box.family)
    destination = leg.walk.box.destination
    inside = intersect(destination, shared)
    outside = subtract(destination, shared)
    found = []
    if inside:
        found.append(replace(leg, walk=leg.walk.towards(inside)) if outside else leg)
    if outside:
        part = replace(leg, walk=leg.walk.towards(outside)) if inside else leg
        found.append(_elsewhere(part, place))
    return found


def _shared(one: Site, other: Site, family: int) -> Spans:
    """The addresses that two connections have learnt in the same blocks, less what one knows more exactly."""
    mine, theirs = set(one.spans(family)), set(other.spans(family))
    shared = normal((block.first, block.last) for block in mine & theirs)
    own = normal(
        (block.first, block.last)
        for block in mine - theirs
        if any(block != wider and wider.covers(block) for wider in theirs)
    )
    return subtract(shared, own)


def _elsewhere(leg: Leg, place: Place) -> Leg:
    reason = f"{leg.reason} instead of {place.name}"
    if place.kind == "internet" and isinstance(leg.end, LocalGateway):
        passes = f"the network behind {leg.end.path} may pass it on to the internet{not_lifted()}"
        return Leg(leg.walk, Outcome.UNKNOWN, passes)
    if place.kind == "internet" and isinstance(leg.end, Site):
        lost = Leg(leg.walk, Outcome.DROPPED, reason, leg.end, "elsewhere")
        if doubt := passes_on(lost):
            return Leg(leg.walk, Outcome.UNKNOWN, doubt)
    return Leg(leg.walk, Outcome.DROPPED, reason, leg.end, "elsewhere")
