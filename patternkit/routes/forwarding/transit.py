"""Into a transit gateway, and through its route tables."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.resolving.values import Unknown
from patternkit.routes.forwarding.attachments import exit_by
from patternkit.routes.forwarding.filters import enter, leave
from patternkit.routes.forwarding.tables import destination_of, look_up, target_text
from patternkit.routes.forwarding.tunnels import sent_by
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import Ambiguous, Attachment, Blackhole, Subnet, TransitGateway


def to_transit_gateway(forwarder: Forwarder, gateway: TransitGateway, subnet: Subnet, emitter: Any, walk: Walk) -> None:
    """A route leads to a transit gateway: by the attachment's subnet in the packets' zone."""
    if gateway.tainted:
        walk = walk.doubted(gateway.tainted)
    mine = [attachment for attachment in subnet.vpc.attachments if attachment.gateway is gateway]
    if not mine:
        unknown = [f"{a.path}: {a.gateway.reason}" for a in subnet.vpc.attachments if isinstance(a.gateway, Unknown)]
        if unknown:
            forwarder.unknown(walk, unknown[0])
        else:
            forwarder.drop(walk, f"{subnet.vpc.path} is not attached to {gateway.path}", "blackhole")
        return
    attachment = mine[0]
    if len(mine) > 1:
        forwarder.unknown(walk, f"AWS refuses a second attachment of {subnet.vpc.path} to {gateway.path}")
        return
    if attachment.unknown_zones is not None or isinstance(subnet.zone, Unknown):
        reason = attachment.unknown_zones or subnet.zone
        forwarder.unknown(walk, f"whether {attachment.path} covers the zone of {subnet.path}: {reason}")
        return
    entry = attachment.zones.get(subnet.zone)
    if entry is None:
        # https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
        forwarder.drop(
            walk,
            f"{attachment.path} has no subnet in {subnet.zone}, the availability zone of {subnet.path}",
            "blackhole",
        )
        return
    # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html: out of the instance's subnet, into the
    # attachment's, and both also when they are the same one.
    walks = [walk]
    if not isinstance(emitter, Attachment) or entry is not subnet:
        walks = [inner for passed in leave(forwarder, subnet, walk) for inner in enter(forwarder, entry, passed)]
    for passed in walks:
        forwarder.go("transit", gateway, (attachment, subnet.zone), passed)


def in_transit_gateway(forwarder: Forwarder, gateway: TransitGateway | Unknown, come_from: Any, walk: Walk) -> None:
    """Packets have come to a transit gateway: the table of the attachment that they came by decides."""
    attachment, zone = come_from
    if isinstance(gateway, Unknown):
        forwarder.unknown(walk, f"the transit gateway of {attachment.path}: {gateway.reason}")
        return
    if attachment.site is not None:
        for sent in sent_by(forwarder, attachment.site, walk):
            _in_gateway(forwarder, gateway, attachment, zone, sent)
        return
    _in_gateway(forwarder, gateway, attachment, zone, walk)


def _in_gateway(
    forwarder: Forwarder, gateway: TransitGateway, attachment: Attachment, zone: str | None, walk: Walk
) -> None:
    if attachment.tainted:
        walk = walk.doubted(attachment.tainted)
    if attachment.medium == "vpn":
        walk = replace(walk, over_vpn=True)
    table = attachment.association
    if isinstance(table, Unknown):
        forwarder.unknown(walk, f"the route table of {attachment.path}: {table.reason}")
        return
    if table is None:
        hop = walk.hop(gateway, "transit gateway", f"{attachment.path} has no route table")
        forwarder.drop(hop, f"{attachment.path} is associated with no route table", "blackhole")
        return
    mark = (
        "transit",
        # Both sides of a peering have one identity.
        id(attachment),
        zone,
        walk.box.destination,
        len(walk.sightings),
        len(walk.translations),
    )
    if mark in walk.seen:
        forwarder.drop(walk, f"the packets come from {attachment.path} again: a forwarding loop", "loop")
        return
    walk = replace(walk, seen=walk.seen | {mark})
    for part, decision in look_up(forwarder, table, walk):
        if decision is None:
            hop = part.hop(gateway, "transit gateway", f"{table.path} has no route")
            forwarder.drop(hop, f"{table.path} has no route to {destination_of(part)}", "route")
            continue
        if isinstance(decision, Ambiguous):
            forwarder.unknown(part, decision.reason)
            continue
        routes = decision if isinstance(decision, tuple) else (decision,)
        for route in routes:
            why = f"{table.path}: {route.prefix} -> {target_text(route.target)} ({route.origin})"
            hop = part.hop(gateway, "transit gateway", why)
            if route.contracts:
                hop = replace(hop, contracts=hop.contracts | route.contracts)
            if len(routes) > 1:
                hop = replace(hop, choices=(*hop.choices, (f"path of {route.prefix}", route.target)))
            if isinstance(route.target, Unknown):
                forwarder.unknown(hop, f"{table.path} leads {route.prefix} to what is not known: {route.target.reason}")
            elif isinstance(route.target, Blackhole):
                forwarder.drop(hop, route.target.reason, "blackhole")
            elif isinstance(route.target, Attachment):
                exit_by(forwarder, route, route.target, gateway, zone, hop)
