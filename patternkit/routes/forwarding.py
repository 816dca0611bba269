"""One forwarding step after another: where the packets of a set go, in one direction.

Every way that packets can take becomes a `Leg` with its hops and outcome. Where packets part, by destination,
port, flow hash or a decision that AWS does not promise, the walk forks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple

from patternkit.routes.addresses import (
    EPHEMERAL_PORTS,
    EVERY_PORT,
    EVERY_PROTOCOL,
    EVERYTHING,
    IPV4_END,
    IPV4_EXTENDED_END,
    Box,
    Spans,
    intersect,
    normal,
    public,
    show_spans,
    subtract,
)
from patternkit.routes.lookup import decide
from patternkit.routes.model import (
    AclRule,
    Ambiguous,
    Attachment,
    Blackhole,
    Decision,
    EgressOnlyGateway,
    Element,
    Endpoint,
    Firewall,
    FirewallPolicy,
    Interface,
    InternetGateway,
    Local,
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
from patternkit.routes.values import Unknown

LONGEST_PATH = 64


class Outcome(Enum):
    """How a leg ends."""

    DELIVERED = "delivered"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


class Hop(NamedTuple):
    """One element that the packets pass, and why they go on as they do."""

    element: str
    kind: str
    zone: str
    why: str
    identity: str = ""


class Crossing(NamedTuple):
    """An element of one zone that packets in transit pass, for questions about zones."""

    vpc: str
    zone: str
    element: str


@dataclass(frozen=True, slots=True)
class Walk:
    """A set of packets on their way.

    Attributes:
        box: The packets, with the addresses that they have now.
        back: Whether they are replies.
        known: Middleboxes that have seen the flow's first packet; None in the first direction.
        choices: What the flow's hash or the host's nature decided, the same for both directions.
        hedges: What AWS decides without a promise on the way so far.
        translations: NAT gateways that have the flow, with what the source was before.
        source_owner: The NAT gateway whose address the source is.
        destination_owner: The NAT gateway whose address the destination is.
        over_vpn: Whether the flow has a VPN at one end.
    """

    box: Box
    back: bool = False
    known: frozenset[str] | None = None
    hops: tuple[Hop, ...] = ()
    choices: tuple[tuple[str, Any], ...] = ()
    hedges: tuple[str, ...] = ()
    contracts: frozenset[str] = frozenset()
    middleboxes: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    crossings: tuple[Crossing, ...] = ()
    translations: tuple[tuple[NatGateway, Spans, Spans, NatGateway | None], ...] = ()
    source_owner: NatGateway | None = None
    destination_owner: NatGateway | None = None
    seen: frozenset[Any] = frozenset()
    over_vpn: bool = False
    interface: Interface | None = None  # the host that a question names, at the packets' source
    peer: Interface | None = None  # the same at their destination
    by_group: bool = False  # whether a security group let the packets out because it names the peer's group

    def choice(self, key: str) -> Any:
        """What was decided, or None."""
        for name, value in self.choices:
            if name == key:
                return value
        return None


@dataclass(frozen=True, slots=True)
class Leg:
    """One way, to its end."""

    walk: Walk
    outcome: Outcome
    reason: str
    end: Any = None
    kind: str = ""  # of a drop: "route", "blackhole", "filter", "state", "address", "loop" or "host"


Location = tuple[str, Any, Any]


class Forwarder:
    """Walks packets through a model."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self._steps: dict[str, Callable[[Any, Any, Walk], None]] = {
            "subnet": self._in_subnet,
            "transit": self._in_transit_gateway,
            "edge": self._at_edge,
            "vpn gateway": self._in_vpn_gateway,
            "endpoint": self._in_endpoint,
            "interface": self._in_interface,
            "nat": self._in_nat,
            "nat back": self._back_through_nat,
            "local": self._deliver_into,
        }
        self._pending: list[tuple[Location, Walk]] = []
        self._done: list[Leg] = []

    def run(self, starts: Iterable[tuple[Location, Walk]]) -> list[Leg]:
        """Walk until every packet has arrived, is lost, or meets what is not known."""
        self._pending, self._done = list(starts), []
        while self._pending:
            (step, place, come_from), walk = self._pending.pop()
            if len(walk.hops) > LONGEST_PATH:
                self._drop(walk, "the path does not end", "loop")
                continue
            self._steps[step](place, come_from, walk)
        return self._done

    # Ends

    def _drop(self, walk: Walk, reason: str, kind: str) -> None:
        self._done.append(Leg(walk, Outcome.DROPPED, reason, None, kind))

    def _unknown(self, walk: Walk, reason: str) -> None:
        self._done.append(Leg(walk, Outcome.UNKNOWN, reason))

    def _arrive(self, walk: Walk, end: Any, how: str) -> None:
        self._done.append(Leg(walk, Outcome.DELIVERED, how, end))

    def _go(self, step: str, place: Any, come_from: Any, walk: Walk) -> None:
        self._pending.append(((step, place, come_from), walk))

    @staticmethod
    def _hop(walk: Walk, element: Any, kind: str, why: str, zone: Any = "", **changes: Any) -> Walk:
        name = zone if isinstance(zone, str) else "?"
        hop = Hop(element.path, kind, name, why, element.identity)
        contracts = walk.contracts
        if element.contracts and not element.contracts <= contracts:
            contracts = contracts | element.contracts
        return replace(walk, hops=(*walk.hops, hop), contracts=contracts, **changes)

    # Subnets

    def _in_subnet(self, subnet: Subnet, emitter: Any, walk: Walk) -> None:
        table = subnet.table
        if not isinstance(table, RouteTable):
            self._unknown(walk, f"the route table of {subnet.path}: {table.reason if table else 'none'}")
            return
        mark = ("subnet", subnet.identity, walk.box.destination, len(walk.translations), id(emitter))
        if mark in walk.seen:
            self._drop(walk, f"the packets come to {subnet.path} again: a forwarding loop", "loop")
            return
        walk = replace(walk, seen=walk.seen | {mark})
        for part, decision in self._look_up(table, walk):
            self._take(part, decision, subnet, emitter, table)

    def _look_up(self, table: RouteTable, walk: Walk, edge: str = "") -> list[tuple[Walk, Decision]]:
        if table.tainted:
            self._unknown(walk, table.tainted)
            return []
        if table.unknown:
            self._unknown(walk, f"{table.path} may have more routes: {table.unknown[0]}")
            return []
        if not table.contracts <= walk.contracts:
            walk = replace(walk, contracts=walk.contracts | table.contracts)
        if table.vpc is not None and walk.box.family in table.vpc.unknown_blocks:
            # What is not in a known block may be in the other one, and local.
            rest = self._beyond(table.vpc, walk.box.destination, walk)
            if rest is None:
                return []
            walk = rest
        parts = decide(table, walk.box.family, walk.box.destination, edge)
        if len(parts) == 1:
            return [(walk, parts[0][1])]
        return [(replace(walk, box=walk.box._replace(destination=spans)), decision) for spans, decision in parts]

    def _beyond(self, vpc: Vpc, destination: Spans, walk: Walk) -> Walk | None:
        """Keep the packets to known blocks of a VPC that has others, too."""
        family = walk.box.family
        inside = intersect(destination, _blocks(vpc, family))
        outside = subtract(destination, inside)
        if outside:
            part = replace(walk, box=walk.box._replace(destination=outside))
            self._unknown(part, f"{vpc.path} has more addresses: {vpc.unknown_blocks[family].reason}")
        return replace(walk, box=walk.box._replace(destination=inside)) if inside else None

    def _take(self, walk: Walk, decision: Decision, subnet: Subnet, emitter: Any, table: RouteTable) -> None:
        if decision is None:
            self._drop(
                self._hop(walk, subnet, "subnet", f"{table.path} has no route", subnet.zone),
                f"{table.path} has no route to {_destination(walk)}",
                "route",
            )
            return
        if isinstance(decision, Ambiguous):
            self._unknown(self._hop(walk, subnet, "subnet", decision.reason, subnet.zone), decision.reason)
            return
        route = decision[0] if isinstance(decision, tuple) else decision
        target = route.target
        shown = _target_text(target)
        walk = self._hop(walk, subnet, "subnet", f"{table.path}: {route.prefix} -> {shown}", subnet.zone)
        if route.contracts and not route.contracts <= walk.contracts:
            walk = replace(walk, contracts=walk.contracts | route.contracts)
        if isinstance(target, Local):
            self._deliver(subnet.vpc, subnet, walk)
        elif isinstance(target, Unknown):
            self._unknown(walk, target.reason)
        elif isinstance(target, Blackhole):
            self._drop(walk, target.reason, "blackhole")
        else:
            self._send(target, subnet, emitter, walk)

    def _send(self, target: Any, subnet: Subnet, emitter: Any, walk: Walk) -> None:
        if isinstance(target, TransitGateway):
            self._to_transit_gateway(target, subnet, emitter, walk)
        elif isinstance(target, (Endpoint, Interface, NatGateway)):
            self._to_middlebox(target, subnet, walk)
        elif isinstance(target, InternetGateway):
            for passed in self._leave(subnet, walk):
                self._to_internet(target, subnet.vpc, passed)
        elif isinstance(target, EgressOnlyGateway):
            for passed in self._leave(subnet, walk):
                self._to_egress_only(target, subnet.vpc, passed)
        elif isinstance(target, Peering):
            for passed in self._leave(subnet, walk):
                self._to_peer(target, subnet.vpc, passed)
        elif isinstance(target, VpnGateway):
            for passed in self._leave(subnet, walk):
                self._to_vpn_gateway(target, subnet.vpc, passed)
        elif isinstance(target, Service):
            for passed in self._leave(subnet, walk):
                if not self._source_is_of(subnet.vpc, passed.box):
                    self._foreign(passed, subnet.vpc, f"{target.path} serves only its own VPC")
                else:
                    arrived = self._hop(passed, target, "gateway endpoint", f"to {target.service}")
                    self._arrive(arrived, target, f"{target.service} by {target.path}")
        elif isinstance(target, Element):
            self._unknown(walk, f"{target.path} is a {target.kind}, which is not modelled as a route's target")
        else:
            self._unknown(walk, f"a route points to {target}, which is not modelled")

    # Filters

    def _leave(self, subnet: Subnet, walk: Walk) -> list[Walk]:
        return self._acl(subnet, walk, inward=False)

    def _enter(self, subnet: Subnet, walk: Walk) -> list[Walk]:
        return self._acl(subnet, walk, inward=True)

    def _acl(self, subnet: Subnet, walk: Walk, *, inward: bool) -> list[Walk]:
        acl = subnet.acl
        if acl is None:
            return [walk]
        if isinstance(acl, Unknown) or acl.unknown or acl.tainted:
            reason = acl.reason if isinstance(acl, Unknown) else acl.tainted or acl.unknown[0]
            self._unknown(walk, f"the network ACL of {subnet.path}: {reason}")
            return []
        if not acl.contracts <= walk.contracts:
            walk = replace(walk, contracts=walk.contracts | acl.contracts)
        allowed, denied, doubted = match(acl.inbound if inward else acl.outbound, walk.box, source_is_remote=inward)
        word = "into" if inward else "out of"
        for box, reason in doubted:
            self._unknown(replace(walk, box=box), f"the network ACL of {subnet.path}: {reason}")
        for box in denied:
            self._drop(replace(walk, box=box), f"the network ACL {acl.path} denies it {word} {subnet.path}", "filter")
        return [walk if box is walk.box else replace(walk, box=box) for box in allowed]

    def security_group(self, interface: Interface, walk: Walk, *, inward: bool) -> list[Walk]:
        """Pass a host's security groups: stateful, so only the flow's first packet is asked."""
        groups = interface.security_groups
        if isinstance(groups, Unknown):
            self._unknown(walk, f"the security groups of {interface.path}: {groups.reason}")
            return []
        peer = walk.interface if inward else walk.peer
        rules: list[AclRule] = []
        naming: list[AclRule] = []
        for group in groups:
            if isinstance(group, Unknown) or group.unknown or group.tainted:
                reason = group.reason if isinstance(group, Unknown) else group.tainted or group.unknown[0]
                self._unknown(walk, f"the security groups of {interface.path}: {reason}")
                return []
            walk = replace(walk, contracts=walk.contracts | group.contracts)
            for rule in group.inbound if inward else group.outbound:
                if not rule.group:
                    rules.append(rule)
                elif peer is None:
                    naming.append(replace(rule, doubt="a rule names a group, and the peer's is not known"))
                elif isinstance(peer.security_groups, Unknown):
                    naming.append(replace(rule, doubt=f"the groups of {peer.path}: {peer.security_groups.reason}"))
                elif any(isinstance(g, Unknown) or g.identity == rule.group for g in peer.security_groups):
                    doubt = self._reference(walk) if inward else ""
                    if any(isinstance(g, Unknown) for g in peer.security_groups):
                        doubt = f"the groups of {peer.path} are not all known"
                    naming.append(replace(rule, doubt=rule.doubt or doubt))
        # They only allow: what one rule surely lets pass needs no other.
        passed: list[Walk] = []
        rest = [walk.box]
        for asked, by_group in (
            ([rule for rule in rules if not rule.doubt], False),
            ([rule for rule in naming if not rule.doubt], not inward),
            ([rule for rule in (*rules, *naming) if rule.doubt], False),
        ):
            left: list[Box] = []
            for box in rest:
                allowed, denied, doubted = match(asked, box, source_is_remote=inward)
                passed += [replace(walk, box=part, by_group=walk.by_group or by_group) for part in allowed]
                left += denied
                for part, reason in doubted:
                    self._unknown(replace(walk, box=part), f"the security groups of {interface.path}: {reason}")
            rest = left
        for box in rest:
            word = "into" if inward else "out of"
            self._drop(replace(walk, box=box), f"the security groups deny it {word} {interface.path}", "filter")
        return passed

    def _reference(self, walk: Walk) -> str:
        """Why a rule that names a group may not hold on this way; "" where it does.

        https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing and
        https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
        """
        if walk.middleboxes or walk.translations:
            return "a rule that names a security group does not hold through a middlebox"
        for hop in walk.hops:
            gateway = self.model.transit_gateways.get(hop.identity)
            attachment = self.model.attachments.get(hop.identity)
            if gateway is not None and not (
                gateway.references_groups and all(other.references_groups for other in gateway.attachments)
            ):
                return f"{gateway.path} does not surely support references to security groups"
            if attachment is not None and attachment.medium == "peering":
                return f"{attachment.path} does not support references to security groups"
        return ""

    def _between(self, subnet: Subnet, target: Subnet, walk: Walk) -> list[Walk]:
        # Within one subnet no ACL is asked.
        if subnet is target:
            return [walk]
        return [inner for passed in self._leave(subnet, walk) for inner in self._enter(target, passed)]

    # Delivery

    def _deliver_into(self, vpc: Vpc, come_from: Any, walk: Walk) -> None:
        del come_from
        self._deliver(vpc, None, walk)

    def _deliver(self, vpc: Vpc, subnet: Subnet | None, walk: Walk) -> None:
        for spans, found in self._subnets_at(vpc, walk):
            part = walk if spans is walk.box.destination else replace(walk, box=walk.box._replace(destination=spans))
            if found is None:
                self._drop(part, f"no subnet of {vpc.path} has {_destination(part)}", "host")
                continue
            passed = self._enter(found, part) if subnet is None else self._between(subnet, found, part)
            for arrived in passed:
                owner = arrived.destination_owner
                if owner is not None:
                    if owner.subnet is found:
                        self._go("nat back", owner, subnet, arrived)
                    else:
                        self._drop(arrived, f"{owner.path} is not in {found.path}", "host")
                    continue
                self._hand_over(found, arrived)

    def _hand_over(self, subnet: Subnet, walk: Walk) -> None:
        walks = [walk]
        if walk.peer is not None and not walk.back:
            if walk.peer.subnet is not subnet:
                self._drop(walk, f"{walk.peer.path} is not in {subnet.path}", "host")
                return
            if walk.by_group and (reason := self._reference(walk)):
                self._unknown(walk, f"the security groups of the source: {reason}")
                return
            walks = self.security_group(walk.peer, walk, inward=True)
        for arrived in walks:
            self._arrive(
                self._hop(arrived, subnet, "destination", f"delivered to {_destination(arrived)}", subnet.zone),
                subnet,
                f"delivered in {subnet.path}",
            )

    def _subnets_at(self, vpc: Vpc, walk: Walk) -> list[tuple[Spans, Subnet | None]]:
        family = walk.box.family
        if family not in vpc.index:
            listed = sorted(
                (
                    (block.first, block.last, subnet)
                    for subnet in vpc.subnets
                    for block in subnet.blocks
                    if block.family == family
                ),
                key=lambda item: item[:2],
            )
            vpc.index[family] = (listed, any(subnet.unknown_blocks is not None for subnet in vpc.subnets))
        listed, incomplete = vpc.index[family]
        parts: list[tuple[Spans, Subnet | None]] = []
        rest = walk.box.destination
        for first, last, subnet in listed:
            if not rest or rest[-1][1] < first:
                break
            common = intersect(rest, ((first, last),))
            if common:
                if common == rest:
                    return [*parts, (rest, subnet)]
                parts.append((common, subnet))
                rest = subtract(rest, common)
        if rest:
            if incomplete:
                self._unknown(
                    replace(walk, box=walk.box._replace(destination=rest)),
                    f"the blocks of some subnets of {vpc.path} are not known",
                )
            else:
                parts.append((rest, None))
        return parts

    # Middleboxes

    def _to_middlebox(self, target: Any, subnet: Subnet, walk: Walk) -> None:
        if isinstance(target, NatGateway) and target.regional:
            self._unknown(walk, f"{target.path} has regional availability, which is not modelled yet")
            return
        place = target.subnet
        if isinstance(place, Unknown) or place is None:
            self._unknown(walk, f"the subnet of {target.path} is not known")
            return
        if place.vpc is not subnet.vpc:
            self._unknown(walk, f"AWS refuses the route: {target.path} is not in {subnet.vpc.path}")
            return
        step = "nat" if isinstance(target, NatGateway) else "endpoint" if isinstance(target, Endpoint) else "interface"
        for passed in self._between(subnet, place, walk):
            self._go(step, target, subnet, passed)

    def _in_endpoint(self, endpoint: Endpoint, come_from: Any, walk: Walk) -> None:
        del come_from
        self._through(endpoint, "firewall endpoint" if endpoint.firewall else "endpoint", walk)

    def _in_interface(self, interface: Interface, come_from: Any, walk: Walk) -> None:
        del come_from
        if isinstance(interface.checks, Unknown):
            self._unknown(walk, f"whether {interface.path} checks source and destination is not known")
        elif interface.checks:
            hop = self._hop(walk, interface, "interface", "source/destination check is on")
            self._drop(
                hop,
                f"{interface.path} checks source and destination, and drops what is not its own",
                "address",
            )
        else:
            walks = [walk]
            if not walk.back:
                # What goes through is new in both directions: in by one rule, out again by another.
                walks = [
                    out
                    for inside in self.security_group(interface, walk, inward=True)
                    for out in self.security_group(interface, inside, inward=False)
                ]
            for passed in walks:
                self._through(interface, "appliance", passed)

    def _through(self, box: Endpoint | Interface, kind: str, walk: Walk) -> None:
        subnet = box.subnet
        if isinstance(subnet, Unknown):
            self._unknown(walk, f"the subnet of {box.path} is not known")
            return
        if isinstance(box, Endpoint) and walk.box.family not in box.families:
            self._unknown(walk, f"{box.path} is not made for IPv{walk.box.family}")
            return
        if walk.known is not None and box.identity not in walk.known:
            hop = self._hop(walk, box, kind, "has not seen the flow's first packet", subnet.zone)
            self._drop(hop, f"asymmetric: {box.path} has not seen the flow's first packet", "state")
            return
        zone = subnet.zone if isinstance(subnet.zone, str) else "?"
        walk = self._hop(
            walk,
            box,
            kind,
            f"re-emitted in {subnet.path}",
            zone,
            middleboxes=(*walk.middleboxes, box.identity),
            crossings=(*walk.crossings, Crossing(subnet.vpc.identity, zone, box.path)),
        )
        firewall = box.firewall if isinstance(box, Endpoint) else None
        for passed in self._stateless(firewall, walk):
            self._go("subnet", subnet, box, passed)

    def _stateless(self, firewall: Firewall | None, walk: Walk) -> list[Walk]:
        """What a firewall's stateless rules do not drop; the stateful ones are not evaluated."""
        policy = firewall.policy if firewall is not None else None
        if not isinstance(policy, FirewallPolicy):
            return [walk]
        rules = [] if isinstance(policy.stateless_passes, Unknown) else policy.stateless_passes
        rules = [replace(rule, allows=not rule.drops) for rule in rules]
        if isinstance(policy.stateless, Unknown) or "aws:drop" not in policy.stateless:
            rules += [AclRule(family, EVERY_PROTOCOL, EVERYTHING[family], EVERY_PORT) for family in (4, 6)]
        if all(rule.allows for rule in rules) and rules:
            return [walk]
        allowed, denied, _ = match(rules, walk.box, source_is_remote=True)
        for box in denied:
            self._drop(replace(walk, box=box), f"the stateless rules of {policy.path} drop it", "filter")
        return [replace(walk, box=box) for box in allowed]

    def _in_nat(self, nat: NatGateway, come_from: Any, walk: Walk) -> None:
        del come_from
        subnet = nat.subnet
        assert subnet is not None
        if walk.box.family == 6:
            self._unknown(walk, f"{nat.path} gets IPv6: NAT64 is not modelled")
            return
        if walk.back:
            self._drop(walk, f"{nat.path} would translate a reply as a new flow", "state")
            return
        zone = subnet.zone if isinstance(subnet.zone, str) else "?"
        spans = nat.subnet.spans(4) if nat.subnet else ()
        if not spans:
            self._unknown(walk, f"the address of {nat.path} is not known")
            return
        if nat in [item[0] for item in walk.translations]:
            self._drop(walk, f"the packets come to {nat.path} again: a forwarding loop", "loop")
            return
        translated = walk.box._replace(source=spans, source_port=EPHEMERAL_PORTS)
        walk = self._hop(
            walk,
            nat,
            "NAT gateway",
            "source becomes the gateway's",
            zone,
            translations=(
                *walk.translations,
                (nat, walk.box.source, walk.box.source_port, walk.source_owner),
            ),
            source_owner=nat,
            box=translated,
            crossings=(*walk.crossings, Crossing(subnet.vpc.identity, zone, nat.path)),
        )
        self._go("subnet", subnet, nat, walk)

    def _back_through_nat(self, nat: NatGateway, come_from: Any, walk: Walk) -> None:
        del come_from
        if not walk.translations or walk.translations[-1][0] is not nat:
            self._drop(walk, f"{nat.path} does not know the flow", "state")
            return
        _, source, source_port, owner = walk.translations[-1]
        subnet = nat.subnet
        assert subnet is not None
        zone = subnet.zone if isinstance(subnet.zone, str) else "?"
        walk = self._hop(
            walk,
            nat,
            "NAT gateway",
            f"destination becomes {show_spans(source, walk.box.family)} again",
            zone,
            translations=walk.translations[:-1],
            destination_owner=owner,
            box=walk.box._replace(destination=source, port=source_port),
            crossings=(*walk.crossings, Crossing(subnet.vpc.identity, zone, nat.path)),
        )
        self._go("subnet", subnet, nat, walk)

    # Gateways of a VPC

    @staticmethod
    def _source_is_of(vpc: Vpc, box: Box) -> bool:
        spans = tuple(sorted((block.first, block.last) for block in vpc.covers(box.family)))
        return not subtract(box.source, spans)

    def _foreign(self, walk: Walk, vpc: Vpc, reason: str) -> None:
        """A gateway of a VPC drops what has a source outside of it, unless that is not known."""
        family = walk.box.family
        appliances = [
            found
            for identity in walk.middleboxes
            if isinstance(found := self.model.targets.get(identity), Interface)
            and isinstance(found.subnet, Subnet)
            and found.subnet.vpc is vpc
        ]
        if family in vpc.unknown_blocks:
            self._unknown(walk, f"{vpc.path} has more addresses: {vpc.unknown_blocks[family].reason}")
        elif appliances:
            self._unknown(walk, f"whether {appliances[0].path} translates addresses is not in the template")
        else:
            self._drop(walk, reason, "address")

    def _to_internet(self, gateway: InternetGateway, vpc: Vpc, walk: Walk) -> None:
        if gateway.vpc is not vpc:
            self._drop(walk, f"{gateway.path} is not attached to {vpc.path}", "blackhole")
            return
        box = walk.box
        if self.model.blocked_public:
            self._unknown(walk, self.model.blocked_public)
            return
        if not self._source_is_of(vpc, box):
            self._foreign(walk, vpc, f"{gateway.path} translates only addresses of {vpc.path}")
            return
        if box.family == 6 and subtract(box.source, public(6)):
            self._unknown(walk, f"whether the internet routes {show_spans(box.source, 6)} back is not known")
            return
        routable = intersect(
            box.destination,
            (*public(box.family), (IPV4_END + 1, IPV4_EXTENDED_END)) if box.family == 4 else public(6),
        )
        lost = subtract(box.destination, routable)
        if lost:
            part = replace(walk, box=box._replace(destination=lost))
            self._drop(part, f"the internet does not route {_destination(part)}", "address")
        if not routable:
            return
        walk = replace(walk, box=box._replace(destination=routable))
        for passed in self._with_public_address(walk, gateway):
            arrived = self._hop(passed, gateway, "internet gateway", "to the internet")
            self._arrive(arrived, ("internet", gateway), f"the internet by {gateway.path}")

    def _with_public_address(self, walk: Walk, gateway: InternetGateway) -> list[Walk]:
        if walk.box.family == 6:
            return [walk]
        nat = walk.source_owner
        if nat is not None:
            if isinstance(nat.public, Unknown):
                self._unknown(walk, f"whether {nat.path} is public: {nat.public.reason}")
                return []
            if not nat.public:
                self._drop(walk, f"{nat.path} is private: {gateway.path} drops what it sends", "address")
                return []
            return [walk]
        decided = walk.choice("public address")
        if decided is True:
            return [walk]
        if decided is False and walk.middleboxes and walk.source_owner is None and gateway.vpc is not None:
            # An appliance may translate what a host without a public address sends.
            self._foreign(walk, gateway.vpc, f"{gateway.path} needs a source with a public address")
            return []
        without = replace(walk, choices=(*walk.choices, ("public address", False)))
        self._drop(without, f"{gateway.path} needs a source with a public address", "address")
        if decided is False:
            return []
        return [replace(walk, choices=(*walk.choices, ("public address", True)))]

    def _to_egress_only(self, gateway: EgressOnlyGateway, vpc: Vpc, walk: Walk) -> None:
        if gateway.vpc is not vpc:
            self._drop(walk, f"{gateway.path} is not attached to {vpc.path}", "blackhole")
        elif walk.box.family == 4:
            self._drop(walk, f"{gateway.path} takes only IPv6", "address")
        elif self.model.blocked_public:
            self._unknown(walk, self.model.blocked_public)
        elif not self._source_is_of(vpc, walk.box):
            self._foreign(walk, vpc, f"{gateway.path} takes only addresses of {vpc.path}")
        elif walk.back and gateway.identity not in (walk.known or ()):
            self._drop(walk, f"{gateway.path} is stateful, and has not seen the flow's first packet", "state")
        else:
            arrived = self._hop(walk, gateway, "egress-only internet gateway", "to the internet")
            self._arrive(arrived, ("internet", gateway), f"the internet by {gateway.path}")

    def _at_edge(self, vpc: Vpc, gateway: Any, walk: Walk) -> None:
        """Packets enter a VPC by a gateway: its own route table says where, or they are delivered."""
        table = vpc.edge_tables.get(gateway.identity)
        if table is None:
            self._deliver(vpc, None, walk)
            return
        if isinstance(table, Unknown):
            self._unknown(walk, table.reason)
            return
        edge = "vpn" if isinstance(gateway, VpnGateway) else "internet"
        for part, decision in self._look_up(table, walk, edge):
            if decision is None:
                self._drop(part, f"{table.path} has no route to {_destination(part)}", "route")
            elif isinstance(decision, (Ambiguous, tuple)):
                reason = decision.reason if isinstance(decision, Ambiguous) else f"{table.path} has equal routes"
                self._unknown(part, reason)
            else:
                target = decision.target
                why = f"{table.path}: {decision.prefix} -> {_target_text(target)}"
                part = self._hop(part, gateway, "gateway route table", why)
                if isinstance(target, Local):
                    self._deliver(vpc, None, part)
                elif isinstance(target, Unknown):
                    self._unknown(part, target.reason)
                elif isinstance(target, Blackhole):
                    self._drop(part, target.reason, "blackhole")
                elif isinstance(target, (Endpoint, Interface)) and isinstance(target.subnet, Subnet):
                    for passed in self._enter(target.subnet, part):
                        self._go(
                            "endpoint" if isinstance(target, Endpoint) else "interface",
                            target,
                            gateway,
                            passed,
                        )
                else:
                    self._unknown(part, f"{table.path} points to what is not known")

    def _to_peer(self, peering: Peering, vpc: Vpc, walk: Walk) -> None:
        if peering.tainted:
            self._unknown(walk, peering.tainted)
            return
        sides = [peering.requester, peering.accepter]
        if vpc not in sides:
            self._drop(walk, f"{peering.path} does not reach {vpc.path}", "blackhole")
            return
        other = sides[1] if sides[0] is vpc else sides[0]
        if not isinstance(other, Vpc):
            self._unknown(walk, f"the other side of {peering.path} is not in the set")
            return
        if not self._source_is_of(vpc, walk.box):
            # https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html: no transit, no edge to
            # edge.
            self._foreign(walk, vpc, f"{peering.path} carries only what comes from {vpc.path} itself")
            return
        if walk.source_owner is not None:
            self._unknown(walk, f"whether {peering.path} carries what {walk.source_owner.path} sends is not documented")
            return
        if walk.box.family in other.unknown_blocks:
            known = self._beyond(other, walk.box.destination, walk)
            if known is None:
                return
            walk = known
        spans = _blocks(other, walk.box.family)
        inside = intersect(walk.box.destination, spans)
        outside = subtract(walk.box.destination, spans)
        if outside:
            part = replace(walk, box=walk.box._replace(destination=outside))
            self._drop(
                part,
                f"{peering.path} leads only into {other.path}, not on to {_destination(part)}",
                "address",
            )
        if inside:
            walk = self._hop(walk, peering, "peering connection", f"to {other.path}")
            self._deliver(other, None, replace(walk, box=walk.box._replace(destination=inside)))

    def _to_vpn_gateway(self, gateway: VpnGateway, vpc: Vpc, walk: Walk) -> None:
        if gateway.vpc is not vpc:
            self._drop(walk, f"{gateway.path} is not attached to {vpc.path}", "blackhole")
        elif not self._source_is_of(vpc, walk.box):
            self._foreign(walk, vpc, f"{gateway.path} carries only what comes from {vpc.path} itself")
        else:
            walk = self._hop(walk, gateway, "virtual private gateway", "out of the VPC")
            self._in_vpn_gateway(gateway, None, walk)

    def _in_vpn_gateway(self, gateway: VpnGateway, site: Site | None, walk: Walk) -> None:
        walk = replace(walk, over_vpn=True)
        if site is not None:
            walk = self._hop(walk, site, site.medium, f"to {gateway.path}", carriers=(*walk.carriers, site.identity))
            advertised = self._advertised(site, walk)
            if advertised is None:
                return
            walk = advertised
        vpc = gateway.vpc
        inside: Spans = ()
        if vpc is not None and site is not None:
            if walk.box.family in vpc.unknown_blocks:
                known = self._beyond(vpc, walk.box.destination, walk)
                if known is None:
                    return
                walk = known
            inside = intersect(walk.box.destination, _blocks(vpc, walk.box.family))
            if inside:
                entered = self._hop(walk, gateway, "virtual private gateway", f"into {vpc.path}")
                self._at_edge(vpc, gateway, replace(entered, box=walk.box._replace(destination=inside)))
        outside = subtract(walk.box.destination, inside)
        if not outside or gateway.table is None:
            return
        for part, decision in self._look_up(gateway.table, replace(walk, box=walk.box._replace(destination=outside))):
            if decision is None:
                self._drop(part, f"{gateway.path} has no route to {_destination(part)}", "route")
            elif isinstance(decision, Ambiguous):
                self._unknown(part, decision.reason)
            else:
                routes = decision if isinstance(decision, tuple) else (decision,)
                for route in routes:
                    self._to_site(route, part, gateway, hedge=len(routes) > 1)

    def _advertised(self, site: Site, walk: Walk) -> Walk | None:
        """What a site sends to the prefixes that are advertised to it; whether it sends the rest is its own."""
        if site.tainted:
            self._unknown(walk, site.tainted)
            return None
        if site.advertised is None:
            return walk
        if isinstance(site.advertised, Unknown):
            self._unknown(walk, site.advertised.reason)
            return None
        spans = normal((block.first, block.last) for block in site.advertised if block.family == walk.box.family)
        inside = intersect(walk.box.destination, spans)
        outside = subtract(walk.box.destination, inside)
        if outside:
            part = replace(walk, box=walk.box._replace(destination=outside))
            self._unknown(part, f"{_destination(part)} is not among the prefixes that are advertised to {site.path}")
        return replace(walk, box=walk.box._replace(destination=inside)) if inside else None

    def _to_site(self, route: Route, walk: Walk, gateway: Element, *, hedge: bool) -> None:
        site = route.target.site if isinstance(route.target, Attachment) else route.target
        assert isinstance(site, Site)
        if site.tainted:
            self._unknown(walk, site.tainted)
            return
        if hedge:
            walk = replace(walk, hedges=(*walk.hedges, f"{gateway.path} takes one of several equal paths"))
        walk = self._hop(
            walk,
            site,
            site.medium,
            f"{route.prefix} ({route.origin})",
            carriers=(*walk.carriers, site.identity),
        )
        self._arrive(walk, site, f"{site.path}")

    # Transit gateways

    def _to_transit_gateway(self, gateway: TransitGateway, subnet: Subnet, emitter: Any, walk: Walk) -> None:
        if gateway.tainted:
            self._unknown(walk, gateway.tainted)
            return
        mine = [attachment for attachment in subnet.vpc.attachments if attachment.gateway is gateway]
        if not mine:
            unknown = [a for a in subnet.vpc.attachments if isinstance(a.gateway, Unknown)]
            if unknown:
                self._unknown(walk, f"{unknown[0].path}: {unknown[0].gateway}")
            else:
                self._drop(walk, f"{subnet.vpc.path} is not attached to {gateway.path}", "blackhole")
            return
        attachment = mine[0]
        if len(mine) > 1:
            self._unknown(walk, f"AWS refuses a second attachment of {subnet.vpc.path} to {gateway.path}")
            return
        if attachment.unknown_zones is not None or isinstance(subnet.zone, Unknown):
            reason = attachment.unknown_zones or subnet.zone
            self._unknown(walk, f"whether {attachment.path} covers the zone of {subnet.path}: {reason}")
            return
        entry = attachment.zones.get(subnet.zone)
        if entry is None:
            # https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
            self._drop(
                walk,
                f"{attachment.path} has no subnet in {subnet.zone}, the availability zone of {subnet.path}",
                "blackhole",
            )
            return
        # https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html: out of the instance's subnet, into the
        # attachment's, and both also when they are the same one.
        walks = [walk]
        if not isinstance(emitter, Attachment) or entry is not subnet:
            walks = [inner for passed in self._leave(subnet, walk) for inner in self._enter(entry, passed)]
        for passed in walks:
            self._go("transit", gateway, (attachment, subnet.zone), passed)

    def _in_transit_gateway(self, gateway: TransitGateway | Unknown, come_from: Any, walk: Walk) -> None:
        attachment, zone = come_from
        if isinstance(gateway, Unknown):
            self._unknown(walk, f"the transit gateway of {attachment.path}: {gateway.reason}")
            return
        if attachment.site is not None:
            advertised = self._advertised(attachment.site, walk)
            if advertised is None:
                return
            walk = advertised
        if attachment.tainted:
            self._unknown(walk, attachment.tainted)
            return
        if attachment.medium == "vpn":
            walk = replace(walk, over_vpn=True)
        table = attachment.association
        if isinstance(table, Unknown):
            self._unknown(walk, f"the route table of {attachment.path}: {table.reason}")
            return
        if table is None:
            hop = self._hop(walk, gateway, "transit gateway", f"{attachment.path} has no route table")
            self._drop(hop, f"{attachment.path} is associated with no route table", "blackhole")
            return
        mark = (
            "transit",
            # Both sides of a peering have one identity.
            id(attachment),
            zone,
            walk.box.destination,
            len(walk.middleboxes),
            len(walk.translations),
        )
        if mark in walk.seen:
            self._drop(walk, f"the packets come from {attachment.path} again: a forwarding loop", "loop")
            return
        walk = replace(walk, seen=walk.seen | {mark})
        for part, decision in self._look_up(table, walk):
            if decision is None:
                hop = self._hop(part, gateway, "transit gateway", f"{table.path} has no route")
                self._drop(hop, f"{table.path} has no route to {_destination(part)}", "route")
                continue
            if isinstance(decision, Ambiguous):
                self._unknown(part, decision.reason)
                continue
            routes = decision if isinstance(decision, tuple) else (decision,)
            for route in routes:
                why = f"{table.path}: {route.prefix} -> {_target_text(route.target)} ({route.origin})"
                hop = self._hop(part, gateway, "transit gateway", why)
                if route.contracts:
                    hop = replace(hop, contracts=hop.contracts | route.contracts)
                if len(routes) > 1:
                    hop = replace(hop, choices=(*hop.choices, (f"path of {route.prefix}", route.target)))
                if isinstance(route.target, Unknown):
                    self._unknown(hop, route.target.reason)
                elif isinstance(route.target, Blackhole):
                    self._drop(hop, route.target.reason, "blackhole")
                elif isinstance(route.target, Attachment):
                    self._exit(route, route.target, gateway, zone, hop)

    def _exit(
        self, route: Route, attachment: Attachment, gateway: TransitGateway, zone: str | None, walk: Walk
    ) -> None:
        if attachment.tainted:
            self._unknown(walk, attachment.tainted)
        elif attachment.medium == "vpc":
            self._exit_into_vpc(attachment, zone, walk)
        elif attachment.medium == "peering":
            peer = attachment.peer
            if peer is None or not isinstance(peer.gateway, TransitGateway):
                self._unknown(walk, f"the other side of {attachment.path} is not in the set")
            else:
                walk = self._hop(walk, attachment, "transit gateway peering", f"to {peer.gateway.path}")
                self._go("transit", peer.gateway, (peer, None), walk)
        elif attachment.medium == "firewall":
            self._through_native_firewall(attachment, gateway, zone, walk)
        elif attachment.site is not None:
            if attachment.medium == "vpn":
                walk = replace(walk, over_vpn=True)
            self._to_site(route, walk, gateway, hedge=False)
        else:
            self._unknown(walk, f"{attachment.path} is not modelled")

    def _through_native_firewall(
        self, attachment: Attachment, gateway: TransitGateway, zone: str | None, walk: Walk
    ) -> None:
        if walk.known is not None and attachment.identity not in walk.known:
            self._drop(walk, f"asymmetric: {attachment.path} has not seen the flow's first packet", "state")
            return
        # https://docs.aws.amazon.com/network-firewall/latest/developerguide/tgw-firewall.html: appliance mode
        # is always on.
        walk = self._hop(
            walk,
            attachment,
            "firewall attachment",
            "re-emitted at the transit gateway",
            middleboxes=(*walk.middleboxes, attachment.identity),
        )
        for passed in self._stateless(attachment.firewall, walk):
            self._go("transit", gateway, (attachment, zone), passed)

    def _exit_into_vpc(self, attachment: Attachment, zone: str | None, walk: Walk) -> None:
        if attachment.vpc is None:
            self._unknown(walk, f"the VPC of {attachment.path} is not in the set")
            return
        if attachment.unknown_zones is not None:
            self._unknown(walk, f"the zones of {attachment.path}: {attachment.unknown_zones.reason}")
            return
        if isinstance(attachment.appliance, Unknown):
            self._unknown(walk, f"whether {attachment.path} has appliance mode: {attachment.appliance.reason}")
            return
        if attachment.appliance_contracts:
            walk = replace(walk, contracts=walk.contracts | attachment.appliance_contracts)
        zones = sorted(attachment.zones)
        if not zones:
            self._drop(walk, f"{attachment.path} has no subnet", "blackhole")
        elif attachment.appliance:
            self._exit_by_flow_hash(attachment, zones, walk)
        elif zone is not None and zone in attachment.zones:
            self._enter_vpc(attachment, zone, "stays in its availability zone", walk)
        elif len(zones) == 1:
            self._enter_vpc(attachment, zones[0], "the only availability zone that is attached", walk)
        else:
            hedge = f"the transit gateway takes any availability zone of {attachment.path}"
            for other in zones:
                self._enter_vpc(attachment, other, "any availability zone", replace(walk, hedges=(*walk.hedges, hedge)))

    def _exit_by_flow_hash(self, attachment: Attachment, zones: list[str], walk: Walk) -> None:
        # https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
        vpc = attachment.vpc
        assert vpc is not None
        gateways = {id(other.gateway) for other in vpc.attachments if other.medium == "vpc"}
        if len(gateways) > 1 or walk.over_vpn:
            why = "several transit gateways on its VPC" if len(gateways) > 1 else "traffic by VPN"
            hedge = f"appliance mode of {attachment.path} promises nothing for {why}"
            if len(zones) == 1:
                self._enter_vpc(attachment, zones[0], "the only availability zone that is attached", walk)
                return
            for zone in zones:
                self._enter_vpc(attachment, zone, hedge, replace(walk, hedges=(*walk.hedges, hedge)))
            return
        key = f"flow hash of {attachment.identity}"
        decided = walk.choice(key)
        if decided is not None:
            self._enter_vpc(attachment, decided, "appliance mode: the flow's availability zone", walk)
            return
        for zone in zones:
            chosen = replace(walk, choices=(*walk.choices, (key, zone)))
            self._enter_vpc(attachment, zone, "appliance mode: by flow hash", chosen)

    def _enter_vpc(self, attachment: Attachment, zone: str, why: str, walk: Walk) -> None:
        subnet = attachment.zones[zone]
        walk = self._hop(
            walk,
            attachment,
            "attachment",
            f"enters {subnet.path}: {why}",
            zone,
            crossings=(*walk.crossings, Crossing(subnet.vpc.identity, zone, attachment.path)),
        )
        self._go("subnet", subnet, attachment, walk)


def match(
    rules: list[AclRule], box: Box, *, source_is_remote: bool
) -> tuple[list[Box], list[Box], list[tuple[Box, str]]]:
    """Cut packets by the first rule that matches each; what none matches is denied.

    Args:
        rules: The rules, in the order in which they are asked.
        box: The packets.
        source_is_remote: Whether the rules' addresses are the packets' sources.

    Returns:
        The allowed packets, the denied ones, and those of which a rule may take some, with the reason.
    """
    allowed: list[Box] = []
    denied: list[Box] = []
    doubted: list[tuple[Box, str]] = []
    rest = [box]
    for rule in rules:
        if rule.family != box.family:
            continue
        pattern = Box(
            box.family,
            rule.protocols,
            rule.remote if source_is_remote else box.source,
            rule.local_ports or box.source_port,
            (rule.local or box.destination) if source_is_remote else rule.remote,
            rule.ports,
        )
        if not rest:
            break
        left: list[Box] = []
        for part in rest:
            common = part.meet(pattern)
            if common is None:
                left.append(part)
                continue
            taken = part if common == part else common
            if rule.doubt:
                doubted.append((taken, rule.doubt))
            else:
                (allowed if rule.allows else denied).append(taken)
            if common != part:
                left += part.without(common)
        rest = left
    return allowed, [*denied, *rest], doubted


def _blocks(vpc: Vpc, family: int) -> Spans:
    return normal((block.first, block.last) for block in vpc.covers(family))


def _destination(walk: Walk) -> str:
    return show_spans(walk.box.destination, walk.box.family)


def _target_text(target: Any) -> str:
    if isinstance(target, Local):
        return "local"
    if isinstance(target, Blackhole):
        return "blackhole"
    return str(target)
