"""Which losses promises survive: for each promise that holds, the smallest losses that break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from patternkit.promise_lists import BadPromise
from patternkit.routes.flow_text import plain
from patternkit.routes.losses import losable
from patternkit.routes.network import Network
from patternkit.routes.promises import Promise
from patternkit.routes.proving import Proof
from patternkit.verdict import Verdict

_Lost: TypeAlias = tuple[str, ...]
_Without: TypeAlias = Callable[[_Lost], Network]

# So many pairs of losses are tried where no single one breaks a promise.
MOST_PAIRS = 300


@dataclass(frozen=True, slots=True)
class Break:
    """A loss that breaks a promise.

    Attributes:
        lost: What is lost, together.
        verdict: What becomes of the promise: FAILS or UNKNOWN.
        reason: Why.
    """

    lost: tuple[str, ...]
    verdict: Verdict
    reason: str

    def __str__(self) -> str:
        return f"{self.verdict.value} without {' and '.join(self.lost)}: {plain(self.reason)}"


@dataclass(frozen=True, slots=True)
class Survival:
    """What a promise survives.

    Attributes:
        promise: The promise, as it is written.
        verdict: Its verdict while nothing is lost; only one that holds is tried further.
        breaks: The smallest losses that break it.
        tried: How many losses were tried.
        own: Losses of the promise's own source or destination, of which it says nothing.
        error: Why the promise means nothing here.
        left_out: How many pairs were not tried.
    """

    promise: str
    verdict: Verdict | None
    breaks: tuple[Break, ...] = ()
    tried: int = 0
    own: tuple[str, ...] = ()
    error: str = ""
    left_out: int = 0

    @property
    def survives(self) -> bool:
        """Whether it holds, and no single loss breaks it."""
        return self.verdict is Verdict.HOLDS and all(len(one.lost) > 1 for one in self.breaks)

    def __str__(self) -> str:
        if self.error:
            return f"ERROR {self.promise}\n  {self.error}"
        if self.verdict is not Verdict.HOLDS:
            return f"{self.verdict.value if self.verdict else ''} {self.promise}\n  with nothing lost"
        word = "SURVIVES" if self.survives else "BREAKS"
        lines = [f"{word} {self.promise}", *(f"  {one}" for one in self.breaks)]
        lines += [f"  says nothing of its own end: {one}" for one in self.own]
        left = f"; {self.left_out} pairs were not tried" if self.left_out else ""
        return "\n".join([*lines, f"  {self.tried} losses tried{left}"])

    def data(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "promise": self.promise,
            "verdict": self.verdict.value if self.verdict else "ERROR",
            "survives": self.survives,
            "breaks": [
                {"lost": list(one.lost), "verdict": one.verdict.value, "reason": plain(one.reason)}
                for one in self.breaks
            ],
            "tried": self.tried,
            "own": list(self.own),
            "error": self.error,
            "left_out": self.left_out,
        }


def survivals(
    network: Network, promises: Iterable[Promise | BadPromise], *, most_pairs: int = MOST_PAIRS
) -> list[Survival]:
    """Try each promise without each zone, connection, NAT gateway, endpoint and appliance; then without two of them.

    Two are lost together only where no single loss breaks the promise.

    Args:
        network: The network.
        promises: What it is to keep.
        most_pairs: How many pairs of losses are tried for a promise that survives each single one; 0 for none.
    """
    single = {(str(loss),): None for loss in losable(network.model)}
    left: dict[tuple[str, ...], Network] = {}

    def without(lost: tuple[str, ...]) -> Network:
        if lost not in left:
            left[lost] = network.without(*lost)
        return left[lost]

    found = []
    for promise in promises:
        (answer,) = network.answer_all([promise])
        if isinstance(answer, BadPromise):
            found.append(Survival(answer.text, None, error=answer.error))
        elif isinstance(promise, BadPromise):
            found.append(Survival(promise.text, None, error=promise.error))
        elif answer.verdict is not Verdict.HOLDS:
            found.append(Survival(str(promise), answer.verdict))
        else:
            found.append(_survival(promise, list(single), without, most_pairs))
    return found


def _survival(promise: Promise, single: list[_Lost], without: _Without, most_pairs: int) -> Survival:
    breaks, own = [], []
    for lost, answer in _answers(promise, single, without):
        if isinstance(answer, BadPromise):
            own.append(lost[0])
        elif answer.verdict is not Verdict.HOLDS:
            breaks.append(Break(lost, answer.verdict, answer.reason))
    if breaks:
        return Survival(str(promise), Verdict.HOLDS, tuple(breaks), len(single), tuple(own))
    pairs = [(one[0], other[0]) for one, other in combinations([one for one in single if one[0] not in own], 2)]
    tried = pairs[:most_pairs]
    for lost, answer in _answers(promise, tried, without):
        if not isinstance(answer, BadPromise) and answer.verdict is not Verdict.HOLDS:
            breaks.append(Break(lost, answer.verdict, answer.reason))
    return Survival(
        str(promise),
        Verdict.HOLDS,
        tuple(breaks),
        len(single) + len(tried),
        tuple(own),
        left_out=len(pairs) - len(tried),
    )


def _answers(
    promise: Promise, losses: Iterable[_Lost], without: _Without
) -> Iterator[tuple[_Lost, Proof | BadPromise]]:
    for lost in losses:
        (answer,) = without(lost).answer_all([promise])
        yield lost, answer
