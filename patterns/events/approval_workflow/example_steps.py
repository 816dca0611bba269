"""The steps of the example: items are reserved, the amount is charged, the order is shipped."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.lambda_function import LambdaFunction
from patterns.building_blocks.retained_table import RetainedTable
from patterns.building_blocks.settings import Settings
from patterns.events.approval_workflow.decisions import approval_function
from patterns.events.approval_workflow.steps import Step


def kept_table(scope: Construct, construct_id: str, settings: Settings, *, expires: str | None) -> dynamodb.Table:
    """Make a table with the key `id`, which outlives the stack.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        settings: The key that encrypts it.
        expires: The attribute that says when an item is forgotten; None: never.

    Returns:
        The table.
    """
    key = settings.encryption_key
    return RetainedTable(scope, construct_id, partition_key="id", time_to_live_attribute=expires, encryption_key=key)


def example_steps(scope: Construct, settings: Settings) -> tuple[list[Step], LambdaFunction, dynamodb.Table]:
    """Make the example's steps.

    Args:
        scope: Parent construct.
        settings: The settings that cut across them.

    Returns:
        The steps, the function that does and undoes all of them, and its ledger.
    """
    ledger = kept_table(scope, "Ledger", settings, expires=None)
    works = approval_function(
        scope,
        "Steps",
        "Does and undoes the steps of an order",
        {"LEDGER_NAME": ledger.table_name},
        settings,
        invoked="The workflow invokes it synchronously, tries again, and undoes what fails for good.",
    )
    works.permit([iam.PolicyStatement(actions=["dynamodb:PutItem"], resources=[ledger.table_arn])])
    if ledger.encryption_key is not None:
        works.permit([table_key_statement(ledger.encryption_key)])
    function = works.function
    steps = [
        Step(name="Reserve", does=function, undoes=function, for_each="items"),
        Step(name="Charge", does=function, undoes=function),
        Step(name="Ship", does=function, undoes=function),
    ]
    return steps, works, ledger
