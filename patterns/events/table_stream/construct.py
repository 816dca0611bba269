"""A table whose changes several functions work on, each with its own filter, retries and failures."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from annotated_types import Len
from aws_cdk import Acknowledgment, Duration, Stack, Validations
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
from patterns.building_blocks.arguments import shown
from patterns.building_blocks.bounds import Matches
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.encryption_key import key_statement
from patterns.building_blocks.idempotency_table import IdempotencyTable, idempotency_statements
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.ready_function import errors_alarm
from patterns.building_blocks.retained_table import RetainedTable
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.events.destinations.destination import acknowledge_records, arn_of, send_statements
from patterns.events.table_stream.consumer import Consumer

EXAMPLE = Path(__file__).parent / "handler"
READERS = 2
"""How many readers a shard has throughput for; of a global table it is one."""

REMEMBERED = Duration.hours(48)
"""How long a change is remembered: longer than the stream keeps it and a replay may take."""

AttributeName = Annotated[str, Matches(r"[A-Za-z0-9_.-]{1,255}", "up to 255 letters, digits and _.-")]


class TableStream(Construct):
    """Let functions work on each change of a table, in order, each with its own filter, retries and failures.

    A change that fails is tried again, alone in the end, and then told to a failure destination before the stream
    forgets it, so that it neither holds up what comes after it nor is lost.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        consumers: The functions, each with its name and filter.
        table: A table with a stream of new and old images. Default: a new one.
        partition_key: The partition key, of type string, of a new table. Default: "id".
        sort_key: The sort key, of type string, of a new table. Default: none.
        encryption_key: The key that encrypts tables, logs, environments and dead letters. Default: keys that AWS owns.
        log_retention: How long the functions' logs are kept. Default: one month.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        table (dynamodb.ITable): The table.
        functions (dict[str, lambda_.IFunction]): The functions by the consumers' names.
        mappings (dict[str, lambda_.EventSourceMapping]): What reads the stream for each, by the same names.
        dead_letters (dict[str, sqs.Queue]): Where it is told what each gave up, by the same names.
        remembered (dynamodb.Table | None): Where functions that are made remember changes.
        alarms (list[cloudwatch.Alarm]): All alarms.

    Raises:
        ValueError: If the table has no stream, there are more consumers than the stream has readers, or a consumer is
            malformed.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        consumers: Annotated[Sequence[Consumer], Len(1, READERS)],
        table: dynamodb.ITable | None = None,
        partition_key: AttributeName | None = None,
        sort_key: AttributeName | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_here(scope, table=table)
        _check_table(table, {"partition_key": partition_key, "sort_key": sort_key}, len(consumers))
        if partition_key is not None and partition_key == sort_key:
            raise ValueError(f"sort_key must be another attribute than partition_key, got {sort_key!r}")
        names = [one.name for one in consumers]
        if len(set(names)) < len(names):
            raise ValueError(f"consumers must have different names, got {', '.join(names)}")
        for one in consumers:
            one.check(scope)
        super().__init__(scope, construct_id)
        self._settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.table: dynamodb.ITable = table or self._make_table(partition_key or "id", sort_key)
        self.functions: dict[str, lambda_.IFunction] = {}
        self.mappings: dict[str, lambda_.EventSourceMapping] = {}
        self.dead_letters: dict[str, sqs.Queue] = {}
        self.alarms: list[cloudwatch.Alarm] = []
        self.remembered: dynamodb.Table | None = None
        if any(one.function is None for one in consumers):
            self.remembered = IdempotencyTable(self, "Remembered", settings=self._settings)
        for one in consumers:
            self._consume(Construct(self, one.name), one)

    @checked
    def metric_age(self, consumer: str, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """How old the last change of a batch is when a consumer is given it.

        Args:
            consumer: The consumer's name.
            period: The period. Default: five minutes.

        Returns:
            The metric, in milliseconds.

        Raises:
            ValueError: If there is no such consumer.
        """
        if consumer not in self.functions:
            raise ValueError(f"consumer must be one of {', '.join(self.functions)}, got {shown(consumer)}")
        return self.functions[consumer].metric("IteratorAge", statistic="Maximum", period=period or FIVE_MINUTES)

    def _make_table(self, partition_key: str, sort_key: str | None) -> dynamodb.Table:
        key = self._settings.encryption_key

        return RetainedTable(
            self, "Table", partition_key=partition_key, sort_key=sort_key, stream=True, encryption_key=key
        )

    def _consume(self, scope: Construct, one: Consumer) -> None:
        to = one.on_failure
        if to is None:
            failed = DeadLetterQueue(
                scope,
                "DeadLetters",
                holds=f"places in the stream of changes that {one.name} gave up: replay them within a day",
                settings=self._settings,
            )
            to = self.dead_letters[one.name] = failed.queue
            self.alarms.append(failed.alarm)
        function = one.function or self._make(scope, one)
        self.functions[one.name] = function
        role = function.role
        assert role is not None
        reads = iam.Policy(scope, "ReadsStream", roles=[role], statements=[*self._reads(), *send_statements(to)])
        Validations.of(reads).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-IAM5[Resource::*]",
                reason="DynamoDB's action that lists streams names no resource: IAM allows it only on all of them.",
            )
        )
        acknowledge_records(reads, to)
        mapping = lambda_.EventSourceMapping(
            scope,
            "Changes",
            target=function,
            event_source_arn=self.table.table_stream_arn,
            # LATEST would lose what changes while the mapping is made.
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=one.batch_size,
            max_batching_window=one.batching_window,
            parallelization_factor=one.parallelization_factor,
            bisect_batch_on_error=True,
            report_batch_item_failures=True,
            retry_attempts=one.retry_attempts,
            max_record_age=one.max_record_age or Duration.hours(6),
            filters=[{"pattern": json.dumps(pattern, sort_keys=True)} for pattern in one.patterns()] or None,
        )
        resource = mapping.node.default_child
        assert isinstance(resource, lambda_.CfnEventSourceMapping)
        config = lambda_.CfnEventSourceMapping
        # The L2's destinations would grant more than what is sent, and ListStreams besides.
        resource.destination_config = config.DestinationConfigProperty(
            on_failure=config.OnFailureProperty(destination=arn_of(to))
        )
        # Lambda checks at creation that the role may read the stream.
        mapping.node.add_dependency(reads)
        self.mappings[one.name] = mapping
        self._watch(scope, one, function)

    def _make(self, scope: Construct, one: Consumer) -> lambda_.Function:
        assert self.remembered is not None
        architecture = lambda_.Architecture.ARM_64
        made = LambdaFunction(
            scope,
            "Work",
            description=f"{one.name}: works on the changes of a table",
            code=one.code or python_code(self, EXAMPLE, runtime=PYTHON, architecture=architecture),
            handler=one.handler or "stream_handler.index.handler",
            runtime=one.runtime,
            architecture=architecture,
            memory=one.memory,
            timeout=one.timeout,
            environment={
                **(one.environment or {}),
                "IDEMPOTENCY_SECONDS": str(int(REMEMBERED.to_seconds())),
                "IDEMPOTENCY_TABLE": self.remembered.table_name,
            },
            settings=self._settings,
        )
        made.permit(idempotency_statements(self.remembered))
        made.acknowledge_no_dead_letter_configuration(
            "Changes that fail for good go to the failure destination of the event source mapping."
        )
        self.alarms += made.alarms
        return made.function

    def _reads(self) -> list[iam.PolicyStatement]:
        stream = str(self.table.table_stream_arn)
        actions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        statements = [
            iam.PolicyStatement(actions=actions, resources=[stream]),
            iam.PolicyStatement(actions=["dynamodb:ListStreams"], resources=["*"]),
        ]
        if self.table.encryption_key is not None:
            statements.append(key_statement(self.table.encryption_key, "kms:Decrypt"))
        return statements

    def _watch(self, scope: Construct, one: Consumer, function: lambda_.IFunction) -> None:
        settings = replace(self._settings)
        if one.function is not None:
            self.alarms.append(errors_alarm(scope, "Errors", function, what=one.name, topic=settings.alarm_topic))
        late = one.late_after or Duration.minutes(15)
        self.alarms += [
            settings.alarm(
                scope,
                "Late",
                metric=self.metric_age(one.name),
                threshold=int(late.to_milliseconds()),
                description=f"{one.name} is behind the table: look for errors, throttling and slow batches. What is "
                "older than a day is gone from the stream.",
            ),
            settings.alarm(
                scope,
                "FailuresLost",
                metric=function.metric("DestinationDeliveryFailures", statistic="Sum", period=FIVE_MINUTES),
                description=f"It could not be told what {one.name} gave up: check the destination's policy and key.",
            ),
        ]


def _check_table(table: dynamodb.ITable | None, own: dict[str, str | None], readers: int) -> None:
    if table is None:
        return
    for argument, value in own.items():
        if value is not None:
            raise ValueError(f"{argument} must not be given with table: a ready table has its own")
    if table.table_stream_arn is None:
        raise ValueError(
            "table must have a stream: give it one, or import it with from_table_attributes(table_stream_arn=...)"
        )
    resource = table.node.default_child
    if isinstance(resource, dynamodb.CfnTable):
        given = Stack.of(resource).resolve(resource.stream_specification) or {}
        view = given.get("streamViewType") or "none"
        if view != "NEW_AND_OLD_IMAGES":
            raise ValueError(f"table must have a stream of NEW_AND_OLD_IMAGES, got {view}")
    if isinstance(resource, dynamodb.CfnGlobalTable):
        replicas = Stack.of(resource).resolve(resource.replicas)
        if len(replicas) > 1 and readers > 1:
            raise ValueError(
                "consumers must be one for a global table: replication reads its stream as well, and a shard has "
                f"throughput for two readers, got {readers}"
            )
