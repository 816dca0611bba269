"""Batches of Amazon SQS messages, as Lambda gives them to a function."""

from collections.abc import Callable
from typing import Any

_ARN = "arn:aws:sqs:eu-west-1:111122223333:work"


def fifo_batch(*messages: tuple[str, str], sent: int = 1795219199500) -> dict[str, Any]:
    """Make a batch of a FIFO queue.

    Args:
        messages: The message group and the body of each.
        sent: When they were sent, in milliseconds since 1970.
    """
    return {
        "Records": [
            {
                "messageId": str(number),
                "body": body,
                "attributes": {"MessageGroupId": group, "SentTimestamp": str(sent), "SequenceNumber": str(number)},
                "eventSourceARN": f"{_ARN}.fifo",
            }
            for number, (group, body) in enumerate(messages)
        ]
    }


def assert_a_group_stops_at_its_first_failure(handler: Callable[..., Any], context: Any, *, good: str) -> None:
    """Give a handler a message that fails between good ones of two groups, from a FIFO queue and from a standard one.

    Args:
        handler: The handler.
        context: What Lambda gives it beside the batch.
        good: The body of a message that does not fail.
    """
    batch = fifo_batch(("a", good), ("a", "poison"), ("b", good), ("a", good), ("b", good))
    assert _failed(handler(batch, context)) == ["1", "3"]
    # A standard queue may have message groups too, for fairness between them: those keep no order.
    for record in batch["Records"]:
        record["eventSourceARN"] = _ARN
    assert _failed(handler(batch, context)) == ["1"]


def _failed(answer: dict[str, Any]) -> list[str]:
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]
