"""Time the whole check of a pattern for 2, 10 and 20 stacks: in one process, and in a new process each time.

Run it: .venv/bin/python bench/every_pattern_check.py
"""

import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path

ROOT = Path(__file__).parents[1]
COUNTS = (2, 10, 20)
# The naive way is timed on so many stacks, and their mean is counted up.
NAIVE = 6


def check(number: int, name: str) -> None:
    """Everything that each pattern's template is held to: synthesis, findings, snapshot, stateful ids and cfn-lint."""
    from patternkit.node import use_packaged_node

    use_packaged_node()
    import aws_cdk as cdk

    from patternkit.catalog.application import add_example
    from patternkit.catalog.discovery import find
    from patternkit.testing.linting import REDUNDANT_DEPENDENCY, lint
    from patternkit.testing.snapshots import differences, normalized
    from patternkit.testing.stateful import stateful_resources
    from patternkit.testing.synthesis import PACKS, synthesize
    from tests.conftest import context

    # Another Region each time, so that no two of these stacks are the same.
    env = cdk.Environment(account=f"{number:012}", region="eu-west-1")
    made = synthesize(lambda app: add_example(app, find(name), {}, env=env), context=context(), packs=PACKS)
    for template in made.templates.values():
        held = normalized(template)
        if list(differences(held, normalized(template))) or lint(template, accept={REDUNDANT_DEPENDENCY}):
            raise SystemExit(f"{name}: not as it should be")
        stateful_resources(template)


def stacks(count: int) -> list[tuple[int, str]]:
    from patternkit.catalog.discovery import patterns

    return list(enumerate(islice(cycle(patterns()), count), 1))


def in_new_process(*arguments: str) -> list[float]:
    """When, after the process was asked for, it had checked each of its stacks."""
    begun = time.time()
    done = subprocess.run([sys.executable, __file__, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return [float(line) - begun for line in done.stdout.split()]


def main() -> None:
    # The same patterns both ways, so that no large one falls to one of them alone.
    alone = [in_new_process("one", str(number), name)[-1] for number, name in stacks(NAIVE)]
    each_alone = sum(alone) / len(alone)
    print(f"a new process for each stack: {each_alone:.1f} s a stack, over {NAIVE} stacks")
    at = in_new_process("shared", str(max(COUNTS)))
    print(f"{'stacks':>6} {'one process':>12} {'each after the first':>21} {'a process each':>15} {'ratio':>7}")
    for count in COUNTS:
        shared, each = at[count - 1], (at[count - 1] - at[0]) / (count - 1)
        naive = each_alone * count
        print(f"{count:>6} {shared:>10.1f} s {each:>19.2f} s {naive:>13.1f} s {naive / shared:>6.1f}x")
    print(f"growth from {COUNTS[1]} to {COUNTS[2]} stacks: {at[COUNTS[2] - 1] / at[COUNTS[1] - 1]:.2f}x")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    match sys.argv[1:]:
        case ["one", place, pattern]:
            check(int(place), pattern)
            print(time.time())
        case ["shared", count]:
            for number, name in stacks(int(count)):
                check(number, name)
                print(time.time())
        case _:
            main()
