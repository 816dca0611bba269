"""The documents: the bucket of the files that passed the check, and the table of what is known of each."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from patterns.building_blocks.private_bucket import AccessLogsBucket, PrivateBucket
from patterns.building_blocks.retained_table import RetainedTable, text_attribute

PREFIX = "documents/"
"""What the keys of documents begin with; their ids follow."""

INDEXES = {"by-owner": "owner", "by-status": "status"}
"""The indexes of the table, and what each looks up, the newest first."""


class Documents(Stack):
    """The bucket and the table.

    Args:
        encryption_key: The key of both.

    Attributes:
        access_logs (AccessLogsBucket): Who read and wrote files of any bucket of the portal.
        bucket (PrivateBucket): The files.
        table (dynamodb.Table): What is known of each document, by its id. Its stream tells of each change.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, encryption_key: kms.IKey, env: Environment | None = None
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.access_logs = AccessLogsBucket(self, "AccessLogs")
        self.bucket = PrivateBucket(
            self,
            "Files",
            encryption_key=encryption_key,
            access_logs=self.access_logs,
            access_logs_prefix="documents/",
        )
        self.table = RetainedTable(self, "Table", partition_key="id", stream=True, encryption_key=encryption_key)
        for name, attribute in INDEXES.items():
            self.table.add_global_secondary_index(
                index_name=name, partition_key=text_attribute(attribute), sort_key=text_attribute("updatedAt")
            )
        CfnOutput(self, "DocumentsTable", value=self.table.table_name)
