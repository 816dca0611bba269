"""Where the time of a warm `make test` goes: each of its steps, and the tests by folder and by test.

    python bench/make_test.py [--workers 2] [--slowest 15]

Seconds of tests are summed over the workers, so their sum is larger than the step's own time.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def steps(workers: int, report: Path) -> dict[str, list[str]]:
    pytest = [str(BIN / "pytest"), "-q", f"--numprocesses={workers}", "--dist=loadgroup", f"--junitxml={report}"]
    return {
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "ruff check": [str(BIN / "ruff"), "check", "."],
        "lint-imports": [str(BIN / "lint-imports"), "--no-cache"],
        "mypy": [str(BIN / "mypy")],
        "pytest": pytest,
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--workers", type=int, default=2, metavar="N", help="of pytest (default: %(default)s)")
    arguments.add_argument("--slowest", type=int, default=15, metavar="N", help="tests to name (default: %(default)s)")
    given = arguments.parse_args()
    env = os.environ | {"PATH": os.pathsep.join([str(BIN), os.environ["PATH"]])}
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.xml")
        taken = {}
        for name, command in steps(given.workers, report).items():
            start = time.perf_counter()
            done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
            taken[name] = time.perf_counter() - start
            if done.returncode:
                print(f"{name} failed: {done.stdout.strip().splitlines()[-1]}", file=sys.stderr)
        total = sum(taken.values())
        print(f"{'step':<16}{'s':>8}{'share':>8}")
        for name, seconds in [*taken.items(), ("all", total)]:
            print(f"{name:<16}{seconds:>8.1f}{seconds / total:>8.0%}")
        if not report.exists():
            return
        tests = list(ET.parse(report).iter("testcase"))
    folders: dict[str, list[float]] = defaultdict(list)
    by_test: dict[str, list[float]] = defaultdict(list)
    for test in tests:
        module, name = test.get("classname", ""), test.get("name", "")
        seconds = float(test.get("time", 0))
        folders[".".join(module.split(".")[:4])].append(seconds)
        by_test[f"{module.split('.')[-1]}::{re.sub(r'@.*', '', name)}"].append(seconds)
    spent = sum(sum(one) for one in folders.values())
    print(f"\n{'tests':<62}{'number':>8}{'s':>8}{'share':>8}")
    for name, times in sorted(folders.items(), key=lambda one: -sum(one[1])):
        print(f"{name:<62}{len(times):>8}{sum(times):>8.1f}{sum(times) / spent:>8.0%}")
    print(f"\n{'slowest':<94}{'s':>8}")
    for name, times in sorted(by_test.items(), key=lambda one: -sum(one[1]))[: given.slowest]:
        print(f"{name[:92]:<94}{sum(times):>8.1f}")


if __name__ == "__main__":
    main()
