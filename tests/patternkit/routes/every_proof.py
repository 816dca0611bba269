"""Holds whatever the tests of this folder build, trace and prove to its types, and every reason to its form.

A verdict alone hides much: a promise is UNKNOWN with a reason that says nothing, too, and a hop of no element leads
on as well. So what a test does not ask for is asked here. It is a plugin, which `conftest.py` and `make mutants` load.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import types
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import combinations
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from patternkit.routes import proving, worlds
from patternkit.routes.addresses import EPHEMERAL_PORTS, Box, Spans, as_ipv6, subtract
from patternkit.routes.building import build
from patternkit.routes.building.draft import Draft, Kind
from patternkit.routes.contracts import Contracts
from patternkit.routes.flow_text import plain
from patternkit.routes.forwarding import Leg, Outcome, Walk
from patternkit.routes.model import AclRule, Element, Model
from patternkit.routes.places import Place
from patternkit.routes.proving import Proof, View
from patternkit.routes.proving.evidence import Evidence
from patternkit.routes.proving.verdict import proof_of
from patternkit.routes.tracing import Flow, Tracer
from tests.patternkit.routes.every_walk import hold_walks
from tests.patternkit.routes.reasons import FORM, wrong

# Random networks are many, and compared with what knows better; so are networks with one property changed.
_WITHOUT = ("test_oracles", "test_third_oracle", "test_third_oracle_of_examples", "test_every_property")


@pytest.fixture(autouse=True, scope="session")
def _every_default() -> None:
    hold_defaults()


@pytest.fixture(autouse=True)
def _every_proof(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.path.stem in _WITHOUT:
        return
    _held.clear()
    view_flows, tracer_flows = View.flows, Tracer.flows

    def built(*given: Any) -> Model:
        model = build(*given)
        hold_types(model)
        hold_elements(model, given[0].stacks.by_id)
        return model

    def proved(evidence: Evidence, *given: Any) -> Proof:
        proof = proof_of(evidence, *given)
        hold_proof(evidence.view, proof)
        for flow in evidence.seen:
            hold_flow(evidence.view, flow)
        return proof

    def traced(view: View, *given: Any) -> list[Flow]:
        flows = view_flows(view, *given)
        for flow in flows:
            hold_flow(view, flow)
        return flows

    def parted(tracer: Tracer, *given: Any, **named: Any) -> list[Flow]:
        flows = tracer_flows(tracer, *given, **named)
        hold_parts(flows, *given, **named)
        return flows

    monkeypatch.setattr(worlds, "build", built)
    monkeypatch.setattr(View, "flows", traced)
    monkeypatch.setattr(Tracer, "flows", parted)
    monkeypatch.setattr(proving, "proof_of", proved)
    hold_walks(monkeypatch)
    for name in ("find", "ours"):
        monkeypatch.setattr(Draft, name, _of_a_kind(getattr(Draft, name)))


def _of_a_kind(looked_up: Callable[..., Any]) -> Callable[..., Any]:
    def found(draft: Draft, group: dict[str, Any], identity: Any, what: str) -> Any:
        if what not in get_args(Kind):
            raise NotAsDeclared(f"{what!r} is no kind of element")
        return looked_up(draft, group, identity, what)

    return found


class NotAsDeclared(BaseException):
    """Something is not what its type says; no `except` of the code is meant to catch it."""


def hold_types(whole: Any) -> None:
    """Hold everything that is within something to the types that its classes declare.

    Raises:
        NotAsDeclared: A value is of another type.
    """
    seen: set[int] = set()
    waiting = [whole]
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, Element) and not isinstance(whole, Model):
            # It was held when the model was built.
            continue
        if isinstance(value, (list, tuple, set, frozenset)) and not hasattr(value, "_fields"):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
        for name, hint in _hints(value.__class__).items():
            inner = getattr(value, name)
            if not fits(inner, hint):
                raise NotAsDeclared(f"{type(value).__name__}.{name} of {value!r} is {inner!r}, not {hint}")
            waiting.append(inner)


def hold_elements(model: Model, by_id: dict[str, Any]) -> None:
    """Hold elements to what tells them apart, and what AWS refuses to the codes that it has.

    Raises:
        NotAsDeclared: An element has not the identity, kind or path of one.
    """
    for element in {id(one): one for one in _elements_of(model)}.values():
        plain_kind = element.kind or type(element).__name__
        if not re.fullmatch(r"AWS::\w+::\w+", element.kind) and plain_kind not in _KINDS:
            raise NotAsDeclared(f"{element.path} is of the kind {element.kind!r}")
        if not element.path or re.search("[⟨⟩]|^AWS::", element.path):
            raise NotAsDeclared(f"{element.path!r} is no path of {element.identity}")
        found = re.fullmatch(r"⟨([^.#⟩]+)[^⟩]*⟩(\.\w+)*", element.identity)
        if element.kind.startswith("AWS::") and (found is None or f"⟨{found[1]}⟩" not in by_id):
            raise NotAsDeclared(f"{element.path} has the identity {element.identity!r}, which is that of no resource")
        for spans in (getattr(element, "protocol", ()), *(one.protocols for one in _rules(element))):
            if any(first != last and (first, last) != (0, 255) for first, last in spans):
                raise NotAsDeclared(f"{element.path} has protocols in a row: {spans}")
    for text in model.refused:
        code = re.search(r"\[([^]]+)\]$", text)
        if code is not None and code[1] not in _CODES:
            raise NotAsDeclared(f"no code of AWS's: {text!r}")


def _rules(element: Element) -> list[AclRule]:
    return [*getattr(element, "inbound", ()), *getattr(element, "outbound", ())]


def _elements_of(model: Model) -> Iterator[Element]:
    """The elements of a model, and those within them."""
    yield from _elements(model.targets.values())
    yield from model.elements()
    for vpc in model.vpcs.values():
        yield from _elements([vpc.main_table])
    for one in model.targets.values():
        for name in ("table", "default_table", "attachment", "policy"):
            yield from _elements([getattr(one, name, None)])
    for instance in model.instances.values():
        yield from (instance, *instance.interfaces)
    for balancer in model.balancers.values():
        yield from balancer.nodes
        for group in (group for listener in balancer.listeners for group in listener.groups):
            yield from (host for host, _ in group.hosts)
    yield from model.security_groups.values()


# What no resource of the set makes, or a contract.
_KINDS = {"contract", "local gateway", "SecurityGroup", "FirewallPolicy", "InternetGateway"}

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and of load balancers and firewalls
# https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/CommonErrors.html and
# https://docs.aws.amazon.com/network-firewall/latest/APIReference/CommonErrors.html.
_CODES = {
    "DuplicateSubnetsInSameZone",
    "DuplicateTransitGatewayAttachment",
    "Gateway.NotAttached",
    "InvalidCarrierGatewayID.NotFound",
    "InvalidConfigurationRequest",
    "InvalidGatewayID.NotFound",
    "InvalidIPAddress.InUse",
    "InvalidInstanceID.NotFound",
    "InvalidLocalGatewayID.NotFound",
    "InvalidNatGatewayID.NotFound",
    "InvalidNetworkInterfaceID.NotFound",
    "InvalidParameter",
    "InvalidParameterCombination",
    "InvalidParameterValue",
    "InvalidRequestException",
    "InvalidSubnet.Conflict",
    "InvalidSubnet.Range",
    "InvalidSubnetID.NotFound",
    "InvalidTransitGatewayAttachmentID.NotFound",
    "InvalidTransitGatewayID.NotFound",
    "InvalidVpc.Range",
    "InvalidVpcEndpointId.NotFound",
    "InvalidVpcPeeringConnectionID.NotFound",
    "InvalidVpnConnection.InvalidType",
    "MissingParameter",
    "NetworkAclEntryAlreadyExists",
    "NotFound",
    "OperationNotPermitted",
    "PrefixListMaxEntriesExceeded",
    "Resource.AlreadyAssociated",
    "RouteAlreadyExists",
    "TransitGatewayRouteTablePropagation.Duplicate",
    "ValidationError",
    "VpcPeeringConnectionAlreadyExists",
}


def hold_defaults() -> None:
    """Hold the defaults of fields to their types, but of those that are always given.

    Raises:
        NotAsDeclared: A default is of another type.
    """
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("patternkit.routes.")]
    classes: set[Any] = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    for kind in [one for one in classes if hasattr(one, "__dataclass_fields__")]:
        for field in dataclasses.fields(kind):
            if (kind.__name__, field.name) in _ALWAYS_GIVEN or field.default is dataclasses.MISSING:
                continue
            if not fits(field.default, _hints(kind).get(field.name, Any)):
                raise NotAsDeclared(f"{kind.__name__}.{field.name} is {field.default!r} by default")


# Each refers to what is made after its class, and stands behind fields with defaults.
_ALWAYS_GIVEN = {
    *(("Subnet", "vpc"), ("Interface", "subnet"), ("Endpoint", "subnet"), ("Peering", "requester")),
    *(("Peering", "accepter"), ("Attachment", "gateway"), ("TransitTable", "gateway"), ("Firewall", "policy")),
}


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The fields of a class of ours with their types."""
    if not kind.__module__.startswith("patternkit."):
        return {}
    if dataclasses.is_dataclass(kind):
        names = {field.name for field in dataclasses.fields(kind)}
    else:
        names = set(getattr(kind, "_fields", ()))
    return {name: hint for name, hint in (get_type_hints(kind) if names else {}).items() if name in names}


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type."""
    origin, given = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, types.UnionType):
        return any(fits(value, one) for one in given)
    if origin is Literal:
        return value in given
    if origin is dict:
        return isinstance(value, dict) and all(fits(k, given[0]) and fits(v, given[1]) for k, v in value.items())
    if origin is tuple and given[-1] is not Ellipsis:
        return isinstance(value, tuple) and len(value) == len(given) and all(map(fits, value, given))
    if origin in (list, tuple, set, frozenset):
        return isinstance(value, origin) and all(fits(one, given[0]) for one in value)
    if hint is int:
        return type(value) is int
    return isinstance(value, hint if isinstance(hint, type) else object)


def hold_proof(view: View, proof: Proof) -> None:
    """Hold a proof to what it has to say.

    Raises:
        NotAsDeclared: It says something else.
    """
    hold_types(proof)
    told = (proof.reason, *proof.unknown, *proof.notes)
    for text in told:
        if _unsaid(text):
            raise NotAsDeclared(f"{proof.promise}: a text with what has no word in it: {text!r}")
    for text in proof.unknown:
        if wrong(text, view, str(proof.promise)):
            raise NotAsDeclared(f"{proof.promise}: not in the form: {text!r}")
    given = _names_of_contracts(view)
    for contract in proof.contracts:
        if contract not in given:
            raise NotAsDeclared(f"{proof.promise} leans on {contract!r}, which is none of {sorted(given)}")
    if proof.verdict is not proving.Verdict.HOLDS and not proof.reason:
        raise NotAsDeclared(f"{proof.promise}: {proof.verdict.value} without a reason")


def _names_of_contracts(view: View) -> set[str]:
    """The contracts that there are, as a proof names them."""
    given = view.resolver.contracts if view.resolver is not None else None
    if not isinstance(given, Contracts):
        return set()
    found = {f"parameter {name} of {stack.name}" for stack in view.stacks.stacks for name in stack.source.parameters}
    found |= {f"parameter {name} of {stack}" for stack, names in given.parameters.items() for name in names}
    found |= {f"harmless {name}" for name in given.harmless}
    found |= {f"attachments {one.name}" for one in given.attachments} | {f"routes {one.table}" for one in given.routes}
    found |= {f"routes by {one.by}" for one in given.routes}
    for field in dataclasses.fields(given):
        value = getattr(given, field.name)
        found |= {f"{field.name.replace('_', '-')} {name}" for name in (value if isinstance(value, dict) else ())}
    return found


def hold_flow(view: View, flow: Flow) -> None:
    """Hold a flow to what is there: its hops are at elements, and its legs end for a reason.

    Raises:
        NotAsDeclared: A hop or an end says nothing.
    """
    if id(flow) in _held:
        return
    _held[id(flow)] = flow
    hold_types(flow)
    for leg in (flow.forward, flow.back):
        if leg is None:
            continue
        texts = (leg.reason, *leg.doubts, *(hop.why for hop in leg.walk.hops), *leg.walk.hedges)
        if not all(texts) or any(map(_unsaid, texts)):
            raise NotAsDeclared(f"a leg that says nothing: {leg}")
        for text in leg.doubts:
            if not FORM.search(plain(text)) and "AWS refuses" not in text:
                raise NotAsDeclared(f"not in the form: {text!r}")
        if (leg.outcome is Outcome.DROPPED) != bool(leg.kind):
            raise NotAsDeclared(f"a leg that is {leg.outcome.value}, lost as {leg.kind!r}: {leg}")
        _hold_hops(view, leg)


_held: dict[int, Flow] = {}


def hold_parts(
    flows: list[Flow],
    source: Place,
    destination: Place,
    family: int,
    protocol: Spans,
    port: Spans,
    *,
    nat64: bool = False,
) -> None:
    """Hold flows to be parts of the packets that were asked for: none is lost on the way, and none is two flows.

    Packets are in two of them only where a choice is another in each, or AWS promises none.

    Raises:
        NotAsDeclared: Packets are in no flow, in two, or are none that were asked for.
    """
    if source.doubt or destination.doubt:
        return
    ends = as_ipv6(destination.spans(4)) if nat64 else destination.spans(family)
    # ICMP has another number in each family, which a translation changes.
    asked = Box(family, _but_icmp(protocol, nat64=nat64), source.spans(family), EPHEMERAL_PORTS, ends, port)
    if not all((protocol, *asked.fields[1:])):
        raise NotAsDeclared(f"from {source.name} to {destination.name} no packets are asked for: {asked}")
    if not asked.protocol:
        return
    boxes = [flow.box._replace(protocol=_but_icmp(flow.box.protocol, nat64=nat64)) for flow in flows]
    left = [asked]
    for box, flow in zip(boxes, flows, strict=True):
        left = [part for one in left for part in one.without(box)]
        if any(subtract(part, whole) for part, whole in zip(box.fields, asked.fields, strict=True)):
            raise NotAsDeclared(f"{flow.box}, which is more than {asked}")
        if box.family != family or not all(flow.box.fields):
            raise NotAsDeclared(f"a flow of no packets of IPv{family}: {flow.box}")
    if left:
        raise NotAsDeclared(f"from {source.name} to {destination.name} there is no flow of {left[0]}")
    for (one, first), (other, second) in combinations(zip(boxes, flows, strict=True), 2):
        if one.meet(other) and not _chosen_apart(first.last.walk, second.last.walk):
            raise NotAsDeclared(f"packets in two flows from {source.name} to {destination.name}: {one}, {other}")


def _but_icmp(protocol: Spans, *, nat64: bool) -> Spans:
    return subtract(protocol, ((1, 1), (58, 58))) if nat64 else protocol


def _chosen_apart(one: Walk, other: Walk) -> bool:
    chosen = dict(other.choices)
    return bool(one.hedges or other.hedges) or any(chosen.get(name, value) != value for name, value in one.choices)


def _unsaid(text: str) -> bool:
    return bool(re.search(r"\bNone\b|\bUnknown\(|<\w+ [^>]*>|\bobject at 0x", text))


def _hold_hops(view: View, leg: Leg) -> None:
    model = view.model
    known = {one.identity for one in (*model.elements(), *model.openings, *_elements(model.targets.values()))}
    known |= {proxy.host.identity for proxy in model.proxies}
    for hop in leg.walk.hops:
        if hop.identity not in known:
            raise NotAsDeclared(f"a hop at what is not there: {hop}")
    if missing := {one for one in leg.walk.carriers if one not in model.sites}:
        raise NotAsDeclared(f"carriers that are no sites: {missing}")


def _elements(values: Iterable[Any]) -> Iterator[Element]:
    return (one for one in values if isinstance(one, Element))
