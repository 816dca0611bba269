"""Example of what handles messages: hand each on to a group that its sender is in."""

import json
import os
from typing import Any

import boto3
from botocore.config import Config

from .messages import body_of, data_of
from .rows import EVERYBODY, Rows

_ROWS = Rows()
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
_SQS = boto3.client("sqs", config=_SDK)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take a message `{"group": "room-1", "message": {...}}`.

    Args:
        event: API Gateway's event.
        context: Lambda's own.

    Returns:
        The answer, of which a client sees nothing: the route has no response.
    """
    del context
    try:
        said = json.loads(event.get("body") or "")
        group, message = said["group"], said["message"]
        # What could not be pushed is refused here: it would end among the dead letters, and wake somebody.
        data_of(group)
        data_of(message)
    except (ValueError, KeyError, TypeError, RecursionError):
        return {"statusCode": 400}
    if not isinstance(group, str) or not 1 <= len(group) <= 256:
        return {"statusCode": 400}
    # Everybody is in that group: who connects must not reach all others by it.
    if group == EVERYBODY or not _ROWS.holds(group, event["requestContext"]["connectionId"]):
        return {"statusCode": 403}
    _SQS.send_message(QueueUrl=os.environ["PUSH_QUEUE"], MessageBody=body_of({"group": group, "message": message}))
    return {"statusCode": 200}
