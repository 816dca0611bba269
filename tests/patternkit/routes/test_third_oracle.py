"""A third oracle beside z3 and the full walk, which share what the model passes over: change a proved network by a
resource, and hold whether a verdict may stay.

Added is a resource of any type that cfn-lint's schemas know, and of one that they do not, with every property that
names a network element given one that the proved flows use. What is held:

- A type that carries nothing leaves every verdict as it was.
- Of a type that adds ways, no promise that keeps packets from a way (`isolated`, `no_bypass`, `inspected`) holds any
  more at what it names; one that only says that packets arrive may stay.
- Of a type that may change ways, and of one that nobody knows, no promise holds any more at what it names.
- Of a modelled type, the model looks at each property that is given, or says in its classes that it does not, and then
  no promise holds at what it names. So whatever verdict stays is computed.

Taken away is an element that the flows of a `reaches` pass, with all that refers to it: the promise does not hold any
more, or the question has no meaning.

`PATTERNKIT_FUZZ=2000` tries so many random networks instead of a bounded share.
"""

from __future__ import annotations

import contextlib
import copy
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from patternkit.routes import Network, Promise, RoutesError, Verdict, inspected, isolated, no_bypass, reaches, symmetric
from patternkit.routes.building import modelled_types
from patternkit.routes.classes import ADDS, CHANGES, MODELLED, NOTHING, class_of, meant, unread
from patternkit.routes.classes.deriving import FILE
from tests.patternkit.routes.random_networks import bounded, networks
from tests.patternkit.routes.topologies import Topology, inspection

# That this is what the schemas name is held by test_classes.py.
LISTED = json.loads(FILE.read_text(encoding="utf-8"))["types"]
TYPES = {
    **{kind: entry["properties"] for kind, entry in LISTED.items()},
    "AWS::Tomorrow::Tunnel": ["SubnetIds", "Ends/VpcId"],
    "AWS::SNS::Topic": ["DisplayName"],
}
KEEPING_APART = [
    isolated("internet", "S0a"),
    no_bypass("S0a", "internet", by="Fw"),
    inspected("S0a", "S1a", by="Fw"),
]
ARRIVING = [reaches("S0a", "internet", port=443), symmetric("S0a", "S1a"), reaches("S0a", "S1a", port=443)]
EVERY = [*KEEPING_APART, *ARRIVING]

# Which element a property means, by its name; each is one that the flows of the promises start at or pass.
ELEMENTS = {
    "Subnet|VPCZoneIdentifier": "S0a",
    "TransitGatewayRouteTable": "SpokeTable",
    "RouteTable": "S0aTable",
    "Attachment": "S0At",
    "TransitGateway": "Tgw",
    "NetworkInterface|Instance": "Box",
    "SecurityGroup": "Group",
    "": "S0",
}


def given_to(path: str) -> str:
    """The logical id of the element that a property is given."""
    return next(logical for name, logical in ELEMENTS.items() if re.search(name, path.rpartition("/")[2]))


def properties_of(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in TYPES[kind]:
        *outer, name = path.split("/")
        value: Any = {"Ref": given_to(path)}
        if "Arn" in name:
            value = {"Fn::Sub": f"arn:aws:ec2:eu-west-1:111122223333:thing/${{{given_to(path)}}}"}
        at = found
        for part in outer:
            inner = at.setdefault(part, {})
            # What is an element itself cannot hold another.
            at = inner if isinstance(inner, dict) and not inner.keys() & {"Ref", "Fn::Sub"} else {}
        at[name] = [value] if re.search(r"(s|List)$", name) else value
    return found


def with_hosts(net: Topology) -> Topology:
    net.host("Box", "S0a")
    net.add("Group", "EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "S0"})
    return net


# What a type needs besides, to be read on.
BESIDES: dict[str, dict[str, Any]] = {
    "AWS::EC2::NatGateway": {"AvailabilityMode": "regional"},
    "AWS::EC2::TransitGatewayRoute": {"DestinationCidrBlock": "10.99.0.0/16"},
    "AWS::EC2::VPCEndpoint": {"VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.eu-west-1.sqs"},
}

# What is not asked of a resource's own properties, with why a verdict may stay.
ELSEWHERE = {
    ("AWS::AutoScaling::AutoScalingGroup", "InstanceId"): "what its instances are made of, not where they are",
    ("AWS::DirectConnect::DirectConnectGatewayAssociation", "DirectConnectGatewayId"): "a site is an association",
    ("AWS::EC2::Instance", "SecurityGroupIds"): "read from a copy, as an interface's",
    ("AWS::EC2::Instance", "SecurityGroups"): "read from a copy, as an interface's",
    ("AWS::EC2::Instance", "SubnetId"): "read from a copy, as an interface's",
    ("AWS::EC2::SecurityGroupEgress", "DestinationPrefixListId"): "read from a copy, as a rule",
    ("AWS::EC2::SecurityGroupEgress", "DestinationSecurityGroupId"): "read from a copy, as a rule",
    ("AWS::EC2::SecurityGroupIngress", "SourcePrefixListId"): "read from a copy, as a rule",
    ("AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupId"): "read from a copy, as a rule",
    ("AWS::EC2::SecurityGroupIngress", "SourceSecurityGroupName"): "a rule that names no peer by its id is not known",
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "VpcId"): "its targets say where they are",
    ("AWS::NetworkFirewall::Firewall", "VpcId"): "its subnets say it",
    ("AWS::NetworkFirewall::VpcEndpointAssociation", "VpcId"): "its subnet says it",
}


class Looked(dict[str, Any]):
    """A resource's properties, which remember what was asked of them."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__(given)
        self.names: set[object] = set()

    def get(self, key: object, default: Any = None) -> Any:
        self.names.add(key)
        return super().get(key, default)  # type: ignore[call-overload]

    def __getitem__(self, key: str) -> Any:
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.names.add(key)
        return super().__contains__(key)


def verdicts(network: Network, promises: list[Promise]) -> dict[str, Verdict]:
    return {str(promise): network.prove(promise).verdict for promise in promises}


def named(kind: str, properties: dict[str, Any]) -> set[str]:
    """The logical ids of the elements that a type's class is about."""
    text = json.dumps(list(values) if not isinstance(values := meant(kind, properties), dict) else values)
    return {logical for logical in ELEMENTS.values() if f'"{logical}"' in text or f"${{{logical}}}" in text}


def added(net: Topology, kind: str, before: dict[str, Verdict]) -> Iterator[str]:
    """What is wrong with the verdicts once a resource is added."""
    properties = properties_of(kind)
    template = {"Resources": {**net.resources, "Added": {"Type": kind, "Properties": properties}}, **net.extra}
    holding = [promise for promise in EVERY if before[str(promise)] is Verdict.HOLDS]
    try:
        after = verdicts(Network.from_templates({"Net": template}), EVERY)
    except RoutesError:
        # What AWS does not take is no network; only what is modelled is read so closely.
        if kind not in modelled_types():
            yield f"{kind}: an error"
        return
    what = class_of(kind)
    about = named(kind, properties) - {"Group"}
    if what == NOTHING and after != before:
        yield f"{kind} carries nothing, and changes {after}"
    elif what == MODELLED:
        # It concerns what is not read of it.
        if {given_to(path) for path in TYPES[kind] if path.split("/")[0] in unread(kind)} - {"Group"}:
            yield from _still(kind, holding, after)
    elif what == ADDS and about & {"S0", "S0a", "Box"}:
        yield from _still(kind, [promise for promise in holding if promise in KEEPING_APART], after)
    elif what == CHANGES and about:
        # Into a VPC without an internet gateway the internet gets by no route table, and by no transit gateway.
        inside = about & {"S0", "S0a", "Box"}
        yield from _still(kind, [one for one in holding if inside or one.kind != "isolated"], after)


def _still(kind: str, holding: list[Promise], after: dict[str, Verdict]) -> Iterator[str]:
    for promise in holding:
        if after[str(promise)] is Verdict.HOLDS:
            yield f"{kind} ({class_of(kind)}): {promise} still holds"


@cache
def proved() -> tuple[Topology, dict[str, Verdict]]:
    net = with_hosts(inspection(letters="a"))
    return net, verdicts(net.network(), EVERY)


def test_the_network_is_proved() -> None:
    assert set(proved()[1].values()) == {Verdict.HOLDS}


def test_any_type_added_to_a_proved_network() -> None:
    net, before = proved()
    counts = Counter(class_of(kind) for kind in TYPES)
    print(f"added, by class: {dict(counts)}")
    assert min(counts[what] for what in (NOTHING, ADDS, CHANGES, MODELLED)) > 10
    harmless = [kind for kind in TYPES if class_of(kind) == NOTHING]
    # All that carry nothing stand beside one another; one that is told is found by itself.
    together = {
        f"Added{number}": {"Type": kind, "Properties": properties_of(kind)} for number, kind in enumerate(harmless)
    }
    same = verdicts(Network.from_templates({"Net": {"Resources": net.resources | together}}), EVERY) == before
    kinds = [kind for kind in TYPES if not same or kind not in harmless]
    wrong = [text for kind in kinds for text in added(net, kind, before)]
    assert not wrong, "\n".join(wrong)


def passed_over(net: Topology, kind: str) -> set[str]:
    """The properties of a modelled type that the model does not look at, whichever others are given."""
    whole = properties_of(kind)
    own_name = re.sub(r".*::", "", kind) + "Name"
    left = {name for name in whole if not own_name.endswith(name)} - set(unread(kind))
    # What one property decides may leave the next without a meaning: each by itself, and with each other one.
    for names in [set(whole), *({one, other} for one in sorted(left) for other in whole)]:
        if not left & names:
            continue
        for besides in ({}, BESIDES[kind]) if kind in BESIDES else ({},):
            given = Looked({name: whole[name] for name in whole if name in names} | besides)
            resources = {**net.resources, "Added": {"Type": kind, "Properties": given}}
            with contextlib.suppress(RoutesError):
                Network.from_templates({"Net": {"Resources": resources}}).views()
            left -= given.names
    return left


def test_each_property_of_a_modelled_type_is_looked_at() -> None:
    net, _ = proved()
    found = {(kind, name) for kind in sorted(modelled_types() & TYPES.keys()) for name in passed_over(net, kind)}
    assert sorted(found) == sorted(ELSEWHERE)


def test_any_type_added_to_a_random_network() -> None:
    @bounded(15)
    @given(networks(changes=2), st.sampled_from(sorted(TYPES)))
    def hold(net: Topology, kind: str) -> None:
        net = with_hosts(net)
        note(f"{kind}\n{json.dumps(net.template())}")
        assert list(added(net, kind, verdicts(net.network(), EVERY))) == []

    hold()


def without(template: dict[str, Any], logical: str) -> dict[str, Any]:
    """A template without a resource, and without all that refers to it."""
    left = copy.deepcopy(template)
    waiting = [logical]
    while waiting:
        gone = waiting.pop()
        if left["Resources"].pop(gone, None) is None:
            continue
        mention = re.compile(rf'"{gone}"|\$\{{{gone}[.}}]|"{gone}\.')
        waiting += [name for name, resource in left["Resources"].items() if mention.search(json.dumps(resource))]
    return left


def taken_away(net: Topology, promise: Promise) -> Iterator[tuple[str, str]]:
    """For each element that the flows pass the verdict without it."""
    network = net.network()
    if network.prove(promise).verdict is not Verdict.HOLDS:
        return
    flows = network.trace(str(promise.source), str(promise.destination), port=443).flows
    passed = {hop.identity for flow in flows for leg in (flow.forward, flow.back) if leg for hop in leg.walk.hops}
    for identity in sorted(passed):
        logical = identity.strip("⟨⟩").rpartition("/")[2].partition(".")[0]
        if logical not in net.resources:
            continue
        try:
            left = Network.from_templates({"Net": without(net.template(), logical)})
            yield logical, left.prove(promise).verdict.value
        except RoutesError as error:
            yield logical, type(error).__name__


@pytest.mark.parametrize("promise", [reaches("S0a", "internet", port=443), reaches("S0a", "S1a", port=443)], ids=str)
def test_what_the_flows_pass_taken_away(promise: Promise) -> None:
    found = dict(taken_away(inspection(), promise))
    assert len(found) >= 4, found
    assert Verdict.HOLDS.value not in found.values(), found


def test_what_the_flows_pass_taken_away_from_a_random_network() -> None:
    @bounded(4)
    @given(networks(changes=2))
    def hold(net: Topology) -> None:
        note(json.dumps(net.template()))
        for promise in (reaches("S0a", "internet", port=443), reaches("S0a", "S1a", port=443)):
            assert Verdict.HOLDS.value not in dict(taken_away(net, promise)).values()

    hold()
