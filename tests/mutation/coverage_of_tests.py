"""Which tests run which lines, those of the fixtures that a test uses among them."""

import json
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

ANY = ""


@dataclass(slots=True)
class Covering:
    """The tests of a room.

    Attributes:
        seconds: How long each test takes, with the fixtures that it would have to wait for if it were alone.
        tests: By module and line, the tests that run it.
        code: The modules as they were when that was measured.
        files: Digests of the files of tests that were run.
        shared: The digest of what they share.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    tests: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    code: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    shared: str = ""

    def of(self, module: str, within: tuple[int, int] | None) -> list[str]:
        """List the tests that run one of the lines, from the first to the last, the fastest first.

        What runs while a module is imported, or tests are collected, is not any test's own: where a line is run by
        nothing else, and where no lines are given, these are the tests that run anything of the module.
        """
        lines = self.tests.get(module, {})
        given = range(within[0], within[1] + 1) if within else ()
        found = {test for line in given for test in lines.get(line, ()) if test != ANY}
        if not found and (within is None or any(line in lines for line in given)):
            found = {test for tests in lines.values() for test in tests if test != ANY}
        return sorted(found, key=lambda test: (self.seconds.get(test, 0), test))

    def write(self, path: Path) -> None:
        """Write it to a file."""
        path.write_text(json.dumps(asdict(self)), "utf-8")

    @classmethod
    def read(cls, path: Path) -> "Covering":
        """Read what was written."""
        given = json.loads(path.read_text("utf-8"))
        tests = {
            module: {int(line): names for line, names in lines.items()} for module, lines in given["tests"].items()
        }
        return cls(given["seconds"], tests, given["code"], given["files"], given["shared"])

    def forget(self, files: Iterable[str]) -> None:
        """Forget the tests of files."""
        gone = tuple(f"{file}::" for file in files)
        self.seconds = {test: one for test, one in self.seconds.items() if not test.startswith(gone)}
        for lines in self.tests.values():
            for line, tests in lines.items():
                lines[line] = [test for test in tests if not test.startswith(gone)]

    def add(self, other: "Covering") -> None:
        """Add what other tests run."""
        self.seconds |= other.seconds
        for module, lines in other.tests.items():
            known = self.tests.setdefault(module, {})
            for line, tests in lines.items():
                known[line] = sorted({*known.get(line, ()), *tests})

    def move(self, code: Mapping[str, str]) -> None:
        """Follow the lines of modules that have changed; what is new is run by what runs the lines around it."""
        for module, text in code.items():
            before, lines = self.code.get(module, ""), self.tests.get(module, {})
            if text != before and lines:
                self.tests[module] = _moved(lines, before.splitlines(), text.splitlines())
        self.code = dict(code)


def _moved(tests: Mapping[int, list[str]], before: list[str], after: list[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for _, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        alike = end - start == last - first and before[start:end] == after[first:last]
        around = sorted({test for line in range(start, end + 2) for test in tests.get(line, ())})
        for number in range(first, last):
            run = tests.get(start + 1 + number - first, []) if alike else around
            if run:
                found[number + 1] = run
    return found


class Measuring:
    """The pytest plugin that measures.

    A fixture that several tests share runs once, in the first of them: its lines are noted under the fixture, and
    belong to every test that uses it.
    """

    def __init__(self, tree: Path, modules: Iterable[str]) -> None:
        self._tree = tree
        files = [str(tree / module) for module in modules]
        self._coverage = Coverage(data_file=None, include=files, config_file=False, messages=False)
        self._contexts = [ANY]
        self._used: dict[str, set[str]] = defaultdict(set)
        self._setups: dict[str, float] = {}
        self._shared: set[str] = set()
        self.covering = Covering()

    def __enter__(self) -> "Measuring":
        self._coverage.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        for file in data.measured_files():
            lines = {}
            for line, contexts in data.contexts_by_lineno(file).items():
                names = {name for one in contexts for name in self._used.get(one, {one})}
                # What a shared fixture does when it is first asked counts for all who ask it.
                for fixture in self._shared:
                    if not names.isdisjoint(self._used[fixture]):
                        names |= self._used[fixture]
                lines[line] = sorted(names)
            self.covering.tests[Path(file).relative_to(self._tree).as_posix()] = lines
        for fixture, seconds in self._setups.items():
            for test in self._used[fixture]:
                self.covering.seconds[test] = self.covering.seconds.get(test, 0) + seconds

    def _enter(self, context: str) -> None:
        self._contexts.append(context)
        self._coverage.switch_context(context)

    def _leave(self) -> None:
        self._contexts.pop()
        self._coverage.switch_context(self._contexts[-1])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Note what a test runs under its name."""
        self._enter(item.nodeid)
        for definitions in getattr(item, "_fixtureinfo").name2fixturedefs.values():  # noqa: B009 - pytest names it so
            for definition in definitions:
                self._used[_fixture(definition)].add(item.nodeid)
        try:
            return (yield)
        finally:
            self._leave()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, Any, Any]:
        """Note what a fixture runs under its own name."""
        name = _fixture(fixturedef)
        # One that is asked for by name while the test runs.
        self._used[name].add(getattr(request, "_pyfuncitem").nodeid)  # noqa: B009 - pytest names it so
        if fixturedef.scope in ("class", "module", "package"):
            self._shared.add(name)
        self._enter(name)
        begun = time.process_time()
        try:
            return (yield)
        finally:
            self._setups[name] = max(self._setups.get(name, 0), time.process_time() - begun)
            self._leave()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Note the processor time that each test takes."""
        begun = time.process_time()
        try:
            return (yield)
        finally:
            self.covering.seconds[item.nodeid] = time.process_time() - begun


def _fixture(definition: pytest.FixtureDef[Any]) -> str:
    return f"fixture {definition.baseid}::{definition.argname}"
