"""A function that shifts weights, the schedule of its steps, and the alarms that send all weight back."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aws_cdk import Aws, Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, alarm
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.encryption_key import key_statement
from patterns.building_blocks.event_rule import lost_events
from patterns.building_blocks.key_policy import RULES, let_use
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.retained_table import RetainedTable
from patterns.building_blocks.settings import Settings


class WeightShift(Construct):
    """Shifts weight to a candidate step by step, and all of it back when an alarm goes off.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        release: The release that is to be shifted to. None: all weight stays with the stable version.
        steps: The candidate's weights in percent.
        interval: The time between two steps.
        target: Where the weights are set, as the handler reads it.
        permissions: The permissions that setting them needs.
        alarms: The alarms that send all weight back.
        settings: The key of table, logs, environment and failed events, the retention of the log, and the topic of
            the alarms.

    Attributes:
        function (lambda_.Function): The function that sets the weights.
        table (dynamodb.Table): How far the release is.
        dead_letters (sqs.Queue): Steps and rollbacks that failed for good.
        alarms (list[cloudwatch.Alarm]): Alarms on the shifting itself.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        release: str | None,
        steps: Sequence[int],
        interval: Duration,
        target: Mapping[str, Any],
        permissions: Sequence[iam.PolicyStatement],
        alarms: Sequence[cloudwatch.IAlarm],
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        encryption_key, alarm_topic = settings.encryption_key, settings.alarm_topic
        self.table = RetainedTable(self, "State", partition_key="id", encryption_key=encryption_key)
        failed = DeadLetterQueue(
            self,
            "DeadLetters",
            holds="steps and rollbacks of a release that failed",
            settings=settings,
        )
        self.dead_letters: sqs.Queue = failed.queue
        architecture = lambda_.Architecture.ARM_64
        code = Path(__file__).parent / "handler"
        shifting = LambdaFunction(
            self,
            "Shift",
            description="Shifts weight to a release, and back",
            code=python_code(self, code, runtime=PYTHON, architecture=architecture),
            handler="shift_handler.index.handler",
            architecture=architecture,
            timeout=Duration.minutes(1),
            environment={
                "RELEASE": release or "",
                "STEPS": json.dumps(list(steps)),
                "INTERVAL": str(int(interval.to_seconds())),
                "TABLE": self.table.table_name,
                "TARGET": Stack.of(self).to_json_string(dict(target)),
                "ALARMS": Stack.of(self).to_json_string([one.alarm_name for one in alarms]),
            },
            settings=settings,
            dead_letters=failed,
            retry_attempts=2,
            # A rollback that was not begun within this time would be one by the next tick.
            max_event_age=Duration.minutes(5),
        )
        self.function = shifting.function
        shifting.permit(
            [
                iam.PolicyStatement(actions=["dynamodb:GetItem", "dynamodb:PutItem"], resources=[self.table.table_arn]),
                iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=[one.alarm_arn for one in alarms]),
                *permissions,
                *([_use_of_table_key(encryption_key)] if encryption_key else []),
            ]
        )
        self.alarms = [failed.alarm, *shifting.alarms]
        self.alarms.append(self._tick(interval, failed, alarm_topic))
        self.alarms.append(self._send_back(alarms, failed, encryption_key, alarm_topic))

    def _tick(self, interval: Duration, failed: DeadLetterQueue, topic: sns.ITopic | None) -> cloudwatch.Alarm:
        # A group of its own, because Scheduler's metrics are counted a group, not a schedule.
        group = scheduler.CfnScheduleGroup(self, "Group")
        role = iam.Role(
            self,
            "SchedulerRole",
            description="Starts each step of a release",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": group.attr_arn}},
            ),
        )
        role.add_to_policy(
            iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[self.function.function_arn])
        )
        for statement in failed.send_statements():
            role.add_to_policy(statement)
        minutes = int(interval.to_minutes())
        schedule = scheduler.CfnSchedule(
            self,
            "Schedule",
            group_name=group.ref,
            schedule_expression=f"rate({minutes} minute{'s' if minutes > 1 else ''})",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self.function.function_arn,
                role_arn=role.role_arn,
                input=json.dumps({"scheduled_time": "<aws.scheduler.scheduled-time>"}),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failed.queue.queue_arn),
                # The next tick does what this one could not.
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=60, maximum_retry_attempts=5
                ),
            ),
        )
        # Scheduler checks when the schedule is made that it can take on the role.
        schedule.node.add_dependency(role)
        return alarm(
            self,
            "Dropped",
            metric=cloudwatch.Metric(
                namespace="AWS/Scheduler",
                metric_name="InvocationDroppedCount",
                dimensions_map={"ScheduleGroup": group.ref},
                statistic="Sum",
                period=FIVE_MINUTES,
            ),
            description="EventBridge Scheduler gave up starting a step: check the function and the role.",
            topic=topic,
        )

    def _send_back(
        self,
        alarms: Sequence[cloudwatch.IAlarm],
        failed: DeadLetterQueue,
        encryption_key: kms.IKey | None,
        topic: sns.ITopic | None,
    ) -> cloudwatch.Alarm:
        # By a rule, and not by an action of the alarms: an alarm that is passed in is left as it is.
        rule = events.CfnRule(
            self,
            "AlarmGoesOff",
            description="Sends all weight back when an alarm goes off",
            event_pattern={
                "source": ["aws.cloudwatch"],
                "detail-type": ["CloudWatch Alarm State Change"],
                "resources": [one.alarm_arn for one in alarms],
                "detail": {"state": {"value": ["ALARM"]}},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Shift",
                    arn=self.function.function_arn,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=failed.queue.queue_arn),
                    retry_policy=events.CfnRule.RetryPolicyProperty(
                        maximum_event_age_in_seconds=300, maximum_retry_attempts=20
                    ),
                )
            ],
        )
        self.function.add_permission(
            "Alarm", principal=iam.ServicePrincipal("events.amazonaws.com"), source_arn=rule.attr_arn
        )
        failed.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="RollbacksThatFailed",
                principals=[iam.ServicePrincipal("events.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[failed.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
            )
        )
        if encryption_key is not None:
            let_use(encryption_key, RULES, needed_by=self)
        return alarm(
            self,
            "RollbacksFailed",
            metric=lost_events(rule.ref),
            description="An alarm went off and the function could not be told: set the weights back by hand.",
            topic=topic,
        )


def _use_of_table_key(key: kms.IKey) -> iam.PolicyStatement:
    statement = key_statement(key, "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
    statement.add_condition("StringEquals", {"kms:ViaService": f"dynamodb.{Aws.REGION}.amazonaws.com"})
    return statement
