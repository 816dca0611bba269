"""Which template a nested stack is made of, where several would fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from patternkit.resolving.nesting import Nesting
from patternkit.templates import StackSource
from patternkit.templates.errors import TemplateError

FITS: dict[str, Any] = {"Resources": {}, "Parameters": {"Cidr": {}}, "Outputs": {"Vpc": {"Value": "v"}}}


def root(url: Any, *, logical: str = "Child", folder: Path = Path("/set"), **properties: Any) -> StackSource:
    given = {"TemplateURL": url, "Parameters": {"Cidr": "10.0.0.0/16"}, **properties}
    asked = {"Value": {"Fn::GetAtt": [logical, "Outputs.Vpc"]}}
    template = {
        "Resources": {logical: {"Type": "AWS::CloudFormation::Stack", "Properties": given}},
        "Outputs": {"Vpc": asked},
    }
    return StackSource("root", template, folder=folder, file=folder / "root.yaml")


def child(path: str, template: dict[str, Any] = FITS) -> StackSource:
    file = Path(path)
    return StackSource(f"{file.parent.name}-{file.name.split('.')[0]}", template, folder=file.parent, file=file)


def found(parent: StackSource, *children: StackSource, **declared: str) -> str | None:
    logical = next(iter(parent.template["Resources"]))
    nesting = Nesting([parent, *children], {f"root/{name}": one for name, one in declared.items()})
    assert nesting.nested == {one.name for one in (nesting.template(parent, logical),) if one is not None}
    found = nesting.template(parent, logical)
    return None if found is None else found.name


ONE, OTHER = child("/set/a/vpc.yaml"), child("/set/b/vpc.yaml")


@pytest.mark.parametrize(
    ("url", "expected"),
    [("a/vpc.yaml", "a-vpc"), ("b/vpc.yaml", "b-vpc"), ("./a/../b/vpc.yaml", "b-vpc"), ("vpc.yaml", None),
     ("https://bucket/a/vpc.yaml", None), ({"Ref": "Url"}, None), (None, None)],
)  # fmt: skip
def test_of_two_that_are_alike_a_relative_url_says_which(url: Any, expected: str | None) -> None:
    assert found(root(url), ONE, OTHER) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://bucket/vpc.yaml", "a-vpc"),
        ("https://bucket/vpc.template.json", "a-vpc"),
        ("https://bucket/site.template", "c-site"),
        ("https://bucket/vpc.yaml/../site.yml?versionId=1", "c-site"),
        ({"Fn::Sub": "https://${Bucket}/site.json"}, "c-site"),
        ("https://bucket/vpcs.yaml", None),
        ("https://bucket/vpc", None),
    ],
)
def test_of_two_that_are_alike_the_end_of_a_url_says_which(url: Any, expected: str | None) -> None:
    assert found(root(url), ONE, child("/set/c/site.template.yaml")) == expected


@pytest.mark.parametrize(("logical", "expected"), [("Vpc", "a-vpc"), ("SITE", "c-site"), ("Vpcs", None)])
def test_of_two_that_are_alike_a_logical_id_says_which(logical: str, expected: str | None) -> None:
    assert found(root("https://bucket/x", logical=logical), ONE, child("/set/c/site.yaml")) == expected


def test_a_stack_is_found_by_its_name_without_a_file() -> None:
    assert found(root("https://bucket/x", logical="Spokes"), StackSource("spokes", FITS), ONE) == "spokes"


def test_a_contract_comes_first() -> None:
    assert found(root("a/vpc.yaml"), ONE, OTHER, Child="b-vpc") == "b-vpc"
    with pytest.raises(TemplateError, match="nested of 'root/Child': no template of the set is 'c'"):
        found(root("a/vpc.yaml"), ONE, Child="c")


@pytest.mark.parametrize(
    ("template", "fits"),
    [
        (FITS, True),
        ({**FITS, "Parameters": {"Cidr": {}, "More": {"Default": ""}}}, True),
        ({**FITS, "Parameters": {"Cidr": {}, "More": {}}}, False),
        ({**FITS, "Parameters": {"Other": {}}}, False),
        ({**FITS, "Parameters": {}}, False),
        ({**FITS, "Outputs": {"Vpc": {}, "More": {}}}, True),
        ({**FITS, "Outputs": {}}, False),
    ],
)
def test_the_only_one_with_its_parameters_and_outputs(template: dict[str, Any], fits: bool) -> None:
    parent, one = root("https://bucket/x"), child("/set/a/vpc.yaml", template)
    nesting = Nesting([parent, one], {})
    assert (nesting.template(parent, "Child") is one) is fits
    told = ["the nested stack root/Child is taken to be a-vpc, by its parameters and outputs"]
    assert nesting.notes == (told if fits else [])


def test_what_is_certain_is_said_to_be_nothing_else() -> None:
    """No note where a file or name says it, and what is taken already is no candidate for another by its shape."""
    parent = root("a/vpc.yaml")
    parent.template["Resources"]["Second"] = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": "https://bucket/x", "Parameters": {"Cidr": "10.1.0.0/16"}},
    }
    nesting = Nesting([parent, ONE, OTHER], {})
    assert [one and one.name for one in (nesting.template(parent, name) for name in ("Child", "Second"))] == [
        "a-vpc",
        "b-vpc",
    ]
    assert nesting.notes == ["the nested stack root/Second is taken to be b-vpc, by its parameters and outputs"]


def test_where_nothing_is_given_or_asked_anything_would_fit() -> None:
    parent = StackSource("root", {"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack"}}})
    assert Nesting([parent, ONE], {}).template(parent, "Child") is None
    assert Nesting([parent, ONE], {}).nested == set()
