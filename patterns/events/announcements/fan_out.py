"""What every fan-out of new objects is: a bucket, a topic that announces its objects, and functions that subscribe."""

from dataclasses import replace

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.events.announcements.announcements import Announcements


class FanOut(Construct):
    """A bucket whose new objects a topic announces to functions.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        bucket: The bucket. Default: a new one.
        topic: The topic. Default: a new one.
        access_logs_bucket: The bucket for a new bucket's server access logs. Default: a new bucket.
        settings: The settings that cut across it; without a key, a new one is made.

    Raises:
        ValueError: If the topic is FIFO, or another notification of the bucket overlaps with this one.

    Attributes:
        bucket (s3.IBucket): The bucket.
        topic (sns.ITopic): The topic.
        encryption_key (kms.IKey): The key of what is made.
        functions (dict[str, lambda_.IFunction]): The functions by their subscriptions' names.
        dead_letters (dict[str, sqs.Queue]): The dead letters of each, by the same names.
        alarms (list[cloudwatch.Alarm]): All of its alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: s3.IBucket | None,
        topic: sns.ITopic | None,
        access_logs_bucket: s3.IBucket | None,
        settings: Settings,
    ) -> None:
        if topic is not None and topic.fifo:
            raise ValueError("topic must be a standard topic: S3 does not publish to FIFO topics")
        super().__init__(scope, construct_id)
        self._announcements = Announcements(
            self, "Announcements", bucket=bucket, topic=topic, access_logs_bucket=access_logs_bucket, settings=settings
        )
        self.bucket: s3.IBucket = self._announcements.bucket
        self.topic: sns.ITopic = self._announcements.topic
        self.encryption_key: kms.IKey = self._announcements.encryption_key
        self._settings = replace(settings, encryption_key=self.encryption_key)
        self.alarms: list[cloudwatch.Alarm] = list(self._announcements.alarms)
        self.functions: dict[str, lambda_.IFunction] = {}
        self.dead_letters: dict[str, sqs.Queue] = {}

    @checked
    def grant_upload(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone put objects into the bucket.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return self._announcements.grant_upload(grantee)

    def _dead_letters(self, scope: Construct, name: str, holds: str, *, redrives: bool = False) -> DeadLetterQueue:
        """Make the dead letters of a subscription, which are a queue's too if they can be redriven."""
        failed = DeadLetterQueue(scope, "DeadLetters", holds=holds, settings=self._settings, redrives=redrives)
        self.dead_letters[name] = failed.queue
        self.alarms.append(failed.alarm)
        return failed

    def _errors_alarm(self, scope: Construct, name: str, function: lambda_.IFunction) -> None:
        """Add the alarm on errors of a ready function."""
        self.alarms.append(
            self._settings.alarm(
                scope,
                "Errors",
                metric=function.metric_errors(statistic="Sum", period=FIVE_MINUTES),
                description=f"{name} raised an error or timed out: read its log.",
            )
        )
