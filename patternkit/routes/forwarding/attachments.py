"""Out of a transit gateway by an attachment: into a VPC, to a peer, through a firewall, to a site."""

from __future__ import annotations

from dataclasses import replace

from patternkit.resolving.values import Unknown, lifted, not_lifted
from patternkit.routes.forwarding.middleboxes import stateless
from patternkit.routes.forwarding.sites import to_site
from patternkit.routes.forwarding.walks import Crossing, Forwarder, Walk
from patternkit.routes.model import Attachment, Route, TransitGateway


def exit_by(
    forwarder: Forwarder, route: Route, attachment: Attachment, gateway: TransitGateway, zone: str | None, walk: Walk
) -> None:
    """Packets leave a transit gateway by the attachment of a route."""
    if attachment.tainted:
        forwarder.unknown(walk, attachment.tainted)
    elif attachment.medium == "vpc":
        _into_vpc(forwarder, attachment, zone, walk)
    elif attachment.medium == "peering":
        peer = attachment.peer
        if peer is None or not isinstance(peer.gateway, TransitGateway):
            forwarder.unknown(walk, f"the other side of {attachment.path} is not in the set{lifted('ids')}")
        else:
            walk = walk.hop(attachment, "transit gateway peering", f"to {peer.gateway.path}")
            forwarder.go("transit", peer.gateway, (peer, None), walk)
    elif attachment.medium == "firewall":
        _through_native_firewall(forwarder, attachment, gateway, zone, walk)
    elif attachment.site is not None:
        if attachment.medium == "vpn":
            walk = replace(walk, over_vpn=True)
        to_site(forwarder, route, walk, gateway, hedge=False)
    else:
        forwarder.unknown(walk, f"{attachment.path} is not modelled{not_lifted()}")


def _through_native_firewall(
    forwarder: Forwarder, attachment: Attachment, gateway: TransitGateway, zone: str | None, walk: Walk
) -> None:
    if unseen := walk.unseen(attachment.identity, attachment.path):
        forwarder.drop(walk, f"asymmetric: {unseen}", "state")
        return
    # https://docs.aws.amazon.com/network-firewall/latest/developerguide/tgw-firewall.html: appliance mode
    # is always on.
    walk = walk.hop(
        attachment,
        "firewall attachment",
        "re-emitted at the transit gateway",
        sightings=(*walk.sightings, walk.sighting(attachment.identity)),
    )
    for passed in stateless(forwarder, attachment.firewall, walk):
        forwarder.go("transit", gateway, (attachment, zone), passed)


def _into_vpc(forwarder: Forwarder, attachment: Attachment, zone: str | None, walk: Walk) -> None:
    if attachment.vpc is None:
        forwarder.unknown(walk, f"the VPC of {attachment.path} is not in the set{not_lifted('give its stack')}")
        return
    if attachment.unknown_zones is not None:
        forwarder.unknown(walk, f"the zones of {attachment.path}: {attachment.unknown_zones.reason}")
        return
    if isinstance(attachment.appliance, Unknown):
        forwarder.unknown(walk, f"whether {attachment.path} has appliance mode: {attachment.appliance.reason}")
        return
    if attachment.appliance_contracts:
        walk = replace(walk, contracts=walk.contracts | attachment.appliance_contracts)
    zones = sorted(attachment.zones)
    if not zones:
        forwarder.drop(walk, f"{attachment.path} has no subnet", "blackhole")
    elif attachment.appliance:
        _by_flow_hash(forwarder, attachment, zones, walk)
    elif zone is not None and zone in attachment.zones:
        _enter_vpc(forwarder, attachment, zone, "stays in its availability zone", walk)
    elif len(zones) == 1:
        _enter_vpc(forwarder, attachment, zones[0], "the only availability zone that is attached", walk)
    else:
        hedge = f"the transit gateway takes any availability zone of {attachment.path}{not_lifted('AWS promises none')}"
        for other in zones:
            _enter_vpc(
                forwarder, attachment, other, "any availability zone", replace(walk, hedges=(*walk.hedges, hedge))
            )


def _by_flow_hash(forwarder: Forwarder, attachment: Attachment, zones: list[str], walk: Walk) -> None:
    # https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
    vpc = attachment.vpc
    assert vpc is not None
    gateways = {id(other.gateway) for other in vpc.attachments if other.medium == "vpc"}
    if len(gateways) > 1 or walk.over_vpn:
        why = "several transit gateways on its VPC" if len(gateways) > 1 else "traffic by VPN"
        hedge = f"appliance mode of {attachment.path} promises nothing for {why}{not_lifted()}"
        if len(zones) == 1:
            _enter_vpc(forwarder, attachment, zones[0], "the only availability zone that is attached", walk)
            return
        for zone in zones:
            _enter_vpc(forwarder, attachment, zone, hedge, replace(walk, hedges=(*walk.hedges, hedge)))
        return
    key = f"flow hash of {attachment.identity}"
    decided = walk.choice(key)
    if decided is not None:
        _enter_vpc(forwarder, attachment, decided, "appliance mode: the flow's availability zone", walk)
        return
    for zone in zones:
        chosen = replace(walk, choices=(*walk.choices, (key, zone)))
        _enter_vpc(forwarder, attachment, zone, "appliance mode: by flow hash", chosen)


def _enter_vpc(forwarder: Forwarder, attachment: Attachment, zone: str, why: str, walk: Walk) -> None:
    subnet = attachment.zones[zone]
    walk = walk.hop(
        attachment,
        "attachment",
        f"enters {subnet.path}: {why}",
        zone,
        crossings=(*walk.crossings, Crossing(subnet.vpc.identity, zone, attachment.path)),
    )
    forwarder.go("subnet", subnet, attachment, walk)
