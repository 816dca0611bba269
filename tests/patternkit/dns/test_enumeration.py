"""The evaluator against the slow enumeration, on random record trees."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from patternkit.dns import Names
from tests.patternkit.dns.enumeration import Leaf, Tree, enumerate_answers
from tests.patternkit.dns.zones import Dns

EXAMPLES = int(os.environ.get("DNS_TREES", "60"))
REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2")
PLACES: dict[str, dict[str, str]] = {
    "US-CA": {"CountryCode": "US", "SubdivisionCode": "CA"},
    "US": {"CountryCode": "US"},
    "NA": {"ContinentCode": "NA"},
    "EU": {"ContinentCode": "EU"},
    "DE": {"CountryCode": "DE"},
    "*": {"CountryCode": "*"},
}
CLIENTS: list[tuple[dict[str, str], tuple[str, ...]]] = [
    ({"country": "US", "subdivision": "CA"}, ("US-CA", "US", "NA", "*")),
    ({"country": "US", "subdivision": "NY"}, ("US", "NA", "*")),
    ({"country": "DE"}, ("DE", "EU", "*")),
    ({"country": "JP"}, ("*",)),
]
ADDRESSES = [f"192.0.2.{number}" for number in range(1, 13)]


@st.composite
def groups(draw: st.DrawFn, below: list[str]) -> list[Leaf]:
    policy = draw(st.sampled_from(["simple", "weighted", "failover", "latency", "geolocation", "multivalue"]))
    if policy == "failover":
        marks: list[Any] = draw(st.sampled_from([[True], [True, False]]))
    elif policy == "latency":
        marks = draw(st.lists(st.sampled_from(REGIONS), min_size=1, unique=True))
    elif policy == "geolocation":
        marks = draw(st.lists(st.sampled_from(sorted(PLACES)), min_size=1, unique=True))
    elif policy == "simple":
        marks = [None]
    else:
        marks = draw(st.lists(st.integers(0, 3), min_size=1, max_size=4))
    found = []
    for mark in marks:
        leaf = Leaf(policy, checked=draw(st.booleans()), evaluate=draw(st.booleans()))
        if below and policy != "multivalue" and draw(st.booleans()):
            leaf.alias, leaf.checked = draw(st.sampled_from(below)), False
        else:
            leaf.address = draw(st.sampled_from(ADDRESSES))
        match policy:
            case "failover":
                leaf.primary = mark
                # Route 53 takes no other primary.
                leaf.checked = leaf.checked or (mark and not leaf.alias)
            case "latency":
                leaf.region = mark
            case "geolocation":
                leaf.place = mark
            case "weighted":
                leaf.weight = mark
        found.append(leaf)
    if policy == "multivalue":
        # Of equal addresses in one answer there is just one.
        unique = {leaf.address: leaf for leaf in found}
        found = list(unique.values())
    return found


@st.composite
def trees(draw: st.DrawFn) -> tuple[Tree, dict[str, str]]:
    found: dict[str, list[Leaf]] = {}
    for level in range(draw(st.integers(1, 4))):
        for width in range(draw(st.integers(1, 2))):
            found[f"n{level}{width}.example.com"] = draw(groups(list(found)))
    client, places = draw(st.sampled_from(CLIENTS))
    milliseconds = draw(st.permutations([10, 50, 200]))
    ill = frozenset(draw(st.lists(st.sampled_from(ADDRESSES), max_size=8)))
    return Tree(found, dict(zip(REGIONS, milliseconds, strict=True)), places, ill), client


def as_names(tree: Tree) -> Names:
    dns = Dns()
    for address in ADDRESSES:
        dns.check(f"Check{address.rpartition('.')[2]}", address)
    for name, records in tree.groups.items():
        for number, leaf in enumerate(records):
            policies: dict[str, dict[str, Any]] = {
                "simple": {},
                "weighted": {"Weight": leaf.weight},
                "failover": {"Failover": "PRIMARY" if leaf.primary else "SECONDARY"},
                "latency": {"Region": leaf.region},
                "geolocation": {"GeoLocation": PLACES.get(leaf.place)},
                "multivalue": {"MultiValueAnswer": True},
            }
            policy = policies[leaf.policy]
            if policy:
                policy["id"] = str(number)
            if leaf.alias:
                dns.record(name, alias=f"{leaf.alias}.", evaluate=leaf.evaluate, **policy)
            else:
                check = f"Check{leaf.address.rpartition('.')[2]}" if leaf.checked else ""
                dns.record(name, leaf.address, check=check, **policy)
    return dns.names({"latency": {"client": dict(tree.latency)}})


@settings(max_examples=EXAMPLES, deadline=None)
@given(trees())
def test_every_tree_answers_as_the_enumeration_says(drawn: tuple[Tree, dict[str, str]]) -> None:
    tree, client = drawn
    names = as_names(tree)
    assert names.model.refused == []
    for name in tree.groups:
        trace = names.trace(name, {**client, "region": "client"}, ill=sorted(tree.ill))
        found: Counter[tuple[str, ...]] = Counter()
        for outcome, likely in trace.queries[0].answer.outcomes:
            assert likely is not None
            found[tuple(sorted(outcome.values))] += likely  # type: ignore[assignment]
        assert found == enumerate_answers(tree, name), str(trace)
