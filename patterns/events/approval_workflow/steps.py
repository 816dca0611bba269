"""The steps of an order: what is done, what undoes it, and for what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_

from patterns.building_blocks.bounds import Known, Matches

StepTimeout = Annotated[
    Duration, Interval(ge=timedelta(seconds=1), le=timedelta(minutes=15)), Known("how long a workflow may take")
]
"""How long one try of a step may take."""

MOST_EVENTS = 25_000
"""Entries of an execution's history. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html"""

TRANSIENT_TRIES, UNDO_TRIES = 3, 5
"""How often a step is tried again after an error of AWS Lambda's own, and what undoes one after any error."""

# Entered, exited, and the start and end of an iteration; scheduled, started and failed for each try.
_AROUND, _PER_TRY = 4, 3
# The pause before each further try is at most 30 seconds.
LONGEST_PAUSE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step of an order.

    Attributes:
        name: Its name: "Charge".
        does: The function that does it.
        undoes: The function that undoes it, also where it may never have been done. Default: nothing undoes it.
        for_each: The name of a list in the order, for each of whose items the step is done. Default: once an order.
        timeout: How long one try may take. Default: one minute.
        at_once: For how many items of `for_each` at one time. Default: 10.
    """

    name: Annotated[
        str,
        Matches(r"[A-Z][A-Za-z0-9]{0,39}", "a capital letter and up to 39 letters and digits"),
        Known("the ids of constructs"),
    ]
    does: lambda_.IFunction
    undoes: lambda_.IFunction | None = None
    for_each: (
        Annotated[str, Matches(r"[A-Za-z_][A-Za-z0-9_]{0,63}", "up to 64 letters, digits and _, no digit first")] | None
    ) = None
    timeout: StepTimeout = field(default_factory=lambda: Duration.minutes(1))
    at_once: Annotated[int, Interval(ge=1, le=40), Unit("items")] | None = None

    @property
    def items_at_once(self) -> int:
        """For how many items it is done at one time."""
        return 10 if self.at_once is None else self.at_once


Steps = Annotated[Sequence[Step], Len(1, 10), Unit("steps")]
"""The steps of an order, in their order."""


def lists_of(steps: Sequence[Step]) -> list[str]:
    """The lists of an order that steps are done for.

    Args:
        steps: The steps.

    Returns:
        Their names, each once.
    """
    return list(dict.fromkeys(step.for_each for step in steps if step.for_each is not None))


def check_steps(steps: Sequence[Step], max_items: int) -> None:
    """Refuse steps that have one name or an idle setting, and items whose steps would not fit into a history.

    Args:
        steps: The steps.
        max_items: The most items of a list.

    Raises:
        ValueError: If there are.
    """
    names = [step.name for step in steps]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"steps must have different names, got {' and '.join(twice)} more than once")
    for step in steps:
        if step.at_once is not None and step.for_each is None:
            raise ValueError(f"steps[{step.name}]: at_once needs for_each: without it the step is done once an order")
    each = sum(_events(step) for step in steps if step.for_each is not None)
    once = sum(_events(step) for step in steps if step.for_each is None)
    # Asking, reminding and ending take less than a thousand.
    most = (MOST_EVENTS - 1000 - once) // each if each else max_items
    if max_items > most:
        raise ValueError(
            f"max_items must be at most {most} with these steps, got {max_items}: with every retry they would fill an "
            f"execution's history of {MOST_EVENTS} entries, and nothing would be undone"
        )


def longest(steps: Sequence[Step], max_items: int) -> int:
    """How long all steps may take, and all that undoes them, if every try takes its time.

    Args:
        steps: The steps.
        max_items: The most items of a list.

    Returns:
        The time, in seconds.
    """
    total = 0
    for step in steps:
        tries = 1 + TRANSIENT_TRIES + (1 + TRANSIENT_TRIES + UNDO_TRIES if step.undoes is not None else 0)
        rounds = 1 if step.for_each is None else -(-max_items // step.items_at_once)
        total += rounds * tries * (int(step.timeout.to_seconds()) + LONGEST_PAUSE)
    return total


def _events(step: Step) -> int:
    done = _AROUND + _PER_TRY * (1 + TRANSIENT_TRIES)
    undone = _AROUND + _PER_TRY * (1 + TRANSIENT_TRIES + UNDO_TRIES)
    return done + (undone if step.undoes is not None else 0)
