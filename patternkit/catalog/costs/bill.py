"""A bill: lines, their sum, and what is not in it because its price is not known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from patternkit.catalog.costs.prices import PriceTable, price_table

Template = Mapping[str, Any]
Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a bill.

    Attributes:
        what: What is paid for.
        number: How much of it.
        usd: What that comes to.
    """

    what: str
    number: float
    usd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What something costs.

    Attributes:
        lines: What is paid for.
        unknown: What costs something, and the price table does not say how much.
        unconfirmed: What is paid for by a price that was entered by hand.
    """

    lines: tuple[Line, ...]
    unknown: tuple[str, ...]
    unconfirmed: tuple[str, ...]

    @property
    def usd(self) -> float:
        """The sum of what is known, in USD."""
        return sum(line.usd for line in self.lines)

    def __str__(self) -> str:
        missing = f", and not known: {', '.join(self.unknown)}" if self.unknown else ""
        by_hand = f" (price entered by hand: {', '.join(self.unconfirmed)})" if self.unconfirmed else ""
        return f"{self.usd:,.2f} USD{missing}{by_hand}"


def itemized(bill: Bill) -> str:
    """A bill's lines in one, or a word for none."""
    return "; ".join(f"{line.number:,.4g} × {line.what}: {line.usd:,.2f}" for line in bill.lines) or "nothing"


@dataclass(slots=True)
class Counter:
    """Counts what is paid for, to make a bill of it."""

    table: PriceTable = field(default_factory=price_table)
    _numbers: dict[str, float] = field(default_factory=dict)
    _unknown: set[str] = field(default_factory=set)

    def add(self, price: str, number: float = 1) -> None:
        """Add some of a thing.

        Args:
            price: The price's name; one that the table does not have makes the thing unknown.
            number: How much of it.
        """
        if price not in self.table.prices:
            self.miss(price)
        elif number:
            self._numbers[price] = self._numbers.get(price, 0) + number

    def miss(self, what: str) -> None:
        """Record that something has a cost without a known price."""
        self._unknown.add(what)

    def bill(self, factor: float | None = None) -> Bill:
        """Make the bill.

        Args:
            factor: What a price is for, in the numbers' unit: 1 for units. Default: a month of each thing.

        Returns:
            The bill, its lines in the price table's order.
        """
        lines = []
        for name, price in self.table.prices.items():
            if name in self._numbers:
                number = self._numbers[name]
                one = self.table.monthly(name) if factor is None else price.usd * factor
                lines.append(Line(what=price.what, number=number, usd=number * one))
        by_hand = [self.table.prices[name].what for name in self._numbers if self.table.prices[name].read is None]
        return Bill(lines=tuple(lines), unknown=tuple(sorted(self._unknown)), unconfirmed=tuple(by_hand))


def of_type(template: Template, *types: str) -> dict[str, Resource]:
    """Find a template's resources of some types, by logical id."""
    return {name: one for name, one in template.get("Resources", {}).items() if one["Type"] in types}


def properties(resource: Resource) -> Mapping[str, Any]:
    """A resource's properties."""
    found: Mapping[str, Any] = resource.get("Properties", {})
    return found


def referenced(value: Any) -> set[str]:
    """Find the logical ids that a value refers to.

    Args:
        value: Part of a template.

    Returns:
        What stands in its `Ref`, `Fn::GetAtt` and `Fn::Sub`.
    """
    if isinstance(value, Mapping):
        if isinstance(value.get("Ref"), str):
            return {value["Ref"]}
        if "Fn::GetAtt" in value:
            attribute = value["Fn::GetAtt"]
            return {attribute.partition(".")[0] if isinstance(attribute, str) else attribute[0]}
        return referenced(list(value.values()))
    if isinstance(value, list):
        return {name for one in value for name in referenced(one)}
    if isinstance(value, str) and "${" in value:
        return {part.partition("}")[0].partition(".")[0] for part in value.split("${")[1:]}
    return set()


def whole_number(value: Any) -> int | None:
    """A number of a template, which may stand there as text; None if it is not known before deployment."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None
