"""A project of one's own: for every pattern it is written, and its tests pass as they are."""

import ast
import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from click.testing import CliRunner

from patternkit.catalog.cdk_cli import CLI_VERSION
from patternkit.catalog.cli import app
from patternkit.catalog.discovery import patterns
from patternkit.catalog.init import NewProject, planned, write
from tests.conftest import ROOT, context
from tests.patternkit.catalog.temporary import environment, run

NAMES = list(patterns())
NAMED = (
    "a project's name must be letters from a to z and digits, joined by hyphens or underscores, at most 40 characters, "
    "beginning with a letter, and no word of Python's, got "
)

ONE_CLOUD = '''
import pytest

from patternkit.localcloud import LocalCloud


@pytest.fixture(scope="session")
def local_cloud():
    """One local cloud for all projects, whose stacks have names of their own: starting it is most of what it costs."""
    with LocalCloud.start() as cloud:
        yield cloud
'''


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, NewProject]:
    """A project of each pattern, side by side."""
    folder = tmp_path_factory.mktemp("projects")
    found = {name: planned(folder / f"own-{name}", name) for name in NAMES}
    for project in found.values():
        write(project)
    return found


@pytest.fixture(scope="module")
def results(projects: Mapping[str, NewProject], request: pytest.FixtureRequest) -> Mapping[str, Mapping[str, str]]:
    """What came of the tests of each project that is asked for, in one process: what failed is text."""
    asked = {
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.originalname == test_its_tests_pass.__name__
    }
    folder = next(iter(projects.values())).directory.parent
    paths = "\n    ".join(str(projects[name].directory) for name in projects if name in asked)
    (folder / "pytest.ini").write_text(f"[pytest]\npythonpath =\n    {paths}\nfilterwarnings = error\n")
    (folder / "conftest.py").write_text(ONE_CLOUD)
    # Snapshots are written here, and held by the project that is started in whole.
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist"]
    # cfn-lint reads the same constructs in every pattern's example: here in one project of each kind.
    lint = "not cfn_lint or own-thumbnailer or own-many-sites-vpn"
    more = ["--import-mode=importlib", "--snapshot-update", "--junitxml=results.xml", "-k", lint]
    # By name, for one project alone has settings of its own.
    only = ["--config-file=pytest.ini", "--rootdir=.", *(f"own-{name}" for name in projects if name in asked)]
    ended = run(sys.executable, *command, *more, *only, cwd=folder, deadline=500)
    assert (folder / "results.xml").is_file(), ended.stdout + ended.stderr
    found: dict[str, dict[str, str]] = {name: {} for name in asked}
    for case in ET.parse(folder / "results.xml").iter("testcase"):
        name = case.attrib["classname"].split(".")[0].removeprefix("own-")
        wrong = [one.get("message", "") + (one.text or "") for one in case if one.tag != "properties"]
        found[name][case.attrib["name"]] = "\n".join(wrong)
    return found


@pytest.mark.timeout(600)  # the first of them runs every project's tests
@pytest.mark.parametrize("name", NAMES)
def test_its_tests_pass(name: str, results: Mapping[str, Mapping[str, str]]) -> None:
    assert {test: wrong for test, wrong in results[name].items() if wrong} == {}
    of_the_template = {
        "test_the_template_is_as_it_was",
        "test_what_keeps_data_keeps_its_logical_id",
        "test_the_rules_find_nothing",
    }
    assert results[name].keys() > of_the_template, "no test of what the pattern does"


@pytest.mark.parametrize("name", NAMES)
def test_a_pattern_that_runs_is_run_and_one_that_is_a_network_is_proved(
    name: str, projects: Mapping[str, NewProject]
) -> None:
    pattern, kinds = patterns()[name], projects[name].kinds
    assert kinds
    if pattern.local == "runs" or (pattern.local == "partly" and pattern.family != "web"):
        assert "locally" in kinds
    else:
        assert "paths" in kinds
    assert projects[name].extras == tuple(sorted({"testing"} | {"locally": {"local"}, "paths": {"routes"}}[kinds[0]]))


@pytest.mark.parametrize("name", NAMES)
def test_its_files_are_whole(name: str, projects: Mapping[str, NewProject]) -> None:
    project = projects[name]
    folder = project.directory
    for path in folder.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 11))
    stack = (folder / project.package / "stack.py").read_text(encoding="utf-8")
    assert f"from {project.pattern.module} import" in stack
    assert f"{project.pattern.construct}(self, " in stack
    metadata = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (metadata["name"], metadata["requires-python"]) == (f"own-{name}", ">=3.11")
    assert [one.rpartition(" ")[2] for one in metadata["classifiers"]] == ["3.11", "3.12", "3.13", "3.14"]
    settings = json.loads((folder / "cdk.json").read_text(encoding="utf-8"))
    assert (settings["app"], settings["context"]) == ("python app.py", context())
    workflow = yaml.safe_load((folder / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    assert {"pip install --editable '.[dev]'", "pytest", "npx cdk synth --quiet"} <= {
        step.get("run") for step in workflow["jobs"]["test"]["steps"]
    }
    assert ".venv/" in (folder / ".gitignore").read_text(encoding="utf-8").split()
    page = (folder / "README.md").read_text(encoding="utf-8")
    parameters = {str(node.args[1].value) for node in ast.walk(ast.parse(stack))
                  if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "CfnParameter"
                  and isinstance(node.args[1], ast.Constant)}  # fmt: skip
    for parameter in parameters:
        assert f"--parameters {parameter}=..." in page
    assert "$" not in page.replace("$ ", "")


def test_its_files_are_in_form(projects: Mapping[str, NewProject]) -> None:
    ruff = str(Path(sys.executable).parent / "ruff")
    for project in projects.values():
        # Below the project itself, where its own package is its own and `patterns` is somebody else's.
        for command in (["format", "--diff"], ["check", "--select=E,F,I,UP,B", "--target-version=py311"]):
            done = run(ruff, *command, "--isolated", "--no-cache", "--line-length=120", ".", cwd=project.directory)
            assert done.returncode == 0, done.stdout + done.stderr


def test_the_cdk_cli_is_the_one_that_is_tested_here(projects: Mapping[str, NewProject]) -> None:
    of = [json.loads((folder / "package.json").read_text())["devDependencies"]["aws-cdk"]
          for folder in (ROOT, projects["thumbnailer"].directory)]  # fmt: skip
    assert of == [CLI_VERSION, CLI_VERSION]


@pytest.mark.timeout(400)
def test_it_is_started_in_an_empty_repository_and_synthesizes(tmp_path: Path) -> None:
    """All of it by the commands that its page names, beside a repository and a virtual environment."""
    folder = tmp_path / "Night-Report"
    (folder / ".git").mkdir(parents=True)
    (folder / "venv").mkdir()
    (folder / "venv" / "pyvenv.cfg").touch()
    started = run("patternkit", "init", "--pattern", "cron_function", cwd=folder)
    assert started.returncode == 0, started.stderr
    assert started.stdout.splitlines()[-1].startswith("next: pytest")
    wrote = {line.removeprefix("wrote ") for line in started.stdout.splitlines()[:-1]}
    assert {"night_report/stack.py", "tests/snapshots/NightReportStack.stateful.json"} <= wrote
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == wrote | {
        "venv/pyvenv.cfg"
    }
    tested = run(sys.executable, "-m", "pytest", "-q", "-k", "not cfn_lint", cwd=folder, deadline=200)
    assert "4 passed" in tested.stdout, tested.stdout + tested.stderr
    cdk = run(str(ROOT / "node_modules" / ".bin" / "cdk"), "synth", "--quiet", cwd=folder, env=environment(CI="true"))
    assert cdk.returncode == 0, cdk.stdout + cdk.stderr
    assert (folder / "cdk.out" / "NightReportStack.template.json").is_file()
    again = run("patternkit", "init", "--pattern", "cron-function", cwd=folder)
    assert (again.returncode, again.stdout) == (1, "")
    assert again.stderr == f"error: {folder} must be empty, and holds README.md and 7 more\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["new", "--pattern", "thumbnail"], "unknown pattern thumbnail: did you mean thumbnailer?"),
        (["2fast", "--pattern", "thumbnailer"], f"{NAMED}'2fast'; give another with --name"),
        (["new", "--name", "my thumbs", "--pattern", "thumbnailer"], f"{NAMED}'my thumbs'"),
        (["new", "--name", "", "--pattern", "thumbnailer"], f"{NAMED}''"),
        (["class", "--pattern", "thumbnailer"], f"{NAMED}'class'; give another with --name"),
        (["a" * 41, "--pattern", "thumbnailer"], f"{NAMED}'{'a' * 41}'; give another with --name"),
        (
            ["json", "--pattern", "thumbnailer"],
            "a project's package named json would hide another of that name; give another with --name",
        ),
        (
            ["new", "--name", "Rich", "--pattern", "thumbnailer"],
            "a project's package named rich would hide another of that name",
        ),
        (
            ["patterns", "--pattern", "thumbnailer"],
            "a project's package named patterns would hide another of that name; give another with --name",
        ),
        (["full", "--pattern", "thumbnailer"], "{here}/full must be empty, and holds notes.txt"),
        (["begun", "--pattern", "thumbnailer"], "{here}/begun/.gitignore is there already: nothing is overwritten"),
        (["file", "--pattern", "thumbnailer"], "{here}/file must be a directory, and is a file"),
        (["file/below", "--pattern", "thumbnailer"], "{here}/file/below cannot be written: Not a directory"),
        (["/proc/own", "--pattern", "thumbnailer"], "/proc/own cannot be written: No such file or directory"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_mistake_is_one_line_and_writes_nothing(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("full/notes.txt", "begun/.gitignore", "file"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["init", *arguments])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == f"error: {said.format(here=tmp_path)}\n"
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_a_folder_of_somebody_elses_is_one_line(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o755)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom patternkit.catalog.errors import CatalogError\n"
        "from patternkit.catalog.init import planned\nplanned(Path(sys.argv[2]), 'thumbnailer')\nos.setuid(65534)\n"
        "try:\n    planned(Path(sys.argv[1]), 'thumbnailer')\nexcept CatalogError as error:\n    print(error)\n"
    )
    for where in (theirs, theirs / "below"):
        said = subprocess.run(
            [sys.executable, "-c", code, str(where), str(tmp_path / "mine")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.stdout == f"{where} cannot be written: Permission denied\n", said.stderr


def test_what_is_missing_is_told_with_the_command_that_brings_it(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['syrupy'] = sys.modules['cfnlint'] = None; "
        "from patternkit.catalog.cli import main; main()"
    )
    done = run(sys.executable, "-c", code, "init", "own", "--pattern", "peered-hub", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: init needs what is missing here: pip install 'cdk-pattern-catalog[routes,testing]'\n"
