"""How a pattern serves requests: metadata that its template does not hold."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from patternkit.catalog.errors import CatalogError, unknown
from patternkit.catalog.limits import Limit

RUNS = ("machines", "containers", "functions", "nothing")
ANSWERS = ("result", "receipt")
SPEEDS = ("at once", "seconds", "minutes", "never")
ZONE_LOSSES = ("goes on", "fails over", "down")
UNBOUNDED = ("request_seconds", "request_bytes", "response_bytes")
"""Bounds that a pattern has by one of its limits, or says that it has none."""

_CHOICES = {"answer": ANSWERS, "scales_within": SPEEDS, "zone_loss": ZONE_LOSSES}
_SEVERAL = {"runs": RUNS, "unbounded": UNBOUNDED}
_FLAGS = ("stateless", "long_connections")
_SENTENCES = ("scaling", "burst", "state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """How a pattern serves requests.

    Attributes:
        runs: What its user brings: "machines", "containers", "functions" or "nothing".
        answer: What callers get: the "result", or a "receipt" for work that is done later.
        scaling: What adds capacity, on which signal.
        scales_within: How long until new capacity serves, by order of magnitude: "at once", "seconds", "minutes", or
            "never" if a person has to do it.
        burst: What becomes of requests while load multiplies faster than that.
        stateless: Whether the application must keep no state where it runs.
        state: What becomes of state that is kept there.
        zone_loss: What happens when an Availability Zone fails: it "goes on", "fails over" with a gap, or is "down".
        failure_modes: How it fails, and what callers see.
        long_connections: Whether WebSocket and server-sent events get through.
        unbounded: The bounds that AWS does not set here.
    """

    runs: tuple[str, ...]
    answer: str
    scaling: str
    scales_within: str
    burst: str
    stateless: bool
    state: str
    zone_loss: str
    failure_modes: tuple[str, ...]
    long_connections: bool
    unbounded: tuple[str, ...]


def read_web(path: Path, table: dict[str, Any], limits: Iterable[Limit]) -> Web:
    """Read the table `[web]` of a `pattern.toml`.

    Args:
        path: The file.
        table: The table.
        limits: The pattern's limits.

    Returns:
        What it says.

    Raises:
        CatalogError: If a field is missing, unknown or wrong, or a bound is neither in a limit nor said to be none.
    """
    known = [field.name for field in fields(Web)]
    for name in table:
        if name not in known:
            raise CatalogError(f"{path}: {unknown('field of web', name, known)}")
    for name in known:
        if name not in table:
            raise CatalogError(f"{path}: the field {name} of web is missing")
    for name, value in table.items():
        if wrong := _wanted(name, value):
            raise CatalogError(f"{path}: the field {name} of web must be {wrong}, got {value!r}")
    bounded = {one.bounds for one in limits if one.holds_for(table["runs"])}
    for bound in UNBOUNDED:
        if (bound in bounded) == (bound in table["unbounded"]):
            said = "both bounded by a limit and unbounded" if bound in bounded else "neither in a limit nor unbounded"
            raise CatalogError(f"{path}: {bound} is {said}")
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in table.items()}
    return Web(**values)


def _wanted(name: str, value: Any) -> str | None:
    if name in _CHOICES:
        return None if value in _CHOICES[name] else f"one of {', '.join(_CHOICES[name])}"
    if name in _FLAGS:
        return None if isinstance(value, bool) else "true or false"
    if name in _SENTENCES:
        return None if isinstance(value, str) and value.endswith(".") else "a sentence"
    if name in _SEVERAL:
        several = isinstance(value, list) and all(one in _SEVERAL[name] for one in value)
        return None if several and (value or name == "unbounded") else f"a list of {', '.join(_SEVERAL[name])}"
    sentences = isinstance(value, list) and all(isinstance(one, str) and one.endswith(".") for one in value)
    return None if sentences and value else "a list of sentences"
