"""The queue of an ApiToQueue, made or existing."""

from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Size
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.arguments import check_duration, check_range, check_size
from patterns.building_blocks.queue_consumer import Polling


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """The settings of a queue to make.

    Attributes:
        fifo: Whether it keeps order within each message group.
        content_based_deduplication: Whether it takes two equal bodies within five minutes for one message.
        encryption_key: Its key; None: a key that SQS owns.
        max_message_size: The largest message; None: 1 MiB.
        retention: How long it keeps a message; None: 4 days.
        max_receive_count: Failed attempts until a message goes to the dead letters.
        visibility_timeout: How long a message that is processed stays hidden; None: as long as its consumer needs.
    """

    fifo: bool
    content_based_deduplication: bool
    encryption_key: kms.IKey | None
    max_message_size: Size | None
    retention: Duration | None
    max_receive_count: int
    visibility_timeout: Duration | None

    def check(self, queue: sqs.IQueue | None, deduplication_id_from: str | None) -> None:
        """Refuse settings that the queue cannot have, or has already.

        Args:
            queue: The existing queue.
            deduplication_id_from: The part of a request with its deduplication id.

        Raises:
            ValueError: If a setting is out of range, or two contradict each other.
        """
        if queue is not None:
            settings = {
                "fifo": self.fifo or None,
                "content_based_deduplication": self.content_based_deduplication or None,
                "encryption_key": self.encryption_key,
                "retention": self.retention,
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
        check_duration("retention", self.retention, Duration.minutes(1), Duration.days(14))
        check_duration("visibility_timeout", self.visibility_timeout, Duration.seconds(1), Duration.hours(12))
        check_range("max_receive_count", self.max_receive_count, 1, 1000, "attempts")
        if self.max_message_size is not None:
            check_size("max_message_size", self.max_message_size, Size.kibibytes(1), Size.mebibytes(1))

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
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=self.max_receive_count),
            removal_policy=RemovalPolicy.RETAIN,
        )


def check_consumer(
    consumer: lambda_.IFunction | None, polling: Polling, settings: QueueSettings, *, fifo: bool
) -> None:
    """Refuse a consumer that would see messages twice, and polling without a consumer.

    Args:
        consumer: The function.
        polling: How Lambda polls the queue for it.
        settings: The queue's settings.
        fifo: Whether the queue is FIFO.

    Raises:
        ValueError: If a setting is out of range, or two contradict each other.
    """
    if consumer is None:
        for argument, value in {
            "batching_window": polling.batching_window,
            "max_concurrency": polling.max_concurrency,
        }.items():
            if value is not None:
                raise ValueError(f"{argument} needs consumer: without one nothing takes messages off the queue here")
    polling.check(fifo=fifo)
    polling.check_visibility(
        "visibility_timeout", settings.visibility_timeout, least_visibility(consumer, polling), "consumer"
    )


def least_visibility(consumer: lambda_.IFunction | None, polling: Polling) -> int | None:
    """How long a message must stay hidden while the consumer processes it.

    Args:
        consumer: The function.
        polling: How Lambda polls the queue for it.

    Returns:
        Seconds; None without a consumer, or if its timeout is not known.
    """
    return polling.least_visibility(consumer.timeout if isinstance(consumer, lambda_.Function) else None)
