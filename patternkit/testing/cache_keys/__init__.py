"""Compute from a template under which key a request is cached, and which two requests may share an answer.

Amazon CloudFront distributions and the stage caches of Amazon API Gateway are read. What a template does not tell, such
as a cache policy that is only named, is unknown, and never a share nor its absence.
"""

from patternkit.testing.cache_keys.caches import Caches, Shared, Sharing
from patternkit.testing.cache_keys.errors import CacheKeyError
from patternkit.testing.cache_keys.key import CacheKey
from patternkit.testing.cache_keys.request import Request

__all__ = ["CacheKey", "CacheKeyError", "Caches", "Request", "Shared", "Sharing"]
