"""Grants on the messages of a queue."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs


def grant_send(grantee: iam.IGrantable, queue: sqs.IQueue) -> iam.Grant:
    """Let someone send messages, and use the queue's key for that; nothing else.

    `IQueue.grant_send_messages` grants wildcard actions of the key.

    Args:
        grantee: Who may.
        queue: The queue.

    Returns:
        The grant.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    if queue.encryption_master_key is not None:
        queue.encryption_master_key.grant(grantee, "kms:Decrypt", "kms:GenerateDataKey")
    return iam.Grant.add_to_principal(grantee=grantee, actions=["sqs:SendMessage"], resource_arns=[queue.queue_arn])
