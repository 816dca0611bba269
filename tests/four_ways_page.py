"""The table of docs/guides/own-resources.md: each resource that a pattern takes, and where it may come from.

`make four-ways` tries every pattern, `make four-ways ONLY=PATTERN` replaces the rows of one. A pattern takes minutes.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping

from tests.conftest import ROOT
from tests.four_ways import KINDS, WAYS, Argument, Cell, every_argument, try_cell, ways

PAGE = ROOT / "docs" / "guides" / "own-resources.md"
_TABLE = re.compile(r"(?<=<!-- four ways -->\n).*?(?=<!-- end of four ways -->)", re.DOTALL)
_ROW = re.compile(r"^\| `([a-z-]+)` \| `([a-z_.]+)` \|.*$", re.MULTILINE)
# Code, which may break within its cell.
_CALL = re.compile(r"\b[\w.]+\(\w[^\s)`]*\)")

# A stack that stands in a stage, or is nested in another.
_STACK = re.compile(r"(?:Production/)?\b(Test|Elsewhere)(?:/Nested)?\b")

Cells = Mapping[str, Mapping[str, Cell]]
"""What came of an argument: by way, and by kind of stack."""


def rows(text: str) -> dict[tuple[str, str], str]:
    """Read the table's rows, by pattern and argument."""
    (table,) = _TABLE.findall(text)
    return {(found[1], found[2]): found[0] for found in _ROW.finditer(table)}


def row(argument: Argument, cells: Cells) -> str:
    """Write an argument's row."""
    name = f"{argument.name}.{argument.field}" if argument.field else argument.name
    said = " | ".join(_said(cells.get(way)) for way in WAYS)
    return f"| `{argument.pattern.name}` | `{name}` | {said} |"


def _said(kinds: Mapping[str, Cell] | None) -> str:
    if kinds is None:
        return "-"
    outcomes = {kind: one.outcome for kind, one in kinds.items()}
    if set(outcomes.values()) == {"works"} and not any(one.said for one in kinds.values()):
        return "works"
    # One reason, however the stacks are called.
    texts = [_STACK.sub(r"\1", one.said) for one in kinds.values() if one.said]
    reasons = dict.fromkeys(_CALL.sub(r"`\g<0>`", one.replace("|", "\\|")) for one in texts)
    if set(outcomes.values()) == {"works"}:
        return f"works; else refused: {'; '.join(reasons)}"
    if len(set(outcomes.values())) == 1:
        return f"{next(iter(outcomes.values()))}: {'; '.join(reasons)}"
    each = ", ".join(f"{kind} {outcome}" for kind, outcome in outcomes.items())
    return f"{each}: {'; '.join(reasons)}"


def with_rows(text: str, new: Mapping[tuple[str, str], str], *, instead_of: Iterable[str]) -> str:
    """Put rows into the page, in place of those of some patterns.

    Args:
        text: The page.
        new: The rows.
        instead_of: The patterns whose rows go.
    """
    gone = set(instead_of)
    known = {f"{one.pattern.name} {one.name}{'.' * bool(one.field)}{one.field}" for one in every_argument()}
    kept = {key: one for key, one in rows(text).items() if key[0] not in gone and " ".join(key) in known} | dict(new)
    cells = [cell for one in kept.values() for cell in one.split(" | ")[2:]]
    count = len(KINDS) * sum(not cell.startswith("-") for cell in cells)
    lines = [
        f"{count} cells: {len(kept)} arguments, from so many sources, each in {len(KINDS)} kinds of stacks.",
        "",
        "| Pattern | Argument | From the same stack | From another stack | Imported |",
        "| --- | --- | --- | --- | --- |",
        *(kept[key] for key in sorted(kept)),
        "",
    ]
    return _TABLE.sub(lambda _: "\n".join(lines), text)


def tried(wanted: set[str], trying: Callable[[Argument, str, str], Cell] = try_cell) -> dict[tuple[str, str], str]:
    """Try the arguments of patterns.

    Args:
        wanted: The patterns; none: all.
        trying: What tries a cell.

    Returns:
        The rows.
    """
    made = {}
    for argument in every_argument():
        if wanted and argument.pattern.name not in wanted:
            continue
        cells = {way: {kind: trying(argument, way, kind) for kind in KINDS} for way in ways(argument)}
        name = f"{argument.name}.{argument.field}" if argument.field else argument.name
        made[argument.pattern.name, name] = row(argument, cells)
    return made


if __name__ == "__main__":
    only = set(sys.argv[1:])
    before = PAGE.read_text(encoding="utf-8")
    replaced = only or {one.pattern.name for one in every_argument()}
    PAGE.write_text(with_rows(before, tried(only), instead_of=replaced), encoding="utf-8")
