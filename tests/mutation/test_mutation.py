"""Mutants are made, tried by the tests that cover them in a copy that is as before afterwards, and remembered."""

import os
import subprocess
from itertools import count
from pathlib import Path

import pytest

from tests.mutation.__main__ import drawn, measured, tried, with_types
from tests.mutation.coverage_of_tests import Covering
from tests.mutation.mutants import Mutant, all_mutants, mutants_of
from tests.mutation.outcomes import Outcomes, digest, equivalents, figures
from tests.mutation.rooms import ROOMS, TREE, Room
from tests.mutation.running import Copy
from tests.mutation.type_checking import TypeChecker

CODE = '''"""Counts."""

from functools import cache

from tables import LENGTHS

LARGEST = 3


def count(given: int) -> int:
    """Count up to the largest."""
    number = 0
    while number < given:
        number += 1
    return min(number, LARGEST)


def never() -> str:
    return "never"


@cache
def length(given: int) -> int:
    return LENGTHS.get(given, 5)


from typing import Literal, TypeAlias

Counted: TypeAlias = Literal["few", "many"]
'''
TABLES = '''"""Tables."""

LENGTHS = {1: 10, 2: 20}
'''
TESTS = """
import pytest
from counting import count, length

@pytest.fixture(scope="session")
def counted():
    return count(2)

def test_first(counted):
    assert counted

def test_second(counted):
    assert counted == 2

@pytest.fixture(scope="module")
def kept():
    return {}

def counted_once(kept):
    if "count" not in kept:
        kept["count"] = count(1)
    return kept["count"]

def test_third(kept):
    assert counted_once(kept) == 1

def test_fourth(kept):
    assert counted_once(kept) == 1

def test_early():
    assert length(1)

def test_late():
    assert length(1) == 10

def test_snapshot(snapshot):
    assert count(9) == 3
"""
NUMBERS = count(7)
ROOM = Room(("counting.py", "tables.py"), ("test_counting.py",))
MODULES = ["counting.py", "tables.py"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    source = tmp_path_factory.mktemp("project")
    (source / "counting.py").write_text(CODE)
    (source / "tables.py").write_text(TABLES)
    (source / "test_counting.py").write_text(TESTS)
    subprocess.run(["git", "init", "-q"], cwd=source, check=True)
    made = Copy(source, tmp_path_factory.mktemp("mutants"))
    made.make()
    return made


@pytest.fixture(scope="module")
def covering(copy: Copy) -> Covering:
    os.environ["COVERAGE_CORE"] = "ctrace"
    return measured(ROOM, MODULES, copy)


def mutant(copy: Copy, becomes: str) -> Mutant:
    (found,) = [one for one in all_mutants(MODULES, copy.tree) if one.becomes == becomes]
    return found


def test_what_is_changed_and_what_is_not(copy: Copy) -> None:
    made = mutants_of("counting.py", copy.tree)
    assert {one.becomes for one in made} >= {
        *("LARGEST = 4", "number = None", "while number <= given:", "number -= 1", "number = 1"),
        *('return "XXneverXX"', "return min(LARGEST)"),
    }
    assert len({one.key for one in made}) == len({one.code for one in made}) == len(made)
    assert not [one for one in made if "Count" in one.was or "int:" in one.was]
    assert mutant(copy, "while number <= given:").key == (
        "counting.py::count: while number < given: -> while number <= given:"
    )


def test_what_a_fixture_does_for_several_tests_counts_for_each_of_them(covering: Covering) -> None:
    # The third test makes what the fourth one finds in the fixture.
    both = sorted(f"test_counting.py::test_{one}" for one in ("first", "second", "third", "fourth"))
    assert sorted(covering.of("counting.py", (13, 13))) == both
    # A constant is read by whatever runs anything of the module.
    every = sorted([*both, "test_counting.py::test_early"])
    assert sorted(covering.of("counting.py", None)) == sorted(covering.of("counting.py", (7, 7))) == every
    assert covering.of("counting.py", (19, 19)) == covering.of("other.py", (1, 1)) == []


@pytest.mark.parametrize(
    ("becomes", "outcome"),
    [
        ("while number <= given:", "killed"),
        # Only a test that compares with a snapshot would notice.
        ("LARGEST = 4", "survived"),
        # No test runs the line: those of its module are tried.
        ('return "XXneverXX"', "survived"),
        # The first test that runs it does not notice, and another finds it in the cache.
        ("return LENGTHS.get(None, 5)", "killed"),
        # Of a module of which nothing is run but tables are read, those who read them are tried.
        ("LENGTHS = {1: 11, 2: 20}", "killed"),
        ("LENGTHS = {1: 10, 2: 21}", "survived"),
    ],
)
def test_what_becomes_of_a_mutant(copy: Copy, covering: Covering, becomes: str, outcome: str) -> None:
    assert tried(mutant(copy, becomes), ROOM, covering, copy, next(NUMBERS)) == outcome
    assert (copy.tree / "counting.py").read_text() == CODE


def test_only_what_has_changed_is_measured_again(copy: Copy, covering: Covering) -> None:
    code, tests = copy.tree / "counting.py", copy.tree / "test_counting.py"
    ran = copy.folder / "measured.json"
    try:
        ran.unlink()
        code.write_text(
            CODE.replace('    """Count up to the largest."""\n', "").replace("number = 0", "number = 0\n    x = 1")
        )
        moved = measured(ROOM, MODULES, copy)
        assert not ran.exists()
        assert moved.of("counting.py", (12, 12)) == covering.of("counting.py", (12, 12))
        # What is new is run by what runs the lines around it.
        assert moved.of("counting.py", (11, 11)) == covering.of("counting.py", (12, 13))
        assert moved.of("counting.py", (19, 19)) == covering.of("counting.py", (19, 19)) == []
        code.write_text(CODE)
        tests.write_text(TESTS.replace("test_second", "test_other"))
        again = measured(ROOM, MODULES, copy)
        assert ran.exists()
        names = {test.rpartition("_")[2] for test in again.of("counting.py", (13, 13))}
        assert names == {"first", "other", "third", "fourth"}
        assert not [test for test in again.seconds if "second" in test]
    finally:
        code.write_text(CODE)
        tests.write_text(TESTS)


def test_what_no_test_notices_is_asked_of_the_type_checker(tmp_path: Path) -> None:
    checked = Copy(tmp_path, tmp_path)
    checked.tree.mkdir()
    (checked.tree / "halves.py").write_text('def half(given: int) -> int:\n    return given // len("ab")\n')
    types = TypeChecker(checked, ["halves.py"])
    made = {one.becomes: one for one in mutants_of("halves.py", checked.tree)}
    refused, passed = made['return given / len("ab")'], made['return given // len("XXabXX")']
    survived = with_types(lambda *_: "survived", types.refuses)
    assert [survived(one, 1) for one in (refused, passed)] == ["refused", "survived"]
    assert with_types(lambda *_: "killed", types.refuses)(refused, 1) == "killed"
    assert (checked.tree / "halves.py").read_text().endswith('// len("ab")\n')
    (checked.tree / "halves.py").write_text(refused.code)
    with pytest.raises(SystemExit, match="before anything is changed"):
        TypeChecker(checked, ["halves.py"]).refuses(passed, 1)


def test_a_mutant_that_never_ends(copy: Copy) -> None:
    forever = "def test_forever():\n    while True:\n        pass\n"
    (copy.tree / "test_forever.py").write_text(forever)
    assert copy.run(["--noconftest", "test_forever.py"], seconds=1) == 254


def test_the_same_seed_draws_the_same(copy: Copy) -> None:
    made = mutants_of("counting.py", copy.tree)
    first = drawn(made, 5, 1)
    assert first == drawn(reversed(made), 5, 1) == drawn(made, 9, 1)[:5]
    assert first != drawn(made, 5, 2)
    assert len(drawn(made, 0, 1)) == len(made)
    # What goes from the code moves no other out of the sample.
    assert drawn([one for one in made if one != first[0]], 4, 1) == first[1:]


def test_what_was_killed_stays_so_until_its_module_changes(copy: Copy, tmp_path: Path) -> None:
    one, other = mutants_of("counting.py", copy.tree)[:2]
    given = Outcomes(tmp_path / "outcomes.jsonl", {"counting.py": "a"}, "tests")
    given.add(one, "killed", 1)
    given.add(other, "survived", 1)
    for module, tests, expected in (("a", "tests", 2), ("a", "others", 1), ("b", "tests", 0)):
        again = Outcomes(given.path, {"counting.py": module}, tests)
        again.read()
        assert len(again.known) == expected
    assert figures([one, other], given.known, {}) == (
        "2 drawn, 1 killed by tests (0 of them out of time), 0 refused by mypy, 0 equivalent, 1 survived, 0 no test: "
        "50.0% of those that are not equivalent are noticed, 50.0% by tests alone"
    )
    given.add(other, "refused", 1)
    assert "100.0% of those that are not equivalent are noticed, 50.0% by" in figures([one, other], given.known, {})
    assert "1 drawn, 0 killed" in figures([other], {}, {}) + figures([other], given.known, {other.key: "why"})


@pytest.mark.parametrize(
    ("becomes", "same"),
    [
        ('m.custom("Errors", statistic="Sum", )', True),
        ('m.custom("Errors", statistic="Sum", period=None)', True),
        ('m.custom("Errors", period=FIVE_MINUTES)', False),
    ],
)
def test_what_the_library_takes_by_itself_is_told_by_what_such_mutants_have_in_common(becomes: str, same: bool) -> None:
    was = 'm.custom("Errors", statistic="Sum", period=FIVE_MINUTES)'.replace("m.", "metrics.")
    key = f"patterns/one/construct.py::One._watch: {was} -> {becomes.replace('m.', 'metrics.')}"
    assert (key in equivalents([key])) == same


def test_rooms_are_there_and_digests_tell_changes(tmp_path: Path) -> None:
    for room in ROOMS.values():
        assert room.modules(TREE)
        assert all((TREE / test).exists() for test in room.tests)
    (tmp_path / "a.py").write_text("1")
    before = digest(tmp_path, ["a.py"])
    (tmp_path / "a.py").write_text("2")
    assert digest(tmp_path, ["a.py"]) != before
