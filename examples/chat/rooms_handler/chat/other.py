"""Take what is no action of the chat: a client's sign of life, and nonsense."""

import json
from typing import Any


def handler(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take a message `{"action": "ping"}`, which keeps a connection from being ended after ten minutes of silence.

    Args:
        event: API Gateway's event.
        _context: Lambda's own.

    Returns:
        The answer, of which a client sees nothing.
    """
    try:
        asked = json.loads(event.get("body") or "")
    except (ValueError, RecursionError):
        asked = None
    is_ping = isinstance(asked, dict) and asked.get("action") == "ping"
    return {"statusCode": 200 if is_ping else 400}
