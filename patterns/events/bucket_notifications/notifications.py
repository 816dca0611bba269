"""Notifications of an existing Amazon S3 bucket, which the CDK adds by a custom resource."""

import json
from collections.abc import Sequence
from typing import cast

from aws_cdk import (
    Acknowledgment,
    CfnResource,
    Reference,
    RemovalPolicy,
    Stack,
    Token,
    Tokenization,
    Validations,
)
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.same_region import check_region

_NOTIFIED = "patterns:bucket-notification"


def add_notification(
    bucket: s3.IBucket, destination: s3.IBucketNotificationDestination, *filters: s3.NotificationKeyFilter
) -> IConstruct:
    """Let a bucket tell of new objects, and keep the notifications that it has.

    Args:
        bucket: The bucket, as `bucket_to_notify_from` gives it.
        destination: Who is told.
        filters: Of which objects only.

    Returns:
        The notification.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventNotifications.html
    """
    bucket.add_event_notification(s3.EventType.OBJECT_CREATED, destination, *filters)
    govern_notifications_handler(bucket)
    return bucket.node.find_child("Notifications")


def govern_notifications_handler(bucket: s3.IBucket) -> None:
    """Keep the log of the CDK's function that adds notifications to buckets for a month, and acknowledge its policy.

    By itself AWS Lambda makes that log when the function first runs, and keeps it for ever.

    Args:
        bucket: A bucket that it adds them to.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
    """
    # One function of the CDK's own in each stack, whatever the number of buckets.
    for one in Stack.of(bucket).node.children:
        if one.node.id.startswith("BucketNotificationsHandler"):
            _keep_log(one)
            Validations.of(one).acknowledge(
                Acknowledgment(
                    id="AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                    "AWSLambdaBasicExecutionRole]",
                    reason="The function that adds notifications to existing buckets is the CDK's own and only runs "
                    "while a stack is deployed; the managed policy lets it write its log and nothing else.",
                )
            )


def _keep_log(handler: IConstruct) -> None:
    if handler.node.try_find_child("Log") is not None:
        return
    log = logs.LogGroup(
        cast(Construct, handler), "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.RETAIN
    )
    function = handler.node.find_child("Resource")
    assert isinstance(function, CfnResource)
    function.add_property_override("LoggingConfig", {"LogGroup": log.log_group_name})


def bucket_to_notify_from(scope: Construct, construct_id: str, bucket: s3.IBucket) -> s3.IBucket:
    """The bucket in the form that lets the stack of `scope` add a notification to it.

    The CDK makes a bucket's notifications in the bucket's stack, which would then wait for what they notify, while
    that waits for the bucket. An imported bucket's are made where it was imported, beside those that it has.

    Args:
        scope: Parent construct of the notification's target.
        construct_id: The id of the import, if one is made.
        bucket: The bucket.

    Returns:
        The bucket itself, if it is in the same stack.
    """
    if in_one_stack(scope, bucket):
        return bucket
    return s3.Bucket.from_bucket_name(scope, construct_id, bucket.bucket_name)


def bucket_identity(bucket: s3.IBucket) -> str:
    """Tell a bucket from others, however it is passed: made here, in another stack, or imported by name.

    Args:
        bucket: The bucket.

    Returns:
        The same text for the same bucket.
    """
    name = bucket.bucket_name
    if not Token.is_unresolved(name):
        return name
    tokens = Tokenization.reverse_string(name).tokens
    if len(tokens) == 1 and Reference.is_reference(tokens[0]):
        target = cast(Reference, tokens[0]).target
        if isinstance(target, s3.CfnBucket) and target.bucket_name and not Token.is_unresolved(target.bucket_name):
            return target.bucket_name
        return target.node.path
    return json.dumps(Stack.of(bucket).resolve(name), sort_keys=True)


def notify_once(
    scope: Construct, argument: str, bucket: s3.IBucket, prefix: str = "", suffixes: Sequence[str] = ()
) -> None:
    """Remember a notification of a bucket, and refuse one that overlaps with another of the same app.

    Args:
        scope: The construct that is notified.
        argument: The argument's own name.
        bucket: The bucket.
        prefix: The beginning of the keys of its objects.
        suffixes: The ends of their keys; none: any.

    Raises:
        ValueError: If two constructs would be notified of one object, or the bucket is in another Region, where it
            notifies nobody here.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
    """
    check_region(argument, scope, bucket.env.region)
    app, name = scope.node.root.node, bucket_identity(bucket)
    known = [cast(dict[str, str], one.data) for one in app.metadata if one.type == _NOTIFIED]
    for suffix in suffixes or [""]:
        for other in known:
            if (
                other["bucket"] == name
                and _overlap(prefix, other["prefix"])
                and _overlap(suffix[::-1], other["suffix"][::-1])
            ):
                raise ValueError(
                    f"{argument} notifies {other['by']} of objects {other['prefix']}*{other['suffix']} already: "
                    f"S3 takes no second notification of objects {prefix}*{suffix}"
                )
        app.add_metadata(_NOTIFIED, {"bucket": name, "prefix": prefix, "suffix": suffix, "by": scope.node.path})


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
