"""Instances that pass on what is not their own: routers, NAT instances, appliances of several interfaces."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import NAT64, intersect, span_of
from patternkit.routes.declarations import TRANSLATES
from patternkit.routes.forwarding.filters import security_group
from patternkit.routes.forwarding.nat import translate
from patternkit.routes.forwarding.walks import Crossing, Forwarder, Walk
from patternkit.routes.model import Instance, Interface, Subnet

# What is decided of a flow at an appliance: the key, and its values where nothing is declared.
TRANSLATION = "translation by "
PERHAPS_FORWARDS, PERHAPS_TRANSLATES = "none, as far as is declared", "perhaps"


def in_interface(forwarder: Forwarder, interface: Interface, come_from: Any, walk: Walk) -> None:
    """Packets that are not its own are at an interface: an appliance passes them on, a host drops them."""
    del come_from
    if isinstance(interface.checks, Unknown):
        forwarder.unknown(walk, f"whether {interface.path} checks source and destination: {interface.checks.reason}")
    elif interface.checks:
        hop = walk.hop(interface, "interface", "source/destination check is on")
        forwarder.drop(
            hop,
            f"{interface.path} checks source and destination, and drops what is not its own",
            "address",
        )
    elif (out := _way_out(forwarder, interface, walk)) is not None:
        declared = interface.instance.contracts if interface.instance is not None else frozenset()
        walk = replace(walk, contracts=walk.contracts | declared)
        walks = [walk]
        if not walk.back:
            # What goes through is new in both directions: in by one rule, out again by another.
            walks = [
                passed
                for inside in security_group(forwarder, interface, walk, inward=True)
                for passed in security_group(forwarder, out, inside, inward=False)
            ]
        for passed in walks:
            _pass_on(forwarder, interface, out, passed)


def _way_out(forwarder: Forwarder, interface: Interface, walk: Walk) -> Interface | None:
    """The interface that packets go out by; None where that is not known."""
    instance = interface.instance
    assert instance is not None
    hop = walk.hop(interface, "interface", "source/destination check is off")
    several = len(instance.interfaces) > 1
    if not instance.does and (several or instance.more):
        others = ", ".join(one.path for one in instance.interfaces if one is not interface)
        why = f"it may go out by {others}" if several else instance.more
        forwarder.unknown(hop, f"what {instance.path} does with packets is not known: {why} (contract: appliances)")
        return None
    for come, go in instance.out.items():
        if _is_named(interface, come):
            found = [one for one in instance.interfaces if _is_named(one, go)]
            if len(found) != 1:
                forwarder.unknown(hop, f"{instance.path} has no interface {go!r} (contract: appliances)")
                return None
            return found[0]
    return interface


def _is_named(interface: Interface, name: str) -> bool:
    if interface.instance is not None and len(interface.instance.interfaces) > 1 and interface.index == name:
        return True
    identity = interface.identity.strip("\u27e8\u27e9")
    return name in (interface.path, identity.rsplit("/", 1)[-1]) or interface.path.endswith(f"/{name}")


def _pass_on(forwarder: Forwarder, interface: Interface, out: Interface, walk: Walk) -> None:
    instance = interface.instance
    assert instance is not None
    if isinstance(interface.subnet, Unknown):
        forwarder.unknown(walk, f"the subnet of {interface.path}: {interface.subnet.reason}")
        return
    if isinstance(out.subnet, Unknown):
        forwarder.unknown(walk, f"the subnet of {out.path}: {out.subnet.reason}")
        return
    subnet = out.subnet
    if unseen := walk.unseen(interface.box, interface.path):
        hop = walk.hop(interface, "appliance", unseen.removeprefix(f"{interface.path} "), subnet.zone)
        forwarder.drop(hop, f"asymmetric: {unseen}", "state")
        return
    for decided in _decided(instance, interface, walk):
        seen = replace(
            decided,
            sightings=(*decided.sightings, decided.sighting(interface.box)),
            crossings=(*decided.crossings, Crossing.at(interface, interface.subnet)),
        )
        if not walk.back and decided.choice(f"{TRANSLATION}{instance.identity}") in ("yes", PERHAPS_TRANSLATES):
            _translated(forwarder, interface, out, subnet, seen)
            continue
        forwarder.go(
            "subnet", subnet, out, seen.hop(interface, "appliance", f"re-emitted in {subnet.path}", subnet.zone)
        )


def _decided(instance: Instance, interface: Interface, walk: Walk) -> list[Walk]:
    """The packets, once for each way in which the appliance may treat their flow."""
    key = f"{TRANSLATION}{instance.identity}"
    if walk.back or walk.choice(key) is not None:
        return [walk]
    if instance.does:
        return [replace(walk, choices=(*walk.choices, (key, "yes" if instance.does == TRANSLATES else "none")))]
    forwarded = replace(walk, choices=(*walk.choices, (key, PERHAPS_FORWARDS)))
    perhaps = replace(
        walk,
        choices=(*walk.choices, (key, PERHAPS_TRANSLATES)),
        hedges=(*walk.hedges, not_declared(interface.path)),
    )
    return [forwarded, perhaps]


def not_declared(appliance: str) -> str:
    """That nothing says whether an appliance translates."""
    return f"whether {appliance} translates addresses is not in the template (contract: appliances)"


def _translated(forwarder: Forwarder, interface: Interface, out: Interface, subnet: Subnet, walk: Walk) -> None:
    spans = span_of(out.address) if out.address is not None else None
    if walk.box.family == 6 and not intersect(walk.box.destination, NAT64):
        spans = None
    for part in translate(forwarder, out, subnet, walk, spans=spans, inner=interface):
        forwarder.go(
            "subnet", subnet, out, part.hop(interface, "appliance", f"source becomes that of {out.path}", subnet.zone)
        )
