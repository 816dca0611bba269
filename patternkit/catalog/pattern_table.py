"""The table of `patternkit list`, laid out by the standard library: a completion or a listing waits for no other."""

import textwrap
from collections.abc import Iterator, Sequence

import click

_GAP = 2
_NARROWEST_PROSE = 30


def table_lines(headings: Sequence[str], rows: Sequence[Sequence[str]], *, width: int) -> Iterator[str]:
    """Lay out a table whose last column is prose, or a record for each row where the table is too wide.

    Args:
        headings: The headings.
        rows: The rows; the first column names the row.
        width: How many characters a line has. A word that is longer stays whole.

    Yields:
        The lines.
    """
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)][:-1]
    left = sum(widths) + _GAP * len(widths)
    if width - left < _NARROWEST_PROSE:
        yield from _record_lines(headings, rows, width)
        return
    yield click.style(_row(widths, headings[:-1]) + headings[-1], bold=True)
    for *cells, prose in rows:
        yield from _wrapped(prose, width, first=_row(widths, cells), rest=" " * left)


def _record_lines(headings: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    label = max(map(len, headings[1:])) + _GAP + 1
    for name, *facts in rows:
        yield click.style(name, bold=True)
        for heading, fact in zip(headings[1:], facts, strict=True):
            yield from _wrapped(fact, width, first=f"  {heading}".ljust(label), rest=" " * label)


def _row(widths: Sequence[int], cells: Sequence[str]) -> str:
    return "".join(cell.ljust(width + _GAP) for width, cell in zip(widths, cells, strict=True))


def _wrapped(prose: str, width: int, *, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        prose, width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [first.rstrip()]
