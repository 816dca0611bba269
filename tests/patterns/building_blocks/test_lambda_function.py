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
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.settings import Settings


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
    resources = Template.from_stack(scope).find_resources("AWS::CloudWatch::Alarm")
    own = [resources[scope.resolve(one.alarm_name)["Ref"]]["Properties"] for one in made.alarms]
    assert {one["MetricName"] for one in own} == metrics
    for one in own:
        assert one["AlarmActions"] == [scope.resolve(topic.topic_arn)]
        assert one["Dimensions"] == [{"Name": "FunctionName", "Value": scope.resolve(made.function.function_name)}]
