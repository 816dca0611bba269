"""Tries mutants of patterns, whose tests are chosen by name: the pattern's mirror, and its rows in the tables of all.

To measure what runs which line would take all tests of all patterns, an hour of processor time, for a sample that needs
a part of them.
"""

import json
import shutil
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.rooms import Room, readers
from tests.mutation.running import OUT_OF_TIME, Copy

_SECONDS = 900
_USERS = 3
"""Of patterns that use what is changed, so many have their tests run."""
_LEFT_OUT = "page or diagram or started or commands or lint"
"""Rows of the tables that say nothing of a template, or that compare with a file as snapshots do."""
_SNAPSHOTS_MADE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED, OUT_OF_TIME)
_SYNTHESIZES = ("aws_cdk", "patternkit.localcloud", "patternkit.testing.synthesis")
_OF_HANDLERS = frozenset({"tests/test_sdk_clients.py"})


class Failures:
    """The pytest plugin that notes which tests fail."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails, or what it uses."""
        if report.failed:
            self.names.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that cannot be imported."""
        if report.failed:
            self.names.append(report.nodeid)


class ByPattern:
    """The tests of a room, chosen for each mutant.

    Args:
        room: The room.
        copy: The copy that is mutated.
    """

    def __init__(self, room: Room, copy: Copy) -> None:
        self._room, self._copy = room, copy
        self._modules = room.modules(copy.tree)
        self._sound: set[str] = set()
        self._broken: set[str] = set()
        self._guarded: set[str] = set()

    def tried(self, mutant: Mutant, number: int) -> str:
        """Run a mutant's tests, one step after the other, until one fails that passes on the code as it is.

        Returns:
            "killed", "out of time", "survived" or "no test".
        """
        outcome = "no test"
        for tests in self.steps(mutant.module):
            failed: list[str] | None = [""]
            while failed and not self._all_sound(failed):
                with self._copy.changed(mutant.module, mutant.code, number):
                    failed = self._failed(tests)
            if failed is None:
                return "out of time"
            if failed:
                return "killed"
            outcome = "survived"
        return "killed" if outcome == "survived" and self._guards_fail(mutant, number) else outcome

    def _guards_fail(self, mutant: Mutant, number: int) -> bool:
        """Whether tests that read snapshots, and pass as they are, fail once these are made anew, unread."""
        users = [found] if (found := self._pattern_of(mutant.module)) else self._users(mutant.module)[:1]
        if not self._room.guards or not users or "/handler/" in mutant.module:
            return False
        name, construct = self._names(users[0])
        chosen = ["-k", f"{name} or {construct}", *self._room.guards]
        kept = Path("tests", users[0], "snapshots")
        snapshots = self._copy.tree / kept
        with self._copy.changed(mutant.module, mutant.code, number):
            made = ["-k", f"{name} and as_it_was", "--snapshot-update", "tests/test_every_pattern.py"]
            code = self._copy.run([*self._room.settings, *made], seconds=_SECONDS, snapshots=True)
            if code not in _SNAPSHOTS_MADE:
                raise RuntimeError(f"the snapshots of {name} cannot be made anew: pytest ended with {code}")
            fail = not self._pass(chosen)
        shutil.rmtree(snapshots, ignore_errors=True)
        shutil.copytree(self._copy.source / kept, snapshots)
        if fail and name not in self._guarded and not self._pass(chosen):
            raise RuntimeError(f"what is held of the snapshots of {name} fails before anything is changed")
        self._guarded |= {name} if fail else set()
        return fail

    def _pass(self, tests: list[str]) -> bool:
        code = self._copy.run([*self._room.settings, *tests], seconds=_SECONDS)
        return code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)

    def steps(self, module: str) -> Iterator[list[str]]:
        """List what is run for a module: its own tests, and those of the pattern, or of patterns that use it."""
        folder = self._pattern_of(module)
        if folder is None:
            file = Path("tests", module)
            # The nearest: tests of a room's handler lie in the room's mirror. Not those of a whole family, or of all
            # building blocks.
            folders = [one for one in file.parents if len(one.parts) > len(("tests", "patterns", "family"))]
            named, *nearest = (
                [one.as_posix()] if (self._copy.tree / one).exists() else []
                for one in (file.with_name(f"test_{file.name}"), *folders)
            )
            if tests := [*named, *next(filter(None, nearest), [])]:
                yield tests
        users = [folder] if folder else self._users(module)
        handler = "/handler/" in module
        for number, pattern in enumerate(users):
            own, rows = self._of_pattern(pattern)
            # What synthesizes nothing is run first: it is all that most of a handler's mutants need.
            quick = [one for one in own if handler and self._is_of_handlers(one)]
            yield from filter(None, (quick, [one for one in own if one not in quick]))
            yield from [rows] if not number and not handler else []
        if handler:
            yield from [[one] for one in self._room.tests if one in _OF_HANDLERS]
        elif users and self._room.last:
            yield ["-k", self._rows(users[0]), *self._room.last]

    def _is_of_handlers(self, file: str) -> bool:
        text = (self._copy.tree / file).read_text("utf-8")
        return "locally" not in file and "handler" in text and not any(one in text for one in _SYNTHESIZES)

    def _rows(self, folder: str) -> str:
        return "({} or {}) and not ({})".format(*self._names(folder), _LEFT_OUT)

    def _of_pattern(self, folder: str) -> tuple[list[str], list[str]]:
        mirror = self._copy.tree / "tests" / folder
        files = sorted(mirror.rglob("test_*.py"), key=lambda one: ("locally" in one.name, one.name))
        family = [one.relative_to(self._copy.tree).as_posix() for one in sorted(mirror.parent.glob("test_*.py"))]
        tables = [*family, *(one for one in self._room.tests if one.endswith(".py"))]
        rows = ["-k", self._rows(folder), *tables]
        return [one.relative_to(self._copy.tree).as_posix() for one in files], rows

    @staticmethod
    def _names(folder: str) -> tuple[str, str]:
        name = Path(folder).name.replace("_", "-")
        return name, "".join(word.title() for word in name.split("-"))

    def _pattern_of(self, module: str) -> str | None:
        parts = Path(module).parts[:3]
        return "/".join(parts) if Path(self._copy.tree, *parts, "pattern.toml").exists() else None

    def _users(self, module: str) -> list[str]:
        seen, left, users = {module}, [module], set()
        while left:
            for one in readers(left.pop(), self._modules, self._copy.tree):
                if one in seen:
                    continue
                seen.add(one)
                if folder := self._pattern_of(one):
                    users.add(folder)
                else:
                    left.append(one)
        return sorted(users, key=lambda one: sha256(f"{module} {one}".encode()).digest())[:_USERS]

    def _failed(self, tests: list[str]) -> list[str] | None:
        """Run tests, but those that fail on the code as it is.

        Returns:
            Those that fail; None if they take too long.
        """
        failures = Failures()
        path = self._copy.folder / "failures.json"
        path.unlink(missing_ok=True)
        left_out = [f"--deselect={one}" for one in sorted(self._broken)]
        code = self._copy.run(
            [*self._room.settings, *left_out, *tests],
            seconds=_SECONDS,
            plugins=[failures],
            after=lambda: path.write_text(json.dumps(failures.names), "utf-8"),
        )
        if code == OUT_OF_TIME:
            return None
        if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            return []
        # Where pytest itself came to an end, nothing is named: the first file is.
        return (json.loads(path.read_text("utf-8")) if path.exists() else []) or [tests[-1]]

    def _all_sound(self, names: list[str]) -> bool:
        """Whether tests pass on the code as it is; what does not is left out from then on."""
        if names == [""]:
            return False
        for name in names:
            if name not in self._sound:
                collected = [] if "::" in name else ["--collect-only"]
                if self._failed([*collected, name]) == []:
                    self._sound.add(name)
                elif name in self._broken:
                    raise RuntimeError(f"{name} fails before anything is changed, and pytest does not leave it out")
                else:
                    print(f"fails before anything is changed, and is left out: {name}", file=sys.stderr)
                    self._broken.add(name)
        return self._sound.issuperset(names)
