"""The parts of pages that are made from the code, between markers in a README.md, and their diagrams."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from patternkit.catalog.applications import Application
from patternkit.catalog.diagrams import construct_paths, drawn, graph
from patternkit.catalog.diagrams.kinds import DATA, kinds
from patternkit.catalog.discovery import Pattern, patterns, root
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.limits import Limit
from patternkit.catalog.listings import LISTS, pointer
from patternkit.catalog.markdown import SECTION, bullets, sections, table
from patternkit.catalog.parts.construct_interface import attributes, methods, parameters
from patternkit.catalog.parts.costs import costs, summarized
from patternkit.catalog.parts.listings import has_routes, listing, written
from patternkit.catalog.parts.losses import has_promises, losses
from patternkit.catalog.parts.quick_start import DEPLOY, INSTALL, run
from patternkit.catalog.parts.usage_examples import check_uses
from patternkit.catalog.shown_examples import Shown, example
from patternkit.testing.synthesis import Synthesis


def page(shown: Shown) -> Path:
    """The path of a pattern's or an application's page."""
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
    """The path of a pattern's or an application's diagram."""
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
    templates = synthesis.templates
    if isinstance(shown, Application) and (chosen := shown.drawn()):
        templates = {name: templates[name] for name in chosen}
    made = graph(templates, construct_paths(synthesis.directory))
    if not made.nodes:
        raise CatalogError(f"{DATA}: no resource of {shown.name} is shown: add what it is made of, then run make pages")
    return drawn(made, shown.title)


def _picture(shown: Shown) -> str:
    return f"![{shown.title}: what it is made of, and what flows]({diagram(shown).name})"


def _parts(pattern: Pattern, synthesis: Synthesis) -> dict[str, str]:
    pointers = {name: pointer(name, pattern.name) for name in LISTS if name != "routes" or has_routes(synthesis)}
    serves = pattern.web is not None
    return {
        "summary": f"{pattern.summary}. Made of {', '.join(pattern.services)}.",
        "diagram": _picture(pattern),
        "install": INSTALL,
        "deploy": DEPLOY,
        "when": bullets(pattern.when),
        "when-not": bullets(pattern.when_not),
        "alternatives": table(
            ("Instead", "When"),
            [(f"`{one.name}`" if one.is_pattern else one.name, one.instead_when) for one in pattern.alternatives],
        ),
        "parameters": parameters(pattern),
        "attributes": attributes(pattern),
        "methods": methods(pattern),
        **pointers,
        **({"losses": losses(pattern, synthesis)} if has_promises(pattern) else {}),
        "costs": f"{summarized(synthesis.templates.values(), requests=serves)} {pointers['costs']}",
        "quotas": table(
            ("Quota or limit", "Value", "As of"),
            [(one.what, _value(one), one.as_of.isoformat()) for one in pattern.limits],
        ),
        "run": run(pattern),
        "locally": f"What this does not show:\n\n{bullets(pattern.not_shown_locally)}",
        "sources": bullets([f"[{one.title}]({one.url})" for one in pattern.sources]),
    }


def with_listings(pattern: Pattern, text: str) -> str:
    """Put what the site shows of a template in the place of the lines that say how to list it.

    Args:
        pattern: The pattern.
        text: Its page, as its README.md has it.

    Returns:
        The page for the site.
    """
    synthesis = example(pattern)

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        return f"{match[1]}{written(listing(name, pattern, synthesis))}\n{match[3]}" if name in LISTS else match[0]

    return SECTION.sub(fill, text)


def _value(limit: Limit) -> str:
    older = f"; older texts say: {limit.was}" if limit.was else ""
    return f"[{limit.value}]({limit.source}){older}"


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
    from patternkit.catalog.comparison.page import written as rewritten
    from patternkit.catalog.comparison.synthesizing import facts_of

    changed = []
    facts = recorded()
    for shown in chosen:
        synthesis = example(shown)
        if isinstance(shown, Pattern) and (shown.web or shown.events):
            facts[shown.name] = facts_of(shown, synthesis)
        for path, text in ((diagram(shown), pictured(shown, synthesis)), (page(shown), rendered(shown, synthesis))):
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                changed.append(path)
    readme = root().parent / "README.md"
    text = with_catalog_table(readme.read_text(encoding="utf-8"), patterns())
    if readme.read_text(encoding="utf-8") != text:
        readme.write_text(text, encoding="utf-8")
        changed.append(readme)
    return changed + rewritten(facts)
