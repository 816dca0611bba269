"""What connections through proxies are made of, where what is traced between two places is given by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from patternkit.routes import Promise, isolated, reaches
from patternkit.routes.addresses import EVERY_PORT, Box, Spans, prefix, span_of
from patternkit.routes.forwarding import Hop, Leg, Outcome, Walk
from patternkit.routes.model import Interface, Model, Proxy, Subnet, Vpc
from patternkit.routes.places import Place
from patternkit.routes.proving.proxy_flows import proxied
from patternkit.routes.tracing import Flow

VPC = Vpc("⟨v⟩", "Net/V", blocks=[prefix("10.0.0.0/16")])


def subnet(name: str, block: str) -> Subnet:
    return Subnet(f"⟨{name}⟩", f"Net/{name}", vpc=VPC, blocks=[prefix(block)])


def place(of: Subnet) -> Place:
    return Place("subnet", of.path, of, of.spans(4), ((1, 2),))


A, B, P = subnet("A", "10.0.1.0/24"), subnet("B", "10.0.2.0/24"), subnet("P", "10.0.9.0/24")
HOST = Interface("⟨host⟩", "Net/Host", subnet=P, address=prefix("10.0.9.9/32"))
OUT = Interface("⟨out⟩", "Net/Out", subnet=P, address=prefix("10.0.9.8/32"))
TCP: Spans = ((6, 6),)
ASKED = isolated("A", "B", port=443)


class Traced:
    """A tracer that knows what becomes of packets between two places by name, and notes what it is asked."""

    def __init__(self, *known: tuple[str, str, str | None, str | None]) -> None:
        self.known = {(source, end): (there, back) for source, end, there, back in known}
        self.asked: list[tuple[str, str, Spans, int, Spans, Spans]] = []

    def flows(self, source: Place, end: Place, family: int, protocol: Spans, port: Spans) -> list[Flow]:
        self.asked.append((source.name, end.name, end.spans(family), family, protocol, port))
        found = []
        there, back = self.known.get((source.name, end.name), (None, None))
        for outcome in there.split("+") if there else ():
            box = Box(4, protocol, source.spans(4), ((1024, 65535),), end.spans(4), port)
            name = f"{source.name}-{end.name}"
            walk = Walk(box, hops=(Hop(name, "subnet", "", "w"),), contracts=frozenset({f"ids {name}"}))
            forward = Leg(walk, Outcome(outcome), f"{outcome} {name}", end.element)
            reply = replace(walk, box=box.swapped(), back=True, hops=(Hop(f"{name} back", "subnet", "", "w"),))
            found.append(Flow(source, end, box, forward, Leg(reply, Outcome(back), f"{back} {name}") if back else None))
        return found


def asked(
    traced: Traced, *proxies: Proxy, promise: Promise = ASKED, source: Place | None = None, end: Place | None = None
) -> list[Flow]:
    view: Any = SimpleNamespace(model=Model(proxies=list(proxies)), tracer=traced)
    return proxied(view, promise, source or place(A), end or place(B))


def proxy(*to: str, host: Interface = HOST, ports: Spans = EVERY_PORT, **given: Any) -> Proxy:
    return Proxy(host, tuple(map(prefix, to or ("10.0.2.0/24",))), ports, **given)


WAY_IN, WAY_OUT = ("Net/A", "Net/Host", "delivered", "delivered"), ("Net/Host", "Net/B", "delivered", "delivered")


def test_a_connection_there_and_back() -> None:
    traced = Traced(WAY_IN, WAY_OUT)
    (found,) = asked(traced, proxy(contract="appliances Host"))
    assert (found.source, found.destination) == (place(A), place(B))
    assert found.box.destination == span_of(prefix("10.0.9.9/32")), "what its client sends goes to the proxy"
    assert [hop.element for hop in found.forward.walk.hops] == ["Net/A-Net/Host", "Net/Host", "Net/Host-Net/B"]
    hop = found.forward.walk.hops[1]
    assert hop == Hop("Net/Host", "proxy", "", "ends the connection and opens its own", "⟨host⟩")
    assert found.forward.reason == "delivered Net/Host-Net/B through Net/Host"
    assert (found.forward.outcome, found.forward.end) == (Outcome.DELIVERED, B)
    assert found.back is not None
    assert [hop.element for hop in found.back.walk.hops] == ["Net/Host-Net/B back", "Net/A-Net/Host back"]
    leans = {"appliances Host", "ids Net/A-Net/Host", "ids Net/Host-Net/B"}
    assert found.forward.walk.contracts == found.back.walk.contracts == leans
    # To whatever port of the proxy its client likes, and on to the one that is asked for.
    assert traced.asked == [
        ("Net/Host", "Net/B", span_of(prefix("10.0.2.0/24")), 4, TCP, ((443, 443),)),
        ("Net/A", "Net/Host", span_of(prefix("10.0.9.9/32")), 4, TCP, EVERY_PORT),
    ]
    (bare,) = asked(traced, proxy())
    assert bare.forward.walk.contracts == leans - {"appliances Host"}


@pytest.mark.parametrize(
    ("way_in", "way_out", "outcome", "reason"),
    [
        ("delivered", "delivered", "delivered", "delivered Net/Host-Net/B through Net/Host"),
        ("unknown", "delivered", "unknown", "unknown Net/A-Net/Host"),
        ("delivered", "unknown", "unknown", "unknown Net/Host-Net/B through Net/Host"),
        ("unknown", "unknown", "unknown", "unknown Net/A-Net/Host"),
        ("dropped+unknown+delivered", "delivered", "delivered", "delivered Net/Host-Net/B through Net/Host"),
        ("dropped+unknown", "delivered", "unknown", "unknown Net/A-Net/Host"),
        ("dropped", "delivered", None, ""),
        (None, "delivered", None, ""),
        ("delivered", "dropped", None, ""),
        ("delivered", None, None, ""),
    ],
)
def test_what_becomes_of_it(way_in: str | None, way_out: str | None, outcome: str | None, reason: str) -> None:
    found = asked(Traced(("Net/A", "Net/Host", way_in, None), ("Net/Host", "Net/B", way_out, None)), proxy())
    assert [(one.forward.outcome.value, one.forward.reason, one.back) for one in found] == (
        [] if outcome is None else [(outcome, reason, None)]
    )


@pytest.mark.parametrize("lost", ["in", "out"])
def test_without_replies_on_either_part_there_are_none(lost: str) -> None:
    traced = Traced(
        (*WAY_IN[:3], None if lost == "in" else "delivered"), (*WAY_OUT[:3], None if lost == "out" else "delivered")
    )
    (found,) = asked(traced, proxy(contract="appliances Host"))
    assert found.back is None


@pytest.mark.parametrize(
    ("given", "carried"),
    [
        ({"to": ("10.0.0.0/16",)}, "10.0.2.0/24"),
        ({"to": ("10.0.2.128/25",)}, "10.0.2.128/25"),
        ({"to": ("10.0.3.0/24",)}, None),
        ({"to": ("2600::/16",)}, None),
        ({"ports": ((443, 443),)}, "10.0.2.0/24"),
        ({"ports": ((80, 80),)}, None),
        ({"promise": isolated("A", "B")}, "10.0.2.0/24"),
        ({"promise": isolated("A", "B", protocol="udp")}, None),
        ({"promise": isolated("A", "B", protocol="tcp", family=4)}, "10.0.2.0/24"),
        ({"promise": isolated("A", "B", family=6)}, None),
        ({"promise": reaches("A", "B")}, "10.0.2.0/24"),
        ({"host": Interface("⟨host⟩", "Net/Host", subnet=subnet("Six", "2600::/64"))}, None),
        ({"source": replace(place(A), element=HOST)}, None),
        ({"end": replace(place(B), element=HOST)}, None),
        ({"source": replace(place(A), ipv4=())}, None),
    ],
    ids=str,
)
def test_what_it_carries(given: dict[str, Any], carried: str | None) -> None:
    made = proxy(*given.pop("to", ()), **{name: given.pop(name) for name in ("host", "ports") if name in given})
    traced = Traced(WAY_IN, WAY_OUT)
    found = asked(traced, made, **given)
    assert len(found) == (carried is not None)
    if carried is not None:
        assert traced.asked[0][2] == span_of(prefix(carried))


def test_what_opens_connections_may_be_another_host() -> None:
    traced = Traced(WAY_IN, ("Net/Out", "Net/B", "delivered", "delivered"))
    assert asked(traced, proxy()) == []
    (found,) = asked(traced, proxy(by=(OUT,)))
    assert [hop.element for hop in found.forward.walk.hops] == ["Net/A-Net/Host", "Net/Host", "Net/Out-Net/B"]
    assert [one[:2] for one in traced.asked[-2:]] == [("Net/Out", "Net/B"), ("Net/A", "Net/Host")]


def test_a_proxy_behind_another_and_none_twice() -> None:
    second = Interface("⟨second⟩", "Net/Second", subnet=P, address=prefix("10.0.9.7/32"))
    traced = Traced(WAY_IN, ("Net/Host", "Net/Second", "delivered", "delivered"),
                    ("Net/Second", "Net/B", "delivered", "delivered"))  # fmt: skip
    chained = [proxy("10.0.9.0/24"), proxy(host=second)]
    for order in (chained, chained[::-1]):
        (found,) = asked(traced, *order)
        assert [hop.element for hop in found.forward.walk.hops if hop.kind == "proxy"] == ["Net/Host", "Net/Second"]
    circle = Traced(("Net/Host", "Net/Second", "delivered", None), ("Net/Second", "Net/Host", "delivered", None),
                    ("Net/Second", "Net/B", "delivered", None))  # fmt: skip
    assert asked(circle, proxy("10.0.9.0/24"), proxy("10.0.0.0/16", host=second)) == []


def test_each_proxy_by_itself() -> None:
    second = Interface("⟨second⟩", "Net/Second", subnet=P, address=prefix("10.0.9.7/32"))
    traced = Traced(WAY_IN, WAY_OUT, ("Net/A", "Net/Second", "delivered", None),
                    ("Net/Second", "Net/B", "delivered", None))  # fmt: skip
    nowhere = proxy("172.16.0.0/12", host=OUT)
    found = asked(traced, nowhere, proxy(), nowhere, proxy(host=second))
    assert [flow.forward.walk.hops[1].element for flow in found] == ["Net/Host", "Net/Second"]
