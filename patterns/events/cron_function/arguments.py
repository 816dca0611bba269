"""Arguments of a CronFunction: their bounds, and those that contradict each other."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from annotated_types import Interval, MultipleOf
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler

from patterns.building_blocks.bounds import Known, human
from patterns.building_blocks.function_settings import reserved_concurrency_of

FlexibleWindow = Annotated[
    Duration,
    Interval(ge=timedelta(minutes=1), le=timedelta(hours=24)),
    MultipleOf(timedelta(minutes=1)),
    Known("how long the alarm on missed runs looks back"),
]
Silence = Annotated[
    Duration,
    Interval(ge=timedelta(minutes=1), le=timedelta(days=6)),
    Known("how long the alarm on missed runs looks back"),
]
LONGEST_LOOK = timedelta(days=7)
"""How far an alarm looks back with periods of an hour.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html"""
MARGIN = 2
"""Periods of margin: one for where runs fall within a period, one for late metrics."""


_LONGEST_INPUT = 8192
_LARGEST_EVENT = 1_048_576


def check_scheduler(payload: Mapping[str, Any] | None) -> None:
    """Refuse what EventBridge Scheduler cannot hand to a function.

    Raises:
        ValueError: If the payload is larger than AWS Lambda takes of an event.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    size = len(json.dumps(dict(payload or {})))
    if size > _LARGEST_EVENT:
        raise ValueError(
            f"payload must have at most {_LARGEST_EVENT} bytes in JSON, which AWS Lambda takes of an event, got {size}"
        )


def check_rule(
    schedule: scheduler.ScheduleExpression, flexible_window: Duration | None, payload: Mapping[str, Any] | None
) -> None:
    """Refuse what a scheduled rule cannot do.

    Raises:
        ValueError: If something needs EventBridge Scheduler.

    Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_Target.html
    """
    length = len(json.dumps(payload or {}, separators=(",", ":"), ensure_ascii=False))
    if length > _LONGEST_INPUT:
        raise ValueError(
            f"payload must have at most {_LONGEST_INPUT} characters in JSON with trigger='rule', got {length}"
        )
    if flexible_window is not None:
        raise ValueError("flexible_window needs trigger='scheduler': a rule has no flexible window")
    if schedule.time_zone is not None and schedule.time_zone.timezone_name not in {"Etc/UTC", "UTC"}:
        raise ValueError(
            "schedule must be in UTC with trigger='rule': a rule has no time zone, "
            f"got {schedule.time_zone.timezone_name}"
        )
    if schedule.expression_string.startswith("at("):
        raise ValueError(f"schedule must recur with trigger='rule', got {schedule.expression_string}")


def check_overlap(function: lambda_.IFunction | None, *, allow_overlap: bool) -> None:
    """Refuse a ready function that could overlap itself.

    Raises:
        ValueError: If it may not, and does not reserve a concurrency of one.
    """
    if function is not None and not allow_overlap and reserved_concurrency_of(function) != 1:
        raise ValueError(
            "function must reserve a concurrency of 1, or allow_overlap must be True: "
            "the concurrency of a ready function is not this pattern's to set"
        )


def check_silence(silence: Duration | None, flexible_window: Duration | None, *, enabled: bool) -> None:
    """Refuse an alarm on missed runs that could not be made.

    Args:
        silence: For how long nothing may have run; None passes.
        flexible_window: How much later than scheduled it may run.
        enabled: Whether the schedule runs.

    Raises:
        ValueError: If the schedule is paused, or the alarm would have to look back further than it can.
    """
    if silence is None:
        return
    if not enabled:
        raise ValueError(
            "missed_run_alarm_after must not be given with enabled=False: nothing runs that could be missed"
        )
    if flexible_window is None:
        return
    most = LONGEST_LOOK - timedelta(hours=MARGIN) - timedelta(seconds=flexible_window.to_seconds())
    if silence.to_seconds() > most.total_seconds():
        raise ValueError(
            f"missed_run_alarm_after must be at most {human(most)} with a flexible_window of "
            f"{flexible_window.to_human_string()}: an alarm looks back 7 days at most, got {silence.to_human_string()}"
        )
