"""A page of reference for each construct, written before the site is built; version control does not keep them."""

import importlib
from collections.abc import Sequence
from pathlib import Path

from patternkit.catalog.discovery import Pattern

_FOLDER = Path("docs", "reference", "constructs")


def reference_page(pattern: Pattern) -> str:
    """Name the page of a pattern's construct, from the root of the site."""
    return (_FOLDER / pattern.name).as_posix()


def write_construct_pages(root: Path, patterns: Sequence[Pattern]) -> None:
    """Write the pages, and remove those of constructs that there are no more.

    Args:
        root: The root of the site's sources.
        patterns: The patterns.
    """
    folder = root / _FOLDER
    folder.mkdir(exist_ok=True)
    described: set[int] = set()
    pages = {folder / f"{one.name}.md": _text(one, described) for one in patterns}
    for left_over in set(folder.iterdir()) - pages.keys():
        left_over.unlink()
    for path, text in pages.items():
        # An unchanged file is not read again.
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def _text(pattern: Pattern, described: set[int]) -> str:
    package = importlib.import_module(pattern.module)
    page = f"/patterns/{pattern.family}/{pattern.folder.name}/README.md"
    parts = [
        f"# `{pattern.construct}`",
        f"`from {pattern.module} import {pattern.construct}`",
        f"When to use it, how it works and what it costs: [{pattern.title}]({page}).",
    ]
    for name in sorted(package.__all__, key=lambda name: (name != pattern.construct, name)):
        exported = getattr(package, name)
        # What several packages export is described in full each time, and can be linked to once.
        index = "   :no-index:\n" if id(exported) in described else ""
        described.add(id(exported))
        directive = "autoclass" if isinstance(exported, type) else "autodata"
        parts.append(f"```{{eval-rst}}\n.. {directive}:: {pattern.module}.{name}\n{index}```")
    return "\n\n".join(parts) + "\n"
