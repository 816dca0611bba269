"""A bucket is closed, encrypted, versioned, logged and kept, whatever the app's feature flags."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from aws_cdk.aws_s3_notifications import SqsDestination

from patterns.building_blocks.private_bucket import AccessLogsBucket, EdgeLogsBucket, PrivateBucket
from tests.conftest import context
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import properties


@pytest.fixture(params=[True, False], ids=["with the catalog's flags", "without feature flags"])
def any_scope(request: pytest.FixtureRequest) -> cdk.Stack:
    return cdk.Stack(cdk.App(context=context() if request.param else {}), "Any")


def bucket(scope: cdk.Stack, construct: s3.Bucket) -> dict[str, Any]:
    resource = Template.from_stack(scope).to_json()["Resources"][scope.resolve(construct.bucket_name)["Ref"]]
    assert isinstance(resource, dict)
    return resource


def statements(scope: cdk.Stack, construct: s3.Bucket) -> list[dict[str, Any]]:
    name = scope.resolve(construct.bucket_name)
    policies = Template.from_stack(scope).find_resources("AWS::S3::BucketPolicy").values()
    found = [
        one["Properties"]["PolicyDocument"]["Statement"] for one in policies if one["Properties"]["Bucket"] == name
    ]
    return [statement for document in found for statement in document]


def test_nobody_outside_reads_it_and_what_it_holds_is_kept(any_scope: cdk.Stack) -> None:
    made = bucket(any_scope, PrivateBucket(any_scope, "Bucket"))
    assert (made["DeletionPolicy"], made["UpdateReplacePolicy"]) == ("Retain", "Retain")
    properties = made["Properties"]
    closed = {"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"}
    assert properties["PublicAccessBlockConfiguration"] == dict.fromkeys(closed, True)
    assert properties["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    [encryption] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert properties["LifecycleConfiguration"]["Rules"] == [
        {
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
            "Status": "Enabled",
        }
    ]
    assert "LoggingConfiguration" not in properties


def test_it_denies_what_is_not_tls_1_2(any_scope: cdk.Stack) -> None:
    found = statements(any_scope, PrivateBucket(any_scope, "Bucket"))
    assert [(one["Effect"], one["Action"], one["Principal"], one["Condition"]) for one in found] == [
        ("Deny", "s3:*", {"AWS": "*"}, {"Bool": {"aws:SecureTransport": "false"}}),
        ("Deny", "s3:*", {"AWS": "*"}, {"NumericLessThan": {"s3:TlsVersion": 1.2}}),
    ]


def test_a_key_of_ones_own_encrypts_it(any_scope: cdk.Stack) -> None:
    key = kms.Key(any_scope, "Key")
    made = bucket(any_scope, PrivateBucket(any_scope, "Bucket", encryption_key=key))
    assert made["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"] == [
        {
            "BucketKeyEnabled": True,
            "ServerSideEncryptionByDefault": {
                "KMSMasterKeyID": any_scope.resolve(key.key_arn),
                "SSEAlgorithm": "aws:kms",
            },
        }
    ]


@pytest.mark.parametrize("prefix", ["in/", None])
def test_only_this_bucket_may_write_its_access_log_and_only_there(any_scope: cdk.Stack, prefix: str | None) -> None:
    logs = AccessLogsBucket(any_scope, "Logs")
    logged = PrivateBucket(any_scope, "Bucket", access_logs=logs, access_logs_prefix=prefix)
    name = any_scope.resolve(logs.bucket_name)
    wanted = {"DestinationBucketName": name} | ({"LogFilePrefix": prefix} if prefix else {})
    assert bucket(any_scope, logged)["Properties"]["LoggingConfiguration"] == wanted
    assert "AccessControl" not in bucket(any_scope, logs)["Properties"]
    [allowed] = [one for one in statements(any_scope, logs) if one["Effect"] == "Allow"]
    assert allowed == {
        "Action": "s3:PutObject",
        "Condition": {
            "ArnLike": {"aws:SourceArn": any_scope.resolve(logged.bucket_arn)},
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        },
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Resource": {"Fn::Join": ["", [any_scope.resolve(logs.bucket_arn), f"/{prefix or ''}*"]]},
    }


def test_an_existing_bucket_may_take_the_access_log(any_scope: cdk.Stack) -> None:
    logs = s3.Bucket.from_bucket_name(any_scope, "Logs", "our-access-logs")
    logged = PrivateBucket(any_scope, "Bucket", access_logs=logs)
    assert bucket(any_scope, logged)["Properties"]["LoggingConfiguration"] == {
        "DestinationBucketName": "our-access-logs"
    }


def test_access_logs_expire_after_a_year_and_are_encrypted_by_s3(any_scope: cdk.Stack) -> None:
    properties = bucket(any_scope, AccessLogsBucket(any_scope, "Logs"))["Properties"]
    [rule] = properties["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 365
    [encryption] = properties["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert encryption["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_how_long_things_are_kept_can_be_said(any_scope: cdk.Stack) -> None:
    made = PrivateBucket(any_scope, "Bucket", noncurrent_versions_kept=Duration.days(3), objects_kept=Duration.days(30))
    [rule] = bucket(any_scope, made)["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 3}
    assert rule["ExpirationInDays"] == 30


def test_event_bridge_is_told_by_the_buckets_own_property(any_scope: cdk.Stack) -> None:
    private = PrivateBucket(any_scope, "Bucket")
    private.tell_event_bridge()
    told = bucket(any_scope, private)["Properties"]["NotificationConfiguration"]
    assert told == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    Template.from_stack(any_scope).resource_count_is("Custom::S3BucketNotifications", 0)


def test_event_bridge_is_told_beside_notifications_that_are_added_later(any_scope: cdk.Stack) -> None:
    private = PrivateBucket(any_scope, "Bucket")
    private.tell_event_bridge()
    private.add_event_notification(s3.EventType.OBJECT_CREATED, SqsDestination(sqs.Queue(any_scope, "Queue")))
    [told] = Template.from_stack(any_scope).find_resources("Custom::S3BucketNotifications").values()
    notified = told["Properties"]["NotificationConfiguration"]
    assert notified["EventBridgeConfiguration"] == {}
    assert len(notified["QueueConfigurations"]) == 1
    # Two owners of one configuration would take it from each other.
    assert "NotificationConfiguration" not in bucket(any_scope, private)["Properties"]


def test_logs_of_the_edge_are_delivered_with_an_acl_and_the_owner_owns_them(scope: cdk.Stack) -> None:
    EdgeLogsBucket(scope, "Logs")
    AccessLogsBucket(scope, "Access")
    found = properties(scope, "AWS::S3::Bucket")
    assert found["Logs"].pop("OwnershipControls") == {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    assert found["Access"].pop("OwnershipControls") == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert (
        found["Logs"]
        == found["Access"]
        == {
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                        "ExpirationInDays": 365,
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
                        "Status": "Enabled",
                    }
                ]
            },
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "VersioningConfiguration": {"Status": "Enabled"},
        }
    )


def test_access_logs_in_another_region_are_refused() -> None:
    app = app_for_its_template()
    here, there = (
        cdk.Stack(app, name, env=cdk.Environment(account="111122223333", region=region))
        for name, region in (("Here", "eu-west-1"), ("There", "us-east-1"))
    )
    said = "access_logs_bucket must be in eu-west-1, the Region of the stack, got one in us-east-1"
    with pytest.raises(ValueError, match=f"^{said}$"):
        PrivateBucket(here, "Own", access_logs=AccessLogsBucket(there, "Logs"))


@pytest.mark.parametrize("encrypted", [False, True])
def test_all_that_a_bucket_is_told_it_is(scope: cdk.Stack, encrypted: bool) -> None:
    PrivateBucket(
        scope,
        "Own",
        encryption_key=kms.Key(scope, "Key") if encrypted else None,
        access_logs=AccessLogsBucket(scope, "Logs"),
        access_logs_prefix="own/" if encrypted else None,
        noncurrent_versions_kept=Duration.days(3),
        objects_kept=Duration.days(4),
        incomplete_uploads_kept=Duration.days(5),
    )
    found = properties(scope, "AWS::S3::Bucket")["Own"]
    [rule] = found["LifecycleConfiguration"]["Rules"]
    assert rule == {
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 5},
        "ExpirationInDays": 4,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 3},
        "Status": "Enabled",
    }
    prefix = {"LogFilePrefix": "own/"} if encrypted else {}
    assert found["LoggingConfiguration"] == {"DestinationBucketName": {"Ref": "Logs"}, **prefix}
    [by] = found["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    kind = by["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
    assert (kind, by.get("BucketKeyEnabled")) == (("aws:kms", True) if encrypted else ("AES256", None))
    statements = properties(scope, "AWS::S3::BucketPolicy")["Logs/Policy"]["PolicyDocument"]["Statement"]
    [delivers] = [one for one in statements if one["Effect"] == "Allow"]
    assert delivers == {
        "Action": "s3:PutObject",
        "Condition": {
            "ArnLike": {"aws:SourceArn": {"Fn::GetAtt": ["Own", "Arn"]}},
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
        },
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": ["Logs", "Arn"]}, "/own/*" if encrypted else "/*"]]},
    }
