"""What can be wrong with what the prover is given: one small tree of errors, each a single clear line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import patternkit.templates.errors
from patternkit.errors import PatternkitError


class RoutesError(PatternkitError):
    """The prover cannot start: what it was given cannot be read, or makes no sense."""


class TemplateError(RoutesError, patternkit.templates.errors.TemplateError):
    """A file is no CloudFormation template or cloud assembly, or a template contradicts itself."""


class ContractError(RoutesError):
    """A contract is malformed, or names what the templates do not hold."""


class QuestionError(RoutesError):
    """A question or promise is malformed, or names a source or destination that does not exist."""


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
