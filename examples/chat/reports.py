"""A message that somebody reports is shown to a person, who has it hidden or leaves it."""

from pathlib import Path

from aws_cdk import CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.settings import Settings
from patterns.events.approval_workflow import ApprovalWorkflow, Step


class Reports(Stack):
    """The workflow of reports, and the function that hides a message once a moderator agrees.

    Args:
        messages: The table of messages.
        encryption_key: The key of tables, topic and logs.
        alarm_topic: Who is told of failures.

    Attributes:
        workflow (ApprovalWorkflow): The workflow; moderators subscribe to its topic.
        hide (lambda_.Function): What hides a message.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        messages: dynamodb.ITable,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        hide = LambdaFunction(
            Construct(self, "Moderation"),
            "Hide",
            description="Hides a message and forgets its text",
            code=python_code(
                self,
                Path(__file__).parent / "moderation_handler",
                runtime=PYTHON,
                architecture=lambda_.Architecture.ARM_64,
            ),
            handler="moderation.hide.handler",
            environment={"MESSAGES": messages.table_name},
            settings=Settings(encryption_key=encryption_key, alarm_topic=alarm_topic),
        )
        hide.acknowledge_no_dead_letter_configuration(
            "The workflow invokes it synchronously, tries again, and keeps the executions that fail."
        )
        hide.permit(
            [
                iam.PolicyStatement(actions=["dynamodb:UpdateItem"], resources=[messages.table_arn]),
                table_key_statement(encryption_key),
            ]
        )
        self.hide = hide.function
        self.workflow = ApprovalWorkflow(
            self,
            "Reports",
            steps=[Step(name="Hide", does=hide.function)],
            shown=["room", "person", "text"],
            decision_time=Duration.days(7),
            encryption_key=encryption_key,
            alarm_topic=alarm_topic,
        )
        self.alarms = [*hide.alarms, *self.workflow.alarms]
        CfnOutput(self, "Workflow", value=self.workflow.workflow.state_machine_arn)
        CfnOutput(self, "Moderators", value=self.workflow.approvers.topic_arn)
