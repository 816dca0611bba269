"""Facts about AWS that the catalog states, each with its source and the day on which it was read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from patternkit.catalog.costs.prices import price_table
from patternkit.catalog.discovery import patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedFact:
    """A fact.

    Attributes:
        what: What it is about.
        value: What is stated.
        as_of: The day on which it was read.
        source: Where.
        stated_by: The patterns whose pages state it; for a price, "prices".
    """

    what: str
    value: str
    as_of: date
    source: str
    stated_by: tuple[str, ...]


def dated_facts() -> list[DatedFact]:
    """Gather all facts: the quotas and limits of patterns, and the prices.

    Returns:
        The facts, the oldest first.
    """
    return sorted([*_limits(), *_prices()], key=lambda one: (one.as_of, one.what, one.value))


def _limits() -> Iterator[DatedFact]:
    stated: dict[tuple[str, str, date, str], list[str]] = {}
    for pattern in patterns().values():
        for limit in pattern.limits:
            stated.setdefault((limit.what, limit.value, limit.as_of, limit.source), []).append(pattern.name)
    for (what, value, as_of, source), names in stated.items():
        yield DatedFact(what=what, value=value, as_of=as_of, source=source, stated_by=tuple(names))


def _prices() -> Iterator[DatedFact]:
    table = price_table()
    unit = table.capacity_unit
    yield DatedFact(
        what="Capacity unit of an Application Load Balancer",
        value=", ".join(f"{name} {number:g}" for name, number in unit.items()),
        as_of=table.capacity_unit_as_of,
        source=table.capacity_unit_source,
        stated_by=("prices",),
    )
    for price in table.prices.values():
        value = f"USD {price.usd:g} {'an' if price.per == 'hour' else 'a'} {price.per} in {table.region}"
        yield DatedFact(what=price.what, value=value, as_of=price.as_of, source=price.source, stated_by=("prices",))


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of that month if it has no such day.

    Args:
        day: The day.
        months: How many months.

    Returns:
        The earlier day.

    Raises:
        ValueError: If that is before the year 1.
    """
    month = day.year * 12 + day.month - 1 - months
    year, index = divmod(month, 12)
    for last in range(day.day, 27, -1):
        try:
            return date(year, index + 1, last)
        except ValueError:
            if last == 28:
                raise
    return date(year, index + 1, day.day)
