"""Amazon DynamoDB tables that outlive their stack, and can be restored to any second of the last 35 days."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct


class RetainedTable(dynamodb.Table):
    """A table on demand, encrypted, with point-in-time recovery, deletion protection and keys of text.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        partition_key: The attribute that is its partition key.
        sort_key: The attribute that is its sort key. Default: none.
        encryption_key: The key that encrypts it. Default: a key that DynamoDB owns.
        time_to_live_attribute: The attribute that says when an item expires. Default: none expires.
        stream: Whether it has a stream of changes, with what was before and what is after. Default: no.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        partition_key: str,
        sort_key: str | None = None,
        encryption_key: kms.IKey | None = None,
        time_to_live_attribute: str | None = None,
        stream: bool = False,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            partition_key=text_attribute(partition_key),
            sort_key=None if sort_key is None else text_attribute(sort_key),
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if stream else None,
            time_to_live_attribute=time_to_live_attribute,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED if encryption_key is not None else None,
            encryption_key=encryption_key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )


def text_attribute(name: str) -> dynamodb.Attribute:
    """A key's attribute that holds text.

    Args:
        name: Its name.

    Returns:
        The attribute.
    """
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
