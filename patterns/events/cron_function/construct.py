"""A schedule runs a function."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, MetricPeriod
from patterns.building_blocks.arguments import check_json
from patterns.building_blocks.bounds import Passes
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.lambda_function import (
    PYTHON,
    EnvironmentVariables,
    FunctionMemory,
    FunctionTimeout,
    LambdaFunction,
    MaxEventAge,
    RetryAttempts,
)
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.ready_function import check_function
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.scheduled_start import start_by_scheduler
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.events.cron_function.arguments import (
    LONGEST_LOOK,
    MARGIN,
    FlexibleWindow,
    Silence,
    check_overlap,
    check_rule,
    check_scheduler,
    check_silence,
)
from patterns.events.cron_function.schedule import check_schedule, longest_silence
from patterns.events.cron_function.triggers import start_by_rule

EXAMPLE = Path(__file__).parent / "handler"
Trigger = Literal["scheduler", "rule"]


class CronFunction(Construct):
    """Run a function on a schedule, once at a time, and be told when it fails or does not run.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        schedule: When to run: a rate, a cron expression or one time, with its time zone (UTC if it names none).
        function: A ready function to run. Default: one is made, of `code` or as an example.
        code: The code of a function to make. Default: an example that logs each run.
        handler: The function in `code`: "module.function". Required with `code`.
        runtime: The runtime of `code`. Default: the catalog's Python.
        environment: Environment variables of a function that is made. Default: none.
        memory: Memory of a function that is made. Default: 256 MiB.
        timeout: How long one run of a function that is made may take. Default: one minute.
        payload: What each run is given, as JSON. Default: the scheduled time and an id of the run; from a rule, the
            rule's event.
        flexible_window: Runs start at any moment of this window. Default: on the minute.
        retry_attempts: How often a failed run of a function that is made is tried again. Default: 2.
        max_event_age: After how long an undelivered run is given up. Default: one hour.
        allow_overlap: Whether a run may start while another goes on. Default: no; the function's concurrency is
            reserved at one, and a run that finds it taken waits for up to `max_event_age`.
        enabled: Whether the schedule runs; False pauses it. Default: True.
        trigger: "scheduler" for Amazon EventBridge Scheduler, "rule" for a scheduled rule, which AWS calls legacy and
            which has no time zone, no flexible window and no one-time schedule. Default: "scheduler".
        missed_run_alarm_after: An alarm goes off when nothing has run for this long. Default: a rate's
            period, or an hour or a day for cron expressions that run that often, and a margin; none for rarer ones.
        encryption_key: The key that encrypts log, environment and dead letters. Default: keys that AWS owns.
        log_retention: How long the log of a function that is made is kept. Default: one month.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        function (lambda_.IFunction): What runs.
        schedule (scheduler.CfnSchedule | None): The schedule, unless a rule triggers.
        rule (events.Rule | None): The rule, if one triggers.
        dead_letters (sqs.Queue): Runs that could not be started, and runs that failed for good.
        alarms (list[cloudwatch.Alarm]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, or two contradict each other.

    Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        schedule: Annotated[scheduler.ScheduleExpression, Passes(check_schedule, "what EventBridge takes")],
        function: lambda_.IFunction | None = None,
        code: lambda_.Code | None = None,
        handler: str | None = None,
        runtime: lambda_.Runtime | None = None,
        environment: EnvironmentVariables | None = None,
        memory: FunctionMemory | None = None,
        timeout: FunctionTimeout | None = None,
        payload: Annotated[Mapping[str, Any], Passes(check_json, "JSON")] | None = None,
        flexible_window: FlexibleWindow | None = None,
        retry_attempts: RetryAttempts | None = None,
        max_event_age: MaxEventAge | None = None,
        allow_overlap: bool = False,
        enabled: bool = True,
        trigger: Trigger = "scheduler",
        missed_run_alarm_after: Silence | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        if trigger == "rule":
            check_rule(schedule, flexible_window, payload)
        else:
            check_scheduler(payload)
        own: dict[str, object] = {"runtime": runtime, "environment": environment, "memory": memory, "timeout": timeout}
        own["retry_attempts"] = retry_attempts
        check_function(function, code, handler, own)
        check_here(scope, function=function)
        check_overlap(function, allow_overlap=allow_overlap)
        check_silence(missed_run_alarm_after, flexible_window, enabled=enabled)
        max_event_age = max_event_age or Duration.hours(1)
        super().__init__(scope, construct_id)

        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        failed = DeadLetterQueue(
            self,
            "DeadLetters",
            holds="runs that could not be started or failed for good",
            settings=settings,
        )
        self.dead_letters = failed.queue
        self.alarms: list[cloudwatch.Alarm] = [failed.alarm]
        if function is not None:
            self.function = function
            self._watch_for_errors(settings)
        else:
            architecture = lambda_.Architecture.ARM_64
            made = LambdaFunction(
                self,
                "Run",
                description="Runs on a schedule",
                code=code or python_code(self, EXAMPLE, runtime=PYTHON, architecture=architecture),
                handler=handler or "cron_handler.index.handler",
                runtime=runtime,
                architecture=architecture,
                memory=memory,
                timeout=timeout or Duration.minutes(1),
                environment=environment,
                settings=settings,
                dead_letters=failed,
                retry_attempts=retry_attempts,
                max_event_age=max_event_age,
                reserved_concurrency=None if allow_overlap else 1,
            )
            self.function = made.function
            self.alarms += made.alarms

        self.schedule: scheduler.CfnSchedule | None = None
        self.rule: events.Rule | None = None
        if trigger == "scheduler":
            self.schedule, could_not_start = start_by_scheduler(
                self,
                schedule=schedule,
                function=self.function,
                payload=payload,
                flexible_window=flexible_window,
                max_event_age=max_event_age,
                enabled=enabled,
                failed=failed,
                settings=settings,
            )
        else:
            self.rule, could_not_start = start_by_rule(
                self,
                schedule=schedule,
                function=self.function,
                payload=payload,
                max_event_age=max_event_age,
                enabled=enabled,
                failed=failed,
                settings=settings,
            )
        self.alarms.append(could_not_start)
        if enabled:
            silence = missed_run_alarm_after or longest_silence(schedule)
            self._watch_for_silence(silence, flexible_window, settings)

    @checked
    def metric_runs(self, *, period: MetricPeriod | None = None) -> cloudwatch.Metric:
        """Count the runs.

        Args:
            period: The period. Default: five minutes.

        Returns:
            The metric, in invocations of the function.
        """
        return self.function.metric_invocations(statistic="Sum", period=period or FIVE_MINUTES)

    def _watch_for_errors(self, settings: Settings) -> None:
        self.alarms.append(
            settings.alarm(
                self,
                "Errors",
                metric=self.function.metric_errors(statistic="Sum", period=FIVE_MINUTES),
                description="A scheduled run raised an error or timed out: read the function's log.",
            )
        )

    def _watch_for_silence(
        self, silence: Duration | None, flexible_window: Duration | None, settings: Settings
    ) -> None:
        if silence is None:
            return
        seconds = silence.to_seconds() + (flexible_window.to_seconds() if flexible_window else 0)
        # An alarm looks back one day at the most, or seven with periods of an hour or more.
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
        period = FIVE_MINUTES if seconds <= 23 * 3600 else Duration.hours(1)
        periods = -(-int(seconds) // int(period.to_seconds())) + MARGIN
        if periods * period.to_seconds() > LONGEST_LOOK.total_seconds():
            return
        self.alarms.append(
            settings.alarm(
                self,
                "MissedRuns",
                metric=self.metric_runs(period=period),
                description="Nothing has run when something should have: check the schedule and the function.",
                comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                evaluation_periods=periods,
                missing_data=cloudwatch.TreatMissingData.BREACHING,
            )
        )
