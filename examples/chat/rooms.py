"""Rooms: who is connected, what they say, ask for and report, and how each message gets to the others."""

from collections.abc import Mapping
from pathlib import Path

from aws_cdk import CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.api.websocket_api import WebSocketApi
from patterns.building_blocks.encryption_key import key_statement, table_key_statement
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.settings import Settings
from patterns.events.approval_workflow import ApprovalWorkflow
from patterns.events.table_stream import Consumer, TableStream

_HERE = Path(__file__).parent
_INVOKED = "API Gateway invokes it synchronously: a client that is not answered sends again, under the same id."


class Rooms(Stack):
    """The WebSocket API with its actions, and what pushes each change of the history to its room.

    Args:
        messages: The table of messages.
        workflow: The workflow of reports.
        encryption_key: The key of tables, queues and logs.
        alarm_topic: Who is told of failures.

    Attributes:
        token_key (kms.Key): The key that signs who may connect, and to which rooms.
        api (WebSocketApi): Where clients connect.
        stream (TableStream): What tells a room of its messages.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        messages: dynamodb.ITable,
        workflow: ApprovalWorkflow,
        encryption_key: kms.IKey,
        alarm_topic: sns.ITopic,
        env: Environment | None = None,
    ) -> None:
        super().__init__(scope, construct_id, env=env)
        self._settings = Settings(encryption_key=encryption_key, alarm_topic=alarm_topic)
        self._key = encryption_key
        self.token_key = kms.Key(
            self,
            "TokenKey",
            description="Signs who may connect to the chat",
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
        )
        self.alarms = []
        self._actions = Construct(self, "Actions")
        authorize = self._function("Authorize", "Lets in who has a token", {"TOKEN_KEY": self.token_key.key_arn})
        authorize.permit([key_statement(self.token_key, "kms:VerifyMac")])
        other = self._function("Other", "Takes what is no action of the chat", {})
        of_history = {"MESSAGES": messages.table_name}
        actions = {
            "say": self._function("Say", "Says a message once", of_history),
            "history": self._function("History", "Looks up a page of what was said", of_history),
            "report": self._function(
                "Report",
                "Reports a message to the moderators",
                {**of_history, "WORKFLOW": workflow.workflow.state_machine_arn},
            ),
        }
        self.api = WebSocketApi(
            self,
            "Api",
            authorization="function",
            authorizer_function=authorize.function,
            token_header="Sec-WebSocket-Protocol",
            message_function=other.function,
            routes={name: one.function for name, one in actions.items()},
            encryption_key=encryption_key,
            # The API behind the moderators' links sets the role with which API Gateway writes logs.
            cloudwatch_role=False,
            alarm_topic=alarm_topic,
        )
        for one in actions.values():
            self._let_answer(one)
            one.permit(
                [
                    iam.PolicyStatement(actions=["dynamodb:GetItem"], resources=[self.api.table.table_arn]),
                    table_key_statement(encryption_key),
                ]
            )
        self._permit(actions["say"], messages, "dynamodb:PutItem")
        self._permit(actions["history"], messages, "dynamodb:Query")
        self._permit(actions["report"], messages, "dynamodb:GetItem")
        workflow.grant_start_execution(actions["report"].role)
        self.stream = self._deliver(messages)
        self.alarms += [*self.api.alarms, *self.stream.alarms]
        CfnOutput(self, "Url", value=self.api.url)
        CfnOutput(self, "TokenKeyArn", value=self.token_key.key_arn)

    def _function(self, construct_id: str, description: str, environment: Mapping[str, str]) -> LambdaFunction:
        made = LambdaFunction(
            self._actions,
            construct_id,
            description=description,
            code=python_code(self, _HERE / "rooms_handler", runtime=PYTHON, architecture=lambda_.Architecture.ARM_64),
            handler=f"chat.{construct_id.lower()}.handler",
            environment=environment,
            # API Gateway gives up what answers after 29 seconds.
            timeout=Duration.seconds(20),
            settings=self._settings,
        )
        made.acknowledge_no_dead_letter_configuration(_INVOKED)
        self.alarms += made.alarms
        return made

    def _let_answer(self, function: LambdaFunction) -> None:
        function.function.add_environment("CONNECTIONS", self.api.table.table_name)
        function.function.add_environment("PUSH_QUEUE", self.api.push_queue.queue_url)
        self.api.grant_push(function.role)

    def _permit(self, function: LambdaFunction, messages: dynamodb.ITable, action: str) -> None:
        function.permit([iam.PolicyStatement(actions=[action], resources=[messages.table_arn])])

    def _deliver(self, messages: dynamodb.ITable) -> TableStream:
        stream = TableStream(
            self,
            "Stream",
            table=messages,
            consumers=[
                Consumer(
                    name="Deliver",
                    code=python_code(
                        self, _HERE / "deliver_handler", runtime=PYTHON, architecture=lambda_.Architecture.ARM_64
                    ),
                    handler="deliver.index.handler",
                    environment={"PUSH_QUEUE": self.api.push_queue.queue_url},
                    # Not what remembers ids, and not what a year has made old.
                    changes=["INSERT", "MODIFY"],
                    filters=[{"dynamodb": {"NewImage": {"kind": {"S": ["message"]}}}}],
                )
            ],
            encryption_key=self._key,
            alarm_topic=self._settings.alarm_topic,
        )
        self.api.grant_push(stream.functions["Deliver"])
        return stream
