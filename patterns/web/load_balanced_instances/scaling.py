"""How a group of instances scales: by load, in steps, by the clock and by forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from aws_cdk import Duration, TimeZone
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sns as sns

ScaleOn = Literal["cpu", "requests"]
Predictive = Literal["forecast", "scale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingStep:
    """One step of step scaling: so many instances more while CPU is at or above a line.

    Attributes:
        cpu: The line, in percent of CPU.
        add: How many instances are added.
    """

    cpu: float
    add: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledCapacity:
    """Capacities that hold from a time on.

    Attributes:
        name: What it is for; it becomes part of the construct id.
        cron: When, as five fields: minute, hour, day of the month, month, day of the week.
        min_capacity: The fewest instances from then on. None: as before.
        max_capacity: The most instances from then on. None: as before.
        time_zone: In which the hours are. Default: UTC.
    """

    name: str
    cron: str
    min_capacity: int | None = None
    max_capacity: int | None = None
    time_zone: TimeZone | None = None


def check_scaling(steps: Sequence[ScalingStep], scheduled: Sequence[ScheduledCapacity], target: float) -> None:
    """Refuse steps that are out of order, or that a target already covers, and schedules that change nothing.

    Args:
        steps: The steps.
        scheduled: The schedule.
        target: The target utilization, in percent.

    Raises:
        ValueError: If they make no sense.
    """
    lines = [step.cpu for step in steps]
    if lines != sorted(set(lines)):
        raise ValueError(f"steps must have rising cpu, got {', '.join(f'{line:g}' for line in lines)}")
    if len(steps) == 1:
        raise ValueError("steps must be two or more, got 1: one line is what target tracking is for")
    for step in steps:
        if not target < step.cpu <= 100:
            raise ValueError(
                f"steps must have cpu above target_utilization ({target:g}) and at most 100, got {step.cpu:g}"
            )
        if step.add < 1:
            raise ValueError(f"steps must add 1 or more instances, got {step.add}")
    names = [one.name for one in scheduled]
    for one in scheduled:
        if names.count(one.name) > 1:
            raise ValueError(f"scheduled must have different names, got {one.name!r} twice")
        if one.min_capacity is None and one.max_capacity is None:
            raise ValueError(f"scheduled must set min_capacity or max_capacity, {one.name!r} sets neither")
        if one.min_capacity is not None and one.max_capacity is not None and one.min_capacity > one.max_capacity:
            raise ValueError(
                f"scheduled must have min_capacity up to max_capacity, {one.name!r} has {one.min_capacity} and "
                f"{one.max_capacity}"
            )
        if len(one.cron.split()) != 5:
            raise ValueError(f"scheduled must have a cron of five fields, {one.name!r} has {one.cron!r}")


def track(
    group: autoscaling.AutoScalingGroup, *, scale_on: ScaleOn, target: float, requests_per_instance: float | None
) -> None:
    """Keep the load of each instance at a target.

    Args:
        group: The group, already behind its load balancer.
        scale_on: Which load.
        target: The target, in percent.
        requests_per_instance: Requests a minute that keep one instance fully busy.
    """
    if scale_on == "cpu":
        group.scale_on_cpu_utilization("TrackCpu", target_utilization_percent=target)
        return
    assert requests_per_instance is not None
    group.scale_on_request_count(
        "TrackRequests", target_requests_per_minute=max(1, round(requests_per_instance * target / 100))
    )


def add_steps(
    group: autoscaling.AutoScalingGroup, steps: Sequence[ScalingStep], topic: sns.ITopic | None
) -> list[cloudwatch.Alarm]:
    """Add instances faster than target tracking does, the further CPU is over its lines.

    Args:
        group: The group.
        steps: The steps, in order.
        topic: Who is told that the first line is reached, as target tracking has not kept up.

    Returns:
        The alarm that starts the steps; none without steps.
    """
    if not steps:
        return []
    ends: list[float | None] = [step.cpu for step in steps[1:]]
    policy = group.scale_on_metric(
        "Steps",
        metric=cloudwatch.Metric(
            namespace="AWS/EC2",
            metric_name="CPUUtilization",
            dimensions_map={"AutoScalingGroupName": group.auto_scaling_group_name},
            statistic="Average",
            period=Duration.minutes(1),
        ),
        adjustment_type=autoscaling.AdjustmentType.CHANGE_IN_CAPACITY,
        scaling_steps=[
            autoscaling.ScalingInterval(change=step.add, lower=step.cpu, upper=end)
            for step, end in zip(steps, [*ends, None], strict=True)
        ],
        evaluation_periods=2,
    )
    started = policy.upper_alarm
    assert started is not None
    if topic is not None:
        started.add_alarm_action(actions.SnsAction(topic))
        started.add_ok_action(actions.SnsAction(topic))
    return [started]


def add_schedule(group: autoscaling.AutoScalingGroup, scheduled: Sequence[ScheduledCapacity]) -> None:
    """Change the capacities by the clock.

    Args:
        group: The group.
        scheduled: When, and to what.
    """
    for one in scheduled:
        group.scale_on_schedule(
            one.name,
            schedule=autoscaling.Schedule.expression(one.cron),
            min_capacity=one.min_capacity,
            max_capacity=one.max_capacity,
            time_zone=one.time_zone.timezone_name if one.time_zone else None,
        )


def predict(
    group: autoscaling.AutoScalingGroup,
    *,
    mode: Predictive,
    balancer: elbv2.ApplicationLoadBalancer,
    targets: elbv2.ApplicationTargetGroup,
    scale_on: ScaleOn,
    target: float,
    requests_per_instance: float | None,
) -> autoscaling.CfnScalingPolicy:
    """Forecast the load from its history, and scale ahead of it if asked to.

    Args:
        group: The group.
        mode: "forecast" only forecasts; "scale" acts on it.
        balancer: The load balancer.
        targets: The group's targets in it.
        scale_on: Which load.
        target: The target, in percent.
        requests_per_instance: Requests a minute that keep one instance fully busy.

    Returns:
        The policy.
    """
    made = autoscaling.CfnScalingPolicy
    label, value, metric = None, target, "ASGCPUUtilization"
    if scale_on == "requests":
        assert requests_per_instance is not None
        metric, value = "ALBRequestCount", requests_per_instance * target / 100
        label = f"{balancer.load_balancer_full_name}/{targets.target_group_full_name}"
    policy = made(
        group,
        "Predict",
        auto_scaling_group_name=group.auto_scaling_group_name,
        policy_type="PredictiveScaling",
        predictive_scaling_configuration=made.PredictiveScalingConfigurationProperty(
            mode="ForecastAndScale" if mode == "scale" else "ForecastOnly",
            metric_specifications=[
                made.PredictiveScalingMetricSpecificationProperty(
                    target_value=value,
                    predefined_metric_pair_specification=made.PredictiveScalingPredefinedMetricPairProperty(
                        predefined_metric_type=metric, resource_label=label
                    ),
                )
            ],
        ),
    )
    # The label names the load balancer's listener only by way of the target group: it must be behind it already.
    policy.node.add_dependency(targets.load_balancer_attached)
    return policy
