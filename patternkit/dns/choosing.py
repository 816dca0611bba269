"""Which records answer: the first of a policy's ranking that are healthy, or those that answer when none is.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from patternkit.dns.answer import Probability
from patternkit.dns.health import Healthy
from patternkit.dns.model import InternetClient, MultivalueAnswer, RecordSet, Unknown, Weighted
from patternkit.dns.ranking import Ranking, Tier, near, rank

MOST_VALUES = 8
"""How many records a multivalue answer has at most."""
_MOST_DOUBTS = 6


@dataclass(frozen=True, slots=True)
class Pick:
    """Records that answer together.

    Attributes:
        records: One record, or several of a multivalue answer.
        likely: How likely it is.
        why: Why it is these.
        pool: 0, or how many of them are picked at random.
        doubt: Why nobody knows how likely it is.
    """

    records: tuple[RecordSet, ...]
    likely: Probability
    why: str = ""
    pool: int = 0
    doubt: str = ""


def pick(
    records: Sequence[RecordSet],
    client: InternetClient,
    healthy: Callable[[RecordSet], Healthy],
    latency: Mapping[tuple[str, str], float],
) -> list[Pick]:
    """The records that may answer a client.

    Args:
        records: All records of one name and type.
        client: Who asks.
        healthy: Says whether a record is healthy.
        latency: Declared latencies.

    Returns:
        What may be picked, with how likely it is; nothing where no record is for this client.
    """
    if len(records) == 1 and records[0].policy.name == "simple":
        return [Pick((records[0],), 1)]
    states = {id(record): healthy(record) for record in records}
    doubts = [record for record in records if isinstance(states[id(record)], Unknown)]
    ranking = rank(records, client, latency)
    if not doubts:
        return _picked(records, ranking, lambda record: states[id(record)] is True)
    if len(doubts) > _MOST_DOUBTS:
        return _perhaps(records, f"the health of {len(doubts)} records is not known")
    found: list[list[Pick]] = []
    for ways in product((True, False), repeat=len(doubts)):
        known = {**states, **{id(record): way for record, way in zip(doubts, ways, strict=True)}}
        found.append(_picked(records, ranking, lambda record, known=known: known[id(record)] is True))  # type: ignore[misc]
    return _either(found, str(getattr(states[id(doubts[0])], "reason", "")))


def _either(ways: list[list[Pick]], doubt: str) -> list[Pick]:
    """What may be picked in several ways, one of which is true."""
    told = [{(one.records, one.pool): one for one in way} for way in ways]
    if all(
        [(key, one.likely) for key, one in way.items()] == [(k, o.likely) for k, o in told[0].items()] for way in told
    ):
        return ways[0]
    merged: dict[Any, Pick] = {}
    for way in told:
        for key, one in way.items():
            merged.setdefault(key, Pick(one.records, None, one.why, one.pool, doubt))
    return list(merged.values())


def _picked(records: Sequence[RecordSet], ranking: Ranking, healthy: Callable[[RecordSet], bool]) -> list[Pick]:
    if isinstance(records[0].policy, MultivalueAnswer):
        return _several(records, healthy)
    if isinstance(ranking, Unknown):
        # Any healthy record may be the first one; where none is, any at all.
        candidates = [record for record in records if healthy(record)] or list(records)
        if len(candidates) == 1:
            return [Pick((candidates[0],), 1, "the only healthy one")]
        return _perhaps(candidates, ranking.reason)
    if not ranking:
        return []
    alive = [
        Tier(well, tier.score, tier.doubtful, tier.why, tier.last_resort)
        for tier in ranking
        if (well := tuple(record for record in tier.records if healthy(record)))
    ]
    if not alive:
        return _of_tier(ranking, "none is healthy, so all count as healthy")
    if alive[0].last_resort:
        reason = "what answers when the record of the longest block is ill is described nowhere"
        return _perhaps([record for tier in ranking for record in tier.records], reason)
    passed = "; those before it are ill" if alive[0].records[0] not in ranking[0].records else ""
    return _of_tier(alive, passed.removeprefix("; "))


def _of_tier(tiers: list[Tier], note: str) -> list[Pick]:
    """What is picked of the first tier, and of those that are as near."""
    first = tiers[0]
    why = "; ".join(text for text in (first.why, note) if text)
    rivals = [tier for tier in tiers[1:] if near(first, tier)]
    if rivals:
        doubt = f"which is nearer is not known: {' or '.join(tier.why for tier in (first, *rivals))}"
        return _perhaps([record for tier in (first, *rivals) for record in tier.records], doubt)
    weights: list[int] = [
        record.policy.weight if isinstance(record.policy, Weighted) and isinstance(record.policy.weight, int) else 1
        for record in first.records
    ]
    total = sum(weights)
    if not total:
        weights, total = [1] * len(weights), len(weights)
    return [
        Pick((record,), Fraction(weight, total) if weight != total else 1, why)
        for record, weight in zip(first.records, weights, strict=True)
        if weight
    ]


def _perhaps(records: Sequence[RecordSet], doubt: str) -> list[Pick]:
    """Each of several records, where nobody knows which."""
    return [Pick((record,), None, doubt, doubt=doubt) for record in records]


def _several(records: Sequence[RecordSet], healthy: Callable[[RecordSet], bool]) -> list[Pick]:
    well = tuple(record for record in records if healthy(record))
    why = f"{len(well)} of {len(records)} healthy" if well else "none is healthy, so all count as healthy"
    chosen = well or tuple(records)
    return [Pick(chosen, 1, why, MOST_VALUES if len(chosen) > MOST_VALUES else 0)]
