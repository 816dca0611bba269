"""Schedule expressions of Amazon EventBridge: which it takes, and how long they may be silent."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from aws_cdk import Duration, Token
from aws_cdk import aws_scheduler as scheduler

from patterns.building_blocks.arguments import shown
from patterns.building_blocks.cron_fields import HOURS, MINUTES, check_days, check_fields
from patterns.building_blocks.time_zones import check_time_zone
from patterns.events.cron_function.cron_fields import FIELDS

_RATE = re.compile(r"rate\((?P<value>\d+) (?P<unit>minute|hour|day)(?P<plural>s?)\)")
_AT = re.compile(r"at\((?P<when>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)")
_CRON = re.compile(r"cron\((?P<fields>[^)]*)\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
# Clocks are changed by the rules of these years; laws change, and so do the rules.
_YEARS = range(2026, 2030)


def check_schedule(argument: str, schedule: scheduler.ScheduleExpression) -> None:
    """Refuse what EventBridge would refuse, before anything is deployed.

    Args:
        argument: The argument's own name.
        schedule: `rate(5 minutes)`, `cron(0 2 * * ? *)` or `at(2026-12-24T18:00:00)`; an unresolved token passes.

    Raises:
        ValueError: If it is none of them, a field is wrong, or the time zone does not exist.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
    """
    check_time_zone(argument, schedule.time_zone, says="in a time zone")
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
            datetime.fromisoformat(at["when"])
        except ValueError:
            raise ValueError(f"{argument} must be a date as at(yyyy-mm-ddThh:mm:ss), got {shown(expression)}") from None
    elif cron := _CRON.fullmatch(expression):
        _check_cron(argument, expression, cron["fields"].split())
    elif expression.startswith("at("):
        raise ValueError(f"{argument} must be a date as at(yyyy-mm-ddThh:mm:ss), got {shown(expression)}")
    else:
        raise ValueError(
            f"{argument} must be rate(value unit), cron(minutes hours day-of-month month day-of-week year) or "
            f"at(yyyy-mm-ddThh:mm:ss), got {shown(expression)}"
        )


def _check_cron(argument: str, expression: str, fields: list[str]) -> None:
    if len(fields) != len(FIELDS):
        names = ", ".join(one.name for one in FIELDS)
        raise ValueError(f"{argument} must have the six fields {names}, got {len(fields)} in {shown(expression)}")
    check_fields(argument, expression, fields, FIELDS)
    if [fields[2] == "?", fields[4] == "?"].count(True) != 1:
        raise ValueError(
            f"{argument} must have ? in exactly one of day-of-month and day-of-week, got {shown(expression)}"
        )
    check_days(argument, expression, fields[2], fields[3])


def longest_silence(schedule: scheduler.ScheduleExpression) -> Duration | None:
    """How far apart two runs of a schedule may be, at the most.

    When clocks go forward, EventBridge skips what falls into the missing hour; when they go back, what falls into the
    repeated hour runs once.

    Args:
        schedule: A checked schedule.

    Returns:
        For a rate, its period. For a cron expression, an hour or a day where its fields say that it runs that often,
        and longer where clocks are changed. None for a one-time schedule, for one that may be silent for longer than a
        day, and for one that is not known before deployment.

    Source: https://repost.aws/knowledge-center/eventbridge-scheduler-adjust-dst
    """
    expression = schedule.expression_string
    if rate := _RATE.fullmatch(expression):
        return Duration.minutes(int(rate["value"]) * _MINUTES[rate["unit"]])
    cron = _CRON.fullmatch(expression)
    if cron is None:
        return None
    minutes, hours, *days = cron["fields"].split()
    if not set(days) <= {"*", "?"}:
        return None
    changes = _clock_changes(schedule)
    if hours == "*":
        return Duration.hours(2 if changes else 1)
    runs = [time(hour, minute) for hour in HOURS.values(hours) for minute in MINUTES.values(minutes)]
    if any(all(_is_missing(day, run, zone) for run in runs) for zone, day in changes):
        return Duration.days(2)
    return Duration.hours(25 if changes else 24)


def _clock_changes(schedule: scheduler.ScheduleExpression) -> list[tuple[ZoneInfo, date]]:
    """The days on which the clocks of a schedule's time zone are changed."""
    name = schedule.time_zone.timezone_name if schedule.time_zone is not None else "UTC"
    if name not in available_timezones():
        return []
    zone = ZoneInfo(name)
    days = [date(year, 1, 1) + timedelta(days=day) for year in _YEARS for day in range(365)]
    return [(zone, day) for day in days if _offset(day, zone) != _offset(day + timedelta(days=1), zone)]


def _offset(day: date, zone: ZoneInfo) -> timedelta | None:
    return datetime.combine(day, time(), zone).utcoffset()


def _is_missing(day: date, run: time, zone: ZoneInfo) -> bool:
    local = datetime.combine(day, run, zone)
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None)
