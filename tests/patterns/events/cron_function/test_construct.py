"""What a CronFunction promises, by name."""

import json

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk.assertions import Match, Template

from patternkit.testing.findings import listed
from patternkit.testing.synthesis import synthesize
from patterns.events.cron_function import CronFunction
from patterns.events.cron_function.schedule import check_schedule, longest_silence
from tests.conftest import context

HOURLY = scheduler.ScheduleExpression.rate(cdk.Duration.hours(1))


def test_scheduler_starts_it_in_its_time_zone_with_retries_and_dead_letters(scope: cdk.Stack) -> None:
    CronFunction(
        scope,
        "Cron",
        schedule=scheduler.ScheduleExpression.cron(minute="30", hour="2", time_zone=cdk.TimeZone.EUROPE_BERLIN),
        flexible_window=cdk.Duration.minutes(15),
        max_event_age=cdk.Duration.minutes(30),
    )
    Template.from_stack(scope).has_resource_properties(
        "AWS::Scheduler::Schedule",
        {
            "ScheduleExpression": "cron(30 2 * * ? *)",
            "ScheduleExpressionTimezone": "Europe/Berlin",
            "State": "ENABLED",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
            "Target": {
                "RetryPolicy": {"MaximumEventAgeInSeconds": 1800, "MaximumRetryAttempts": 185},
                "DeadLetterConfig": {"Arn": Match.any_value()},
            },
        },
    )


def test_a_one_time_schedule_is_made(scope: cdk.Stack) -> None:
    CronFunction(scope, "Cron", schedule=scheduler.ScheduleExpression.expression("at(2027-01-01T00:00:00)"))
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::Scheduler::Schedule", {"ScheduleExpression": "at(2027-01-01T00:00:00)"})
    assert not template.find_resources("AWS::CloudWatch::Alarm", {"Properties": {"TreatMissingData": "breaching"}})


def test_only_this_schedules_group_can_take_on_the_role_and_only_to_start_the_function(scope: cdk.Stack) -> None:
    CronFunction(scope, "Cron", schedule=HOURLY)
    template = Template.from_stack(scope)
    group = next(iter(template.find_resources("AWS::Scheduler::ScheduleGroup")))
    template.has_resource_properties(
        "AWS::IAM::Role",
        {
            "AssumeRolePolicyDocument": Match.object_like(
                {
                    "Statement": [
                        Match.object_like(
                            {
                                "Principal": {"Service": "scheduler.amazonaws.com"},
                                "Condition": {
                                    "StringEquals": {
                                        "aws:SourceAccount": {"Ref": "AWS::AccountId"},
                                        "aws:SourceArn": {"Fn::GetAtt": [group, "Arn"]},
                                    }
                                },
                            }
                        )
                    ]
                }
            )
        },
    )
    policies = template.find_resources("AWS::IAM::Policy")
    of_scheduler = next(policy for name, policy in policies.items() if "SchedulerRole" in name)
    actions = [one["Action"] for one in of_scheduler["Properties"]["PolicyDocument"]["Statement"]]
    assert actions == ["lambda:InvokeFunction", "sqs:SendMessage"]


def test_runs_do_not_overlap_unless_they_may(scope: cdk.Stack) -> None:
    CronFunction(scope, "Alone", schedule=HOURLY)
    CronFunction(scope, "Together", schedule=HOURLY, allow_overlap=True)
    functions = Template.from_stack(scope).find_resources("AWS::Lambda::Function")
    reserved = {name[:5]: one["Properties"].get("ReservedConcurrentExecutions") for name, one in functions.items()}
    assert reserved == {"Alone": 1, "Toget": None}


def test_a_paused_schedule_is_kept_and_nobody_is_told_that_it_is_silent(scope: cdk.Stack) -> None:
    CronFunction(scope, "Cron", schedule=HOURLY, enabled=False)
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::Scheduler::Schedule", {"State": "DISABLED"})
    assert not template.find_resources("AWS::CloudWatch::Alarm", {"Properties": {"TreatMissingData": "breaching"}})


@pytest.mark.parametrize(
    ("expression", "period", "periods"),
    [
        ("rate(5 minutes)", 300, 3),
        ("rate(1 hour)", 300, 14),
        ("rate(1 day)", 3600, 26),
        ("rate(6 days)", 3600, 146),
        ("rate(7 days)", None, None),
        ("cron(0/10 * * * ? *)", 300, 14),
        ("cron(30 2 * * ? *)", 3600, 26),
        ("cron(30 2 ? * MON-FRI *)", None, None),
        ("cron(30 2 1 * ? *)", None, None),
    ],
)
def test_silence_goes_off_after_the_longest_gap_and_a_margin(
    scope: cdk.Stack, expression: str, period: int | None, periods: int | None
) -> None:
    CronFunction(scope, "Cron", schedule=scheduler.ScheduleExpression.expression(expression))
    alarms = Template.from_stack(scope).find_resources(
        "AWS::CloudWatch::Alarm", {"Properties": {"TreatMissingData": "breaching"}}
    )
    watched = [(one["Properties"]["Period"], one["Properties"]["EvaluationPeriods"]) for one in alarms.values()]
    assert watched == ([(period, periods)] if period else [])


def test_silence_can_be_told(scope: cdk.Stack) -> None:
    weekdays = scheduler.ScheduleExpression.expression("cron(30 2 ? * MON-FRI *)")
    CronFunction(scope, "Cron", schedule=weekdays, missed_run_alarm_after=cdk.Duration.days(3))
    Template.from_stack(scope).has_resource_properties(
        "AWS::CloudWatch::Alarm", {"TreatMissingData": "breaching", "Period": 3600, "EvaluationPeriods": 74}
    )


def test_a_cron_expression_is_not_taken_to_be_more_frequent_than_it_is() -> None:
    for rare in ("cron(0 2 ? * 2 *)", "cron(0 2 L * ? *)", "cron(0 0 * 1 ? *)", "cron(0 0 * * ? 2030)"):
        assert longest_silence(scheduler.ScheduleExpression.expression(rare)) is None


@pytest.mark.parametrize(
    ("fields", "zone", "hours"),
    [
        ("0 4 * * ? *", "Etc/UTC", 24),
        # Once a year a day has 25 hours.
        ("0 4 * * ? *", "Europe/Berlin", 25),
        # Once a year there is no half past two in Berlin, nor half past midnight in Santiago.
        ("30 2 * * ? *", "Europe/Berlin", 48),
        ("30 0 * * ? *", "America/Santiago", 48),
        ("30 2,14 * * ? *", "Europe/Berlin", 25),
        ("30 2 * * ? *", "Asia/Tokyo", 24),
        ("0 * * * ? *", "Europe/Berlin", 2),
        ("0 * * * ? *", "Asia/Tokyo", 1),
    ],
)
def test_nobody_is_told_that_it_is_silent_on_the_day_that_clocks_are_changed(
    fields: str, zone: str, hours: int
) -> None:
    schedule = scheduler.ScheduleExpression.expression(f"cron({fields})", cdk.TimeZone.of(zone))
    silence = longest_silence(schedule)
    assert silence is not None
    assert silence.to_hours() == hours


@pytest.mark.parametrize(
    "fields",
    [
        "0/15 8-17 ? * MON-FRI *",
        "0 2 L * ? *",
        "0 2 15W * ? *",
        "0 2 ? * 6L *",
        "0 2 ? * FRIL *",
        "0 2 ? JAN,jul THU#2 2026-2030",
        "*/5 0,12 1-7 1-3/2 ? *",
        "0 2 29 2 ? *",
        "0 2 ? * FRI-MON *",
    ],
)
def test_what_eventbridge_takes_is_taken(fields: str) -> None:
    check_schedule("schedule", scheduler.ScheduleExpression.expression(f"cron({fields})"))


@pytest.mark.parametrize(
    "fields",
    [
        # Names of another field, and none.
        "0 2 ? * JAN *",
        "0 2 ? MON * *",
        "0 2 ? FEBRUARY * *",
        # Open ranges, lists and steps.
        "0 2- * * ? *",
        "0 -2 * * ? *",
        "0 1--2 * * ? *",
        "0 1, * * ? *",
        "0 ,1 * * ? *",
        "/5 * * * ? *",
        "0/ * * * ? *",
        "0//5 * * * ? *",
        "*-5 * * * ? *",
        # W and L where there are none, or beside others.
        "0 2 W * ? *",
        "0 2 0W * ? *",
        "0 2 32W * ? *",
        "0 2 1W,15W * ? *",
        "0 2 L,15 * ? *",
        "0 L * * ? *",
        "0 2 ? * 8L *",
        # The sixth Friday, two of them, and none.
        "0 2 ? * 6#6 *",
        "0 2 ? * 6#0 *",
        "0 2 ? * 6# *",
        "0 2 ? * #2 *",
        "0 2 ? * 3#1,6#3 *",
        "0 2 6#2 * ? *",
        # Days that no month has.
        "0 2 31 2,4,6 ? *",
        "0 2 30-31 FEB ? *",
        "0 2 0 * ? *",
        "0 24 * * ? *",
        "0 2 * 13 ? *",
        "0 2 * * ? 2200",
    ],
)
def test_what_eventbridge_refuses_is_refused(fields: str) -> None:
    with pytest.raises(ValueError, match=r"^schedule .*cron\("):
        check_schedule("schedule", scheduler.ScheduleExpression.expression(f"cron({fields})"))


def test_a_time_zone_that_does_not_exist_is_refused() -> None:
    schedule = scheduler.ScheduleExpression.expression("rate(1 hour)", cdk.TimeZone.of("Mars/Olympus"))
    with pytest.raises(ValueError, match=r"^schedule must be in a time zone of the IANA database, got 'Mars/Olympus'$"):
        check_schedule("schedule", schedule)


def test_a_rule_starts_it_where_it_is_asked_for(scope: cdk.Stack) -> None:
    key = kms.Key(scope, "Key")
    CronFunction(scope, "Cron", schedule=HOURLY, trigger="rule", payload={"report": "daily"}, encryption_key=key)
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::Scheduler::Schedule", 0)
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "ScheduleExpression": "rate(1 hour)",
            "Targets": [
                Match.object_like(
                    {
                        "Input": '{"report":"daily"}',
                        "DeadLetterConfig": {"Arn": Match.any_value()},
                        "RetryPolicy": {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 185},
                    }
                )
            ],
        },
    )
    key_policy = json.dumps(next(iter(template.find_resources("AWS::KMS::Key").values())))
    assert "events.amazonaws.com" in key_policy


def test_a_ready_function_is_run_and_left_as_it_is(scope: cdk.Stack) -> None:
    ready = lambda_.Function(
        scope,
        "Ready",
        runtime=lambda_.Runtime.PYTHON_3_14,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
        reserved_concurrent_executions=1,
    )
    made = CronFunction(scope, "Cron", schedule=HOURLY, function=ready)
    template = Template.from_stack(scope)
    template.resource_count_is("AWS::Lambda::Function", 1)
    template.resource_count_is("AWS::Lambda::EventInvokeConfig", 0)
    assert made.function is ready
    assert len(made.alarms) == 4


def test_the_payload_is_what_was_given_or_says_which_run_it_is(scope: cdk.Stack) -> None:
    CronFunction(scope, "Plain", schedule=HOURLY)
    CronFunction(scope, "Given", schedule=HOURLY, payload={"a": [1, "ü"]})
    schedules = Template.from_stack(scope).find_resources("AWS::Scheduler::Schedule")
    inputs = {name[:5]: json.loads(one["Properties"]["Target"]["Input"]) for name, one in schedules.items()}
    assert inputs["Given"] == {"a": [1, "ü"]}
    assert inputs["Plain"] == {
        "scheduled_time": "<aws.scheduler.scheduled-time>",
        "execution_id": "<aws.scheduler.execution-id>",
    }


def test_unresolved_schedules_pass(scope: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(scope, "When", default="rate(1 hour)")
    when = scheduler.ScheduleExpression.expression(parameter.value_as_string)
    CronFunction(scope, "Cron", schedule=when)
    Template.from_stack(scope).has_resource_properties(
        "AWS::Scheduler::Schedule", {"ScheduleExpression": {"Ref": "When"}}
    )


@pytest.mark.parametrize("trigger", ["scheduler", "rule"])
def test_findings_stay_away_with_a_key_and_a_payload(trigger: str) -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Test")
        CronFunction(
            stack,
            "Cron",
            schedule=HOURLY,
            trigger="rule" if trigger == "rule" else "scheduler",
            encryption_key=kms.Key(stack, "Key", enable_key_rotation=True),
        )

    found = synthesize(build, context=context(), packs=["AwsSolutions", "Serverless"]).findings
    assert not found, listed(found)
