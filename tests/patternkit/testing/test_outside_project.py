"""The guide's project, outside of the repository, with the wheel installed: its tests pass, and each fault is found."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.installing import SOMEONES, install
from tests.patternkit.catalog.temporary import environment, run

pytestmark = [pytest.mark.xdist_group("packaging"), pytest.mark.timeout(600)]

GUIDE = (ROOT / "docs" / "guides" / "test-your-own-stack.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)([^\n]*)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| (.+) \| (.+) \| `(.+)` \|$", GUIDE, re.MULTILINE)
BIN = SOMEONES / "bin"
FAULTS = [
    ("stack.py", "RetentionDays.ONE_MONTH", "RetentionDays.INFINITE"),
    ("stack.py", 'self, "Table"', 'self, "Kept"'),
    ("stack.py", "PYTHON_3_14", "PYTHON_3_12"),
    ("stack.py", "environment=", "memory_size=64, environment="),
    ("stack.py", '"dynamodb:PutItem"', '"dynamodb:GetItem"'),
    ("network.py", "PRIVATE_ISOLATED", "PUBLIC"),
]


@pytest.fixture(scope="module")
def project(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with an environment of someone else's, which has the wheel and what it needs."""
    directory = tmp_path_factory.mktemp("outside")
    install(wheel, "node,testing,local")
    for _, info, body in BLOCKS:
        if "file=" in info:
            path = directory / "project" / info.split("file=")[1].strip()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
    return directory / "project"


def installed(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project's environment, in the project."""
    env = environment() | {"PATH": f"{BIN}:/usr/bin:/bin"}
    env = {
        name: value
        for name, value in env.items()
        if name not in ("VIRTUAL_ENV", "PYTHONWARNINGS", "JSII_NODE", "CDK_VALIDATION")
    }
    return run(str(BIN / command[0]), *command[1:], cwd=project, env=env, deadline=280)


def test_a_stranger_starts_a_project_whose_tests_pass_and_which_synthesizes(project: Path) -> None:
    """By the commands of the project's own page, with nothing but the wheel."""
    started = installed(project, "patternkit", "init", "../night-report", "--pattern", "cron-function")
    assert started.returncode == 0, started.stdout + started.stderr
    own = project.parent / "night-report"
    assert str(ROOT) not in "".join(path.read_text(encoding="utf-8") for path in own.rglob("*") if path.is_file())
    tested = installed(own, "pytest", "-q")
    assert "5 passed" in tested.stdout, tested.stdout + tested.stderr
    env = environment(CI="true") | {"PATH": f"{BIN}:/usr/bin:/bin"}
    env = {name: value for name, value in env.items() if name not in ("VIRTUAL_ENV", "PYTHONWARNINGS")}
    synthesized = run(str(ROOT / "node_modules" / ".bin" / "cdk"), "synth", "--quiet", cwd=own, env=env, deadline=200)
    assert synthesized.returncode == 0, synthesized.stdout + synthesized.stderr
    assert (own / "cdk.out" / "NightReportStack.template.json").is_file()
    shown = installed(own, "patternkit", "docs", "get-started")
    assert shown.stdout.startswith("# Get started\n"), shown.stderr


def test_every_block_of_the_guide_is_run_here() -> None:
    files = [info.split("file=")[1].strip() for _, info, _ in BLOCKS if "file=" in info]
    assert files == [
        "stack.py",
        "network.py",
        "handler/keep.py",
        "rules/logs.guard",
        "test_stack.py",
        "test_edge.py",
        "test_graphql.py",
        "test_shift.py",
        "test_accelerator.py",
    ]
    said = [line for language, _, body in BLOCKS if language == "console" for line in body.splitlines()]
    assert said == [
        "$ pip install 'cdk-pattern-catalog[node,testing,local]'",
        "$ pytest --snapshot-update",
        "$ pytest",
        "$ patternkit diff deployed.json snapshots/orders.json",
    ]


def test_the_guides_tests_pass_and_each_fault_is_found(project: Path) -> None:
    first = installed(project, "pytest", "-q", "--snapshot-update")
    assert "11 passed" in first.stdout, first.stdout + first.stderr
    shutil.copy(project / "snapshots" / "orders.json", project / "deployed.json")

    for file, right, wrong in FAULTS:
        text = (project / file).read_text(encoding="utf-8")
        assert text.count(right) == 1, right
        (project / file).write_text(text.replace(right, wrong), encoding="utf-8")
    found = installed(project, "pytest", "-q")
    assert "7 failed" in found.stdout, found.stdout
    faults = [said for _, by, said in ROWS if re.match("`[a-z_]+`", by)]
    assert len(faults) == 9
    for said in faults:
        assert said in found.stdout, f"{said} is not said:\n{found.stdout}"

    assert "1 passed" in installed(project, "pytest", "-q", "--snapshot-update", "-k", "as_it_was").stdout
    compared = installed(project, "patternkit", "diff", "deployed.json", "snapshots/orders.json")
    assert compared.returncode == 1, compared.stdout + compared.stderr
    assert "TableCD117FA1" in compared.stdout
    assert "dynamodb:GetItem" in compared.stdout
    same = installed(project, "patternkit", "diff", "deployed.json", "deployed.json")
    assert same.returncode == 0, same.stdout
