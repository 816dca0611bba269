"""What AWS would answer: denials, wildcards, conditions, the policies of resources and keys, boundaries."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.evaluation import AccessDecision, Evaluation, Role, evaluate
from patternkit.testing.permissions.intrinsics import Unresolved
from patternkit.testing.permissions.statements import Request, Statement, read_policy

ALLOWED, DENIED, UNKNOWN = AccessDecision.ALLOWED, AccessDecision.DENIED, AccessDecision.NOT_EVALUATED
ROLE = "arn:aws:iam::123456789012:role/role"
ACCOUNT = {"AWS": "arn:aws:iam::123456789012:root"}
CONTEXT: dict[str, tuple[str, ...] | None] = {
    "aws:securetransport": ("true",),
    "s3:prefix": ("in/",),
    "s3:tlsversion": ("1.3",),
    "aws:principalarn": (ROLE,),
    "kms:viaservice": None,
    "aws:tagkeys": ("a", "b"),
}
OBJECT = "arn:aws:s3:::bucket/in/a"


def statement(effect: str = "Allow", **parts: Any) -> dict[str, Any]:
    if not {"Action", "NotAction"} & parts.keys():
        parts["Action"] = "s3:GetObject"
    if not {"Resource", "NotResource"} & parts.keys():
        parts["Resource"] = "arn:aws:s3:::bucket/*"
    return {"Effect": effect, **parts}


def read(*statements: dict[str, Any], of_resource: bool = False) -> list[Statement]:
    document = {"Statement": list(statements)}
    return list(read_policy("Policy", document, document, of_resource=of_resource))


def decision(
    *statements: dict[str, Any],
    resource_policy: Sequence[dict[str, Any]] | None = (),
    boundary: Sequence[dict[str, Any]] | None = None,
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    unknown: Sequence[str] = (),
) -> AccessDecision:
    role = Role(
        arn=ROLE,
        account="123456789012",
        statements=read(*statements),
        boundary=None if boundary is None else read(*boundary),
        unknown=unknown,
    )
    of_resource = None if resource_policy is None else read(*resource_policy, of_resource=True)
    return evaluate(Request(action, resource, CONTEXT, "a test"), role, lambda _: of_resource).decision


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, ALLOWED),
        ({"Action": ["s3:PutObject", "s3:Get*"]}, ALLOWED),
        ({"Action": "S3:getobject"}, ALLOWED),
        ({"Action": "*"}, ALLOWED),
        ({"Action": "s3:GetObject?ersion"}, DENIED),
        ({"NotAction": "s3:PutObject"}, ALLOWED),
        ({"NotAction": ["s3:Get*"]}, DENIED),
        ({"Resource": "*"}, ALLOWED),
        ({"Resource": "arn:aws:s3:::bucket"}, DENIED),
        ({"Resource": "arn:aws:s3:::Bucket/*"}, DENIED),
        ({"Resource": ["arn:aws:s3:::other/*", "arn:aws:s3:::buck?t/in/*"]}, ALLOWED),
        ({"Resource": "arn:aws:s3*/in/a"}, DENIED),
        ({"NotResource": "arn:aws:s3:::bucket/out/*"}, ALLOWED),
        ({"NotResource": "arn:aws:s3:::bucket/in/*"}, DENIED),
        ({"Resource": Unresolved("Elsewhere.Arn")}, UNKNOWN),
        ({"Resource": ["arn:aws:s3:::bucket/*", Unresolved("Elsewhere.Arn")]}, ALLOWED),
        ({"Resource": "arn:aws:s3:::bucket/${aws:username}/*"}, UNKNOWN),
    ],
)
def test_actions_and_resources(parts: dict[str, Any], expected: AccessDecision) -> None:
    assert decision(statement(**parts)) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"Bool": {"aws:SecureTransport": "true"}}, ALLOWED),
        ({"Bool": {"aws:SecureTransport": True}}, ALLOWED),
        ({"Bool": {"aws:SecureTransport": "false"}}, DENIED),
        # A truth value is written in small letters, also where the case matters.
        ({"StringEquals": {"aws:SecureTransport": True}}, ALLOWED),
        ({"StringEquals": {"aws:SecureTransport": [False]}}, DENIED),
        ({"StringEquals": {"s3:prefix": ["out/", "in/"]}}, ALLOWED),
        ({"StringEquals": {"s3:prefix": "IN/"}}, DENIED),
        ({"StringEqualsIgnoreCase": {"s3:prefix": "IN/"}}, ALLOWED),
        ({"StringLike": {"s3:prefix": "i*"}}, ALLOWED),
        ({"StringNotLike": {"s3:prefix": "i*"}}, DENIED),
        ({"StringNotEquals": {"s3:prefix": ["in/", "out/"]}}, DENIED),
        ({"NumericLessThan": {"s3:TlsVersion": 1.2}}, DENIED),
        ({"NumericGreaterThanEquals": {"s3:TlsVersion": "1.2"}}, ALLOWED),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*"}}, ALLOWED),
        ({"ArnNotEquals": {"aws:PrincipalArn": ROLE}}, DENIED),
        ({"StringEquals": {"kms:ViaService": "s3"}}, DENIED),
        ({"StringEqualsIfExists": {"kms:ViaService": "s3"}}, ALLOWED),
        ({"StringNotEquals": {"kms:ViaService": "s3"}}, ALLOWED),
        ({"Null": {"kms:ViaService": "true"}}, ALLOWED),
        ({"Null": {"s3:prefix": "true"}}, DENIED),
        ({"Null": {"s3:prefix": "False"}}, ALLOWED),
        ({"Null": {"s3:prefix": []}}, UNKNOWN),
        ({"Null": {"s3:prefix": "yes"}}, UNKNOWN),
        ({"NumericLessThan": {"s3:TlsVersion": "new"}}, UNKNOWN),
        ({"NumericLessThan": {"s3:prefix": 5}}, UNKNOWN),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, ALLOWED),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, DENIED),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a"]}}, ALLOWED),
        ({"ForAnyValue:StringEquals": {"kms:ViaService": ["a"]}}, DENIED),
        ({"StringEquals": {"s3:prefix": "in/"}, "Bool": {"aws:SecureTransport": "false"}}, DENIED),
        # What is not modelled is never passed, and never hides a part that does not hold.
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, UNKNOWN),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, UNKNOWN),
        ({"IpAddress": {"s3:prefix": "10.0.0.0/8"}}, UNKNOWN),
        ({"StringEquals": {"s3:prefix": "${aws:username}"}}, UNKNOWN),
        ({"StringEquals": {"s3:prefix": Unresolved("Prefix")}}, UNKNOWN),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1", "s3:prefix": "out/"}}, DENIED),
    ],
)
def test_conditions(condition: dict[str, Any], expected: AccessDecision) -> None:
    assert decision(statement(Condition=condition)) is expected


@pytest.mark.parametrize(
    ("statements", "resource_policy", "expected"),
    [
        ([], [], DENIED),
        ([statement(), statement("Deny")], [], DENIED),
        ([statement(), statement("Deny", Condition={"StringEquals": {"aws:PrincipalOrgID": "o"}})], [], UNKNOWN),
        ([statement(), statement("Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})], [], ALLOWED),
        ([], [statement(Principal="*")], ALLOWED),
        ([], [statement(Principal={"AWS": ROLE})], ALLOWED),
        ([], [statement(Principal={"AWS": "arn:aws:iam::123456789012:role/other"})], DENIED),
        ([], [statement(Principal={"Service": "lambda.amazonaws.com"})], DENIED),
        # The account that a policy names decides by its own policies.
        ([], [statement(Principal=ACCOUNT)], DENIED),
        ([statement()], [statement(Principal=ACCOUNT)], ALLOWED),
        ([statement()], [statement("Deny", Principal="*")], DENIED),
        ([statement()], [statement("Deny", Principal=ACCOUNT)], DENIED),
        ([statement()], [statement("Deny", Principal={"AWS": "arn:aws:iam::123456789012:role/other"})], ALLOWED),
        ([statement()], [statement("Deny", NotPrincipal={"AWS": ROLE})], UNKNOWN),
        (
            [statement()],
            [statement("Deny", Principal={"AWS": "arn:aws:sts::123456789012:assumed-role/role/function"})],
            UNKNOWN,
        ),
        ([statement()], [statement("Deny", Principal={"AWS": Unresolved("Other.Arn")})], UNKNOWN),
        # Of a resource that is not in the template nobody knows what denies it; that it is denied may be known.
        ([statement()], None, UNKNOWN),
        ([statement("Deny")], None, DENIED),
    ],
)
def test_denials_and_resource_policies(
    statements: list[dict[str, Any]], resource_policy: list[dict[str, Any]] | None, expected: AccessDecision
) -> None:
    assert decision(*statements, resource_policy=resource_policy) is expected


@pytest.mark.parametrize(
    ("statements", "key_policy", "expected"),
    [
        ([statement(Action="kms:Decrypt", Resource="*")], [], DENIED),
        ([statement(Action="kms:Decrypt", Resource="*")], ["account"], ALLOWED),
        ([], ["account"], DENIED),
        ([], ["role"], ALLOWED),
    ],
)
def test_a_key_is_used_only_as_its_own_policy_lets_it(
    statements: list[dict[str, Any]], key_policy: list[str], expected: AccessDecision
) -> None:
    who = {"account": ACCOUNT, "role": {"AWS": ROLE}}
    policy = [statement(Action="kms:*", Resource="*", Principal=who[one]) for one in key_policy]
    key = "arn:aws:kms:us-east-1:123456789012:key/key"
    assert decision(*statements, resource_policy=policy, action="kms:Decrypt", resource=key) is expected


def test_a_key_whose_policy_asks_for_what_is_not_modelled_is_not_denied() -> None:
    of_an_organization = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    policy = [statement(Action="kms:*", Resource="*", Principal="*", Condition=of_an_organization)]
    use = statement(Action="kms:Decrypt", Resource="*")
    key = "arn:aws:kms:us-east-1:123456789012:key/key"
    assert decision(use, resource_policy=policy, action="kms:Decrypt", resource=key) is UNKNOWN
    other = [{**policy[0], "Principal": {"AWS": "arn:aws:iam::123456789012:role/other"}}]
    assert decision(use, resource_policy=other, action="kms:Decrypt", resource=key) is DENIED


ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}


@pytest.mark.parametrize(
    ("own", "theirs", "expected"),
    [
        (True, [], DENIED),
        (False, [{"Principal": "*"}], DENIED),
        (False, [{"Principal": {"AWS": ROLE}}], DENIED),
        (True, [{"Principal": "*"}], ALLOWED),
        (True, [{"Principal": {"AWS": ROLE}}], ALLOWED),
        (True, [{"Principal": ACCOUNT}], ALLOWED),
        (True, [{"Principal": {"AWS": "arn:aws:iam::999999999999:root"}}], DENIED),
        (True, [{"Principal": "*", "Condition": ORGANIZATION}], UNKNOWN),
        ("perhaps", [{"Principal": "*"}], UNKNOWN),
        ("perhaps", [], DENIED),
        (True, None, UNKNOWN),
    ],
)
def test_a_resource_of_another_account_takes_both(
    own: bool | str, theirs: list[dict[str, Any]] | None, expected: AccessDecision
) -> None:
    queue = "arn:aws:sqs:us-east-1:999999999999:queue"
    send: dict[str, Any] = {"Action": "sqs:SendMessage", "Resource": queue}
    conditions: list[dict[str, Any]] = [ORGANIZATION] if own == "perhaps" else [{}] * bool(own)
    mine = [statement(**send, Condition=condition) for condition in conditions]
    policy = None if theirs is None else [statement(**send, **one) for one in theirs]
    assert decision(*mine, resource_policy=policy, action="sqs:SendMessage", resource=queue) is expected


@pytest.mark.parametrize(
    ("boundary", "expected"),
    [
        ([], DENIED),
        ([statement(Action="s3:*", Resource="*")], ALLOWED),
        ([statement(Action="s3:*", Resource="*"), statement("Deny")], DENIED),
        ([statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o"}})], UNKNOWN),
    ],
)
def test_a_permissions_boundary_bounds(boundary: list[dict[str, Any]], expected: AccessDecision) -> None:
    assert decision(statement(), boundary=boundary) is expected


def test_a_policy_that_is_only_named_may_allow_it() -> None:
    assert decision(unknown=["TheirPolicy"]) is UNKNOWN
    assert decision(statement(), unknown=["TheirPolicy"]) is UNKNOWN


ANY = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "Policy: not a policy document with statements"),
        ({"Statement": [{"Effect": "Allow"}]}, "Policy: statement 1 is malformed: KeyError: 'Action'"),
        (
            {"Statement": [{**ANY, "Condition": ["aws:SecureTransport"]}]},
            'Policy: statement 1 is malformed: TypeError: a condition is keys by operator, got ["aws:SecureTransport"]',
        ),
        (
            {"Statement": [{**ANY, "Condition": {"Bool": "true"}}]},
            'Policy: statement 1 is malformed: TypeError: a condition is keys by operator, got {"Bool": "true"}',
        ),
        ({"Statement": [{**ANY, "Effect": "Maybe"}]}, "Policy: statement 1 is malformed: KeyError: 'Maybe'"),
        # IAM takes none of a role without a resource, as a condition may leave it.
        (
            {"Statement": [{"Effect": "Allow", "Action": "s3:*"}]},
            "Policy: statement 1 is malformed: KeyError: 'Resource'",
        ),
        (
            {"Statement": [statement(), statement(Action="s3:GetObjekt")]},
            "Policy: statement 2 has an unknown action, s3:GetObjekt; did you mean s3:getobject?",
        ),
    ],
)
def test_a_policy_that_is_none_is_told_in_one_line(document: dict[str, Any], message: str) -> None:
    with pytest.raises(ProofError) as caught:
        list(read_policy("Policy", document, document))
    assert str(caught.value) == message


def test_what_is_not_told_to_be_used_is_nothing() -> None:
    answer = Evaluation(Request("a:b", "*", {}, "a test"), AccessDecision.NOT_EVALUATED, "why")
    assert answer.used == ()
    # By what it is allowed makes no other answer of it.
    assert answer == replace(answer, used=tuple(read(statement())))
