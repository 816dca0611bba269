"""Hide a message that a moderator does not want to stand, and forget its text."""

import json
import os
from typing import Any

import boto3
from botocore.config import Config

_DYNAMODB = boto3.client(
    "dynamodb", config=Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
)


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Do the workflow's step. Done again, it changes nothing.

    Args:
        event: `order`, with the message's `room` and `at`.
        _context: Lambda's own.

    Returns:
        What became of the message.
    """
    order = event["order"]
    try:
        _DYNAMODB.update_item(
            TableName=os.environ["MESSAGES"],
            Key={"room": {"S": order["room"]}, "at": {"S": order["at"]}},
            UpdateExpression="SET #hidden = :true REMOVE #text",
            ConditionExpression="attribute_exists(#at)",
            ExpressionAttributeNames={"#at": "at", "#hidden": "hidden", "#text": "text"},
            ExpressionAttributeValues={":true": {"BOOL": True}},
        )
        state = "hidden"
    except _DYNAMODB.exceptions.ConditionalCheckFailedException:
        # Its time was over before a moderator came to it.
        state = "gone"
    print(json.dumps({"level": "INFO", "message": "message judged", "state": state}))
    return {"state": state}
