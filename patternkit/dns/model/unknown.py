"""What templates and contracts do not give."""

from patternkit.resolving.values import Unknown

__all__ = ["Unknown"]
