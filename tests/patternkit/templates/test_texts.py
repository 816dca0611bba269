"""Short templates that ask for texts that no machine holds: refused in one line, at once, by every reader."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import pytest

from patternkit.errors import PatternkitError
from patternkit.routes import Network
from patternkit.testing.permissions import prove
from patternkit.upgrade import compare


def nested(levels: int, inner: Any, times: int = 1000) -> Any:
    for _ in range(levels):
        inner = {"Fn::Sub": ["${a}" * times, {"a": inner}]}
    return inner


TOO_LONG: dict[str, Any] = {
    "a text in a text": nested(3, "x" * 10),
    "a reference in a text": nested(4, {"Ref": "AWS::Region"}),
    "a long delimiter": {"Fn::Join": ["x" * 3000, [""] * 1000]},
    "a join in a text": nested(2, {"Fn::Join": ["", ["x", "x", "x"]]}),
}


def of_network(value: Any) -> object:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": value}}
    return Network.from_templates({"Net": {"Resources": {"Vpc": vpc}}}).model


def of_upgrade(value: Any) -> object:
    old, new = (
        {"Resources": {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": one}}}} for one in ("x", value)
    )
    return compare(old, new)


def of_permissions(value: Any) -> object:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": value}
    policy = {"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}
    role = {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": [policy]}
    function = {"Handler": "index.handler", "Runtime": "python3.14", "Role": {"Fn::GetAtt": ["Role", "Arn"]}}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function | {"Code": {"ZipFile": "handler = None"}}},
    }
    return prove({"Resources": resources}, events=[{}])


@pytest.mark.parametrize("read", [of_network, of_upgrade, of_permissions])
@pytest.mark.parametrize("name", TOO_LONG)
def test_texts_that_are_too_long(read: Callable[[Any], object], name: str) -> None:
    used = time.process_time()
    with pytest.raises(PatternkitError, match="makes more than 2,000,000 characters, which no template of AWS does"):
        read(TOO_LONG[name])
    assert time.process_time() - used < 10


@pytest.mark.parametrize("read", [of_network, of_upgrade])
def test_nothing_many_times_over_is_nothing_at_once(read: Callable[[Any], object]) -> None:
    used = time.process_time()
    with contextlib.suppress(PatternkitError):
        read(nested(6, ""))
    assert time.process_time() - used < 10
