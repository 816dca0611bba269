"""What stands beside a type is read whole, and said as people say it, on pages and in messages."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from annotated_types import Ge, Gt, Interval, Le, Len, Lt, MaxLen, MinLen, MultipleOf, Predicate, Unit

from patterns.building_blocks.bounds import (
    Bounds,
    Bytes,
    Known,
    Matches,
    Passes,
    Repeats,
    allowed,
    bounds,
    counted,
    gibibytes,
    human,
    human_size,
    kibibytes,
    length,
    mebibytes,
    shown_bound,
    unit_of,
    whole,
    within,
)

SMALL = Matches(r"[a-z]\d*", "a small letter and digits")
SHORT = Matches(r".{1,3}", "up to 3 characters")


def every(step: Any) -> MultipleOf:
    """A step of bytes, of which the type says that they may be divided by any number."""
    return MultipleOf(step)


def refuse_odd(argument: str, value: int) -> None:
    if argument != "value" or value % 2:
        raise ValueError(f"{argument} must be even, got {value}")


EVEN, ANY = Passes(refuse_odd, "even numbers"), Passes(lambda _, value: value, "anything")


def test_nothing_is_bound_until_it_is_said() -> None:
    found = Bounds()
    assert {name: getattr(found, name) for name in Bounds.__slots__} == {
        "low": None,
        "above": False,
        "high": None,
        "below": False,
        "step": None,
        "unit": "",
        "shortest": 0,
        "longest": None,
        "matches": (),
        "passes": (),
        "passes_in": (),
        "known": None,
        "repeats": False,
    }
    assert all(getattr(found, name) is False for name in ("above", "below", "repeats"))


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ([Ge(1)], {"low": 1}),
        ([Gt(1)], {"low": 1, "above": True}),
        ([Le(9)], {"high": 9}),
        ([Lt(9)], {"high": 9, "below": True}),
        ([Gt(1), Ge(2)], {"low": 2}),
        ([Lt(9), Le(8)], {"high": 8}),
        ([Interval(gt=1, lt=9)], {"low": 1, "above": True, "high": 9, "below": True}),
        ([MultipleOf(4)], {"step": 4}),
        ([Unit("tasks")], {"unit": "tasks"}),
        ([MinLen(1)], {"shortest": 1}),
        ([MaxLen(2)], {"longest": 2}),
        ([Len(1, 2)], {"shortest": 1, "longest": 2}),
        ([SMALL, SHORT], {"matches": (SMALL, SHORT)}),
        ([EVEN, ANY], {"passes": (EVEN, ANY)}),
        ([Known("the ids")], {"known": Known("the ids")}),
        ([Repeats()], {"repeats": True}),
    ],
)
def test_each_word_says_one_thing_and_takes_nothing_back(metadata: list[Any], said: dict[str, Any]) -> None:
    assert bounds(metadata) == Bounds(**said)
    before: dict[str, Any] = {"unit": "parts"} if "unit" not in said else {"step": 2}
    words = [Unit("parts")] if "unit" not in said else [MultipleOf(2)]
    assert bounds([*words, *metadata]) == bounds([*metadata, *words]) == Bounds(**before, **said)


@pytest.mark.parametrize("one", [Predicate(bool), "1 to 10", 5])
def test_what_would_be_ignored_is_a_mistake(one: Any) -> None:
    with pytest.raises(TypeError) as mistake:
        bounds([Ge(1), one])
    assert str(mistake.value) == f"{one!r} is no bound: see patterns/building_blocks/bounds.py"


def test_what_hypothesis_draws_from_is_what_passes() -> None:
    (matches,), (passes,) = SMALL, EVEN
    assert [isinstance(one, Predicate) for one in (matches, passes)] == [True, True]
    assert bool(matches.func("a12"))  # type: ignore[attr-defined]
    # As a whole, and of ASCII.
    assert [bool(matches.func(one)) for one in ("", "aa", "a1b", "a\u0661")] == [False] * 4  # type: ignore[attr-defined]
    assert [passes.func(one) for one in (2, 3)] == [True, False]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "size", "said"),
    [
        (kibibytes(3), 3072, "3 KiB"),
        (mebibytes(3), 3_145_728, "3 MiB"),
        (gibibytes(3), 3_221_225_472, "3 GiB"),
        (mebibytes(2048), 2_147_483_648, "2 GiB"),
        (Bytes(0), 0, "0 bytes"),
        (Bytes(1), 1, "1 byte"),
        (Bytes(2), 2, "2 bytes"),
        (Bytes(1025), 1025, "1025 bytes"),
    ],
)
def test_a_size_is_said_in_the_largest_unit_that_it_is_whole_of(value: Bytes, size: int, said: str) -> None:
    assert (type(value), int(value), human_size(value)) == (Bytes, size, said)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (timedelta(0), "0 seconds"),
        (timedelta(milliseconds=1), "1 milli"),
        (timedelta(milliseconds=999), "999 millis"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=59), "59 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=23), "23 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=8), "8 days"),
        (timedelta(1, 30, 0, 5, minutes=1, hours=2), "1 day 2 hours 1 minute 30 seconds 5 millis"),
    ],
)  # fmt: skip
def test_a_duration_is_said_as_the_cdk_says_it(value: timedelta, said: str) -> None:
    assert human(value) == said


@pytest.mark.parametrize(
    ("metadata", "page", "message"),
    [
        ([Interval(ge=1, le=9)], "1 to 9", "between 1 and 9"),
        ([Interval(ge=0, le=0)], "0 to 0", "between 0 and 0"),
        ([Interval(ge=1, le=2)], "1 or 2", "1 or 2"),
        ([Interval(ge=1, le=3)], "1 to 3", "between 1 and 3"),
        ([Interval(ge=1.0, le=2)], "1.0 to 2", "between 1.0 and 2"),
        ([Interval(ge=1, le=2.0)], "1 to 2.0", "between 1 and 2.0"),
        ([Interval(gt=1, le=2)], "more than 1 and at most 2", "more than 1 and at most 2"),
        ([Interval(ge=1, lt=2)], "at least 1 and less than 2", "at least 1 and less than 2"),
        ([Interval(gt=1, lt=2)], "more than 1 and less than 2", "more than 1 and less than 2"),
        ([Ge(1)], "at least 1", "at least 1"),
        ([Le(1)], "at most 1", "at most 1"),
        ([Interval(ge=timedelta(0), le=timedelta(hours=1))], "0 seconds to 1 hour", "between 0 seconds and 1 hour"),
        ([Interval(ge=kibibytes(1), le=kibibytes(3))], "1 KiB to 3 KiB", "between 1 KiB and 3 KiB"),
    ],
)  # fmt: skip
def test_pages_and_messages_say_what_is_within(metadata: list[Any], page: str, message: str) -> None:
    found = bounds(metadata)
    assert (allowed(found), within(found)) == (page, message)


@pytest.mark.parametrize(
    ("metadata", "page"),
    [
        ([Interval(ge=1, le=1), Unit("tasks")], "1 to 1 tasks"),
        ([Ge(1), Unit("tasks")], "at least 1 task"),
        ([Le(1), Unit("tasks")], "at most 1 task"),
        ([Gt(0), Le(2), Unit("tasks"), MultipleOf(2)], "more than 0 and at most 2 tasks, multiples of 2"),
        ([Ge(timedelta(days=1)), MultipleOf(timedelta(hours=1))], "at least 1 day, whole hours"),
        ([MultipleOf(timedelta(seconds=1))], "whole seconds"),
        ([MultipleOf(timedelta(minutes=1))], "whole minutes"),
        ([MultipleOf(timedelta(days=1))], "whole days"),
        ([MultipleOf(timedelta(minutes=5))], "whole multiples of 5 minutes"),
        ([MultipleOf(3)], "multiples of 3"),
        ([Interval(ge=mebibytes(1), le=mebibytes(2)), every(mebibytes(1))], "1 to 2 MiB"),
        ([Ge(gibibytes(1)), every(gibibytes(1))], "at least 1 GiB"),
        ([Le(kibibytes(64)), every(kibibytes(1))], "at most 64 KiB"),
        ([Le(kibibytes(64)), every(kibibytes(2))], "at most 64 KiB"),
        ([Len(0, 3)], "at most 3 of them"),
        ([Len(2)], "at least 2 of them"),
        ([MaxLen(1), Unit("zones")], "at most 1 zone"),
        ([Len(1, 1), Unit("zones")], "exactly 1 zone"),
        ([Len(2, 3), SMALL, EVEN], "2 or 3 of them, a small letter and digits, even numbers"),
    ],
)
def test_a_page_says_all_that_is_allowed(metadata: list[Any], page: str) -> None:
    assert allowed(bounds(metadata)) == page


def test_a_page_says_what_a_length_counts_where_the_bounds_do_not() -> None:
    assert allowed(bounds([Len(1, 1)]), "characters") == "exactly 1 character"
    assert allowed(bounds([Len(1, 1), Unit("names")]), "characters") == "exactly 1 name"


@pytest.mark.parametrize(
    ("shortest", "longest", "said"),
    [
        (0, None, "at least 0"),
        (1, None, "at least 1"),
        (0, 5, "at most 5"),
        (2, 2, "exactly 2"),
        (1, 2, "1 or 2"),
        (1, 3, "1 to 3"),
    ],
)
def test_a_length_is_said(shortest: int, longest: int | None, said: str) -> None:
    assert length(Bounds(shortest=shortest, longest=longest)) == said


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        ("1", "tasks", "1 task"),
        ("at least 1", "tasks", "at least 1 task"),
        ("at most 1", "tasks", "at most 1 task"),
        ("exactly 1", "tasks", "exactly 1 task"),
        ("1", "MiB", "1 MiB"),
        ("11", "tasks", "11 tasks"),
        ("0 to 1", "tasks", "0 to 1 tasks"),
        ("1 to 10", "", "1 to 10"),
    ],
)
def test_a_number_is_said_with_its_unit(number: str, unit: str, said: str) -> None:
    assert counted(number, unit) == said


@pytest.mark.parametrize(
    ("step", "value", "said", "unit"),
    [
        (None, None, "", ""),
        (None, 0, "0", ""),
        (None, 80, "80", ""),
        (None, timedelta(minutes=15), "15 minutes", ""),
        (mebibytes(1), mebibytes(128), "128", "MiB"),
        (gibibytes(1), gibibytes(2), "2", "GiB"),
        (mebibytes(4), mebibytes(128), "128 MiB", ""),
        (None, mebibytes(128), "128 MiB", ""),
        (1024, 5, "5", ""),
    ],
)
def test_a_bound_is_shown_in_the_unit_of_its_step(step: Any, value: Any, said: str, unit: str) -> None:
    found = Bounds(step=step)
    assert (shown_bound(found, value), unit_of(found)) == (said, unit)
    assert unit_of(Bounds(step=step, unit="parts")) == "parts"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (timedelta(seconds=1), "seconds"),
        (timedelta(minutes=1), "minutes"),
        (timedelta(hours=1), "hours"),
        (timedelta(days=1), "days"),
        (timedelta(days=7), "multiples of 7 days"),
        (kibibytes(1), "KiB"),
        (mebibytes(1), "MiB"),
        (gibibytes(1), "GiB"),
        (mebibytes(4), "multiples of 4 MiB"),
        (4, "multiples of 4"),
        (1024, "multiples of 1024"),
    ],
)
def test_a_step_is_said(step: Any, said: str) -> None:
    assert whole(step) == said


def test_a_bound_is_a_value_that_is_compared_and_cached() -> None:
    words: Sequence[Any] = (SMALL, EVEN, Known("the ids"), Repeats(), Bounds(low=1))
    assert len({*words, *words}) == len(words)
