"""Who may import whom: the contracts of pyproject.toml hold, and each would be red if they did not."""

import graphlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest

from tests.conftest import ROOT
from tests.import_contracts import unneeded, wrong_imports

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS: dict[str, dict[str, Any]] = {one["name"]: one for one in PYPROJECT["tool"]["importlinter"]["contracts"]}

PLACES = next(name for name, one in CONTRACTS.items() if one["type"] == "places")


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


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    """The imports of the catalog, those for types only and those within functions included."""
    return grimp.build_graph("patterns", cache_dir=None)


def test_no_exception_is_left_that_nothing_needs(graph: grimp.ImportGraph) -> None:
    assert unneeded(CONTRACTS[PLACES].get("ignored", ()), graph, ROOT) == set()


@pytest.mark.parametrize(
    ("importer", "imported", "why"),
    [
        ("patterns.building_blocks.alarms", "patterns.network.hub.spoke", "building blocks stand below every family"),
        ("patterns.building_blocks.alarms", "patterns.events", "building blocks stand below every family"),
        ("patterns.network.hub.spoke", "patterns.network.peered_hub.construct", "no pattern imports another"),
        ("patterns.network.peered_hub", "patterns.network.many_sites_vpn.construct", "no pattern imports another"),
        ("patterns.network.peered_hub", "patterns.web.load_balancing", "what two families use is a building block"),
        ("patterns.network.hub.spoke", "patterns.events.thumbnailer", "what two families use is a building block"),
    ],
)
def test_an_import_the_wrong_way_is_found(graph: grimp.ImportGraph, importer: str, imported: str, why: str) -> None:
    before = list(wrong_imports(graph, ROOT))
    graph.add_import(importer=importer, imported=imported)
    try:
        found = [one for one in wrong_imports(graph, ROOT) if one not in before]
    finally:
        graph.remove_import(importer=importer, imported=imported)
    assert [one[:2] for one in found] == [(importer, imported)]
    assert found[0][2].startswith(why)


def test_nothing_in_the_catalog_imports_itself_in_a_circle(graph: grimp.ImportGraph) -> None:
    imports = {one: graph.find_modules_directly_imported_by(one) for one in graph.modules}
    graphlib.TopologicalSorter(imports).prepare()
    imports["patterns.building_blocks.alarms"].add("patterns.building_blocks.settings")
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(imports).prepare()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("copy")
    for package in ("patterns", "patternkit"):
        shutil.copytree(ROOT / package, directory / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", directory)
    (directory / "tests").mkdir()
    for name in ("__init__.py", "import_contracts.py"):
        shutil.copy(ROOT / "tests" / name, directory / "tests")
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
        ("patterns/network/peered_hub/construct.py", "patterns.network.many_sites_vpn", PLACES),
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
