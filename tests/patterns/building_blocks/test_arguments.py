"""What a construct refuses is one line in the argument's own name; tokens pass."""

import re
from typing import Any

import pytest
from aws_cdk import CfnParameter, Stack, Token
from hypothesis import given
from hypothesis import strategies as st

from patterns.building_blocks.arguments import (
    check_environment,
    check_environment_size,
    check_json,
    check_keys,
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


@pytest.mark.parametrize("value", [None, {}, {"OWN": "1"}, {"OWN": TEXT}])
def test_environment_variables_of_ones_own_pass(value: Any) -> None:
    check_environment("environment", value, {"TABLE_NAME"})


def test_environment_variables_that_are_taken_are_refused() -> None:
    said = "environment must not set QUEUE_URL, TABLE_NAME: the pattern sets it"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check_environment(
            "environment", {"TABLE_NAME": "t", "QUEUE_URL": "q", "OWN": "o"}, {"TABLE_NAME", "QUEUE_URL", "X"}
        )


def test_environment_variables_that_are_too_large_together_are_refused() -> None:
    check_environment_size("environment", {"A1": "x" * 4089, "TOPIC": TEXT})
    said = "environment must have at most 4096 bytes of names and values in all, with what the pattern sets, got 4097"
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check_environment_size("environment", {"A1": "x" * 4093, "B2": ""})


@pytest.mark.parametrize("value", ["\ud800", {"a": ["\ud800"]}, {"\ud800": 1}])
def test_half_a_character_is_no_json(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^payload must be JSON in UTF-8: surrogates not allowed$"):
        check_json("payload", value)


def test_what_is_nested_without_end_is_no_json() -> None:
    value: Any = []
    for _ in range(200_000):
        value = [value]
    with pytest.raises(ValueError, match=r"^payload must be JSON that is not nested so deeply$"):
        check_json("payload", value)


def test_a_number_that_only_a_deployment_knows_is_no_json() -> None:
    stack = Stack()
    number = CfnParameter(stack, "Number", type="Number").value_as_number
    check_json("payload", {"text": CfnParameter(stack, "Text").value_as_string, "number": -1.8881545897087503e289})
    for value in ({"a": number}, {"a": [{"b": number}]}):
        with pytest.raises(ValueError, match=r"^payload must be JSON whose numbers are known"):
            check_json("payload", value)


def test_keys_that_only_a_deployment_knows_are_refused_at_any_depth() -> None:
    text = CfnParameter(Stack(), "Text").value_as_string
    check_keys("schema", {"a": [text, {"${b}": text}]})
    for value in ({text: 1}, {"a": [{f"b{text}": 1}]}):
        with pytest.raises(ValueError, match=r"^schema must have keys that are known when the template is made"):
            check_keys("schema", value)
