"""A destination of records that AWS Lambda makes of invocations."""

from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.encryption_key import key_statement
from patterns.building_blocks.same_region import check_region
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource

StreamDestination = sqs.IQueue | sns.ITopic | s3.IBucket
"""What takes records of a stream's batches that failed."""

Destination = sqs.IQueue | sns.ITopic | s3.IBucket | events.IEventBus | lambda_.IFunction
"""What takes records of asynchronous invocations."""

_RECORD_KEYS_UNKNOWN = (
    "Lambda names each record by function or event source, time and a random id; the statement names one bucket and "
    "the prefix that Lambda writes under."
)


def check_destination(argument: str, scope: Construct, destination: Destination | None, *, success: bool) -> None:
    """Refuse what Lambda cannot send records to.

    Args:
        argument: The argument's own name.
        scope: A construct of the function's stack.
        destination: The destination; None passes.
        success: Whether records of successes go there.

    Raises:
        ValueError: If it is FIFO, a bucket for successes, or in another Region.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    if destination is None:
        return
    if getattr(destination, "fifo", False):
        kind = "queue" if hasattr(destination, "queue_arn") else "topic"
        raise ValueError(f"{argument} must be a standard {kind}, got a FIFO {kind}: Lambda does not send to one")
    if success and hasattr(destination, "bucket_arn"):
        raise ValueError(f"{argument} must not be a bucket: Lambda sends only failures to buckets")
    check_region(argument, scope, destination.env.region)


def arn_of(destination: Destination) -> str:
    """The ARN of a destination.

    Args:
        destination: The destination.

    Returns:
        The ARN.
    """
    for attribute in ("queue_arn", "topic_arn", "bucket_arn", "event_bus_arn"):
        if hasattr(destination, attribute):
            return str(getattr(destination, attribute))
    return cast(lambda_.IFunction, destination).function_arn


def send_statements(destination: Destination) -> list[iam.PolicyStatement]:
    """Say what a function's role needs so that Lambda can send records in its name.

    Args:
        destination: The destination.

    Returns:
        The statements: exact actions on the destination, and on its customer key if it has one.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    """
    arn, key, uses = arn_of(destination), None, ["kms:Decrypt", "kms:GenerateDataKey"]
    statements = []
    if hasattr(destination, "bucket_arn"):
        bucket = cast(s3.IBucket, destination)
        action, resource, key, uses = (
            "s3:PutObject",
            records_arn(bucket),
            bucket.encryption_key,
            ["kms:GenerateDataKey"],
        )
        statements.append(iam.PolicyStatement(actions=["s3:ListBucket"], resources=[arn]))
    elif hasattr(destination, "queue_arn"):
        action, resource, key = "sqs:SendMessage", arn, cast(sqs.IQueue, destination).encryption_master_key
    elif hasattr(destination, "topic_arn"):
        action, resource, key = "sns:Publish", arn, cast(sns.ITopic, destination).master_key
    else:
        # A bus encrypts with its key in its own name.
        action, resource = (
            ("events:PutEvents" if hasattr(destination, "event_bus_arn") else "lambda:InvokeFunction"),
            arn,
        )
    statements.append(iam.PolicyStatement(actions=[action], resources=[resource]))
    if key is not None:
        statements.append(key_statement(key, *uses))
    return statements


def records_arn(bucket: s3.IBucket) -> str:
    """The ARN of the objects that Lambda writes records as.

    Args:
        bucket: The bucket.

    Returns:
        The ARN, with a wildcard.
    """
    return bucket.arn_for_objects("aws/lambda/*")


def acknowledge_records(role: Construct, destination: Destination) -> None:
    """Acknowledge that a role which sends records to a bucket names all objects under Lambda's prefix.

    Args:
        role: The role or policy that holds the statements.
        destination: The destination.
    """
    if hasattr(destination, "bucket_arn"):
        acknowledge_wildcard_resource(role, records_arn(cast(s3.IBucket, destination)), _RECORD_KEYS_UNKNOWN)


def is_same_function(one: lambda_.IFunction | None, destination: Destination | None) -> bool:
    """Whether a destination is the function whose records it would take.

    Args:
        one: The function.
        destination: The destination.

    Returns:
        Whether Lambda would invoke the function with its own records.
    """
    if one is None or destination is None or not hasattr(destination, "function_arn"):
        return False
    other = cast(lambda_.IFunction, destination)
    resolve = Stack.of(one).resolve
    return bool(resolve(one.function_arn) == resolve(other.function_arn))
