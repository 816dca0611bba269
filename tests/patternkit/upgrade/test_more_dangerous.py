"""Changes that make something plainly more dangerous, of settings of every sort and of what is no policy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from patternkit.templates.properties import schema_of
from patternkit.upgrade import compare
from patternkit.upgrade.guard_settings import DEFAULTS, DEFAULTS_BY_TYPE, GUARDS, LEVELS, RECORDS
from tests.patternkit.upgrade.lines import changes, resource

ROWS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "more_dangerous.yaml").read_text())


def told(old: dict[str, Any] | None, new: dict[str, Any] | None, kind: str) -> list[str]:
    both = ({} if one is None else {"It": resource(kind, **one)} for one in (old, new))
    found = [one for one in changes(*both) if one.dangerous and one.kind != "replacement"]
    return [str(one).removeprefix("danger: ").replace(": It: ", ": ") for one in found]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["type"])
def test_it_is_told(row: dict[str, Any]) -> None:
    assert told(row["old"], row["new"], row["type"]) == row["told"]
    for same in (row["old"], row["new"]):
        assert told(same, same, row["type"]) == []


BACK = {
    "EC2::ClientVpnAuthorizationRule",
    "EFS::FileSystem",
    "IAM::InstanceProfile",
    "OpenSearchServerless::AccessPolicy",
}
BACK |= {"ApiGateway::RestApi", "EC2::Instance", "Lambda::Function", "S3::AccessGrant"}
"""What gives something else, or is given by a policy, the other way round as well."""


@pytest.mark.parametrize("row", [one for one in ROWS if one["type"] not in BACK], ids=lambda row: row["type"])
def test_the_way_back_is_no_danger(row: dict[str, Any]) -> None:
    assert told(row["new"], row["old"], row["type"]) == []


def test_every_setting_is_one_of_its_type() -> None:
    """As CloudFormation's schemas have them, each with its values."""
    for kind, orders in (*LEVELS.items(), *RECORDS.items()):
        text = str(schema_of(kind))
        for key, order in orders.items():
            assert all(f"'{name}'" in text for name in key.split(".")), (kind, key)
            default = DEFAULTS_BY_TYPE.get((kind, key), DEFAULTS.get(key, "")) if order else ""
            assert default in ("", *order), (kind, key)
    for kind in GUARDS:
        assert schema_of(kind), kind


def test_what_is_given_with_what_it_is_given_on() -> None:
    """A new cluster brings its access entries; one that was there gets another."""
    cluster = {"Cluster": resource("EKS::Cluster", RoleArn="r")}
    entry = {"Entry": resource("EKS::AccessEntry", ClusterName={"Ref": "Cluster"}, PrincipalArn="p")}
    new = compare({"Resources": {}}, {"Resources": cluster | entry})
    assert not [one for one in new if one.kind == "permissions"]
    (change,) = compare({"Resources": cluster}, {"Resources": cluster | entry})
    assert change.dangerous
    assert change.reason == "the AWS::EKS::AccessEntry is new: it gives PrincipalArn p"
    # The same under another id is no news.
    moved = compare({"Resources": cluster | entry}, {"Resources": cluster | {"Moved": entry["Entry"]}})
    assert not [one for one in moved if one.kind == "permissions"]


def role(*actions: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    return resource(
        "IAM::Role",
        AssumeRolePolicyDocument={"Statement": [trust]},
        Policies=[{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}],
    )


def acts(by: str) -> dict[str, Any]:
    return {"It": resource("Lambda::Function", Handler="h", Role={"Fn::GetAtt": [by, "Arn"]})}


def test_a_role_that_may_more() -> None:
    roles = {"Small": role("s3:GetObject"), "Same": role("s3:GetObject"), "Admin": role("*")}
    (change,) = changes(roles | acts("Small"), roles | acts("Admin"))
    assert str(change) == (
        "danger: permissions: It: Role was Small.Arn and is Admin.Arn, which may do what that may not"
    )
    assert not changes(roles | acts("Small"), roles | acts("Same"))
    assert not changes(roles | acts("Admin"), roles | acts("Small"))
    unknown = {"It": resource("Lambda::Function", Handler="h", Role="arn:aws:iam::111111111111:role/other")}
    (change,) = changes(roles | acts("Small"), roles | unknown)
    assert change.reason.endswith("role/other: what it may do is not known")


def test_the_role_of_an_instance_is_that_of_its_profile() -> None:
    roles = {"Small": role("s3:GetObject"), "Admin": role("*")}
    roles |= {f"{one}Profile": resource("IAM::InstanceProfile", Roles=[{"Ref": one}]) for one in ("Small", "Admin")}
    small, admin = (
        {"It": resource("EC2::Instance", IamInstanceProfile={"Ref": f"{one}Profile"})}
        for one in roles
        if one in ("Small", "Admin")
    )
    (change,) = changes(roles | small, roles | admin)
    assert change.reason.endswith("and is AdminProfile, which may do what that may not")
    assert not changes(roles | admin, roles | small)


def test_a_password_is_never_shown() -> None:
    found = told({"UserName": "u"}, {"UserName": "u", "LoginProfile": {"Password": "hunter2"}}, "IAM::User")
    assert len(found) == 2
    assert "hunter2" not in str(found)
    resolved = {"MasterUserPassword": "{{resolve:secretsmanager:x}}"}
    was = resolved["MasterUserPassword"]
    end = "is written in the template: whoever reads that has it"
    written = told(resolved, {"MasterUserPassword": "hunter2"}, "RDS::DBInstance")
    assert written == [f"encryption: MasterUserPassword was {was} and {end}"]
    assert told({}, resolved, "RDS::DBInstance") == []
