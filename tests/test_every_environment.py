"""What code that runs in AWS reads of its environment, its construct gives, and the other way: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patternkit.catalog.discovery import Pattern, patterns
from tests.conftest import ROOT

PATTERNS = [pytest.param(one, id=one.name) for one in patterns().values()]


def deployed(pattern: Pattern) -> list[Path]:
    """The code of a pattern's functions and containers."""
    return sorted(
        path
        for path in pattern.folder.rglob("*.py")
        if any(part.endswith(("handler", "container")) for part in path.relative_to(pattern.folder).parts[:-1])
    )


def read(path: Path) -> Iterator[str]:
    """The names that a module reads of its environment, and cannot be without."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            yield str(ast.literal_eval(node.slice))


def given(pattern: Pattern) -> set[str]:
    """The names of what the functions and containers of a pattern's example are given, at the start or for one task."""
    found: set[str] = set()
    for path in (ROOT / "tests" / pattern.folder.relative_to(ROOT) / "snapshots").glob("*.agnostic.json"):
        for one in json.loads(path.read_text(encoding="utf-8"))["Resources"].values():
            properties: dict[str, Any] = one.get("Properties", {})
            if one["Type"] == "AWS::Lambda::Function":
                found |= properties.get("Environment", {}).get("Variables", {}).keys()
            elif one["Type"] == "AWS::ECS::TaskDefinition":
                containers = properties["ContainerDefinitions"]
                found |= {each["Name"] for container in containers for each in container.get("Environment", [])}
    return found


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_read_is_given(pattern: Pattern) -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in deployed(pattern))
    wanted = {name for path in deployed(pattern) for name in read(path)}
    # Of a task, what it works on is said by the function that starts it.
    assert [name for name in sorted(wanted - given(pattern)) if f'"{name}": ' not in sources] == []


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_given_is_read(pattern: Pattern) -> None:
    """By the code, by Powertools, or by code of the user's own, to whom the page or a docstring says it."""
    texts = [path.read_text(encoding="utf-8") for path in (*deployed(pattern), pattern.folder / "README.md")]
    for path in pattern.folder.glob("*.py"):
        classes = [one for one in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(one, ast.ClassDef)]
        texts += [ast.get_docstring(one) or "" for one in classes]
    # Settings in a class are read by the names of its fields.
    said = {word for text in texts for word in re.findall(r"\w+", text)}
    unread = [name for name in sorted(given(pattern)) if not {name, name.lower()} & said]
    assert [name for name in unread if not name.startswith("POWERTOOLS_")] == []


def test_names_are_read_somewhere() -> None:
    assert sum(bool(given(one)) for one in patterns().values()) > 10
