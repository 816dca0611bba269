"""What a deployment says of itself while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One step of a deployment: a CloudFormation event, or an asset that was published."""

    stack_name: str
    logical_id: str
    """The resource's, the stack's own name for the stack itself, or an asset's name."""
    type: str
    """The resource type, or `Asset`."""
    status: str
    """As CloudFormation has it, such as `CREATE_IN_PROGRESS`; `PUBLISHED` for an asset."""
    reason: str = ""
    done: int = 0
    """Resources that have reached their final state."""
    total: int = 0
    """Resources that the template declares."""

    @property
    def failed(self) -> bool:
        """Whether this step failed."""
        return self.status.endswith("_FAILED")


OnProgress = Callable[[Progress], None]
