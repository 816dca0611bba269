"""Translation by NAT gateways and appliances: the source that packets get, and what their replies get back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.resolving.values import not_lifted
from patternkit.routes.addresses import (
    EPHEMERAL_PORTS,
    NAT64,
    Spans,
    as_ipv4,
    as_ipv6,
    intersect,
    normal,
    show_spans,
    subtract,
)
from patternkit.routes.forwarding.walks import Crossing, Forwarder, Translation, Walk
from patternkit.routes.model import Interface, NatGateway, Subnet

_TRANSLATED: Spans = ((1, 1), (6, 6), (17, 17))
_ICMP: Spans = ((1, 1),)
_ICMPV6: Spans = ((58, 58),)


def in_nat(forwarder: Forwarder, nat: NatGateway, come_from: Any, walk: Walk) -> None:
    """Packets are at a NAT gateway, which puts its own address for their source."""
    del come_from
    subnet = nat.subnet
    assert subnet is not None
    for translated in translate(forwarder, nat, subnet, walk):
        crossed = translated.hop(
            nat,
            "NAT gateway",
            _becomes(walk),
            subnet.zone,
            crossings=(*translated.crossings, Crossing.at(nat, subnet)),
        )
        forwarder.go("subnet", subnet, nat, crossed)


def translate(
    forwarder: Forwarder,
    owner: NatGateway | Interface,
    subnet: Subnet | None,
    walk: Walk,
    *,
    spans: Spans | None = None,
    inner: Interface | None = None,
) -> list[Walk]:
    """Put another source for that of packets; what cannot be translated ends.

    Args:
        forwarder: The walks.
        owner: What translates.
        subnet: Where its address is.
        walk: The packets.
        spans: Its addresses; default those of its subnet.
        inner: The interface that sends the replies on, where it is not the owner itself.
    """
    if walk.back:
        forwarder.drop(walk, f"{owner.path} would translate a reply as a new flow", "state")
        return []
    if any(item.gateway is owner for item in walk.translations):
        forwarder.drop(walk, f"the packets come to {owner.path} again: a forwarding loop", "loop")
        return []
    target, walks = 4, [walk]
    if walk.box.family == 6:
        walks = _to_ipv4(forwarder, owner, walk)
        if isinstance(owner, Interface) and intersect(walk.box.destination, NAT64) != walk.box.destination:
            # It keeps IPv6 as it is, but for the prefix of NAT64.
            walks, target = [walk], 6
    found = []
    for given in walks:
        part = _of_protocols(forwarder, owner, given) if isinstance(owner, NatGateway) else given
        if part is None:
            continue
        addresses = spans if spans is not None else subnet.spans(target) if subnet is not None else ()
        if not addresses:
            forwarder.unknown(part, f"the address of {owner.path} is not known{not_lifted()}")
            continue
        box = part.box._replace(source=addresses, source_port=EPHEMERAL_PORTS)
        if part.box.family != target:
            box = box._replace(
                family=target, protocol=_mapped(box.protocol, _ICMPV6, _ICMP), destination=as_ipv4(box.destination)
            )
        before = Translation(owner, part.box.source, part.box.source_port, part.source_owner, part.box.family, inner)
        found.append(replace(part, box=box, translations=(*part.translations, before), source_owner=owner))
    return found


def _to_ipv4(forwarder: Forwarder, owner: NatGateway | Interface, walk: Walk) -> list[Walk]:
    # NAT64: https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
    inside = intersect(walk.box.destination, NAT64)
    outside = subtract(walk.box.destination, inside)
    if outside and isinstance(owner, NatGateway):
        forwarder.drop(walk.towards(outside), f"{owner.path} translates IPv6 only to 64:ff9b::/96", "address")
    return [walk.towards(inside)] if inside else []


def _of_protocols(forwarder: Forwarder, nat: NatGateway, walk: Walk) -> Walk | None:
    # https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html: TCP, UDP and ICMP.
    taken = _TRANSLATED if walk.box.family == 4 else normal((*_TRANSLATED, *_ICMPV6))
    protocols = intersect(walk.box.protocol, taken)
    if others := subtract(walk.box.protocol, taken):
        dropped = replace(walk, box=walk.box._replace(protocol=others))
        forwarder.drop(dropped, f"{nat.path} takes only TCP, UDP and ICMP", "filter")
    return replace(walk, box=walk.box._replace(protocol=protocols)) if protocols else None


def _mapped(protocol: Spans, one: Spans, other: Spans) -> Spans:
    """The protocols with one kind of ICMP for the other."""
    return normal((*subtract(protocol, one), *other)) if intersect(protocol, one) else protocol


def _becomes(walk: Walk) -> str:
    return "source becomes the gateway's" + (", and the packets IPv4" if walk.box.family == 6 else "")


def back_through_nat(forwarder: Forwarder, owner: NatGateway | Interface, come_from: Any, walk: Walk) -> None:
    """Replies are at what has translated their flow, which puts back the destination that it took away."""
    del come_from
    if not walk.translations or walk.translations[-1].gateway is not owner:
        forwarder.drop(walk, f"{owner.path} does not know the flow", "state")
        return
    restored = untranslated(walk)
    before = walk.translations[-1]
    where = owner.subnet
    why = f"destination becomes {show_spans(before.source, before.family)} again"
    if isinstance(owner, NatGateway):
        if owner.regional:
            if owner.vpc is not None and owner.vpc.edge_tables:
                forwarder.unknown(
                    walk, f"whether the gateway's route table is for {owner.path}, too, is not documented{not_lifted()}"
                )
                return
            forwarder.go("regional nat", owner, None, restored.hop(owner, "NAT gateway", why))
            return
        assert isinstance(where, Subnet)
        crossings = (*restored.crossings, Crossing.at(owner, where))
        forwarder.go("subnet", where, owner, restored.hop(owner, "NAT gateway", why, where.zone, crossings=crossings))
        return
    inner = before.inner or owner
    assert isinstance(inner.subnet, Subnet)
    passed = restored.hop(
        inner,
        "appliance",
        why,
        inner.subnet.zone,
        sightings=(*restored.sightings, restored.sighting(owner.box)),
        crossings=(*restored.crossings, Crossing.at(inner, inner.subnet)),
    )
    forwarder.go("subnet", inner.subnet, inner, passed)


def untranslated(walk: Walk) -> Walk:
    """Replies with the destination, and the family, that their flow had before it was last translated."""
    before = walk.translations[-1]
    box = walk.box._replace(destination=before.source, port=before.source_port)
    if before.family != box.family:
        box = box._replace(
            family=before.family, protocol=_mapped(box.protocol, _ICMP, _ICMPV6), source=as_ipv6(box.source)
        )
    return replace(walk, box=box, translations=walk.translations[:-1], destination_owner=before.owner)
