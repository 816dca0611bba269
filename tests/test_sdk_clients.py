"""All code that runs in AWS says how long it waits for an answer: boto3's own minute outlasts most functions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

# What runs in AWS: code of functions and of containers, of patterns and of applications.
DEPLOYED = sorted(
    path
    for family in ("patterns", "examples")
    for path in (ROOT / family).rglob("*.py")
    if any(part.endswith(("handler", "container")) for part in path.relative_to(ROOT).parts[:-1])
)
# What waits for an answer, or makes a client that does, and the argument that says how long.
WAITS = {
    "boto3.client": "config",
    "boto3.resource": "config",
    "DynamoDBPersistenceLayer": "boto_config",
    "urllib.request.urlopen": "timeout",
}


def waits(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """The calls that wait, each with the argument that it needs."""
    for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(one, ast.Call) and (argument := WAITS.get(ast.unparse(one.func))):
            yield one, argument


WAITING = [path for path in DEPLOYED if any(waits(path))]


def test_the_code_that_is_deployed_is_found() -> None:
    assert {argument for path in WAITING for _, argument in waits(path)} == set(WAITS.values())
    assert any("container" in path.parent.name for path in WAITING)


@pytest.mark.parametrize("path", WAITING, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_says_how_long_it_waits(path: Path) -> None:
    for call, argument in waits(path):
        given = {
            one.arg for one in call.keywords if not (isinstance(one.value, ast.Constant) and one.value.value is None)
        }
        assert argument in given, f"{path.relative_to(ROOT)}:{call.lineno}: say {argument}=..."
    text = path.read_text(encoding="utf-8")
    makes_its_own = re.search(r"(?<!Idempotency)Config\(", text) is not None
    assert not makes_its_own or ("connect_timeout=" in text and "read_timeout=" in text), "its Config says no times"
