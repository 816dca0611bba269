"""What a template itself makes public: for these, and these only, a request need not be signed.

Each kind of public request is served by its own data plane and by nothing else: whatever path, header or parameter it
has, it never reaches a management call (see `gate`).
"""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from patternkit.localcloud.inside.signatures import Request

COGNITO_TARGET = "AWSCognitoIdentityProviderService."
COGNITO_PAGES = re.compile(r"/(oauth2/\w+|login|logout|signup|confirm|forgotPassword|error)")
POOL_PAGES = re.compile(r"/[^/]+/\.well-known/(jwks\.json|openid-configuration)")
GRAPHQL = re.compile(r"/v1/apis/([^/]+)/graphql")
RESPONSE, SIGNAL = "/_ministack/cfn-response/", "/_ministack/cfn-signal/"


@dataclass(frozen=True, slots=True)
class Public:
    """A request that the template lets anyone make.

    Attributes:
        plane: Who serves it: `api`, `url`, `distribution`, `alb`, `s3`, `pool`, `cognito-idp`, `appsync`, `answer`.
        origins: The origins of pages that its own CORS settings name; `*` is all.
    """

    plane: str
    origins: Collection[str] = ()


def public(app: ModuleType, request: Request) -> Public | None:
    """Return how a request is public, or None when it must be signed.

    Args:
        app: ministack's application module.
        request: What was asked.
    """
    for kind in (_answer, _distribution, _api, _function_url, _load_balancer, _pool, _graphql, _object):
        found = kind(app, request)
        if found is not None:
            return found or None
    return None


SIGNED_ONLY = False
"""The request is for this plane, which asks for a signature itself."""


def _refused_by_itself(request: Request, plane: str) -> Public | Any:
    """A caller without any sign of who it is gets the refusal that the API or function URL itself has for it."""
    signs = [name for name in request.query if name.lower().startswith(("x-amz-", "awsaccesskeyid"))]
    return SIGNED_ONLY if "authorization" in request.headers or signs else Public(plane)


def _answer(_: ModuleType, request: Request) -> Public | None:
    """The link by which a custom resource or a wait condition answers: who holds its random token may."""
    if request.method != "PUT" or not request.path.startswith((RESPONSE, SIGNAL)):
        return None
    from ministack.services.cloudformation import custom_resource, wait_conditions

    token = request.path.rpartition("/")[2]
    known = (
        token in vars(custom_resource)["_pending"]
        if request.path.startswith(RESPONSE)
        else wait_conditions.has_handle(token)
    )
    return Public("answer") if known else None


def _distribution(app: ModuleType, request: Request) -> Public | None:
    label = app._parse_cloudfront_dataplane_host(request.host)
    if label is None or app._get_module("cloudfront").find_distribution_for_label(label) is None:
        return None
    return Public("distribution")


def _api(app: ModuleType, request: Request) -> Public | Any:
    parsed = app._parse_execute_api_url(request.host, request.path)
    if parsed is None:
        mapped = app._resolve_custom_domain_request(request.host, request.path)
        if mapped is None:
            return None
        api, stage, path = mapped
        if not stage:
            stage, _, rest = path.lstrip("/").partition("/")
            path = f"/{rest}"
    else:
        api, stage, path = parsed
    if path.startswith("/@connections/"):
        return SIGNED_ONLY
    stage, path = app._resolve_stage_and_path(api, stage, path)
    if app._execute_api_authorization_type(api, stage, request.method, path) == "AWS_IAM":
        return _refused_by_itself(request, "api")
    return Public("api", _api_origins(app, api, path))


def _api_origins(app: ModuleType, api: str, path: str) -> Collection[str]:
    rest, http = app._get_module("apigateway_v1"), app._get_module("apigateway")
    if (scope := http.find_api_scope(api)) is not None:
        with http.request_scope(*scope):
            settings = (vars(http)["_apis"].get(api) or {}).get("corsConfiguration") or {}
        return tuple(settings.get("allowOrigins", ()))
    if (scope := rest.find_api_scope(api)) is None:
        return ()
    with rest.request_scope(*scope):
        resource, _ = rest._match_resource_tree(api, [part for part in path.split("/") if part])
    options = ((resource or {}).get("resourceMethods", {}).get("OPTIONS") or {}).get("methodIntegration") or {}
    responses = (options.get("integrationResponses") or {}).values()
    header = "method.response.header.Access-Control-Allow-Origin"
    origins = {str((each.get("responseParameters") or {}).get(header, "")).strip("'") for each in responses}
    templates = " ".join(str(text) for each in responses for text in (each.get("responseTemplates") or {}).values())
    # With several origins the CDK writes a mapping template that tries each.
    return origins | set(re.findall(r'matches\("([^"]+)"\)', templates))


def _function_url(app: ModuleType, request: Request) -> Public | Any:
    parsed = app._parse_lambda_url(request.host, request.path)
    if parsed is None:
        return None
    resolved = app._get_module("lambda_svc").resolve_function_url(parsed[0])
    if resolved is None:
        return Public("url")
    settings: Mapping[str, Any] = resolved[4]
    if settings.get("AuthType") != "NONE":
        return _refused_by_itself(request, "url")
    return Public("url", tuple((settings.get("Cors") or {}).get("AllowOrigins", ())))


def _load_balancer(app: ModuleType, request: Request) -> Public | None:
    if not app._is_potential_alb_request(request.host, request.path):
        return None
    alb, prefix = app._get_module("alb"), "/_alb/"
    found = alb.find_lb_for_host(request.host)
    if found is None and request.path.startswith(prefix):
        found = alb._find_lb_by_name(request.path.removeprefix(prefix).split("/", 1)[0])
    return Public("alb") if found else None


def _pool(_: ModuleType, request: Request) -> Public | None:
    """A user pool's own pages, and the calls that AWS lets anyone make, such as SignUp."""
    if COGNITO_PAGES.fullmatch(request.path) or (request.method == "GET" and POOL_PAGES.fullmatch(request.path)):
        return Public("pool")
    target = request.headers.get("x-amz-target", "")
    if request.method == "POST" and request.path == "/" and target.startswith(COGNITO_TARGET):
        from ministack.core.iam_actions import unsigned_operations

        if target.removeprefix(COGNITO_TARGET) in unsigned_operations("cognito-idp"):
            return Public("cognito-idp")
    return None


def _graphql(app: ModuleType, request: Request) -> Public | None:
    """A GraphQL call with one of the API's keys, or a token that a user pool of this run signed."""
    found = GRAPHQL.fullmatch(request.path)
    if found is None or request.method not in ("POST", "OPTIONS"):
        return None
    keys: set[str] = set()
    for (_, _, api), records in vars(app._get_module("appsync"))["_api_keys"].all_items():
        if api == found[1]:
            keys |= {str(record.get("id", name)) for name, record in records.items()}
    authorization = request.headers.get("authorization", "").removeprefix("Bearer ")
    known = request.headers.get("x-api-key") in keys or _signed_by_a_pool(app, authorization)
    return Public("appsync") if known or request.method == "OPTIONS" else None


def _signed_by_a_pool(app: ModuleType, token: str) -> bool:
    """Whether a token is a valid one of a user pool here; AppSync there looks at none of its signature."""
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        pool, expires = str(claims["iss"]).rpartition("/")[2], float(claims["exp"])
    except (ValueError, KeyError, TypeError):
        return False
    cognito = app._get_module("cognito")
    if expires < time.time() or not any(pool == known for (_, _, known), _ in cognito._user_pools.all_items()):
        return False
    _, _, published = cognito.well_known_jwks(pool)
    verify = app._get_module("apigateway")._verify_rs256_signature
    return any(verify(token, key) for key in json.loads(published)["keys"])


def _object(app: ModuleType, request: Request) -> Public | None:
    """What a bucket's policy or access control list lets anyone do."""
    bucket = app._extract_s3_vhost_bucket(request.host)
    path = f"/{bucket}{request.path}" if bucket else request.path
    name, _, key = path.lstrip("/").partition("/")
    if not name or name.startswith("_"):
        return None
    s3 = app._get_module("s3")
    owner = s3._bucket_owner_account(name)
    if owner is None:
        return None
    if request.method == "OPTIONS":
        return Public("s3", bucket_origins(s3, name, request))
    if not s3._foreign_bucket_allows(owner, name, key, request.method, dict(request.query), "", dict(request.headers)):
        return None
    return Public("s3", bucket_origins(s3, name, request))


def bucket_origins(s3: ModuleType, bucket: str, request: Request) -> Collection[str]:
    """Return the request's own origin if the bucket's CORS rules name it."""
    method = request.headers.get("access-control-request-method", request.method)
    allowed = s3.cors_response_headers(bucket, method, dict(request.headers))
    return (request.headers.get("origin", ""),) if allowed else ()
