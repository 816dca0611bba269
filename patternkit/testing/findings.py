"""Findings of validations, as data and as text that people read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One rule that one construct breaks.

    Attributes:
        pack: The rule pack or plugin that says so.
        rule: The rule, with the bracketed part that tells findings of one rule apart.
        construct: The construct's path.
        description: What the rule asks for.
        severity: As the plugin gives it: "error", "warning".
    """

    pack: str
    rule: str
    construct: str
    description: str
    severity: str

    def __str__(self) -> str:
        return f"{self.construct}: {self.rule}: {self.description}"


@dataclass(frozen=True, slots=True, order=True)
class AcknowledgedFinding:
    """One rule that one construct breaks, and why that is accepted.

    Attributes:
        pack: The rule pack or plugin that says so.
        rule: The rule, with the bracketed part that tells findings of one rule apart.
        construct: The construct's path.
        reason: Why it is accepted.
    """

    pack: str
    rule: str
    construct: str
    reason: str


def read_acknowledged(assembly: Path) -> tuple[AcknowledgedFinding, ...]:
    """Read from the validation report of a cloud assembly what the app acknowledges.

    Args:
        assembly: The assembly's folder.

    Returns:
        The findings, in order of pack, rule and construct.
    """
    return tuple(
        sorted(
            AcknowledgedFinding(pack, one["ruleName"], construct, one["reason"])
            for pack, one, construct in _reported(assembly, "suppressedViolations")
        )
    )


def read_findings(assembly: Path) -> tuple[Finding, ...]:
    """Read the validation report of a cloud assembly.

    Args:
        assembly: The assembly's folder.

    Returns:
        The findings, in order of pack, rule and construct.
    """
    return tuple(
        sorted(
            Finding(pack, one["ruleName"], construct, one["description"], one.get("severity", "error"))
            for pack, one, construct in _reported(assembly, "violations")
        )
    )


def _reported(assembly: Path, which: str) -> Iterator[tuple[str, dict[str, Any], str]]:
    """What the report lists under a name: the pack, the violation and the path of each construct."""
    path = assembly / "validation-report.json"
    for plugin in json.loads(path.read_text(encoding="utf-8"))["pluginReports"] if path.exists() else ():
        for one in plugin.get(which, ()):
            for construct in one["violatingConstructs"]:
                yield plugin["pluginName"], one, construct.get("constructPath", "?")


def listed(findings: Iterable[Finding]) -> str:
    """Write findings one a line, for the message of a failed assertion.

    Args:
        findings: The findings.

    Returns:
        The lines.
    """
    return "\n".join(f"  {finding}" for finding in findings)


def unaccepted(findings: Iterable[Finding], reasons: Mapping[str, str]) -> list[str]:
    """Compare findings with those that are accepted.

    Args:
        findings: The findings.
        reasons: Why a rule may be broken, by the rule, with its bracketed part or without.

    Returns:
        A line for each finding without a reason, and for each reason without a finding.
    """
    findings = list(findings)

    def names(finding: Finding) -> set[str]:
        return {finding.rule, finding.rule.partition("[")[0]}

    accepted = {rule for rule, reason in reasons.items() if reason}
    left = [str(one) for one in findings if not names(one) & accepted]
    found = {name for one in findings for name in names(one)}
    return left + [f"accepted, but not found: {rule}" for rule in reasons if rule not in found]
