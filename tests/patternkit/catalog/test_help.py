"""What `--help` shows, and what completes the command line."""

import re
import shlex
import shutil
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from patternkit.catalog.cli import app
from patternkit.catalog.discovery import families, patterns
from patternkit.catalog.documents import guides
from patternkit.catalog.examples import EXAMPLES
from tests.conftest import ROOT
from tests.patternkit.catalog.temporary import environment, run


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, however deep, by its words."""
    yield words, group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield (*words, name), command


COMMANDS = dict(commands(app))


def test_there_is_an_example_of_every_command_and_of_no_other() -> None:
    assert {" ".join(words) for words in COMMANDS} == EXAMPLES.keys()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_has_examples_that_are_understood_and_names_its_guide(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"], terminal_width=200)
    assert shown.exit_code == 0
    examples, _, documentation = shown.output.partition("\n  Examples:\n")[2].partition("\n\n")
    lines = [line.strip() for line in examples.splitlines()]
    assert lines == list(EXAMPLES[" ".join(words)][0])
    for line in lines:
        _, *given = shlex.split(line.removeprefix('eval "$(').removesuffix(')"'))
        command: click.Command = app
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), given.pop(0))
            assert found is not None, line
            command = found
        # Raises for an option or a value that there is not.
        command.make_context("patternkit", given)
    guide = documentation.strip().removeprefix("Documentation: patternkit docs ")
    assert guide in guides() or (words[0] in ("new", "pages") and guide.endswith("CONTRIBUTING.md, in the repository"))


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_fits_the_terminal_and_loses_nothing(words: tuple[str, ...], columns: int) -> None:
    shown = CliRunner().invoke(app, [*words, "--help"], env={"COLUMNS": str(columns)}).output
    assert not [line for line in shown.splitlines() if len(line) > columns]
    whole = CliRunner().invoke(app, [*words, "--help"], terminal_width=2_000).output
    assert "..." not in whole.partition("\n\n")[2], "a summary is cut"
    for text in (shown, whole):
        assert "\0" not in text
    # Line by line it says what it says on one line: no word is broken, and none is cut.
    assert _words(shown) == _words(whole)
    examples = shown.partition("Examples:\n")[2].partition("\n\n")[0].replace("\\\n", " ")
    assert [shlex.split(line) for line in examples.splitlines()] == [
        shlex.split(line) for line in EXAMPLES[" ".join(words)][0]
    ]


def _words(text: str) -> list[str]:
    # What is between alternatives and in examples may be a new line.
    return re.sub(r"\|\s+", "|", text.replace("\\\n", " ")).split()


def test_what_contributors_need_stands_apart() -> None:
    said = run("patternkit", "--help").stdout
    users, _, contributors = said.partition("\nContributors' commands, in a clone of the repository:\n")
    listed = re.findall(r"^  (\S+)", contributors.partition("\n\n")[0], re.MULTILINE)
    assert listed == ["new", "pages"]
    assert {"  init ", "  list ", "  routes "} <= {
        line[: line.index(" ", 2) + 1] for line in users.splitlines() if line[:2] == "  " and line[2] != " "
    }


def completed(*words: str) -> list[str]:
    """What bash offers after these words, by click's own protocol."""
    asked = {"COMP_WORDS": " ".join(["patternkit", *words]), "COMP_CWORD": str(len(words))}
    done = run("patternkit", env=environment() | asked | {"_PATTERNKIT_COMPLETE": "bash_complete"})
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


def test_commands_options_and_names_are_completed() -> None:
    assert completed("in") == ["init"]
    assert completed("routes", "p") == ["prove"]
    assert "--pattern" in completed("init", "--")
    assert completed("init", "--pattern", "thumb") == ["thumbnailer"]
    assert completed("show", "load-balanced-f") == ["load-balanced-fargate", "load-balanced-function"]
    assert completed("deploy", "") == list(patterns())
    assert completed("list", "--family", "") == list(families())
    assert completed("completion", "") == ["bash", "zsh", "fish"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_is_printed_for_each_shell(shell: str) -> None:
    done = run("patternkit", "completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"_PATTERNKIT_COMPLETE={shell}_complete" in done.stdout
    if program := shutil.which(shell):
        checked = (
            run(program, "-n", "-c", done.stdout)
            if shell != "fish"
            else run(program, "--no-execute", "-c", done.stdout)
        )
        assert (checked.returncode, checked.stderr) == (0, "")


def test_bash_itself_completes_a_pattern() -> None:
    if not shutil.which("bash"):
        pytest.skip("there is no bash")
    script = 'eval "$(patternkit completion bash)"; COMP_WORDS=(patternkit show thumb); COMP_CWORD=2; '
    done = run("bash", "-c", script + '_patternkit_completion patternkit; echo "${COMPREPLY[@]}"')
    assert done.stdout == "thumbnailer\n", done.stderr


def test_guides_and_pages_are_shown() -> None:
    listed = run("patternkit", "docs").stdout
    for path in sorted((ROOT / "docs" / "guides").glob("*.md")):
        assert (f"\n{path.stem} " in f"\n{listed}") == (path.name != "index.md")
    guide = ROOT / "docs" / "guides" / "run-locally.md"
    assert run("patternkit", "docs", "run-locally").stdout == guide.read_text(encoding="utf-8") + "\n"
    assert run("patternkit", "docs", "cron_function").stdout.startswith("# Cron function\n")
    wrong = run("patternkit", "docs", "run-localy")
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "error: unknown guide or pattern run-localy: did you mean run-locally?\n",
    )
