"""The page that shows what serves requests and what works on events side by side, from facts and metadata."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from patternkit.catalog.comparison.choosing import choose
from patternkit.catalog.comparison.edge import edge
from patternkit.catalog.comparison.event_rules import started_by
from patternkit.catalog.comparison.facts import Facts, record, record_file
from patternkit.catalog.comparison.needs import NEEDS, given
from patternkit.catalog.comparison.requirements import requirements
from patternkit.catalog.comparison.rows import (
    BRINGS,
    bounds_of,
    costs_explained,
    dollars,
    million,
    not_known,
    payload_of,
    publicity,
)
from patternkit.catalog.costs.bill import itemized
from patternkit.catalog.costs.prices import price_table
from patternkit.catalog.discovery import Pattern, patterns
from patternkit.catalog.limits import BOUNDS, Limit
from patternkit.catalog.markdown import bullets, sections, table

PAGE = "docs/guides/choose-a-web-architecture.md"


def page_file() -> Path:
    """Where the page is, in a clone of the repository."""
    return Path(__file__).parents[3] / PAGE


def written(facts: Mapping[str, Facts]) -> list[Path]:
    """Rewrite the recorded facts and the page that is made of them, in a clone of the repository.

    Args:
        facts: The facts of patterns that serve requests or work on events; those of patterns that are gone are left
            out.

    Returns:
        The files that changed.
    """
    found = patterns()
    facts = {name: facts[name] for name, one in found.items() if (one.web or one.events) and name in facts}
    text = page_file().read_text(encoding="utf-8") if page_file().exists() else ""
    changed = []
    for path, new in ((record_file(), record(facts)), (page_file(), rendered_page(text, found, facts) if text else "")):
        if path.exists() and path.read_text(encoding="utf-8") != new:
            path.write_text(new, encoding="utf-8")
            changed.append(path)
    return changed


def rendered_page(text: str, found: Mapping[str, Pattern], facts: Mapping[str, Facts]) -> str:
    """Make the page anew: the prose as it stands, the tables from facts and metadata.

    Args:
        text: The page.
        found: The patterns, of which those that serve requests or work on events are shown.
        facts: Their facts.

    Returns:
        The page.

    Raises:
        CatalogError: If it lacks the markers of a part.
    """
    known = [one for one in found.values() if one.name in facts]
    requests = _parts([one for one in known if one.web], facts)
    events = _event_parts([one for one in known if one.events], facts)
    return sections(PAGE, text, requests | events | {"needs": _needs(known, facts)})


def _event_parts(shown: Sequence[Pattern], facts: Mapping[str, Facts]) -> dict[str, str]:
    told = [(one, one.events) for one in shown if one.events]
    heads = ("Pattern", "Started by", "Delivery", "Order", "An event twice", "Person", "Largest", "A month idle")
    glance = [
        (
            _link(one),
            started_by(own.starts),
            ", ".join(own.delivery),
            own.order,
            own.repeats,
            "decides" if own.human else "no",
            payload_of(one),
            dollars(facts[one.name].standing),
        )
        for one, own in told
    ]
    sentences = [(_link(one), own.delivered, own.ordering, own.repeating, own.failing) for one, own in told]
    return {
        "events": table(heads, glance),
        "events-in-words": table(("Pattern", "How events come", "Order", "Twice", "Failures"), sentences),
    }


def _needs(known: Sequence[Pattern], facts: Mapping[str, Facts]) -> str:
    rows = []
    for need, options in NEEDS:
        fitting, _ = choose(requirements(given(options)), known, facts)
        best, *others = [_link(one.pattern) for one in fitting] or ["nothing"]
        rows.append((need, f"`patternkit choose {options}`", best, ", ".join(others[:2])))
    return table(("What is needed", "On the command line", "First", "Then"), rows)


def _parts(shown: Sequence[Pattern], facts: Mapping[str, Facts]) -> dict[str, str]:
    return {
        "at-a-glance": _glance(shown, facts),
        "scaling": table(
            ("Pattern", "What adds capacity", "Within", "A burst before that"),
            [(_link(one), one.web.scaling, one.web.scales_within, one.web.burst) for one in shown if one.web],
        ),
        "limits": _bounds(shown),
        "limits-in-words": _limits(shown),
        "failure-modes": table(
            ("Pattern", "A zone is lost", "How it fails"),
            [
                (_link(one) if number == 0 else "", one.web.zone_loss if number == 0 else "", how)
                for one in shown
                if one.web
                for number, how in enumerate(one.web.failure_modes)
            ],
        ),
        "state": table(
            ("Pattern", "Must keep no state", "State"),
            [(_link(one), "yes" if one.web.stateless else "no", one.web.state) for one in shown if one.web],
        ),
        "public": table(
            ("Pattern", "What is public", "Fixed public addresses", "By Amazon CloudFront alone"),
            [_public(one, facts[one.name]) for one in shown],
        ),
        "resources": _resources(shown, facts),
        "findings": _findings(shown, facts),
        "costs": _costs(shown, facts),
        "prices": _prices(shown, facts),
    }


def _public(one: Pattern, facts: Facts) -> tuple[str, ...]:
    return _link(one), publicity(facts), str(facts.fixed_addresses), edge(one, facts).replace("edge=", "`edge`")


def _link(pattern: Pattern) -> str:
    return f"[{pattern.name}](../../patterns/{pattern.family}/{pattern.folder.name}/README.md)"


def _glance(shown: Sequence[Pattern], facts: Mapping[str, Facts]) -> str:
    rows = []
    for one in shown:
        if one.web:
            own = facts[one.name]
            runs = ", ".join(BRINGS[each] for each in one.web.runs)
            long = "yes" if one.web.long_connections else "no"
            costs = (dollars(own.standing), million(one, own))
            rows.append((_link(one), runs, one.web.answer, one.web.scales_within, one.web.zone_loss, long, *costs))
    heads = (
        "Pattern",
        "Runs",
        "Callers get",
        "Scales within",
        "Zone lost",
        "WebSocket",
        "A month idle",
        "A million requests",
    )
    return table(heads, rows)


def _bounds(shown: Sequence[Pattern]) -> str:
    heads = ("Pattern", *(name[0].upper() + name[1:] for name in BOUNDS.values()))
    return table(heads, [(_link(one), *bounds_of(one).values()) for one in shown])


def _limits(shown: Sequence[Pattern]) -> str:
    """Each limit once, with the patterns that have it: several patterns share most of them."""
    having: dict[Limit, list[str]] = {}
    for pattern in shown:
        for limit in pattern.limits:
            having.setdefault(limit, []).append(pattern.name)
    rows = [
        (one.what, f"[{one.value}]({one.source})", one.was or "", _day(one.as_of), ", ".join(names))
        for one, names in having.items()
    ]
    return table(("Limit", "Value", "Older texts say", "As of", "Patterns"), rows)


def _day(day: date) -> str:
    return day.isoformat()


def _resources(shown: Sequence[Pattern], facts: Mapping[str, Facts]) -> str:
    rows = []
    for one in shown:
        counts = facts[one.name].resources
        listed = ", ".join(f"{number} {name.removeprefix('AWS::')}" for name, number in counts.items())
        rows.append((_link(one), str(sum(counts.values())), str(len(counts)), listed))
    return table(("Pattern", "Resources", "Types", "Which"), rows)


def _findings(shown: Sequence[Pattern], facts: Mapping[str, Facts]) -> str:
    packs = list(next(iter(facts.values())).findings) if facts else []
    rows = [(_link(one), *(str(number) for number in facts[one.name].findings.values())) for one in shown]
    return table(("Pattern", *packs), rows)


def _costs(shown: Sequence[Pattern], facts: Mapping[str, Facts]) -> str:
    rows = []
    for one in shown:
        for kind, bill in (
            ("A month idle", facts[one.name].standing),
            ("A million requests", facts[one.name].by_million),
        ):
            if bill is not None:
                rows.append((_link(one), kind, itemized(bill), dollars(bill)))
    missing = [f"`{name}`, {what}" for name, what in not_known({one.name: facts[one.name] for one in shown})]
    return f"{table(('Pattern', 'Of', 'For what', 'USD'), rows)}\n\n{bullets([*costs_explained(), *missing])}"


def _prices(shown: Sequence[Pattern], facts: Mapping[str, Facts]) -> str:
    """The prices that the costs are made of."""
    used = {
        line.what
        for one in shown
        for bill in (facts[one.name].standing, facts[one.name].by_million)
        if bill is not None
        for line in bill.lines
    }
    rows = [
        (one.what, f"{one.usd:g}", one.per, f"[price page]({one.source})", _read(one.read), _day(one.as_of))
        for one in price_table().prices.values()
        if one.what in used
    ]
    return table(("Price of", "USD", "Per", "AWS", "Read", "As of"), rows)


def _read(where: str | None) -> str:
    if where is None:
        return "entered by hand, not confirmed"
    return f"[here]({where})" if where.startswith("https://") else where
