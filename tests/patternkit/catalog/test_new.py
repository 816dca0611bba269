"""A pattern is begun by one command and passes every check as it is; CONTRIBUTING's steps are those that work."""

import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.patternkit.catalog.temporary import environment, run, write_catalog, write_pattern

BIN = Path(sys.executable).parent
STEPS = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a pattern")[2].partition("\n## ")[0]

MADE_HERE = (
    ".git", ".venv", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info", "build", "dist", "cdk.out",
    "demo-output",
)  # fmt: skip


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the repository without what was made in it, and without the other patterns' and rooms' own tests.

    They are no part of a new pattern's share, and take longer to be read than it takes to run.
    """
    made_here = shutil.ignore_patterns(*MADE_HERE)
    others = [ROOT / "tests" / room for room in ("patterns", "patternkit", "examples", "site")]

    def left_out(folder: str, names: list[str]) -> set[str]:
        of_others = any(Path(folder).is_relative_to(room) for room in others)
        return made_here(folder, names) | {name for name in names if of_others and name.startswith("test_")}

    shutil.copytree(ROOT, tmp_path / "clone", ignore=left_out)
    # What lays diagrams out, and their icons.
    (tmp_path / "clone" / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path / "clone"


def told(clone: Path, *command: str) -> str:
    done = run(*command, cwd=clone, env=environment(PYTHONPATH=str(clone), CDK_VALIDATION="true"), deadline=280)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def step(number: int) -> str:
    """The first command that a step of CONTRIBUTING.md names."""
    text = re.search(rf"^{number}\. (.*?)(?=^\d\. |\Z)", STEPS, re.DOTALL | re.MULTILINE)
    assert text, f"CONTRIBUTING.md has no step {number}"
    found = re.search(r"`((?:patternkit|make) [^`]+)`", text[1])
    assert found, f"step {number} of CONTRIBUTING.md names no command"
    return found[1]


def make(clone: Path, command: str) -> str:
    # The environment stands already: neither make nor its programs need another.
    return told(
        clone, "make", "--old-file=env", "--old-file=browser", f"BIN={BIN}", "WORKERS=0", *shlex.split(command)[1:]
    )


@pytest.mark.timeout(600)  # several programs, one after the other
def test_the_steps_of_contributing_lead_to_a_pattern_that_passes(clone: Path) -> None:
    wrote = told(clone, *step(1).split())
    folder, mirror = clone / "patterns/events/upload_scan", clone / "tests/patterns/events/upload_scan"
    for path in (folder / "handler/upload_scan_handler/index.py", mirror / "snapshots/UploadScanStack.agnostic.json"):
        assert f"wrote {path.relative_to(clone)}\n" in wrote
    assert "[Upload scan](patterns/events/upload_scan/README.md)" in (clone / "README.md").read_text()
    # Beside it one without a handler. "api" comes before "building_blocks" and "events" after it: imports stay in order
    # in both.
    told(clone, "patternkit", "new", "api/orders_to_do")
    assert not (clone / "patterns/api/orders_to_do/handler").exists()

    # Steps 2 and 3, as someone might: another default, and its promise.
    construct = folder / "construct.py"
    text = construct.read_text(encoding="utf-8")
    assert (text.count("Default: 5."), text.count(" = 5,")) == (1, 1)
    construct.write_text(text.replace("Default: 5.", "Default: 4.").replace(" = 5,", " = 4,"), encoding="utf-8")
    with (mirror / "test_construct.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef test_four_attempts_are_enough(scope: cdk.Stack) -> None:\n"
            '    UploadScan(scope, "Made")\n'
            "    template = Template.from_stack(scope)\n"
            '    template.has_resource_properties("AWS::SQS::Queue", {"RedrivePolicy": {"maxReceiveCount": 4}})\n'
        )

    make(clone, step(4))
    assert '"maxReceiveCount": 4' in (mirror / "snapshots/UploadScanStack.agnostic.json").read_text()
    assert re.search(r"\| `max_receive_count` \|.* Default: 4\. .*\|", (folder / "README.md").read_text())
    said = make(clone, step(5).replace("upload-scan", "'upload-scan or orders-to-do'"))
    assert "failed" not in said
    assert "test_four_attempts_are_enough" not in said
    assert int(re.findall(r"(\d+) passed", said)[-1]) >= 43


@pytest.mark.skipif(
    not (ROOT / ".mypy_cache").exists() and "CI" not in os.environ, reason="without mypy's cache it takes minutes"
)
@pytest.mark.parametrize("handler", [False, True], ids=["without a handler", "with a handler"])
def test_its_types_are_right(handler: bool, clone: Path, tmp_path: Path) -> None:
    from patternkit.catalog.new import NewPattern, _write_sources

    new = NewPattern(family="events", name="upload-scan", handler=handler, repository=clone)
    _write_sources(new)
    cache = tmp_path / "cache"
    if (ROOT / ".mypy_cache").exists():
        # Linked, not copied: mypy replaces files, and never writes into one.
        shutil.copytree(ROOT / ".mypy_cache", cache, copy_function=os.link)
    told(clone, str(BIN / "mypy"), f"--cache-dir={cache}", str(new.folder), str(new.mirror))


NAMES = (
    "a pattern's name must be lower-case words joined by hyphens, at most 40 characters, beginning with a letter, "
    "and no word of Python's, got "
)


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("upload-scan", "say FAMILY/NAME, such as events/upload-scan, got upload-scan"),
        ("event/upload-scan", "unknown family event: did you mean events?"),
        ("kitchen/sink", "unknown family kitchen: there are api, events, network, web"),
        ("building_blocks/upload-scan", "unknown family building_blocks: there are api, events, network, web"),
        ("events/Upload", f"{NAMES}'Upload'"),
        ("events/", f"{NAMES}''"),
        ("events/a/b", f"{NAMES}'a/b'"),
        ("events/../escape", f"{NAMES}'../escape'"),
        ("events/2nd", f"{NAMES}'2nd'"),
        ("events/import", f"{NAMES}'import'"),
        ("events/" + "a" * 41, f"{NAMES}'{'a' * 41}'"),
        ("web/thumbnailer", f"thumbnailer is already a pattern: {ROOT}/patterns/events/thumbnailer"),
        ("events/cron_function", f"cron-function is already a pattern: {ROOT}/patterns/events/cron_function"),
    ],
)
def test_what_cannot_be_begun_is_one_line(where: str, message: str) -> None:
    from patternkit.catalog.discovery import families
    from patternkit.catalog.errors import CatalogError
    from patternkit.catalog.new import planned

    there_are = ", ".join(sorted(families()))
    with pytest.raises(CatalogError) as caught:
        planned(where, handler=False)
    assert str(caught.value) == message.replace("api, events, network, web", there_are)


def test_a_mistake_on_the_command_line_writes_nothing(tmp_path: Path) -> None:
    package = write_catalog(tmp_path)
    write_pattern(package, "queues", "one_queue")
    (package / "queues" / "__init__.py").write_text('"""Queues."""\n')
    before = sorted(tmp_path.rglob("*"))
    done = run("patternkit", "new", "queues/another", env=environment(package))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"error: a pattern is begun in a clone of the repository; {tmp_path} is none\n"
    assert [path for path in sorted(tmp_path.rglob("*")) if "__pycache__" not in path.parts] == before


def test_what_stands_in_the_way_is_left_alone(clone: Path) -> None:
    (clone / "tests/patterns/events/upload_scan").mkdir()
    done = run("patternkit", "new", "events/upload-scan", env=environment(PYTHONPATH=str(clone)))
    assert done.returncode == 1
    assert done.stderr == (
        f"error: {clone}/tests/patterns/events/upload_scan is there already: move it away, or choose another name\n"
    )
