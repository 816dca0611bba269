"""Answer with the version: the place to start from.

A new version is called with the probe before it gets any traffic. It should do what it does for callers, and change
nothing.
"""

from typing import Any


def handler(event: Any, context: Any) -> dict[str, Any]:
    """Answer a call.

    Args:
        event: What the function is called with.
        context: Lambda's own.

    Returns:
        The version that answers, and whether the call was a probe.
    """
    probe = isinstance(event, dict) and bool(event.get("probe"))
    return {"version": context.function_version, "probe": probe}
