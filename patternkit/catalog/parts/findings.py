"""The findings of compliance packs that a pattern's example leaves, each with the reason."""

from patternkit.catalog.discovery import Pattern, explanation
from patternkit.catalog.markdown import Table
from patternkit.testing.findings import Finding

COMPLIANCE = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")


def findings(pattern: Pattern, found: tuple[Finding, ...]) -> Table:
    """Make the table of findings.

    Args:
        pattern: The pattern.
        found: What every pack found in its example.

    Returns:
        The table; it has no rows where the compliance packs find nothing.
    """
    packs: dict[str, set[str]] = {}
    for finding in found:
        if finding.pack in COMPLIANCE:
            packs.setdefault(finding.rule.split("[")[0].partition("-")[2], set()).add(finding.pack)
    rows = []
    for rule, found_by in sorted(packs.items()):
        why = explanation(pattern, f"{min(found_by)}-{rule}")
        reason = why.reason if why else "Not explained yet."
        option = f" Option: `{why.option}`." if why and why.option else ""
        rows.append((rule, ", ".join(sorted(found_by)), f"{reason}{option}"))
    return Table(("Finding", "Packs", "Why it stays"), rows)
