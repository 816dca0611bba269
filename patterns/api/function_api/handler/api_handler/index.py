"""Answer each request with what was asked for: the place to start from."""

import json
import os
from typing import Any

_MOST_BYTES = 1024 * 1024


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request.

    Args:
        event: API Gateway's proxy event.
        context: Lambda's own.

    Returns:
        The answer, in the form of API Gateway's proxy integration.
    """
    method, path = event.get("httpMethod"), event.get("path")
    if not isinstance(method, str) or not isinstance(path, str):
        return _answer(400, {"message": "not a request of API Gateway"})
    if len(event.get("body") or "") > _MOST_BYTES:
        return _answer(413, {"message": "the body must be at most 1 MiB"})
    # With the function's JSON log format, a line that is JSON is taken as it is. Neither body nor headers go into it.
    print(json.dumps({"level": "INFO", "message": "answered", "method": method, "request_id": context.aws_request_id}))
    version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
    stage = (event.get("stageVariables") or {}).get("alias")
    return _answer(200, {"method": method, "path": path, "stage": stage, "version": version})


def _answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
