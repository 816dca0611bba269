"""What was said: a table of messages by room and time, whose changes are told on."""

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from patterns.building_blocks.retained_table import RetainedTable


class History(Stack):
    """The table of messages.

    Args:
        encryption_key: The key of the table.

    Attributes:
        messages (dynamodb.Table): The messages of each `room`, sorted by `at`. Beside them it holds for a day which ids
            of whose messages were taken, so that what is sent twice is said once.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, encryption_key: kms.IKey, env: Environment | None = None
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.messages = RetainedTable(
            self,
            "Messages",
            partition_key="room",
            sort_key="at",
            stream=True,
            time_to_live_attribute="forgotten",
            encryption_key=encryption_key,
        )
        CfnOutput(self, "MessagesTable", value=self.messages.table_name)
