"""Patterns side by side on a terminal: narrow tables under each other, a pattern a row, so that 80 columns do."""

from collections.abc import Callable, Mapping, Sequence

from rich.console import Console
from rich.table import Table

from patternkit.catalog.comparison.facts import Facts
from patternkit.catalog.comparison.rows import BRINGS, bounds_of, costs_explained, dollars, not_known, publicity
from patternkit.catalog.discovery import Pattern


def print_comparison(screen: Console, patterns: Sequence[Pattern], facts: Mapping[str, Facts]) -> None:
    """Print patterns side by side.

    Args:
        screen: Where to.
        patterns: The patterns.
        facts: Their facts.
    """
    screen.print(_glance(patterns, facts), "", _template(patterns, facts), "")
    screen.print(_sentences("WHAT IS PUBLIC", {one.name: [publicity(facts[one.name])] for one in patterns}), "")
    # What serves no requests says nothing of how it does.
    if served := [one for one in patterns if one.web]:
        screen.print(_bounds(served), "")
        for title, say in _SENTENCES:
            screen.print(_sentences(title, {one.name: say(one) for one in served}), "")
    older = {one.name: [f"{each.what}: {each.was}" for each in one.limits if each.was] for one in patterns}
    if any(older.values()):
        screen.print(_sentences("WHERE OLDER TEXTS ARE OUT OF DATE", older), "")
    for line in (
        "STANDING: USD a month without traffic. MILLION: USD for a million requests on top.",
        *costs_explained(),
        "* AWS raises it on request.",
        *(f"+ {name}, {what}." for name, what in not_known(facts)),
    ):
        screen.print(line, style="dim", markup=False)


_SENTENCES: tuple[tuple[str, Callable[[Pattern], list[str]]], ...] = (
    ("HOW IT SCALES", lambda one: [one.web.scaling] if one.web else []),
    ("BURSTS", lambda one: [one.web.burst] if one.web else []),
    ("STATE", lambda one: [one.web.state] if one.web else []),
    ("HOW IT FAILS", lambda one: list(one.web.failure_modes) if one.web else []),
)


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number == 0, overflow="fold")
    return table


def _glance(patterns: Sequence[Pattern], facts: Mapping[str, Facts]) -> Table:
    table = _table("PATTERN", "RUNS", "SCALES", "ZONE LOST", "STANDING", "MILLION")
    for column in table.columns[-2:]:
        column.justify = "right"
    for one in patterns:
        web = one.web
        said = (", ".join(BRINGS[each] for each in web.runs), web.scales_within, web.zone_loss) if web else ("", "", "")
        table.add_row(one.name, *said, dollars(facts[one.name].standing), dollars(facts[one.name].by_million))
    return table


def _bounds(patterns: Sequence[Pattern]) -> Table:
    table = _table("PATTERN", "LONGEST", "REQUEST", "RESPONSE", "RATE", "WEBSOCKET")
    for one in patterns:
        texts = list(bounds_of(one).values())
        if one.web and one.web.answer == "receipt":
            texts[2] = "a receipt"
        long = ("yes" if one.web.long_connections else "no") if one.web else ""
        table.add_row(one.name, *texts, long)
    return table


_SHORT = {"AwsSolutions": "AWS", "Serverless": "SLS", "NIST.800.53.R5": "NIST", "HIPAA.Security": "HIPAA"}


def _template(patterns: Sequence[Pattern], facts: Mapping[str, Facts]) -> Table:
    packs = list(next(iter(facts.values())).findings)
    short = [_SHORT.get(pack, pack.partition(".")[0]) for pack in packs]
    table = _table("PATTERN", "RESOURCES", "FIXED IP", *short)
    for one in patterns:
        own = facts[one.name]
        numbers = [sum(own.resources.values()), own.fixed_addresses, *own.findings.values()]
        table.add_row(one.name, *(str(number) for number in numbers))
    for column in table.columns[1:]:
        column.justify = "right"
    named = ", ".join(f"{name} ({pack})" if name != pack else name for name, pack in zip(short, packs, strict=True))
    table.caption, table.caption_justify = f"Rules with findings that are not acknowledged: {named}", "left"
    return table


def _sentences(title: str, said: Mapping[str, Sequence[str]]) -> Table:
    table = _table("PATTERN", title)
    for name, sentences in said.items():
        for number, sentence in enumerate(sentences):
            # Several are told apart by a dash.
            table.add_row(name if number == 0 else "", sentence if len(sentences) == 1 else f"- {sentence}")
    return table
