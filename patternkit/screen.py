"""A terminal, or whatever the output goes to."""

from rich.console import Console


class Screen(Console):
    """A console that leaves it to the command how it ends when nobody reads any more; rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        """Raise what rich is handling."""
        raise
