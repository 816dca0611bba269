"""A request as a viewer makes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from patternkit.testing.cache_keys.errors import CacheKeyError

Values = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Request:
    """A request.

    Attributes:
        path: Its path, from the first slash.
        method: Its method.
        query: Its query parameters, each with its values in their order.
        headers: Its headers by lower-case name, without `Cookie`.
        cookies: Its cookies.
        host: The host that it is sent to.
    """

    path: str
    method: str = "GET"
    query: Values = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    host: str = "d111111abcdef8.cloudfront.net"

    @classmethod
    def of(
        cls,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        cookies: Mapping[str, str] | None = None,
    ) -> Self:
        """Read a URL or a path with a query, and headers, of which `Cookie` may be one.

        Args:
            url: As `/orders?page=2` or `https://www.example.com/orders`.
            method: The method. Default: GET.
            headers: Headers, in whichever case.
            cookies: Cookies, besides those of a header.

        Raises:
            CacheKeyError: If the path does not begin with a slash.
        """
        parts = urlsplit(url)
        path = parts.path or ("/" if parts.netloc else "")
        if not path.startswith("/"):
            raise CacheKeyError(f"a request's path must begin with /, got {url!r}")
        query: dict[str, tuple[str, ...]] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query[name] = (*query.get(name, ()), value)
        lower = {name.lower(): value for name, value in (headers or {}).items()}
        written = lower.pop("cookie", "")
        pairs = [one.strip().partition("=") for one in written.split(";") if one.strip()]
        found = {name: value for name, _, value in pairs} | dict(cookies or {})
        host = lower.pop("host", "") or parts.netloc or "d111111abcdef8.cloudfront.net"
        return cls(path, method.upper(), query, lower, found, host)


def chosen(values: Mapping[str, object], names: Sequence[str], behavior: str, *, fold: bool = False) -> list[str]:
    """Choose names as policies do.

    Args:
        values: What a request has.
        names: What the policy names.
        behavior: "none", "all", "whitelist" or "allExcept", as templates write them.
        fold: Whether case does not matter.

    Returns:
        The names of the request, sorted.
    """
    if behavior == "none":
        return []
    named = {one.lower() for one in names} if fold else set(names)
    if behavior == "all":
        return sorted(values)
    if behavior == "allExcept":
        return sorted(one for one in values if (one.lower() if fold else one) not in named)
    return sorted(one for one in values if (one.lower() if fold else one) in named)
