"""Proofs as SARIF 2.1.0, which code hosts show beside the code.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from patternkit.routes.forwarding import Leg
from patternkit.routes.promises import MEANINGS, BadPromise
from patternkit.routes.proving import Proof, Verdict
from patternkit.routes.template_lines import Lines, Spot

_LEVELS = {Verdict.HOLDS: "none", Verdict.FAILS: "error", Verdict.UNKNOWN: "warning"}
_KINDS = {Verdict.HOLDS: "pass", Verdict.FAILS: "fail", Verdict.UNKNOWN: "open"}


def sarif(answers: Iterable[Proof | BadPromise], artifact: str, lines: Lines | None = None) -> dict[str, Any]:
    """One run with a result for each proof; a witness becomes a code flow, a location a hop.

    Args:
        answers: The proofs; what is wrong with a promise becomes a notification of the run.
        artifact: The file of the promises, relative to the repository.
        lines: Where resources are written; without, every location is the promises' file.

    Returns:
        The log, ready for `json.dumps`.
    """
    rules = [
        {"id": kind, "name": kind, "shortDescription": {"text": f"{text[0].upper()}{text[1:]}."}}
        for kind, text in MEANINGS.items()
    ]
    answers = list(answers)
    bad = [answer for answer in answers if isinstance(answer, BadPromise)]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "patternkit routes", "rules": rules}},
        "results": [_result(proof, artifact, lines) for proof in answers if isinstance(proof, Proof)],
    }
    if bad:
        notifications = [
            {
                "level": "error",
                "message": {"text": f"{answer.text}: {answer.error}"},
                "locations": [_location(Spot(artifact, 1))],
            }
            for answer in bad
        ]
        run["invocations"] = [{"executionSuccessful": False, "toolConfigurationNotifications": notifications}]
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def _result(proof: Proof, artifact: str, lines: Lines | None) -> dict[str, Any]:
    text = f"{proof.verdict.value} {proof.promise}" + (f": {proof.reason}" if proof.reason else "")
    asked = Spot(artifact, 1)
    spot = (lines.blamed(proof) if lines is not None else None) or asked
    result: dict[str, Any] = {
        "ruleId": proof.promise.kind,
        "ruleIndex": list(MEANINGS).index(proof.promise.kind),
        "level": _LEVELS[proof.verdict],
        "kind": _KINDS[proof.verdict],
        "message": {"text": _plain(text)},
        "locations": [_location(spot)],
    }
    if spot is not asked:
        result["relatedLocations"] = [{"id": 1, **_location(asked, "the promise")}]
    if proof.witness is not None:
        legs = [leg for leg in (proof.witness.forward, proof.witness.back) if leg is not None]
        steps = [step for leg in legs for step in _steps(leg, asked, lines)]
        if steps:
            result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _location(spot: Spot, message: str = "", name: str = "") -> dict[str, Any]:
    location: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": spot.file}, "region": {"startLine": spot.line}}
    }
    if message:
        location["message"] = {"text": _plain(message)}
    if name:
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    return location


def _steps(leg: Leg, asked: Spot, lines: Lines | None) -> list[dict[str, Any]]:
    return [
        {
            "location": _location(
                (lines.of_identity(hop.identity) if lines is not None else None) or asked,
                f"{hop.kind}: {hop.why}",
                hop.element,
            )
        }
        for hop in leg.walk.hops
    ]


def _plain(text: str) -> str:
    return text.replace("\u27e8", "").replace("\u27e9", "")
