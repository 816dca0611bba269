"""What is wrong with a template, a schema or a request, in one line."""

from typing import Any

from patternkit.errors import PatternkitError


class GraphqlAccessError(PatternkitError):
    """The template has no such API, its schema is none, or a request cannot be run."""


class ResolverError(GraphqlAccessError):
    """A resolver ended with `util.error`, or its data source refused.

    Args:
        message: The message.
        type: The error's type.
        data: Data beside it.
        info: More about it.
    """

    def __init__(self, message: str, type: str = "Custom", data: Any = None, info: Any = None) -> None:  # noqa: A002
        super().__init__(f"{type}: {message}")
        self.message, self.type, self.data, self.info = message, type, data, info
