"""What the commands share at the terminal: errors and progress on the standard error, and `--json`."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from patternkit.screen import Screen

err = Screen(stderr=True, highlight=False, soft_wrap=True)

json_flag = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show what is going on while a block runs: a spinner on a terminal, a line elsewhere.

    Args:
        what: What is going on.

    Yields:
        Nothing.
    """
    if err.is_terminal:
        with err.status(f"{what} ..."):
            yield
    else:
        err.print(f"{what} ...")
        yield
