"""Statements, conditions, wildcards and actions: what matches what, and what is not known."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.testing.permissions.actions import exists, expand, suggestion, takes_resources
from patternkit.testing.permissions.conditions import holds
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Request, Statement, listed, read_policy
from patternkit.testing.permissions.wildcards import matches, matches_arn, matches_resource

GIVEN: dict[str, tuple[str, ...] | None] = {
    "key": ("Ab",),
    "number": ("5",),
    "arn": ("arn:aws:s3:::b/k:x",),
    "flag": ("true",),
    "none": None,
    "several": ("a", "b"),
    "empty": (),
}


@pytest.mark.parametrize(
    ("operator", "key", "holding", "failing"),
    [
        ("StringEquals", "key", ["Ab", ["x", "Ab"]], ["ab", "A*", ["x"]]),
        ("StringNotEquals", "key", ["ab", ["x"], "A*"], ["Ab", ["x", "Ab"]]),
        ("StringEqualsIgnoreCase", "key", ["AB", "ab"], ["a"]),
        ("StringNotEqualsIgnoreCase", "key", ["a"], ["aB"]),
        ("StringLike", "key", ["A*", "?b", "Ab"], ["a*", "?"]),
        ("StringNotLike", "key", ["a*"], ["A*", ["x", "?b"]]),
        ("ArnEquals", "arn", ["arn:aws:s3:::b/*", "arn:aws:s3:::b/k:x"], ["arn:aws:s3:::c/*"]),
        ("ArnNotEquals", "arn", ["arn:aws:s3:::c"], ["arn:*:s3:::b/*"]),
        ("ArnLike", "arn", ["arn:*:s3:*:*:b/k*"], ["arn:*"]),
        ("ArnNotLike", "arn", ["arn:aws:s3:::c/*"], ["arn:aws:s3:::b/k:?"]),
        ("Bool", "flag", ["true", True, "TRUE"], ["false", False]),
        ("NumericEquals", "number", ["5", 5, "5.0"], [4]),
        ("NumericNotEquals", "number", [4, 6], [5, "5.0"]),
        ("NumericLessThan", "number", [6], [5, 4]),
        ("NumericLessThanEquals", "number", [6, 5], [4]),
        ("NumericGreaterThan", "number", [4], [5, 6]),
        ("NumericGreaterThanEquals", "number", [4, 5], [6]),
        ("Null", "key", ["false", False], ["true", True]),
        ("Null", "none", ["true", True], ["false"]),
    ],
)
def test_each_operator(operator: str, key: str, holding: list[Any], failing: list[Any]) -> None:
    for written in (key, key.upper()):
        assert [holds({operator: {written: one}}, GIVEN) for one in holding] == [True] * len(holding)
        assert [holds({operator: {written: one}}, GIVEN) for one in failing] == [False] * len(failing)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        # A key that is not there fails what asks for a value, and passes what excludes one.
        ({"StringEquals": {"none": "x"}}, False),
        ({"StringNotEquals": {"none": "x"}}, True),
        ({"ForAnyValue:StringNotEquals": {"none": "x"}}, False),
        ({"ForAllValues:StringEquals": {"none": "x"}}, True),
        ({"StringEqualsIfExists": {"none": "x"}}, True),
        ({"StringEqualsIfExists": {"key": "x"}}, False),
        ({"StringEqualsIfExists": {"key": "Ab"}}, True),
        ({"ForAnyValue:StringEqualsIfExists": {"none": "x"}}, True),
        ({"ForAllValues:StringEquals": {"several": ["a", "b", "c"]}}, True),
        ({"ForAllValues:StringEquals": {"several": ["a"]}}, False),
        ({"ForAnyValue:StringEquals": {"several": ["b", "c"]}}, True),
        ({"ForAnyValue:StringEquals": {"several": ["c"]}}, False),
        ({"ForAnyValue:StringNotEquals": {"several": ["a"]}}, True),
        ({"ForAllValues:StringNotEquals": {"several": ["a"]}}, False),
        ({"StringEquals": {"several": ["a"]}}, False),
        ({}, True),
        ({"StringEquals": {}}, True),
        # Every operator and every key must hold.
        ({"StringEquals": {"key": "Ab", "flag": "x"}}, False),
        ({"StringEquals": {"key": "Ab"}, "Bool": {"flag": "false"}}, False),
        ({"Bool": {"flag": "false"}, "StringEquals": {"key": "Ab"}}, False),
        # What is not known never hides a part that fails.
        ({"StringEquals": {"other": "x", "key": "x"}}, False),
        ({"StringEquals": {"other": "x", "key": "Ab"}}, "condition key other"),
        ({"StringEquals": {"key": "Ab", "Other": "x"}}, "condition key Other"),
        ({"IpAddress": {"key": "x"}}, "condition operator IpAddress"),
        ({"ForAnyValue:IpAddress": {"key": "x"}}, "condition operator ForAnyValue:IpAddress"),
        ({"StringEquals": {"key": Unresolved("X")}}, "the value of condition key key"),
        ({"StringEquals": {"key": ["a", Unresolved("X")]}}, "the value of condition key key"),
        ({"StringEquals": {"key": "${aws:username}"}}, "the policy variable in condition key key"),
    ],
)
def test_conditions(condition: dict[str, Any], expected: bool | str) -> None:
    assert holds(condition, GIVEN) == expected


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("a*c", "abbc", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a.c", "abc", False),
        ("*", "any\nthing", True),
        ("A", "a", False),
        ("b", "abc", False),
    ],
)
def test_wildcards(pattern: str, text: str, expected: bool) -> None:
    assert matches(pattern, text) is expected


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", "*", True),
        ("*", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::*", "arn:aws:s3:::b/k:v", True),
        ("arn:*:b", "arn:aws:s3:::b", False),
        ("arn:aws:s3:*", "arn:aws:s3:::b", False),
        ("arn:aws:*:*:*:b", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::b", "*", False),
        ("arn:aws:s3:::b", "b", False),
        ("arn:aws:sqs:us-east-1:1:q", "arn:aws:sqs:us-west-1:1:q", False),
    ],
)
def test_wildcards_of_arns(pattern: str, arn: str, expected: bool) -> None:
    assert matches_arn(pattern, arn) is expected


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", "*", True),
        ("*", "arn:aws:s3:::b", True),
        ("arn:aws:s3:::*", "arn:aws:s3:::b/k:v", True),
        ("arn:aws:s3:::b", "*", False),
        ("arn:aws:s3:::b", "b", False),
        ("arn:aws:sqs:us-east-1:1:q", "arn:aws:sqs:us-west-1:1:q", False),
        # A wildcard at the end of a part reaches on, one within it does not.
        ("arn:aws:s3:*", "arn:aws:s3:::b", True),
        ("arn:aws:sqs:us-*", "arn:aws:sqs:us-east-1:1:q", True),
        ("arn:aws:sqs:us-*:q", "arn:aws:sqs:us-east-1:1:q", True),
        ("arn:aws:sqs:us-*-1:q", "arn:aws:sqs:us-east-1:1:q", False),
        ("arn:aws:sqs:us-*-1:1:q", "arn:aws:sqs:us-east-1:1:q", True),
        ("arn:aws:sqs:eu-*", "arn:aws:sqs:us-east-1:1:q", False),
        ("arn:aws:sqs:us-east-?:q", "arn:aws:sqs:us-east-1:1:q", False),
        ("arn:aws:sqs:us-east-?:1:q?", "arn:aws:sqs:us-east-1:1:q:", True),
        # What is missing at the end stands for anything.
        ("arn:aws:sqs", "arn:aws:sqs:us-east-1:1:q", True),
        ("arn:aws:sqs:us-east-1:1", "arn:aws:sqs:us-east-1:1:q", True),
        ("arn:aws:sqs:us-east-1", "arn:aws:sqs:us-east-12:1:q", False),
        ("arn:aws:sq", "arn:aws:sqs:us-east-1:1:q", False),
        ("arn:aws:sqs:us-east-1:1:q", "arn:aws:sqs:us-east-1:1:q:x", False),
    ],
)
def test_wildcards_of_resources(pattern: str, arn: str, expected: bool) -> None:
    assert matches_resource(pattern, arn) is expected


def test_the_policy_of_a_resource_names_whole_arns() -> None:
    (one,) = read({"Statement": {**ALLOW, "Resource": "arn:aws:s3", "Principal": "*"}}, of_resource=True)
    assert one.resource_matches("arn:aws:s3:::b/k") == "resource arn:aws:s3, which is no whole ARN,"
    (of_role,) = read({"Statement": {**ALLOW, "Resource": "arn:aws:s3"}})
    assert of_role.resource_matches("arn:aws:s3:::b/k") is True


def test_actions() -> None:
    assert exists("s3:GetObject")
    assert exists("S3:getobject")
    assert not exists("s3:GetObjekt")
    assert not exists("nobody:GetObject")
    assert not exists("s3")
    assert takes_resources("s3:GetObject")
    assert takes_resources("S3:GETOBJECT")
    assert not takes_resources("s3:ListAllMyBuckets")
    assert set(expand("sqs:Send*")) == {"sqs:sendmessage"}
    assert set(expand("SQS:*tag*")) == {"sqs:listqueuetags", "sqs:tagqueue", "sqs:untagqueue"}
    assert len(set(expand("sqs:*"))) == len(set(expand("sqs"))) > 10
    assert "s3:getobject" in set(expand("*"))
    assert suggestion("s3:GetObjekt") == "; did you mean s3:getobject?"
    assert suggestion("SQS:SendMesage") == "; did you mean sqs:sendmessage?"
    assert suggestion("s3:Get:Object") == "; did you mean s3:getobject?"
    assert suggestion("nobody:GetObject") == suggestion("s3:zzzzzzzz") == ""


def read(written: Any, document: Any = None, *, of_resource: bool = False) -> list[Statement]:
    return list(read_policy("P", written if document is None else document, written, of_resource=of_resource))


ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}


def test_what_a_statement_says() -> None:
    condition = {"Bool": {"a": "b"}}
    first, second, third = read(
        {
            "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": ["a", "b"]},
                {"Effect": "Deny", "NotAction": "s3:GetObject", "NotResource": "a", "Condition": condition},
                ALLOW,
            ]
        }
    )
    assert (str(first), str(third)) == ("statement 1 of P", "statement 3 of P")
    assert (first.allow, first.actions, first.resources) == (True, ("s3:GetObject", "s3:Put*"), ("a", "b"))
    assert (first.as_written, first.principals, first.condition) == (("a", "b"), None, {})
    assert (first.all_but_actions, first.all_but_resources, first.all_but_principals) == (False, False, False)
    assert (second.allow, second.actions, second.resources) == (False, ("s3:GetObject",), ("a",))
    assert (second.all_but_actions, second.all_but_resources, second.condition) == (True, True, condition)
    assert second.as_written == ("a",)
    assert (third.resources, third.as_written) == (("*",), ("*",))
    (written,) = read(
        {"Statement": {**ALLOW, "Resource": {"Ref": "Bucket"}}}, {"Statement": {**ALLOW, "Resource": "arn:b"}}
    )
    assert (written.resources, written.as_written) == (("arn:b",), ("Bucket",))


@pytest.mark.parametrize(
    ("named", "principals", "but"),
    [
        ({"Principal": "*"}, {"AWS": ["*"]}, False),
        ({"Principal": {"AWS": "1", "Service": ["a", "b"]}}, {"AWS": ["1"], "Service": ["a", "b"]}, False),
        ({"NotPrincipal": {"AWS": "1"}}, {"AWS": ["1"]}, True),
    ],
)
def test_whom_a_resource_policy_names(named: dict[str, Any], principals: dict[str, Any], but: bool) -> None:
    (one,) = read({"Statement": {**ALLOW, **named}}, of_resource=True)
    assert (one.principals, one.all_but_principals) == (principals, but)
    (of_role,) = read({"Statement": {**ALLOW, **named}})
    assert of_role.principals is None


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ([], "P: not a policy document with statements"),
        ({"Version": "1"}, "P: not a policy document with statements"),
        ({"Statement": {"Effect": "Allow"}}, "P: statement 1 is malformed: KeyError: 'Action'"),
        ({"Statement": [ALLOW, {**ALLOW, "Effect": "Maybe"}]}, "P: statement 2 is malformed: KeyError: 'Maybe'"),
        ({"Statement": ["text"]}, "P: statement 1 is malformed: TypeError: string indices must be integers, not 'str'"),
        (
            {"Statement": {**ALLOW, "Action": ["s3:GetObject", Unresolved("Action")]}},
            "P: statement 1 is malformed: TypeError: action Action is not known before deployment",
        ),
        (
            {"Statement": [ALLOW, {**ALLOW, "Action": "s3:GetObjekt"}]},
            "P: statement 2 has an unknown action, s3:GetObjekt; did you mean s3:getobject?",
        ),
        ({"Statement": {**ALLOW, "NotAction": "no:thing"}}, "P: statement 1 has an unknown action, no:thing"),
    ],
)
def test_what_is_no_policy(written: Any, message: str) -> None:
    with pytest.raises(ProofError) as raised:
        read(written)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("resource", "invoked", "expected"),
    [
        ("execute-api:/*", "live/GET/orders", True),
        ("execute-api:/live/GET/*", "live/GET/orders", True),
        ("execute-api:/live/GET/*", "live/POST/orders", False),
        ("execute-api:/test/*", "live/GET/orders", False),
    ],
)
def test_a_policy_of_an_api_need_not_say_which_api(resource: str, invoked: str, expected: bool) -> None:
    (one,) = read({"Statement": {**ALLOW, "Action": "execute-api:Invoke", "Resource": resource, "Principal": "*"}})
    assert one.resource_matches(f"arn:aws:execute-api:eu-west-1:111122223333:abcdefghij/{invoked}") is expected


def test_actions_with_wildcards_need_not_exist() -> None:
    assert len(read({"Statement": [{**ALLOW, "Action": "s3:Got*"}, {**ALLOW, "Action": "s3:G?tObjekt"}]})) == 2


def test_a_statement_that_a_condition_leaves_out() -> None:
    (left,) = read(
        {"Statement": [{**ALLOW, "Resource": "a"}, {"Fn::If": []}]}, {"Statement": [{**ALLOW, "Resource": "r"}]}
    )
    assert left.as_written == ("r",)


def request(resource: str = "arn:aws:s3:::b/k", action: str = "s3:GetObject") -> Request:
    return Request(action, resource, GIVEN, "a test")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, True),
        ({"Action": "s3:getOBJECT"}, True),
        ({"Action": "s3:Put*"}, False),
        ({"Action": None, "NotAction": "s3:Put*"}, True),
        ({"Action": None, "NotAction": "S3:GET*"}, False),
        ({"Resource": "arn:aws:s3:::c/*"}, False),
        ({"Resource": None, "NotResource": "arn:aws:s3:::c/*"}, True),
        ({"Resource": None, "NotResource": "arn:aws:s3:::b/*"}, False),
        ({"Resource": Unresolved("R")}, "resource R in statement 1 of P"),
        ({"Resource": [Unresolved("R"), "*"]}, True),
        ({"Resource": None, "NotResource": Unresolved("R")}, "resource R in statement 1 of P"),
        ({"Resource": "arn:aws:s3:::${x}"}, "the policy variable in arn:aws:s3:::${x} in statement 1 of P"),
        (
            {"Resource": ["arn:aws:s3:::c/*", "arn:aws:s3:::${x}"]},
            "the policy variable in arn:aws:s3:::${x} in statement 1 of P",
        ),
        ({"Condition": {"Bool": {"flag": "false"}}}, False),
        ({"Condition": {"Bool": {"other": "true"}}}, "condition key other in statement 1 of P"),
        ({"Resource": Unresolved("R"), "Condition": {"Bool": {"flag": "false"}}}, False),
        ({"Resource": Unresolved("R"), "Condition": {"Bool": {"other": "x"}}}, "resource R in statement 1 of P"),
        ({"Action": "s3:Put*", "Resource": Unresolved("R")}, False),
    ],
)
def test_whether_a_statement_applies(parts: dict[str, Any], expected: bool | str) -> None:
    given = {**ALLOW, "Resource": "arn:aws:s3:::b/*", **parts}
    (one,) = read({"Statement": {name: part for name, part in given.items() if part is not None}})
    assert one.applies(request()) == expected


def test_lists() -> None:
    assert listed("a") == ["a"]
    given = ["a"]
    assert listed(given) == given
    assert listed(given) is not given
