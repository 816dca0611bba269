"""Capacities of a group that change by the clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval, Unit
from aws_cdk import TimeZone, Token
from aws_cdk import aws_autoscaling as autoscaling

from patterns.building_blocks.bounds import Known, Matches, Passes
from patterns.building_blocks.cron_fields import check_unix_cron
from patterns.building_blocks.time_zones import check_time_zone


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledCapacity:
    """Capacities that hold from a time on.

    Attributes:
        name: The name, which becomes part of the construct id.
        cron: When, as five fields: minute, hour, day of the month, month, day of the week.
        min_capacity: The fewest instances from then on. None: as before.
        max_capacity: The most instances from then on. None: as before.
        time_zone: In which the hours are. Default: UTC.
    """

    name: Annotated[
        str, Matches(r"[A-Za-z0-9_-]{1,100}", "up to 100 letters, digits, - and _"), Known("the ids of constructs")
    ]
    # Amazon EC2 Auto Scaling knows the five fields of Unix, without ?, L, W and # of Amazon EventBridge.
    cron: Annotated[
        str,
        Matches(r"[\d*,/-]+ [\d*,/-]+ [\d*,/-]+( [\dA-Za-z*,/-]+){2}", "a cron of five fields as Unix has them"),
        Passes(check_unix_cron, "each within its bounds"),
    ]
    min_capacity: Annotated[int, Interval(ge=0, le=1000), Unit("instances")] | None = None
    max_capacity: Annotated[int, Interval(ge=0, le=1000), Unit("instances")] | None = None
    time_zone: Annotated[TimeZone, Passes(check_time_zone, "a time zone of the IANA database")] | None = None


def check_scheduled(scheduled: Sequence[ScheduledCapacity], fewest: int, most: int) -> None:
    """Refuse schedules that change nothing or contradict each other.

    Args:
        scheduled: The schedule.
        fewest: The group's fewest instances.
        most: The group's most instances.

    Raises:
        ValueError: If two have one name, or one has no capacity, capacities out of order or no cron expression.
    """
    names = [one.name for one in scheduled]
    for one in scheduled:
        if names.count(one.name) > 1:
            raise ValueError(f"scheduled must have different names, got {one.name!r} twice")
        if one.min_capacity is None and one.max_capacity is None:
            raise ValueError(f"scheduled must set min_capacity or max_capacity, {one.name!r} sets neither")
        given = [bound for bound in (one.min_capacity, one.max_capacity) if bound is not None]
        if not any(map(Token.is_unresolved, given)) and given != sorted(given):
            raise ValueError(
                f"scheduled must have min_capacity up to max_capacity, {one.name!r} has {one.min_capacity} and "
                f"{one.max_capacity}"
            )
        low = fewest if one.min_capacity is None else one.min_capacity
        high = most if one.max_capacity is None else one.max_capacity
        if not (Token.is_unresolved(low) or Token.is_unresolved(high)) and low > high:
            raise ValueError(
                f"scheduled must leave min_capacity up to max_capacity, {one.name!r} makes them {low} and {high}"
            )


def add_schedule(group: autoscaling.AutoScalingGroup, scheduled: Sequence[ScheduledCapacity]) -> None:
    """Change the capacities by the clock.

    Args:
        group: The group.
        scheduled: When, and to what.
    """
    for one in scheduled:
        group.scale_on_schedule(
            one.name,
            schedule=autoscaling.Schedule.expression(one.cron),
            min_capacity=one.min_capacity,
            max_capacity=one.max_capacity,
            time_zone=one.time_zone.timezone_name if one.time_zone else None,
        )
