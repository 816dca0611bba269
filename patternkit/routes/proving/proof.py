"""The verdict on a promise."""

from __future__ import annotations

from dataclasses import dataclass

from patternkit.routes.promises import Promise
from patternkit.routes.tracing import Flow
from patternkit.verdict import Verdict


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
        from patternkit.routes.reporting import proof_text

        return proof_text(self)
