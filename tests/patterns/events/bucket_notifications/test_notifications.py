"""An existing bucket is told of by CDK's own function, whose one finding is acknowledged on it and nowhere else."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as s3n
from aws_cdk import aws_sqs as sqs

from patternkit.testing.synthesis import synthesize
from patterns.events.bucket_notifications.notifications import add_notification
from tests.conftest import context


def test_the_cdk_s_function_is_acknowledged_and_nothing_else() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Stack")
        for name in ("One", "Other"):
            bucket = s3.Bucket.from_bucket_name(stack, name, f"their-{name.lower()}")
            destination = s3n.SqsDestination(sqs.Queue(stack, f"{name}Queue"))
            made = add_notification(bucket, destination, s3.NotificationKeyFilter(prefix="in/"))
            assert made.node.path == f"Stack/{name}/Notifications"
        policy = iam.ManagedPolicy.from_aws_managed_policy_name("service-role/AWSLambdaBasicExecutionRole")
        iam.Role(stack, "Mine", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"), managed_policies=[policy])

    made = synthesize(build, context=context(), packs=["AwsSolutions"])
    assert len(made.resources("Custom::S3BucketNotifications")) == 2
    managed = [one.construct for one in made.findings if one.rule.startswith("AwsSolutions-IAM4")]
    assert managed == ["Stack/Mine/Resource"]
    assert not [one for one in made.findings if "BucketNotificationsHandler" in one.construct]
