"""The rows that the screen and the page show of each pattern, and their JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from patternkit.catalog.comparison.bounds import bound, shown
from patternkit.catalog.comparison.edge import edge
from patternkit.catalog.comparison.facts import Facts
from patternkit.catalog.costs.bill import Bill
from patternkit.catalog.costs.by_request import requests_explained
from patternkit.catalog.costs.prices import price_table
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.limits import BOUNDS, PAYLOAD, Limit

BRINGS = {
    "machines": "machines",
    "containers": "containers",
    "functions": "a function",
    "nothing": "no code",
}


def _holds(limit: Limit, pattern: Pattern) -> bool:
    return pattern.web is None or limit.holds_for(pattern.web.runs)


RAISED = "*"
"""What marks a limit that AWS raises on request."""


def bounds_of(pattern: Pattern) -> dict[str, str]:
    """What bounds a pattern, as people read it.

    Args:
        pattern: The pattern.

    Returns:
        Texts by the name of the bound: a number, "none" where AWS sets none, "not said" where the pattern
        says neither, "" where it serves no requests.
    """
    texts = {}
    for name in BOUNDS:
        tightest = bound([one for one in pattern.limits if _holds(one, pattern)], name)
        partial = bound([one for one in pattern.limits if not _holds(one, pattern)], name)
        if tightest is None:
            texts[name] = _unbounded(pattern, name)
        else:
            texts[name] = shown(name, tightest.at or 0) + (RAISED if tightest.adjustable else "")
        if partial is not None:
            texts[name] += f"; {partial.runs} {shown(name, partial.at or 0)}"
    return texts


def _unbounded(pattern: Pattern, name: str) -> str:
    if pattern.web is None:
        return ""
    return "none" if name in pattern.web.unbounded else "not said"


def payload_of(pattern: Pattern) -> str:
    """The largest event, message or file that a pattern works on, as people read it.

    Args:
        pattern: A pattern that works on events.

    Returns:
        The bound; that of its requests, where it serves any; "-" where nothing is handed over or nothing is said.
    """
    name = "request_bytes" if pattern.web else PAYLOAD
    tightest = bound([one for one in pattern.limits if _holds(one, pattern)], name)
    return NOT_COMPUTED if tightest is None else shown(name, tightest.at or 0)


NOT_COMPUTED = "-"
"""What stands for a sum that nobody has added up."""


def million(pattern: Pattern, facts: Facts) -> str:
    """What a million requests cost on top; a pattern that serves none has no such sum."""
    return dollars(facts.by_million) if pattern.web and facts.by_million is not None else NOT_COMPUTED


def dollars(bill: Bill) -> str:
    """The sum of a bill, marked where something that is not known comes on top."""
    if bill.unknown and not bill.lines:
        return "not known"
    return f"${bill.usd:,.2f}{'+' if bill.unknown else ''}"


def publicity(facts: Facts) -> str:
    """What is public, in one line, each thing once."""
    return "; ".join(dict.fromkeys(one.what for one in facts.public)) or "nothing"


def costs_explained() -> list[str]:
    """Describe what the costs cover, and what they leave out.

    Returns:
        Sentences.
    """
    table = price_table()
    return [
        f"Prices are those of {table.region} as of {table.as_of}; the example stands as it is without options.",
        *requests_explained(),
    ]


def not_known(facts: Mapping[str, Facts]) -> list[tuple[str, str]]:
    """What the costs leave out because no price is known, or take from a price that was entered by hand."""
    found = []
    for name, one in facts.items():
        for what, bill in (("standing", one.standing), ("a million requests", one.by_million)):
            if bill is None:
                continue
            found += [(name, f"{what}: price not known of {missing}") for missing in bill.unknown]
            found += [(name, f"{what}: price entered by hand of {by_hand}") for by_hand in bill.unconfirmed]
    return found


def as_json(pattern: Pattern, facts: Facts) -> dict[str, Any]:
    """All that is compared of a pattern, as JSON values."""
    return {
        "name": pattern.name,
        "family": pattern.family,
        "title": pattern.title,
        "summary": pattern.summary,
        "services": pattern.services,
        "local": pattern.local,
        "web": asdict(pattern.web) if pattern.web else None,
        "events": asdict(pattern.events) if pattern.events else None,
        "edge": edge(pattern, facts) if pattern.web else None,
        "limits": [asdict(one) | {"as_of": one.as_of.isoformat()} for one in pattern.limits],
        **facts.as_json(),
    }
