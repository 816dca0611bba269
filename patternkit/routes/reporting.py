"""Flows, proofs and traces as text and as data."""

from __future__ import annotations

from typing import Any

from patternkit.routes.forwarding import Leg, Outcome
from patternkit.routes.promises import BadPromise
from patternkit.routes.proving import Proof, Verdict
from patternkit.routes.tracing import Flow

# As many as a reader may want to lift at once; the JSON has all.
_MOST_UNKNOWNS = 40


def leg_lines(leg: Leg, title: str) -> list[str]:
    """A leg hop by hop."""
    lines = [f"  {title}: {leg.walk.box.packet()}"]
    for number, hop in enumerate(leg.walk.hops, 1):
        zone = f" [{hop.zone}]" if hop.zone else ""
        lines.append(f"    {number:2}. {hop.kind} {hop.element}{zone}: {hop.why}")
    lines.append(f"        {leg.outcome.value}: {leg.reason}")
    return lines


def flow_lines(flow: Flow) -> list[str]:
    """A flow hop by hop, both ways."""
    lines = [f"  from {flow.source.name} to {flow.destination.name}: {flow.box.packet()}"]
    lines += leg_lines(flow.forward, "there")
    if flow.back is not None:
        lines += leg_lines(flow.back, "back")
    decided = [
        f"{_plain(key)} = {_plain(str(value))}"
        for key, value in flow.last.walk.choices
        if not key.startswith("path of")
    ]
    if decided:
        lines.append(f"  for the flows with {', '.join(decided)}")
    return lines


def proof_text(proof: Proof) -> str:
    """A proof for people: one line when it holds, the witness hop by hop when not."""
    lines = [f"{proof.verdict.value} {proof.promise}"]
    if proof.reason:
        lines.append(f"  {_plain(proof.reason)}")
    if proof.world:
        lines.append(f"  where {_plain(proof.world)}")
    if proof.witness is not None:
        lines += flow_lines(proof.witness)
    others = [reason for reason in proof.unknown if reason != proof.reason]
    lines += [f"  not known: {_plain(reason)}" for reason in others[:_MOST_UNKNOWNS]]
    if len(others) > _MOST_UNKNOWNS:
        lines.append(f"  and {len(others) - _MOST_UNKNOWNS} more unknowns")
    alike = f", {proof.traced} walked, the others alike" if proof.traced < proof.pairs else ""
    worlds = f", in {proof.worlds} worlds" if proof.worlds > 1 else ""
    lines.append(f"  {proof.pairs} pairs{alike}; {proof.delivered} of {proof.flows} kinds of flow arrive{worlds}")
    if proof.left_out:
        lines.append(f"  {proof.left_out} pairs within one VPC are left out")
    if proof.contracts:
        lines.append(f"  leans on contracts: {', '.join(proof.contracts)}")
    lines += [f"  note: {_plain(note)}" for note in dict.fromkeys(proof.notes)]
    return "\n".join(lines)


def leg_data(leg: Leg | None) -> dict[str, Any] | None:
    """A leg as JSON takes it."""
    if leg is None:
        return None
    return {
        "outcome": leg.outcome.value,
        "reason": _plain(leg.reason),
        "packet": leg.walk.box.packet(),
        "hops": [
            {"element": hop.element, "kind": hop.kind, "zone": hop.zone, "why": _plain(hop.why)}
            for hop in leg.walk.hops
        ],
    }


def flow_data(flow: Flow | None) -> dict[str, Any] | None:
    """A flow as JSON takes it."""
    if flow is None:
        return None
    return {
        "source": flow.source.name,
        "destination": flow.destination.name,
        "packet": flow.box.packet(),
        "there": leg_data(flow.forward),
        "back": leg_data(flow.back),
        "when": {_plain(key): _plain(str(value)) for key, value in flow.last.walk.choices},
    }


def proof_data(proof: Proof) -> dict[str, Any]:
    """A proof as JSON takes it."""
    return {
        "promise": str(proof.promise),
        "kind": proof.promise.kind,
        "verdict": proof.verdict.value,
        "reason": _plain(proof.reason),
        "world": _plain(proof.world),
        "witness": flow_data(proof.witness),
        "unknown": [_plain(reason) for reason in proof.unknown],
        "pairs": proof.pairs,
        "traced": proof.traced,
        "flows": proof.flows,
        "delivered": proof.delivered,
        "left_out": proof.left_out,
        "worlds": proof.worlds,
        "contracts": list(proof.contracts),
        "notes": [_plain(note) for note in dict.fromkeys(proof.notes)],
    }


def answer_data(answer: Proof | BadPromise) -> dict[str, Any]:
    """A proof, or what is wrong with the promise, as JSON takes it."""
    if isinstance(answer, Proof):
        return proof_data(answer)
    return {"promise": answer.text, "kind": answer.kind, "verdict": "ERROR", "reason": answer.error}


def flow_verdict(flow: Flow) -> Verdict:
    """Whether a flow arrives and is answered."""
    if flow.last.outcome is Outcome.UNKNOWN:
        return Verdict.UNKNOWN
    return Verdict.HOLDS if flow.answered else Verdict.FAILS


def _plain(text: str) -> str:
    return text.replace("\u27e8", "").replace("\u27e9", "")
