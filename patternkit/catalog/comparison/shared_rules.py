"""Rules on what requests and events have in common: each looks at one requirement. No rule knows a pattern."""

from collections.abc import Callable, Iterator

from patternkit.catalog.comparison.case import Case, Fit, Reason
from patternkit.catalog.comparison.rows import publicity


def _brings(case: Case) -> Iterator[Reason]:
    if (brings := case.wanted.brings) is None:
        return
    runs = " or ".join("AWS services only" if one == "nothing" else one for one in case.said.runs)
    if brings in case.said.runs:
        yield Reason(requirement="brings", fit=Fit.MEETS, why=f"it runs {runs}")
    else:
        yield Reason(requirement="brings", fit=Fit.FAILS, why=f"it runs {runs}, not {_thing(brings)}")


def _thing(brings: str) -> str:
    return "without code" if brings == "nothing" else brings


def _purpose(case: Case) -> Iterator[Reason]:
    """What runs no code of its user has one purpose, unless it hands over to what does."""
    hands_over = case.pattern.web is not None and case.web.answer == "receipt"
    if case.wanted.brings is None and case.said.runs == ("nothing",) and not hands_over:
        purpose = case.pattern.summary[0].lower() + case.pattern.summary[1:]
        yield Reason(requirement="purpose", fit=Fit.ON_CONDITION, why=f"it has one purpose: {purpose}")


def _answer(case: Case) -> Iterator[Reason]:
    wanted, receipt = case.wanted, case.said.answer == "receipt"
    # Who waits for something needs the result.
    needs_result = wanted.answer == "result" or wanted.websocket or wanted.response_size or wanted.longest_request
    if receipt and needs_result:
        yield Reason(requirement="answer", fit=Fit.FAILS, why="callers get a receipt, and no result")
    elif receipt and wanted.answer is None and not wanted.concerns_events:
        yield Reason(
            requirement="answer", fit=Fit.ON_CONDITION, why="callers must do with a receipt: work is done later"
        )
    elif wanted.answer == "receipt" and not receipt:
        yield Reason(requirement="answer", fit=Fit.ON_CONDITION, why="callers wait until the work is done")
    elif wanted.answer is not None:
        given = "a receipt at once, and the work waits until it is done" if receipt else "the result"
        yield Reason(requirement="answer", fit=Fit.MEETS, why=f"callers get {given}")


def _private(case: Case) -> Iterator[Reason]:
    """A private API is not for the public, and what is public is not private."""
    public = publicity(case.facts)
    if not case.wanted.private:
        if not case.facts.public and case.pattern.web is not None:
            why = "nothing reaches it from the internet: say --private if callers are in VPCs"
            yield Reason(requirement="private", fit=Fit.FAILS, why=why)
    elif case.facts.public:
        yield Reason(requirement="private", fit=Fit.FAILS, why=f"it is reached from the internet: {public}")
    elif case.pattern.events is None:
        yield Reason(requirement="private", fit=Fit.MEETS, why="nothing reaches it from the internet")
    elif case.events.isolated:
        why = "nothing reaches it from the internet, and what works on events has no way there"
        yield Reason(requirement="private", fit=Fit.MEETS, why=why)
    else:
        why = "nothing reaches it from the internet, but what works on events may go there"
        yield Reason(requirement="private", fit=Fit.ON_CONDITION, why=why)


def _zone_loss(case: Case) -> Iterator[Reason]:
    if not case.wanted.survives_zone_loss:
        return
    fit, why = {
        "goes on": (Fit.MEETS, "it goes on when a zone fails"),
        "fails over": (Fit.ON_CONDITION, "there is a gap until it fails over to another zone"),
        "down": (Fit.FAILS, "it is down when its zone fails"),
    }[case.said.zone_loss]
    yield Reason(requirement="survives_zone_loss", fit=fit, why=why)


def _idle(case: Case) -> Iterator[Reason]:
    if case.wanted.idle:
        why = f"it costs ${case.facts.standing.usd:,.2f} a month standing still"
        yield Reason(requirement="idle", fit=Fit.MEETS, why=why)


SHARED_RULES: tuple[Callable[[Case], Iterator[Reason]], ...] = (_brings, _purpose, _answer, _private, _zone_loss, _idle)
"""What is asked of each pattern that serves requests or works on events."""
