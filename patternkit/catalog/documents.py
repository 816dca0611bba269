"""The guides and the patterns' pages, which travel with the package."""

import re
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from patternkit.catalog.discovery import patterns
from patternkit.catalog.errors import unknown


def guides() -> dict[str, Traversable]:
    """Find the guides.

    Returns:
        Their files by name: "run-locally".
    """
    packaged = resources.files("patternkit.catalog") / "guides"
    # An editable install has the repository's own instead of packaged copies.
    folder: Traversable = packaged if packaged.is_dir() else Path(__file__).parents[2] / "docs" / "guides"
    files = sorted(folder.iterdir(), key=lambda one: one.name)
    return {one.name.removesuffix(".md"): one for one in files if one.name.endswith(".md") and one.name != "index.md"}


def title(document: str) -> str:
    """Take a document's title: its first heading.

    Args:
        document: The text.

    Returns:
        The title.
    """
    found = re.search(r"^# (.+)$", document, re.MULTILINE)
    return found[1] if found else ""


def document(name: str) -> str:
    """Read a guide or a pattern's page.

    Args:
        name: The guide's name, or the pattern's.

    Returns:
        The text, in Markdown.

    Raises:
        CatalogError: If there is none of that name.
    """
    known = guides()
    if name in known:
        return known[name].read_text(encoding="utf-8")
    pattern = patterns().get(name.replace("_", "-"))
    if pattern is None:
        raise unknown("guide or pattern", name, [*known, *patterns()])
    return (pattern.folder / "README.md").read_text(encoding="utf-8")
