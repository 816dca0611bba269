"""The intrinsic functions that compute a value from others."""

from __future__ import annotations

import ipaddress
import json
import re
from typing import Any

from patternkit.resolving.references import get_att, ref
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Stack
from patternkit.resolving.values import CLOSE, OPEN, Unknown, Zone, is_opaque, not_lifted
from patternkit.resolving.zones import Zones, zone_name
from patternkit.templates.errors import TemplateError
from patternkit.templates.texts import check_length, joined

_ZONE_BEFORE_COLON = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d[a-z]):?$")
_SUBSTITUTION = re.compile(r"\$\{(!?)([^}]*)\}")


def select(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::Select`."""
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateError(f"{stack.name}: Fn::Select takes an index and a list, got {argument!r}")
    index, items = resolver.resolve(stack, argument[0]), resolver.resolve(stack, argument[1])
    if isinstance(index, Unknown):
        return index
    if isinstance(items, Unknown):
        return items
    try:
        position = int(index)
    except (TypeError, ValueError):
        raise TemplateError(f"{stack.name}: Fn::Select takes an index, got {index!r}") from None
    if isinstance(items, Zones):
        return resolver.name_zone(
            Zone(
                "index",
                f"GetAZs[{position}]" + (f" of {items.region}" if items.region else ""),
                items.region,
            )
        )
    if not isinstance(items, list):
        return Unknown(f"Fn::Select in {stack.name} selects from what is not a known list{not_lifted()}")
    if not 0 <= position < len(items):
        return Unknown(f"Fn::Select in {stack.name} selects element {position} of {len(items)}{not_lifted()}")
    return items[position]


def join(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::Join`."""
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateError(f"{stack.name}: Fn::Join takes a delimiter and a list, got {argument!r}")
    delimiter, items = argument[0], resolver.resolve(stack, argument[1])
    if isinstance(items, (Unknown, Zones)):
        return (
            Unknown("the list of all availability zones is known only to AWS" + not_lifted("name the zones"))
            if isinstance(items, Zones)
            else items
        )
    if not isinstance(items, list):
        raise TemplateError(f"{stack.name}: Fn::Join takes a list, got {items!r}")
    for item in items:
        if isinstance(item, Unknown):
            return item
    return joined(str(delimiter), map(as_text, items))


def sub(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::Sub`."""
    text, variables = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
    unknown: list[Unknown] = []
    given: dict[str, Any] = {}
    made = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal made
        if match[1]:
            return "${" + match[2] + "}"
        name = match[2].strip()
        if name in variables:
            # Once for each variable: what is nested in nested ones would be worked out many times over.
            value = given[name] if name in given else given.setdefault(name, resolver.resolve(stack, variables[name]))
        elif "." in name:
            value = get_att(resolver, stack, name)
        else:
            value = ref(resolver, stack, name)
        if isinstance(value, Unknown):
            unknown.append(value)
        written = as_text(value)
        made += len(written)
        check_length("Fn::Sub", made)
        return written

    replaced = _SUBSTITUTION.sub(replace, text)
    return unknown[0] if unknown else replaced


def split(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::Split`."""
    if not isinstance(argument, list) or len(argument) != 2:
        raise TemplateError(f"{stack.name}: Fn::Split takes a delimiter and a text, got {argument!r}")
    delimiter, text = resolver.resolve(stack, argument[0]), resolver.resolve(stack, argument[1])
    if isinstance(text, Unknown) or isinstance(delimiter, Unknown):
        return text if isinstance(text, Unknown) else delimiter
    if not isinstance(text, str) or not isinstance(delimiter, str) or not delimiter:
        raise TemplateError(f"{stack.name}: Fn::Split takes a delimiter and a text, got {argument!r}")
    match = _ZONE_BEFORE_COLON.search(delimiter)
    if match:
        # The zone may be one that another part of the template writes as an element of Fn::GetAZs.
        delimiter = delimiter.replace(match[1], str(zone_name(resolver, match[1])))
    return text.split(delimiter)


def find_in_map(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::FindInMap`."""
    if not isinstance(argument, list) or len(argument) < 3:
        raise TemplateError(f"{stack.name}: Fn::FindInMap takes a map and two keys, got {argument!r}")
    name, top, second = (resolver.resolve(stack, part) for part in argument[:3])
    for key in (name, top, second):
        if isinstance(key, Unknown):
            return key
    found = stack.mappings.get(name)
    for key in (top, second):
        if isinstance(key, str) and is_opaque(key):
            return Unknown(
                f"Fn::FindInMap in {stack.name} looks for {key.strip(OPEN + CLOSE)}, known only to AWS" + not_lifted()
            )
        found = found.get(str(key)) if isinstance(found, dict) else None
    if found is None:
        if len(argument) > 3 and isinstance(argument[3], dict) and "DefaultValue" in argument[3]:
            return resolver.resolve(stack, argument[3]["DefaultValue"])
        raise TemplateError(f"{stack.name}: the mapping {name} has no {top}.{second}")
    return found


def cidr(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::Cidr`."""
    if not isinstance(argument, list) or len(argument) < 2:
        raise TemplateError(f"{stack.name}: Fn::Cidr takes a block and a count, got {argument!r}")
    parts = [resolver.resolve(stack, part) for part in argument]
    for part in parts:
        if isinstance(part, Unknown):
            return part
    block = _block(parts[0])
    if block is None:
        if isinstance(parts[0], str) and is_opaque(parts[0]):
            return Unknown(f"the block that Fn::Cidr in {stack.name} divides is known only to AWS{not_lifted()}")
        raise TemplateError(f"{stack.name}: Fn::Cidr takes a CIDR, got {parts[0]!r}")
    try:
        count, host_bits = int(parts[1]), int(parts[2]) if len(parts) > 2 else 8
    except (TypeError, ValueError):
        raise TemplateError(f"{stack.name}: Fn::Cidr takes numbers, got {parts[1:]!r}") from None
    width = block.max_prefixlen
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
    if not 1 <= count <= 256 or not 0 <= host_bits <= width or count << host_bits > block.num_addresses:
        raise TemplateError(f"{stack.name}: Fn::Cidr cannot cut {count} blocks with {host_bits} host bits from {block}")
    first, make = int(block.network_address), type(block)
    return [str(make((first + (index << host_bits), width - host_bits))) for index in range(count)]


def _block(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False) if isinstance(text, str) else None
    except ValueError:
        return None


def length_of(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::Length`."""
    items = resolver.resolve(stack, argument)
    return (
        len(items)
        if isinstance(items, list)
        else Unknown(f"Fn::Length in {stack.name} of what is not known" + not_lifted())
    )


def to_json(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::ToJsonString`."""
    value = resolver.resolve(stack, argument)
    return value if isinstance(value, Unknown) else json.dumps(value, default=str)


def as_text(value: Any) -> str:
    """A value as text, as CloudFormation writes it."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
