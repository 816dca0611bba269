"""What is wrong with a template or an assembly."""

from __future__ import annotations

from typing import Any

from patternkit.errors import PatternkitError

_LONGEST = 80
_LONGEST_LINE = 1_000


class TemplateError(PatternkitError):
    """A file is no CloudFormation template or cloud assembly, or cannot be read within the limits. One line."""

    def __init__(self, message: str) -> None:
        # Names that a stranger gave may have line breaks, and escape sequences of a terminal.
        text = message if message.isprintable() else "".join(map(_printable, message))
        super().__init__(text if len(text) <= _LONGEST_LINE else f"{text[: _LONGEST_LINE - 3]}...")


def _printable(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


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
