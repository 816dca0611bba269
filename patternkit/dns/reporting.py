"""Queries and their answers as text and as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from patternkit.dns.answer import Outcome, Probability
from patternkit.dns.query import Query

_MARK = re.compile("\u27e8[^\u27e8\u27e9]*\u27e9")
Labels = Mapping[str, str]


def labelled(text: str, labels: Labels) -> str:
    """A text in which identities are what people call them."""
    if "\u27e8" not in text:
        return text
    return _MARK.sub(lambda match: labels.get(match[0], match[0].strip("\u27e8\u27e9")), text)


def share_text(likely: Probability) -> str:
    """How likely something is, as people read it."""
    return "possible" if likely is None else f"{float(likely) * 100:.4g} %"


def query_lines(query: Query, labels: Labels) -> list[str]:
    """A query with its steps and what it may get."""
    ill = f", while {', '.join(sorted(query.ill))} is ill" if query.ill else ""
    lines = [f"  {query.source.path} asks for {query.name or '.'} {query.type}{ill}"]
    lines += query.walk.lines("    ")
    for outcome, likely in query.answer.outcomes:
        ttl = f", TTL {outcome.ttl}" if outcome.ttl is not None else ""
        lines.append(f"  {share_text(likely):>8}  {outcome}{ttl}")
    return [labelled(line, labels) for line in lines]


def outcome_data(outcome: Outcome, likely: Probability, labels: Labels) -> dict[str, Any]:
    """An outcome as JSON takes it."""
    return {
        "status": outcome.status.value,
        "values": [labelled(value, labels) for value in outcome.values],
        "probability": None if likely is None else float(likely),
        "ttl": outcome.ttl,
        "at_most": outcome.pool or len(outcome.values),
        "record": outcome.record,
        "chain": list(outcome.chain),
        "reason": labelled(outcome.reason, labels),
    }


def query_data(query: Query | None, labels: Labels) -> dict[str, Any] | None:
    """A query as JSON takes it."""
    if query is None:
        return None
    return {
        "source": query.source.path,
        "name": query.name,
        "type": query.type,
        "ill": [labelled(one, labels) for one in sorted(query.ill)],
        "outcomes": [outcome_data(outcome, likely, labels) for outcome, likely in query.answer.outcomes],
        "steps": [{"depth": depth, "text": labelled(text, labels)} for depth, text in query.walk.steps],
    }
