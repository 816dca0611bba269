"""Orders, and the messages that bring them."""

import json
from typing import Any

# 20 November 2026, 23:59:59.5 UTC.
SENT = 1795219199500


def order(order_id: str, *, quantity: int = 1, currency: str = "EUR", unit_price: int = 250) -> dict[str, Any]:
    """An order of one line."""
    line = {"article": "Tea", "quantity": quantity, "unit_price": unit_price}
    return {"order_id": order_id, "currency": currency, "lines": [line]}


def batch(*bodies: Any, sent: int = SENT) -> dict[str, Any]:
    """An event of Amazon SQS; what is no text is written as JSON."""
    return {
        "Records": [
            {
                "messageId": f"message-{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"SentTimestamp": str(sent)},
            }
            for number, body in enumerate(bodies)
        ]
    }


def failed(answer: dict[str, Any]) -> list[str]:
    """The messages that failed."""
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]
