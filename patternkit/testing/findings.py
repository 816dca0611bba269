"""Findings of validations, as data and as text that people read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


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


def read_findings(assembly: Path) -> tuple[Finding, ...]:
    """Read the validation report of a cloud assembly.

    Args:
        assembly: The assembly's folder.

    Returns:
        The findings, in order of pack, rule and construct.
    """
    path = assembly / "validation-report.json"
    if not path.exists():
        return ()
    report = json.loads(path.read_text(encoding="utf-8"))
    return tuple(
        sorted(
            Finding(
                pack=plugin["pluginName"],
                rule=violation["ruleName"],
                construct=construct.get("constructPath", "?"),
                description=violation["description"],
                severity=violation.get("severity", "error"),
            )
            for plugin in report["pluginReports"]
            for violation in plugin["violations"]
            for construct in violation["violatingConstructs"]
        )
    )


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
