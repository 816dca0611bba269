"""The templates of all examples, as their snapshots hold them, for tests of what is true of each.

What a snapshot holds is held to the template elsewhere.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

Resources = dict[str, dict[str, Any]]
_END = ".agnostic.json"

TEMPLATES = sorted((ROOT / "tests").glob(f"**/snapshots/*{_END}"))


def name_of(path: Path) -> str:
    """The name of a template's stack."""
    return path.name.removesuffix(_END)


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)


@cache
def resources(path: Path) -> Resources:
    """The resources of a template, by logical id."""
    found: Resources = json.loads(path.read_text(encoding="utf-8"))["Resources"]
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
