"""The same statement under another logical id is no news; anything more is."""

from typing import Any

import pytest

from tests.patternkit.upgrade.lines import lines, resource

Resources = dict[str, Any]
ROLE = {"Role": resource("IAM::Role")}
BUS = {"Bus": resource("Events::EventBus", Name="orders")}


def document(**changed: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:a"} | changed]}


def managed(name: str, **changed: Any) -> Resources:
    return {name: resource("IAM::ManagedPolicy", PolicyDocument=document(**changed), Roles=[{"Ref": "Role"}])} | ROLE


def taken(name: str, **changed: Any) -> Resources:
    """A managed policy that its role names."""
    policy = {name: resource("IAM::ManagedPolicy", PolicyDocument=document(**changed))}
    return policy | {"Role": resource("IAM::Role", ManagedPolicyArns=[{"Ref": name}])}


def statement(name: str, **changed: Any) -> Resources:
    given = {"Effect": "Allow", "Action": "events:PutEvents", "Principal": {"AWS": "222222222222"}, "Resource": "*"}
    policy = resource(
        "Events::EventBusPolicy", EventBusName={"Ref": "Bus"}, StatementId=name, Statement=given | changed
    )
    return {name: policy} | BUS


def default_bus(name: str, **changed: Any) -> Resources:
    given = {"Action": "events:PutEvents", "Principal": "222222222222", "StatementId": name}
    return {name: resource("Events::EventBusPolicy", **given | changed)} | BUS


def of_account(name: str, **changed: Any) -> Resources:
    given = document(Action="logs:PutLogEvents", Principal={"Service": "es.amazonaws.com"}, **changed)
    return {name: resource("Logs::ResourcePolicy", PolicyName="search", PolicyDocument=given)}


EACH = [managed, taken, statement, default_bus, of_account]
WIDER = [
    (managed, {"Resource": "*"}),
    (taken, {"Action": ["s3:GetObject", "s3:PutObject"]}),
    (statement, {"Principal": {"AWS": "333333333333"}}),
    (default_bus, {"Principal": "*"}),
    (of_account, {"Resource": "*"}),
]


@pytest.mark.parametrize("made", EACH)
def test_the_same_under_another_name_is_no_news(made: Any) -> None:
    assert not [one for one in lines(made("Old"), made("New")) if ": permissions: " in one or ": exposure: " in one]


@pytest.mark.parametrize(("made", "changed"), WIDER)
def test_more_under_another_name_is_told(made: Any, changed: dict[str, Any]) -> None:
    told = lines(made("Old"), made("New", **changed))
    assert [one for one in told if ": permissions: " in one or ": exposure: " in one]


def test_of_two_new_policies_one_takes_the_place_and_the_other_is_news() -> None:
    told = [
        one for one in lines(taken("Old"), taken("New") | {"More": taken("More")["More"]}) if ": permissions: " in one
    ]
    assert len(told) == 1
    assert "More" in told[0] or "New" in told[0]


def test_everybody_may_now_send_to_the_default_bus() -> None:
    told = lines(BUS, default_bus("Open", Principal="*"))
    assert [one for one in told if "anybody may now events:PutEvents on the event bus" in one]
    limited = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}
    told = lines(BUS, default_bus("Open", Principal="*", Condition=limited))
    assert [one for one in told if "if StringEquals aws:PrincipalOrgID o-1" in one]
