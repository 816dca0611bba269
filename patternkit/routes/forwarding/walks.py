"""Packets on their way, and how their ways end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Literal, NamedTuple, TypeAlias

from patternkit.routes.addresses import Box, Spans
from patternkit.routes.model import Element, Interface, Model, NatGateway, SiteMedium, Subnet

# How packets are lost; "" where they are not.
Lost: TypeAlias = Literal["", "route", "blackhole", "filter", "state", "address", "loop", "host", "block", "elsewhere"]
HopKind: TypeAlias = (
    SiteMedium
    | Literal[
        "subnet",
        "destination",
        "interface",
        "appliance",
        "firewall endpoint",
        "endpoint",
        "gateway endpoint",
        "route table",
        "gateway route table",
        "internet gateway",
        "egress-only internet gateway",
        "carrier gateway",
        "local gateway",
        "virtual private gateway",
        "NAT gateway",
        "peering connection",
        "transit gateway",
        "transit gateway peering",
        "attachment",
        "firewall attachment",
        "load balancer",
        "interface endpoint",
        "accelerator",
        "proxy",
    ]
)


class Outcome(Enum):
    """How a leg ends."""

    DELIVERED = "delivered"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Hop(NamedTuple):
    """One element that the packets pass, and why they go on as they do."""

    element: str
    kind: HopKind
    zone: str
    why: str
    identity: str = ""


class Crossing(NamedTuple):
    """An element of one zone that packets in transit pass, for questions about zones."""

    vpc: str
    zone: str
    element: str
    subnet: str = ""

    @classmethod
    def at(cls, element: Element, subnet: Subnet) -> Crossing:
        """The crossing of an element in a subnet; the zone is "?" where it is not known."""
        return cls(subnet.vpc.identity, subnet.zone if isinstance(subnet.zone, str) else "?", element.path, subnet.path)


class Sighting(NamedTuple):
    """A middlebox that packets cross, and the translations that they have then: by both it knows a flow.

    Between the same hosts, what has the address of a NAT gateway is another flow to it than what has not.
    """

    identity: str
    translations: tuple[str, ...] = ()


class Translation(NamedTuple):
    """What a gateway or an appliance has taken away from the packets of a flow, and puts back into its replies."""

    gateway: NatGateway | Interface
    source: Spans
    source_port: Spans
    owner: NatGateway | Interface | None
    family: int
    inner: Interface | None = None  # the interface that sends the replies on


@dataclass(frozen=True, slots=True)
class Walk:
    """A set of packets on their way.

    Attributes:
        box: The packets, with the addresses that they have now.
        back: Whether they are replies.
        known: How middleboxes have seen the flow's first packet; None in the first direction.
        choices: What the flow's hash or the host's nature decided, the same for both directions.
        hedges: What AWS decides without a promise on the way so far.
        translations: NAT gateways and appliances that have the flow, with what the source was before.
        source_owner: Whose address the source is, where it is translated.
        destination_owner: Whose address the destination is, where it is translated.
        over_vpn: Whether the flow has a VPN at one end.
        doubt: Why it is not known whether they get this far at all; what is lost further on is lost all the same.
    """

    box: Box
    back: bool = False
    known: frozenset[Sighting] | None = None
    hops: tuple[Hop, ...] = ()
    choices: tuple[tuple[str, Any], ...] = ()
    hedges: tuple[str, ...] = ()
    contracts: frozenset[str] = frozenset()
    sightings: tuple[Sighting, ...] = ()
    carriers: tuple[str, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    translations: tuple[Translation, ...] = ()
    source_owner: NatGateway | Interface | None = None
    destination_owner: NatGateway | Interface | None = None
    seen: frozenset[Any] = frozenset()
    over_vpn: bool = False
    interface: Interface | None = None  # the host that a question names, at the packets' source
    peer: Interface | None = None  # the same at their destination
    doubt: str = ""
    by_group: bool = False  # whether a security group let the packets out because it names the peer's group
    doubts: tuple[str, ...] = ()  # what is not known of the way so far; it goes on, to meet what else is not known
    past_acls: bool = False  # whether no network ACL is asked what it lets in

    @property
    def middleboxes(self) -> tuple[str, ...]:
        """The identities of the middleboxes that the packets have crossed."""
        return tuple(sighting.identity for sighting in self.sightings)

    def sighting(self, identity: str) -> Sighting:
        """How a middlebox that the packets are at sees them."""
        return Sighting(identity, tuple(gateway.identity for gateway, *_ in self.translations))

    def unseen(self, identity: str, path: str) -> str:
        """Why a middlebox does not know the flow of replies that are at it; "" where it does."""
        if self.known is None or self.sighting(identity) in self.known:
            return ""
        if any(sighting.identity == identity for sighting in self.known):
            return f"{path} has seen the flow's first packet with other addresses"
        return f"{path} has not seen the flow's first packet"

    def choice(self, key: str) -> Any:
        """What was decided, or None."""
        for name, value in self.choices:
            if name == key:
                return value
        return None

    def doubted(self, *reasons: str) -> Walk:
        """The walk past what is not known."""
        return replace(self, doubts=tuple(dict.fromkeys((*self.doubts, *reasons))))

    def towards(self, destination: Spans) -> Walk:
        """Those of the packets that go to a part of their destinations."""
        return replace(self, box=self.box._replace(destination=destination))

    def hop(self, element: Any, kind: HopKind, why: str, zone: Any = "", **changes: Any) -> Walk:
        """The walk past an element, with what else changes there."""
        name = zone if isinstance(zone, str) else "?"
        hop = Hop(element.path, kind, name, why, element.identity)
        contracts = self.contracts
        if element.contracts and not element.contracts <= contracts:
            contracts = contracts | element.contracts
        return replace(self, hops=(*self.hops, hop), contracts=contracts, **changes)


@dataclass(frozen=True, slots=True)
class Leg:
    """One way, to its end."""

    walk: Walk
    outcome: Outcome
    reason: str
    end: Any = None
    kind: Lost = ""
    doubts: tuple[str, ...] = ()  # everything that is not known of it

    @property
    def arrives(self) -> bool:
        """Whether it arrives, or would if what is not known of it were as the template has it."""
        return self.outcome is Outcome.DELIVERED or (self.outcome is Outcome.UNKNOWN and self.end is not None)


Location = tuple[str, Any, Any]


class Forwarder:
    """The walks through a model: those that are still on their way, and the legs of those that have ended."""

    def __init__(self, model: Model, starts: Iterable[tuple[Location, Walk]] = ()) -> None:
        self.model = model
        self.pending = list(starts)
        self.done: list[Leg] = []

    def go(self, step: str, place: Any, come_from: Any, walk: Walk) -> None:
        """The packets go on to a place."""
        self.pending.append(((step, place, come_from), walk))

    def arrive(self, walk: Walk, end: Any, how: str) -> None:
        """The packets have arrived."""
        doubts = (*walk.doubts, walk.doubt) if walk.doubt else walk.doubts
        if doubts:
            self.done.append(Leg(walk, Outcome.UNKNOWN, doubts[0], end, doubts=doubts))
        else:
            self.done.append(Leg(walk, Outcome.DELIVERED, how, end))

    def drop(self, walk: Walk, reason: str, kind: Lost) -> None:
        """The packets are lost."""
        if walk.doubts:
            self.done.append(Leg(walk, Outcome.UNKNOWN, walk.doubts[0], doubts=walk.doubts))
        else:
            self.done.append(Leg(walk, Outcome.DROPPED, reason, None, kind))

    def unknown(self, walk: Walk, reason: str) -> None:
        """The packets meet what is not known."""
        doubts = (*walk.doubts, reason)
        self.done.append(Leg(walk, Outcome.UNKNOWN, doubts[0], doubts=tuple(dict.fromkeys(doubts))))
