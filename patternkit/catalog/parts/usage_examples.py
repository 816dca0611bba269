"""The two uses of a pattern that its page shows: written by hand, and run by the tests."""

import re
from pathlib import Path

from patternkit.catalog.discovery import Pattern
from patternkit.catalog.errors import CatalogError

USES = ("Quick start", "With other constructs")
"""The headings that they stand under: the pattern by itself, and together with something else."""

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def check_uses(where: Path, text: str, pattern: Pattern) -> None:
    """Refuse a page that does not show how the pattern is used by itself, and composed with something else.

    Args:
        where: The page, for messages.
        text: What it says.
        pattern: The pattern.

    Raises:
        CatalogError: If there is no such example.
    """
    for heading in USES:
        examples = [code for language, code in _FENCED.findall(_section(text, heading)) if language == "python"]
        if not any(f"from {pattern.module} import " in code for code in examples):
            raise CatalogError(
                f"{where}: the page needs a section {heading!r} with a Python example that imports {pattern.module}"
            )


def _section(text: str, heading: str) -> str:
    """What stands between a heading and the next, of any level; a comment in an example is none."""
    found = re.search(rf"^##+ {heading}\n", text, re.MULTILINE)
    if found is None:
        return ""
    blank = _FENCED.sub(lambda match: " " * len(match[0]), text)
    after = re.compile(r"^##+ ", re.MULTILINE).search(blank, found.end())
    return text[found.end() : after.start() if after else len(text)]
