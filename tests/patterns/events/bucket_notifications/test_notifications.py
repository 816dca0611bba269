"""An existing bucket is told of by CDK's own function, whose one finding is acknowledged on it and nowhere else."""

from contextlib import nullcontext
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as s3n
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patternkit.testing.synthesis import synthesize
from patterns.events.bucket_notifications.notifications import add_notification, bucket_identity, notify_once
from patterns.events.buffered_fan_out import BufferedFanOut, Consumer
from patterns.events.thumbnailer import Thumbnailer
from patterns.events.topic_fan_out import Subscriber, TopicFanOut
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
    # One function for both buckets, whose log ends.
    ((log, group),) = made.resources("AWS::Logs::LogGroup").items()
    assert group["Properties"]["RetentionInDays"] == 30
    (handler,) = made.resources("AWS::Lambda::Function").values()
    assert handler["Properties"]["LoggingConfig"] == {"LogGroup": {"Ref": log}}


def test_a_bucket_is_the_same_however_it_is_passed(scope: cdk.Stack) -> None:
    own, named = s3.Bucket(scope, "Own"), s3.Bucket(scope, "Named", bucket_name="photographs")
    other = cdk.Stack(cast(Any, scope.node.root), "Other")
    assert bucket_identity(own) == bucket_identity(s3.Bucket.from_bucket_name(scope, "ByName", own.bucket_name))
    assert bucket_identity(own) == bucket_identity(s3.Bucket.from_bucket_name(other, "ByName", own.bucket_name))
    assert bucket_identity(named) == bucket_identity(s3.Bucket.from_bucket_name(other, "Literal", "photographs"))
    arn = "arn:aws:s3:::photographs"
    assert bucket_identity(named) == bucket_identity(s3.Bucket.from_bucket_arn(other, "ByArn", arn))
    assert bucket_identity(own) != bucket_identity(named)


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        (("", ()), ("", ()), True),
        (("in/", ()), ("in/raw/", ()), True),
        (("in/", ()), ("out/", ()), False),
        (("", (".jpg",)), ("", (".png",)), False),
        (("", (".jpg", ".png")), ("in/", ("a.png",)), True),
        (("in/", (".jpg",)), ("out/", (".jpg",)), False),
    ],
)
def test_s3_takes_one_notification_of_an_object_also_from_two_constructs(
    scope: cdk.Stack, first: tuple[str, tuple[str, ...]], second: tuple[str, tuple[str, ...]], overlap: bool
) -> None:
    bucket = s3.Bucket(scope, "Bucket")
    imported = s3.Bucket.from_bucket_name(scope, "Imported", bucket.bucket_name)
    notify_once(Construct(scope, "One"), "bucket", bucket, *first)
    refusal = pytest.raises(ValueError, match=r"^bucket notifies Test/One of objects .* already: S3 takes no second")
    with refusal if overlap else nullcontext():
        notify_once(Construct(scope, "Two"), "bucket", imported, *second)


def test_patterns_see_each_others_notifications(scope: cdk.Stack) -> None:
    first = TopicFanOut(scope, "First", subscribers=[Subscriber(name="All")])
    with pytest.raises(ValueError, match=r"^source_bucket notifies Test/First of objects \* already"):
        Thumbnailer(scope, "Thumbnailer", source_bucket=first.bucket)
    with pytest.raises(ValueError, match=r"^bucket notifies Test/First of objects \* already"):
        BufferedFanOut(scope, "Second", consumers=[Consumer(name="All")], bucket=first.bucket)
