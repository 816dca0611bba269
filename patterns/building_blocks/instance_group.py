"""Auto Scaling groups: notifications of failures, and alarms on instances that are missing."""

from aws_cdk import Acknowledgment, Duration, Token, Validations
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.key_policy import AUTO_SCALING, let_use

DAILY_BUSINESS = (
    "Launches and terminations that fail are notified to alarm_topic; those that succeed are the group's daily "
    "business, which its activity history keeps, and would bury the failures."
)


def failure_notifications(topic: sns.ITopic | None) -> list[autoscaling.NotificationConfiguration] | None:
    """Notify a topic of launches and terminations that fail.

    Args:
        topic: The topic. None: nobody is notified. Amazon EC2 Auto Scaling publishes by its service-linked role, which
            may use topics, and is permitted to use the topic's customer key here; an imported key's owner is told to.

    Returns:
        The notifications.
    """
    if topic is None:
        return None
    if topic.master_key is not None:
        let_use(topic.master_key, AUTO_SCALING, needed_by=topic)
    return [autoscaling.NotificationConfiguration(topic=topic, scaling_events=autoscaling.ScalingEvents.ERRORS)]


def acknowledge_notifications(group: autoscaling.AutoScalingGroup, reason: str = DAILY_BUSINESS) -> None:
    """Acknowledge that a group notifies of failures alone.

    Args:
        group: The group.
        reason: The reason. Default: successful launches are the group's daily business.
    """
    Validations.of(group).acknowledge(Acknowledgment(id="AwsSolutions::AwsSolutions-AS3", reason=reason))


def has_room(group: autoscaling.AutoScalingGroup) -> bool:
    """Whether a group has more sizes than one: of one alone, a policy that tracks its load would never do anything.

    Args:
        group: The group, with its schedules: one may raise its most instances, or lower its fewest.

    Returns:
        Whether its fewest and most instances differ, now or after some of its schedules.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
    """
    resource = group.node.default_child
    assert isinstance(resource, autoscaling.CfnAutoScalingGroup)
    scheduled = [one for one in group.node.find_all() if isinstance(one, autoscaling.CfnScheduledAction)]
    changes = [(_size(one.min_size), _size(one.max_size)) for one in scheduled]
    sizes = {(_size(resource.min_size), _size(resource.max_size))}
    # What a schedule leaves out stays as the one before has left it.
    while more := {(low or one[0], high or one[1]) for one in sizes for low, high in changes} - sizes:
        sizes |= more
    return any(low != high for low, high in sizes)


def _size(given: str | float | None) -> str | None:
    return None if given is None else f"{float(given):g}" if not Token.is_unresolved(given) else str(given)


def group_metric(group: autoscaling.AutoScalingGroup, namespace: str, name: str, statistic: str) -> cloudwatch.Metric:
    """Find a metric of a group, a minute at a time.

    Args:
        group: The group.
        namespace: The namespace.
        name: The metric's name.
        statistic: The statistic.

    Returns:
        The metric.
    """
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map={"AutoScalingGroupName": group.auto_scaling_group_name},
        statistic=statistic,
        period=Duration.minutes(1),
    )


def too_few_instances(
    scope: Construct,
    group: autoscaling.AutoScalingGroup,
    fewest: int,
    topic: sns.ITopic | None,
    description: str = "Fewer instances are in service than the least: read the group's activity history.",
) -> cloudwatch.Alarm:
    """Make an alarm that goes off when too few instances are in service for ten minutes.

    Args:
        scope: Parent construct.
        group: The group, with its metrics.
        fewest: How many instances should be in service.
        topic: The topic that is notified.
        description: What is wrong and where to look. Default: the group's activity history.

    Returns:
        The alarm.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-metrics.html
    """
    return alarm(
        scope,
        "TooFewInstances",
        metric=group_metric(group, "AWS/AutoScaling", "GroupInServiceInstances", "Minimum"),
        threshold=fewest,
        comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        evaluation_periods=10,
        missing_data=cloudwatch.TreatMissingData.BREACHING,
        description=description,
        topic=topic,
    )
