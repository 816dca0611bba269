"""Alarms on Amazon ECS services."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import alarm


def too_few_tasks(
    scope: Construct, cluster: ecs.ICluster, service: ecs.BaseService, topic: sns.ITopic | None
) -> cloudwatch.Alarm:
    """Make an alarm that goes off when fewer tasks run than are wanted for ten minutes.

    Args:
        scope: Parent construct.
        cluster: The cluster, with Container Insights.
        service: The service.
        topic: The topic that is notified.

    Returns:
        The alarm.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
    """
    return alarm(
        scope,
        "TooFewTasks",
        metric=cloudwatch.MathExpression(
            expression="desired - running",
            using_metrics={
                "desired": _insight("DesiredTaskCount", cluster, service),
                "running": _insight("RunningTaskCount", cluster, service),
            },
            label="Missing tasks",
            period=Duration.minutes(1),
        ),
        evaluation_periods=10,
        description="Fewer tasks run than should: read the service's events, and why its tasks stopped.",
        topic=topic,
    )


def no_tasks(
    scope: Construct, cluster: ecs.ICluster, service: ecs.BaseService, topic: sns.ITopic | None
) -> cloudwatch.Alarm:
    """Make an alarm that goes off when no task has run for two minutes, or nothing counts them.

    Args:
        scope: Parent construct.
        cluster: The cluster, with Container Insights.
        service: The service.
        topic: The topic that is notified.

    Returns:
        The alarm.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
    """
    return alarm(
        scope,
        "NoTasks",
        metric=_insight("RunningTaskCount", cluster, service),
        comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=2,
        missing_data=cloudwatch.TreatMissingData.BREACHING,
        description="No task runs, so nobody answers; or the cluster has no Container Insights. Read the service's "
        "events, and why its tasks stopped.",
        topic=topic,
    )


def unhealthy_tasks(
    scope: Construct, cluster: ecs.ICluster, service: ecs.BaseService, topic: sns.ITopic | None
) -> cloudwatch.Alarm:
    """Make an alarm that goes off when a task's container has been unhealthy for three minutes.

    Args:
        scope: Parent construct.
        cluster: The cluster, with Container Insights with enhanced observability.
        service: The service, whose container has a health check.
        topic: The topic that is notified.

    Returns:
        The alarm.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-enhanced-observability-metrics-ECS.html
    """
    container = service.task_definition.default_container
    assert container is not None
    return alarm(
        scope,
        "UnhealthyTasks",
        metric=_insight(
            "UnHealthyContainerHealthStatus",
            cluster,
            service,
            statistic="Maximum",
            ContainerName=container.container_name,
        ),
        evaluation_periods=3,
        description="A task fails its health check, and is replaced: read the log of its container.",
        topic=topic,
    )


def _insight(
    name: str, cluster: ecs.ICluster, service: ecs.BaseService, *, statistic: str = "Average", **dimensions: str
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="ECS/ContainerInsights",
        metric_name=name,
        dimensions_map={"ClusterName": cluster.cluster_name, "ServiceName": service.service_name, **dimensions},
        statistic=statistic,
        period=Duration.minutes(1),
    )
