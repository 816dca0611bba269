"""What was chosen and why, on a terminal and as JSON."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from patternkit.catalog.comparison.case import Fit
from patternkit.catalog.comparison.choosing import Candidate
from patternkit.catalog.comparison.requirements import Requirements
from patternkit.catalog.costs.prices import price_table


def as_json(wanted: Requirements, fitting: Sequence[Candidate], out: Sequence[Candidate]) -> dict[str, Any]:
    """All that was weighed, as JSON values."""
    return {
        "requirements": wanted.given(),
        "weighed": weighed(wanted),
        "requests_a_month": wanted.requests_a_month,
        "region": price_table().region,
        "prices_as_of": price_table().as_of.isoformat(),
        "fitting": [{"rank": rank, **_candidate(one)} for rank, one in enumerate(fitting, start=1)],
        "out": [_candidate(one) for one in out],
    }


def weighed(wanted: Requirements) -> str:
    """Which patterns were weighed, in a phrase."""
    kinds = (("serve requests", wanted.concerns_requests), ("work on events", wanted.concerns_events))
    return f"patterns that {' or '.join(kind for kind, asked in kinds if asked)}"


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "pattern": one.pattern.name,
        "title": one.pattern.title,
        "monthly_usd": round(one.monthly_usd, 2),
        "cost_not_known": list(one.not_known),
        "reasons": [
            {"requirement": each.requirement, "fit": each.fit.name.lower(), "why": each.why} for each in one.reasons
        ],
    }


def print_verdict(
    screen: Console, wanted: Requirements, fitting: Sequence[Candidate], out: Sequence[Candidate]
) -> None:
    """Print the ranking with its reasons, and what is out with the reasons for that.

    Args:
        screen: Where to.
        wanted: What was asked for.
        fitting: Those that fit, the best first.
        out: Those that do not.
    """
    for rank, one in enumerate(fitting, start=1):
        standing = "" if one.pattern.web else " standing still; what events cost was not computed"
        cost = f"${one.monthly_usd:,.2f}{'+' if one.not_known else ''} a month{standing}"
        screen.print(Text.assemble((f"{rank}. {one.pattern.name}", "bold"), f"  {cost}"))
        _reasons(screen, [*((Fit.MEETS, why) for why in one.why(Fit.MEETS)), *_conditions(one)])
    if not fitting:
        screen.print("Nothing fits all of it; the reasons say what to give up.", style="bold")
    if out:
        screen.print("\nOut:", style="bold")
        for one in out:
            screen.print(Text(one.pattern.name, style="bold"))
            _reasons(screen, [(Fit.FAILS, why) for why in one.why(Fit.FAILS)])
    table = price_table()
    screen.print(f"\nWeighed: {weighed(wanted)}.", style="dim", markup=False)
    screen.print(
        f"Costs: {wanted.requests_a_month:,} requests a month on the fewest instances and tasks, in {table.region}, "
        f"prices of {table.as_of}; + something comes on top whose price is not known: `patternkit compare` names it.",
        style="dim",
        markup=False,
    )


def _conditions(one: Candidate) -> list[tuple[Fit, str]]:
    return [(Fit.ON_CONDITION, why) for why in one.why(Fit.ON_CONDITION)]


_MARKS = {Fit.MEETS: ("+", "green"), Fit.ON_CONDITION: ("if", "yellow"), Fit.FAILS: ("-", "red")}


def _reasons(screen: Console, reasons: Sequence[tuple[Fit, str]]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for fit, why in reasons:
        mark, colour = _MARKS[fit]
        table.add_row(Text(mark, style=colour), Text(why))
    if reasons:
        screen.print(Padding(table, (0, 0, 0, 3)))
