"""VPCs that are alike are proved once, and those that are not are told apart."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patternkit.routes import Network, Verdict, isolated, no_bypass, reaches
from tests.patternkit.routes.topologies import inspection

SPOKES = "every spoke subnet"


def test_alike_vpcs_are_proved_once_unless_asked_otherwise(tmp_path: Path) -> None:
    net = inspection(spokes=6, letters="a")
    (tmp_path / "Net.json").write_text(json.dumps(net.template()))
    promise = reaches("every spoke subnet", "internet", port=443)
    for network in (Network.from_templates({"Net": net.template()}), Network.load(tmp_path / "Net.json")):
        proof = network.prove(promise)
        assert proof.traced < proof.pairs
    every = Network.from_templates({"Net": net.template()}, symmetry=False).prove(promise)
    assert every.traced == every.pairs == proof.pairs


@pytest.mark.parametrize("summary", ["10.0.16.0/20", "10.0.16.0/21", "10.0.24.0/21", "10.0.0.0/20", "10.0.16.0/22"])
def test_vpcs_are_told_apart_by_what_covers_them(summary: str) -> None:
    net = inspection(spokes=8, letters="a")
    net.transit_route("SpokeTable", summary, None)
    reduced = Network.from_templates({"Net": net.template()})
    every = Network.from_templates({"Net": net.template()}, symmetry=False)
    for promise in (
        reaches(SPOKES, SPOKES, port=443),
        isolated(["S0", "S2"], ["S4", "S7"]),
        isolated(["S4", "S7"], ["S0", "S2"]),
        isolated("S0", ["S1", "S5"]),
    ):
        ours, theirs = reduced.prove(promise), every.prove(promise)
        assert (ours.verdict, ours.pairs) == (theirs.verdict, theirs.pairs), promise
    assert reduced.prove(reaches(SPOKES, SPOKES, port=443)).verdict is Verdict.FAILS


def test_vpcs_that_one_resource_may_stand_in_are_alike() -> None:
    net = inspection(spokes=6, letters="a")
    net.add("Unseen", "ApiGatewayV2::VpcLink", SubnetIds=["subnet-1"])
    every = Network.from_templates({"Net": net.template()}, symmetry=False)
    for promise in (no_bypass(SPOKES, "internet"), isolated(SPOKES, SPOKES), reaches(SPOKES, "internet", port=443)):
        ours, theirs = Network.from_templates({"Net": net.template()}).prove(promise), every.prove(promise)
        assert (ours.verdict, ours.pairs) == (theirs.verdict, theirs.pairs), promise
        assert ours.traced < ours.pairs, promise
    net.add("Known", "EC2::CarrierGateway", VpcId={"Ref": "S2"})
    network = Network.from_templates({"Net": net.template()})
    told = network.prove(no_bypass(SPOKES, "internet")).unknown
    assert any("Net/Known" in reason for reason in told)
    del net.resources["Unseen"]
    network = Network.from_templates({"Net": net.template()})
    assert network.prove(no_bypass("S0", "internet")).verdict is Verdict.HOLDS
    assert network.prove(no_bypass(SPOKES, "internet")).verdict is Verdict.UNKNOWN
