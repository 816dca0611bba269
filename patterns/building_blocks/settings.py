"""The settings that cut across a pattern: who is notified, which key encrypts, how long logs are kept."""

from dataclasses import dataclass

from aws_cdk import Aws, Fn, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct, IConstruct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.key_policy import LOGS, let_use
from patterns.building_blocks.same_region import check_region


def kept_name(prefix: str, owner: IConstruct) -> str:
    """Name what is kept when its stack is deleted: each deployment of a stack has its own name for it.

    Args:
        prefix: What the name begins with.
        owner: The construct whose it is.

    Returns:
        The name.
    """
    deployment = Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))
    return f"{prefix}{Aws.STACK_NAME}-{owner.node.addr[-8:]}-{deployment}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one pattern, which its constructor takes one by one and hands on together.

    Attributes:
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.
        encryption_key: The key that encrypts logs and other data. Default: keys that AWS owns.
        log_retention: How long logs are kept. Default: one month.

    Raises:
        ValueError: If the topic is FIFO.
    """

    alarm_topic: sns.ITopic | None = None
    encryption_key: kms.IKey | None = None
    log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH

    def __post_init__(self) -> None:
        if self.alarm_topic is not None and self.alarm_topic.fifo:
            raise ValueError(
                "alarm_topic must be a standard topic: an alarm has no message group, and a FIFO topic takes nothing "
                "without one"
            )

    def alarm(
        self,
        scope: Construct,
        construct_id: str,
        *,
        metric: cloudwatch.IMetric,
        description: str,
        threshold: float = 1,
        comparison: cloudwatch.ComparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods: int = 1,
        missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
    ) -> cloudwatch.Alarm:
        """Make an alarm that notifies the topic when it goes off and when it is well again.

        Args:
            scope: Parent construct.
            construct_id: Construct id.
            metric: The metric, with its statistic and period.
            description: What went wrong and what to look at, for whoever is woken.
            threshold: The threshold, in the metric's unit. Default: 1.
            comparison: How the metric is compared with it. Default: greater or equal.
            evaluation_periods: How many periods in a row. Default: 1.
            missing_data: What no data means. Default: all is well.

        Returns:
            The alarm.
        """
        return alarm(
            scope,
            construct_id,
            metric=metric,
            description=description,
            topic=self.alarm_topic,
            threshold=threshold,
            comparison=comparison,
            evaluation_periods=evaluation_periods,
            missing_data=missing_data,
        )

    def log_group(self, scope: Construct, construct_id: str, *, name: str | None = None) -> logs.LogGroup:
        """Make a log group that outlives the stack.

        Args:
            scope: Parent construct.
            construct_id: Construct id.
            name: Its name, which no other deployment of the stack may have. Default: one that CloudFormation makes.

        Returns:
            The log group.

        Raises:
            ValueError: If the key is in another Region, where no service here finds it.
        """
        if self.encryption_key is not None:
            check_region("encryption_key", scope, self.encryption_key.env.region)
            let_use(self.encryption_key, LOGS, needed_by=scope)
        return logs.LogGroup(
            scope,
            construct_id,
            log_group_name=name,
            retention=self.log_retention,
            encryption_key=self.encryption_key,
            removal_policy=RemovalPolicy.RETAIN,
        )
