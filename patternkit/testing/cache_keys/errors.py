"""What is wrong with a template or a request, in one line."""

from patternkit.errors import PatternkitError


class CacheKeyError(PatternkitError):
    """The template has no such cache, or a request is none."""
