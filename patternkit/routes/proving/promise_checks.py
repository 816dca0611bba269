"""What breaks each kind of promise."""

from __future__ import annotations

from patternkit.resolving.values import Unknown
from patternkit.routes.forwarding import Leg, Outcome, Sighting
from patternkit.routes.model import Interface, Service, Subnet
from patternkit.routes.proving.evidence import Evidence
from patternkit.routes.proving.inspection import inspection, unsure_of_policies
from patternkit.routes.proving.loopbacks import loopback
from patternkit.routes.proving.zones import leaves_zone, unknown_zones
from patternkit.routes.tracing import Flow


def breaks(evidence: Evidence, flow: Flow) -> str:
    """Why a flow breaks the promise; "" where it does not."""
    forward, back = flow.forward, flow.back
    kind = evidence.promise.kind
    if kind == "isolated":
        unsure = unsure_of_policies(evidence, flow, forward) if flow.delivered else []
        for doubt in unsure:
            evidence.doubt(flow, doubt)
        return f"it arrives: {forward.reason}" if flow.delivered and not unsure else ""
    if kind == "reaches":
        for leg, word in ((forward, "it is"), (back, "its reply is")):
            if leg is None or leg.outcome is not Outcome.DROPPED:
                continue
            if leg.kind != "address" or leg.walk.choice("public address") is not False:
                return f"{word} lost: {leg.reason}"
            if not (why := _unsure_of_addresses(flow)):
                return f"{word} lost: {leg.reason}"
            evidence.doubt(flow, why)
        for doubt in unsure_of_policies(evidence, flow, forward, back):
            evidence.doubt(flow, doubt)
        end = forward.end if isinstance(forward.end, Service) else flow.destination.element
        if isinstance(end, Service | Interface) and forward.outcome is Outcome.DELIVERED:
            evidence.leans |= {one for one in end.contracts if one.startswith("policies ")}
            if isinstance(end.refuses, Unknown):
                evidence.doubt(flow, end.refuses.reason)
            elif end.refuses:
                return f"it arrives, and is refused: {end.refuses}"
        if flow.answered and back is not None and (missed := _unanswered(forward, back)):
            return f"asymmetric: the reply does not cross {evidence.name(missed[0].identity)}, which saw the packet"
        return loopback(evidence, flow)
    if kind == "no_blackhole":
        return _lost(flow)
    if not flow.delivered:
        return ""
    if kind == "no_bypass":
        for leg in (forward, back):
            if leg is not None and leg.outcome is Outcome.DELIVERED and not evidence.by & set(leg.walk.middleboxes):
                return f"{'its reply goes' if leg is back else 'it goes'} around the firewall: {leg.reason}"
        return ""
    if kind == "inspected" and not evidence.by & set(forward.walk.middleboxes):
        return f"it is not inspected: {forward.reason} without crossing {evidence.by_text()}"
    if back is None or back.outcome is Outcome.UNKNOWN:
        return ""
    if back.outcome is Outcome.DROPPED:
        return "" if back.kind == "filter" else f"its reply is lost: {back.reason}"
    if kind == "inspected":
        return inspection(evidence, flow, back)
    if kind == "symmetric":
        return _asymmetry(evidence, forward, back)
    reason = leaves_zone(flow, back)
    for doubt in () if reason else unknown_zones(flow, back):
        evidence.doubt(flow, doubt)
    return reason


def _unsure_of_addresses(flow: Flow) -> str:
    """Why it is not known whether an end of a flow has a public address; "" where that is said, or may be either."""
    for element in (flow.source.element, flow.destination.element):
        given = None
        if isinstance(element, Interface):
            given = element.public
        elif isinstance(element, Subnet) and element.hosts_public is None:
            given = element.public_addresses
        if isinstance(given, Unknown):
            return f"whether {element.path} has public addresses: {given.reason}" if element is not None else ""
    return ""


def _unanswered(forward: Leg, back: Leg) -> list[Sighting]:
    """The middleboxes that see the packets and not their replies, as they see them."""
    return sorted(set(forward.walk.sightings) - set(back.walk.sightings))


def _asymmetry(evidence: Evidence, forward: Leg, back: Leg) -> str:
    for one, other, which in ((forward, back, "the packet"), (back, forward, "the reply")):
        if odd := _unanswered(one, other):
            return f"asymmetric: only {which} crosses the middlebox {evidence.name(odd[0].identity)}"
        if carriers := sorted(set(one.walk.carriers) - set(other.walk.carriers)):
            return f"asymmetric: only {which} crosses the connection {evidence.name(carriers[0])}"
    return ""


def _lost(flow: Flow) -> str:
    for leg, word in ((flow.forward, "it is"), (flow.back, "its reply is")):
        if leg is None or leg.outcome is not Outcome.DROPPED or leg.kind == "filter":
            continue
        # That a host has no public address is no fault of a route; another host of its subnet may have one.
        if leg.kind != "address" or leg.walk.choice("public address") is not False:
            return f"{word} lost: {leg.reason}"
    return ""
