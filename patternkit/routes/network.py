"""The face of the prover: load a network, trace flows, prove promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patternkit.promise_lists import BadPromise
from patternkit.resolving import StackSet
from patternkit.routes.contracts import Contracts
from patternkit.routes.errors import QuestionError, TemplateError
from patternkit.routes.flow_text import flow_lines, flow_verdict
from patternkit.routes.losses import Loss, lose, unknown_loss
from patternkit.routes.model import Model
from patternkit.routes.places import Place
from patternkit.routes.promises import Promise
from patternkit.routes.proving import Proof, Verdict, View, or_by_service, prove
from patternkit.routes.templates import StackSource, as_template, own_errors, read, read_template
from patternkit.routes.tracing import Flow
from patternkit.routes.worlds import MOST_WORLDS, Worlds, together
from patternkit.templates.sources import with_parameters


@dataclass(frozen=True, slots=True)
class Trace:
    """What becomes of the packets between two places.

    Attributes:
        verdict: HOLDS when every flow arrives and is answered, in every world; FAILS when one does not; else
            UNKNOWN.
        flows: The flows, of every world: packets that fare alike, with their hops.
        reason: Why not every flow is answered.
    """

    verdict: Verdict
    flows: tuple[Flow, ...]
    reason: str = ""

    @property
    def forward(self) -> tuple[str, ...]:
        """The elements on the way there of the first flow."""
        return tuple(hop.element for hop in self.flows[0].forward.walk.hops)

    @property
    def back(self) -> tuple[str, ...]:
        """The elements on the way back of the first flow."""
        leg = self.flows[0].back
        return () if leg is None else tuple(hop.element for hop in leg.walk.hops)

    def __str__(self) -> str:
        lines = [self.verdict.value + (f" {self.reason}" if self.reason else "")]
        for flow in self.flows:
            lines += flow_lines(flow)
        return "\n".join(lines)


class Network:
    """A network as its templates describe it.

    Args:
        sources: The stacks.
        contracts: What the templates cannot say.
        symmetry: Whether alike VPCs are proved once; without, every pair is walked.
        lost: What is lost at run time, see `without`.

    Raises:
        TemplateError: A template contradicts itself.
        ContractError: A contract names what is not there.
    """

    def __init__(
        self,
        sources: Iterable[StackSource],
        contracts: Contracts | None = None,
        *,
        symmetry: bool = True,
        lost: Iterable[str] = (),
    ) -> None:
        self.contracts = contracts or Contracts()
        self._sources, self._symmetry = list(sources), symmetry
        with own_errors():
            self.stacks = StackSet(self._sources, self.contracts)
        self._worlds = Worlds(self.stacks, self.contracts, symmetry=symmetry)
        self._views: list[View] | None = None
        self._lost = tuple(lost)

    @classmethod
    def load(
        cls,
        *paths: str | Path,
        contracts: Contracts | str | Path | None = None,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Network:
        """Load templates and cloud assemblies from files.

        Args:
            *paths: Template files, or folders that `cdk synth` writes.
            contracts: Contracts, or their file.
            parameters: Parameter values by stack and name.

        Raises:
            RoutesError: A file is not what it should be.
        """
        if not paths:
            raise TemplateError("give at least one template or cloud assembly")
        sources = [source for path in paths for source in read(path)]
        return cls(with_parameters(sources, parameters, TemplateError), contracts_of(contracts))

    @classmethod
    def from_templates(
        cls,
        templates: Mapping[str, Mapping[str, Any] | str | Path],
        *,
        contracts: Contracts | str | Path | Mapping[str, Any] | None = None,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
        region: str = "",
        symmetry: bool = True,
    ) -> Network:
        """Take templates that are already parsed, as `assertions.Template.to_json()` gives them.

        Args:
            templates: By stack name the template, or its file.
            contracts: Contracts, their data, or their file.
            parameters: Parameter values by stack and name.
            region: The region of all stacks; default any.
            symmetry: Whether alike VPCs are proved once; without, every pair is walked.

        Raises:
            RoutesError: A template is not what it should be.
        """
        if not templates:
            raise TemplateError("give at least one template")
        sources = []
        for name, template in templates.items():
            if isinstance(template, (str, Path)):
                path = Path(template)
                sources.append(StackSource(name, read_template(path), region, folder=path.parent, file=path))
            else:
                sources.append(StackSource(name, as_template(template, name), region))
        return cls(with_parameters(sources, parameters, TemplateError), contracts_of(contracts), symmetry=symmetry)

    def without(self, *lost: str) -> Network:
        """The network that is left when something is lost at run time.

        What templates say stays: a static route to what is lost is a blackhole, and what was learnt from it is
        withdrawn.

        Args:
            *lost: Each an availability zone, or the name, construct path or type of resources: a connection, a NAT
                gateway, an endpoint, an attachment, an appliance.

        Raises:
            QuestionError: Nothing of the network has the name.
        """
        left = Network(self._sources, self.contracts, symmetry=self._symmetry, lost=(*self._lost, *lost))
        left.views()
        return left

    # Questions

    def prove(self, promise: Promise) -> Proof:
        """Hold a promise against every flow of every world.

        Raises:
            QuestionError: The promise names what is not in the network.
        """
        proofs: list[tuple[View, Proof]] = []
        refused: QuestionError | None = None
        for view in self.views():
            try:
                proofs.append((view, prove(view, promise)))
            except QuestionError as error:
                # Where a condition decides what exists, a name may mean something in some worlds only.
                refused = error
        if refused is not None and (not proofs or len(self.views()) == 1):
            raise refused
        return together(proofs, refused, too_many=self.too_many_worlds)

    def prove_all(self, promises: Iterable[Promise]) -> list[Proof]:
        """Prove several promises; what is traced for one serves the others."""
        return [self.prove(promise) for promise in promises]

    def answer_all(self, asked: Iterable[Promise | BadPromise]) -> list[Proof | BadPromise]:
        """Prove several promises, each on its own: one that says nothing here leaves the others their verdicts."""
        answers: list[Proof | BadPromise] = []
        for promise in asked:
            if isinstance(promise, BadPromise):
                answers.append(promise)
                continue
            try:
                answers.append(self.prove(promise))
            except QuestionError as error:
                answers.append(BadPromise(str(promise), promise.kind, str(error)))
        return answers

    def assert_holds(self, *promises: Promise) -> None:
        """Raise unless every promise holds.

        Raises:
            AssertionError: A promise fails or is not known; the message has the offending flow, hop by hop.
            QuestionError: A promise names what is not in the network, and no other is broken.
        """
        __tracebackhide__ = True
        answers = self.answer_all(promises)
        bad = [answer for answer in answers if isinstance(answer, BadPromise)]
        if any(isinstance(answer, Proof) and answer.verdict is not Verdict.HOLDS for answer in answers):
            broken = [answer for answer in answers if answer in bad or answer.verdict is not Verdict.HOLDS]  # type: ignore[union-attr]
            raise AssertionError("\n" + "\n\n".join(map(str, broken)))
        if bad:
            raise QuestionError(bad[0].error)

    def trace(
        self,
        source: str,
        destination: str,
        port: int | None = 443,
        protocol: str | None = None,
        family: int | None = None,
    ) -> Trace:
        """Trace the flows between two places, hop by hop and both ways.

        Args:
            source: A place that starts flows.
            destination: A place, or addresses: then packets may end anywhere.
            port: The destination port; None for every one.
            protocol: "tcp", "udp", "icmp" or "any"; default "tcp" with a port, else "any".
            family: 4 or 6; default 4 where both have an IPv4 address.

        Raises:
            QuestionError: A name means nothing, or several places.
        """
        if protocol in ("icmp", "icmpv6", "any"):
            port = None
        found: dict[Flow, None] = {}
        views = self.views()
        for view in views:
            one = _single(view.selector.select(source, "source").places, source, "source")
            other = view.selector.addresses(destination) or _single(
                view.selector.select(destination, "destination").places, destination, "destination"
            )
            families = [family] if family else [item for item in (4, 6) if one.spans(item) and other.spans(item)][:1]
            question = Promise(
                "reaches", source, destination, port=port, protocol=protocol, family=(families or [4])[0]
            )
            direct = view.flows(question, one, other)
            found.update(dict.fromkeys(or_by_service(view, question, one, other, direct)))
        flows = tuple(found)
        if not flows:
            raise QuestionError(f"{source!r} and {destination!r} have no addresses of one family")
        if self.invalid:
            return Trace(Verdict.UNKNOWN, flows, f"AWS refuses: {self.invalid[0]}")
        judged = [(flow, flow_verdict(flow)) for flow in flows]
        for wanted in (Verdict.FAILS, Verdict.UNKNOWN):
            for flow, verdict in judged:
                if verdict is wanted:
                    doubt = (
                        wanted is Verdict.FAILS
                        and any(other is Verdict.HOLDS for _, other in judged)
                        and (len(views) > 1 or bool(flow.last.walk.hedges))
                    )
                    return Trace(Verdict.UNKNOWN if doubt else wanted, flows, flow.last.reason)
        if self.too_many_worlds or any(view.model.unknown for view in views):
            reasons = [reason for view in views for reason in view.model.unknown]
            return Trace(Verdict.UNKNOWN, flows, reasons[0] if reasons else f"there are more than {MOST_WORLDS} worlds")
        return Trace(Verdict.HOLDS, flows)

    @property
    def model(self) -> Model:
        """The network of the first world."""
        return self.views()[0].model

    @property
    def invalid(self) -> list[str]:
        """What AWS refuses, where it refuses every world."""
        return list(dict.fromkeys(text for view in self.views() for text in view.model.refused))

    @property
    def too_many_worlds(self) -> bool:
        """Whether there are more worlds than are tried."""
        return self._worlds.too_many

    def views(self) -> list[View]:
        """Every world that AWS may make of the templates: those that it does not refuse, where there are any."""
        if self._views is None:
            self._views = self._worlds.possible()
            known: set[str] = set()
            for view in self._views if self._lost else ():
                known |= lose(view.model, self.stacks, view.world, map(Loss, self._lost))
            for name in self._lost:
                if name not in known:
                    raise unknown_loss(self._worlds.possible()[0].model, name)
        return self._views


def contracts_of(given: Contracts | str | Path | Mapping[str, Any] | None) -> Contracts:
    """Contracts from what a caller gives: themselves, their data, or their file."""
    if isinstance(given, Contracts):
        return given
    if isinstance(given, (str, Path)):
        return Contracts.load(given)
    return Contracts.from_data(dict(given) if given is not None else None)


def _single(places: tuple[Place, ...], name: str, what: str) -> Place:
    if len(places) == 1:
        return places[0]
    listed = ", ".join(repr(place.name) for place in places[:4])
    raise QuestionError(
        f"{what} {name!r} means {len(places)} places; name one: {listed}{', ...' if len(places) > 4 else ''}"
    )
