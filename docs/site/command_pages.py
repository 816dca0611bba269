"""The reference of the command line, made of the commands themselves."""

import inspect
from collections.abc import Iterator

import click

from patternkit.catalog.cli import app
from patternkit.catalog.examples import EXAMPLES
from patternkit.catalog.markdown import table


def command_pages() -> str:
    """Describe each command: usage, help, options and examples.

    Returns:
        A section for each, in Markdown.
    """
    return "\n\n".join(_section(words, command) for words, command in _commands(app, ()))


def _commands(group: click.Group, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        elif command is not None and not command.hidden:
            yield (*words, name), command


def _section(words: tuple[str, ...], command: click.Command) -> str:
    called = " ".join(("patternkit", *words))
    with click.Context(command, info_name=called) as context:
        usage = " ".join([called, *command.collect_usage_pieces(context)])
        options = [
            (" ".join(f"`{one}`" for one in _written(option, context)), (option.help or "").replace("\n", " "))
            for option in command.params
            if isinstance(option, click.Option)
        ]
    examples = EXAMPLES.get(" ".join(words), ((), ""))[0]
    shown = "```console\n" + "\n".join(f"$ {one}" for one in examples) + "\n```"
    parts = [f"### `{called}`", f"```text\n{usage}\n```", _prose(command.help or "")]
    parts += [table(("Option", "Meaning"), options)] if options else []
    return "\n\n".join([*parts, shown] if examples else parts)


def _written(option: click.Option, context: click.Context) -> list[str]:
    names = [*option.opts, *option.secondary_opts]
    metavar = "" if option.is_flag else f" {option.make_metavar(context)}"
    return [*names[:-1], f"{names[-1]}{metavar}"]


_KEPT = "\b\n"
"""What a paragraph of help begins with whose lines are kept."""


def _prose(text: str) -> str:
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        f"```text\n{one.removeprefix(_KEPT)}\n```" if one.startswith(_KEPT) else one for one in paragraphs
    )
