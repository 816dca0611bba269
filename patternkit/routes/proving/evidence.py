"""What the flows of a promise have shown so far."""

from __future__ import annotations

from patternkit.routes.promises import Promise
from patternkit.routes.proving.view import View
from patternkit.routes.selecting import inspectors
from patternkit.routes.tracing import Flow


class Evidence:
    """What the flows of a promise have shown so far.

    Attributes:
        seen: The flows.
        failing: A flow that breaks the promise, and why.
        hedged: One that breaks it unless AWS or an appliance does otherwise, and why.
        doubtful: One that meets what is not known, and why.
        unknown: Everything that is not known.
        incomplete: Whether there are addresses that no flow was walked from or to.
        notes: What else a reader must know.
        leans: The contracts that the verdict leans on.
        suspected: Why there may be ways that are not modelled.
        by: The identities of what the promise takes for an inspector.
    """

    def __init__(self, view: View, promise: Promise) -> None:
        self.view = view
        self.promise = promise
        self.seen: list[Flow] = []
        self.failing: tuple[Flow, str] | None = None
        self.hedged: tuple[Flow, str] | None = None
        self.doubtful: tuple[Flow, str] | None = None
        self.unknown: dict[str, None] = {}
        self.incomplete = False
        self.notes: dict[str, None] = {}
        self.leans: set[str] = set()
        self.suspected: dict[str, None] = {}
        self.by = (
            inspectors(view.model, view.selector.names, promise.by)
            if promise.kind in ("inspected", "no_bypass")
            else frozenset()
        )

    def doubt(self, flow: Flow, reason: str) -> None:
        """A flow meets what is not known."""
        self.unknown[reason] = None
        self.doubtful = self.doubtful or (flow, reason)

    def name(self, identity: str) -> str:
        """An element as people call it."""
        instance = self.view.model.instances.get(identity)
        if instance is not None:
            return instance.path
        for group in (self.view.model.targets, self.view.model.attachments, self.view.model.sites):
            if identity in group:
                return str(group[identity])
        return identity

    def by_text(self) -> str:
        """What the promise names as inspecting."""
        by = self.promise.by
        return "a firewall" if by is None else by if isinstance(by, str) else " or ".join(by)
