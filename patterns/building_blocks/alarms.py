"""Amazon CloudWatch alarms on failures: one data point over the line is one too many."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct


def alarm(
    scope: Construct,
    construct_id: str,
    *,
    metric: cloudwatch.IMetric,
    description: str,
    topic: sns.ITopic | None,
    threshold: float = 1,
    comparison: cloudwatch.ComparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluation_periods: int = 1,
    missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
) -> cloudwatch.Alarm:
    """Make an alarm that tells `topic`, both when it goes off and when it is well again.

    Args:
        scope: Where the alarm stands in the tree.
        construct_id: Its id.
        metric: What is watched, with its statistic and period.
        description: What went wrong and what to look at, for whoever is woken.
        topic: Who is told. None: the alarm only changes state.
        threshold: The line, in the metric's unit. Default: 1.
        comparison: Which side of the line is bad. Default: the line and above.
        evaluation_periods: How many periods in a row. Default: 1.
        missing_data: What no data means. Default: all is well.

    Returns:
        The alarm.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
    """
    made = cloudwatch.Alarm(
        scope,
        construct_id,
        metric=metric,
        alarm_description=description,
        threshold=threshold,
        comparison_operator=comparison,
        evaluation_periods=evaluation_periods,
        treat_missing_data=missing_data,
    )
    if topic is not None:
        action = actions.SnsAction(topic)
        made.add_alarm_action(action)
        made.add_ok_action(action)
    return made


FIVE_MINUTES = Duration.minutes(5)
