"""Who may import whom: the contracts of pyproject.toml hold, and each would be red if they did not."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS: dict[str, dict[str, Any]] = {one["name"]: one for one in PYPROJECT["tool"]["importlinter"]["contracts"]}


def lint_imports(directory: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    # The folder's own packages, and not those that are installed.
    env = os.environ | {"PYTHONPATH": str(directory), "COLUMNS": "200"}
    return subprocess.run(
        [str(program), "--no-cache"], cwd=directory, env=env, capture_output=True, text=True, check=False, timeout=120
    )


def test_the_contracts_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in done.stdout


def test_building_blocks_are_held_apart_from_every_family() -> None:
    families = {path.parent.name for path in (ROOT / "patterns").glob("*/__init__.py")} - {"building_blocks"}
    contract = CONTRACTS["building blocks know nothing of the patterns that use them"]
    assert contract["forbidden_modules"] == sorted(f"patterns.{family}" for family in families)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("copy")
    for package in ("patterns", "patternkit"):
        shutil.copytree(ROOT / package, directory / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", directory)
    return directory


@pytest.mark.parametrize(
    ("module", "imported", "broken"),
    [
        ("patterns/events/thumbnailer/construct.py", "patternkit.node", "patterns know nothing of the tools"),
        ("patterns/building_blocks/alarms.py", "patternkit.testing", "patterns know nothing of the tools"),
        (
            "patternkit/testing/synthesis.py",
            "patterns.events",
            "routes, testing, upgrade and localcloud know nothing of any single pattern",
        ),
        (
            "patternkit/localcloud/cloud.py",
            "patternkit.catalog.discovery",
            "routes, testing, upgrade and localcloud know nothing of any single pattern",
        ),
        (
            "patternkit/routes/__init__.py",
            "patterns.network",
            "routes, testing, upgrade and localcloud know nothing of any single pattern",
        ),
        (
            "patternkit/resolving/values.py",
            "patternkit.upgrade",
            "what expressions are worth is worked out below the provers",
        ),
        (
            "patternkit/dns/answer.py",
            "patternkit.routes.addresses",
            "what proves names and what proves paths know nothing of each other",
        ),
        *(
            (
                "patterns/building_blocks/alarms.py",
                family,
                "building blocks know nothing of the patterns that use them",
            )
            for family in CONTRACTS["building blocks know nothing of the patterns that use them"]["forbidden_modules"]
        ),
    ],
)
def test_a_wrong_import_breaks_its_contract(copy: Path, module: str, imported: str, broken: str) -> None:
    assert broken in CONTRACTS
    path = copy / module
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(f"{text}\nimport {imported}\n", encoding="utf-8")
        done = lint_imports(copy)
    finally:
        path.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert f"{broken} BROKEN" in done.stdout
    assert f"{len(CONTRACTS) - 1} kept, 1 broken." in done.stdout


def test_testing_works_without_the_other_tools_being_imported() -> None:
    # What a project that only tests its templates need not have installed.
    for package in ("boto3", "ministack"):
        assert importlib.util.find_spec(package), f"{package} is not installed, so nothing would be shown"
    code = (
        "import sys; import patternkit.testing.plugin, patternkit.testing.synthesis, patternkit.testing.snapshots, "
        "patternkit.testing.linting, patternkit.testing.stateful; "
        "print(sorted({'boto3', 'ministack', 'patterns'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("[]\n", "")
