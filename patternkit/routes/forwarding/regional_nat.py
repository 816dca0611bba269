"""NAT gateways with regional availability: of a whole VPC, without a subnet, with a route table of their own.

https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.resolving.values import Unknown, lifted, not_lifted
from patternkit.routes.forwarding.delivery import deliver
from patternkit.routes.forwarding.filters import enter, leave
from patternkit.routes.forwarding.internet import to_internet
from patternkit.routes.forwarding.nat import translate
from patternkit.routes.forwarding.tables import blocks_of, destination_of, look_up, target_text
from patternkit.routes.forwarding.walks import Crossing, Forwarder, Walk
from patternkit.routes.model import (
    Ambiguous,
    Blackhole,
    Endpoint,
    Interface,
    InternetGateway,
    Local,
    NatGateway,
    Route,
    Subnet,
    Vpc,
)


def to_regional_nat(forwarder: Forwarder, nat: NatGateway, subnet: Subnet, walk: Walk) -> None:
    """A route leads to a regional NAT gateway: it translates in the zone of the subnet, where it is in that zone."""
    vpc = nat.vpc
    if vpc is not subnet.vpc:
        forwarder.unknown(walk, f"AWS refuses the route: {nat.path} is not in {subnet.vpc.path}")
        return
    known = isinstance(subnet.zone, str) and (
        nat.zones is None or (not isinstance(nat.zones, Unknown) and subnet.zone in nat.zones)
    )
    crossing = Crossing(vpc.identity, str(subnet.zone) if known else "?", nat.path, subnet.path if known else nat.path)
    for passed in leave(forwarder, subnet, walk):
        # No subnet holds its address within the VPC, and no document tells it.
        for translated in translate(forwarder, nat, None, passed, spans=blocks_of(vpc, 4)):
            why = "source becomes the gateway's" + (", and the packets IPv4" if walk.box.family == 6 else "")
            crossed = translated.hop(
                nat, "NAT gateway", why, crossing.zone, crossings=(*translated.crossings, crossing)
            )
            forwarder.go("regional nat", nat, None, crossed)


def in_regional_nat(forwarder: Forwarder, nat: NatGateway, come_from: Any, walk: Walk) -> None:
    """Packets, or replies that have their own destination again, are at a regional NAT gateway: its table decides."""
    del come_from
    vpc, table = nat.vpc, nat.table
    if vpc is None or table is None:
        forwarder.unknown(walk, f"the VPC of {nat.path} is not in the set{lifted('ids')}")
        return
    mark = ("regional nat", nat.identity, walk.box.destination, len(walk.translations))
    if mark in walk.seen:
        forwarder.drop(walk, f"the packets come to {nat.path} again: a forwarding loop", "loop")
        return
    walk = replace(walk, seen=walk.seen | {mark})
    for part, decision in look_up(forwarder, table, walk):
        if decision is None:
            forwarder.drop(part, f"{table.path} has no route to {destination_of(part)}", "route")
        elif isinstance(decision, Ambiguous):
            forwarder.unknown(part, decision.reason)
        else:
            # Only to sites there are several equal routes, and no table of a VPC leads to one.
            assert isinstance(decision, Route)
            _take(forwarder, nat, vpc, decision, part)


def _take(forwarder: Forwarder, nat: NatGateway, vpc: Vpc, route: Route, walk: Walk) -> None:
    target = route.target
    assert nat.table is not None
    walk = walk.hop(nat.table, "route table", f"{route.prefix} -> {target_text(target)}")
    if isinstance(target, Unknown):
        forwarder.unknown(walk, target.reason)
    elif isinstance(target, Blackhole):
        forwarder.drop(walk, target.reason, "blackhole")
    elif isinstance(target, InternetGateway):
        to_internet(forwarder, target, vpc, walk)
    elif not walk.back:
        forwarder.unknown(
            walk, f"from which address {nat.path} sends to {target_text(target)} is not documented" + not_lifted()
        )
    elif isinstance(target, Local):
        deliver(forwarder, vpc, None, walk)
    elif isinstance(target, (Endpoint, Interface)) and isinstance(target.subnet, Subnet):
        step = "endpoint" if isinstance(target, Endpoint) else "interface"
        for passed in enter(forwarder, target.subnet, walk):
            forwarder.go(step, target, nat, passed)
    else:
        forwarder.unknown(
            walk, f"whether the route table of {nat.path} may lead to {target} is not documented" + not_lifted()
        )
