"""The parts of a page that are made from the code: tables, lists, and the markers that they stand between.

<!-- generated: parameters --> ... <!-- end of parameters -->
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from patternkit.catalog.errors import CatalogError

SECTION = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end of (?P=name) -->)", re.DOTALL)


def sections(where: object, text: str, parts: Mapping[str, str]) -> str:
    """Put generated parts between their markers.

    Args:
        where: The page, for messages.
        text: What it says now.
        parts: The parts by name.

    Returns:
        The page with each part made anew.

    Raises:
        CatalogError: If a part has no markers, or markers have no part.
    """
    marked = [match["name"] for match in SECTION.finditer(text)]
    if sorted(marked) != sorted(parts):
        missing, strange = sorted(set(parts) - set(marked)), sorted(set(marked) - set(parts))
        what = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(strange) or 'a part twice'}"
        raise CatalogError(f"{where}: the page {what} between markers")
    return SECTION.sub(lambda match: f"{match[1]}{parts[match['name']]}\n{match[3]}", text)


class Table(NamedTuple):
    """A table, for a page and for a terminal.

    Attributes:
        heads: The headings.
        rows: The rows, in Markdown.
    """

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def markdown(self) -> str:
        """Write the table as a page shows it."""
        return table(self.heads, self.rows)

    def plain(self) -> list[tuple[str, ...]]:
        """The rows without what Markdown has for code, links and emphasis."""
        return [tuple(plain(cell) for cell in row) for row in self.rows]


def plain(text: str) -> str:
    """Leave out what Markdown has for code, links and emphasis."""
    return re.sub(r"\*\*|`", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text))


def bullets(lines: Iterable[str]) -> str:
    """A list, or a word for none."""
    return "\n".join(f"- {line}" for line in lines) or "None."


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table, or a word for none."""
    if not rows:
        return "None."
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (heads, *rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], f"|{' --- |' * len(heads)}", *lines[1:]])
