"""Log each run: the place to start from.

A schedule delivers at least once, so the same `execution_id` may come twice: work that must not be done twice keeps it.
"""

import json
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Run once.

    Args:
        event: The schedule's payload, or a scheduled rule's event.
        context: Lambda's own.

    Returns:
        When the run was due and which one it is.

    Raises:
        ValueError: If the event is no object.
    """
    if not isinstance(event, dict):
        raise ValueError(f"the event must be an object, got {type(event).__name__}")
    run = {
        "scheduled_time": event.get("scheduled_time", event.get("time")),
        "execution_id": event.get("execution_id", event.get("id")),
        "request_id": context.aws_request_id,
    }
    # With the function's JSON log format, a line that is JSON is taken as it is.
    print(json.dumps({"level": "INFO", "message": "ran", **run}))
    return run
