"""Sites on premises, by VPN, Direct Connect or Connect, and the virtual private gateway that some are behind."""

from __future__ import annotations

from dataclasses import replace

from patternkit.resolving.values import not_lifted
from patternkit.routes.addresses import Spans, intersect, subtract
from patternkit.routes.forwarding.gateways import at_edge, foreign, source_is_of
from patternkit.routes.forwarding.tables import beyond, blocks_of, destination_of, look_up
from patternkit.routes.forwarding.tunnels import between_sites, carried, sent_by
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import Ambiguous, Attachment, Element, Route, Site, Vpc, VpnGateway


def to_vpn_gateway(forwarder: Forwarder, gateway: VpnGateway, vpc: Vpc, walk: Walk) -> None:
    """A route leads to a virtual private gateway."""
    if gateway.vpc is not vpc:
        forwarder.drop(walk, f"{gateway.path} is not attached to {vpc.path}", "blackhole")
    elif not source_is_of(vpc, walk.box):
        foreign(forwarder, walk, vpc, f"{gateway.path} carries only what comes from {vpc.path} itself")
    else:
        walk = walk.hop(gateway, "virtual private gateway", "out of the VPC")
        in_vpn_gateway(forwarder, gateway, None, walk)


def in_vpn_gateway(forwarder: Forwarder, gateway: VpnGateway, site: Site | None, walk: Walk) -> None:
    """Packets are at a virtual private gateway, from a site or from its VPC."""
    walk = replace(walk, over_vpn=True)
    if site is not None:
        walk = walk.hop(site, site.medium, f"to {gateway.path}", carriers=(*walk.carriers, site.identity))
        for sent in sent_by(forwarder, site, walk):
            _from_anywhere(forwarder, gateway, site, sent)
        return
    _from_anywhere(forwarder, gateway, None, walk)


def _from_anywhere(forwarder: Forwarder, gateway: VpnGateway, site: Site | None, walk: Walk) -> None:
    vpc = gateway.vpc
    inside: Spans = ()
    if vpc is not None and site is not None:
        if walk.box.family in vpc.unknown_blocks:
            known = beyond(forwarder, vpc, walk)
            if known is None:
                return
            walk = known
        inside = intersect(walk.box.destination, blocks_of(vpc, walk.box.family))
        if inside:
            entered = walk.hop(gateway, "virtual private gateway", f"into {vpc.path}")
            at_edge(forwarder, vpc, gateway, entered.towards(inside))
    outside = subtract(walk.box.destination, inside)
    if not outside or gateway.table is None:
        return
    for part, decision in look_up(forwarder, gateway.table, walk.towards(outside)):
        if decision is None:
            forwarder.drop(part, f"{gateway.path} has no route to {destination_of(part)}", "route")
        elif isinstance(decision, Ambiguous):
            forwarder.unknown(part, decision.reason)
        else:
            routes = decision if isinstance(decision, tuple) else (decision,)
            for route in routes:
                to_site(forwarder, route, part, gateway, hedge=len(routes) > 1)


def to_site(forwarder: Forwarder, route: Route, walk: Walk, gateway: Element, *, hedge: bool) -> None:
    """Packets leave for a site, and arrive there."""
    site = route.target.site if isinstance(route.target, Attachment) else route.target
    assert isinstance(site, Site)
    if site.tainted:
        forwarder.unknown(walk, site.tainted)
        return
    if hedge:
        walk = replace(walk, hedges=(*walk.hedges, f"{gateway.path} takes one of several equal paths{not_lifted()}"))
    reason, doubt = between_sites(forwarder, site, walk, route.origin)
    if reason:
        hop = walk.hop(site, site.medium, f"{route.prefix} ({route.origin})")
        if doubt:
            forwarder.unknown(hop, reason)
        else:
            forwarder.drop(hop, reason, "address")
        return
    for passed in carried(forwarder, site, walk, outward=True):
        arrived = passed.hop(
            site,
            site.medium,
            f"{route.prefix} ({route.origin})",
            carriers=(*passed.carriers, site.identity),
        )
        forwarder.arrive(arrived, site, f"{site.path}")
