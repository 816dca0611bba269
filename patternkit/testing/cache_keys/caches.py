"""The caches of a template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Self

from patternkit.templates import as_template
from patternkit.testing.cache_keys.distribution import DistributionCache
from patternkit.testing.cache_keys.errors import CacheKeyError
from patternkit.testing.cache_keys.key import CacheKey
from patternkit.testing.cache_keys.request import Request
from patternkit.testing.cache_keys.stage import StageCache

_KINDS = ("AWS::CloudFront::Distribution", "AWS::ApiGateway::Stage")


class Sharing(Enum):
    """Whether two requests may be answered with the same cached answer."""

    MAY_SHARE = "may share"
    NEVER = "never share"
    UNKNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Shared:
    """What two requests have in common.

    Attributes:
        sharing: Whether they may share an answer.
        why: The part of the key in which they differ, or why nothing is cached, or what is not known.
        unseen: What differs at the origin while the key is the same: one gets what was meant for the other.
    """

    sharing: Sharing
    why: str
    unseen: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sharing.value}: {self.why}"


@dataclass(frozen=True, slots=True)
class Caches:
    """The caches of one template.

    Attributes:
        caches: By logical id.
    """

    caches: Mapping[str, DistributionCache | StageCache]

    @classmethod
    def of(
        cls, template: Mapping[str, Any], *, functions: Mapping[str, Callable[[Request], Request]] | None = None
    ) -> Self:
        """Read a template.

        Args:
            template: The template, as data.
            functions: What the viewer-request functions of its distributions do to a request, by logical id.

        Raises:
            CacheKeyError: If it has no cache.
            TemplateError: If it is no template.
        """
        resources = as_template(template, "the template")["Resources"]
        found: dict[str, DistributionCache | StageCache] = {}
        for name, one in resources.items():
            properties = one.get("Properties") or {}
            if one["Type"] == _KINDS[0]:
                if not isinstance(properties.get("DistributionConfig", {}).get("DefaultCacheBehavior"), Mapping):
                    raise CacheKeyError(f"{name} has no DefaultCacheBehavior")
                found[name] = DistributionCache(name, properties["DistributionConfig"], resources, functions or {})
            elif one["Type"] == _KINDS[1]:
                found[name] = StageCache(name, properties, resources)
        if not found:
            raise CacheKeyError(f"the template has no {' and no '.join(_KINDS)}")
        return cls(found)

    def key(self, request: Request | str, cache: str | None = None) -> CacheKey:
        """Compute the key of a request.

        Args:
            request: The request, or its path with its query.
            cache: The logical id of the distribution or stage. Default: the only distribution, else the only stage.

        Raises:
            CacheKeyError: If it is not clear which cache is meant, or its settings cannot be read.
        """
        asked = Request.of(request) if isinstance(request, str) else request
        chosen = self._chosen(cache)
        try:
            return chosen.key(asked)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CacheKeyError(f"{chosen.name} cannot be read: {type(error).__name__}: {error}") from None

    def share(self, one: Request | str, other: Request | str, cache: str | None = None) -> Shared:
        """Say whether two requests may be answered with the same cached answer.

        Args:
            one: A request.
            other: Another.
            cache: See `key`.
        """
        first, second = self.key(one, cache), self.key(other, cache)
        for key in (first, second):
            if key.unknown:
                return Shared(Sharing.UNKNOWN, str(key))
        for key in (first, second):
            if key.not_cached:
                return Shared(Sharing.NEVER, str(key))
        if first.cache != second.cache:
            return Shared(Sharing.NEVER, f"{first.cache}, {second.cache}")
        differing = sorted(set(first.parts) ^ set(second.parts))
        if differing:
            return Shared(Sharing.NEVER, ", ".join(dict.fromkeys(name for name, _ in differing)))
        unseen = tuple(dict.fromkeys(name for name, _ in sorted(set(first.unseen) ^ set(second.unseen))))
        return Shared(Sharing.MAY_SHARE, str(first), unseen)

    def _chosen(self, cache: str | None) -> DistributionCache | StageCache:
        if cache is not None:
            if cache not in self.caches:
                raise CacheKeyError(f"there is no cache {cache}: there are {', '.join(sorted(self.caches))}")
            return self.caches[cache]
        for kind in (DistributionCache, StageCache):
            found = [one for one in self.caches.values() if isinstance(one, kind)]
            if len(found) == 1:
                return found[0]
            if found:
                break
        raise CacheKeyError(f"say which cache is meant: {', '.join(sorted(self.caches))}")
