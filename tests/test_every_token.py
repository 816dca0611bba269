"""What only a deployment knows is in the template where it was given, or is refused. Nothing names a pattern.

Each argument that takes a number, a text, a `Duration`, a `Size`, or several of them, is given a parameter of the
stack: all at once, so that one synthesis serves many, and fewer where that fails. A parameter that nothing refers to,
though the template shows other values of the argument, was lost: it decided what is made as if it were a value. So it
is with the example's own arguments, and with each mode that an argument names: what is in the template as it was given
in one mode may be computed with in another.
"""

import importlib
import inspect
import json
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal
from unittest import mock

import pytest
from aws_cdk import CfnParameter, Duration, Size, Stack
from constructs import Construct

from patternkit.catalog.discovery import Pattern, patterns
from patterns.building_blocks.bounds import Bounds, whole
from patterns.building_blocks.signature import check, declared
from tests.constructs import app_for_its_template
from tests.each_argument import Setting, modes, settings_of, template_with
from tests.edges import Given
from tests.four_ways import construct_of, has_field, with_field

every_pattern = pytest.mark.parametrize("pattern", patterns().values(), ids=lambda one: one.name)

SPOILT = re.compile(r"Token\[|\d{100}|\de\+[12]\d\d", re.IGNORECASE)
"""A token's own text, or a number's token that Python made text of, or computed with: no other number is that large."""

_UNITS: Mapping[str, Callable[[float], Any]] = {
    "days": Duration.days,
    "hours": Duration.hours,
    "minutes": Duration.minutes,
    "seconds": Duration.seconds,
    "bytes": Size.bytes,
    "KiB": Size.kibibytes,
    "MiB": Size.mebibytes,
    "GiB": Size.gibibytes,
}


@dataclass(frozen=True)
class Place:
    """Where a token is given: an argument, or a field of the first value that the example gives for it.

    Attributes:
        argument: The argument.
        field: The field; empty if it is the argument itself.
        hint: The annotation.
        form: "one", "all of a list", "within a list", or "within a mapping".
        make: Makes what is given, in a scope of its own.
    """

    argument: str
    field: str
    hint: Any
    form: str
    make: Callable[[Construct], Any]

    @property
    def name(self) -> str:
        """The name in messages."""
        return f"{self.argument}.{self.field}" if self.field else self.argument

    def __str__(self) -> str:
        return f"{self.name}, {self.form}"

    @property
    def id(self) -> str:
        """The id of the construct that the parameter is below."""
        return "Given" + re.sub("[^A-Za-z0-9]", "", f"{self.name} {self.form}".title())


Beside = Mapping[Setting, Given]
"""Other arguments, with their values."""


def number(scope: Construct) -> float:
    return CfnParameter(scope, "Number", type="Number").value_as_number


def text(scope: Construct) -> str:
    return CfnParameter(scope, "Text").value_as_string


def texts(scope: Construct) -> list[str]:
    return CfnParameter(scope, "Texts", type="CommaDelimitedList").value_as_list


def tokens(hint: Any, form: str = "one") -> Iterator[tuple[str, Callable[[Construct], Any]]]:
    """Make tokens of a type, each with its form."""
    kind, found = declared(hint)
    origin, inner = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        for one in inner:
            yield from tokens(typing.Annotated[one, *hint.__metadata__] if found != Bounds() else one, form)
    elif origin is Literal:
        # Whichever of them the token stands for, it is one of them alone.
        yield (form, text)
        if all(isinstance(one, int) for one in inner):
            yield (form, number)
    elif origin is str:
        yield (form, text)
    elif origin in (int, float):
        yield (form, number)
    elif origin in (Duration, Size):
        unit = whole(found.step) if found.step is not None else "seconds" if origin is Duration else "bytes"
        yield (form, lambda scope: _UNITS[unit](number(scope)))
    elif isinstance(origin, type) and issubclass(origin, Mapping) and form == "one":
        for _, make in tokens(inner[1], "within a mapping"):
            yield ("within a mapping", _in_a_mapping(make))
        yield ("key of a mapping", lambda scope: {text(scope): "value"})
    elif isinstance(origin, type) and issubclass(origin, Sequence) and form == "one":
        for _, make in tokens(inner[0], "within a list"):
            yield ("within a list", _in_a_list(make))
        if declared(inner[0])[0] is str:
            yield ("all of a list", texts)
            yield ("part of a list", lambda scope: [texts(scope)[0], "other"])


def _in_a_mapping(make: Callable[[Construct], Any]) -> Callable[[Construct], Any]:
    return lambda scope: {"Name": make(scope)}


def _in_a_list(make: Callable[[Construct], Any]) -> Callable[[Construct], Any]:
    return lambda scope: [make(scope)]


def places(pattern: Pattern) -> Iterator[Place]:
    """Find where a pattern's construct takes what may be a token."""
    init = inspect.getattr_static(construct_of(pattern), "__init__")
    hints = typing.get_type_hints(init, include_extras=True)
    for name, one in inspect.signature(init).parameters.items():
        if one.kind is not one.KEYWORD_ONLY:
            continue
        for form, make in tokens(hints[name]):
            yield Place(name, "", hints[name], form, make)
        for value in values_within(hints[name]):
            inner = typing.get_type_hints(value, include_extras=True)
            for field in fields(value):
                for form, make in tokens(inner[field.name]):
                    yield Place(name, field.name, inner[field.name], form, make)


def values_within(hint: Any) -> set[Any]:
    """Find the dataclasses that an annotation holds."""
    kind, _ = declared(hint)
    if is_dataclass(kind):
        return {kind}
    return {found for one in typing.get_args(kind) for found in values_within(one)}


def refused(place: Place, scope: Construct) -> bool:
    """Whether a signature's own check refuses the token, in one line in the argument's own name."""
    try:
        check(place.argument, place.make(scope), place.hint)
    except ValueError as error:
        return bool(re.match(rf"{place.argument}\b", str(error)))
    return False


def with_tokens(pattern: Pattern, given: Sequence[Place], beside: Beside) -> tuple[str, set[str]]:
    """Synthesize a pattern's example with tokens, beside other arguments.

    Returns:
        Its templates as text, and the parameters that are in them nowhere else than among the parameters.

    Raises:
        ValueError: If the pattern refuses them.
    """
    app = app_for_its_template()
    construct = construct_of(pattern)

    def made(scope: Construct, construct_id: str, **options: Any) -> Any:
        for setting, beside_it in beside.items():
            options[setting.argument] = beside_it.make(Construct(scope, f"Beside{setting.argument.title()}"))
        for place in given:
            if not place.field:
                options[place.argument] = place.make(Construct(scope, place.id))
            elif has_field(options.get(place.argument), place.field):
                value = place.make(Construct(scope, place.id))
                options[place.argument] = with_field(options[place.argument], place.field, value)
        return construct(scope, construct_id, **options)

    example = importlib.import_module(f"{pattern.module}.example")
    with mock.patch.object(example, pattern.construct, made):
        getattr(example, pattern.stack)(app, "Test")
    templates = [dict(one.template) for one in app.synth().stacks]
    parameters = {name for one in templates for name in one.pop("Parameters", {}) if name.startswith("Given")}
    whole_text = json.dumps(templates)
    return whole_text, {one for one in parameters if not re.search(rf"\b{one}\b", whole_text)}


def shows(pattern: Pattern, place: Place, beside: Beside) -> bool:
    """Whether the template shows other values of an argument, without what goes with it elsewhere."""
    given: dict[str, Any] = {}
    template_with(pattern, {}, given)
    setting = next(one for one in settings_of(pattern, set(), given) if one.name == place.name)
    others = {one: value for one, value in beside.items() if one.argument != setting.argument}
    base, accepted = template_with(pattern, beside), 0
    for one in setting.values:
        try:
            if template_with(pattern, {**others, setting: one}) != base:
                return True
        except ValueError:
            continue
        accepted += 1
        if accepted == 2:
            break
    return not accepted


def tried(pattern: Pattern, given: Sequence[Place], beside: Beside) -> dict[str, str]:
    """Give tokens, as many as go together at once, and find what becomes of those that are lost.

    Returns:
        What became of each, by its name and form.
    """
    if not given:
        return {}
    try:
        made, lost = with_tokens(pattern, given, beside)
    except ValueError as error:
        if refused_now := [
            one for one in given if re.search(rf"\b({one.argument}|{one.field or one.argument})\b", str(error))
        ]:
            return tried(pattern, [one for one in given if one not in refused_now], beside)
        said = str(error)
    except Exception as error:
        said = f"{type(error).__name__}: {str(error)[:200]}"
    else:
        spoilt = SPOILT.search(made)
        if not spoilt:
            of_these = [one for one in given if any(each.startswith(one.id) for each in lost)]
            if len(given) > 1:
                # Another one of these may be given in its place.
                return {name: each for one in of_these for name, each in tried(pattern, [one], beside).items()}
            return {str(one): "lost" for one in of_these if shows(pattern, one, beside)}
        said = made[max(0, spoilt.start() - 80) : spoilt.end() + 40]
    if len(given) == 1:
        return {str(given[0]): said}
    half = len(given) // 2
    return {**tried(pattern, given[:half], beside), **tried(pattern, given[half:], beside)}


@every_pattern
def test_what_only_a_deployment_knows_is_in_the_template_or_refused(pattern: Pattern) -> None:
    scope = Stack(app_for_its_template(), "Given")
    left = [one for number, one in enumerate(places(pattern)) if not refused(one, Construct(scope, f"Number{number}"))]
    found: list[str] = []
    for beside in [{}, *modes(pattern)]:
        mode = "".join(f", {setting.name}={value.text}" for setting, value in beside.items())
        named = {setting.name for setting in beside if setting.is_mode}
        waiting = [one for one in left if one.name not in named]
        while waiting:
            together = {one.name: one for one in reversed(waiting)}
            found += [f"{name}{mode}: {said}" for name, said in tried(pattern, list(together.values()), beside).items()]
            waiting = [one for one in waiting if one not in together.values()]
    assert not found, "\n".join(found)
