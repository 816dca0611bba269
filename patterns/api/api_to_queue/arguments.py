"""What an ApiToQueue can be asked for."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import Duration, Size
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from patterns.building_blocks.arguments import check_duration, check_range, check_size

# API Gateway allows "$" too, which a mapping template would read as a reference.
_SOURCE = re.compile(r"method\.request\.(header|querystring)\.[A-Za-z0-9._-]{1,128}")
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
_ATTRIBUTE = re.compile(r"(?!aws\.|amazon\.)[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.IGNORECASE)
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_PATH = re.compile(r"[A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*")
_SOURCE_FORM = "method.request.header.NAME or method.request.querystring.NAME"


def is_json(content_type: str) -> bool:
    """Say whether bodies of `content_type` are JSON.

    Args:
        content_type: A media type without parameters.

    Returns:
        Whether they are.
    """
    return content_type == "application/json" or content_type.endswith("+json")


def check_request(
    path: str, schema: Mapping[str, Any] | None, content_types: Sequence[str], attributes: Mapping[str, str] | None
) -> None:
    """Refuse what no request can be described with.

    Raises:
        ValueError: If an argument is malformed, or two contradict each other.
    """
    if not _PATH.fullmatch(path):
        raise ValueError(f"path must be segments of letters, digits and ._~- with / between them, got {path!r}")
    if not content_types:
        raise ValueError("content_types must name at least one")
    for content_type in content_types:
        if not _CONTENT_TYPE.fullmatch(content_type):
            raise ValueError(f"content_types must be lower-case media types without parameters, got {content_type!r}")
        if schema is not None and not is_json(content_type):
            raise ValueError(f"content_types must be JSON with schema, got {content_type!r}")
    if schema is not None:
        try:
            json.dumps(schema, allow_nan=False)
        except TypeError as error:
            raise ValueError(f"schema must be JSON: {error}") from None
        except ValueError:
            raise ValueError("schema must be JSON, got NaN, an infinity or a circle") from None
    if len(attributes or {}) > 10:
        raise ValueError(f"message_attributes must be at most 10, got {len(attributes or {})}")
    for name, source in (attributes or {}).items():
        if len(name) > 256 or not _ATTRIBUTE.fullmatch(name):
            raise ValueError(
                "message_attributes must be named with up to 256 letters, digits and _-. and not begin with aws. or "
                f"amazon., got {name!r}"
            )
        check_source("message_attributes", source)


def check_source(argument: str, source: str | None) -> None:
    """Refuse what names no part of a request.

    Raises:
        ValueError: If it names neither a header nor a query parameter.
    """
    if source is not None and not _SOURCE.fullmatch(source):
        raise ValueError(f"{argument} must be {_SOURCE_FORM}, got {source!r}")


def check_queue(
    queue: sqs.IQueue | None,
    encryption_key: object | None,
    retention: Duration | None,
    max_message_size: Size | None,
    visibility_timeout: Duration | None,
    deduplication_id_from: str | None,
    *,
    fifo: bool,
    content_based_deduplication: bool,
) -> None:
    """Refuse settings that the queue cannot have, or has already.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.
    """
    if queue is not None:
        settings = {
            "fifo": fifo or None,
            "content_based_deduplication": content_based_deduplication or None,
            "encryption_key": encryption_key,
            "retention": retention,
            "max_message_size": max_message_size,
            "visibility_timeout": visibility_timeout,
        }
        for argument, value in settings.items():
            if value is not None:
                raise ValueError(f"{argument} must not be given with queue: an existing queue has its own")
        fifo = queue.fifo
    if not fifo:
        if content_based_deduplication:
            raise ValueError("content_based_deduplication needs fifo=True: a standard queue does not deduplicate")
        if deduplication_id_from is not None:
            raise ValueError("message_deduplication_id_from needs a FIFO queue: a standard queue does not deduplicate")
    check_duration("retention", retention, Duration.minutes(1), Duration.days(14))
    check_duration("visibility_timeout", visibility_timeout, Duration.seconds(1), Duration.hours(12))
    if max_message_size is not None:
        check_size("max_message_size", max_message_size, Size.kibibytes(1), Size.mebibytes(1))


def check_consumer(
    consumer: lambda_.IFunction | None,
    batch_size: int,
    batching_window: Duration | None,
    max_concurrency: int | None,
    visibility_timeout: Duration | None,
    *,
    fifo: bool,
) -> None:
    """Refuse a consumer that would see messages twice, or settings that its queue does not have.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.
    """
    if consumer is None:
        for argument, value in {"batching_window": batching_window, "max_concurrency": max_concurrency}.items():
            if value is not None:
                raise ValueError(f"{argument} needs consumer: without one nothing takes messages off the queue here")
    check_range("batch_size", batch_size, 1, 10 if fifo else 10_000, "messages")
    check_duration("batching_window", batching_window, Duration.seconds(0), Duration.minutes(5))
    check_range("max_concurrency", max_concurrency, 2, 1000, "invocations")
    if fifo and batching_window is not None:
        raise ValueError("batching_window needs a standard queue: Lambda has none for FIFO queues")
    if batch_size > 10 and batching_window is None:
        raise ValueError(f"batch_size above 10 needs batching_window of at least one second, got {batch_size}")
    least = least_visibility(consumer, batching_window)
    if visibility_timeout is not None and least is not None and not visibility_timeout.is_unresolved():
        given = int(visibility_timeout.to_seconds())
        if given < least:
            raise ValueError(
                f"visibility_timeout must be at least {least} seconds, six times the consumer's timeout and the "
                f"batching window, got {given}"
            )


def least_visibility(consumer: lambda_.IFunction | None, batching_window: Duration | None) -> int | None:
    """Say how long a message must stay hidden while `consumer` works on it.

    Args:
        consumer: The function.
        batching_window: How long Lambda gathers a batch.

    Returns:
        Seconds: six times the function's timeout and the window; None if the timeout is not known.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    timeout = consumer.timeout if isinstance(consumer, lambda_.Function) else None
    if timeout is None or timeout.is_unresolved():
        return None
    return int(6 * timeout.to_seconds() + (batching_window.to_seconds() if batching_window else 0))
