"""How a bucket tells a function of new objects."""

from collections.abc import Sequence

from aws_cdk import Aws
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as s3n
from constructs import Construct

from patterns.events.bucket_notifications.notifications import add_notification, bucket_to_notify_from


def notify_from_new_bucket(
    scope: Construct, bucket: s3.IBucket, function: lambda_.IFunction, prefix: str, suffixes: Sequence[str]
) -> None:
    """Put the notification into the bucket's own resource, instead of CDK's custom resource and its function."""
    permission = lambda_.CfnPermission(
        scope,
        "SourceMayInvoke",
        action="lambda:InvokeFunction",
        function_name=function.function_arn,
        principal="s3.amazonaws.com",
        # The bucket's ARN would close a circle: S3 asks for this permission before it makes the bucket. The account
        # is condition enough to keep everybody else's buckets out.
        source_account=Aws.ACCOUNT_ID,
    )
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        lambda_configurations=[
            s3.CfnBucket.LambdaConfigurationProperty(
                event="s3:ObjectCreated:*", function=function.function_arn, filter=_filter(prefix, suffix)
            )
            for suffix in suffixes or [""]
        ]
    )
    resource.node.add_dependency(permission)


def notify_from_existing_bucket(
    scope: Construct, bucket: s3.IBucket, function: lambda_.IFunction, prefix: str, suffixes: Sequence[str]
) -> None:
    """Add the notification to whatever the bucket has, by CDK's custom resource."""
    bucket = bucket_to_notify_from(scope, "SourceToNotifyFrom", bucket)
    for suffix in suffixes or [""]:
        # The CDK refuses a filter that lets everything through.
        filters = [s3.NotificationKeyFilter(prefix=prefix or None, suffix=suffix or None)] if prefix or suffix else []
        add_notification(bucket, s3n.LambdaDestination(function), *filters)


def _filter(prefix: str, suffix: str) -> s3.CfnBucket.NotificationFilterProperty | None:
    rules = [
        s3.CfnBucket.FilterRuleProperty(name=name, value=value)
        for name, value in (("prefix", prefix), ("suffix", suffix))
        if value
    ]
    if not rules:
        return None
    return s3.CfnBucket.NotificationFilterProperty(s3_key=s3.CfnBucket.S3KeyFilterProperty(rules=rules))
