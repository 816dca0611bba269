"""Each night a function sums up the day before and keeps the report in a bucket."""

from pathlib import Path

from aws_cdk import CfnOutput, Environment, Stack, TimeZone
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from constructs import Construct

from examples.order_intake.intake import BY_DAY
from patterns.building_blocks.encryption_key import key_statement, table_key_statement
from patterns.building_blocks.lambda_function import PYTHON
from patterns.building_blocks.private_bucket import AccessLogsBucket, PrivateBucket
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.wildcard_resource import acknowledge_wildcard_resource
from patterns.events.cron_function import CronFunction

PREFIX = "reports/"


class Reports(Stack):
    """The nightly report on the orders of the day before, by currency.

    Args:
        orders: The table of orders.
        encryption_key: The key of reports, log and dead letters.
        alarm_topic: Who is told of failures.

    Attributes:
        reports (PrivateBucket): The reports, `reports/2026-11-20.json`.
        run (CronFunction): What writes them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        orders: dynamodb.ITable,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self.reports = PrivateBucket(
            self, "Reports", encryption_key=encryption_key, access_logs=AccessLogsBucket(self, "AccessLogs")
        )
        self.run = CronFunction(
            self,
            "Nightly",
            # Orders are counted by UTC days. An hour later the last of them have left the queue, or are in its alarm.
            schedule=scheduler.ScheduleExpression.cron(hour="1", minute="0", time_zone=TimeZone.ETC_UTC),
            code=python_code(
                self,
                Path(__file__).parent / "report_handler",
                runtime=PYTHON,
                architecture=lambda_.Architecture.ARM_64,
            ),
            handler="report.index.handler",
            environment={
                "TABLE_NAME": orders.table_name,
                "INDEX_NAME": BY_DAY,
                "BUCKET_NAME": self.reports.bucket_name,
                "PREFIX": PREFIX,
            },
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        written = self.reports.arn_for_objects(f"{PREFIX}*")
        for statement in (
            iam.PolicyStatement(actions=["dynamodb:Query"], resources=[f"{orders.table_arn}/index/{BY_DAY}"]),
            iam.PolicyStatement(actions=["s3:PutObject"], resources=[written]),
            table_key_statement(encryption_key),
            key_statement(encryption_key, "kms:GenerateDataKey"),
        ):
            self.run.function.add_to_role_policy(statement)
        assert self.run.function.role is not None
        acknowledge_wildcard_resource(
            self.run.function.role,
            written,
            "There is one report for each day, named for it; the prefix is theirs alone.",
        )
        CfnOutput(self, "ReportsBucket", value=self.reports.bucket_name)
        CfnOutput(self, "ReportFunction", value=self.run.function.function_name)
