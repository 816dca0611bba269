"""A function has a role, a log, traces and alarms of its own, and its failures end in a queue."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration, Size
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.lambda_function import (
    PYTHON,
    EnvironmentVariables,
    FunctionMemory,
    FunctionTimeout,
    LambdaFunction,
    MaxEventAge,
    ReservedConcurrency,
    RetryAttempts,
    keep_failed_events,
)
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import check
from tests.patterns.building_blocks.made import acknowledged, resources


def make(scope: cdk.Stack, **arguments: Any) -> LambdaFunction:
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    return LambdaFunction(scope, "Made", code=code, handler="index.handler", description="Does a thing", **arguments)


def properties(scope: cdk.Stack, resource_type: str) -> dict[str, Any]:
    [resource] = Template.from_stack(scope).find_resources(resource_type).values()
    found: dict[str, Any] = resource["Properties"]
    return found


def allowed(scope: cdk.Stack) -> dict[str, Any]:
    """What the role's own policy allows: resources by action."""
    document = properties(scope, "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    found: dict[str, Any] = {}
    for statement in document:
        assert statement["Effect"] == "Allow"
        actions = statement["Action"]
        found |= dict.fromkeys([actions] if isinstance(actions, str) else actions, statement["Resource"])
    return found


def test_defaults_are_secure_and_can_be_operated(scope: cdk.Stack) -> None:
    made = make(scope)
    function = properties(scope, "AWS::Lambda::Function")
    assert function["Architectures"] == ["arm64"]
    assert function["Runtime"] == PYTHON.name
    assert function["MemorySize"] == 256
    assert function["Timeout"] == 30
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": scope.resolve(made.log_group.log_group_name)}
    assert "ReservedConcurrentExecutions" not in function
    log = properties(scope, "AWS::Logs::LogGroup")
    assert log == {"RetentionInDays": 30}


@pytest.mark.parametrize("handler", ["", "a b.c", "x" * 129])
def test_a_handler_that_lambda_would_not_take_is_refused(scope: cdk.Stack, handler: str) -> None:
    code = lambda_.Code.from_inline("def handler(event, context): ...")
    with pytest.raises(ValueError, match=r"^handler must be up to 128 characters without a space, got '"):
        LambdaFunction(scope, "Made", code=code, handler=handler, description="Does a thing")


def test_the_role_may_write_its_own_log_and_traces_and_nothing_else(scope: cdk.Stack) -> None:
    made = make(scope)
    log = scope.resolve(made.log_group.log_group_arn)
    assert allowed(scope) == {
        "logs:CreateLogStream": log,
        "logs:PutLogEvents": log,
        "xray:PutTelemetryRecords": "*",
        "xray:PutTraceSegments": "*",
    }
    assert "ManagedPolicyArns" not in properties(scope, "AWS::IAM::Role")


def test_what_is_permitted_is_added(scope: cdk.Stack) -> None:
    make(scope).permit([iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::mine/a"])])
    assert allowed(scope)["s3:GetObject"] == "arn:aws:s3:::mine/a"


def test_what_is_asked_for_is_made(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    make(
        scope,
        architecture=lambda_.Architecture.X86_64,
        runtime=lambda_.Runtime.PYTHON_3_13,
        memory=Size.gibibytes(1),
        timeout=Duration.minutes(2),
        environment={"AB": "c"},
        settings=Settings(log_retention=logs.RetentionDays.ONE_YEAR, encryption_key=key),
        reserved_concurrency=3,
    )
    function = properties(scope, "AWS::Lambda::Function")
    assert function["Architectures"] == ["x86_64"]
    assert function["Runtime"] == "python3.13"
    assert (function["MemorySize"], function["Timeout"]) == (1024, 120)
    assert function["Environment"] == {"Variables": {"AB": "c"}}
    assert function["KmsKeyArn"] == scope.resolve(key.key_arn)
    assert function["ReservedConcurrentExecutions"] == 3
    log = properties(scope, "AWS::Logs::LogGroup")
    assert log == {"KmsKeyId": scope.resolve(key.key_arn), "RetentionInDays": 365}


def test_failures_end_in_the_queue_and_the_role_may_send_them(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    failed = DeadLetterQueue(scope, "Failed", holds="events", settings=Settings(encryption_key=key))
    make(scope, dead_letters=failed)
    queue = scope.resolve(failed.queue.queue_arn)
    config = properties(scope, "AWS::Lambda::EventInvokeConfig")
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (2, 6 * 3600)
    permitted = allowed(scope)
    assert permitted["sqs:SendMessage"] == queue
    assert permitted["kms:GenerateDataKey"] == scope.resolve(key.key_arn)
    assert not [action for action in permitted if "*" in action]


def test_the_destination_waits_for_the_permission_to_send(scope: cdk.Stack) -> None:
    make(scope, dead_letters=DeadLetterQueue(scope, "Failed", holds="events"))
    template = Template.from_stack(scope)
    [policy] = template.find_resources("AWS::IAM::Policy")
    [config] = template.find_resources("AWS::Lambda::EventInvokeConfig").values()
    assert policy in config["DependsOn"]


def test_retries_can_be_given_up(scope: cdk.Stack) -> None:
    failed = DeadLetterQueue(scope, "Failed", holds="events")
    make(scope, dead_letters=failed, retry_attempts=0, max_event_age=Duration.minutes(1))
    config = properties(scope, "AWS::Lambda::EventInvokeConfig")
    assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (0, 60)


@pytest.mark.parametrize(
    ("with_queue", "metrics"),
    [(False, {"Errors", "Throttles"}), (True, {"Errors", "Throttles", "DestinationDeliveryFailures"})],
)
def test_each_way_to_fail_has_an_alarm_that_tells_the_topic(
    scope: cdk.Stack, with_queue: bool, metrics: set[str]
) -> None:
    topic = sns.Topic(scope, "Topic")
    failed = DeadLetterQueue(scope, "Failed", holds="events") if with_queue else None
    made = make(scope, settings=Settings(alarm_topic=topic), dead_letters=failed)
    found = Template.from_stack(scope).find_resources("AWS::CloudWatch::Alarm")
    own = [found[scope.resolve(one.alarm_name)["Ref"]]["Properties"] for one in made.alarms]
    assert {one["MetricName"] for one in own} == metrics
    for one in own:
        assert one["AlarmActions"] == [scope.resolve(topic.topic_arn)]
        assert one["Dimensions"] == [{"Name": "FunctionName", "Value": scope.resolve(made.function.function_name)}]


def test_all_that_is_made_is_this(scope: cdk.Stack) -> None:
    topic = sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:eu-west-1:111122223333:on-call")
    settings = Settings(alarm_topic=topic)
    made = make(scope, settings=settings, dead_letters=DeadLetterQueue(scope, "Failed", holds="events"))
    found = {path: one for path, one in resources(scope).items() if path.startswith("Made")}
    assert found == {
        "Made/Errors": {
            "Properties": {
                "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
                "AlarmDescription": "The function raised an error or timed out: read its log.",
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Made/Function"}}],
                "EvaluationPeriods": 1,
                "MetricName": "Errors",
                "Namespace": "AWS/Lambda",
                "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
                "Period": 300,
                "Statistic": "Sum",
                "Threshold": 1,
                "TreatMissingData": "notBreaching",
            },
            "Type": "AWS::CloudWatch::Alarm",
        },
        "Made/FailuresLost": {
            "Properties": {
                "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
                "AlarmDescription": (
                    "A failed event could not be sent to the dead-letter queue: check its policy and key."
                ),
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Made/Function"}}],
                "EvaluationPeriods": 1,
                "MetricName": "DestinationDeliveryFailures",
                "Namespace": "AWS/Lambda",
                "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
                "Period": 300,
                "Statistic": "Sum",
                "Threshold": 1,
                "TreatMissingData": "notBreaching",
            },
            "Type": "AWS::CloudWatch::Alarm",
        },
        "Made/Function": {
            "DependsOn": ["Made/Role/DefaultPolicy", "Made/Role"],
            "Properties": {
                "Architectures": ["arm64"],
                "Code": {"ZipFile": "def handler(event, context): ..."},
                "Description": "Does a thing",
                "Handler": "index.handler",
                "LoggingConfig": {"LogFormat": "JSON", "LogGroup": {"Ref": "Made/Log"}},
                "MemorySize": 256,
                "Role": {"Fn::GetAtt": ["Made/Role", "Arn"]},
                "Runtime": "python3.14",
                "Timeout": 30,
                "TracingConfig": {"Mode": "Active"},
            },
            "Type": "AWS::Lambda::Function",
        },
        "Made/Log": {
            "DeletionPolicy": "Retain",
            "Properties": {"RetentionInDays": 30},
            "Type": "AWS::Logs::LogGroup",
            "UpdateReplacePolicy": "Retain",
        },
        "Made/OnFailure": {
            "DependsOn": ["Made/Role/DefaultPolicy", "Made/Role"],
            "Properties": {
                "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failed/Queue", "Arn"]}}},
                "FunctionName": {"Ref": "Made/Function"},
                "MaximumEventAgeInSeconds": 21600,
                "MaximumRetryAttempts": 2,
                "Qualifier": "$LATEST",
            },
            "Type": "AWS::Lambda::EventInvokeConfig",
        },
        "Made/Role": {
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [
                        {
                            "Action": "sts:AssumeRole",
                            "Effect": "Allow",
                            "Principal": {"Service": "lambda.amazonaws.com"},
                        }
                    ],
                    "Version": "2012-10-17",
                },
                "Description": "Execution role: Does a thing",
            },
            "Type": "AWS::IAM::Role",
        },
        "Made/Role/DefaultPolicy": {
            "Properties": {
                "PolicyDocument": {
                    "Statement": [
                        {
                            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                            "Effect": "Allow",
                            "Resource": {"Fn::GetAtt": ["Made/Log", "Arn"]},
                        },
                        {
                            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                            "Effect": "Allow",
                            "Resource": "*",
                        },
                        {
                            "Action": "sqs:SendMessage",
                            "Effect": "Allow",
                            "Resource": {"Fn::GetAtt": ["Failed/Queue", "Arn"]},
                        },
                    ],
                    "Version": "2012-10-17",
                },
                "PolicyName": "Made/Role/DefaultPolicy",
                "Roles": [{"Ref": "Made/Role"}],
            },
            "Type": "AWS::IAM::Policy",
        },
        "Made/Throttles": {
            "Properties": {
                "AlarmActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
                "AlarmDescription": (
                    "Invocations were refused for lack of concurrency: raise the reserve or the quota."
                ),
                "ComparisonOperator": "GreaterThanOrEqualToThreshold",
                "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Made/Function"}}],
                "EvaluationPeriods": 1,
                "MetricName": "Throttles",
                "Namespace": "AWS/Lambda",
                "OKActions": ["arn:aws:sns:eu-west-1:111122223333:on-call"],
                "Period": 300,
                "Statistic": "Sum",
                "Threshold": 1,
                "TreatMissingData": "notBreaching",
            },
            "Type": "AWS::CloudWatch::Alarm",
        },
    }
    assert [one.node.id for one in made.alarms] == ["Errors", "Throttles", "FailuresLost"]
    assert {path: one for path, one in acknowledged(scope).items() if path.startswith("Made")} == {
        "Made/Function": {
            "Serverless::Serverless-LambdaDLQ": (
                "Failed events go to an on-failure destination, which also keeps the error; AWS recommends it over "
                "the older dead-letter configuration that the rule looks for."
            )
        },
        "Made/Role": {
            "AwsSolutions::AwsSolutions-IAM5[Resource::*]": (
                "AWS X-Ray's two write actions name no resource: IAM allows them only on all resources."
            )
        },
    }


def test_events_of_an_alias_are_kept_by_its_own_setting(scope: cdk.Stack) -> None:
    made = make(scope)
    alias = lambda_.Alias(scope, "Alias", alias_name="live", version=made.function.current_version)
    failed = DeadLetterQueue(scope, "Failed", holds="events")
    after = cdk.CfnResource(scope, "After", type="Own::Kind::Permission")
    keep_failed_events(scope, "Kept", made.function, failed, after=after, alias=alias)
    kept = resources(scope, "AWS::Lambda::EventInvokeConfig")["Kept"]
    assert kept == {
        "DependsOn": ["After", "Alias"],
        "Properties": {
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Failed/Queue", "Arn"]}}},
            "FunctionName": {"Ref": "Made/Function"},
            "MaximumEventAgeInSeconds": 21_600,
            "MaximumRetryAttempts": 2,
            "Qualifier": "live",
        },
        "Type": "AWS::Lambda::EventInvokeConfig",
    }


@pytest.mark.parametrize(
    ("hint", "right", "wrong", "said"),
    [
        (FunctionMemory, Size.mebibytes(128), Size.mebibytes(127), "between 128 and 10240 MiB, got 127"),
        (FunctionMemory, Size.mebibytes(10_240), Size.mebibytes(10_241), "between 128 and 10240 MiB, got 10241"),
        (FunctionMemory, Size.gibibytes(1), Size.kibibytes(1025), "whole MiB, got 1025 KiB"),
        (FunctionTimeout, Duration.seconds(1), Duration.seconds(0), "between 1 second and 15 minutes, got 0 seconds"),
        (FunctionTimeout, Duration.minutes(15), Duration.hours(1), "between 1 second and 15 minutes, got 1 hour"),
        (RetryAttempts, 0, -1, "between 0 and 2, got -1"),
        (RetryAttempts, 2, 3, "between 0 and 2, got 3"),
        (ReservedConcurrency, 1, 0, "between 1 and 1000 invocations, got 0"),
        (ReservedConcurrency, 1000, 1001, "between 1 and 1000 invocations, got 1001"),
        (MaxEventAge, Duration.minutes(1), Duration.seconds(59), "between 1 minute and 6 hours, got 59 seconds"),
        (MaxEventAge, Duration.hours(6), Duration.hours(7), "between 1 minute and 6 hours, got 7 hours"),
    ],
)  # fmt: skip
def test_settings_are_those_that_lambda_takes(hint: Any, right: Any, wrong: Any, said: str) -> None:
    check("argument", right, hint)
    with pytest.raises(ValueError, match=f"^argument must be {said}$"):
        check("argument", wrong, hint)


def test_inline_code_needs_a_runtime_that_takes_it(scope: cdk.Stack) -> None:
    with pytest.raises(ValueError, match=r"^code must not be inline with runtime java21: Lambda compiles nothing$"):
        make(scope, runtime=lambda_.Runtime.JAVA_21)
    assert scope.node.try_find_child("Made") is None


def test_variables_are_lambdas_and_not_too_large_together(scope: cdk.Stack) -> None:
    with pytest.raises(ValueError, match=r"^environment must not set AWS_REGION: AWS Lambda sets it$"):
        make(scope, environment={"AWS_REGION": "own"})
    with pytest.raises(
        ValueError, match=r"^environment must have at most 4096 bytes of names and values in all, with "
    ):
        make(scope, environment={"AB": "x" * 4095})
    check("environment", {"AB": "x" * 5000}, EnvironmentVariables)
