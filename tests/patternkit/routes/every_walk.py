"""Holds every walk through a network to the network, and every step of it to the packets that it was given.

A step may send packets on, lose them, or not know; it may cut them, and put other addresses to them where something
translates. It loses none without a word, and what it says of them is of the elements that are there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes import forwarding
from patternkit.routes.addresses import (
    EPHEMERAL_PORTS,
    EVERYTHING,
    NAT64,
    Box,
    as_ipv6,
    intersect,
    public,
    show_spans,
    subtract,
)
from patternkit.routes.forwarding import Forwarder, Translation, Walk
from patternkit.routes.forwarding.filters import match
from patternkit.routes.forwarding.tables import blocks_of, target_text
from patternkit.routes.longest_prefix import decide
from patternkit.routes.model import (
    AclRule,
    Ambiguous,
    Attachment,
    CarrierGateway,
    EgressOnlyGateway,
    Element,
    Endpoint,
    Interface,
    InternetGateway,
    LocalGateway,
    Model,
    NatGateway,
    Peering,
    Route,
    RouteTable,
    Service,
    Site,
    Subnet,
    TransitGateway,
    Vpc,
    VpnGateway,
)
from tests.patternkit.routes.reasons import FORM


class NotHeld(BaseException):
    """A walk is not what the network says; no `except` of the code is meant to catch it."""


@dataclass
class _Step:
    """What a step was given, and what has become of it."""

    forwarder: Forwarder
    step: str
    place: Any
    walk: Walk
    ends: list[Walk] = field(default_factory=list)
    lost: list[Walk] = field(default_factory=list)


_steps: list[_Step] = []


def hold_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hold every walk from here on."""
    _steps.clear()
    _tables.clear()
    hop, go, arrive = Walk.hop, Forwarder.go, Forwarder.arrive
    drop, unknown = Forwarder.drop, Forwarder.unknown

    def passes(walk: Walk, element: Any, kind: Any, why: str, zone: Any = "", **changes: Any) -> Walk:
        found = hop(walk, element, kind, why, zone, **changes)
        _hold_hop(walk, found, element)
        return found

    def goes(forwarder: Forwarder, step: str, place: Any, come_from: Any, walk: Walk) -> None:
        _require(isinstance(place, _PLACES[step]), f"{place!r} is no place of {step!r}")
        _require(
            come_from is None or isinstance(come_from, (Element, tuple)), f"{come_from!r} is no place to come from"
        )
        _ends(forwarder, walk)
        go(forwarder, step, place, come_from, walk)

    def arrives(forwarder: Forwarder, walk: Walk, end: Any, how: str) -> None:
        _require(how == _arrival(end), f"{how!r} of what has come to {end}")
        _ends(forwarder, walk)
        arrive(forwarder, walk, end, how)

    def lost(forwarder: Forwarder, walk: Walk, reason: str, kind: Any) -> None:
        _hold_loss(forwarder, walk, reason, kind)
        _ends(forwarder, walk, lost=True)
        drop(forwarder, walk, reason, kind)

    def doubted(forwarder: Forwarder, walk: Walk, reason: str) -> None:
        _hold_doubt(forwarder, walk, reason)
        _ends(forwarder, walk)
        unknown(forwarder, walk, reason)

    monkeypatch.setattr(Walk, "hop", passes)
    monkeypatch.setattr(Forwarder, "go", goes)
    monkeypatch.setattr(Forwarder, "arrive", arrives)
    monkeypatch.setattr(Forwarder, "drop", lost)
    monkeypatch.setattr(Forwarder, "unknown", doubted)
    for name, step in list(forwarding._STEPS.items()):
        monkeypatch.setitem(forwarding._STEPS, name, _whole(name, step))


def _whole(name: str, step: Callable[..., None]) -> Callable[..., None]:
    def stepped(forwarder: Forwarder, place: Any, come_from: Any, walk: Walk) -> None:
        given = _Step(forwarder, name, place, walk)
        _steps.append(given)
        try:
            step(forwarder, place, come_from, walk)
        finally:
            _steps.pop()
        _hold_step(given)

    return stepped


def _require(held: Any, what: str) -> None:
    if not held:
        raise NotHeld(what)


_PLACES: dict[str, Any] = {
    "subnet": Subnet,
    "transit": (TransitGateway, Unknown),
    "edge": Vpc,
    "vpn gateway": VpnGateway,
    "endpoint": Endpoint,
    "interface": Interface,
    "nat": NatGateway,
    "nat back": (NatGateway, Interface),
    "regional nat": NatGateway,
    "local": Vpc,
}


# Steps


def _ends(forwarder: Forwarder, walk: Walk, *, lost: bool = False) -> None:
    """Packets leave the step that is under way: they are the same as came to it, but for what they have met."""
    if not _steps or _steps[-1].forwarder is not forwarder:
        return
    given = _steps[-1]
    given.ends.append(walk)
    if lost:
        given.lost.append(walk)
    before = given.walk
    for name in ("hops", "hedges", "sightings", "crossings", "carriers", "choices"):
        kept = getattr(before, name)
        _require(getattr(walk, name)[: len(kept)] == kept, f"{given.step} forgets {name} of {before}")
    for name in ("contracts", "seen", "doubts"):
        _require(set(getattr(before, name)) <= set(getattr(walk, name)), f"{given.step} forgets {name} of {before}")
    for name in ("back", "known", "interface", "peer", "past_acls"):
        _require(getattr(before, name) == getattr(walk, name), f"{given.step} changes {name} of {before}")
    for name in ("over_vpn", "by_group", "doubt"):
        _require(getattr(walk, name) or not getattr(before, name), f"{given.step} forgets {name} of {before}")
    came, went = before.translations, walk.translations
    if len(went) == len(came) + 1:
        _require(went[:-1] == came, f"{given.step} changes the translations of {before}")
        _hold_translation(given, went[-1], walk)
    elif len(went) == len(came) - 1:
        _require(went == came[:-1], f"{given.step} changes the translations of {before}")
        _hold_restored(given, came[-1], walk)
    else:
        _require(went == came, f"{given.step} changes the translations of {before}")
        _require(walk.source_owner is before.source_owner, f"{given.step} gives the source another owner: {walk}")
        _require(walk.destination_owner is before.destination_owner, f"{given.step} gives another owner: {walk}")
        _hold_part(walk.box, before.box)


def _hold_part(part: Box, whole: Box) -> None:
    _require(part.family == whole.family, f"{part} is not of {whole}")
    for some, every in zip(part.fields, whole.fields, strict=True):
        _require(some and not subtract(some, every), f"{part} is not within {whole}")


def _hold_translation(given: _Step, made: Translation, walk: Walk) -> None:
    before, after, owner = given.walk, walk.box, made.gateway
    _require(not before.back, f"a reply is translated: {walk}")
    _require(made.source and not subtract(made.source, before.box.source), f"{made} was not the source of {before}")
    _require(made.source_port and not subtract(made.source_port, before.box.source_port), f"{made} was no port")
    _require(made.owner is before.source_owner, f"{made} had another owner before")
    _require(made.family == before.box.family, f"{made} was of another family before")
    _require(walk.source_owner is owner, f"the source is not that of {owner}: {walk}")
    _require(after.source_port == EPHEMERAL_PORTS, f"the ports of {owner} are not {after.source_port}")
    if isinstance(owner, NatGateway):
        _require(made.inner is None, f"{owner} has no interface {made.inner}")
        vpc = owner.vpc or (owner.subnet.vpc if owner.subnet else None)
        spans = owner.subnet.spans(4) if owner.subnet else blocks_of(vpc, 4) if vpc else ()
        _require((after.family, after.source) == (4, spans), f"{after} does not come from {owner}")
    else:
        _require(made.inner is given.place, f"{made} is sent on by another interface than {given.place}")
        held = owner.subnet.spans(after.family) if isinstance(owner.subnet, Subnet) else ()
        _require(not subtract(after.source, held), f"{after} does not come from {owner}")
    to_ipv4 = made.family == 6 and bool(intersect(before.box.destination, NAT64))
    if isinstance(owner, NatGateway):
        _require(made.family == 4 or to_ipv4, f"{owner} took {before}")
    pings = bool(intersect(before.box.protocol, ((58, 58),)))
    if made.family != after.family and pings:
        _require(not intersect(after.protocol, ((58, 58),)), f"ICMP of IPv6 in {after}")
        _require(intersect(after.protocol, ((1, 1),)) or not isinstance(owner, NatGateway), f"no ICMP in {after}")


def _hold_restored(given: _Step, before: Translation, walk: Walk) -> None:
    box, came = walk.box, given.walk.box
    _require(given.walk.back, f"packets are restored that are no replies: {walk}")
    _require(before.gateway is given.place, f"{given.place} restores what {before.gateway} has translated")
    _require((box.family, box.destination, box.port) == (before.family, before.source, before.source_port), f"{box}")
    _require(walk.destination_owner is before.owner, f"the destination is not that of {before.owner}: {walk}")
    source = came.source if came.family == box.family else as_ipv6(came.source)
    _require((box.source, box.source_port) == (source, came.source_port), f"{box} comes from elsewhere than {came}")
    if came.family == box.family:
        _require(box.protocol == came.protocol, f"{box} is of another protocol than {came}")
    elif intersect(came.protocol, ((1, 1),)):
        _require(not intersect(box.protocol, ((1, 1),)) and intersect(box.protocol, ((58, 58),)), f"ICMP in {box}")


def _hold_step(given: _Step) -> None:
    """All packets that a step was given have gone somewhere."""
    rest = [given.walk.box]
    for walk in given.ends:
        left = _before(given.walk, walk)
        rest = [part for box in rest for part in (box.without(left) if box.meet(left) else [box])]
    _require(not rest, f"{given.step} at {given.place} loses {rest} of {given.walk} without a word")
    for one in given.lost:
        for other in given.ends:
            same = other is not one and other.hops[: len(one.hops)] == one.hops and other.choices == one.choices
            overlap = same and _before(given.walk, one).meet(_before(given.walk, other))
            _require(not overlap, f"{given.step} at {given.place} loses {overlap}, and does not: {one}\n{other}")
    new = [hop for walk in given.ends for hop in walk.hops[len(given.walk.hops) :]]
    for place in {hop.identity for hop in new if hop.kind == "attachment" and "the only" not in hop.why}:
        attachment = given.forwarder.model.attachments[place]
        entered = [hop for hop in new if hop.identity == place]
        if not any(
            hop.why.endswith(("stays in its availability zone", "the flow's availability zone")) for hop in entered
        ):
            _require({hop.zone for hop in entered} == set(attachment.zones), f"{given.step} forgets zones of {place}")


def _before(came: Walk, went: Walk) -> Box:
    """The packets as they came to the step."""
    if len(went.translations) < len(came.translations):
        return came.box
    if len(went.translations) == len(came.translations):
        return went.box
    made = went.translations[-1]
    box = went.box._replace(source=made.source, source_port=made.source_port)
    if made.family != box.family:
        protocol = box.protocol
        if intersect(protocol, ((1, 1),)):
            taken = ((1, 1), (6, 6), (17, 17), (58, 58)) if isinstance(made.gateway, NatGateway) else ((0, 255),)
            protocol = intersect(came.box.protocol, taken)
        box = box._replace(family=made.family, destination=as_ipv6(box.destination), protocol=protocol)
    return box


# Hops


def _hold_hop(before: Walk, after: Walk, element: Any) -> None:
    hop = after.hops[-1]
    _require(after.hops[:-1] == before.hops, f"{hop} forgets what was before: {before}")
    _require((hop.element, hop.identity) == (element.path, element.identity), f"{hop} is not at {element}")
    _require(before.contracts | element.contracts <= after.contracts, f"{hop} forgets contracts")
    zone, texts = _said_at(element, hop.kind, hop.zone, after)
    _require(hop.zone == zone, f"{hop} is in the zone {zone!r}")
    _require(hop.why in texts, f"{hop} does not say one of {texts}")
    crossed = after.crossings[-1:] if hop.kind in _CROSSED and "asymmetric" not in hop.why else ()
    if crossed and after.crossings != before.crossings:
        (crossing,) = crossed
        _require(
            (crossing.element, crossing.zone) == (hop.element, hop.zone or "?"), f"{crossing} is not that of {hop}"
        )
    if before.hops:
        _hold_order(before, after, element)


_CROSSED = {"NAT gateway", "firewall endpoint", "endpoint", "attachment"}
_SENDS_ON = re.compile(r".*: \S+ -> (.+?)(?: \([a-z -]+\))?")


def _hold_order(before: Walk, after: Walk, element: Any) -> None:
    """The next hop is where the last one leads to."""
    last, hop = before.hops[-1], after.hops[-1]
    sent = _SENDS_ON.fullmatch(last.why) if last.kind in ("subnet", "transit gateway", "gateway route table") else None
    if sent is None:
        return
    if sent[1] == "local":
        _require(hop.kind in ("destination", "NAT gateway", "appliance"), f"{last} is followed by {hop}")
    elif last.kind == "transit gateway" and isinstance(element, Site):
        site = sent[1]
        _require(site in (element.path, getattr(element.attachment, "path", "")), f"{last} is followed by {hop}")
    else:
        _require(hop.element == sent[1], f"{last} is followed by {hop}")


def _zone(subnet: Any) -> str:
    return subnet.zone if isinstance(subnet, Subnet) and isinstance(subnet.zone, str) else "?"


def _decided(table: RouteTable) -> list[Route | Ambiguous]:
    """What has been decided of destinations in a table."""
    every = [one for _, decisions in table.compiled.values() for one in decisions]
    taken = [route for one in every for route in (one if isinstance(one, tuple) else (one,))]
    return [one for one in taken if one is not None]


def _routes(table: Any, form: str = "{table}: {prefix} -> {target}") -> set[str]:
    """What hops say of the routes of a table."""
    key = (id(table), form, len(table.compiled))
    if key not in _tables:
        found = {
            one.reason
            if isinstance(one, Ambiguous)
            else form.format(table=table.path, prefix=one.prefix, target=target_text(one.target), origin=one.origin)
            for one in _decided(table)
        }
        _tables[key] = (table, found)
    return _tables[key][1]


_tables: dict[tuple[int, str, int], tuple[Any, set[str]]] = {}
_UNSEEN = {"has seen the flow's first packet with other addresses", "has not seen the flow's first packet"}


class _Doubtful(set[str]):
    """What a hop may say, among it what is not known."""

    def __contains__(self, text: Any) -> bool:
        return super().__contains__(text) or FORM.search(text.replace("⟨", "").replace("⟩", "")) is not None


def _said_at(element: Any, kind: str, zone: str, walk: Walk) -> tuple[str, set[str]]:
    """The zone of a hop, and what it may say."""
    to = show_spans(walk.box.destination, walk.box.family)
    if kind == "subnet" and isinstance(element, Subnet):
        table: Any = element.table
        return _zone(element), _Doubtful({f"{table.path} has no route", *_routes(table)})
    if kind == "destination" and isinstance(element, Subnet):
        held = element.spans(walk.box.family)
        _require(not subtract(walk.box.destination, held), f"{element} has no {to}")
        return _zone(element), {f"delivered to {to}"}
    if kind == "interface" and isinstance(element, Interface):
        return "", {f"source/destination check is {'on' if element.checks else 'off'}"}
    if kind == "appliance" and isinstance(element, Interface):
        assert element.instance is not None
        if walk.translations and not walk.back and walk.source_owner in element.instance.interfaces:
            made = walk.translations[-1]
            if made.inner is element:
                return _zone(made.gateway.subnet), {
                    f"source becomes that of {made.gateway.path}",
                    f"re-emitted in {made.gateway.subnet}",
                }
        by_subnet = {f"re-emitted in {one.subnet}": _zone(one.subnet) for one in element.instance.interfaces}
        zones = {*by_subnet.values()}
        return (zone if zone in zones else _zone(element.subnet)), {
            *(text for text, of in by_subnet.items() if of == zone),
            *_UNSEEN,
            *({f"destination becomes {to} again"} if walk.back else ()),
        }
    if kind in ("firewall endpoint", "endpoint") and isinstance(element, Endpoint):
        _require((kind == "firewall endpoint") == (element.firewall is not None), f"{element} is no {kind}")
        return _zone(element.subnet), {f"re-emitted in {element.subnet}", *_UNSEEN}
    if kind == "gateway endpoint" and isinstance(element, Service):
        return "", {"back into the VPC" if walk.back else f"to {element.service}"}
    if kind == "route table" and isinstance(element, RouteTable):
        return "", _routes(element, "{prefix} -> {target}")
    if kind == "gateway route table" and isinstance(element, (InternetGateway, VpnGateway)):
        assert element.vpc is not None
        return "", _routes(element.vpc.edge_tables[element.identity])
    gateways = {
        "internet gateway": InternetGateway,
        "egress-only internet gateway": EgressOnlyGateway,
        "carrier gateway": CarrierGateway,
    }
    if kind in gateways and isinstance(element, gateways[kind]):
        return "", {"to the internet"}
    if kind == "local gateway" and isinstance(element, LocalGateway):
        return "", {"to the network of the data center"}
    if kind == "virtual private gateway" and isinstance(element, VpnGateway):
        return "", {f"into {element.vpc}" if walk.carriers else "out of the VPC"}
    if kind == "NAT gateway" and isinstance(element, NatGateway):
        if walk.back:
            return ("" if element.regional else _zone(element.subnet)), {f"destination becomes {to} again"}
        six = ", and the packets IPv4" if walk.translations[-1].family == 6 else ""
        if not element.regional:
            return _zone(element.subnet), {f"source becomes the gateway's{six}"}
        left = walk.hops[-2].zone
        known = element.zones is None or (not isinstance(element.zones, Unknown) and left in element.zones)
        return (left if known else "?"), {f"source becomes the gateway's{six}"}
    if kind == "peering connection" and isinstance(element, Peering):
        other = {str(one) for one in (element.requester, element.accepter)}
        return "", {f"to {one}" for one in other}
    if kind == "transit gateway" and isinstance(element, TransitGateway):
        tables = {id(one.association): one.association for one in element.attachments}.values()
        said = {f"{one.path} has no route table" for one in element.attachments if one.association is None}
        for one in tables:
            if isinstance(one, RouteTable):
                said |= _routes(one, "{table}: {prefix} -> {target} ({origin})") | {f"{one.path} has no route"}
        return "", said
    if kind == "transit gateway peering" and isinstance(element, Attachment):
        assert element.peer is not None
        return "", {f"to {element.peer.gateway}"}
    if kind == "firewall attachment" and isinstance(element, Attachment):
        _require(element.medium == "firewall", f"{element} is no {kind}")
        return "", {"re-emitted at the transit gateway"}
    if kind == "attachment" and isinstance(element, Attachment):
        return zone, _entered(element, zone, walk)
    if isinstance(element, Site) and kind == element.medium:
        return "", _said_at_site(element, walk)
    raise NotHeld(f"{element!r} is no {kind}")


def _entered(attachment: Attachment, zone: str, walk: Walk) -> set[str]:
    several = len(attachment.zones) > 1
    if attachment.appliance:
        hashed = [value for name, value in walk.choices if name == f"flow hash of {attachment.identity}"]
        if hashed:
            _require(hashed == [zone], f"{attachment} was decided to be entered in {hashed}, not {zone}")
        whys = ["appliance mode: by flow hash", "appliance mode: the flow's availability zone"]
        if not hashed:
            whys = [walk.hedges[-1]] if several else ["the only availability zone that is attached"]
    else:
        whys = ["stays in its availability zone"]
        whys.append("any availability zone" if several else "the only availability zone that is attached")
    return {f"enters {attachment.zones[zone]}: {why}" for why in whys}


def _said_at_site(site: Site, walk: Walk) -> set[str]:
    table = site.gateway.table if site.gateway is not None else None
    found = {"from the site"} if site.gateway is None else {f"to {site.gateway}"}
    if walk.carriers[:1] == (site.identity,) and len(walk.hops) == 1:
        return found
    if table is not None:
        return _routes(table, "{prefix} ({origin})")
    gateway = site.attachment.gateway if site.attachment is not None else None
    assert isinstance(gateway, TransitGateway)
    tables = [one.association for one in gateway.attachments if isinstance(one.association, RouteTable)]
    return {text for one in tables for text in _routes(one, "{prefix} ({origin})")}


def _arrival(end: Any) -> str:
    if isinstance(end, tuple):
        return f"the internet by {end[1].path}"
    if isinstance(end, Service):
        return f"{end.service} by {end.path}"
    if isinstance(end, LocalGateway):
        return f"the network behind {end.path}"
    return f"delivered in {end.path}" if isinstance(end, Subnet) else str(end.path)


# Losses


def _denied(rules: list[AclRule], box: Box, *, inward: bool) -> bool:
    """Whether rules surely let nothing of these packets pass."""
    passed, _, open_ = match(rules, box, source_is_remote=inward)
    return not passed and not open_


def _no_route(model: Model, walk: Walk, name: str) -> bool:
    tables = [one for one in (*model.tables.values(), *model.transit_tables.values()) if one.path == name]
    family, to = walk.box.family, walk.box.destination
    return all([one for _, one in decide(table, family, to)] == [None] for table in tables)


def _by_acl(model: Model, walk: Walk, acl: str, word: str, subnet: str) -> bool:
    (found,) = (one for one in model.subnets.values() if one.path == subnet)
    asked: Any = found.acl
    inward = word == "into"
    return asked.path == acl and _denied(asked.inbound if inward else asked.outbound, walk.box, inward=inward)


def _by_groups(model: Model, walk: Walk, word: str, host: str) -> bool:
    inward = word == "into"
    for one in (walk.peer if inward else walk.interface, *model.interfaces.values()):
        if one is not None and one.path == host and isinstance(one.security_groups, list):
            groups: list[Any] = one.security_groups
            rules = [rule for group in groups for rule in (group.inbound if inward else group.outbound)]
            return _denied([rule for rule in rules if not rule.group], walk.box, inward=inward)
    return True


def _to_none(model: Model, walk: Walk, vpc: str) -> bool:
    spans = [one.spans(walk.box.family) for one in model.subnets.values() if one.vpc.path == vpc]
    return not any(intersect(one, walk.box.destination) for one in spans)


def _from_outside(model: Model, walk: Walk, vpc: str) -> bool:
    found = [one for one in model.vpcs.values() if one.path == vpc]
    return any(subtract(walk.box.source, blocks_of(one, walk.box.family)) for one in found)


def _is(name: str, value: Any) -> Callable[..., bool]:
    return lambda _, walk, *__: getattr(walk, name, None) == value


def _of_family(family: int) -> Callable[..., bool]:
    return lambda _, walk, *__: walk.box.family == family


def _any(*_: Any) -> bool:
    return True


_AGAIN = "the packets come {0} {1} again: a forwarding loop"
# By how packets are lost: what is said of it, and what has to be true then.
_LOSSES: dict[str, list[tuple[str, Callable[..., bool]]]] = {
    "route": [
        (r"(.+) has no route to {to}", _no_route),
        (r"{to} is not among the prefixes that are advertised to .+", _any),
    ],
    "blackhole": [
        (r".+ is not attached to .+", _any),
        (r".+ is associated with no route table(?: of .+)?", _any),
        (r".+ has no subnet in .+, the availability zone of .+", _any),
        (r".+ has no subnet", _any),
        (r".+ does not reach .+", _any),
        (r".+ has no target in .+, and does not balance across zones", _any),
        (r".+ has no listener: what .+ gets is lost", _any),
        (r"the security groups of .+ deny what .+ sends, UDP 6081", _any),
    ],
    "filter": [
        (r"the network ACL (.+) denies it (into|out of) (.+)", _by_acl),
        (r"the security groups deny it (into|out of) (.+)", _by_groups),
        (
            r"the security groups of .+ name a group beyond a transit gateway, which outbound rules cannot",
            _is("by_group", True),
        ),
        (
            r".+ takes only TCP, UDP and ICMP",
            lambda _, walk: not intersect(walk.box.protocol, ((1, 1), (6, 6), (17, 17))),
        ),
        (r"the stateless rules of .+ drop it", _any),
        (r".+ has no stateful rules, and drops what gets to them", _any),
    ],
    "state": [
        (r".+ would translate a reply as a new flow", _is("back", True)),
        (r".+ does not know the flow", _any),
        (r"asymmetric: .+ has (?:not seen|seen) the flow's first packet(?: with other addresses)?", _is("back", True)),
        (r".+ is stateful, and has not seen the flow's first packet", _is("back", True)),
    ],
    "address": [
        (r".+ translates IPv6 only to 64:ff9b::/96", lambda _, walk: not intersect(walk.box.destination, NAT64)),
        (r".+ is private: .+ drops what it sends", lambda _, walk: walk.source_owner.public is False),
        (r".+ needs a source with a public address", lambda _, walk: walk.choice("public address") is False),
        (
            r"the internet does not route {to}",
            lambda _, walk: not intersect(walk.box.destination, public(walk.box.family)),
        ),
        (r".+ (?:translates|takes) only addresses of (.+)", _from_outside),
        (r".+ carries only what comes from (.+) itself", _from_outside),
        (r".+ serves only its own VPC", _any),
        (r"addresses in Wavelength Zones are the carrier's: .+ translates none of .+", _any),
        (r".+ takes only IPv6", _of_family(4)),
        (r".+ takes only IPv4", _of_family(6)),
        (r".+ serves Wavelength Zones alone, and .+ is in .+", _any),
        (r".+ serves its Outpost alone, and .+ is on none", _any),
        (r".+ leads only into .+, not on to {to}", _any),
        (r".+ checks source and destination, and drops what is not its own", _any),
        (
            r".+ carries no IPv6: it is a VPN (?:on a virtual private gateway|with IPv4 inside its tunnels)",
            _of_family(6),
        ),
        (r".+ carries no IPv4: it is a VPN with IPv6 inside its tunnels", _of_family(4)),
        (r"the (?:Local|Remote)Ipv[46]NetworkCidr of .+ is .+: its tunnels do not carry it", _any),
        (r".+ does not carry between .+ and .+: Direct Connect reaches its VPC only", _any),
    ],
    "loop": [
        (r"the path does not end", lambda _, walk: len(walk.hops) > 64),
        (_AGAIN.format("(?:to|from)", ".+"), _any),
    ],
    "host": [
        (r"no subnet of (.+) has {to}", _to_none),
        (r".+ is not in .+", _any),
        (r".+ has no listener for it", lambda _, walk: _is_not_taken(walk)),
    ],
    "block": [(r".+ blocks public access of .+", _any)],
}


def _is_not_taken(walk: Walk) -> bool:
    host, family = walk.peer, walk.box.family
    assert host is not None
    return all(
        taken.doubt
        or walk.box.meet(
            Box(family, taken.protocols, *[EVERYTHING[family], ((0, 65535),)] * 2)._replace(port=taken.ports)
        )
        is None
        for taken in host.listens or ()
    )


def _hold_loss(forwarder: Forwarder, walk: Walk, reason: str, kind: str) -> None:
    to = re.escape(show_spans(walk.box.destination, walk.box.family))
    for text, holds in _LOSSES[kind]:
        found = re.fullmatch(text.replace("{to}", to), reason)
        if found is not None:
            _require(holds(forwarder.model, walk, *found.groups()), f"{reason!r} is not so of {walk}")
            return
    _require(reason in _told(forwarder.model), f"lost by {kind}: {reason!r}, to {to}")


def _told(model: Model) -> Iterator[str]:
    """What elements themselves say of what gets to them."""
    yield model.blocked_public
    elements = [*model.targets.values(), *model.elements()]
    edges = [one for vpc in model.vpcs.values() for one in (*vpc.edge_tables.values(), vpc.main_table)]
    for table in (*elements, *edges, *(getattr(one, "table", None) for one in elements)):
        for one in _decided(table) if isinstance(table, RouteTable) else ():
            yield one.reason if isinstance(one, Ambiguous) else getattr(one.target, "reason", "")
    for element in elements:
        for name in ("dead", "doubt", "tainted"):
            yield getattr(element, name, "")
        for name in ("regional", "families", "advertised", "asn"):
            yield getattr(getattr(element, name, None), "reason", "")


_NO = r"(?: \(contract: .+\))?"
_DOUBTS = (
    r"the network ACL of .+: .+",
    r"the security groups of .+: .+",
    r"the address of .+ is not known",
    r"whether the gateway's route table is for .+, too, is not documented",
    r"the other side of .+ is not in the set",
    r".+ is not modelled",
    r".+ is a .+, which is not modelled as a route's target",
    r"a route points to .+, which is not modelled",
    r"the VPC of .+ is not in the set",
    r"the zones of .+: .+",
    r"whether .+ has appliance mode: .+",
    r".+: .+ is not in the set",
    r"AWS refuses a second attachment of .+ to .+",
    r"whether .+ covers the zone of .+: unknown: .+",
    r"the transit gateway of .+: .+",
    r"the route table of .+: .*",
    r".+ leads .+ to what is not known: .+",
    r"the subnet of .+: .+",
    r"AWS refuses the route: .+ is not in .+",
    r".+ is not made for IPv[46]",
    r"whether .+ checks source and destination: .+",
    r"what .+ does with packets is not known: .+",
    r".+ has no interface '.*'",
    r".+ has more addresses: .+",
    r"the blocks of some subnets of .+ are not known",
    r"whether .+ is public: .+",
    r".+ points to what is not known",
    r"whether the internet routes .+ back is not known",
    r"whether .+ is in a Wavelength Zone is not known",
    r"whether the network of the carrier behind .+ has {to}",
    r"whether .+ is of .+: .+",
    r"whether .+ carries what .+ sends is not documented",
    r"from which address .+ sends to .+ is not documented",
    r"whether the route table of .+ may lead to .+ is not documented",
    r"the (?:Local|Remote)Ipv[46]NetworkCidr of .+: .+",
    r"{to} is not among the prefixes that are advertised to .+",
    r".+ passes on between sites what they announce over BGP, and .+ is static",
    r".+ and .+ have the same BGP number, \d+: whether .+ takes the other's routes is not known",
)


def _hold_doubt(forwarder: Forwarder, walk: Walk, reason: str) -> None:
    to = re.escape(show_spans(walk.box.destination, walk.box.family))
    if not any(re.fullmatch(text.replace("{to}", to) + _NO, reason) for text in _DOUBTS):
        taken = [one.doubt for one in (walk.peer.listens if walk.peer is not None else None) or ()]
        _require(reason in taken or reason in _told(forwarder.model), f"not known: {reason!r} of what goes to {to}")
