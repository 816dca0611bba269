"""The templates of all examples, as their snapshots hold them, for tests of what is true of each.

What a snapshot holds is held to the template elsewhere.
"""

import importlib
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

Resources = dict[str, dict[str, Any]]
END = ".agnostic.json"

TEMPLATES = sorted((ROOT / "tests").glob(f"**/snapshots/*{END}"))


def name_of(path: Path) -> str:
    """The name of a template's stack."""
    return path.name.removesuffix(END)


RULES: list[Callable[[Path], None]] = []
"""What is held of every template, of those that were imported: see `rules`."""


def every_template(rule: Callable[[Path], None]) -> Callable[[Path], None]:
    """Hold a rule of the template of each example, and of each that an argument of a pattern makes."""
    RULES.append(rule)
    return pytest.mark.parametrize("path", TEMPLATES, ids=name_of)(rule)


def rules() -> list[Callable[[Path], None]]:
    """What is held of every template."""
    for file in sorted((ROOT / "tests").glob("test_*.py")):
        if f"from {__name__} import" in file.read_text("utf-8"):
            importlib.import_module(f"tests.{file.stem}")
    return RULES


@cache
def template(path: Path) -> dict[str, Any]:
    """A template."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def resources(path: Path) -> Resources:
    """The resources of a template, by logical id."""
    found: Resources = template(path)["Resources"]
    return found


def referred(value: Any) -> Iterator[str]:
    """The logical ids that a value refers to."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "Ref":
                yield one
            elif key == "Fn::GetAtt":
                yield one[0]
            elif key == "Fn::Sub":
                text, given = (one, {}) if isinstance(one, str) else one
                yield from (each.split(".")[0] for each in re.findall(r"\$\{([\w.]+)\}", text))
                yield from referred(given)
            else:
                yield from referred(one)
    elif isinstance(value, list):
        for one in value:
            yield from referred(one)


def needs(found: Resources, name: str) -> set[str]:
    """What CloudFormation makes before a resource, and deletes after it."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        one = found[waiting.pop()]
        direct = {*referred([one.get("Properties"), one.get("UpdatePolicy")]), *one.get("DependsOn", ())}
        new = (direct & found.keys()) - seen
        seen |= new
        waiting += new
    return seen
