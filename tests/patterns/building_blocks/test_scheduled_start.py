"""Amazon EventBridge Scheduler starts a function, keeps what it could not start, and says so."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.scheduled_start import start_by_scheduler
from patterns.building_blocks.settings import Settings
from tests.patterns.building_blocks.made import properties, resources

ARN = "arn:aws:lambda:eu-west-1:111122223333:function:own"
NIGHTLY = scheduler.ScheduleExpression.cron(minute="0", hour="3")


def start(scope: cdk.Stack, **more: Any) -> None:
    given: dict[str, Any] = {
        "schedule": NIGHTLY,
        "payload": None,
        "flexible_window": None,
        "max_event_age": Duration.hours(1),
        "enabled": True,
    }
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    made, alarm = start_by_scheduler(
        scope,
        **(given | more),
        function=lambda_.Function.from_function_arn(scope, "Function", ARN),
        failed=DeadLetterQueue(scope, "Failed", holds="runs"),
        settings=Settings(alarm_topic=topic),
    )
    assert (made.node.path, alarm.node.path) == ("Test/Schedule", "Test/Dropped")


def test_it_starts_the_function_by_a_role_that_may_do_nothing_else(scope: cdk.Stack) -> None:
    start(scope)
    kinds = ("Scheduler::Schedule", "Scheduler::ScheduleGroup", "IAM::Role", "IAM::Policy")
    found = resources(scope, *(f"AWS::{kind}" for kind in kinds))
    run = json.loads(found["Schedule"]["Properties"]["Target"].pop("Input"))
    assert run == {
        "scheduled_time": "<aws.scheduler.scheduled-time>",
        "execution_id": "<aws.scheduler.execution-id>",
    }
    assert found == {
        "Group": {"Type": "AWS::Scheduler::ScheduleGroup"},
        "Schedule": {
            "DependsOn": ["SchedulerRole/DefaultPolicy", "SchedulerRole"],
            "Properties": {
                "FlexibleTimeWindow": {"Mode": "OFF"},
                "GroupName": {"Ref": "Group"},
                "ScheduleExpression": "cron(0 3 * * ? *)",
                "ScheduleExpressionTimezone": "Etc/UTC",
                "State": "ENABLED",
                "Target": {
                    "Arn": "arn:aws:lambda:eu-west-1:111122223333:function:own",
                    "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Failed/Queue", "Arn"]}},
                    "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 185},
                    "RoleArn": {"Fn::GetAtt": ["SchedulerRole", "Arn"]},
                },
            },
            "Type": "AWS::Scheduler::Schedule",
        },
        "SchedulerRole": {
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Action": "sts:AssumeRole",
                            "Condition": {
                                "StringEquals": {
                                    "aws:SourceAccount": {"Ref": "AWS::AccountId"},
                                    "aws:SourceArn": {"Fn::GetAtt": ["Group", "Arn"]},
                                }
                            },
                            "Effect": "Allow",
                            "Principal": {"Service": "scheduler.amazonaws.com"},
                        }
                    ],
                    "Version": "2012-10-17",
                },
                "Description": "Starts the scheduled runs",
            },
            "Type": "AWS::IAM::Role",
        },
        "SchedulerRole/DefaultPolicy": {
            "Properties": {
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Action": "lambda:InvokeFunction",
                            "Effect": "Allow",
                            "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:own",
                        },
                        {
                            "Action": "sqs:SendMessage",
                            "Effect": "Allow",
                            "Resource": {"Fn::GetAtt": ["Failed/Queue", "Arn"]},
                        },
                    ],
                    "Version": "2012-10-17",
                },
                "PolicyName": "SchedulerRole/DefaultPolicy",
                "Roles": [{"Ref": "SchedulerRole"}],
            },
            "Type": "AWS::IAM::Policy",
        },
    }
    assert properties(scope, "AWS::CloudWatch::Alarm")["Dropped"] == {
        "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
        "AlarmDescription": "EventBridge Scheduler gave up starting a run: check the function and the role.",
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Dimensions": [{"Name": "ScheduleGroup", "Value": {"Ref": "Group"}}],
        "EvaluationPeriods": 1,
        "MetricName": "InvocationDroppedCount",
        "Namespace": "AWS/Scheduler",
        "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
        "Period": 300,
        "Statistic": "Sum",
        "Threshold": 1,
        "TreatMissingData": "notBreaching",
    }


def test_it_does_as_it_is_told(scope: cdk.Stack) -> None:
    schedule = scheduler.ScheduleExpression.rate(Duration.minutes(5))
    start(
        scope,
        schedule=schedule,
        payload={"a": [1]},
        flexible_window=Duration.minutes(15),
        max_event_age=Duration.seconds(60),
        enabled=False,
    )
    made = properties(scope, "AWS::Scheduler::Schedule")["Schedule"]
    assert (made["State"], made["ScheduleExpression"]) == ("DISABLED", "rate(5 minutes)")
    assert made["FlexibleTimeWindow"] == {"MaximumWindowInMinutes": 15, "Mode": "FLEXIBLE"}
    assert made["Target"]["RetryPolicy"]["MaximumEventAgeInSeconds"] == 60
    assert json.loads(made["Target"]["Input"]) == {"a": [1]}


@pytest.mark.parametrize(("zone", "said"), [(None, "Etc/UTC"), (cdk.TimeZone.EUROPE_BERLIN, "Europe/Berlin")])
def test_a_time_is_of_a_zone(scope: cdk.Stack, zone: cdk.TimeZone | None, said: str) -> None:
    start(scope, schedule=scheduler.ScheduleExpression.cron(hour="3", time_zone=zone), payload={})
    made = properties(scope, "AWS::Scheduler::Schedule")["Schedule"]
    assert made["ScheduleExpressionTimezone"] == said
    assert made["Target"]["Input"] == "{}"


def test_an_expression_without_a_zone_is_of_utc(scope: cdk.Stack) -> None:
    start(scope, schedule=scheduler.ScheduleExpression.expression("rate(1 hour)"))
    assert properties(scope, "AWS::Scheduler::Schedule")["Schedule"]["ScheduleExpressionTimezone"] == "Etc/UTC"
