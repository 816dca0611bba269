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
        # What a family's patterns promise together stays: it is held of a new one, too.
        together = {name for name in names if "every" in name or name == "test_promises.py"}
        if Path(folder).parent != others[0]:
            together = set()
        return made_here(folder, names) | {name for name in names if of_others and name.startswith("test_")} - together

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
    construct.write_text(text.replace("Default: 5.", "Default: 6.").replace(" = 5,", " = 6,"), encoding="utf-8")
    with (mirror / "test_construct.py").open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef test_six_attempts_are_enough(scope: cdk.Stack) -> None:\n"
            '    UploadScan(scope, "Made")\n'
            "    template = Template.from_stack(scope)\n"
            '    template.has_resource_properties("AWS::SQS::Queue", {"RedrivePolicy": {"maxReceiveCount": 6}})\n'
        )

    make(clone, step(4))
    assert '"maxReceiveCount": 6' in (mirror / "snapshots/UploadScanStack.agnostic.json").read_text()
    assert re.search(r"\| `max_receive_count` \|.* Default: 6\. .*\|", (folder / "README.md").read_text())
    said = make(clone, step(5).replace("upload-scan", "'upload-scan or orders-to-do'"))
    assert "failed" not in said
    assert "test_six_attempts_are_enough" not in said
    assert int(re.findall(r"(\d+) passed", said)[-1]) >= 43


# Each family, and whether its pattern gets a handler.
BEGINNINGS = {
    "events/upload-scan": False,
    "events/upload-work": True,
    "api/orders-book": False,
    "api/orders-desk": True,
    "dns/standby-name": False,
    "network/way-out": False,
    "web/front-door": False,
}


@pytest.mark.timeout(900)  # several programs, one after the other
def test_what_begins_in_each_family_passes_what_its_patterns_promise(clone: Path) -> None:
    from patternkit.catalog.new import NewPattern, _write_sources

    begun = {where: handler for where, handler in BEGINNINGS.items() if not where.startswith("events/")}
    for where, handler in begun.items():
        family, _, name = where.partition("/")
        _write_sources(NewPattern(family=family, name=name, handler=handler, repository=clone))
    # The command that begins one is held above: here the pages of all are written at once, and the snapshots below.
    names = [where.partition("/")[2] for where in begun]
    told(clone, "patternkit", "pages", *names)
    folders = [f"{room}/{where.replace('-', '_')}" for where in begun for room in ("patterns", "tests/patterns")]
    told(clone, str(BIN / "ruff"), "format", "--check", *folders)
    told(clone, str(BIN / "ruff"), "check", *folders)
    only = " or ".join([*names, *(name.replace("-", "_") for name in names)])
    held = ["tests/test_every_pattern.py", "tests/test_every_signature.py", "tests/patterns"]
    said = told(clone, str(BIN / "pytest"), "--quiet", "--numprocesses=0", "--snapshot-update", *held, "-k", only)
    assert "failed" not in said
    for where in begun:
        mirror = clone / "tests/patterns" / where.replace("-", "_")
        assert {"agnostic", "concrete", "stateful"} <= {
            one.name.split(".")[1] for one in mirror.glob("snapshots/*.json")
        }
    # A mutant of the network, and the web front's redirect: the families' own promises are among them.
    assert int(re.findall(r"(\d+) passed", said)[-1]) >= 200
    # What is held of every template is read from the snapshots that are there now.
    rules = ("custom_resource", "dependency", "environment", "log", "property", "queue", "text")
    stacks = " or ".join(f"{name.title().replace('-', '')}Stack" for name in names)
    held = [*(f"tests/test_every_{rule}.py" for rule in rules), "tests/test_trust.py"]
    said = told(clone, str(BIN / "pytest"), "--quiet", "--numprocesses=0", *held, "-k", f"{only} or {stacks}")
    assert "failed" not in said
    assert int(re.findall(r"(\d+) passed", said)[-1]) >= 10 * len(names)


@pytest.mark.skipif(
    not (ROOT / ".mypy_cache").exists() and "CI" not in os.environ, reason="without mypy's cache it takes minutes"
)
def test_its_types_are_right(clone: Path, tmp_path: Path) -> None:
    from patternkit.catalog.new import NewPattern, _write_sources

    folders: list[str] = []
    for where, handler in BEGINNINGS.items():
        family, _, name = where.partition("/")
        new = NewPattern(family=family, name=name, handler=handler, repository=clone)
        _write_sources(new)
        folders += [str(new.folder), str(new.mirror)]
    cache = tmp_path / "cache"
    if (ROOT / ".mypy_cache").exists():
        # Linked, not copied: mypy replaces files, and never writes into one.
        shutil.copytree(ROOT / ".mypy_cache", cache, copy_function=os.link)
    told(clone, str(BIN / "mypy"), f"--cache-dir={cache}", *folders)


NAMES = (
    "a pattern's name must be lower-case words joined by hyphens, at most 40 characters, beginning with a letter, "
    "and no word of Python's, got "
)


@pytest.mark.parametrize("family", ["dns", "network", "web"])
def test_a_handler_is_refused_where_a_pattern_begins_with_none(family: str) -> None:
    from patternkit.catalog.errors import CatalogError
    from patternkit.catalog.new import planned

    said = f"--handler must be left out in {family}: what a pattern begins with there runs no code of its own"
    with pytest.raises(CatalogError, match=f"^{re.escape(said)}$"):
        planned(f"{family}/upload-scan", handler=True)


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


def test_the_sections_of_a_page_stand_once_for_all_families() -> None:
    scaffold = ROOT / "patternkit" / "catalog" / "scaffold"
    marked = [one for one in scaffold.rglob("*.tmpl") if "<!-- generated: parameters -->" in one.read_text("utf-8")]
    assert [one.relative_to(scaffold).as_posix() for one in marked] == ["README.md.tmpl"]
