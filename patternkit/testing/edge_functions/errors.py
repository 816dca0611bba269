"""What is wrong with a function at the edge or with what it is given, in one line."""

from patternkit.errors import PatternkitError


class EdgeFunctionError(PatternkitError):
    """The template has no such function, it cannot be run, or it failed."""
