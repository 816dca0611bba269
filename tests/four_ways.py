"""Each resource that a pattern takes, passed four ways in four kinds of stacks. Nothing here names a pattern.

`python -m tests.four_ways [PATTERN...]` prints the whole table; the suite runs a part of it.
"""

import dataclasses
import importlib
import inspect
import re
import sys
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any
from unittest import mock

import aws_cdk as cdk
from constructs import Construct

from patternkit.catalog.discovery import Pattern, patterns
from patterns.building_blocks.signature import declared
from tests.conftest import ENVIRONMENTS
from tests.constructs import app_for_its_template
from tests.fitting import FITTING
from tests.fuzz.resources import RESOURCES, Make, environment
from tests.synthesis_warnings import warnings

WAYS = ("same stack", "other stack", "imported")
"""Beside "own", which each pattern's own example is: there nothing is passed."""

KINDS = ("agnostic", "concrete", "stage", "nested")


@dataclass(frozen=True)
class Argument:
    """An argument of a pattern's construct, or a field of a value that it takes, that is a resource.

    Attributes:
        pattern: The pattern.
        name: The argument's name.
        field: The field of the value that it takes a list of; empty if it is the resource itself.
        interface: The resource's type.
        many: Whether it is a list.
    """

    pattern: Pattern
    name: str
    field: str
    interface: Any
    many: bool

    def __str__(self) -> str:
        return f"{self.pattern.name} {self.name}{f'.{self.field}' if self.field else ''}"


@dataclass(frozen=True)
class Cell:
    """What comes of one argument, one way, in one kind of stack.

    Attributes:
        outcome: "works", "refused" by the pattern in one line that names the argument, or "fails".
        said: The message, if it does not work, or if the plain resource of its type does not.
    """

    outcome: str
    said: str = ""


@cache
def construct_of(pattern: Pattern) -> Any:
    return getattr(importlib.import_module(pattern.module), pattern.construct)


def every_argument() -> list[Argument]:
    """Find the arguments of all patterns that are resources of a type that the CDK imports too."""
    return [one for pattern in patterns().values() for one in arguments_of(pattern)]


def arguments_of(pattern: Pattern) -> Iterator[Argument]:
    # jsii's metaclass hides a construct's own signature behind its own call.
    init = inspect.getattr_static(construct_of(pattern), "__init__")
    for name, hint in typing.get_type_hints(init, include_extras=True).items():
        for field, interface, many in _resources(hint):
            yield Argument(pattern, name, field, interface, many)


def _resources(hint: Any, field: str = "", *, many: bool = False) -> Iterator[tuple[str, Any, bool]]:
    kind, _ = declared(hint)
    if kind in RESOURCES:
        # Values such as code or an instance type stand in no stack.
        if "of another stack" in RESOURCES[kind] or (isinstance(kind, type) and issubclass(kind, Construct)):
            yield field, kind, many
    elif dataclasses.is_dataclass(kind):
        for name, inner in typing.get_type_hints(kind, include_extras=True).items():
            yield from _resources(inner, name)
    else:
        listed = isinstance(typing.get_origin(kind), type) and issubclass(typing.get_origin(kind), typing.Sequence)
        for inner in typing.get_args(kind):
            yield from _resources(inner, field, many=many or listed)


def ways(argument: Argument) -> list[str]:
    """The ways that a resource of this type can be passed: not every one can be imported."""
    return [one for one in WAYS if makes(argument, one)]


def try_cell(argument: Argument, way: str, kind: str) -> Cell:
    """Synthesize a pattern's example with one argument passed one way, and say what came of it.

    What refuses the plain resource of its type may want one of another shape: a VPC with other subnets.
    """
    first = None
    for make in makes(argument, way):
        cell = try_one(argument, way, kind, make)
        if cell.outcome != "refused":
            return dataclasses.replace(cell, said=first.said) if first and cell.outcome == "works" else cell
        first = first or cell
    assert first
    return first


def makes(argument: Argument, way: str) -> list[Make]:
    """What makes a resource for an argument: the plain one of its type first, then those of other shapes."""
    which = "existing" if way == "imported" else "new"
    plain = RESOURCES[argument.interface]
    first = plain.get(which) or (next(iter(plain.values())) if way != "imported" else None)
    return [*([first] if first else []), *FITTING.get(argument.interface, {}).get(which, ())]


def try_one(argument: Argument, way: str, kind: str, make: Make) -> Cell:
    """Synthesize a pattern's example with a resource of one shape, and say what came of it."""
    companions: dict[str, Any] = {}
    for _ in range(4):
        try:
            app = synthesize(argument, way, kind, make, companions)
        except ValueError as error:
            said = str(error)
            if given := set(contradicted(argument, said)) - companions.keys():
                companions |= {one: LeftOut() for one in given}
                continue
            if not (wanted := companion_of(argument.name, said)) or wanted[0] in companions:
                named = "\n" not in said and re.match(rf"{argument.name}\b", said)
                return Cell("refused" if named else "fails", said)
            companions[wanted[0]] = wanted[1]
        except Exception as error:
            return Cell("fails", f"{type(error).__name__}: {str(error)[:300]}")
        else:
            spoilt = [one for one in warnings(app) if "Token[" in one]
            return Cell("fails", f"warns of {spoilt[0]}") if spoilt else Cell("works")
    return Cell("fails", f"needs more than {companions}")


def contradicted(argument: Argument, said: str) -> list[str]:
    """Read out of a refusal which arguments of the example this one excludes."""
    found = re.search(r"^(\w+) must not be given with (\w+)", said)
    if found and found[2] == argument.name:
        return [found[1]]
    found = re.search(r"^(\w+) must be those of a new (.+): an existing one has its own$", said)
    if found and found[2].replace(" ", "_") == argument.name:
        return [found[1]]
    found = re.search(r"^(\w+) must hold all .*, got (\w+) or (\w+) beside it$", said)
    return [found[2], found[3]] if found and found[1] == argument.name else []


def companion_of(argument: str, said: str) -> tuple[str, Any] | None:
    """Read out of a refusal which other argument this one needs."""
    if found := re.search(r"^(\w+) and (\w+) go together, got only (\w+)", said):
        missing = found[1] if found[2] == found[3] else found[2]
        return missing, "api.example.com" if missing == "domain_name" else Same()
    for pattern, value in (
        (r"^(url) must be known", lambda _: "https://backend.example.com"),
        (r"needs (\w+)='(\w+)'", lambda found: found[2]),
        (r"needs (\w+)=True", lambda _: True),
        (r"or (\w+) must be True", lambda _: True),
        (r"needs (domain_name)\b", lambda _: "api.example.com"),
        (r"^(\w+) must be given with ", lambda _: Same()),
        (r"needs (\w+)", lambda _: Same()),
    ):
        if (found := re.search(pattern, said)) and found[1] != argument:
            return found[1], value(found)
    return None


class LeftOut:
    """Stands for what the example gives and this argument excludes."""


class Same:
    """Stands for a resource of the same stack, whatever its type."""


def synthesize(argument: Argument, way: str, kind: str, make: Make, companions: dict[str, Any]) -> cdk.App:
    """Synthesize the example of a pattern with an argument.

    Returns:
        The app.

    Raises:
        ValueError: If the pattern refuses it.
    """
    app = app_for_its_template()
    env = ENVIRONMENTS["concrete" if kind in ("concrete", "stage") else "agnostic"]
    root: Construct = cdk.Stage(app, "Production", env=env) if kind == "stage" else app
    construct = construct_of(argument.pattern)

    def made(scope: Construct, construct_id: str, **options: Any) -> Any:
        if kind == "nested":
            scope = cdk.NestedStack(scope, "Nested")
        for name in [one for one, value in companions.items() if isinstance(value, LeftOut)]:
            options.pop(name, None)
        for name, value in companions.items():
            if isinstance(value, LeftOut):
                continue
            options[name] = companion(argument.pattern, name, scope) if isinstance(value, Same) else value
        _pass(argument, _resource(argument, way, make, scope, root), options, scope)
        return construct(scope, construct_id, **options)

    example = importlib.import_module(f"{argument.pattern.module}.example")
    with mock.patch.object(example, argument.pattern.construct, made):
        getattr(example, argument.pattern.stack)(root, "Test", env=env)
    app.synth()
    return app


def _resource(argument: Argument, way: str, make: Make, scope: Construct, root: Construct) -> Any:
    # What can only be imported makes no stack of its own.
    if way == "other stack" and make is not RESOURCES[argument.interface].get("existing"):
        scope = cdk.Stack(root, "Elsewhere", env=environment(cdk.Stack.of(scope)))
    return make(Construct(scope, "Given"))


def companion(pattern: Pattern, name: str, scope: Construct) -> Any:
    interface = next(one for one in arguments_of(pattern) if one.name == name)
    made = next(iter(RESOURCES[interface.interface].values()))(Construct(scope, f"Beside{name}"))
    return [made] if interface.many else made


def _pass(argument: Argument, resource: Any, options: dict[str, Any], scope: Construct) -> None:
    passed = [resource] if argument.many else resource
    if argument.field:
        values = options.get(argument.name) or getattr(_given(argument), argument.name)(resource)
        options[argument.name] = with_field(values, argument.field, passed)
    elif together := getattr(_given(argument), f"with_{argument.name}", None):
        options |= together(resource, Construct(scope, "Together"))
    else:
        options[argument.name] = passed


def _given(argument: Argument) -> Any:
    """What goes together with a resource, and values of arguments that the example leaves out: the mirror says it."""
    name = f"tests.{argument.pattern.module}.given"
    return importlib.import_module(name) if find_spec(name) else None


def with_field(values: Any, field: str, value: Any) -> Any:
    """Set a field of a value, or of the first of several that has it or holds one that has: a list, or a mapping."""
    if dataclasses.is_dataclass(values) and not isinstance(values, type):
        names = [one.name for one in dataclasses.fields(values)]
        if field in names:
            return dataclasses.replace(values, **{field: value})
        inner = next(one for one in names if has_field(getattr(values, one), field))
        return dataclasses.replace(values, **{inner: with_field(getattr(values, inner), field, value)})
    named = dict(values) if isinstance(values, Mapping) else dict(enumerate(values))
    first = next(name for name, one in named.items() if has_field(one, field))
    named[first] = with_field(named[first], field, value)
    return named if isinstance(values, Mapping) else list(named.values())


def has_field(value: Any, field: str) -> bool:
    """Whether a value, or one of those that it holds, has a field of that name."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [one.name for one in dataclasses.fields(value)]
        return field in names or any(has_field(getattr(value, one), field) for one in names)
    held = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return any(has_field(one, field) for one in held)


def main() -> None:
    """Print the whole table."""
    wanted = set(sys.argv[1:])
    count: dict[str, int] = {}
    for argument in every_argument():
        if wanted and argument.pattern.name not in wanted:
            continue
        for way in ways(argument):
            cells = {kind: try_cell(argument, way, kind) for kind in KINDS}
            for cell in cells.values():
                count[cell.outcome] = count.get(cell.outcome, 0) + 1
            print(f"{argument!s:55}{way:13}" + " ".join(f"{one.outcome:9}" for one in cells.values()), flush=True)
            for said in {one.said for one in cells.values() if one.said}:
                print(f"    {said}", flush=True)
    print(
        f"{sum(count.values())} cells:", ", ".join(f"{number} {outcome}" for outcome, number in sorted(count.items()))
    )


if __name__ == "__main__":
    main()
