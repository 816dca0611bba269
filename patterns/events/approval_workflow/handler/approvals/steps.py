"""Works on an order step by step, and undoes it: the place to start from.

A step may be done twice, and undone though it was never done: a try that timed out may have worked. Its `key` is the
same each time, and the ledger knows what became of it.
"""

import json
import logging
import os
from typing import Any

import boto3
from botocore.config import Config

logger = logging.getLogger()
logger.setLevel(logging.INFO)
_SDK = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard"})
_ledger = boto3.resource("dynamodb", config=_SDK).Table(os.environ["LEDGER_NAME"])


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Do a step, or undo it.

    Args:
        event: `step`, `action`, "do" or "undo", `key`, and what to work on: the `order`, or an `item` of the order
            `order_id`.
        _context: Lambda's own.

    Returns:
        What became of the step.

    Raises:
        ValueError: If it cannot be done.
    """
    step, action = event["step"], event["action"]
    if action == "do":
        _CHECKS[step](event)
    _note(event["key"], "done" if action == "do" else "undone")
    # Your work stands here. The log tells nothing of the order.
    logger.info(json.dumps({"message": action, "step": step, "key": event["key"]}))
    return {"state": "done" if action == "do" else "undone"}


def _note(key: str, state: str) -> None:
    """Write down what became of a step: what was undone is not done again by a late try."""
    condition: dict[str, Any] = {} if state == "undone" else {
        "ConditionExpression": "attribute_not_exists(id) OR #state = :done",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {":done": "done"},
    }  # fmt: skip
    try:
        _ledger.put_item(Item={"id": key, "state": state}, **condition)
    except _ledger.meta.client.exceptions.ConditionalCheckFailedException:
        raise ValueError(f"{key} was undone") from None


def _reserve(event: dict[str, Any]) -> None:
    item = event["item"]
    quantity = item.get("quantity") if isinstance(item, dict) else None
    # JSON's true is a number in Python.
    if type(quantity) is not int or quantity < 1:
        raise ValueError("an item needs a quantity of at least 1")


def _charge(event: dict[str, Any]) -> None:
    amount = event["order"].get("amount")
    if type(amount) not in (int, float) or not amount > 0:
        raise ValueError("there is nothing to charge")


def _ship(event: dict[str, Any]) -> None:
    if not event["order"].get("address"):
        raise ValueError("the order has no address")


_CHECKS = {"Reserve": _reserve, "Charge": _charge, "Ship": _ship}
