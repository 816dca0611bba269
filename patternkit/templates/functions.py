"""Whether intrinsic functions are given what they take, and values are values that a template may hold.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from patternkit.templates.documents import DEEPEST
from patternkit.templates.errors import TemplateError, kind_of, shortened

LARGEST_INTEGER = 10**30
"""Numbers beyond it are refused: AWS takes none, and arithmetic on them takes time."""


_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_USUAL = frozenset({str, int, bool, float, dict, list})


def are_sound(parts: Iterable[Any]) -> bool:
    """Say, fast, whether `check_values` passes many parts at once, none of them deeper than is read.

    Templates have hundreds of resources and hardly ever a fault: level by level, most of the work is done outside of
    the interpreter's loop.

    Args:
        parts: Parts of a template, mappings and lists.

    Returns:
        Whether all of them pass for certain; if not, `check_values` says whether they do, and why not.
    """
    level = list(parts)
    for _ in range(DEEPEST):
        if not level:
            return True
        mappings = [one for one in level if type(one) is dict]
        lists = [one for one in level if type(one) is not dict] if len(mappings) < len(level) else []
        keys = set().union(*mappings)
        # No view of a mapping is kept: the garbage collector would count them.
        inner = [*chain.from_iterable(map(dict.values, mappings)), *chain.from_iterable(lists)]
        types = {*map(type, inner)}
        if not {*map(type, keys)} <= {str} or not types <= _USUAL:
            return False
        if not _are_scalars_sound(inner, types) or not _are_functions_sound(mappings, keys):
            return False
        nested = dict in types or list in types
        level = [one for one in inner if type(one) is dict or type(one) is list] if nested else []
    return not level


def _are_scalars_sound(values: list[Any], types: set[type]) -> bool:
    words = "".join([one for one in values if type(one) is str] if len(types) > 1 else values) if str in types else ""
    if not words.isascii() and _HALF_CHARACTER.search(words):
        return False
    if int in types and max(abs(one) for one in values if type(one) is int) >= LARGEST_INTEGER:
        return False
    return float not in types or all(math.isfinite(one) for one in values if type(one) is float)


def _are_functions_sound(mappings: list[dict[str, Any]], keys: set[Any]) -> bool:
    named = _FUNCTIONS.keys() & keys
    if not named:
        return True
    calls = [one for one in mappings if len(one) == 1]
    if not {type(one["Ref"]) for one in calls if "Ref" in one} <= {str}:
        return False
    if named == {"Ref"}:
        return True
    for one in calls:
        ((name, argument),) = one.items()
        if name in _FUNCTIONS and not _FUNCTIONS[name][0](argument):
            return False
    return True


def check_values(value: Any, where: str) -> None:
    """Check a part of a template in which functions may stand, whatever it is.

    Args:
        value: The part, not deeper than is read.
        where: Where it stands, for messages.

    Raises:
        TemplateError: A function is given what it does not take, or a value is none: null, a number without end,
            half a character, or what JSON does not have.
    """
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if len(one) == 1:
                for name in one:
                    if type(name) is str and (name == "Ref" or name[:4] == "Fn::"):
                        check_function(name, one[name], where)
            for key, inner in one.items():
                if type(key) is not str:
                    raise TemplateError(f"{where}: the key {shortened(key)} is not a text")
                if isinstance(inner, (dict, list)):
                    pending.append(inner)
                elif type(inner) is not str or not inner.isascii():
                    _check_scalar(inner, where, key)
        elif isinstance(one, list):
            for inner in one:
                if isinstance(inner, (dict, list)):
                    pending.append(inner)
                elif type(inner) is not str or not inner.isascii():
                    _check_scalar(inner, where, "")
        else:
            _check_scalar(one, where, "")


def _check_scalar(value: Any, where: str, key: str) -> None:
    at = f"{where}: {shortened(key)}" if key else where
    match value:
        case bool():
            return
        case str():
            if _HALF_CHARACTER.search(value):
                raise TemplateError(f"{at} holds half a character, which is no text")
        case int():
            if not -LARGEST_INTEGER < value < LARGEST_INTEGER:
                raise TemplateError(f"{at}: a number has too many digits")
        case float():
            if not math.isfinite(value):
                raise TemplateError(f"{at}: {value} is no number that ends")
        case None:
            raise TemplateError(f"{at} is null, which CloudFormation does not take")
        case _:
            raise TemplateError(f"{at} is of a type that templates do not have: {type(value).__name__}")


def check_function(name: str, argument: Any, where: str) -> None:
    """Check the argument of a function.

    Args:
        name: The function: "Ref", "Fn::Sub".
        argument: What it is given.
        where: Where it stands, for messages.

    Raises:
        TemplateError: It does not take that.
    """
    known = _FUNCTIONS.get(name)
    if known is not None and not known[0](argument):
        raise TemplateError(f"{where}: {name} takes {known[1]}, got {kind_of(argument)}")


def _is_value(value: Any) -> bool:
    return isinstance(value, (str, int, float, dict)) and not isinstance(value, bool)


def _is_list(value: Any) -> bool:
    # A list, or a function that gives one.
    return isinstance(value, (list, dict))


def _get_att(value: Any) -> bool:
    if isinstance(value, str):
        return "." in value
    return isinstance(value, list) and len(value) >= 2 and all(isinstance(one, (str, dict)) for one in value)


def _sub(value: Any) -> bool:
    match value:
        case str():
            return True
        case [str(), dict()]:
            return True
    return False


def _pair(first: Callable[[Any], bool], second: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def takes(value: Any) -> bool:
        return isinstance(value, list) and len(value) == 2 and first(value[0]) and second(value[1])

    return takes


def _length(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and least <= len(value) <= most


def _if(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 3 and isinstance(value[0], str)


def _find_in_map(value: Any) -> bool:
    return isinstance(value, list) and len(value) in (3, 4) and all(_is_value(one) for one in value[:3])


def _cidr(value: Any) -> bool:
    return isinstance(value, list) and len(value) in (2, 3) and all(_is_value(one) for one in value)


def _conditions(least: int, most: int) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, list) and least <= len(value) <= most and all(isinstance(one, dict) for one in value)
    )


def _text(value: Any) -> bool:
    return isinstance(value, (str, dict))


_FUNCTIONS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "Ref": (lambda value: isinstance(value, str), "the name of a resource or parameter"),
    "Fn::And": (_conditions(1, 10), "a list of conditions"),
    "Fn::Base64": (_text, "a text"),
    "Fn::Cidr": (_cidr, "a block, a count and bits"),
    "Fn::Equals": (_length(2, 2), "two values"),
    "Fn::FindInMap": (_find_in_map, "a mapping and two keys"),
    "Fn::GetAZs": (_text, "a region"),
    "Fn::GetAtt": (_get_att, "a resource and an attribute"),
    "Fn::If": (_if, "a condition and two values"),
    "Fn::ImportValue": (_text, "the name of an export"),
    "Fn::Join": (_pair(lambda one: isinstance(one, str), _is_list), "a delimiter and a list"),
    "Fn::Not": (_conditions(1, 1), "a list of one condition"),
    "Fn::Or": (_conditions(1, 10), "a list of conditions"),
    "Fn::Select": (_pair(_is_value, _is_list), "an index and a list"),
    "Fn::Split": (_pair(lambda one: isinstance(one, str), _text), "a delimiter and a text"),
    "Fn::Sub": (_sub, "a text, or a text and its variables"),
    "Fn::Transform": (lambda value: isinstance(value, dict), "a mapping"),
}
"""What the functions take: how it is known, and how it is said."""
