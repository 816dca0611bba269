"""What AsynchronousFunction promises of its template."""

import json
import re
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Match, Template
from constructs import Construct

from patternkit.testing.permissions import prove
from patternkit.testing.synthesis import synthesize
from patterns.events.asynchronous_function import AsynchronousFunction
from patterns.events.destinations.destination import Destination
from tests.conftest import ENVIRONMENTS, context
from tests.constructs import app_for_its_template
from tests.patterns.events.asynchronous_function.refusals import elsewhere, ready

CODE = "def handler(event, context): return {}"


def destination(scope: Construct, kind: str) -> Destination:
    key = kms.Key(scope, "Key") if kind.endswith("encrypted") else None
    match kind.split()[0]:
        case "queue":
            return sqs.Queue(scope, "To", encryption_master_key=key)
        case "topic":
            return sns.Topic(scope, "To", master_key=key)
        case "bus":
            return events.EventBus(scope, "To")
        case "function":
            return ready(scope)
    return s3.Bucket(scope, "To", encryption_key=key)


KINDS = {
    "queue": {"sqs:SendMessage"},
    "queue encrypted": {"sqs:SendMessage", "kms:Decrypt", "kms:GenerateDataKey"},
    "topic": {"sns:Publish"},
    "topic encrypted": {"sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"},
    "bus": {"events:PutEvents"},
    "function": {"lambda:InvokeFunction"},
    "bucket": {"s3:ListBucket", "s3:PutObject"},
    "bucket encrypted": {"s3:ListBucket", "s3:PutObject", "kms:GenerateDataKey"},
}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    """A function for each kind of destination, of failures and, where it may be, of successes."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "To")
        for kind in KINDS:
            to: dict[str, Any] = {"on_failure": destination(Construct(stack, f"Of{name(kind)}"), kind)}
            if not kind.startswith("bucket"):
                to["on_success"] = to["on_failure"]
            code = lambda_.Code.from_inline(CODE)
            AsynchronousFunction(stack, f"Made{name(kind)}", code=code, handler="index.handler", **to)

    synthesis = synthesize(build, context=context(), packs=["AwsSolutions"])
    assert not [one for one in synthesis.findings if "Made" in one.construct]
    return synthesis.template


def name(kind: str) -> str:
    return kind.title().replace(" ", "")


def of(template: Mapping[str, Any], kind: str, type_: str) -> tuple[str, dict[str, Any]]:
    """The resource of a type that the function with a destination of one kind has."""
    [found] = [
        (logical_id, one)
        for logical_id, one in template["Resources"].items()
        if one["Type"] == type_ and re.match(rf"Made{name(kind)}(SendsRecords|Records)", logical_id)
    ]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_role_may_do_what_its_destination_needs_and_no_more(kind: str, template: dict[str, Any]) -> None:
    statements = of(template, kind, "AWS::IAM::Policy")[1]["Properties"]["PolicyDocument"]["Statement"]
    actions = [one["Action"] if isinstance(one["Action"], list) else [one["Action"]] for one in statements]
    assert {action for some in actions for action in some} == KINDS[kind]
    assert all(one["Resource"] != "*" for one in statements)
    function = f"Made{name(kind)}/Work/Function"
    assert not prove(template, function=function, handler=lambda _event, _context: None, events=[{}]).denied


@pytest.mark.parametrize("kind", KINDS)
def test_lambda_is_told_of_the_destination_after_it_may_send_there(kind: str, template: dict[str, Any]) -> None:
    policy, _ = of(template, kind, "AWS::IAM::Policy")
    _, records = of(template, kind, "AWS::Lambda::EventInvokeConfig")
    sides = records["Properties"]["DestinationConfig"]
    assert set(sides) == ({"OnFailure"} if kind.startswith("bucket") else {"OnFailure", "OnSuccess"})
    assert all(f"Of{name(kind)}" in json.dumps(one["Destination"]) for one in sides.values())
    assert policy in records["DependsOn"]


def test_a_failed_event_is_kept_once_with_its_error(scope: cdk.Stack) -> None:
    made = AsynchronousFunction(scope, "Made")
    assert made.dead_letters is not None
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::Lambda::EventInvokeConfig",
        {
            "MaximumRetryAttempts": 2,
            "MaximumEventAgeInSeconds": 21_600,
            "DestinationConfig": {"OnFailure": {"Destination": scope.resolve(made.dead_letters.queue_arn)}},
        },
    )
    [function] = template.find_resources("AWS::Lambda::Function").values()
    assert "DeadLetterConfig" not in function["Properties"]
    assert function["Properties"]["RecursiveLoop"] == "Terminate"


def test_with_a_destination_of_ones_own_an_alarm_takes_the_place_of_the_queue(scope: cdk.Stack) -> None:
    made = AsynchronousFunction(scope, "Made", on_failure=sns.Topic(scope, "Topic"))
    assert made.dead_letters is None
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::SQS::Queue", 0)
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"MetricName": "AsyncEventsDropped", "Threshold": 1})


def test_records_that_are_lost_and_events_that_wait_set_off_an_alarm(scope: cdk.Stack) -> None:
    AsynchronousFunction(scope, "Made", max_event_age=cdk.Duration.minutes(10))
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"MetricName": "DestinationDeliveryFailures"})
    template.has_resource_properties("AWS::CloudWatch::Alarm", {"MetricName": "AsyncEventAge", "Threshold": 300_000})


def test_an_event_is_remembered_longer_than_it_may_wait(scope: cdk.Stack) -> None:
    made = AsynchronousFunction(scope, "Made", idempotency_key="order.id")
    template = Template.from_stack(scope)
    template.has_resource_properties(
        "AWS::DynamoDB::Table",
        {
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "TimeToLiveSpecification": {"AttributeName": "expiration", "Enabled": True},
        },
    )
    assert made.idempotency_table is not None
    [function] = template.find_resources("AWS::Lambda::Function").values()
    assert function["Properties"]["Environment"]["Variables"] == {
        "IDEMPOTENCY_KEY": "order.id",
        "IDEMPOTENCY_SECONDS": "86400",
        "IDEMPOTENCY_TABLE": scope.resolve(made.idempotency_table.table_name),
    }
    [invocations] = template.find_resources("AWS::Lambda::EventInvokeConfig").values()
    assert invocations["Properties"]["MaximumEventAgeInSeconds"] < 86_400


def test_a_destination_in_another_region_is_refused() -> None:
    stack = cdk.Stack(cdk.App(), "Here", env=ENVIRONMENTS["concrete"])
    message = "on_success must be in eu-west-1, the Region of the stack, got one in us-east-1"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        AsynchronousFunction(stack, "Made", on_success=elsewhere(stack))


def test_a_ready_function_gets_retries_destinations_and_alarms(scope: cdk.Stack) -> None:
    function = ready(scope)
    made = AsynchronousFunction(scope, "Made", function=function, retry_attempts=0)
    template = Template.from_stack(scope)
    assert (made.function, made.idempotency_table) == (function, None)
    template.resource_count_is("AWS::Lambda::Function", 1)
    template.resource_count_is("AWS::DynamoDB::Table", 0)
    template.has_resource_properties(
        "AWS::Lambda::EventInvokeConfig",
        {"FunctionName": scope.resolve(function.function_name), "MaximumRetryAttempts": 0},
    )
    role = function.role
    assert role is not None
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "Roles": [scope.resolve(role.role_name)],
            "PolicyDocument": {"Statement": [Match.object_like({"Action": "sqs:SendMessage"})]},
        },
    )


def test_a_ready_function_of_another_stack_waits_for_nothing_here() -> None:
    app = app_for_its_template()
    theirs, ours = cdk.Stack(app, "Theirs"), cdk.Stack(app, "Ours")
    AsynchronousFunction(ours, "Made", function=ready(theirs))
    app.synth()
    assert theirs.dependencies == []


def test_a_grant_lets_invoke_and_no_more(scope: cdk.Stack) -> None:
    made = AsynchronousFunction(scope, "Made")
    caller = iam.Role(scope, "Caller", assumed_by=iam.AccountRootPrincipal())
    assert made.grant_invoke(caller).success
    [policy] = (
        Template.from_stack(scope)
        .find_resources("AWS::IAM::Policy", {"Properties": {"Roles": [scope.resolve(caller.role_name)]}})
        .values()
    )
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {"Action": "lambda:InvokeFunction", "Effect": "Allow", "Resource": scope.resolve(made.function.function_arn)}
    ]


def test_a_customer_key_encrypts_whatever_holds_events(scope: cdk.Stack) -> None:
    AsynchronousFunction(scope, "Made", encryption_key=kms.Key(scope, "Key"))
    template = Template.from_stack(scope).to_json()["Resources"]
    for kind in ("AWS::SQS::Queue", "AWS::DynamoDB::Table", "AWS::Logs::LogGroup", "AWS::Lambda::Function"):
        [one] = [one for one in template.values() if one["Type"] == kind]
        assert "KmsKey" in json.dumps(one) or "KMSMasterKeyId" in json.dumps(one) or "KmsMasterKeyId" in json.dumps(one)
