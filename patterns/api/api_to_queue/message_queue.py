"""The queue of an ApiToQueue, made or existing."""

from dataclasses import dataclass
from typing import Annotated

from annotated_types import Interval
from aws_cdk import Duration, RemovalPolicy, Size, Token
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.bounds import kibibytes, mebibytes
from patterns.building_blocks.function_settings import LONGEST_TIMEOUT, timeout_of
from patterns.building_blocks.queue_consumer import Polling

MaxMessageSize = Annotated[Size, Interval(ge=kibibytes(1), le=mebibytes(1))]
"""The largest message that a queue takes."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """The settings of a queue to make.

    Attributes:
        fifo: Whether it keeps order within each message group.
        content_based_deduplication: Whether it takes two equal bodies within five minutes for one message.
        encryption_key: Its key; None: a key that SQS owns.
        max_message_size: The largest message; None: 1 MiB.
        retention: How long it keeps a message; None: 4 days.
        max_receive_count: Failed attempts until a message goes to the dead letters; None: 5.
        visibility_timeout: How long a message that is processed stays hidden; None: as long as its consumer needs.
    """

    fifo: bool
    content_based_deduplication: bool
    encryption_key: kms.IKey | None
    max_message_size: Size | None
    retention: Duration | None
    max_receive_count: int | None
    visibility_timeout: Duration | None

    def check(self, queue: sqs.IQueue | None, deduplication_id_from: str | None) -> None:
        """Refuse settings that the queue cannot have, or has already.

        Args:
            queue: The existing queue.
            deduplication_id_from: The part of a request with its deduplication id.

        Raises:
            ValueError: If two contradict each other.
        """
        if queue is not None:
            settings = {
                "fifo": self.fifo or None,
                "content_based_deduplication": self.content_based_deduplication or None,
                "encryption_key": self.encryption_key,
                "retention": self.retention,
                "max_receive_count": self.max_receive_count,
                "max_message_size": self.max_message_size,
                "visibility_timeout": self.visibility_timeout,
            }
            for argument, value in settings.items():
                if value is not None:
                    raise ValueError(f"{argument} must not be given with queue: an existing queue has its own")
        if not (queue.fifo if queue is not None else self.fifo):
            if self.content_based_deduplication:
                raise ValueError("content_based_deduplication needs fifo=True: a standard queue does not deduplicate")
            if deduplication_id_from is not None:
                raise ValueError(
                    "message_deduplication_id_from needs a FIFO queue: a standard queue does not deduplicate"
                )

    def make(self, scope: Construct, *, dead_letters: sqs.IQueue, least_visibility: int | None) -> sqs.Queue:
        """Make the queue.

        Args:
            scope: Parent construct.
            dead_letters: Where messages go that failed too often.
            least_visibility: How long its consumer needs a message hidden, in seconds.

        Returns:
            The queue.
        """
        return sqs.Queue(
            scope,
            "Queue",
            # None, not False: CloudFormation refuses FifoQueue=false.
            fifo=self.fifo or None,
            content_based_deduplication=self.content_based_deduplication or None,
            encryption=sqs.QueueEncryption.KMS if self.encryption_key else sqs.QueueEncryption.SQS_MANAGED,
            encryption_master_key=self.encryption_key,
            enforce_ssl=True,
            max_message_size_bytes=int((self.max_message_size or Size.mebibytes(1)).to_bytes()),
            retention_period=self.retention or Duration.days(4),
            visibility_timeout=self.visibility_timeout or Duration.seconds(max(30, least_visibility or 0)),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=self.max_receive_count or 5),
            removal_policy=RemovalPolicy.RETAIN,
        )


def check_consumer(
    consumer: lambda_.IFunction | None,
    polling: Polling,
    settings: QueueSettings,
    queue: sqs.IQueue | None,
    *,
    fifo: bool,
) -> None:
    """Refuse a consumer that would see messages twice, and polling without a consumer.

    Args:
        consumer: The function.
        polling: How Lambda polls the queue for it.
        settings: The settings of a queue to make.
        queue: The existing queue.
        fifo: Whether the queue is FIFO.

    Raises:
        ValueError: If two contradict each other.
    """
    if consumer is None:
        for argument, value in {
            "batching_window": polling.batching_window,
            "max_concurrency": polling.max_concurrency,
        }.items():
            if value is not None:
                raise ValueError(f"{argument} needs consumer: without one nothing takes messages off the queue here")
    polling.check(consumer, fifo=fifo)
    if settings.visibility_timeout is None and queue is not None and consumer is not None:
        _check_existing(queue, consumer)
    least = None if consumer is None else polling.least_visibility(timeout_of(consumer))
    polling.check_visibility("visibility_timeout", settings.visibility_timeout, least, "consumer")


def least_visibility(consumer: lambda_.IFunction | None, polling: Polling) -> int | None:
    """How long a message must stay hidden while the consumer processes it.

    Args:
        consumer: The function.
        polling: How Lambda polls the queue for it.

    Returns:
        Seconds; None without a consumer, or if its timeout is not known.
    """
    if consumer is None:
        return None
    # The timeout of an imported function is not known: it may be the longest that there is.
    return polling.least_visibility(timeout_of(consumer)) or polling.least_visibility(LONGEST_TIMEOUT, attempts=1)


def _check_existing(queue: sqs.IQueue, consumer: lambda_.IFunction) -> None:
    resource, timeout = queue.node.default_child, timeout_of(consumer)
    if not isinstance(resource, sqs.CfnQueue) or timeout is None:
        return
    # SQS's own default: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
    visibility = 30 if resource.visibility_timeout is None else resource.visibility_timeout
    if not Token.is_unresolved(visibility) and visibility < timeout.to_seconds():
        raise ValueError(
            f"queue must hide messages for at least {timeout.to_seconds():g} seconds, the consumer's timeout, "
            f"got a visibility timeout of {visibility:g}"
        )
