import copy
import json
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from patternkit.localcloud import Deployment, LocalCloud, Report
from patternkit.localcloud.effects import UNLESS_ENFORCED, WITHOUT_EFFECT
from patternkit.localcloud.effects_by_value import WHERE
from patternkit.localcloud.emulation.left_out import LEFT_OUT
from patternkit.localcloud.inside.noted_properties import Noted, Notes, listen
from patternkit.localcloud.repair import holds
from patternkit.localcloud.repairs import REPAIRS
from patternkit.localcloud.report import Provisioned, dropped
from tests.patternkit.localcloud import apps

VALUES = {type_: {row.path: row.why for row in WHERE[type_]} for type_ in WHERE}
GIVEN = {"Name": "n", "Rules": [{"Id": "a", "Days": 3}, {"Id": "b"}], "Inner": {"On": True, "Off": False}}


def look(how: Any) -> tuple[str, ...]:
    """What is dropped when a handler looks at the properties in some way."""
    notes = Notes()
    result = how(Noted(GIVEN, "", notes))
    del result
    return dropped(Provisioned(GIVEN, frozenset(notes.used())))


def test_what_is_not_looked_up_is_dropped() -> None:
    assert look(id) == ("Name", "Rules", "Inner")
    assert look(lambda properties: properties["Name"]) == ("Rules", "Inner")
    assert look(lambda properties: "Rules" in properties) == ("Name", "Rules", "Inner")


def test_a_value_is_looked_into_where_the_handler_does() -> None:
    assert look(lambda properties: properties.get("Inner").get("On")) == ("Name", "Rules", "Inner.Off")
    assert look(lambda properties: [rule["Id"] for rule in properties["Rules"]]) == ("Name", "Rules[].Days", "Inner")


@pytest.mark.parametrize(
    "how",
    [
        dict,
        copy.copy,
        copy.deepcopy,
        json.dumps,
        lambda properties: {**properties},
        lambda properties: properties | {},
        lambda properties: {} | properties,
        lambda properties: properties.copy(),
        lambda properties: [value for _, value in properties.items()],
        lambda properties: list(properties.values()),
        lambda properties: [properties[key] for key in properties],
    ],
)
def test_however_the_whole_is_taken_nothing_is_dropped(how: Any) -> None:
    assert look(how) == ()
    assert json.loads(json.dumps(how(Noted(GIVEN, "", Notes())))) is not None


def test_a_value_that_the_handler_keeps_is_not_dropped() -> None:
    state: dict[str, Any] = {}
    written: list[dict[str, Any]] = []

    def create(logical_id: str, properties: dict[str, Any], _stack_name: str) -> tuple[str, dict[str, Any]]:
        kept = properties["Inner"]
        kept["On"]
        state[logical_id] = kept
        forgotten = properties["Rules"]
        forgotten[0]["Id"]
        return "physical", {}

    handlers = {"AWS::Test::Thing": {"create": create}}
    listen(handlers, written.append)
    assert handlers["AWS::Test::Thing"]["create"]("logical", GIVEN, "Stack") == ("physical", {})
    assert written[0]["physical_id"] == "physical"
    assert dropped(Provisioned(GIVEN, frozenset(written[0]["reads"]))) == ("Name", "Rules[].Days")
    assert state["logical"] == GIVEN["Inner"]


def test_tags_that_cloudformation_adds_are_nobodys_loss() -> None:
    added = {"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "Stack"}]}
    given = {"Tags": [*added["Tags"], {"Key": "team", "Value": "blue"}]}
    assert dropped(Provisioned(added, frozenset())) == ()
    assert dropped(Provisioned(given, frozenset())) == ("Tags",)


def test_a_service_may_add_to_what_it_was_told_but_not_change_it() -> None:
    assert holds({"Rules": [{"Days": 3, "Size": 0}], "More": 1}, {"Rules": [{"Days": 3}]})
    assert not holds({"Rules": [{"Days": 4}]}, {"Rules": [{"Days": 3}]})
    assert not holds({"Rules": [{"Days": 3}, {"Days": 4}]}, {"Rules": [{"Days": 3}]})
    assert not holds({}, {"Rules": []})


@pytest.fixture(scope="module")
def deployment(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return cloud.deploy(apps.synthesize(tmp_path_factory.mktemp("dropped") / "cdk.out", apps.Dropped))


def properties(report: Report, kind: str) -> set[tuple[str, str]]:
    return {(finding.type.removeprefix("AWS::"), finding.property) for finding in getattr(report, kind)}


def test_what_was_dropped_is_repaired(deployment: Deployment) -> None:
    assert properties(deployment.report, "repaired") == {
        ("DynamoDB::Table", "PointInTimeRecoverySpecification"),
        ("DynamoDB::Table", "SSESpecification"),
        ("DynamoDB::Table", "TimeToLiveSpecification"),
        ("Lambda::Function", "DeadLetterConfig"),
        ("Lambda::Function", "ReservedConcurrentExecutions"),
        ("S3::Bucket", "BucketEncryption"),
        ("S3::Bucket", "LifecycleConfiguration"),
        ("S3::Bucket", "OwnershipControls"),
        ("S3::Bucket", "Tags"),
        ("SNS::Topic", "KmsMasterKeyId"),
        ("Scheduler::Schedule", "ScheduleExpressionTimezone"),
    }


def test_the_services_have_what_was_repaired(cloud: LocalCloud, deployment: Deployment) -> None:
    s3, dynamodb, functions = cloud.client("s3"), cloud.client("dynamodb"), cloud.client("lambda")
    bucket, table, echo = (deployment.physical_id(name) for name in ("Bucket", "Table", "Echo"))
    first, second = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert first["ID"] == "short"
    assert first["Expiration"] == {"Days": 3}
    assert first["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert first["Filter"]["And"]["Prefix"] == "tmp/"
    assert {tag["Key"] for tag in first["Filter"]["And"]["Tags"]} == {"keep", "kind"}
    assert second["Transitions"] == [{"Days": 30, "StorageClass": "GLACIER"}]
    assert second["NoncurrentVersionExpiration"] == {"NoncurrentDays": 7, "NewerNoncurrentVersions": 2}
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == [{"Key": "team", "Value": "blue"}]
    [rule] = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["BucketKeyEnabled"] is True
    ttl = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert (ttl["AttributeName"], ttl["TimeToLiveStatus"]) == ("expires", "ENABLED")
    backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert functions.get_function_concurrency(FunctionName=echo)["ReservedConcurrentExecutions"] == 3
    schedule = cloud.client("scheduler").get_schedule(Name=deployment.physical_id("Schedule"))
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert (schedule["State"], schedule["Target"]["Input"]) == ("DISABLED", '{"from":"schedule"}')


def test_what_is_without_effect_is_said(deployment: Deployment) -> None:
    assert properties(deployment.report, "not_exercised") == {
        ("DynamoDB::Table", "PointInTimeRecoverySpecification"),
        ("DynamoDB::Table", "SSESpecification"),
        ("DynamoDB::Table", "TimeToLiveSpecification"),
        ("IAM::*", "*"),
        ("KMS::Key", "*"),
        ("Lambda::Function", "ReservedConcurrentExecutions"),
        ("S3::Bucket", "AccelerateConfiguration"),
        ("S3::Bucket", "BucketEncryption"),
        ("S3::Bucket", "LifecycleConfiguration"),
        ("SNS::Topic", "KmsMasterKeyId"),
        ("Scheduler::Schedule", "FlexibleTimeWindow"),
        ("Scheduler::Schedule", "ScheduleExpressionTimezone"),
        ("Scheduler::Schedule", "Target.DeadLetterConfig"),
        ("Scheduler::Schedule", "Target.RetryPolicy"),
        ("Scheduler::Schedule", "Target.RoleArn"),
    }
    accelerate = next(each for each in deployment.report.not_exercised if each.property == "AccelerateConfiguration")
    assert str(accelerate).startswith(f"{accelerate.logical_id} (AWS::S3::Bucket) AccelerateConfiguration: accepted by")


def test_what_carries_no_behaviour_is_left_out_and_said(cloud: LocalCloud, tmp_path: Path) -> None:
    deployment = cloud.deploy(apps.synthesize(tmp_path, apps.WithLeftOut))
    found = {each.type: each.why for each in deployment.report.not_exercised}
    why = "left out: a new version takes all traffic at once here; a placeholder stands where others refer to it"
    assert found["AWS::CodeDeploy::Application"] == why
    alarms = {each.logical_id[:5]: each.why for each in deployment.report.not_exercised if "Alarm" in each.type}
    assert alarms["Share"].startswith("left out: metric math is not evaluated here")
    assert alarms["Plain"].startswith("evaluated only when a metric is put")
    assert found["AWS::EC2::FlowLog"].startswith("left out: there is no network here")
    assert found["AWS::WAFv2::WebACLAssociation"].startswith("left out: web ACLs are never asked here")
    assert deployment.outputs["ApplicationOutput"].startswith("left-out-Application")
    assert deployment.outputs["FlowLogOutput"].startswith("left-out-FlowLog")
    # Deployed again, and taken down, like anything else.
    cloud.deploy(tmp_path)
    deployment.destroy()


@pytest.mark.parametrize("type_", LEFT_OUT)
def test_each_type_that_is_left_out_exists(type_: str) -> None:
    assert PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema["typeName"] == type_


@pytest.mark.parametrize(
    ("type_", "path"),
    [(t, p) for rows in (REPAIRS, WITHOUT_EFFECT, UNLESS_ENFORCED, VALUES) for t in rows for p in rows[t]],
)
def test_each_row_names_a_property_that_exists(type_: str, path: str) -> None:
    properties: Any = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", type_).schema["properties"]
    assert path == "*" or path.split(".")[0].removesuffix("[]") in properties
