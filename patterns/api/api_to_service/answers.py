"""The answers that the calls of every service share."""

from collections.abc import Mapping

from patterns.api.service_api.templates import Causes, accepted, explained, message

STATUSES = ("202", "400", "409", "413", "429", "500", "503")
"""The statuses that the method answers."""

_NOT_AVAILABLE = "Not available, try again"
UNAVAILABLE = (
    503,
    _NOT_AVAILABLE,
    (("InternalFailure", ""), ("InternalException", ""), ("ServiceUnavailable", "")),
)
"""Errors of the service itself, where they come with status 400."""


def answer(members: Mapping[str, str]) -> str:
    """Write the answer to a call that the service accepted, with the id of the request.

    Args:
        members: The answer's members, each a path in the service's answer.

    Returns:
        The template.
    """
    return accepted({**members, "requestId": "$context.requestId"})


def refused(causes: Causes, *, code: str, reason: str) -> str:
    """Write the answer to a call that the service refused.

    Args:
        causes: The statuses and messages of the service's error codes.
        code: Path of the code in the service's answer.
        reason: Path of its message.

    Returns:
        The template.
    """
    return explained(causes, "The request could not be handed on", code=code, reason=reason)


def unavailable() -> str:
    """Write the answer while the service fails.

    Returns:
        The template.
    """
    return message(_NOT_AVAILABLE)
