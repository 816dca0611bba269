"""NAT gateways: the source that packets get, and the destination that their replies get back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.routes.addresses import EPHEMERAL_PORTS, Spans, intersect, show_spans, subtract
from patternkit.routes.forwarding.walks import Crossing, Forwarder, Walk
from patternkit.routes.model import NatGateway

_TRANSLATED: Spans = ((1, 1), (6, 6), (17, 17))


def in_nat(forwarder: Forwarder, nat: NatGateway, come_from: Any, walk: Walk) -> None:
    """Packets are at a NAT gateway, which puts its own address for their source."""
    del come_from
    subnet = nat.subnet
    assert subnet is not None
    if walk.box.family == 6:
        forwarder.unknown(walk, f"{nat.path} gets IPv6: NAT64 is not modelled")
        return
    if walk.back:
        forwarder.drop(walk, f"{nat.path} would translate a reply as a new flow", "state")
        return
    # https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html: TCP, UDP and ICMP.
    protocols = intersect(walk.box.protocol, _TRANSLATED)
    if others := subtract(walk.box.protocol, _TRANSLATED):
        dropped = replace(walk, box=walk.box._replace(protocol=others))
        forwarder.drop(dropped, f"{nat.path} takes only TCP, UDP and ICMP", "filter")
    if not protocols:
        return
    walk = replace(walk, box=walk.box._replace(protocol=protocols))
    spans = subnet.spans(4)
    if not spans:
        forwarder.unknown(walk, f"the address of {nat.path} is not known")
        return
    if nat in [item[0] for item in walk.translations]:
        forwarder.drop(walk, f"the packets come to {nat.path} again: a forwarding loop", "loop")
        return
    translated = walk.box._replace(source=spans, source_port=EPHEMERAL_PORTS)
    walk = walk.hop(
        nat,
        "NAT gateway",
        "source becomes the gateway's",
        subnet.zone,
        translations=(
            *walk.translations,
            (nat, walk.box.source, walk.box.source_port, walk.source_owner),
        ),
        source_owner=nat,
        box=translated,
        crossings=(*walk.crossings, Crossing.at(nat, subnet)),
    )
    forwarder.go("subnet", subnet, nat, walk)


def back_through_nat(forwarder: Forwarder, nat: NatGateway, come_from: Any, walk: Walk) -> None:
    """Replies are at a NAT gateway, which puts back the destination that it took away."""
    del come_from
    if not walk.translations or walk.translations[-1][0] is not nat:
        forwarder.drop(walk, f"{nat.path} does not know the flow", "state")
        return
    _, source, source_port, owner = walk.translations[-1]
    subnet = nat.subnet
    assert subnet is not None
    walk = walk.hop(
        nat,
        "NAT gateway",
        f"destination becomes {show_spans(source, walk.box.family)} again",
        subnet.zone,
        translations=walk.translations[:-1],
        destination_owner=owner,
        box=walk.box._replace(destination=source, port=source_port),
        crossings=(*walk.crossings, Crossing.at(nat, subnet)),
    )
    forwarder.go("subnet", subnet, nat, walk)
