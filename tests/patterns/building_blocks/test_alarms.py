"""An alarm goes off on the first failure, and tells its topic so and when it is over."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Match, Template

from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.settings import Settings

METRIC = cloudwatch.Metric(namespace="N", metric_name="Failures", statistic="Sum", period=FIVE_MINUTES)


def test_one_failure_in_five_minutes_is_enough(scope: cdk.Stack) -> None:
    alarm(scope, "Alarm", metric=METRIC, description="It failed.", topic=None)
    [made] = Template.from_stack(scope).find_resources("AWS::CloudWatch::Alarm").values()
    assert made["Properties"] == {
        "AlarmDescription": "It failed.",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "Failures",
        "Namespace": "N",
        "Period": 300,
        "Statistic": "Sum",
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
    }


def test_the_topic_hears_of_the_alarm_and_of_its_end(scope: cdk.Stack) -> None:
    topic = sns.Topic(scope, "Topic")
    alarm(scope, "Alarm", metric=METRIC, description="It failed.", topic=topic)
    arn = scope.resolve(topic.topic_arn)
    Template.from_stack(scope).has_resource_properties(
        "AWS::CloudWatch::Alarm", {"AlarmActions": [arn], "OKActions": [arn], "InsufficientDataActions": Match.absent()}
    )


def test_cloudwatch_may_publish_to_a_topic_and_use_its_key(scope: cdk.Stack) -> None:
    operations = cdk.Stack(cdk.App.of(scope), "Operations")
    key = kms.Key(operations, "Key")
    topic = sns.Topic(operations, "Topic", master_key=key, enforce_ssl=True)
    for name in ("One", "Other"):
        alarm(scope, name, metric=METRIC, description="It failed.", topic=topic)
    # It would raise if the stacks waited for each other.
    template = Template.from_stack(operations).to_json()["Resources"]
    documents = {
        "AWS::SNS::TopicPolicy": ("PolicyDocument", "sns:Publish"),
        "AWS::KMS::Key": ("KeyPolicy", ["kms:Decrypt", "kms:GenerateDataKey"]),
    }
    for kind, (document, actions) in documents.items():
        [resource] = [one for one in template.values() if one["Type"] == kind]
        [told] = [one for one in resource["Properties"][document]["Statement"] if one.get("Sid") == "AlarmsTell"]
        assert (told["Principal"], told["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, actions)
        assert told["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        assert "ArnLike" in told["Condition"]


def test_silence_can_be_the_failure(scope: cdk.Stack) -> None:
    alarm(
        scope,
        "Alarm",
        metric=METRIC,
        description="Nothing ran.",
        topic=None,
        threshold=2,
        comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=3,
        missing_data=cloudwatch.TreatMissingData.BREACHING,
    )
    Template.from_stack(scope).has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "ComparisonOperator": "LessThanThreshold",
            "EvaluationPeriods": 3,
            "Threshold": 2,
            "TreatMissingData": "breaching",
        },
    )


def test_a_topic_of_another_region_is_refused() -> None:
    app = cdk.App()
    here, there = (
        cdk.Stack(app, name, env=cdk.Environment(account="111122223333", region=region))
        for name, region in (("Here", "us-east-1"), ("There", "eu-west-1"))
    )
    said = r"^alarm_topic must be in us-east-1, the Region of the stack, got one in eu-west-1$"
    imported = sns.Topic.from_topic_arn(here, "Imported", "arn:aws:sns:eu-west-1:111122223333:on-call")
    for number, topic in enumerate([sns.Topic(there, "Topic"), imported]):
        with pytest.raises(ValueError, match=said):
            Settings(alarm_topic=topic).alarm(
                here, f"Alarm{number}", metric=cloudwatch.Metric(namespace="A", metric_name="B"), description="Fails."
            )
