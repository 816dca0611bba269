"""Name what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(given: str, known: Iterable[str]) -> str:
    """Return `; did you mean X?` with the known names most like the given one, or an empty text."""
    lowered: dict[str, str] = {name.lower(): name for name in known}
    found = difflib.get_close_matches(given.lower(), lowered, n=3, cutoff=0.5)
    # A part of a long construct path is what people remember.
    found += [name for name in lowered if given.lower() in name and name not in found][:3]
    return f"; did you mean {' or '.join(lowered[name] for name in found[:3])}?" if found else ""
