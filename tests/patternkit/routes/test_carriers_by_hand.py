"""What load balancers and endpoints carry, where what is traced between two places is given by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes import Promise, isolated
from patternkit.routes.addresses import EPHEMERAL_PORTS, EVERY_PORT, Spans, prefix, span_of
from patternkit.routes.forwarding import Outcome
from patternkit.routes.model import (
    Balancer,
    EndpointService,
    Interface,
    InterfaceEndpoint,
    Listener,
    Model,
    Subnet,
    TargetGroup,
)
from patternkit.routes.places import Place
from patternkit.routes.proving.load_balancer_flows import Carrier, carried, doubts
from patternkit.routes.tracing import Flow
from tests.patternkit.routes.test_proxies_by_hand import TCP, VPC, Traced, place, subnet

A, B = subnet("A", "10.0.1.0/24"), subnet("B", "10.0.2.0/24")
NEAR, FAR = subnet("Near", "10.0.8.0/28"), subnet("Far", "10.0.9.0/28")
for one, letter in ((A, "a"), (B, "a"), (NEAR, "a"), (FAR, "b")):
    one.zone = f"eu-west-1{letter}"
HOST = Interface("⟨host⟩", "Net/Host", "AWS::EC2::Instance", subnet=B, address=prefix("10.0.2.10/32"))
ASKED = isolated("A", "B")
WEB: Spans = ((8080, 8080),)


def node(name: str, of: Subnet) -> Interface:
    return Interface(f"⟨{name}⟩", f"Net/{name}", subnet=of)


def balancer(name: str = "Lb", *hosts: Any, inner: Any = (), **given: Any) -> Balancer:
    group = TargetGroup(f"⟨{name}G⟩", f"Net/{name}G", ports=WEB, hosts=list(hosts) or [(HOST, WEB)],
                        balancers=list(inner), keeps_client=given.pop("keeps", False),
                        unknown=given.pop("group_unknown", []))  # fmt: skip
    if inner and not hosts:
        group.hosts = []
    listener = Listener(f"⟨{name}L⟩", f"Net/{name}L", ports=((80, 80),), groups=[group],
                        unknown=given.pop("listener_unknown", []))  # fmt: skip
    nodes = given.pop("nodes", [node(f"{name}1", NEAR), node(f"{name}2", FAR)])
    return Balancer(f"⟨{name}⟩", f"Net/{name}", nodes=nodes, listeners=[listener], **{"sort": "network", **given})


def ways(*names: str, there: str = "delivered", back: str | None = "delivered") -> tuple[Any, ...]:
    return tuple((*name.split(">"), there, back) for name in names)


BOTH = ways("Net/A>Net/Lb1", "Net/A>Net/Lb2", "Net/Lb1>Net/Host", "Net/Lb2>Net/Host")


def asked(
    *balancers: Balancer, known: Any = BOTH, promise: Promise = ASKED, end: Place | None = None, **model: Any
) -> tuple[list[Flow], Traced]:
    traced = Traced(*known)
    made = Model(balancers={one.identity: one for one in balancers}, **model)
    view: Any = SimpleNamespace(model=made, tracer=traced)
    return carried(view, promise, place(A), end or place(B)), traced


def nodes_of(flows: list[Flow]) -> list[str]:
    """The load balancer's interfaces by which flows come in, in their order."""
    return [flow.forward.walk.hops[0].element.rpartition(">")[2].rpartition("-")[2] for flow in flows]


def test_a_connection_there_and_back() -> None:
    flows, traced = asked(balancer(nodes=[node("Lb1", NEAR)]))
    (flow,) = flows
    assert (flow.source, flow.destination) == (place(A), place(B))
    assert [(hop.element, hop.kind) for hop in flow.forward.walk.hops] == [
        ("Net/A-Net/Lb1", "subnet"), ("Net/Lb", "load balancer"), ("Net/Lb1-Net/Host", "subnet"),
    ]  # fmt: skip
    assert flow.forward.walk.hops[1].why == "to Net/Host: the load balancer's own address becomes the source"
    assert flow.forward.reason == "delivered Net/Lb1-Net/Host through Net/Lb"
    assert flow.back is not None
    assert [hop.element for hop in flow.back.walk.hops] == ["Net/Lb1-Net/Host back", "Net/A-Net/Lb1 back"]
    assert flow.box.port == ((80, 80),)
    # What listeners take, from its clients; what targets get, from its own address.
    assert [(source, end, protocol, port) for source, end, _, _, protocol, port in traced.asked] == [
        ("Net/A", "Net/Lb1", TCP, ((80, 80),)), ("Net/Lb1", "Net/Host", TCP, WEB),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("there", "outcomes"),
    [
        ({"Net/A>Net/Lb1": "dropped"}, {"Lb2": "delivered"}),
        ({"Net/A>Net/Lb1": "unknown"}, {"Lb1": "unknown", "Lb2": "delivered"}),
        ({"Net/A>Net/Lb2": "unknown"}, {"Lb1": "delivered", "Lb2": "unknown"}),
        ({"Net/Lb1>Net/Host": "dropped"}, {"Lb2": "delivered"}),
        ({"Net/Lb2>Net/Host": "unknown"}, {"Lb1": "delivered", "Lb2": "unknown"}),
    ],
    ids=str,
)
def test_what_becomes_of_each_part(there: dict[str, str], outcomes: dict[str, str]) -> None:
    known = [(source, end, there.get(f"{source}>{end}", outcome), back) for source, end, outcome, back in BOTH]
    flows, _ = asked(balancer(), known=known)
    assert {
        name.removeprefix("Net/"): flow.forward.outcome.value for name, flow in zip(nodes_of(flows), flows, strict=True)
    } == outcomes
    assert {flow.source for flow in flows} == {place(A)}
    assert {flow.destination for flow in flows} == {place(B)}


@pytest.mark.parametrize(
    ("lost", "replies"),
    [
        ("", "delivered"),
        ("Net/A>Net/Lb1", None),
        ("Net/Lb1>Net/Host", None),
        ("dropped there", "dropped"),
        ("dropped here", "dropped"),
    ],
)
def test_replies_on_both_parts(lost: str, replies: str | None) -> None:
    backs = {"dropped there": {"Net/Lb1>Net/Host": "dropped"}, "dropped here": {"Net/A>Net/Lb1": "dropped"}}
    given: dict[str, str | None] = {lost: None, **backs.get(lost, {})}
    known = [(source, end, there, given.get(f"{source}>{end}", back)) for source, end, there, back in BOTH]
    (flow,), _ = asked(balancer(nodes=[node("Lb1", NEAR)]), known=known)
    assert (flow.back.outcome.value if flow.back is not None else None) == replies
    if lost == "dropped there":
        assert flow.back is not None
        assert len(flow.back.walk.hops) == 1, "lost before it gets to the load balancer"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"keeps": True}, True),
        ({"keeps": False}, False),
        ({"keeps": Unknown("why")}, False),
        ({"keeps": True, "sort": "application"}, False),
    ],
    ids=str,
)
def test_whether_the_clients_address_stays(given: dict[str, Any], kept: bool) -> None:
    (flow,), _ = asked(balancer(nodes=[node("Lb1", NEAR)], **given))
    why = "the client's address stays" if kept else "the load balancer's own address becomes the source"
    assert flow.forward.walk.hops[1].why == f"to Net/Host: {why}"
    assert flow.forward.walk.box.source == (A.spans(4) if kept else NEAR.spans(4))
    assert (flow.back is None) is kept, "replies go to the client, not by the load balancer"


@pytest.mark.parametrize(("cross", "entered"), [(True, ["Net/Lb1", "Net/Lb2"]), (False, ["Net/Lb1"])])
def test_across_zones(cross: bool, entered: list[str]) -> None:
    assert nodes_of(asked(balancer(cross_zone=cross))[0]) == entered
    beside = Interface("⟨o⟩", "Net/Other", subnet=FAR)
    first = balancer("Lb", (beside, WEB), (HOST, WEB), cross_zone=cross)
    assert nodes_of(asked(first)[0]) == entered


@pytest.mark.parametrize(
    ("port", "carried_"),
    [(80, True), (8080, True), (443, False), (None, True)],
)
def test_the_port_of_either_side(port: int | None, carried_: bool) -> None:
    assert bool(asked(balancer(), promise=isolated("A", "B", port=port))[0]) is carried_


@pytest.mark.parametrize(
    ("end", "there"),
    [
        (Place("interface", "Net/Host", HOST, span_of(prefix("10.0.2.10/32"))), True),
        (Place("interface", "Net/Other", node("Other", B), B.spans(4)), False),
        (Place("subnet", "part", B, span_of(prefix("10.0.2.0/28"))), True),
        (Place("subnet", "part", B, span_of(prefix("10.0.2.128/25"))), False),
        (Place("subnet", "Net/A", A, A.spans(4)), False),
        (Place("internet", "the internet", None, ((1, 9),)), False),
    ],
)
def test_where_the_target_is(end: Place, there: bool) -> None:
    assert bool(asked(balancer(), end=end)[0]) is there


def test_a_target_by_address_is_whichever_host_has_it() -> None:
    """No instance is: it has an interface of its own."""
    named = Place("interface", "Net/Box", node("Box", B), B.spans(4))
    for kind, address, there in (
        ("", prefix("10.0.2.10/32"), True),
        ("", None, False),
        ("AWS::EC2::Instance", prefix("10.0.2.10/32"), False),
    ):
        host = Interface("⟨t⟩", "Net/Host", kind, subnet=B, address=address)
        assert bool(asked(balancer("Lb", (host, WEB)), end=named)[0]) is there
        assert asked(balancer("Lb", (host, WEB)))[0], "it is in the subnet"


def test_another_balancer_among_its_targets() -> None:
    inner = balancer("Alb", sort="application", nodes=[node("Alb1", NEAR), node("Alb2", FAR)])
    known = (*ways("Net/A>Net/Lb1", "Net/Lb1>Net/Alb1", "Net/Lb1>Net/Alb2", "Net/Alb1>Net/Host", "Net/Alb2>Net/Host"),)
    for port, count in (((80, 80), 2), ((81, 81), 0)):
        outer = balancer("Lb", inner=[(inner, (port,))], nodes=[node("Lb1", NEAR)])
        flows, traced = asked(outer, known=known)
        assert len(flows) == count
        for flow in flows:
            assert [hop.element for hop in flow.forward.walk.hops if hop.kind == "load balancer"] == [
                "Net/Lb",
                "Net/Alb",
            ]
            assert flow.back is not None
            assert len(flow.back.walk.hops) == 3
        assert all(one[5] == ((80, 80),) for one in traced.asked if one[1].startswith("Net/Alb"))
    unsure = [(*one[:2], "unknown" if one[1] == "Net/Alb2" else one[2], one[3]) for one in known]
    outer = balancer("Lb", inner=[(inner, ((80, 80),))], nodes=[node("Lb1", NEAR)])
    assert [flow.forward.outcome.value for flow in asked(outer, known=unsure)[0]] == ["delivered", "unknown"]
    assert asked(outer, known=[one for one in known if one[0] != "Net/Lb1"])[0] == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"listener_unknown": ["it listens"]}, "it listens (contract: harmless, Net/Lb)"),
        ({"group_unknown": ["it sends"]}, "it sends (contract: harmless, Net/Lb)"),
        ({"listener_unknown": ["first"], "group_unknown": ["second"]}, "first (contract: harmless, Net/Lb)"),
    ],
    ids=str,
)
def test_listeners_and_targets_that_are_not_known(given: dict[str, Any], reason: str) -> None:
    made = balancer(nodes=[node("Lb1", NEAR)], **given)
    perhaps, sure = asked(made)[0]
    assert (perhaps.forward.outcome, perhaps.forward.reason, perhaps.back) == (Outcome.UNKNOWN, reason, None)
    assert (perhaps.source, perhaps.destination, sure.forward.outcome) == (place(A), place(B), Outcome.DELIVERED)
    # Where no target is known there, it still may send to one in its VPC.
    elsewhere = Place("subnet", "Net/A2", subnet("A2", "10.0.3.0/24"), ((1, 2),))
    assert [flow.forward.outcome for flow in asked(made, end=elsewhere)[0]] == [Outcome.UNKNOWN]
    other = replace(elsewhere, element=Subnet("⟨w⟩", "Net/W", vpc=object(), blocks=A.blocks))  # type: ignore[arg-type]
    assert asked(made, end=other)[0] == []


def test_without_a_listener() -> None:
    made = balancer(nodes=[node("Lb1", NEAR)])
    made.listeners.clear()
    (flow,), traced = asked(made, promise=isolated("A", "B", port=443))
    assert flow.forward.reason == (
        "Net/Lb has no listener in the set: what one that is made elsewhere takes is not known "
        "(contract: harmless, Net/Lb)"
    )
    assert (flow.forward.outcome, traced.asked[0][5]) == (Outcome.UNKNOWN, ((443, 443),))


@pytest.mark.parametrize(
    ("source", "public", "told"),
    [("subnet", False, True), ("internet", False, False), ("internet", True, True), ("internet", Unknown("x"), True)],
)
def test_a_balancer_in_subnets_that_are_not_known(source: Any, public: Any, told: bool) -> None:
    made = balancer(unknown=["its subnets (contract: ids)", "more"], public=public, nodes=[])
    view: Any = SimpleNamespace(model=Model(balancers={"b": made}), tracer=Traced())
    start = replace(place(A), kind=source)
    flows = carried(view, ASKED, start, place(B))
    assert [(flow.forward.outcome, flow.forward.reason, flow.back) for flow in flows] == (
        [(Outcome.UNKNOWN, "Net/Lb: its subnets (contract: ids)", None)] if told else []
    )
    for flow in flows:
        assert flow.box == flow.forward.walk.box
        assert (flow.box.family, flow.box.protocol, flow.box.port) == (4, TCP, EVERY_PORT)
        assert (flow.box.source, flow.box.source_port, flow.box.destination) == (
            A.spans(4),
            EPHEMERAL_PORTS,
            B.spans(4),
        )
    for promise in (isolated("A", "B", protocol="udp"), isolated("A", "B", family=6)):
        assert carried(view, promise, start, place(B)) == []
    assert carried(view, ASKED, replace(start, ipv4=()), place(B)) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, []),
        ({"unknown": ["u"]}, ["u"]),
        ({"listener_unknown": ["l"]}, ["l"]),
        ({"group_unknown": ["g"]}, ["g"]),
        ({"unknown": ["u"], "listener_unknown": ["l"], "group_unknown": ["g"]}, ["u", "l", "g"]),
    ],
    ids=str,
)
def test_why_it_may_have_others(given: dict[str, Any], found: list[str]) -> None:
    assert doubts(balancer(**given)) == found
    bare = balancer(**given)
    bare.listeners.clear()
    assert doubts(bare) == (given.get("unknown") or ["no listener"])


class TestEndpoints:
    """What comes by PrivateLink enters at the endpoint, and goes on from the load balancer's own address."""

    DOOR = (node("Door", A),)
    WAYS = ways("Net/A>Net/Door", "Net/Lb1>Net/Host", "Net/Lb2>Net/Host")

    def asked(self, made: Balancer, endpoint: InterfaceEndpoint, **model: Any) -> list[Flow]:
        given = {"interface_endpoints": {"e": endpoint}, **model}
        # A place of its own, for what is the endpoint's own subnet sends nothing to itself.
        return asked(made, known=self.WAYS, **given)[0]

    def test_to_a_service_of_the_set(self) -> None:
        made = balancer(guards_private_link=False, keeps=True)
        service = EndpointService("⟨s⟩", "Net/Service", balancers=[made])
        endpoint = InterfaceEndpoint("⟨e⟩", "Net/E", nodes=list(self.DOOR), service=service)
        flows = self.asked(made, endpoint, services={"s": service})
        assert len(flows) == 2
        for flow in flows:
            assert [(hop.element, hop.kind) for hop in flow.forward.walk.hops][1:3] == [
                ("Net/E", "interface endpoint"), ("Net/Lb", "load balancer")
            ]  # fmt: skip
            assert [hop.why for hop in flow.forward.walk.hops][1:3] == [
                "to Net/Lb by Net/Service", "to Net/Host: the load balancer's own address becomes the source"
            ]  # fmt: skip
        other = EndpointService("⟨o⟩", "Net/Other")
        assert self.asked(made, InterfaceEndpoint("⟨e⟩", "Net/E", nodes=list(self.DOOR), service=other)) == []
        other.unknown.append("which load balancers")
        perhaps = InterfaceEndpoint("⟨e⟩", "Net/E", nodes=list(self.DOOR), service=other)
        assert len(self.asked(made, perhaps)) == 2
        assert self.asked(balancer(guards_private_link=False, sort="application"), perhaps) == []

    @pytest.mark.parametrize(
        ("doubt", "services", "told"), [("why", True, True), ("", True, False), ("why", False, False)]
    )
    def test_to_what_is_not_known(self, doubt: str, services: bool, told: bool) -> None:
        endpoint = InterfaceEndpoint("⟨e⟩", "Net/E", nodes=list(self.DOOR), doubt=doubt)
        given = {"services": {"s": EndpointService("⟨s⟩", "Net/S")}} if services else {}
        flows = self.asked(balancer(), endpoint, **given)
        assert [(flow.forward.outcome, flow.forward.reason) for flow in flows] == (
            [(Outcome.UNKNOWN, "why")] if told else []
        )

    def test_to_a_service_of_aws(self) -> None:
        endpoint = InterfaceEndpoint("⟨e⟩", "Net/E", nodes=list(self.DOOR), of_aws="s3")
        for name, count in (("s3", 1), ("dynamodb", 0)):
            flows, traced = asked(known=self.WAYS, end=Place("service", name, None, ((1, 1),)),
                                  interface_endpoints={"e": endpoint})  # fmt: skip
            assert len(flows) == count
            if count:
                assert flows[0].forward.reason == "s3 by Net/E"
                assert (flows[0].forward.walk.hops[-1].why, flows[0].back is None) == ("to s3", False)
                assert traced.asked[0][4:] == (TCP, ((443, 443),))


def test_nothing_is_sent_to_oneself() -> None:
    traced = Traced(*BOTH)
    made = balancer()
    view: Any = SimpleNamespace(model=Model(balancers={"b": made}), tracer=traced)
    start = Place("interface", "Net/A", made.nodes[0], NEAR.spans(4))
    assert nodes_of(list(Carrier(view, ASKED, start, place(B)).flows())) == ["Net/Lb2"]
    assert VPC.path == "Net/V"
