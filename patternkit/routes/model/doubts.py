"""What may carry packets, or change how they go, without being modelled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why what the model says of an element may not be all.

    Attributes:
        reason: The element, the resource that causes it, and the contract that lifts it.
        adds: Whether it only adds ways: then it does not concern promises that packets arrive.
    """

    reason: str
    adds: bool
