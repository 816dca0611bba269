"""What reports say of proofs, flows, losses and promises: every field, as text, as JSON and as SARIF.

What is reported here is made by hand, so that each field has a value of its own and none can stand for another.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from patternkit.promise_lists import BadPromise
from patternkit.resolving.resource_lines import Spot
from patternkit.routes import Verdict, inspected, reaches
from patternkit.routes.addresses import Box, prefix, span_of
from patternkit.routes.flow_text import flow_data, flow_lines, flow_verdict, leg_data, leg_lines, plain
from patternkit.routes.forwarding import Hop, Leg, Outcome, Walk
from patternkit.routes.network import Trace
from patternkit.routes.places import Place
from patternkit.routes.promises import MEANINGS
from patternkit.routes.proving.proof import Proof, answer_data, proof_data
from patternkit.routes.sarif import sarif
from patternkit.routes.survival import Break, Survival
from patternkit.routes.tracing import Flow

ONE, OTHER = span_of(prefix("10.0.1.0/24")), span_of(prefix("10.0.2.0/24"))
BOX = Box(4, ((6, 6),), ONE, ((1024, 65535),), OTHER, ((443, 443),))
SOURCE, DESTINATION = Place("subnet", "Net/A", None, ONE), Place("subnet", "Net/B", None, OTHER)
CHOICES = (("path of ⟨Net/At⟩", "one"), ("public address of ⟨Net/A⟩", True), ("zone", "⟨z⟩"))


def leg(outcome: Outcome, reason: str, *hops: Hop, back: bool = False, **walk: Any) -> Leg:
    box = BOX.swapped() if back else BOX
    return Leg(Walk(box, back=back, hops=hops, **walk), outcome, reason)


THERE = leg(
    Outcome.DELIVERED,
    "it gets to ⟨Net/B⟩",
    Hop("Net/A", "subnet", "", "by ⟨Net/T⟩", "⟨Net/A⟩"),
    Hop("Net/Nat", "NAT gateway", "eu-west-1a", "its address", "⟨Net/Nat⟩"),
)
BACK = leg(Outcome.DROPPED, "no ⟨route⟩", Hop("Net/B", "subnet", "z", "why", "⟨Net/B⟩"), back=True, choices=CHOICES)
FLOW = Flow(SOURCE, DESTINATION, BOX, THERE, BACK)
ONE_WAY = Flow(SOURCE, DESTINATION, BOX, leg(Outcome.UNKNOWN, "not ⟨told⟩"), None)


class TestFlows:
    def test_as_text(self) -> None:
        assert flow_lines(FLOW) == [
            "  from Net/A to Net/B: tcp 10.0.1.4:1024 -> 10.0.2.4:443",
            "  there: tcp 10.0.1.4:1024 -> 10.0.2.4:443",
            "     1. subnet Net/A: by ⟨Net/T⟩",
            "     2. NAT gateway Net/Nat [eu-west-1a]: its address",
            "        delivered: it gets to ⟨Net/B⟩",
            "  back: tcp 10.0.2.4:443 -> 10.0.1.4:1024",
            "     1. subnet Net/B [z]: why",
            "        dropped: no ⟨route⟩",
            "  for the flows with public address of Net/A = True, zone = z",
        ]

    def test_one_way_as_text(self) -> None:
        packet = "tcp 10.0.1.4:1024 -> 10.0.2.4:443"
        assert flow_lines(ONE_WAY) == [
            f"  from Net/A to Net/B: {packet}",
            f"  there: {packet}",
            "        unknown: not ⟨told⟩",
        ]
        only_path = replace(ONE_WAY, forward=replace(THERE, walk=replace(THERE.walk, choices=CHOICES[:1])))
        assert not any("for the flows with" in line for line in flow_lines(only_path))

    def test_the_tenth_hop_is_aligned(self) -> None:
        many = leg(Outcome.DELIVERED, "there", *(Hop(f"E{number}", "subnet", "", "w") for number in range(10)))
        assert leg_lines(many, "back")[9:11] == ["     9. subnet E8: w", "    10. subnet E9: w"]

    def test_as_data(self) -> None:
        packet = "tcp 10.0.1.4:1024 -> 10.0.2.4:443"
        assert flow_data(FLOW) == {
            "source": "Net/A",
            "destination": "Net/B",
            "packet": packet,
            "there": {
                "outcome": "delivered",
                "reason": "it gets to Net/B",
                "packet": packet,
                "hops": [
                    {"element": "Net/A", "kind": "subnet", "zone": "", "why": "by Net/T"},
                    {"element": "Net/Nat", "kind": "NAT gateway", "zone": "eu-west-1a", "why": "its address"},
                ],
            },
            "back": {
                "outcome": "dropped",
                "reason": "no route",
                "packet": "tcp 10.0.2.4:443 -> 10.0.1.4:1024",
                "hops": [{"element": "Net/B", "kind": "subnet", "zone": "z", "why": "why"}],
            },
            "when": {"path of Net/At": "one", "public address of Net/A": "True", "zone": "z"},
        }
        assert flow_data(None) is leg_data(None) is None
        one_way = flow_data(ONE_WAY)
        assert one_way is not None
        assert (one_way["back"], one_way["there"]["reason"], one_way["when"]) == (None, "not told", {})

    @pytest.mark.parametrize(
        ("forward", "back", "verdict"),
        [
            ("DELIVERED", "DELIVERED", Verdict.HOLDS),
            ("DELIVERED", "DROPPED", Verdict.FAILS),
            ("DELIVERED", "UNKNOWN", Verdict.UNKNOWN),
            ("DROPPED", None, Verdict.FAILS),
            ("UNKNOWN", None, Verdict.UNKNOWN),
        ],
    )
    def test_what_a_flow_says(self, forward: str, back: str | None, verdict: Verdict) -> None:
        end = leg(Outcome[back], "", back=True) if back is not None else None
        flow = Flow(SOURCE, DESTINATION, BOX, leg(Outcome[forward], ""), end)
        assert flow_verdict(flow) is verdict
        assert (flow.delivered, flow.answered) == (forward == "DELIVERED", back == "DELIVERED")
        assert flow.last is (end or flow.forward)

    def test_a_trace(self) -> None:
        trace = Trace(Verdict.FAILS, (FLOW, ONE_WAY), "no route")
        assert (trace.forward, trace.back) == (("Net/A", "Net/Nat"), ("Net/B",))
        assert Trace(Verdict.UNKNOWN, (ONE_WAY,)).back == ()
        assert str(trace).splitlines() == ["FAILS no route", *flow_lines(FLOW), *flow_lines(ONE_WAY)]

    def test_marks_are_left_out(self) -> None:
        assert plain("⟨a⟩ and ⟨b⟩") == "a and b"


PROMISE = reaches("A", "B", port=443)
FULL = Proof(
    PROMISE,
    Verdict.UNKNOWN,
    "the ⟨reason⟩",
    FLOW,
    ("the ⟨reason⟩", "another ⟨doubt⟩"),
    pairs=9,
    traced=2,
    flows=7,
    delivered=3,
    left_out=5,
    contracts=("ids a", "zones b"),
    notes=("a ⟨note⟩", "another", "another"),
    worlds=4,
    world="the ⟨world⟩",
)


class TestProofs:
    def test_as_text(self) -> None:
        assert str(FULL).splitlines() == [
            "UNKNOWN reaches: A -> B, tcp 443",
            "  the reason",
            "  where the world",
            *flow_lines(FLOW),
            "  not known: another doubt",
            "  9 pairs, 2 walked, the others alike; 3 of 7 kinds of flow arrive, in 4 worlds",
            "  5 pairs within one VPC are left out",
            "  leans on contracts: ids a, zones b",
            "  note: a note",
            "  note: another",
        ]

    def test_as_short_a_text_as_there_is(self) -> None:
        text = "HOLDS reaches: A -> B, tcp 443\n  2 pairs; 1 of 1 kinds of flow arrive"
        assert str(Proof(PROMISE, Verdict.HOLDS, pairs=2, traced=2, flows=1, delivered=1)) == text

    @pytest.mark.parametrize(("count", "more"), [(40, 0), (41, 1), (43, 3)])
    def test_no_more_unknowns_than_anybody_reads(self, count: int, more: int) -> None:
        unknown = tuple(f"doubt {number}" for number in range(count))
        lines = str(replace(FULL, unknown=unknown)).splitlines()
        assert sum(line.startswith("  not known: doubt") for line in lines) == 40
        assert [line for line in lines if "more unknowns" in line] == ([f"  and {more} more unknowns"] if more else [])

    def test_as_data(self) -> None:
        assert answer_data(FULL) == proof_data(FULL) == {
            "promise": "reaches: A -> B, tcp 443",
            "kind": "reaches",
            "verdict": "UNKNOWN",
            "reason": "the reason",
            "world": "the world",
            "witness": flow_data(FLOW),
            "unknown": ["the reason", "another doubt"],
            "pairs": 9,
            "traced": 2,
            "flows": 7,
            "delivered": 3,
            "left_out": 5,
            "worlds": 4,
            "contracts": ["ids a", "zones b"],
            "notes": ["a note", "another"],
        }  # fmt: skip

    def test_what_is_not_given_is_nothing(self) -> None:
        given = {"promise", "verdict"}
        nothing: dict[str, Any] = {"reason": "", "witness": None, "world": "", "worlds": 1}
        nothing |= dict.fromkeys(("unknown", "contracts", "notes"), ())
        nothing |= dict.fromkeys(("pairs", "traced", "flows", "delivered", "left_out"), 0)
        made = Proof(PROMISE, Verdict.HOLDS)
        assert {one.name: getattr(made, one.name) for one in fields(Proof) if one.name not in given} == nothing

    def test_what_is_wrong_with_a_promise_as_data(self) -> None:
        bad = BadPromise("mine", "reaches", "port is wrong")
        told = {"promise": "mine", "kind": "reaches", "verdict": "ERROR", "reason": "port is wrong"}
        assert answer_data(bad) == bad.data() == told


BREAKS = (
    Break(("eu-west-1a",), Verdict.FAILS, "no ⟨route⟩"),
    Break(("Net/One", "Net/Other"), Verdict.UNKNOWN, "it is not known"),
)


class TestSurvival:
    def test_a_break_as_text(self) -> None:
        assert [str(one) for one in BREAKS] == [
            "FAILS without eu-west-1a: no route",
            "UNKNOWN without Net/One and Net/Other: it is not known",
        ]

    def test_what_breaks_it_as_text(self) -> None:
        found = Survival("mine", Verdict.HOLDS, BREAKS, tried=12, own=("Net/A", "Net/B"), left_out=7)
        assert str(found).splitlines() == [
            "BREAKS mine",
            *(f"  {one}" for one in BREAKS),
            "  says nothing of its own end: Net/A",
            "  says nothing of its own end: Net/B",
            "  12 losses tried; 7 pairs were not tried",
        ]
        assert not found.survives

    def test_what_it_survives_as_text(self) -> None:
        assert str(Survival("mine", Verdict.HOLDS, tried=3)) == "SURVIVES mine\n  3 losses tried"
        pair = Survival("mine", Verdict.HOLDS, BREAKS[1:], tried=3)
        assert str(pair) == f"SURVIVES mine\n  {BREAKS[1]}\n  3 losses tried"
        assert pair.survives

    @pytest.mark.parametrize("verdict", [Verdict.FAILS, Verdict.UNKNOWN])
    def test_what_does_not_hold_with_nothing_lost(self, verdict: Verdict) -> None:
        found = Survival("mine", verdict)
        assert str(found) == f"{verdict.value} mine\n  with nothing lost"
        assert not found.survives

    def test_what_means_nothing_here(self) -> None:
        found = Survival("mine", None, error="source 'A' is not in the network")
        assert str(found) == "ERROR mine\n  source 'A' is not in the network"
        assert found.data() == {
            "promise": "mine",
            "verdict": "ERROR",
            "survives": False,
            "breaks": [],
            "tried": 0,
            "own": [],
            "error": "source 'A' is not in the network",
            "left_out": 0,
        }

    def test_as_data(self) -> None:
        found = Survival("mine", Verdict.HOLDS, BREAKS, tried=12, own=("Net/A",), left_out=7)
        assert found.data() == {
            "promise": "mine",
            "verdict": "HOLDS",
            "survives": False,
            "breaks": [
                {"lost": ["eu-west-1a"], "verdict": "FAILS", "reason": "no route"},
                {"lost": ["Net/One", "Net/Other"], "verdict": "UNKNOWN", "reason": "it is not known"},
            ],
            "tried": 12,
            "own": ["Net/A"],
            "error": "",
            "left_out": 7,
        }


class _Lines:
    """Where resources are written, by a part of a text and by identity."""

    def __init__(self, named: dict[str, int], known: dict[str, int]) -> None:
        self.named, self.known = named, known

    def first_named(self, text: str) -> Spot | None:
        return next((Spot("net.yaml", line) for part, line in self.named.items() if part in text), None)

    def of_identity(self, identity: str) -> Spot | None:
        return Spot("net.yaml", self.known[identity]) if identity in self.known else None


def spot(location: dict[str, Any]) -> tuple[str, int]:
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


class TestSarif:
    ASKED = ("promises.yaml", 1)

    def result(self, proof: Proof, lines: Any = None) -> dict[str, Any]:
        (run,) = sarif([proof], "promises.yaml", lines)["runs"]
        (found,) = run["results"]
        return dict(found)

    def test_the_run(self) -> None:
        driver = sarif([FULL], "promises.yaml")["runs"][0]["tool"]["driver"]
        assert driver["name"] == "patternkit routes"
        assert [rule["id"] for rule in driver["rules"]] == list(MEANINGS)

    def test_a_result(self) -> None:
        by = replace(FULL, promise=inspected("A", "B", by="Fw"))
        for proof, index in ((FULL, 0), (by, 2)):
            found = self.result(proof)
            assert (found["ruleId"], found["ruleIndex"]) == (proof.promise.kind, index)
            assert (found["level"], found["kind"]) == ("warning", "open")
            assert found["message"]["text"] == f"UNKNOWN {proof.promise}: the reason"
        held = self.result(Proof(PROMISE, Verdict.HOLDS))
        assert held["message"]["text"] == "HOLDS reaches: A -> B, tcp 443"
        assert "codeFlows" not in held

    @pytest.mark.parametrize(
        ("change", "lines", "blamed"),
        [
            ({}, _Lines({"the ⟨reason⟩": 3, "another": 4}, {"⟨Net/B⟩": 5}), 3),
            ({}, _Lines({"another": 4}, {"⟨Net/A⟩": 1, "⟨Net/B⟩": 5}), 5),
            ({"witness": ONE_WAY}, _Lines({"another": 4}, {"⟨Net/B⟩": 5}), 4),
            ({"witness": None}, _Lines({"another": 4}, {"⟨Net/B⟩": 5}), 4),
            (
                {"witness": replace(FLOW, back=None)},
                _Lines({"another": 4}, {"⟨Net/A⟩": 6, "⟨Net/Nat⟩": 7, "⟨Net/B⟩": 5}),
                7,
            ),
            ({"witness": replace(FLOW, back=None)}, _Lines({}, {"⟨Net/A⟩": 6}), 6),
            ({"witness": None}, _Lines({}, {"⟨Net/B⟩": 5}), None),
            ({"verdict": Verdict.HOLDS}, _Lines({"the ⟨reason⟩": 3}, {}), None),
        ],
    )
    def test_what_is_blamed(self, change: dict[str, Any], lines: Any, blamed: int | None) -> None:
        found = self.result(replace(FULL, **change), lines)
        wanted = self.ASKED if blamed is None else ("net.yaml", blamed)
        assert [spot(one) for one in found["locations"]] == [wanted]
        assert ("relatedLocations" in found) is (blamed is not None)

    def test_the_way_of_a_witness(self) -> None:
        found = self.result(FULL, _Lines({}, {"⟨Net/A⟩": 6, "⟨Net/B⟩": 5}))
        (flow,) = found["codeFlows"][0]["threadFlows"]
        steps = [step["location"] for step in flow["locations"]]
        assert [spot(one) for one in steps] == [("net.yaml", 6), self.ASKED, ("net.yaml", 5)]
        assert [one["message"]["text"] for one in steps] == [
            "subnet: by Net/T",
            "NAT gateway: its address",
            "subnet: why",
        ]
        assert [one["logicalLocations"][0]["fullyQualifiedName"] for one in steps] == ["Net/A", "Net/Nat", "Net/B"]
        steps = self.result(replace(FULL, witness=replace(FLOW, back=None)))["codeFlows"][0]["threadFlows"][0]
        assert [spot(one["location"]) for one in steps["locations"]] == [self.ASKED] * 2
