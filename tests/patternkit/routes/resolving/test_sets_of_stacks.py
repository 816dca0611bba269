"""What makes no set of stacks, and what of a set only AWS knows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from patternkit.resolving import StackSet, resolver_of
from patternkit.resolving.given import Given
from patternkit.resolving.stacks import Stack
from patternkit.resolving.values import World
from patternkit.templates import StackSource
from patternkit.templates.errors import TemplateError

NESTED = "AWS::CloudFormation::Stack"


def nested(url: Any = "https://bucket/x", **properties: Any) -> dict[str, Any]:
    return {"Type": NESTED, "Properties": {"TemplateURL": url, **properties}}


def source(name: str, resources: dict[str, Any], **more: Any) -> StackSource:
    return StackSource(name, {"Resources": resources, **more})


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        ([source("A", {}), source("A", {})], "two stacks are named 'A'"),
        ([source("A", {"Child": nested()}), source("Child", {"A": nested()})], "A is nested in itself"),
        ([source("A", {"Fn::ForEach::Many": ["X", ["a"], {}]})],
         "A uses Fn::ForEach without the transform AWS::LanguageExtensions"),
        ([source("A", {"B": {"Properties": {}}})], "A: resource B has no Type"),
        ([source("A", {"B": 1})], "A: resource B has no Type"),
        ([source("A", {"B": {"Type": "T", "Properties": 1}})], "A: the properties of B are not a mapping"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_set(sources: list[StackSource], message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        StackSet(sources)
    assert str(caught.value) == message


def test_nine_levels_are_too_many() -> None:
    chain = [source(f"L{level}", {f"L{level + 1}": nested()}) for level in range(9)] + [source("L9", {})]
    with pytest.raises(TemplateError, match="stacks are nested more than eight levels deep"):
        StackSet(chain)
    assert len(StackSet([*chain[:8], source("L8", {})]).stacks) == 9


BY_AWS = "(contract: none; give the processed template, `aws cloudformation get-template --template-stage Processed`)"


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (source("A", {}, Transform="AWS::LanguageExtensions"), []),
        (source("A", {}, Transform="Company::Macro"), ["the transform Company::Macro may rewrite the template of A"]),
        (source("A", {}, Transform=[{"Name": "Other"}, "AWS::LanguageExtensions"]),
         ["the transform Other may rewrite the template of A"]),
        (source("A", {"Fn::Transform": {"Type": "x"}}), ["an Fn::Transform may add resources to A"]),
        (source("A", {"B": {"Type": "T", "Fn::Transform": {}}}), ["an Fn::Transform may change A/B"]),
        (source("A", {"B": {"Type": "T", "Properties": {"Fn::Transform": {}}}}), ["an Fn::Transform may change A/B"]),
        (source("A", {"B": {"Type": "T"}}), []),
        (source("A", {"B": nested()}),
         ["the template of the nested stack A/B is not in the set"]),
    ],
    ids=str,
)  # fmt: skip
def test_what_may_be_otherwise(made: StackSource, expected: list[str]) -> None:
    found = StackSet([made]).unknown_everywhere
    assert [reason.partition(" (contract")[0] for reason in found] == expected
    assert all("(contract: " in reason for reason in found)


def test_the_file_of_a_nested_stack() -> None:
    """By the metadata that the CDK writes, by the asset's hash in the URL, or where the URL is still a path."""
    stack = Stack(StackSource("A", {"Resources": {}}, assets={"abc123": "child.template.json"}))
    find = StackSet._nested_file
    assert find(stack, {"Metadata": {"aws:asset:path": "a.json"}, **nested("b.json")}) == "a.json"
    assert find(stack, {"Metadata": {"aws:asset:path": 1}, **nested("b.json")}) == "b.json"
    assert find(stack, {"Metadata": 1, **nested({"Fn::Sub": "https://bucket/abc123.json"})}) == "child.template.json"
    assert find(stack, nested("https://bucket/other.json")) is None
    assert find(stack, nested({"Ref": "Url"})) is None
    assert find(stack, {"Type": NESTED}) is None


def test_the_path_of_a_resource_is_the_constructs() -> None:
    made = source("A", {"B": {"Type": "T", "Metadata": {"aws:cdk:path": "App/B/Resource"}}, "C": {"Type": "T"}})
    (stack,) = StackSet([made]).stacks
    assert (stack.path("B"), stack.path("C")) == ("App/B/Resource", "A/C")


def test_a_nested_stack_has_what_its_parent_gives(tmp_path: Path) -> None:
    child = tmp_path / "child.json"
    child.write_text('{"Resources": {"V": {"Type": "AWS::EC2::VPC"}}, "Parameters": {"P": {"Type": "String"}}}')
    parent = {"Resources": {"Kid": nested("child.json", Parameters={"P": "given"})}}
    stacks = StackSet([StackSource("Root", parent, "eu-west-1", "111122223333", folder=tmp_path)]).stacks
    assert [(stack.name, stack.region, stack.source.account) for stack in stacks] == [
        ("Root", "eu-west-1", "111122223333"),
        ("Root/Kid", "eu-west-1", "111122223333"),
    ]
    assert stacks[1].given == {"P": "given"}
    assert stacks[1].ids == {"V": "⟨Root/Kid/V⟩"}


@pytest.mark.parametrize(
    ("outer", "own", "there"),
    [(None, None, True), ("Yes", None, True), ("No", None, False), ("No", "Yes", False), ("Yes", "No", False),
     ("Yes", "Yes", True)],
)  # fmt: skip
def test_what_stands_in_a_nested_stack_exists_only_with_it(outer: str | None, own: str | None, *, there: bool) -> None:
    conditions = {"Yes": {"Fn::Equals": ["a", "a"]}, "No": {"Fn::Equals": ["a", "b"]}}
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}, **({"Condition": own} if own else {})}
    kid = {**nested(), **({"Condition": outer} if outer else {})}
    sources = [source("Root", {"Kid": kid}, Conditions=conditions), source("Kid", {"Vpc": vpc}, Conditions=conditions)]
    stacks = StackSet(sources)
    inner = stacks.stacks[1]
    assert resolver_of(stacks, Given(), World()).exists(inner, inner.resources["Vpc"]) is there
