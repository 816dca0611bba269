"""What reads each document: a container, started for each new file."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from examples.document_portal.documents import PREFIX, Documents
from patterns.api.presigned_upload import PresignedUpload
from patterns.events.container_on_upload import ContainerOnUpload


class Extraction(Stack):
    """The container, and what starts it.

    Args:
        documents: The files, and the table of what is known of them.
        uploads: Where it is known who uploaded a file, and as what.
        encryption_key: The key of buckets, tables, queues and logs.
        alarm_topic: Who is told of failures.

    Attributes:
        reader (ContainerOnUpload): All of it. Push the image to its repository.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        documents: Documents,
        uploads: PresignedUpload,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.reader = ContainerOnUpload(
            self,
            "Reader",
            bucket=documents.bucket,
            prefix=PREFIX,
            environment={
                "DOCUMENTS_TABLE": documents.table.table_name,
                "UPLOADS_TABLE": uploads.table.table_name,
            },
            access_logs_bucket=documents.access_logs,
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        role = self.reader.task_role
        uploads.grant_read_records(role)
        # The table's key is the one of the construct's own, which the role may use for DynamoDB.
        role.add_to_policy(iam.PolicyStatement(actions=["dynamodb:UpdateItem"], resources=[documents.table.table_arn]))
        self.alarms = self.reader.alarms
        assert self.reader.repository is not None
        CfnOutput(self, "Repository", value=self.reader.repository.repository_uri)
