"""What the gateways of a VPC have in common: whose packets they carry, and the route table at the edge."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.resolving.values import Unknown, not_lifted
from patternkit.routes.addresses import Box, intersect, subtract
from patternkit.routes.forwarding.delivery import deliver
from patternkit.routes.forwarding.filters import enter
from patternkit.routes.forwarding.tables import blocks_of, destination_of, look_up, target_text
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import (
    Ambiguous,
    Blackhole,
    CarrierGateway,
    Endpoint,
    Interface,
    InternetGateway,
    Local,
    Route,
    Subnet,
    Vpc,
    VpnGateway,
)


def source_is_of(vpc: Vpc, box: Box) -> bool:
    """Whether packets surely come from addresses of a VPC."""
    return not subtract(box.source, blocks_of(vpc, box.family))


def foreign(forwarder: Forwarder, walk: Walk, vpc: Vpc, reason: str) -> None:
    """A gateway of a VPC drops what has a source outside of it, unless that is not known."""
    family = walk.box.family
    if family in vpc.unknown_blocks:
        forwarder.unknown(walk, f"{vpc.path} has more addresses: {vpc.unknown_blocks[family].reason}")
    else:
        forwarder.drop(walk, reason, "address")


def senders(walk: Walk, vpc: Vpc) -> list[Subnet]:
    """The subnets of a VPC that packets may come from."""
    return [one for one in vpc.subnets if intersect(one.spans(walk.box.family), walk.box.source)]


def with_public_address(forwarder: Forwarder, walk: Walk, gateway: InternetGateway | CarrierGateway) -> list[Walk]:
    """What a gateway that translates addresses one to one takes: what comes from hosts that have one."""
    if walk.box.family == 6:
        return [walk]
    nat = walk.source_owner
    if nat is not None:
        if isinstance(nat.public, Unknown):
            forwarder.unknown(walk, f"whether {nat.path} is public: {nat.public.reason}")
            return []
        if not nat.public:
            forwarder.drop(walk, f"{nat.path} is private: {gateway.path} drops what it sends", "address")
            return []
        return [walk]
    decided = walk.choice("public address")
    if decided is True:
        return [walk]
    without = replace(walk, choices=(*walk.choices, ("public address", False)))
    forwarder.drop(without, f"{gateway.path} needs a source with a public address", "address")
    if decided is False:
        return []
    return [replace(walk, choices=(*walk.choices, ("public address", True)))]


def at_edge(forwarder: Forwarder, vpc: Vpc, gateway: Any, walk: Walk) -> None:
    """Packets enter a VPC by a gateway: its own route table says where, or they are delivered."""
    table = vpc.edge_tables.get(gateway.identity)
    if table is None:
        deliver(forwarder, vpc, None, walk)
        return
    if isinstance(table, Unknown):
        forwarder.unknown(walk, f"the route table of {gateway.path}: {table.reason}")
        return
    edge = "vpn" if isinstance(gateway, VpnGateway) else "internet"
    for part, decision in look_up(forwarder, table, walk, edge):
        if decision is None:
            forwarder.drop(part, f"{table.path} has no route to {destination_of(part)}", "route")
        elif isinstance(decision, Ambiguous):
            forwarder.unknown(part, decision.reason)
        else:
            # Only to sites there are several equal routes, and no table of a VPC leads to one.
            assert isinstance(decision, Route)
            target = decision.target
            why = f"{table.path}: {decision.prefix} -> {target_text(target)}"
            part = part.hop(gateway, "gateway route table", why)
            if isinstance(target, Local):
                deliver(forwarder, vpc, None, part)
            elif isinstance(target, Unknown):
                forwarder.unknown(part, target.reason)
            elif isinstance(target, Blackhole):
                forwarder.drop(part, target.reason, "blackhole")
            elif isinstance(target, (Endpoint, Interface)) and isinstance(target.subnet, Subnet):
                for passed in enter(forwarder, target.subnet, part):
                    forwarder.go(
                        "endpoint" if isinstance(target, Endpoint) else "interface",
                        target,
                        gateway,
                        passed,
                    )
            else:
                forwarder.unknown(part, f"{table.path} points to what is not known{not_lifted()}")
