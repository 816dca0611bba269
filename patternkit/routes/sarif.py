"""Proofs as SARIF 2.1.0, which code hosts show beside the code.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from patternkit.routes.forwarding import Leg
from patternkit.routes.promises import MEANINGS
from patternkit.routes.proving import Proof, Verdict

_LEVELS = {Verdict.HOLDS: "none", Verdict.FAILS: "error", Verdict.UNKNOWN: "warning"}
_KINDS = {Verdict.HOLDS: "pass", Verdict.FAILS: "fail", Verdict.UNKNOWN: "open"}


def sarif(proofs: Iterable[Proof], artifact: str) -> dict[str, Any]:
    """One run with a result for each proof; a witness becomes a code flow, a location a hop.

    Args:
        proofs: The proofs.
        artifact: The file that the results belong to, relative to the repository.

    Returns:
        The log, ready for `json.dumps`.
    """
    rules = [
        {"id": kind, "name": kind, "shortDescription": {"text": f"{text[0].upper()}{text[1:]}."}}
        for kind, text in MEANINGS.items()
    ]
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "patternkit routes", "rules": rules}},
                "results": [_result(proof, artifact) for proof in proofs],
            }
        ],
    }


def _result(proof: Proof, artifact: str) -> dict[str, Any]:
    text = f"{proof.verdict.value} {proof.promise}" + (f": {proof.reason}" if proof.reason else "")
    result: dict[str, Any] = {
        "ruleId": proof.promise.kind,
        "ruleIndex": list(MEANINGS).index(proof.promise.kind),
        "level": _LEVELS[proof.verdict],
        "kind": _KINDS[proof.verdict],
        "message": {"text": text},
        "locations": [_location(artifact)],
    }
    if proof.witness is not None:
        legs = [leg for leg in (proof.witness.forward, proof.witness.back) if leg is not None]
        result["codeFlows"] = [
            {"threadFlows": [{"locations": [step for leg in legs for step in _steps(leg, artifact)]}]}
        ]
        if not result["codeFlows"][0]["threadFlows"][0]["locations"]:
            del result["codeFlows"]
    return result


def _location(artifact: str, message: str = "", name: str = "") -> dict[str, Any]:
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": artifact}, "region": {"startLine": 1}}}
    if message:
        location["message"] = {"text": message}
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    return location


def _steps(leg: Leg, artifact: str) -> list[dict[str, Any]]:
    return [{"location": _location(artifact, f"{hop.kind}: {hop.why}", hop.element)} for hop in leg.walk.hops]
