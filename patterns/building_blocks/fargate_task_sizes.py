"""Which sizes of tasks AWS Fargate offers."""

from aws_cdk import Size

_GIB = 1024
MEMORY: dict[int, tuple[int, ...]] = {
    256: (512, _GIB, 2 * _GIB),
    512: tuple(range(_GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}
"""Memory in MiB by CPU units, of which 1,024 are one processor."""


def check_task_size(cpu: int, memory: Size) -> None:
    """Refuse a size of task that AWS Fargate does not offer.

    Args:
        cpu: CPU units.
        memory: The memory.

    Raises:
        ValueError: If AWS Fargate does not offer it.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
    """
    mebibytes = int(memory.to_mebibytes())
    if mebibytes not in MEMORY[cpu]:
        fitting = MEMORY[cpu]
        step = f" in steps of {fitting[-1] - fitting[-2]}" if len(fitting) > 3 else ""
        allowed = f"{fitting[0]} to {fitting[-1]} MiB{step}" if step else f"{', '.join(map(str, fitting))} MiB"
        raise ValueError(f"memory must be {allowed} with {cpu} units of cpu, got {mebibytes}")
