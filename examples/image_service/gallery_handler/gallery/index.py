"""Keep the newest thumbnail of each image and width, whatever order the announcements come in."""

import json
import os
import re
from contextlib import suppress
from typing import Any
from urllib.parse import unquote_plus

import boto3
from botocore.config import Config

_SDK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
_TABLE = os.environ["TABLE_NAME"]
_KEY = re.compile(r"([1-9][0-9]{0,3})/(.+)\.[a-z]+", re.DOTALL)
_dynamodb = boto3.client("dynamodb", config=_SDK)


def handler(event: dict[str, Any], _context: Any) -> dict[str, list[dict[str, str]]]:
    """Note the thumbnails of a batch.

    Args:
        event: A batch of messages of Amazon SQS, each an S3 event.
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
            body = json.loads(message["body"])
            # Without records it is S3's test of a new notification.
            for record in body["Records"] if body.get("Event") != "s3:TestEvent" else []:
                note(record["s3"]["object"])
        except Exception as error:
            # One message that fails does not take its batch with it. Keys stay out of the log.
            line = {"level": "ERROR", "message": "thumbnail not noted", "error": type(error).__name__}
            print(json.dumps({**line, "message_id": message.get("messageId")}))
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


def note(thumbnail: dict[str, Any]) -> None:
    """Note a thumbnail, unless a newer one is there.

    Args:
        thumbnail: The object, as S3 announces it.

    Raises:
        ValueError: If its key is not one of a thumbnail: "128/IMAGE.jpg".
    """
    key = unquote_plus(thumbnail["key"])
    found = _KEY.fullmatch(key)
    if found is None:
        raise ValueError("the key must be that of a thumbnail")
    # What is refused is this one again, or an older one late.
    with suppress(_dynamodb.exceptions.ConditionalCheckFailedException):
        _dynamodb.update_item(
            TableName=_TABLE,
            Key={"image": {"S": found[2]}, "width": {"S": found[1]}},
            UpdateExpression="SET #key = :key, bytes = :bytes, sequencer = :sequencer",
            ConditionExpression="attribute_not_exists(sequencer) OR sequencer < :sequencer",
            ExpressionAttributeNames={"#key": "key"},
            ExpressionAttributeValues={
                ":key": {"S": key},
                ":bytes": {"N": str(int(thumbnail["size"]))},
                # S3 says to pad the shorter of two with zeros on its right; without them text has the same order.
                ":sequencer": {"S": thumbnail["sequencer"].upper().rstrip("0")},
            },
        )
