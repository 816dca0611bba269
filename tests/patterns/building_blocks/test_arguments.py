"""What a construct refuses is one line in the argument's own name; tokens pass."""

import re
from typing import Any

import pytest
from aws_cdk import Duration, Size, Token
from hypothesis import given
from hypothesis import strategies as st

from patterns.building_blocks.arguments import (
    check_duration,
    check_environment,
    check_memory,
    check_one_of,
    check_range,
)

NUMBER, TEXT = Token.as_number({"Ref": "Number"}), Token.as_string({"Ref": "Text"})


@given(st.integers(1, 4096))
def test_a_number_within_the_range_passes(value: int) -> None:
    check_range("width", value, 1, 4096, "pixels")


@given(st.integers(max_value=0) | st.integers(min_value=4097))
def test_a_number_outside_the_range_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match=rf"^width must be between 1 and 4096 pixels, got {value}$"):
        check_range("width", value, 1, 4096, "pixels")


@pytest.mark.parametrize("value", [None, NUMBER, 0.0, 1.0], ids=["none", "token", "low", "high"])
def test_bounds_absence_and_tokens_pass(value: float | None) -> None:
    check_range("share", value, 0, 1)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_what_json_cannot_say_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=rf"^share must be between 0 and 1, got {value}$"):
        check_range("share", float(value), 0, 1)


@pytest.mark.parametrize("value", [None, TEXT, "a"], ids=["none", "token", "a"])
def test_one_of_the_allowed_passes(value: str | None) -> None:
    check_one_of("letter", value, ("b", "a"))


def test_another_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^letter must be one of a, b, got 'c'$"):
        check_one_of("letter", "c", ("b", "a"))


LOW, HIGH = Duration.minutes(1), Duration.hours(24)


@pytest.mark.parametrize(
    "value",
    [None, LOW, HIGH, Duration.seconds(61), Duration.seconds(NUMBER), Duration.millis(60_000)],
)
def test_durations_within_the_range_pass(value: Duration | None) -> None:
    check_duration("window", value, LOW, HIGH)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Duration.seconds(59), "window must be between 1 minute and 1 day, got 59 seconds"),
        (Duration.days(2), "window must be between 1 minute and 1 day, got 2 days"),
        (Duration.millis(90_500), "window must be whole seconds, got 90500 ms"),
    ],
)
def test_other_durations_are_refused(value: Duration, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check_duration("window", value, LOW, HIGH)


@pytest.mark.parametrize(
    "value", [None, Size.mebibytes(128), Size.gibibytes(10), Size.kibibytes(131_072), Size.mebibytes(NUMBER)]
)
def test_memories_that_lambda_offers_pass(value: Size | None) -> None:
    check_memory("memory", value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Size.mebibytes(127), "memory must be between 128 and 10240 MiB, got 127"),
        (Size.gibibytes(11), "memory must be between 128 and 10240 MiB, got 11264"),
        (Size.kibibytes(131_073), "memory must be whole MiB, got 131073 KiB"),
    ],
)
def test_other_memories_are_refused(value: Size, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check_memory("memory", value)


@pytest.mark.parametrize("value", [None, {}, {"OWN": "1"}, {"OWN": TEXT}])
def test_environment_variables_of_ones_own_pass(value: Any) -> None:
    check_environment("environment", value, {"TABLE_NAME"})


def test_environment_variables_that_are_taken_are_refused() -> None:
    said = "environment must not set QUEUE_URL, TABLE_NAME: the pattern sets it"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check_environment(
            "environment", {"TABLE_NAME": "t", "QUEUE_URL": "q", "OWN": "o"}, {"TABLE_NAME", "QUEUE_URL", "X"}
        )
