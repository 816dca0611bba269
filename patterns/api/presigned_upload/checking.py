"""How the check learns of files, and what it may do with them."""

from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from patterns.api.presigned_upload.quarantine import PREFIX
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.encryption_key import key_statement, table_key_statement
from patterns.building_blocks.key_policy import RULES, let_use
from patterns.building_blocks.lambda_function import LambdaFunction
from patterns.building_blocks.wildcard_resource import OBJECT_KEYS_UNKNOWN, acknowledge_wildcard_resource

CHECK_TIMEOUT = Duration.minutes(15)


def permit_checks(
    checks: LambdaFunction,
    *,
    quarantine: s3.IBucket,
    destination: s3.IBucket,
    destination_prefix: str,
    table: dynamodb.ITable,
    check_function: lambda_.IFunction | None,
) -> None:
    """Let the check read and delete what is in quarantine, and write what passed.

    Args:
        checks: The check.
        quarantine: Where files arrive.
        destination: Where they go.
        destination_prefix: What their keys begin with there.
        table: The records.
        check_function: A function that is asked, too.
    """
    arrivals = quarantine.arn_for_objects(f"{PREFIX}*")
    released = destination.arn_for_objects(f"{destination_prefix}*")
    read = ["s3:DeleteObjectVersion", "s3:GetObjectVersion"]
    statements = [
        iam.PolicyStatement(actions=read, resources=[arrivals]),
        # Without it S3 answers 403, not 404, for a file that was deleted meanwhile.
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[quarantine.bucket_arn]),
        iam.PolicyStatement(actions=["s3:AbortMultipartUpload", "s3:PutObject"], resources=[released]),
        iam.PolicyStatement(actions=["dynamodb:GetItem", "dynamodb:UpdateItem"], resources=[table.table_arn]),
    ]
    # A large file is copied in parts, which are decrypted to be put together.
    if destination.encryption_key is not None:
        statements.append(key_statement(destination.encryption_key, "kms:Decrypt", "kms:GenerateDataKey"))
    if quarantine.encryption_key is not None and quarantine.encryption_key is not destination.encryption_key:
        statements.append(key_statement(quarantine.encryption_key, "kms:Decrypt"))
    if table.encryption_key is not None:
        statements.append(table_key_statement(table.encryption_key))
    if check_function is not None:
        statements.append(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[check_function.function_arn])
        )
    checks.permit(statements)
    for arn in (arrivals, released):
        acknowledge_wildcard_resource(checks.role, arn, OBJECT_KEYS_UNKNOWN)


def tell_of_arrivals(
    scope: Construct, quarantine: s3.IBucket, checks: lambda_.IFunction, failed: DeadLetterQueue
) -> events.Rule:
    """Have the check invoked with each file that arrives.

    Args:
        scope: Parent construct.
        quarantine: Where files arrive.
        checks: The check.
        failed: Where events end that cannot be delivered.

    Returns:
        The rule.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
    """
    key = failed.queue.encryption_master_key
    if key is not None:
        let_use(key, RULES, needed_by=scope)
    return events.Rule(
        scope,
        "Arrivals",
        description=f"Has uploads to {scope.node.path} checked",
        event_pattern=events.EventPattern(
            source=["aws.s3"],
            detail_type=["Object Created"],
            detail={"bucket": {"name": [quarantine.bucket_name]}, "object": {"key": [{"prefix": PREFIX}]}},
        ),
        targets=[
            cast(
                events.IRuleTarget,
                targets.LambdaFunction(checks, dead_letter_queue=failed.queue, retry_attempts=10),
            )
        ],
    )
