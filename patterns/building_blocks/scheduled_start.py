"""Amazon EventBridge Scheduler starts a function."""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.settings import Settings

# What a run is given by default: EventBridge Scheduler fills these in.
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
RUN = {"scheduled_time": "<aws.scheduler.scheduled-time>", "execution_id": "<aws.scheduler.execution-id>"}

# As often as EventBridge allows; the age of the event is what ends it.
DELIVERY_ATTEMPTS = 185


def start_by_scheduler(
    scope: Construct,
    *,
    schedule: scheduler.ScheduleExpression,
    function: lambda_.IFunction,
    payload: Mapping[str, Any] | None,
    flexible_window: Duration | None,
    max_event_age: Duration,
    enabled: bool,
    failed: DeadLetterQueue,
    settings: Settings,
) -> tuple[scheduler.CfnSchedule, cloudwatch.Alarm]:
    """Make a schedule with a role that may start this function and nothing else.

    Args:
        scope: Where it stands in the tree.
        schedule: When to run.
        function: The function.
        payload: What each run is given. None: its scheduled time and an id.
        flexible_window: How much later than scheduled it may run. None: not at all.
        max_event_age: How long Scheduler tries to start a run.
        enabled: Whether the schedule runs.
        failed: Where runs end that could not be started.
        settings: Who is told of them.

    Returns:
        The schedule, and the alarm on runs that were given up.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html
    """
    # A group of its own, because Scheduler's metrics are counted a group, not a schedule.
    group = scheduler.CfnScheduleGroup(scope, "Group")
    role = iam.Role(
        scope,
        "SchedulerRole",
        description="Starts the scheduled runs",
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com",
            conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID, "aws:SourceArn": group.attr_arn}},
        ),
    )
    role.add_to_policy(iam.PolicyStatement(actions=["lambda:InvokeFunction"], resources=[function.function_arn]))
    for statement in failed.send_statements():
        role.add_to_policy(statement)
    made = scheduler.CfnSchedule(
        scope,
        "Schedule",
        group_name=group.ref,
        schedule_expression=schedule.expression_string,
        schedule_expression_timezone=schedule.time_zone.timezone_name if schedule.time_zone else "Etc/UTC",
        state="ENABLED" if enabled else "DISABLED",
        flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(
            mode="FLEXIBLE" if flexible_window else "OFF",
            maximum_window_in_minutes=flexible_window.to_minutes() if flexible_window else None,
        ),
        target=scheduler.CfnSchedule.TargetProperty(
            arn=function.function_arn,
            role_arn=role.role_arn,
            input=json.dumps(RUN if payload is None else dict(payload)),
            dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=failed.queue.queue_arn),
            retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                maximum_event_age_in_seconds=max_event_age.to_seconds(), maximum_retry_attempts=DELIVERY_ATTEMPTS
            ),
        ),
    )
    # Scheduler checks when the schedule is made that it can take on the role.
    made.node.add_dependency(role)
    dropped = settings.alarm(
        scope,
        "Dropped",
        metric=cloudwatch.Metric(
            namespace="AWS/Scheduler",
            metric_name="InvocationDroppedCount",
            dimensions_map={"ScheduleGroup": group.ref},
            statistic="Sum",
            period=FIVE_MINUTES,
        ),
        description="EventBridge Scheduler gave up starting a run: check the function and the role.",
    )
    return made, dropped
