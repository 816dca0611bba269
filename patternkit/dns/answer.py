"""Answers: what a query may get, how likely, and by which steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum
from fractions import Fraction

from patternkit.verdict import Verdict

Probability = Fraction | int | None
"""How likely something is; None where it is possible and nobody knows how likely."""


class Status(Enum):
    """How a query ends."""

    ANSWERED = "answered"
    NO_DATA = "no data"
    NO_NAME = "NXDOMAIN"
    FAILED = "SERVFAIL"
    LOOP = "loop"
    NOT_KNOWN = "not known"
    CNAME = "CNAME"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which a query may end.

    Attributes:
        status: How it ends.
        values: The addresses, names or texts, each a literal or the identity of what AWS gives an address to.
        ttl: Seconds for which they may be kept; None where that is not known.
        pool: 0 where all values are the answer, else how many of them are picked at random.
        record: The path of the record that answered.
        chain: The names on the way, of CNAME records.
        reason: Why there is no answer, or why it is not known.
    """

    status: Status
    values: tuple[str, ...] = ()
    ttl: int | None = None
    pool: int = 0
    record: str = ""
    chain: tuple[str, ...] = ()
    reason: str = ""

    @property
    def answered(self) -> bool:
        """Whether there is an answer with values."""
        return self.status is Status.ANSWERED and bool(self.values)

    def __str__(self) -> str:
        if self.status is Status.ANSWERED:
            listed = ", ".join(map(plain, self.values))
            text = f"any {self.pool} of {listed}" if self.pool else listed
            return text + (f" (not known: {plain(self.reason)})" if self.reason else "")
        return str(self.status.value) + (f": {plain(self.reason)}" if self.reason else "")


@dataclass(frozen=True, slots=True)
class Answer:
    """Everything that a query may get.

    Attributes:
        outcomes: The ways in which it may end, with how likely each is.
        doubts: Why nobody knows how likely some of them are.
    """

    outcomes: tuple[tuple[Outcome, Probability], ...]
    doubts: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that may be part of the answer."""
        return tuple(dict.fromkeys(value for outcome, _ in self.outcomes for value in outcome.values))

    def verdict(self, holds: Callable[[Outcome], Verdict]) -> tuple[Verdict, Outcome | None]:
        """Whether something holds however the query ends.

        Args:
            holds: What is said of one outcome.

        Returns:
            The verdict, with the outcome that decides it.
        """
        if len(self.outcomes) == 1:
            outcome = self.outcomes[0][0]
            only = holds(outcome)
            return only, None if only is Verdict.HOLDS else outcome
        said = [(holds(outcome), outcome, likely) for outcome, likely in self.outcomes]
        failing = [outcome for verdict, outcome, likely in said if verdict is Verdict.FAILS and likely is not None]
        if failing or (said and all(verdict is Verdict.FAILS for verdict, _, _ in said)):
            return Verdict.FAILS, failing[0] if failing else said[0][1]
        for verdict, outcome, _ in said:
            if verdict is not Verdict.HOLDS:
                return Verdict.UNKNOWN, outcome
        return Verdict.HOLDS, None


def certain(outcome: Outcome) -> Answer:
    """The answer that is always the same."""
    return Answer(((outcome, 1),))


def not_known(reason: str) -> Answer:
    """The answer that nobody knows."""
    return certain(Outcome(Status.NOT_KNOWN, reason=reason))


def mixed(parts: Iterable[tuple[Answer, Probability]], doubts: Iterable[str] = ()) -> Answer:
    """The answer that is one of several.

    Args:
        parts: The answers, and how likely each is.
        doubts: Why nobody knows how likely some of them are.

    Returns:
        The answer; equal outcomes are added up.
    """
    listed = list(parts)
    if len(listed) == 1 and listed[0][1] == 1:
        return listed[0][0]
    found: dict[Outcome, Probability] = {}
    for answer, part in listed:
        for outcome, likely in answer.outcomes:
            one = None if part is None or likely is None else part * likely
            if outcome in found:
                before = found[outcome]
                found[outcome] = None if before is None or one is None else before + one
            else:
                found[outcome] = one
    if len(found) == 1:
        # Whatever was not known makes no difference.
        return certain(next(iter(found)))
    inner = (doubt for answer, _ in listed for doubt in answer.doubts)
    return Answer(tuple(found.items()), tuple(dict.fromkeys([*doubts, *inner])))


def prefixed(answer: Answer, name: str, ttl: int | None) -> Answer:
    """The answer behind a CNAME record: it may be old for as long as the longer of both is kept.

    Args:
        answer: What the target answers.
        name: The target.
        ttl: Seconds for which the CNAME itself may be kept.
    """
    return Answer(
        tuple(
            (replace(outcome, chain=(name, *outcome.chain), ttl=_longer(outcome.ttl, ttl)), likely)
            for outcome, likely in answer.outcomes
        ),
        answer.doubts,
    )


def _longer(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else max(one, other)


def plain(text: str) -> str:
    """Text as people read it, without the marks of what only AWS will know."""
    return text.replace("\u27e8", "").replace("\u27e9", "")


@dataclass(slots=True)
class Walk:
    """The steps of a query, in the order in which they are taken.

    Attributes:
        steps: Each step with its depth in the tree of records.
    """

    steps: list[tuple[int, str]] = field(default_factory=list)
    depth: int = 0

    def say(self, text: str) -> None:
        """Note a step."""
        self.steps.append((self.depth, text))

    def lines(self, indent: str = "  ") -> list[str]:
        """The steps as indented lines."""
        return [f"{indent}{'  ' * depth}{text}" for depth, text in self.steps]


class Deeper:
    """A context in which the steps of a walk are one deeper; without a walk, nothing."""

    __slots__ = ("walk",)

    def __init__(self, walk: Walk | None) -> None:
        self.walk = walk

    def __enter__(self) -> None:
        if self.walk is not None:
            self.walk.depth += 1

    def __exit__(self, *_: object) -> None:
        if self.walk is not None:
            self.walk.depth -= 1
