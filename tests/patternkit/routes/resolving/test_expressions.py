"""What each expression of a template is worth, what is not known of it, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.resolving import Resolver, StackSet, resolver_of
from patternkit.resolving.values import Undecided, Unknown, World
from patternkit.routes import Contracts
from patternkit.templates import StackSource
from patternkit.templates.errors import TemplateError

VPC = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}
TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Text": {"Type": "String", "Default": "text"},
        "Number": {"Type": "Number", "Default": 7},
        "Flag": {"Type": "String", "Default": True},
        "List": {"Type": "CommaDelimitedList", "Default": "a, b ,c"},
        "Ids": {"Type": "List<AWS::EC2::VPC::Id>", "Default": "vpc-1,vpc-2"},
        "Free": {"Type": "String"},
        "Zone": {"Type": "AWS::EC2::AvailabilityZone::Name"},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/list"},
        "Missing": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/missing"},
        "Stage": {"Type": "String", "AllowedValues": ["dev", True, 3]},
    },
    "Mappings": {"Sizes": {"eu-west-1": {"large": "10.0.0.0/8", "number": 8}}},
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "Text"}, "text"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Both": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]},
        "Either": {"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]},
        "Neither": {"Fn::Or": [{"Condition": "No"}, {"Condition": "No"}]},
        "All": {"Fn::And": [{"Condition": "Yes"}, {"Condition": "Yes"}]},
        "Lists": {"Fn::Equals": [{"Ref": "List"}, ["a", "b", "c"]]},
        "OtherLists": {"Fn::Equals": [{"Ref": "List"}, ["a"]]},
        "Numbers": {"Fn::Equals": [{"Ref": "Number"}, 7]},
        "Open": {"Fn::Equals": [{"Ref": "Free"}, "x"]},
        "OpenNot": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Free"}, "x"]}]},
        "OpenAndNo": {"Fn::And": [{"Fn::Equals": [{"Ref": "Free"}, "x"]}, {"Condition": "No"}]},
        "OpenOrYes": {"Fn::Or": [{"Fn::Equals": [{"Ref": "Free"}, "x"]}, {"Condition": "Yes"}]},
        "OpenOrNo": {"Fn::Or": [{"Condition": "No"}, {"Fn::Equals": [{"Ref": "Free"}, "x"]}]},
        "Identity": {"Fn::Equals": [{"Ref": "Vpc"}, "vpc-1"]},
        "Same": {"Fn::Equals": [{"Ref": "Vpc"}, {"Ref": "Vpc"}]},
        "Nothing": {"Fn::Equals": [{"Ref": "Vpc"}, ""]},
        "AllZones": {"Fn::Equals": [{"Fn::GetAZs": ""}, "x"]},
        "Odd": {"Fn::Nor": []},
        "Two": {"Condition": "Yes", "Fn::Not": []},
    },
    "Resources": {
        "Vpc": VPC,
        "Subnet": {"Type": "AWS::EC2::Subnet",
                   "Properties": {"VpcId": {"Ref": "Vpc"}, "AvailabilityZone": "eu-west-1a"}},
        "Unplaced": {"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZone": {"Ref": "AWS::NoValue"}}},
        "ById": {"Type": "AWS::EC2::Subnet", "Properties": {"AvailabilityZoneId": "euw1-az1"}},
        "Store": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/list", "Value": "x,y"}},
        "Topic": {"Type": "AWS::SNS::Topic"},
    },
}  # fmt: skip


def resolver(region: str = "eu-west-1", account: str = "111122223333", **contracts: Any) -> tuple[Resolver, Any]:
    given = Contracts.from_data(contracts)
    stacks = StackSet([StackSource("Net", TEMPLATE, region, account=account)], given)
    return resolver_of(stacks, given, World()), stacks.stacks[0]


def value(node: Any, **options: Any) -> Any:
    made, stack = resolver(**options)
    return made.resolve(stack, node)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Text"}, "text"),
        ({"Ref": "Number"}, "7"),
        ({"Ref": "Flag"}, "true"),
        ({"Ref": "List"}, ["a", "b", "c"]),
        ({"Ref": "Ids"}, ["vpc-1", "vpc-2"]),
        ({"Ref": "Stored"}, ["x", "y"]),
        ({"Ref": "Vpc"}, "⟨Net/Vpc⟩"),
        ({"Ref": "Store"}, "⟨Net/Store⟩"),
        ({"Ref": "Zone"}, "zone of parameter Net.Zone"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "AWS::AccountId"}, "111122223333"),
        ({"Ref": "AWS::StackName"}, "Net"),
        ({"Ref": "AWS::StackId"}, "⟨Net/StackId⟩"),
        ({"Ref": "AWS::NotificationARNs"}, "⟨AWS::NotificationARNs⟩"),
        ({"Fn::GetAtt": ["Subnet", "VpcId"]}, "⟨Net/Vpc⟩"),
        ({"Fn::GetAtt": "Subnet.AvailabilityZone"}, "eu-west-1a"),
        ({"Fn::GetAtt": ["ById", "AvailabilityZone"]}, "euw1-az1"),
        ({"Fn::GetAtt": "Store.Value"}, "x,y"),
        ({"Fn::GetAtt": ["Topic", {"Ref": "Text"}]}, "⟨Net/Topic.text⟩"),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["0", {"Ref": "List"}]}, "a"),
        ({"Fn::Select": [2, {"Fn::GetAZs": ""}]}, "GetAZs[2] of eu-west-1"),
        ({"Fn::Select": [2, {"Fn::GetAZs": "us-east-1"}]}, "GetAZs[2] of us-east-1"),
        ({"Fn::Select": [0, {"Fn::GetAZs": {"Ref": "Free"}}]}, "GetAZs[0] of eu-west-1"),
        ({"Fn::Join": ["-", ["a", 1, True]]}, "a-1-true"),
        ({"Fn::Join": ["", {"Ref": "List"}]}, "abc"),
        ({"Fn::Sub": "${Text}-${AWS::Region}-${Vpc}-${Subnet.AvailabilityZone}-${!Kept}"},
         "text-eu-west-1-⟨Net/Vpc⟩-eu-west-1a-${Kept}"),
        ({"Fn::Sub": ["${ One }${Text}", {"One": {"Ref": "Number"}}]}, "7text"),
        ({"Fn::Split": [",", "a,b"]}, ["a", "b"]),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "AWS::Region"}, "large"]}, "10.0.0.0/8"),
        ({"Fn::FindInMap": ["Sizes", "eu-west-1", "number"]}, 8),
        ({"Fn::FindInMap": ["Sizes", "us-east-1", "large", {"DefaultValue": "none"}]}, "none"),
        ({"Fn::Cidr": ["10.0.0.0/16", 3, 8]}, ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]),
        ({"Fn::Cidr": ["10.0.0.0/24", "2", "4"]}, ["10.0.0.0/28", "10.0.0.16/28"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 1]}, ["10.0.0.0/24"]),
        ({"Fn::Cidr": ["10.0.0.0/24", 256, 0]}, [f"10.0.0.{number}/32" for number in range(256)]),
        ({"Fn::Cidr": ["2600:1f18::/56", 2, 64]}, ["2600:1f18::/64", "2600:1f18:0:1::/64"]),
        ({"Fn::Length": ["a", "b"]}, 2),
        ({"Fn::ToJsonString": {"a": {"Ref": "Text"}}}, '{"a": "text"}'),
        ({"Fn::If": ["Yes", "a", "b"]}, "a"),
        ({"Fn::If": ["No", "a", {"Ref": "Text"}]}, "text"),
        ("{{resolve:ssm:/list:1}}", "x,y"),
        ("a-{{resolve:ssm:/list}}-b", "a-x,y-b"),
        ([{"Ref": "AWS::NoValue"}, {"Ref": "Text"}], ["text"]),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ({"a": {"Fn::If": ["No", "x", {"Ref": "AWS::NoValue"}]}, "b": [1]}, {"b": [1]}),
        (None, None),
    ],
    ids=str,
)  # fmt: skip
def test_what_an_expression_is_worth(node: Any, expected: Any) -> None:
    assert value(node) == expected


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        ({"Ref": "Free"}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Ref": "Missing"}, "the SSM parameter /missing is not in the set (contract: ssm)"),
        ({"Fn::Sub": "${Free}"}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::Join": ["", ["a", {"Ref": "Free"}]]}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::Join": [",", {"Ref": "Free"}]}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::Join": [",", {"Fn::GetAZs": ""}]},
         "the list of all availability zones is known only to AWS (contract: none; name the zones)"),
        ({"Fn::Select": [{"Ref": "Free"}, ["a"]]}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::Select": [0, {"Ref": "Free"}]}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::Select": [0, {"Ref": "Text"}]},
         "Fn::Select in Net selects from what is not a known list (contract: none)"),
        ({"Fn::Select": [3, {"Ref": "List"}]}, "Fn::Select in Net selects element 3 of 3 (contract: none)"),
        ({"Fn::Select": [-1, {"Ref": "List"}]}, "Fn::Select in Net selects element -1 of 3 (contract: none)"),
        ({"Fn::Split": [",", {"Ref": "Free"}]}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::Split": [{"Ref": "Free"}, "a"]}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Free"}, "a"]},
         "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Vpc"}, "a"]},
         "Fn::FindInMap in Net looks for Net/Vpc, known only to AWS (contract: none)"),
        ({"Fn::Cidr": [{"Ref": "Free"}, 1, 8]}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::Cidr": [{"Fn::GetAtt": ["Topic", "Block"]}, 1, 8]},
         "the block that Fn::Cidr in Net divides is known only to AWS (contract: none)"),
        ({"Fn::Length": {"Ref": "Free"}}, "Fn::Length in Net of what is not known (contract: none)"),
        ({"Fn::ToJsonString": {"Ref": "Free"}}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::Strange": 1}, "Fn::Strange in Net is not a function that the prover knows (contract: none)"),
        ({"Fn::GetAtt": ["Unplaced", "AvailabilityZone"]},
         "AWS picks the availability zone of Net/Unplaced (contract: zones)"),
        ("{{resolve:ssm:/missing}}", "the SSM parameter /missing is not in the set (contract: ssm)"),
        ("{{resolve:secretsmanager:s}}", "{{resolve:secretsmanager:s}} is a secret (contract: none)"),
        ("{{resolve:ssm-secure:s:1}}", "{{resolve:ssm-secure:s:1}} is a secret (contract: none)"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_not_known_of_it(node: Any, reason: str) -> None:
    found = value(node)
    assert isinstance(found, Unknown)
    assert found.reason == reason


@pytest.mark.parametrize(
    ("node", "message"),
    [
        ({"Ref": ["Text"]}, "Net: Ref takes a name, got ['Text']"),
        ({"Ref": "Texts"}, "Net: Ref to 'Texts', which is neither a resource nor a parameter; did you mean 'Text'?"),
        ({"Fn::GetAtt": "Vpc"}, "Net: Fn::GetAtt takes a resource and an attribute, got 'Vpc'"),
        ({"Fn::GetAtt": [1, "a"]}, "Net: Fn::GetAtt takes a resource and an attribute, got [1, 'a']"),
        ({"Fn::GetAtt": "Vpcs.Id"}, "Net: Fn::GetAtt of 'Vpcs', which is not a resource; did you mean 'Vpc'"),
        ({"Fn::Select": [0]}, "Net: Fn::Select takes an index and a list, got [0]"),
        ({"Fn::Select": "a"}, "Net: Fn::Select takes an index and a list, got 'a'"),
        ({"Fn::Select": ["x", []]}, "Net: Fn::Select takes an index, got 'x'"),
        ({"Fn::Join": ["a"]}, "Net: Fn::Join takes a delimiter and a list, got ['a']"),
        ({"Fn::Join": ["a", "b"]}, "Net: Fn::Join takes a list, got 'b'"),
        ({"Fn::Split": ["a"]}, "Net: Fn::Split takes a delimiter and a text, got ['a']"),
        ({"Fn::Split": ["", "a"]}, "Net: Fn::Split takes a delimiter and a text, got ['', 'a']"),
        ({"Fn::Split": [",", ["a"]]}, "Net: Fn::Split takes a delimiter and a text, got [',', ['a']]"),
        ({"Fn::FindInMap": ["Sizes", "a"]}, "Net: Fn::FindInMap takes a map and two keys, got ['Sizes', 'a']"),
        ({"Fn::FindInMap": ["Sizes", "a", "b"]}, "Net: the mapping Sizes has no a.b"),
        ({"Fn::FindInMap": ["Sizes", "a", "b", {"Default": 1}]}, "Net: the mapping Sizes has no a.b"),
        ({"Fn::Cidr": ["10.0.0.0/16"]}, "Net: Fn::Cidr takes a block and a count, got ['10.0.0.0/16']"),
        ({"Fn::Cidr": ["ten", 1, 8]}, "Net: Fn::Cidr takes a CIDR, got 'ten'"),
        ({"Fn::Cidr": [10, 1, 8]}, "Net: Fn::Cidr takes a CIDR, got 10"),
        ({"Fn::Cidr": ["10.0.0.0/16", "many", 8]}, "Net: Fn::Cidr takes numbers, got ['many', 8]"),
        ({"Fn::Cidr": ["10.0.0.0/24", 0, 8]}, "Net: Fn::Cidr cannot cut 0 blocks with 8 host bits from 10.0.0.0/24"),
        ({"Fn::Cidr": ["10.0.0.0/8", 257, 8]}, "Net: Fn::Cidr cannot cut 257 blocks with 8 host bits from 10.0.0.0/8"),
        ({"Fn::Cidr": ["10.0.0.0/24", 2, 8]}, "Net: Fn::Cidr cannot cut 2 blocks with 8 host bits from 10.0.0.0/24"),
        ({"Fn::Cidr": ["10.0.0.0/24", 1, 33]}, "Net: Fn::Cidr cannot cut 1 blocks with 33 host bits from 10.0.0.0/24"),
        ({"Fn::Cidr": ["10.0.0.0/24", 1, -1]}, "Net: Fn::Cidr cannot cut 1 blocks with -1 host bits from 10.0.0.0/24"),
        ({"Fn::If": ["Yes", "a"]}, "Net: Fn::If takes a condition and two values, got ['Yes', 'a']"),
        ({"Fn::If": ["Yess", "a", "b"]}, "Net: there is no condition 'Yess'; did you mean 'Yes'"),
        ({"Fn::If": ["Odd", "a", "b"]}, "Net: Fn::Nor is not a condition"),
        ({"Fn::If": ["Two", "a", "b"]},
         "Net: a condition is one function, got {'Condition': 'Yes', 'Fn::Not': []}"),
    ],
    ids=str,
)  # fmt: skip
def test_what_it_refuses(node: Any, message: str) -> None:
    with pytest.raises(TemplateError) as caught:
        value(node)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("name", "holds"),
    [("Yes", True), ("No", False), ("Both", False), ("Either", True), ("Neither", False), ("All", True), ("Same", True),
     ("Lists", True), ("OtherLists", False), ("Numbers", True), ("OpenAndNo", False), ("OpenOrYes", True),
     ("Nothing", False)],
)  # fmt: skip
def test_a_condition_that_is_decided(name: str, *, holds: bool) -> None:
    assert value({"Fn::If": [name, True, False]}) is holds


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("Open", "parameter Free of Net has no value (contract: parameters)"),
        ("OpenNot", "parameter Free of Net has no value (contract: parameters)"),
        ("OpenOrNo", "parameter Free of Net has no value (contract: parameters)"),
        ("Identity", "Net/Vpc is known only to AWS (contract: none)"),
        ("AllZones", "the list of all availability zones is known only to AWS (contract: none; name the zones)"),
    ],
)
def test_a_condition_that_is_not_is_a_choice(name: str, why: str) -> None:
    with pytest.raises(Undecided) as caught:
        value({"Fn::If": [name, True, False]})
    choice = caught.value.choice
    assert (choice.key, choice.options) == (f"condition Net.{name}", (True, False))
    assert choice.text == f"condition {name} of Net is {{option}} ({why})"


def test_what_a_parameter_may_be_is_a_choice() -> None:
    with pytest.raises(Undecided) as caught:
        value({"Ref": "Stage"})
    choice = caught.value.choice
    assert (choice.key, choice.options) == ("parameter Net.Stage", ("dev", "true", "3"))
    assert choice.text.format(option="dev") == "parameter Stage of Net is 'dev'"


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [("eu-west-1", "aws", "amazonaws.com"), ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
     ("us-gov-west-1", "aws-us-gov", "amazonaws.com"), ("us-iso-east-1", "⟨AWS::Partition⟩", "⟨AWS::URLSuffix⟩"),
     ("", "⟨AWS::Partition⟩", "⟨AWS::URLSuffix⟩")],
)  # fmt: skip
def test_the_partition_of_a_region(region: str, partition: str, suffix: str) -> None:
    found = [value({"Ref": f"AWS::{name}"}, region=region) for name in ("Partition", "URLSuffix", "Region")]
    assert found == [partition, suffix, region or "⟨AWS::Region⟩"]
    assert value({"Ref": "AWS::AccountId"}, account="") == "⟨AWS::AccountId⟩"


@pytest.mark.parametrize(
    ("contracts", "node", "expected", "leans"),
    [
        ({"parameters": {"Net": {"Free": "given"}}}, {"Ref": "Free"}, "given", "parameter Free of Net"),
        ({"parameters": {"Net": {"Free": {"resource": "Vpc"}}}}, {"Ref": "Free"}, "⟨Net/Vpc⟩", "parameter Free of Net"),
        ({"ssm": {"/missing": "m"}}, {"Ref": "Missing"}, "m", "ssm /missing"),
        ({"imports": {"e": "value"}}, {"Fn::ImportValue": "e"}, "value", "imports e"),
        ({"imports": {"Hub.Out": "o"}}, {"Fn::GetStackOutput": {"StackName": "Hub", "OutputName": "Out"}}, "o",
         "imports Hub.Out"),
        ({"ids": {"vpc-1": {"resource": "Vpc"}}}, ["vpc-1"], ["⟨Net/Vpc⟩"], "ids vpc-1"),
        ({"ids": {"vpc-1": {"resource": "Vpc"}}}, {"Ref": "Ids"}, ["⟨Net/Vpc⟩", "vpc-2"], "ids vpc-1"),
        ({"zones": {"Unplaced": "eu-west-1b"}}, {"Fn::GetAtt": ["Unplaced", "AvailabilityZone"]}, "eu-west-1b",
         "zones Unplaced"),
    ],
    ids=str,
)  # fmt: skip
def test_what_contracts_say_is_leant_on(contracts: dict[str, Any], node: Any, expected: Any, leans: str) -> None:
    made, stack = resolver(**contracts)
    assert made.value(stack, node) == expected
    assert leans in made.leans


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        ({"Fn::ImportValue": "e"}, "no stack of the set exports 'e', which Net imports (contract: imports)"),
        ({"Fn::ImportValue": {"Ref": "Free"}}, "parameter Free of Net has no value (contract: parameters)"),
        ({"Fn::GetStackOutput": {"StackName": "Hub", "OutputName": "Out"}},
         "no stack of the set is named 'Hub' and has the output 'Out', which Net asks for (contract: imports)"),
    ],
    ids=str,
)  # fmt: skip
def test_what_no_stack_gives(node: Any, reason: str) -> None:
    found = value(node)
    assert isinstance(found, Unknown)
    assert found.reason == reason
