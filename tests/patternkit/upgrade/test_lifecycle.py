"""What is replaced, deleted or retained no more: which types count, which policy decides, and how it is told."""

from __future__ import annotations

import re
from typing import Any

import pytest

from patternkit.templates.properties import schema_of
from patternkit.testing.stateful import STATEFUL
from patternkit.upgrade import compare
from patternkit.upgrade.known_outside import LOST, MADE_ANEW
from patternkit.upgrade.stateful_types import _ALSO, _of_cfn_lint, is_stateful
from tests.patternkit.upgrade.lines import lines, resource

TOPIC = {"T": resource("SNS::Topic")}


def bare(kind: str, /, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


@pytest.mark.parametrize(
    ("removed", "policy"),
    [
        (bare("RDS::DBCluster"), "Snapshot"),
        (bare("RDS::DBInstance", Engine="mysql"), "Snapshot"),
        (bare("RDS::DBInstance", DBClusterIdentifier="c"), "Delete"),
        (bare("DynamoDB::Table"), "Delete"),
        ({"Type": "AWS::RDS::DBInstance"}, "Snapshot"),
        (bare("CloudFormation::Stack"), "Delete"),
        (bare("ElastiCache::CacheCluster"), "Delete"),
    ],
)
def test_the_policy_that_decides_where_none_is_written(removed: dict[str, Any], policy: str) -> None:
    fate = {"Snapshot": "it is deleted, a snapshot stays", "Delete": "it is deleted with all it holds"}[policy]
    assert lines(TOPIC | {"It": removed}, TOPIC) == [
        f"danger: deletion: It: the {removed['Type']} is not in the new template (DeletionPolicy {policy}): {fate}"
    ]
    conditional = {**removed, "Condition": "C"}
    assert lines({"It": removed}, {"It": conditional}) == [
        f"danger: deletion: It: it is there only if the condition C holds now, and else goes (DeletionPolicy {policy})"
    ]
    other = {**removed, "Condition": "B"}
    assert len(lines({"It": other}, {"It": conditional})) == 1
    assert not lines({"It": conditional}, {"It": removed})


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate"])
def test_what_stays_is_worth_knowing(policy: str) -> None:
    table = {**bare("DynamoDB::Table"), "DeletionPolicy": policy}
    assert lines(TOPIC | {"It": table}, TOPIC) == [
        (
            f"note: deletion: It: the AWS::DynamoDB::Table is not in the new template (DeletionPolicy {policy}): "
            "it stays in the account and leaves the stack"
        )
    ]
    assert lines({"It": table}, {"It": {**table, "Condition": "C"}}) == [
        f"note: deletion: It: it is there only if the condition C holds now, and else goes (DeletionPolicy {policy})"
    ]


def either(yes: Any, no: Any = None) -> dict[str, Any]:
    return {"Fn::If": ["C", yes, {"Ref": "AWS::NoValue"} if no is None else no]}


@pytest.mark.parametrize(
    ("policy", "fate", "dangerous"),
    [
        (either("Retain", "Delete"), "it is deleted with all it holds", True),
        (either("Retain"), "it is deleted with all it holds", True),
        (either("Retain", "Snapshot"), "it is deleted, a snapshot stays", True),
        (either("Retain", "RetainExceptOnCreate"), "it stays in the account and leaves the stack", False),
        ({"Ref": "Policy"}, "it is deleted with all it holds", True),
    ],
)
def test_a_policy_that_a_condition_chooses(policy: Any, fate: str, dangerous: bool) -> None:
    """With AWS::LanguageExtensions; what it may come to at worst counts."""
    table = {**bare("DynamoDB::Table"), "DeletionPolicy": policy}
    (gone,) = compare({"Resources": TOPIC | {"It": table}}, {"Resources": TOPIC})
    assert gone.reason.endswith(fate)
    assert gone.dangerous is dangerous
    (conditional,) = compare({"Resources": {"It": table}}, {"Resources": {"It": {**table, "Condition": "C"}}})
    assert conditional.dangerous is dangerous


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("Retain", either("Retain", "Delete"), True),
        ("Retain", either("Retain"), True),
        ("Retain", {"Ref": "Policy"}, True),
        (either("Retain", "Delete"), "Delete", True),
        (either("Retain", "Delete"), None, True),
        ("Retain", either("Retain", "Snapshot"), False),
        (either("Retain", "Delete"), either("Retain", "Delete"), False),
        (either("Retain", "Delete"), "Retain", False),
        ("Delete", either("Retain", "Delete"), False),
    ],
)
def test_a_policy_that_is_loosened_under_a_condition(attribute: str, was: Any, now: Any, told: bool) -> None:
    one, other = (
        {**bare("DynamoDB::Table"), **({} if policy is None else {attribute: policy})} for policy in (was, now)
    )
    found = lines({"It": one}, {"It": other})
    assert [line.startswith(f"danger: retention: It: {attribute} was ") for line in found] == [True] * told


@pytest.mark.parametrize(
    ("policy", "fate"),
    [
        (either("Retain", "Delete"), "is deleted with all it holds"),
        (either("Retain", "RetainExceptOnCreate"), "stays in the account, empty of use"),
    ],
)
def test_what_becomes_of_what_is_replaced_under_a_condition(policy: Any, fate: str) -> None:
    one, other = ({**bare("S3::Bucket", BucketName=name), "UpdateReplacePolicy": policy} for name in "ab")
    (line,) = lines({"It": one}, {"It": other})
    assert f"the old one {fate} (UpdateReplacePolicy {{" in line


def test_under_another_name() -> None:
    table, other = resource("DynamoDB::Table"), resource("DynamoDB::Table", TableName="x")
    assert lines({"It": table}, {"B": table, "A": table}) == [
        (
            "danger: replacement: It: the AWS::DynamoDB::Table is not in the new template (DeletionPolicy Retain): "
            "it stays in the account and leaves the stack, and A, B starts empty: was it renamed?"
        )
    ]
    # One that was there before takes nobody's place, nor does one of another type.
    assert "was it renamed" not in str(lines({"It": table, "A": other}, {"A": other, "Q": resource("SQS::Queue")}))


def test_what_holds_nothing_is_not_told() -> None:
    assert not lines(TOPIC | {"It": bare("Lambda::Version", FunctionName="f")}, TOPIC)
    assert not lines({"It": bare("SNS::Topic")}, {"It": {**bare("SNS::Topic"), "Condition": "C"}})
    assert not lines({"It": {**bare("SNS::Topic"), "DeletionPolicy": "Retain"}}, {"It": bare("SNS::Topic")})


@pytest.mark.parametrize(
    ("policy", "fate"),
    [
        ("Retain", "stays in the account, empty of use"),
        ("RetainExceptOnCreate", "stays in the account, empty of use"),
        ("Snapshot", "is deleted, a snapshot stays"),
        ("Delete", "is deleted with all it holds"),
        (None, "is deleted with all it holds"),
    ],
)
def test_what_becomes_of_the_one_that_is_replaced(policy: str | None, fate: str) -> None:
    more = {"UpdateReplacePolicy": policy} if policy else {}
    old, new = ({**bare("RDS::DBInstance", DBName=name), **more} for name in ("a", "b"))
    assert lines({"It": old}, {"It": new}) == [
        (
            'danger: replacement: It: DBName changes from "a" to "b" and can only be set when it is created; '
            f"the old one {fate} (UpdateReplacePolicy {policy or 'Delete'})"
        )
    ]


def test_a_type_that_changes() -> None:
    old, new = {"It": bare("SNS::Topic")}, {"It": resource("SQS::Queue")}
    changes = "danger: replacement: It: the type changes from"
    assert lines(old, new) == [f"{changes} AWS::SNS::Topic to AWS::SQS::Queue, which CloudFormation refuses"]
    assert lines(new, old) == [f"{changes} AWS::SQS::Queue to AWS::SNS::Topic, which CloudFormation refuses"]
    assert not lines(old, {"It": bare("SNS::Subscription")})


CALLERS = "who calls it by the name or ARN that it had fails"


def test_functions() -> None:
    def function(**more: Any) -> dict[str, Any]:
        return bare("Lambda::Function", **{"Handler": "a.b", "Runtime": "python3.13", "Code": {}, **more})

    assert lines({"F": function(FunctionName="a")}, {"F": function(FunctionName="b")}) == [
        'danger: replacement: F: FunctionName changes from "a" to "b" and can only be set when it is created; '
        + CALLERS
    ]
    renamed = "the function is not in the new template, and"
    assert lines({"F": function()}, {"H": function(), "G": function(Code={"ZipFile": "x"})}) == [
        f"danger: replacement: F: {renamed} G, H runs the same: was it renamed? {CALLERS}"
    ]
    for name, other in (("Handler", "c.d"), ("Runtime", "python3.12"), ("PackageType", "Image"), ("Layers", ["l"])):
        assert not lines({"F": function()}, {"G": function(**{name: other})})
        assert len(lines({"F": function(**{name: other})}, {"G": function(**{name: other})})) == 1
    plain = {"Type": "AWS::Lambda::Function"}
    assert len(lines({"F": plain}, {"G": plain})) == 1
    assert not lines({"F": function(), "G": function()}, {"G": function()})
    assert not lines({"F": function()}, {"T": resource("SNS::Topic", Handler="a.b", Runtime="python3.13")})


@pytest.mark.parametrize("attribute", ["DeletionPolicy", "UpdateReplacePolicy"])
@pytest.mark.parametrize(
    ("was", "now"), [("Retain", "Snapshot"), ("Snapshot", "Retain"), ("Retain", "RetainExceptOnCreate")]
)
def test_one_way_to_keep_for_another(attribute: str, was: str, now: str) -> None:
    volume = bare("EC2::Volume", AvailabilityZone="a")
    assert not lines({"V": {**volume, attribute: was}}, {"V": {**volume, attribute: now}})
    when = "its stack" if attribute == "DeletionPolicy" else "its replacement"
    assert lines({"V": {**volume, attribute: was}}, {"V": volume}) == [
        f"danger: retention: V: {attribute} was {was} and is Delete: the data goes with {when}"
    ]


@pytest.mark.parametrize(
    "reference",
    [
        {"Ref": "Subnets"},
        {"Fn::GetAtt": ["Subnets", "Name"]},
        {"Fn::GetAtt": "Subnets.Name"},
        {"Fn::Join": ["-", ["x", {"Ref": "Subnets"}]]},
    ],
)
def test_what_refers_to_something_that_is_replaced(reference: Any) -> None:
    def database(name: str) -> dict[str, Any]:
        return {
            "Subnets": bare("RDS::DBSubnetGroup", DBSubnetGroupName=name),
            "It": resource("RDS::DBInstance", DBSubnetGroupName=reference),
        }

    assert lines(database("a"), database("b")) == [
        (
            "danger: replacement: It: DBSubnetGroupName refers to Subnets, which is replaced; "
            "the old one stays in the account, empty of use (UpdateReplacePolicy Retain)"
        )
    ]
    assert not lines(database("a"), database("a"))


def replicated(name: str, **more: Any) -> dict[str, Any]:
    source = {"SourceKafkaClusterArn": {"Fn::GetAtt": ["Cluster", "Arn"]}, **more}
    return {
        "Cluster": bare("MSK::Cluster", ClusterName=name),
        "Replicator": bare("MSK::Replicator", ReplicationInfoList=[{"SourceKafkaClusterArn": "x"}, source]),
        "It": resource("RDS::DBInstance", DBInstanceIdentifier={"Ref": "Replicator"}),
    }


def test_a_property_within_a_list_that_cannot_be_changed() -> None:
    refers = "danger: replacement: It: DBInstanceIdentifier refers to Replicator, which is replaced; the old one "
    expected = [f"{refers}stays in the account, empty of use (UpdateReplacePolicy Retain)"]
    # The cluster is replaced, with it what replicates it, and what is named after that.
    cluster, *after = lines(replicated("a"), replicated("b"))
    assert cluster.startswith('danger: replacement: Cluster: ClusterName changes from "a" to "b" and can only be set')
    assert after == expected
    assert lines(replicated("a"), replicated("a", SourceKafkaClusterArn="y")) == expected
    assert not lines(replicated("a"), replicated("a", ConsumerGroupReplication={"ConsumerGroupsToReplicate": ["x"]}))


def test_a_long_value_is_cut() -> None:
    # With its quotes a name of 78 letters is 80 long.
    for length, shown in ((78, f'"{"b" * 78}"'), (79, f'"{"b" * 76}...')):
        old, new = (resource("SQS::Queue", QueueName=letter * length) for letter in "ab")
        (line,) = lines({"It": old}, {"It": new})
        assert f" to {shown} and can only be set" in line


@pytest.mark.parametrize(
    "kind",
    [
        "Backup::BackupVault",
        "Cognito::UserPool",
        "DynamoDB::GlobalTable",
        "EC2::EIP",
        "EC2::Volume",
        "ECR::Repository",
        "EFS::FileSystem",
        "KMS::Key",
        "Kinesis::Stream",
        "Logs::LogGroup",
        "S3::Bucket",
        "SecretsManager::Secret",
        "CloudFormation::Stack",
        "Neptune::DBCluster",
    ],
)
def test_what_holds_something(kind: str) -> None:
    (line,) = lines(TOPIC | {"It": bare(kind)}, TOPIC)
    assert line.startswith(f"danger: deletion: It: the AWS::{kind} is not in the new template")


def test_what_is_listed_is_a_type_of_cloudformation_and_known_to_no_other_list() -> None:
    assert not [kind for kind in _ALSO if schema_of(kind) is None]
    assert not _ALSO & (STATEFUL | _of_cfn_lint())


def test_what_others_know_of_a_resource_goes_with_it() -> None:
    def tunnel(transport: str, **properties: Any) -> dict[str, Any]:
        through = {"Ref": transport}
        return bare("EC2::VPNConnection", Type="ipsec.1", TransportTransitGatewayAttachmentId=through, **properties)

    lost = "its tunnels have new addresses and keys: the device at the site must be set up anew"
    assert lines({"Vpn": tunnel("A")}, {"Vpn": tunnel("A", EnableAcceleration=True)}) == [
        (
            "danger: replacement: Vpn: EnableAcceleration changes from nothing to true and can only be set when it is "
            f"created; {lost}"
        )
    ]
    # Also where it is replaced because of what it refers to, and under another name.
    attached, moved = (bare("EC2::TransitGatewayAttachment", VpcId=one) for one in ("vpc-1", "vpc-2"))
    assert lines({"A": attached, "Vpn": tunnel("A")}, {"A": moved, "Vpn": tunnel("A")}) == [
        f"danger: replacement: Vpn: TransportTransitGatewayAttachmentId refers to A, which is replaced; {lost}"
    ]
    assert lines({"Vpn": tunnel("A")}, {"Tunnel": tunnel("B")}) == [
        f"danger: replacement: Vpn: it is not in the new template, and Tunnel begins: was it renamed?; {lost}"
    ]


def told(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return [str(one) for one in compare({"Resources": old}, {"Resources": new})]


def test_whatever_else_is_replaced_is_worth_knowing() -> None:
    group = bare("EC2::SecurityGroup", GroupDescription="a")
    said = "its id changes: what names it outside of its template must be told"
    assert told({"Group": group}, {"Group": bare("EC2::SecurityGroup", GroupDescription="b")}) == [
        'note: replacement: Group: GroupDescription changes from "a" to "b" and can only be set when it is created; '
        + said
    ]
    assert told({"Group": group}, {"Renamed": group}) == [
        f"note: replacement: Group: it is not in the new template, and Renamed begins: was it renamed?; {said}"
    ]
    assert not told({"Group": group}, {"Other": bare("EC2::SecurityGroup", GroupDescription="b")})
    assert not told({"Group": group}, {"Group": group})


@pytest.mark.parametrize("kind", sorted(MADE_ANEW))
def test_a_release_is_no_replacement(kind: str) -> None:
    release = bare(kind.removeprefix("AWS::"), Description="one")
    assert not told({"Release1": release}, {"Release2": release})


@pytest.mark.parametrize("kind", sorted(LOST))
def test_what_others_lose_is_told_with_the_replacement(kind: str) -> None:
    # A clause that goes on after the reason.
    assert re.fullmatch(r"(its|the|it|policies|connections|virtual interfaces|everything) .*[a-z]", LOST[kind])
    found = told({"Old": bare(kind.removeprefix("AWS::"))}, {"New": bare(kind.removeprefix("AWS::"))})
    assert [line for line in found if line.endswith(f"; {LOST[kind]}")] or is_stateful(kind), found


def test_each_type_that_others_know_is_one() -> None:
    assert not [kind for kind in LOST.keys() | MADE_ANEW if schema_of(kind) is None]
