"""Which function is meant, and what its role may do, wherever its policies are written."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.testing.permissions.account import Account
from patternkit.testing.permissions.errors import ProofError
from patternkit.testing.permissions.role import find_function, role_of
from tests.patternkit.testing.permissions.templates import arn, resource

ID = "123456789012"
Resources = dict[str, Any]


def document(*actions: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": one, "Resource": "*"} for one in actions]}


def account(*resources: Resources) -> Account:
    return Account([{"Resources": one} for one in resources], account=ID, region="us-east-1")


def function(role: Any = None) -> dict[str, Any]:
    return resource("Lambda::Function", Role=role or arn("Role"))


def may(more: Resources | None = None, /, *others: Resources, **role: Any) -> list[str]:
    """What the role of a function may do: the policies that say so, with their first action."""
    own = {"F": function(), "Role": resource("IAM::Role", **role), **(more or {})}
    found = role_of(account(own, *others), (0, "F"))
    assert (found.arn, found.account) == (f"arn:aws:iam::{ID}:role/0-Role", ID)
    return [f"{one}: {one.actions[0]}" for one in found.statements] + [f"unknown {one}" for one in found.unknown]


def test_policies_within_the_role() -> None:
    inline = [{"PolicyName": name, "PolicyDocument": document("s3:GetObject", "s3:PutObject")} for name in "ab"]
    assert may(Policies=inline) == [
        "statement 1 of Role.Policies[0]: s3:GetObject",
        "statement 2 of Role.Policies[0]: s3:PutObject",
        "statement 1 of Role.Policies[1]: s3:GetObject",
        "statement 2 of Role.Policies[1]: s3:PutObject",
    ]
    assert may() == []


@pytest.mark.parametrize(
    ("kind", "attached"),
    [
        ("IAM::Policy", {"Roles": ["x", {"Ref": "Role"}]}),
        ("IAM::ManagedPolicy", {"Roles": [{"Ref": "Role"}]}),
        ("IAM::RolePolicy", {"RoleName": {"Ref": "Role"}}),
        ("IAM::RolePolicy", {"RoleName": "0-Role"}),
    ],
)
def test_policies_that_name_the_role(kind: str, attached: dict[str, Any]) -> None:
    policy = {"P": resource(kind, PolicyDocument=document("s3:GetObject"), **attached)}
    assert may(policy) == ["statement 1 of P: s3:GetObject"]
    elsewhere = {name: "another" if name == "RoleName" else ["another"] for name in attached}
    assert may({"P": resource(kind, PolicyDocument=document("s3:GetObject"), **elsewhere)}) == []
    assert may({"P": resource("Shop::Till", PolicyDocument=document("s3:GetObject"), **attached)}) == []


@pytest.mark.parametrize(
    ("statement", "unknown"),
    [
        (document("s3:*", effect="Deny"), ["unknown P"]),
        (document("s3:*"), []),
        ({"Statement": [document("s3:*")["Statement"][0], {"Fn::If": []}]}, ["unknown P"]),
        ({"Statement": ["?"]}, ["unknown P"]),
    ],
)
def test_policies_of_which_nobody_knows_whose_they_are(statement: Any, unknown: list[str]) -> None:
    policy = {"P": resource("IAM::Policy", PolicyDocument=statement, Roles=[{"Fn::ImportValue": "x"}])}
    assert may(policy) == unknown


def test_policies_in_another_template() -> None:
    policy = {"P": resource("IAM::Policy", PolicyDocument=document("s3:GetObject"), Roles=["0-Role"])}
    assert may({}, policy) == ["statement 1 of P: s3:GetObject"]


def test_managed_policies() -> None:
    own = {"M": resource("IAM::ManagedPolicy", PolicyDocument=document("s3:GetObject"))}
    assert may(own, ManagedPolicyArns=[{"Ref": "M"}]) == ["statement 1 of M: s3:GetObject"]
    assert may(own, ManagedPolicyArns=[{"Fn::ImportValue": "x"}]) == ["unknown x"]
    assert may({"M": resource("Shop::Till", PolicyDocument=document("s3:*"))}, ManagedPolicyArns=[{"Ref": "M"}]) == [
        "unknown M"
    ]
    for partition in ("aws", "aws-cn"):
        of_aws = f"arn:{partition}:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        (one,) = may(ManagedPolicyArns=[of_aws])
        assert one == "statement 1 of AWSLambdaBasicExecutionRole: logs:CreateLogGroup"
    for theirs in (
        f"arn:aws:iam::{ID}:policy/mine",
        "arn:aws:iam::aws:policy/NoSuchPolicy",
        "AWSLambdaBasicExecutionRole",
    ):
        assert may(ManagedPolicyArns=[theirs]) == [f"unknown {theirs}"]


def test_a_permissions_boundary() -> None:
    own = {"F": function(), "M": resource("IAM::ManagedPolicy", PolicyDocument=document("s3:*"))}

    def bounded(boundary: Any) -> Account:
        return account(own | {"Role": resource("IAM::Role", PermissionsBoundary=boundary)})

    found = role_of(bounded({"Ref": "M"}), (0, "F"))
    assert [str(one) for one in found.boundary or ()] == ["statement 1 of M"]
    # It names actions of services that are no more.
    of_aws = role_of(bounded("arn:aws:iam::aws:policy/ReadOnlyAccess"), (0, "F"))
    assert of_aws.boundary
    assert role_of(account(own | {"Role": resource("IAM::Role")}), (0, "F")).boundary is None
    with pytest.raises(ProofError, match=r"^Role: its permissions boundary is not made by the template$"):
        role_of(bounded("arn:aws:iam::aws:policy/NoSuchPolicy"), (0, "F"))


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (
            {"F": function("arn:aws:iam::123456789012:role/theirs")},
            "F: its role is not made by the template: pass the template that makes it too",
        ),
        (
            {"F": resource("Lambda::Function")},
            "F: its role is not made by the template: pass the template that makes it too",
        ),
        (
            {"F": function(), "Role": resource("IAM::Role", Policies=[{"PolicyName": "p"}])},
            "Role.Policies[0]: it has no PolicyDocument with statements",
        ),
        (
            {"F": function(), "Role": resource("IAM::Role", Policies=["p"])},
            "Role.Policies[0]: it has no PolicyDocument with statements",
        ),
        (
            {"F": function(), "Role": resource("IAM::Role"), "P": resource("IAM::Policy", Roles=[{"Ref": "Role"}])},
            "P: it has no PolicyDocument with statements",
        ),
        (
            {"F": function(), "Role": resource("IAM::Role"), "P": {"Type": "AWS::IAM::Policy"}},
            "P: it has no PolicyDocument with statements",
        ),
        (
            {"F": {"Type": "AWS::Lambda::Function"}, "Role": {"Type": "AWS::IAM::Role"}},
            "F: its role is not made by the template: pass the template that makes it too",
        ),
        (
            {
                "F": function(),
                "Role": resource("IAM::Role", ManagedPolicyArns=[{"Ref": "M"}]),
                "M": resource("IAM::ManagedPolicy"),
            },
            "M: it has no PolicyDocument with statements",
        ),
    ],
)
def test_what_is_not_usable(resources: Resources, message: str) -> None:
    with pytest.raises(ProofError) as raised:
        role_of(account(resources), (0, "F"))
    assert str(raised.value) == message


def test_a_role_of_another_template() -> None:
    other = {
        "Resources": {"Role": resource("IAM::Role", RoleName="r", Policies=[{"PolicyDocument": document("s3:*")}])}
    }
    other["Outputs"] = {"O": {"Value": arn("Role"), "Export": {"Name": "r"}}}
    own = {"Resources": {"Role": resource("IAM::Role"), "F": function({"Fn::ImportValue": "r"})}}
    found = role_of(Account([own, other], account=ID, region="us-east-1"), (0, "F"))
    assert found.arn == f"arn:aws:iam::{ID}:role/r"
    assert [str(one) for one in found.statements] == ["statement 1 of Role.Policies[0]"]


MADE = {
    "ShopHandler12345678": function(),
    "ShopShopWorkerABCDEF01": function(),
    "Plain": function(),
    "Role": resource("IAM::Role"),
}


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("Plain", "Plain"),
        ("Shop/Handler", "ShopHandler12345678"),
        ("Shop/Handler/Resource", "ShopHandler12345678"),
        ("Stack/Shop/Handler", "ShopHandler12345678"),
        ("Shop/Hand-ler", "ShopHandler12345678"),
        ("Shop/Handler/Handler", "ShopHandler12345678"),
        ("ShopShop/Worker", "ShopShopWorkerABCDEF01"),
        ("Default/Shop/Handler", "ShopHandler12345678"),
        ("Shop/Default/Handler", "ShopHandler12345678"),
        ("Shop/Resource/Handler/Default", "ShopHandler12345678"),
    ],
)
def test_a_function_by_its_name_or_path(named: str, found: str) -> None:
    assert find_function(account(MADE), named) == (0, found)
    assert find_function(account({"Role": MADE["Role"]}, MADE), named) == (1, found)


@pytest.mark.parametrize("named", ["Handler", "Shop", "", "Shop/Handler/x", "Role"])
def test_what_names_no_function(named: str) -> None:
    with pytest.raises(ProofError) as raised:
        find_function(account(MADE), named)
    there = "ShopHandler12345678, ShopShopWorkerABCDEF01, Plain"
    assert str(raised.value) == f"function must name one function of the template, got {named}; there are: {there}"


def test_a_single_function_needs_no_name() -> None:
    assert find_function(account({"F": function()}), None) == (0, "F")
    with pytest.raises(ProofError) as raised:
        find_function(account(MADE), None)
    assert "got a single function; there are: ShopHandler12345678" in str(raised.value)
    with pytest.raises(ProofError, match=r"got a single function; there are: none$"):
        find_function(account({}), None)
