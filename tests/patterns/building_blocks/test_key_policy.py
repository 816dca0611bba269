"""A customer's key lets in the services that use it, or its owner is told to."""

import re
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template
from constructs import Construct

from patterns.building_blocks import key_policy
from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.encryption_key import EncryptionKey
from patterns.building_blocks.key_policy import LOGS, KeyUse, let_use
from patterns.building_blocks.settings import Settings
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import own_arn
from tests.synthesis_warnings import warnings

ARN = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"
USES = {name: one for name, one in vars(key_policy).items() if isinstance(one, KeyUse)}


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    [key] = Template.from_stack(stack).find_resources("AWS::KMS::Key").values()
    found: list[dict[str, Any]] = key["Properties"]["KeyPolicy"]["Statement"]
    return found


def test_a_log_group_with_a_users_key_is_let_in_by_the_keys_policy(scope: cdk.Stack) -> None:
    settings = Settings(encryption_key=kms.Key(scope, "Key"))
    for name in ("One", "Other"):
        settings.log_group(scope, name)
    [logs] = [one for one in statements(scope) if one.get("Sid") == "CloudWatchLogs"]
    assert logs["Principal"] == {"Service": {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}}
    assert set(logs["Condition"]["ArnLike"]) == {"kms:EncryptionContext:aws:logs:arn"}


def test_a_key_of_another_stack_is_changed_there(scope: cdk.Stack) -> None:
    keys = cdk.Stack(cdk.App.of(scope), "Keys")
    settings = Settings(encryption_key=kms.Key(keys, "Key"))
    settings.log_group(scope, "Log")
    # It would raise if the stacks waited for each other.
    assert [one for one in statements(keys) if one.get("Sid") == "CloudWatchLogs"]


def test_the_catalogs_own_key_says_it_once(scope: cdk.Stack) -> None:
    Settings(encryption_key=EncryptionKey(scope, "Key", description="Encrypts a test")).log_group(scope, "Log")
    assert len([one for one in statements(scope) if one.get("Sid") == "CloudWatchLogs"]) == 1


@pytest.mark.parametrize("name", sorted(USES))
def test_every_use_names_its_service_exact_actions_and_on_whose_behalf(name: str, scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    let_use(key, USES[name], needed_by=scope)
    [said] = [one for one in statements(scope) if one.get("Sid") == USES[name].sid]
    role = USES[name].role
    assert said["Principal"] == {"AWS": "*"} if role else "Service" in said["Principal"]
    assert (f":role/{role}" in str(said["Condition"])) == (role is not None)
    assert not [action for action in said["Action"] if "*" in action]
    assert said["Condition"], "anybody's resources could use the key through the service"


def logs(scope: Construct, key: kms.IKey) -> None:
    Settings(encryption_key=key).log_group(scope, "Log")


def alarms(scope: Construct, key: kms.IKey) -> None:
    metric = cloudwatch.Metric(namespace="N", metric_name="Failures", period=FIVE_MINUTES)
    alarm(scope, "Alarm", metric=metric, description="It failed.", topic=sns.Topic(scope, "Topic", master_key=key))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (logs, r"its policy must let logs\.REGION\.amazonaws\.com encrypt log groups, by kms:Decrypt, .*"),
        (alarms, r"its policy must let cloudwatch\.amazonaws\.com publish alarms to a topic, by .*"),
    ],
)
def test_the_owner_of_an_imported_key_is_told_what_to_do(
    make: Callable[[Construct, kms.IKey], None], said: str, scope: cdk.Stack
) -> None:
    make(scope, kms.Key.from_key_arn(scope, "Key", ARN))
    told = [one for one in warnings(scope) if re.match(rf"encryption_key {ARN} is imported: {said}", one)]
    assert len(told) == 1


def test_a_key_that_says_so_is_not_warned_of(scope: cdk.Stack) -> None:
    let_use(kms.Key(scope, "Key"), LOGS, needed_by=scope)
    assert warnings(scope) == []


def test_each_use_says_exactly_this(scope: cdk.Stack) -> None:
    assert {name: scope.resolve(one.statement().to_statement_json()) for name, one in USES.items()} == {
        "ALARMS": {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {
                "ArnLike": {"aws:SourceArn": own_arn("cloudwatch", "alarm:*")},
                "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            },
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Resource": "*",
            "Sid": "AlarmsTell",
        },
        "AUTO_SCALING": {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {
                "ArnLike": {
                    "aws:PrincipalArn": own_arn(
                        "iam",
                        "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling*",
                        global_=True,
                    )
                },
                "StringEquals": {"kms:CallerAccount": {"Ref": "AWS::AccountId"}},
            },
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Resource": "*",
            "Sid": "AutoScalingNotifies",
        },
        "BUCKETS": {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Resource": "*",
            "Sid": "BucketAnnounces",
        },
        "BUSES": {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Resource": "*",
            "Sid": "DeadLettersOfEvents",
        },
        "EDGE": {
            "Action": "kms:Decrypt",
            "Condition": {"ArnLike": {"aws:SourceArn": own_arn("cloudfront", "distribution/*", global_=True)}},
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Resource": "*",
            "Sid": "EdgeReads",
        },
        "LOGS": {
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": own_arn("logs", "log-group:*")}},
            "Effect": "Allow",
            "Principal": {"Service": {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}},
            "Resource": "*",
            "Sid": "CloudWatchLogs",
        },
        "RULES": {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
            "Effect": "Allow",
            "Principal": {"Service": "events.amazonaws.com"},
            "Resource": "*",
            "Sid": "DeadLettersOfRules",
        },
        "TOPICS": {
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Condition": {"ArnLike": {"aws:SourceArn": own_arn("sns", "*")}},
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Resource": "*",
            "Sid": "TopicDelivers",
        },
    }


def test_the_owner_of_an_imported_key_is_told_the_whole_of_it() -> None:
    told = {}
    for name, use in USES.items():
        scope = cdk.Stack(app_for_its_template(), "Test")
        let_use(kms.Key.from_key_arn(scope, "Key", ARN), use, needed_by=scope)
        [told[name]] = warnings(scope)
    before = f"encryption_key {ARN} is imported: its policy must let "
    assert {name: one.removeprefix(before) for name, one in told.items()} == {
        "ALARMS": (
            "cloudwatch.amazonaws.com publish alarms to a topic, by kms:Decrypt, kms:GenerateDataKey, which only "
            "its owner can say [ack: patterns:key-policy-AlarmsTell]"
        ),
        "AUTO_SCALING": (
            "autoscaling.amazonaws.com publish launches that failed to a topic, by kms:Decrypt, "
            "kms:GenerateDataKey, which only its owner can say [ack: patterns:key-policy-AutoScalingNotifies]"
        ),
        "BUCKETS": (
            "s3.amazonaws.com publish a bucket's notifications, by kms:Decrypt, kms:GenerateDataKey, which only its "
            "owner can say [ack: patterns:key-policy-BucketAnnounces]"
        ),
        "BUSES": (
            "events.amazonaws.com send what a bus could not take to its dead-letter queue, by kms:Decrypt, "
            "kms:GenerateDataKey, which only its owner can say [ack: patterns:key-policy-DeadLettersOfEvents]"
        ),
        "EDGE": (
            "cloudfront.amazonaws.com read the objects of an origin, by kms:Decrypt, which only its owner can say "
            "[ack: patterns:key-policy-EdgeReads]"
        ),
        "LOGS": (
            "logs.REGION.amazonaws.com encrypt log groups, by kms:Decrypt, kms:DescribeKey, kms:Encrypt, "
            "kms:GenerateDataKey, which only its owner can say [ack: patterns:key-policy-CloudWatchLogs]"
        ),
        "RULES": (
            "events.amazonaws.com send what a rule could not deliver to its dead-letter queue, by kms:Decrypt, "
            "kms:GenerateDataKey, which only its owner can say [ack: patterns:key-policy-DeadLettersOfRules]"
        ),
        "TOPICS": (
            "sns.amazonaws.com deliver a topic's messages to queues, by kms:Decrypt, kms:GenerateDataKey, which "
            "only its owner can say [ack: patterns:key-policy-TopicDelivers]"
        ),
    }


def test_an_imported_key_whose_arn_only_a_deployment_knows_is_named_by_its_path(scope: cdk.Stack) -> None:
    account = cdk.Token.as_string({"Ref": "Account"})
    imported = kms.Key.from_key_arn(scope, "Key", f"arn:aws:kms:eu-west-1:{account}:key/own")
    let_use(imported, LOGS, needed_by=scope)
    [said] = warnings(scope)
    assert said.startswith("encryption_key Test/Key is imported: its policy must let logs.REGION.amazonaws.com ")
