"""A snapshot's file is JSON that people read: nothing is lost in it, and a difference is a JSON Patch."""

import copy
import json
from typing import Any

import jsonpatch
from hypothesis import given
from hypothesis import strategies as st

from patternkit.testing.snapshot_layout import WIDTH, laid_out, patch, same

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text(alphabet="ab/~0", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="ab/~1é", max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON)
def test_what_is_laid_out_is_read_back_and_laid_out_the_same(value: Any) -> None:
    text = laid_out(value)
    assert same(json.loads(text), value)
    assert laid_out(json.loads(text)) == text


@given(JSON, JSON)
def test_a_patch_makes_the_one_from_the_other_and_is_empty_only_for_equals(one: Any, other: Any) -> None:
    operations = patch(one, other)
    assert same(jsonpatch.apply_patch(copy.deepcopy(one), operations), other)
    assert (operations == []) == same(one, other)


def test_resources_are_written_out_and_what_is_short_within_stands_on_a_line() -> None:
    role = {"Ref": "Role"}
    long = {"Fn::Join": ["", [f"{number}{'x' * 20}" for number in range(5)]]}
    template = {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Role": role, "Long": long}}}}
    assert laid_out(template).splitlines() == [
        "{",
        '  "Resources": {',
        '    "F": {',
        '      "Properties": {',
        '        "Long": {',
        '          "Fn::Join": [',
        '            "",',
        "            [",
        *(f'              "{number}{"x" * 20}"{"," if number < 4 else ""}' for number in range(5)),
        "            ]",
        "          ]",
        "        },",
        '        "Role": {"Ref": "Role"}',
        "      },",
        '      "Type": "AWS::Lambda::Function"',
        "    }",
        "  }",
        "}",
    ]


def test_no_line_is_wider_than_it_may_be_with_its_comma() -> None:
    for length in range(WIDTH - 20):
        assert max(map(len, laid_out([["x" * length, 1], 1]).splitlines())) <= WIDTH
