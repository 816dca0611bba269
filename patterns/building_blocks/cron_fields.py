"""The fields of cron expressions: the five of Unix, and what those of others have in common with them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from patterns.building_blocks.arguments import shown

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], start=1
    )
}
_WEEKDAYS = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])}
_LONGEST_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


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
MONTH = CronField("month", 1, 12, _MONTHS)
_DAY_OF_MONTH = CronField("day-of-month", 1, 31)
# Of Unix, 0 and 7 are both Sunday.
_UNIX = (MINUTES, HOURS, _DAY_OF_MONTH, MONTH, CronField("day-of-week", 0, 7, _WEEKDAYS))


def check_fields(argument: str, expression: str, texts: Sequence[str], fields: Sequence[CronField]) -> None:
    """Refuse a cron expression with a field that is none.

    Args:
        argument: The argument's own name.
        expression: The whole expression, for the message.
        texts: Its fields' texts, as many as there are fields.
        fields: Its fields.

    Raises:
        ValueError: If one is wrong.
    """
    for one, text in zip(fields, texts, strict=True):
        if wrong := one.check(text):
            raise ValueError(f"{argument} has a {one.name} field {wrong}: {text!r} in {shown(expression)}")


def check_days(argument: str, expression: str, day_of_month: str, month: str) -> None:
    """Refuse a cron expression that never comes.

    Args:
        argument: The argument's own name.
        expression: The whole expression, for the message.
        day_of_month: The checked field, which alone says the day.
        month: The checked field.

    Raises:
        ValueError: If none of the months has any of the days.
    """
    if never_comes(day_of_month, month):
        raise ValueError(f"{argument} must have a day that one of its months has, got {shown(expression)}")


def check_unix_cron(argument: str, expression: str) -> None:
    """Refuse what is no cron expression of Unix.

    Args:
        argument: The argument's own name.
        expression: Five fields: minutes, hours, day of the month, month, day of the week.

    Raises:
        ValueError: If there are not five fields, one is wrong, or they never come together.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/scheduled-scaling-recurring-schedules.html
    """
    texts = expression.split()
    if len(texts) != len(_UNIX):
        names = ", ".join(one.name for one in _UNIX)
        raise ValueError(f"{argument} must have the five fields {names}, got {len(texts)} in {shown(expression)}")
    check_fields(argument, expression, texts, _UNIX)
    # With a day of the week as well, either of both days is enough.
    if texts[4] == "*":
        check_days(argument, expression, texts[2], texts[3])


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
    earliest = min(_DAY_OF_MONTH.values(day_of_month), default=32)
    return all(earliest > _LONGEST_MONTHS.get(one, 31) for one in MONTH.values(month))
