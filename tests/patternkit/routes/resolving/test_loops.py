"""Loops of templates: what they make, in which sections, and which of them cannot be expanded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from patternkit.resolving import StackSet, loops, resolver_of
from patternkit.resolving.given import Given
from patternkit.resolving.loops import MOST, expand, has_loop
from patternkit.resolving.values import World
from patternkit.templates import StackSource
from patternkit.templates.errors import TemplateError

TOPIC = {"Type": "AWS::SNS::Topic"}
LETTERS = {"Letters": {"Type": "CommaDelimitedList", "Default": "a,b"}}
MAPPED = {"M": {"k": {"few": ["x"], "all": ["a", "b"]}, "l": {"none": "text"}}}


def template(collection: Any = ("a", "b"), **more: Any) -> dict[str, Any]:
    loop = ["I", list(collection) if isinstance(collection, tuple) else collection, {"T${I}": TOPIC}]
    return {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::Loop": loop}, **more}


@pytest.mark.parametrize(
    ("node", "found"),
    [
        (template(), True),
        ({"Resources": {"A": TOPIC}}, False),
        ([1, {"Fn::ForEach::Loop": []}], True),
        ([1, "Fn::ForEach::Loop"], False),
        ({"a": [{"b": {"Fn::ForEach::Loop": []}}]}, True),
        ({1: {"Fn::ForEach": []}}, False),
        ("Fn::ForEach::Loop", False),
    ],
    ids=str,
)
def test_where_a_loop_is(node: Any, *, found: bool) -> None:
    assert has_loop(node) is found


@pytest.mark.parametrize(
    ("collection", "sections"),
    [
        (("a", "b"), {}),
        ({"Ref": "Letters"}, {"Parameters": LETTERS}),
        ({"Fn::FindInMap": ["M", "k", "all"]}, {"Mappings": MAPPED}),
        ({"Fn::FindInMap": ["M", {"Ref": "Key"}, "all"]},
         {"Mappings": MAPPED, "Parameters": {"Key": {"Type": "String", "Default": "k"}}}),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_loop_makes(collection: Any, sections: dict[str, Any]) -> None:
    made = expand(template(collection, **sections), {}, "Net")
    assert made["Resources"] == {"Ta": TOPIC, "Tb": TOPIC}
    assert not has_loop(made)


@pytest.mark.parametrize(("given", "names"), [({}, ["Ta", "Tb"]), ({"Letters": "c"}, ["Tc"]), ({"Other": "c"}, ["Ta", "Tb"]), ({"Letters": ["c"]}, ["Ta", "Tb"])], ids=str)  # noqa: E501  # fmt: skip
def test_what_a_deployment_sets_is_looped_over(given: dict[str, Any], names: list[str]) -> None:
    whole = template({"Ref": "Letters"}, Parameters=LETTERS)
    assert list(expand(whole, given, "Net")["Resources"]) == names
    assert LETTERS["Letters"]["Default"] == "a,b"


def test_a_loop_over_a_parameter_without_a_default_takes_what_is_given() -> None:
    whole = template({"Ref": "Letters"}, Parameters={"Letters": {"Type": "CommaDelimitedList"}})
    assert list(expand(whole, {"Letters": "c,d"}, "Net")["Resources"]) == ["Tc", "Td"]


def test_every_section_may_have_loops() -> None:
    outputs = {"Fn::ForEach::O": ["I", ["a", "b"], {"O${I}": {"Value": {"Fn::Sub": "${I}"}}}]}
    conditions = {"Fn::ForEach::C": ["I", ["a", "b"], {"C${I}": {"Fn::Equals": [{"Ref": "I"}, "a"]}}]}
    made = expand(template(Outputs=outputs, Conditions=conditions), {}, "Net")
    assert list(made["Outputs"]) == ["Oa", "Ob"]
    assert list(made["Conditions"]) == ["Ca", "Cb"]
    source = StackSource("Net", template(Outputs=outputs, Conditions=conditions), "eu-west-1", "111122223333",
                         {"P": "p"}, stack_name="Deployed", paths={"Ta": "App/Ta"})  # fmt: skip
    stacks = StackSet([source])
    (stack,) = stacks.stacks
    resolver = resolver_of(stacks, Given(), World())
    assert [resolver.resolve(stack, {"Fn::If": [name, 1, 2]}) for name in ("Ca", "Cb")] == [1, 2]
    assert [resolver.value(stack, stack.outputs[name]["Value"]) for name in ("Oa", "Ob")] == ["a", "b"]
    # What is known of the stack beside its template is known of the one that is expanded, too.
    assert (stack.name, stack.region, stack.source.account, stack.given) == (
        "Net",
        "eu-west-1",
        "111122223333",
        {"P": "p"},
    )
    assert (stack.source.stack_name, stack.path("Ta"), stack.path("Tb")) == ("Deployed", "App/Ta", "Net/Tb")


UNKNOWN = "Net: Fn::ForEach::Loop cannot be expanded: its collection is not known"
SHAPE = "Net: Fn::ForEach::Loop takes an identifier, a collection and a body"


@pytest.mark.parametrize(
    ("whole", "message"),
    [
        (template({"Ref": "Nothing"}), UNKNOWN),
        (template({"Ref": "Open"}, Parameters={"Open": {"Type": "CommaDelimitedList"}}), UNKNOWN),
        (template(["a", {"Ref": "Nothing"}]), UNKNOWN),
        (template({"Fn::GetAtt": ["Topic", "TopicArn"]}), UNKNOWN),
        (template({"Ref": "Letters", "Fn::Sub": "x"}, Parameters=LETTERS), UNKNOWN),
        (template({"Fn::FindInMap": ["M", {"Ref": "Nothing"}, "all"]}, Mappings=MAPPED), UNKNOWN),
        ({"Resources": {"Fn::ForEach::Loop": {}}}, SHAPE),
        ({"Resources": {"Fn::ForEach::Loop": ["I", ["a"]]}}, SHAPE),
        ({"Resources": {"Fn::ForEach::Loop": ["I", ["a"], {}, {}]}}, SHAPE),
        ({"Resources": {"A": {"Type": "T", "Properties": {"Tags": [{"Fn::ForEach::Loop": 1}]}}}}, SHAPE),
        # What maps do not hold, cfn-lint makes names up for.
        (template({"Fn::FindInMap": ["M", "k", "no"]}, Mappings=MAPPED), UNKNOWN),
        (template({"Fn::FindInMap": ["M", "no", "all"]}, Mappings=MAPPED), UNKNOWN),
        (template({"Fn::FindInMap": ["No", "k", "all"]}, Mappings=MAPPED), UNKNOWN),
        (template({"Fn::FindInMap": ["M", "k"]}, Mappings=MAPPED), UNKNOWN),
        (template({"Fn::FindInMap": ["M", "l", "none", "x"]}, Mappings=MAPPED), UNKNOWN),
        (template({"Fn::FindInMap": ["M", 5, "all"]}, Mappings={"M": {"5": {"all": ["a"]}}}), UNKNOWN),
        (template({"Fn::FindInMap": ["M", "k", "all"]}), UNKNOWN),
        (template({"Fn::Transform": ["M", "k", "all"]}, Mappings=MAPPED), UNKNOWN),
        (template([None]), UNKNOWN),
        (template([{"Ref": "Letters"}], Parameters=LETTERS), "Net: Fn::ForEach cannot be expanded: "),
        (template("a"), "Net: Fn::ForEach cannot be expanded: "),
        (template({"Fn::FindInMap": ["M", "l", "none"]}, Mappings=MAPPED), "Net: Fn::ForEach cannot be expanded: "),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_expanded(whole: dict[str, Any], message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        expand({"Transform": "AWS::LanguageExtensions", **whole}, {}, "Net")
    told = str(caught.value)
    assert told.startswith(message)
    assert "\n" not in told
    assert "None" not in told
    assert len(told) > len(message) or message in (UNKNOWN, SHAPE)


@pytest.mark.parametrize("section", ["Resources", "Outputs", "Conditions"])
def test_what_cfn_lint_leaves_is_not_expanded(section: str) -> None:
    whole: dict[str, Any] = template(Outputs={}, Conditions={})
    whole[section]["Fn::ForEach"] = ["J", ["a"], {"X${J}": TOPIC}]
    with pytest.raises(TemplateError) as caught:
        expand(whole, {}, "Net")
    assert str(caught.value) == "Net: Fn::ForEach cannot be expanded: its collection is not known"


@pytest.mark.parametrize(
    ("body", "sections", "collection", "bound"),
    [
        ({"T${I}": 1}, {}, ["a"], 73),
        ({"T${I}": 1}, {}, ["a", "b"], 92),
        ({"T${I}": 1}, {}, ["a" * 100], 172),
        ({"T${I}": "&{I}-${I}"}, {}, ["a" * 100, "b"], 698),
        ({"T${I}": [None, True, 1.5]}, {}, ["a"], 91),
        ({"T${I}": {"Deep": {"Fn::Sub": "${I}"}}}, {}, ["a"], 94),
        ({"T${I}": 1}, {"Parameters": LETTERS}, {"Ref": "Letters"}, 163),
        ({"T${I}": 1}, {"Mappings": MAPPED}, {"Fn::FindInMap": ["M", "k", "few"]}, 165),
        ({"Fn::ForEach::J": ["J", ["c", "dd"], {"T${I}${J}": 1}]}, {}, ["a", "b"], 170),
    ],
)
def test_what_is_made_is_bounded(
    monkeypatch: pytest.MonkeyPatch, body: Any, sections: dict[str, Any], collection: Any, bound: int
) -> None:
    """The bound is never below the characters that there are, and not far above."""
    whole = {
        "Transform": "AWS::LanguageExtensions",
        **sections,
        "Resources": {"Fn::ForEach::L": ["I", collection, body]},
    }
    monkeypatch.setattr(loops, "MOST", bound)
    made = len(json.dumps(expand(whole, {}, "Net"), separators=(",", ":")))
    assert made <= bound
    monkeypatch.setattr(loops, "MOST", bound - 1)
    with pytest.raises(TemplateError) as caught:
        expand(whole, {}, "Net")
    assert str(caught.value) == f"Net: Fn::ForEach makes more than {bound - 1} characters, which is no template of AWS"


def test_the_limit() -> None:
    assert MOST == 2_000_000
