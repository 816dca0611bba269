"""AWS Lambda functions that take messages off Amazon SQS queues."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated

from annotated_types import Interval, Unit
from aws_cdk import Acknowledgment, Duration, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct, DependencyGroup, IDependable

from patterns.building_blocks.arguments import check_range
from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.encryption_key import key_statement
from patterns.building_blocks.function_settings import reserved_concurrency_of

BatchSize = Annotated[int, Interval(ge=1, le=10_000), Unit("messages")]
"""Messages that a function gets at once; from FIFO queues at most 10."""

BatchingWindow = Annotated[Duration, Interval(ge=timedelta(0), le=timedelta(minutes=5))]
"""How long a batch is gathered."""

MaxConcurrency = Annotated[int, Interval(ge=2, le=1000), Unit("batches")]
"""The most batches at one time."""

MaxReceiveCount = Annotated[int, Interval(ge=1, le=1000), Unit("attempts")]
"""Failed attempts until a message goes to the dead letters."""

Retention = Annotated[Duration, Interval(ge=timedelta(minutes=1), le=timedelta(days=14))]
"""How long a queue keeps a message."""

VisibilityTimeout = Annotated[Duration, Interval(ge=timedelta(seconds=1), le=timedelta(hours=12))]
"""How long a message that is processed stays hidden."""

MessageAge = Annotated[Duration, Interval(ge=timedelta(minutes=1), le=timedelta(days=14))]
"""How old a message may be when an alarm goes off."""


@dataclass(frozen=True, slots=True)
class Polling:
    """How Lambda polls a queue for a function.

    Attributes:
        batch_size: Messages that the function gets at once.
        batching_window: How long a batch is gathered; None: not at all.
        max_concurrency: The most batches at one time; None: no limit of its own.
    """

    batch_size: int
    batching_window: Duration | None
    max_concurrency: int | None

    def check(self, function: lambda_.IFunction | None = None, *, of: str = "", fifo: bool = False) -> None:
        """Refuse settings that contradict each other.

        Args:
            function: The function, if it is a ready one.
            of: The beginning of each message: "consumers[Orders]: ".
            fifo: Whether the queue is FIFO.

        Raises:
            ValueError: If two do.
        """
        if fifo:
            check_range(f"{of}batch_size", self.batch_size, 1, 10, "messages from a FIFO queue")
        if fifo and self.batching_window is not None:
            raise ValueError(f"{of}batching_window needs a standard queue: Lambda has none for FIFO queues")
        gathered = self.batching_window is not None and self.batching_window.to_seconds() >= 1
        if self.batch_size > 10 and not gathered:
            raise ValueError(
                f"{of}batch_size above 10 needs batching_window of at least one second, got {self.batch_size}"
            )

        reserve = None if function is None else reserved_concurrency_of(function)
        if reserve == 1:
            raise ValueError(
                f"{of}max_concurrency cannot be less than 2, and the function reserves a concurrency of 1: what its "
                "pollers take beyond it is throttled, and ends in the dead letters"
            )
        if reserve is not None and self.max_concurrency is not None and self.max_concurrency > reserve:
            raise ValueError(
                f"{of}max_concurrency must be at most {reserve}, the function's reserved concurrency, "
                f"got {self.max_concurrency}"
            )

    def within_reserve(self, function: lambda_.IFunction, default: int | None = None) -> "Polling":
        """Keep the pollers within a function's reserved concurrency.

        Args:
            function: The function.
            default: The most batches at one time where neither the user nor a reserve says it; None: no limit.

        Returns:
            How Lambda polls.
        """
        if self.max_concurrency is not None:
            return self
        limits = [one for one in (default, reserved_concurrency_of(function)) if one is not None]
        return replace(self, max_concurrency=min(limits, default=None))

    def least_visibility(self, timeout: Duration | None, *, attempts: int = 6) -> int | None:
        """How long a message must at least stay hidden while a function processes it.

        Lambda tries a batch again when it is throttled, each time anew within the timeout: AWS asks for six times.

        Args:
            timeout: The function's timeout; None: not known.
            attempts: How often the function may try within it. Default: as often as AWS asks for.

        Returns:
            Seconds: so many times the timeout, and the window; None if the timeout is not known.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
        """
        if timeout is None or timeout.is_unresolved():
            return None
        return int(attempts * timeout.to_seconds() + (self.batching_window.to_seconds() if self.batching_window else 0))

    def check_visibility(self, argument: str, visibility: Duration | None, least: int | None, whose: str) -> None:
        """Refuse a visibility timeout within which a message would be processed twice.

        Args:
            argument: The argument's own name.
            visibility: The visibility timeout; None and unresolved tokens pass.
            least: The least that is right, in seconds; None passes.
            whose: Who processes the messages, for the message.

        Raises:
            ValueError: If it is too short.
        """
        if visibility is None or visibility.is_unresolved() or least is None or visibility.to_seconds() >= least:
            return
        raise ValueError(
            f"{argument} must be at least {least} seconds, six times the {whose}'s timeout and the batching window, "
            f"got {visibility.to_seconds():g}"
        )


def poll(
    scope: Construct,
    queue: sqs.IQueue,
    function: lambda_.IFunction,
    polling: Polling,
    encryption_key: kms.IKey | None,
) -> lambda_.EventSourceMapping:
    """Give a function, of this stack or another one, the messages of a queue; it answers with those that failed.

    Args:
        scope: Parent construct.
        queue: The queue.
        function: The function. Its answer names failed messages under `batchItemFailures`.
        polling: How Lambda polls.
        encryption_key: The queue's customer key, if it has one.

    Returns:
        The event source mapping.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    may_read = let_consume(scope, function, queue, encryption_key)
    mapping = lambda_.EventSourceMapping(
        scope,
        "Deliveries",
        target=function,
        event_source_arn=queue.queue_arn,
        batch_size=polling.batch_size,
        max_batching_window=polling.batching_window,
        max_concurrency=polling.max_concurrency,
        report_batch_item_failures=True,
    )
    mapping.node.add_dependency(may_read)
    Validations.of(mapping).acknowledge(
        Acknowledgment(
            id="Serverless::Serverless-LambdaEventSourceMappingDestination",
            reason="A mapping of an SQS queue cannot have a destination: what fails goes to the queue's own dead "
            "letters.",
        )
    )
    return mapping


def let_consume(
    scope: Construct, function: lambda_.IFunction, queue: sqs.IQueue, encryption_key: kms.IKey | None
) -> IDependable:
    """Let a function, of this stack or another one, take messages off a queue.

    Args:
        scope: Parent construct of the event source mapping.
        function: The function.
        queue: The queue.
        encryption_key: The queue's customer key, if it has one.

    Returns:
        The dependency of the mapping: when it is created, Lambda checks that the function may read the queue.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    statements = [
        iam.PolicyStatement(
            actions=["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
            resources=[queue.queue_arn],
        )
    ]
    if encryption_key is not None:
        statements.append(key_statement(encryption_key, "kms:Decrypt"))
    if function.role is not None and not in_one_stack(scope, function):
        # In the role's own policy the statements would make the function's stack wait for this one.
        return iam.Policy(scope, "TakesMessages", statements=statements, roles=[function.role])
    waited_for = DependencyGroup()
    for statement in statements:
        added = function.grant_principal.add_to_principal_policy(statement)
        if added.policy_dependable is not None:
            waited_for.add(added.policy_dependable)
    return waited_for
