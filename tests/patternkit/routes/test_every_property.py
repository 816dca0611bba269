"""Each property that decides anything of a network is looked at: with another value the network is another.

So it is where the value is not known, which is no mistake, and where it is left out. The networks stand in
`every_property.yaml`.
"""

from __future__ import annotations

import copy
import dataclasses
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes import Network
from patternkit.routes.addresses import Prefix
from patternkit.routes.errors import RoutesError, TemplateError
from patternkit.routes.model import AclRule, Element, Model
from patternkit.templates.data_files import read_data

LISTED: dict[str, Any] = read_data(Path(__file__).parent / "every_property.yaml", TemplateError)
NETWORKS: dict[str, Any] = LISTED["networks"]
LATER = {"Fn::ImportValue": "later"}
Place = tuple[str | int, ...]


def places(node: Any, at: Place = ()) -> Iterator[Place]:
    """Where something stands within properties, with lists and mappings; an expression is one thing."""
    if at:
        yield at
    if isinstance(node, dict) and not _is_expression(node):
        for key, inner in node.items():
            yield from places(inner, (*at, key))
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from places(inner, (*at, index))


def _is_expression(node: Any) -> bool:
    return isinstance(node, dict) and any(key == "Ref" or key.startswith("Fn::") for key in node)


def _name(place: Place) -> str:
    return "/".join(str(part) for part in place)


@cache
def _cases() -> dict[tuple[str, str], list[Place]]:
    """The places of each resource; those that an earlier network has are not asked again."""
    found: dict[tuple[str, str], list[Place]] = {}
    before: set[str] = set()
    for network, resources in NETWORKS.items():
        here = set()
        for name, one in resources.items():
            for place in places(one.get("Properties", {})):
                key = f"{one['Type']} {_name(tuple(part for part in place if isinstance(part, str)))}"
                here.add(key)
                if key not in before:
                    found.setdefault((network, name), []).append(place)
        before |= here
    return found


CASES = [pytest.param(*key, id="-".join(key)) for key in _cases()]


def changed(network: str, name: str, place: Place, *values: Any) -> dict[str, Any]:
    """A network with another value of a property; without it, if none is given."""
    resources = {**NETWORKS[network], name: copy.deepcopy(NETWORKS[network][name])}
    node = resources[name]["Properties"]
    for part in place[:-1]:
        node = node[part]
    if values:
        node[place[-1]] = values[0]
    else:
        del node[place[-1]]
    return resources


def made(resources: Any) -> Model:
    return Network.from_templates({"Net": {"Resources": resources}}).model


def told(resources: Any, *, sound: bool = False) -> str:
    """All that the model says of a network; or why there is none, which nothing is that is `sound`."""
    try:
        model = made(resources)
    except RoutesError as error:
        if sound:
            raise
        return str(error)
    found: set[int] = set()
    waiting: list[Any] = [model]
    texts: list[str] = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, Element):
            texts.append(f"{type(value).__name__} {value.identity}")
            if id(value) in found:
                continue
            found.add(id(value))
        names = () if isinstance(value, _WITHIN_ITSELF) else _fields(value.__class__)
        if names:
            waiting += [getattr(value, name) for name in names]
        elif isinstance(value, dict):
            waiting += (*value, *value.values())
        elif isinstance(value, (list, tuple)) and value and not isinstance(value[0], (int, str)):
            waiting += value
        else:
            texts.append(repr(sorted(value) if isinstance(value, frozenset) else value))
    return "\n".join(texts)


# What names no element, and is shown with all that it has.
_WITHIN_ITSELF = (AclRule, Prefix, Unknown)


@cache
def _fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


@cache
def as_it_is(network: str) -> str:
    return told(NETWORKS[network])


# What a text is changed to; any other to a word that nothing is called.
OTHERS = {
    r"tcp|TCP": "udp",
    r"-1": "tcp",
    r"allow": "deny",
    r"deny": "allow",
    r"enable": "disable",
    r"disable": "enable",
    r"true": "false",
    r"false": "true",
    r"public": "private",
    r"internet-facing": "internal",
    r"dualstack": "ipv4",
    r"(eu-west-1)a": r"\1c",
}


def another(network: str, value: Any) -> Any:
    """Another value of the same kind; None where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        address, _, length = value.partition("/")
        if length.isdigit():
            return f"{address}/{int(length) + 1}"
        if value.isdigit() or re.fullmatch(r"\d+\.\d+\.\d+\.\d+", value):
            head, dot, last = value.rpartition(".")
            return f"{head}{dot}{int(last) + 1}"
        return next((re.sub(old, new, value) for old, new in OTHERS.items() if re.fullmatch(old, value)), "unheard-of")
    name = value.get("Ref") if isinstance(value, dict) else None
    resources = NETWORKS[network]
    if name in resources:
        alike = [one for one in resources if resources[one]["Type"] == resources[name]["Type"] and one != name]
        return {"Ref": alike[0]} if alike else None
    return None


def at(network: str, name: str, place: Place) -> Any:
    node = NETWORKS[network][name]["Properties"]
    for part in place:
        node = node[part]
    return node


MODES = ("unknown", "absent", "other")


def in_mode(network: str, name: str, place: Place, mode: str) -> dict[str, Any] | None:
    """A network in which a property is not known, or left out, or has another value; None where there is none."""
    if mode == "absent":
        return changed(network, name, place)
    value = LATER if mode == "unknown" else another(network, at(network, name, place))
    return None if value is None else changed(network, name, place, value)


def same(network: str, name: str) -> set[tuple[str, str]]:
    """Where, and when, a property of a resource decides nothing."""
    found = set()
    for place in _cases()[network, name]:
        for mode in MODES:
            resources = in_mode(network, name, place, mode)
            if resources is not None and told(resources, sound=mode == "unknown") == as_it_is(network):
                found.add((f"{network}/{name}/{_name(place)}", mode))
    return found


def listed(network: str, name: str) -> set[tuple[str, str]]:
    """Where, and when, a property of a resource is said to decide nothing."""
    by_name = {f"{network}/{name}/{_name(place)}": place for place in _cases()[network, name]}
    return {
        (where, mode)
        for group in LISTED["same"]
        for where in by_name.keys() & set(group["where"])
        for mode in group["when"]
        if in_mode(network, name, by_name[where], mode) is not None
    }


@pytest.mark.parametrize(("network", "name"), CASES)
def test_the_network_is_another(network: str, name: str) -> None:
    assert same(network, name) == listed(network, name)


def test_what_is_listed_is_there() -> None:
    there = {f"{network}/{name}/{_name(place)}" for (network, name), found in _cases().items() for place in found}
    assert {where for group in LISTED["same"] for where in group["where"]} <= there


@pytest.mark.parametrize("given", [[["x"]], {"a": ["x"]}, [], {}, 7, "?"], ids=str)
@pytest.mark.parametrize("network", NETWORKS)
def test_a_value_of_the_wrong_shape_is_told_with_its_resource(network: str, given: Any) -> None:
    said: list[tuple[str, str]] = []
    for name, one in NETWORKS[network].items():
        for key in one.get("Properties", {}):
            resources = copy.deepcopy(NETWORKS[network])
            resources[name]["Properties"][key] = given
            try:
                _ = Network.from_templates({"Net": {"Resources": resources}}).model
            except TemplateError as error:
                said.append((name, str(error)))
    assert said
    assert [(name, error) for name, error in said if not re.search(rf"\bNet/{name}\b", error)] == []
