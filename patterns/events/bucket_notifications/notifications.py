"""Notifications of an existing Amazon S3 bucket, which the CDK adds by a custom resource."""

from aws_cdk import Acknowledgment, Stack, Validations
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from patterns.building_blocks.cross_stack import in_one_stack


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
