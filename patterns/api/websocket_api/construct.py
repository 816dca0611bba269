"""A WebSocket API whose connections are kept in a table, and pushed to from anywhere by a queue."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from annotated_types import Interval, Len, MultipleOf
from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.api.websocket_api.gateway import (
    BurstLimit,
    ConnectAuthorization,
    Connecting,
    Gateway,
    RateLimit,
    TokenHeader,
)
from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.bounds import Matches
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.encryption_key import table_key_statement
from patterns.building_blocks.function_settings import warn_of_late_answers
from patterns.building_blocks.granted_messages import grant_send
from patterns.building_blocks.granted_wildcard import grant_wildcard
from patterns.building_blocks.key_policy import RULES, let_use
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.queue_consumer import Polling, poll
from patterns.building_blocks.retained_table import RetainedTable, text_attribute
from patterns.building_blocks.same_region import check_certificate
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked

PUSH_TIMEOUT = Duration.minutes(5)
_CONNECTIONS_UNKNOWN = (
    "Which connections there will be is not known when the template is made; it is one stage of one API."
)

Routes = Annotated[
    Mapping[
        Annotated[str, Matches(r"[A-Za-z0-9_-]{1,64}", "up to 64 letters, digits, _ and -")],
        lambda_.IFunction,
    ],
    Len(0, 50),
]
"""Functions by the value of `action` in a message."""

SweepEvery = Annotated[
    Duration, Interval(ge=timedelta(minutes=5), le=timedelta(days=1)), MultipleOf(timedelta(minutes=1))
]
"""How often connections are looked at that may be gone."""


class WebSocketApi(Construct):
    """Keep connections of clients open, in groups, and push messages to them from anywhere.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        message_function: What handles messages of clients, as API Gateway's proxy events. Default: an example that
            hands `{"group": ..., "message": ...}` on to a group that its sender is in.
        routes: What handles messages whose field `action` has a value of its own, by that value. Default: none.
        authorization: "iam" for clients that sign with AWS credentials, "function" for a function that decides who
            connects, and may put them in groups: `{"context": {"groups": "room-1,room-2"}}`. Default: "iam".
        authorizer_function: The function that decides. Required with authorization="function".
        token_header: The header that its token is in: "Authorization", or "Sec-WebSocket-Protocol" for pages in a
            browser, which can set no other. Default: "Authorization", with authorization="function".
        sweep_every: How often each connection is looked at that may have gone without a word. Default: one hour.
        rate_limit: Connections and messages a second, more are refused. Default: 100.
        burst_limit: Connections and messages at one moment. Default: 200.
        domain_name: A domain name of one's own. Default: API Gateway's own.
        certificate: The certificate of the domain name. Required with `domain_name`.
        hosted_zone: Where the domain name's records are made. Default: nowhere.
        encryption_key: The key that encrypts connections, queues, logs and environment. Default: keys that AWS owns.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        api (apigatewayv2.WebSocketApi): The API.
        stage (apigatewayv2.WebSocketStage): Its stage.
        url (str): Where clients connect.
        callback_url (str): Where connections are posted to.
        table (dynamodb.Table): Who is connected, by group.
        push_queue (sqs.Queue): What is to be pushed: `{"group": "room-1", "message": {...}}`.
        dead_letters (sqs.Queue): What could not be pushed, and to whom.
        connect_function (lambda_.Function): What remembers and forgets connections.
        push_function (lambda_.Function): What pushes and sweeps.
        message_function (lambda_.IFunction): What handles messages.
        access_log (logs.LogGroup): Who connected and sent when, without what was sent.
        domain (apigatewayv2.DomainName | None): The domain of one's own.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        message_function: lambda_.IFunction | None = None,
        routes: Routes | None = None,
        authorization: ConnectAuthorization = "iam",
        authorizer_function: lambda_.IFunction | None = None,
        token_header: TokenHeader | None = None,
        sweep_every: SweepEvery | None = None,
        rate_limit: RateLimit = 100,
        burst_limit: BurstLimit = 200,
        domain_name: DomainName | None = None,
        certificate: acm.ICertificate | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        encryption_key: kms.IKey | None = None,
        cloudwatch_role: bool = True,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        connecting = Connecting(authorization, authorizer_function, token_header, domain_name, certificate, hosted_zone)
        check_certificate(scope, certificate)
        super().__init__(scope, construct_id)
        self._settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.table = self._connections(encryption_key)
        failed = DeadLetterQueue(
            self, "DeadLetters", holds="messages that could not be pushed", settings=self._settings, redrives=True
        )
        self.dead_letters = failed.queue
        self.push_queue = sqs.Queue(
            self,
            "Pushes",
            encryption=sqs.QueueEncryption.KMS if encryption_key else sqs.QueueEncryption.SQS_MANAGED,
            encryption_master_key=encryption_key,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(6 * PUSH_TIMEOUT.to_seconds()),
            dead_letter_queue=sqs.DeadLetterQueue(queue=failed.queue, max_receive_count=3),
            removal_policy=RemovalPolicy.RETAIN,
        )
        connect = self._function("Connect", "Remembers and forgets connections", timeout=Duration.seconds(29))
        self.connect_function = connect.function
        self._permit_table(connect, ["dynamodb:BatchWriteItem"], index=True)
        self.alarms: list[cloudwatch.Alarm] = [failed.alarm, *connect.alarms]
        self.message_function = message_function or self._relay()
        warn_of_late_answers(self, "message_function", message_function)
        for one in (routes or {}).values():
            warn_of_late_answers(self, "routes", one)
        gateway = Gateway(
            self,
            "Gateway",
            description=f"Keeps connections open ({self.node.path})",
            connecting=connecting,
            connect_function=self.connect_function,
            routes={"$default": self.message_function, **(routes or {})},
            rate_limit=rate_limit,
            burst_limit=burst_limit,
            cloudwatch_role=cloudwatch_role,
            settings=self._settings,
        )
        self._gateway = gateway
        self.api, self.stage, self.access_log = gateway.api, gateway.stage, gateway.access_log
        self.domain, self.url, self.callback_url = gateway.domain, gateway.url, gateway.callback_url
        push = self._push(encryption_key)
        self.push_function = push.function
        self._sweep(sweep_every or Duration.hours(1), failed)
        self._watch()

    @checked
    def grant_push(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone push messages to any group, by sending them to the queue.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return grant_send(grantee, self.push_queue)

    @checked
    def grant_connect(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone connect.

        Args:
            grantee: Who may.

        Returns:
            The grant.

        Raises:
            ValueError: If the API does not ask AWS IAM who may connect.
        """
        if self._gateway.connects_by != "iam":
            raise ValueError(f"grant_connect needs authorization='iam', got {self._gateway.connects_by!r}")
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["execute-api:Invoke"], resource_arns=[self._gateway.connect_arn]
        )

    @checked
    def grant_end_connections(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone end connections, by DELETE of `callback_url`.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        connections = self._gateway.connections_arn("DELETE")
        return grant_wildcard(grantee, ["execute-api:ManageConnections"], connections, _CONNECTIONS_UNKNOWN)

    @checked
    def metric_messages(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the messages, from clients and to them.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in messages.
        """
        return self._metric("MessageCount", period or FIVE_MINUTES)

    def _connections(self, encryption_key: kms.IKey | None) -> dynamodb.Table:
        table = RetainedTable(
            self,
            "Connections",
            partition_key="group",
            sort_key="connection",
            encryption_key=encryption_key,
            time_to_live_attribute="expires",
        )
        table.add_global_secondary_index(
            index_name="by-connection",
            partition_key=text_attribute("connection"),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        return table

    def _function(
        self,
        construct_id: str,
        description: str,
        *,
        timeout: Duration,
        memory: Size | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> LambdaFunction:
        architecture = lambda_.Architecture.ARM_64
        made = LambdaFunction(
            self,
            construct_id,
            description=description,
            code=python_code(self, Path(__file__).parent / "handler", runtime=PYTHON, architecture=architecture),
            handler=f"connections.{construct_id.lower()}.handler",
            architecture=architecture,
            memory=memory,
            timeout=timeout,
            environment={"TABLE_NAME": self.table.table_name, **(environment or {})},
            settings=self._settings,
        )
        reason = "It is invoked synchronously, by API Gateway or with messages of a queue that has dead letters."
        made.acknowledge_no_dead_letter_configuration(reason)
        return made

    def _relay(self) -> lambda_.Function:
        relay = self._function(
            "Relay",
            "Hands messages on to a group of their sender's",
            timeout=Duration.seconds(29),
            environment={"PUSH_QUEUE": self.push_queue.queue_url},
        )
        self._permit_table(relay, ["dynamodb:GetItem"])
        self.grant_push(relay.role)
        self.alarms += relay.alarms
        return relay.function

    def _push(self, encryption_key: kms.IKey | None) -> LambdaFunction:
        push = self._function(
            "Push",
            "Pushes messages to connections",
            timeout=PUSH_TIMEOUT,
            # Many connections side by side, each with TLS of its own.
            memory=Size.mebibytes(1769),
            environment={
                "CALLBACK_URL": self.callback_url,
                "DEAD_LETTERS": self.dead_letters.queue_url,
                "PUSH_QUEUE": self.push_queue.queue_url,
            },
        )
        self._permit_table(push, ["dynamodb:BatchWriteItem", "dynamodb:Query"], index=True)
        self.grant_push(push.role)
        push.permit([iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.dead_letters.queue_arn])])
        for method in ("GET", "POST"):
            connections = self._gateway.connections_arn(method)
            grant_wildcard(push.role, ["execute-api:ManageConnections"], connections, _CONNECTIONS_UNKNOWN)
        poll(self, self.push_queue, push.function, Polling(1, None, None), encryption_key)
        self.alarms += push.alarms
        return push

    def _permit_table(self, function: LambdaFunction, actions: list[str], *, index: bool = False) -> None:
        statements = [iam.PolicyStatement(actions=actions, resources=[self.table.table_arn])]
        if index:
            arn = f"{self.table.table_arn}/index/by-connection"
            statements.append(iam.PolicyStatement(actions=["dynamodb:Query"], resources=[arn]))
        if self.table.encryption_key is not None:
            statements.append(table_key_statement(self.table.encryption_key))
        function.permit(statements)

    def _sweep(self, every: Duration, failed: DeadLetterQueue) -> None:
        if failed.queue.encryption_master_key is not None:
            let_use(failed.queue.encryption_master_key, RULES, needed_by=self)
        events.Rule(
            self,
            "Sweep",
            description=f"Has connections of {self.node.path} swept that are gone",
            schedule=events.Schedule.rate(every),
            targets=[
                targets.SqsQueue(
                    self.push_queue,
                    message=events.RuleTargetInput.from_object({"sweep": True}),
                    dead_letter_queue=failed.queue,
                )
            ],
        )

    def _metric(self, name: str, period: Duration) -> cloudwatch.Metric:
        # Dimensions that are given stand in place of the API's own: by the stage alone there is no metric.
        dimensions = {"ApiId": self.api.api_id, "Stage": self.stage.stage_name}
        return self.api.metric(name, dimensions_map=dimensions, statistic="Sum", period=period)

    def _watch(self) -> None:
        self.alarms.append(
            self._settings.alarm(
                self,
                "IntegrationErrors",
                metric=self._metric("IntegrationError", FIVE_MINUTES),
                description="A function failed or took too long: read the access log, then the function's own.",
            )
        )
        self.alarms.append(
            self._settings.alarm(
                self,
                "ExecutionErrors",
                metric=self._metric("ExecutionError", FIVE_MINUTES),
                description="API Gateway could not call a function: look at its permission, and at throttles.",
            )
        )
        self.alarms.append(
            self._settings.alarm(
                self,
                "OldestPush",
                metric=self.push_queue.metric_approximate_age_of_oldest_message(
                    statistic="Maximum", period=FIVE_MINUTES
                ),
                threshold=300,
                description="A message has waited for five minutes to be pushed: read the log of the function.",
            )
        )
