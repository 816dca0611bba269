"""What a client sends, whether it may, and how it is answered."""

import json
import os
import re
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

from .tokens import ROOM

SDK = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3})
AT = re.compile(r"[0-9]{16}\.[0-9a-f]{8}")
"""When a message was said, in microseconds since 1970, and what tells apart those of one moment."""
ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_DYNAMODB = boto3.client("dynamodb", config=SDK)
_SQS = boto3.client("sqs", config=SDK)


class Refused(Exception):  # noqa: N818 - it is what a client is told
    """What a client asked for is not done."""


def answer(event: dict[str, Any], act: Callable[[str, dict[str, Any]], dict[str, Any] | None]) -> dict[str, Any]:
    """Do what a client asks for, if it is in the room that it names, and tell them what came of it.

    The answer goes to all connections of the person. A page that asked knows its own by `id`.

    Args:
        event: API Gateway's event.
        act: Does it, for a person.

    Returns:
        The answer to API Gateway, of which a client sees nothing.
    """
    about = event["requestContext"]
    person = about["authorizer"]["principalId"]
    asked: dict[str, Any] = {}
    try:
        asked = _read(event.get("body"))
        matching(asked, "room", ROOM)
        if not _is_in(asked["room"], about["connectionId"]):
            raise Refused("you are not in this room")
        told = act(person, asked)
        status = 200
    except Refused as error:
        told = {"type": "refused", "reason": str(error)}
        status = 400
    if told is not None:
        push(f"user:{person}", {**told, "id": asked.get("id")})
    return {"statusCode": status}


def _read(body: Any) -> dict[str, Any]:
    try:
        asked = json.loads(body or "")
    except (ValueError, RecursionError):
        raise Refused("a message must be JSON") from None
    if not isinstance(asked, dict):
        raise Refused("a message must be an object")
    asked["id"] = matching(asked, "id", ID) if asked.get("id") is not None else None
    return asked


def matching(asked: dict[str, Any], field: str, pattern: re.Pattern[str]) -> str:
    """Read a field of what a client sent.

    Args:
        asked: What it sent.
        field: The field.
        pattern: What the field must look like.

    Returns:
        Its value.

    Raises:
        Refused: If it looks otherwise.
    """
    value = asked.get(field)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        asked.pop(field, None)
        raise Refused(f"{field} is malformed")
    return value


def _is_in(room: str, connection: str) -> bool:
    # The groups of the connection itself: a person may be in another room on another screen.
    found = _DYNAMODB.get_item(
        TableName=os.environ["CONNECTIONS"],
        Key={"group": {"S": f"room:{room}"}, "connection": {"S": connection}},
    )
    return "Item" in found


def push(group: str, message: dict[str, Any]) -> None:
    """Have a message pushed to a group of connections.

    Args:
        group: The group.
        message: The message. It is written here, in UTF-8: escaped, four times as long, a page would not fit a frame.
    """
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    _SQS.send_message(QueueUrl=os.environ["PUSH_QUEUE"], MessageBody=json.dumps({"group": group, "message": text}))


def log(text: str, **more: str) -> None:
    """Write a line to the function's log, without what was said, by whom and where.

    Args:
        text: What happened.
        more: What else there is to say.
    """
    print(json.dumps({"level": "INFO", "message": text, **more}))
