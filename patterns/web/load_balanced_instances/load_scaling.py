"""How a group of instances scales with its load: by target tracking, in steps and by forecast."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Interval, Unit
from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sns as sns

from patterns.building_blocks.bounds import Known
from patterns.building_blocks.instance_group import has_room
from patterns.web.capacity.capacity_bounds import target_in_requests

ScaleOn = Literal["cpu", "requests"]
Predictive = Literal["forecast", "scale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalingStep:
    """One step of step scaling: so many instances more while CPU is at or above a line.

    Attributes:
        cpu: The line, in percent of CPU.
        add: How many instances are added.
    """

    cpu: Annotated[float, Interval(gt=0, le=100), Unit("percent"), Known("the order of the steps")]
    add: Annotated[int, Interval(ge=1, le=1000), Unit("instances")]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedLoad:
    """The load that a group keeps at a target.

    Attributes:
        scale_on: Which load is tracked.
        target_utilization: The target, in percent.
        requests_per_instance: Requests a minute that keep one instance fully busy.
    """

    scale_on: ScaleOn
    target_utilization: float
    requests_per_instance: float | None

    def check(self) -> None:
        """Refuse a load that is only half described.

        Raises:
            ValueError: If something is missing, too much, or not known though a target is computed with it.
        """
        if (self.scale_on == "requests") != (self.requests_per_instance is not None):
            raise ValueError("requests_per_instance and scale_on='requests' go together, got only one")
        if self.requests_per_instance is not None:
            target_in_requests(self.requests_per_instance, self.target_utilization)

    @property
    def target(self) -> float:
        """The target in percent of CPU, or in requests a minute of one instance."""
        if self.requests_per_instance is None:
            return self.target_utilization
        return target_in_requests(self.requests_per_instance, self.target_utilization)


def check_steps(steps: Sequence[ScalingStep], target: float) -> None:
    """Refuse steps that are out of order, or that the target already covers.

    Args:
        steps: The steps.
        target: The target utilization, in percent.

    Raises:
        ValueError: If they are.
    """
    lines = [step.cpu for step in steps]
    if lines != sorted(set(lines)):
        raise ValueError(f"steps must have rising cpu, got {', '.join(f'{line:g}' for line in lines)}")
    if len(steps) == 1:
        raise ValueError("steps must be two or more, got 1: one line is what target tracking is for")
    for step in steps:
        if step.cpu <= target:
            raise ValueError(f"steps must have cpu above target_utilization ({target:g}), got {step.cpu:g}")


def track(group: autoscaling.AutoScalingGroup, load: TrackedLoad) -> None:
    """Keep the load of each instance at a target, where the group may grow and shrink.

    Args:
        group: The group, already behind its load balancer.
        load: The load.
    """
    if not has_room(group):
        return
    if load.scale_on == "cpu":
        group.scale_on_cpu_utilization("TrackCpu", target_utilization_percent=load.target)
    else:
        group.scale_on_request_count("TrackRequests", target_requests_per_minute=max(1, round(load.target)))


def add_steps(
    group: autoscaling.AutoScalingGroup, steps: Sequence[ScalingStep], topic: sns.ITopic | None
) -> list[cloudwatch.Alarm]:
    """Add instances faster than target tracking does, the further CPU is over its lines.

    Args:
        group: The group.
        steps: The steps, in order.
        topic: The topic that is notified when the first step is reached: target tracking has not kept up.

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


def predict(
    group: autoscaling.AutoScalingGroup,
    mode: Predictive,
    load: TrackedLoad,
    balancer: elbv2.ApplicationLoadBalancer,
    targets: elbv2.ApplicationTargetGroup,
) -> autoscaling.CfnScalingPolicy:
    """Forecast the load from its history, and scale ahead of it if asked to.

    Args:
        group: The group.
        mode: "forecast" only forecasts; "scale" acts on it.
        load: The load.
        balancer: The load balancer.
        targets: The group's targets in it.

    Returns:
        The policy.
    """
    made = autoscaling.CfnScalingPolicy
    label, metric = None, "ASGCPUUtilization"
    if load.scale_on == "requests":
        metric = "ALBRequestCount"
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
                    target_value=load.target,
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
