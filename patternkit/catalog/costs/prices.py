"""What AWS charges, from `prices.toml`: one dated table for every cost that the catalog shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import tomli


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one thing costs.

    Attributes:
        what: The thing, in the singular.
        usd: Its price in USD.
        per: What that pays for: an "hour" or a "month" of one, a "million" of them, a "GB", or one "unit".
        as_of: The day that it was looked up.
        source: AWS's page of it.
        read: Where the number was read; none if it was entered by hand, and is not confirmed.
    """

    what: str
    usd: float
    per: str
    as_of: date
    source: str
    read: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceTable:
    """The price table.

    Attributes:
        region: The Region that the prices are of.
        hours_a_month: How many hours a month is taken to have.
        request: What one request is taken to be, by name: bytes, milliseconds, and so on.
        capacity_unit: What one capacity unit of an Application Load Balancer lasts for.
        capacity_unit_as_of: The day that this was looked up.
        capacity_unit_source: AWS's page of it.
        prices: The prices by name.
    """

    region: str
    hours_a_month: int
    request: Mapping[str, int]
    capacity_unit: Mapping[str, float]
    capacity_unit_as_of: date
    capacity_unit_source: str
    prices: Mapping[str, Price]

    @property
    def as_of(self) -> date:
        """The day of the oldest price."""
        return min(one.as_of for one in self.prices.values())

    def named(self, what: str) -> Price:
        """The price of what a bill's line is about."""
        return next(one for one in self.prices.values() if one.what == what)

    def monthly(self, name: str) -> float:
        """The price of one thing that stands for a month, in USD."""
        price = self.prices[name]
        return price.usd * (self.hours_a_month if price.per == "hour" else 1)


@cache
def price_table() -> PriceTable:
    """Read the price table.

    Returns:
        The table.
    """
    text = resources.files("patternkit.catalog.costs").joinpath("prices.toml").read_text(encoding="utf-8")
    fields: dict[str, Any] = tomli.loads(text)
    unit = {name: value for name, value in fields["application-lcu"].items() if isinstance(value, int | float)}
    return PriceTable(
        region=fields["region"],
        hours_a_month=fields["hours_a_month"],
        request=fields["request"],
        capacity_unit=unit,
        capacity_unit_as_of=fields["application-lcu"]["as_of"],
        capacity_unit_source=fields["application-lcu"]["source"],
        prices={name: Price(**entry) for name, entry in fields["prices"].items()},
    )
