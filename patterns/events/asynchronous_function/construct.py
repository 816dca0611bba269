"""A function whose callers do not wait, and whose results and failures go where they are needed."""

from pathlib import Path
from typing import Annotated

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.idempotency_table import IdempotencyTable, RememberedFor, idempotency_statements
from patterns.building_blocks.lambda_function import (
    PYTHON,
    EnvironmentVariables,
    FunctionMemory,
    FunctionTimeout,
    LambdaFunction,
    MaxEventAge,
    ReservedConcurrency,
    RetryAttempts,
)
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.ready_function import check_function, errors_alarm
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.events.asynchronous_function.arguments import (
    check_destinations,
    check_idempotency,
    check_ready,
)
from patterns.events.destinations.destination import Destination, acknowledge_records, arn_of, send_statements

EXAMPLE = Path(__file__).parent / "handler"
IdempotencyKey = Annotated[str, Matches(r"\S[ -~]{0,255}", "a JMESPath expression of up to 256 ASCII characters")]


class AsynchronousFunction(Construct):
    """Invoke a function without waiting, work on each event once, and send its result or failure on.

    Lambda keeps events in a queue of its own, tries those that fail again, and records what became of each at a
    destination. Only asynchronous invocations have destinations: a caller that waits is told of the failure itself.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        function: A ready function without destinations and dead letters. Default: one is made, of `code` or as an
            example.
        code: The code of a function to make. Default: an example that works on each event once.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long one try of a function that is made may take. Default: 30 seconds.
        reserved_concurrency: The most invocations at one time of a function that is made. Default: no limit of its own.
        on_success: Where the event and the result go when the function succeeds: a queue, a topic, an event bus or
            a function. Default: nowhere.
        on_failure: Where the event and the error go when it is given up: any of these, or a bucket. Default: a new
            dead-letter queue.
        retry_attempts: How often a failed event is tried again. Default: 2.
        max_event_age: After how long an event is given up. Default: 6 hours.
        idempotency_key: What two events have in common that are the same work, as JMESPath: "order.id". A function
            that is made finds it in its environment variable IDEMPOTENCY_KEY. Default: the whole event.
        idempotency_table: Where a function that is made remembers events. Default: a new table.
        remembered_for: How long an event is remembered, longer than it may wait. Default: one day.
        encryption_key: The key that encrypts table, log, environment and dead letters. Default: keys that AWS owns.
        log_retention: How long the log of a function that is made is kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        function (lambda_.IFunction): The function.
        dead_letters (sqs.Queue | None): Events that were given up, unless `on_failure` is given.
        idempotency_table (dynamodb.ITable | None): Where a function that was made remembers events.
        alarms (list[cloudwatch.Alarm]): All alarms.

    Raises:
        ValueError: If an argument is out of range, Lambda cannot send to a destination, or two arguments contradict
            each other.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: lambda_.IFunction | None = None,
        code: lambda_.Code | None = None,
        handler: str | None = None,
        runtime: lambda_.Runtime | None = None,
        environment: EnvironmentVariables | None = None,
        memory: FunctionMemory | None = None,
        timeout: FunctionTimeout | None = None,
        reserved_concurrency: ReservedConcurrency | None = None,
        on_success: Destination | None = None,
        on_failure: Destination | None = None,
        retry_attempts: RetryAttempts = 2,
        max_event_age: Annotated[MaxEventAge, Known("the alarm on events that wait")] | None = None,
        idempotency_key: IdempotencyKey | None = None,
        idempotency_table: dynamodb.ITable | None = None,
        remembered_for: Annotated[RememberedFor, Known("that events are remembered longer than they wait")]
        | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        own = {
            "runtime": runtime,
            "environment": environment,
            "memory": memory,
            "timeout": timeout,
            "reserved_concurrency": reserved_concurrency,
            "idempotency_key": idempotency_key,
            "idempotency_table": idempotency_table,
            "remembered_for": remembered_for,
        }
        check_function(function, code, handler, own)
        check_ready(function)
        check_here(scope, function=function, idempotency_table=idempotency_table)
        check_destinations(scope, function, on_success, on_failure)
        age, remembered = max_event_age or Duration.hours(6), remembered_for or Duration.days(1)
        check_idempotency(idempotency_table, remembered, age, environment)
        super().__init__(scope, construct_id)
        self._settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.alarms: list[cloudwatch.Alarm] = []
        self.dead_letters: sqs.Queue | None = None
        self.idempotency_table: dynamodb.ITable | None = None
        if on_failure is None:
            on_failure = self._keep_failures()

        if function is not None:
            self.function = function
            self.alarms.append(errors_alarm(self, "Errors", function, what="The function", topic=alarm_topic))
        else:
            self.idempotency_table = idempotency_table or IdempotencyTable(self, "Worked", settings=self._settings)
            made = self._make(
                code=code,
                handler=handler,
                runtime=runtime,
                memory=memory,
                timeout=timeout,
                reserved_concurrency=reserved_concurrency,
                environment={
                    **(environment or {}),
                    "IDEMPOTENCY_KEY": idempotency_key or "",
                    "IDEMPOTENCY_SECONDS": str(int(remembered.to_seconds())),
                    "IDEMPOTENCY_TABLE": self.idempotency_table.table_name,
                },
            )
            made.permit(idempotency_statements(self.idempotency_table))
            self.function = made.function
            self.alarms += made.alarms
        self._send_records(on_success, on_failure, retry_attempts, age)
        self._watch(age, keeps_failures=self.dead_letters is not None)

    @checked
    def grant_invoke(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let someone invoke the function, which IAM cannot confine to invocations that do not wait.

        Args:
            grantee: Who may.

        Returns:
            The grant.
        """
        return iam.Grant.add_to_principal(
            grantee=grantee, actions=["lambda:InvokeFunction"], resource_arns=[self.function.function_arn]
        )

    @checked
    def metric_event_age(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """How long events wait until the function is called with them.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in milliseconds.
        """
        return self.function.metric("AsyncEventAge", statistic="Maximum", period=period or FIVE_MINUTES)

    @checked
    def metric_events(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """How many events Lambda has queued for the function: what callers that do not wait have sent.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in events.
        """
        return self.function.metric("AsyncEventsReceived", statistic="Sum", period=period or FIVE_MINUTES)

    def _keep_failures(self) -> sqs.Queue:
        failed = DeadLetterQueue(
            self, "DeadLetters", holds="events that failed for good, each with its error", settings=self._settings
        )
        self.dead_letters = failed.queue
        self.alarms.append(failed.alarm)
        return failed.queue

    def _make(
        self,
        *,
        code: lambda_.Code | None,
        handler: str | None,
        runtime: lambda_.Runtime | None,
        memory: FunctionMemory | None,
        timeout: FunctionTimeout | None,
        reserved_concurrency: int | None,
        environment: EnvironmentVariables,
    ) -> LambdaFunction:
        architecture = lambda_.Architecture.ARM_64
        made = LambdaFunction(
            self,
            "Work",
            description="Works on events whose senders do not wait",
            code=code or python_code(self, EXAMPLE, runtime=PYTHON, architecture=architecture),
            handler=handler or "asynchronous_handler.index.handler",
            runtime=runtime,
            architecture=architecture,
            memory=memory,
            timeout=timeout,
            environment=environment,
            settings=self._settings,
            reserved_concurrency=reserved_concurrency,
        )
        resource = made.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)
        # The default, said so that nobody's account setting is taken for it.
        resource.recursive_loop = "Terminate"
        made.acknowledge_no_dead_letter_configuration(
            "Failed events go to an on-failure destination, which also keeps the error; with a dead-letter "
            "queue beside it each would be kept twice."
        )
        return made

    def _send_records(
        self, on_success: Destination | None, on_failure: Destination, retry_attempts: int, age: Duration
    ) -> None:
        role = self.function.role
        assert role is not None
        sends = iam.Policy(self, "SendsRecords", roles=[role])
        for destination in (on_success, on_failure):
            if destination is not None:
                sends.add_statements(*send_statements(destination))
                acknowledge_records(sends, destination)
        config = lambda_.CfnEventInvokeConfig
        records = config(
            self,
            "Records",
            function_name=self.function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=retry_attempts,
            maximum_event_age_in_seconds=age.to_seconds(),
            destination_config=config.DestinationConfigProperty(
                on_failure=config.OnFailureProperty(destination=arn_of(on_failure)),
                on_success=None if on_success is None else config.OnSuccessProperty(destination=arn_of(on_success)),
            ),
        )
        # Lambda checks at creation that the role may send to the destinations.
        records.node.add_dependency(sends)

    def _watch(self, age: Duration, *, keeps_failures: bool) -> None:
        settings = self._settings
        self.alarms += [
            settings.alarm(
                self,
                "RecordsLost",
                metric=self.function.metric("DestinationDeliveryFailures", statistic="Sum", period=FIVE_MINUTES),
                description="The record of an event could not be sent to its destination: check its policy and key, "
                "and whether event and result together are too large for it.",
            ),
            settings.alarm(
                self,
                "EventsWait",
                metric=self.metric_event_age(),
                threshold=int(age.to_milliseconds() / 2),
                description="Events have waited for half of the time after which they are given up: look for "
                "throttling and errors.",
            ),
        ]
        if not keeps_failures:
            self.alarms.append(
                settings.alarm(
                    self,
                    "EventsGivenUp",
                    metric=self.function.metric("AsyncEventsDropped", statistic="Sum", period=FIVE_MINUTES),
                    description="Events failed for good: look for them at the failure destination, mend the cause, "
                    "then invoke the function with their payload again.",
                )
            )
