"""What a weighted release can be asked for."""

import re
from collections.abc import Sequence

from aws_cdk import Duration, Token
from aws_cdk import aws_cloudwatch as cloudwatch

from patterns.building_blocks.arguments import check_duration, check_known, check_range, shown

STEPS = (10, 50, 100)
INTERVAL = Duration.minutes(10)
_RELEASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_release(
    release: str | None,
    steps: Sequence[int],
    step_interval: Duration | None,
    rollback_alarms: Sequence[cloudwatch.IAlarm],
    error_threshold: int,
) -> None:
    """Refuse a release that cannot be shifted to.

    Raises:
        ValueError: If an argument is malformed or out of range.
    """
    if release is not None and not Token.is_unresolved(release) and not _RELEASE.fullmatch(release):
        raise ValueError(
            f"release must be up to 64 letters, digits, ., - and _, the first a letter or digit, "
            f"got {shown(release[:70])!r}"
        )
    if not 1 <= len(steps) <= 20:
        raise ValueError(f"steps must be 1 to 20 weights, got {len(steps)}")
    for step in steps:
        check_known("steps", step, "the order of the steps")
        check_range("steps", step, 1, 100, "percent")
    if list(steps) != sorted(set(steps)):
        raise ValueError(f"steps must rise, got {', '.join(str(step) for step in steps)}")
    check_known("step_interval", step_interval, "the schedule")
    check_duration("step_interval", step_interval, Duration.minutes(2), Duration.days(1), whole_minutes=True)
    if len(rollback_alarms) > 20:
        raise ValueError(f"rollback_alarms must be at most 20, got {len(rollback_alarms)}")
    for one in rollback_alarms:
        if isinstance(one, cloudwatch.CompositeAlarm):
            raise ValueError(
                "rollback_alarms must be alarms on metrics, got a composite alarm: pass those it is made of"
            )
    check_range("error_threshold", error_threshold, 1, 1_000_000, "errors a minute")
