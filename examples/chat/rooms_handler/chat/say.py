"""Say a message in a room, once, however often it is sent."""

import os
import re
import time
import uuid
from typing import Any

import boto3

from .requests import ID, SDK, Refused, answer, log, matching

# Of control characters JSON writes six for one; a line break and a tab are text.
TEXT = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]{1,1000}")
REMEMBERED = 24 * 60 * 60
KEPT = 365 * 24 * 60 * 60
_ATTEMPTS = 4
_DYNAMODB = boto3.client("dynamodb", config=SDK)


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take a message `{"action": "say", "room": "tea", "id": "7f2c", "text": "hello"}`.

    Args:
        event: API Gateway's event.
        _context: Lambda's own.

    Returns:
        The answer.
    """
    return answer(event, say)


def say(person: str, asked: dict[str, Any]) -> dict[str, Any] | None:
    """Write a message, unless its id was taken before.

    The room is told by the stream of the table, so that what is told is what was written, in its order.

    Args:
        person: Who says it.
        asked: What they sent.

    Returns:
        What to tell them: nothing of what is new, since they are told as the room is.

    Raises:
        Refused: If it is malformed.
    """
    if not asked["id"]:
        raise Refused("id is missing")
    text = matching(asked, "text", TEXT)
    if not text.strip():
        raise Refused("text is malformed")
    now = time.time_ns()
    at = f"{now // 1000:016d}.{uuid.uuid4().hex[:8]}"
    message = {
        "room": {"S": asked["room"]},
        "at": {"S": at},
        "kind": {"S": "message"},
        "id": {"S": matching(asked, "id", ID)},
        "person": {"S": person},
        "text": {"S": text},
        "forgotten": {"N": str(now // 10**9 + KEPT)},
    }
    taken = {
        "room": {"S": f"taken#{person}"},
        "at": message["id"],
        "kind": {"S": "taken"},
        "forgotten": {"N": str(now // 10**9 + REMEMBERED)},
    }
    table = os.environ["MESSAGES"]
    once = "attribute_not_exists(#at)"
    written: Any = [
        {
            "Put": {
                "TableName": table,
                "Item": taken,
                "ConditionExpression": once,
                "ExpressionAttributeNames": {"#at": "at"},
            }
        },
        {"Put": {"TableName": table, "Item": message}},
    ]
    for attempt in range(_ATTEMPTS):
        try:
            _DYNAMODB.transact_write_items(TransactItems=written)
        except _DYNAMODB.exceptions.TransactionCanceledException as error:
            codes = [one.get("Code") for one in error.response.get("CancellationReasons", [])]
            if "ConditionalCheckFailed" in codes:
                log("message was said before")
                return {"type": "said"}
            if "TransactionConflict" not in codes or attempt == _ATTEMPTS - 1:
                raise
            # The same message comes by two connections at one moment: one of them is first.
            time.sleep(0.05 * 2**attempt)
        else:
            break
    log("message said")
    return None
