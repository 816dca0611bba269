"""What the intrinsic functions of a template give, and what stays unknown."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.testing.permissions.intrinsics import ABSENT, Resolver, Unresolved, described

NO_VALUE = {"Ref": "AWS::NoValue"}
CONDITIONS = {
    "Yes": {"Fn::Equals": ["a", {"Ref": "Name"}]},
    "No": {"Fn::Equals": ["b", {"Ref": "Name"}]},
    "Unknown": {"Fn::Equals": ["a", {"Fn::ImportValue": "x"}]},
    "Same": {"Condition": "Yes"},
    "NotNo": {"Fn::Not": [{"Condition": "No"}]},
    "NotUnknown": {"Fn::Not": [{"Condition": "Unknown"}]},
    "And": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "NotNo"}]},
    "AndNo": {"Fn::And": [{"Condition": "Unknown"}, {"Condition": "No"}]},
    "AndUnknown": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "Unknown"}]},
    "Or": {"Fn::Or": [{"Condition": "Unknown"}, {"Condition": "Yes"}]},
    "OrNo": {"Fn::Or": [{"Condition": "No"}, {"Fn::Not": [{"Condition": "Yes"}]}]},
    "OrUnknown": {"Fn::Or": [{"Condition": "No"}, {"Condition": "Unknown"}]},
    "Odd": {"Fn::Never": []},
}
MAPPINGS = {"Sizes": {"eu": {"small": 1, "large": [2, 3]}}}


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver(
        template={"Conditions": CONDITIONS, "Mappings": MAPPINGS},
        reference=lambda name: {"Name": "a", "Port": 80}.get(name, Unresolved(name)),
        attribute=lambda name, attribute: (
            f"{name}-{attribute}" if name == "Bucket" else Unresolved(f"{name}.{attribute}")
        ),
        exported=lambda name: "exported" if name == "e" else Unresolved(name),
        output=lambda stack, output: f"{stack}/{output}",
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        ("text", "text"),
        ("{{resolve:ssm:x}}", Unresolved("{{resolve:ssm:x}}")),
        ({"a": [{"Ref": "Name"}, NO_VALUE], "b": NO_VALUE}, {"a": ["a"]}),
        ({"Ref": "Name"}, "a"),
        (NO_VALUE, ABSENT),
        ({"Ref": "Name", "b": 1}, {"Ref": "Name", "b": 1}),
        ({"Refer": "Name"}, {"Refer": "Name"}),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, "Bucket-Arn"),
        ({"Fn::GetAtt": "Bucket.Sub.Arn"}, "Bucket-Sub.Arn"),
        ({"Fn::Join": ["-", ["a", 1, {"Ref": "Name"}]]}, "a-1-a"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Other"}]]}, Unresolved("a-Other")),
        ({"Fn::Sub": "${Name}/${Bucket.Arn}/${!Name}/${Port}"}, "a/Bucket-Arn/${Name}/80"),
        ({"Fn::Sub": "${ Name }"}, "a"),
        ({"Fn::Sub": "${Other}-x"}, Unresolved("${Other}-x")),
        ({"Fn::Sub": "${Other.Arn}-x"}, Unresolved("${Other.Arn}-x")),
        ({"Fn::Sub": ["${Given}-${Name}", {"Given": {"Ref": "Port"}}]}, "80-a"),
        ({"Fn::Sub": ["${Name}", {"Name": "given"}]}, "given"),
        ({"Fn::Sub": ["${G}", {"G": {"Ref": "Other"}}]}, Unresolved("${G}")),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["0", {"Fn::Split": ["-", "a-b"]}]}, "a"),
        ({"Fn::Select": [2, ["a", "b"]]}, Unresolved('{"Fn::Select": [2, ["a", "b"]]}')),
        ({"Fn::Select": ["x", ["a"]]}, Unresolved('{"Fn::Select": ["x", ["a"]]}')),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Sizes", "eu", "small"]}, 1),
        ({"Fn::FindInMap": ["Sizes", "eu", "large", {"DefaultValue": 9}]}, [2, 3]),
        ({"Fn::FindInMap": ["Sizes", "us", "small"]}, Unresolved('{"Fn::FindInMap": ["Sizes", "us", "small"]}')),
        ({"Fn::FindInMap": ["None", "eu", "small"]}, Unresolved('{"Fn::FindInMap": ["None", "eu", "small"]}')),
        ({"Fn::ImportValue": "e"}, "exported"),
        ({"Fn::ImportValue": {"Fn::Sub": "e"}}, "exported"),
        ({"Fn::GetStackOutput": {"StackName": "S", "OutputName": "O"}}, "S/O"),
        ({"Fn::ToJsonString": {"a": [{"Ref": "Name"}]}}, '{"a": ["a"]}'),
        ({"Fn::ToJsonString": [1]}, "[1]"),
        ({"Fn::Base64": "x"}, Unresolved('{"Fn::Base64": "x"}')),
        ({"Fn::If": ["Yes", "y", "n"]}, "y"),
        ({"Fn::If": ["No", "y", {"Ref": "Name"}]}, "a"),
        ({"Fn::If": ["Unknown", "y", "n"]}, Unresolved('{"Fn::If": ["Unknown", "y", "n"]}')),
        ({"Fn::If": ["No", "y", NO_VALUE]}, ABSENT),
    ],
)
def test_what_a_value_is(resolver: Resolver, value: Any, expected: Any) -> None:
    assert resolver.resolve(value) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(dict.fromkeys(["Yes", "Same", "NotNo", "And", "Or"], True).items()),
        *(dict.fromkeys(["No", "AndNo", "OrNo"], False).items()),
        *(dict.fromkeys(["Unknown", "NotUnknown", "AndUnknown", "OrUnknown", "Odd", "Missing"]).items()),
    ],
)
def test_whether_a_condition_holds(resolver: Resolver, name: str, expected: bool | None) -> None:
    assert resolver.condition(name) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", "text"),
        (Unresolved("x"), "x"),
        ({"Ref": "A"}, "A"),
        ({"Fn::GetAtt": ["A", "Arn"]}, "A.Arn"),
        ({"Fn::GetAtt": "A.Arn"}, "A.Arn"),
        ({"Fn::Join": ["/", [{"Fn::GetAtt": ["A", "Arn"]}, "*"]]}, "A.Arn/*"),
        ({"Fn::Sub": "${A}/*"}, "${A}/*"),
        ({"Fn::Sub": ["${A}", {"A": 1}]}, "${A}"),
        ({"Fn::ImportValue": {"Fn::Sub": "e"}}, "e"),
        ({"Fn::GetStackOutput": {"StackName": "S", "OutputName": "O"}}, "S.O"),
        ({"b": 1, "a": [None]}, '{"a": [null], "b": 1}'),
        (True, "true"),
        (ABSENT, f'"{ABSENT}"'),
    ],
)
def test_how_people_read_it(value: Any, expected: str) -> None:
    assert described(value) == expected
