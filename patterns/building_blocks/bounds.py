"""What an argument may be, written beside its type: `Annotated[int, Interval(ge=1, le=65535)]`.

The words are those of `annotated-types`: `Interval`, `Len`, `MultipleOf`, `Unit`. A `Duration` has bounds of
`timedelta`, a `Size` has bounds of `mebibytes(128)` and its like. Nothing here imports the CDK, so that pages and the
command line can read bounds without it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from annotated_types import BaseMetadata, Ge, GroupedMetadata, Gt, Le, Lt, MaxLen, MinLen, MultipleOf, Predicate, Unit


class Bytes(int):
    """A number of bytes, as a bound of a `Size`."""


def kibibytes(amount: int) -> Bytes:
    """Write a bound of a `Size` in KiB."""
    return Bytes(amount * 2**10)


def mebibytes(amount: int) -> Bytes:
    """Write a bound of a `Size` in MiB."""
    return Bytes(amount * 2**20)


def gibibytes(amount: int) -> Bytes:
    """Write a bound of a `Size` in GiB."""
    return Bytes(amount * 2**30)


@dataclass(frozen=True)
class Matches(GroupedMetadata):
    """A string that matches a regular expression as a whole.

    Attributes:
        pattern: The expression, in which digits and letters are those of ASCII: AWS takes no others.
        says: What it allows: "letters, digits and hyphens".
    """

    pattern: str
    says: str

    def __iter__(self) -> Iterator[object]:
        """Unpack it into what Hypothesis draws strings from."""
        yield Predicate(re.compile(self.pattern, re.ASCII).fullmatch)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Passes(GroupedMetadata):
    """A value that a check of its own lets through.

    Attributes:
        check: Takes the argument's name and its value, and raises the `ValueError` that says what is allowed.
        says: What it allows, for the page: "a schedule of Amazon EventBridge".
    """

    check: Callable[[str, Any], object]
    says: str

    def __iter__(self) -> Iterator[object]:
        """Unpack it into what Hypothesis filters by."""
        yield Predicate(self._passes)

    def _passes(self, value: Any) -> bool:
        try:
            self.check("value", value)
        except ValueError:
            return False
        return True


@dataclass(frozen=True)
class PassesIn(BaseMetadata):
    """An argument that a check of its own lets through in the construct's scope, as one that goes by a stack's Region.

    Attributes:
        check: Takes the argument's name, the scope and the value, and raises the `ValueError` that says what is
            allowed.
    """

    check: Callable[[str, Any, Any], object]


@dataclass(frozen=True)
class Known(BaseMetadata):
    """A value that must be known when the template is made: an unresolved token is refused.

    Attributes:
        needed_for: What depends on it: "the number of stacks".
    """

    needed_for: str


@dataclass(frozen=True)
class Repeats(BaseMetadata):
    """A list that may name a value twice, as the words of a command do; any other must not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The bounds of one type, together.

    Attributes:
        low: The lower bound, of numbers, `timedelta` or `Bytes`.
        above: Whether the lower bound itself is not allowed.
        high: The upper bound.
        below: Whether the upper bound itself is not allowed.
        step: What every value is a multiple of.
        unit: What a number counts.
        shortest: The smallest length.
        longest: The largest length.
        matches: Patterns of a string.
        passes: Checks of its own.
        passes_in: Checks of its own that go by the scope.
        known: What needs the value to be known.
        repeats: Whether a list may name a value twice.
    """

    low: Any = None
    above: bool = False
    high: Any = None
    below: bool = False
    step: Any = None
    unit: str = ""
    shortest: int = 0
    longest: int | None = None
    matches: tuple[Matches, ...] = ()
    passes: tuple[Passes, ...] = ()
    passes_in: tuple[PassesIn, ...] = ()
    known: Known | None = None
    repeats: bool = False


def bounds(metadata: Iterable[object]) -> Bounds:
    """Read what stands beside a type.

    Args:
        metadata: The arguments of `Annotated` but the first.

    Returns:
        The bounds.

    Raises:
        TypeError: If something there is no bound, and would be ignored.
    """
    found: dict[str, Any] = {}
    for one in metadata:
        match one:
            case Matches():
                found["matches"] = (*found.get("matches", ()), one)
            case Passes():
                found["passes"] = (*found.get("passes", ()), one)
            case PassesIn():
                found["passes_in"] = (*found.get("passes_in", ()), one)
            case Known():
                found["known"] = one
            case Repeats():
                found["repeats"] = True
            case Ge(ge):
                found |= {"low": ge, "above": False}
            case Gt(gt):
                found |= {"low": gt, "above": True}
            case Le(le):
                found |= {"high": le, "below": False}
            case Lt(lt):
                found |= {"high": lt, "below": True}
            case MultipleOf(step):
                found["step"] = step
            case Unit(unit):
                found["unit"] = unit
            case MinLen(least):
                found["shortest"] = least
            case MaxLen(most):
                found["longest"] = most
            case GroupedMetadata():
                inner = bounds(one)
                found |= {name: getattr(inner, name) for name in _set(inner)}
            case _:
                raise TypeError(f"{one!r} is no bound: see patterns/building_blocks/bounds.py")
    return Bounds(**found)


def _set(found: Bounds) -> list[str]:
    nothing = Bounds()
    return [name for name in Bounds.__slots__ if getattr(found, name) != getattr(nothing, name)]


def allowed(found: Bounds, unit: str = "of them") -> str:
    """Say on a page what is allowed.

    Args:
        found: The bounds.
        unit: What a length counts, where the bounds do not say it.

    Returns:
        As "1 to 65535", "1 second to 15 minutes", "at most 20"; empty if there are none.
    """
    parts = []
    low, high = shown_bound(found, found.low), shown_bound(found, found.high)
    if found.low is not None and found.high is not None and not found.above and not found.below:
        parts.append(f"{low} or {high}" if _are_next(found.low, found.high) else f"{low} to {high}")
    elif found.low is not None or found.high is not None:
        parts.append(within(found))
    if parts and unit_of(found):
        parts[-1] = counted(parts[-1], unit_of(found))
    if found.step is not None and not isinstance(found.step, Bytes):
        parts.append(f"whole {whole(found.step)}" if isinstance(found.step, timedelta) else whole(found.step))
    if found.shortest or found.longest is not None:
        parts.append(counted(length(found), found.unit or unit))
    parts += [one.says for one in found.matches] + [one.says for one in found.passes]
    return ", ".join(parts)


def within(found: Bounds) -> str:
    """Say in a message what a number, a duration or a size must be within.

    Args:
        found: The bounds, at least one of them set.

    Returns:
        As "between 1 and 65535", "at least 1", "more than 0 and at most 1".
    """
    low, high = shown_bound(found, found.low), shown_bound(found, found.high)
    if low and high and not found.above and not found.below:
        return f"{low} or {high}" if _are_next(found.low, found.high) else f"between {low} and {high}"
    parts = [f"{'more than' if found.above else 'at least'} {low}"] if low else []
    parts += [f"{'less than' if found.below else 'at most'} {high}"] if high else []
    return " and ".join(parts)


def length(found: Bounds) -> str:
    """Say how many there must be.

    Args:
        found: The bounds, at least one of length set.

    Returns:
        As "1 to 10", "at least 1", "at most 10", "exactly 2".
    """
    if found.longest is None:
        return f"at least {found.shortest}"
    if not found.shortest:
        return f"at most {found.longest}"
    if found.shortest == found.longest:
        return f"exactly {found.longest}"
    return f"{found.shortest} {'or' if _are_next(found.shortest, found.longest) else 'to'} {found.longest}"


def counted(number: str, unit: str) -> str:
    """Put a unit behind a number or a range of numbers.

    Args:
        number: As "1 to 10", "at least 1".
        unit: What is counted, in the plural; may be empty.

    Returns:
        As "1 to 10 tasks", "at least 1 task".
    """
    one = re.fullmatch(r"(at least |exactly |at most )?1", number) and unit.endswith("s")
    return f"{number} {unit.removesuffix('s') if one else unit}".rstrip()


def _are_next(low: Any, high: Any) -> bool:
    # Of whole numbers, nothing lies between the two.
    return type(low) is int and type(high) is int and high - low == 1


def shown_bound(found: Bounds, value: Any) -> str:
    """Write a bound in the unit that people write.

    Args:
        found: The bounds that it is one of.
        value: The bound; None is empty.

    Returns:
        As "80", "15 minutes", or "128" where every value is a multiple of one MiB.
    """
    if value is None:
        return ""
    if isinstance(value, timedelta):
        return human(value)
    if isinstance(value, Bytes):
        return f"{value // found.step}" if found.step in _SIZES else human_size(value)
    return f"{value}"


def unit_of(found: Bounds) -> str:
    """Name the unit that bounds are shown in, where the bounds themselves do not say it."""
    return found.unit or (_SIZES.get(found.step, "") if isinstance(found.step, Bytes) else "")


def whole(step: Any) -> str:
    """Name what every value is a whole number of.

    Args:
        step: A number, `Bytes` or a `timedelta`.

    Returns:
        As "minutes", "MiB", "multiples of 4".
    """
    if isinstance(step, timedelta):
        return _STEPS.get(step, f"multiples of {human(step)}")
    return (
        f"multiples of {step}" if not isinstance(step, Bytes) else _SIZES.get(step, f"multiples of {human_size(step)}")
    )


def human(value: timedelta) -> str:
    """Write a duration as the CDK does.

    Args:
        value: The duration.

    Returns:
        As "1 minute 30 seconds".
    """
    left, parts = round(value.total_seconds() * 1000), []
    for unit, size in (("day", 86_400_000), ("hour", 3_600_000), ("minute", 60_000), ("second", 1000), ("milli", 1)):
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit if count == 1 else f'{unit}s'}")
    return " ".join(parts) or "0 seconds"


def human_size(value: int) -> str:
    """Write a size in the largest unit that it is a whole number of.

    Args:
        value: Bytes.

    Returns:
        As "512 MiB" or "1 byte".
    """
    for size, unit in reversed(_SIZES.items()):
        if value and not value % size:
            return f"{value // size} {unit}"
    return f"{value} {'byte' if value == 1 else 'bytes'}"


_STEPS = {
    timedelta(seconds=1): "seconds",
    timedelta(minutes=1): "minutes",
    timedelta(hours=1): "hours",
    timedelta(days=1): "days",
}
_SIZES = {2**10: "KiB", 2**20: "MiB", 2**30: "GiB"}
