"""What is wrong with a template or an assembly."""

from __future__ import annotations

from typing import Any

from patternkit.errors import PatternkitError

_LONGEST = 80


class TemplateError(PatternkitError):
    """A file is no CloudFormation template or cloud assembly, or cannot be read within the limits. One line."""


def kind_of(value: Any) -> str:
    """Name what sort of value was given, as messages say it: "a list", "the text 'x'"."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"the text {shortened(value)}"
    return shortened(value)


def shortened(value: Any) -> str:
    """Write a value of a template as part of a line, cut where it is long and escaped where it cannot be printed."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
