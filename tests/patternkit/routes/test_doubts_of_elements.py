"""Which promises a doubt about an element concerns: those that begin or end at it, and those whose packets pass it.

Doubts are put at the elements of one network by hand, each by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from patternkit.routes import Network, Promise, Verdict, isolated, no_bypass, reaches, same_az, symmetric
from patternkit.routes.model import Doubt
from patternkit.routes.promises import MEANINGS
from tests.patternkit.routes.topologies import Topology, inspection

AGAINST = ("isolated", "no_bypass", "inspected")


def made() -> Topology:
    net = inspection(spokes=3, letters="a")
    net.host("Host", "S0a")
    net.vpn("Vpn", tgw="Tgw", asn=65010)
    return net


@cache
def whole() -> Network:
    return made().network(symmetry=False, contracts={"prefixes": {"Vpn": ["192.168.0.0/16"]}})


def told(promise: Promise, *doubts: tuple[str, bool], network: Callable[[], Network] = whole) -> tuple[Any, set[str]]:
    """The verdict with doubts about elements by name, and the elements whose doubts are told."""
    (view,) = network().views()
    for name, adds in doubts:
        doubt = Doubt(f"Net/{name} has more (contract: none)", adds)
        view.model.doubts.setdefault(f"⟨Net/{name}⟩", []).append(doubt)
    try:
        proof = network().prove(promise)
    finally:
        view.model.doubts.clear()
    return proof.verdict, {text.removeprefix("Net/").partition(" ")[0] for text in proof.unknown}


def names() -> list[str]:
    (view,) = whole().views()
    found = {*view.model.targets, *(one.identity for one in view.model.elements())}
    return sorted(one.removeprefix("⟨Net/").removesuffix("⟩") for one in found if one.startswith("⟨Net/"))


FIREWALL = {"Tgw", "MAt", "Mat", "Fw#0", "Maf", "M", "Fw"}
OUT = {*FIREWALL, "Nata", "Map", "MIgw", "S0At", "S0at"}


@pytest.mark.parametrize(
    ("source", "destination", "ends", "passed"),
    [
        ("Host", "S1a", {"Host", "AnyGroup", "S0a", "S0", "S1a", "S1"}, {*FIREWALL, "S0At", "S0at", "S1At", "S1at"}),
        ("S0a", "S1a", {"S0a", "S0", "S1a", "S1"}, {*FIREWALL, "S0At", "S0at", "S1At", "S1at"}),
        ("S0a", "internet", {"S0a", "S0"}, OUT),
        ("Map", "internet", {"Map", "M"}, {"MIgw"}),
    ],
)
@pytest.mark.parametrize("kind", MEANINGS)
def test_it_concerns_what_is_at_either_end_or_on_the_way(
    kind: str, source: str, destination: str, ends: set[str], passed: set[str]
) -> None:
    promise = Promise(kind, source, destination, port=443)
    without, nothing = told(promise)
    assert not nothing
    for name in names():
        for adds in (False, True):
            wanted = name in ends | passed if not adds else name in ends and kind in AGAINST
            if (
                adds
                and kind in AGAINST
                and destination == "internet"
                and name in ("S0", "S1", "S2", "M")
                and not wanted
            ):
                continue  # what comes in there may go on: below
            verdict, found = told(promise, (name, adds))
            assert found == ({name} if wanted else set()), (name, adds)
            assert verdict is (Verdict.UNKNOWN if wanted and without is Verdict.HOLDS else without)


def test_each_doubt_is_told_of_every_element() -> None:
    several = [(name, False) for name in ("S0a", "Tgw", "S1", "S2", "Fw")]
    assert told(reaches("S0a", "S1a", port=443), *several)[1] == {"S0a", "Tgw", "S1", "Fw"}
    twice = [("S2", False), ("S1a", True), ("S1a", False)]
    assert told(isolated("S0a", "S1a", port=443), *twice)[1] == {"S1a"}
    assert told(reaches("S0a", "S1a", port=443), ("S1a", True), ("S1a", False))[1] == {"S1a"}


def test_a_connection_and_the_gateway_that_it_ends_at_are_its_ends() -> None:
    ends = {"Vpn", "S0a", "S0", "Tgw"}
    promise = isolated("Vpn", "S0a")
    found = {name for name in names() if told(promise, (name, True))[1]}
    assert found >= ends - {"Tgw"}
    assert "S1a" not in found


def peered() -> Topology:
    """Three VPCs of which the last is peered with the first, and leads to the internet of none."""
    net = Topology()
    for number, name in enumerate(("A", "X", "Y", "P"), 1):
        net.vpc(name, f"10.{number}.0.0/16", a=f"10.{number}.1.0/24", b=f"10.{number}.2.0/24")
    way = net.peering("Peering", "A", "P")
    net.table("A", "TA", "a", routes={"10.4.0.0/16": way})
    net.table("P", "TP", "b", routes={"10.1.0.0/16": way})
    net.table("P", "TPa", "a")
    return net


@cache
def by_peering() -> Network:
    return peered().network(symmetry=False)


@pytest.mark.parametrize(
    ("promise", "told_of"),
    [
        (isolated("internet", "Aa"), {"P"}),
        (isolated("Aa", "internet"), {"P"}),
        (isolated("internet", "Pa"), {"A"}),
        (isolated("Aa", "8.8.8.8/32"), {"P"}),
        (reaches("Aa", "internet"), set()),
        (symmetric("Aa", "internet"), set()),
        (same_az("internet", "Aa"), set()),
    ],
    ids=str,
)
def test_what_comes_in_by_another_vpc_may_go_on_from_there(promise: Promise, told_of: set[str]) -> None:
    """Whichever other VPCs there are beside it, before and after; of a doubt that adds no ways nothing is told."""
    others = [name for name in "XAPY" if name != promise.source[0] and name != promise.destination[0]]
    assert told(promise, *((name, True) for name in others), network=by_peering)[1] == told_of
    assert told(promise, *((name, False) for name in others), network=by_peering)[1] == set()
    assert told(promise, ("X", True), ("Y", True), network=by_peering)[1] == set()


def test_what_is_inspected_on_its_way_from_there_is_no_further_way() -> None:
    """A spoke's packets to the others cross the firewall; those of the VPC in which it stands do not."""
    assert told(no_bypass("internet", "S0a"), ("S1", True), ("S2", True))[1] == set()
    assert told(isolated("internet", "S0a"), ("S1", True), ("S2", True))[1] == {"S1", "S2"}
    assert told(no_bypass("internet", "S0a"), ("M", True), ("S2", True))[1] == {"M"}


def test_contracts_that_lift_a_doubt_are_named_where_it_would_concern() -> None:
    (view,) = whole().views()
    for name, leans in (("S0a", True), ("Tgw", True), ("S2a", False), ("Fw", True)):
        view.model.lifted[f"⟨Net/{name}⟩"] = frozenset({"prefixes Vpn"})
        try:
            proof = whole().prove(reaches("S0a", "S1a", port=443))
        finally:
            view.model.lifted.clear()
        assert proof.contracts == (("prefixes Vpn",) if leans else ())
