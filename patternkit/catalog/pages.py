"""The parts of pages that are made from the code, between markers in a README.md, and their diagrams."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from patternkit.catalog.applications import Application
from patternkit.catalog.arguments import arguments
from patternkit.catalog.diagrams import construct_paths, drawn, graph
from patternkit.catalog.diagrams.kinds import DATA, kinds
from patternkit.catalog.diagrams.resources import Resources
from patternkit.catalog.discovery import Pattern, explanation, patterns, root
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.limits import Limit
from patternkit.catalog.markdown import SECTION, bullets, sections, table
from patternkit.catalog.parts.alarms import alarms
from patternkit.catalog.parts.costs import costs
from patternkit.catalog.parts.permissions import permissions
from patternkit.catalog.parts.routes import routes
from patternkit.catalog.parts.running import run
from patternkit.catalog.parts.surface import attributes, methods
from patternkit.catalog.parts.uses import check_uses
from patternkit.catalog.shown_examples import Shown, example
from patternkit.testing.synthesis import Synthesis

_COMPLIANCE = ("NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321")


def page(shown: Shown) -> Path:
    """Say where a pattern's or an application's page is."""
    return shown.folder / "README.md"


def rendered(shown: Shown, synthesis: Synthesis) -> str:
    """Make a page anew: the prose as it stands, the generated parts from the code.

    Args:
        shown: The pattern or the application.
        synthesis: Its example, or its stacks, env-agnostic; a pattern's with the findings of every pack.

    Returns:
        The page.

    Raises:
        CatalogError: If there is no page, or it lacks one of the two uses or the markers of a part.
    """
    path = page(shown)
    if not path.exists():
        raise CatalogError(f"{path}: there is no page")
    text = path.read_text(encoding="utf-8")
    if isinstance(shown, Application):
        return sections(path, text, {"diagram": _picture(shown), "costs": costs(synthesis.templates.values())})
    check_uses(path, text, shown)
    return sections(path, text, _parts(shown, synthesis))


def diagram(shown: Shown) -> Path:
    """Say where a pattern's or an application's diagram is."""
    return shown.folder / "diagram.svg"


def pictured(shown: Shown, synthesis: Synthesis) -> str:
    """Draw a diagram.

    Args:
        shown: The pattern or the application.
        synthesis: Its example, or its stacks, env-agnostic.

    Returns:
        The SVG.

    Raises:
        CatalogError: If the templates have nothing to show, or a type that the diagrams do not know.
    """
    found = {resource["Type"] for one in synthesis.templates.values() for resource in one.get("Resources", {}).values()}
    if strange := sorted(kind for kind in found if not kinds().knows(kind)):
        raise CatalogError(
            f"{DATA}: say whether {', '.join(strange)} of {shown.name} is shown, a part, a flow or folded, "
            "then run make pages"
        )
    made = graph(synthesis.templates, construct_paths(synthesis.directory))
    if not made.nodes:
        raise CatalogError(f"{DATA}: no resource of {shown.name} is shown: add what it is made of, then run make pages")
    return drawn(made, shown.title)


def _picture(shown: Shown) -> str:
    return f"![{shown.title}: what it is made of, and what flows]({diagram(shown).name})"


def _parts(pattern: Pattern, synthesis: Synthesis) -> dict[str, str]:
    resources = Resources(synthesis.templates, construct_paths(synthesis.directory))
    ways = routes(resources)
    return {
        "summary": f"{pattern.summary}. Made of {', '.join(pattern.services)}.",
        "diagram": _picture(pattern),
        "when": bullets(pattern.when),
        "when-not": bullets(pattern.when_not),
        "run": run(pattern),
        "alternatives": table(
            ("Instead", "When"),
            [(f"`{one.name}`" if one.is_pattern else one.name, one.instead_when) for one in pattern.alternatives],
        ),
        "options": table(
            ("Option", "Type", "Default", "Meaning"),
            [
                (
                    f"`{one.name}`",
                    f"`{one.type}`",
                    "required" if one.default is None else f"`{one.default}`",
                    one.said,
                )
                for one in arguments(pattern)
            ],
        ),
        "resources": _resources(synthesis),
        "attributes": attributes(pattern),
        "methods": methods(pattern),
        "alarms": alarms(resources),
        "permissions": permissions(resources),
        # Only a pattern with a network has any.
        **({"routes": ways} if ways else {}),
        "costs": costs(synthesis.templates.values(), requests=pattern.web is not None),
        "findings": _findings(pattern, synthesis),
        "limits": table(
            ("Limit", "Value", "As of"),
            [(one.what, _value(one), one.as_of.isoformat()) for one in pattern.limits],
        ),
        "locally": bullets(pattern.not_shown_locally),
        "sources": bullets([f"[{one.title}]({one.url})" for one in pattern.sources]),
    }


def _value(limit: Limit) -> str:
    older = f"; older texts say: {limit.was}" if limit.was else ""
    return f"[{limit.value}]({limit.source}){older}"


def _resources(synthesis: Synthesis) -> str:
    counts: dict[str, int] = {}
    for template in synthesis.templates.values():
        for resource in template.get("Resources", {}).values():
            counts[resource["Type"]] = counts.get(resource["Type"], 0) + 1
    return table(("Resource", "Number"), [(f"`{name}`", str(count)) for name, count in sorted(counts.items())])


def _findings(pattern: Pattern, synthesis: Synthesis) -> str:
    packs: dict[str, set[str]] = {}
    for finding in synthesis.findings:
        if finding.pack in _COMPLIANCE:
            packs.setdefault(finding.rule.split("[")[0].partition("-")[2], set()).add(finding.pack)
    others = "AwsSolutions and Serverless have no unacknowledged finding."
    if not packs:
        return f"{others} NIST 800-53 R5, HIPAA and PCI have none either."
    rows = []
    for rule, found_by in sorted(packs.items()):
        why = explanation(pattern, f"{min(found_by)}-{rule}")
        reason = why.reason if why else "Not explained yet."
        option = f" Option: `{why.option}`." if why and why.option else ""
        rows.append((rule, ", ".join(sorted(found_by)), f"{reason}{option}"))
    return f"{others}\n\n{table(('Finding', 'Packs', 'Why it stays'), rows)}"


def catalog_table(found: Mapping[str, Pattern]) -> str:
    """Make the table of patterns that the repository's README.md shows.

    Args:
        found: The patterns.

    Returns:
        The table, each pattern with a link to its page.
    """
    rows = [
        (one.family, f"[{one.title}](patterns/{one.family}/{one.folder.name}/README.md)", one.summary, one.local)
        for one in found.values()
    ]
    return table(("Family", "Pattern", "What it does", "In the local cloud"), rows)


def with_catalog_table(text: str, found: Mapping[str, Pattern]) -> str:
    """Put the table of patterns between its markers.

    Args:
        text: The README.md of the repository.
        found: The patterns.

    Returns:
        The text with the table made anew.
    """
    return SECTION.sub(lambda match: f"{match[1]}{catalog_table(found)}\n{match[3]}", text)


def write(chosen: Sequence[Shown]) -> list[Path]:
    """Rewrite the generated parts of pages, and the table in the repository's README.md.

    Args:
        chosen: The patterns and applications whose pages are rewritten.

    Returns:
        The pages that changed.

    Raises:
        CatalogError: If a page is missing, or lacks the markers of a part.
    """
    # They bring what compares templates, which no page of a pattern needs.
    from patternkit.catalog.comparison.facts import recorded
    from patternkit.catalog.comparison.page import written
    from patternkit.catalog.comparison.synthesizing import facts_of

    changed = []
    facts = recorded()
    for shown in chosen:
        synthesis = example(shown)
        if isinstance(shown, Pattern) and shown.web:
            facts[shown.name] = facts_of(synthesis)
        for path, text in ((diagram(shown), pictured(shown, synthesis)), (page(shown), rendered(shown, synthesis))):
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                changed.append(path)
    readme = root().parent / "README.md"
    text = with_catalog_table(readme.read_text(encoding="utf-8"), patterns())
    if readme.read_text(encoding="utf-8") != text:
        readme.write_text(text, encoding="utf-8")
        changed.append(readme)
    return changed + written(facts)
