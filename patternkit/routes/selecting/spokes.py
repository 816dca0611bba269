"""Which VPCs are spokes."""

from __future__ import annotations

from typing import Any

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import Spans, intersect, normal, public, span_of, subtract
from patternkit.routes.longest_prefix import decide
from patternkit.routes.model import (
    Attachment,
    Decision,
    Endpoint,
    Interface,
    Model,
    NatGateway,
    Route,
    RouteTable,
    Subnet,
    TransitGateway,
    TransitTable,
    Vpc,
)


def spokes(model: Model) -> list[Vpc]:
    """The VPCs on a transit gateway that hold no firewall endpoint, and through which no route leads.

    A VPC with its own way to the internet is one, too: that is what a promise must find.
    """
    led_through = hubs(model)
    return [
        vpc
        for vpc in model.vpcs.values()
        if vpc.identity not in led_through and any(attachment.medium == "vpc" for attachment in vpc.attachments)
    ]


def hub_paths(model: Model) -> list[str]:
    """The VPCs on a transit gateway that are no spokes."""
    led_through = hubs(model)
    return [vpc.path for vpc in model.vpcs.values() if vpc.identity in led_through and vpc.attachments]


def hubs(model: Model) -> set[str]:
    """The VPCs that hold a firewall endpoint, or through which a route leads: of the network before anything was lost.

    A VPC whose NAT gateways or endpoints are lost does not become a spoke by that.
    """
    if model.hubs is not None:
        return model.hubs
    found = {
        endpoint.subnet.vpc.identity
        for endpoint in model.targets.values()
        if isinstance(endpoint, Endpoint) and isinstance(endpoint.subnet, Subnet)
    }
    for table in model.transit_tables.values():
        assert isinstance(table, TransitTable)
        for route in table.routes:
            target = route.target
            if (
                route.origin in ("static", "prefix list")
                and isinstance(target, Attachment)
                and target.vpc is not None
                and target.vpc.identity not in found
                and not any(block.covers(route.prefix) for block in target.vpc.blocks)
                and _leads_through(model, table, route, target)
            ):
                found.add(target.vpc.identity)
    return found


def _leads_through(model: Model, table: TransitTable, route: Route, attachment: Attachment) -> bool:
    """Whether a route wider than a VPC takes packets of others to it, which it passes on.

    A route to the summary of a spoke's range takes nobody else's, and what a VPC's internet gateway gets from
    elsewhere it drops.
    """
    vpc, family = attachment.vpc, route.prefix.family
    assert vpc is not None
    taken: Spans = normal(
        span
        for spans, decision in decide(table, family, span_of(route.prefix))
        if route in _routes(decision)
        for span in spans
    )
    blocks = [block for other in model.vpcs.values() if other is not vpc for block in other.blocks]
    blocks += [block for site in model.sites.values() for block, _ in site.prefixes]
    others = normal([*public(family), *((block.first, block.last) for block in blocks if block.family == family)])
    own = normal((block.first, block.last) for block in vpc.covers(family))
    concerned = intersect(subtract(taken, own), others)
    if not concerned or attachment.unknown_zones is not None:
        return bool(concerned)
    return any(_passes_on(subnet, family, concerned, attachment.gateway) for subnet in attachment.zones.values())


def _passes_on(subnet: Subnet, family: int, destinations: Spans, gateway: Any) -> bool:
    if not isinstance(subnet.table, RouteTable):
        return True
    if subnet.table.unknown or subnet.table.tainted:
        return True
    for _, decision in decide(subnet.table, family, destinations):
        for route in _routes(decision):
            # Gateways drop what is not of their VPC, and back to the transit gateway is a loop.
            if isinstance(route.target, (Endpoint, Interface, NatGateway, Unknown)):
                return True
            if isinstance(route.target, TransitGateway) and route.target is not gateway:
                return True
    return False


def _routes(decision: Decision) -> tuple[Route, ...]:
    if isinstance(decision, Route):
        return (decision,)
    if isinstance(decision, tuple):
        return decision
    return decision.routes if decision is not None else ()
