"""Functions that set something right when instances of an Auto Scaling group come or go, and every minute beside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.event_rule import lost_events
from patterns.building_blocks.lambda_function import PYTHON, LambdaFunction
from patterns.building_blocks.python_code import python_code
from patterns.building_blocks.scheduled_start import start_by_scheduler
from patterns.building_blocks.settings import Settings


class GroupFunction(Construct):
    """A function that looks at a group and its surroundings as they are, and makes them as they should be.

    Events only make it look sooner: what it does depends on what it finds, so that an event that is lost, late or
    delivered twice does no harm, and a run that fails is made up for by the next one.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        group: The group.
        events_of_group: Which of the group's events start it, as EventBridge names their detail types.
        directory: The folder of its code.
        handler: The function in the code: "package.module.function".
        description: What it does.
        environment: Its environment variables.
        timeout: How long a run may take.
        holds: The content of its dead-letter queue: "runs that did not move the address".
        settings: The retention and key of its log, and the topic of its alarms.

    Attributes:
        function (LambdaFunction): The function.
        dead_letters (DeadLetterQueue): Runs that failed, and events that could not start one.
        rule (events.Rule): The rule that starts it when instances come or go.
        schedule (scheduler.CfnSchedule): The schedule that starts it every minute.
        alarms (list[cloudwatch.Alarm]): Its alarms.

    Source: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        group: autoscaling.AutoScalingGroup,
        events_of_group: Sequence[str],
        directory: Path,
        handler: str,
        description: str,
        environment: Mapping[str, str],
        timeout: Duration,
        holds: str,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        # With a key of SQS: EventBridge would need the policy of a customer's key to name it.
        self.dead_letters = DeadLetterQueue(
            self, "Failed", holds=holds, settings=replace(settings, encryption_key=None)
        )
        self.function = LambdaFunction(
            self,
            "Function",
            code=python_code(self, directory, runtime=PYTHON, architecture=lambda_.Architecture.ARM_64),
            handler=handler,
            description=description,
            environment=environment,
            timeout=timeout,
            dead_letters=self.dead_letters,
            # The next run is a minute away.
            retry_attempts=1,
            max_event_age=Duration.minutes(5),
            settings=settings,
        )
        self.rule = events.Rule(
            self,
            "Rule",
            description=f"{description}: when instances come or go",
            event_pattern=events.EventPattern(
                source=["aws.autoscaling"],
                detail_type=list(events_of_group),
                detail={"AutoScalingGroupName": [group.auto_scaling_group_name]},
            ),
            targets=[
                cast(
                    events.IRuleTarget,
                    targets.LambdaFunction(
                        self.function.function,
                        dead_letter_queue=self.dead_letters.queue,
                        max_event_age=Duration.minutes(5),
                        retry_attempts=10,
                    ),
                )
            ],
        )
        self.schedule, dropped = start_by_scheduler(
            self,
            schedule=scheduler.ScheduleExpression.rate(Duration.minutes(1)),
            function=self.function.function,
            payload=None,
            flexible_window=None,
            max_event_age=Duration.minutes(5),
            enabled=True,
            failed=self.dead_letters,
            settings=settings,
        )
        self.alarms: list[cloudwatch.Alarm] = [
            *self.function.alarms,
            self.dead_letters.alarm,
            dropped,
            alarm(
                self,
                "EventsLost",
                metric=lost_events(self.rule.rule_name),
                description="An event of the group did not start the function: check the function and its permission.",
                topic=settings.alarm_topic,
            ),
        ]
