"""Replacements as people have told of them: what was lost unseen, and what was called a loss and was none."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.upgrade.spelling import canonical
from tests.patternkit.upgrade.lines import lines, resource

LOST = "is deleted with all it holds (UpdateReplacePolicy Delete)"


def bare(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


@pytest.mark.parametrize(
    ("kind", "name", "was", "now"),
    [
        ("EC2::Instance", "ImageId", "ami-1", "ami-2"),
        ("EC2::Instance", "BlockDeviceMappings", [{"DeviceName": "/dev/xvda"}], []),
        ("AmazonMQ::Broker", "DeploymentMode", "SINGLE_INSTANCE", "CLUSTER_MULTI_AZ"),
        ("EKS::Cluster", "RoleArn", "a", "b"),
        ("MSK::Cluster", "ClusterName", "a", "b"),
        ("DynamoDB::Table", "LocalSecondaryIndexes", [], [{"IndexName": "by-day"}]),
    ],
)
def test_what_holds_something_is_not_replaced_unseen(kind: str, name: str, was: Any, now: Any) -> None:
    found = lines({"It": bare(kind, **{name: was})}, {"It": bare(kind, **{name: now})})
    [line] = [one for one in found if ": replacement: " in one]
    assert line.startswith(f"danger: replacement: It: {name} changes from ")
    assert line.endswith(LOST)


@pytest.mark.parametrize(
    ("name", "was", "now"), [("UserData", "a", "b"), ("InstanceType", "a", "b"), ("SecurityGroupIds", ["a"], ["b"])]
)
def test_an_instance_that_is_only_restarted_is_not_replaced(name: str, was: Any, now: Any) -> None:
    assert not lines({"It": bare("EC2::Instance", **{name: was})}, {"It": bare("EC2::Instance", **{name: now})})


def test_a_cluster_loses_the_snapshot_that_it_has_by_default() -> None:
    cluster = bare("RDS::DBCluster", Engine="aurora-mysql")
    named = {policy: {**cluster, "DeletionPolicy": policy} for policy in ("Snapshot", "Delete")}
    assert lines({"C": cluster}, {"C": named["Delete"]}) == [
        "danger: retention: C: DeletionPolicy was Snapshot and is Delete: the data goes with its stack"
    ]
    assert not lines({"C": named["Snapshot"]}, {"C": cluster})


def test_what_keeps_its_name_is_not_replaced_but_refused() -> None:
    def table(key: str, name: Any) -> dict[str, Any]:
        schema = [{"AttributeName": key, "KeyType": "HASH"}]
        return {"T": resource("DynamoDB::Table", TableName=name, KeySchema=schema)}

    [line] = lines(table("id", "orders"), table("pk", "orders"))
    assert line.endswith(
        'and may need a replacement; CloudFormation refuses that while TableName "orders" stays as it is'
    )
    assert line.startswith("danger: replacement: T: KeySchema changes from ")
    [line] = lines(table("id", None), table("pk", None))
    assert line.endswith("the old one stays in the account, empty of use (UpdateReplacePolicy Retain)")


def test_a_name_that_is_another_one_by_its_part_is_replaced() -> None:
    old, new = (
        {"T": bare("DynamoDB::Table", TableName=letter), "R": bare("Kinesis::Stream", Name={"Fn::Sub": "${T}-copy"})}
        for letter in "ab"
    )
    assert [line for line in lines(old, new) if ": R: " in line] == [
        f"danger: replacement: R: Name refers to T, which is replaced; the old one {LOST}"
    ]


@pytest.mark.parametrize(
    ("kind", "properties", "name"),
    [
        (
            "Route53::RecordSet",
            {"Name": "a.example.", "Type": "A", "HostedZoneId": "Z"},
            'Name "a.example." and Type "A"',
        ),
        ("IAM::ManagedPolicy", {"ManagedPolicyName": "deploy"}, 'ManagedPolicyName "deploy"'),
        ("Events::EventBusPolicy", {"StatementId": "sid"}, 'StatementId "sid"'),
        ("Logs::LogGroup", {"LogGroupName": "log"}, 'LogGroupName "log"'),
        ("SQS::Queue", {"QueueName": {"Fn::Sub": "q"}}, 'QueueName "q"'),
    ],
)
def test_two_of_one_name(kind: str, properties: dict[str, Any], name: str) -> None:
    found = lines({"Old": resource(kind, **properties)}, {"New": resource(kind, **properties)})
    [note] = [line for line in found if line.startswith("note: replacement: Old: New has ")]
    assert note.startswith(f"note: replacement: Old: New has {name}")
    assert note.endswith(", too, and is made before it goes: AWS refuses that of most types")


def test_what_has_no_name_of_its_own_or_another_one_is_made_beside_it() -> None:
    def told(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
        return [line for line in lines({"Old": old}, {"New": new}) if "has" in line.split("Old: ")[-1]]

    assert not told(resource("SNS::Topic"), resource("SNS::Topic"))
    assert not told(resource("SNS::Topic", TopicName="a"), resource("SNS::Topic", TopicName="b"))
    # Two zones may have one name, and a method's parent is not its name.
    assert not told(resource("Route53::HostedZone", Name="a."), resource("Route53::HostedZone", Name="a."))
    assert not told(resource("ApiGateway::Resource", RestApiId="a"), resource("ApiGateway::Resource", RestApiId="a"))


TWO = {"Fn::Sub": ["${a}-${B.Arn}${!c}", {"a": {"Ref": "A"}}]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a", {"Fn::Sub": "a"}),
        (20, "20"),
        (20.0, 20),
        (True, "true"),
        ({"Ref": "A"}, {"Fn::Sub": "${A}"}),
        ({"Fn::GetAtt": "B.Endpoint.Port"}, {"Fn::GetAtt": ["B", "Endpoint.Port"]}),
        ({"Fn::GetAtt": ["B", "Arn"]}, {"Fn::Sub": "${B.Arn}"}),
        ({"Fn::GetAtt": ["B", "Endpoint.Port"]}, {"Fn::Sub": "${B.Endpoint.Port}"}),
        ({"Fn::GetAtt": ["B", "Outputs.One.Two"]}, {"Fn::GetAtt": "B.Outputs.One.Two"}),
        ({"Fn::Join": ["-", ["a", "b"]]}, "a-b"),
        ({"Fn::Join": ["", []]}, ""),
        ({"Fn::Join": ["", [{"Ref": "A"}, "-", {"Fn::GetAtt": ["B", "Arn"]}, "${c}"]]}, TWO),
        ({"Fn::Join": ["-", [{"Ref": "A"}, {"Fn::Join": ["", [{"Fn::GetAtt": "B.Arn"}, "${c}"]]}]]}, TWO),
        (["1"], [1]),
    ],
)
def test_another_spelling_is_no_change(one: Any, other: Any) -> None:
    assert canonical(one) == canonical(other)
    name = "BrokerName" if not isinstance(one, list) else "SubnetIds"
    old, new = (resource("AmazonMQ::Broker", **{name: value}) for value in (one, other))
    assert not lines({"It": old}, {"It": new})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A", {"Ref": "A"}),
        ("${A}", {"Fn::Sub": "${A}"}),
        ({"Fn::Sub": ["${A}", {"A": "x"}]}, {"Ref": "A"}),
        ({"Fn::Join": [",", [{"Fn::Split": ["-", "a-b"]}]]}, "a,b"),
        ({"Fn::Join": [",", {"Ref": "List"}]}, {"Ref": "List"}),
        (True, 1),
        (1.5, 1),
        (["a", "b"], ["b", "a"]),
    ],
)
def test_what_is_not_surely_the_same_is_a_change(one: Any, other: Any) -> None:
    assert canonical(one) != canonical(other)


def test_a_property_without_a_value_is_not_there() -> None:
    database = {"Engine": "mysql", "AllocatedStorage": "20"}
    without = resource("RDS::DBInstance", **database)
    nothing = resource("RDS::DBInstance", **database, DBSnapshotIdentifier={"Ref": "AWS::NoValue"})
    assert not lines({"D": without}, {"D": nothing})
    assert not lines({"D": nothing}, {"D": without})
