"""What a query gets in every world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.dns.query import Query
from patternkit.dns.reporting import labelled, query_data, query_lines
from patternkit.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Trace:
    """What a query gets, and by which steps.

    Attributes:
        verdict: HOLDS when every way in which it may end is an answer; FAILS when one is none; else UNKNOWN.
        queries: The query in every world.
        reason: Why there is no answer, or why it is not known.
        labels: What people call identities.
    """

    verdict: Verdict
    queries: tuple[Query, ...]
    reason: str
    labels: Mapping[str, str]

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that may be part of the answer, as people call it."""
        found = (value for query in self.queries for value in query.answer.values)
        return tuple(dict.fromkeys(self.labels.get(value, value) for value in found))

    def __str__(self) -> str:
        lines = [self.verdict.value + (f" {labelled(self.reason, self.labels)}" if self.reason else "")]
        for query in self.queries:
            lines += query_lines(query, self.labels)
        return "\n".join(lines)

    def data(self) -> dict[str, Any]:
        """The trace as JSON takes it."""
        return {
            "verdict": self.verdict.value,
            "reason": labelled(self.reason, self.labels),
            "queries": [query_data(query, self.labels) for query in self.queries],
        }
