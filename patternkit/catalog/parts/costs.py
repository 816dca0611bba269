"""What a pattern costs, added up from its templates as `patternkit compare` does."""

from collections.abc import Iterable, Iterator

from patternkit.catalog.costs.bill import Bill, Template, itemized
from patternkit.catalog.costs.by_request import by_million, requests_explained
from patternkit.catalog.costs.prices import Price, price_table
from patternkit.catalog.costs.standing import NOT_COUNTED, standing
from patternkit.catalog.markdown import bullets, table


def costs(templates: Iterable[Template], *, requests: bool | None = None) -> str:
    """Say what templates cost in a month without traffic, and by the million requests.

    Args:
        templates: The templates of one app.
        requests: Whether it serves requests. Default: if any costs something.

    Returns:
        A table and sentences.
    """
    templates = list(templates)
    bill = standing(templates)
    parts = [standing_costs(bill), bullets([*standing_explained(), *missing(bill)])]
    million = by_million(templates)
    if requests is not False and (million.lines or million.unknown):
        parts += [f"A million requests cost {million} on top: {itemized(million)}.", bullets(requests_explained())]
    elif requests:
        parts.append("A million requests cost nothing on top that the price table knows.")
    return "\n\n".join(parts)


def standing_costs(bill: Bill) -> str:
    """A table of what stands and costs: a line for each price, and the sum."""
    if not bill.lines:
        return "Nothing in it has a price while it stands still."
    prices = price_table()
    rows = []
    for line in bill.lines:
        price = prices.named(line.what)
        each = f"[{_each(price)}]({price.source})"
        rows.append((line.what, f"{line.number:g}", each, _by_hour(line.usd), f"{line.usd:,.2f}"))
    rows.append(("**Together**", "", "", f"**{_by_hour(bill.usd)}**", f"**{bill.usd:,.2f}**"))
    return table(("What stands", "Number", "USD each", "USD an hour", "USD a month"), rows)


def standing_explained() -> list[str]:
    """Say what the costs of what stands are of, and what they leave out, in sentences."""
    prices = price_table()
    return [
        f"A month has {prices.hours_a_month} hours.",
        f"Prices are those of {prices.region} as of {prices.as_of}, without tax, free tier and discounts.",
        f"Not counted: {'; '.join(NOT_COUNTED)}.",
    ]


def missing(bill: Bill) -> Iterator[str]:
    """Say what a bill lacks, or has from a price that nobody confirmed, in sentences."""
    if bill.unknown:
        yield f"Not in the price table or not in the template, and on top: {', '.join(bill.unknown)}."
    if bill.unconfirmed:
        yield f"Entered by hand, and not confirmed: {', '.join(bill.unconfirmed)}."


def _each(price: Price) -> str:
    # Money has two places, and small prices as many as they need.
    usd = f"{price.usd:.2f}" if round(price.usd, 2) == price.usd else f"{price.usd:g}"
    return f"{usd} {'an' if price.per == 'hour' else 'a'} {price.per}"


def _by_hour(monthly: float) -> str:
    return f"{monthly / price_table().hours_a_month:,.4f}"
