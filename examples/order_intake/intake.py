"""Orders come in by an API, wait in a queue, and are each written once to a table."""

from pathlib import Path

from aws_cdk import CfnOutput, Environment, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.api.api_to_queue import ApiToQueue
from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.retained_table import RetainedTable, text_attribute
from patterns.building_blocks.settings import Settings

BY_DAY = "by-day"

# What the API lets through; the function checks it again, because others may be let onto the queue one day.
ORDER = {
    "type": "object",
    "required": ["order_id", "currency", "lines"],
    "additionalProperties": False,
    "properties": {
        "order_id": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,64}$"},
        "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "lines": {
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["article", "quantity", "unit_price"],
                "additionalProperties": False,
                "properties": {
                    "article": {"type": "string", "minLength": 1, "maxLength": 64},
                    "quantity": {"type": "integer", "minimum": 1, "maximum": 10000},
                    "unit_price": {"type": "integer", "minimum": 0, "maximum": 100000000},
                },
            },
        },
    },
}


class Intake(Stack):
    """The API, its queue, the function that takes orders off it, and their table.

    Args:
        encryption_key: The key of table, queue, dead letters and logs.
        alarm_topic: Who is told of failures.

    Attributes:
        orders (dynamodb.Table): The orders by `order_id`, and by day in the index `by-day`.
        api (ApiToQueue): Where orders come in.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.orders = RetainedTable(self, "Orders", partition_key="order_id", encryption_key=encryption_key)
        # One partition holds a day: good for a thousand orders a second, far above the API's rate limit.
        self.orders.add_global_secondary_index(
            index_name=BY_DAY,
            partition_key=text_attribute("day"),
            sort_key=text_attribute("order_id"),
            projection_type=dynamodb.ProjectionType.INCLUDE,
            non_key_attributes=["currency", "total"],
        )
        writer = LambdaFunction(
            self,
            "Writer",
            description="Writes each order once",
            code=python_code(
                self,
                Path(__file__).parent / "intake_handler",
                runtime=PYTHON,
                architecture=lambda_.Architecture.ARM_64,
            ),
            handler="intake.index.handler",
            environment={"TABLE_NAME": self.orders.table_name},
            settings=Settings(encryption_key=encryption_key, alarm_topic=alarm_topic),
        )
        writer.acknowledge_no_dead_letter_configuration(
            "The function is only invoked with messages of its queue, and what fails goes to the queue's "
            "own dead letters."
        )
        writer.permit(
            [
                iam.PolicyStatement(
                    actions=["dynamodb:GetItem", "dynamodb:PutItem"], resources=[self.orders.table_arn]
                ),
                table_key_statement(encryption_key),
            ]
        )
        self.api = ApiToQueue(
            self,
            "Api",
            path="orders",
            schema=ORDER,
            consumer=writer.function,
            max_concurrency=10,
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        self.alarms = [*writer.alarms, *self.api.alarms]
        CfnOutput(self, "Url", value=self.api.url)
        CfnOutput(self, "Table", value=self.orders.table_name)
