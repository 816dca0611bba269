"""Cache and origin request policies: of the template, of a behavior's older settings, and AWS's managed ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Choice = tuple[str, tuple[str, ...]]
NONE: Choice = ("none", ())
ALL: Choice = ("all", ())


@dataclass(frozen=True, slots=True)
class Choices:
    """What of a request a policy takes.

    Attributes:
        headers: Which headers.
        cookies: Which cookies.
        query: Which query parameters.
        compressed: Encodings that are told apart: "gzip", "br".
        least: The smallest time in cache, in seconds.
        usual: The time where the origin says none.
        most: The largest; with 0 nothing is cached.
    """

    headers: Choice = NONE
    cookies: Choice = NONE
    query: Choice = NONE
    compressed: tuple[str, ...] = ()
    least: float = 0
    usual: float = 86_400
    most: float = 31_536_000


# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
MANAGED_CACHE_POLICIES: Mapping[str, Choices] = {
    "658327ea-f89d-4fab-a63d-7e88639e58f6": Choices(compressed=("gzip", "br"), least=1),
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": Choices(usual=0, most=0),
    "b2884449-e4de-46a7-ac36-70bc7f1ddd6d": Choices(least=1),
}
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
MANAGED_ORIGIN_REQUEST_POLICIES: Mapping[str, Choices] = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": Choices(ALL, ALL, ALL),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": Choices(("allExcept", ("host",)), ALL, ALL),
    "acba4595-bd28-49b8-b9fe-13317c0390fa": Choices(("whitelist", ("user-agent", "referer"))),
    "59781a5b-3903-41f3-afcb-af62929ccde1": Choices(("whitelist", ("origin",))),
}


def cache_policy(config: Mapping[str, Any]) -> Choices:
    """Read the configuration of an `AWS::CloudFront::CachePolicy`."""
    parameters = config["ParametersInCacheKeyAndForwardedToOrigin"]
    flags = (("gzip", "EnableAcceptEncodingGzip"), ("br", "EnableAcceptEncodingBrotli"))
    return Choices(
        headers=_choice(parameters, "HeadersConfig", "Header"),
        cookies=_choice(parameters, "CookiesConfig", "Cookie"),
        query=_choice(parameters, "QueryStringsConfig", "QueryString"),
        compressed=tuple(name for name, flag in flags if _true(parameters.get(flag))),
        least=_number(config.get("MinTTL", 0)),
        usual=_number(config.get("DefaultTTL", 86_400)),
        most=_number(config.get("MaxTTL", 31_536_000)),
    )


def origin_request_policy(config: Mapping[str, Any]) -> Choices:
    """Read the configuration of an `AWS::CloudFront::OriginRequestPolicy`."""
    headers = _choice(config, "HeadersConfig", "Header")
    if headers[0] in ("allViewer", "allViewerAndWhitelistCloudFront"):
        headers = ALL
    return Choices(
        headers, _choice(config, "CookiesConfig", "Cookie"), _choice(config, "QueryStringsConfig", "QueryString")
    )


def forwarded_values(behavior: Mapping[str, Any]) -> Choices:
    """Read the older settings of a behavior itself: what is forwarded is the key."""
    values = behavior["ForwardedValues"]
    headers = tuple(str(one) for one in values.get("Headers", ()))
    cookies = values.get("Cookies", {})
    keys = tuple(str(one) for one in values.get("QueryStringCacheKeys", ()))
    query: Choice = (("whitelist", keys) if keys else ALL) if _true(values.get("QueryString")) else NONE
    return Choices(
        headers=ALL if "*" in headers else (("whitelist", headers) if headers else NONE),
        cookies=(str(cookies.get("Forward", "none")), tuple(str(one) for one in cookies.get("WhitelistedNames", ()))),
        query=query,
        least=_number(behavior.get("MinTTL", 0)),
        usual=_number(behavior.get("DefaultTTL", 86_400)),
        most=_number(behavior.get("MaxTTL", 31_536_000)),
    )


def _choice(of: Mapping[str, Any], section: str, name: str) -> Choice:
    found = of.get(section) or {}
    names: Sequence[Any] = found.get(f"{name}s") or ()
    return str(found.get(f"{name}Behavior", "none")), tuple(str(one) for one in names)


def _number(value: Any) -> float:
    return float(value)


def _true(value: Any) -> bool:
    return value is True or str(value).lower() == "true"
