"""How a pattern serves requests: metadata that its template does not hold."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from patternkit.catalog.errors import CatalogError
from patternkit.catalog.limits import Limit
from patternkit.catalog.metadata_table import Kinds, check_table, values

RUNS = ("machines", "containers", "functions", "nothing")
ANSWERS = ("result", "receipt")
SPEEDS = ("at once", "seconds", "minutes", "never")
ZONE_LOSSES = ("goes on", "fails over", "down")
UNBOUNDED = ("request_seconds", "request_bytes", "response_bytes")
"""Bounds that a pattern has by one of its limits, or says that it has none."""

_KINDS = Kinds(
    choices={"answer": ANSWERS, "scales_within": SPEEDS, "zone_loss": ZONE_LOSSES},
    several={"runs": RUNS, "unbounded": UNBOUNDED},
    may_be_empty=("unbounded",),
    flags=("stateless", "long_connections"),
    sentences=("scaling", "burst", "state"),
)


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
    check_table(path, "web", table, [field.name for field in fields(Web)], _KINDS)
    bounded = {one.bounds for one in limits if one.holds_for(table["runs"])}
    for bound in UNBOUNDED:
        if (bound in bounded) == (bound in table["unbounded"]):
            said = "both bounded by a limit and unbounded" if bound in bounded else "neither in a limit nor unbounded"
            raise CatalogError(f"{path}: {bound} is {said}")
    return Web(**values(table))
