"""What can go wrong with the local cloud: one small tree, each named for what happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from patternkit.errors import PatternkitError

if TYPE_CHECKING:
    from patternkit.localcloud.progress import Progress


class LocalCloudError(PatternkitError):
    """Anything that went wrong in or with the local cloud. Its text is one line, with `detail` below it."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message if not detail else f"{message}\n{detail}")
        self.message = message
        self.detail = detail


class StartFailed(LocalCloudError):  # noqa: N818
    """The server did not come up: `detail` holds the end of its log."""


class DeadlinePassed(LocalCloudError):  # noqa: N818
    """Something was waited for longer than its deadline."""


class Unsupported(LocalCloudError):  # noqa: N818
    """The assembly holds what the local cloud cannot run, found before anything was deployed.

    Attributes:
        resources: What it cannot run, as (logical id, resource type). Empty for a finding about the
            assembly as a whole, such as a container image.
    """

    def __init__(self, message: str, *, resources: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.resources = tuple(resources)


class DeploymentFailed(LocalCloudError):  # noqa: N818
    """CloudFormation failed a stack.

    Attributes:
        stack_name: The stack.
        logical_id: The resource that failed first, or None when it is the stack itself.
        reason: Why, in the service's words.
        events: Every event of the operation, oldest first.
    """

    def __init__(
        self,
        message: str,
        *,
        stack_name: str,
        logical_id: str | None,
        reason: str,
        events: Iterable[Progress] = (),
        detail: str = "",
    ) -> None:
        super().__init__(message, detail=detail)
        self.stack_name = stack_name
        self.logical_id = logical_id
        self.reason = reason
        self.events = tuple(events)
