"""The settings that cut across a pattern: who is notified, which key encrypts, how long logs are kept."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one pattern, which its constructor takes one by one and hands on together.

    Attributes:
        alarm_topic: The topic that alarms notify. None: alarms only change state.
        encryption_key: The key that encrypts logs and other data. None: keys that AWS owns.
        log_retention: How long logs are kept.
    """

    alarm_topic: sns.ITopic | None
    encryption_key: kms.IKey | None
    log_retention: logs.RetentionDays

    def log_group(self, scope: Construct, construct_id: str) -> logs.LogGroup:
        """Make a log group that outlives the stack.

        Args:
            scope: Parent construct.
            construct_id: Construct id.

        Returns:
            The log group.
        """
        return logs.LogGroup(
            scope,
            construct_id,
            retention=self.log_retention,
            encryption_key=self.encryption_key,
            removal_policy=RemovalPolicy.RETAIN,
        )
