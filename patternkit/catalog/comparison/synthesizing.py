"""The facts of patterns from their examples, synthesized here and now."""

from collections.abc import Iterable

from patternkit.catalog.comparison.facts import Facts, gather
from patternkit.catalog.discovery import Pattern
from patternkit.catalog.errors import CatalogError
from patternkit.catalog.shown_examples import example
from patternkit.testing.synthesis import PACKS, Synthesis, SynthesisError


def facts_of(pattern: Pattern, synthesis: Synthesis) -> Facts:
    """Find the facts of a pattern's synthesized example that every rule pack has checked."""
    findings = [(one.pack, one.rule) for one in synthesis.findings]
    return gather(synthesis.templates.values(), findings, PACKS, requests=pattern.web is not None)


def synthesized(patterns: Iterable[Pattern]) -> dict[str, Facts]:
    """Synthesize the examples of patterns and find their facts.

    Args:
        patterns: The patterns.

    Returns:
        The facts by pattern.

    Raises:
        CatalogError: If an example cannot be synthesized.
    """
    facts = {}
    for pattern in patterns:
        try:
            facts[pattern.name] = facts_of(pattern, example(pattern))
        except SynthesisError as error:
            raise CatalogError(f"{pattern.name}: {error}") from None
    return facts
