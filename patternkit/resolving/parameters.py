"""The values of parameters, and of those that Systems Manager stores."""

from __future__ import annotations

import re
from typing import Any

from patternkit.resolving.naming import named, names_resource
from patternkit.resolving.resolver import Resolver
from patternkit.resolving.stacks import Node, Stack
from patternkit.resolving.values import NO_VALUE, Choice, Unknown, Zone, lifted, not_lifted
from patternkit.templates.errors import TemplateError

_DYNAMIC = re.compile(r"\{\{resolve:(ssm|ssm-secure|secretsmanager):([^}]*)\}\}")


def parameter(resolver: Resolver, stack: Stack, name: str) -> Any:
    """The value of a parameter: given, declared by a contract, its default, or a choice among what is allowed."""
    return resolver.meant(_parameter(resolver, stack, name))


def _parameter(resolver: Resolver, stack: Stack, name: str) -> Any:
    declaration = stack.parameters[name]
    if not isinstance(declaration, dict):
        raise TemplateError(f"{stack.name}: parameter {name} is not a mapping")
    kind = str(declaration.get("Type", "String"))
    value: Any = None
    if name in stack.given:
        value = stack.given[name]
        if stack.parent is not None:
            value = resolver.resolve(stack.parent, value)
    elif name in resolver.contracts.parameters.get(stack.name, {}):
        value = resolver.contracts.parameters[stack.name][name]
        resolver.leans.add(f"parameter {name} of {stack.name}")
    elif "Default" in declaration:
        value = declaration["Default"]
    if names_resource(value):
        return named(resolver.stacks, f"parameter {name} of {stack.name}", value)
    if value is None or value is NO_VALUE:
        return _without_value(resolver, stack, name, kind, declaration)
    if isinstance(value, Unknown):
        return value
    if kind.startswith("AWS::SSM::Parameter::Value"):
        value = _ssm_value(resolver, str(value))
        kind = kind.removeprefix("AWS::SSM::Parameter::Value<").removesuffix(">")
    if (kind == "CommaDelimitedList" or kind.startswith("List<")) and isinstance(value, str):
        return [item.strip() for item in value.split(",")]
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (int, float)) else value


def _without_value(resolver: Resolver, stack: Stack, name: str, kind: str, declaration: dict[str, Any]) -> Any:
    allowed = declaration.get("AllowedValues")
    if isinstance(allowed, list) and allowed:
        options = tuple(str(option).lower() if isinstance(option, bool) else str(option) for option in allowed)
        text = f"parameter {name} of {stack.name} is {{option!r}}"
        return resolver.choose(Choice(f"parameter {stack.name}.{name}", options, text))
    if kind == "AWS::EC2::AvailabilityZone::Name":
        return resolver.name_zone(Zone("parameter", f"zone of parameter {stack.name}.{name}", stack.region))
    return Unknown(f"parameter {name} of {stack.name} has no value{lifted('parameters')}")


def _ssm_value(resolver: Resolver, name: str) -> Any:
    if resolver.ssm is None:
        resolver.ssm = {}
        listed: dict[str, tuple[Stack, Node]] = {}
        for stack in resolver.stacks.stacks:
            for resource in stack.resources.values():
                if resource["Type"] == "AWS::SSM::Parameter" and resolver.exists(stack, resource):
                    properties = resource.get("Properties") or {}
                    path = resolver.value(stack, properties.get("Name"))
                    if isinstance(path, str):
                        listed[path] = (stack, properties.get("Value"))
        resolver.ssm = listed
    if name in resolver.ssm:
        stack, node = resolver.ssm[name]
        return resolver.once((stack.name, "ssm", name), lambda: resolver.resolve(stack, node))
    if name in resolver.contracts.ssm:
        resolver.leans.add(f"ssm {name}")
        return named(resolver.stacks, f"ssm {name}", resolver.contracts.ssm[name])
    return Unknown(f"the SSM parameter {name} is not in the set{lifted('ssm')}")


def dynamic(resolver: Resolver, text: str) -> Any:
    """A text with its dynamic references replaced."""
    unknown: list[Unknown] = []

    def replace(match: re.Match[str]) -> str:
        if match[1] != "ssm":
            unknown.append(Unknown(f"{match[0]} is a secret{not_lifted()}"))
            return ""
        name = match[2].split(":")[0]
        value = _ssm_value(resolver, name)
        if isinstance(value, Unknown):
            unknown.append(value)
        return str(value)

    replaced = _DYNAMIC.sub(replace, text)
    return unknown[0] if unknown else replaced
