"""What stacks give to each other, what is nested in them, and what loops make of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from patternkit.routes import Network, TemplateError, Verdict
from tests.patternkit.routes.two_vpcs import two_vpcs, verdict


def test_stacks_by_exports_and_weak_references() -> None:
    for reference in (
        {"Fn::ImportValue": "shared-tgw"},
        {"Fn::GetStackOutput": {"StackName": "Hub", "OutputName": "Gateway"}},
    ):
        net = two_vpcs()
        hub = {"Tgw": net.resources.pop("Tgw")}
        for resource in net.resources.values():
            if resource["Properties"].get("TransitGatewayId") == {"Ref": "Tgw"}:
                resource["Properties"]["TransitGatewayId"] = reference
        outputs = {"Gateway": {"Value": {"Ref": "Tgw"}, "Export": {"Name": "shared-tgw"}}}
        templates = {"Net": net.template(), "Hub": {"Resources": hub, "Outputs": outputs}}
        assert verdict(Network.from_templates(templates)) is Verdict.HOLDS
        alone = Network.from_templates({"Net": net.template()})
        assert verdict(alone) is Verdict.UNKNOWN


def test_nested_stacks(tmp_path: Path) -> None:
    net = two_vpcs()
    route = net.resources.pop("ATableRoute0")
    route["Properties"]["RouteTableId"] = {"Ref": "Table"}
    route["Properties"]["TransitGatewayId"] = {"Ref": "Gateway"}
    inner = {
        "Parameters": {"Table": {"Type": "String"}, "Gateway": {"Type": "String"}},
        "Resources": {"Route": route},
    }
    (tmp_path / "inner.json").write_text(json.dumps(inner))
    parameters = {"Table": {"Ref": "ATable"}, "Gateway": {"Ref": "Tgw"}}
    net.add("Inner", "CloudFormation::Stack", TemplateURL="inner.json", Parameters=parameters)
    (tmp_path / "outer.json").write_text(json.dumps(net.template()))
    assert verdict(Network.load(tmp_path / "outer.json")) is Verdict.HOLDS
    # Without the inner template anything may be in it.
    assert verdict(net.network()) is Verdict.UNKNOWN


def test_for_each() -> None:
    net = two_vpcs()
    del net.resources["ATableRoute0"]
    net.extra = {"Transform": "AWS::LanguageExtensions"}
    body = {
        "Route${Number}": {
            "Type": "AWS::EC2::Route",
            "Properties": {
                "RouteTableId": {"Ref": "ATable"},
                "TransitGatewayId": {"Ref": "Tgw"},
                "DestinationCidrBlock": {"Fn::Sub": "10.${Number}.0.0/16"},
            },
        }
    }
    net.resources["Fn::ForEach::Routes"] = ["Number", ["2", "3"], body]
    assert verdict(net.network()) is Verdict.HOLDS
    net.resources["Fn::ForEach::Routes"] = ["Number", {"Ref": "Numbers"}, body]
    net.extra["Parameters"] = {"Numbers": {"Type": "CommaDelimitedList"}}
    with pytest.raises(TemplateError, match="its collection is not known"):
        verdict(net.network())


@pytest.mark.parametrize("collection", [list("abcdefghij"), {"Ref": "Letters"}, {"Fn::FindInMap": ["M", "k", "all"]}])
def test_loops_within_loops_are_bounded(collection: object) -> None:
    body: dict[str, object] = {"S${I0}${I1}": {"Type": "AWS::SNS::Topic"}}
    for depth in range(12):
        body = {f"Fn::ForEach::L{depth}": [f"I{depth}", collection, body]}
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Parameters": {"Letters": {"Type": "CommaDelimitedList", "Default": ",".join("abcdefghij")}},
        "Mappings": {"M": {"k": {"all": list("abcdefghij")}}},
        "Resources": body,
    }
    with pytest.raises(TemplateError, match="makes more than 2,000,000 characters"):
        Network.from_templates({"Net": template})


def test_a_long_item_in_many_places_is_bounded() -> None:
    body = {"T${I}": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "${I}" * 3_000}}}
    template = {
        "Transform": "AWS::LanguageExtensions",
        "Resources": {"Fn::ForEach::Loop": ["I", ["a" * 1_000], body]},
    }
    with pytest.raises(TemplateError, match="makes more than"):
        Network.from_templates({"Net": template})
