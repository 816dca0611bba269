"""Where Lambda sends records of invocations, and with which permissions."""

import re
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

from patterns.events.destinations.destination import (
    Destination,
    acknowledge_records,
    arn_of,
    check_destination,
    is_same_function,
    records_arn,
    send_statements,
)
from tests.patterns.building_blocks.made import acknowledged, function

KINDS = ("queue", "topic", "bucket", "bus", "function")


def destination(scope: cdk.Stack, kind: str, key: kms.IKey | None = None) -> Destination:
    match kind:
        case "queue":
            return sqs.Queue(scope, "Own", encryption_master_key=key)
        case "topic":
            return sns.Topic(scope, "Own", master_key=key)
        case "bucket":
            return s3.Bucket(scope, "Own", encryption_key=key)
        case "bus":
            return events.EventBus(scope, "Own", kms_key=key)
    return function(scope, "Own")


def refused(said: str) -> Any:
    return pytest.raises(ValueError, match=f"^{re.escape(said)}$")


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize(
    ("kind", "action", "of_key"),
    [
        ("queue", "sqs:SendMessage", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("topic", "sns:Publish", ["kms:Decrypt", "kms:GenerateDataKey"]),
        ("bucket", "s3:PutObject", "kms:GenerateDataKey"),
        # A bus encrypts with its key in its own name.
        ("bus", "events:PutEvents", None),
        ("function", "lambda:InvokeFunction", None),
    ],
)
def test_a_role_may_send_there_and_use_the_key(
    scope: cdk.Stack, kind: str, action: str, of_key: Any, encrypted: bool
) -> None:
    key = kms.Key(scope, "Key") if encrypted else None
    made = destination(scope, kind, key)
    arn = scope.resolve(arn_of(made))
    assert arn["Ref"].startswith("Own") if kind == "topic" else arn["Fn::GetAtt"][1] == "Arn"
    resource = {"Fn::Join": ["", [arn, "/aws/lambda/*"]]} if kind == "bucket" else arn
    wanted = [{"Action": "s3:ListBucket", "Effect": "Allow", "Resource": arn}] if kind == "bucket" else []
    wanted.append({"Action": action, "Effect": "Allow", "Resource": resource})
    if key is not None and of_key is not None:
        wanted.append({"Action": of_key, "Effect": "Allow", "Resource": scope.resolve(key.key_arn)})
    assert [scope.resolve(one.to_statement_json()) for one in send_statements(made)] == wanted


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("success", [False, True])
def test_each_kind_takes_records_but_a_bucket_of_successes(scope: cdk.Stack, kind: str, success: bool) -> None:
    made = destination(scope, kind)
    check_destination("on_success", scope, None, success=success)
    if kind == "bucket" and success:
        with refused("on_success must not be a bucket: Lambda sends only failures to buckets"):
            check_destination("on_success", scope, made, success=True)
        return
    check_destination("on_success", scope, made, success=success)


def test_what_is_fifo_is_refused(scope: cdk.Stack) -> None:
    for kind, made in (
        ("queue", sqs.Queue(scope, "Queue", fifo=True)),
        ("topic", sns.Topic(scope, "Topic", fifo=True)),
    ):
        with refused(f"on_failure must be a standard {kind}, got a FIFO {kind}: Lambda does not send to one"):
            check_destination("on_failure", scope, made, success=False)


def test_what_is_in_another_region_is_refused() -> None:
    scope = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    theirs = sqs.Queue.from_queue_arn(scope, "Theirs", "arn:aws:sqs:us-east-1:111122223333:theirs")
    with refused("on_failure must be in eu-west-1, the Region of the stack, got one in us-east-1"):
        check_destination("on_failure", scope, theirs, success=False)


@pytest.mark.parametrize("kind", KINDS)
def test_only_records_in_a_bucket_need_a_wildcard(scope: cdk.Stack, kind: str) -> None:
    role = iam.Role(scope, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    made = destination(scope, kind)
    acknowledge_records(role, made)
    found = acknowledged(scope)
    if kind != "bucket":
        assert found == {}
        return
    assert isinstance(made, s3.Bucket)
    reason = "Lambda names each record by function or event source, time and a random id; the statement names one "
    reason += "bucket and the prefix that Lambda writes under."
    assert list(found["Role"].values()) == [reason]
    assert next(iter(found["Role"])).endswith(".Arn>/aws/lambda/*]")
    assert scope.resolve(records_arn(made)) == scope.resolve(made.arn_for_objects("aws/lambda/*"))


def test_a_function_is_not_sent_its_own_records(scope: cdk.Stack) -> None:
    one, other = function(scope), function(scope, "Other")
    assert is_same_function(one, one)
    arn = "arn:aws:lambda:eu-west-1:111122223333:function:theirs"
    imported = [lambda_.Function.from_function_arn(scope, name, arn) for name in ("A", "B")]
    assert is_same_function(*imported)
    queue = sqs.Queue(scope, "Queue")
    pairs: list[tuple[Any, Any]] = [(one, other), (None, one), (one, None), (one, queue), (one, imported[0])]
    assert [is_same_function(*pair) for pair in pairs] == [False] * len(pairs)
