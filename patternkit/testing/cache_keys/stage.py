"""The cache of a stage of a REST API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from patternkit.testing.cache_keys.key import CacheKey
from patternkit.testing.cache_keys.request import Request


@dataclass(frozen=True, slots=True)
class StageCache:
    """A stage with its API's methods.

    Attributes:
        name: Its logical id.
        properties: Its properties.
        resources: All resources of its template.
    """

    name: str
    properties: Mapping[str, Any]
    resources: Mapping[str, Any]

    def key(self, request: Request) -> CacheKey:
        """Compute the key of a request, whose path is that below the stage.

        Args:
            request: The request.

        Returns:
            The key: the resource, and what its method names as its cache key parameters. Neither the path below a
            variable nor who is calling is part of it by itself.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html
        """
        if str(self.properties.get("CacheClusterEnabled")).lower() != "true":
            return CacheKey(self.name, not_cached="the stage has no cache")
        found = self._method(request)
        if found is None:
            return CacheKey(self.name, not_cached=f"no method answers {request.method} {request.path}")
        path, variables, method = found
        cache = f"{self.name} {request.method} {path}"
        if not self._cached(path, request.method):
            return CacheKey(cache, not_cached="caching is off for the method")
        integration = method.get("Integration") or {}
        values = {f"method.request.path.{name}": value for name, value in variables.items()}
        values |= {f"method.request.querystring.{name}": "&".join(value) for name, value in request.query.items()}
        headers = {f"method.request.header.{name}".lower(): value for name, value in request.headers.items()}
        named = sorted(str(one) for one in integration.get("CacheKeyParameters") or ())
        parts = [("resource", path), *((one, values.get(one, headers.get(one.lower(), ""))) for one in named)]
        seen = {one.lower() for one in named}
        unseen = [pair for pair in (*values.items(), *headers.items()) if pair[0].lower() not in seen]
        return CacheKey(cache, tuple(parts), unseen=tuple(sorted(unseen)))

    def _cached(self, path: str, method: str) -> bool:
        """By the most specific of the stage's method settings; only GET where they are for all methods."""
        found: Mapping[str, Any] | None = None
        for one in self.properties.get("MethodSettings") or ():
            own = str(one.get("ResourcePath", "/*")).replace("~1", "/")
            if (own, one.get("HttpMethod")) in ((path, method), (f"/{path.lstrip('/')}", method)):
                return str(one.get("CachingEnabled")).lower() == "true"
            if (own, one.get("HttpMethod")) == ("/*", "*"):
                found = one
        return found is not None and str(found.get("CachingEnabled")).lower() == "true" and method == "GET"

    def _method(self, request: Request) -> tuple[str, dict[str, str], Mapping[str, Any]] | None:
        """The method that answers: the one whose path has the fewest variables."""
        api = self.properties.get("RestApiId")
        matching = []
        for one in self.resources.values():
            properties = one.get("Properties") or {}
            if one.get("Type") != "AWS::ApiGateway::Method" or properties.get("RestApiId") != api:
                continue
            if properties.get("HttpMethod") not in (request.method, "ANY"):
                continue
            path = self._path(properties.get("ResourceId"))
            variables = _variables(path, request.path)
            if variables is not None:
                matching.append(
                    (("+}" in path, len(variables), properties["HttpMethod"] == "ANY"), path, variables, properties)
                )
        if not matching:
            return None
        _, path, variables, properties = min(matching, key=lambda one: one[0])
        return path, variables, properties

    def _path(self, resource: Any) -> str:
        parts: list[str] = []
        while isinstance(resource, Mapping) and "Ref" in resource and resource["Ref"] in self.resources:
            properties = self.resources[resource["Ref"]]["Properties"]
            parts.insert(0, str(properties["PathPart"]))
            resource = properties["ParentId"]
        return "/" + "/".join(parts)


def _variables(pattern: str, path: str) -> dict[str, str] | None:
    """The path variables of a request, if its path matches."""
    expected, given = [one for one in pattern.split("/") if one], [one for one in path.split("/") if one]
    found: dict[str, str] = {}
    for number, part in enumerate(expected):
        if part.endswith("+}") and part.startswith("{"):
            rest = "/".join(given[number:])
            return {**found, part[1:-2]: rest} if rest else None
        if number >= len(given):
            return None
        if part.startswith("{"):
            found[part[1:-1]] = given[number]
        elif part != given[number]:
            return None
    return found if len(given) == len(expected) else None
