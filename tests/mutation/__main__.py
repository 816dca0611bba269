"""Mutates a room and runs its tests: see `make mutants`."""

import argparse
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from itertools import accumulate
from math import ceil
from pathlib import Path

from tests.mutation.by_pattern import ByPattern
from tests.mutation.coverage_of_tests import Covering, Measuring
from tests.mutation.mutants import Mutant, all_mutants
from tests.mutation.outcomes import Outcomes, digest, equivalents, figures
from tests.mutation.rooms import ROOMS, TREE, Room, readers
from tests.mutation.running import NOT_FOUND, OUT_OF_TIME, Copy, preload
from tests.mutation.type_checking import TypeChecker

# The one way to measure that tells tests apart; and moto without all of Amazon's images, as in tests/conftest.py.
_ENVIRONMENT = {"COVERAGE_CORE": "ctrace", "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"}
_HOURS = 6 * 3600
_LONGEST, _LONGEST_OF_OTHERS = 40, 10


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("room", choices=sorted(ROOMS))
    parser.add_argument("--sample", type=int, default=0, help="how many mutants are drawn (default: all)")
    parser.add_argument("--seed", type=int, default=1, help="which are drawn (default: 1)")
    parser.add_argument("--only", default="", help="only mutants whose key has this part")
    parser.add_argument("--fresh", action="store_true", help="forget what earlier runs found")
    parser.add_argument("--list", action="store_true", help="run nothing: say what is known")
    return parser.parse_args()


def drawn(mutants: Iterable[Mutant], sample: int, seed: int) -> list[Mutant]:
    """Draw mutants: all of them where `sample` is 0.

    With the same seed, mutants that were drawn once are drawn again, whatever else has changed in the code.
    """
    found = sorted(mutants, key=lambda one: sha256(f"{seed} {one.key}".encode()).digest())
    taken = (one for one in found if one.compiles)
    return [one for one, _ in zip(taken, range(sample or len(found)), strict=False)]


def measured(room: Room, modules: list[str], copy: Copy) -> Covering:
    """Run a room's tests as they are, and say which cover what: all the first time, then those that have changed.

    Raises:
        SystemExit: If they fail as they are.
    """
    path = copy.folder / "covering.json"
    code = {module: (copy.tree / module).read_text("utf-8") for module in modules}
    files, shared = room.files_of_tests(copy.tree)
    known = Covering.read(path) if path.exists() else Covering()
    if known.shared != shared:
        known = Covering()
    changed = sorted(file for file, one in files.items() if known.files.get(file) != one)
    known.forget({*changed, *(known.files.keys() - files.keys())})
    known.move(code)
    known.files, known.shared = files, shared
    if changed:
        known.add(_run_to_measure(room, modules, copy, changed if len(changed) < len(files) else list(room.tests)))
    known.write(path)
    return known


def _run_to_measure(room: Room, modules: list[str], copy: Copy, tests: list[str]) -> Covering:
    measuring = Measuring(copy.tree, modules)

    def ended() -> None:
        measuring.__exit__()
        imported = sorted(name for name in sys.modules if not name.startswith("__"))
        (copy.folder / "imported.json").write_text(json.dumps(imported), "utf-8")
        measuring.covering.write(copy.folder / "measured.json")

    plugins = [measuring]
    arguments = [*room.settings, *tests]
    code = copy.run(arguments, plugins=plugins, seconds=_HOURS, before=measuring.__enter__, after=ended)
    if code:
        print((copy.folder / "output.txt").read_text("utf-8", "replace"), file=sys.stderr)
        raise SystemExit("the tests fail before anything is changed")
    return Covering.read(copy.folder / "measured.json")


def tried(mutant: Mutant, room: Room, covering: Covering, copy: Copy, number: int) -> str:
    """Run the tests that cover a mutant, and where none of them notices, the others of its module.

    Of these so many of the fastest are run as take forty processor seconds together, of the others ten.

    Returns:
        "killed", "out of time", "survived" or "no test".
    """
    narrow = covering.of(mutant.module, mutant.lines if mutant.function else None)
    wide = [test for test in _of_module(mutant.module, room, covering, copy) if test not in set(narrow)]
    outcome = "no test"
    with copy.changed(mutant.module, mutant.code, number):
        for tests, longest in ((narrow, _LONGEST), (wide, _LONGEST_OF_OTHERS)):
            if tests and (outcome := _outcome(tests, longest, room, covering, copy)) != "survived":
                break
    return outcome


def _of_module(module: str, room: Room, covering: Covering, copy: Copy) -> list[str]:
    """The tests of a module; of one of which only tables are read, those of the modules that read them.

    What is kept from one test to the next, as by `functools.cache`, is computed in the first of them alone: so with
    them all other tests of the same files, last.
    """
    found = set(covering.of(module, None))
    for reader in () if found else readers(module, room.modules(copy.tree), copy.tree):
        found |= set(covering.of(reader, None))
    files = {test.partition("::")[0] for test in found}
    every = [test for test in covering.seconds if test.partition("::")[0] in files]
    return sorted(every, key=lambda test: (test not in found, covering.seconds[test], test))


def _outcome(tests: list[str], longest: int, room: Room, covering: Covering, copy: Copy) -> str:
    until = accumulate(covering.seconds.get(test, 0) for test in tests)
    tests = [test for number, (test, at) in enumerate(zip(tests, until, strict=True)) if not number or at < longest]
    seconds = ceil(10 + 3 * sum(covering.seconds.get(test, 0) for test in tests))
    code = copy.run([*room.settings, *tests], seconds=seconds)
    if code == NOT_FOUND:  # A test that is named after what was changed.
        files = sorted({test.partition("::")[0] for test in tests})
        code = copy.run([*room.settings, *files], seconds=seconds)
    return {0: "survived", OUT_OF_TIME: "out of time"}.get(code, "killed")


@contextmanager
def only_run(copy: Copy) -> Iterator[None]:
    """Let no other run of the room have the copy meanwhile.

    Raises:
        SystemExit: If another one has it.
    """
    copy.folder.mkdir(parents=True, exist_ok=True)
    with (copy.folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(f"another run mutates this room, in {copy.folder}") from None
        yield


def main() -> None:
    """Draw mutants of a room, run the tests that cover each, and print the figure."""
    os.environ |= _ENVIRONMENT
    given = _arguments()
    room = ROOMS[given.room]
    copy = Copy(TREE, TREE / "build" / "mutants" / given.room)
    with only_run(copy):
        copy.make()
        run(given, room, copy)


def run(given: argparse.Namespace, room: Room, copy: Copy) -> None:
    """Draw mutants, try those of which nothing is known, and print what became of all."""
    modules = room.modules(copy.tree)
    tests = digest(copy.tree, room.tests)
    outcomes = Outcomes(copy.folder / "outcomes.jsonl", {one: digest(copy.tree, [one]) for one in modules}, tests)
    if given.fresh:
        outcomes.path.unlink(missing_ok=True)
    outcomes.read()
    mutants = [one for one in all_mutants(modules, copy.tree) if given.only in one.key]
    sample = drawn(mutants, given.sample, given.seed)
    equivalent = equivalents([one.key for one in sample])
    left = [one for one in sample if one.key not in outcomes.known and one.key not in equivalent]
    if not given.list and left:
        trying = with_types(_trying(room, modules, copy), TypeChecker(copy, modules).refuses)
        _try_all(left, trying, outcomes)
    _report(given, mutants, sample, outcomes, equivalent)


def _trying(room: Room, modules: list[str], copy: Copy) -> Callable[[Mutant, int], str]:
    if room.by_pattern:
        return ByPattern(room, copy).tried
    covering = measured(room, modules, copy)
    preload(json.loads((copy.folder / "imported.json").read_text("utf-8")))
    return lambda mutant, number: tried(mutant, room, covering, copy, number)


def with_types(
    trying: Callable[[Mutant, int], str], refuses: Callable[[Mutant, int], bool]
) -> Callable[[Mutant, int], str]:
    """Have the type checker look at what no test notices.

    Returns:
        What tries a mutant and a number, and answers as `trying` does, or "refused" where the type checker does.
    """

    def both(mutant: Mutant, number: int) -> str:
        outcome = trying(mutant, number)
        return "refused" if outcome in ("survived", "no test") and refuses(mutant, number) else outcome

    return both


def _try_all(left: list[Mutant], trying: Callable[[Mutant, int], str], outcomes: Outcomes) -> None:
    begun = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for number, mutant in enumerate(left, 1):
        started = time.monotonic()
        try:
            outcome = trying(mutant, number)
        except KeyboardInterrupt:
            print(f"stopped after {number - 1} of {len(left)}; the same command goes on from here", file=sys.stderr)
            return
        outcomes.add(mutant, outcome, time.monotonic() - started)
        each = (time.monotonic() - begun) / number
        print(f"{number}/{len(left)} {outcome} {mutant.key[:160]} ({each:.1f} s each)", flush=True)


def _report(
    given: argparse.Namespace,
    mutants: list[Mutant],
    sample: list[Mutant],
    outcomes: Outcomes,
    equivalent: dict[str, str],
) -> None:
    for one in sorted(sample, key=lambda one: (one.module, one.lines, one.key)):
        if one.key in equivalent:
            print(f"equivalent  {one.key}\n            {equivalent[one.key]}")
        elif outcomes.known.get(one.key) in ("survived", "no test"):
            print(f"{outcomes.known[one.key]:10}  {one.key} (line {one.lines[0]})")
    there = {one.key for one in mutants}
    modules = {one.module for one in mutants}
    for key in equivalent.keys() - there if not given.only else ():
        if key.partition("::")[0] in modules:
            print(f"stale       {key}: tests/mutation/equivalent.toml names it, and the code does not have it")
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=TREE, capture_output=True, text=True, check=False
    )
    print(
        f"{given.room}: {figures(sample, outcomes.known, equivalent)}"
        f" (of {len(mutants)}, seed {given.seed}, commit {commit.stdout.strip() or 'unknown'})"
    )


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    main()
