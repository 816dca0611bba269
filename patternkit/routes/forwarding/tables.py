"""Look-ups in route tables, and what is not known of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.routes.addresses import Spans, intersect, normal, show_spans, subtract
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.longest_prefix import decide
from patternkit.routes.model import Blackhole, Decision, Local, RouteTable, Vpc


def look_up(forwarder: Forwarder, table: RouteTable, walk: Walk, edge: str = "") -> list[tuple[Walk, Decision]]:
    """Cut packets by the route that each takes in a table; what is not known of the table ends them."""
    if table.tainted or table.unknown:
        doubts = [f"{table.path} may have more routes: {reason}" for reason in table.unknown]
        walk = walk.doubted(*([table.tainted] if table.tainted else []), *doubts)
    if not table.contracts <= walk.contracts:
        walk = replace(walk, contracts=walk.contracts | table.contracts)
    if table.vpc is not None and walk.box.family in table.vpc.unknown_blocks:
        # What is not in a known block may be in the other one, and local.
        rest = beyond(forwarder, table.vpc, walk)
        if rest is None:
            return []
        walk = rest
    parts = decide(table, walk.box.family, walk.box.destination, edge)
    if len(parts) == 1:
        return [(walk, parts[0][1])]
    return [(walk.towards(spans), decision) for spans, decision in parts]


def beyond(forwarder: Forwarder, vpc: Vpc, walk: Walk) -> Walk | None:
    """Keep the packets to known blocks of a VPC that has others, too."""
    family = walk.box.family
    inside = intersect(walk.box.destination, blocks_of(vpc, family))
    outside = subtract(walk.box.destination, inside)
    if outside:
        part = walk.towards(outside)
        forwarder.unknown(part, f"{vpc.path} has more addresses: {vpc.unknown_blocks[family].reason}")
    return walk.towards(inside) if inside else None


def blocks_of(vpc: Vpc, family: int) -> Spans:
    """The addresses of a VPC."""
    return normal((block.first, block.last) for block in vpc.covers(family))


def destination_of(walk: Walk) -> str:
    """Where packets go, as people read it."""
    return show_spans(walk.box.destination, walk.box.family)


def target_text(target: Any) -> str:
    """The target of a route as people read it."""
    if isinstance(target, Local):
        return "local"
    if isinstance(target, Blackhole):
        return "blackhole"
    return str(target)
