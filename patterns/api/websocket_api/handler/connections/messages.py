"""What is pushed: as text that every client can read, and that the queue takes."""

import json
from typing import Any

# https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
LARGEST = 128 * 1024


def data_of(message: Any) -> bytes:
    """Write a message as clients get it.

    Args:
        message: Text, which is sent as it is, or what JSON can say.

    Returns:
        Its bytes. JSON is written without spaces and escapes, so that it is no longer than it has to be.

    Raises:
        ValueError: If it is too long, has half a character, or a number that JSON cannot say.
        RecursionError: If it is nested too deeply.
    """
    data = (message if isinstance(message, str) else _json(message)).encode()
    if len(data) > LARGEST:
        raise ValueError(f"message must be at most {LARGEST} bytes, got {len(data)}")
    return data


def body_of(asked: dict[str, Any]) -> str:
    """Write what is asked of the queue.

    Args:
        asked: The group or the connections, and the message.

    Returns:
        The body: escaped, as ASCII, it could be three times as long, and no longer fit.

    Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    """
    # Of what JSON leaves as it is, these two alone are no characters for Amazon SQS.
    return _json(asked).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
