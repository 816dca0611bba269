"""An image arrives in a bucket; its thumbnails go to another, and a record of it to a table."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import Duration, Size, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.deployed_name import unique_path
from patterns.building_blocks.encryption_key import EncryptionKey, key_statement, table_key_statement
from patterns.building_blocks.granted_objects import grant_objects
from patterns.building_blocks.key_prefix import KeyPrefix
from patterns.building_blocks.lambda_function import PYTHON, FunctionMemory, LambdaFunction, ReservedConcurrency
from patterns.building_blocks.private_bucket import AccessLogsBucket, PrivateBucket
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.retained_table import RetainedTable
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.wildcard_resource import OBJECT_KEYS_UNKNOWN, acknowledge_wildcard_resource
from patterns.events.bucket_notifications.notifications import notify_once
from patterns.events.thumbnailer.arguments import (
    Format,
    KeySuffixes,
    MaxBytes,
    MaxPixels,
    Quality,
    Widths,
    check_memory_suffices,
    check_no_loop,
    check_table,
)
from patterns.events.thumbnailer.notification import notify_from_existing_bucket, notify_from_new_bucket

# Measured by bench/thumbnailer_memory.py: the costliest 100 megapixels (a progressive CMYK JPEG of 61 MB, to a width of
# 4096) take 1,290 MB in all, the slowest 14 seconds. 1769 MiB is where Lambda gives a function one whole processor.
DEFAULT_MEMORY = Size.mebibytes(1769)
DEFAULT_TIMEOUT = Duration.seconds(60)
METRICS_NAMESPACE = "Thumbnailer"


class Thumbnailer(Construct):
    """Make thumbnails of each image that arrives in a bucket, and keep a record of it in a table.

    An image that cannot be used (empty, truncated, not an image, too large) is refused before it is decoded, and
    recorded with its reason. An event that fails for any other reason is tried three times and then kept in
    `dead_letters`. The same event twice writes once, and an older event never overwrites a newer image.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        source_bucket: Where images arrive. Default: a new bucket. An existing one gets a notification by way of CDK's
            custom resource, a function of its own that CDK adds to the stack.
        destination_bucket: Where thumbnails go. Default: a new bucket. It may be the source bucket only if both
            prefixes are given and neither holds the other.
        table: Where records go; its partition key must be the string `source_key`, its sort key the string
            `source_bucket`. Default: a new table.
        encryption_key: The key that encrypts everything that is made here. Default: a new key.
        access_logs_bucket: Where the server access logs of new buckets go. Default: a new bucket, if one is made.
        widths: Widths of the thumbnails in pixels. An image is never enlarged.
            Default: 256.
        image_format: What thumbnails are encoded as. Default: "JPEG".
        quality: How well; PNG, which loses nothing, ignores it. Default: 85.
        source_prefix: Only keys that start with it are looked at. Default: all.
        source_suffixes: Only keys that end in one of them are looked at; capitals count. Default: all.
        destination_prefix: What the keys of thumbnails start with. Default: nothing.
        max_bytes: The largest file that is read. Default: 64 MiB.
        max_pixels: The largest image that is decoded, in pixels. Default: 100,000,000.
        architecture: The function's processor. Default: arm64.
        memory: The function's memory, enough for the largest image that `max_pixels` and `max_bytes` accept.
            Default: 1769 MiB, which is one whole processor.
        reserved_concurrency: The most images at one time. Default: no limit of its own.
        log_retention: How long the function's log is kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        source_bucket (s3.IBucket): Where images arrive.
        destination_bucket (s3.IBucket): Where thumbnails go.
        table (dynamodb.ITable): Where records go.
        encryption_key (kms.IKey): The key that encrypts what was made here.
        function (lambda_.Function): What makes the thumbnails.
        dead_letters (sqs.Queue): Events that failed for good, with their error.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or thumbnails would set off the function again.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-s3-tutorial.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        source_bucket: s3.IBucket | None = None,
        destination_bucket: s3.IBucket | None = None,
        table: dynamodb.ITable | None = None,
        encryption_key: kms.IKey | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        widths: Widths = (256,),
        image_format: Format = "JPEG",
        quality: Quality = 85,
        source_prefix: KeyPrefix = "",
        source_suffixes: KeySuffixes = (),
        destination_prefix: KeyPrefix = "",
        max_bytes: MaxBytes | None = None,
        max_pixels: MaxPixels = 100_000_000,
        architecture: lambda_.Architecture | None = None,
        memory: FunctionMemory | None = None,
        reserved_concurrency: ReservedConcurrency | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        max_bytes = max_bytes or Size.mebibytes(64)
        check_memory_suffices(memory or DEFAULT_MEMORY, max_pixels, max_bytes)
        check_table(table)
        check_here(scope, table=table)
        super().__init__(scope, construct_id)
        if source_bucket is not None and destination_bucket is not None:
            check_no_loop(source_bucket, destination_bucket, source_prefix, destination_prefix)

        self.encryption_key = encryption_key or EncryptionKey(
            self, "Key", description="Encrypts a thumbnailer: images, thumbnails, records, log and failed events"
        )
        settings = Settings(alarm_topic=alarm_topic, encryption_key=self.encryption_key, log_retention=log_retention)
        if access_logs_bucket is None and (source_bucket is None or destination_bucket is None):
            access_logs_bucket = AccessLogsBucket(self, "AccessLogs")
        self.source_bucket = source_bucket or self._bucket("Source", access_logs_bucket)
        self.destination_bucket = destination_bucket or self._bucket("Destination", access_logs_bucket)
        self._source_prefix, self._destination_prefix = source_prefix, destination_prefix
        self.table = table or self._records()
        failed = DeadLetterQueue(
            self,
            "DeadLetters",
            holds="events of images whose thumbnails could not be made",
            settings=settings,
        )
        self.dead_letters = failed.queue
        environment = {
            "DESTINATION_BUCKET": self.destination_bucket.bucket_name,
            "DESTINATION_PREFIX": destination_prefix,
            "FORMAT": image_format,
            "MAX_BYTES": _text(max_bytes.to_bytes()),
            "MAX_PIXELS": _text(max_pixels),
            "POWERTOOLS_METRICS_NAMESPACE": METRICS_NAMESPACE,
            "POWERTOOLS_SERVICE_NAME": unique_path(self),
            "QUALITY": _text(quality),
            "SOURCE_PREFIX": source_prefix,
            "SOURCE_SUFFIXES": ",".join(source_suffixes),
            "TABLE_NAME": self.table.table_name,
            "WIDTHS": ",".join(_text(width) for width in widths),
        }
        architecture = architecture or lambda_.Architecture.ARM_64
        thumbnails = LambdaFunction(
            self,
            "Thumbnails",
            description="Makes thumbnails of an image and records it",
            code=python_code(self, Path(__file__).parent / "handler", runtime=PYTHON, architecture=architecture),
            handler="thumbnailer.index.handler",
            architecture=architecture,
            memory=memory or DEFAULT_MEMORY,
            timeout=DEFAULT_TIMEOUT,
            environment=environment,
            settings=settings,
            dead_letters=failed,
            reserved_concurrency=reserved_concurrency,
        )
        self.function = thumbnails.function
        self._permit(thumbnails, versioned=source_bucket is None)
        notify_once(self, "source_bucket", self.source_bucket, source_prefix, source_suffixes)
        if source_bucket is None:
            notify_from_new_bucket(self, self.source_bucket, self.function, source_prefix, source_suffixes)
        else:
            notify_from_existing_bucket(self, source_bucket, self.function, source_prefix, source_suffixes)
        self.alarms: list[cloudwatch.Alarm] = [*thumbnails.alarms, failed.alarm]

    def _bucket(self, construct_id: str, access_logs: s3.IBucket | None) -> PrivateBucket:
        return PrivateBucket(
            self,
            construct_id,
            encryption_key=self.encryption_key,
            access_logs=access_logs,
            access_logs_prefix=f"{construct_id.lower()}/",
        )

    def _records(self) -> dynamodb.Table:
        return RetainedTable(
            self, "Records", partition_key="source_key", sort_key="source_bucket", encryption_key=self.encryption_key
        )

    def _permit(self, thumbnails: LambdaFunction, *, versioned: bool) -> None:
        thumbnails.permit(self._writes(self._destination_prefix))
        # Every object of the bucket that is made here has a version; of an existing bucket that is not known.
        actions = ["s3:GetObjectVersion"] if versioned else ["s3:GetObject", "s3:GetObjectVersion"]
        # Not in the role's own policy: the function waits for that one, the bucket for the function, and this
        # policy for the bucket.
        statements = self._reads(self._source_prefix, actions)
        reads = iam.Policy(self, "ReadsImages", statements=statements, roles=[thumbnails.role])
        for scope, bucket, prefix in (
            (reads, self.source_bucket, self._source_prefix),
            (thumbnails.role, self.destination_bucket, self._destination_prefix),
        ):
            acknowledge_wildcard_resource(scope, bucket.arn_for_objects(f"{prefix}*"), OBJECT_KEYS_UNKNOWN)

    def _reads(self, prefix: str, actions: Sequence[str]) -> list[iam.PolicyStatement]:
        bucket = self.source_bucket
        statements = [
            iam.PolicyStatement(actions=list(actions), resources=[bucket.arn_for_objects(f"{prefix}*")]),
            # Without it S3 answers 403, not 404, for an object that was deleted meanwhile.
            iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]),
        ]
        if bucket.encryption_key is not None:
            statements.append(key_statement(bucket.encryption_key, "kms:Decrypt"))
        return statements

    def _writes(self, prefix: str) -> list[iam.PolicyStatement]:
        bucket, table = self.destination_bucket, self.table
        statements = [
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[bucket.arn_for_objects(f"{prefix}*")]),
            iam.PolicyStatement(actions=["dynamodb:UpdateItem"], resources=[table.table_arn]),
        ]
        if bucket.encryption_key is not None:
            statements.append(key_statement(bucket.encryption_key, "kms:GenerateDataKey"))
        if table.encryption_key is not None:
            statements.append(table_key_statement(table.encryption_key))
        return statements

    @checked
    def metric_images_refused(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the images that were refused: empty, truncated, not an image, or too large.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in images.
        """
        return cloudwatch.Metric(
            namespace=METRICS_NAMESPACE,
            metric_name="ImagesRefused",
            dimensions_map={"service": unique_path(self)},
            statistic="Sum",
            period=period or FIVE_MINUTES,
        )

    @checked
    def grant_upload(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone put images where they are looked at.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return grant_objects(grantee, self.source_bucket, "put", prefix=self._source_prefix)

    @checked
    def grant_read_thumbnails(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone read the thumbnails.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return grant_objects(grantee, self.destination_bucket, "read", prefix=self._destination_prefix)

    @checked
    def grant_read_records(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone look up what became of an image, by its key and bucket.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        if self.table.encryption_key is not None:
            grantee.grant_principal.add_to_principal_policy(table_key_statement(self.table.encryption_key))
        return iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["dynamodb:GetItem"],
            resource_arns=[self.table.table_arn],
        )


def _text(number: float) -> str:
    # What only a deployment knows is a number of the CDK's own, whose digits mean nothing.
    return Token.as_string(number) if Token.is_unresolved(number) else str(int(number))
