"""Tracebacks of mistakes in a test: the test's own line, and one sentence."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from patternkit.errors import PatternkitError

F = TypeVar("F", bound=Callable[..., Any])
# Whose frames say nothing to who wrote the test.
_OURS = ("patternkit.testing.", "patternkit.routes", "patternkit.localcloud")


def named(name: str, function: F) -> F:
    """Name a fixture's function as tests call it, for what Python says of a wrong call.

    Args:
        name: The fixture's name.
        function: Its function.

    Returns:
        The function.
    """
    function.__name__ = function.__qualname__ = name
    return function


def end_at_the_caller(error: Exception) -> None:
    """Cut the traceback of a slip where the project's code called a fixture.

    Args:
        error: The error; what is none of ours, or was raised by code of the project that a fixture called, stays whole.
    """
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(trace)
        trace = trace.tb_next
    ours = [_is_ours(one.tb_frame.f_globals.get("__name__", "")) for one in frames]
    if not ours or not (isinstance(error, PatternkitError) or (ours[-1] and isinstance(error, TypeError | ValueError))):
        return
    for number in range(1, len(frames)):
        if ours[number] and not ours[number - 1]:
            frames[number - 1].tb_next = None
            # The message says it all; what it was made of is ours as well.
            error.__suppress_context__, error.__cause__ = True, None
            return


def _is_ours(module: str) -> bool:
    return module.startswith(_OURS) and module != __name__ and module != "patternkit.testing.plugin"


def hidden_patterns(error: ModuleNotFoundError) -> str | None:
    """The message that a project's own package `patterns` hides the catalog's.

    Args:
        error: The import that failed.

    Returns:
        One line; None if that is not why.
    """
    if not (error.name or "").startswith("patterns."):
        return None
    module = sys.modules.get("patterns") or importlib.util.find_spec("patterns")
    places = list(getattr(module, "__path__", None) or getattr(module, "submodule_search_locations", None) or [])
    if any((Path(place) / "building_blocks").is_dir() for place in places):
        return None
    where = places[0] if places else getattr(module, "__file__", "?")
    return f"{where} hides the catalog's package patterns, which has {error.name}: rename the project's own"
