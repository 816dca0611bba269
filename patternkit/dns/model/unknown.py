"""What templates and contracts do not give."""

from patternkit.routes.values import Unknown

__all__ = ["Unknown"]
