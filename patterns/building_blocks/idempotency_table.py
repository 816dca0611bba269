"""Amazon DynamoDB tables in which functions remember the events that they have worked on."""

from datetime import timedelta
from typing import Annotated

from annotated_types import Interval
from aws_cdk import Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.retained_table import RetainedTable
from patterns.building_blocks.settings import Settings

RememberedFor = Annotated[Duration, Interval(ge=timedelta(minutes=1), le=timedelta(days=365))]
"""How long an event is remembered."""

KEY = "id"
"""The partition key that Powertools for AWS Lambda uses."""


class IdempotencyTable(RetainedTable):
    """A table as the idempotency utility of Powertools for AWS Lambda expects it: the key `id`, expiry by `expiration`.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        settings: The settings that cut across the pattern. Default: a key that DynamoDB owns.

    Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings | None = None) -> None:
        key = (settings or Settings()).encryption_key
        super().__init__(
            scope, construct_id, partition_key=KEY, time_to_live_attribute="expiration", encryption_key=key
        )


def check_idempotency_table(argument: str, table: dynamodb.ITable | None) -> None:
    """Refuse a table whose key is not the one that Powertools uses.

    Args:
        argument: The argument's own name.
        table: The table; None passes, and so does an imported one, whose key is not known.

    Raises:
        ValueError: If it has another key.
    """
    resource = None if table is None else table.node.default_child
    if not isinstance(resource, dynamodb.CfnTable | dynamodb.CfnGlobalTable):
        return
    found = Stack.of(resource).resolve(resource.key_schema)
    names = [one["attributeName"] for one in found]
    if names != [KEY]:
        raise ValueError(f"{argument} must have the partition key id and no sort key, got {' and '.join(names)}")


def idempotency_statements(table: dynamodb.ITable) -> list[iam.PolicyStatement]:
    """Say what a function's role needs to remember events in a table.

    Args:
        table: The table.

    Returns:
        The statements: exact actions on the table, and on its customer key if it has one.

    Source: https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/
    """
    actions = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
    statements = [iam.PolicyStatement(actions=actions, resources=[table.table_arn])]
    if table.encryption_key is not None:
        statements.append(table_key_statement(table.encryption_key))
    return statements
