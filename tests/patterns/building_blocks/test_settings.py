"""Who is told, which key encrypts and how long logs are kept, for all of a pattern."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.settings import Settings, kept_name
from tests.constructs import app_for_its_template
from tests.patterns.building_blocks.made import resources
from tests.synthesis_warnings import warnings

METRIC = cloudwatch.Metric(namespace="N", metric_name="M")


def test_nobody_is_told_and_logs_are_kept_for_a_month_with_keys_of_aws() -> None:
    given = Settings()
    assert (given.alarm_topic, given.encryption_key, given.log_retention) == (None, None, logs.RetentionDays.ONE_MONTH)


def test_what_is_kept_has_a_name_of_its_own_in_each_deployment(scope: cdk.Stack) -> None:
    owner = Construct(scope, "Owner")
    stack = {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}
    first = {"Fn::Select": [0, {"Fn::Split": ["-", stack]}]}
    assert scope.resolve(kept_name("/logs/", owner)) == {
        "Fn::Join": ["", ["/logs/", {"Ref": "AWS::StackName"}, f"-{owner.node.addr[-8:]}-", first]]
    }


def test_a_fifo_topic_cannot_be_told(scope: cdk.Stack) -> None:
    topic = sns.Topic(scope, "Topic", fifo=True)
    said = "alarm_topic must be a standard topic: an alarm has no message group, and a FIFO topic takes nothing "
    said += "without one"
    with pytest.raises(ValueError, match=f"^{said}$"):
        Settings(alarm_topic=topic)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {},
            {"ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1, "Threshold": 1,
             "TreatMissingData": "notBreaching"},
        ),
        (
            {
                "threshold": 2.5,
                "comparison": cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                "evaluation_periods": 3,
                "missing_data": cloudwatch.TreatMissingData.BREACHING,
            },
            {"ComparisonOperator": "LessThanThreshold", "EvaluationPeriods": 3, "Threshold": 2.5,
             "TreatMissingData": "breaching"},
        ),
    ],
)  # fmt: skip
def test_an_alarm_is_made_as_it_is_asked_for(scope: cdk.Stack, given: dict[str, Any], said: dict[str, Any]) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    Settings(alarm_topic=topic).alarm(scope, "Alarm", metric=METRIC, description="It failed.", **given)
    assert resources(scope, "AWS::CloudWatch::Alarm")["Alarm"]["Properties"] == {
        "AlarmActions": [topic.topic_arn],
        "AlarmDescription": "It failed.",
        "MetricName": "M",
        "Namespace": "N",
        "OKActions": [topic.topic_arn],
        "Period": 300,
        "Statistic": "Average",
        **said,
    }


def test_a_log_group_outlives_the_stack(scope: cdk.Stack) -> None:
    Settings().log_group(scope, "Log")
    key = kms.Key(scope, "Key")
    Settings(encryption_key=key, log_retention=logs.RetentionDays.ONE_DAY).log_group(scope, "Named", name="/own")
    found = resources(scope, "AWS::Logs::LogGroup")
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Type": "AWS::Logs::LogGroup"}
    of_named = {
        "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
        "LogGroupName": "/own",
        "RetentionInDays": 1,
    }
    assert found == {
        "Log": {**kept, "Properties": {"RetentionInDays": 30}},
        "Named": {**kept, "Properties": of_named},
    }
    statements = resources(scope, "AWS::KMS::Key")["Key"]["Properties"]["KeyPolicy"]["Statement"]
    assert [one.get("Sid") for one in statements] == [None, "CloudWatchLogs"]


def test_the_owner_of_an_imported_key_is_told_by_the_construct_that_needs_it(scope: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(scope, "Key", "arn:aws:kms:eu-west-1:111122223333:key/own")
    Settings(encryption_key=key).log_group(Construct(scope, "Within"), "Log")
    [said] = warnings(scope)
    assert said.startswith("encryption_key arn:aws:kms:eu-west-1:111122223333:key/own is imported: ")


def test_a_key_of_another_region_is_refused() -> None:
    scope = cdk.Stack(app_for_its_template(), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    key = kms.Key.from_key_arn(scope, "Key", "arn:aws:kms:us-east-1:111122223333:key/own")
    said = "encryption_key must be in eu-west-1, the Region of the stack, got one in us-east-1"
    with pytest.raises(ValueError, match=f"^{said}$"):
        Settings(encryption_key=key).log_group(scope, "Log")
