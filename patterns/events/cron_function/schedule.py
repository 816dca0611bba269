"""Schedule expressions of Amazon EventBridge: what they may say, and how long they may be silent."""

import re
from datetime import datetime

from aws_cdk import Duration, Token
from aws_cdk import aws_scheduler as scheduler

from patterns.building_blocks.arguments import shown

_RATE = re.compile(r"rate\((?P<value>\d+) (?P<unit>minute|hour|day)(?P<plural>s?)\)")
_AT = re.compile(r"at\((?P<when>[^)]*)\)")
_CRON = re.compile(r"cron\((?P<fields>[^)]*)\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}

# What each field may be built of; whether a day exists in a month is the service's own check.
_FIELDS = {
    "minutes": r"[\d,\-*/]+",
    "hours": r"[\d,\-*/]+",
    "day-of-month": r"[\dLW,\-*?/]+",
    "month": r"[\dA-Z,\-*/]+",
    "day-of-week": r"[\dA-Z,\-*?#/]+",
    "year": r"[\d,\-*/]+",
}
_RANGES = {"minutes": (0, 59), "hours": (0, 23), "day-of-month": (1, 31), "month": (1, 12), "year": (1970, 2199)}


def check_schedule(argument: str, schedule: scheduler.ScheduleExpression) -> None:
    """Refuse what EventBridge would refuse, before anything is deployed.

    Args:
        argument: The argument's own name.
        schedule: `rate(5 minutes)`, `cron(0 2 * * ? *)` or `at(2026-12-24T18:00:00)`; an unresolved token passes.

    Raises:
        ValueError: If it is none of them, or a field is wrong.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    expression = schedule.expression_string
    if Token.is_unresolved(expression):
        return
    if rate := _RATE.fullmatch(expression):
        one = rate["value"] == "1"
        if int(rate["value"]) < 1 or one == bool(rate["plural"]):
            raise ValueError(
                f"{argument} must be a rate of at least 1, singular for 1 and plural above, got {shown(expression)}"
            )
    elif at := _AT.fullmatch(expression):
        try:
            datetime.strptime(at["when"], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 (the zone stands beside it)
        except ValueError:
            raise ValueError(f"{argument} must be a date as at(yyyy-mm-ddThh:mm:ss), got {shown(expression)}") from None
    elif cron := _CRON.fullmatch(expression):
        _check_cron(argument, expression, cron["fields"].split())
    else:
        raise ValueError(
            f"{argument} must be rate(value unit), cron(minutes hours day-of-month month day-of-week year) or "
            f"at(yyyy-mm-ddThh:mm:ss), got {shown(expression)}"
        )


def _check_cron(argument: str, expression: str, fields: list[str]) -> None:
    if len(fields) != len(_FIELDS):
        raise ValueError(
            f"{argument} must have the six fields {', '.join(_FIELDS)}, got {len(fields)} in {shown(expression)}"
        )
    for (name, allowed), field in zip(_FIELDS.items(), fields, strict=True):
        low, high = _RANGES.get(name, (1, 7))
        if not re.fullmatch(allowed, field.upper()):
            raise ValueError(f"{argument} has a {name} field that is no cron field: {field!r} in {shown(expression)}")
        for value, step in re.findall(r"(/?)(\d+)", field):
            # A step may be anything that fits the field; #n is a week of the month, checked by the same range.
            if not (1 if value else low) <= int(step) <= high:
                raise ValueError(
                    f"{argument} has a {name} field outside {low} to {high}: {field!r} in {shown(expression)}"
                )
    if [fields[2] == "?", fields[4] == "?"].count(True) != 1:
        raise ValueError(
            f"{argument} must have ? in exactly one of day-of-month and day-of-week, got {shown(expression)}"
        )


def longest_silence(expression: str) -> Duration | None:
    """Say how far apart two runs of a schedule may be, at the most.

    Args:
        expression: A checked expression.

    Returns:
        For a rate, its period. For a cron expression, an hour or a day where its fields say that it runs that often.
        None for a one-time schedule, and for one that may be silent for longer than a day.
    """
    if rate := _RATE.fullmatch(expression):
        minutes = int(rate["value"]) * _MINUTES[rate["unit"]]
        return Duration.minutes(minutes)
    if cron := _CRON.fullmatch(expression):
        _, hours, *days = cron["fields"].split()
        if set(days) <= {"*", "?"}:
            return Duration.hours(1) if hours == "*" else Duration.days(1)
    return None
