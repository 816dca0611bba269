"""One forwarding step after another: where the packets of a set go, in one direction.

Every way that packets can take becomes a `Leg` with its hops and outcome. Where packets part, by destination,
port, flow hash or a decision that AWS does not promise, the walk forks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from patternkit.routes.forwarding.appliances import (
    PERHAPS_FORWARDS,
    PERHAPS_TRANSLATES,
    TRANSLATION,
    in_interface,
    not_declared,
)
from patternkit.routes.forwarding.delivery import deliver_into
from patternkit.routes.forwarding.filters import match, security_group
from patternkit.routes.forwarding.gateways import at_edge
from patternkit.routes.forwarding.middleboxes import in_endpoint
from patternkit.routes.forwarding.nat import back_through_nat, in_nat
from patternkit.routes.forwarding.regional_nat import in_regional_nat
from patternkit.routes.forwarding.sites import in_vpn_gateway
from patternkit.routes.forwarding.subnets import in_subnet
from patternkit.routes.forwarding.transit import in_transit_gateway
from patternkit.routes.forwarding.walks import (
    Crossing,
    Forwarder,
    Hop,
    HopKind,
    Leg,
    Location,
    Outcome,
    Sighting,
    Translation,
    Walk,
)
from patternkit.routes.model import Model

__all__ = [
    "PERHAPS_FORWARDS",
    "PERHAPS_TRANSLATES",
    "TRANSLATION",
    "Crossing",
    "Forwarder",
    "Hop",
    "HopKind",
    "Leg",
    "Location",
    "Outcome",
    "Sighting",
    "Translation",
    "Walk",
    "forward",
    "match",
    "not_declared",
    "security_group",
]

LONGEST_PATH = 64

# What happens at each kind of place: with the place, where the packets come from, and their walk.
_STEPS: dict[str, Callable[[Forwarder, Any, Any, Walk], None]] = {
    "subnet": in_subnet,
    "transit": in_transit_gateway,
    "edge": at_edge,
    "vpn gateway": in_vpn_gateway,
    "endpoint": in_endpoint,
    "interface": in_interface,
    "nat": in_nat,
    "nat back": back_through_nat,
    "regional nat": in_regional_nat,
    "local": deliver_into,
}


def forward(model: Model, starts: Iterable[tuple[Location, Walk]]) -> list[Leg]:
    """Walk until every packet has arrived, is lost, or meets what is not known."""
    forwarder = Forwarder(model, starts)
    while forwarder.pending:
        (step, place, come_from), walk = forwarder.pending.pop()
        if len(walk.hops) > LONGEST_PATH:
            forwarder.drop(walk, "the path does not end", "loop")
            continue
        _STEPS[step](forwarder, place, come_from, walk)
    return forwarder.done
