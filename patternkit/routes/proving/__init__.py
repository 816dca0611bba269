"""Hold a promise against every flow: HOLDS, FAILS with a witness, or UNKNOWN with what is not known."""

from __future__ import annotations

from patternkit.routes.errors import QuestionError
from patternkit.routes.promises import Promise
from patternkit.routes.proving.endpoint_service_flows import or_by_service
from patternkit.routes.proving.evidence import Evidence
from patternkit.routes.proving.pairs import names_of
from patternkit.routes.proving.proof import Proof
from patternkit.routes.proving.verdict import judge_pair, proof_of
from patternkit.routes.proving.view import View
from patternkit.routes.selecting import hub_paths
from patternkit.verdict import Verdict

__all__ = ["Proof", "Verdict", "View", "or_by_service", "prove"]


def prove(view: View, promise: Promise) -> Proof:
    """Hold a promise against every flow of one world.

    Raises:
        QuestionError: The promise names what is not there, or asks for no pair at all.
    """
    # Nothing may get out of, or into, any subnet; but what should work is asked of the subnets that hold
    # hosts.
    hosts = promise.kind not in ("isolated", "no_bypass")
    source = view.selector.select(promise.source, "source", hosts=hosts, whole=not hosts)
    destination = view.selector.select(promise.destination, "destination", hosts=hosts, whole=not hosts)
    evidence = Evidence(view, promise)
    pairs = traced = left_out = 0
    contracts = set(view.model.contracts)
    for one, other, count, within in view.pairs(promise, source, destination):
        if within and not promise.same_vpc and (source.group or destination.group):
            left_out += count
            continue
        pairs += count
        traced += 1
        judge_pair(evidence, one, other)
    if not pairs:
        hint = "; same_vpc asks for pairs within one VPC, too" if left_out else ""
        raise QuestionError(f"{promise}: there is no pair of source and destination{hint}")
    for flow in evidence.seen:
        contracts |= flow.last.walk.contracts
    if any("every spoke subnet" in names_of(selection) for selection in (promise.source, promise.destination)):
        hubs = hub_paths(view.model)
        if hubs:
            why = "a firewall endpoint is in it or a route leads through it"
            evidence.notes[f"no spoke, because {why}: {', '.join(hubs)}"] = None
    return proof_of(evidence, pairs, traced, left_out, contracts)
