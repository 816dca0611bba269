"""The findings that a pattern's example leaves or acknowledges, each with the reason."""

from patternkit.catalog.arguments import arguments
from patternkit.catalog.discovery import Pattern, explanation
from patternkit.catalog.markdown import Table
from patternkit.testing.findings import AcknowledgedFinding, Finding

COMPLIANCE = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")


def findings(pattern: Pattern, found: tuple[Finding, ...], acknowledged: tuple[AcknowledgedFinding, ...] = ()) -> Table:
    """Make the table of findings.

    Args:
        pattern: The pattern.
        found: What every pack found in its example.
        acknowledged: What its constructs acknowledge, of whichever pack. Default: nothing.

    Returns:
        The table; it has no rows where nothing is found.
    """
    packs: dict[str, set[str]] = {}
    for finding in found:
        if finding.pack in COMPLIANCE:
            packs.setdefault(finding.rule.split("[")[0].partition("-")[2], set()).add(finding.pack)
    # A shared explanation names an option that not every pattern has.
    taken = {one.name for one in arguments(pattern)}
    rows = []
    for rule, found_by in sorted(packs.items()):
        why = explanation(pattern, f"{min(found_by)}-{rule}")
        reason = why.reason if why else "Not explained yet."
        option = f" Option: `{why.option}`." if why and why.option in taken else ""
        rows.append((rule, ", ".join(sorted(found_by)), f"{reason}{option}"))
    rows += sorted({(_rule(one), one.pack, one.reason) for one in acknowledged})
    return Table(("Finding", "Packs", "Why it stays"), rows)


def _rule(finding: AcknowledgedFinding) -> str:
    """The rule without its pack, and without what tells findings of one rule apart."""
    name = finding.rule.split("[")[0]
    return name.partition("-")[2] or name
