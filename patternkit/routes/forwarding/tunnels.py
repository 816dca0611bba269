"""What the connection to a site carries, what the site knows of AWS, and what a hub carries between two sites."""

from __future__ import annotations

from dataclasses import replace

from patternkit.resolving.values import Unknown, not_lifted
from patternkit.routes.addresses import Spans, intersect, normal, span_of, subtract
from patternkit.routes.forwarding.tables import destination_of
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import Origin, Site


def sent_by(forwarder: Forwarder, site: Site, walk: Walk) -> list[Walk]:
    """The packets that a site sends and its connection carries."""
    if site.tainted:
        forwarder.unknown(walk, site.tainted)
        return []
    return [passed for known in _known(forwarder, site, walk) for passed in carried(forwarder, site, known)]


def carried(forwarder: Forwarder, site: Site, walk: Walk, *, outward: bool = False) -> list[Walk]:
    """What the connection of a site carries: its families, and its traffic selectors."""
    family = walk.box.family
    if isinstance(site.families, Unknown):
        forwarder.unknown(walk, site.families.reason)
        return []
    if family not in site.families:
        what = (
            "a VPN on a virtual private gateway" if site.gateway is not None else "a VPN with IPv4 inside its tunnels"
        )
        if family == 4:
            what = "a VPN with IPv6 inside its tunnels"
        forwarder.drop(walk, f"{site.path} carries no IPv{family}: it is {what}", "address")
        return []
    for ends, name in ((site.near, "Local"), (site.far, "Remote")):
        block = ends.get(family)
        if isinstance(block, Unknown):
            forwarder.unknown(walk, f"the {name}Ipv{family}NetworkCidr of {site.path}: {block.reason}")
            return []
        if block is None or not block.length:
            continue
        inside, outside = _parted(walk, span_of(block), by_destination=(name == "Local") == outward)
        if outside is not None:
            reason = f"the {name}Ipv{family}NetworkCidr of {site.path} is {block}: its tunnels do not carry it"
            forwarder.drop(outside, reason, "address")
        if inside is None:
            return []
        walk = inside
    return [walk]


def _parted(walk: Walk, spans: Spans, *, by_destination: bool) -> tuple[Walk | None, Walk | None]:
    """The packets whose destination, or source, is among addresses, and those whose is not."""
    held = walk.box.destination if by_destination else walk.box.source
    parts = []
    for part in (intersect(held, spans), subtract(held, spans)):
        box = walk.box._replace(destination=part) if by_destination else walk.box._replace(source=part)
        parts.append(replace(walk, box=box) if part else None)
    return parts[0], parts[1]


def _known(forwarder: Forwarder, site: Site, walk: Walk) -> list[Walk]:
    """What a site sends to the prefixes that are advertised to it; whether it sends the rest is its own."""
    if site.advertised is None:
        return [walk]
    if isinstance(site.advertised, Unknown):
        forwarder.unknown(walk, site.advertised.reason)
        return []
    listed = [*site.advertised, *(site.sends or ())]
    spans = normal((block.first, block.last) for block in listed if block.family == walk.box.family)
    inside = intersect(walk.box.destination, spans)
    outside = subtract(walk.box.destination, inside)
    found = [walk.towards(inside)] if inside else []
    if outside:
        part = walk.towards(outside)
        reason = f"{destination_of(part)} is not among the prefixes that are advertised to {site.path}"
        if site.sends is None and site.gateway is None:
            forwarder.unknown(part, f"{reason} (contract: sites, sends)")
        elif site.sends is None:
            # A virtual private gateway passes on little between sites: what it drops is lost either way.
            found.append(replace(part, doubt=part.doubt or f"{reason} (contract: sites, sends)"))
        else:
            forwarder.drop(part, reason, "route")
    return found


def between_sites(forwarder: Forwarder, end: Site, walk: Walk, origin: Origin) -> tuple[str, bool]:
    """Why packets that came from a site do not go on to another by a gateway, and whether that is sure.

    Args:
        forwarder: The walks.
        end: The site that the packets go to.
        walk: The packets.
        origin: How the gateway has learnt the route.

    Returns:
        The reason, "" where there is none; and whether it is only that something is not known.
    """
    start = forwarder.model.sites.get(walk.carriers[0]) if walk.carriers else None
    if start is None or start is end:
        return "", False
    hub = end.gateway
    if hub is not None and "direct-connect" in (start.medium, end.medium):
        # https://docs.aws.amazon.com/directconnect/latest/UserGuide/virtualgateways.html, under the traffic flows that
        # are not supported.
        return (
            f"{hub.path} does not carry between {start.path} and {end.path}: Direct Connect reaches its VPC only",
            False,
        )
    if hub is not None and (start.static_only or end.static_only):
        static = start if start.static_only else end
        reason = f"{hub.path} passes on between sites what they announce over BGP, and {static.path} is static"
        return f"{reason}{not_lifted('a connection with BGP')}", True
    # https://docs.aws.amazon.com/vpn/latest/s2svpn/VPN_CloudHub.html: each customer gateway has a number of its own. A
    # router drops a route that has its own number in its path, unless it is told to take it.
    if start.medium != "vpn" or end.medium != "vpn" or origin != "vpn" or start.is_at(end):
        return "", False
    for learner in (start, end):
        if learner.accepts_own_asn or learner.static_only:
            continue
        for number in (start.asn, end.asn):
            if isinstance(number, Unknown):
                return number.reason, True
        if start.asn == end.asn and start.asn is not None:
            same = f"{start.path} and {end.path} have the same BGP number, {start.asn}"
            learns = f"whether {learner.path} takes the other's routes is not known (contract: sites, accepts-own-asn)"
            return f"{same}: {learns}", True
    return "", False
