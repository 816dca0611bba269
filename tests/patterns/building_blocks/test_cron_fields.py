"""Which cron expressions of Unix there are; those of Amazon EventBridge are `cron-function`'s."""

import re

import pytest

from patterns.building_blocks.cron_fields import check_unix_cron


@pytest.mark.parametrize(
    "expression",
    [
        "0 8 * * *",
        "*/15 8-17 1,15 JAN-mar MON-FRI",
        "59 23 31 12 7",
        "0 0 29 2 *",
        "30 0 1 1,6,12 *",
        # Either of both days is enough: this comes on Mondays.
        "0 8 31 2 MON",
        "0 8 * * 0",
    ],
)
def test_what_unix_takes_is_taken(expression: str) -> None:
    check_unix_cron("cron", expression)


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("0 8 * *", "must have the five fields minutes, hours, day-of-month, month, day-of-week, got 4 in 0 8 * *"),
        (
            "0 8 * * ? *",
            "must have the five fields minutes, hours, day-of-month, month, day-of-week, got 6 in 0 8 * * ? *",
        ),
        ("60 8 * * *", "has a minutes field outside 0 to 59: '60' in 60 8 * * *"),
        ("0 24 * * *", "has a hours field outside 0 to 23: '24' in 0 24 * * *"),
        ("0 8 0 * *", "has a day-of-month field outside 1 to 31: '0' in 0 8 0 * *"),
        ("0 8 L * *", "has a day-of-month field that is no cron field: 'L' in 0 8 L * *"),
        ("0 8 * 13 *", "has a month field outside 1 to 12: '13' in 0 8 * 13 *"),
        ("0 8 * * 8", "has a day-of-week field outside 0 to 7: '8' in 0 8 * * 8"),
        ("0 8 * * ?", "has a day-of-week field that is no cron field: '?' in 0 8 * * ?"),
        ("0 8 * * JAN", "has a day-of-week field that is no cron field: 'JAN' in 0 8 * * JAN"),
        ("-- ,, // ZZZ QQ", "has a minutes field that is no cron field: '--' in -- ,, // ZZZ QQ"),
        ("0 8 31 2,4 *", "must have a day that one of its months has, got 0 8 31 2,4 *"),
    ],
)
def test_what_unix_does_not_take_is_refused(expression: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(f'cron {said}')}$"):
        check_unix_cron("cron", expression)
