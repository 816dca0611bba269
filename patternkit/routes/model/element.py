"""What everything in a network has, and why it may not be all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False, repr=False)
class Element:
    """Anything that a template makes and a packet can meet."""

    identity: str
    path: str
    kind: str = ""
    contracts: frozenset[str] = frozenset()
    tainted: str = ""  # why what the template says of it may not hold at run time

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        # Elements point to each other: a generated repr would print the whole network, many times over.
        return f"<{type(self).__name__} {self.path}>"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why what the model says of an element may not be all.

    Attributes:
        reason: The element, the resource that causes it, and the contract that lifts it.
        adds: Whether it only adds ways: then it does not concern promises that packets arrive.
    """

    reason: str
    adds: bool
