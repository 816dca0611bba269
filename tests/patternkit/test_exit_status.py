"""How commands end: one line, and a status that means one thing."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from patternkit import exit_status
from patternkit.catalog.cli import app
from patternkit.catalog.commands import Commands
from patternkit.errors import PatternkitError
from patternkit.exit_status import TRACEBACK, AnsweringCommand, AnsweringGroup, EndingCommand
from tests.conftest import ROOT
from tests.patternkit.catalog.temporary import environment

SOMETHING = '{"Resources": {"A": {"Type": "AWS::S3::Bucket"}}}'
SOMETHING_ELSE = '{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}'


def ended(error: BaseException, kind: type[click.Command], **env: str) -> Result:
    def fail() -> None:
        raise error

    return CliRunner().invoke(kind("fail", callback=fail), env=env)


@pytest.mark.parametrize(
    ("error", "status", "answering", "said"),
    [
        (PatternkitError("no such thing"), 1, 3, "error: no such thing\n"),
        (FileNotFoundError(2, "No such file or directory", "/x"), 1, 3, "error: /x: No such file or directory\n"),
        (
            ZeroDivisionError("by zero"),
            70,
            70,
            "error: a fault of patternkit itself: ZeroDivisionError: by zero; PATTERNKIT_TRACEBACK=1 shows where\n",
        ),
        (KeyError(), 70, 70, "error: a fault of patternkit itself: KeyError; PATTERNKIT_TRACEBACK=1 shows where\n"),
        (KeyboardInterrupt(), 130, 130, ""),
        (click.Abort(), 130, 130, ""),
        (BrokenPipeError(32, "Broken pipe", "standard output"), 141, 141, ""),
        (BrokenPipeError(32, "Broken pipe"), 1, 3, "error: Broken pipe\n"),
        (SystemExit(2), 2, 2, ""),
    ],
)
def test_each_end_has_its_line_and_its_status(error: BaseException, status: int, answering: int, said: str) -> None:
    for kind, expected in ((EndingCommand, status), (AnsweringCommand, answering)):
        done = ended(error, kind)
        assert (done.exit_code, done.stdout, done.stderr) == (expected, "", said)


def test_the_traceback_is_shown_to_whoever_asks_for_it() -> None:
    for error in (ZeroDivisionError("by zero"), PatternkitError("no such thing")):
        said = ended(error, EndingCommand, **{TRACEBACK: "1"}).stderr.splitlines()
        assert said[0] == "Traceback (most recent call last):"
        assert said[-1].startswith("error: ")
        assert TRACEBACK not in said[-1]


def test_wrong_usage_of_what_answers_is_no_answer() -> None:
    group = AnsweringGroup("group")
    group.command("ask")(lambda: None)
    for words in (["aks"], ["ask", "--no-such-option"], ["--no-such-option"], []):
        assert CliRunner().invoke(group, words).exit_code == 3
    assert CliRunner().invoke(EndingCommand("do"), ["--no-such-option"]).exit_code == 2


def test_every_command_ends_in_one_line_and_those_that_answer_say_so() -> None:
    context = click.Context(app)
    answering = set()
    for name in app.list_commands(context):
        command = app.get_command(context, name)
        assert isinstance(command, EndingCommand), name
        commands = command.commands.values() if isinstance(command, click.Group) else ()
        assert all(isinstance(one, type(command).command_class or EndingCommand) for one in commands)  # type: ignore[attr-defined]
        if command.without_an_answer == 3:
            answering.add(name)
    assert answering == {"diff", "dns", "routes", "rules"}


def test_what_is_imported_late_is_summed_up_as_it_does_itself() -> None:
    context = click.Context(app)
    for name, place in Commands.elsewhere.items():
        command = app.get_command(context, name)
        assert isinstance(command, EndingCommand)
        assert str(command.help).splitlines()[0] == place.summary
        assert command.without_an_answer == place.without_an_answer
    assert list(app.summaries()) == app.list_commands(context)


@pytest.mark.parametrize(
    ("words", "status", "reader"),
    [(["list"], 1, 141), (["--help"], 1, 141), (["diff", "old.json", "new.json"], 3, 141), (["diff", "-h"], 3, 141)],
)
def test_output_that_cannot_be_written(words: list[str], status: int, reader: int, tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(SOMETHING)
    (tmp_path / "new.json").write_text(SOMETHING_ELSE)
    command = [sys.executable, "-m", "patternkit", *words]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == status
    assert done.stderr.splitlines()[-1] == "error: standard output: No space left on device"
    assert "Traceback" not in done.stderr
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, cwd=tmp_path, env=environment(), stdout=writing, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(writing)
    assert (done.returncode, done.stderr.replace("1 dangerous, 0 to know of\n", "")) == (reader, "")


def test_input_that_is_closed_is_empty() -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {shlex.quote(sys.executable)} -m patternkit choose <&-"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: say what is needed")


def test_what_a_terminal_has_no_character_for_is_shown_otherwise() -> None:
    program = """
import click
from patternkit.exit_status import run

run(click.command()(lambda: click.echo("a \\u2026 b \\udcff c")))
"""
    for encoding, shown in (("iso8859-1", b"a ? b \xff c\n"), ("utf-8", "a \u2026 b ".encode() + b"\xff c\n")):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, shown, b"")


def test_the_page_says_the_same() -> None:
    statuses = [line for line in str(exit_status.__doc__).splitlines() if line.startswith("|")]
    assert "\n".join(statuses) in (ROOT / "docs" / "reference" / "command-line.md").read_text(encoding="utf-8")
