"""What the catalog adds to a synthesis: the thumbnailer by `patternkit synth`, and in plain CDK.

    python bench/synthesis.py [--runs 7]

Each run is a process of its own, from its start to its end; the two take turns, so that whatever else the machine does
falls on both. On a busy machine the processor's time says more than the clock. Both make the same number of resources
of each type, of the same built handler, by the same feature flags; that is checked before anything is timed. The second
table is of one process that synthesizes several patterns, one after the other.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLAIN = Path(__file__).parent / "plain_thumbnailer.py"

SEVERAL = """
import json, sys, tempfile, time
from pathlib import Path
from patternkit.catalog.discovery import patterns
from patternkit.catalog.synthesis import synthesize

seconds = {}
for pattern in patterns().values():
    start = time.perf_counter()
    synthesize(pattern, {}, Path(tempfile.mkdtemp(dir=sys.argv[1])))
    seconds[pattern.name] = time.perf_counter() - start
print(json.dumps(seconds))
"""


def environment() -> dict[str, str]:
    from patternkit.node import use_packaged_node

    use_packaged_node()
    # As users have it: bytecode is written down once, and read from then on.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str], env: dict[str, str]) -> tuple[float, float]:
    """How long a command takes, and how much of a processor it and what it starts use meanwhile."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    taken, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def resource_types(directory: Path) -> Counter[str]:
    [template] = directory.glob("*.template.json")
    resources = json.loads(template.read_text(encoding="utf-8"))["Resources"].values()
    return Counter(one["Type"] for one in resources)


def code_of(directory: Path) -> str:
    [assets] = directory.glob("*.assets.json")
    files = json.loads(assets.read_text(encoding="utf-8"))["files"].values()
    [code] = [path for one in files if (path := one["source"]["path"]).endswith(".zip")]
    return str(directory / code)


def figures(pairs: list[tuple[float, float]]) -> tuple[float, float, float]:
    wall, cpu = zip(*pairs, strict=True)
    return statistics.median(wall), min(wall), statistics.median(cpu)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=7, metavar="N", help="runs of each (default: %(default)s)")
    runs = arguments.parse_args().runs
    env = environment()
    with tempfile.TemporaryDirectory() as scratch:
        ours, plain = Path(scratch, "ours"), Path(scratch, "plain")
        patternkit = str(Path(sys.executable).parent / "patternkit")
        catalog = [patternkit, "synth", "thumbnailer", "--output", str(ours)]
        # The first run builds the handler, and fills the caches of Python and jsii.
        seconds(catalog, env)
        by_hand = [sys.executable, str(PLAIN), code_of(ours), str(plain)]
        seconds(by_hand, env)
        if resource_types(ours) != resource_types(plain):
            sys.exit(f"they do not make the same resources: {resource_types(ours)} and {resource_types(plain)}")
        timings: dict[str, list[tuple[float, float]]] = {"patternkit synth": [], "plain CDK": []}
        for turn in range(runs):
            both = [("patternkit synth", catalog), ("plain CDK", by_hand)]
            for name, command in both if turn % 2 else reversed(both):
                timings[name].append(seconds(command, env))
        print(f"The thumbnailer, {sum(resource_types(ours).values())} resources, whole process, {runs} runs each")
        print(f"{'':<18}{'median s':>10}{'ratio':>7}{'fastest s':>11}{'ratio':>7}{'median CPU s':>14}{'ratio':>7}")
        columns = {name: figures(pairs) for name, pairs in timings.items()}
        for name, own in columns.items():
            ratios = [one / base for one, base in zip(own, columns["plain CDK"], strict=True)]
            cells = zip(own, ratios, (10, 11, 14), strict=True)
            print(f"{name:<18}" + "".join(f"{one:>{width}.2f}{ratio:>7.2f}" for one, ratio, width in cells))
        done = subprocess.run(
            [sys.executable, "-c", SEVERAL, scratch], cwd=ROOT, env=env, check=True, capture_output=True, text=True
        )
        print("\nOne process, one pattern after the other")
        taken_by = json.loads(done.stdout)
        first = next(iter(taken_by.values()))
        print(f"{'':<20}{'s':>6}{'ratio':>7}")
        for name, taken_in in taken_by.items():
            print(f"{name:<20}{taken_in:>6.2f}{taken_in / first:>7.2f}")


if __name__ == "__main__":
    main()
