"""What a function gets and gives: events of Amazon CloudFront, and what becomes of them.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from patternkit.testing.cache_keys import Request


@dataclass(frozen=True, slots=True)
class Response:
    """A response to a viewer.

    Attributes:
        status: Its status.
        headers: Its headers by lower-case name, without `Set-Cookie`.
        cookies: The cookies that it sets, each with its value and its attributes: "yes; Secure; Path=/".
        body: Its body, where the function gives one.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a request or a response.

    Attributes:
        request: The request that goes on to the cache and the origin; None if the function answers by itself, or after
            a response.
        response: The response that the viewer gets; None if the request goes on.
        origin: The id of the origin that a cache miss goes to; None after a response, or where the function sets up an
            origin that the distribution does not have.
        log: What the function logged.
        selected: What it said of the origin, if it did.
    """

    request: Request | None = None
    response: Response | None = None
    origin: str | None = None
    log: tuple[str, ...] = ()
    selected: Mapping[str, Any] | None = None


def event_of(
    kind: str, request: Request, *, request_id: str, viewer: str, response: Response | None = None
) -> dict[str, Any]:
    """Write an event as CloudFront does.

    Args:
        kind: "viewer-request" or "viewer-response".
        request: The request as the viewer sent it.
        request_id: The id of request and response.
        viewer: The viewer's address.
        response: The response, with "viewer-response".
    """
    event: dict[str, Any] = {
        "version": "1.0",
        "context": {
            "distributionDomainName": "d111111abcdef8.cloudfront.net",
            "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": kind,
            "requestId": request_id,
        },
        "viewer": {"ip": viewer},
        "request": {
            "method": request.method,
            "uri": request.path,
            "querystring": {name: _several(values) for name, values in request.query.items()},
            "headers": {name: {"value": value} for name, value in {"host": request.host, **request.headers}.items()},
            "cookies": {name: {"value": value} for name, value in request.cookies.items()},
        },
    }
    if response is not None:
        event["response"] = {
            "statusCode": response.status,
            "statusDescription": "",
            "headers": {name: {"value": value} for name, value in response.headers.items()},
            "cookies": {name: _cookie(text) for name, text in response.cookies.items()},
        }
    return event


def _several(values: tuple[str, ...]) -> dict[str, Any]:
    first = {"value": values[0] if values else ""}
    return first if len(values) < 2 else {**first, "multiValue": [{"value": one} for one in values]}


def _cookie(text: str) -> dict[str, str]:
    value, _, attributes = text.partition(";")
    return {"value": value.strip(), "attributes": attributes.strip()}


def request_of(value: Mapping[str, Any], host: str) -> Request:
    """Read the request that a function returned.

    Args:
        value: What it returned.
        host: The host, which it cannot change.
    """
    query = value.get("querystring") or {}
    if isinstance(query, str):
        query = dict(Request.of(f"/?{query}").query)
    else:
        query = {name: _values(one) for name, one in query.items()}
    headers = {name: one["value"] for name, one in (value.get("headers") or {}).items() if name != "host"}
    cookies = {name: one["value"] for name, one in (value.get("cookies") or {}).items()}
    return Request(value["uri"], value["method"], query, headers, cookies, host)


def _values(one: Mapping[str, Any]) -> tuple[str, ...]:
    several = one.get("multiValue")
    return tuple(each["value"] for each in several) if several else (one["value"],)


def response_of(value: Mapping[str, Any]) -> Response:
    """Read the response that a function returned."""
    cookies = {
        name: "; ".join(part for part in (one["value"], one.get("attributes", "")) if part)
        for name, one in (value.get("cookies") or {}).items()
    }
    headers = {name: one["value"] for name, one in (value.get("headers") or {}).items()}
    body = value.get("body")
    return Response(value["statusCode"], headers, cookies, body.get("data") if isinstance(body, Mapping) else body)
