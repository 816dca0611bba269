"""The sizes of tasks are those of cfn-lint, which keeps them up to date with AWS Fargate."""

import json
from pathlib import Path

import cfnlint
import pytest
from aws_cdk import Size

from patterns.building_blocks.fargate_task_sizes import MEMORY, check_task_size

SCHEMA = "data/schemas/extensions/aws_ecs_taskdefinition/fargate_cpu_memory.json"


def offered(cpu: int) -> set[int]:
    """The memory in MiB that goes with a number of CPU units."""
    rules = json.loads((Path(cfnlint.__file__).parent / SCHEMA).read_text(encoding="utf-8"))["then"]["anyOf"]
    [memory] = [
        one["properties"]["Memory"]["then"] for one in rules if one["properties"]["Cpu"]["then"]["enum"] == [str(cpu)]
    ]
    return set(memory.get("enum") or range(memory["minimum"], memory["maximum"] + 1, memory["multipleOf"]))


@pytest.mark.parametrize("cpu", MEMORY)
def test_each_size_is_one_that_is_offered_and_no_other(cpu: int) -> None:
    assert sorted(offered(cpu)) == list(MEMORY[cpu])


def test_the_least_and_the_most_of_each_are_taken() -> None:
    for cpu, sizes in MEMORY.items():
        for size in (sizes[0], sizes[-1]):
            check_task_size(cpu, Size.mebibytes(size))


@pytest.mark.parametrize(
    ("cpu", "mebibytes", "said"),
    [
        (256, 4096, "memory must be 512, 1024, 2048 MiB with 256 units of cpu, got 4096"),
        (512, 1536, "memory must be 1024 to 4096 MiB in steps of 1024 with 512 units of cpu, got 1536"),
        (8192, 17408, "memory must be 16384 to 61440 MiB in steps of 4096 with 8192 units of cpu, got 17408"),
    ],
)
def test_other_sizes_are_refused(cpu: int, mebibytes: int, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        check_task_size(cpu, Size.mebibytes(mebibytes))
