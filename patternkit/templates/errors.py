"""What is wrong with a template or an assembly."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
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


def nearest(given: str, known: Iterable[str]) -> str:
    """Say which known names are near to what was given, as the end of a message.

    Args:
        given: The name that was not found.
        known: The names that exist.

    Returns:
        A clause such as ``; did you mean 'a' or 'b'?``, or nothing when no name is near.
    """
    # Sorted: of names that differ in case alone, the same one every time.
    names = {name.casefold(): name for name in sorted(known)}
    needle = given.casefold()
    close = difflib.get_close_matches(needle, list(names)[:5000], n=3, cutoff=0.4)
    close += [name for name in names if needle in name and name not in close][: 3 - len(close)]
    if not close:
        return ""
    return "; did you mean " + " or ".join(repr(names[name]) for name in close) + "?"
