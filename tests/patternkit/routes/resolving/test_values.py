"""What templates say is worth what CloudFormation makes of it; what they do not say is unknown, never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Verdict, isolated, reaches
from tests.patternkit.routes.two_vpcs import two_vpcs, verdict, with_value


@pytest.mark.parametrize(
    ("value", "sections"),
    [
        ({"Fn::Join": ["/", ["10.0.0.0", "8"]]}, {}),
        ({"Fn::Sub": "10.${Second}.0.0/16"}, {"Parameters": {"Second": {"Type": "Number", "Default": 2}}}),
        ({"Fn::Sub": ["10.${x}.0.0/16", {"x": "2"}]}, {}),
        ({"Fn::Select": [1, {"Fn::Split": [",", "10.9.0.0/16,10.2.0.0/16"]}]}, {}),
        ({"Fn::Select": [2, {"Fn::Cidr": ["10.0.0.0/8", 4, 16]}]}, {}),
        ({"Fn::GetAtt": ["B", "CidrBlock"]}, {}),
        ({"Fn::FindInMap": ["Blocks", "eu", "all"]}, {"Mappings": {"Blocks": {"eu": {"all": "10.2.0.0/16"}}}}),
        (
            {"Fn::If": ["Wide", "10.0.0.0/8", "172.16.0.0/12"]},
            {
                "Parameters": {"Size": {"Type": "String", "Default": "wide"}},
                "Conditions": {"Wide": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Size"}, "narrow"]}]}},
            },
        ),
    ],
)
def test_intrinsics(value: Any, sections: dict[str, Any]) -> None:
    assert verdict(with_value(value, **sections).network()) is Verdict.HOLDS


@pytest.mark.parametrize(
    ("value", "sections", "words"),
    [
        ({"Ref": "Nowhere"}, {"Parameters": {"Nowhere": {"Type": "String"}}}, "parameter Nowhere of Net has no value"),
        ({"Fn::ImportValue": "elsewhere"}, {}, "no stack of the set exports 'elsewhere'"),
        ("{{resolve:ssm:/block}}", {}, "the SSM parameter /block is not in the set"),
        ({"Fn::GetAtt": ["Custom", "Block"]}, {}, "what the custom resource Net/Custom returns as Block"),
        ({"Fn::Transform": {"Name": "Anything"}}, {}, "a macro computes it"),
        ({"Fn::New": 1}, {}, "not a function that the prover knows"),
        # What is not known stays so through whatever computes with it, by its own reason.
        *(
            (function, {"Parameters": {"Open": {"Type": "String"}}}, "parameter Open of Net has no value")
            for function in (
                {"Fn::Join": [".", ["10", {"Ref": "Open"}, "0.0/16"]]},
                {"Fn::Join": [".", {"Fn::Split": [",", {"Ref": "Open"}]}]},
                {"Fn::Sub": "10.${Open}.0.0/16"},
                {"Fn::Sub": ["10.${it}.0.0/16", {"it": {"Ref": "Open"}}]},
                {"Fn::Select": [{"Ref": "Open"}, ["10.2.0.0/16", "10.0.0.0/8"]]},
                {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "Open"}]}]},
                {"Fn::Select": [0, {"Fn::Cidr": [{"Ref": "Open"}, 4, 16]}]},
                {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/8", {"Ref": "Open"}, 16]}]},
                {"Fn::Select": [0, {"Fn::Cidr": ["10.0.0.0/8", 4, {"Ref": "Open"}]}]},
                {"Fn::FindInMap": [{"Ref": "Open"}, "eu", "all"]},
                {"Fn::ImportValue": {"Ref": "Open"}},
            )
        ),
    ],
)
def test_what_is_not_known_is_unknown(value: Any, sections: dict[str, Any], words: str) -> None:
    net = with_value(value, **sections)
    net.resources["Custom"] = {"Type": "Custom::Anything", "Properties": {"ServiceToken": "arn"}}
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert proof.verdict is Verdict.UNKNOWN
    assert words in proof.reason


def test_contracts_fill_the_gaps_and_are_named() -> None:
    for value, sections, contract, name in (
        (
            {"Ref": "P"}, {"Parameters": {"P": {"Type": "String"}}}, {"parameters": {"Net": {"P": "10.0.0.0/8"}}},
            "parameter P of Net",
        ),
        ({"Fn::ImportValue": "e"}, {}, {"imports": {"e": "10.0.0.0/8"}}, "imports e"),
        ("{{resolve:ssm:/b:1}}", {}, {"ssm": {"/b": "10.0.0.0/8"}}, "ssm /b"),
        ({"Fn::GetAtt": ["Custom", "Block"]}, {}, {"returns": {"Custom": {"Block": "10.0.0.0/8"}}}, "returns Custom"),
    ):  # fmt: skip
        net = with_value(value, **sections)
        net.resources["Custom"] = {"Type": "Custom::Anything", "Properties": {"ServiceToken": "arn"}}
        if isinstance(value, str):
            net.resources["ATableRoute0"]["Properties"]["DestinationCidrBlock"] = value
        proof = net.network(contracts=contract).prove(reaches("Aa", "Ba"))
        assert proof.verdict is Verdict.HOLDS
        assert proof.contracts == (name,)


def test_ssm_parameters_within_the_set() -> None:
    net = with_value(
        {"Ref": "Block"}, Parameters={"Block": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/b"}}
    )
    net.add("Stored", "SSM::Parameter", Name="/b", Type="String", Value={"Fn::GetAtt": ["B", "CidrBlock"]})
    assert verdict(net.network()) is Verdict.HOLDS


def test_an_undecided_condition_is_tried_both_ways() -> None:
    net = two_vpcs()
    net.extra = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Production": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}},
    }
    net.resources["ATableRoute0"]["Condition"] = "Production"
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert (proof.verdict, proof.worlds) == (Verdict.UNKNOWN, 2)
    assert "condition Production of Net is False" in proof.world
    assert net.network(parameters={"Net": {"Stage": "production"}}).prove(reaches("Aa", "Ba")).verdict is Verdict.HOLDS
    # A promise that both ways keep holds.
    assert net.network().prove(isolated("Aa", "internet")).verdict is Verdict.HOLDS


def test_allowed_values_are_the_worlds_of_a_parameter() -> None:
    net = with_value(
        {"Ref": "Block"}, Parameters={"Block": {"Type": "String", "AllowedValues": ["10.0.0.0/8", "10.2.0.0/16"]}}
    )
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert (proof.verdict, proof.worlds) == (Verdict.HOLDS, 2)


def test_a_second_block_that_is_not_known_is_not_left_out() -> None:
    net = two_vpcs()
    net.resources["Aa"]["Properties"]["Ipv6CidrBlock"] = {"Fn::GetAtt": ["A", "SomethingOfIpam"]}
    proof = net.network().prove(reaches("Aa", "Ba"))
    assert proof.verdict is Verdict.UNKNOWN
    assert "Net/Aa has more addresses" in proof.reason
