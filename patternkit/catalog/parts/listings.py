"""Makes listings of a pattern's template: for `patternkit show`, and for the site when it is built."""

from collections.abc import Callable, Mapping

from patternkit.catalog.diagrams import construct_paths
from patternkit.catalog.diagrams.resources import Resources
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.markdown import Table
from patternkit.catalog.parts.alarms import alarms
from patternkit.catalog.parts.costs import itemized_costs
from patternkit.catalog.parts.findings import findings
from patternkit.catalog.parts.permissions import permissions
from patternkit.catalog.parts.routes import routes
from patternkit.testing.synthesis import Synthesis

Parts = list[Table | str]
"""A listing: tables and paragraphs, in Markdown."""


def _resources(_: Pattern, synthesis: Synthesis) -> Parts:
    counts: dict[str, int] = {}
    for template in synthesis.templates.values():
        for resource in template.get("Resources", {}).values():
            counts[resource["Type"]] = counts.get(resource["Type"], 0) + 1
    return [Table(("Resource", "Number"), [(f"`{name}`", str(count)) for name, count in sorted(counts.items())])]


def _findings(pattern: Pattern, synthesis: Synthesis) -> Parts:
    table = findings(pattern, synthesis.findings, synthesis.acknowledged)
    others = "AwsSolutions and Serverless have no finding that is not acknowledged."
    none = "NIST 800-53 R5, HIPAA and PCI have none, and nothing is acknowledged."
    return [others, table] if table.rows else [f"{others} {none}"]


def _costs(pattern: Pattern, synthesis: Synthesis) -> Parts:
    return itemized_costs(synthesis.templates.values(), requests=pattern.web is not None)


def _of_resources(make: Callable[[Resources], Table]) -> Callable[[Pattern, Synthesis], Parts]:
    def of_pattern(_: Pattern, synthesis: Synthesis) -> Parts:
        return [make(Resources(synthesis.templates, construct_paths(synthesis.directory)))]

    return of_pattern


_MAKERS: Mapping[str, Callable[[Pattern, Synthesis], Parts]] = {
    "resources": _resources,
    "permissions": _of_resources(permissions),
    "alarms": _of_resources(alarms),
    "routes": _of_resources(routes),
    "costs": _costs,
    "findings": _findings,
}


def listing(name: str, pattern: Pattern, synthesis: Synthesis) -> Parts:
    """Make a listing of a pattern's template.

    Args:
        name: The listing, one of `patternkit.catalog.listings.LISTS`.
        pattern: The pattern.
        synthesis: Its example; for "findings", with the findings of every pack.

    Returns:
        The listing.
    """
    return _MAKERS[name](pattern, synthesis)


def has_routes(synthesis: Synthesis) -> bool:
    """Whether there is a network, whose routes can be listed."""
    return bool(routes(Resources(synthesis.templates, construct_paths(synthesis.directory))).rows)


def written(parts: Parts) -> str:
    """Write a listing as a page shows it, in Markdown."""
    return "\n\n".join(one if isinstance(one, str) else one.markdown() for one in parts)
