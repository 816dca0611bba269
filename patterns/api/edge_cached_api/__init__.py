"""APIs whose answers Amazon CloudFront caches, and which nothing else reaches."""

from patterns.api.edge_cached_api.construct import EdgeCachedApi

__all__ = ["EdgeCachedApi"]
