"""Names as their templates describe them: load, trace, prove."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from patternkit import templates
from patternkit.dns.contracts import Contracts
from patternkit.dns.domain_names import normal
from patternkit.dns.errors import QuestionError, TemplateError
from patternkit.dns.failures import ill_things, single_failures
from patternkit.dns.health import TOO_FEW_DATA, TURNED
from patternkit.dns.model import Model
from patternkit.dns.promises import Promise
from patternkit.dns.proof import Proof
from patternkit.dns.proving import Prover
from patternkit.dns.reading import read_model
from patternkit.dns.reading.template_resources import MOST_WORLDS, in_every_world
from patternkit.dns.sources import SourceText
from patternkit.dns.trace import Trace
from patternkit.promise_lists import BadPromise
from patternkit.templates import StackSource
from patternkit.templates.sources import with_parameters
from patternkit.verdict import Verdict


class Names:
    """Names as their templates describe them.

    Args:
        sources: The stacks.
        contracts: What the templates cannot say.

    Raises:
        TemplateError: A template contradicts itself.
        ContractError: A contract names what is not there.
    """

    def __init__(self, sources: Iterable[StackSource], contracts: Contracts | None = None) -> None:
        self.contracts = contracts or Contracts()
        self.sources = list(sources)
        self.stacks, self.models, self.too_many_worlds = in_every_world(
            self.sources, self.contracts, lambda resources: read_model(resources, self.contracts)
        )
        self.provers = [Prover(model) for model in self.models]

    @classmethod
    def load(
        cls,
        *paths: str | Path,
        contracts: Contracts | str | Path | None = None,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> Names:
        """Load templates and cloud assemblies from files.

        Args:
            *paths: Template files, or folders that `cdk synth` writes.
            contracts: Contracts, or their file.
            parameters: Parameter values by stack and name.

        Raises:
            DnsError: A file is not what it should be.
        """
        if not paths:
            raise TemplateError("give at least one template or cloud assembly")
        try:
            sources = [source for path in paths for source in templates.read(path)]
        except templates.TemplateError as error:
            raise TemplateError(str(error)) from None
        return cls(with_parameters(sources, parameters, TemplateError), contracts_of(contracts))

    @classmethod
    def from_templates(
        cls,
        given: Mapping[str, Mapping[str, Any] | str | Path],
        *,
        contracts: Contracts | str | Path | Mapping[str, Any] | None = None,
        parameters: Mapping[str, Mapping[str, Any]] | None = None,
        region: str = "",
        regions: Mapping[str, str] | None = None,
    ) -> Names:
        """Take templates that are already parsed, as `assertions.Template.to_json()` gives them.

        Args:
            given: By stack name the template, or its file.
            contracts: Contracts, their data, or their file.
            parameters: Parameter values by stack and name.
            region: The Region of all stacks. Default: any.
            regions: The Regions of single stacks, by name. Default: that of all.

        Raises:
            DnsError: A template is not what it should be.
        """
        if not given:
            raise TemplateError("give at least one template")
        sources = []
        try:
            for name, template in given.items():
                where = (regions or {}).get(name, region)
                if isinstance(template, (str, Path)):
                    path = Path(template)
                    read = templates.read_template(path)
                    sources.append(StackSource(name, read, where, folder=path.parent, file=path))
                else:
                    sources.append(StackSource(name, templates.as_template(template, name), where))
        except templates.TemplateError as error:
            raise TemplateError(str(error)) from None
        return cls(with_parameters(sources, parameters, TemplateError), contracts_of(contracts))

    @property
    def model(self) -> Model:
        """The model of the first world."""
        return self.models[0]

    def trace(
        self, name: str, source: SourceText = "internet", type: str = "A", ill: str | Iterable[str] = ()
    ) -> Trace:
        """What a source gets, by which records, step by step.

        Args:
            name: The domain name.
            source: `internet`, a VPC, a site, or the features of a client on the internet.
            type: The record type.
            ill: What is ill: resources, addresses, Regions.

        Raises:
            QuestionError: A name means nothing, or several things.
        """
        ill = [ill] if isinstance(ill, str) else list(ill)
        queries = [
            prover.query(prover.sources.one(source), name, type, ill_things(prover.model, ill))
            for prover in self.provers
        ]
        verdicts = [
            query.answer.verdict(
                lambda outcome: (
                    Verdict.UNKNOWN
                    if outcome.status.value == "not known"
                    else Verdict.HOLDS
                    if outcome.answered
                    else Verdict.FAILS
                )
            )
            for query in queries
        ]
        verdict, outcome = next((one for one in verdicts if one[0] is not Verdict.HOLDS), verdicts[0])
        if len({one[0] for one in verdicts}) > 1:
            verdict = Verdict.UNKNOWN
        reason = (outcome.reason or outcome.status.value) if outcome is not None else ""
        refused = [text for model in self.models for text in model.refused]
        unknown = [text for model in self.models for text in model.unknown]
        if refused or unknown:
            verdict, reason = Verdict.UNKNOWN, f"AWS refuses: {refused[0]}" if refused else unknown[0]
        return Trace(verdict, tuple(queries), reason, self.model.labels)

    def single_failures(self, name: str, type: str = "A", *, regions: bool = False) -> list[tuple[str, ...]]:
        """Every single thing that may go wrong with what a name answers, as `trace` takes it.

        Args:
            name: The domain name.
            type: The record type.
            regions: Whether whole Regions fail too.

        Returns:
            What is ill, for each failure: mostly one thing, and of a Region all that is in it.
        """
        behind = self.provers[0].sources.told_apart
        return [
            tuple(sorted(self._called(one) for one in failure))
            for failure in single_failures(behind, normal(name), type, regions=regions)
        ]

    def _called(self, identity: str) -> str:
        for prefix in (TOO_FEW_DATA, TURNED):
            if identity.startswith(prefix):
                return prefix + self.model.labels.get(identity.removeprefix(prefix), identity.removeprefix(prefix))
        return self.model.labels.get(identity, identity)

    def prove(self, promise: Promise) -> Proof:
        """Hold a promise against every query that it is about, in every world.

        Raises:
            QuestionError: The promise names what is not there.
        """
        proofs: list[Proof] = []
        refused: QuestionError | None = None
        for prover in self.provers:
            try:
                proofs.append(prover.prove(promise))
            except QuestionError as error:
                # Where a condition decides what exists, a name may mean something in some worlds only.
                refused = error
        if refused is not None and not proofs:
            raise refused
        return _together(proofs, refused, too_many=self.too_many_worlds)

    def prove_all(self, promises: Iterable[Promise]) -> list[Proof]:
        """Prove several promises; what is worked out for one serves the others."""
        with without_collection():
            return [self.prove(promise) for promise in promises]

    def answer_all(self, asked: Iterable[Promise | BadPromise]) -> list[Proof | BadPromise]:
        """Prove several promises, each on its own: one that says nothing here leaves the others their verdicts."""
        with without_collection():
            return [self._answer(promise) for promise in asked]

    def _answer(self, promise: Promise | BadPromise) -> Proof | BadPromise:
        if isinstance(promise, BadPromise):
            return promise
        try:
            return self.prove(promise)
        except QuestionError as error:
            return BadPromise(str(promise), promise.kind, str(error))

    def assert_holds(self, *promises: Promise) -> None:
        """Raise unless every promise holds.

        Raises:
            AssertionError: A promise fails or is not known; the message has the query that breaks it, step by step.
            QuestionError: A promise names what is not there, and no other is broken.
        """
        __tracebackhide__ = True
        found = self.answer_all(promises)
        bad = [one for one in found if isinstance(one, BadPromise)]
        broken = [one for one in found if isinstance(one, Proof) and one.verdict is not Verdict.HOLDS]
        if broken:
            raise AssertionError("\n" + "\n\n".join(str(one) for one in found if one in broken or one in bad))
        if bad:
            raise QuestionError(bad[0].error)


@contextmanager
def without_collection() -> Iterator[None]:
    """Answers are many small objects that all stay: collecting while they are made costs a third of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _together(proofs: list[Proof], refused: QuestionError | None, *, too_many: bool) -> Proof:
    """Combines the verdicts of a promise's worlds."""
    unknown = list(dict.fromkeys(reason for proof in proofs for reason in proof.unknown))
    if too_many:
        unknown.append(f"there are more than {MOST_WORLDS} worlds; the others were not tried")
    if refused is not None:
        unknown.append(f"in some worlds: {refused}")
    contracts = tuple(sorted({name for proof in proofs for name in proof.contracts}))
    failing = [proof for proof in proofs if proof.verdict is Verdict.FAILS]
    doubtful = [proof for proof in proofs if proof.verdict is Verdict.UNKNOWN]
    first = (failing or doubtful or proofs)[0]
    verdict, reason = first.verdict, first.reason
    if failing and (len(failing) < len(proofs) or refused is not None):
        verdict = Verdict.UNKNOWN
        unknown.insert(0, f"AWS decides in which of {len(proofs)} worlds this is; it fails in {len(failing)}")
    elif verdict is Verdict.HOLDS and (too_many or refused is not None):
        verdict, reason = Verdict.UNKNOWN, unknown[-1]
    world = first.world if len(proofs) > 1 else ""
    return replace(
        first,
        verdict=verdict,
        reason=reason,
        unknown=tuple(unknown),
        contracts=contracts,
        worlds=len(proofs),
        world=world,
    )


def contracts_of(given: Contracts | str | Path | Mapping[str, Any] | None) -> Contracts:
    """Contracts from what a caller gives: themselves, their data, or their file."""
    if isinstance(given, Contracts):
        return given
    if isinstance(given, (str, Path)):
        return Contracts.load(given)
    return Contracts.from_data(dict(given) if given is not None else None)
