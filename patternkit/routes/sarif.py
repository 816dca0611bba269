"""Proofs of paths as SARIF: a witness becomes a code flow, a location a hop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from patternkit import sarif as report
from patternkit.promise_lists import BadPromise
from patternkit.resolving.resource_lines import Lines, Spot
from patternkit.routes.promises import MEANINGS
from patternkit.routes.proving import Proof, Verdict


def sarif(answers: Iterable[Proof | BadPromise], artifact: str, lines: Lines | None = None) -> dict[str, Any]:
    """One run with a result for each proof.

    Args:
        answers: The proofs; what is wrong with a promise becomes a notification of the run.
        artifact: The file of the promises, relative to the repository.
        lines: Where resources are written; without, every location is the promises' file.

    Returns:
        The log, ready for `json.dumps`.
    """
    answers = list(answers)
    asked = Spot(artifact, 1)
    return report.log(
        "patternkit routes",
        MEANINGS,
        [_result(proof, asked, lines) for proof in answers if isinstance(proof, Proof)],
        [(f"{answer.text}: {answer.error}", asked) for answer in answers if isinstance(answer, BadPromise)],
    )


def _result(proof: Proof, asked: Spot, lines: Lines | None) -> dict[str, Any]:
    return report.result(
        proof.promise.kind,
        list(MEANINGS).index(proof.promise.kind),
        proof.verdict,
        f"{proof.verdict.value} {proof.promise}" + (f": {proof.reason}" if proof.reason else ""),
        blamed=_blamed(proof, lines) if lines is not None else None,
        asked=asked,
        steps=_steps(proof, asked, lines),
    )


def _blamed(proof: Proof, lines: Lines) -> Spot | None:
    """Where what a verdict blames is written: what its reason names first, or where its witness ends."""
    if proof.verdict is Verdict.HOLDS:
        return None
    named = lines.first_named(proof.reason)
    if named is not None:
        return named
    if proof.witness is not None:
        for hop in reversed(proof.witness.last.walk.hops):
            spot = lines.of_identity(hop.identity)
            if spot is not None:
                return spot
    return next((spot for reason in proof.unknown if (spot := lines.first_named(reason))), None)


def _steps(proof: Proof, asked: Spot, lines: Lines | None) -> Iterator[dict[str, Any]]:
    if proof.witness is None:
        return
    for leg in (proof.witness.forward, proof.witness.back):
        for hop in leg.walk.hops if leg is not None else ():
            spot = lines.of_identity(hop.identity) if lines is not None else None
            yield report.location(spot or asked, f"{hop.kind}: {hop.why}", hop.element)
