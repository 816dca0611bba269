"""The command line, run as users run it."""

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from patternkit import __version__
from patternkit.catalog.arguments import arguments
from patternkit.catalog.cdk_app import claim
from patternkit.catalog.cli import app
from patternkit.catalog.discovery import patterns
from tests.conftest import context
from tests.patternkit.catalog.temporary import environment, run, write_catalog, write_pattern

IMPORTS_NO_CDK = """
import sys
from patternkit.catalog.cli import main
sys.argv = ["patternkit", *sys.argv[1:]]
try:
    main()
finally:
    slow = {"aws_cdk", "boto3", "cdk_nag", "constructs", "jsii", "pydantic", "pytest"}
    # The words that bounds are written with.
    words = {"patterns", "patterns.building_blocks", "patterns.building_blocks.bounds"}
    slow |= {name for name in sys.modules if name.partition(".")[0] == "patterns"} - words
    # What is imported for every command is waited for by every listing and completion.
    slow |= {"bz2", "lzma", "rich", "shutil"} if sys.argv[1] == "list" else set()
    assert not slow & set(sys.modules), slow & set(sys.modules)
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_catalog(tmp_path)


def test_list_names_every_pattern() -> None:
    done = run("patternkit", "list")
    assert (done.returncode, done.stderr) == (0, "")
    heading, *lines = done.stdout.splitlines()
    assert heading.split() == ["PATTERN", "FAMILY", "LOCAL", "WHAT", "IT", "DOES"]
    assert [line.rstrip().split(maxsplit=3) for line in lines if line[0] != " "] == [
        [one.name, one.family, one.local, one.summary] for one in patterns().values()
    ]


def test_list_as_json_is_one_object_a_pattern() -> None:
    listed = json.loads(run("patternkit", "list", "--json").stdout)
    fields = ("name", "family", "title", "summary", "local")
    assert listed == [{field: getattr(one, field) for field in fields} for one in patterns().values()]


def test_list_shows_one_family(package: Path) -> None:
    write_pattern(package, "queues", "one_queue")
    write_pattern(package, "topics", "one_topic")
    done = run("patternkit", "list", "--family", "topics", "--json", env=environment(package))
    assert [one["name"] for one in json.loads(done.stdout)] == ["one-topic"]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["list", "--family", "event"], "unknown family event: did you mean events?"),
        (["show", "cron-func"], "unknown pattern cron-func: did you mean cron-function?"),
        (["synth", "thumbnail"], "unknown pattern thumbnail: did you mean thumbnailer?"),
        (["deploy", "thumbnail"], "unknown pattern thumbnail: did you mean thumbnailer?"),
        (["destroy", "thumbnail"], "unknown pattern thumbnail: did you mean thumbnailer?"),
        (["synth", "thumbnailer", "-o", "widths"], "--option must be OPTION=VALUE, got widths"),
        (["synth", "thumbnailer", "--option", "=128"], "--option must be OPTION=VALUE, got =128"),
        (
            ["synth", "thumbnailer", "-o", "widths=1", "-o", "widths=2"],
            "option widths must be given once, got 1 and 2",
        ),
    ],
)
def test_a_mistake_is_one_line(command: list[str], said: str) -> None:
    done = run("patternkit", *command)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.removeprefix("synthesizing thumbnailer ...\n") == f"error: {said}\n"


def test_a_mistyped_command_is_said_with_the_nearest_one() -> None:
    done = run("patternkit", "shwo", "thumbnailer")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "Error: No such command 'shwo'. Did you mean 'show'?"


@pytest.mark.parametrize(
    "command",
    [["--help"], ["list"], ["list", "--json"], ["show", "thumbnailer"], ["show", "thumbnailer", "--json"]],
    ids=" ".join,
)
def test_looking_does_not_import_the_cdk(command: list[str]) -> None:
    done = run(sys.executable, "-c", IMPORTS_NO_CDK, *command)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_show_tells_what_a_pattern_is_for_and_each_option() -> None:
    for pattern in patterns().values():
        shown = " ".join(CliRunner().invoke(app, ["show", pattern.name]).stdout.split())
        limits = [one.what for one in pattern.limits]
        for text in (pattern.title, pattern.summary, *pattern.when, *pattern.when_not, *limits):
            assert text in shown
        for option in arguments(pattern):
            assert option.name in shown


def test_show_as_json_types_each_option() -> None:
    shown = json.loads(run("patternkit", "show", "cron-function", "--json").stdout)
    options = {one["name"]: one for one in shown["options"]}
    assert shown["when"]
    assert options["schedule"]["type"] == "scheduler.ScheduleExpression"
    assert options["schedule"]["default"] is None
    assert options["enabled"]["default"] == "True"
    assert options["retry_attempts"]["meaning"].startswith("How often")


def test_the_version_is_the_packages() -> None:
    assert run("patternkit", "--version").stdout == f"{__version__}\n"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("{here}/file", "--output must be a folder, {here}/file is a file"),
        ("{here}/file/below", "--output {here}/file/below cannot be written: Not a directory"),
        ("/proc/sys", "--output /proc/sys cannot be written: Permission denied"),
        ("/proc/assembly/below", "--output /proc/assembly/below cannot be written: No such file or directory"),
        ("{here}/full", "--output {here}/full holds what patternkit synth did not write and would overwrite: name "),
    ],
)
def test_synth_says_where_it_cannot_write_before_it_begins(output: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    done = CliRunner().invoke(app, ["synth", "cron-function", "--output", output.format(here=tmp_path)])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"error: {said.format(here=tmp_path)}")
    assert done.stderr.count("\n") == 1


def test_synth_leaves_no_folder_when_it_only_looked_whether_it_can_be_made(tmp_path: Path) -> None:
    claim(tmp_path / "made" / "below")
    assert not list(tmp_path.iterdir())


def test_synth_writes_where_it_is_told(package: Path, tmp_path: Path) -> None:
    write_pattern(package, "queues", "one_queue")
    output = tmp_path / "a folder" / "assembly"
    done = run(
        "patternkit", "synth", "one_queue", "-o", "seconds=90", "--output", str(output), env=environment(package)
    )
    assert (done.returncode, done.stderr) == (0, "synthesizing one-queue ...\n")
    template = output / "OneQueueStack.template.json"
    assert done.stdout == f"{template}\n"
    [queue] = json.loads(template.read_text())["Resources"].values()
    assert queue["Properties"] == {"MessageRetentionPeriod": 90}
    assert (output / "manifest.json").is_file()


def test_synth_fails_on_a_finding_and_shows_it(package: Path, tmp_path: Path) -> None:
    write_pattern(package, "queues", "one_queue")
    validating = environment(package, CDK_VALIDATION="true")
    done = run("patternkit", "synth", "one-queue", "-o", "seconds=5", cwd=tmp_path, env=validating)
    assert (done.returncode, done.stdout) == (1, "")
    assert "MessageRetentionPeriod: 5 is less than the minimum of 60" in done.stderr
    assert done.stderr.splitlines()[-1] == "error: the template has findings: see above, and validation-report.json"
    # Without --output it goes where the CDK puts it.
    assert (tmp_path / "cdk.out" / "validation-report.json").is_file()


def test_what_the_construct_refuses_is_one_line(package: Path, tmp_path: Path) -> None:
    write_pattern(package, "queues", "one_queue")
    done = run("patternkit", "synth", "one-queue", "-o", "seconds=13", cwd=tmp_path, env=environment(package))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "synthesizing one-queue ...\nerror: one-queue: seconds must not be 13, got 13\n"


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    """A CDK CLI that writes down what it is asked and exits with 7."""
    programs = tmp_path / "node_modules" / ".bin"
    programs.mkdir(parents=True)
    (programs / "cdk").write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/asked\nexit 7\n')
    (programs / "cdk").chmod(0o755)
    return tmp_path / "asked"


@pytest.mark.parametrize("command", ["deploy", "destroy"])
def test_aws_is_handed_over_to_the_cdk_cli(command: str, recorded: Path, tmp_path: Path) -> None:
    options = ["-o", "widths=128,512"] if command == "deploy" else []
    done = run("patternkit", command, "thumbnailer", "--aws", *options, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (7, "")
    context = ["-c", "pattern=thumbnailer"] + (["-c", "widths=128,512"] if options else [])
    app = ["--app", f"{sys.executable} -m patternkit.catalog.application"]
    assert recorded.read_text().splitlines() == [command, *app, *context, "ThumbnailerStack"]


@pytest.mark.parametrize("locked", [True, False])
def test_without_a_cdk_cli_it_says_how_to_get_one(tmp_path: Path, *, locked: bool) -> None:
    if locked:
        (tmp_path / "package-lock.json").write_text("{}")
    patternkit = Path(sys.executable).parent / "patternkit"
    done = run(str(patternkit), "deploy", "thumbnailer", "--aws", cwd=tmp_path, env=environment(PATH=os.defpath))
    assert (done.returncode, done.stdout) == (1, "")
    here = "run npm ci here, or " if locked else ""
    assert done.stderr.startswith(f"error: the CDK CLI is not installed: {here}npm install -g aws-cdk@")
    assert done.stderr.count("\n") == 1


def test_the_app_that_is_handed_over_has_the_catalogs_flags(tmp_path: Path) -> None:
    package = write_catalog(tmp_path)
    write_pattern(package, "queues", "one_queue")
    asked = {"CDK_CONTEXT_JSON": '{"pattern": "one-queue", "seconds": "5"}', "CDK_OUTDIR": str(tmp_path / "out")}
    application = [sys.executable, "-m", "patternkit.catalog.application"]
    done = run(*application, cwd=tmp_path, env=environment(package, CDK_VALIDATION="true", **asked))
    # Only with the flag of cdk.json does the validation's finding end the synthesis.
    assert context()["@aws-cdk/core:validateAgainstDefaultRules"] is True
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: the template has findings")
