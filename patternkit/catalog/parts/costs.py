"""What a pattern costs, added up from its templates as `patternkit compare` does."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from patternkit.catalog.costs.bill import Bill, Template, itemized
from patternkit.catalog.costs.by_request import by_million, requests_explained
from patternkit.catalog.costs.prices import Price, price_table
from patternkit.catalog.costs.standing import NOT_COUNTED, standing
from patternkit.catalog.markdown import Table, bullets

_NOTHING = "Nothing in it has a price while it stands still."


def costs(templates: Iterable[Template], *, requests: bool | None = None) -> str:
    """Describe the cost of templates: a month without traffic, and a million requests.

    Args:
        templates: The templates of one app.
        requests: Whether it serves requests. Default: if any costs something.

    Returns:
        A table and sentences.
    """
    parts = itemized_costs(templates, requests=requests)
    return "\n\n".join(one if isinstance(one, str) else one.markdown() for one in parts)


def itemized_costs(templates: Iterable[Template], *, requests: bool | None = None) -> list[Table | str]:
    """The same as tables and paragraphs."""
    templates = list(templates)
    bill = standing(templates)
    parts: list[Table | str] = [
        standing_table(bill) if bill.lines else _NOTHING,
        bullets([*standing_explained(), *missing(bill)]),
    ]
    million = by_million(templates)
    if requests is not False and (million.lines or million.unknown):
        parts += [_on_top(million), bullets(requests_explained())]
    elif requests:
        parts.append("A million requests cost nothing on top that the price table knows.")
    return parts


def _on_top(million: Bill) -> str:
    if not million.lines:
        return f"What a million requests cost on top is not known: no price is known of {', '.join(million.unknown)}."
    more = f", and what no price is known of: {', '.join(million.unknown)}" if million.unknown else ""
    return f"A million requests cost {replace(million, unknown=())} on top: {itemized(million)}{more}."


def summarized(templates: Iterable[Template], *, requests: bool = False) -> str:
    """Summarize the cost of templates in one line: a month without traffic, and a million requests.

    Args:
        templates: The templates of one app.
        requests: Whether it serves requests. Default: no.

    Returns:
        A line of sentences.
    """
    templates, prices = list(templates), price_table()
    bill, million = standing(templates), by_million(templates)
    stands = f"**USD {bill.usd:,.2f} a month** without traffic" if bill.lines else "Nothing without traffic"
    on_top = f", {million.usd:,.2f} for a million requests" if requests and million.lines else ""
    unknown = dict.fromkeys([*bill.unknown, *(million.unknown if requests else ())])
    left_out = f" Not included, since no price is known: {', '.join(unknown)}." if unknown else ""
    return f"{stands}{on_top} ({prices.region}, {prices.as_of}).{left_out}"


def standing_costs(bill: Bill) -> str:
    """A table of what stands and costs: a line for each price, and the sum."""
    return standing_table(bill).markdown() if bill.lines else _NOTHING


def standing_table(bill: Bill) -> Table:
    """The rows of what stands and costs."""
    prices = price_table()
    rows = []
    for line in bill.lines:
        price = prices.named(line.what)
        each = f"[{_each(price)}]({price.source})"
        rows.append((line.what, f"{line.number:g}", each, _by_hour(line.usd), f"{line.usd:,.2f}"))
    rows.append(("**Together**", "", "", f"**{_by_hour(bill.usd)}**", f"**{bill.usd:,.2f}**"))
    return Table(("What stands", "Number", "USD each", "USD an hour", "USD a month"), rows)


def standing_explained() -> list[str]:
    """Sentences on what the standing costs cover, and what they leave out."""
    prices = price_table()
    return [
        f"A month has {prices.hours_a_month} hours.",
        f"Prices are those of {prices.region} as of {prices.as_of}, without tax, free tier and discounts.",
        f"Not counted: {'; '.join(NOT_COUNTED)}.",
    ]


def missing(bill: Bill) -> Iterator[str]:
    """Sentences on what has no price in a bill, and on prices that are not confirmed."""
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
