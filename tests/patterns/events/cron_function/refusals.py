from typing import Any

from aws_cdk import Duration, Size, TimeZone, Token
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from tests.refusals import Refusal

HOURLY = scheduler.ScheduleExpression.rate(Duration.hours(1))


def expression(text: str, zone: TimeZone | None = None) -> scheduler.ScheduleExpression:
    return scheduler.ScheduleExpression.expression(text, zone)


def ready(scope: Construct) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Ready",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
    )


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: {"schedule": HOURLY, **arguments})


REFUSALS = [
    refused(
        "schedule must be rate(value unit), cron(minutes hours day-of-month month day-of-week year) or "
        "at(yyyy-mm-ddThh:mm:ss), got every hour",
        schedule=expression("every hour"),
    ),
    refused(
        "schedule must be a rate of at least 1, singular for 1 and plural above, got rate(1 hours)",
        schedule=expression("rate(1 hours)"),
    ),
    refused(
        "schedule must be a rate of at least 1, singular for 1 and plural above, got rate(0 minutes)",
        schedule=expression("rate(0 minutes)"),
    ),
    refused(
        "schedule must be a date as at(yyyy-mm-ddThh:mm:ss), got at(2026-02-30T00:00:00)",
        schedule=expression("at(2026-02-30T00:00:00)"),
    ),
    refused(
        "schedule must have the six fields minutes, hours, day-of-month, month, day-of-week, year, "
        "got 5 in cron(0 2 * * *)",
        schedule=expression("cron(0 2 * * *)"),
    ),
    refused(
        "schedule has a minutes field outside 0 to 59: '60' in cron(60 2 * * ? *)",
        schedule=expression("cron(60 2 * * ? *)"),
    ),
    refused(
        "schedule has a minutes field outside 0 to 59: '0/0' in cron(0/0 * * * ? *)",
        schedule=expression("cron(0/0 * * * ? *)"),
    ),
    refused(
        "schedule has a hours field that is no cron field: '2h' in cron(0 2h * * ? *)",
        schedule=expression("cron(0 2h * * ? *)"),
    ),
    refused(
        "schedule must have ? in exactly one of day-of-month and day-of-week, got cron(0 2 * * * *)",
        schedule=expression("cron(0 2 * * * *)"),
    ),
    refused("trigger must be one of rule, scheduler, got 'events'", trigger="events"),
    refused(
        "payload must have at most 8192 characters in JSON with trigger='rule', got 8193",
        trigger="rule",
        payload={"a": "b" * 8185},
    ),
    refused(
        "payload must have at most 1048576 bytes in JSON, which AWS Lambda takes of an event, got 1048577",
        payload={"a": "b" * 1_048_568},
    ),
    refused(
        "flexible_window needs trigger='scheduler': a rule has no flexible window",
        trigger="rule",
        flexible_window=Duration.minutes(5),
    ),
    refused(
        "schedule must be in UTC with trigger='rule': a rule has no time zone, got Europe/Berlin",
        trigger="rule",
        schedule=expression("cron(0 2 * * ? *)", TimeZone.EUROPE_BERLIN),
    ),
    refused(
        "schedule must recur with trigger='rule', got at(2027-01-01T00:00:00)",
        trigger="rule",
        schedule=expression("at(2027-01-01T00:00:00)"),
    ),
    refused("code and handler go together, got only handler", handler="index.handler"),
    Refusal(
        "memory must not be given with function: a ready function has its own",
        lambda scope: {"schedule": HOURLY, "function": ready(scope), "memory": Size.mebibytes(128)},
    ),
    Refusal(
        "function must reserve a concurrency of 1, or allow_overlap must be True: "
        "the concurrency of a ready function is not this pattern's to set",
        lambda scope: {"schedule": HOURLY, "function": ready(scope)},
    ),
    refused("memory must be between 128 and 10240 MiB, got 64", memory=Size.mebibytes(64)),
    refused("memory must be whole MiB, got 131073 KiB", memory=Size.kibibytes(131073)),
    refused("timeout must be between 1 second and 15 minutes, got 16 minutes", timeout=Duration.minutes(16)),
    refused("timeout must be whole seconds, got 1500 ms", timeout=Duration.millis(1500)),
    refused("flexible_window must be between 1 minute and 1 day, got 30 seconds", flexible_window=Duration.seconds(30)),
    refused("flexible_window must be whole minutes, got 1 minute 30 seconds", flexible_window=Duration.seconds(90)),
    refused(
        "missed_run_alarm_after must be known when the template is made, got a token: how long the alarm on missed "
        "runs looks back depends on it",
        missed_run_alarm_after=Duration.seconds(Token.as_number({"Ref": "Seconds"})),
    ),
    refused("payload must be JSON: Object of type set is not JSON serializable", payload={"widths": {1}}),
    refused("environment must not set AWS_REGION: AWS Lambda sets it", environment={"AWS_REGION": "eu-west-1"}),
    refused(
        "code must not be inline with runtime java21: Lambda compiles nothing",
        code=lambda_.Code.from_inline("class A {}"),
        handler="A",
        runtime=lambda_.Runtime.JAVA_21,
    ),
    refused("retry_attempts must be between 0 and 2, got 3", retry_attempts=3),
    refused("max_event_age must be between 1 minute and 6 hours, got 7 hours", max_event_age=Duration.hours(7)),
    refused(
        "missed_run_alarm_after must be between 1 minute and 6 days, got 7 days",
        missed_run_alarm_after=Duration.days(7),
    ),
    refused(
        "schedule must be a date as at(yyyy-mm-ddThh:mm:ss), got at(tomorrow)", schedule=expression("at(tomorrow)")
    ),
    Refusal(
        "retry_attempts must not be given with function: a ready function has its own",
        lambda scope: {"schedule": HOURLY, "function": ready(scope), "retry_attempts": 2, "allow_overlap": True},
    ),
    refused(
        "missed_run_alarm_after must not be given with enabled=False: nothing runs that could be missed",
        missed_run_alarm_after=Duration.hours(2),
        enabled=False,
    ),
    refused(
        "missed_run_alarm_after must be at most 5 days 22 hours with a flexible_window of 1 day: an alarm looks back "
        "7 days at most, got 6 days",
        missed_run_alarm_after=Duration.days(6),
        flexible_window=Duration.hours(24),
    ),
    refused(
        "runtime must be python3.11 or newer without code, which is then the pattern's example, got nodejs22.x",
        runtime=lambda_.Runtime.NODEJS_22_X,
    ),
]
