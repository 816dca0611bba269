"""Where the time of a warm `make test` goes: each of its steps, and the tests by folder and by test.

    python bench/make_test.py [--workers 2] [--slowest 15] [--only EXPRESSION]

Seconds of steps are by the clock, and of processor time. Seconds of tests are of processor time, user and system, over
all processes that a test starts. What grows with the number of patterns (their own tests, what every pattern must pass,
and the fuzzing of constructs) is told apart from what does not.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


GROWING = ("tests/patterns/", "tests/test_every_pattern.py", "tests/fuzz/test_every_construct.py")


def steps(workers: int, only: str) -> dict[str, list[str]]:
    pytest = [str(BIN / "pytest"), "-q", f"--numprocesses={workers}", "--dist=loadgroup", "--no-loadscope-reorder"]
    return {
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "ruff check": [str(BIN / "ruff"), "check", "."],
        "lint-imports": [str(BIN / "lint-imports"), "--no-cache"],
        "mypy": [str(BIN / "mypy")],
        "pytest": [*pytest, "-p", "bench.processor_time", *(["-k", only] if only else [])],
    }


def folder(test: str) -> str:
    path = Path(test.partition("::")[0])
    return "/".join(path.parts[: 3 if path.parts[1] in ("patternkit", "patterns", "examples") else 2])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--workers", type=int, default=2, metavar="N", help="of pytest (default: %(default)s)")
    arguments.add_argument("--slowest", type=int, default=15, metavar="N", help="tests to name (default: %(default)s)")
    arguments.add_argument("--only", default="", metavar="EXPRESSION", help="only these tests, as of pytest's -k")
    given = arguments.parse_args()
    by_test: dict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as scratch:
        own = {"PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]), "PROCESSOR_TIME": scratch}
        taken = {}
        for name, command in steps(given.workers, given.only).items():
            start, before = time.perf_counter(), os.times()
            done = subprocess.run(command, cwd=ROOT, env=os.environ | own, check=False, capture_output=True, text=True)
            after = os.times()
            spent = after.children_user - before.children_user + after.children_system - before.children_system
            taken[name] = (time.perf_counter() - start, spent)
            if done.returncode:
                print(f"{name} failed: {done.stdout.strip().splitlines()[-1]}", file=sys.stderr)
        for file in Path(scratch).glob("*.tsv"):
            for line in file.read_text(encoding="utf-8").splitlines():
                seconds, _, test = line.partition("\t")
                by_test[re.sub(r"@[^@]*$", "", test)] += float(seconds)
    taken["all"] = (sum(clock for clock, _ in taken.values()), sum(spent for _, spent in taken.values()))
    print(f"{'step':<16}{'clock s':>10}{'processor s':>13}")
    for name, (clock, spent) in taken.items():
        print(f"{name:<16}{clock:>10.1f}{spent:>13.1f}")
    table("tests", folder, by_test)
    table("of all tests", lambda test: "grows with patterns" if test.startswith(GROWING) else "fixed", by_test)
    print(f"\n{'slowest':<94}{'s':>8}")
    for test, cost in sorted(by_test.items(), key=lambda one: -one[1])[: given.slowest]:
        print(f"{test[-92:]:<94}{cost:>8.1f}")


def table(heading: str, group: Callable[[str], str], by_test: Mapping[str, float]) -> None:
    groups: dict[str, list[float]] = defaultdict(list)
    for test, seconds in by_test.items():
        groups[group(test)].append(seconds)
    total = sum(by_test.values())
    print(f"\n{heading:<62}{'number':>8}{'s':>8}{'share':>8}")
    for name, times in sorted(groups.items(), key=lambda one: -sum(one[1])):
        print(f"{name:<62}{len(times):>8}{sum(times):>8.1f}{sum(times) / (total or 1):>8.0%}")


if __name__ == "__main__":
    main()
