"""What undeclared appliances may do besides forwarding, and where that decides.

An appliance is taken to forward what it gets. Where packets are then lost because of their source, or their replies are
lost, it may be a NAT instance: the flows that it would translate count, too, and none of them is sure.
"""

from __future__ import annotations

from patternkit.routes.forwarding import (
    PERHAPS_FORWARDS,
    PERHAPS_TRANSLATES,
    TRANSLATION,
    Leg,
    Outcome,
    not_declared,
)
from patternkit.routes.model import Interface, Subnet
from patternkit.routes.tracing import Flow

_BY_SOURCE = ("address", "filter")


def considered(flows: list[Flow]) -> list[Flow]:
    """The flows between two places without those that an appliance would have to translate for nothing."""
    if any(_may_be_rescued(flow) for flow in flows):
        return flows
    return [flow for flow in flows if not _perhaps_translated(flow)]


def is_unsure(flow: Flow, flows: list[Flow], broken: list[Flow], kind: str) -> bool:
    """Whether a flow that breaks a promise may not do so, for what an appliance on its way may do.

    Args:
        flow: The flow.
        flows: All flows between the two places.
        broken: Those that break the promise.
        kind: The kind of promise.
    """
    if kind in ("isolated", "no_bypass"):
        # That a host behind an appliance has a public address, too, is one more thing that is not known.
        return _assumed(flow) and _perhaps_public(flow)
    rescued = _may_be_rescued(flow) or (_assumed(flow) and _perhaps_public(flow))
    return rescued and any(_perhaps_translated(other) and other not in broken for other in flows)


def undeclared(flow: Flow) -> str:
    """Why packets that are lost beyond an undeclared appliance may arrive all the same; "" where they do not."""
    return undeclared_on(flow) if _assumed(flow) and _lost_by_source(flow.forward) else ""


def undeclared_on(flow: Flow) -> str:
    """That nothing says whether an appliance on the way of a flow translates."""
    return next(not_declared(hop.element) for hop in flow.forward.walk.hops if hop.kind == "appliance")


def _may_be_rescued(flow: Flow) -> bool:
    back = flow.back
    lost = back is not None and back.outcome is Outcome.DROPPED and back.kind != "state"
    return _assumed(flow) and (lost or _lost_by_source(flow.forward))


def _lost_by_source(leg: Leg) -> bool:
    return leg.outcome is Outcome.DROPPED and leg.kind in _BY_SOURCE


def _assumed(flow: Flow) -> bool:
    return _has(flow, PERHAPS_FORWARDS)


def _perhaps_translated(flow: Flow) -> bool:
    return _has(flow, PERHAPS_TRANSLATES)


def _has(flow: Flow, value: str) -> bool:
    return any(key.startswith(TRANSLATION) and chosen == value for key, chosen in flow.last.walk.choices)


def _perhaps_public(flow: Flow) -> bool:
    """Whether packets leave with a public address that nothing says their host has."""
    element = flow.source.element
    surely = element.public if isinstance(element, Interface) else None
    if isinstance(element, Subnet):
        surely = element.public_addresses
    return flow.forward.walk.choice("public address") is True and surely is not True
