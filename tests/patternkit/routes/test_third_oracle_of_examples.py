"""The third oracle over the networks of the patterns' examples and of `found`, beside the random ones.

To each network that proves something is added a resource that names an element which its flows pass. Of a type that may
change ways, and of one that nobody knows, what was proved does not hold any more; of a type that carries nothing it
stays. Which element and which type is drawn from the network's name: all of them in turn, over the networks.
"""

from __future__ import annotations

import copy
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

import pytest

from patternkit.promise_lists import BadPromise
from patternkit.resolving.values import CLOSE, OPEN
from patternkit.routes import Network, Promise, Verdict, isolated, reaches, symmetric
from patternkit.routes.building.automations import AUTOMATIONS
from patternkit.routes.classes import CHANGES, NOTHING, class_of, meant
from patternkit.routes.promises import read_promises
from tests.conftest import ROOT
from tests.patternkit.routes.test_found import runs
from tests.patternkit.routes.test_third_oracle import TYPES

SNAPSHOTS = sorted((ROOT / "tests" / "patterns" / "network").glob("*/snapshots/*.agnostic.json"))
CHANGING = sorted(kind for kind in TYPES if class_of(kind) == CHANGES and TYPES[kind])
# What runs code carries nothing either, but may change what it is given.
CARRYING_NOTHING = sorted(
    kind for kind in TYPES if class_of(kind) == NOTHING and TYPES[kind] and kind not in AUTOMATIONS
)
# The elements that what is added may name, by their types.
NAMED = re.compile("VPC|Subnet|RouteTable|NatGateway|InternetGateway|TransitGateway|Firewall|NetworkInterface|Instance")


def found() -> Iterator[tuple[str, Network, list[Promise]]]:
    """The networks of `found` with the promises of their files."""
    for parameters in runs():
        folder, name, run = parameters.values
        templates = [folder / file for file in run.get("templates", ())] or sorted(folder.glob(f"{name}*.yaml"))
        contracts = folder / run.get("contracts", "contracts.yaml")
        network = Network.load(*templates, contracts=contracts if contracts.exists() else None)
        asked = [one for one in read_promises(folder / "promises.yaml") if not isinstance(one, BadPromise)]
        yield parameters.id, network, asked


def examples() -> Iterator[tuple[str, Network, list[Promise]]]:
    """The networks of the patterns' examples with what may be asked of a subnet of each VPC."""
    for path in SNAPSHOTS:
        network = Network.from_templates({path.name.partition(".")[0]: json.loads(path.read_text(encoding="utf-8"))})
        subnets = [vpc.subnets[0].path for vpc in network.model.vpcs.values() if vpc.subnets]
        pairs = list(combinations(subnets, 2))[:3]
        yield path.stem, network, [make(*pair) for pair in pairs for make in (reaches, isolated, symmetric)]


def passed(network: Network, promise: Promise) -> list[str]:
    """The identities of the resources that the flows of a promise pass."""
    identities: dict[str, None] = {}
    for view in network.views():
        (start, end) = (view.selector.select(side, "a place").places for side in (promise.source, promise.destination))
        for flow in view.flows(promise, start[0], end[0]):
            for leg in (flow.forward, flow.back):
                identities.update(dict.fromkeys(hop.identity for hop in leg.walk.hops) if leg is not None else {})
    by_id = network.stacks.by_id
    return [one for one in identities if one in by_id and NAMED.search(by_id[one][0].resources[by_id[one][1]]["Type"])]


def with_added(network: Network, identity: str, kind: str) -> Network:
    """The network with a resource that names one of its elements."""
    stack, logical = network.stacks.by_id[identity]
    value: dict[str, object] = {}
    for path in sorted(TYPES[kind], key=lambda path: "Arn" in path):
        value = {"Ref": logical}
        for part in reversed(path.split("/")):
            value = {part: value}
        if meant(kind, value):
            # Of some types only some properties count.
            break
    sources = [copy.copy(one.source) for one in network.stacks.stacks if one.parent is None]
    for index, source in enumerate(sources):
        if source.name == stack.name:
            resources = {**source.template["Resources"], "Added": {"Type": kind, "Properties": value}}
            sources[index] = replace(source, template={**source.template, "Resources": resources})
    return Network(sources, network.contracts)


@pytest.mark.parametrize("networks", [found, examples], ids=["found", "examples"])
def test_a_resource_added(networks: Callable[[], Iterator[tuple[str, Network, list[Promise]]]]) -> None:
    tried = 0
    wrong = []
    for name, network, promises in networks():
        if network.invalid:
            continue
        holding = [one for one in promises if network.answer_all([one])[0].verdict is Verdict.HOLDS]  # type: ignore[union-attr]
        for promise in holding[:1] if networks is found else holding:
            elements = passed(network, promise)
            if not elements:
                continue
            drawn = zlib.crc32(f"{name} {promise}".encode())
            identity = elements[drawn % len(elements)]
            for kind in ("AWS::Tomorrow::Tunnel", CHANGING[drawn % len(CHANGING)]):
                proof = with_added(network, identity, kind).prove(promise)
                if proof.verdict is Verdict.HOLDS:
                    wrong.append(f"{name}: {promise} still holds with {kind} of {identity.strip(OPEN + CLOSE)}")
            kind = CARRYING_NOTHING[drawn % len(CARRYING_NOTHING)]
            if with_added(network, identity, kind).prove(promise).verdict is not Verdict.HOLDS:
                wrong.append(f"{name}: {promise} does not hold with {kind}, which carries nothing")
            tried += 1
    print(f"{tried} promises")
    assert not wrong, "\n".join(wrong)
    assert tried > 5
