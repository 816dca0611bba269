"""What is locked is what is asked for, and names no place to get it from."""

import json
import re
import subprocess
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.conftest import ROOT, context

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>[^\\]+?))? \\\n(?P<hashes>(?:    .*\n)+)"
)
NEEDED, REST = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
HANDLERS = sorted((ROOT / "patterns").rglob("requirements.txt"))
LOCKS = [NEEDED, REST, *HANDLERS]
FLAGS = ROOT / "node_modules" / "aws-cdk" / "lib" / "init-templates" / ".recommended-feature-flags.json"


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in done.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def asked_for() -> list[Requirement]:
    project = PYPROJECT["project"]
    groups = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *PYPROJECT["dependency-groups"].values(),
    ]
    listed = chain(*groups, PYPROJECT["build-system"]["requires"])
    # What is no text includes another group, which is read for itself.
    requirements = [Requirement(one) for one in listed if isinstance(one, str)]
    return [one for one in requirements if one.name != project["name"]]


def pinned(lock: Path) -> dict[str, set[Version]]:
    pins: dict[str, set[Version]] = {}
    for match in PIN.finditer(lock.read_text(encoding="utf-8")):
        pins.setdefault(canonicalize_name(match["name"]), set()).add(Version(match["version"]))
    return pins


@pytest.mark.parametrize("requirement", asked_for(), ids=str)
def test_what_is_asked_for_is_pinned_within_its_range(requirement: Requirement) -> None:
    versions = (pinned(NEEDED) | pinned(REST)).get(canonicalize_name(requirement.name), set())
    assert versions, f"{requirement.name} is not pinned"
    assert all(version in requirement.specifier for version in versions), f"{versions} is not {requirement.specifier}"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(ROOT)))
def test_every_pin_is_exact_and_has_hashes(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    body = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    if lock == REST:
        body = body.removeprefix("-r requirements.txt\n")
    # Nothing but pins: no option, no address, no name without its version.
    assert PIN.sub("", body) == ""
    for match in PIN.finditer(text):
        assert re.fullmatch(r"(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+", match["hashes"]), match["name"]


def test_synthesis_needs_little_and_the_rest_is_beside_it() -> None:
    needed, rest = pinned(NEEDED), pinned(REST)
    assert REST.read_text(encoding="utf-8").count("-r requirements.txt\n") == 1
    assert not needed.keys() & rest.keys()
    project = PYPROJECT["project"]
    direct = [*project["dependencies"], *project["optional-dependencies"]["node"]]
    assert {canonicalize_name(Requirement(one).name) for one in direct} <= needed.keys()
    assert not needed.keys() & {"pytest", "cdk-nag", "boto3", "z3-solver", "matplotlib", "playwright", "sphinx"}


def test_a_handlers_pins_are_what_its_input_asks_for() -> None:
    for lock in HANDLERS:
        pins = pinned(lock)
        for line in (lock.parent / "requirements.in").read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                requirement = Requirement(line.partition(" #")[0])
                assert all(version in requirement.specifier for version in pins[canonicalize_name(requirement.name)])


def test_each_handler_with_an_input_has_a_lock() -> None:
    inputs = sorted((ROOT / "patterns").rglob("requirements.in"))
    assert inputs
    assert [path.parent for path in inputs] == [lock.parent for lock in HANDLERS]


REGISTRY = re.compile(
    r"(pypi|pythonhosted|npmjs|yarnpkg|jfrog|artifactory|nexus)\.(org|com|io)|registry\.[a-z0-9-]+\.|"
    r"(?:index-url|find-links|\"resolved\"|registry\s*=)",
    re.IGNORECASE,
)


def test_no_file_names_a_registry() -> None:
    here = Path(__file__).resolve()
    found = []
    for path in tracked():
        if path == here or path.suffix in {".jpg", ".png"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            # To leave the address out is not to name it.
            if REGISTRY.search(line.replace("--no-emit-index-url", "")):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert found == []


def test_the_cdk_cli_is_locked_with_its_integrity() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert packages[""]["devDependencies"] == package["devDependencies"]
    for name, locked in packages.items():
        if name:
            assert locked["integrity"].startswith("sha512-"), name
    assert packages["node_modules/aws-cdk"]["version"] == package["devDependencies"]["aws-cdk"]


def test_the_feature_flags_are_the_recommended_ones_of_the_pinned_cli() -> None:
    recommended = json.loads(FLAGS.read_text(encoding="utf-8"))
    assert context() == recommended


def test_findings_are_errors() -> None:
    assert context()["@aws-cdk/core:validateAgainstDefaultRules"] is True
