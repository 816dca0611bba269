"""Combines the verdicts of a promise's flows."""

from __future__ import annotations

from patternkit.resolving.values import not_lifted
from patternkit.routes.arrival import passes_on
from patternkit.routes.forwarding import Outcome
from patternkit.routes.model import Subnet
from patternkit.routes.places import Place
from patternkit.routes.proving.endpoint_service_flows import or_by_service
from patternkit.routes.proving.evidence import Evidence
from patternkit.routes.proving.load_balancer_flows import carried
from patternkit.routes.proving.promise_checks import breaks
from patternkit.routes.proving.proof import Proof
from patternkit.routes.proving.proxy_flows import proxied
from patternkit.routes.proving.undeclared_appliances import is_unsure, undeclared, undeclared_on
from patternkit.routes.proving.unmodelled_ways import AGAINST_WAYS, note_doubts
from patternkit.routes.tracing import Flow
from patternkit.verdict import Verdict


def judge_pair(evidence: Evidence, source: Place, destination: Place) -> None:
    """Judge every flow between two places."""
    directions = [(source, destination)]
    if evidence.promise.kind == "no_bypass" and destination.kind not in ("service", "addresses"):
        directions.append((destination, source))
    for place in (source, destination):
        subnet = place.element
        if isinstance(subnet, Subnet) and subnet.unknown_blocks is not None and not place.doubt:
            # Its other addresses were not walked from or to.
            evidence.unknown[f"{subnet.path} has more addresses: {subnet.unknown_blocks.reason}"] = None
            evidence.incomplete = True
    for start, end in directions:
        flows = evidence.view.flows(evidence.promise, start, end)
        if evidence.promise.kind in AGAINST_WAYS:
            way = (evidence.view, evidence.promise, start, end)
            flows = [*flows, *carried(*way), *proxied(*way)]
        else:
            direct, flows = flows, or_by_service(evidence.view, evidence.promise, start, end, flows)
            if flows is not direct and isinstance(end.element, Subnet):
                note = f"of {end.name}, what is a target of an endpoint service is reached, and nothing else of it"
                evidence.notes[note] = None
        evidence.seen += flows
        note_doubts(evidence, start, end, flows)
        broken = []
        for flow in flows:
            for leg in (flow.forward, flow.back):
                if leg is not None and leg.outcome is Outcome.UNKNOWN and _matters(evidence, flow):
                    for reason in leg.doubts or (leg.reason,):
                        evidence.doubt(flow, reason)
                    for reason in flow.beyond if evidence.promise.kind != "isolated" else ():
                        evidence.doubt(flow, reason)
            if evidence.promise.kind in ("isolated", "no_bypass"):
                for doubt in filter(None, (passes_on(flow.forward), undeclared(flow))):
                    evidence.doubt(flow, doubt)
            reason = breaks(evidence, flow)
            if reason:
                broken.append((flow, reason))
        for flow, reason in broken:
            hedges = flow.last.walk.hedges
            unsure = is_unsure(flow, flows, [other for other, _ in broken], evidence.promise.kind)
            if unsure or (hedges and len(broken) < len(flows)):
                # AWS may take another way, or an appliance make one, on which the promise holds.
                hedge = hedges[0] if hedges else undeclared_on(flow)
                evidence.hedged = evidence.hedged or (flow, f"{reason} ({hedge})")
                evidence.unknown[hedge] = None
            else:
                evidence.failing = evidence.failing or (flow, reason)


def proof_of(evidence: Evidence, pairs: int, traced: int, left_out: int, contracts: set[str]) -> Proof:
    """What all flows say together."""
    delivered = sum(flow.delivered for flow in evidence.seen)
    everywhere = evidence.view.model.unknown
    verdict, found = Verdict.HOLDS, None
    if not evidence.seen:
        verdict, reason = (
            Verdict.UNKNOWN,
            f"{evidence.promise}: source and destination have no addresses of one family" + not_lifted(),
        )
        evidence.unknown[reason] = None
    elif evidence.failing is not None:
        verdict, found = Verdict.FAILS, evidence.failing
    elif evidence.hedged is not None or evidence.doubtful is not None:
        verdict, found = Verdict.UNKNOWN, evidence.hedged or evidence.doubtful
    elif evidence.incomplete:
        verdict = Verdict.UNKNOWN
    elif not delivered and (flow := _nothing_arrives(evidence)) is not None:
        verdict, found = Verdict.FAILS, (flow, f"no flow arrives at all: {flow.forward.reason}")
    if evidence.suspected:
        evidence.unknown.update(evidence.suspected)
        verdict = Verdict.UNKNOWN if verdict is Verdict.HOLDS else verdict
    if everywhere:
        evidence.unknown.update(dict.fromkeys(everywhere))
        verdict = Verdict.UNKNOWN
    if refused := [f"AWS refuses: {text}" for text in evidence.view.model.refused]:
        # What AWS does not deploy is no network: no flow of it means anything.
        verdict, found, evidence.unknown = Verdict.UNKNOWN, None, dict.fromkeys(refused)
    reason = found[1] if found else next(iter(evidence.unknown), "") if verdict is Verdict.UNKNOWN else ""
    return Proof(
        evidence.promise,
        verdict,
        reason,
        found[0] if found else None,
        tuple(evidence.unknown),
        pairs,
        traced,
        len(evidence.seen),
        delivered,
        left_out,
        tuple(sorted(contracts | evidence.leans)),
        (
            *evidence.notes,
            *evidence.view.model.notes,
        ),
    )


def _matters(evidence: Evidence, flow: Flow) -> bool:
    # What becomes of the replies does not matter to isolation.
    return not (evidence.promise.kind == "isolated" and flow.delivered)


def _nothing_arrives(evidence: Evidence) -> Flow | None:
    """A flow to show for a promise about what arrives, where nothing does; None where that is no fault."""
    kind = evidence.promise.kind
    if kind in ("inspected", "symmetric", "same_az", "reaches"):
        return evidence.seen[0]
    if kind == "no_blackhole":
        # What a filter denies is not lost to a route.
        return next((flow for flow in evidence.seen if flow.forward.kind != "filter"), None)
    return None
