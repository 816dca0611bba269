"""Amazon S3 buckets that nobody outside reads, and that keep what they hold."""

import jsii
from aws_cdk import Aspects, Duration, IAspect, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.same_region import check_region


class PrivateBucket(s3.Bucket):
    """A bucket without public access, TLS only, encrypted, versioned, logged and retained.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        encryption_key: The key that encrypts its objects. Default: a key that S3 owns (SSE-S3).
        access_logs: The bucket that receives its server access logs. Default: none, for a bucket of access logs.
        access_logs_prefix: Where in that bucket. Default: at its root.
        noncurrent_versions_kept: How long a replaced or deleted version is kept. Default: 90 days.
        objects_kept: How long an object is kept. Default: for good.
        incomplete_uploads_kept: How long parts of an upload that was never completed are kept. Default: seven days.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        encryption_key: kms.IKey | None = None,
        access_logs: s3.IBucket | None = None,
        access_logs_prefix: str | None = None,
        noncurrent_versions_kept: Duration | None = None,
        objects_kept: Duration | None = None,
        incomplete_uploads_kept: Duration | None = None,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            # One data key a bucket instead of one an object: the same protection for far fewer KMS requests.
            bucket_key_enabled=True if encryption_key else None,
            encryption=s3.BucketEncryption.KMS if encryption_key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=encryption_key,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=incomplete_uploads_kept or Duration.days(7),
                    noncurrent_version_expiration=noncurrent_versions_kept or Duration.days(90),
                    expiration=objects_kept,
                )
            ],
            minimum_tls_version=1.2,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
            versioned=True,
        )
        if access_logs is not None:
            self._log_access(access_logs, access_logs_prefix)

    def tell_event_bridge(self) -> None:
        """Have Amazon EventBridge told of each object.

        The bucket's own property says so, without the CDK's custom resource, as long as nothing else is notified. That
        resource replaces whatever the property says, and says it itself once the bucket has notifications of its own.
        Whoever takes the last of these away calls `enable_event_bridge_notification` instead: the resource, when it is
        deleted, takes the bucket's property with it.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html
        """
        bucket = self.node.default_child
        assert isinstance(bucket, s3.CfnBucket)
        bucket.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )
        Aspects.of(bucket).add(_OneNotificationConfiguration(self))

    def _log_access(self, access_logs: s3.IBucket, prefix: str | None) -> None:
        # Not `server_access_logs_bucket=`: in an app without the feature flag serverAccessLogsUseBucketPolicy, CDK
        # would give the other bucket an ACL, which a bucket that enforces its owner refuses.
        check_region("access_logs_bucket", self, access_logs.env.region)
        bucket = self.node.default_child
        assert isinstance(bucket, s3.CfnBucket)
        bucket.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
            destination_bucket_name=access_logs.bucket_name, log_file_prefix=prefix
        )
        conditions = {"StringEquals": {"aws:SourceAccount": self.env.account}}
        if in_one_stack(self, access_logs):
            # Another stack's policy must not name this bucket: its stack would wait for this one, which waits for it.
            conditions["ArnLike"] = {"aws:SourceArn": self.bucket_arn}
        access_logs.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[access_logs.arn_for_objects(f"{prefix or ''}*")],
                conditions=conditions,
            )
        )


@jsii.implements(IAspect)
class _OneNotificationConfiguration:
    """Leaves what a bucket tells to the CDK's custom resource, where it has that."""

    def __init__(self, bucket: PrivateBucket) -> None:
        self._bucket = bucket

    def visit(self, node: IConstruct) -> None:
        if isinstance(node, s3.CfnBucket) and self._bucket.node.try_find_child("Notifications") is not None:
            node.notification_configuration = None
            self._bucket.enable_event_bridge_notification()


class AccessLogsBucket(PrivateBucket):
    """A bucket for the server access logs of others; what it holds expires after a year.

    S3 delivers access logs only to a bucket that S3's own keys encrypt.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id, objects_kept=Duration.days(365))


class EdgeLogsBucket(AccessLogsBucket):
    """A bucket for the access logs of Amazon CloudFront, which delivers them with an ACL; the owner owns them.

    Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        bucket = self.node.default_child
        assert isinstance(bucket, s3.CfnBucket)
        bucket.ownership_controls = s3.CfnBucket.OwnershipControlsProperty(
            rules=[s3.CfnBucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerPreferred")]
        )
