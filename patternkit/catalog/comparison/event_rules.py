"""Rules on how a pattern works on events: each looks at one requirement. No rule knows a pattern."""

from collections.abc import Callable, Iterator

from patternkit.catalog.comparison.bounds import bound, shown
from patternkit.catalog.comparison.case import Case, Fit, Reason
from patternkit.catalog.events import STARTS
from patternkit.catalog.limits import PAYLOAD


def _starts(case: Case) -> Iterator[Reason]:
    if (starts := case.wanted.starts) is None:
        return
    said = started_by(case.events.starts)
    if starts in case.events.starts:
        yield Reason(requirement="starts", fit=Fit.MEETS, why=f"it is started by {said}")
    else:
        yield Reason(requirement="starts", fit=Fit.FAILS, why=f"it is started by {said}, not by {STARTS[starts]}")


def started_by(starts: tuple[str, ...]) -> str:
    """What starts a pattern's work, in a phrase."""
    return " or ".join(STARTS[one] for one in starts)


def _delivery(case: Case) -> Iterator[Reason]:
    if (delivery := case.wanted.delivery) is None:
        return
    why = case.events.delivered.rstrip(".")
    if delivery in case.events.delivery:
        yield Reason(requirement="delivery", fit=Fit.MEETS, why=f"{delivery}: {why}")
    else:
        yield Reason(requirement="delivery", fit=Fit.FAILS, why=f"{' or '.join(case.events.delivery)}: {why}")


def _ordered(case: Case) -> Iterator[Reason]:
    if case.wanted.ordered:
        fit, said = {
            "kept": (Fit.MEETS, "order is kept"),
            "on request": (Fit.ON_CONDITION, "order must be asked for"),
            "not kept": (Fit.FAILS, "order is not kept"),
        }[case.events.order]
        yield Reason(requirement="ordered", fit=fit, why=f"{said}: {case.events.ordering}".rstrip("."))


def _exactly_once(case: Case) -> Iterator[Reason]:
    """Nothing delivers exactly once: what is done once is what is remembered, or what may be done twice."""
    if case.wanted.exactly_once:
        fit, said = {
            "remembered": (Fit.MEETS, "an event that comes twice is known again"),
            "on request": (Fit.ON_CONDITION, "it must be asked for that an event is known again"),
            "at least once": (Fit.ON_CONDITION, "work is done at least once, and must not mind it twice"),
        }[case.events.repeats]
        yield Reason(requirement="exactly_once", fit=fit, why=f"{said}: {case.events.repeating}".rstrip("."))


def _human(case: Case) -> Iterator[Reason]:
    if case.events.human and case.wanted.human:
        yield Reason(requirement="human", fit=Fit.MEETS, why="it waits until a person has decided")
    elif case.events.human:
        yield Reason(requirement="human", fit=Fit.ON_CONDITION, why="a person decides before the work is done")
    elif case.wanted.human:
        yield Reason(requirement="human", fit=Fit.FAILS, why="no person is asked")


def _payload(case: Case) -> Iterator[Reason]:
    payload, limit = case.wanted.payload, bound(case.pattern.limits, PAYLOAD)
    # What comes by a request is bounded as requests are.
    if payload is None or case.pattern.web is not None:
        return
    if limit is None:
        why = f"{started_by(case.events.starts)} hands nothing over"
        yield Reason(requirement="payload", fit=Fit.FAILS, why=why)
        return
    at = limit.at or 0
    why = f"what is worked on may have {shown(PAYLOAD, at)}"
    if payload <= at:
        yield Reason(requirement="payload", fit=Fit.MEETS, why=why)
    else:
        why = f"{why} at most ({limit.what.lower()}), {shown(PAYLOAD, payload)} is asked"
        yield Reason(requirement="payload", fit=Fit.FAILS, why=why)


def _longest_work(case: Case) -> Iterator[Reason]:
    if (longest := case.wanted.longest_work) is None:
        return
    limit = bound(case.pattern.limits, "request_seconds")
    if case.pattern.web is not None:
        why = "the work is done by what it hands over to: how long it may take is decided there"
        yield Reason(requirement="longest_work", fit=Fit.ON_CONDITION, why=why)
    elif limit is None:
        yield Reason(requirement="longest_work", fit=Fit.MEETS, why="AWS sets no limit to the time of the work")
    else:
        at = shown("request_seconds", limit.at or 0)
        if longest <= (limit.at or 0):
            yield Reason(requirement="longest_work", fit=Fit.MEETS, why=f"the work may take {at}")
        else:
            asked = shown("request_seconds", longest)
            why = f"the work may take {at} at most ({limit.what.lower()}), {asked} is asked"
            yield Reason(requirement="longest_work", fit=Fit.FAILS, why=why)


EVENT_RULES: tuple[Callable[[Case], Iterator[Reason]], ...] = (
    _starts,
    _delivery,
    _ordered,
    _exactly_once,
    _human,
    _payload,
    _longest_work,
)
"""What is asked of each pattern that works on events, where that is asked about."""
