"""A bucket whose new objects a topic announces."""

from aws_cdk import Aws
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as s3n
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.encryption_key import EncryptionKey
from patterns.building_blocks.granted_objects import grant_objects
from patterns.building_blocks.key_policy import BUCKETS, TOPICS, KeyUse, let_use
from patterns.building_blocks.private_bucket import AccessLogsBucket, PrivateBucket
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.events.bucket_notifications.notifications import (
    add_notification,
    bucket_to_notify_from,
    notify_once,
)


class Announcements(Construct):
    """A bucket, a topic that announces its new objects, and the key of both.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        bucket: The bucket. Default: a new one.
        topic: The topic that announces its new objects. Default: a new one.
        access_logs_bucket: The bucket for a new bucket's server access logs. Default: a new bucket.
        settings: The settings that cut across it; without a key, a new one is made.

    Attributes:
        bucket (s3.IBucket): Where objects arrive.
        topic (sns.ITopic): What announces them.
        encryption_key (kms.IKey): The key of what is made.
        alarms (list[cloudwatch.Alarm]): Its alarms.
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
        super().__init__(scope, construct_id)
        self.encryption_key = settings.encryption_key or EncryptionKey(
            self, "Key", description=f"Encrypts objects, their announcements and failed events of {scope.node.path}"
        )
        self.bucket = bucket or PrivateBucket(
            self,
            "Bucket",
            encryption_key=self.encryption_key,
            access_logs=access_logs_bucket or AccessLogsBucket(self, "AccessLogs"),
        )
        check_here(scope, topic=topic)
        self.topic = topic or sns.Topic(self, "Topic", master_key=self.encryption_key, enforce_ssl=True)
        notify_once(scope, "bucket", self.bucket)
        self._permit(self.bucket if bucket is None else self._announce_existing(bucket))
        if bucket is None:
            self._announce_new()
        self.alarms: list[cloudwatch.Alarm] = [
            settings.alarm(
                self,
                construct_id,
                metric=self.topic.metric(metric, statistic="Sum", period=FIVE_MINUTES),
                description=description,
            )
            for construct_id, metric, description in (
                (
                    "Undelivered",
                    "NumberOfNotificationsFailed",
                    "Announcements could not be delivered: look for them in the dead letters, then at permissions.",
                ),
                (
                    "Lost",
                    "NumberOfNotificationsFailedToRedriveToDlq",
                    "Announcements could be neither delivered nor kept: check the policy and key of the dead letters.",
                ),
            )
        ]

    def grant_upload(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone put objects into the bucket.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return grant_objects(grantee, self.bucket, "put")

    def _permit(self, announced: IConstruct) -> None:
        # The bucket's ARN would close a circle: S3 asks for these permissions before it makes a new bucket; an existing
        # one may be encrypted by the same key, or stand in a stack that waits for the topic's. The account is condition
        # enough to keep everybody else's buckets out.
        conditions: dict[str, dict[str, str]] = {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
        storage = iam.ServicePrincipal("s3.amazonaws.com")
        allowed = self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="BucketAnnounces",
                principals=[storage],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions=conditions,
            )
        )
        if allowed.policy_dependable is not None:
            announced.node.add_dependency(allowed.policy_dependable)
        self._let_key_be_used(BUCKETS)
        self._let_key_be_used(TOPICS)

    def _let_key_be_used(self, use: KeyUse) -> None:
        topic_key = self.topic.master_key
        for key in {one.node.addr: one for one in (self.encryption_key, topic_key) if one is not None}.values():
            let_use(key, use, needed_by=self)

    def _announce_existing(self, bucket: s3.IBucket) -> IConstruct:
        notifying = bucket_to_notify_from(self, "BucketToNotifyFrom", bucket)
        # Imported, because SnsDestination would name the bucket in the topic's own policy and in its key's.
        topic = sns.Topic.from_topic_arn(self, "TopicToNotify", self.topic.topic_arn)
        # CDK's custom resource keeps the notifications that the bucket has already.
        return add_notification(notifying, s3n.SnsDestination(topic))

    def _announce_new(self) -> None:
        resource = self.bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            topic_configurations=[
                s3.CfnBucket.TopicConfigurationProperty(event="s3:ObjectCreated:*", topic=self.topic.topic_arn)
            ]
        )
