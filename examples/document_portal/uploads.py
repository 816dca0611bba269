"""How documents come in: by signed forms, for who has signed in, checked before anybody reads them."""

from aws_cdk import CfnOutput, Environment, Size, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from examples.document_portal.documents import PREFIX, Documents
from patterns.api.presigned_upload import PresignedUpload


class Uploads(Stack):
    """The API that signs, the quarantine, and the check.

    Args:
        documents: Where files go that passed the check.
        people: Who may upload.
        encryption_key: The key of buckets, tables and logs.
        alarm_topic: Who is told of failures.

    Attributes:
        uploads (PresignedUpload): All of it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        documents: Documents,
        people: cognito.IUserPool,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.uploads = PresignedUpload(
            self,
            "Uploads",
            content_types=["application/pdf", "text/plain"],
            max_size=Size.mebibytes(20),
            destination_bucket=documents.bucket,
            destination_prefix=PREFIX,
            access_logs_bucket=documents.access_logs,
            authorization="cognito",
            user_pools=[people],
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        self.alarms = self.uploads.alarms
        CfnOutput(self, "Url", value=self.uploads.url)
