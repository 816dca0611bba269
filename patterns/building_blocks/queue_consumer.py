"""AWS Lambda functions that take messages off Amazon SQS queues."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct, DependencyGroup, IDependable

from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.encryption_key import key_statement


def let_consume(
    scope: Construct, function: lambda_.IFunction, queue: sqs.IQueue, encryption_key: kms.IKey | None
) -> IDependable:
    """Let a function, of this stack or another one, take messages off a queue.

    Args:
        scope: Where the event source mapping stands.
        function: The function.
        queue: The queue.
        encryption_key: The queue's customer key, if it has one.

    Returns:
        What the mapping must wait for: Lambda checks when it is made that the function may read the queue.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    statements = [
        iam.PolicyStatement(
            actions=["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            resources=[queue.queue_arn],
        )
    ]
    if encryption_key is not None:
        statements.append(key_statement(encryption_key, "kms:Decrypt"))
    if function.role is not None and not in_one_stack(scope, function):
        # In the role's own policy the statements would make the function's stack wait for this one.
        return iam.Policy(scope, "TakesMessages", statements=statements, roles=[function.role])
    waited_for = DependencyGroup()
    for statement in statements:
        added = function.grant_principal.add_to_principal_policy(statement)
        if added.policy_dependable is not None:
            waited_for.add(added.policy_dependable)
    return waited_for
