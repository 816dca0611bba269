"""YAML as CloudFormation reads it: version 1.1 without aliases, merge keys and tags for binary, dates and sets.

Values are built from the parser's events, not by the library's own constructors: so the depth is known before
anything recurses, an alias is seen whatever its spelling, and every key is text.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import yaml

from patternkit.templates.errors import TemplateError, shortened

_MOST_EVENTS = 1_000_000
_LONGEST_NUMBER = 100
_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq"))
_TRUTH = {"yes": True, "no": False, "true": True, "false": False, "on": True, "off": False}
_UNFINISHED = object()


class _Wrong(Exception):  # noqa: N818
    """What is wrong, and where."""

    def __init__(self, reason: str, mark: Any = None) -> None:
        where = "" if mark is None else f", line {mark.line + 1} column {mark.column + 1}"
        super().__init__(f"{reason}{where}")


class _Open:
    """A list or a mapping that is not closed yet."""

    __slots__ = ("key", "tag", "value")

    def __init__(self, value: dict[str, Any] | list[Any], tag: str | None) -> None:
        self.value = value
        self.tag = tag
        self.key: Any = _UNFINISHED

    def take(self, value: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        else:
            self.value[self.key] = value
            self.key = _UNFINISHED


def parse_yaml(text: str, what: str, deepest: int) -> Any:
    """Read one YAML document.

    Args:
        text: The text.
        what: The file, for messages.
        deepest: How many levels of lists and mappings it may have.

    Returns:
        What the text holds, None for an empty one.

    Raises:
        TemplateError: It is no YAML, or holds what CloudFormation does not take.
    """
    try:
        return _build(text, deepest)
    except _Wrong as wrong:
        raise TemplateError(f"{what}: {wrong}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = "" if mark is None else f", line {mark.line + 1} column {mark.column + 1}"
        reason = " ".join(f"{error.context or ''} {error.problem or ''}".split())
        raise TemplateError(f"{what} is neither JSON nor YAML: {reason}{where}") from None
    except (ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise TemplateError(f"{what} is neither JSON nor YAML: {ascii(reason)[1:-1]}") from None


def _build(text: str, deepest: int) -> Any:
    stack: list[_Open] = []
    result: Any = None
    documents = 0
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for number, event in enumerate(yaml.parse(text, Loader=loader)):
        if number > _MOST_EVENTS:
            raise _Wrong(f"there are more than {_MOST_EVENTS:,} values")
        kind = type(event)
        if kind is yaml.ScalarEvent:
            # A key is text, whatever it looks like: `On`, `1` and `2020-01-01` are logical ids.
            if stack and stack[-1].key is _UNFINISHED and type(stack[-1].value) is dict:
                _key(stack[-1], event)
                continue
            value = _scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            if stack and stack[-1].key is _UNFINISHED and type(stack[-1].value) is dict:
                raise _Wrong("a key is not a text", event.start_mark)
            if len(stack) >= deepest:
                raise _Wrong(f"it is nested too deeply: more than {deepest} levels", event.start_mark)
            stack.append(_Open({} if kind is yaml.MappingStartEvent else [], _collection_tag(event)))
            continue
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            closed = stack.pop()
            value = closed.value if closed.tag is None else {_function(closed.tag): closed.value}
        elif kind is yaml.AliasEvent:
            raise _Wrong("it uses YAML aliases, which CloudFormation does not support", event.start_mark)
        else:
            documents += kind is yaml.DocumentStartEvent
            if documents > 1:
                raise _Wrong("there is more than one YAML document", event.start_mark)
            continue
        if not stack:
            result = value
        else:
            stack[-1].take(value)
    return result


def _key(holder: _Open, event: Any) -> None:
    key = event.value
    if event.tag is not None and event.tag not in ("!", f"{_TAG}str"):
        raise _Wrong("a key is not a text", event.start_mark)
    if key == "<<" and event.implicit[0]:
        raise _Wrong("it uses YAML merge keys, which CloudFormation does not support", event.start_mark)
    if key in holder.value:
        raise _Wrong(f"the key {shortened(key)} is there twice", event.start_mark)
    holder.key = key


def _collection_tag(event: Any) -> str | None:
    """The short form that a list or mapping is given to, or None."""
    tag: str | None = event.tag
    if tag is None or tag in ("!", f"{_TAG}map", f"{_TAG}seq"):
        return None
    if not tag.startswith("!") or len(tag) == 1:
        raise _Wrong(f"it uses the YAML tag {shortened(tag)}, which CloudFormation does not support", event.start_mark)
    return tag


def _function(tag: str) -> str:
    name = tag[1:]
    return name if name in ("Ref", "Condition") else f"Fn::{name}"


def _scalar(event: Any) -> Any:
    text, tag = event.value, event.tag
    if tag is None or tag == "!":
        return _plain(text, event.start_mark) if event.implicit[0] and tag is None else text
    if tag == f"{_TAG}str":
        return text
    if tag in _PLAIN_TAGS:
        value = _plain(text, event.start_mark)
        wanted = {"int": int, "float": float, "bool": bool, "null": type(None)}.get(tag.removeprefix(_TAG))
        if wanted is float and type(value) is int:
            return float(value)
        if wanted is None or type(value) is not wanted:
            raise _Wrong(f"{shortened(text)} is no {tag.removeprefix(_TAG)}", event.start_mark)
        return value
    if not tag.startswith("!"):
        raise _Wrong(f"it uses the YAML tag {shortened(tag)}, which CloudFormation does not support", event.start_mark)
    return {_function(tag): text.split(".", 1) if tag == "!GetAtt" else text}


@cache
def _resolvers() -> dict[str, list[tuple[str, Any]]]:
    found: dict[str, list[tuple[str, Any]]] = yaml.SafeLoader.yaml_implicit_resolvers
    kept = {f"{_TAG}{name}" for name in ("int", "float", "bool", "null")}
    return {first: [one for one in resolvers if one[0] in kept] for first, resolvers in found.items()}


def _plain(text: str, mark: Any) -> Any:
    """What text without quotes is worth: a number, a truth value, null or, most often, text."""
    tag = next((tag for tag, expression in _resolvers().get(text[:1], ()) if expression.match(text)), None)
    if tag is None:
        return text
    if tag == f"{_TAG}null":
        return None
    if tag == f"{_TAG}bool":
        return _TRUTH[text.lower()]
    if len(text) > _LONGEST_NUMBER:
        raise _Wrong(f"the number {shortened(text)} has too many digits", mark)
    value = _integer(text) if tag == f"{_TAG}int" else _float(text)
    if isinstance(value, float) and not math.isfinite(value):
        raise _Wrong(f"{shortened(text)} is no number that ends", mark)
    return value


def _integer(text: str) -> int | str:
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    if digits.startswith("0b"):
        return sign * int(digits[2:] or "0", 2)
    if digits.startswith("0x"):
        return sign * int(digits[2:] or "0", 16)
    if ":" in digits:
        return sign * int(_sixties(digits))
    return sign * int(digits, 8 if digits.startswith("0") and len(digits) > 1 else 10)


def _float(text: str) -> float | str:
    digits = text.replace("_", "").lower()
    sign = -1.0 if digits.startswith("-") else 1.0
    digits = digits.lstrip("+-")
    if digits == ".inf":
        return sign * math.inf
    if digits == ".nan":
        return math.nan
    if ":" in digits:
        return sign * _sixties(digits)
    # A lone point, with underscores or without, is text.
    return text if digits == "." else sign * float(digits)


def _sixties(digits: str) -> float:
    value = 0.0 if "." in digits else 0
    for part in digits.split(":"):
        value = value * 60 + (float(part) if "." in part else int(part))
    return value
