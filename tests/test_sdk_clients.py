"""All code that runs in AWS says how long it waits for an answer: boto3's own minute outlasts most functions."""

import ast
from collections.abc import Iterator
from functools import cache
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
TO_CONNECT = 2
LONGER_TO_CONNECT = {
    "attachment_placement": 5,
    "canary_function": 5,
    "dns_balanced_instances": 3,
    "elastic_ip_failover": 3,
    "extraction_container": 5,
    "thumbnailer": 3,
    "weighted_release": 3,
}
"""In seconds, by the folder of what runs by itself, and has nobody waiting for it."""
OF_SIGNATURES = {"connect_timeout", "read_timeout", "s3", "signature_version"}
"""What a client has that only signs."""


@cache
def calls(path: Path) -> list[ast.Call]:
    return [one for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(one, ast.Call)]


@cache
def configs(path: Path) -> list[ast.Call]:
    """The settings of clients that a module makes, but those that only sign."""
    made = [(one, {each.arg for each in one.keywords}) for one in calls(path) if ast.unparse(one.func) == "Config"]
    return [one for one, given in made if "signature_version" not in given or not given <= OF_SIGNATURES]


def waits(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """The calls that wait, each with the argument that it needs."""
    for one in calls(path):
        if argument := WAITS.get(ast.unparse(one.func)):
            yield one, argument


@cache
def settings(path: Path) -> set[str]:
    """The names in a module of what is made by a call, or by another module of its package."""
    found: set[str] = set()
    for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call):
            found |= {each.id for each in one.targets if isinstance(each, ast.Name)}
        if isinstance(one, ast.ImportFrom) and one.level:
            found |= {each.name for each in one.names}
    return found


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
        names = {one.value.id for one in call.keywords if one.arg == argument and isinstance(one.value, ast.Name)}
        if argument != "timeout":
            assert names <= settings(path), f"{path.relative_to(ROOT)}:{call.lineno}: {argument} is nothing"


@pytest.mark.parametrize("path", WAITING, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_tries_again_or_says_that_it_does_not(path: Path) -> None:
    """The SDK's own way is its oldest, whose times between tries no function waits for.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
    """
    for call in configs(path):
        [retries] = [ast.literal_eval(one.value) for one in call.keywords if one.arg == "retries"]
        assert retries.get("mode") == "standard" or retries == {"total_max_attempts": 1}, call.lineno
        assert retries.keys() <= {"mode", "total_max_attempts"}, call.lineno
        # The least of which one may fail twice, and what is tried as long as a deployment waits.
        assert retries.get("total_max_attempts", 3) in (1, 3, 5, 7), call.lineno


@pytest.mark.parametrize("path", WAITING, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_gives_up_in_time(path: Path) -> None:
    """In seconds; what is merged into another has the other's."""
    for call in configs(path):
        times = {one.arg: ast.literal_eval(one.value) for one in call.keywords if str(one.arg).endswith("_timeout")}
        if not times and any(ast.unparse(one.func).endswith(".merge") and call in one.args for one in calls(path)):
            continue
        assert times.keys() == {"connect_timeout", "read_timeout"}, call.lineno
        [connects] = {LONGER_TO_CONNECT[one] for one in path.parts if one in LONGER_TO_CONNECT} or {TO_CONNECT}
        assert times["connect_timeout"] == connects, call.lineno
        # What invokes another function waits as long as that may run.
        assert times["read_timeout"] in (5, 10, 15, 20, 30, 600, 900), call.lineno
