"""A scheduled rule of Amazon EventBridge starts a function."""

from collections.abc import Mapping
from typing import Any, cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.event_rule import lost_events
from patterns.building_blocks.key_policy import RULES, let_use
from patterns.building_blocks.scheduled_start import DELIVERY_ATTEMPTS
from patterns.building_blocks.settings import Settings


def start_by_rule(
    scope: Construct,
    *,
    schedule: scheduler.ScheduleExpression,
    function: lambda_.IFunction,
    payload: Mapping[str, Any] | None,
    max_event_age: Duration,
    enabled: bool,
    failed: DeadLetterQueue,
    settings: Settings,
) -> tuple[events.Rule, cloudwatch.Alarm]:
    """Make a scheduled rule that may start a function and nothing else.

    Args:
        scope: Parent construct.
        schedule: When to run, in UTC.
        function: The function.
        payload: The input of each run. None: the rule's event.
        max_event_age: How long EventBridge tries to start a run.
        enabled: Whether the rule runs.
        failed: The dead letters of runs that could not be started.
        settings: The settings that cut across it.

    Returns:
        The rule, and the alarm on runs that it could not start.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
    """
    if settings.encryption_key is not None:
        let_use(settings.encryption_key, RULES, needed_by=scope)
    target = targets.LambdaFunction(
        function,
        dead_letter_queue=failed.queue,
        event=None if payload is None else events.RuleTargetInput.from_object(dict(payload)),
        max_event_age=max_event_age,
        retry_attempts=DELIVERY_ATTEMPTS,
    )
    rule = events.Rule(
        scope,
        "Rule",
        description="Starts the scheduled runs",
        enabled=enabled,
        schedule=events.Schedule.expression(schedule.expression_string),
        targets=[cast(events.IRuleTarget, target)],
    )
    failures = settings.alarm(
        scope,
        "FailedInvocations",
        metric=lost_events(rule.rule_name),
        description="The scheduled rule could not start a run: check the function and its permission.",
    )
    return rule, failures
