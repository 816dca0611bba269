"""What a role may do and nothing used, and what two statements allow; and why a request is answered as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from patternkit.testing.permissions.evaluation import AccessDecision, Evaluation, Role, evaluate
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Request, Statement, read_policy
from patternkit.testing.permissions.unused import redundant_grants, unexplained, unused_grants

ID = "123456789012"
ROLE = f"arn:aws:iam::{ID}:role/role"
OBJECT, KEY = "arn:aws:s3:::b/k", f"arn:aws:kms:us-east-1:{ID}:key/k"


def read(*statements: dict[str, Any], of_resource: bool = False) -> list[Statement]:
    document = {"Statement": list(statements)}
    return list(read_policy("P", document, document, of_resource=of_resource))


def role(
    *statements: dict[str, Any], boundary: Sequence[dict[str, Any]] | None = None, unknown: Sequence[str] = ()
) -> Role:
    bounds = None if boundary is None else read(*boundary)
    return Role(arn=ROLE, account=ID, statements=read(*statements), boundary=bounds, unknown=unknown)


def answered(
    given: Role, *, action: str = "s3:GetObject", resource: str = OBJECT, policy: Sequence[dict[str, Any]] | None = ()
) -> Evaluation:
    of_resource = None if policy is None else read(*policy, of_resource=True)
    return evaluate(Request(action, resource, {}, "a test"), given, lambda _: of_resource)


def allow(action: Any = "s3:GetObject", resource: Any = "arn:aws:s3:::b/*", **parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **parts}


def deny(**parts: Any) -> dict[str, Any]:
    return {**allow(), "Effect": "Deny", **parts}


OTHER = {"Bool": {"other": "x"}}
MINE, ACCOUNT = {"AWS": ROLE}, {"AWS": f"arn:aws:iam::{ID}:root"}
SESSION = {"AWS": f"arn:aws:sts::{ID}:assumed-role/role/x"}
ALLOWED, DENIED, UNKNOWN = AccessDecision.ALLOWED, AccessDecision.DENIED, AccessDecision.NOT_EVALUATED
NOBODY = "the key's policy neither names the role nor leaves it to the account's policies"
BOUND = "the permissions boundary does not allow it"
EVERYBODY = "the permissions boundary does not allow it, and whether it bounds a grant to everybody is not documented"
BOUNDARY = "the permissions boundary depends on what is not modelled"


@pytest.mark.parametrize(
    ("given", "policy", "decision", "why"),
    [
        (role(), [], DENIED, "no statement allows it"),
        (role(allow()), [], ALLOWED, "by statement 1 of P"),
        (role(allow("s3:PutObject"), allow()), [], ALLOWED, "by statement 2 of P"),
        (role(allow(), deny()), [], DENIED, "statement 2 of P denies it"),
        (
            role(allow(), deny(Condition=OTHER)),
            [],
            UNKNOWN,
            "it may be denied: condition key other in statement 2 of P is not modelled",
        ),
        (role(allow(Condition=OTHER)), [], UNKNOWN, "condition key other in statement 1 of P is not modelled"),
        (role(allow(Condition=OTHER), allow()), [], ALLOWED, "by statement 2 of P"),
        (role(allow(resource=Unresolved("R"))), [], UNKNOWN, "resource R in statement 1 of P is not modelled"),
        (role(allow(), unknown=["M", "N"]), [], UNKNOWN, "it may be denied: policy M is not modelled"),
        (role(deny(), unknown=["M"]), [], DENIED, "statement 1 of P denies it"),
        (role(allow()), None, UNKNOWN, "the resource is not in the template, and its policy is not known"),
        (role(), [allow(Principal=MINE)], ALLOWED, "by statement 1 of P"),
        (role(), [allow(Principal={"AWS": ID})], DENIED, "no statement allows it"),
        (
            role(),
            [allow(Principal={"AWS": [Unresolved("W")]})],
            UNKNOWN,
            "principal W in statement 1 of P is not modelled",
        ),
        (role(), [allow(Principal={"AWS": [Unresolved("W"), ROLE]})], ALLOWED, "by statement 1 of P"),
        (role(), [allow(Principal=SESSION)], UNKNOWN, "the role's session in statement 1 of P is not modelled"),
        (role(), [allow(NotPrincipal=MINE)], UNKNOWN, "NotPrincipal in statement 1 of P is not modelled"),
        (role(allow()), [deny(Principal=ACCOUNT)], DENIED, "statement 1 of P denies it"),
        (role(allow()), [deny(Principal={"AWS": ID})], DENIED, "statement 1 of P denies it"),
        (role(allow()), [deny(Principal={"AWS": "arn:aws:iam::000000000000:root"})], ALLOWED, "by statement 1 of P"),
        (role(allow()), [deny(Principal={"Service": "*"})], ALLOWED, "by statement 1 of P"),
        (
            role(allow()),
            [deny(Principal={"AWS": Unresolved("W")})],
            UNKNOWN,
            "it may be denied: principal W in statement 1 of P is not modelled",
        ),
        (role(allow(), boundary=[]), [], DENIED, BOUND),
        (role(allow(), boundary=[allow("s3:*")]), [], ALLOWED, "by statement 1 of P"),
        (role(allow(), boundary=[allow("s3:Put*")]), [], DENIED, BOUND),
        (role(allow(), boundary=[allow(), deny()]), [], DENIED, BOUND),
        (role(allow(), boundary=[allow(), deny(Condition=OTHER)]), [], UNKNOWN, BOUNDARY),
        (role(allow(), boundary=[allow(Condition=OTHER)]), [], UNKNOWN, BOUNDARY),
        (role(allow(), boundary=[allow(Condition=OTHER), allow()]), [], ALLOWED, "by statement 1 of P"),
        # What the resource gives to the role, and not to a session of it, is bounded as well.
        (role(boundary=[]), [allow(Principal=MINE)], DENIED, BOUND),
        (role(boundary=[allow()]), [allow(Principal=MINE)], ALLOWED, "by statement 1 of P"),
        (role(boundary=[allow(), deny()]), [allow(Principal=MINE)], DENIED, BOUND),
        (role(boundary=[allow(Condition=OTHER)]), [allow(Principal=MINE)], UNKNOWN, BOUNDARY),
        (role(boundary=[]), [allow(Principal="*")], UNKNOWN, EVERYBODY),
        (role(allow(), boundary=[]), [allow(Principal="*")], UNKNOWN, EVERYBODY),
        (role(boundary=[allow(), deny()]), [allow(Principal="*")], DENIED, BOUND),
    ],
)
def test_why_a_request_is_answered_so(
    given: Role, policy: Sequence[dict[str, Any]] | None, decision: AccessDecision, why: str
) -> None:
    answer = answered(given, policy=policy)
    assert (answer.decision, answer.why) == (decision, why)
    assert str(answer) == f"{decision}: s3:GetObject on {OBJECT} (a test): {why}"
    assert bool(answer.used) == (
        decision is ALLOWED and any(one.applies(answer.request) is True for one in given.statements)
    )


@pytest.mark.parametrize(
    ("principal", "own", "decision", "why"),
    [
        (None, True, DENIED, NOBODY),
        (ACCOUNT, True, ALLOWED, "by statement 1 of P"),
        ({"AWS": ID}, True, ALLOWED, "by statement 1 of P"),
        ({"AWS": f"arn:aws-cn:iam::{ID}:root"}, True, ALLOWED, "by statement 1 of P"),
        (ACCOUNT, False, DENIED, "no statement allows it"),
        (MINE, False, ALLOWED, "by statement 1 of P"),
    ],
)
def test_a_key_is_used_as_its_policy_lets_it(principal: Any, own: bool, decision: AccessDecision, why: str) -> None:
    use = allow("kms:Decrypt", "*")
    policy = [] if principal is None else [{**use, "Principal": principal}]
    answer = answered(role(*([use] if own else [])), action="kms:Decrypt", resource=KEY, policy=policy)
    assert (answer.decision, answer.why) == (decision, why)
    # A call that names no key has no key's policy to pass.
    listing = answered(role(allow("kms:ListKeys", "*")), action="kms:ListKeys", resource="*", policy=None)
    assert listing.decision is ALLOWED


def used(given: Role, *asked: tuple[str, str]) -> list[Evaluation]:
    return [answered(given, action=action, resource=resource) for action, resource in asked]


GET, PUT = ("s3:GetObject", OBJECT), ("s3:PutObject", OBJECT)


def test_any_resource_under_a_condition_and_in_policies_of_aws() -> None:
    """The condition may name what is meant, and nobody can narrow a policy of AWS."""
    (statement,) = read(allow(resource="*"))
    narrowed = replace(statement, condition={"Bool": {"aws:SecureTransport": "true"}})
    for other, told in ((statement, 1), (narrowed, 0), (replace(statement, of_aws=True), 0)):
        given = Role(arn=ROLE, account=ID, statements=[other])
        request = Request("s3:GetObject", OBJECT, {"aws:securetransport": ("true",)}, "a test")
        evaluation = evaluate(request, given, lambda _: [])
        assert evaluation.decision is ALLOWED, evaluation
        assert len(unused_grants(given, [evaluation])) == told


@pytest.mark.parametrize(
    ("statements", "asked", "expected"),
    [
        ([allow()], [GET], []),
        ([allow()], [], ["s3:GetObject on arn:aws:s3:::b/*"]),
        ([allow()], [PUT], ["s3:GetObject on arn:aws:s3:::b/*"]),
        ([allow(["s3:GetObject", "s3:PutObject"])], [GET], ["s3:PutObject on arn:aws:s3:::b/*"]),
        ([allow("S3:GETOBJECT")], [GET], []),
        ([allow("s3:GetObject*")], [GET], ["s3:GetObject* on arn:aws:s3:::b/*, for s3:GetObject only"]),
        (
            [allow("s3:*Object")],
            [PUT, GET, GET],
            ["s3:*Object on arn:aws:s3:::b/*, for s3:GetObject, s3:PutObject only"],
        ),
        ([allow("s3:GetObjec?")], [GET], []),
        (
            [{"Effect": "Allow", "NotAction": ["iam:*", "s3:Put*"], "Resource": ["*", "a"]}],
            [GET],
            ["all actions but iam:*, s3:Put* on *, a"],
        ),
        (
            [allow(resource=["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"])],
            [GET],
            ["resource arn:aws:s3:::c/* of s3:GetObject"],
        ),
        (
            [allow(["s3:GetObject", "s3:Put*"], ["arn:aws:s3:::b/*", "arn:aws:s3:::c/*"])],
            [],
            ["s3:GetObject on arn:aws:s3:::b/*, arn:aws:s3:::c/*", "s3:Put* on arn:aws:s3:::b/*, arn:aws:s3:::c/*"],
        ),
        (
            [{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": ["a", "c"]}],
            [GET],
            ["s3:GetObject on a, c, for named resources only"],
        ),
        ([allow(resource="*")], [GET], ["s3:GetObject on *, for named resources only"]),
        ([allow("s3:Get*", "*")], [GET], ["s3:Get* on *, for s3:GetObject only"]),
        ([allow("s3:ListAllMyBuckets", "*")], [("s3:ListAllMyBuckets", "*")], []),
        ([deny()], [], []),
        ([allow(), allow()], [], ["s3:GetObject on arn:aws:s3:::b/*"]),
        (
            [allow("s3:PutObject", Condition={"Bool": {"x": "y"}, "Null": {"z": "true"}})],
            [],
            ["s3:PutObject on arn:aws:s3:::b/* if x, z"],
        ),
    ],
)
def test_what_nothing_used(statements: list[dict[str, Any]], asked: list[tuple[str, str]], expected: list[str]) -> None:
    given = role(*statements)
    assert list(unused_grants(given, used(given, *asked))) == expected


@pytest.mark.parametrize(
    ("statements", "asked", "expected"),
    [
        ([allow(), allow()], [GET], [1, 2]),
        ([allow(), allow("s3:*")], [GET], [1, 2]),
        ([allow(), allow("s3:*")], [GET, PUT], [1]),
        ([allow(), allow("s3:PutObject")], [GET, PUT], []),
        ([allow(), allow()], [], []),
        ([allow(), deny(Resource="arn:aws:s3:::c/*"), allow()], [GET], [1, 3]),
        ([allow(), {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], [GET], [1]),
    ],
)
def test_what_two_statements_allow(
    statements: list[dict[str, Any]], asked: list[tuple[str, str]], expected: list[int]
) -> None:
    given = role(*statements)
    found = redundant_grants(given, used(given, *asked))
    assert list(found) == [
        f"{statements[number - 1]['Action']} on arn:aws:s3:::b/*, by statement {number} of P" for number in expected
    ]


def test_reasons() -> None:
    assert unexplained(iter(["a", "b"]), {"a": "why", "b": "", "c": "why"}) == [
        "unused: b",
        "explained, but not unused: c",
    ]
