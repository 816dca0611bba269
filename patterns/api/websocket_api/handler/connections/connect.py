"""Remember who connects, and forget who disconnects."""

from typing import Any

from .rows import Rows

_ROWS = Rows()
_MOST_GROUPS = 20


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer $connect or $disconnect.

    Nothing is pushed from here: a connection is there only when $connect has been answered.

    Args:
        event: API Gateway's event.
        context: Lambda's own.

    Returns:
        The answer; one other than 200 to $connect refuses the connection.
    """
    del context
    about = event["requestContext"]
    connection = about["connectionId"]
    if about["routeKey"] == "$disconnect":
        # Best effort of API Gateway: rows that stay expire.
        _ROWS.remove(connection)
        return {"statusCode": 200}
    authorizer = about.get("authorizer") or {}
    owner = authorizer.get("principalId") or (about.get("identity") or {}).get("userArn")
    # From who decides who may connect, never from who connects.
    groups = [group for group in str(authorizer.get("groups") or "").split(",") if group]
    if not owner or len(groups) > _MOST_GROUPS:
        return {"statusCode": 403}
    _ROWS.add(connection, [f"user:{owner}", *groups])
    return {"statusCode": 200, "headers": _chosen_protocol(event)}


def _chosen_protocol(event: dict[str, Any]) -> dict[str, str]:
    """A browser ends a connection whose answer chooses none of the protocols that it named."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    offered = headers.get("sec-websocket-protocol", "").split(",")[0].strip()
    return {"Sec-WebSocket-Protocol": offered} if offered else {}
