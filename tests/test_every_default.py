"""What an argument's default is, its docstring says: a default that is changed unnoticed changes templates of users."""

import dataclasses
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

from patternkit.catalog.arguments import arguments
from patternkit.catalog.discovery import Pattern, patterns
from tests.four_ways import construct_of

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def plain(value: Any) -> Iterator[str]:
    """The texts and numbers that a default holds, but what its own class has by default."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            if getattr(value, field.name) != field.default:
                yield from plain(getattr(value, field.name))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from plain(one)
    elif isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield str(value)


def says(text: str, value: str) -> bool:
    """Whether a sentence says a text or a number, in figures or in a word."""
    words = [value, f"{int(value):,}", *NUMBERS[int(value) : int(value) + 1]] if value.isdigit() else [value]
    return any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text, re.IGNORECASE) for one in words)


@pytest.mark.parametrize("pattern", [pytest.param(one, id=one.name) for one in patterns().values()])
def test_each_default_is_the_one_that_is_documented(pattern: Pattern) -> None:
    defaults = {
        name: one.default
        for name, one in inspect.signature(inspect.getattr_static(construct_of(pattern), "__init__")).parameters.items()
        if one.kind is one.KEYWORD_ONLY and one.default is not one.empty
    }
    texts = {one.name: one.meaning for one in arguments(pattern)}
    wrong = [
        f"{name}: {value} in {texts[name]!r}"
        for name, default in defaults.items()
        for value in plain(default)
        if not says(texts[name].partition("Default:")[2], value)
    ]
    assert not wrong
