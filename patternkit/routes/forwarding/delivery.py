"""The end of a way within a VPC: the subnet, and the host there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.resolving.values import lifted
from patternkit.routes.addresses import EVERYTHING, Spans, intersect, subtract
from patternkit.routes.forwarding.filters import between, crosses_gateway, enter, match, reference, security_group
from patternkit.routes.forwarding.tables import destination_of
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import AclRule, Interface, Subnet, Vpc


def deliver_into(forwarder: Forwarder, vpc: Vpc, come_from: Any, walk: Walk) -> None:
    """Packets are in a VPC and go straight to its subnets."""
    del come_from
    deliver(forwarder, vpc, None, walk)


def deliver(forwarder: Forwarder, vpc: Vpc, subnet: Subnet | None, walk: Walk) -> None:
    """Packets go to the subnets that have their destinations, by the local route or from a gateway."""
    for spans, found in _subnets_at(forwarder, vpc, walk):
        part = walk if spans is walk.box.destination else walk.towards(spans)
        if found is None:
            forwarder.drop(part, f"no subnet of {vpc.path} has {destination_of(part)}", "host")
            continue
        passed = enter(forwarder, found, part) if subnet is None else between(forwarder, subnet, found, part)
        for arrived in passed:
            owner = arrived.destination_owner
            if owner is not None:
                if owner.subnet is found:
                    forwarder.go("nat back", owner, subnet, arrived)
                else:
                    forwarder.drop(arrived, f"{owner.path} is not in {found.path}", "host")
                continue
            _hand_over(forwarder, found, arrived)


def _hand_over(forwarder: Forwarder, subnet: Subnet, walk: Walk) -> None:
    walks = [walk]
    if walk.peer is not None and not walk.back:
        if walk.peer.subnet is not subnet:
            forwarder.drop(walk, f"{walk.peer.path} is not in {subnet.path}", "host")
            return
        if walk.by_group and walk.interface is not None:
            if reason := reference(forwarder, walk.peer, walk.interface, walk):
                forwarder.unknown(walk, f"the security groups of the source: {reason}")
                return
            if crosses_gateway(forwarder, walk.peer, walk.interface, walk):
                reason = f"the security groups of {walk.interface.path} name a group beyond a transit gateway"
                forwarder.drop(walk, f"{reason}, which outbound rules cannot", "filter")
                return
        walks = [
            taken
            for passed in security_group(forwarder, walk.peer, walk, inward=True)
            for taken in _taken(forwarder, walk.peer, passed)
        ]
    for arrived in walks:
        forwarder.arrive(
            arrived.hop(subnet, "destination", f"delivered to {destination_of(arrived)}", subnet.zone),
            subnet,
            f"delivered in {subnet.path}",
        )


def _taken(forwarder: Forwarder, host: Interface, walk: Walk) -> list[Walk]:
    """What a load balancer's listeners take, or those behind an endpoint; any other host takes everything."""
    if host.dead:
        forwarder.drop(walk, host.dead, "host")
        return []
    if host.doubt:
        forwarder.unknown(walk, host.doubt)
        return []
    if host.listens is None:
        return [walk]
    family = walk.box.family
    rules = [
        AclRule(family, taken.protocols, EVERYTHING[family], taken.ports, doubt=taken.doubt) for taken in host.listens
    ]
    allowed, denied, doubted = match(rules, walk.box, source_is_remote=True)
    for box, doubt in doubted:
        forwarder.unknown(replace(walk, box=box), doubt)
    for box in denied:
        forwarder.drop(replace(walk, box=box), f"{host.path} has no listener for it", "host")
    return [replace(walk, box=box) for box in allowed]


def _subnets_at(forwarder: Forwarder, vpc: Vpc, walk: Walk) -> list[tuple[Spans, Subnet | None]]:
    family = walk.box.family
    if family not in vpc.index:
        listed = sorted(
            (
                (block.first, block.last, subnet)
                for subnet in vpc.subnets
                for block in subnet.blocks
                if block.family == family
            ),
            key=lambda item: item[:2],
        )
        vpc.index[family] = (listed, any(subnet.unknown_blocks is not None for subnet in vpc.subnets))
    listed, incomplete = vpc.index[family]
    parts: list[tuple[Spans, Subnet | None]] = []
    rest = walk.box.destination
    for first, last, subnet in listed:
        if not rest or rest[-1][1] < first:
            break
        common = intersect(rest, ((first, last),))
        if common:
            if common == rest:
                return [*parts, (rest, subnet)]
            parts.append((common, subnet))
            rest = subtract(rest, common)
    if rest:
        if incomplete:
            forwarder.unknown(
                walk.towards(rest),
                f"the blocks of some subnets of {vpc.path} are not known{lifted('blocks')}",
            )
        else:
            parts.append((rest, None))
    return parts
