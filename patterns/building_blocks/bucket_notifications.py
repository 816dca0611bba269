"""Notifications of an existing Amazon S3 bucket, which the CDK adds by a custom resource."""

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_s3 as s3
from constructs import IConstruct


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
    # One function of the CDK's own in each stack, whatever the number of buckets.
    for one in Stack.of(bucket).node.children:
        if one.node.id.startswith("BucketNotificationsHandler"):
            Validations.of(one).acknowledge(
                Acknowledgment(
                    id="AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
                    "AWSLambdaBasicExecutionRole]",
                    reason="The function that adds notifications to existing buckets is the CDK's own and only runs "
                    "while a stack is deployed; the managed policy lets it write its log and nothing else.",
                )
            )
    return bucket.node.find_child("Notifications")
