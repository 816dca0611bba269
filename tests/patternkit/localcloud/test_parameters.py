"""Values of parameters are held against what the templates declare, before anything is deployed."""

from pathlib import Path
from typing import Any

import pytest

from patternkit.localcloud.assembly import AssemblyStack
from patternkit.localcloud.errors import LocalCloudError
from patternkit.localcloud.parameters import assigned, given

NUMBER = {"Type": "Number", "MinValue": 1, "MaxValue": 10}
LETTERS = {"AllowedPattern": "[a-z]+", "MinLength": 2, "MaxLength": "5"}


def stack(name: str, parameters: dict[str, Any]) -> AssemblyStack:
    return AssemblyStack(
        artifact_id=name,
        name=name,
        display_name=name,
        account=None,
        region=None,
        template={"Parameters": parameters},
        template_path=Path(f"{name}.template.json"),
        template_url=None,
        assets=(),
        nested_templates=(),
        parameters={},
        tags={},
        bootstrap_parameter=None,
        bootstrap_version=0,
        dependencies=(),
    )


@pytest.mark.parametrize(
    ("declared", "value", "reason"),
    [
        ({"AllowedValues": ["dev", "prod"]}, "Dev", "must be one of dev, prod, got 'Dev'"),
        ({"Type": "Number", "AllowedValues": [1, 2]}, "3", "must be one of 1, 2, got '3'"),
        ({**LETTERS, "ConstraintDescription": "small letters"}, "ABC", "must match [a-z]+: small letters, got 'ABC'"),
        (LETTERS, "abc-", "must match [a-z]+, got 'abc-'"),
        (LETTERS, "a", "must have at least 2 characters, got 'a'"),
        (LETTERS, "abcdef", "must have at most 5 characters, got 'abcdef'"),
        (NUMBER, "x", "must be a number, got 'x'"),
        (NUMBER, "0", "must be at least 1, got '0'"),
        (NUMBER, "11", "must be at most 10, got '11'"),
        ({"Type": "List<Number>"}, "1,x", "must be numbers, separated by commas, got '1,x'"),
        ({"Type": "CommaDelimitedList", "AllowedPattern": "[a-z]+"}, "a, B", "must match [a-z]+, got 'a, B'"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused(declared: dict[str, Any], value: str, reason: str) -> None:
    one = stack("Base", {"Kind": {"Type": "String", **declared}})
    with pytest.raises(LocalCloudError) as raised:
        assigned(given([f"Kind={value}"]), [one])
    assert str(raised.value) == f"parameter Kind of Base {reason}"


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ({"AllowedValues": ["dev", "prod"]}, "dev"),
        ({"Type": "Number", "AllowedValues": [1, 2]}, "2"),
        (LETTERS, "abc"),
        (NUMBER, "1.5"),
        ({"Type": "List<Number>"}, "1, 2"),
        ({"Type": "CommaDelimitedList", "MinLength": 5}, "a"),
        ({"AllowedPattern": "[a-z&&[^b]]++(?<x>a)"}, "anything"),
        ({"Type": "AWS::SSM::Parameter::Value<Number>", "AllowedPattern": "x"}, "/a/name"),
        ({"Type": "AWS::EC2::VPC::Id"}, "vpc-1"),
        ({"NoEcho": True}, "a=b c"),
    ],
)
def test_a_value_that_is_allowed_is_taken(declared: dict[str, Any], value: str) -> None:
    one = stack("Base", {"Kind": {"Type": "String", **declared}})
    assert assigned(given([f"Kind={value}"]), [one]) == {"Base": {"Kind": value}}


def test_a_value_for_one_stack_goes_before_one_for_all() -> None:
    stacks = [stack(name, {"Kind": {"Type": "String"}}) for name in ("One", "Two")]
    values = {"One": {"Kind": "own"}, "Two": {"Kind": "any"}}
    for order in (["One:Kind=own", "Kind=any"], ["Kind=any", "One:Kind=own"]):
        assert assigned(given(order), stacks) == values


def test_a_parameter_is_given_once() -> None:
    with pytest.raises(LocalCloudError) as raised:
        given(["Kind=a", "Other=b", "Kind=c"])
    assert str(raised.value) == "parameter Kind must be given once, got a and c"
