"""How many tasks fit on an instance, and how many instances a number of tasks needs."""

import math
import re
from dataclasses import dataclass

from aws_cdk import Size
from aws_cdk import aws_ec2 as ec2

# GiB of memory for each processor, in families whose sizes follow one rule: all but their early generations and c5n. t
# types have sizes of their own, t2.small another one.
# https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-type-specifications.html
_MEMORY_PER_CPU = {"c": 2, "m": 4, "r": 8}
_BURSTABLE = {"small": (2, 2), "medium": (2, 4), "large": (2, 8), "xlarge": (4, 16), "2xlarge": (8, 32)}
_TYPE = re.compile(
    r"(?!c[1-4]\.|c5n\.|m[1-3]\.|r[34]\.|t2\.small)(?P<family>[cmrt])\d+[a-z]*\."
    r"(?P<size>medium|small|large|(?P<times>\d*)xlarge)"
)
# The kernel takes its share before the ECS agent counts what there is, and the agent and its monitoring need some.
_SYSTEM_SHARE = 0.06
_SYSTEM_MEBIBYTES = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many instances there may be.

    Attributes:
        fewest: The fewest.
        most: The most.
    """

    fewest: int
    most: int


def instance_size(name: str) -> tuple[int, int] | None:
    """Say how many processors an instance type has, and how much memory.

    Args:
        name: The instance type, of the families c, m, r and t.

    Returns:
        Processors, and memory in GiB; None if the name does not tell.
    """
    found = _TYPE.fullmatch(name)
    if found is None:
        return None
    family, size = found["family"], found["size"]
    if family == "t":
        return _BURSTABLE.get(size)
    cpus = {"medium": 1, "large": 2}.get(size) or (4 * int(found["times"] or 1) if found["times"] is not None else None)
    return None if cpus is None else (cpus, cpus * _MEMORY_PER_CPU[family])


def tasks_on_one(instance_type: ec2.InstanceType, cpu: int, memory: Size, given: int | None) -> int:
    """Count the tasks that fit on one instance.

    Args:
        instance_type: The instance type.
        cpu: CPU units that one task reserves.
        memory: Memory that one task reserves.
        given: The number that the user gave. None: it follows from the instance type.

    Returns:
        How many fit.

    Raises:
        ValueError: If none fits, or the instance type's name does not tell its size.
    """
    if given is not None:
        return given
    name = instance_type.to_string()
    size = instance_size(name)
    if size is None:
        raise ValueError(f"tasks_per_instance must be given with {name}: its size is not known here")
    cpus, gibibytes = size
    usable = gibibytes * 1024 * (1 - _SYSTEM_SHARE) - _SYSTEM_MEBIBYTES
    fitting = min(cpus * 1024 // cpu, int(usable // memory.to_mebibytes()))
    if fitting < 1:
        raise ValueError(
            f"instance_type must have room for a task of {cpu} units of cpu and {memory.to_mebibytes():g} MiB, "
            f"got {name} with {cpus * 1024} units and {int(usable)} MiB"
        )
    return fitting


def instances_for(fewest_tasks: int, most_tasks: int, on_one: int, surge: int, spare: int) -> Bounds:
    """Bound the instances by what the tasks need.

    Args:
        fewest_tasks: The fewest tasks.
        most_tasks: The most tasks.
        on_one: How many tasks fit on one instance.
        surge: How many tasks a deployment runs at most, in percent of those it replaces.
        spare: How much of the instances' room is kept free, in percent.

    Returns:
        The bounds.
    """
    # Two instances for two tasks, though one may hold both: the other zone is what the second task is for.
    fewest = max(min(2, fewest_tasks), math.ceil(fewest_tasks / on_one))
    during_deployment = math.ceil(most_tasks * surge / 100)
    return Bounds(
        fewest=fewest, most=max(fewest, math.ceil(math.ceil(during_deployment / on_one) * 100 / (100 - spare)))
    )
