"""What may change a network at run time: custom resources, and types that are not modelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from patternkit.resolving import (
    Stack,
    custom_names,
    sdk_call,
)
from patternkit.resolving.given import matching
from patternkit.resolving.values import lifted
from patternkit.routes.building.doubts import (
    doubt_shared,
    element_of,
    identities,
    lift,
    named_by_groups,
    or_harmless,
    raise_doubts,
)
from patternkit.routes.building.draft import Draft, Literal, Properties, shown
from patternkit.routes.building.filters import DEFAULT_GROUP, default_group
from patternkit.routes.building.foreign_names import (
    candidates,
    doubt_candidates,
    doubt_what_is_shared,
    unsettled,
    with_known_ids,
)
from patternkit.routes.classes import ADDS, class_of, is_off, meant, names, unread
from patternkit.routes.model import (
    Attachment,
    Element,
    NetworkAcl,
    Peering,
    RouteTable,
    SecurityGroup,
    Site,
    TransitGateway,
)

# Actions of CDK's AwsCustomResource that only read.
_READING = ("describe", "get", "list", "search", "Describe", "Get", "List", "Search")

# Ids of what code may change, as they stand in texts.
_ID = re.compile(
    r"(?<![\w-])(?:acl|pcx|rtb|sg|subnet|tgw|tgw-attach|tgw-rtb|vpc|vpn)-[0-9a-f]{8}(?:[0-9a-f]{9})?(?![\w-])"
)

# What is suspected itself, for every promise whose flows meet it.
CHANGEABLE = (RouteTable, TransitGateway, Attachment, Site, SecurityGroup, NetworkAcl, Peering)


def suspect_custom_resource(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Suspect a custom resource of changing what it is given, unless it only reads or is declared harmless."""
    names = custom_names(stack, logical, stack.resources[logical]["Type"])
    given = draft.value(stack, {key: node for key, node in properties.items() if key != "ServiceToken"})
    if is_declared_harmless(draft, given, names):
        return
    call = sdk_call(draft.resolver, stack, properties)
    if call is not None and str(call.get("action", "")).startswith(_READING):
        return
    suspect(draft, given, f"the custom resource {stack.path(logical)}", names, "harmless or returns")
    raise_doubts(draft, given, f"the custom resource {stack.path(logical)}", adds=False, but=CHANGEABLE)
    suspect_of_texts(draft, given, f"the custom resource {stack.path(logical)}")


def is_declared_harmless(draft: Draft, given: Any, names: tuple[str, ...]) -> bool:
    """Whether a contract says that a resource changes nothing; what it is given leans on that."""
    for section, declared in (("harmless", draft.contracts.harmless), ("returns", draft.contracts.returns)):
        pattern = matching(declared, names)
        if pattern is not None:
            for identity in identities(given):
                element = draft.targets.get(identity) or draft.model.attachments.get(identity)
                if isinstance(element, CHANGEABLE):
                    element.contracts = element.contracts | {f"{section} {pattern}"}
            lift(draft, given, f"{section} {pattern}")
            return True
    return False


def suspect(draft: Draft, given: Any, who: str, names: tuple[str, ...], section: str) -> None:
    """Suspect a resource of changing what it is given, but where a contract says what it makes.

    Args:
        draft: The model that is made.
        given: What it is given.
        who: The resource, for messages.
        names: By which names contracts call it.
        section: The section of the contracts that lifts the suspicion.
    """
    for identity in sorted(identities(given)):
        if identity.endswith(DEFAULT_GROUP):
            default_group(draft, identity)
        element = draft.targets.get(identity) or draft.model.attachments.get(identity)
        if isinstance(element, CHANGEABLE):
            made = matching(draft.made_by.get(identity, ()), names)
            if made is not None:
                element.contracts = element.contracts | {f"routes by {made}"}
                continue
            lift = lifted(f"{section}, or routes with by" if isinstance(element, RouteTable) else section)
            reason = f"{who} is given {element.path}, and may change it{lift}"
            element.tainted = f"{element.tainted}; {reason}" if element.tainted else reason
        elif identity in draft.model.prefix_lists:
            draft.changed_lists[identity] = f"{who} is given {shown(identity)}, and may change it{lifted(section)}"


def suspect_of_texts(draft: Draft, given: Any, who: str) -> None:
    """Suspect a resource that is handed ids as text of changing all that they may be the ids of."""
    known = draft.resolver.ids
    for text in sorted(set(_ids_in(given))):
        reason = Literal(f"{text} {'is its id' if text in known else 'may be any of the set'}{lifted('ids')}")
        meant_by_it = element_of(draft, known[text]) if text in known else None
        loose = () if text in known else _of_prefix(draft, text.rpartition("-")[0])
        others = [one for one in loose if one.identity not in draft.resolver.identified]
        for element in [meant_by_it] if meant_by_it is not None else others:
            if isinstance(element, CHANGEABLE):
                why = or_harmless(f"{who} may be given {element.path}, and may change it: {reason.reason}", _named(who))
                element.tainted = f"{element.tainted}; {why}" if element.tainted else why
            else:
                raise_doubts(draft, element.identity, who, adds=False, why=reason.reason)


def names_an_id(text: str) -> bool:
    """Whether a text holds the id of what code may change."""
    return _ID.search(text) is not None


def _named(who: str) -> str:
    return who.removeprefix("the custom resource ").split(" (")[0]


def _ids_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from _ID.findall(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _ids_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _ids_in(inner)


def _of_prefix(draft: Draft, prefix: str) -> Iterable[Element]:
    """The elements whose ids begin so."""
    model = draft.model
    mains = [vpc.main_table for vpc in model.vpcs.values() if vpc.main_table is not None]
    groups: dict[str, Iterable[Element]] = {
        "acl": [*model.network_acls.values(), *draft.default_acls.values()],
        "pcx": model.peerings.values(),
        "rtb": [*model.tables.values(), *mains],
        "sg": model.security_groups.values(),
        "subnet": model.subnets.values(),
        "tgw": model.transit_gateways.values(),
        "tgw-attach": model.attachments.values(),
        "tgw-rtb": model.transit_tables.values(),
        "vpc": model.vpcs.values(),
        "vpn": model.sites.values(),
    }
    return groups[prefix]


def doubt_unmodelled(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Doubt what a resource of a type that is not modelled names."""
    kind = stack.resources[logical]["Type"]
    values = with_known_ids(draft, draft.value(stack, properties))
    given = meant(kind, values)
    given = [given, *named_by_groups(draft, given)]
    if is_off(kind, values):
        return
    path = stack.path(logical)
    found = unsettled(draft, kind, values)
    maybe = [one for word, reason in found for one in candidates(draft, word, reason)]
    if is_declared_harmless(draft, [given, maybe], custom_names(stack, logical, kind)):
        return
    if kind == "AWS::RAM::ResourceShare":
        doubt_shared(draft, given, f"{path} ({kind})")
        doubt_what_is_shared(draft, found, f"{path} ({kind})")
        return
    adds = kind.startswith("AWS::") and class_of(kind) == ADDS
    if not adds:
        suspect(
            draft, given, f"{path} ({kind}), which is not modelled,", custom_names(stack, logical, kind), "harmless"
        )
    raise_doubts(draft, given, f"{path} ({kind})", adds=adds, but=() if adds else CHANGEABLE)
    doubt_candidates(draft, stack, logical, found, adds=adds, source=f"{path} ({kind})")
    if not adds and not names(kind):
        suspect_of_texts(draft, given, f"{path} ({kind})")


def doubt_partly_modelled(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """A resource of a modelled type has properties that the model does not read."""
    kind = stack.resources[logical]["Type"]
    given = {name: draft.value(stack, properties[name]) for name in unread(kind) if name in properties}
    if given and not is_declared_harmless(draft, given, custom_names(stack, logical, kind)):
        own = {**given, "": stack.ids[logical]}
        raise_doubts(draft, own, f"{stack.path(logical)} ({kind}, {', '.join(given)})", adds=False)


def doubt_edge_gateways(draft: Draft, of_type: dict[str, list[tuple[Stack, str, Any]]]) -> None:
    """Doubt what gateways of zones at the edge may carry in VPCs whose subnets there are not in the set."""
    for kind, served in (
        ("AWS::EC2::CarrierGateway", "in_wavelength"),
        ("AWS::EC2::LocalGatewayRouteTableVPCAssociation", "on_outpost"),
    ):
        for stack, logical, properties in of_type[kind]:
            identity = draft.get(stack, properties, "VpcId")
            vpc = draft.model.vpcs.get(identity) if isinstance(identity, str) else None
            if vpc is not None and any(getattr(one, served) for one in vpc.subnets):
                continue
            given = draft.value(stack, properties)
            if not is_declared_harmless(draft, given, custom_names(stack, logical, kind)):
                raise_doubts(draft, given, f"{stack.path(logical)} ({kind})", adds=True)
