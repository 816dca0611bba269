"""How a service scales: by CPU, memory, requests or the length of a queue."""

from dataclasses import dataclass
from typing import Literal

from aws_cdk import Duration
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sqs as sqs

from patterns.web.capacity.capacity_bounds import target_in_requests

ScaleOn = Literal["cpu", "memory", "queue", "requests"]
# Out fast, in slowly: a missing task costs answers, a surplus one costs cents.
SCALE_OUT_COOLDOWN = Duration.seconds(30)
SCALE_IN_COOLDOWN = Duration.minutes(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedLoad:
    """The load that a service keeps at a target.

    Attributes:
        scale_on: Which load is tracked.
        target_utilization: The target, in percent; none is 50.
        requests_per_task: Requests a minute that keep one task fully busy.
        queue: The queue whose length is tracked.
        messages_per_task: How many waiting messages one task is there for.
    """

    scale_on: ScaleOn
    target_utilization: float | None
    requests_per_task: float | None
    queue: sqs.IQueue | None = None
    messages_per_task: float | None = None

    def check(self) -> None:
        """Refuse a load that is only half described.

        Raises:
            ValueError: If something is missing, too much, or not known though a target is computed with it.
        """
        if (self.scale_on == "requests") != (self.requests_per_task is not None):
            raise ValueError("requests_per_task and scale_on='requests' go together, got only one")
        if self.requests_per_task is not None:
            target_in_requests(self.requests_per_task, _percent(self))
        if not (self.scale_on == "queue") == (self.queue is not None) == (self.messages_per_task is not None):
            raise ValueError("queue, messages_per_task and scale_on='queue' go together, got only some")
        if self.scale_on == "queue" and self.target_utilization is not None:
            raise ValueError(
                "target_utilization must be left out with scale_on='queue': messages_per_task says how many tasks "
                "there are"
            )


def scale_service(
    service: ecs.BaseService, load: TrackedLoad, targets: elbv2.ApplicationTargetGroup, *, fewest: int, most: int
) -> ecs.ScalableTaskCount:
    """Keep the load of each task at a target.

    Args:
        service: The service.
        load: The load.
        targets: The target group of the tasks.
        fewest: The fewest tasks.
        most: The most tasks.

    Returns:
        The number of tasks, which schedules can be added to.
    """
    count = service.auto_scale_task_count(min_capacity=fewest, max_capacity=most)
    percent = _percent(load)
    match load.scale_on:
        case "cpu":
            count.scale_on_cpu_utilization(
                "TrackCpu",
                target_utilization_percent=percent,
                scale_out_cooldown=SCALE_OUT_COOLDOWN,
                scale_in_cooldown=SCALE_IN_COOLDOWN,
            )
        case "memory":
            count.scale_on_memory_utilization(
                "TrackMemory",
                target_utilization_percent=percent,
                scale_out_cooldown=SCALE_OUT_COOLDOWN,
                scale_in_cooldown=SCALE_IN_COOLDOWN,
            )
        case "requests":
            assert load.requests_per_task is not None
            count.scale_on_request_count(
                "TrackRequests",
                requests_per_target=max(1, round(target_in_requests(load.requests_per_task, percent))),
                target_group=targets,
                scale_out_cooldown=SCALE_OUT_COOLDOWN,
                scale_in_cooldown=SCALE_IN_COOLDOWN,
            )
        case "queue":
            assert load.queue is not None
            assert load.messages_per_task is not None
            _track_queue(service, count, load.queue, load.messages_per_task)
    return count


def _percent(load: TrackedLoad) -> float:
    return load.target_utilization if load.target_utilization is not None else 50


def _track_queue(
    service: ecs.BaseService, count: ecs.ScalableTaskCount, queue: sqs.IQueue, messages_per_task: float
) -> None:
    # Not the queue's length itself: it does not fall in proportion as tasks are added, so target tracking would
    # overshoot. https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
    made = scaling.CfnScalingPolicy
    target = count.node.find_child("Target")
    assert isinstance(target, scaling.ScalableTarget)

    def measured(
        name: str, namespace: str, metric: str, statistic: str, dimensions: dict[str, str]
    ) -> scaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty:
        return made.TargetTrackingMetricDataQueryProperty(
            id=name,
            return_data=False,
            metric_stat=made.TargetTrackingMetricStatProperty(
                metric=made.TargetTrackingMetricProperty(
                    namespace=namespace,
                    metric_name=metric,
                    dimensions=[
                        made.TargetTrackingMetricDimensionProperty(name=key, value=value)
                        for key, value in dimensions.items()
                    ],
                ),
                stat=statistic,
            ),
        )

    made(
        service,
        "TrackQueue",
        policy_name=f"{service.node.addr}-queue",
        policy_type="TargetTrackingScaling",
        scaling_target_id=target.scalable_target_id,
        target_tracking_scaling_policy_configuration=made.TargetTrackingScalingPolicyConfigurationProperty(
            target_value=messages_per_task,
            scale_out_cooldown=SCALE_OUT_COOLDOWN.to_seconds(),
            scale_in_cooldown=SCALE_IN_COOLDOWN.to_seconds(),
            customized_metric_specification=made.CustomizedMetricSpecificationProperty(
                metrics=[
                    measured(
                        "messages",
                        "AWS/SQS",
                        "ApproximateNumberOfMessagesVisible",
                        "Sum",
                        {"QueueName": queue.queue_name},
                    ),
                    measured(
                        "tasks",
                        "ECS/ContainerInsights",
                        "RunningTaskCount",
                        "Average",
                        {"ClusterName": service.cluster.cluster_name, "ServiceName": service.service_name},
                    ),
                    made.TargetTrackingMetricDataQueryProperty(
                        id="backlog", expression="messages / tasks", label="Messages for each task", return_data=True
                    ),
                ]
            ),
        ),
    )
