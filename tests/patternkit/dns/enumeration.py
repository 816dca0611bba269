"""A second opinion on record trees, as slow as the documentation reads: draw a record, look whether it is healthy, and
if it is not, put it away and draw again. It shares no code with `patternkit.dns`.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass
class Leaf:
    """One record: an address, or an alias to another name."""

    policy: str
    address: str = ""
    alias: str = ""
    evaluate: bool = False
    checked: bool = False
    weight: int = 0
    region: str = ""
    primary: bool = False
    place: str = ""  # "US-CA", "US", "NA" or "*"


@dataclass
class Tree:
    """Groups of records by name, the client, and what is ill."""

    groups: dict[str, list[Leaf]]
    latency: dict[str, int] = field(default_factory=dict)
    places: tuple[str, ...] = ()  # of the client, the smallest first
    ill: frozenset[str] = frozenset()


def healthy(tree: Tree, record: Leaf) -> bool:
    if record.checked and record.address in tree.ill:
        return False
    if record.alias and record.evaluate:
        return any(healthy(tree, inner) for inner in tree.groups[record.alias])
    return True


def draws(tree: Tree, left: list[Leaf]) -> list[tuple[Leaf, Fraction]]:
    """What may be drawn first of the records that are left."""
    policy = left[0].policy
    if policy == "weighted":
        heavy = [record for record in left if record.weight > 0]
        if heavy:
            total = sum(record.weight for record in heavy)
            return [(record, Fraction(record.weight, total)) for record in heavy]
        return [(record, Fraction(1, len(left))) for record in left]
    if policy == "failover":
        return [(next((record for record in left if record.primary), left[0]), Fraction(1))]
    if policy == "latency":
        return [(min(left, key=lambda record: tree.latency[record.region]), Fraction(1))]
    if policy == "geolocation":
        for place in tree.places:
            for record in left:
                if record.place == place:
                    return [(record, Fraction(1))]
        return []
    return [(left[0], Fraction(1))]


def paths(tree: Tree, group: list[Leaf], left: list[Leaf], part: Fraction) -> list[tuple[Leaf | None, Fraction]]:
    """Every sequence of draws until a healthy record, each with how likely it is."""
    drawn = draws(tree, left) if left else []
    if not drawn:
        # None was healthy: "all the records in the group are considered healthy".
        return [(record, part * likely) for record, likely in draws(tree, group)] or [(None, part)]
    found: list[tuple[Leaf | None, Fraction]] = []
    for record, likely in drawn:
        if healthy(tree, record):
            found.append((record, part * likely))
        else:
            found += paths(tree, group, [one for one in left if one is not record], part * likely)
    return found


def enumerate_answers(tree: Tree, name: str, part: Fraction = Fraction(1)) -> Counter[tuple[str, ...]]:
    """How likely each answer is; the empty one is no answer."""
    group = tree.groups[name]
    found: Counter[tuple[str, ...]] = Counter()
    if group[0].policy == "multivalue":
        well = [record.address for record in group if healthy(tree, record)]
        found[tuple(sorted(well or [record.address for record in group]))] += part  # type: ignore[assignment]
        return found
    for record, likely in paths(tree, group, group, part):
        if record is None:
            found[()] += likely  # type: ignore[assignment]
        elif record.alias:
            found.update(enumerate_answers(tree, record.alias, likely))
        else:
            found[(record.address,)] += likely  # type: ignore[assignment]
    return found
