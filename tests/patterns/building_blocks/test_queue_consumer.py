"""Functions take messages off queues: how many at once, for how long, and with which permissions."""

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from patterns.building_blocks import queue_consumer
from patterns.building_blocks.queue_consumer import Polling, poll
from patterns.building_blocks.signature import check
from tests.patterns.building_blocks.made import acknowledged, function, properties, resources


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


@pytest.mark.parametrize(
    ("hint", "least", "most", "below", "above", "said"),
    [
        (queue_consumer.BatchSize, 1, 10_000, 0, 10_001, "between 1 and 10000 messages"),
        (queue_consumer.MaxConcurrency, 2, 1000, 1, 1001, "between 2 and 1000 batches"),
        (queue_consumer.MaxReceiveCount, 1, 1000, 0, 1001, "between 1 and 1000 attempts"),
    ],
)
def test_numbers_are_those_of_sqs(hint: Any, least: int, most: int, below: int, above: int, said: str) -> None:
    for right in (least, most):
        check("argument", right, hint)
    for wrong in (below, above):
        with refused(f"argument must be {said}, got {wrong}"):
            check("argument", wrong, hint)


@pytest.mark.parametrize(
    ("hint", "least", "most", "said"),
    [
        (queue_consumer.BatchingWindow, 0, 300, "between 0 seconds and 5 minutes"),
        (queue_consumer.Retention, 60, 1_209_600, "between 1 minute and 14 days"),
        (queue_consumer.VisibilityTimeout, 1, 43_200, "between 1 second and 12 hours"),
        (queue_consumer.MessageAge, 60, 1_209_600, "between 1 minute and 14 days"),
    ],
)
def test_times_are_those_of_sqs(hint: Any, least: int, most: int, said: str) -> None:
    for right in (least, most):
        check("argument", Duration.seconds(right), hint)
    for wrong in (least - 1, most + 1):
        if wrong >= 0:
            with pytest.raises(ValueError, match=f"^argument must be {said}, got "):
                check("argument", Duration.seconds(wrong), hint)


def test_fifo_queues_give_ten_at_once_without_a_window() -> None:
    Polling(10, None, None).check(fifo=True)
    Polling(1, None, None).check(fifo=True)
    second = Duration.seconds(1)
    for polling, said in (
        (Polling(11, None, None), "batch_size must be between 1 and 10 messages from a FIFO queue, got 11"),
        (Polling(10, second, None), "batching_window needs a standard queue: Lambda has none for FIFO queues"),
    ):
        for of in ("", "consumers[A]: "):
            with refused(f"{of}{said}"):
                polling.check(of=of, fifo=True)
    Polling(11, second, None).check()
    Polling(10, Duration.seconds(0), None).check()


@pytest.mark.parametrize("of", ["", "consumers[A]: "])
def test_pollers_and_a_reserve_go_together(scope: cdk.Stack, of: str) -> None:
    with refused(f"{of}batch_size above 10 needs batching_window of at least one second, got 11"):
        Polling(11, None, None).check(of=of)
    five = function(scope, reserved_concurrent_executions=5)
    Polling(10, None, 5).check(five, of=of)
    Polling(10, None, None).check(five, of=of)
    Polling(10, None, 1000).check(function(scope, "Unreserved"), of=of)
    Polling(10, None, 2).check(function(scope, "Two", reserved_concurrent_executions=2), of=of)
    with refused(f"{of}max_concurrency must be at most 5, the function's reserved concurrency, got 6"):
        Polling(10, None, 6).check(five, of=of)
    with refused(
        f"{of}max_concurrency cannot be less than 2, and the function reserves a concurrency of 1: what its "
        "pollers take beyond it is throttled, and ends in the dead letters"
    ):
        Polling(10, None, None).check(function(scope, "One", reserved_concurrent_executions=1), of=of)


def test_without_a_limit_the_least_of_default_and_reserve_is_taken(scope: cdk.Stack) -> None:
    plain, five = function(scope), function(scope, "Five", reserved_concurrent_executions=5)
    assert Polling(7, None, None).within_reserve(plain) == Polling(7, None, None)
    assert Polling(7, None, None).within_reserve(plain, 3) == Polling(7, None, 3)
    assert Polling(7, None, None).within_reserve(five, 3) == Polling(7, None, 3)
    assert Polling(7, None, None).within_reserve(five, 30) == Polling(7, None, 5)
    assert Polling(7, None, 4).within_reserve(five, 3) == Polling(7, None, 4)


def test_a_message_stays_hidden_six_timeouts_and_the_window() -> None:
    plain, gathering = Polling(10, None, None), Polling(10, Duration.seconds(20), None)
    token = Duration.seconds(cdk.Token.as_number({"Ref": "Timeout"}))
    assert [one.least_visibility(Duration.seconds(30)) for one in (plain, gathering)] == [180, 200]
    assert [one.least_visibility(Duration.seconds(30), attempts=1) for one in (plain, gathering)] == [30, 50]
    assert [plain.least_visibility(one) for one in (None, token)] == [None, None]


def test_a_message_that_would_come_back_too_early_is_refused() -> None:
    polling = Polling(10, None, None)
    token = Duration.seconds(cdk.Token.as_number({"Ref": "Timeout"}))
    for visibility, least in ((None, 180), (token, 180), (Duration.seconds(1), None), (Duration.seconds(180), 180)):
        polling.check_visibility("visibility_timeout", visibility, least, "consumer")
    with refused(
        "visibility_timeout must be at least 180 seconds, six times the consumer's timeout and the batching "
        "window, got 179"
    ):
        polling.check_visibility("visibility_timeout", Duration.seconds(179), 180, "consumer")


def consume(scope: cdk.Stack, of: lambda_.IFunction, key: kms.IKey | None = None) -> Any:
    queue = sqs.Queue(scope, "Queue", encryption_master_key=key)
    poll(scope, queue, of, Polling(20, Duration.seconds(5), 7), key)
    return resources(scope, "AWS::Lambda::EventSourceMapping")["Deliveries"]


def statements(encrypted: bool) -> list[dict[str, Any]]:
    actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    of_key = {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": {"Fn::GetAtt": ["Key", "Arn"]}}
    return [
        {"Action": actions, "Effect": "Allow", "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}},
        *([of_key] if encrypted else []),
    ]


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_function_answers_with_the_messages_that_failed(scope: cdk.Stack, encrypted: bool) -> None:
    mapping = consume(scope, function(scope), kms.Key(scope, "Key") if encrypted else None)
    assert mapping["Properties"] == {
        "BatchSize": 20,
        "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
        "FunctionName": {"Ref": "Function"},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumBatchingWindowInSeconds": 5,
        "ScalingConfig": {"MaximumConcurrency": 7},
    }
    assert acknowledged(scope) == {
        "Deliveries": {
            "Serverless::Serverless-LambdaEventSourceMappingDestination": (
                "A mapping of an SQS queue cannot have a destination: what fails goes to the queue's own dead letters."
            )
        }
    }
    # Lambda checks the permission when the mapping is made.
    assert mapping["DependsOn"] == ["Function/ServiceRole/DefaultPolicy"]
    [policy] = properties(scope, "AWS::IAM::Policy").values()
    assert policy["PolicyDocument"]["Statement"] == statements(encrypted)


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_function_of_another_stack_is_permitted_in_this_one(scope: cdk.Stack, encrypted: bool) -> None:
    theirs = function(cdk.Stack(cdk.App.of(scope), "Theirs"))
    mapping = consume(scope, theirs, kms.Key(scope, "Key") if encrypted else None)
    policy = properties(scope, "AWS::IAM::Policy")["TakesMessages"]
    assert policy["PolicyDocument"]["Statement"] == statements(encrypted)
    assert len(policy["Roles"]) == 1
    assert mapping["DependsOn"] == ["TakesMessages"]


def test_an_imported_function_may_have_no_role_that_is_known(scope: cdk.Stack) -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:theirs"
    mapping = consume(scope, lambda_.Function.from_function_arn(scope, "Imported", arn))
    assert "DependsOn" not in mapping
    assert properties(scope, "AWS::IAM::Policy") == {}


def test_an_imported_function_whose_role_is_known_is_permitted(scope: cdk.Stack) -> None:
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:theirs"
    role = iam.Role.from_role_arn(scope, "Role", "arn:aws:iam::111122223333:role/theirs")
    imported = lambda_.Function.from_function_attributes(scope, "Imported", function_arn=arn, role=role)
    mapping = consume(scope, imported)
    [(path, policy)] = properties(scope, "AWS::IAM::Policy").items()
    assert policy["PolicyDocument"]["Statement"] == statements(False)
    assert mapping["DependsOn"] == [path]
