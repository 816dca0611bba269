"""The commit hooks and the workflow that other projects use, as far as a machine without a code host can run them."""

import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT
from tests.patternkit.catalog.temporary import environment, run

HOOKS = {one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/check-templates.yml").read_text(encoding="utf-8"))
CALL = WORKFLOW[True]["workflow_call"]  # YAML 1.1 reads `on` as true
STEPS: list[dict[str, Any]] = WORKFLOW["jobs"]["check"]["steps"]
GUIDE = (ROOT / "docs/guides/check-in-ci.md").read_text(encoding="utf-8")

NETWORK = """\
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
  Www:
    Type: AWS::Route53::RecordSet
    Properties: {HostedZoneId: !Ref Zone, Name: www.example.com, Type: A, TTL: "60", ResourceRecords: [192.0.2.1]}
  Log: {Type: AWS::Logs::LogGroup, DeletionPolicy: Retain, Properties: {RetentionInDays: 30}}
"""
GUARD = """\
let groups = Resources.*[ Type == 'AWS::Logs::LogGroup' ]
rule logs_end when %groups !empty {
  %groups.Properties.RetentionInDays exists << a log group has a retention >>
}
"""
# What is made wrong, by the hook that must find it.
FAULTS = {
    "patternkit-routes": ("promises.yaml", "destination: B", "destination: internet"),
    "patternkit-dns": ("new.yaml", "ResourceRecords: [192.0.2.1]", "ResourceRecords: [192.0.2.2]"),
    "patternkit-diff": ("new.yaml", "  Log:", "  Logs:"),
    "patternkit-rules": ("new.yaml", ", Properties: {RetentionInDays: 30}", ""),
}
ARGUMENTS = {
    "patternkit-routes": ["new.yaml", "--promises", "promises.yaml"],
    "patternkit-dns": ["new.yaml", "--promises", "names.yaml"],
    "patternkit-diff": ["HEAD:new.yaml", "new.yaml"],
    "patternkit-rules": ["new.yaml", "rules/logs.guard"],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Somebody's repository, with a template, promises and a rule that hold."""
    (tmp_path / "new.yaml").write_text(NETWORK)
    (tmp_path / "promises.yaml").write_text("promises:\n  - reaches: {source: A, destination: B, same_vpc: true}\n")
    (tmp_path / "names.yaml").write_text("- answers: {name: www.example.com, values: [192.0.2.1]}\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "logs.guard").write_text(GUARD)
    for command in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "one"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hooks_command_passes_what_holds_and_finds_what_does_not(hook: str, project: Path) -> None:
    command = [*shlex.split(HOOKS[hook]["entry"]), *ARGUMENTS[hook]]
    holds = run(*command, cwd=project)
    assert holds.returncode == 0, holds.stdout + holds.stderr
    file, right, wrong = FAULTS[hook]
    text = (project / file).read_text()
    assert right in text
    (project / file).write_text(text.replace(right, wrong))
    assert run(*command, cwd=project).returncode == 1
    assert HOOKS[hook]["pass_filenames"] is False


def test_rules_say_nothing_of_the_cdks_own_flags(project: Path) -> None:
    file, right, wrong = FAULTS["patternkit-rules"]
    (project / file).write_text((project / file).read_text().replace(right, wrong))
    done = run("patternkit", "rules", *ARGUMENTS["patternkit-rules"], cwd=project)
    assert (done.returncode, done.stderr) == (1, "1 broken, 1 to know of\n")


def test_the_hooks_are_what_pre_commit_reads() -> None:
    from pre_commit.clientlib import load_manifest

    manifest = load_manifest(str(ROOT / ".pre-commit-hooks.yaml"))
    assert [one["id"] for one in manifest] == list(FAULTS)
    assert {one["language"] for one in manifest} == {"python"}


def test_what_a_hook_installs_is_what_its_command_needs() -> None:
    import tomllib

    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    known = {one for requirements in extras.values() for one in requirements}
    for hook in HOOKS.values():
        assert set(hook["additional_dependencies"]) <= known


@pytest.mark.parametrize("name", ["check-templates.yml", *[p.name for p in (ROOT / ".github/workflows").glob("*.yml")]])
def test_a_workflow_is_what_the_code_host_reads(name: str) -> None:
    done = run(
        "check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(ROOT / ".github/workflows" / name)
    )
    assert done.returncode == 0, done.stdout


def test_the_workflow_of_a_started_project_is_too(tmp_path: Path) -> None:
    from patternkit.catalog.init import planned, write

    project = planned(tmp_path / "own", "peered-hub")
    write(project)
    workflow = project.directory / ".github/workflows/test.yml"
    done = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(workflow))
    assert done.returncode == 0, done.stdout


def test_every_input_reaches_a_step_as_a_variable_and_is_documented() -> None:
    held = WORKFLOW["jobs"]["check"]["env"]
    text = (ROOT / ".github/workflows/check-templates.yml").read_text()
    for name in CALL["inputs"]:
        assert f"inputs.{name}" in text
        assert f"`{name}`" in GUIDE
    for step in STEPS:
        assert "${{" not in step.get("run", ""), "an input in a script is a script"
    assert {"TEMPLATES", "PROMISES", "RULES", "DEPLOYED", "NEW"} <= held.keys()


def steps(project: Path, **inputs: str) -> dict[str, int]:
    """Run the shell steps whose condition holds, as the code host does, and say how each ended."""
    given = {name: one["default"] for name, one in CALL["inputs"].items()} | {"install": "true"} | inputs
    variables = {name.upper(): value for name, value in given.items()} | {"NEW": given["new"] or given["templates"]}
    ended = {}
    for step in STEPS:
        condition = step.get("if", "")
        wanted = [name for name in given if f"inputs.{name} != ''" in condition]
        if "run" not in step or any(not given[name] for name in wanted):
            continue
        done = run("bash", "-eo", "pipefail", "-c", step["run"], cwd=project, env=environment(**variables))
        ended[step["name"]] = done.returncode
    return ended


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
def test_the_steps_of_the_workflow_do_what_they_are_given_inputs_for(project: Path) -> None:
    assert steps(project) == {"Install": 0}
    whole = {
        "templates": "made.yaml",
        "synth": "cp new.yaml made.yaml",
        "promises": "promises.yaml",
        "rules": "rules/logs.guard",
        "deployed": "HEAD:new.yaml",
    }
    names = ["Install", "Synthesize", "Prove the network", "Hold to the rules", "Compare with what is deployed"]
    assert steps(project, **whole) == dict.fromkeys(names, 0)
    (project / "new.yaml").write_text(NETWORK.replace(", Properties: {RetentionInDays: 30}", ""))
    assert steps(project, **whole)["Hold to the rules"] == 1
    hostile = steps(project, **{**whole, "rules": "rules/logs.guard; touch owned"})
    assert hostile["Hold to the rules"] == 3
    assert not (project / "owned").exists()


def test_shell_steps_are_sound() -> None:
    for step in STEPS:
        if "run" in step:
            done = subprocess.run(
                ["shellcheck", "--shell=bash", "-"],
                input=step["run"],
                capture_output=True,
                text=True,
                check=False,
                env=environment(),
            )
            assert done.returncode == 0, done.stdout
