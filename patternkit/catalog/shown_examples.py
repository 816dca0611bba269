"""What pages show: the examples of patterns, and applications, synthesized."""

from patternkit.catalog.application import add_example, feature_flags
from patternkit.catalog.applications import Application
from patternkit.catalog.discovery import Pattern
from patternkit.testing.synthesis import PACKS, Synthesis, synthesize

Shown = Pattern | Application
"""What has a page: its README.md, and a diagram beside it."""


def example(shown: Shown, *, findings: bool = True) -> Synthesis:
    """Synthesize what a page shows, env-agnostic.

    Args:
        shown: The pattern or the application.
        findings: Whether every pack of cdk-nag checks a pattern's example. Default: yes.

    Returns:
        The synthesis.

    Raises:
        SynthesisError: If it cannot be synthesized.
    """
    if isinstance(shown, Application):
        return synthesize(lambda app: shown.add(app), context=feature_flags(), packs=())
    pattern = shown
    packs = PACKS if findings else ()
    return synthesize(lambda app: add_example(app, pattern, {}), context=feature_flags(), packs=packs)
