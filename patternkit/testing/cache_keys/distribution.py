"""The cache of an Amazon CloudFront distribution."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from patternkit.testing.cache_keys.key import CacheKey
from patternkit.testing.cache_keys.policies import (
    MANAGED_CACHE_POLICIES,
    MANAGED_ORIGIN_REQUEST_POLICIES,
    Choices,
    cache_policy,
    forwarded_values,
    origin_request_policy,
)
from patternkit.testing.cache_keys.request import Request, chosen

_CACHED = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class DistributionCache:
    """A distribution, with the resources of its template.

    Attributes:
        name: Its logical id.
        config: Its configuration.
        resources: All resources of its template.
        functions: What viewer-request functions do, by logical id.
    """

    name: str
    config: Mapping[str, Any]
    resources: Mapping[str, Any]
    functions: Mapping[str, Callable[[Request], Request]]

    def key(self, request: Request) -> CacheKey:
        """Compute the key of a request.

        Args:
            request: The request, as the viewer sends it.

        Returns:
            The key. HEAD and GET share answers. TTLs that the origin sends are not known here.
        """
        where, behavior = behavior_of(self.config, request.path)
        cache_name = f"{self.name} {where}"
        request, unknown = self._after_function(behavior, request)
        if unknown:
            return CacheKey(cache_name, unknown=unknown)
        cached = {*_CACHED, *(str(one) for one in behavior.get("CachedMethods", ()))}
        if request.method not in cached:
            return CacheKey(cache_name, not_cached=f"{request.method} is never cached")
        key, forwarded, unknown = self._choices(behavior)
        if key is None:
            return CacheKey(cache_name, unknown=unknown)
        if key.most == 0:
            return CacheKey(cache_name, not_cached="its longest time in cache is 0")
        taken = _taken(request, key)
        unseen = () if forwarded is None else tuple(one for one in _taken(request, forwarded) if one not in taken)
        path = ("path", request.path)
        method = () if request.method in _CACHED else (("method", request.method),)
        return CacheKey(cache_name, (*method, path, *taken), unseen=unseen)

    def _after_function(self, behavior: Mapping[str, Any], request: Request) -> tuple[Request, str]:
        """A viewer-request function changes the request before its key is computed."""
        for one in behavior.get("FunctionAssociations") or ():
            if one.get("EventType") != "viewer-request":
                continue
            name = _logical_id(one.get("FunctionARN"))
            if name not in self.functions:
                return request, f"function {name or one.get('FunctionARN')} may change the request: say what it does"
            request = self.functions[str(name)](request)
        for one in behavior.get("LambdaFunctionAssociations") or ():
            if one.get("EventType") == "viewer-request":
                return request, "a Lambda@Edge function may change the request"
        return request, ""

    def _choices(self, behavior: Mapping[str, Any]) -> tuple[Choices | None, Choices | None, str]:
        if "ForwardedValues" in behavior:
            return forwarded_values(behavior), None, ""
        given = behavior.get("CachePolicyId")
        config = self._policy(given, "CachePolicyConfig")
        key = cache_policy(config) if config is not None else MANAGED_CACHE_POLICIES.get(str(given))
        if key is None:
            return None, None, f"cache policy {given} is not in the template"
        asked = behavior.get("OriginRequestPolicyId")
        if asked is None:
            return key, None, ""
        config = self._policy(asked, "OriginRequestPolicyConfig")
        forwarded = (
            origin_request_policy(config) if config is not None else MANAGED_ORIGIN_REQUEST_POLICIES.get(str(asked))
        )
        return key, forwarded or Choices(("all", ()), ("all", ()), ("all", ())), ""

    def _policy(self, given: Any, section: str) -> Mapping[str, Any] | None:
        name = _logical_id(given)
        resource = self.resources.get(name) if name else None
        return None if resource is None else resource["Properties"][section]


def behavior_of(config: Mapping[str, Any], path: str) -> tuple[str, Mapping[str, Any]]:
    """Find the behavior of a path.

    Args:
        config: The distribution's configuration.
        path: The path.

    Returns:
        What it is called, and its settings.
    """
    for one in config.get("CacheBehaviors") or ():
        if _matches(str(one["PathPattern"]), path):
            return f"behavior {one['PathPattern']}", one
    return "default behavior", config["DefaultCacheBehavior"]


def _taken(request: Request, choices: Choices) -> tuple[tuple[str, str], ...]:
    headers = {**request.headers, "host": request.host}
    parts = [
        (f"header {name.lower()}", headers[name])
        for name in chosen(headers, choices.headers[1], choices.headers[0], fold=True)
        if not (choices.compressed and name == "accept-encoding")
    ]
    if choices.compressed:
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
        accepted = {one.split(";")[0].strip().lower() for one in headers.get("accept-encoding", "").split(",")}
        parts.append(("accept-encoding", ",".join(one for one in choices.compressed if one in accepted)))
    parts += [
        (f"cookie {name}", request.cookies[name])
        for name in chosen(request.cookies, choices.cookies[1], choices.cookies[0])
    ]
    parts += [
        (f"query {name}", "&".join(request.query[name]))
        for name in chosen(request.query, choices.query[1], choices.query[0])
    ]
    return tuple(parts)


def _logical_id(reference: Any) -> str | None:
    match reference:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::GetAtt": str(text)}:
            return text.split(".")[0]
    return None


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    written = pattern if pattern.startswith("/") else f"/{pattern}"
    return re.compile("".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in written), re.DOTALL)


def _matches(pattern: str, path: str) -> bool:
    # With case: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
    return _pattern(pattern).fullmatch(path) is not None
