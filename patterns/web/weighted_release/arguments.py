"""Arguments of a weighted release: their bounds, and what two of them say together."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, Len, MaxLen, MultipleOf, Unit
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from patterns.building_blocks.bounds import Known, Matches

STEPS = (10, 50, 100)
INTERVAL = Duration.minutes(10)

Release = Annotated[
    str,
    Matches(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "up to 64 letters, digits, ., - and _, the first a letter or digit"),
]
"""The name of a release."""

Steps = Annotated[
    Sequence[Annotated[int, Interval(ge=1, le=100), Unit("percent"), Known("the order of the steps")]],
    Len(1, 20),
    Unit("weights"),
]
"""The candidate's weights, one after the other."""

StepInterval = Annotated[
    Duration,
    Interval(ge=timedelta(minutes=2), le=timedelta(days=1)),
    MultipleOf(timedelta(minutes=1)),
    Known("the schedule"),
]
"""The time between two steps."""

ErrorThreshold = Annotated[int, Interval(ge=1, le=1_000_000), Unit("errors a minute")]
"""How many failures of one kind send all weight back."""

RollbackAlarms = Annotated[Sequence[cloudwatch.IAlarm], MaxLen(20), Unit("alarms")]
"""Alarms that send all weight back."""


def check_release(steps: Sequence[int], rollback_alarms: Sequence[cloudwatch.IAlarm]) -> None:
    """Refuse steps that do not rise, and alarms whose events do not name a metric.

    Args:
        steps: The steps.
        rollback_alarms: The alarms.

    Raises:
        ValueError: If there are.
    """
    if list(steps) != sorted(set(steps)):
        raise ValueError(f"steps must rise, got {', '.join(str(step) for step in steps)}")
    for one in rollback_alarms:
        if isinstance(one, cloudwatch.CompositeAlarm):
            raise ValueError(
                "rollback_alarms must be alarms on metrics, got a composite alarm: pass those it is made of"
            )
