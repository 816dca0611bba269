"""Verdicts as SARIF 2.1.0, which code hosts show beside the code.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from patternkit.resolving.resource_lines import Spot
from patternkit.resolving.values import CLOSE, OPEN
from patternkit.verdict import Verdict

_LEVELS = {Verdict.HOLDS: "none", Verdict.FAILS: "error", Verdict.UNKNOWN: "warning"}
_KINDS = {Verdict.HOLDS: "pass", Verdict.FAILS: "fail", Verdict.UNKNOWN: "open"}


def log(
    tool: str, rules: Mapping[str, str], results: Iterable[dict[str, Any]], errors: Iterable[tuple[str, Spot]] = ()
) -> dict[str, Any]:
    """A log of one run, ready for `json.dumps`.

    Args:
        tool: What was run.
        rules: By name what each kind of promise means.
        results: As `result` makes them.
        errors: What is wrong with what was asked, and where that is written.
    """
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": tool,
                "rules": [
                    {"id": name, "name": name, "shortDescription": {"text": f"{text[0].upper()}{text[1:]}."}}
                    for name, text in rules.items()
                ],
            }
        },
        "results": list(results),
    }
    notifications = [
        {"level": "error", "message": {"text": text}, "locations": [location(spot)]} for text, spot in errors
    ]
    if notifications:
        run["invocations"] = [{"executionSuccessful": False, "toolConfigurationNotifications": notifications}]
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }


def result(
    rule: str,
    index: int,
    verdict: Verdict,
    text: str,
    *,
    blamed: Spot | None,
    asked: Spot,
    steps: Iterable[dict[str, Any]] = (),
) -> dict[str, Any]:
    """What came of one promise.

    Args:
        rule: The kind of promise.
        index: Its place among the rules.
        verdict: The verdict.
        text: The verdict in words.
        blamed: Where what it blames is written, where that is known.
        asked: Where the promise is written.
        steps: The locations on the way of a witness.
    """
    found: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": index,
        "level": _LEVELS[verdict],
        "kind": _KINDS[verdict],
        "message": {"text": _plain(text)},
        "locations": [location(blamed or asked)],
    }
    if blamed is not None:
        found["relatedLocations"] = [{"id": 1, **location(asked, "the promise")}]
    on_the_way = [{"location": step} for step in steps]
    if on_the_way:
        found["codeFlows"] = [{"threadFlows": [{"locations": on_the_way}]}]
    return found


def location(spot: Spot, message: str = "", resource: str = "") -> dict[str, Any]:
    """A line of a file, with what is said of it and the resource that it is about."""
    found: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": spot.file}, "region": {"startLine": spot.line}}
    }
    if message:
        found["message"] = {"text": _plain(message)}
    if resource:
        found["logicalLocations"] = [{"fullyQualifiedName": resource, "kind": "resource"}]
    return found


def _plain(text: str) -> str:
    return text.replace(OPEN, "").replace(CLOSE, "")
