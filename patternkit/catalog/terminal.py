"""What the commands share at the terminal: errors and progress on the standard error, and `--json`."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from patternkit.screen import Screen

_COLUMNS = 80

json_flag = click.option("--json", "as_json", is_flag=True, help="As JSON.")


@cache
def out() -> "Screen":
    """The standard output. What draws on it is imported with the first line: a listing or a completion goes without."""
    from patternkit.screen import Screen

    return Screen(highlight=False, soft_wrap=True)


@cache
def err() -> "Screen":
    """The standard error."""
    from patternkit.screen import Screen

    return Screen(stderr=True, highlight=False, soft_wrap=True)


def columns() -> int:
    """Say how many characters a line of the standard output has: `COLUMNS`, else the terminal's width, else 80.

    That is what `shutil.get_terminal_size` says. Importing `shutil` loads all compression libraries, which a listing
    would wait for.
    """
    with suppress(KeyError, ValueError):
        if (wanted := int(os.environ["COLUMNS"])) > 0:
            return wanted
    with suppress(AttributeError, ValueError, OSError):
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _COLUMNS  # type: ignore[union-attr]
    return _COLUMNS


@contextmanager
def progress(what: str) -> Iterator[None]:
    """Show what is going on while a block runs: a spinner on a terminal, a line elsewhere.

    Args:
        what: What is going on.

    Yields:
        Nothing.
    """
    if err().is_terminal:
        with err().status(f"{what} ..."):
            yield
    else:
        err().print(f"{what} ...")
        yield
