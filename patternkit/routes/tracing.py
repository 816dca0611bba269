"""Whole flows: packets there, and their replies back, with the state that gateways and middleboxes keep."""

from __future__ import annotations

from dataclasses import dataclass, replace

from patternkit.resolving.values import lifted, not_lifted
from patternkit.routes.addresses import EPHEMERAL_PORTS, Box, Prefix, Spans, as_ipv6, intersect, normal, subtract
from patternkit.routes.arrival import at_place
from patternkit.routes.forwarding import (
    Forwarder,
    Leg,
    Location,
    Outcome,
    Translation,
    Walk,
    forward,
    security_group,
)
from patternkit.routes.model import (
    CarrierGateway,
    EgressOnlyGateway,
    Interface,
    InternetGateway,
    LocalGateway,
    Model,
    NatGateway,
    Service,
    Site,
    Subnet,
    TransitTable,
)
from patternkit.routes.places import Place


@dataclass(frozen=True, slots=True)
class Flow:
    """Packets that go one way, and what becomes of their replies.

    Attributes:
        box: The packets of which this holds, as the source sends them.
        forward: The way there.
        back: The way of the replies, or None when nothing arrives.
        beyond: What is not known of the replies to packets that arrive if what is not known of them is as it seems.
    """

    source: Place
    destination: Place
    box: Box
    forward: Leg
    back: Leg | None
    beyond: tuple[str, ...] = ()

    @property
    def delivered(self) -> bool:
        """Whether the packets arrive."""
        return self.forward.outcome is Outcome.DELIVERED

    @property
    def answered(self) -> bool:
        """Whether the replies arrive, too."""
        return self.back is not None and self.back.outcome is Outcome.DELIVERED

    @property
    def last(self) -> Leg:
        """The leg that ends the flow."""
        return self.back if self.back is not None else self.forward


class Tracer:
    """Traces flows between places of a model."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def flows(
        self, source: Place, destination: Place, family: int, protocol: Spans, port: Spans, *, nat64: bool = False
    ) -> list[Flow]:
        """Every flow between two places, in disjoint sets of packets that fare alike.

        Args:
            source: Where the packets start.
            destination: Where they are to end.
            family: The family of the packets as they are sent.
            protocol: Their protocols.
            port: Their destination ports.
            nat64: Whether they go to IPv4 addresses of the destination as IPv6 hosts write them.
        """
        sources = source.spans(family)
        destinations = as_ipv6(destination.spans(4)) if nat64 else destination.spans(family)
        box = Box(family, protocol, sources, EPHEMERAL_PORTS, destinations, port)
        for place in (source, destination):
            if place.doubt:
                leg = Leg(Walk(box), Outcome.UNKNOWN, place.doubt)
                return [Flow(source, destination, box, leg, None)]
        starts, refused = self._starts(source, destination, box)
        legs = [*refused, *forward(self.model, starts)] if starts else refused
        found: list[Flow] = []
        for leg in [part for whole in legs for part in at_place(whole, destination)]:
            if leg.outcome is not Outcome.DELIVERED:
                beyond: dict[str, None] = {}
                if leg.arrives:
                    known = replace(leg, walk=replace(leg.walk, doubts=(), doubt=""))
                    for reply in forward(self.model, self._replies(known, source)):
                        beyond.update(dict.fromkeys(reply.doubts))
                found.append(Flow(source, destination, _sent(leg, sources), leg, None, tuple(beyond)))
                continue
            replies = forward(self.model, self._replies(leg, source))
            found += [
                Flow(source, destination, _refined(leg, reply), leg, reply)
                for whole in replies
                for reply in at_place(whole, source)
            ]
        return found

    def _starts(self, source: Place, destination: Place, box: Box) -> tuple[list[tuple[Location, Walk]], list[Leg]]:
        peer = destination.element if isinstance(destination.element, Interface) else None
        if source.kind == "internet":
            return self._from_internet(destination, box, peer)
        if source.kind == "site":
            assert isinstance(source.element, Site)
            starts = self._from_site(source.element, Walk(box, peer=peer))
            if source.element.lost:
                # What lies behind it is still there, and may have another connection.
                others = [site for site in self.model.sites.values() if not site.lost and site.is_at(source.element)]
                starts = [start for site in others for start in self._from_site(site, Walk(box, peer=peer))]
                if not starts:
                    return [], [Leg(Walk(box), Outcome.DROPPED, f"{source.name} is lost", None, "blackhole")]
            if not starts:
                reason = f"what {source.name} is connected to is not in the set{lifted('ids')}"
                return [], [Leg(Walk(box), Outcome.UNKNOWN, reason)]
            return starts, []
        subnet = source.subnet
        if subnet is None:
            return [], [Leg(Walk(box), Outcome.UNKNOWN, f"the subnet of {source.name} is not known")]
        walk = Walk(box, peer=peer, choices=_public(source))
        if isinstance(source.element, Interface):
            walk = replace(walk, interface=source.element)
            at_host = Forwarder(self.model)
            passed = security_group(at_host, source.element, walk, inward=False)
            return [(("subnet", subnet, None), item) for item in passed], at_host.done
        return [(("subnet", subnet, None), walk)], []

    def _from_internet(
        self, destination: Place, box: Box, peer: Interface | None
    ) -> tuple[list[tuple[Location, Walk]], list[Leg]]:
        walk = Walk(box, peer=peer)
        subnet = destination.subnet
        if subnet is None:
            reason = f"{destination.name} has no address that the internet reaches"
            return [], [Leg(walk, Outcome.DROPPED, reason, None, "address")]
        walk = replace(walk, contracts=subnet.contracts)
        if subnet.in_wavelength:
            # https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
            reason = f"the internet begins no connection with a Wavelength Zone, {subnet.path}"
            return [], [Leg(walk, Outcome.DROPPED, reason, None, "address")]
        gateway = subnet.vpc.internet_gateway
        if gateway is None:
            reason = f"{subnet.vpc.path} has no internet gateway"
            return [], [Leg(walk, Outcome.DROPPED, reason, None, "address")]
        if self.model.blocked_public:
            return [], [Leg(walk, Outcome.UNKNOWN, self.model.blocked_public)]
        block = self.model.public_block
        if block is not None and not block.lets_in(subnet):
            return [], [
                Leg(walk, Outcome.DROPPED, f"{block.path} blocks public access to {subnet.path}", None, "block")
            ]
        refused = []
        if box.family == 4:
            decided = dict(_public(destination)).get("public address")
            if decided is not True:
                without = replace(walk, choices=(("public address", False),))
                reason = f"a host of {subnet.path} without a public address is not reached"
                refused.append(Leg(without, Outcome.DROPPED, reason, None, "address"))
            if decided is False:
                return [], refused
            walk = replace(walk, choices=(("public address", True),))
        return [(("edge", subnet.vpc, gateway), walk)], refused

    @staticmethod
    def _from_site(site: Site, walk: Walk) -> list[tuple[Location, Walk]]:
        if site.gateway is not None:
            return [(("vpn gateway", site.gateway, site), replace(walk, over_vpn=True))]
        attachment = site.attachment
        if attachment is None:
            return []
        walk = walk.hop(site, site.medium, "from the site", carriers=(*walk.carriers, site.identity))
        return [(("transit", attachment.gateway, (attachment, None)), walk)]

    def _replies(self, leg: Leg, source: Place) -> list[tuple[Location, Walk]]:
        walk = leg.walk
        state = frozenset(walk.sightings)
        if isinstance(leg.end, tuple):
            state |= {walk.sighting(leg.end[1].identity)}
        if source.kind == "internet" and walk.box.family == 6:
            state |= {walk.sighting(hop.identity) for hop in walk.hops}
        reply = replace(
            walk,
            box=walk.box.swapped(),
            back=True,
            known=state,
            hops=(),
            sightings=(),
            carriers=(),
            crossings=(),
            seen=frozenset(),
            source_owner=walk.destination_owner,
            destination_owner=walk.source_owner,
            interface=walk.peer,
            peer=walk.interface,
        )
        end = leg.end
        if isinstance(end, tuple):
            gateway = end[1]
            if isinstance(gateway, (EgressOnlyGateway, CarrierGateway)):
                return [(("local", gateway.vpc, gateway), reply)]
            assert isinstance(gateway, InternetGateway)
            owner = walk.source_owner
            if isinstance(owner, NatGateway) and owner.regional:
                return [(("nat back", owner, None), reply)]
            return [(("edge", gateway.vpc, gateway), reply)]
        if isinstance(end, LocalGateway):
            return [(("local", end.vpc, end), reply)]
        if isinstance(end, Service):
            # By the endpoint's own VPC, straight to the subnet that asked: its network ACL is asked again.
            return [(("local", end.vpc, end), reply.hop(end, "gateway endpoint", "back into the VPC"))]
        if isinstance(end, Site):
            others = [
                site
                for site in self.model.sites.values()
                if site is not end
                and intersect(_blocks(site, reply.box.family), reply.box.source)
                and (site.gateway is not None or site.attachment is not None)
                and _may_answer(site, reply.box)
            ]
            answering = _preferred(end, others, reply.box)
            others = [site for site in answering if site is not end]
            if len(answering) > 1:
                ending = lifted("sites, sends") if any(one.gateway and one.sends is None for one in others) else ""
                hedge = f"the site behind {end.path} decides by which of its connections it answers"
                hedge += ending or not_lifted()
                reply = replace(reply, hedges=(*reply.hedges, hedge))
            return [start for site in answering for start in self._from_site(site, reply)]
        assert isinstance(end, Subnet)
        return [(("subnet", end, None), reply)]


def _public(place: Place) -> tuple[tuple[str, bool], ...]:
    """What is known of a host's public address: a subnet that gives none may still hold a host with one."""
    if isinstance(place.element, Interface) and isinstance(place.element.public, bool):
        return (("public address", place.element.public),)
    if isinstance(place.element, Subnet) and place.element.hosts_public is not None:
        return (("public address", place.element.hosts_public),)
    if isinstance(place.element, Subnet) and place.element.public_addresses is True:
        return (("public address", True),)
    return ()


def _preferred(end: Site, others: list[Site], box: Box) -> list[Site]:
    """The connections of a site that it may answer by: of those at one place, the ones with the greatest preference."""
    every = [end, *others]
    if not all(site.is_at(end) for site in others):
        return every
    # What is not advertised by a connection is not learnt by it.
    learnt = {site.identity: length for site in every if (length := _learnt(site, box)) is not None}
    if len(learnt) < len(every):
        return every
    # A longer prefix wins before any preference is asked, unless the site's routers filter it, which is its own affair:
    # it is sure to win where it is what the site prefers, too.
    longest, greatest = max(learnt.values()), max(site.preference for site in every)
    return [site for site in every if learnt[site.identity] == longest and site.preference == greatest] or every


def _learnt(site: Site, box: Box) -> int | None:
    """The length of the longest prefix that a connection advertises for all that a site sends, where that is known."""
    table = site.attachment.association if site.attachment is not None else None
    if isinstance(site.advertised, tuple):
        blocks = list(site.advertised)
    elif site.advertised is None and isinstance(table, TransitTable) and not table.unknown:
        # A VPN on a transit gateway is told what is in the table that it is associated with.
        blocks = [route.prefix for route in table.routes]
    elif site.advertised is None and not site.static_only and (told := _told_by_vpn_gateway(site, box)) is not None:
        blocks = told
    else:
        return None
    longest = None
    for block in blocks:
        if block.family == box.family and intersect(box.destination, ((block.first, block.last),)):
            if subtract(box.destination, ((block.first, block.last),)):
                return None
            longest = block.length if longest is None else max(longest, block.length)
    return longest


def _told_by_vpn_gateway(site: Site, box: Box) -> list[Prefix] | None:
    """What a virtual private gateway announces to a VPN: the ranges of its VPC, and what it has learnt from others."""
    vpc = site.gateway.vpc if site.gateway is not None else None
    if site.gateway is None or vpc is None or box.family in vpc.unknown_blocks:
        return None
    others = [one for one in site.gateway.sites if one is not site]
    if any(one.unknown_prefixes is not None for one in others):
        return None
    return [*vpc.blocks, *(block for one in others for block, _ in one.prefixes)]


def _may_answer(site: Site, box: Box) -> bool:
    """Whether a site may send packets by a connection to a virtual private gateway.

    The gateway announces the ranges of its VPC, and what it has learnt from other sites; what else the site sends there
    is its own affair, until contracts say what.
    """
    gateway = site.gateway
    if gateway is None or site.sends is None or gateway.vpc is None or box.family in gateway.vpc.unknown_blocks:
        return True
    learnt = [] if gateway.table is None else [route.prefix for route in gateway.table.routes]
    listed = [*gateway.vpc.blocks, *site.sends, *learnt]
    return bool(intersect(box.destination, normal((one.first, one.last) for one in listed if one.family == box.family)))


def _blocks(site: Site, family: int) -> Spans:
    return tuple(sorted({(block.first, block.last) for block in site.spans(family)}))


def _sent(leg: Leg, sources: Spans) -> Box:
    """The packets of a leg as they were sent."""
    box = leg.walk.box
    if leg.walk.translations:
        return _before(box, leg.walk.translations[0])
    return box if intersect(box.source, sources) else box._replace(source=sources)


def _before(box: Box, translation: Translation) -> Box:
    """Packets as they were before they were translated."""
    if translation.family != box.family:
        box = box._replace(family=translation.family, destination=as_ipv6(box.destination))
    return box._replace(source=translation.source, source_port=translation.source_port)


def _refined(forward: Leg, back: Leg) -> Box:
    """The packets of a flow, cut by both directions."""
    reply = back.walk.box.swapped()
    if forward.walk.translations and back.walk.translations:
        return _before(reply, forward.walk.translations[0])
    return reply
