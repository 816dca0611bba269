"""The verdict on a promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from patternkit.promise_lists import BadPromise
from patternkit.routes.flow_text import flow_data, flow_lines, plain
from patternkit.routes.promises import Promise
from patternkit.routes.tracing import Flow
from patternkit.verdict import Verdict

# As many as a reader may want to lift at once; the JSON has all.
_MOST_UNKNOWNS = 40


@dataclass(frozen=True, slots=True)
class Proof:
    """The verdict on a promise.

    Attributes:
        promise: What was asked.
        verdict: HOLDS, FAILS or UNKNOWN.
        reason: Why it fails or is not known, in one line.
        witness: A flow that breaks the promise, or one that ends in what is not known.
        unknown: Everything that was not known.
        pairs: How many pairs of source and destination the verdict covers.
        traced: How many of them were walked; the others are alike.
        flows: How many sets of packets were walked.
        delivered: How many of these arrive.
        left_out: Pairs within one VPC that the promise does not ask for.
        contracts: The contracts that the verdict leans on.
        notes: What else a reader must know.
        worlds: In how many worlds the promise was tried.
        world: What the witness's world decided.
    """

    promise: Promise
    verdict: Verdict
    reason: str = ""
    witness: Flow | None = None
    unknown: tuple[str, ...] = ()
    pairs: int = 0
    traced: int = 0
    flows: int = 0
    delivered: int = 0
    left_out: int = 0
    contracts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    worlds: int = 1
    world: str = ""

    def __str__(self) -> str:
        return _text(self)


def proof_data(proof: Proof) -> dict[str, Any]:
    """A proof as JSON takes it."""
    return {
        "promise": str(proof.promise),
        "kind": proof.promise.kind,
        "verdict": proof.verdict.value,
        "reason": plain(proof.reason),
        "world": plain(proof.world),
        "witness": flow_data(proof.witness),
        "unknown": [plain(reason) for reason in proof.unknown],
        "pairs": proof.pairs,
        "traced": proof.traced,
        "flows": proof.flows,
        "delivered": proof.delivered,
        "left_out": proof.left_out,
        "worlds": proof.worlds,
        "contracts": list(proof.contracts),
        "notes": [plain(note) for note in dict.fromkeys(proof.notes)],
    }


def answer_data(answer: Proof | BadPromise) -> dict[str, Any]:
    """A proof, or what is wrong with the promise, as JSON takes it."""
    if isinstance(answer, Proof):
        return proof_data(answer)
    return {"promise": answer.text, "kind": answer.kind, "verdict": "ERROR", "reason": answer.error}


def _text(proof: Proof) -> str:
    """A proof for people: one line when it holds, the witness hop by hop when not."""
    lines = [f"{proof.verdict.value} {proof.promise}"]
    if proof.reason:
        lines.append(f"  {plain(proof.reason)}")
    if proof.world:
        lines.append(f"  where {plain(proof.world)}")
    if proof.witness is not None:
        lines += flow_lines(proof.witness)
    others = [reason for reason in proof.unknown if reason != proof.reason]
    lines += [f"  not known: {plain(reason)}" for reason in others[:_MOST_UNKNOWNS]]
    if len(others) > _MOST_UNKNOWNS:
        lines.append(f"  and {len(others) - _MOST_UNKNOWNS} more unknowns")
    alike = f", {proof.traced} walked, the others alike" if proof.traced < proof.pairs else ""
    worlds = f", in {proof.worlds} worlds" if proof.worlds > 1 else ""
    lines.append(f"  {proof.pairs} pairs{alike}; {proof.delivered} of {proof.flows} kinds of flow arrive{worlds}")
    if proof.left_out:
        lines.append(f"  {proof.left_out} pairs within one VPC are left out")
    if proof.contracts:
        lines.append(f"  leans on contracts: {', '.join(proof.contracts)}")
    lines += [f"  note: {plain(note)}" for note in dict.fromkeys(proof.notes)]
    return "\n".join(lines)
