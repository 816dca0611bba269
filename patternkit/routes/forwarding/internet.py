"""Out to the internet: by an internet gateway, or by an egress-only one."""

from __future__ import annotations

from patternkit.resolving.values import not_lifted
from patternkit.routes.addresses import IPV4_END, IPV4_EXTENDED_END, intersect, public, show_spans, subtract
from patternkit.routes.forwarding.gateways import foreign, senders, source_is_of, with_public_address
from patternkit.routes.forwarding.tables import destination_of
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import EgressOnlyGateway, InternetGateway, Subnet, Vpc


def to_internet(forwarder: Forwarder, gateway: InternetGateway, vpc: Vpc, walk: Walk) -> None:
    """A route leads to an internet gateway."""
    if gateway.vpc is not vpc:
        forwarder.drop(walk, f"{gateway.path} is not attached to {vpc.path}", "blackhole")
        return
    box = walk.box
    if forwarder.model.blocked_public:
        forwarder.unknown(walk, forwarder.model.blocked_public)
        return
    if (reason := _blocked(forwarder, walk, vpc)) is not None:
        forwarder.drop(walk, reason, "block")
        return
    if not source_is_of(vpc, box):
        foreign(forwarder, walk, vpc, f"{gateway.path} translates only addresses of {vpc.path}")
        return
    if box.family == 6 and subtract(box.source, public(6)):
        forwarder.unknown(
            walk, f"whether the internet routes {show_spans(box.source, 6)} back is not known" + not_lifted()
        )
        return
    if beyond := [one for one in senders(walk, vpc) if one.in_wavelength]:
        reason = f"addresses in Wavelength Zones are the carrier's: {gateway.path} translates none of {beyond[0].path}"
        forwarder.drop(walk, reason, "address")
        return
    reached = public(box.family)
    if box.family == 4:
        # The services of AWS, too, whose addresses are public.
        reached = (*reached, (IPV4_END + 1, IPV4_EXTENDED_END))
    routable = intersect(box.destination, reached)
    lost = subtract(box.destination, routable)
    if lost:
        part = walk.towards(lost)
        forwarder.drop(part, f"the internet does not route {destination_of(part)}", "address")
    if not routable:
        return
    walk = walk.towards(routable)
    for passed in with_public_address(forwarder, walk, gateway):
        arrived = passed.hop(gateway, "internet gateway", "to the internet")
        forwarder.arrive(arrived, ("internet", gateway), f"the internet by {gateway.path}")


def to_egress_only(forwarder: Forwarder, gateway: EgressOnlyGateway, vpc: Vpc, walk: Walk) -> None:
    """A route leads to an egress-only internet gateway."""
    if gateway.vpc is not vpc:
        forwarder.drop(walk, f"{gateway.path} is not attached to {vpc.path}", "blackhole")
    elif walk.box.family == 4:
        forwarder.drop(walk, f"{gateway.path} takes only IPv6", "address")
    elif forwarder.model.blocked_public:
        forwarder.unknown(walk, forwarder.model.blocked_public)
    elif forwarder.model.public_block is not None and forwarder.model.public_block.mode == "block-bidirectional":
        block = forwarder.model.public_block
        if not all(block.lets_out(one) for one in senders(walk, vpc)):
            forwarder.drop(walk, f"{block.path} blocks public access of {vpc.path}", "block")
        else:
            _by_egress_only(forwarder, gateway, vpc, walk)
    else:
        _by_egress_only(forwarder, gateway, vpc, walk)


def _blocked(forwarder: Forwarder, walk: Walk, vpc: Vpc) -> str | None:
    """Why an internet gateway carries nothing of this walk, where access is blocked."""
    block = forwarder.model.public_block
    if block is None:
        return None
    nat = walk.source_owner
    sending = [nat.subnet] if nat is not None and isinstance(nat.subnet, Subnet) else senders(walk, vpc)
    # A regional NAT gateway has no subnet, and begins every connection itself, as the others.
    by_nat = nat is not None
    if by_nat and block.mode == "block-ingress":
        return None
    if all(block.lets_out(one) if by_nat else block.lets_in(one) for one in sending) and sending:
        return None
    return f"{block.path} blocks public access of {vpc.path}"


def _by_egress_only(forwarder: Forwarder, gateway: EgressOnlyGateway, vpc: Vpc, walk: Walk) -> None:
    if not source_is_of(vpc, walk.box):
        foreign(forwarder, walk, vpc, f"{gateway.path} takes only addresses of {vpc.path}")
    elif lost := subtract(walk.box.destination, public(6)):
        part = walk.towards(lost)
        forwarder.drop(part, f"the internet does not route {destination_of(part)}", "address")
        if routable := intersect(walk.box.destination, public(6)):
            _by_egress_only(forwarder, gateway, vpc, walk.towards(routable))
    elif walk.back and walk.sighting(gateway.identity) not in (walk.known or ()):
        forwarder.drop(walk, f"{gateway.path} is stateful, and has not seen the flow's first packet", "state")
    else:
        arrived = walk.hop(gateway, "egress-only internet gateway", "to the internet")
        forwarder.arrive(arrived, ("internet", gateway), f"the internet by {gateway.path}")
