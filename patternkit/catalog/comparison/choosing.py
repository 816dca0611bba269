"""Which pattern fits what is needed, by what patterns say of themselves and what their templates say of them.

No rule knows a pattern. Each looks at one requirement, and says that a pattern meets it, that it does so on a
condition, or that it does not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from patternkit.catalog.comparison.case import EDGE_REQUEST, Case, Fit, Reason
from patternkit.catalog.comparison.event_rules import EVENT_RULES, started_by
from patternkit.catalog.comparison.facts import Facts
from patternkit.catalog.comparison.request_rules import REQUEST_RULES
from patternkit.catalog.comparison.requirements import Requirements
from patternkit.catalog.comparison.shared_rules import SHARED_RULES
from patternkit.catalog.costs.prices import price_table
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.web import SPEEDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pattern that was weighed.

    Attributes:
        pattern: The pattern.
        reasons: How it meets each requirement.
        monthly_usd: What it costs in a month at the requests that are asked for, as far as prices are known; standing
            still, where it serves no requests.
        not_known: What it costs on top.
        priced: Whether anything is known of what requests cost.
    """

    pattern: Pattern
    reasons: tuple[Reason, ...]
    monthly_usd: float
    not_known: tuple[str, ...]
    priced: bool

    def why(self, fit: Fit) -> list[str]:
        """The reasons of one kind."""
        return [one.why for one in self.reasons if one.fit is fit]

    @property
    def is_out(self) -> bool:
        """Whether it fails a requirement."""
        return any(one.fit is Fit.FAILS for one in self.reasons)


def choose(
    wanted: Requirements, patterns: Sequence[Pattern], facts: Mapping[str, Facts]
) -> tuple[list[Candidate], list[Candidate]]:
    """Weigh the patterns that serve requests or work on events, whichever is asked about.

    Args:
        wanted: What is needed.
        patterns: Patterns; those that do neither are left out.
        facts: What their templates say.

    Returns:
        Those that fit, the best first: with the fewest conditions, then, where load comes in bursts, the fastest to
        scale, then the cheapest at the requests that are expected, before those of which no price of a request is
        known. And those that are out, in the order of patterns.
    """
    weighed = [
        _weigh(Case(wanted=wanted, pattern=one, facts=facts[one.name]))
        for one in patterns
        if one.name in facts and _is_asked_about(wanted, one)
    ]
    fitting = sorted((one for one in weighed if not one.is_out), key=lambda one: _rank(wanted, one))
    return fitting, [one for one in weighed if one.is_out]


def _is_asked_about(wanted: Requirements, pattern: Pattern) -> bool:
    return bool((pattern.web and wanted.concerns_requests) or (pattern.events and wanted.concerns_events))


def _rank(wanted: Requirements, one: Candidate) -> tuple[float | str, ...]:
    web = one.pattern.web
    hurry = SPEEDS.index(web.scales_within) if web is not None and wanted.burst == "seconds" else 0
    return len(one.why(Fit.ON_CONDITION)), hurry, not one.priced, round(one.monthly_usd, 2), one.pattern.name


def _weigh(case: Case) -> Candidate:
    facts = case.facts
    behind = ["what runs behind it"] if case.is_front else []
    usd, by_million = facts.standing.usd, facts.by_million
    unknown: tuple[str, ...] = ("what events cost",)
    if by_million is not None:
        usd += by_million.usd * case.wanted.requests_a_month / 1_000_000
        unknown = by_million.unknown
    if case.wanted.edge and case.takes_edge:
        usd += price_table().prices[EDGE_REQUEST].usd * case.wanted.requests_a_month / 1_000_000
    return Candidate(
        pattern=case.pattern,
        reasons=tuple(_reasons(case)),
        monthly_usd=usd,
        priced=by_million is not None and bool(by_million.lines or not by_million.unknown),
        not_known=tuple(dict.fromkeys((*behind, *facts.standing.unknown, *unknown))),
    )


def _reasons(case: Case) -> Iterator[Reason]:
    wanted, pattern = case.wanted, case.pattern
    for rule in SHARED_RULES:
        yield from rule(case)
    if pattern.web is not None:
        for rule in REQUEST_RULES:
            yield from rule(case)
    elif wanted.concerns_requests:
        why = f"it serves no requests: it is started by {started_by(case.events.starts)}"
        yield Reason(requirement="requests", fit=Fit.FAILS, why=why)
    if wanted.concerns_events and pattern.events is not None:
        for rule in EVENT_RULES:
            yield from rule(case)
    elif wanted.concerns_events:
        why = "it answers requests, and takes nothing over to be worked on later"
        yield Reason(requirement="events", fit=Fit.FAILS, why=why)
