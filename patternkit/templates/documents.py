"""Parse JSON and YAML into plain values: text, numbers, booleans, null, lists, and mappings whose keys are text."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

from patternkit.templates.errors import TemplateError, shortened

DEEPEST = 100
"""How many levels of lists and mappings are read; templates have some 20. Whoever reads them may recurse."""

_WIDEST = 4_000_000

# A JSON or YAML escape of half a surrogate pair; what follows it decides whether it is alone.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|\\U0000[dD][89a-fA-F]|[\ud800-\udfff]")


def parse(text: str, what: str) -> Any:
    """Read JSON or YAML.

    Args:
        text: The file's text.
        what: The file, for messages.

    Returns:
        What the text holds.

    Raises:
        TemplateError: It is neither, a key is there twice, it is nested too deeply, or it holds what CloudFormation
            does not take: aliases, numbers without end, half a character.
    """
    if text.lstrip()[:1] in ("{", "["):
        return parse_json(text, what, "JSON or YAML")
    from patternkit.templates.yaml_documents import parse_yaml

    value = parse_yaml(text, what, DEEPEST)
    if _SURROGATE.search(text):
        refuse_half_characters(value, what)
    return value


def parse_json(text: str, what: str, wanted: str = "JSON") -> Any:
    """Read JSON alone.

    Args:
        text: The file's text.
        what: The file, for messages.
        wanted: What the file should be, for messages.

    Returns:
        What the text holds.

    Raises:
        TemplateError: It is no JSON, or not within the limits.
    """
    no = f"{what} is {'neither JSON nor YAML' if wanted == 'JSON or YAML' else f'not {wanted}'}"
    try:
        value = json.loads(text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise TemplateError(f"{no}: {error.msg}: line {error.lineno} column {error.colno}") from None
    except ValueError as error:
        # Python's own limit on the digits of an integer.
        reason = "a number has too many digits" if "integer string conversion" in str(error) else error
        raise TemplateError(f"{no}: {reason}") from None
    except RecursionError:
        raise TemplateError(_too_deep(what)) from None
    check_depth(value, what)
    if _SURROGATE.search(text):
        refuse_half_characters(value, what)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {shortened(key)} is there twice")
            seen.add(key)
    return mapping


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"the number {shortened(text)} is too large")
    return value


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def check_depth(value: Any, what: str) -> None:
    """Refuse what is nested too deeply, without recursion.

    Args:
        value: What was parsed.
        what: Where it comes from, for messages.

    Raises:
        TemplateError: There are too many levels, as in what contains itself.
    """
    level = [value] if isinstance(value, (dict, list)) else []
    for _ in range(DEEPEST):
        if not level:
            return
        if len(level) > _WIDEST:
            raise TemplateError(f"{what} holds more than {_WIDEST:,} lists and mappings")
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    if level:
        raise TemplateError(_too_deep(what))


def _too_deep(what: str) -> str:
    return f"{what} is nested too deeply: more than {DEEPEST} levels"


def refuse_half_characters(value: Any, what: str) -> None:
    """Refuse text that no encoding can write: one half of a surrogate pair.

    Args:
        value: What was parsed, not deeper than is read.
        what: Where it comes from, for messages.

    Raises:
        TemplateError: There is such text.
    """
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise TemplateError(f"{what} holds half a character, {half!a}, which is no text") from None
