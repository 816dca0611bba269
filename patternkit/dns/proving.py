"""Hold promises against every query that they are about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from patternkit.dns.answer import Answer, Outcome, Status, Walk
from patternkit.dns.domain_names import is_within, normal
from patternkit.dns.errors import QuestionError
from patternkit.dns.failover_time import FailoverTime, failover_time
from patternkit.dns.failures import ill_things, single_failures
from patternkit.dns.health import NOTHING, Health, Ill
from patternkit.dns.model import Model, Source, Unknown
from patternkit.dns.promises import EVERY_NAME, Promise
from patternkit.dns.proof import Proof
from patternkit.dns.query import Query
from patternkit.dns.resolution import Resolution
from patternkit.dns.sources import Sources
from patternkit.dns.values import Matcher, is_not_public
from patternkit.verdict import Verdict

Judge = Callable[[Outcome], Verdict]
_NEITHER = ("NS", "SOA", "DS")


@dataclass(slots=True)
class Tally:
    """What was found so far of a promise.

    Attributes:
        failing: The first query that breaks it, with why.
        unknown: The first that is not known, with why.
        asked: How many queries were asked.
        worked_out: How many of them differ.
    """

    failing: tuple[Query, str] | None = None
    unknown: tuple[Query, str] | None = None
    asked: int = 0
    worked_out: int = 0
    time: FailoverTime | Unknown | None = None


class Prover:
    """Proves promises about one model.

    Args:
        model: The model.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.resolution = Resolution(model)
        self.sources = Sources(model, self.resolution)
        self.matcher = Matcher(model)

    def prove(self, promise: Promise) -> Proof:
        """Hold a promise against all of its queries.

        Raises:
            QuestionError: It names what is not there.
        """
        tally = Tally()
        _CHECKS[promise.kind](self, promise, tally)
        verdict, found = Verdict.HOLDS, None
        if tally.failing is not None:
            verdict, found = Verdict.FAILS, tally.failing
        elif tally.unknown is not None:
            verdict, found = Verdict.UNKNOWN, tally.unknown
        reason = found[1] if found else ""
        unknown = list(self.model.unknown)
        if self.model.refused:
            verdict, reason = Verdict.UNKNOWN, f"AWS refuses: {self.model.refused[0]}"
        elif verdict is not Verdict.UNKNOWN and unknown:
            verdict, reason = Verdict.UNKNOWN, unknown[0]
        return Proof(
            promise=promise,
            verdict=verdict,
            reason=reason,
            witness=found[0] if found else None,
            queries=tally.asked,
            worked_out=tally.worked_out,
            time=tally.time,
            unknown=tuple(dict.fromkeys([*unknown, *([tally.unknown[1]] if tally.unknown else [])])),
            contracts=tuple(self.model.contracts),
            notes=tuple(self.model.notes),
            labels=self.model.labels,
            world=self.model.world,
        )

    def query(self, source: Source, name: str, kind: str, ill: Ill = NOTHING) -> Query:
        """A query with all of its steps."""
        walk = Walk()
        answer = self.resolution.ask(source, name, kind, ill, walk)
        return Query(source, normal(name), kind, answer, walk, ill)

    # The promises

    def answers(self, promise: Promise, tally: Tally) -> None:
        """Every source gets just these values."""
        wanted = self.matcher.identities(promise.values)
        ill = ill_things(self.model, promise.ill)

        def judge(outcome: Outcome) -> Verdict:
            if outcome.status is Status.NOT_KNOWN or (outcome.reason and outcome.answered):
                return Verdict.UNKNOWN
            return Verdict.HOLDS if outcome.answered and set(outcome.values) == wanted else Verdict.FAILS

        # Of several possible answers each alone would be another one than was promised: all of them together count.
        for name, kind in self._names(promise):
            for source in self._sources(promise, name, kind, tally):
                answer = self.resolution.ask(source, name, kind, ill)
                values = set(answer.values)
                whole = all(outcome.answered and not outcome.reason for outcome, _ in answer.outcomes)
                if whole and values == wanted:
                    continue
                self._note(tally, source, name, kind, ill, answer, judge, "the answer is another one")

    def resolves(self, promise: Promise, tally: Tally) -> None:
        """Every source gets an answer."""
        ill = ill_things(self.model, promise.ill)
        for name, kind in self._names(promise):
            for source in self._sources(promise, name, kind, tally):
                answer = self.resolution.ask(source, name, kind, ill)
                self._note(tally, source, name, kind, ill, answer, answered, "there is no answer")

    def always_answers(self, promise: Promise, tally: Tally) -> None:
        """Every client gets an answer that works, whatever single thing is ill."""
        for name, kind in self._names(promise):
            failures = single_failures(self.sources.told_apart, name, kind, regions=promise.regions)
            sources = self._sources(promise, name, kind, tally, times=len(failures) + 1)
            for ill in (NOTHING, *failures):

                def judge(outcome: Outcome, ill: Ill = ill) -> Verdict:
                    verdict = answered(outcome)
                    works = not promise.healthy or not outcome.values or any(one not in ill for one in outcome.values)
                    return verdict if works or verdict is not Verdict.HOLDS else Verdict.FAILS

                what = "the answer is only what is ill" if ill else "there is no answer"
                for source in sources:
                    answer = self.resolution.ask(source, name, kind, ill)
                    self._note(tally, source, name, kind, ill, answer, judge, what)

    def fails_over(self, promise: Promise, tally: Tally) -> None:
        """While something is ill every client is sent elsewhere, and soon enough."""
        ill, wanted = ill_things(self.model, promise.when), self.matcher.identities(promise.to)

        def there(outcome: Outcome) -> Verdict:
            if outcome.status is Status.NOT_KNOWN:
                return Verdict.UNKNOWN
            return Verdict.HOLDS if outcome.answered and set(outcome.values) <= wanted else Verdict.FAILS

        moved = False
        for name, kind in self._names(promise):
            for source in self._sources(promise, name, kind, tally):
                before = self.resolution.ask(source, name, kind)
                after = self.resolution.ask(source, name, kind, ill)
                moved = moved or before != after
                self._note(tally, source, name, kind, ill, after, there, "it is not sent elsewhere")
                if after.verdict(there)[0] is Verdict.HOLDS and before.verdict(there)[0] is not Verdict.HOLDS:
                    self._time(promise, tally, source, name, kind, ill, before, there)
            if not moved and tally.failing is None:
                self._break(
                    tally,
                    self._any(promise, name, kind),
                    name,
                    kind,
                    NOTHING,
                    "nothing changes: it answers that while all is well",
                )

    def _time(
        self,
        promise: Promise,
        tally: Tally,
        source: Source,
        name: str,
        kind: str,
        ill: Ill,
        before: Answer,
        there: Judge,
    ) -> None:
        def ask(health: Health) -> Answer:
            return self.resolution.ask_in(health, source, name, kind)

        time = failover_time(self.model, ill, before, ask, lambda answer: answer.verdict(there)[0] is Verdict.HOLDS)
        if not isinstance(tally.time, Unknown) and (
            isinstance(time, Unknown) or tally.time is None or time.seconds > tally.time.seconds
        ):
            tally.time = time
        if promise.seconds is None:
            return
        if isinstance(time, Unknown):
            tally.unknown = tally.unknown or (
                self.query(source, name, kind, ill),
                f"how long it takes is not known: {time.reason}",
            )
        elif time.seconds > promise.seconds:
            self._break(tally, source, name, kind, ill, f"it takes {time}, and {promise.seconds:g} s were promised")

    def same_everywhere(self, promise: Promise, tally: Tally) -> None:
        """Every source gets the same answer."""
        ill = ill_things(self.model, promise.ill)
        everywhere = promise.source if promise.source is not None else self._everywhere()
        for name, kind in self._names(promise):
            first: tuple[Source, Answer] | None = None
            for source in self._some(everywhere, name, kind, tally):
                answer = self.resolution.ask(source, name, kind, ill)
                if any(outcome.status is Status.NOT_KNOWN for outcome, _ in answer.outcomes):
                    self._note(tally, source, name, kind, ill, answer, answered, "")
                elif first is None:
                    first = (source, answer)
                elif _shares(answer) != _shares(first[1]):
                    told = "; ".join(map(str, (outcome for outcome, _ in first[1].outcomes)))
                    self._break(tally, source, name, kind, ill, f"{first[0].path} gets another answer: {told}")

    def _everywhere(self) -> list[str]:
        groups = (("every VPC", self.model.vpcs), ("every site", self.model.sites))
        return [group for group, there in groups if there] or ["internet"]

    def private(self, promise: Promise, tally: Tally) -> None:
        """Nobody on the internet gets an answer."""

        def judge(outcome: Outcome) -> Verdict:
            return (
                Verdict.FAILS
                if outcome.answered
                else Verdict.UNKNOWN
                if outcome.status is Status.NOT_KNOWN
                else Verdict.HOLDS
            )

        for name, kind in self._names(promise):
            if is_not_public(name) and not self.resolution.public_zones(name):
                tally.asked += 1
                continue
            for source in self._some("internet", name, kind, tally):
                answer = self.resolution.ask(source, name, kind)
                self._note(tally, source, name, kind, NOTHING, answer, judge, "the internet gets an answer")

    def no_loop(self, promise: Promise, tally: Tally) -> None:
        """No query goes round in a circle."""
        names = self._names(promise)
        if promise.name == EVERY_NAME:
            # Also what has no records: a name of each domain that something is forwarded for.
            forwarded = {rule.domain for rule in self.model.rules.values()}
            forwarded |= {domain for site in self.model.sites.values() for domain in (*site.forwards, *site.zones)}
            names = [*names, *((f"any-name.{domain}".rstrip("."), "A") for domain in sorted(forwarded))]
        everywhere = promise.source if promise.source is not None else self._everywhere()
        forwarding = any(rule.type != "SYSTEM" for rule in self.model.rules.values())
        if not forwarding and not any(site.forwards for site in self.model.sites.values()):
            # Without anybody who hands queries on there is no circle.
            tally.asked += len(names)
            return
        for name, kind in names:
            for source in self._some(everywhere, name, kind, tally):
                answer = self.resolution.ask(source, name, kind)
                self._note(tally, source, name, kind, NOTHING, answer, _no_loop, "the query goes round")

    def splits(self, promise: Promise, tally: Tally) -> None:
        """The answers have these shares of the queries."""
        total = sum(promise.weights.values())
        ill = ill_things(self.model, promise.ill)
        for name, kind in self._names(promise):
            wanted = {
                key: Fraction(weight).limit_denominator(10**6) / Fraction(total).limit_denominator(10**6)
                for value, weight in promise.weights.items()
                if (key := self.matcher.share_key(value, name, kind)) is not None and weight
            }
            for source in self._sources(promise, name, kind, tally):
                answer = self.resolution.ask(source, name, kind, ill)
                if any(likely is None or outcome.status is Status.NOT_KNOWN for outcome, likely in answer.outcomes):
                    tally.unknown = tally.unknown or (
                        self.query(source, name, kind, ill),
                        "how likely the answers are is not known",
                    )
                elif {values: likely for values, likely in _shares(answer).items() if likely} != wanted:
                    self._break(tally, source, name, kind, ill, f"the shares are others: {_shares_text(answer)}")

    # What they share

    def _names(self, promise: Promise) -> list[tuple[str, str]]:
        found: dict[tuple[str, str], None] = {}
        for text in promise.names:
            if not text.startswith(EVERY_NAME):
                found[normal(text), promise.type or "A"] = None
                continue
            domain = normal(text.removeprefix(EVERY_NAME).strip().removeprefix("in "))
            before = len(found)
            for zone in self.model.zones.values():
                for name, types in zone.records.items():
                    if is_within(name, domain):
                        asked = name.replace("*", "any-name", 1) if name.startswith("*") else name
                        found |= {
                            (asked, kind): None
                            for kind in types
                            if (kind == promise.type if promise.type else kind not in _NEITHER)
                        }
            if len(found) == before and (domain or not self.model.rules):
                raise QuestionError(f"{text!r} means no name of the set")
        return list(found)

    def _sources(self, promise: Promise, name: str, kind: str, tally: Tally, times: int = 1) -> list[Source]:
        return self._some(promise.source, name, kind, tally, times)

    def _some(self, given: Any, name: str, kind: str, tally: Tally, times: int = 1) -> list[Source]:
        """The sources of a promise, of those that are alike just one."""
        found = self.sources.some(given, name, kind)
        tally.asked += found.count * times
        tally.worked_out += len(found.distinct) * times
        return list(found.distinct.values())

    def _any(self, promise: Promise, name: str, kind: str) -> Source:
        return next(iter(self.sources.some(promise.source, name, kind).distinct.values()))

    def _note(
        self, tally: Tally, source: Source, name: str, kind: str, ill: Ill, answer: Answer, judge: Judge, what: str
    ) -> None:
        """Note what an answer says of the promise."""
        if tally.failing is not None:
            return
        verdict, outcome = answer.verdict(judge)
        if verdict is Verdict.HOLDS or outcome is None:
            return
        if verdict is Verdict.FAILS:
            self._break(tally, source, name, kind, ill, f"{what}: {outcome}")
        elif tally.unknown is None:
            why = outcome.reason or "; ".join(answer.doubts) or f"{outcome} is possible"
            tally.unknown = (self.query(source, name, kind, ill), why)

    def _break(self, tally: Tally, source: Source, name: str, kind: str, ill: Ill, why: str) -> None:
        if tally.failing is None:
            tally.failing = (self.query(source, name, kind, ill), why)


def answered(outcome: Outcome) -> Verdict:
    """Whether a way in which a query may end is an answer."""
    if outcome.status is Status.NOT_KNOWN:
        return Verdict.UNKNOWN
    return Verdict.HOLDS if outcome.answered else Verdict.FAILS


def _no_loop(outcome: Outcome) -> Verdict:
    return Verdict.FAILS if outcome.status is Status.LOOP else Verdict.HOLDS


def _shares(answer: Answer) -> dict[object, Fraction | int | None]:
    """How likely each set of values is, whichever record gives it."""
    found: dict[object, Fraction | int | None] = {}
    for outcome, likely in answer.outcomes:
        key = frozenset(outcome.values) if outcome.answered else outcome.status
        before = found.get(key, 0)
        found[key] = None if likely is None or before is None else before + likely
    return found


def _shares_text(answer: Answer) -> str:
    return ", ".join(f"{outcome} {float(likely or 0):.4g}" for outcome, likely in answer.outcomes)


_CHECKS: dict[str, Callable[[Prover, Promise, Tally], None]] = {
    "answers": Prover.answers,
    "always_answers": Prover.always_answers,
    "fails_over": Prover.fails_over,
    "resolves": Prover.resolves,
    "same_everywhere": Prover.same_everywhere,
    "private": Prover.private,
    "no_loop": Prover.no_loop,
    "splits": Prover.splits,
}
