"""Amazon CloudWatch alarms on failures: one data point over the line is one too many."""

from datetime import timedelta
from typing import Annotated

from annotated_types import Interval
from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.bounds import Known, Passes
from patterns.building_blocks.key_policy import ALARMS, let_use
from patterns.building_blocks.same_region import check_region


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
        topic: Who is told. None: the alarm only changes state. An imported one, and its customer key if it has one,
            must let CloudWatch use them.
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
        tell(made, topic)
    return made


def tell(made: cloudwatch.AlarmBase, topic: sns.ITopic) -> None:
    """Let an alarm tell a topic that it went off and that it is well again, and let CloudWatch publish there.

    A topic that has any policy (TLS only, say) no longer has the one that lets the account's alarms in, and a customer
    key lets no service in: the alarm would go off, and nobody would hear of it.

    Args:
        made: The alarm.
        topic: The topic, of this stack or another one.

    Raises:
        ValueError: If the topic is in another Region, which an alarm cannot tell.

    Source: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
    """
    check_region("alarm_topic", made, topic.env.region)
    action = actions.SnsAction(topic)
    made.add_alarm_action(action)
    made.add_ok_action(action)
    # The CDK writes equal statements once, however many alarms tell the topic.
    topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsTell",
            principals=[iam.ServicePrincipal(ALARMS.service)],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            # Not the alarm's own ARN: the topic's stack would wait for the alarm's, which waits for it.
            conditions=dict(ALARMS.conditions),
        )
    )
    if topic.master_key is not None:
        let_use(topic.master_key, ALARMS, needed_by=made)


FIVE_MINUTES = Duration.minutes(5)

_SHORT_PERIODS = (1, 5, 10, 20, 30)


def check_period(argument: str, period: Duration) -> None:
    """Refuse a period that CloudWatch has no data points of.

    Args:
        argument: The argument's own name.
        period: The period.

    Raises:
        ValueError: If it is one.

    Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricStat.html
    """
    seconds = int(period.to_seconds())
    if seconds not in _SHORT_PERIODS and seconds % 60:
        raise ValueError(
            f"{argument} must be 1, 5, 10, 20 or 30 seconds, or whole minutes, got {period.to_human_string()}"
        )


MetricPeriod = Annotated[
    Duration,
    Interval(ge=timedelta(seconds=1), le=timedelta(days=1)),
    Passes(check_period, "1, 5, 10, 20 or 30 seconds, or whole minutes"),
    Known("what the metric counts"),
]
"""The period of a metric."""
