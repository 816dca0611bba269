"""Where the time of a warm `make test` goes: each of its steps, and the tests by folder, by file and by test.

    python bench/make_test.py [--workers 2] [--slowest 15] [--only EXPRESSION]
    python bench/make_test.py --measured FOLDER

The second form runs nothing, and reads what `bench.processor_time` wrote in an earlier run.

Seconds of steps are by the clock, and of processor time. Seconds of tests are of processor time, user and system, over
all processes that a test starts; what the first test of a process waits for (imports, the CDK's engine, a site) is its
own. What grows with the number of patterns (their own tests, and those that run once for each of them) is told apart
from what does not.
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


GROWING = (
    "tests/patterns/",
    "tests/fuzz/test_every_construct.py",
    "tests/patternkit/catalog/test_init.py",
    "tests/test_each_argument.py",
    "tests/test_every_",
    "tests/test_four_ways.py",
    "tests/test_pages.py",
    "tests/test_reasons_of_findings.py",
    "tests/test_siblings.py",
)


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
    arguments.add_argument("--measured", type=Path, metavar="FOLDER", help="run nothing, and read these")
    given = arguments.parse_args()
    if given.measured:
        tables(measured(given.measured), given.slowest)
        return
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
        by_test = measured(Path(scratch))
    taken["all"] = (sum(clock for clock, _ in taken.values()), sum(spent for _, spent in taken.values()))
    print(f"{'step':<16}{'clock s':>10}{'processor s':>13}")
    for name, (clock, spent) in taken.items():
        print(f"{name:<16}{clock:>10.1f}{spent:>13.1f}")
    tables(by_test, given.slowest)


def measured(folder: Path) -> dict[str, float]:
    by_test: dict[str, float] = defaultdict(float)
    for file in folder.glob("*.tsv"):
        for line in file.read_text(encoding="utf-8").splitlines():
            seconds, _, test = line.partition("\t")
            by_test[re.sub(r"@[^@]*$", "", test)] += float(seconds)
    return by_test


def tables(by_test: Mapping[str, float], slowest: int) -> None:
    table("tests", folder, by_test)
    table("files that take longest", lambda test: test.partition("::")[0], by_test, most=slowest)
    table("of all tests", lambda test: "grows with patterns" if test.startswith(GROWING) else "fixed", by_test)
    patterns = len(list(ROOT.glob("patterns/*/*/pattern.toml")))
    grows = sum(cost for test, cost in by_test.items() if test.startswith(GROWING))
    print(f"{f'a pattern, of {patterns}':<70}{grows / patterns:>8.1f}")
    print(f"\n{'slowest':<94}{'s':>8}")
    for test, cost in sorted(by_test.items(), key=lambda one: -one[1])[:slowest]:
        print(f"{test[-92:]:<94}{cost:>8.1f}")


def table(heading: str, group: Callable[[str], str], by_test: Mapping[str, float], most: int | None = None) -> None:
    groups: dict[str, list[float]] = defaultdict(list)
    for test, seconds in by_test.items():
        groups[group(test)].append(seconds)
    total = sum(by_test.values())
    print(f"\n{heading:<62}{'number':>8}{'s':>8}{'share':>8}")
    for name, times in sorted(groups.items(), key=lambda one: -sum(one[1]))[:most]:
        print(f"{name:<62}{len(times):>8}{sum(times):>8.1f}{sum(times) / (total or 1):>8.0%}")


if __name__ == "__main__":
    main()
