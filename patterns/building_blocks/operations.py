"""The settings that cut across a construct: who is told, which key encrypts, how long logs are kept."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import alarm, tell


class Operations:
    """Makes the alarms and the log groups of one construct, each by the same settings.

    A construct makes one of its arguments and hands it to whatever it is built of, instead of each setting alone.

    Args:
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.
        encryption_key: The key that encrypts logs, queues, environments. Default: keys that AWS owns.
        log_retention: How long logs are kept. Default: one month.

    Attributes:
        alarm_topic (sns.ITopic | None): Who is told.
        encryption_key (kms.IKey | None): The key.
        log_retention (logs.RetentionDays): How long logs are kept.
        alarms (list[cloudwatch.AlarmBase]): Every alarm that was made by it, in the order that they were made.
    """

    def __init__(
        self,
        *,
        alarm_topic: sns.ITopic | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
    ) -> None:
        self.alarm_topic = alarm_topic
        self.encryption_key = encryption_key
        self.log_retention = log_retention
        self.alarms: list[cloudwatch.AlarmBase] = []

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
        """Make an alarm that tells the topic, and list it.

        Args:
            scope: Parent construct.
            construct_id: Construct id.
            metric: What is watched, with its statistic and period.
            description: What went wrong and what to look at, for whoever is woken.
            threshold: The line, in the metric's unit. Default: 1.
            comparison: Which side of the line is bad. Default: the line and above.
            evaluation_periods: How many periods in a row. Default: 1.
            missing_data: What no data means. Default: all is well.

        Returns:
            The alarm.
        """
        made = alarm(
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
        self.alarms.append(made)
        return made

    def watch(self, *alarms: cloudwatch.AlarmBase) -> None:
        """Let alarms that were made otherwise tell the topic, and list them.

        Args:
            alarms: The alarms.
        """
        for one in alarms:
            if self.alarm_topic is not None:
                tell(one, self.alarm_topic)
            self.alarms.append(one)

    def log_group(self, scope: Construct, construct_id: str, *, log_group_name: str | None = None) -> logs.LogGroup:
        """Make a log group that is encrypted, outlives its stack and forgets after a while.

        Args:
            scope: Parent construct.
            construct_id: Construct id.
            log_group_name: Its name. Default: one that CloudFormation makes.

        Returns:
            The log group.
        """
        return logs.LogGroup(
            scope,
            construct_id,
            log_group_name=log_group_name,
            retention=self.log_retention,
            encryption_key=self.encryption_key,
            removal_policy=RemovalPolicy.RETAIN,
        )
