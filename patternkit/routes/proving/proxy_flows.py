"""Connections through proxies: one ends at the proxy, which opens another; no packet of the first arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from patternkit.routes.addresses import EVERY_PORT, Spans, intersect, normal
from patternkit.routes.forwarding import Hop, Leg, Outcome
from patternkit.routes.model import Proxy
from patternkit.routes.places import Place
from patternkit.routes.promises import Promise
from patternkit.routes.proving.load_balancer_flows import carried, chain, spans_of_host
from patternkit.routes.proving.view import View
from patternkit.routes.tracing import Flow

_TCP: Spans = ((6, 6),)


def proxied(
    view: View, promise: Promise, source: Place, destination: Place, passed: frozenset[str] = frozenset()
) -> list[Flow]:
    """The connections that declared proxies carry on: those that arrive, and those that are not decided.

    Args:
        view: The network.
        promise: What is asked: its port is the one that the destination is called on.
        source: Where connections begin.
        destination: Where they are to end.
        passed: The proxies that they have come from already.
    """
    if promise.family == 6 or not intersect(promise.protocols(), _TCP):
        return []
    return [
        flow
        for proxy in view.model.proxies
        if proxy.host.identity not in passed and proxy.host is not destination.element
        for flow in _by(view, promise, source, destination, proxy, passed)
    ]


def _by(
    view: View, promise: Promise, source: Place, destination: Place, proxy: Proxy, passed: frozenset[str]
) -> Iterator[Flow]:
    allowed = normal((block.first, block.last) for block in proxy.to if block.family == 4)
    wanted, ports = intersect(allowed, destination.ipv4), intersect(proxy.ports, promise.ports())
    host = Place("interface", proxy.host.path, proxy.host, spans_of_host(proxy.host))
    if not wanted or not ports or not host.ipv4 or source.element is proxy.host:
        return
    end = replace(destination, ipv4=wanted, ipv6=())
    exits = [
        flow
        for out in proxy.by or (proxy.host,)
        for flow in view.tracer.flows(Place("interface", out.path, out, spans_of_host(out)), end, 4, _TCP, ports)
        if flow.forward.outcome is not Outcome.DROPPED
    ]
    entry = _entry(view, promise, source, host, passed | {proxy.host.identity}) if exits else None
    if entry is None:
        return
    hop = Hop(proxy.host.path, "proxy", "", "ends the connection and opens its own", proxy.host.identity)
    for flow in exits:
        leg = chain(entry.forward, (hop,), flow.forward)
        if entry.forward.outcome is Outcome.UNKNOWN:
            leg = Leg(leg.walk, Outcome.UNKNOWN, entry.forward.reason)
        back = chain(flow.back, (), entry.back) if flow.back is not None and entry.back is not None else None
        leaning = _leaning(leg, proxy.contract)
        yield Flow(source, destination, entry.box, leaning, back and _leaning(back, proxy.contract))


def _leaning(leg: Leg, contract: str) -> Leg:
    return replace(leg, walk=replace(leg.walk, contracts=leg.walk.contracts | {contract})) if contract else leg


def _entry(view: View, promise: Promise, source: Place, host: Place, passed: frozenset[str]) -> Flow | None:
    """A connection from the source that ends at a proxy, on whichever port: one that arrives, or else one in doubt."""
    asked = replace(promise, port=None, protocol="tcp")
    found: list[Flow] = []
    if source.ipv4:
        found += view.tracer.flows(source, host, 4, _TCP, EVERY_PORT)
    found += carried(view, asked, source, host)
    found += proxied(view, asked, source, host, passed)
    for outcome in (Outcome.DELIVERED, Outcome.UNKNOWN):
        for flow in found:
            if flow.forward.outcome is outcome:
                return flow
    return None
