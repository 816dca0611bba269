"""The group of all commands, which imports what a command needs only when it is asked for."""

import importlib
from typing import ClassVar, NamedTuple

import click
from click.shell_completion import CompletionItem

from patternkit.catalog.examples import illustrate
from patternkit.exit_status import NO_ANSWER, NOT_DONE, EndingCommand, ending_in_one_line

_SUMMARY = 200
"""Characters of a summary: all of it, on as many lines as it takes."""


class Elsewhere(NamedTuple):
    """A command that another module has.

    Attributes:
        module: The module.
        name: What the command is there.
        summary: What the list of commands says of it: the first line of its own help.
        without_an_answer: Its exit status when its module cannot be imported.
    """

    module: str
    name: str
    summary: str
    without_an_answer: int = NOT_DONE


class Commands(EndingCommand, click.Group):
    """Commands that each end in one line, of which some are imported only to be run."""

    command_class = EndingCommand
    contributors: ClassVar = ("new", "pages")
    elsewhere: ClassVar = {
        "choose": Elsewhere(
            "patternkit.catalog.comparison.cli",
            "choose",
            "Rank patterns by what is needed, with reasons; without options, it asks.",
        ),
        "compare": Elsewhere(
            "patternkit.catalog.comparison.cli", "compare", "Put patterns side by side, by facts of their templates."
        ),
        "facts": Elsewhere(
            "patternkit.catalog.facts_cli",
            "facts",
            "List the quotas, limits and prices that the catalog states, oldest first, with source and date.",
        ),
        "rules": Elsewhere(
            "patternkit.testing.rules_cli",
            "rules",
            "Check templates against a project's own rules, in Guard or Rego.",
            NO_ANSWER,
        ),
        "show": Elsewhere(
            "patternkit.catalog.show",
            "show",
            "Show what a pattern is for, its parameters and its limits, or list what its template holds.",
        ),
        "dns": Elsewhere(
            "patternkit.dns.cli",
            "app",
            "Prove what names answer, from the template, before anything is deployed.",
            NO_ANSWER,
        ),
        "routes": Elsewhere(
            "patternkit.routes.cli",
            "app",
            "Prove where packets go, from the template, before anything is deployed.",
            NO_ANSWER,
        ),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands."""
        return sorted([*super().list_commands(ctx), *self.elsewhere])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Get a command to run it."""
        if cmd_name not in self.elsewhere:
            here = super().get_command(ctx, cmd_name)
            return here and illustrate(here, cmd_name)
        place = self.elsewhere[cmd_name]
        with ending_in_one_line(place.without_an_answer):
            command: click.Command = getattr(importlib.import_module(place.module), place.name)
        return illustrate(command, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was named; of one that there is not, the nearest is said, wherever its module is."""
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and name not in self.list_commands(ctx):
            import difflib

            near = difflib.get_close_matches(name, self.list_commands(ctx), n=1)
            raise click.UsageError(f"No such command {name!r}." + (f" Did you mean {near[0]!r}?" if near else ""), ctx)
        return super().resolve_command(ctx, args)

    def summaries(self, width: int = 45) -> dict[str, str]:
        """Return the summary of each command, without importing it.

        Args:
            width: How many characters there are for it.

        Returns:
            Summaries by the commands' names, in order.
        """
        here = {**self.commands} | {name: click.Command(name, help=one.summary) for name, one in self.elsewhere.items()}
        return {name: one.get_short_help_str(width) for name, one in sorted(here.items()) if not one.hidden}

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List the commands, those for who works on the catalog itself apart."""
        said = self.summaries(_SUMMARY)
        for heading, wanted in (("Commands", False), ("Contributors' commands, in a clone of the repository", True)):
            with formatter.section(heading):
                formatter.write_dl(
                    [(name, text) for name, text in said.items() if (name in self.contributors) == wanted]
                )

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show examples and where the documentation is."""
        illustrate(self, "")
        super().format_epilog(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command's name."""
        named = [
            CompletionItem(name, help=said) for name, said in self.summaries().items() if name.startswith(incomplete)
        ]
        return [*named, *click.Command.shell_complete(self, ctx, incomplete)]
