"""Alarms on health checks, whose metrics are in us-east-1 alone."""

from aws_cdk import Annotations, Duration, Stack, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_route53 as route53
from constructs import Construct

from patterns.building_blocks.settings import Settings

METRICS_REGION = "us-east-1"
"""https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html"""


def status_metric(check: route53.IHealthCheck, *, period: Duration | None = None) -> cloudwatch.Metric:
    """Whether a health check is well: 1 or 0.

    Args:
        check: The health check.
        period: The period. Default: one minute.

    Returns:
        The metric, which exists in us-east-1 alone.
    """
    return cloudwatch.Metric(
        namespace="AWS/Route53",
        metric_name="HealthCheckStatus",
        dimensions_map={"HealthCheckId": check.health_check_id},
        statistic="Minimum",
        period=period or Duration.minutes(1),
    )


def status_alarm(
    scope: Construct, construct_id: str, check: route53.IHealthCheck, *, description: str, settings: Settings
) -> cloudwatch.Alarm | None:
    """Make an alarm on a health check, where its metric is.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        check: The health check.
        description: What is ill and what to look at.
        settings: Who is told.

    Returns:
        The alarm; None in a Region that is known to be another one, which is said at synthesis.
    """
    region = Stack.of(scope).region
    if not Token.is_unresolved(region) and region != METRICS_REGION:
        Annotations.of(scope).add_info(
            f"health checks have no alarms in {region}: their metrics are in {METRICS_REGION}; make the checks in a "
            "stack of that Region, as the pattern health-checks does"
        )
        return None
    return settings.alarm(
        scope,
        construct_id,
        metric=status_metric(check),
        threshold=1,
        comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=3,
        # Deployed where the metric is not, it goes off instead of saying for ever that all is well.
        missing_data=cloudwatch.TreatMissingData.BREACHING,
        description=description,
    )
