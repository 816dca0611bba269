"""Doubts that resources raise on the elements that they name: types that may carry packets and are not modelled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from patternkit.resolving.values import CLOSE, OPEN
from patternkit.routes.building.draft import Draft
from patternkit.routes.building.filters import DEFAULT_GROUP, default_group
from patternkit.routes.classes import is_group, meant
from patternkit.routes.model import (
    Attachment,
    CarrierGateway,
    Doubt,
    EgressOnlyGateway,
    Element,
    Endpoint,
    Firewall,
    Interface,
    InternetGateway,
    NatGateway,
    Peering,
    RouteTable,
    SecurityGroup,
    Subnet,
    TransitGateway,
    Vpc,
    VpnGateway,
)


def raise_doubts(
    draft: Draft, given: Any, source: str, *, adds: bool, but: tuple[type, ...] = (), why: str = ""
) -> None:
    """A resource that is not modelled names elements in what it is given.

    Args:
        draft: The model that is made.
        given: The resource's resolved properties.
        source: The resource and its type.
        adds: Whether it can only add ways.
        but: Elements that are doubted otherwise.
        why: Why it is not known whether it names them; "" where it does.
    """
    what = "may carry packets to and from it" if adds else "may change how packets go there"
    named = source.removeprefix("the custom resource ").split(" (")[0]
    for element in elements_in(draft, given):
        if isinstance(element, but):
            continue
        given_it = "is given" if not why else "may stand in" if isinstance(element, Vpc) else "may be given"
        ending = or_harmless(f": {why}" if why else "", named)
        doubt = Doubt(f"{source} {given_it} {element.path}, and {what}{ending}", adds)
        for identity in {element.identity, *(homes_of(draft, element) if adds else ())}:
            listed = draft.model.doubts.setdefault(identity, [])
            if doubt not in listed:
                listed.append(doubt)


def or_harmless(reason: str, named: str) -> str:
    """A reason that the contract `harmless` lifts as well, of a resource with a name."""
    head, found, section = reason.rpartition(" (contract: ")
    if not found or section.startswith("none"):
        return f"{head if found else reason} (contract: harmless, {named})"
    return f"{reason[:-1]}, or harmless, {named})"


def doubt_shared(draft: Draft, given: Any, source: str, why: str = "") -> None:
    """Other accounts may use what is shared with them.

    Of a transit gateway that is to attach VPCs: into the default route tables, where it has any and needs no one to
    accept them (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html). Into a subnet they put hosts
    and load balancers (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html).
    """
    for element in elements_in(draft, given):
        if isinstance(element, Subnet):
            raise_doubts(draft, element.identity, source, adds=True, why=why)
        elif isinstance(element, TransitGateway):
            if element.accepts is not False and (element.associates is not False or element.propagates is not False):
                raise_doubts(draft, element.identity, source, adds=False, why=why)
        elif not isinstance(element, RouteTable):
            raise_doubts(draft, element.identity, source, adds=False)


def lift(draft: Draft, given: Any, contract: str) -> None:
    """A contract says that a resource changes nothing: what concerns the elements that it names leans on that."""
    for element in elements_in(draft, given):
        for identity in {element.identity, *homes_of(draft, element)}:
            draft.model.lifted[identity] = draft.model.lifted.get(identity, frozenset()) | {contract}


def elements_in(draft: Draft, given: Any) -> list[Element]:
    """The elements that a value names."""
    found = {id(element): element for identity in identities(given) if (element := element_of(draft, identity))}
    return list(found.values())


def named_by_groups(draft: Draft, given: Any) -> list[Any]:
    """What a value names by way of groups of subnets, as databases and their like do."""
    found = []
    for identity in sorted(identities(given)):
        entry = draft.resolver.stacks.by_id.get(identity)
        if entry is not None:
            stack, logical = entry
            resource = stack.resources[logical]
            if is_group(resource["Type"]):
                found.append(meant(resource["Type"], draft.value(stack, resource.get("Properties") or {})))
    return found


def element_of(draft: Draft, identity: str) -> Element | None:
    """The element that a reference names, by itself or by one of its attributes."""
    if identity.endswith(DEFAULT_GROUP):
        return default_group(draft, identity)
    head, slash, tail = identity.rpartition("/")
    whole = f"{head}{slash}{tail.removesuffix(CLOSE).partition('.')[0]}{CLOSE}"
    for name in (identity, whole):
        found = draft.targets.get(name) or draft.model.attachments.get(name) or draft.model.network_acls.get(name)
        if isinstance(found, Element):
            return found
    return None


def homes_of(draft: Draft, element: Element) -> Iterator[str]:
    """The VPCs and gateways in which a way that begins or ends at an element may go on."""
    if isinstance(element, Subnet):
        yield element.vpc.identity
    elif isinstance(element, SecurityGroup):
        stack, logical = draft.resolver.stacks.by_id.get(element.identity, (None, ""))
        vpc = draft.get(stack, stack.resources[logical].get("Properties") or {}, "VpcId") if stack is not None else None
        if isinstance(vpc, str) and vpc in draft.model.vpcs:
            yield vpc
    elif isinstance(element, (Interface, Endpoint)):
        if isinstance(element.subnet, Subnet):
            yield element.subnet.vpc.identity
    elif isinstance(
        element, (RouteTable, Attachment, NatGateway, InternetGateway, EgressOnlyGateway, CarrierGateway, VpnGateway)
    ):
        if element.vpc is not None:
            yield element.vpc.identity
    elif isinstance(element, TransitGateway):
        for attachment in element.attachments:
            yield from homes_of(draft, attachment)
    elif isinstance(element, Peering):
        for side in (element.requester, element.accepter):
            if isinstance(side, Vpc):
                yield side.identity
    elif isinstance(element, Firewall):
        for endpoint in element.endpoints:
            yield from homes_of(draft, endpoint)
    else:
        for node in getattr(element, "nodes", ()):
            yield from homes_of(draft, node)


def identities(value: Any) -> set[str]:
    """The references within a value, also those within a longer text, such as the parameters of an API call."""
    if isinstance(value, str):
        parts = value.split(OPEN)[1:]
        return {f"{OPEN}{part.split(CLOSE)[0]}{CLOSE}" for part in parts}
    if isinstance(value, dict):
        return {identity for item in value.values() for identity in identities(item)}
    if isinstance(value, (list, tuple)):
        return {identity for item in value for identity in identities(item)}
    return set()
