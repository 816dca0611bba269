"""The shape of a template: everything that CloudFormation takes passes, everything else is one line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from patternkit.templates import TemplateError, as_template
from patternkit.templates.functions import are_sound, check_values
from tests.conftest import ROOT

SNAPSHOTS = sorted((ROOT / "tests").rglob("snapshots/*agnostic*.json"))


def template(**resource: Any) -> dict[str, Any]:
    return {"Resources": {"A": {"Type": "AWS::X::Y", **resource}}}


def with_value(value: Any) -> dict[str, Any]:
    return template(Properties={"Name": {"Inner": [value]}})


def test_each_pattern_is_a_template() -> None:
    held = [json.loads(path.read_text(encoding="utf-8")) for path in SNAPSHOTS]
    templates = [one for one in held if "Resources" in one]
    assert len(templates) > 25
    for one in templates:
        as_template(one, "t")
        assert are_sound([resource.get("Properties", {}) for resource in one["Resources"].values()])


DAMAGED = {
    "no mapping": [],
    "no resources": {},
    "a list of resources": {"Resources": []},
    "a resource that is a text": {"Resources": {"A": "x"}},
    "no type": {"Resources": {"A": {}}},
    "a type that is a number": template(Type=1),
    "properties as text": template(Properties="x"),
    "null properties": template(Properties=None),
    "metadata as a list": template(Metadata=[]),
    "an update policy as text": template(UpdatePolicy="x"),
    "DependsOn a mapping": template(DependsOn={"Ref": "B"}),
    "DependsOn a list of numbers": template(DependsOn=[1]),
    "DependsOn null": template(DependsOn=None),
    "a condition that is true": template(Condition=True),
    "a deletion policy that is a list": template(DeletionPolicy=["Retain"]),
    "parameters as text": {**template(), "Parameters": "x"},
    "a parameter as text": {**template(), "Parameters": {"P": "String"}},
    "a parameter's default as a list": {**template(), "Parameters": {"P": {"Type": "String", "Default": []}}},
    "a parameter's type as a number": {**template(), "Parameters": {"P": {"Type": 1}}},
    "a condition as text": {**template(), "Conditions": {"C": "x"}},
    "a mapping as text": {**template(), "Mappings": {"M": "x"}},
    "a mapping's row as text": {**template(), "Mappings": {"M": {"a": "x"}}},
    "an output as text": {**template(), "Outputs": {"O": "x"}},
    "an output without value": {**template(), "Outputs": {"O": {}}},
    "an export as text": {**template(), "Outputs": {"O": {"Value": "x", "Export": "x"}}},
    "a transform as a number": {**template(), "Transform": 1},
    "a transform in a transform": {**template(), "Transform": [["x"]]},
    "null": with_value(None),
    "NaN": with_value(float("nan")),
    "infinity": with_value(float("inf")),
    "a number without end": with_value(10**400),
    "half a character": with_value("\ud800"),
    "half a character in a logical id": {"Resources": {"\ud800": {"Type": "T", "Properties": {"a": None}}}},
    "a set": with_value({1, 2}),
    "bytes": with_value(b"x"),
    "a key that is a number": with_value({1: 2}),
    "Ref a list": with_value({"Ref": ["A"]}),
    "Ref true": with_value({"Ref": True}),
    "GetAtt one text": with_value({"Fn::GetAtt": ["A"]}),
    "GetAtt a mapping": with_value({"Fn::GetAtt": {"A": "B"}}),
    "GetAtt without attribute": with_value({"Fn::GetAtt": "A"}),
    "Sub a number": with_value({"Fn::Sub": 1}),
    "Sub an empty list": with_value({"Fn::Sub": []}),
    "Sub with variables as text": with_value({"Fn::Sub": ["x", "y"]}),
    "Join text": with_value({"Fn::Join": "x"}),
    "Join three": with_value({"Fn::Join": ["", [], []]}),
    "Join a number": with_value({"Fn::Join": [1, []]}),
    "Select one": with_value({"Fn::Select": [0]}),
    "Select of text": with_value({"Fn::Select": [0, "x"]}),
    "Split a number": with_value({"Fn::Split": [",", 1]}),
    "If two": with_value({"Fn::If": ["C", 1]}),
    "If a mapping": with_value({"Fn::If": {"C": 1}}),
    "If with a list as condition": with_value({"Fn::If": [[], 1, 2]}),
    "FindInMap two": with_value({"Fn::FindInMap": ["M", "a"]}),
    "FindInMap lists": with_value({"Fn::FindInMap": [[], [], []]}),
    "Cidr text": with_value({"Fn::Cidr": "x"}),
    "ImportValue a list": with_value({"Fn::ImportValue": []}),
    "Base64 a list": with_value({"Fn::Base64": []}),
    "GetAZs a list": with_value({"Fn::GetAZs": []}),
    "Transform text": with_value({"Fn::Transform": "x"}),
    "Equals one": {**template(), "Conditions": {"C": {"Fn::Equals": [1]}}},
    "Not two": {**template(), "Conditions": {"C": {"Fn::Not": [{"Condition": "A"}, {"Condition": "B"}]}}},
    "And of text": {**template(), "Conditions": {"C": {"Fn::And": ["A", "B"]}}},
    "Or a mapping": {**template(), "Conditions": {"C": {"Fn::Or": {"Condition": "A"}}}},
}


@pytest.mark.parametrize("value", DAMAGED.values(), ids=DAMAGED)
def test_what_is_no_template_is_one_line(value: Any) -> None:
    with pytest.raises(TemplateError) as raised:
        as_template(value, "file")
    assert str(raised.value).startswith("file")
    assert len(str(raised.value).splitlines()) == 1
    str(raised.value).encode()


def test_what_contains_itself() -> None:
    circle: dict[str, Any] = {}
    circle["Inner"] = [circle]
    for value in (template(Properties=circle), template(Metadata=circle), template(DependsOn="B", Properties=circle)):
        with pytest.raises(TemplateError, match="nested too deeply"):
            as_template(value, "file")


@pytest.mark.parametrize(
    "value",
    [
        {"Resources": {}},
        template(DependsOn="B", Condition="C", DeletionPolicy={"Fn::If": ["C", "Retain", "Delete"]}),
        template(DependsOn=["B", "C"], Metadata={"a": None}, CreationPolicy={}),
        {"Resources": {"Fn::ForEach::Loop": ["I", ["a"], {"${I}": {"Type": "T"}}]}},
        {**template(), "Conditions": None, "Transform": ["T", {"Name": "M"}]},
        {**template(), "Mappings": {"Fn::Transform": {"Name": "M"}}},
        with_value({"Fn::GetAtt": ["A", {"Ref": "P"}]}),
        with_value({"Fn::Select": ["0", {"Fn::GetAZs": ""}]}),
        with_value({"Fn::FindInMap": [{"Ref": "M"}, "a", "b", {"DefaultValue": 1}]}),
        with_value({"Fn::Whatever": 1}),
        with_value({"Ref": 1, "Other": 2}),
        with_value(1.5),
        with_value("Zürich"),
    ],
)
def test_what_is_unusual_and_right(value: Any) -> None:
    assert as_template(value, "file") is value


@pytest.mark.parametrize("damaged", [one for name, one in DAMAGED.items() if with_value(0).keys() == set(one)])
def test_the_fast_check_passes_nothing_that_the_slow_one_refuses(damaged: dict[str, Any]) -> None:
    resource = damaged["Resources"] and next(iter(damaged["Resources"].values()))
    properties = resource.get("Properties") if isinstance(resource, dict) else None
    if isinstance(properties, dict):
        with pytest.raises(TemplateError):
            check_values(properties, "file")
        assert not are_sound([properties])
