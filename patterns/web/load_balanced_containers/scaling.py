"""How the service scales: by CPU, memory or requests of its tasks."""

from typing import Literal

from aws_cdk import Duration
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from patterns.building_blocks.arguments import check_one_of, check_range

ScaleOn = Literal["cpu", "memory", "requests"]


def check_scaling(scale_on: str, target: float, requests_per_task: float | None) -> None:
    """Refuse what the service cannot scale on.

    Args:
        scale_on: What is tracked.
        target: The target utilization.
        requests_per_task: Requests a minute.

    Raises:
        ValueError: If something is missing, too much or out of range.
    """
    check_one_of("scale_on", scale_on, ("cpu", "memory", "requests"))
    check_range("target_utilization", target, 40, 70, "percent")
    if (scale_on == "requests") != (requests_per_task is not None):
        raise ValueError("requests_per_task and scale_on='requests' go together, got only one")
    check_range("requests_per_task", requests_per_task, 1, 10_000_000, "requests a minute")


def track(
    service: ecs.Ec2Service,
    *,
    fewest: int,
    most: int,
    scale_on: ScaleOn,
    target: float,
    targets: elbv2.ApplicationTargetGroup,
    requests_per_task: float | None,
) -> ecs.ScalableTaskCount:
    """Keep the load of each task at a target; the instances follow the tasks.

    Args:
        service: The service.
        fewest: The fewest tasks.
        most: The most tasks.
        scale_on: Which load.
        target: The target, in percent.
        targets: The tasks, as the load balancer sees them.
        requests_per_task: Requests a minute that keep one task fully busy.

    Returns:
        What scales.
    """
    count = service.auto_scale_task_count(min_capacity=fewest, max_capacity=most)
    # Out fast, in slowly: a task that is missed costs answers, one too many costs cents.
    fast, slow = Duration.seconds(30), Duration.minutes(5)
    match scale_on:
        case "cpu":
            count.scale_on_cpu_utilization(
                "TrackCpu", target_utilization_percent=target, scale_out_cooldown=fast, scale_in_cooldown=slow
            )
        case "memory":
            count.scale_on_memory_utilization(
                "TrackMemory", target_utilization_percent=target, scale_out_cooldown=fast, scale_in_cooldown=slow
            )
        case "requests":
            assert requests_per_task is not None
            count.scale_on_request_count(
                "TrackRequests",
                requests_per_target=max(1, round(requests_per_task * target / 100)),
                target_group=targets,
                scale_out_cooldown=fast,
                scale_in_cooldown=slow,
            )
    return count
