"""The limits that patterns name, each as it was read on a day: their own, and those that several share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import tomli

from patternkit.catalog.errors import CatalogError, unknown

BOUNDS = {
    "request_seconds": "longest request",
    "request_bytes": "largest request",
    "response_bytes": "largest response",
    "requests_per_second": "requests a second",
}
"""What a limit on requests may bound, in the unit that its name says, and what people call it."""
PAYLOAD = "payload_bytes"
"""What a limit on events may bound: the largest event, message or file that is worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A limit of the pattern, as it was on a day.

    Attributes:
        what: What is limited.
        value: To what.
        as_of: The day it was read.
        source: Where.
        bounds: Which of `BOUNDS` it is a limit of, or `PAYLOAD`, if it is one of them.
        at: The bound, in that unit.
        adjustable: Whether AWS raises it on request.
        was: What older texts say, where they are out of date.
        runs: The one of `RUNS` that it is a limit of, where a pattern is a front to others too.
    """

    what: str
    value: str
    as_of: date
    source: str
    bounds: str | None = None
    at: int | None = None
    adjustable: bool = False
    was: str | None = None
    runs: str | None = None

    def holds_for(self, runs: Sequence[str]) -> bool:
        """Whether it holds for everything that a pattern runs.

        Args:
            runs: What it runs.
        """
        return self.runs is None or set(runs) == {self.runs}


def whole(catalog: Path, path: Path, entry: dict[str, Any]) -> tuple[Path, dict[str, Any]]:
    """Put a limit that several patterns share in the place of its name.

    Args:
        catalog: The folder of the patterns, whose `building_blocks/limits.toml` holds what is shared.
        path: The file that the entry is of.
        entry: An entry of `[[limits]]`: a limit, or the name of a shared one under `shared`.

    Returns:
        The file that the limit stands in, and the limit.

    Raises:
        CatalogError: If there is no shared limit of that name, or the entry has more than the name.
    """
    if "shared" not in entry:
        return path, entry
    if len(entry) > 1:
        rest = ", ".join(sorted(set(entry) - {"shared"}))
        raise CatalogError(f"{path}: an entry of limits that is shared has nothing else, got {rest}")
    source = catalog / "building_blocks" / "limits.toml"
    known = _shared(source)
    if entry["shared"] not in known:
        raise CatalogError(f"{path}: {unknown('shared limit', str(entry['shared']), known)}")
    return source, known[entry["shared"]]


def check_bound(path: Path, entry: dict[str, Any]) -> None:
    """Check what an entry of `[[limits]]` bounds.

    Args:
        path: The file that the entry is of.
        entry: The limit, its fields of the right types.

    Raises:
        CatalogError: If it bounds what there is not, or has a bound without a number or a number without a bound.
    """
    given, at = entry.get("bounds"), entry.get("at")
    known = (*BOUNDS, PAYLOAD)
    if given is not None and given not in known:
        raise CatalogError(f"{path}: {unknown('bound', given, known)}")
    if (given is None) != (at is None):
        raise CatalogError(f"{path}: bounds and at of an entry of limits are given together, got {at or given}")
    if at is not None and at < 1:
        raise CatalogError(f"{path}: at of an entry of limits must be 1 or more, got {at}")


@cache
def _shared(path: Path) -> dict[str, dict[str, Any]]:
    if not path.exists():
        return {}
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (tomli.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogError(f"{path}: {error}") from None
