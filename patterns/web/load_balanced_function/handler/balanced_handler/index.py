"""Answer each request of an Application Load Balancer with what was asked for: the place to start from."""

import base64
import hashlib
import json
import os
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

_MOST_BYTES = int(os.environ.get("LARGEST_REQUEST", str(1024 * 1024)))
_HEALTH_CHECK_PATH = os.environ.get("HEALTH_CHECK_PATH", "/")
_METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}

Headers = dict[str, list[str]]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request.

    Args:
        event: The load balancer's event, with or without multi-value headers.
        context: Lambda's own.

    Returns:
        The answer, in the form that the load balancer asked in: with `multiValueHeaders` if the event has them.
    """
    multiple = "multiValueHeaders" in event
    method, path = event.get("httpMethod"), event.get("path")
    if not isinstance(method, str) or not isinstance(path, str) or "elb" not in (event.get("requestContext") or {}):
        return _json(400, {"message": "not a request of a load balancer"}, multiple=multiple)
    headers = _headers(event)
    # The check's own user agent: a client may ask for the same path, and gets a whole answer.
    if path == _HEALTH_CHECK_PATH and headers.get("user-agent", [""])[0].startswith("ELB-HealthChecker/"):
        return _json(200, {"message": "well"}, multiple=multiple)
    if method not in _METHODS:
        return _json(405, {"message": "the method is not allowed"}, multiple=multiple, more={"Allow": sorted(_METHODS)})
    body = _body(event)
    if body is None:
        return _json(400, {"message": "the body is not what isBase64Encoded says"}, multiple=multiple)
    if len(body) > _MOST_BYTES:
        return _json(413, {"message": f"the body must be at most {_MOST_BYTES} bytes"}, multiple=multiple)
    # With the function's JSON log format, a line that is JSON is taken as it is. Neither body nor headers nor query
    # go into it.
    print(json.dumps({"level": "INFO", "message": "answered", "method": method, "request_id": context.aws_request_id}))
    digest = hashlib.sha256(body)
    if headers.get("accept") == ["application/octet-stream"]:
        return _answer(200, {"Content-Type": ["application/octet-stream"]}, digest.digest(), multiple=multiple)
    answer = {
        "method": method,
        "path": path,
        "query": _query(event),
        "bytes": len(body),
        "sha256": digest.hexdigest(),
        "version": os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", ""),
    }
    return _json(200, answer, multiple=multiple)


def _headers(event: dict[str, Any]) -> Headers:
    many = event.get("multiValueHeaders")
    found = many if isinstance(many, dict) else {k: [v] for k, v in (event.get("headers") or {}).items()}
    return {str(name).lower(): [str(value) for value in values] for name, values in found.items()}


def _query(event: dict[str, Any]) -> dict[str, list[str]]:
    many = event.get("multiValueQueryStringParameters")
    found = many if isinstance(many, dict) else {k: [v] for k, v in (event.get("queryStringParameters") or {}).items()}
    # A load balancer hands them over as they were sent, encoded; API Gateway would have decoded them.
    return {unquote_plus(name): [unquote_plus(value) for value in values] for name, values in found.items()}


def _body(event: dict[str, Any]) -> bytes | None:
    body = event.get("body") or ""
    if not isinstance(body, str):
        return None
    if not event.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        # `binascii.Error` is one; what is no ASCII is another.
        return None


def _json(status: int, body: dict[str, Any], *, multiple: bool, more: Headers | None = None) -> dict[str, Any]:
    # Compact, and ASCII: no more bytes than it looks, of the 1 MB that the whole answer may have.
    text = json.dumps(body, separators=(",", ":")).encode()
    return _answer(status, {"Content-Type": ["application/json"], **(more or {})}, text, multiple=multiple)


def _answer(status: int, headers: Headers, body: bytes, *, multiple: bool) -> dict[str, Any]:
    everywhere = {"Cache-Control": ["no-store"], "X-Content-Type-Options": ["nosniff"], **headers}
    binary = headers["Content-Type"] == ["application/octet-stream"]
    return {
        "statusCode": status,
        "statusDescription": f"{status} {HTTPStatus(status).phrase}",
        "isBase64Encoded": binary,
        "body": base64.b64encode(body).decode() if binary else body.decode(),
        **(
            {"multiValueHeaders": everywhere}
            if multiple
            else {"headers": {name: ", ".join(values) for name, values in everywhere.items()}}
        ),
    }
