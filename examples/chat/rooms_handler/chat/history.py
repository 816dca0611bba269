"""Look up what was said in a room, page by page, the newest first."""

import os
from typing import Any

import boto3

from .requests import AT, SDK, answer, matching

# Twenty of a thousand characters each, of four bytes at most, fit into a message of 128 KiB.
PAGE = 20
_DYNAMODB = boto3.client("dynamodb", config=SDK)


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take a message `{"action": "history", "room": "tea", "id": "1", "before": "1764160000000000.0a1b2c3d"}`.

    Args:
        event: API Gateway's event.
        _context: Lambda's own.

    Returns:
        The answer.
    """
    return answer(event, look_up)


def look_up(_person: str, asked: dict[str, Any]) -> dict[str, Any]:
    """Look up one page.

    Args:
        _person: Who asks.
        asked: The room, and before which message; None: the newest.

    Returns:
        The page, and before which message the next one is; None: there is none.

    Raises:
        Refused: If it is malformed.
    """
    before = matching(asked, "before", AT) if asked.get("before") is not None else "~"
    found = _DYNAMODB.query(
        TableName=os.environ["MESSAGES"],
        KeyConditionExpression="#room = :room AND #at < :before",
        ExpressionAttributeNames={"#room": "room", "#at": "at"},
        ExpressionAttributeValues={":room": {"S": asked["room"]}, ":before": {"S": before}},
        ScanIndexForward=False,
        Limit=PAGE,
    )
    messages = [_shown(item) for item in found["Items"]]
    more = "LastEvaluatedKey" in found
    return {
        "type": "history",
        "room": asked["room"],
        "messages": messages,
        "before": messages[-1]["at"] if more and messages else None,
    }


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    told = {"at": item["at"]["S"], "person": item["person"]["S"]}
    if "hidden" in item:
        return {**told, "hidden": True}
    return {**told, "id": item["id"]["S"], "text": item["text"]["S"]}
