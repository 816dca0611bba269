"""Endpoints of firewalls and gateway load balancers: they emit packets again in their own subnets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.resolving.values import Unknown, lifted, not_lifted
from patternkit.routes.addresses import EVERY_PORT, EVERY_PROTOCOL, EVERYTHING
from patternkit.routes.forwarding.filters import between, match
from patternkit.routes.forwarding.regional_nat import to_regional_nat
from patternkit.routes.forwarding.walks import Crossing, Forwarder, HopKind, Walk
from patternkit.routes.model import AclRule, Endpoint, Firewall, FirewallPolicy, NatGateway, Subnet


def to_middlebox(forwarder: Forwarder, target: Any, subnet: Subnet, walk: Walk) -> None:
    """A route leads to a NAT gateway, an endpoint or an interface."""
    if isinstance(target, NatGateway) and target.regional is not False:
        if isinstance(target.regional, Unknown):
            forwarder.unknown(walk, target.regional.reason)
        else:
            to_regional_nat(forwarder, target, subnet, walk)
        return
    place = target.subnet
    if isinstance(place, Unknown) or place is None:
        why = place.reason if isinstance(place, Unknown) else f"it is not in the set{lifted('ids')}"
        forwarder.unknown(walk, f"the subnet of {target.path}: {why}")
        return
    if place.vpc is not subnet.vpc:
        forwarder.unknown(walk, f"AWS refuses the route: {target.path} is not in {subnet.vpc.path}")
        return
    step = "nat" if isinstance(target, NatGateway) else "endpoint" if isinstance(target, Endpoint) else "interface"
    for passed in between(forwarder, subnet, place, walk):
        forwarder.go(step, target, subnet, passed)


def in_endpoint(forwarder: Forwarder, endpoint: Endpoint, come_from: Any, walk: Walk) -> None:
    """Packets are in the endpoint of a firewall or of a gateway load balancer."""
    del come_from
    _through(forwarder, endpoint, "firewall endpoint" if endpoint.firewall else "endpoint", walk)


def _through(forwarder: Forwarder, box: Endpoint, kind: HopKind, walk: Walk) -> None:
    subnet = box.subnet
    if isinstance(subnet, Unknown):
        forwarder.unknown(walk, f"the subnet of {box.path}: {subnet.reason}")
        return
    if walk.box.family not in box.families:
        forwarder.unknown(walk, f"{box.path} is not made for IPv{walk.box.family}{not_lifted()}")
        return
    if isinstance(box, Endpoint) and (box.dead or box.doubt):
        if box.dead:
            walk = replace(walk, contracts=walk.contracts | box.contracts)
            forwarder.drop(walk, box.dead, "blackhole")
        else:
            forwarder.unknown(walk, box.doubt)
        return
    if unseen := walk.unseen(box.identity, box.path):
        hop = walk.hop(box, kind, unseen.removeprefix(f"{box.path} "), subnet.zone)
        forwarder.drop(hop, f"asymmetric: {unseen}", "state")
        return
    walk = walk.hop(
        box,
        kind,
        f"re-emitted in {subnet.path}",
        subnet.zone,
        sightings=(*walk.sightings, walk.sighting(box.identity)),
        crossings=(*walk.crossings, Crossing.at(box, subnet)),
    )
    for passed in stateless(forwarder, box.firewall, walk):
        forwarder.go("subnet", subnet, box, passed)


def stateless(forwarder: Forwarder, firewall: Firewall | None, walk: Walk) -> list[Walk]:
    """What a firewall's stateless rules do not drop; the stateful ones are not evaluated."""
    policy = firewall.policy if firewall is not None else None
    if not isinstance(policy, FirewallPolicy):
        return [walk]
    rules = [] if isinstance(policy.stateless_passes, Unknown) else policy.stateless_passes
    # Without stateful rules what gets to them may surely be dropped.
    all_else = policy.drops_all and not isinstance(policy.stateless_passes, Unknown)
    rules = [replace(rule, allows=rule.allows if all_else else not rule.drops) for rule in rules if not rule.doubt]
    passes = isinstance(policy.stateless, Unknown) or (
        "aws:pass" in policy.stateless if all_else else "aws:drop" not in policy.stateless
    )
    if passes:
        if all(rule.allows for rule in rules):
            return [walk]
        rules += [AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT) for family in (4, 6)]
    allowed, denied, _ = match(rules, walk.box, source_is_remote=True)
    why = f"the stateless rules of {policy.path} drop it"
    if all_else:
        why = f"{policy.path} has no stateful rules, and drops what gets to them"
    for box in denied:
        forwarder.drop(replace(walk, box=box), why, "filter")
    return [replace(walk, box=box) for box in allowed]
