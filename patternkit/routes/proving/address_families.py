"""Which families of addresses a promise is about."""

from __future__ import annotations

from patternkit.routes.model import Interface, Model, NatGateway
from patternkit.routes.places import Place
from patternkit.routes.promises import Promise

# What must not arrive must not arrive in any way; what should work is asked of the ways that are meant.
_WHATEVER_ARRIVES = ("isolated", "no_bypass", "inspected")


def by_nat64(model: Model, promise: Promise, source: Place, destination: Place) -> bool:
    """Whether a promise is also about packets that an IPv6 source sends to IPv4 addresses of the destination.

    They are for hosts that have no IPv4, or are given such addresses by DNS64; other hosts send IPv4.
    """
    if source.doubt or destination.doubt or not source.ipv6 or not destination.ipv4 or source.subnet is None:
        return False
    if not any(
        isinstance(target, NatGateway) or (isinstance(target, Interface) and target.checks is not True)
        for target in model.targets.values()
    ):
        return False
    if promise.kind in _WHATEVER_ARRIVES:
        return True
    if promise.family == 6 or source.ipv4:
        return False
    return promise.family == 4 or not destination.ipv6 or source.subnet.dns64 is True
