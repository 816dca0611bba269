"""Scripts that start instances are no larger than Amazon EC2 takes, whatever text is given. Nothing names a pattern."""

import inspect
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from patterns.building_blocks.instance_script import instance_script
from patterns.building_blocks.signature import check
from tests.each_argument import Setting, template_with
from tests.edges import plain
from tests.four_ways import construct_of

LARGEST = 16_384
TEXT = "#" * (LARGEST + 1)


def takes_a_long_text() -> Iterator[Any]:
    """Find the arguments that take any text, of any length."""
    for pattern in patterns().values():
        init = inspect.getattr_static(construct_of(pattern), "__init__")
        hints = typing.get_type_hints(init, include_extras=True)
        for name, one in inspect.signature(init).parameters.items():
            if one.kind is one.KEYWORD_ONLY and _takes(name, hints[name]):
                yield pytest.param(pattern, name, id=f"{pattern.name}-{name}")


def _takes(name: str, hint: Any) -> bool:
    try:
        check(name, TEXT, hint)
    except ValueError:
        return False
    return hint is not Any


def scripts(template: Any) -> Iterator[str]:
    """The user data of launch templates, without what only a deployment knows."""
    for stack in template.values():
        for one in stack["Resources"].values():
            data = one.get("Properties", {}).get("LaunchTemplateData", {}).get("UserData")
            if data is not None:
                yield "".join(_texts(data["Fn::Base64"]))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and "Fn::Join" in value:
        for one in value["Fn::Join"][1]:
            yield from _texts(one)


@pytest.mark.parametrize(("pattern", "argument"), list(takes_a_long_text()))
def test_a_script_that_is_too_large_is_refused(pattern: Pattern, argument: str) -> None:
    said = ""
    made: dict[str, Any] = {}
    try:
        made = template_with(pattern, {Setting(argument, "", ()): plain(TEXT)})
    except ValueError as error:
        said = str(error)
    assert not said or (said.isprintable() and argument in said)
    assert max(map(len, scripts(made)), default=0) <= LARGEST


def test_it_is_measured_in_bytes_without_what_only_a_deployment_knows() -> None:
    assert instance_script("application", "é" * (LARGEST // 2) + "${Token[Bucket.1]}").render().startswith("é")
    with pytest.raises(ValueError, match=r"^application must make a script of at most 16384 bytes, got 16386$"):
        instance_script("application", "é" * (LARGEST // 2 + 1))
