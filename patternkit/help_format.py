"""How `--help` is laid out: nothing is wider than the terminal, and no example breaks when it is copied.

click takes no terminal for narrower than 50 characters, writes options and headings on one line however long they are,
and cuts summaries.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import click
from click.formatting import wrap_text

_WIDEST = 80
_NARROWEST = 24
_DEEPER = 4
_BESIDE = 30
"""Characters beside a command's name, at least, for what it takes to stand there."""
_USAGE = 11
"""Blanks before what a command takes, where it goes on below."""
_WHOLE = "\0"
"""Stands for a hyphen, after which a line would be broken, while it is laid out: `--exactly-once` is one word."""
_PIECE = re.compile(r"[^ |]+\||[^ |]+ ?| ")
"""Of an option's name and values: what may be followed by a new line."""
_WORD = re.compile(r"""(?:[^\s'"]|'[^']*'|"[^"]*")+\s*""")
"""Of a shell's command line: what must not be torn."""


class Formatter(click.HelpFormatter):
    """A page of help."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(indent_increment, width, max_width)
        if width is None:
            wanted = min(shutil.get_terminal_size().columns, max_width or _WIDEST) - 2
            self.width = max(wanted, _NARROWEST)

    def write(self, string: str) -> None:
        """Write what is laid out."""
        super().write(string.replace(_WHOLE, "-"))

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        first = f"{prefix or 'Usage: '}{prog} "
        room = self.width - len(first) >= min(len(args), _BESIDE)
        rest = " " * (len(first) if room else _USAGE)
        lines = textwrap.wrap(
            args,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.write("\n".join(lines or [first.rstrip()]) + "\n")

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        indent = " " * self.current_indent
        self.write(textwrap.fill(f"{heading}:", self.width, initial_indent=indent, subsequent_indent=indent) + "\n")

    def write_text(self, text: str) -> None:
        """Write prose, and examples as they are where they fit, else folded as a shell reads them."""
        paragraphs = text.replace("-", _WHOLE).split("\n\n")
        super().write_text("\n\n".join(one if one[:1] != "\b" else self._folded_examples(one) for one in paragraphs))

    def _folded_examples(self, paragraph: str) -> str:
        width = self.width - self.current_indent
        lines: list[str] = []
        for line in paragraph.split("\n"):
            lines += folded_command(line, width) if line[:1] == " " else _folded(_WORD.findall(line), width, end="")
        return "\n".join(lines)

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write terms with what is said of each beside them, or below those that are too long."""
        rows = list(rows)
        most = min(col_max, max(10, self.width // 2 - 8))
        first = min(max(len(term) for term, _ in rows), most) + col_spacing
        for term, said in rows:
            *above, last = _folded_term(term, self.width - self.current_indent)
            for line in above:
                self.write(f"{'':>{self.current_indent}}{line}\n")
            self.write(f"{'':>{self.current_indent}}{last}")
            lines = wrap_text(
                said.replace("-", _WHOLE), max(self.width - first - 2, 10), preserve_paragraphs=True
            ).splitlines()
            if not lines:
                self.write("\n")
                continue
            beside = len(last) <= first - col_spacing and not above
            self.write(" " * (first - len(last)) if beside else f"\n{'':>{first + self.current_indent}}")
            self.write(f"{lines[0]}\n")
            for line in lines[1:]:
                self.write(f"{'':>{first + self.current_indent}}{line}\n" if line else "\n")


def _folded_term(term: str, width: int) -> Iterator[str]:
    yield from _folded(_PIECE.findall(term), width, end="")


def folded_command(line: str, width: int) -> Iterator[str]:
    r"""Yield a command in lines that each fit: all but the last end in `\`, and the others stand deeper than the first.

    Args:
        line: The command, maybe indented.
        width: How many characters a line has. A word that is longer stays whole.
    """
    indent = len(line) - len(line.lstrip())
    for number, part in enumerate(_folded(_WORD.findall(line.strip()), width - indent - _DEEPER, end=" \\")):
        yield " " * (indent + (_DEEPER if number else 0)) + part


def _folded(pieces: Sequence[str], width: int, *, end: str) -> Iterator[str]:
    whole = "".join(pieces)
    if len(whole) <= width + (_DEEPER if end else 0):
        yield whole
        return
    line = ""
    for number, piece in enumerate(pieces):
        room = width - (len(end) if number < len(pieces) - 1 else 0)
        if line and len(line) + len(piece.rstrip()) > room:
            yield line.rstrip() + end
            line = "" if end else " " * _DEEPER
        line += piece
    yield line
