"""How a service scales: by CPU, memory, requests or the length of a queue."""

from typing import Literal

from aws_cdk import Duration
from aws_cdk import aws_applicationautoscaling as scaling
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sqs as sqs

from patterns.building_blocks.arguments import check_one_of, check_range

ScaleOn = Literal["cpu", "memory", "queue", "requests"]


def check_scaling(
    scale_on: str, target: float, requests_per_task: float | None, queue: sqs.IQueue | None, messages: float | None
) -> None:
    """Refuse what a service cannot scale on.

    Args:
        scale_on: What is tracked.
        target: The target utilization.
        requests_per_task: Requests a minute.
        queue: The queue.
        messages: Messages for each task.

    Raises:
        ValueError: If something is missing, too much or out of range.
    """
    check_one_of("scale_on", scale_on, ("cpu", "memory", "queue", "requests"))
    check_range("target_utilization", target, 40, 70, "percent")
    if (scale_on == "requests") != (requests_per_task is not None):
        raise ValueError("requests_per_task and scale_on='requests' go together, got only one")
    if not (scale_on == "queue") == (queue is not None) == (messages is not None):
        raise ValueError("queue, messages_per_task and scale_on='queue' go together, got only some")
    check_range("requests_per_task", requests_per_task, 1, 10_000_000, "requests a minute")
    check_range("messages_per_task", messages, 1, 1_000_000, "messages")


def track(
    service: ecs.FargateService,
    *,
    fewest: int,
    most: int,
    scale_on: ScaleOn,
    target: float,
    targets: elbv2.ApplicationTargetGroup,
    requests_per_task: float | None,
    queue: sqs.IQueue | None,
    messages_per_task: float | None,
) -> ecs.ScalableTaskCount:
    """Keep the load of each task at a target.

    Args:
        service: The service.
        fewest: The fewest tasks.
        most: The most tasks.
        scale_on: Which load.
        target: The target, in percent.
        targets: The tasks, as the load balancer sees them.
        requests_per_task: Requests a minute that keep one task fully busy.
        queue: The queue.
        messages_per_task: How many waiting messages one task is there for.

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
        case "queue":
            assert queue is not None
            assert messages_per_task is not None
            _track_queue(service, count, queue, messages_per_task)
    return count


def _track_queue(
    service: ecs.FargateService, count: ecs.ScalableTaskCount, queue: sqs.IQueue, messages_per_task: float
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
            scale_out_cooldown=30,
            scale_in_cooldown=300,
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
