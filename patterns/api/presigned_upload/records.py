"""The table of uploads: what was asked for, by whom, and what became of it."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.retained_table import RetainedTable


def records_table(scope: Construct, encryption_key: kms.IKey | None) -> dynamodb.Table:
    """Make the table.

    Args:
        scope: Parent construct.
        encryption_key: The key that encrypts it; None: a key that DynamoDB owns.

    Returns:
        The table, by upload. What is old expires.
    """
    return RetainedTable(
        scope, "Records", partition_key="upload", encryption_key=encryption_key, time_to_live_attribute="expires"
    )


def grant_read(table: dynamodb.Table, grantee: iam.IGrantable) -> iam.Grant:
    """Let someone look up an upload by its id.

    Args:
        table: The table.
        grantee: Who may.

    Returns:
        The grant.
    """
    if table.encryption_key is not None:
        grantee.grant_principal.add_to_principal_policy(table_key_statement(table.encryption_key))
    return iam.Grant.add_to_principal(grantee=grantee, actions=["dynamodb:GetItem"], resource_arns=[table.table_arn])
