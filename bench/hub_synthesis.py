"""How synthesis grows with the spokes of a hub: `python bench/hub_synthesis.py`.

Each size is synthesized several times in one process, after a warm-up; the medians are printed with their ratios.
"""

import json
import statistics
import time
from pathlib import Path

import aws_cdk as cdk

from patternkit.testing.synthesis import Synthesis, synthesize
from patterns.network.inspection_vpc import InspectionVpc, SpokeStacks

SIZES = (1, 10, 100)
ROUNDS = 3
CONTEXT = json.loads((Path(__file__).parents[1] / "cdk.json").read_text(encoding="utf-8"))["context"]


def hub(spokes: int) -> Synthesis:
    def build(app: cdk.App) -> None:
        made = InspectionVpc(cdk.Stack(app, "Network"), "Hub")
        SpokeStacks(made, "Spokes", spokes={f"Spoke{n}": f"10.{n}.0.0/24" for n in range(spokes)})

    return synthesize(build, context=CONTEXT)


def main() -> None:
    hub(1)
    first: float | None = None
    print(f"{'spokes':>6} {'stacks':>6} {'resources':>9} {'seconds':>8} {'ms a spoke':>10} {'times one spoke':>15}")
    for size in SIZES:
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            made = hub(size)
            seconds.append(time.perf_counter() - start)
        median = statistics.median(seconds)
        first = first or median
        resources = sum(len(template["Resources"]) for template in made.templates.values())
        print(
            f"{size:>6} {len(made.templates):>6} {resources:>9} {median:>8.2f} "
            f"{1000 * median / size:>10.1f} {median / first:>15.1f}"
        )


if __name__ == "__main__":
    main()
