"""Resources that are not modelled and name what they stand in as text, by a parameter or an import: it may be ours.

So may what a group of subnets names that is not in the set. Which properties name what is data, in `classes`. All that
one object of a resource names is of one VPC, and so is what the object holds: what is known tells where the rest is.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, get_args

from patternkit.resolving import Stack
from patternkit.resolving.values import CLOSE, OPEN, Outside, Unknown, is_outside, lifted
from patternkit.routes.building.doubts import (
    doubt_shared,
    element_of,
    homes_of,
    identities,
    named_by_groups,
    or_harmless,
    raise_doubts,
)
from patternkit.routes.building.draft import Draft, Kind, Literal
from patternkit.routes.classes import names
from patternkit.routes.model import Attachment, SecurityGroup, Vpc

Wanted = list[tuple[list[str], str]]
Unsettled = list[tuple[str, Unknown]]

_GROUP = "security group"

# What is named one by one, wherever the rest is.
_EACH = ("route table", "transit gateway route table", "prefix list", "resource", "endpoint")

_ASSOCIATION = "AWS::EC2::SecurityGroupVpcAssociation"


def with_known_ids(draft: Draft, value: Any) -> Any:
    """A value in which the ids at the ends of ARNs are those of the resources that contracts call them."""
    if isinstance(value, dict):
        return {name: with_known_ids(draft, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [with_known_ids(draft, inner) for inner in value]
    if isinstance(value, str) and draft.resolver.ids:
        return draft.resolver.ids.get(value.replace(":", "/").rpartition("/")[2], value)
    return value


def unsettled(draft: Draft, kind: str, values: Any) -> Unsettled:
    """What a resource names that may be any of the set: what it names it as, and why it is not known.

    Args:
        draft: The network.
        kind: The resource's type.
        values: Its properties, resolved.
    """
    wanted = [(path.split("/"), word) for path, word in names(kind).items() if word]
    found: Unsettled = []
    given: list[str] = []
    _look(draft, wanted, values, found, given, located=False)
    # Groups stand where the rest does, and tell where only if nothing else does.
    if any(word != _GROUP for word in given):
        found = [one for one in found if one[0] != _GROUP]
    return found


def doubt_candidates(draft: Draft, stack: Stack, logical: str, found: Unsettled, *, adds: bool, source: str) -> None:
    """Doubt all that a resource may name.

    Args:
        draft: The network.
        stack: The resource's stack.
        logical: The resource.
        found: What it may name.
        adds: Whether it can only add ways.
        source: The resource and its type, for messages.
    """
    for word, reason in found:
        if adds or word == "transit gateway":
            for identity in candidates(draft, word, reason):
                raise_doubts(draft, identity, source, adds=adds, why=reason.reason)
            continue
        kind: Any = word if word in get_args(Kind) else "VPC"
        why = replace(reason, reason=or_harmless(reason.reason, stack.path(logical)))
        if word == "prefix list":
            for identity in draft.model.prefix_lists:
                draft.changed_lists[identity] = f"{source} may change it: {why.reason}"
        else:
            draft.doubt(stack, logical, f"({source.rpartition(' (')[2]} may change how packets go", why, kind)


def doubt_what_is_shared(draft: Draft, found: Unsettled, source: str) -> None:
    """Doubt what a share of resources may share with other accounts."""
    for _, reason in found:
        for word, group in (("transit-gateway/", draft.model.transit_gateways), ("subnet/", draft.model.subnets)):
            if not isinstance(reason, Literal) or f":{word}" in reason.reason:
                for identity in [one for one in group if not _is_another(draft, one, reason)]:
                    doubt_shared(draft, identity, source, reason.reason)


def candidates(draft: Draft, word: str, reason: Unknown) -> list[str]:
    """The elements in which a resource may stand that names what is not known."""
    model = draft.model
    if word == "transit gateway":
        gateways = [one for one in model.transit_gateways if not _is_another(draft, one, reason)]
        loose = [one for one in model.attachments.values() if _is_loose(one)]
        return [*gateways, *(one.vpc.identity for one in loose if isinstance(one.vpc, Vpc))]
    sites = list(model.sites) if word in ("VPN connection", "Direct Connect gateway") else []
    vpcs = [one for one in model.vpcs if word != "VPC" or not _is_another(draft, one, reason)]
    return [*vpcs, *sites]


def _is_loose(attachment: Attachment) -> bool:
    return isinstance(attachment.gateway, Unknown) and not isinstance(attachment.gateway, Outside)


def _is_another(draft: Draft, identity: str, reason: Unknown) -> bool:
    """Whether an element has another id than the text that a resource gives."""
    return isinstance(reason, Literal) and identity in draft.resolver.identified


def _look(draft: Draft, wanted: Wanted, node: Any, found: Unsettled, given: list[str], *, located: bool) -> None:
    if not wanted:
        return
    if isinstance(node, Unknown):
        # What is not known may hold all of it.
        given += [word for _, word in wanted]
        if not located:
            found.append((wanted[0][1], node))
        return
    if isinstance(node, list):
        options = any("?" in path[-1] for path, _ in wanted)
        located = located or (options and any(_is_located(draft, value) for _, value in _own(draft, wanted, node)))
        for item in node:
            _look(draft, wanted, item, found, given, located=located)
        return
    if not isinstance(node, dict):
        return
    named = list(_own(draft, wanted, [node]))
    given += [word for word, _ in named]
    found += _reasons(draft, [one for one in named if one[0] in _EACH])
    own = [one for one in named if one[0] not in _EACH]
    located = located or any(_is_located(draft, value) for _, value in own)
    if not located:
        own.sort(key=lambda one: (one[0] != "VPC", one[0] == _GROUP))
        # One tells where all of it is.
        found += itertools.islice(_reasons(draft, own), 1)
    for head in dict.fromkeys(path[0] for path, _ in wanted if len(path) > 1):
        deeper = [(path[1:], word) for path, word in wanted if len(path) > 1 and path[0] == head]
        _look(draft, deeper, node.get(head), found, given, located=located)


def _reasons(draft: Draft, named: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Unknown]]:
    for word, value in named:
        reason = why_unsettled(draft, word, value)
        if reason is not None:
            yield word, reason


def _own(draft: Draft, wanted: Wanted, nodes: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """What objects name themselves, one by one."""
    for node in nodes:
        for path, word in wanted if isinstance(node, dict) else ():
            name, _, only = path[0].partition("?")
            other, _, texts = only.partition("=")
            if len(path) > 1 or (isinstance(node.get(other), str) and node[other] not in texts.split("|")):
                continue
            for value in _each(node.get(name)):
                groups = named_by_groups(draft, value)
                subnets = [one for group in groups for part in group for one in _each(part)]
                yield from (("subnet", one) for one in subnets) if subnets else [(word, value)]


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _is_located(draft: Draft, value: Any) -> bool:
    """Whether a value names something of which it is known where it is."""
    if is_outside(value):
        return True
    for identity in identities(value):
        element = element_of(draft, identity)
        if isinstance(element, SecurityGroup) and any(
            one["Type"] == _ASSOCIATION for stack in draft.resolver.stacks.stacks for one in stack.resources.values()
        ):
            # It may be used in further VPCs.
            continue
        if element is not None and (isinstance(element, Vpc) or any(homes_of(draft, element))):
            return True
        entry = _resource(draft, identity) if element is None else None
        if entry is not None:
            stack, logical = entry
            held = identities(draft.value(stack, stack.resources[logical].get("Properties") or {}))
            elements = [one for name in held if (one := element_of(draft, name)) is not None]
            if any(isinstance(one, Vpc) or any(homes_of(draft, one)) for one in elements):
                return True
    return False


def _resource(draft: Draft, identity: str) -> tuple[Stack, str] | None:
    """The resource that a reference means, by itself or by one of its attributes."""
    by_id = draft.resolver.stacks.by_id
    head, slash, tail = identity.rpartition("/")
    return by_id.get(identity) or by_id.get(f"{head}{slash}{tail.partition('.')[0]}{CLOSE}")


def why_unsettled(draft: Draft, word: str, value: Any) -> Unknown | None:
    """Why it is not known what a value names; None where it is, or where that is judged by itself."""
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, str) or not value or is_outside(value):
        return None
    entries = [_resource(draft, identity) for identity in identities(value)]
    if any(entry is not None and entry[0].resources[entry[1]]["Type"].startswith("AWS::") for entry in entries):
        return None
    text = value.replace(OPEN, "").replace(CLOSE, "")
    return Literal(f"{word} {text} may be any of the set{lifted('ids')}")
