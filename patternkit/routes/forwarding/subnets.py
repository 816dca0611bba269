"""Out of a subnet by its route table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from patternkit.resolving.values import Unknown, not_lifted
from patternkit.routes.forwarding.delivery import deliver
from patternkit.routes.forwarding.edge_zones import to_carrier, to_local
from patternkit.routes.forwarding.filters import leave
from patternkit.routes.forwarding.gateways import foreign, source_is_of
from patternkit.routes.forwarding.internet import to_egress_only, to_internet
from patternkit.routes.forwarding.middleboxes import to_middlebox
from patternkit.routes.forwarding.peering import to_peer
from patternkit.routes.forwarding.sites import to_vpn_gateway
from patternkit.routes.forwarding.tables import destination_of, look_up, target_text
from patternkit.routes.forwarding.transit import to_transit_gateway
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import (
    Ambiguous,
    Blackhole,
    CarrierGateway,
    Decision,
    EgressOnlyGateway,
    Element,
    Endpoint,
    Interface,
    InternetGateway,
    Local,
    LocalGateway,
    NatGateway,
    Peering,
    Route,
    RouteTable,
    Service,
    Subnet,
    TransitGateway,
    Vpc,
    VpnGateway,
)


def in_subnet(forwarder: Forwarder, subnet: Subnet, emitter: Any, walk: Walk) -> None:
    """Packets are in a subnet: its route table says where they go."""
    table = subnet.table
    if not isinstance(table, RouteTable):
        forwarder.unknown(walk, f"the route table of {subnet.path}: {table.reason if table else not_lifted()}")
        return
    mark = ("subnet", subnet.identity, walk.box.destination, len(walk.translations), id(emitter))
    if mark in walk.seen:
        forwarder.drop(walk, f"the packets come to {subnet.path} again: a forwarding loop", "loop")
        return
    walk = replace(walk, seen=walk.seen | {mark})
    for part, decision in look_up(forwarder, table, walk):
        _take(forwarder, part, decision, subnet, emitter, table)


def _take(
    forwarder: Forwarder, walk: Walk, decision: Decision, subnet: Subnet, emitter: Any, table: RouteTable
) -> None:
    if decision is None:
        forwarder.drop(
            walk.hop(subnet, "subnet", f"{table.path} has no route", subnet.zone),
            f"{table.path} has no route to {destination_of(walk)}",
            "route",
        )
        return
    if isinstance(decision, Ambiguous):
        forwarder.unknown(walk.hop(subnet, "subnet", decision.reason, subnet.zone), decision.reason)
        return
    # Only to sites there are several equal routes, and no table of a VPC leads to one.
    assert isinstance(decision, Route)
    route, target = decision, decision.target
    shown = target_text(target)
    walk = walk.hop(subnet, "subnet", f"{table.path}: {route.prefix} -> {shown}", subnet.zone)
    if route.contracts and not route.contracts <= walk.contracts:
        walk = replace(walk, contracts=walk.contracts | route.contracts)
    if isinstance(target, Local):
        deliver(forwarder, subnet.vpc, subnet, walk)
    elif isinstance(target, Unknown):
        forwarder.unknown(walk, target.reason)
    elif isinstance(target, Blackhole):
        forwarder.drop(walk, target.reason, "blackhole")
    else:
        _send(forwarder, target, subnet, emitter, walk)


_OUT_OF_VPC: dict[type, Callable[[Forwarder, Any, Vpc, Walk], None]] = {
    InternetGateway: to_internet,
    EgressOnlyGateway: to_egress_only,
    CarrierGateway: to_carrier,
    LocalGateway: to_local,
    Peering: to_peer,
    VpnGateway: to_vpn_gateway,
}


def _send(forwarder: Forwarder, target: Any, subnet: Subnet, emitter: Any, walk: Walk) -> None:
    if isinstance(target, TransitGateway):
        to_transit_gateway(forwarder, target, subnet, emitter, walk)
    elif isinstance(target, (Endpoint, Interface, NatGateway)):
        to_middlebox(forwarder, target, subnet, walk)
    elif out_of_vpc := _OUT_OF_VPC.get(type(target)):
        for passed in leave(forwarder, subnet, walk):
            out_of_vpc(forwarder, target, subnet.vpc, passed)
    elif isinstance(target, Service):
        for passed in leave(forwarder, subnet, walk):
            if not source_is_of(subnet.vpc, passed.box):
                foreign(forwarder, passed, subnet.vpc, f"{target.path} serves only its own VPC")
            else:
                arrived = passed.hop(target, "gateway endpoint", f"to {target.service}")
                forwarder.arrive(arrived, target, f"{target.service} by {target.path}")
    elif isinstance(target, Element):
        forwarder.unknown(
            walk, f"{target.path} is a {target.kind}, which is not modelled as a route's target" + not_lifted()
        )
    else:
        forwarder.unknown(walk, f"a route points to {target}, which is not modelled{not_lifted()}")
