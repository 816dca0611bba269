"""The six fields of Amazon EventBridge's cron expressions.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from patterns.building_blocks.cron_fields import HOURS, MINUTES, MONTH, CronField

_WEEKDAYS = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}

# L: the last day; 3W: the weekday nearest to the third.
DAY_OF_MONTH = CronField("day-of-month", 1, 31, special=r"\?|L|LW|(\d+)W")
# 6L: the last Friday; 6#2: the second Friday, and nothing beside it.
DAY_OF_WEEK = CronField("day-of-week", 1, 7, _WEEKDAYS, special=r"\?|L|([1-7A-Z]+)L|([0-9A-Z]+)#[1-5]")
YEAR = CronField("year", 1970, 2199)

FIELDS = (MINUTES, HOURS, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR)
