"""Write each order of a batch once, however often its message comes."""

import json
import os
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.config import Config

from .order import Order, read

_SDK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
_TABLE = os.environ["TABLE_NAME"]
_dynamodb = boto3.client("dynamodb", config=_SDK)


class OrderDiffers(RuntimeError):  # noqa: N818 - it is named for what it is
    """There is another order under this id: somebody has to look."""


def handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Write the orders of a batch.

    Args:
        event: A batch of messages of Amazon SQS.
        _context: Lambda's own.

    Returns:
        The messages that failed, and of a FIFO queue those that come after one in its group. They come again, and in
        the end go to the dead letters.
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
            outcome = write(read(message["body"]), sent=int(message["attributes"]["SentTimestamp"]))
            log("INFO", outcome, message)
        except Exception as error:
            # One order that fails does not take its batch with it. What it holds stays out of the log.
            log("ERROR", "order not written", message, error=type(error).__name__)
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


def write(order: Order, *, sent: int) -> str:
    """Write an order, unless it is there.

    Args:
        order: The order.
        sent: When its message was sent, in milliseconds since 1970. It is the same each time the message comes.

    Returns:
        What became of it.

    Raises:
        OrderDiffers: If another order has its id.
    """
    when = datetime.fromtimestamp(sent / 1000, UTC)
    try:
        _dynamodb.put_item(
            TableName=_TABLE,
            Item={
                "order_id": {"S": order.order_id},
                "content": {"S": order.content},
                "currency": {"S": order.currency},
                "day": {"S": f"{when:%Y-%m-%d}"},
                "received": {"S": when.isoformat()},
                "total": {"N": str(order.total)},
            },
            ConditionExpression="attribute_not_exists(order_id)",
        )
    except _dynamodb.exceptions.ConditionalCheckFailedException:
        there = _dynamodb.get_item(
            TableName=_TABLE,
            Key={"order_id": {"S": order.order_id}},
            ConsistentRead=True,
            ProjectionExpression="content",
        )
        if there.get("Item", {}).get("content", {}).get("S") != order.content:
            raise OrderDiffers(order.order_id) from None
        return "order was there"
    return "order written"


def log(level: str, text: str, message: dict[str, Any], **more: str) -> None:
    """Write a line to the function's log, whose format is JSON: a line that is JSON is taken as it is.

    Args:
        level: How bad it is.
        text: What happened.
        message: The message, of which only the id is written.
        more: What else there is to say.
    """
    print(json.dumps({"level": level, "message": text, "message_id": message.get("messageId"), **more}))
