"""A denial that goes is a danger wherever its holder stands; and the kinds that mutants of the comparison survived."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from patternkit.upgrade import Change, Kind, compare_sources
from tests.patternkit.upgrade.lines import changes

Resources = dict[str, Any]
DENY = {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"}
ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ROLE = {"Type": "AWS::IAM::Role", "Properties": {}}
EXPORTED = {"Fn::ImportValue": "Roles:Role"}
OUTPUTS = {"Out": {"Value": {"Ref": "Role"}, "Export": {"Name": "Roles:Role"}}}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def policy(kind: str = "Policy", *statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "Type": f"AWS::IAM::{kind}",
        "Properties": {"PolicyDocument": document(*(statements or (DENY,))), **more},
    }


def resource(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


@pytest.fixture
def assemblies(tmp_path: Path) -> Any:
    def compared(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
        for name, templates in (("old", old), ("new", new)):
            (tmp_path / name).mkdir()
            for stack, template in templates.items():
                (tmp_path / name / f"{stack}.template.json").write_text(json.dumps(template))
        return list(compare_sources(str(tmp_path / "old"), str(tmp_path / "new")))

    return compared


ROLES = {"Resources": {"Role": ROLE}, "Outputs": OUTPUTS}
KEPT = {"Resources": {"X": resource("SNS::Topic")}}


@pytest.mark.parametrize(
    "holder",
    [EXPORTED, {"Fn::GetStackOutput": {"StackName": "Roles", "OutputName": "Out"}}, "role-of-another-app"],
    ids=["an import", "a weak reference", "a name"],
)
def test_a_policy_of_another_template(assemblies: Any, holder: Any) -> None:
    policies = {"Resources": {**KEPT["Resources"], "P": policy(Roles=[holder])}}
    (change,) = assemblies({"Roles": ROLES, "Policies": policies}, {"Roles": ROLES, "Policies": KEPT})
    assert change.dangerous
    assert change.kind is Kind.PERMISSIONS
    assert change.reason == "s3:DeleteObject on * was denied, and is not any more"
    assert (change.template, change.logical_id) in [("Roles", "Role"), ("", "role-of-another-app")]


def test_a_policy_that_moves_to_another_template_changes_nothing(assemblies: Any) -> None:
    inline = {"Resources": {"Role": ROLE, "P": policy(Roles=[{"Ref": "Role"}])}, "Outputs": OUTPUTS}
    apart = {"Resources": {**KEPT["Resources"], "P": policy(Roles=[EXPORTED])}}
    assert not assemblies({"Roles": inline, "Policies": KEPT}, {"Roles": ROLES, "Policies": apart})


def test_a_denial_goes_with_its_holder(assemblies: Any) -> None:
    policies = {"Resources": {**KEPT["Resources"], "P": policy(Roles=[EXPORTED])}}
    found = assemblies({"Roles": ROLES, "Policies": policies}, {"Roles": KEPT, "Policies": KEPT})
    assert not [one for one in found if one.dangerous]


def with_role(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": properties}


BUCKET = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
NO_VALUE = {"Ref": "AWS::NoValue"}


def attached(statement: Any, condition: str | None = None) -> Resources:
    """A role, and a policy of it with a statement or several."""
    given = {**policy(Roles=[{"Ref": "Role"}]), **({"Condition": condition} if condition else {})}
    given["Properties"]["PolicyDocument"]["Statement"] = statement
    return {"Role": ROLE, "Policy": given}


def of_role(old: Resources, new: Resources) -> list[str]:
    return [one.reason for one in changes(old, new) if one.dangerous and one.logical_id == "Role"]


def test_a_denial_that_now_hangs_on_a_condition_of_the_template() -> None:
    said = ["s3:DeleteObject on * was denied, and is now only if a condition of the template holds"]
    for now in (
        [{"Fn::If": ["C", DENY, NO_VALUE]}],
        {"Fn::If": ["C", [DENY], NO_VALUE]},
        {**DENY, "Condition": {"Fn::If": ["C", {"Bool": {"a": "true"}}, NO_VALUE]}},
        {**DENY, "Condition": {"Bool": {"Fn::If": ["C", {"a": "true"}, NO_VALUE]}}},
        {**DENY, "Condition": {"Bool": {"a": {"Fn::If": ["C", "true", NO_VALUE]}}}},
    ):
        hanging = attached(now)
        assert of_role(attached(DENY), hanging) == said, now
        assert not of_role(hanging, hanging)
        assert not of_role(hanging, attached(DENY))
    hanging = attached(DENY, "C")
    assert of_role(attached(DENY), hanging) == said
    assert not of_role(hanging, hanging)
    # What it denies to is there under the same condition.
    both = {name: {**one, "Condition": "C"} for name, one in attached(DENY).items()}
    assert not [one for one in of_role(attached(DENY), both) if "denied" in one]


def test_a_condition_that_may_be_missing_is_dropped() -> None:
    limited = {**ALLOW, "Condition": {"Bool": {"a": "true"}}}
    maybe = {**ALLOW, "Condition": {"Fn::If": ["C", {"Bool": {"a": "true"}}, NO_VALUE]}}
    assert of_role(attached(limited), attached(maybe)) == ["it may now s3:GetObject on *: a condition is dropped"]
    assert not of_role(attached(maybe), attached(limited))
    assert not of_role(attached(maybe), attached(maybe))


TO_ALL = {**DENY, "Principal": "*"}
KINDS: dict[str, tuple[Resources, Resources]] = {
    "a managed policy that the role names": (
        {"M": policy("ManagedPolicy"), "Role": with_role(ManagedPolicyArns=[{"Ref": "M"}])},
        {"M": policy("ManagedPolicy"), "Role": ROLE},
    ),
    "a managed policy that names the role": (
        {"M": policy("ManagedPolicy", Roles=[{"Ref": "Role"}]), "Role": ROLE},
        {"M": policy("ManagedPolicy"), "Role": ROLE},
    ),
    "a statement of a managed policy": (
        {"M": policy("ManagedPolicy", ALLOW, DENY), "Role": ROLE},
        {"M": policy("ManagedPolicy", ALLOW), "Role": ROLE},
    ),
    "a group that a user leaves": (
        {
            "G": resource("IAM::Group", Policies=[{"PolicyDocument": document(DENY)}]),
            "U": resource("IAM::User", Groups=["x"]),
        }
        | {"U": resource("IAM::User", Groups=[{"Ref": "G"}])},
        {"G": resource("IAM::Group", Policies=[{"PolicyDocument": document(DENY)}]), "U": resource("IAM::User")},
    ),
    "an inline policy": (
        {"Role": with_role(Policies=[{"PolicyDocument": document(DENY)}])},
        {"Role": ROLE},
    ),
    "a role policy": ({"Role": ROLE, "P": policy("RolePolicy", RoleName={"Ref": "Role"})}, {"Role": ROLE}),
    "a bucket policy": (
        {"B": BUCKET, "P": resource("S3::BucketPolicy", Bucket={"Ref": "B"}, PolicyDocument=document(TO_ALL))},
        {"B": BUCKET},
    ),
    "a policy of a bucket of another app": (
        {"T": KEPT["Resources"]["X"], "P": resource("S3::BucketPolicy", Bucket="b", PolicyDocument=document(TO_ALL))},
        {"T": KEPT["Resources"]["X"]},
    ),
    "a key policy": (
        {"K": resource("KMS::Key", KeyPolicy=document(TO_ALL, {**ALLOW, "Principal": "*"}))},
        {"K": resource("KMS::Key", KeyPolicy=document({**ALLOW, "Principal": "*"}))},
    ),
    "an endpoint policy": (
        {"E": resource("EC2::VPCEndpoint", VpcId="v", ServiceName="s", PolicyDocument=document(TO_ALL))},
        {"E": resource("EC2::VPCEndpoint", VpcId="v", ServiceName="s")},
    ),
    "a policy of an organization": (
        {
            "T": KEPT["Resources"]["X"],
            "S": resource("Organizations::Policy", Content=document(DENY), TargetIds=["ou-1"]),
        },
        {"T": KEPT["Resources"]["X"]},
    ),
    "a unit that a policy of an organization has no more": (
        {"S": resource("Organizations::Policy", Content=document(DENY), TargetIds=["ou-1", "ou-2"])},
        {"S": resource("Organizations::Policy", Content=document(DENY), TargetIds=["ou-2"])},
    ),
    "a policy as text": (
        {"L": resource("Logs::ResourcePolicy", PolicyName="p", PolicyDocument=json.dumps(document(TO_ALL)))},
        {"L": resource("Logs::ResourcePolicy", PolicyName="p", PolicyDocument=json.dumps(document()))},
    ),
    "one branch of a condition": (
        {"Role": with_role(Policies=[{"PolicyDocument": {"Fn::If": ["C", document(DENY), document(ALLOW)]}}])},
        {"Role": with_role(Policies=[{"PolicyDocument": document(ALLOW)}])},
    ),
    "a role under another name": (
        {"Role": ROLE, "P": policy(Roles=[{"Ref": "Role"}])},
        {"Other": ROLE},
    ),
    "a function and its role under other names": (
        {"Role": with_role(Policies=[{"PolicyDocument": document(DENY)}]), "T": KEPT["Resources"]["X"]},
        {"Renamed": with_role(Policies=[{"PolicyDocument": document(ALLOW)}]), "T": KEPT["Resources"]["X"]},
    ),
    "fewer actions": (
        {"Role": ROLE, "P": policy("Policy", {**DENY, "Action": ["s3:*"]}, Roles=[{"Ref": "Role"}])},
        {"Role": ROLE, "P": policy("Policy", DENY, Roles=[{"Ref": "Role"}])},
    ),
    "a condition more": (
        {"Role": ROLE, "P": policy("Policy", DENY, Roles=[{"Ref": "Role"}])},
        {"Role": ROLE, "P": policy("Policy", {**DENY, "Condition": {"Bool": {"a": "b"}}}, Roles=[{"Ref": "Role"}])},
    ),
}


@pytest.mark.parametrize(("old", "new"), KINDS.values(), ids=KINDS)
def test_a_denial_that_goes_is_a_danger(old: Resources, new: Resources) -> None:
    found = [one for one in changes(old, new) if " was denied" in one.reason]
    assert found
    assert all(one.dangerous and one.kind is Kind.PERMISSIONS for one in found)
    assert not changes(old, old)
    assert not [one for one in changes(new, old) if " was denied" in one.reason and "fewer" not in one.reason]


def test_a_role_under_another_name_that_keeps_its_denials() -> None:
    old = {"Role": ROLE, "P": policy(Roles=[{"Ref": "Role"}])}
    new = {"Other": ROLE, "P": policy(Roles=[{"Ref": "Other"}])}
    assert not [one for one in changes(old, new) if "denied" in one.reason]


def test_an_endpoint_without_its_policy_lets_everything_through() -> None:
    old = {
        "E": resource(
            "EC2::VPCEndpoint", VpcId="v", ServiceName="s", PolicyDocument=document({**ALLOW, "Principal": "*"})
        )
    }
    new = {"E": resource("EC2::VPCEndpoint", VpcId="v", ServiceName="s")}
    assert "PolicyDocument is not set any more" in next(one.reason for one in changes(old, new))


def invocation(**more: Any) -> Resources:
    function = resource("Lambda::Function", Code={}, Handler="a.b")
    permission = {"FunctionName": {"Ref": "F"}, "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}
    return {"F": function, "P": resource("Lambda::Permission", **permission, **more)}


@pytest.mark.parametrize("name", ["SourceArn", "SourceAccount", "PrincipalOrgID", "EventSourceToken"])
def test_a_dropped_restriction_of_who_invokes(name: str) -> None:
    (change,) = changes(invocation(**{name: "x"}), invocation())
    assert change.dangerous
    assert change.logical_id == "F"
    assert change.reason == "s3.amazonaws.com may now lambda:InvokeFunction on the function: a condition is dropped"
    assert not changes(invocation(), invocation(**{name: "x"}))
    (other,) = changes(invocation(**{name: "x"}), invocation(**{name: "y"}))
    assert f"if {name} is y" in other.reason


def conditional(operator: str, key: str, value: str) -> Resources:
    statement = {**ALLOW, "Condition": {operator: {key: value}}}
    return {"Role": ROLE, "P": policy("Policy", statement, Roles=[{"Ref": "Role"}])}


@pytest.mark.parametrize(
    "other",
    [
        ("StringLike", "aws:SourceVpc", "v"),
        ("StringEquals", "aws:SourceVpce", "v"),
        ("StringEquals", "aws:SourceVpc", "w"),
    ],
)
def test_one_condition_for_another(other: tuple[str, str, str]) -> None:
    (change,) = changes(conditional("StringEquals", "aws:SourceVpc", "v"), conditional(*other))
    assert change.dangerous
    assert f"if {' '.join(other)}" in change.reason


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize("was", ["Retain", "RetainExceptOnCreate", "Snapshot"])
def test_a_loosened_policy(attribute: str, was: str) -> None:
    volume = {"Type": "AWS::EC2::Volume", "Properties": {"AvailabilityZone": "a"}}
    (change,) = changes({"V": {**volume, attribute: was}}, {"V": {**volume, attribute: "Delete"}})
    assert (change.kind, change.dangerous) == (Kind.RETENTION, True)
    assert change.reason.startswith(f"{attribute} was {was} and is Delete")
    (change,) = changes({"V": {**volume, attribute: was}}, {"V": volume})
    assert not changes({"V": {**volume, attribute: "Delete"}}, {"V": {**volume, attribute: was}})


def chain(zone: str) -> Resources:
    # A subnet is replaced, with it what stands in it, and what can only be made with that.
    return {
        "Subnet": resource("EC2::Subnet", VpcId="v", CidrBlock=zone),
        "Interface": resource("EC2::NetworkInterface", SubnetId={"Ref": "Subnet"}),
        "Attached": resource(
            "EC2::NetworkInterfaceAttachment", NetworkInterfaceId={"Ref": "Interface"}, DeviceIndex="1"
        ),
        "Group": resource("RDS::DBSubnetGroup", DBSubnetGroupName={"Ref": "Subnet"}, SubnetIds=["x"]),
        "Database": resource("RDS::DBInstance", DBSubnetGroupName={"Ref": "Group"}),
        "Replica": resource("RDS::DBInstance", DBInstanceIdentifier={"Fn::Sub": "${Database}-x"}, DBSubnetGroupName="y")
        | {"Properties": {"DBInstanceIdentifier": {"Ref": "Database"}}},
    }


def test_each_link_of_a_chain_of_replacements() -> None:
    found = {one.logical_id: one.reason for one in changes(chain("10.0.0.0/24"), chain("10.0.1.0/24"))}
    assert "DBSubnetGroupName refers to Group, which is replaced" in found["Database"]
    assert "DBInstanceIdentifier refers to Database, which is replaced" in found["Replica"]
    assert set(found) == {"Database", "Interface", "Replica"}
