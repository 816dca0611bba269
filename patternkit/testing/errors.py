"""Errors of a fixture's arguments, in one sentence at the test's own line."""

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from patternkit.errors import PatternkitError


class FixtureError(PatternkitError):
    """A fixture was given what it cannot take; the message says what it was and what is allowed, in one line."""


def check_arguments(
    fixture: str, takes: Callable[..., object], given: Mapping[str, Any], *, own: Iterable[str]
) -> None:
    """Refuse an argument that a fixture does not have.

    Args:
        fixture: The fixture's name.
        takes: The function whose keyword-only arguments it takes.
        given: The arguments.
        own: What the fixture takes besides.

    Raises:
        FixtureError: If there is no such argument; the nearest one is named.
    """
    signature = inspect.signature(takes)
    known = [*own, *(name for name, one in signature.parameters.items() if one.kind is one.KEYWORD_ONLY)]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"it takes {', '.join(known)}"
            raise FixtureError(f"{fixture} has no argument {name}: {hint}")
