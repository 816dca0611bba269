"""Proofs of names as SARIF: a witness becomes a code flow, a location a step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from patternkit import sarif as report
from patternkit.dns.promises import MEANINGS
from patternkit.dns.proof import Proof
from patternkit.dns.reporting import labelled
from patternkit.promise_lists import BadPromise
from patternkit.resolving.resource_lines import Lines, Spot
from patternkit.verdict import Verdict


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
        "patternkit dns",
        MEANINGS,
        [_result(proof, asked, lines) for proof in answers if isinstance(proof, Proof)],
        [(f"{answer.text}: {answer.error}", asked) for answer in answers if isinstance(answer, BadPromise)],
    )


def _result(proof: Proof, asked: Spot, lines: Lines | None) -> dict[str, Any]:
    reason = labelled(proof.reason, proof.labels)
    return report.result(
        proof.promise.kind,
        list(MEANINGS).index(proof.promise.kind),
        proof.verdict,
        f"{proof.verdict.value} {proof.promise}" + (f": {reason}" if reason else ""),
        blamed=_blamed(proof, lines) if lines is not None else None,
        asked=asked,
        steps=_steps(proof, asked, lines),
    )


def _blamed(proof: Proof, lines: Lines) -> Spot | None:
    """Where what a verdict blames is written: what its reason names first, or the last step that names anything."""
    if proof.verdict is Verdict.HOLDS:
        return None
    texts = [proof.reason]
    if proof.witness is not None:
        texts += [outcome.record for outcome, _ in proof.witness.answer.outcomes]
        texts += [text for _, text in reversed(proof.witness.walk.steps)]
    for text in (*texts, *proof.unknown):
        spot = lines.first_named(f"{labelled(text, proof.labels)} {text}")
        if spot is not None:
            return spot
    return None


def _steps(proof: Proof, asked: Spot, lines: Lines | None) -> Iterator[dict[str, Any]]:
    if proof.witness is None:
        return
    for _, text in proof.witness.walk.steps:
        spot = lines.first_named(text) if lines is not None else None
        yield report.location(spot or asked, labelled(text, proof.labels))
