"""Log each new object, and report each message that failed: the place to start from.

SNS and SQS deliver at least once, and S3 may announce an object twice: work that must not be done twice keeps the
bucket, the key, the version and the sequencer of what it has done.
"""

import json
import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def objects(body: str) -> Iterator[dict[str, Any]]:
    """Take the new objects out of a message.

    Args:
        body: An S3 event in JSON, as the topic delivers it raw.

    Yields:
        Each object: bucket, key, version, size and sequencer.

    Raises:
        ValueError: If it is not an S3 event.
    """
    try:
        message = json.loads(body)
    except (TypeError, ValueError):
        raise ValueError("the message must be JSON") from None
    if isinstance(message, dict) and message.get("Event") == "s3:TestEvent":
        # S3 tries each new destination; there is no object.
        return
    if not isinstance(message, dict) or not isinstance(message.get("Records"), list):
        raise ValueError("the message must be an S3 event")
    for one in message["Records"]:
        try:
            found = one["s3"]["object"]
            yield {
                "bucket": one["s3"]["bucket"]["name"],
                "key": unquote_plus(found["key"]),
                "version": found.get("versionId"),
                "size": found.get("size", 0),
                "sequencer": found.get("sequencer"),
            }
        except (AttributeError, KeyError, TypeError):
            raise ValueError("the S3 record must name a bucket and a key") from None


def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Log what arrived, without its key, which may tell more than a log should.

    Args:
        event: A batch of messages.
        context: Lambda's own.

    Returns:
        The messages that failed, and of a FIFO queue those that come after one in its group; SQS gives those again,
        and no others.
    """
    failed: list[dict[str, str]] = []
    stopped: set[str | None] = set()
    for message in event["Records"]:
        group = message_group(message)
        if group is not None and group in stopped:
            # It must not overtake the message of its group that failed.
            failed.append({"itemIdentifier": message["messageId"]})
            continue
        try:
            for one in objects(message["body"]):
                told = {name: one[name] for name in ("bucket", "version", "size", "sequencer")}
                logger.info(json.dumps({"message": "new object", "request_id": context.aws_request_id, **told}))
        except Exception:
            # Whatever it is, it must not take the rest of the batch with it.
            logger.exception("message %s failed", message["messageId"])
            failed.append({"itemIdentifier": message["messageId"]})
            stopped.add(group)
    return {"batchItemFailures": failed}


def message_group(message: dict[str, Any]) -> str | None:
    """Name the message group within which order is kept.

    Args:
        message: A message of Amazon SQS.

    Returns:
        The group of a message of a FIFO queue; None of a standard queue, which keeps no order.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    fifo = message.get("eventSourceARN", "").endswith(".fifo")
    return message["attributes"]["MessageGroupId"] if fifo else None
