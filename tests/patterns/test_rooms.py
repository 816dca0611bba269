"""Patterns apart from each other: what several of a family share stands in the family's rooms, and knows none of them.

Discovered, not listed: a folder of a family with a pattern.toml is a pattern, one without is a room.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Families whose patterns still import each other; this goes with the last of them.
NOT_YET = {"api", "events"}


def imported(module: Path) -> Iterator[str]:
    """The modules of the catalog that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            # What is imported from a package may be a module of it.
            yield from (node.module, *(f"{node.module}.{one.name}" for one in node.names))
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)


def wrong_imports(root: Path) -> set[str]:
    """Imports of a pattern by another pattern or by a room, and of a room by another family."""
    patterns = {path.parent for path in root.glob("patterns/*/*/pattern.toml")}
    found = set()
    for module in sorted(root.glob("patterns/*/*/**/*.py")):
        family, folder = module.relative_to(root / "patterns").parts[:2]
        own = root / "patterns" / family / folder
        for name in imported(module):
            parts = name.split(".")
            if parts[0] != "patterns" or len(parts) < 3 or parts[1] == "building_blocks":
                continue
            other = root / "patterns" / parts[1] / parts[2]
            if other != own and (other in patterns or parts[1] != family):
                found.add(f"{own.relative_to(root)} imports {other.relative_to(root)}")
    return found


def test_no_pattern_is_imported_by_another_or_by_a_room() -> None:
    found = {one for one in wrong_imports(ROOT) if one.split("/")[1] not in NOT_YET}
    assert not found


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("patterns/web/first/construct.py", "from patterns.web.second import Second"),
        ("patterns/web/first/construct.py", "import patterns.web.second.construct"),
        ("patterns/web/room/part.py", "from patterns.web.second.construct import Second"),
        ("patterns/web/room/part.py", "from patterns.web import second"),
        ("patterns/web/first/construct.py", "def late() -> None:\n    from patterns.web.second import Second"),
        ("patterns/web/first/construct.py", "from patterns.api.room.part import Part"),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, module: str, line: str) -> None:
    for folder in ("web/first", "web/second", "web/room", "api/room"):
        (tmp_path / "patterns" / folder).mkdir(parents=True)
    for folder in ("web/first", "web/second"):
        (tmp_path / "patterns" / folder / "pattern.toml").touch()
    good = "from patterns.web.room.part import Part\nfrom patterns.building_blocks.alarms import alarm\n"
    (tmp_path / "patterns/web/first/construct.py").write_text(good, encoding="utf-8")
    assert not wrong_imports(tmp_path)
    (tmp_path / module).write_text(line, encoding="utf-8")
    assert len(wrong_imports(tmp_path)) == 1
