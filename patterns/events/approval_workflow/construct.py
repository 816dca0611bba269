"""A workflow that works on orders step by step, after a person has approved them by a signed link."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, Len, Unit
from aws_cdk import Acknowledgment, Aws, Duration, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from aws_cdk.interfaces import aws_wafv2
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.encryption_key import key_statement
from patterns.building_blocks.event_rule import lost_events, send_to_queue
from patterns.building_blocks.key_policy import RULES, let_use
from patterns.building_blocks.lambda_function import LambdaFunction
from patterns.building_blocks.rest_api.exposure import BurstLimit, Exposure, RateLimit
from patterns.building_blocks.rest_api.front import Logging
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings, kept_name
from patterns.building_blocks.signature import checked
from patterns.events.approval_workflow.decisions import (
    Decisions,
    approval_function,
    permit_answers,
    table_statements,
)
from patterns.events.approval_workflow.definition import Workflow
from patterns.events.approval_workflow.example_steps import example_steps, kept_table
from patterns.events.approval_workflow.query_languages import QueryLanguage
from patterns.events.approval_workflow.steps import Step, Steps, check_steps, longest

DecisionTime = Annotated[
    Duration, Interval(ge=timedelta(seconds=10), le=timedelta(days=180)), Known("when reminders are sent")
]
"""How long an approver has."""

FieldNames = Annotated[
    Sequence[Annotated[str, Matches(r"[A-Za-z_][A-Za-z0-9_]{0,63}", "up to 64 letters, digits and _, no digit first")]],
    Len(1, 20),
    Unit("fields"),
    Known("the functions' settings"),
]
"""Fields of an order."""

RecordTime = Annotated[
    Duration, Interval(ge=timedelta(days=1), le=timedelta(days=3650)), Known("the functions' settings")
]
"""How long a decision is kept."""

_SHORTEST_INTERVAL = 5


class ApprovalWorkflow(Construct):
    """Work on orders step by step after a person's approval by a signed link, and undo what was done when one fails.

    A step is done at least once, and so is what undoes it: both get a `key` that is the same each time. The step that
    failed is undone too, because a try that timed out may have worked.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        steps: What is done with an order, in this order. Default: an example that reserves, charges and ships.
        query_language: How the workflow's states read and write data: "jsonata", which AWS recommends, or "jsonpath".
            Default: "jsonata".
        approval_from: The smallest `amount` of an order that a person must approve. Default: 0; each order.
        decision_time: How long an approver has; without a decision the order expires. Default: three days.
        reminders: How often is asked again in that time, evenly. Default: 2.
        shown: The fields of an order that an approver sees. Default: "id" and "amount".
        max_items: The most items of a list that a step is done for. Default: 100.
        approvers: The topic that links are sent to. Default: a new one, to which approvers subscribe.
        records_kept: How long a decision is kept after its link has expired. Default: one year.
        rate_limit: Requests a second to the API behind the links, more are answered 429. Default: 20.
        burst_limit: Requests at one moment, more are answered 429. Default: 40.
        web_acl: A web ACL that filters these requests. Default: none.
        domain_name: A domain name for the links; API Gateway's own is then turned off. Default: API Gateway's own.
        certificate: The certificate of the domain name. Required with `domain_name`.
        hosted_zone: The zone of the domain name's records. Default: none; no records are made.
        encryption_key: The key that encrypts tables, logs, the topic and the queue of failed executions; the history of
            executions is encrypted by a key that AWS owns. Default: keys that AWS owns or manages.
        cloudwatch_role: Whether to set the role with which API Gateway writes logs in this account and Region; there is
            one for all APIs. Default: True; False where it is set already.
        execution_log: Whether API Gateway logs its own errors, without request data. Default: False.
        log_retention: How long logs are kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        workflow (stepfunctions.StateMachine): The workflow.
        approvers (sns.ITopic): The topic that links are sent to.
        table (dynamodb.Table): The records of approvals.
        link_key (kms.Key): The key that signs links.
        link_url (str): What a link begins with.
        api (apigateway.RestApi): The API behind the links.
        access_log (logs.LogGroup): The log of its requests, without their query, which has the link's token.
        ask (lambda_.Function): The function that asks, reminds and closes.
        authorizer (lambda_.Function): The function that checks links.
        decide (lambda_.Function): The function that takes decisions.
        ledger (dynamodb.Table | None): What the example's steps have done, unless `steps` is given.
        failed (sqs.Queue): Events of executions that failed.
        alarms (list[cloudwatch.Alarm]): All alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        steps: Steps | None = None,
        query_language: QueryLanguage = "jsonata",
        approval_from: Annotated[
            float, Interval(ge=0, le=1_000_000_000_000), Known("whether the workflow compares amounts")
        ] = 0,
        decision_time: DecisionTime | None = None,
        reminders: Annotated[int, Interval(ge=0, le=20), Unit("reminders"), Known("when reminders are sent")] = 2,
        shown: FieldNames = ("id", "amount"),
        max_items: Annotated[
            int, Interval(ge=1, le=1000), Unit("items"), Known("whether an execution's history is long enough")
        ] = 100,
        approvers: sns.ITopic | None = None,
        records_kept: RecordTime | None = None,
        rate_limit: RateLimit = 20,
        burst_limit: BurstLimit = 40,
        web_acl: aws_wafv2.IWebACLRef | None = None,
        domain_name: DomainName | None = None,
        certificate: acm.ICertificate | None = None,
        hosted_zone: route53.IHostedZone | None = None,
        encryption_key: kms.IKey | None = None,
        cloudwatch_role: bool = True,
        execution_log: bool = False,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        time = int((decision_time or Duration.days(3)).to_seconds())
        interval = -(-time // (reminders + 1))
        if interval < _SHORTEST_INTERVAL:
            raise ValueError(
                f"reminders must leave {_SHORTEST_INTERVAL} seconds or more between two, got {reminders} within "
                f"{time} seconds"
            )
        if approvers is not None and approvers.fifo:
            raise ValueError("approvers must be a standard topic: nobody gets mail from a FIFO topic")
        check_here(scope, approvers=approvers)
        for one in steps or ():
            check_here(scope, **{f"steps[{one.name}]: does": one.does, f"steps[{one.name}]: undoes": one.undoes})
        if steps is not None:
            check_steps(steps, max_items)
        exposure = Exposure(rate_limit, burst_limit, web_acl, domain_name, certificate, hosted_zone)
        exposure.check(scope)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self._settings = settings
        kept = records_kept or Duration.days(365)
        self.table: dynamodb.Table = kept_table(self, "Approvals", settings, expires="forgotten")
        self.link_key = kms.Key(
            self,
            "LinkKey",
            description=f"Signs the links of approvals of {self.node.path}",
            key_spec=kms.KeySpec.HMAC_256,
            key_usage=kms.KeyUsage.GENERATE_VERIFY_MAC,
        )
        decisions = Decisions(
            self,
            "Decisions",
            link_key=self.link_key,
            table=self.table,
            kept=kept,
            exposure=exposure,
            logging=Logging(cloudwatch_role, execution_log),
            settings=settings,
        )
        self.api: apigateway.RestApi = decisions.api
        self.access_log: logs.LogGroup = decisions.access_log
        self.link_url: str = decisions.link_url
        self.authorizer: lambda_.Function = decisions.authorizer
        self.decide: lambda_.Function = decisions.function
        self.alarms: list[cloudwatch.Alarm] = list(decisions.alarms)
        self.approvers = approvers or self._topic()
        asks = self._asks(shown, time, kept)
        self.ask: lambda_.Function = asks.function
        self.alarms += asks.alarms

        self.ledger: dynamodb.Table | None = None
        if steps is None:
            steps, works, self.ledger = example_steps(self, settings)
            self.alarms += works.alarms
            check_steps(steps, max_items)
        self.workflow = self._run(
            Workflow(
                partition=Aws.PARTITION,
                language=query_language,
                steps=steps,
                ask=self.ask.function_arn,
                approval_from=approval_from,
                max_items=max_items,
                interval=interval,
                reminders=reminders,
                # An hour for what is not waiting: the timeout of the whole ends an execution without undoing anything.
                timeout=interval * (reminders + 1) + longest(steps, max_items) + 3600,
            ),
            steps,
        )
        self.failed: sqs.Queue = self._keep_failures()
        self._watch(own_topic=approvers is None)

    @checked
    def grant_start_execution(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone hand in an order.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["states:StartExecution"], resource_arns=[self.workflow.state_machine_arn]
        )

    @checked
    def metric_failed(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the executions that failed, undone or not.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in executions.
        """
        return self._metric("ExecutionsFailed", period)

    @checked
    def metric_started(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the orders that were handed in.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in executions.
        """
        return self._metric("ExecutionsStarted", period)

    def _metric(self, name: str, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        return self.workflow.metric(name, statistic="Sum", period=period or FIVE_MINUTES)

    def _topic(self) -> sns.Topic:
        managed = kms.Alias.from_alias_name(self, "TopicKey", "alias/aws/sns")
        return sns.Topic(self, "Approvers", master_key=self._settings.encryption_key or managed, enforce_ssl=True)

    def _asks(self, shown: Sequence[str], time: int, kept: Duration) -> LambdaFunction:
        made = approval_function(
            self,
            "Ask",
            "Asks for decisions and reminds of them",
            {
                "DECISION_SECONDS": str(time),
                "KEPT_SECONDS": f"{kept.to_seconds():.0f}",
                "LINK_KEY": self.link_key.key_arn,
                "LINK_URL": self.link_url,
                "SHOWN": json.dumps(list(shown)),
                "TABLE_NAME": self.table.table_name,
                "TOPIC_ARN": self.approvers.topic_arn,
            },
            self._settings,
            invoked="The workflow invokes it synchronously, tries again, and fails where nobody could be asked.",
        )
        made.permit(
            [
                *table_statements(self.table),
                key_statement(self.link_key, "kms:GenerateMac"),
                iam.PolicyStatement(actions=["sns:Publish"], resources=[self.approvers.topic_arn]),
            ]
        )
        key = self.approvers.master_key
        if isinstance(key, kms.Key) or (key is not None and key is self._settings.encryption_key):
            made.permit([key_statement(key, "kms:Decrypt", "kms:GenerateDataKey")])
        permit_answers(made)
        return made

    def _run(self, workflow: Workflow, steps: Sequence[Step]) -> stepfunctions.StateMachine:
        role = iam.Role(
            self,
            "WorkflowRole",
            assumed_by=iam.ServicePrincipal(
                "states.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
            ),
            description=f"Runs the workflow {self.node.path}",
        )
        functions = [self.ask, *(one for step in steps for one in (step.does, step.undoes) if one is not None)]
        # A function of several steps is named once.
        invoked = list({function.node.path: function.function_arn for function in functions}.values())
        role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=invoked))
        made = stepfunctions.StateMachine(
            self,
            "Workflow",
            # Not by the CDK, which drops each null: a ResultPath that is null keeps the input.
            definition_body=stepfunctions.DefinitionBody.from_string(json.dumps(workflow.definition())),
            state_machine_type=stepfunctions.StateMachineType.STANDARD,
            role=role,
            tracing_enabled=True,
            logs=stepfunctions.LogOptions(
                # AWS adds other groups one by one to a policy of CloudWatch Logs, which is full some day.
                # https://docs.aws.amazon.com/step-functions/latest/dg/bp-cwl.html
                destination=self._settings.log_group(
                    self, "WorkflowLog", name=kept_name("/aws/vendedlogs/states/", self)
                ),
                level=stepfunctions.LogLevel.ALL,
                # Without what orders say; the history, which only this account reads, has it.
                include_execution_data=False,
            ),
        )
        Validations.of(role).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-IAM5[Resource::*]",
                reason="AWS X-Ray's actions and those that set up the delivery of logs name no resource: IAM allows "
                "them only on all resources.",
            )
        )
        return made

    def _keep_failures(self) -> sqs.Queue:
        kept = DeadLetterQueue(
            self, "Failed", holds="executions that failed, timed out or were stopped", settings=self._settings
        )
        key = self._settings.encryption_key
        if key is not None:
            let_use(key, RULES, needed_by=self)
        self._failures = events.Rule(
            self,
            "Failures",
            description="Keeps what Step Functions says of executions that did not succeed",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [self.workflow.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            ),
        )
        send_to_queue(self._failures, kept.queue)
        self.alarms.append(kept.alarm)
        return kept.queue

    def _watch(self, *, own_topic: bool) -> None:
        settings = self._settings
        self.alarms.append(
            settings.alarm(
                self,
                "EventsLost",
                metric=lost_events(self._failures.rule_name),
                description="The event of an execution that failed could not be kept: check the queue's policy.",
            )
        )
        self.alarms.append(
            settings.alarm(
                self,
                "Throttled",
                metric=self._metric("ExecutionThrottled"),
                description="Steps of the workflow wait for capacity of AWS Step Functions: look at the quotas.",
            )
        )
        if own_topic:
            self.alarms.append(
                settings.alarm(
                    self,
                    "LinksUndelivered",
                    metric=self.approvers.metric("NumberOfNotificationsFailed", statistic="Sum", period=FIVE_MINUTES),
                    description="A link could not be delivered to a subscriber: look at the topic's subscriptions.",
                )
            )
