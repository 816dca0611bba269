"""Answer those who want to upload: with a form, with links for parts, and with what became of it."""

import json
import os
import re
import uuid
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from .records import WAITING, Records, Upload
from .signing import Signing

_MOST_PARTS = 1000
_LEAST_PART = 16 * 1024 * 1024
_LINKS_AT_ONCE = 50
_UPLOAD = re.compile("[0-9a-f]{32}")
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html: an entity tag need be no MD5, and is short.
_TAG = re.compile("[!-~]{1,100}")
# What Amazon S3 says of parts and tags that are not those that were sent.
_WRONG_PARTS = {
    "InvalidPart",
    "InvalidPartOrder",
    "EntityTooSmall",
    "MalformedXML",
    "NoSuchUpload",
    "PreconditionFailed",
}


class Refused(Exception):  # noqa: N818
    """The request is not good; the message says why, and is answered."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


_RECORDS, _SIGNING = Records(), Signing()
_TYPES = frozenset(os.environ["CONTENT_TYPES"].split(","))
_SIZES = range(int(os.environ["MIN_SIZE"]), int(os.environ["MAX_SIZE"]) + 1)
_MULTIPART_ABOVE = int(os.environ["MULTIPART_ABOVE"])
_ORIGINS = [one for one in os.environ["CORS_ORIGINS"].split(",") if one]


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request.

    Args:
        event: API Gateway's proxy event.
        context: Lambda's own.

    Returns:
        The answer, in the form of API Gateway's proxy integration.
    """
    del context
    try:
        status, body = _ROUTES[event["httpMethod"], event["resource"]](event)
    except Refused as refused:
        status, body = refused.status, {"message": str(refused)}
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store", **_cors(event)}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def begin(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Take what shall be uploaded, and answer how."""
    asked = _body(event)
    name, kind, size = asked.get("name", ""), asked.get("type"), asked.get("size")
    if not isinstance(name, str) or len(name) > 255 or not name.isprintable():
        raise Refused(400, "name must be up to 255 printable characters")
    if not isinstance(kind, str) or kind not in _TYPES:
        raise Refused(415, f"type must be one of {', '.join(sorted(_TYPES))}")
    if type(size) is not int or size < _SIZES.start:
        raise Refused(400, f"size must be at least {_SIZES.start} byte{'s' * (_SIZES.start != 1)}")
    if size not in _SIZES:
        raise Refused(413, f"size must be at most {_SIZES.stop - 1} bytes")
    one = Upload(uuid.uuid4().hex, _caller(event), name, kind, size)
    if size <= _MULTIPART_ABOVE:
        _RECORDS.put(one)
        return 201, {"upload": one.upload, "form": _SIGNING.form(one)}
    part_size = max(_LEAST_PART, -(-size // _MOST_PARTS))
    one = Upload(one.upload, one.owner, name, kind, size, WAITING, _SIGNING.begin(one), part_size)
    _RECORDS.put(one)
    return 201, {"upload": one.upload, "parts": one.parts, "part_size": part_size}


def links(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Answer links for some parts of an upload that waits."""
    one, numbers = _waiting(event), _body(event).get("numbers")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= _LINKS_AT_ONCE:
        raise Refused(400, f"numbers must be 1 to {_LINKS_AT_ONCE} numbers of parts")
    if any(type(number) is not int or not 1 <= number <= one.parts for number in numbers):
        raise Refused(400, f"numbers must be between 1 and {one.parts}")
    return 200, {"links": [{"number": number, "url": _SIGNING.part(one, number)} for number in numbers]}


def complete(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Put together the parts of an upload that waits, if all have arrived."""
    one, tags = _waiting(event), _body(event).get("tags")
    if not isinstance(tags, list) or len(tags) != one.parts or not all(map(_is_tag, tags)):
        raise Refused(400, f"tags must be {one.parts} entity tags")
    try:
        if missing := _SIGNING.missing(one):
            raise Refused(409, f"parts are missing or of another size: {', '.join(map(str, missing[:20]))}")
        _SIGNING.complete(one, tags)
    except ClientError as error:
        if error.response["Error"]["Code"] in _WRONG_PARTS:
            raise Refused(409, f"parts cannot be put together: {error.response['Error']['Code']}") from None
        raise
    return 200, {"upload": one.upload}


def _is_tag(given: Any) -> bool:
    return isinstance(given, str) and _TAG.fullmatch(given) is not None


def look(event: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Answer what became of an upload."""
    one = _own(event)
    return 200, {"upload": one.upload, "status": one.status, "reason": one.reason}


_ROUTES: dict[tuple[str, str], Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]] = {
    ("POST", "/uploads"): begin,
    ("GET", "/uploads/{upload}"): look,
    ("POST", "/uploads/{upload}/links"): links,
    ("POST", "/uploads/{upload}/complete"): complete,
}


def _own(event: dict[str, Any]) -> Upload:
    """The upload that a path names, if it is the caller's: of another's nobody learns that it is there."""
    named = event["pathParameters"]["upload"]
    # What no upload is called is not looked up: DynamoDB refuses a key that is too long.
    one = _RECORDS.get(named) if _UPLOAD.fullmatch(named) else None
    if one is None or one.owner != _caller(event):
        raise Refused(404, "no such upload")
    return one


def _waiting(event: dict[str, Any]) -> Upload:
    one = _own(event)
    if not one.multipart:
        raise Refused(409, "the upload is not in parts")
    if one.status != WAITING:
        raise Refused(409, f"the upload is {one.status}")
    return one


def _body(event: dict[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(event.get("body") or "")
    except (ValueError, RecursionError):
        raise Refused(400, "the body must be JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "the body must be a JSON object")
    return body


def _caller(event: dict[str, Any]) -> str:
    """Who is calling, as API Gateway found it: a token's subject, an authorizer's principal, a principal, a key."""
    context = event.get("requestContext") or {}
    authorizer, identity = context.get("authorizer") or {}, context.get("identity") or {}
    claims = authorizer.get("claims") or {}
    found = claims.get("sub") or authorizer.get("principalId") or identity.get("userArn") or identity.get("apiKeyId")
    if not found:
        raise Refused(403, "nobody is calling")
    return str(found)


def _cors(event: dict[str, Any]) -> dict[str, str]:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    origin = "*" if "*" in _ORIGINS else headers.get("origin")
    if origin not in _ORIGINS:
        return {}
    return {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
