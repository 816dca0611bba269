"""Finds the authors of many documents at once: the example's function in batches."""

import os
from typing import Any

import boto3
from botocore.config import Config

_TABLE = os.environ["TABLE_NAME"]
_MOST = 100  # keys in one BatchGetItem
_dynamodb = boto3.client("dynamodb", config=Config(retries={"mode": "standard"}, connect_timeout=2, read_timeout=5))


def handler(event: list[dict[str, Any]], context: object) -> list[dict[str, Any]]:
    """Answer a batch, in its order.

    Args:
        event: What is asked for, each with the document as `source`.
        context: Unused.

    Returns:
        For each of them `{"data": ...}`, or an error of its own.
    """
    del context
    asked = [str((one.get("source") or {}).get("authorId") or "") for one in event]
    wanted = sorted({one for one in asked if one})
    names: dict[str, str] = {}
    for start in range(0, len(wanted), _MOST):
        names |= _names(wanted[start : start + _MOST])
    return [_answer(one, names) for one in asked]


def _answer(author: str, names: dict[str, str]) -> dict[str, Any]:
    if not author:
        return {"data": None, "errorMessage": "the document has no author", "errorType": "NotFound"}
    # Whoever never saved a profile is no error.
    return {"data": {"name": names[author]} if author in names else None}


def _names(authors: list[str]) -> dict[str, str]:
    pending: Any = {_TABLE: {"Keys": [{"id": {"S": f"person#{one}"}} for one in authors]}}
    found: dict[str, str] = {}
    for _ in range(5):
        answer = _dynamodb.batch_get_item(RequestItems=pending)
        for item in answer["Responses"].get(_TABLE, []):
            found[item["id"]["S"].removeprefix("person#")] = item["name"]["S"]
        pending = answer.get("UnprocessedKeys")
        if not pending:
            return found
    raise RuntimeError("the table answers too slowly: some of the keys were never processed")
