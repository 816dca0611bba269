"""What the flows of a promise say together."""

from __future__ import annotations

from patternkit.routes.arrival import passes_on
from patternkit.routes.forwarding import Outcome
from patternkit.routes.model import Subnet
from patternkit.routes.places import Place
from patternkit.routes.promises import Promise
from patternkit.routes.proving.breaking import breaks
from patternkit.routes.proving.carrying import carried
from patternkit.routes.proving.concerns import AGAINST_WAYS, concerns
from patternkit.routes.proving.deciding import is_unsure, undeclared, undeclared_on
from patternkit.routes.proving.proof import Proof, Verdict
from patternkit.routes.proving.view import View
from patternkit.routes.selecting import inspectors
from patternkit.routes.tracing import Flow


class Judge:
    """Collects what the flows of a promise say."""

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

    def pair(self, source: Place, destination: Place) -> None:
        """Judge every flow between two places."""
        directions = [(source, destination)]
        if self.promise.kind == "no_bypass" and destination.kind not in ("service", "addresses"):
            directions.append((destination, source))
        for place in (source, destination):
            subnet = place.element
            if isinstance(subnet, Subnet) and subnet.unknown_blocks is not None and not place.doubt:
                # Its other addresses were not walked from or to.
                self.unknown[f"{subnet.path} has more addresses: {subnet.unknown_blocks.reason}"] = None
                self.incomplete = True
        for start, end in directions:
            flows = self.view.flows(self.promise, start, end)
            if self.promise.kind in AGAINST_WAYS:
                flows = [*flows, *carried(self.view, self.promise, start, end)]
            self.seen += flows
            concerns(self, start, end, flows)
            broken = []
            for flow in flows:
                for leg in (flow.forward, flow.back):
                    if leg is not None and leg.outcome is Outcome.UNKNOWN and self._matters(flow):
                        for reason in leg.doubts or (leg.reason,):
                            self.doubt(flow, reason)
                        for reason in flow.beyond if self.promise.kind != "isolated" else ():
                            self.doubt(flow, reason)
                if self.promise.kind in ("isolated", "no_bypass"):
                    for doubt in filter(None, (passes_on(flow.forward), undeclared(flow))):
                        self.doubt(flow, doubt)
                reason = breaks(self, flow)
                if reason:
                    broken.append((flow, reason))
            for flow, reason in broken:
                hedges = flow.last.walk.hedges
                unsure = is_unsure(flow, flows, [other for other, _ in broken], self.promise.kind)
                if unsure or (hedges and len(broken) < len(flows)):
                    # AWS may take another way, or an appliance make one, on which the promise holds.
                    hedge = hedges[0] if hedges else undeclared_on(flow)
                    self.hedged = self.hedged or (flow, f"{reason} ({hedge})")
                    self.unknown[hedge] = None
                else:
                    self.failing = self.failing or (flow, reason)

    def _matters(self, flow: Flow) -> bool:
        # What becomes of the replies does not matter to isolation.
        return not (self.promise.kind == "isolated" and flow.delivered)

    def _nothing_arrives(self) -> Flow | None:
        """A flow to show for a promise about what arrives, where nothing does; None where that is no fault."""
        kind = self.promise.kind
        if kind in ("inspected", "symmetric", "same_az", "reaches"):
            return self.seen[0]
        if kind == "no_blackhole":
            # What a filter denies is not lost to a route.
            return next((flow for flow in self.seen if flow.forward.kind != "filter"), None)
        return None

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

    def verdict(self, pairs: int, traced: int, left_out: int, contracts: set[str]) -> Proof:
        """What all flows say together."""
        delivered = sum(flow.delivered for flow in self.seen)
        everywhere = self.view.model.unknown
        verdict, found = Verdict.HOLDS, None
        if not self.seen:
            verdict, reason = Verdict.UNKNOWN, "source and destination have no addresses of one family"
            self.unknown[reason] = None
        elif self.failing is not None:
            verdict, found = Verdict.FAILS, self.failing
        elif self.hedged is not None or self.doubtful is not None:
            verdict, found = Verdict.UNKNOWN, self.hedged or self.doubtful
        elif self.incomplete:
            verdict = Verdict.UNKNOWN
        elif not delivered and (flow := self._nothing_arrives()) is not None:
            verdict, found = Verdict.FAILS, (flow, f"no flow arrives at all: {flow.forward.reason}")
        if self.suspected:
            self.unknown.update(self.suspected)
            verdict = Verdict.UNKNOWN if verdict is Verdict.HOLDS else verdict
        if everywhere:
            self.unknown.update(dict.fromkeys(everywhere))
            verdict = Verdict.UNKNOWN
        if refused := [f"AWS refuses: {text}" for text in self.view.model.refused]:
            # What AWS does not deploy is no network: no flow of it means anything.
            verdict, found, self.unknown = Verdict.UNKNOWN, None, dict.fromkeys(refused)
        reason = found[1] if found else next(iter(self.unknown), "") if verdict is Verdict.UNKNOWN else ""
        return Proof(
            self.promise,
            verdict,
            reason,
            found[0] if found else None,
            tuple(self.unknown),
            pairs,
            traced,
            len(self.seen),
            delivered,
            left_out,
            tuple(sorted(contracts | self.leans)),
            (
                *self.notes,
                *self.view.model.notes,
            ),
        )
