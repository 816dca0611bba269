"""What a construct refuses is one line in the argument's own name; tokens pass."""

import re
from typing import Any

import pytest
from aws_cdk import CfnParameter, Duration, Size, Stack, Token
from hypothesis import given
from hypothesis import strategies as st

from patterns.building_blocks.arguments import (
    check_environment,
    check_environment_size,
    check_json,
    check_keys,
    check_known,
    check_range,
    is_number_token,
    shown,
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
        with pytest.raises(
            ValueError, match=r"^payload must be JSON whose numbers are known when the template is made, got a token$"
        ):
            check_json("payload", value)


def test_keys_that_only_a_deployment_knows_are_refused_at_any_depth() -> None:
    text = CfnParameter(Stack(), "Text").value_as_string
    check_keys("schema", {"a": [text, {"${b}": text}]})
    for value in ({text: 1}, {"a": [{f"b{text}": 1}]}):
        with pytest.raises(
            ValueError, match=r"^schema must have keys that are known when the template is made, got a token$"
        ):
            check_keys("schema", value)


@pytest.mark.parametrize("unit", ["", "pixels"])
@pytest.mark.parametrize("value", [0.9, 5.1, -1])
def test_a_range_is_said_with_its_unit(value: float, unit: str) -> None:
    check_range("width", 1, 1, 5, unit)
    check_range("width", 5, 1, 5, unit)
    allowed = f"1 and 5 {unit}" if unit else "1 and 5"
    with pytest.raises(ValueError, match=f"^width must be between {allowed}, got {value}$"):
        check_range("width", value, 1, 5, unit)


def test_only_the_token_of_a_number_is_one() -> None:
    assert is_number_token(NUMBER)
    # The last is of a token's form, and stands for none.
    others = (TEXT, 5, 5.5, None, float("inf"), float("nan"), -1.8881545897087503e289)
    assert [is_number_token(one) for one in others] == [False] * len(others)


@pytest.mark.parametrize(
    "value", [None, 5, "own", Duration.minutes(1), Size.mebibytes(1)], ids=lambda value: type(value).__name__
)
def test_what_is_known_passes(value: Any) -> None:
    check_known("width", value, "the number of stacks")


@pytest.mark.parametrize("kind", [float, str, Duration.minutes, Size.mebibytes], ids=["float", "str", "time", "size"])
def test_what_only_a_deployment_knows_is_refused_where_the_template_depends_on_it(kind: Any) -> None:
    value = TEXT if kind is str else kind(NUMBER)
    said = "width must be known when the template is made, got a token: the number of stacks depends on it"
    with pytest.raises(ValueError, match=f"^{said}$"):
        check_known("width", value, "the number of stacks")


@pytest.mark.parametrize("value", [None, 5, "\u00e4", {"a": [1, (2, {"b": None})]}, [True]])
def test_json_passes(value: Any) -> None:
    check_json("payload", value)
    check_keys("payload", value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "Out of range float values are not JSON compliant"),
        ({"a": float("inf")}, "Out of range float values are not JSON compliant"),
        ({"a": {1}}, "Object of type set is not JSON serializable"),
        ({(1,): 1}, "keys must be str, int, float, bool or None, not tuple"),
    ],
)
def test_what_is_no_json_is_refused_with_the_reason(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^payload must be JSON: {re.escape(said)}"):
        check_json("payload", value)


# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime, but _HANDLER
# and _X_AMZN_TRACE_ID, which are no names of one's own, and TZ, LANG and PATH, which may be set.
RESERVED = [
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
]


@pytest.mark.parametrize("name", RESERVED)
def test_what_lambda_sets_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"^environment must not set {name}: AWS Lambda sets it$"):
        check_environment("environment", {"OWN": "1", name: "1"})


@pytest.mark.parametrize("name", ["", "A", "1A", "_A", "A-B", "A B", "\u00c4A", "A1\n"])
def test_a_malformed_name_of_a_variable_is_refused(name: str) -> None:
    said = "environment must name variables with a letter and one or more letters, digits and underscores, got "
    with pytest.raises(ValueError, match=f"^{re.escape(said + repr(name))}$"):
        check_environment("environment", {"OWN": "1", name: "1"})


@pytest.mark.parametrize("name", ["AB", "a1", "Z_", "TZ", "PATH", "AWS_OWN"])
def test_another_name_passes(name: str) -> None:
    check_environment("environment", {name: "1"}, {"OWN"})


def test_bytes_of_variables_are_counted_and_none_of_tokens() -> None:
    said = "environment must have at most 4096 bytes of names and values in all, with what the pattern sets, got 4098"
    check_environment_size("environment", {"AB": "\u00e4" * 2047})
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        check_environment_size("environment", {"AB": "\u00e4" * 2048})


@pytest.mark.parametrize(("given", "said"), [("a b", "a b"), ("\u00e4", "\u00e4"), ("a\nb", "'a\\nb'"), ("", "")])
def test_what_is_shown_is_one_line(given: str, said: str) -> None:
    assert shown(given) == said
