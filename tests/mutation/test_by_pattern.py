"""The tests of a pattern's mutant are chosen by name, and those that fail anyway say nothing."""

import subprocess
from itertools import count
from pathlib import Path

import pytest

from tests.mutation.by_pattern import ByPattern
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.rooms import ROOMS, TREE, Room
from tests.mutation.running import Copy

CONSTRUCT = """
from patterns.shared import LENGTH

def length():
    return LENGTH

def width():
    return 2

def depth():
    return 6

def height():
    return "high"

def weight():
    return 9
"""
HANDLER = """
def answer():
    return 10

def question():
    return 11
"""
OF_HANDLER = """
from patterns.shelves.blue_shelf.handler.index import answer

def test_answer():
    assert answer() == 10
"""
DEAR = """
import pytest
from patterns.shelves.blue_shelf.construct import weight

@pytest.mark.parametrize("name", ["BlueShelf"])
def test_weight(name):
    assert weight() == 9
"""
MIRROR = """
from patterns.shelves.blue_shelf.construct import length

def test_length():
    assert length() == 7

def test_broken():
    assert False
"""
TABLES = """
import pytest
from patterns.shelves.blue_shelf.construct import width

@pytest.mark.parametrize("name", ["blue-shelf", "other"])
def test_width(name):
    assert name == "other" or width() == 2
"""
SNAPSHOTS = """
from pathlib import Path
import pytest
from patterns.shelves.blue_shelf.construct import depth

FILE = Path(__file__).parent / "patterns/shelves/blue_shelf/snapshots/depth.txt"

@pytest.mark.parametrize("name", ["blue-shelf"])
def test_it_is_as_it_was(name, snapshot, request):
    if request.config.getoption("update_snapshots"):
        FILE.write_text(str(depth()))
    assert FILE.read_text() == str(depth())
"""
GUARDS = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("name", ["BlueShelfStack"])
def test_depth(name):
    assert int((Path(__file__).parent / "patterns/shelves/blue_shelf/snapshots/depth.txt").read_text()) < 7
"""
FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "patterns/__init__.py": "",
    "patterns/shelves/blue_shelf/pattern.toml": "",
    "patterns/shelves/blue_shelf/construct.py": CONSTRUCT,
    "patterns/shelves/blue_shelf/handler/index.py": HANDLER,
    "patterns/shared.py": "LENGTH = 7\nWIDTH = 5\n",
    "patterns/nobody.py": "HEIGHT = 1\n",
    "tests/patterns/shelves/blue_shelf/test_construct.py": MIRROR,
    "tests/patterns/shelves/blue_shelf/test_answers.py": OF_HANDLER,
    "tests/test_tables.py": TABLES,
    "tests/test_dear.py": DEAR,
    "tests/test_every_pattern.py": SNAPSHOTS,
    "tests/test_guards.py": GUARDS,
    "tests/patterns/shelves/blue_shelf/snapshots/depth.txt": "6",
}
ROOM = Room(
    ("patterns",),
    ("tests/patterns", "tests/test_tables.py"),
    by_pattern=True,
    last=("tests/test_dear.py",),
    guards=("tests/test_guards.py",),
)
NUMBERS = count(7)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    source = tmp_path_factory.mktemp("project")
    for name, text in FILES.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=source, check=True)
    made = Copy(source, tmp_path_factory.mktemp("mutants"))
    made.make()
    return made


@pytest.fixture(scope="module")
def by_pattern(copy: Copy) -> ByPattern:
    return ByPattern(ROOM, copy)


def mutant(copy: Copy, module: str, becomes: str) -> Mutant:
    [found] = [one for one in mutants_of(module, copy.tree) if one.becomes == becomes]
    return found


@pytest.mark.parametrize(
    ("module", "becomes", "outcome"),
    [
        # Its rows of the tables are run after its mirror, of which one test fails anyway.
        ("patterns/shelves/blue_shelf/construct.py", "return 3", "killed"),
        ("patterns/shared.py", "LENGTH = 8", "killed"),
        # Only the snapshot tells, and what is held of every snapshot.
        ("patterns/shelves/blue_shelf/construct.py", "return 7", "killed"),
        ("patterns/shelves/blue_shelf/construct.py", 'return "XXhighXX"', "survived"),
        # The dear tables come when nothing else has noticed.
        ("patterns/shelves/blue_shelf/construct.py", "return 10", "killed"),
        ("patterns/shelves/blue_shelf/handler/index.py", "return 11", "killed"),
        ("patterns/shelves/blue_shelf/handler/index.py", "return 12", "survived"),
        ("patterns/shared.py", "WIDTH = 6", "survived"),
        ("patterns/nobody.py", "HEIGHT = 2", "no test"),
    ],
)
def test_what_becomes_of_a_mutant(
    copy: Copy, by_pattern: ByPattern, module: str, becomes: str, outcome: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    assert by_pattern.tried(mutant(copy, module, becomes), next(NUMBERS)) == outcome
    assert (copy.tree / module).read_text() == FILES[module]
    assert (copy.tree / "tests/patterns/shelves/blue_shelf/snapshots/depth.txt").read_text() == "6"


def steps(folder: Path, module: str) -> list[list[str]]:
    copy = Copy(TREE, folder)
    copy.tree.symlink_to(TREE)
    return list(ByPattern(ROOMS["constructs"], copy).steps(module))


def test_which_tests_are_run(tmp_path: Path) -> None:
    own, rows, last = steps(tmp_path, "patterns/events/cron_function/construct.py")
    assert own[-1].endswith("_locally.py")
    assert all(one.startswith("tests/patterns/events/cron_function/test_") for one in own)
    assert rows[1].startswith("(cron-function or CronFunction) and not (")
    assert {"tests/patterns/events/test_promises.py", "tests/test_every_pattern.py"} < set(rows)
    assert last[1] == rows[1]
    assert "tests/test_every_grant.py" in last


@pytest.mark.parametrize(
    ("module", "first"),
    [
        ("patterns/building_blocks/alarms.py", ["tests/patterns/building_blocks/test_alarms.py"]),
        ("patterns/web/load_balancing/https_load_balancer.py", ["tests/patterns/web/load_balancing"]),
    ],
)
def test_what_several_patterns_share_is_tried_by_three_of_them(tmp_path: Path, module: str, first: list[str]) -> None:
    own, *others = steps(tmp_path, module)
    assert own[-1:] == first
    assert len([one for one in others if one[0] != "-k"]) == 3
    assert len([one for one in others if one[0] == "-k"]) == 2


def test_a_handler_is_tried_by_its_mirror_alone(tmp_path: Path) -> None:
    [quick, own, clients] = steps(tmp_path, "patterns/events/thumbnailer/handler/thumbnailer/images.py")
    assert clients == ["tests/test_sdk_clients.py"]
    assert {f"tests/patterns/events/thumbnailer/test_{name}.py" for name in ("handler", "images")} <= set(quick)
    assert "tests/patterns/events/thumbnailer/handler/test_records.py" in quick
    assert not any(one.endswith(("test_construct.py", "test_locally.py")) for one in quick)
    assert own[0].startswith("tests/patterns/events/thumbnailer/")


def test_a_handler_of_a_room_is_tried_by_the_rooms_mirror(tmp_path: Path) -> None:
    [own, _] = steps(tmp_path, "patterns/network/attachment_placement/handler/index.py")
    assert own == ["tests/patterns/network/attachment_placement"]


def test_what_synthesizes_nothing_is_run_first_for_a_handler(by_pattern: ByPattern) -> None:
    steps = by_pattern.steps("patterns/shelves/blue_shelf/handler/index.py")
    mirror = "tests/patterns/shelves/blue_shelf"
    assert list(steps) == [[f"{mirror}/test_answers.py"], [f"{mirror}/test_construct.py"]]
