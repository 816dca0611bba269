"""Answer each request with what was asked for, and by which endpoint it came: the place to start from."""

import json
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request.

    Args:
        event: API Gateway's proxy event.
        context: Lambda's own.

    Returns:
        The answer, in the form of API Gateway's proxy integration.
    """
    del context
    method, path = event.get("httpMethod"), event.get("path")
    if not isinstance(method, str) or not isinstance(path, str):
        return _answer(400, {"message": "not a request of API Gateway"})
    identity = (event.get("requestContext") or {}).get("identity") or {}
    return _answer(200, {"method": method, "path": path, "endpoint": identity.get("vpceId")})


def _answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
