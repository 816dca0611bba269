"""What a function's answer says of the batch that it was given.

A function whose event source mapping has `ReportBatchItemFailures` answers with the items that failed. Where AWS cannot
read that answer, it takes the whole batch as failed; ministack takes it as done, and the messages are gone.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

REPORTS = "ReportBatchItemFailures"


@dataclass(frozen=True, slots=True)
class FailedItems:
    """What of a batch failed."""

    failed: tuple[str, ...] = ()
    unreadable: str = ""
    """Why the answer cannot be read, and all of the batch has failed; empty when it can be."""


def reports(mapping: dict[str, Any]) -> bool:
    """Return whether an event source mapping asks its function for the items that failed."""
    return REPORTS in (mapping.get("FunctionResponseTypes") or [])


def read_answer(answer: Any, given: Collection[str]) -> FailedItems:
    """Return which items failed.

    Args:
        answer: What the function returned.
        given: The identifiers of the batch: message ids, or sequence numbers.
    """
    if answer is None or answer == "":
        return FailedItems()
    if not isinstance(answer, dict):
        return FailedItems(unreadable=f"the function answered with {_kind(answer)}, not an object")
    items = answer.get("batchItemFailures")
    if items is None:
        return FailedItems()
    if not isinstance(items, list):
        return FailedItems(unreadable=f"batchItemFailures is {_kind(items)}, not an array")
    failed = []
    for item in items:
        if not isinstance(item, dict) or "itemIdentifier" not in item:
            return FailedItems(unreadable=f"an item of batchItemFailures has no itemIdentifier: {item!r}")
        identifier = item["itemIdentifier"]
        if not isinstance(identifier, str) or not identifier:
            return FailedItems(unreadable=f"an itemIdentifier is {identifier!r}, not a text")
        if identifier not in given:
            return FailedItems(unreadable=f"the itemIdentifier {identifier} is none of the batch")
        failed.append(identifier)
    return FailedItems(failed=tuple(dict.fromkeys(failed)))


def _kind(value: Any) -> str:
    return {str: "a text", bool: "a flag", list: "an array", dict: "an object"}.get(type(value), "a number")
