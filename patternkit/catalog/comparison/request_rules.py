"""Rules on how a pattern serves requests: each looks at one requirement. No rule knows a pattern."""

from collections.abc import Callable, Iterator

from patternkit.catalog.comparison.bounds import bound, fixed, shown
from patternkit.catalog.comparison.case import BALANCER, EDGE_REQUEST, Case, Fit, Reason
from patternkit.catalog.comparison.edge import DISTRIBUTION
from patternkit.catalog.costs.prices import price_table

_SAID = {
    "longest_request": ("request_seconds", "requests may take {}"),
    "request_size": ("request_bytes", "requests may have {}"),
    "response_size": ("response_bytes", "responses may have {}"),
    "peak": ("requests_per_second", "{} are taken"),
    "payload": ("request_bytes", "what is sent may have {}"),
}
_LARGE_FILE = 100 * 2**20
"""From here on Amazon S3 advises to send a file in parts."""


def _bounds(case: Case) -> Iterator[Reason]:
    for requirement, (name, said) in _SAID.items():
        value = getattr(case.wanted, requirement)
        if value is None:
            continue
        limits = [one for one in case.pattern.limits if one.holds_for(case.run())]
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
            [one for one in case.pattern.limits if not one.holds_for(case.run()) and case.wanted.brings is None], name
        )
        if partial is not None and value > (partial.at or 0):
            why = f"behind it must be no {partial.runs}: {said.format(shown(name, partial.at or 0))} there"
            yield Reason(requirement=requirement, fit=Fit.ON_CONDITION, why=why)


def _idle_timeout(case: Case) -> Iterator[Reason]:
    longest, idle = case.wanted.longest_request, case.facts.idle_seconds
    if longest is not None and idle is not None and longest > idle:
        why = f"the load balancer's idle timeout, {shown('request_seconds', idle)} as it stands, must be raised"
        yield Reason(requirement="longest_request", fit=Fit.ON_CONDITION, why=why)


def _burst(case: Case) -> Iterator[Reason]:
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


def _static_address(case: Case) -> Iterator[Reason]:
    if not case.wanted.static_address:
        return
    if case.facts.fixed_addresses:
        yield Reason(requirement="static_address", fit=Fit.MEETS, why="its public address stays the same")
    elif BALANCER in case.facts.resources and not case.has_managed_endpoint:
        why = "its addresses change: AWS Global Accelerator or a Network Load Balancer before it has fixed ones"
        yield Reason(requirement="static_address", fit=Fit.ON_CONDITION, why=why)
    else:
        yield Reason(requirement="static_address", fit=Fit.FAILS, why="its public addresses change")


def _large_file(case: Case) -> Iterator[Reason]:
    payload = case.wanted.payload
    if payload is not None and payload >= _LARGE_FILE and case.web.answer == "result":
        why = "a file holds a connection to what runs while it comes, and one that breaks off is sent again whole"
        yield Reason(requirement="payload", fit=Fit.ON_CONDITION, why=why)


def _open_connections(case: Case) -> Iterator[Reason]:
    """WebSocket, and what servers push by it."""
    for requirement in ("websocket", "push"):
        if not getattr(case.wanted, requirement):
            continue
        if case.is_front and case.run() == ("functions",):
            yield Reason(requirement=requirement, fit=Fit.FAILS, why="a function behind it holds no connection open")
        elif not case.web.long_connections:
            yield Reason(requirement=requirement, fit=Fit.FAILS, why="no connection stays open")
        elif requirement == "websocket":
            yield Reason(requirement=requirement, fit=Fit.MEETS, why="connections may stay open")
        elif case.has_managed_endpoint:
            why = "AWS holds the connections, and what may post to them pushes to any of them"
            yield Reason(requirement=requirement, fit=Fit.MEETS, why=why)
        else:
            why = "the application must hold the connections, and know which of its copies holds whose"
            yield Reason(requirement=requirement, fit=Fit.ON_CONDITION, why=why)


_EDGE_WAITS = 60
"""How long Amazon CloudFront waits for an answer to begin, unless the pattern asks for up to two minutes."""


def _edge(case: Case) -> Iterator[Reason]:
    """Amazon CloudFront before it, and no other way in."""
    if not case.wanted.edge:
        return
    if DISTRIBUTION in case.facts.resources:
        yield Reason(requirement="edge", fit=Fit.MEETS, why="clients reach it by Amazon CloudFront alone")
        return
    if not case.takes_edge:
        yield Reason(requirement="edge", fit=Fit.FAILS, why="no argument puts Amazon CloudFront before it")
        return
    why = "edge=EdgeFront(...) puts Amazon CloudFront before its load balancer, which has no public address then"
    yield Reason(requirement="edge", fit=Fit.MEETS, why=why)
    price = price_table().prices[EDGE_REQUEST]
    why = (
        f"it needs edge=EdgeFront(...), a certificate in us-east-1 besides its own, and ${price.usd:.2f} for a million "
        "requests; giving it to what stands replaces the load balancer"
    )
    yield Reason(requirement="edge", fit=Fit.ON_CONDITION, why=why)
    longest = case.wanted.longest_request
    if longest is not None and longest > _EDGE_WAITS:
        why = f"an answer must begin within {_EDGE_WAITS} s: Amazon CloudFront waits no longer, whatever comes after"
        yield Reason(requirement="edge", fit=Fit.ON_CONDITION, why=why)


def _state(case: Case) -> Iterator[Reason]:
    if case.wanted.state_on_server:
        fit = Fit.FAILS if case.web.stateless else Fit.MEETS
        why = "state must live elsewhere" if case.web.stateless else "state may live where it runs"
        yield Reason(requirement="state_on_server", fit=fit, why=f"{why}: {case.web.state}".rstrip("."))


def _front(case: Case) -> Iterator[Reason]:
    """What stands between clients and what answers asks something of either, whatever else is needed."""
    if case.is_front:
        why = "it is a front: what runs behind it stands, scales and costs on its own"
        yield Reason(requirement="front", fit=Fit.ON_CONDITION, why=why)
    if not (case.facts.fixed_addresses or BALANCER in case.facts.resources or case.has_managed_endpoint):
        why = "clients find it by DNS alone, and must try the next address: resolvers keep what has failed for a while"
        yield Reason(requirement="front", fit=Fit.ON_CONDITION, why=why)


REQUEST_RULES: tuple[Callable[[Case], Iterator[Reason]], ...] = (
    _front,
    _bounds,
    _large_file,
    _idle_timeout,
    _burst,
    _static_address,
    _open_connections,
    _edge,
    _state,
)
"""What is asked of each pattern that serves requests."""
