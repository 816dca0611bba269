"""Report a message to the moderators, once, however many report it."""

import hashlib
import json
import os
from typing import Any

import boto3

from .requests import AT, SDK, Refused, answer, log, matching

_DYNAMODB = boto3.client("dynamodb", config=SDK)
_WORKFLOWS = boto3.client("stepfunctions", config=SDK)


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take a message `{"action": "report", "room": "tea", "id": "1", "at": "1764160000000000.0a1b2c3d"}`.

    Args:
        event: API Gateway's event.
        _context: Lambda's own.

    Returns:
        The answer.
    """
    return answer(event, report)


def report(_person: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Start the workflow for a message, unless it was started for it before.

    Who reports stays out of it: moderators judge what was said.

    Args:
        _person: Who reports it.
        asked: The room and the message.

    Returns:
        That it is reported.

    Raises:
        Refused: If there is no such message, or it is hidden.
    """
    room, at = asked["room"], matching(asked, "at", AT)
    found = _DYNAMODB.get_item(
        TableName=os.environ["MESSAGES"], Key={"room": {"S": room}, "at": {"S": at}}, ConsistentRead=True
    ).get("Item")
    if found is None or "hidden" in found:
        raise Refused("there is no such message")
    name = hashlib.sha256(f"{room}/{at}".encode()).hexdigest()
    order = {
        "id": f"{room}/{at}",
        "amount": 0,
        "room": room,
        "at": at,
        "person": found["person"]["S"],
        "text": found["text"]["S"],
    }
    try:
        _WORKFLOWS.start_execution(
            stateMachineArn=os.environ["WORKFLOW"], name=name, input=json.dumps(order, sort_keys=True)
        )
        log("message reported")
    except _WORKFLOWS.exceptions.ExecutionAlreadyExists:
        # It was judged before: its name is kept for 90 days.
        log("message was reported before")
    return {"type": "reported", "room": room, "at": at}
