"""Answer each request with what was asked for, and say how long that may be cached: the place to start from."""

import json
from typing import Any


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request.

    Args:
        event: API Gateway's proxy event.
        context: Lambda's own.

    Returns:
        The answer, in the form of API Gateway's proxy integration. What is answered to a GET may be kept for a minute;
        what is answered to a caller who proves who they are, by nobody but them.
    """
    del context
    method, path = event.get("httpMethod"), event.get("path")
    if not isinstance(method, str) or not isinstance(path, str):
        return _answer(400, {"message": "not a request of API Gateway"}, "no-store")
    if method not in ("GET", "HEAD"):
        kept = "no-store"
    else:
        kept = "private, no-store" if _is_authorized(event) else "public, max-age=60"
    query = event.get("queryStringParameters") or {}
    return _answer(200, {"method": method, "path": path, "query": query}, kept)


def _is_authorized(event: dict[str, Any]) -> bool:
    return any(name.lower() == "authorization" for name in event.get("headers") or {})


def _answer(status: int, body: dict[str, Any], kept: str) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", "Cache-Control": kept}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
