"""What is kept: images, thumbnails, records, the gallery. And what all share: the key and the topic of alarms."""

from aws_cdk import CfnOutput, Environment, Size, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.encryption_key import EncryptionKey
from patterns.building_blocks.private_bucket import AccessLogsBucket, PrivateBucket
from patterns.building_blocks.retained_table import RetainedTable

LARGEST_IMAGE = Size.mebibytes(64)
"""What an upload may have, and what the thumbnailer reads."""


class Data(Stack):
    """Everything that must outlive a change of the code around it.

    Attributes:
        encryption_key (EncryptionKey): The key of everything in all stacks.
        alarm_topic (sns.Topic): Who is told of failures. Subscribe whoever is on call.
        uploads (PrivateBucket): Where images arrive.
        thumbnails (PrivateBucket): Where their thumbnails go.
        records (dynamodb.Table): What became of each image.
        gallery (dynamodb.Table): The newest thumbnail by the key of each image and its width.
    """

    def __init__(self, scope: Construct, construct_id: str, *, env: Environment | None = None) -> None:
        super().__init__(scope, construct_id, env=env)
        self.encryption_key = EncryptionKey(self, "Key", description="Encrypts images, records, messages and logs")
        self.alarm_topic = sns.Topic(self, "Alarms", master_key=self.encryption_key, enforce_ssl=True)
        access_logs = AccessLogsBucket(self, "AccessLogs")
        self.uploads, self.thumbnails = (
            PrivateBucket(
                self,
                name,
                encryption_key=self.encryption_key,
                access_logs=access_logs,
                access_logs_prefix=f"{name.lower()}/",
            )
            for name in ("Uploads", "Thumbnails")
        )
        self.records = self._table("Records", "source_key", "source_bucket")
        self.gallery = self._table("Gallery", "image", "width")
        CfnOutput(self, "UploadsBucket", value=self.uploads.bucket_name)
        CfnOutput(self, "AlarmTopic", value=self.alarm_topic.topic_arn)

    def _table(self, name: str, partition_key: str, sort_key: str) -> dynamodb.Table:
        return RetainedTable(
            self, name, partition_key=partition_key, sort_key=sort_key, encryption_key=self.encryption_key
        )
