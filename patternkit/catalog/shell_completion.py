"""Completion in a shell: click's own, with the names of patterns, families and guides."""

import click
from click.shell_completion import CompletionItem, get_completion_class

from patternkit.errors import PatternkitError

SHELLS = ("bash", "zsh", "fish")


def script(command: click.Command, shell: str) -> str:
    """Write what a shell evaluates when it starts.

    Args:
        command: The command line.
        shell: One of `SHELLS`.

    Returns:
        The script, which asks `patternkit` itself for what can follow.
    """
    found = get_completion_class(shell)
    if found is None:
        raise ValueError(f"shell must be one of {', '.join(SHELLS)}, got {shell}")
    completer = found(command, {}, "patternkit", "_PATTERNKIT_COMPLETE")
    # Not `source()`: for bash that asks the bash of this machine for its version, which need not be the one it is for.
    return completer.source_template % completer.source_vars()


def complete_pattern(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a pattern's name."""
    del ctx, param
    try:
        from patternkit.catalog.discovery import patterns

        known = patterns().values()
    except PatternkitError:
        # What is wrong with the catalog is said when a command runs, not between two keys.
        return []
    return [CompletionItem(one.name, help=one.summary) for one in known if one.name.startswith(incomplete)]


def complete_family(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a family's name."""
    del ctx, param
    try:
        from patternkit.catalog.discovery import families

        known = families()
    except PatternkitError:
        return []
    return [CompletionItem(name, help=says) for name, says in known.items() if name.startswith(incomplete)]


def complete_document(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a guide or of a pattern's page."""
    from patternkit.catalog.documents import guides

    found = [CompletionItem(name) for name in guides() if name.startswith(incomplete)]
    return [*found, *complete_pattern(ctx, param, incomplete)]
