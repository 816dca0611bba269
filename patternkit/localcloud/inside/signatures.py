"""Check who signed a request: Signature Version 4, in the header, in the query or in an upload form.

The secrets are those that ministack itself gave out (this run's own, of IAM users, of role sessions). The signature is
computed by ministack's functions, which it uses with `AUTH=true`; there the account's own key is never checked, here it
is.
"""

from __future__ import annotations

import base64
import contextvars
import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, quote

ALGORITHM = "AWS4-HMAC-SHA256"
FORM_FIELD = re.compile(rb'name="([^"]+)"(?:\r\n[^\r\n]+)*\r\n\r\n(.*?)\r\n--', re.DOTALL)
SHA256 = re.compile(r"[0-9a-f]{64}")
WEEK = 7 * 24 * 60 * 60
"""Seconds that a link may last: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"""
FREE_HEADERS = frozenset({"x-amz-content-sha256", "x-amz-security-token", "x-amz-user-agent"})
"""Of AWS's headers those that need not be signed: the first two are checked by themselves, the third means nothing."""


SIGNATURE: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar("signature", default={})  # noqa: B039
"""What policies may ask of the signature of the request at hand, by lower-case condition key; nothing if unsigned."""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request as it arrived."""

    method: str
    path: str
    """Decoded."""
    raw_path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """By lower-case name; values of a repeated header are joined by commas."""
    body: bytes = b""

    @property
    def host(self) -> str:
        """The `Host` header."""
        return self.headers.get("host", "")

    def parameter(self, name: str) -> str:
        """Return a query parameter, or an empty text."""
        return (self.query.get(name) or [""])[0]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused: the code that AWS has for it, and one line."""

    code: str
    message: str


UNSIGNED = Refusal(
    "MissingAuthenticationToken",
    "the local cloud answers only what is signed with this run's own key: take its variables from "
    "LocalCloud.environment(), or from what patternkit deploy prints",
)
WRONG = Refusal(
    "SignatureDoesNotMatch",
    "the request is not signed with this run's own key of the local cloud: take its variables from "
    "LocalCloud.environment(), or from what patternkit deploy prints",
)


def read_request(method: str, scope: Mapping[str, object], body: bytes = b"") -> Request:
    """Read an ASGI scope."""
    raw_headers: Sequence[tuple[bytes, bytes]] = scope.get("headers", ())  # type: ignore[assignment]
    headers: dict[str, str] = {}
    for raw_name, raw_value in raw_headers:
        name, value = raw_name.decode("latin-1").lower(), _text(raw_value)
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    path = str(scope["path"])
    raw_path: bytes = scope.get("raw_path") or quote(path).encode()  # type: ignore[assignment]
    query_string: bytes = scope.get("query_string", b"")  # type: ignore[assignment]
    query = parse_qs(query_string.decode("utf-8", "replace"), keep_blank_values=True)
    return Request(method, path, raw_path.decode("latin-1").partition("?")[0], query, headers, body)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def presigned(request: Request) -> bool:
    """Whether the signature is in the query or in an upload form: a link that was made for others to use."""
    return bool(request.parameter("X-Amz-Signature")) or bool(_form(request))


def signs(request: Request) -> bool:
    """Whether a request bears a signature, true or not, or may bear one in its body."""
    return (
        request.headers.get("authorization", "").startswith(ALGORITHM)
        or bool(request.parameter("X-Amz-Signature"))
        or request.headers.get("content-type", "").startswith("multipart/form-data")
    )


def refusal(request: Request) -> Refusal | None:
    """Return None for a request that is signed with a secret of this run, otherwise why it is refused."""
    authorization = request.headers.get("authorization", "")
    if authorization.startswith(ALGORITHM):
        return _header(request)
    if request.parameter("X-Amz-Signature"):
        return _query(request)
    if form := _form(request):
        return _upload(form)
    if authorization.startswith("AWS ") or request.parameter("AWSAccessKeyId"):
        return Refusal(
            "InvalidRequest",
            "signature version 2 is refused: S3 does not take it for buckets made since June 2020, nor elsewhere; sign "
            'with version 4, in boto3 by Config(signature_version="s3v4")',
        )
    return UNSIGNED


def signature_keys(request: Request) -> Mapping[str, str]:
    """Say how a request is signed that was found to be signed with version 4.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
    """
    if request.headers.get("authorization", "").startswith(ALGORITHM):
        kind, date = "REST-HEADER", request.headers.get("x-amz-date", "")
    elif request.parameter("X-Amz-Signature"):
        kind, date = "REST-QUERY-STRING", request.parameter("X-Amz-Date")
    else:
        kind, date = "POST", _form(request).get("x-amz-date", "")
    keys = {"s3:authtype": kind, "s3:signatureversion": ALGORITHM}
    try:
        signed = dt.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=dt.UTC)
    except ValueError:
        return keys
    return keys | {"s3:signatureage": str(int((dt.datetime.now(dt.UTC) - signed).total_seconds() * 1000))}


def _header(request: Request) -> Refusal | None:
    from ministack.core import sigv4

    signature = sigv4.parse_header_signature(request.headers)
    if isinstance(signature, tuple):
        return Refusal(*signature)
    if skewed := sigv4.request_time_failure(signature):
        return Refusal(*skewed)
    if "host" not in signature.signed_headers.split(";"):
        return Refusal("InvalidSignatureException", "the Host header must be signed")
    stated = request.headers.get("x-amz-content-sha256", "")
    if SHA256.fullmatch(stated) and stated != hashlib.sha256(request.body).hexdigest():
        return Refusal("XAmzContentSHA256Mismatch", "the body is not the one that was signed")
    return _verify(request, signature, request.headers.get("x-amz-security-token", ""), in_query=False)


def _query(request: Request) -> Refusal | None:
    from ministack.core import sigv4

    signature = sigv4.parse_query_signature(request.query)
    if isinstance(signature, tuple):
        return Refusal(*signature)
    if request.parameter("X-Amz-Algorithm") != ALGORITHM:
        return WRONG
    try:
        expired = sigv4.presigned_request_is_expired(signature.amz_date, request.parameter("X-Amz-Expires") or "300")
    except (ValueError, OverflowError):
        expired = True
    if expired:
        return Refusal("AccessDenied", "Request has expired")
    if int(request.parameter("X-Amz-Expires") or "300") > WEEK:
        return Refusal("AuthorizationQueryParametersError", f"X-Amz-Expires must be at most a week, {WEEK} seconds")
    return _verify(request, signature, request.parameter("X-Amz-Security-Token"), in_query=True)


def _verify(request: Request, signature: object, token: str, *, in_query: bool) -> Refusal | None:
    from ministack.core import sigv4

    if getattr(signature, "region_set", None) is not None:
        return WRONG
    signed = {*getattr(signature, "signed_headers", "").split(";"), *FREE_HEADERS}
    if added := [name for name in request.headers if name.startswith("x-amz-") and name not in signed]:
        return Refusal(
            "AccessDenied", f"There were headers present in the request which were not signed: {', '.join(added)}"
        )
    secret = _secret(getattr(signature, "access_key_id", ""), token)
    if isinstance(secret, Refusal):
        return secret
    failure = sigv4.header_signature_failure(
        signature,
        secret,
        request.method,
        request.raw_path,
        request.query,
        request.headers,
        request.body,
        presigned=in_query,
    )
    return None if failure is None else WRONG


def _secret(access_key: str, token: str) -> str | Refusal:
    """Return the secret of an access key of this run: of an account, an IAM user or a role session."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import _account_from_sts_session, get_account_id

    if re.fullmatch(r"\d{12}", access_key):
        account = access_key
    elif iam_evaluator.is_root_access_key(access_key):
        return WRONG
    else:
        account = (
            _account_from_sts_session(access_key)
            or iam_evaluator.find_iam_access_key_account(access_key)
            or get_account_id()
        )
    found = iam_evaluator.resolve_credential(access_key, account, token)
    if isinstance(found, iam_evaluator.CredentialResolutionError):
        return Refusal(found.code, found.message)
    secret: str = found.secret_access_key
    return secret


def _form(request: Request) -> dict[str, str]:
    """Return the fields of a signed upload form, or nothing."""
    if request.method != "POST" or not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return {}
    fields = {
        name.decode("latin-1").lower(): value.decode("latin-1")
        for name, value in FORM_FIELD.findall(request.body)
        if len(value) < 65536  # the file itself is no field of a signature
    }
    return fields if fields.keys() >= {"policy", "x-amz-signature", "x-amz-credential"} else {}


def _upload(form: Mapping[str, str]) -> Refusal | None:
    from ministack.core import sigv4

    scope = form["x-amz-credential"].split("/")
    if len(scope) != 5:
        return WRONG
    access_key, date, region, service, _ = scope
    secret = _secret(access_key, form.get("x-amz-security-token", ""))
    if isinstance(secret, Refusal):
        return secret
    computed = sigv4.calculate_signature(secret, date, region, service, form["policy"])
    if not hmac.compare_digest(computed.encode(), form["x-amz-signature"].encode("latin-1")):
        return WRONG
    try:
        expiration = json.loads(base64.b64decode(form["policy"]))["expiration"]
        expired = dt.datetime.fromisoformat(expiration) < dt.datetime.now(dt.UTC)
    except (ValueError, KeyError, TypeError):
        return Refusal("InvalidPolicyDocument", "the form's policy cannot be read")
    return Refusal("AccessDenied", "Invalid according to Policy: Policy expired.") if expired else None
