"""Which pairs of places a promise is about: as many as there are, of each kind one, whichever VPCs are alike."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import pytest

from patternkit.routes import Network, Promise, QuestionError, isolated, reaches
from patternkit.routes.promises import MEANINGS
from patternkit.routes.proving.pairs import names_of, pairs_of
from tests.patternkit.routes.topologies import Topology, inspection

SPOKES = "every spoke subnet"


def made() -> Topology:
    """Four spokes, of which one has a way of its own to the internet, and another a subnet whose range is not known."""
    net = inspection(spokes=4, letters="ab")
    net.internet_gateway("S2")
    net.subnet("S3", "c", "10.0.14.0/24")
    properties = net.resources["S3c"]["Properties"]
    del properties["CidrBlock"]
    properties["Ipv4IpamPoolId"], properties["Ipv4NetmaskLength"] = "pool", 24
    return net


@cache
def network(*, symmetry: bool) -> Network:
    return made().network(symmetry=symmetry)


@pytest.mark.parametrize(
    ("source", "destination"),
    [
        (SPOKES, SPOKES),
        (SPOKES, "internet"),
        ("internet", SPOKES),
        ("every subnet", "every subnet"),
        ("S0a", SPOKES),
        (SPOKES, "S1b"),
        ("S0", "S1"),
        ("S0", "S0"),
        ("S2", "S2"),
        ("S0", "S2"),
        (["S0a", "S1b"], ["S1a", "S2a", "S0a"]),
        (["S0a", "S1a"], ["S0a", "S1a"]),
        (["S0a", "S0b"], ["S0a", "S0b"]),
        ("10.0.0.0/25", SPOKES),
        (SPOKES, "10.0.0.0/21"),
        (["10.0.0.0/25", "10.0.0.128/25"], ["S1", "internet"]),
        ("M", SPOKES),
        ("S3c", SPOKES),
        ("Net/S3", "Net/S3"),
        ("internet", "internet"),
    ],
    ids=str,
)
def test_pairs_that_are_alike_are_counted_and_not_walked(source: Any, destination: Any) -> None:
    promise = Promise("reaches", source, destination)
    counts: list[Counter[bool]] = []
    walked: list[set[tuple[str, str]]] = []
    for symmetry in (False, True):
        (view,) = network(symmetry=symmetry).views()
        ends = view.selector.select(source, "source"), view.selector.select(destination, "destination")
        found = list(pairs_of(view.selector, promise, *ends, classes=view.classes))
        assert (view.classes is not None) is symmetry
        for one, other, count, within in found:
            assert within is (
                one.subnet is not None and other.subnet is not None and one.subnet.vpc is other.subnet.vpc
            )
            assert count >= 1
            assert one is not other
            assert one.element is not other.element or one.element is None
            assert one in ends[0].places
            assert other in ends[1].places
        counts.append(Counter())
        for _, _, count, within in found:
            counts[-1][within] += count
        walked.append({(one.name, other.name) for one, other, _, _ in found})
        assert len(walked[-1]) == len(found), "none is walked twice"
        if not symmetry:
            assert {count for _, _, count, _ in found} <= {1}
    assert counts[0] == counts[1]
    assert walked[1] <= walked[0]


@pytest.mark.parametrize(
    ("source", "destination", "walked"),
    [
        # Of the alike spokes S0 and S1 each role of one, and of S2 and S3 every subnet.
        (SPOKES, "internet", 4 + 4 + 5),
        ("S0", "internet", 4),
        (["S0a", "S1a"], ["S0a", "S1a"], 1),
        (["S0a", "S1a"], ["S0b", "S1b"], 2),
        (["S0a", "S0b"], ["S1a", "S1b"], 4),
    ],
    ids=str,
)
def test_how_many_are_walked(source: Any, destination: Any, walked: int) -> None:
    (view,) = network(symmetry=True).views()
    ends = view.selector.select(source, "source"), view.selector.select(destination, "destination")
    promise = Promise("isolated", source, destination)
    assert len(list(pairs_of(view.selector, promise, *ends, classes=view.classes))) == walked


@pytest.mark.parametrize("kind", MEANINGS)
def test_which_subnets_of_a_group_are_asked(kind: str) -> None:
    """What works is asked of the subnets with hosts; that nothing gets through, of those of attachments, too."""
    answers = inspection(letters="a").network()
    count = 4 if kind in ("isolated", "no_bypass") else 2
    proof = answers.prove(Promise(kind, SPOKES, "internet", port=443))
    assert (proof.pairs, proof.left_out) == (count, 0)
    assert proof.traced == count // 2, "of two alike spokes one"
    proof = answers.prove(Promise(kind, "S0a", SPOKES, port=443))
    assert (proof.pairs, proof.left_out) == ((2, 1) if count == 4 else (1, 0))
    assert proof.traced == proof.pairs


@pytest.mark.parametrize("kind", MEANINGS)
def test_which_addresses_of_a_range_are_asked(kind: str) -> None:
    """What works is asked of the addresses that are in use; that nothing gets through, of all."""
    proof = inspection(letters="a").network().prove(Promise(kind, "S0a", "10.0.4.0/22", port=443))
    # The subnets of S1, and what is in none of them.
    assert proof.pairs == (3 if kind in ("isolated", "no_bypass") else 1), str(proof)


def test_pairs_within_one_vpc() -> None:
    answers = inspection(letters="a").network()
    with pytest.raises(QuestionError) as caught:
        answers.prove(isolated("S0", "S0"))
    assert str(caught.value) == (
        "isolated: S0 -> S0: there is no pair of source and destination; same_vpc asks for pairs within one VPC, too"
    )
    proof = answers.prove(Promise("isolated", "S0", "S0", same_vpc=True))
    assert (proof.pairs, proof.left_out) == (2, 0)
    assert answers.prove(isolated("S0a", "S0at")).pairs == 1, "two places by name are meant"
    with pytest.raises(QuestionError) as caught:
        answers.prove(reaches("S0a", "S0a"))
    assert str(caught.value) == "reaches: S0a -> S0a: there is no pair of source and destination"


def test_the_names_of_a_selection() -> None:
    assert names_of(" Every Subnet ") == ["every subnet"]
    assert names_of(["A", " b"]) == ["a", "b"]
