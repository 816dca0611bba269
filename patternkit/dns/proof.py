"""The verdict on a promise, with the query that breaks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from patternkit.dns.failover_time import FailoverTime
from patternkit.dns.model import Unknown
from patternkit.dns.promises import Promise
from patternkit.dns.query import Query
from patternkit.dns.reporting import labelled, query_data, query_lines
from patternkit.verdict import Verdict

_MOST_UNKNOWNS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The verdict on a promise.

    Attributes:
        promise: What was asked.
        verdict: HOLDS, FAILS or UNKNOWN.
        reason: Why it fails or is not known, in one line.
        witness: The query that breaks the promise, or one that ends in what is not known.
        queries: How many queries the verdict covers.
        worked_out: How many of them were worked out; the others are alike.
        time: For a failover, how long it takes.
        unknown: Everything that was not known.
        contracts: The contracts that the verdict leans on.
        notes: What else a reader must know.
        labels: What people call identities.
        worlds: In how many worlds the promise was tried.
        world: What the witness's world decided.
    """

    promise: Promise
    verdict: Verdict
    reason: str = ""
    witness: Query | None = None
    queries: int = 0
    worked_out: int = 0
    time: FailoverTime | Unknown | None = None
    unknown: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    worlds: int = 1
    world: str = ""

    def __str__(self) -> str:
        lines = [f"{self.verdict.value} {self.promise}"]
        if self.reason:
            lines.append(f"  {self.reason}")
        if self.world:
            lines.append(f"  where {self.world}")
        if self.witness is not None:
            lines += query_lines(self.witness, self.labels)
        others = [reason for reason in self.unknown if reason != self.reason]
        lines += [f"  not known: {reason}" for reason in others[:_MOST_UNKNOWNS]]
        if len(others) > _MOST_UNKNOWNS:
            lines.append(f"  and {len(others) - _MOST_UNKNOWNS} more unknowns")
        if self.time is not None:
            why = self.time.reason if isinstance(self.time, Unknown) else ""
            lines.append(f"  the time is not known: {why}" if why else f"  takes {self.time}")
        alike = f", {self.worked_out} worked out, the others alike" if self.worked_out < self.queries else ""
        worlds = f", in {self.worlds} worlds" if self.worlds > 1 else ""
        lines.append(f"  {self.queries} {'query' if self.queries == 1 else 'queries'}{alike}{worlds}")
        if self.contracts:
            lines.append(f"  leans on contracts: {', '.join(self.contracts)}")
        lines += [f"  note: {note}" for note in self.notes]
        return "\n".join(labelled(line, self.labels) for line in lines)

    def data(self) -> dict[str, Any]:
        """The proof as JSON takes it."""
        time: Any = None
        if self.time is not None:
            known = None if isinstance(self.time, Unknown) else self.time
            time = (
                {"seconds": known.seconds, "seen": known.seen, "kept": known.kept}
                if known is not None
                else {"seconds": None, "reason": labelled(str(getattr(self.time, "reason", "")), self.labels)}
            )
        return {
            "promise": str(self.promise),
            "kind": self.promise.kind,
            "verdict": self.verdict.value,
            "reason": labelled(self.reason, self.labels),
            "world": labelled(self.world, self.labels),
            "witness": query_data(self.witness, self.labels),
            "failover_time": time,
            "unknown": [labelled(reason, self.labels) for reason in self.unknown],
            "queries": self.queries,
            "worked_out": self.worked_out,
            "worlds": self.worlds,
            "contracts": list(self.contracts),
            "notes": [labelled(note, self.labels) for note in self.notes],
        }
