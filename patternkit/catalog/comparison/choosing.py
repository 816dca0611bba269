"""Which web architecture fits what is needed, by what patterns say of themselves and what their templates say of them.

No rule knows a pattern. Each looks at one requirement, and says that a pattern meets it, that it does so on a
condition, or that it does not.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from patternkit.catalog.comparison.bounds import bound, fixed, shown
from patternkit.catalog.comparison.facts import Facts
from patternkit.catalog.comparison.requirements import Requirements
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.web import SPEEDS, Web

_API, _BALANCER = "AWS::ApiGateway::RestApi", "AWS::ElasticLoadBalancingV2::LoadBalancer"


class Fit(IntEnum):
    """How well a pattern meets a requirement."""

    MEETS = 0
    ON_CONDITION = 1
    FAILS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How a pattern meets one requirement, and why.

    Attributes:
        requirement: The requirement's name.
        fit: How well it is met.
        why: Why, in a phrase.
    """

    requirement: str
    fit: Fit
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A pattern that was weighed.

    Attributes:
        pattern: The pattern.
        reasons: How it meets each requirement.
        monthly_usd: What it costs in a month at the requests that are asked for, as far as prices are known.
        not_known: What it costs on top.
    """

    pattern: Pattern
    reasons: tuple[Reason, ...]
    monthly_usd: float
    not_known: tuple[str, ...]

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
    """Weigh the patterns that serve requests.

    Args:
        wanted: What is needed.
        patterns: Patterns; those that serve no requests are left out.
        facts: What their templates say.

    Returns:
        Those that fit, the best first: with the fewest conditions, then, where load comes in bursts, the fastest to
        scale, then the cheapest at the requests that are expected. And those that are out, in the order of patterns.
    """
    weighed = [
        _weigh(wanted, one, one.web, facts[one.name]) for one in patterns if one.web is not None and one.name in facts
    ]
    fitting = sorted((one for one in weighed if not one.is_out), key=lambda one: _rank(wanted, one))
    return fitting, [one for one in weighed if one.is_out]


def _rank(wanted: Requirements, one: Candidate) -> tuple[float | str, ...]:
    assert one.pattern.web is not None
    hurry = SPEEDS.index(one.pattern.web.scales_within) if wanted.burst == "seconds" else 0
    return len(one.why(Fit.ON_CONDITION)), hurry, round(one.monthly_usd, 2), one.pattern.name


def _weigh(wanted: Requirements, pattern: Pattern, web: Web, facts: Facts) -> Candidate:
    millions = wanted.requests_a_month / 1_000_000
    behind = ["what runs behind it"] if len(web.runs) > 1 else []
    case = _Case(wanted=wanted, pattern=pattern, web=web, facts=facts)
    return Candidate(
        pattern=pattern,
        reasons=tuple(reason for rule in _RULES for reason in rule(case)),
        monthly_usd=facts.standing.usd + facts.by_million.usd * millions,
        not_known=tuple(dict.fromkeys((*behind, *facts.standing.unknown, *facts.by_million.unknown))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    wanted: Requirements
    pattern: Pattern
    web: Web
    facts: Facts


def _brings(case: _Case) -> Iterator[Reason]:
    if (brings := case.wanted.brings) is None:
        return
    runs = " or ".join("AWS services only" if one == "nothing" else one for one in case.web.runs)
    if brings in case.web.runs:
        yield Reason(requirement="brings", fit=Fit.MEETS, why=f"it runs {runs}")
    else:
        yield Reason(requirement="brings", fit=Fit.FAILS, why=f"it runs {runs}, not {_thing(brings)}")


def _thing(brings: str) -> str:
    return "without code" if brings == "nothing" else brings


def _answer(case: _Case) -> Iterator[Reason]:
    wanted, receipt = case.wanted, case.web.answer == "receipt"
    # Who waits for something needs the result.
    needs_result = wanted.answer == "result" or wanted.websocket or wanted.response_size or wanted.longest_request
    if receipt and needs_result:
        yield Reason(requirement="answer", fit=Fit.FAILS, why="callers get a receipt, and no result")
    elif receipt and wanted.answer is None:
        yield Reason(
            requirement="answer", fit=Fit.ON_CONDITION, why="callers must do with a receipt: work is done later"
        )
    elif wanted.answer == "receipt" and not receipt:
        yield Reason(requirement="answer", fit=Fit.ON_CONDITION, why="callers wait until the work is done")
    elif wanted.answer is not None:
        yield Reason(requirement="answer", fit=Fit.MEETS, why=f"callers get {_given(case.web)}")


def _given(web: Web) -> str:
    return "the result" if web.answer == "result" else "a receipt at once, and the work waits until it is done"


_SAID = {
    "longest_request": ("request_seconds", "requests may take {}"),
    "request_size": ("request_bytes", "requests may have {}"),
    "response_size": ("response_bytes", "responses may have {}"),
    "peak": ("requests_per_second", "{} are taken"),
}


def _bounds(case: _Case) -> Iterator[Reason]:
    for requirement, (name, said) in _SAID.items():
        value = getattr(case.wanted, requirement)
        if value is None:
            continue
        limits = [one for one in case.pattern.limits if one.holds_for(_run(case))]
        hard, tightest = fixed(limits, name), bound(limits, name)
        if hard is not None and value > (hard.at or 0):
            why = (
                f"{said.format(shown(name, hard.at or 0))} at most ({hard.what.lower()}), {shown(name, value)} is asked"
            )
            yield Reason(requirement=requirement, fit=Fit.FAILS, why=why)
        elif tightest is not None and value > (tightest.at or 0):
            why = f"AWS must raise a quota: {said.format(shown(name, tightest.at or 0))} by default"
            yield Reason(requirement=requirement, fit=Fit.ON_CONDITION, why=why)
        elif tightest is not None:
            yield Reason(requirement=requirement, fit=Fit.MEETS, why=said.format(shown(name, tightest.at or 0)))
        elif requirement != "peak":
            yield Reason(requirement=requirement, fit=Fit.MEETS, why=f"{said.format('more')}: AWS sets no limit")
        partial = bound(
            [one for one in case.pattern.limits if not one.holds_for(_run(case)) and case.wanted.brings is None], name
        )
        if partial is not None and value > (partial.at or 0):
            why = f"behind it must be no {partial.runs}: {said.format(shown(name, partial.at or 0))} there"
            yield Reason(requirement=requirement, fit=Fit.ON_CONDITION, why=why)


def _run(case: _Case) -> tuple[str, ...]:
    """What runs: what is brought, where the pattern is a front to several things."""
    return (case.wanted.brings,) if case.wanted.brings in case.web.runs else case.web.runs


def _idle_timeout(case: _Case) -> Iterator[Reason]:
    longest, idle = case.wanted.longest_request, case.facts.idle_seconds
    if longest is not None and idle is not None and longest > idle:
        why = f"the load balancer's idle timeout, {shown('request_seconds', idle)} as it stands, must be raised"
        yield Reason(requirement="longest_request", fit=Fit.ON_CONDITION, why=why)


def _burst(case: _Case) -> Iterator[Reason]:
    burst, within = case.wanted.burst, case.web.scales_within
    if burst is None and within == "never" and not case.wanted.idle:
        yield Reason(
            requirement="burst", fit=Fit.ON_CONDITION, why="what runs must be enough: it does not scale by itself"
        )
    if burst in (None, "none"):
        return
    if within == "never":
        yield Reason(requirement="burst", fit=Fit.FAILS, why="it does not scale by itself")
    elif burst == "seconds" and within == "minutes":
        why = f"capacity must be there ahead of a burst: {case.web.burst}"
        yield Reason(requirement="burst", fit=Fit.ON_CONDITION, why=why.rstrip("."))
    else:
        why = "nothing has to start" if within == "at once" else f"it scales within {within}"
        yield Reason(requirement="burst", fit=Fit.MEETS, why=why)


def _static_address(case: _Case) -> Iterator[Reason]:
    if not case.wanted.static_address:
        return
    if case.facts.fixed_addresses:
        yield Reason(requirement="static_address", fit=Fit.MEETS, why="its public address stays the same")
    elif _BALANCER in case.facts.resources and _API not in case.facts.resources:
        why = "its addresses change: AWS Global Accelerator or a Network Load Balancer before it has fixed ones"
        yield Reason(requirement="static_address", fit=Fit.ON_CONDITION, why=why)
    else:
        yield Reason(requirement="static_address", fit=Fit.FAILS, why="its public addresses change")


def _websocket(case: _Case) -> Iterator[Reason]:
    if case.wanted.websocket and len(case.web.runs) > 1 and _run(case) == ("functions",):
        yield Reason(requirement="websocket", fit=Fit.FAILS, why="a function behind it holds no connection open")
    elif case.wanted.websocket:
        yield (
            Reason(requirement="websocket", fit=Fit.MEETS, why="connections may stay open")
            if case.web.long_connections
            else Reason(requirement="websocket", fit=Fit.FAILS, why="no connection stays open")
        )


def _state(case: _Case) -> Iterator[Reason]:
    if case.wanted.state_on_server:
        fit = Fit.FAILS if case.web.stateless else Fit.MEETS
        why = "state must live elsewhere" if case.web.stateless else "state may live where it runs"
        yield Reason(requirement="state_on_server", fit=fit, why=f"{why}: {case.web.state}".rstrip("."))


def _zone_loss(case: _Case) -> Iterator[Reason]:
    if not case.wanted.survives_zone_loss:
        return
    fit, why = {
        "goes on": (Fit.MEETS, "it goes on when a zone fails"),
        "fails over": (Fit.ON_CONDITION, "there is a gap until it fails over to another zone"),
        "down": (Fit.FAILS, "it is down when its zone fails"),
    }[case.web.zone_loss]
    yield Reason(requirement="survives_zone_loss", fit=fit, why=why)


def _front(case: _Case) -> Iterator[Reason]:
    """What stands between clients and what answers asks something of either, whatever else is needed."""
    if len(case.web.runs) > 1:
        why = "it is a front: what runs behind it stands, scales and costs on its own"
        yield Reason(requirement="front", fit=Fit.ON_CONDITION, why=why)
    resources = case.facts.resources
    if not case.facts.fixed_addresses and _BALANCER not in resources and _API not in resources:
        why = "clients find it by DNS alone, and must try the next address: resolvers keep what has failed for a while"
        yield Reason(requirement="front", fit=Fit.ON_CONDITION, why=why)


def _idle(case: _Case) -> Iterator[Reason]:
    if case.wanted.idle:
        why = f"it costs ${case.facts.standing.usd:,.2f} a month standing still"
        yield Reason(requirement="idle", fit=Fit.MEETS, why=why)


_RULES: tuple[Callable[[_Case], Iterator[Reason]], ...] = (
    _brings,
    _front,
    _answer,
    _bounds,
    _idle_timeout,
    _burst,
    _static_address,
    _websocket,
    _state,
    _zone_loss,
    _idle,
)
