"""Two other ways to the same verdicts: z3 over bit vectors, and a walk of every pair without symmetry.

`PATTERNKIT_FUZZ=2000` tries so many random networks instead of a bounded share.
"""

from __future__ import annotations

import json
from collections import Counter

from hypothesis import example, given, note

from patternkit.routes import (
    Network,
    Promise,
    Proof,
    QuestionError,
    Verdict,
    inspected,
    isolated,
    no_blackhole,
    no_bypass,
    reaches,
    same_az,
    symmetric,
)
from tests.patternkit.routes.random_networks import bounded, networks
from tests.patternkit.routes.topologies import Topology, translated_between
from tests.patternkit.routes.z3_oracle import Oracle

SPOKES = "every spoke subnet"


def test_z3_agrees() -> None:
    counts: Counter[str] = Counter()

    # Few of the random networks translate between VPCs.
    @bounded(12)
    @example(translated_between(crossed=True))
    @example(translated_between(crossed=False))
    @given(networks(changes=4))
    def agree(net: Topology) -> None:
        note(json.dumps(net.template()))
        network = net.network()
        model = network.model
        counts["networks"] += 1
        selector = network.views()[0].selector
        for source, target in (("S0a", "S1a"), ("S1a", "internet")):
            spans = selector.select(target, "destination").places[0].spans(4)
            start, end = model.subnets[f"⟨Net/{source}⟩"], model.subnets.get(f"⟨Net/{target}⟩")
            broken = Oracle(model).broken(start, end, spans)
            if broken is None:
                counts["pairs translated twice"] += 1
                continue
            for kind, make in (("reaches", reaches), ("inspected", inspected), ("isolated", isolated)):
                proof = network.prove(make(source, target, family=4))
                counts[f"{kind} {proof.verdict.value}"] += 1
                # That nothing arrives at all is no packet that z3 could find.
                found = proof.verdict is not Verdict.HOLDS and "no flow arrives at all" not in proof.reason
                assert broken[kind] == found, f"z3 says {broken[kind]}\n{proof}"

    agree()
    print("\nz3:", dict(counts))
    assert {"HOLDS", "FAILS"} <= {name.split()[-1] for name in counts}


def everything() -> list[Promise]:
    pairs = [(SPOKES, [SPOKES, "internet"]), ("internet", SPOKES), ("S0", SPOKES), (SPOKES, "10.0.4.0/24")]
    kinds = (reaches, isolated, inspected, symmetric, same_az, no_bypass, no_blackhole)
    return [kind(source, destination) for kind in kinds for source, destination in pairs]


def verdict(network: Network, promise: Promise) -> tuple[object, ...]:
    try:
        proof = network.prove(promise)
    except QuestionError as error:
        return ("refused", str(error), 0, str(error))
    return (proof.verdict.value, proof.pairs, proof.left_out, proof)


def test_a_walk_of_every_pair_agrees() -> None:
    counts: Counter[str] = Counter()

    @bounded(40)
    @given(networks(spokes=5, changes=3))
    def agree(net: Topology) -> None:
        note(json.dumps(net.template()))
        counts["networks"] += 1
        reduced = Network.from_templates({"Net": net.template()})
        brute = Network.from_templates({"Net": net.template()}, symmetry=False)
        for promise in everything():
            ours, theirs = verdict(reduced, promise), verdict(brute, promise)
            assert ours[:3] == theirs[:3], f"{promise}\n{ours[-1]}\n{theirs[-1]}"
            counts[str(ours[0])] += 1
            if isinstance(ours[-1], Proof):
                counts["pairs"] += ours[-1].pairs
                counts["walked"] += ours[-1].traced

    agree()
    print("\nbrute force:", dict(counts))
    assert counts["walked"] < counts["pairs"]
