"""A terminal, or whatever the output goes to, and tables on it that may be too wide for it."""

import textwrap
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text


class Screen(Console):
    """A console that leaves it to the command how it ends when nobody reads any more; rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        """Raise what rich is handling."""
        raise


def print_rows(
    screen: Console,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numbers: bool = False,
    prose: int = 0,
    caption: str = "",
) -> None:
    """Print a table, or a record for each row where the table is too wide for its words.

    Args:
        screen: Where to.
        headings: The headings; the first column names the row, and "" there continues the row before it.
        rows: The rows.
        numbers: Whether all columns but the first are numbers, which stand at the right. Default: no.
        prose: How many characters the last column must have on a line, where it is prose. Default: its longest word.
        caption: What is said below. Default: nothing.
    """
    listed = [tuple(row) for row in rows]
    widths = _widths(screen.width, [headings, *listed], prose)
    if widths is None:
        _print_records(screen, headings, listed)
    else:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for number, (heading, width) in enumerate(zip(headings, widths, strict=True)):
            table.add_column(
                heading, no_wrap=number == 0, justify="right" if numbers and number else "left", width=width
            )
        for row in listed:
            table.add_row(*map(Text, row))
        screen.print(table)
    if caption:
        screen.print(caption, style="dim italic", markup=False)


_BETWEEN = 2
"""Blanks between two columns."""


def _widths(width: int, rows: Sequence[Sequence[str]], prose: int) -> list[int] | None:
    """Divide a line among columns, so that none breaks a word; None where it is too short for that.

    rich takes from the widest column first, down to less than its longest word.
    """
    widest = [max(cell_len(line) for cell in column for line in cell.split("\n")) for column in zip(*rows, strict=True)]
    words = [
        max((cell_len(word) for cell in column for word in cell.split()), default=0)
        for column in zip(*rows, strict=True)
    ]
    made = [widest[0], *words[1:]]
    made[-1] = max(made[-1], min(prose, widest[-1]))
    left = width - sum(made) - _BETWEEN * (len(made) - 1)
    if left < 0:
        return None
    while left and (short := [index for index, one in enumerate(made) if one < widest[index]]):
        # The narrowest first: what is left in the end is for prose.
        made[min(short, key=lambda index: made[index])] += 1
        left -= 1
    return made


def _print_records(screen: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    one_fact = len(headings) == 2
    if one_fact:
        screen.print(headings[1], style="bold", markup=False)
    for name, *facts in rows:
        if name:
            screen.print(name, style="" if one_fact else "bold", markup=False)
        said = [(heading, fact) for heading, fact in zip(headings[1:], facts, strict=True) if fact]
        label = 0 if one_fact else max((cell_len(heading) for heading, _ in said), default=0) + 1
        for heading, fact in said:
            for number, line in enumerate(_wrapped(fact, screen.width - label - 2)):
                first = heading if number == 0 and not one_fact else ""
                if cell_len(line) <= screen.width - label - 2:
                    screen.print(Text.assemble("  ", (first.ljust(label), "dim"), line), soft_wrap=True)
                    continue
                # An address that is longer than a line has one of its own, whole: cut, nobody could follow it.
                if first:
                    screen.print(Text.assemble("  ", (first, "dim")), soft_wrap=True)
                screen.print(f"  {line}", soft_wrap=True, markup=False)


def _wrapped(text: str, width: int) -> list[str]:
    return [
        line
        for whole in text.split("\n")
        for line in textwrap.wrap(whole, max(width, 1), break_long_words=False, break_on_hyphens=False) or [""]
    ]
