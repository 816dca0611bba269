"""Conditions, and what hangs on them."""

from __future__ import annotations

from typing import Any

from patternkit.resolving.intrinsics import as_text
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Node, Stack
from patternkit.resolving.values import CLOSE, OPEN, Choice, Unknown, is_opaque, not_lifted
from patternkit.resolving.zones import Zones
from patternkit.templates.errors import TemplateError, nearest


def if_(resolver: Resolver, stack: Stack, argument: Any) -> Any:
    """`Fn::If`."""
    if not isinstance(argument, list) or len(argument) != 3:
        raise TemplateError(f"{stack.name}: Fn::If takes a condition and two values, got {argument!r}")
    return resolver.resolve(stack, argument[1] if condition(resolver, stack, argument[0]) else argument[2])


def condition(resolver: Resolver, stack: Stack, name: Any) -> bool:
    """Whether a named condition holds; one that no one has decided is a choice."""
    if name not in stack.conditions:
        raise TemplateError(f"{stack.name}: there is no condition {name!r}{nearest(str(name), stack.conditions)}")
    return bool(resolver.once((stack.name, "condition", name), lambda: _decide(resolver, stack, name)))


def _decide(resolver: Resolver, stack: Stack, name: str) -> bool:
    value = _logic(resolver, stack, stack.conditions[name])
    if isinstance(value, Unknown):
        text = f"condition {name} of {stack.name} is {{option}} ({value.reason})"
        return bool(resolver.choose(Choice(f"condition {stack.name}.{name}", (True, False), text)))
    return value


def _logic(resolver: Resolver, stack: Stack, node: Node) -> bool | Unknown:
    if not isinstance(node, dict) or len(node) != 1:
        raise TemplateError(f"{stack.name}: a condition is one function, got {node!r}")
    ((name, argument),) = node.items()
    if name == "Condition":
        return bool(condition(resolver, stack, argument))
    if name == "Fn::Equals" and isinstance(argument, list) and len(argument) == 2:
        return _equal(resolver.resolve(stack, argument[0]), resolver.resolve(stack, argument[1]))
    if name == "Fn::Not" and isinstance(argument, list) and len(argument) == 1:
        inner = _logic(resolver, stack, argument[0])
        return inner if isinstance(inner, Unknown) else not inner
    if name in ("Fn::And", "Fn::Or") and isinstance(argument, list):
        values = [_logic(resolver, stack, part) for part in argument]
        decisive = bool(name == "Fn::Or")
        if decisive in values:
            return decisive
        doubts = [value for value in values if isinstance(value, Unknown)]
        return doubts[0] if doubts else not decisive
    raise TemplateError(f"{stack.name}: {name} is not a condition")


def _equal(one: Any, other: Any) -> bool | Unknown:
    for value in (one, other):
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Zones):
            return Unknown(f"the list of all availability zones is known only to AWS{not_lifted('name the zones')}")
    if isinstance(one, (list, dict)) or isinstance(other, (list, dict)):
        return bool(one == other)
    one, other = as_text(one), as_text(other)
    if one == other:
        return True
    for value, against in ((one, other), (other, one)):
        if is_opaque(value) and against:
            return Unknown(f"{value.replace(OPEN, '').replace(CLOSE, '')} is known only to AWS{not_lifted()}")
    return False
