"""How a pattern works on events: metadata that its template does not hold."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from patternkit.catalog.errors import CatalogError
from patternkit.catalog.limits import PAYLOAD, Limit
from patternkit.catalog.metadata_table import Kinds, check_table, values
from patternkit.catalog.web import ANSWERS, RUNS, ZONE_LOSSES, Web

STARTS = {
    "file": "a file in a bucket",
    "change": "a change of a table",
    "schedule": "a schedule",
    "call": "a call of an AWS workload",
    "request": "an HTTPS request",
}
"""What may start the work, and what it is called in a sentence."""
DELIVERIES = ("immediate", "queued", "batched", "scheduled")
ORDERS = ("kept", "on request", "not kept")
REPEATS = ("remembered", "on request", "at least once")

SHARED = ("runs", "answer", "zone_loss")
"""What `[web]` says too: a pattern with both tables says it there alone."""

_KINDS = Kinds(
    choices={"order": ORDERS, "repeats": REPEATS, "answer": ANSWERS, "zone_loss": ZONE_LOSSES},
    several={"starts": tuple(STARTS), "delivery": DELIVERIES, "runs": RUNS},
    may_be_empty=(),
    flags=("human", "isolated"),
    sentences=("delivered", "ordering", "repeating", "failing"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """How a pattern works on events.

    Attributes:
        starts: What starts the work, of `STARTS`.
        delivery: When work is done: "immediate", within a moment; "queued", when there is room for it; "batched",
            several events at once; "scheduled", at a set time.
        delivered: How events come to what works on them.
        order: Whether events are worked on in order: "kept", "on request" by an argument, or "not kept".
        ordering: Which of them, or why not.
        repeats: What becomes of an event that comes twice: "remembered" and not worked on again, that "on request" by
            an argument, or worked on "at least once".
        repeating: How it is known again, and for how long.
        failing: What becomes of an event that cannot be worked on.
        human: Whether a person decides before the work is done.
        isolated: Whether what works on events has no way to the internet.
        runs: What its user brings, of `RUNS`.
        answer: What who hands over an event gets, of `ANSWERS`.
        zone_loss: What happens when an Availability Zone fails, of `ZONE_LOSSES`.
    """

    starts: tuple[str, ...]
    delivery: tuple[str, ...]
    delivered: str
    order: str
    ordering: str
    repeats: str
    repeating: str
    failing: str
    human: bool
    isolated: bool
    runs: tuple[str, ...]
    answer: str
    zone_loss: str


def read_events(path: Path, table: dict[str, Any], limits: Iterable[Limit], web: Web | None) -> Events:
    """Read the table `[events]` of a `pattern.toml`.

    Args:
        path: The file.
        table: The table.
        limits: The pattern's limits.
        web: How the pattern serves requests, if it does.

    Returns:
        What it says.

    Raises:
        CatalogError: If a field is missing, unknown or wrong, is said in `[web]` already, or no limit says how large
            what is handed over may be.
    """
    given = {} if web is None else {name: getattr(web, name) for name in SHARED}
    for name in given:
        if name in table:
            raise CatalogError(f"{path}: the field {name} of events must be left out: web has it")
    check_table(path, "events", table, [one.name for one in fields(Events) if one.name not in given], _KINDS)
    # A request is bounded by the limits of requests, and a schedule hands nothing over.
    hands_over = web is None and table["starts"] != ["schedule"]
    if hands_over and not any(one.bounds == PAYLOAD for one in limits):
        raise CatalogError(f"{path}: {PAYLOAD} is in no limit: how large may what is handed over be?")
    return Events(**values(table), **given)
