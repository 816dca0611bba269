"""Settings by their names, wherever they stand: what a value may turn out to be, and what is less than it was."""

from __future__ import annotations

import enum
from typing import Any

import pytest

from patternkit.upgrade.settings import (
    ABSENT,
    Path,
    flag,
    is_function,
    items,
    lowered,
    mappings,
    named,
    possible,
    shown,
    words,
)

NO_VALUE = {"Ref": "AWS::NoValue"}


def either(yes: Any, no: Any) -> dict[str, Any]:
    return {"Fn::If": ["C", yes, no]}


class Size(enum.IntEnum):
    S, M, L = 1, 2, 3


def size(path: Path, value: Any) -> float | None:
    """The level of a setting that is named "size"; what is not there is small."""
    if path[-1].lower() != "size":
        return None
    return Size.S if value is ABSENT else Size[value] if isinstance(value, str) else None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SSEEnabled", ("sse", "enabled")),
        ("KMSMasterKeyID", ("kms", "master", "key", "id")),
        ("EnforceHTTPS", ("enforce", "https")),
        ("TLSv12", ("tl", "sv", "12")),
        ("encrypted", ("encrypted",)),
        ("ttl2Days", ("ttl", "2", "days")),
    ],
)
def test_the_words_of_a_name(name: str, expected: tuple[str, ...]) -> None:
    assert words(name) == expected


def test_what_a_value_may_turn_out_to_be() -> None:
    assert list(possible(either(1, either(NO_VALUE, [2])))) == [1, ABSENT, [2]]
    assert list(possible({"Ref": "Other"})) == [{"Ref": "Other"}]
    assert list(possible({"Fn::If": ["C", 1]})) == [{"Fn::If": ["C", 1]}]
    assert items(either([1, either(2, NO_VALUE)], NO_VALUE)) == [1, 2]
    assert items(None) == []
    assert items("one") == ["one"]
    assert items([[1]]) == [[1]]
    assert mappings([{"a": 1}, "b", either({"c": 2}, NO_VALUE)]) == [{"a": 1}, {"c": 2}]


def test_what_is_only_known_at_deployment() -> None:
    for function in ({"Ref": "P"}, {"Fn::Sub": "x"}, {"Fn::GetAtt": ["A", "B"]}):
        assert is_function(function)
        assert flag(function) == 0.5
    for value in ({}, {"Key": 1}, {"Ref": "P", "Key": 1}, "Ref", None, ["Ref"], {1: 2}):
        assert not is_function(value)
    assert [flag(one) for one in (True, "true", "True")] == [1, 1, 1]
    assert [flag(one) for one in (False, "false", "False", None, ABSENT, "yes")] == [0] * 6


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ABSENT, "not set"),
        (True, "true"),
        (False, "false"),
        (7, "7"),
        ({"Ref": "P"}, "P"),
        ("a\nb", "'a\\nb'"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 77 + "..."),
    ],
)
def test_a_value_in_a_line(value: Any, expected: str) -> None:
    assert shown(value) == expected


def test_a_path_as_people_write_it() -> None:
    assert named(("Rules", "*", "Days")) == "Rules[].Days"
    assert named(("A", "*", "*", "B")) == "A[][].B"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"Size": "M"}, {"Size": "M"}, []),
        ({"Size": "M"}, {"Size": "L"}, []),
        ({"Size": "S"}, {}, []),
        ({}, {"Size": "L"}, []),
        ({"Size": "L"}, {"Size": "M"}, [("Size", "L", "M")]),
        ({"Size": "L"}, {}, [("Size", "L", ABSENT)]),
        ({"Size": "M"}, {"Size": NO_VALUE}, [("Size", "M", ABSENT)]),
        ({"In": {"Size": "M"}}, {"In": {}}, [("In.Size", "M", ABSENT)]),
        ({"In": {"Size": "M"}}, {}, [("In.Size", "M", ABSENT)]),
        # What could be so small already, and still can be.
        ({"In": either({"Size": "M"}, {"Size": "L"})}, {"In": {"Size": "M"}}, []),
        ({"In": either({"Size": "M"}, {"Size": "L"})}, {}, []),
        ({"In": {"Size": "L"}}, {"In": either({"Size": "L"}, {"Size": "M"})}, [("In.Size", "L", "M")]),
        ({"In": {"Size": either("L", "S")}}, {"In": {"Size": "S"}}, []),
        ({"All": [{"Size": "L"}, {"Size": "M"}]}, {"All": [{"Size": "M"}, {"Size": "M"}]}, [("All[].Size", "L", "M")]),
        ({"All": [{"Size": "L"}, {"Size": "M"}]}, {"All": [{"Size": "M"}, {"Size": "L"}]}, []),
        ({"All": [{"Size": "L"}]}, {"All": []}, []),
        ({"All": [{"Size": "L"}]}, {"All": [{"Size": "L"}, {"Size": "S"}]}, [("All[].Size", "L", "S")]),
        ({"All": [{"Size": "L"}]}, {"All": [{"Size": "L"}, {}]}, [("All[].Size", "L", ABSENT)]),
        # Of several that are equally small the first is told, whatever they are.
        ({"All": [{"Size": "L"}, {"Size": "L"}]}, {"All": [{"Size": "S"}, {}]}, [("All[].Size", "L", "S")]),
        ({"All": [{"Size": "L"}, {"Size": "L"}]}, {"All": [{}, {"Size": "S"}]}, [("All[].Size", "L", ABSENT)]),
        ({"All": [["x", {"Size": "L"}]]}, {"All": [["x", {"Size": "S"}]]}, [("All[][].Size", "L", "S")]),
        # What stands in a list on one side only, and beside it what is no mapping.
        ({"All": [{"Size": "L"}, 7]}, {"All": {"Size": "S"}}, []),
        ({"Size": {"Ref": "P"}}, {"Size": "S"}, []),
        ({"Fn": {"Ref": "Size"}}, {"Fn": {"Ref": "size"}}, []),
    ],
)
def test_what_is_less_than_it_was(before: Any, after: Any, expected: list[tuple[str, Any, Any]]) -> None:
    assert [(named(path), was, now) for path, was, now in lowered(before, after, size)] == expected


def test_of_what_is_told_nothing_within_is_told_again() -> None:
    def level(path: Path, value: Any) -> float | None:
        return None if path[-1] not in ("Outer", "Inner") else 0 if value is ABSENT else 1

    old = {"Outer": {"Inner": 1}, "Other": {"Inner": 1}}
    assert [named(path) for path, _, _ in lowered(old, {"Other": {}}, level)] == ["Outer", "Other.Inner"]


def test_what_is_on_unless_it_is_said() -> None:
    def level(path: Path, value: Any) -> float | None:
        return None if path[-1] != "Off" else 0 if value is True else 1

    assert list(lowered({}, {"Off": True}, level)) == [(("Off",), ABSENT, True)]
    assert list(lowered({"In": {}}, {"In": {"Off": True}}, level)) == [(("In", "Off"), ABSENT, True)]
    assert list(lowered({"In": [{}]}, {"In": [{"Off": True}]}, level)) == [(("In", "*", "Off"), ABSENT, True)]
    # Nothing is there yet that could be off.
    assert list(lowered({"In": []}, {"In": [{"Off": True}]}, level)) == []


def test_of_several_that_are_equally_strong_the_first_is_told() -> None:
    def level(path: Path, value: Any) -> float | None:
        return None if path[-1] != "On" else 0 if value is ABSENT else 1

    later = {"Ref": "P"}
    for first, second in ((later, "yes"), ("yes", later)):
        old = {"All": [{"On": first}, {"On": second}]}
        assert list(lowered(old, {"All": [{}, {"On": "yes"}]}, level)) == [(("All", "*", "On"), first, ABSENT)]
