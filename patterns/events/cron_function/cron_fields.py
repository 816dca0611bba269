"""The six fields of Amazon EventBridge's cron expressions.

Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], start=1
    )
}
_WEEKDAYS = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
_LONGEST_MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], start=1
    )
}


@dataclass(frozen=True, slots=True)
class CronField:
    """A field of a cron expression.

    Attributes:
        name: Its name.
        low: The smallest number.
        high: The largest number.
        names: Names that stand for numbers.
        special: What it may be beside a list of numbers, names, ranges and steps.
    """

    name: str
    low: int
    high: int
    names: dict[str, int] = field(default_factory=dict)
    special: str = r"(?!)"

    def check(self, text: str) -> str | None:
        """Find what is wrong with the field's text.

        Args:
            text: The text.

        Returns:
            What is wrong, to be read after the field's name; None if nothing is.
        """
        text = text.upper()
        if special := re.fullmatch(self.special, text):
            numbers = [self._number(one) for one in special.groups() if one is not None]
            return None if all(one is not None for one in numbers) else f"outside {self.low} to {self.high}"
        for item in text.split(","):
            whole = re.fullmatch(r"(?:(\*)|([A-Z0-9]+)(?:-([A-Z0-9]+))?)(?:/(\d+))?", item)
            if whole is None:
                return "that is no cron field"
            _, first, last, step = whole.groups()
            given = [one for one in (first, last) if one is not None]
            if any(not one.isdecimal() and one not in self.names for one in given):
                return "that is no cron field"
            if any(self._number(one) is None for one in given) or (step and not 1 <= int(step) <= self.high):
                return f"outside {self.low} to {self.high}"
        return None

    def values(self, text: str) -> set[int]:
        """Expand a checked text of numbers, names, ranges and steps.

        Args:
            text: The text.

        Returns:
            The numbers that it means.
        """
        return {value for item in text.upper().split(",") for value in self._expanded(item)}

    def _expanded(self, item: str) -> Iterator[int]:
        item, _, step = item.partition("/")
        first, _, last = item.partition("-")
        low = self.low if first == "*" else self._number(first) or 0
        high = self._number(last) if last else (self.high if step or first == "*" else low)
        yield from range(low, (high or 0) + 1, int(step or 1))

    def _number(self, text: str) -> int | None:
        number = self.names.get(text) if not text.isdecimal() else int(text)
        return number if number is not None and self.low <= number <= self.high else None


MINUTES = CronField("minutes", 0, 59)
HOURS = CronField("hours", 0, 23)
# L: the last day; 3W: the weekday nearest to the third.
DAY_OF_MONTH = CronField("day-of-month", 1, 31, special=r"\?|L|LW|(\d+)W")
MONTH = CronField("month", 1, 12, _MONTHS)
# 6L: the last Friday; 6#2: the second Friday, and nothing beside it.
DAY_OF_WEEK = CronField("day-of-week", 1, 7, _WEEKDAYS, special=r"\?|L|([1-7A-Z]+)L|([0-9A-Z]+)#[1-5]")
YEAR = CronField("year", 1970, 2199)

FIELDS = (MINUTES, HOURS, DAY_OF_MONTH, MONTH, DAY_OF_WEEK, YEAR)


def never_comes(day_of_month: str, month: str) -> bool:
    """Whether none of the months has any of the days.

    Args:
        day_of_month: The checked field.
        month: The checked field.

    Returns:
        Whether the expression never runs.
    """
    if not re.fullmatch(r"[\d,\-/]+", day_of_month):
        return False
    earliest = min(DAY_OF_MONTH.values(day_of_month), default=32)
    return all(earliest > _LONGEST_MONTHS.get(one, 31) for one in MONTH.values(month))
