"""Patterns side by side on a terminal: narrow tables, a pattern a row, or records where they are too wide."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from rich.console import Console

from patternkit.catalog.comparison.edge import edge
from patternkit.catalog.comparison.facts import Facts
from patternkit.catalog.comparison.rows import (
    BRINGS,
    NOT_COMPUTED,
    bounds_of,
    costs_explained,
    dollars,
    million,
    not_known,
    payload_of,
    publicity,
)
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.events import Events
from patternkit.screen import print_rows


def print_comparison(screen: Console, patterns: Sequence[Pattern], facts: Mapping[str, Facts]) -> None:
    """Print patterns side by side.

    Args:
        screen: Where to.
        patterns: The patterns.
        facts: Their facts.
    """
    print_rows(screen, ("PATTERN", "RUNS", "SCALES", "ZONE LOST", "STANDING", "MILLION"), _glance(patterns, facts))
    screen.print()
    _print_template(screen, patterns, facts)
    _print_sentences(screen, "WHAT IS PUBLIC", {one.name: [publicity(facts[one.name])] for one in patterns})
    # What serves no requests says nothing of how it does.
    if served := [one for one in patterns if one.web]:
        print_rows(
            screen,
            ("PATTERN", "LONGEST", "REQUEST", "RESPONSE", "RATE", "WEBSOCKET"),
            _bounds(served),
        )
        screen.print()
        _print_sentences(screen, "BY CLOUDFRONT ALONE", {one.name: [edge(one, facts[one.name])] for one in served})
        for title, say in _SENTENCES:
            _print_sentences(screen, title, {one.name: say(one) for one in served})
    if working := [one for one in patterns if one.events]:
        print_rows(screen, ("PATTERN", "STARTED BY", "DELIVERY", "ORDER", "REPEATS", "PAYLOAD"), _events(working))
        screen.print()
        for title, tell in _OF_EVENTS:
            _print_sentences(screen, title, {one.name: [tell(one.events)] for one in working if one.events})
    older = {one.name: [f"{each.what}: {each.was}" for each in one.limits if each.was] for one in patterns}
    if any(older.values()):
        _print_sentences(screen, "WHERE OLDER TEXTS ARE OUT OF DATE", older)
    for line in (
        "STANDING: USD a month without traffic. MILLION: USD for a million requests on top.",
        f"{NOT_COMPUTED}: it serves no requests, so nothing was computed; or it has none, or none is known.",
        *_incomparable(patterns),
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


_OF_EVENTS: tuple[tuple[str, Callable[[Events], str]], ...] = (
    ("HOW EVENTS COME", lambda one: one.delivered),
    ("ORDER", lambda one: one.ordering),
    ("TWICE", lambda one: one.repeating),
    ("FAILURES", lambda one: one.failing),
)


def _events(patterns: Sequence[Pattern]) -> Iterator[tuple[str, ...]]:
    for one in patterns:
        if (own := one.events) is not None:
            delivery = ", ".join((*own.delivery, *(["after a person decides"] if own.human else [])))
            yield (one.name, ", ".join(own.starts), delivery, own.order, own.repeats, payload_of(one))


def _incomparable(patterns: Sequence[Pattern]) -> Iterator[str]:
    """Which patterns have nothing in common but that they have a template."""
    kinds = {
        "what serves requests": [one.name for one in patterns if one.web and not one.events],
        "what works on events": [one.name for one in patterns if one.events and not one.web],
        "what does neither": [one.name for one in patterns if not one.web and not one.events],
    }
    if len(told := [f"{kind} ({', '.join(names)})" for kind, names in kinds.items() if names]) > 1:
        yield f"Only templates are compared between {', '.join(told[:-1])} and {told[-1]}."


def _glance(patterns: Sequence[Pattern], facts: Mapping[str, Facts]) -> Iterator[tuple[str, ...]]:
    for one in patterns:
        told = one.web or one.events
        runs, zone_loss = (", ".join(BRINGS[each] for each in told.runs), told.zone_loss) if told else ("", "")
        scales = one.web.scales_within if one.web else ""
        own = facts[one.name]
        yield (one.name, runs, scales, zone_loss, dollars(own.standing), million(one, own))


def _bounds(patterns: Sequence[Pattern]) -> Iterator[tuple[str, ...]]:
    for one in patterns:
        texts = list(bounds_of(one).values())
        if one.web and one.web.answer == "receipt":
            texts[2] = "a receipt"
        long = ("yes" if one.web.long_connections else "no") if one.web else ""
        yield (one.name, *texts, long)


_SHORT = {"AwsSolutions": "AWS", "Serverless": "SLS", "NIST.800.53.R5": "NIST", "HIPAA.Security": "HIPAA"}


def _print_template(screen: Console, patterns: Sequence[Pattern], facts: Mapping[str, Facts]) -> None:
    packs = list(next(iter(facts.values())).findings)
    short = [_SHORT.get(pack, pack.partition(".")[0]) for pack in packs]
    rows = []
    for one in patterns:
        own = facts[one.name]
        numbers = [sum(own.resources.values()), own.fixed_addresses, *own.findings.values()]
        rows.append((one.name, *(str(number) for number in numbers)))
    named = ", ".join(f"{name} ({pack})" if name != pack else name for name, pack in zip(short, packs, strict=True))
    caption = f"Rules with findings that are not acknowledged: {named}"
    print_rows(screen, ("PATTERN", "RESOURCES", "FIXED IP", *short), rows, numbers=True, caption=caption)
    screen.print()


def _print_sentences(screen: Console, title: str, said: Mapping[str, Sequence[str]]) -> None:
    rows = [
        # Several are told apart by a dash.
        (name if number == 0 else "", sentence if len(sentences) == 1 else f"- {sentence}")
        for name, sentences in said.items()
        for number, sentence in enumerate(sentences)
    ]
    print_rows(screen, ("PATTERN", title), rows, prose=30)
    screen.print()
