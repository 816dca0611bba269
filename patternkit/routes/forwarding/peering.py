"""Through a VPC peering connection."""

from __future__ import annotations

from patternkit.resolving.values import Outside, Unknown, lifted, not_lifted
from patternkit.routes.addresses import intersect, subtract
from patternkit.routes.forwarding.delivery import deliver
from patternkit.routes.forwarding.gateways import foreign, source_is_of
from patternkit.routes.forwarding.tables import beyond, blocks_of, destination_of
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import Peering, Vpc


def to_peer(forwarder: Forwarder, peering: Peering, vpc: Vpc, walk: Walk) -> None:
    """A route leads to a peering connection."""
    if peering.tainted:
        walk = walk.doubted(peering.tainted)
    sides = [peering.requester, peering.accepter]
    loose = [side for side in sides if isinstance(side, Unknown) and not isinstance(side, Outside)]
    if vpc not in sides and loose:
        forwarder.unknown(walk, f"whether {peering.path} is of {vpc.path}: {loose[0].reason}")
        return
    if vpc not in sides:
        forwarder.drop(walk, f"{peering.path} does not reach {vpc.path}", "blackhole")
        return
    other = sides[1] if sides[0] is vpc else sides[0]
    if not isinstance(other, Vpc):
        forwarder.unknown(walk, f"the other side of {peering.path} is not in the set{lifted('ids')}")
        return
    if not source_is_of(vpc, walk.box):
        # https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html: no transit, no edge to
        # edge.
        foreign(forwarder, walk, vpc, f"{peering.path} carries only what comes from {vpc.path} itself")
        return
    if walk.source_owner is not None:
        forwarder.unknown(
            walk, f"whether {peering.path} carries what {walk.source_owner.path} sends is not documented" + not_lifted()
        )
        return
    if walk.box.family in other.unknown_blocks:
        known = beyond(forwarder, other, walk)
        if known is None:
            return
        walk = known
    spans = blocks_of(other, walk.box.family)
    inside = intersect(walk.box.destination, spans)
    outside = subtract(walk.box.destination, spans)
    if outside:
        part = walk.towards(outside)
        forwarder.drop(
            part,
            f"{peering.path} leads only into {other.path}, not on to {destination_of(part)}",
            "address",
        )
    if inside:
        walk = walk.hop(peering, "peering connection", f"to {other.path}")
        deliver(forwarder, other, None, walk.towards(inside))
