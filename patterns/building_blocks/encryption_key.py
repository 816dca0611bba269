"""AWS KMS customer managed keys, and who may use them."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from patterns.building_blocks.key_policy import LOGS


class EncryptionKey(kms.Key):
    """A customer managed key that rotates every year and outlives its stack.

    CloudWatch Logs may use it for this account's log groups in this Region, so that one key covers a whole pattern.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """

    def __init__(self, scope: Construct, construct_id: str, *, description: str) -> None:
        super().__init__(
            scope,
            construct_id,
            description=description,
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.add_to_resource_policy(LOGS.statement())


def key_statement(key: kms.IKey, *actions: str) -> iam.PolicyStatement:
    """Say that a role may use `key` for `actions`, and for nothing else.

    `IKey.grant_encrypt_decrypt` and its like grant `kms:GenerateDataKey*` and `kms:ReEncrypt*`; services that
    encrypt on a caller's behalf need two exact actions.

    Args:
        key: The key, own or existing. An existing key's policy must let the account's IAM policies grant its use,
            as the default key policy does.
        actions: Exact KMS actions.

    Returns:
        The statement.
    """
    return iam.PolicyStatement(actions=list(actions), resources=[key.key_arn])


def table_key_statement(key: kms.IKey) -> iam.PolicyStatement:
    """Say that a role may use a table whose key is `key`, through Amazon DynamoDB and in no other way.

    Args:
        key: The table's key.

    Returns:
        The statement.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    """
    return iam.PolicyStatement(
        actions=[
            "kms:Decrypt",
            "kms:DescribeKey",
            "kms:Encrypt",
            "kms:GenerateDataKey",
            "kms:ReEncryptFrom",
            "kms:ReEncryptTo",
        ],
        resources=[key.key_arn],
        conditions={"StringEquals": {"kms:ViaService": f"dynamodb.{Aws.REGION}.amazonaws.com"}},
    )
