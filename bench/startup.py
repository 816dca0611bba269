"""How long one waits for the command line: `patternkit` against a Python that does nothing.

    python bench/startup.py [--runs 15]

The commands take turns, so that whatever else the machine does falls on all of them.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PATTERNKIT = str(Path(sys.executable).parent / "patternkit")
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "import aws_cdk": [sys.executable, "-c", "import aws_cdk"],
    "patternkit --help": [PATTERNKIT, "--help"],
    "patternkit list": [PATTERNKIT, "list"],
    "patternkit list --json": [PATTERNKIT, "list", "--json"],
    "patternkit show": [PATTERNKIT, "show", "thumbnailer"],
}


def seconds(command: list[str], env: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=15, metavar="N", help="runs of each (default: %(default)s)")
    runs = arguments.parse_args().runs
    from patternkit.node import use_packaged_node

    use_packaged_node()
    # As users have it: bytecode is written down once, and read from then on.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    timings: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command, env)
    for _ in range(runs):
        for name, command in COMMANDS.items():
            timings[name].append(seconds(command, env))
    base = statistics.median(timings["python -c pass"])
    print(f"{'':<24}{'median s':>9}{'fastest s':>11}{'ratio':>7}    ({runs} runs each)")
    for name, taken in timings.items():
        middle = statistics.median(taken)
        print(f"{name:<24}{middle:>9.3f}{min(taken):>11.3f}{middle / base:>7.1f}")


if __name__ == "__main__":
    main()
