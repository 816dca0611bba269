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

    def counted(name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="ECS/ContainerInsights",
            metric_name=name,
            dimensions_map={"ClusterName": cluster.cluster_name, "ServiceName": service.service_name},
            statistic="Average",
            period=Duration.minutes(1),
        )

    return alarm(
        scope,
        "TooFewTasks",
        metric=cloudwatch.MathExpression(
            expression="desired - running",
            using_metrics={"desired": counted("DesiredTaskCount"), "running": counted("RunningTaskCount")},
            label="Missing tasks",
            period=Duration.minutes(1),
        ),
        evaluation_periods=10,
        description="Fewer tasks run than should: read the service's events, and why its tasks stopped.",
        topic=topic,
    )
