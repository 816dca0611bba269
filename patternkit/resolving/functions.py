"""The functions of templates, and the resolver that works out expressions by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from patternkit.resolving.conditions import condition, if_
from patternkit.resolving.exports import import_value, stack_output
from patternkit.resolving.given import Given
from patternkit.resolving.intrinsics import cidr, find_in_map, join, length_of, select, split, sub, to_json
from patternkit.resolving.naming import named
from patternkit.resolving.parameters import dynamic
from patternkit.resolving.references import get_att, ref
from patternkit.resolving.resolver import Functions, Resolver
from patternkit.resolving.stacks import Stack, StackSet
from patternkit.resolving.values import BY_PROCESSED_TEMPLATE, Unknown, World, opaque
from patternkit.resolving.zones import get_azs


def resolver_of(stacks: StackSet, contracts: Given, world: World) -> Resolver:
    """The resolver of a set of stacks in one world.

    Raises:
        TemplateError: A contract says of an id that it is a resource which is not there.
    """
    ids = {text: named(stacks, f"ids of {text}", value) for text, value in contracts.ids.items()}
    return Resolver(stacks, contracts, world, _FUNCTIONS, ids)


_INTRINSIC: dict[str, Callable[[Resolver, Stack, Any], Any]] = {
    "Ref": ref,
    "Fn::GetAtt": get_att,
    "Fn::Select": select,
    "Fn::Join": join,
    "Fn::Sub": sub,
    "Fn::Split": split,
    "Fn::If": if_,
    "Fn::ImportValue": import_value,
    "Fn::GetStackOutput": stack_output,
    "Fn::GetAZs": get_azs,
    "Fn::FindInMap": find_in_map,
    "Fn::Cidr": cidr,
    "Fn::Length": length_of,
    "Fn::ToJsonString": to_json,
    "Fn::Base64": lambda _resolver, _stack, _argument: opaque("base64"),
    "Fn::Transform": lambda _resolver, stack, _argument: Unknown(
        f"a macro computes it in {stack.name}" + BY_PROCESSED_TEMPLATE
    ),
}

_FUNCTIONS = Functions(_INTRINSIC, dynamic, condition)
