"""The REST APIs of the API family, each synthesized once for what every one of them promises."""

import importlib
import inspect
import typing
from collections.abc import Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from patternkit.catalog.discovery import Pattern, patterns
from patterns.building_blocks.rest_api.api import RestApi
from patterns.building_blocks.signature import declared
from tests.constructs import app_for_its_template


def construct_of(pattern: Pattern) -> Any:
    return getattr(importlib.import_module(pattern.module), pattern.construct)


# Those of another kind, a WebSocket API say, promise what is theirs in their own mirrors.
MEMBERS = [one for one in patterns().values() if one.family == "api" and issubclass(construct_of(one), RestApi)]


def made(pattern: Pattern, **options: Any) -> tuple[cdk.Stack, Any]:
    """Make a member's example with options; its stack and its construct."""
    example = getattr(importlib.import_module(f"{pattern.module}.example"), pattern.stack)
    stack = example(app_for_its_template(), "Test", **options)
    return stack, next(one for one in stack.node.children if isinstance(one, construct_of(pattern)))


@cache
def template(pattern: Pattern, **options: Any) -> dict[str, Any]:
    """The template of a member's example, with options."""
    stack, construct = made(pattern, **options)
    if "authorization" not in options:
        role = iam.Role(stack, "Caller", assumed_by=iam.AccountRootPrincipal())
        assert construct.grant_invoke(role).success
    return dict(cdk.assertions.Template.from_stack(stack).to_json())


def resources(found: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The properties of all resources of one type."""
    return [one.get("Properties", {}) for one in found["Resources"].values() if one["Type"] == kind]


def arguments(pattern: Pattern) -> dict[str, Any]:
    """The types of a construct's arguments by name."""
    hints = typing.get_type_hints(inspect.getattr_static(construct_of(pattern), "__init__"), include_extras=True)
    return {name: declared(hint)[0] for name, hint in hints.items()}
