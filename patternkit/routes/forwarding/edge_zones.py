"""Out of zones beside a Region: by a carrier gateway of Wavelength Zones, or by the local gateway of an Outpost.

Source: https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html and
https://docs.aws.amazon.com/outposts/latest/userguide/outposts-local-gateways.html
"""

from __future__ import annotations

from patternkit.resolving.values import Unknown, not_lifted
from patternkit.routes.addresses import intersect, public, subtract
from patternkit.routes.forwarding.gateways import foreign, senders, source_is_of, with_public_address
from patternkit.routes.forwarding.tables import destination_of
from patternkit.routes.forwarding.walks import Forwarder, Walk
from patternkit.routes.model import CarrierGateway, LocalGateway, Vpc


def to_carrier(forwarder: Forwarder, gateway: CarrierGateway, vpc: Vpc, walk: Walk) -> None:
    """A route leads to a carrier gateway: out to the internet, by IPv4, for hosts with an address of the carrier."""
    if gateway.vpc is not vpc:
        forwarder.drop(walk, f"{gateway.path} is not attached to {vpc.path}", "blackhole")
    elif walk.box.family == 6:
        forwarder.drop(walk, f"{gateway.path} takes only IPv4", "address")
    elif not source_is_of(vpc, walk.box):
        foreign(forwarder, walk, vpc, f"{gateway.path} translates only addresses of {vpc.path}")
    elif unknown := [one for one in senders(walk, vpc) if isinstance(one.zone, Unknown)]:
        forwarder.unknown(walk, f"whether {unknown[0].path} is in a Wavelength Zone is not known{not_lifted()}")
    elif reason := _unserved(walk, vpc, gateway):
        forwarder.drop(walk, reason, "address")
    else:
        _to_internet(forwarder, gateway, walk)


def _unserved(walk: Walk, vpc: Vpc, gateway: CarrierGateway) -> str:
    """Why a carrier gateway does not serve those who send; "" where it does."""
    for subnet in senders(walk, vpc):
        if not subnet.in_wavelength:
            return f"{gateway.path} serves Wavelength Zones alone, and {subnet.path} is in {subnet.zone}"
    return ""


def _to_internet(forwarder: Forwarder, gateway: CarrierGateway, walk: Walk) -> None:
    if lost := subtract(walk.box.destination, public(4)):
        part = walk.towards(lost)
        forwarder.unknown(
            part, f"whether the network of the carrier behind {gateway.path} has {destination_of(part)}" + not_lifted()
        )
    routable = intersect(walk.box.destination, public(4))
    if not routable:
        return
    walk = walk.towards(routable)
    for passed in with_public_address(forwarder, walk, gateway):
        # It has an address for each host: replies need no state, and nobody on the internet begins a connection.
        arrived = passed.hop(gateway, "carrier gateway", "to the internet")
        forwarder.arrive(arrived, ("internet", gateway), f"the internet by {gateway.path}")


def to_local(forwarder: Forwarder, gateway: LocalGateway, vpc: Vpc, walk: Walk) -> None:
    """A route leads to the local gateway of an Outpost: into the network of the data center."""
    elsewhere = [one for one in senders(walk, vpc) if not one.on_outpost]
    if not vpc.local_tables:
        reason = f"{vpc.path} is associated with no route table of {gateway.path}"
        forwarder.drop(walk, reason, "blackhole")
    elif not source_is_of(vpc, walk.box):
        foreign(forwarder, walk, vpc, f"{gateway.path} takes only addresses of {vpc.path}")
    elif elsewhere:
        forwarder.drop(walk, f"{gateway.path} serves its Outpost alone, and {elsewhere[0].path} is on none", "address")
    else:
        if gateway.vpc is None:
            gateway.vpc = vpc
        forwarder.arrive(
            walk.hop(gateway, "local gateway", "to the network of the data center"),
            gateway,
            f"the network behind {gateway.path}",
        )
