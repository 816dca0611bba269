"""Hold a promise against every flow: HOLDS, FAILS with a witness, or UNKNOWN with what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum

from patternkit.routes.addresses import EVERY_PORT, Prefix, intersect, parse_prefix
from patternkit.routes.errors import QuestionError
from patternkit.routes.forwarding import Crossing, Leg, Outcome, match
from patternkit.routes.model import Endpoint, Firewall, FirewallPolicy, Model, Subnet
from patternkit.routes.promises import Promise, Selection
from patternkit.routes.resolving import Resolver, StackSet
from patternkit.routes.selecting import Selected, Selector
from patternkit.routes.symmetry import classify
from patternkit.routes.tracing import Flow, Place, Tracer
from patternkit.routes.values import Unknown, World


class Verdict(Enum):
    """What a proof says."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNKNOWN = "UNKNOWN"

    @property
    def status(self) -> int:
        """The exit status."""
        return {"HOLDS": 0, "FAILS": 1, "UNKNOWN": 2}[self.value]


@dataclass(frozen=True, slots=True)
class Proof:
    """The verdict on a promise.

    Attributes:
        promise: What was asked.
        verdict: HOLDS, FAILS or UNKNOWN.
        reason: Why it fails or is not known, in one line.
        witness: A flow that breaks the promise, or one that ends in what is not known.
        unknown: Everything that was not known.
        pairs: How many pairs of source and destination the verdict covers.
        traced: How many of them were walked; the others are alike.
        flows: How many sets of packets were walked.
        delivered: How many of these arrive.
        left_out: Pairs within one VPC that the promise does not ask for.
        contracts: The contracts that the verdict leans on.
        notes: What else a reader must know.
        worlds: In how many worlds the promise was tried.
        world: What the witness's world decided.
    """

    promise: Promise
    verdict: Verdict
    reason: str = ""
    witness: Flow | None = None
    unknown: tuple[str, ...] = ()
    pairs: int = 0
    traced: int = 0
    flows: int = 0
    delivered: int = 0
    left_out: int = 0
    contracts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    worlds: int = 1
    world: str = ""

    def __str__(self) -> str:
        from patternkit.routes.reporting import proof_text

        return proof_text(self)


@dataclass(slots=True)
class View:
    """One world's model with what was traced in it."""

    world: World
    model: Model
    stacks: StackSet
    symmetry: bool = True
    resolver: Resolver | None = None
    selector: Selector = field(init=False)
    tracer: Tracer = field(init=False)
    _flows: dict[tuple[object, ...], list[Flow]] = field(default_factory=dict)
    _pairs: dict[tuple[object, ...], list[tuple[Place, Place, int, bool]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.selector = Selector(self.model, self.stacks, self.resolver)
        self.tracer = Tracer(self.model)

    def pairs(self, promise: Promise, source: Selected, destination: Selected) -> list[tuple[Place, Place, int, bool]]:
        """One pair of each kind, with how many there are, and whether they are within one VPC."""
        # The selector keeps what it selected, so an id stands for the names that were asked for.
        key = (id(source), id(destination))
        if key not in self._pairs:
            self._pairs[key] = list(_pairs(self, promise, source, destination))
        return self._pairs[key]

    def flows(self, promise: Promise, source: Place, destination: Place) -> list[Flow]:
        """The flows of a promise between two places."""
        found: list[Flow] = []
        families = (promise.family,) if promise.family else (4, 6)
        if source.doubt or destination.doubt:
            families = families[:1]
        for family in families:
            doubtful = source.doubt or destination.doubt
            if not doubtful and not (source.spans(family) and destination.spans(family)):
                continue
            # The places stay alive in the selector, so their ids are theirs alone.
            key = (id(source), id(destination), family, promise.protocols(), promise.ports())
            if key not in self._flows:
                self._flows[key] = self.tracer.flows(source, destination, family, promise.protocols(), promise.ports())
            found += self._flows[key]
        return found


def prove(view: View, promise: Promise) -> Proof:
    """Hold a promise against every flow of one world.

    Raises:
        QuestionError: The promise names what is not there, or asks for no pair at all.
    """
    # Nothing may get out of, or into, any subnet; but what should work is asked of the subnets that hold
    # hosts.
    hosts = promise.kind not in ("isolated", "no_bypass")
    source = view.selector.select(promise.source, "source", hosts=hosts, whole=not hosts)
    destination = view.selector.select(promise.destination, "destination", hosts=hosts, whole=not hosts)
    judge = _Judge(view, promise)
    pairs = traced = left_out = 0
    contracts = set(view.model.contracts)
    for one, other, count, within in view.pairs(promise, source, destination):
        if within and not promise.same_vpc and (source.group or destination.group):
            left_out += count
            continue
        pairs += count
        traced += 1
        judge.pair(one, other)
    if not pairs:
        hint = "; same_vpc asks for pairs within one VPC, too" if left_out else ""
        raise QuestionError(f"{promise}: there is no pair of source and destination{hint}")
    for flow in judge.seen:
        contracts |= flow.last.walk.contracts
    if any("every spoke subnet" in _names(selection) for selection in (promise.source, promise.destination)):
        hubs = view.selector.left_out()
        if hubs:
            why = "a firewall endpoint is in it or a route leads through it"
            judge.notes[f"no spoke, because {why}: {', '.join(hubs)}"] = None
    return judge.verdict(pairs, traced, left_out, contracts)


def _pairs(
    view: View, promise: Promise, source: Selected, destination: Selected
) -> Iterator[tuple[Place, Place, int, bool]]:
    """One pair of each kind, with how many there are, and whether they are within one VPC."""
    keys: dict[str, object] = {}
    if view.symmetry:
        marks: dict[str, list[object]] = {}
        for side, selected in (("source", source), ("destination", destination)):
            for place in selected.places:
                if isinstance(place.element, Subnet):
                    part = place is not view.selector.place(place.element)
                    marks.setdefault(place.element.identity, []).append((side, place.name if part else ""))
        frozen = {identity: tuple(listed) for identity, listed in marks.items()}
        keys = dict(classify(view.model, frozen, _blocks(promise.source, promise.destination)))
    sources, destinations = _grouped(source.places, keys), _grouped(destination.places, keys)
    for source_key, starts in sources.items():
        for destination_key, ends in destinations.items():
            yield from _kinds(source_key, starts, destination_key, ends)


def _kinds(
    source_key: object, starts: list[Place], destination_key: object, ends: list[Place]
) -> Iterator[tuple[Place, Place, int, bool]]:
    first = starts[0]
    home = first.subnet.vpc if first.subnet is not None else None
    same_class = (
        isinstance(source_key, tuple) and isinstance(destination_key, tuple) and source_key[0] == destination_key[0]
    )
    if not same_class or home is None:
        end = ends[0]
        if first is not end and not (first.element is not None and first.element is end.element):
            within = home is not None and end.subnet is not None and end.subnet.vpc is home
            yield first, end, len(starts) * len(ends), within
        return
    at_home = [end for end in ends if end.subnet is not None and end.subnet.vpc is home]
    abroad = [end for end in ends if end.subnet is not None and end.subnet.vpc is not home]
    for end in at_home:
        if end.element is not first.element:
            yield first, end, len(starts), True
    if abroad:
        # Each VPC of the class has one place of this kind.
        yield first, abroad[0], len(starts) * len(abroad), False


def _grouped(places: Iterable[Place], keys: dict[str, object]) -> dict[object, list[Place]]:
    groups: dict[object, list[Place]] = {}
    roles: dict[str, dict[str, int]] = {}
    for place in places:
        subnet = place.element
        key: object = id(place)
        if isinstance(subnet, Subnet) and subnet.vpc.identity in keys:
            vpc = subnet.vpc
            if vpc.identity not in roles:
                order = sorted(vpc.subnets, key=lambda item: [(b.family, b.first) for b in item.blocks])
                roles[vpc.identity] = {item.identity: index for index, item in enumerate(order)}
            key = (
                keys[vpc.identity],
                roles[vpc.identity][subnet.identity],
                place.name if place.doubt else "",
            )
            if keys[vpc.identity] == vpc.identity:
                key = (vpc.identity, id(place))
        groups.setdefault(key, []).append(place)
    return groups


def _names(selection: Selection) -> list[str]:
    return [name.strip().lower() for name in ([selection] if isinstance(selection, str) else selection)]


def _blocks(*selections: Selection) -> list[Prefix]:
    names = [name for item in selections for name in _names(item)]
    return [block for name in names if (block := parse_prefix(name.strip())) is not None]


class _Judge:
    """Collects what the flows of a promise say."""

    def __init__(self, view: View, promise: Promise) -> None:
        self.view = view
        self.promise = promise
        self.seen: list[Flow] = []
        self.failing: tuple[Flow, str] | None = None
        self.hedged: tuple[Flow, str] | None = None
        self.doubtful: tuple[Flow, str] | None = None
        self.unknown: dict[str, None] = {}
        self.incomplete = False
        self.notes: dict[str, None] = {}
        self.leans: set[str] = set()
        self.by = view.selector.inspectors(promise.by) if promise.kind in ("inspected", "no_bypass") else frozenset()

    def pair(self, source: Place, destination: Place) -> None:
        """Judge every flow between two places."""
        directions = [(source, destination)]
        if self.promise.kind == "no_bypass" and destination.kind not in ("service", "addresses"):
            directions.append((destination, source))
        for place in (source, destination):
            subnet = place.element
            if isinstance(subnet, Subnet) and subnet.unknown_blocks is not None and not place.doubt:
                # Its other addresses were not walked from or to.
                self.unknown[f"{subnet.path} has more addresses: {subnet.unknown_blocks.reason}"] = None
                self.incomplete = True
        for start, end in directions:
            flows = self.view.flows(self.promise, start, end)
            self.seen += flows
            broken = []
            for flow in flows:
                for leg in (flow.forward, flow.back):
                    if leg is not None and leg.outcome is Outcome.UNKNOWN and self._matters(flow):
                        self._doubt(flow, leg.reason)
                reason = self._broken(flow)
                if reason:
                    broken.append((flow, reason))
            for flow, reason in broken:
                hedges = flow.last.walk.hedges
                if hedges and len(broken) < len(flows):
                    # AWS may take another way, on which the promise holds.
                    self.hedged = self.hedged or (flow, f"{reason} ({hedges[0]})")
                    self.unknown[hedges[0]] = None
                else:
                    self.failing = self.failing or (flow, reason)

    def _matters(self, flow: Flow) -> bool:
        # What becomes of the replies does not matter to isolation.
        return not (self.promise.kind == "isolated" and flow.delivered)

    def _doubt(self, flow: Flow, reason: str) -> None:
        self.unknown[reason] = None
        self.doubtful = self.doubtful or (flow, reason)

    def _broken(self, flow: Flow) -> str:
        forward, back = flow.forward, flow.back
        kind = self.promise.kind
        if kind == "isolated":
            return f"it arrives: {forward.reason}" if flow.delivered else ""
        if kind == "reaches":
            for leg, word in ((forward, "it is"), (back, "its reply is")):
                if leg is not None and leg.outcome is Outcome.DROPPED:
                    return f"{word} lost: {leg.reason}"
            if flow.answered and back is not None and set(forward.walk.middleboxes) - set(back.walk.middleboxes):
                missed = min(set(forward.walk.middleboxes) - set(back.walk.middleboxes))
                return f"asymmetric: the reply does not cross {self._name(missed)}, which saw the packet"
            return ""
        if kind == "no_blackhole":
            return self._lost(flow)
        if not flow.delivered:
            return ""
        if kind == "no_bypass":
            for leg in (forward, back):
                if leg is not None and leg.outcome is Outcome.DELIVERED and not self.by & set(leg.walk.middleboxes):
                    return f"{'its reply goes' if leg is back else 'it goes'} around the firewall: {leg.reason}"
            return ""
        if kind == "inspected" and not self.by & set(forward.walk.middleboxes):
            return f"it is not inspected: {forward.reason} without crossing {self._by()}"
        if back is None or back.outcome is Outcome.UNKNOWN:
            return ""
        if back.outcome is Outcome.DROPPED:
            return "" if back.kind == "filter" else f"its reply is lost: {back.reason}"
        if kind == "inspected":
            return self._inspection(flow, back)
        if kind == "symmetric":
            for there, home, what in (
                (forward.walk.middleboxes, back.walk.middleboxes, "middlebox"),
                (forward.walk.carriers, back.walk.carriers, "connection"),
            ):
                if set(there) != set(home):
                    odd = sorted(set(there) ^ set(home))[0]
                    which = "the packet" if odd in there else "the reply"
                    return f"asymmetric: only {which} crosses the {what} {self._name(odd)}"
            return ""
        reason = _zones(flow, back)
        if not reason and (doubt := _unknown_zone(flow, back)):
            self._doubt(flow, doubt)
        return reason

    def _inspection(self, flow: Flow, back: Leg) -> str:
        there, home = set(flow.forward.walk.middleboxes), set(back.walk.middleboxes)
        if not self.by & home:
            return f"its reply is not inspected: {back.reason} without crossing {self._by()}"
        if there & self.by != home & self.by:
            return f"its reply crosses another endpoint than {self._name(min(there & self.by))}"
        return self._policies(flow, there & self.by)

    def _policies(self, flow: Flow, crossed: set[str]) -> str:
        for identity in sorted(crossed):
            firewall = self._firewall(identity)
            if firewall is None:
                self.notes[f"what {self._name(identity)} does to packets is not in the template"] = None
                continue
            policy = firewall.policy
            if isinstance(policy, Unknown):
                self._doubt(flow, f"the policy of {firewall.path}: {policy.reason}")
                continue
            reason = self._policy(flow, policy)
            if reason:
                return reason
        return ""

    def _policy(self, flow: Flow, policy: FirewallPolicy) -> str:
        self.leans |= policy.contracts
        if isinstance(policy.stateless_passes, Unknown):
            self._doubt(flow, policy.stateless_passes.reason)
            return ""
        # Whoever wants around the firewall takes any source port.
        there = flow.box._replace(source_port=EVERY_PORT)
        for packets in (flow.box, flow.box.swapped(), there, there.swapped()):
            passed, _, _ = match(policy.stateless_passes, packets, source_is_remote=True)
            if passed:
                return f"a stateless rule of {policy.path} passes {passed[0].packet()} without inspection"
        if isinstance(policy.stateless, Unknown):
            self._doubt(flow, policy.stateless.reason)
        elif "aws:pass" in policy.stateless:
            return f"{policy.path} passes packets without inspection: its stateless default action is aws:pass"
        elif not {"aws:forward_to_sfe", "aws:drop"} & set(policy.stateless):
            actions = ", ".join(policy.stateless)
            return f"{policy.path} has no stateless default action aws:forward_to_sfe: {actions}"
        if intersect(flow.box.protocol, ((17, 17),)):
            # https://docs.aws.amazon.com/network-firewall/latest/developerguide/stateless-default-actions.html: only
            # fragments of UDP are not put together first.
            if isinstance(policy.fragments, Unknown):
                self._doubt(flow, policy.fragments.reason)
            elif "aws:pass" in policy.fragments:
                return f"{policy.path} passes fragments of UDP without inspection"
        if policy.filters is not True:
            self.notes[f"{policy.path} has no stateful rules and drops nothing by default: it lets everything pass"] = (
                None
            )
        return ""

    def _lost(self, flow: Flow) -> str:
        for leg, word in ((flow.forward, "it is"), (flow.back, "its reply is")):
            if leg is None or leg.outcome is not Outcome.DROPPED or leg.kind == "filter":
                continue
            if leg.kind == "address" and leg.walk.choice("public address") is False:
                continue
            at_home = leg.kind == "route" and leg is flow.forward and len(leg.walk.hops) == 1
            no_door = leg.kind == "address" and leg is flow.forward and not leg.walk.hops
            if not at_home and not no_door:
                return f"{word} lost: {leg.reason}"
        return ""

    def _firewall(self, identity: str) -> Firewall | None:
        element = self.view.model.targets.get(identity)
        if isinstance(element, Endpoint):
            return element.firewall
        for firewall in self.view.model.firewalls.values():
            if firewall.attachment is not None and firewall.attachment.identity == identity:
                return firewall
        return None

    def _name(self, identity: str) -> str:
        for group in (self.view.model.targets, self.view.model.attachments, self.view.model.sites):
            if identity in group:
                return str(group[identity])
        return identity

    def _by(self) -> str:
        by = self.promise.by
        return "a firewall" if by is None else by if isinstance(by, str) else " or ".join(by)

    def verdict(self, pairs: int, traced: int, left_out: int, contracts: set[str]) -> Proof:
        """What all flows say together."""
        delivered = sum(flow.delivered for flow in self.seen)
        everywhere = self.view.model.unknown
        verdict, found = Verdict.HOLDS, None
        if not self.seen:
            verdict, reason = Verdict.UNKNOWN, "source and destination have no addresses of one family"
            self.unknown[reason] = None
        elif self.failing is not None:
            verdict, found = Verdict.FAILS, self.failing
        elif self.hedged is not None or self.doubtful is not None:
            verdict, found = Verdict.UNKNOWN, self.hedged or self.doubtful
        elif self.incomplete:
            verdict = Verdict.UNKNOWN
        elif not delivered and self.promise.kind in ("inspected", "symmetric", "same_az", "reaches"):
            flow = self.seen[0]
            verdict, found = Verdict.FAILS, (flow, f"no flow arrives at all: {flow.forward.reason}")
        if everywhere:
            self.unknown.update(dict.fromkeys(everywhere))
            verdict = Verdict.UNKNOWN
        reason = found[1] if found else next(iter(self.unknown), "") if verdict is Verdict.UNKNOWN else ""
        return Proof(
            self.promise,
            verdict,
            reason,
            found[0] if found else None,
            tuple(self.unknown),
            pairs,
            traced,
            len(self.seen),
            delivered,
            left_out,
            tuple(sorted(contracts | self.leans)),
            (
                *self.notes,
                *self.view.model.notes,
                *(f"AWS refuses: {text}" for text in self.view.model.invalid),
            ),
        )


def _unknown_zone(flow: Flow, back: Leg) -> str:
    crossings = (*flow.forward.walk.crossings, *back.walk.crossings)
    for crossing in crossings:
        if crossing.zone == "?":
            return f"the availability zone of {crossing.element} is not known"
    subnet = flow.source.subnet
    if subnet is not None and isinstance(subnet.zone, Unknown):
        return subnet.zone.reason if any(crossing.vpc == subnet.vpc.identity for crossing in crossings) else ""
    return ""


def _zones(flow: Flow, back: Leg) -> str:
    homes = {place.subnet.vpc.identity: place for place in (flow.source, flow.destination) if place.subnet is not None}
    zones: dict[str, Crossing] = {}
    for crossing in (*flow.forward.walk.crossings, *back.walk.crossings):
        place = homes.get(crossing.vpc)
        if place is not None:
            # Of the VPC where a flow starts or ends only what inspects or translates counts, not where the
            # flow enters.
            if any(attachment.path == crossing.element for attachment in place.subnet.vpc.attachments):  # type: ignore[union-attr]
                continue
            if "?" in (crossing.zone, "" if isinstance(place.subnet.zone, str) else "?"):  # type: ignore[union-attr]
                continue
            if place is flow.source and place.subnet is not None and place.subnet.zone != crossing.zone:
                home = place.subnet.zone
                return f"it leaves its availability zone: {crossing.element} is in {crossing.zone}, not {home}"
        other = zones.setdefault(crossing.vpc, crossing)
        if "?" in (other.zone, crossing.zone):
            continue
        if other.zone != crossing.zone:
            return (
                f"it crosses availability zones: {other.element} is in {other.zone}, "
                f"{crossing.element} in {crossing.zone}"
            )
    return ""
