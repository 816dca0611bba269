"""The server's front door: who is let in, and to what.

A management call (anything that is not the data plane of something public) must be signed with a secret of this run.
What the template makes public is served without a signature, by that data plane alone. A `Host` that is not this
machine's or AWS's own is a page that had its name moved here (DNS rebinding), and an `Origin` that is neither this
machine's nor named by the template is a page of somebody else's: both are refused, signed or not.
"""

from __future__ import annotations

import contextvars
import json
import re
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from patternkit.localcloud.inside import public as publics
from patternkit.localcloud.inside.public import Public
from patternkit.localcloud.inside.signatures import (
    SIGNATURE,
    Refusal,
    Request,
    presigned,
    read_request,
    refusal,
    signature_keys,
    signs,
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

# Names that nobody can point at this machine: a name below a number is none in the DNS, .localhost is this machine by
# RFC 6761, and the rest are AWS's.
OWN_HOST = re.compile(
    r"(?:(?:[\w-]+\.)*(?:localhost|127\.0\.0\.1)|\[::1\])(?::\d+)?"
    r"|(?:[\w-]+\.)+(?:amazonaws\.com(?:\.cn)?|cloudfront\.net|on\.aws|api\.aws)(?::\d+)?",
    re.IGNORECASE,
)
LONG = 65536
"""Bytes of a body above which it is not kept before its head is known to be let in."""
PLANE: contextvars.ContextVar[Public | None] = contextvars.ContextVar("plane", default=None)


class Gate:
    """An ASGI application before ministack's.

    Args:
        app: ministack's application module; its request handlers are narrowed to the data plane of what is public.
        origins: Origins of pages that may talk to it besides this machine's own; `*` is all.
    """

    def __init__(self, app: ModuleType, origins: Collection[str] = ()) -> None:
        self._app = app
        self._origins = origins
        self._next: Application = app.app
        narrow(app)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Let the request in, or refuse it."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._next(scope, receive, send)

    async def _http(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        PLANE.set(None)
        refused, head = None, read_request(scope["method"], scope)
        if _long(head) and not signs(head):
            refused = self._refused(head)
        body, complete = await _read(receive, keep=refused is None)
        if not complete:
            return
        request = read_request(scope["method"], scope, body)
        refused = refused or self._refused(request)
        if refused is not None:
            await self._refuse(request, refused, send)
            return
        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._next(scope, again, send)

    async def _websocket(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        request = read_request("GET", scope)
        if self._refused(request) is None:
            await self._next(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": 1008})

    def _refused(self, request: Request) -> Refusal | None:
        """Return why a request is refused; set the plane of one that is public."""
        app = self._app
        # As ministack does later, so that it is asked about the same account's resources.
        if access_key := app.extract_access_key_id(request.headers, request.query):
            app.set_request_account_id(access_key)
        if not OWN_HOST.fullmatch(request.host) and not _custom_domain(app, request):
            return Refusal(
                "AccessDenied",
                f"Host {request.host or '(none)'} is foreign: the local cloud answers to 127.0.0.1, localhost and the "
                "names that AWS gives",
            )
        origin = request.headers.get("origin", "")
        failure = refusal(request)
        plane = publics.public(app, request) if failure or origin else None
        if failure and plane is None:
            if request.method != "OPTIONS" or not origin:
                return failure
            plane = Public("preflight")
        if origin and not self._known(origin, request, plane):
            return Refusal(
                "AccessDenied",
                f"Origin {origin} is foreign: the local cloud answers pages of this machine, those that the template's "
                "CORS settings name, and those of LocalCloud.start(origins=...)",
            )
        PLANE.set(plane if failure else None)
        SIGNATURE.set({} if failure else signature_keys(request))
        return None

    def _known(self, origin: str, request: Request, plane: Public | None) -> bool:
        page = urlsplit(origin)
        if page.scheme in ("http", "https") and page.netloc:
            own = re.fullmatch(r"(?:(?:[\w-]+\.)*localhost|127\.0\.0\.1|\[::1\])(?::\d+)?", page.netloc, re.IGNORECASE)
            if own or page.netloc.lower() == request.host.lower():
                return True
        named = set(self._origins)
        if plane is not None:
            named |= set(plane.origins)
        elif presigned(request) and (target := self._app._s3_cors_target(request.host, request.path)):
            named |= set(publics.bucket_origins(self._app._get_module("s3"), target[0], request))
        return "*" in named or origin in named or any(_matches(origin, each) for each in named if "*" in each)

    async def _refuse(self, request: Request, refused: Refusal, send: Send) -> None:
        status, headers, body = refusal_response(self._app, request, refused)
        raw = [(name.lower().encode(), str(value).encode("latin-1", "replace")) for name, value in headers.items()]
        raw = [pair for pair in raw if pair[0] != b"content-length"]
        raw += [(b"content-length", str(len(body)).encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        await send({"type": "http.response.body", "body": b"" if request.method == "HEAD" else body})


def refusal_response(app: ModuleType, request: Request, refused: Refusal) -> tuple[int, dict[str, str], bytes]:
    """Return a refusal as the client of the service reads it: status 403, and one line."""
    if not request.headers.get("authorization", "").startswith("AWS4-"):
        text = json.dumps({"__type": refused.code, "message": refused.message}).encode()
        return 403, {"content-type": "application/json", "x-amzn-errortype": refused.code}, text
    from ministack.core.iam_actions import access_denied_response

    parameters = app._routing_params(request.method, request.path, request.headers, request.body, request.query)
    service = app.detect_service(request.method, request.path, request.headers, parameters)
    _, headers, body = access_denied_response(
        service, "", "", "", error_code=refused.code, message=refused.message, headers=dict(request.headers)
    )
    app.fix_error_content_type(service, 403, headers)
    return 403, headers, body


def _custom_domain(app: ModuleType, request: Request) -> bool:
    name = request.host.partition(":")[0]
    return bool(name) and app._resolve_custom_domain_request(name, request.path) is not None


def _matches(origin: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", r"[\w.-]*"), origin) is not None


def _long(request: Request) -> bool:
    length = request.headers.get("content-length", "")
    return "transfer-encoding" in request.headers or (length.isdigit() and int(length) > LONG)


async def _read(receive: Receive, *, keep: bool) -> tuple[bytes, bool]:
    """Read the body to its end: who gets a refusal while still sending may never see it."""
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"", False
        if keep:
            parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts), True


def narrow(app: ModuleType) -> None:
    """Have ministack serve a public request by its own data plane only, whatever else its path could mean."""
    members = vars(app)
    before, after = members["_handle_pre_body_request"], members["_handle_post_body_shortcuts"]
    special, dispatch = members["_handle_special_data_plane_request"], members["_dispatch_service_request"]

    async def pre_body(method: str, path: str, headers: Any, query: Any, request_id: str) -> Any:
        plane = PLANE.get()
        if plane is None:
            return await before(method, path, headers, query, request_id)
        if plane.plane == "pool":
            found = await app._handle_cognito_get_request(method, path, headers, query)
            return found and app._with_data_plane_headers(found, request_id)
        if plane.plane in ("preflight", "s3", "appsync", "cognito-idp"):
            return app._handle_options_request(method, path, headers, query, request_id)
        return None

    async def post_body(method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str) -> Any:
        plane = PLANE.get()
        if plane is None or plane.plane == "answer":
            return await after(method, path, headers, body, query, request_id)
        if plane.plane == "pool":
            found = await app._handle_cognito_body_request(method, path, headers, body, query)
            return found and app._with_data_plane_headers(found, request_id)
        return None

    async def data_plane(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str, **more: Any
    ) -> Any:
        plane = PLANE.get()
        if plane is None:
            return await special(method, path, headers, body, query, request_id, **more)
        host, raw_path, raw_query = headers.get("host", ""), more.get("raw_path"), more.get("raw_query_string", "")
        if plane.plane == "distribution":
            return await app._handle_cloudfront_dataplane_request(
                host, path, raw_path or path, raw_query, method, headers, body, query, more.get("client_ip")
            )
        if plane.plane == "api":
            found = await app._handle_execute_api_request(
                host, path, method, headers, body, query, raw_path=raw_path, raw_query_string=raw_query
            )
            return found and app._with_data_plane_headers(found, request_id, wildcard_cors=False)
        if plane.plane == "url":
            found = await app._handle_lambda_url_request(host, path, method, headers, body, query)
            if found and not any(name.lower() == "x-amzn-requestid" for name in found[1]):
                found[1]["x-amzn-RequestId"] = request_id
            return found
        if plane.plane == "alb":
            return await app._handle_alb_request(host, path, method, headers, body, query, raw_query, raw_path)
        if plane.plane == "s3" and app._extract_s3_vhost_bucket(host):
            found = await app._handle_s3_vhost_request(host, path, method, headers, body, query)
            return found and app._with_data_plane_headers(found, request_id, include_s3_id=True)
        return None

    async def dispatched(method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str) -> Any:
        plane = PLANE.get()
        if plane is None:
            return await dispatch(method, path, headers, body, query, request_id)
        if plane.plane not in ("s3", "cognito-idp", "appsync"):
            return 404, {"Content-Type": "application/json"}, b'{"message":"Not Found"}'
        status, answered, content = await app.SERVICE_HANDLERS[plane.plane](method, path, headers, body, query)
        answered.setdefault("Access-Control-Allow-Origin", "*")
        return status, answered | {"x-amzn-requestid": request_id, "x-amz-request-id": request_id}, content

    members["_handle_pre_body_request"] = pre_body
    members["_handle_post_body_shortcuts"] = post_body
    members["_handle_special_data_plane_request"] = data_plane
    members["_dispatch_service_request"] = dispatched
