"""Errors that a user can correct: each message is one line that says what was given and what is allowed."""

from collections.abc import Iterable

from patternkit.errors import PatternkitError


class CatalogError(PatternkitError):
    """Something that the user can put right; shown without a traceback."""


def unknown(kind: str, given: str, known: Iterable[str]) -> CatalogError:
    """Make the error for an unknown name, with the nearest known name or all of them.

    Args:
        kind: What the name names: "pattern", "option".
        given: The name.
        known: The names there are.

    Returns:
        The error, to be raised.
    """
    names = sorted(known)
    import difflib  # only for a mistake

    near = difflib.get_close_matches(given, names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}" if names else "there are none"
    return CatalogError(f"unknown {kind} {given}: {hint}")
