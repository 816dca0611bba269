"""Deployments of Amazon ECS services that fail: told by Amazon EventBridge, kept until somebody has looked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from patterns.building_blocks.alarms import alarm
from patterns.building_blocks.dead_letter_queue import DeadLetterQueue
from patterns.building_blocks.event_rule import acknowledge_queue_target, lost_events
from patterns.building_blocks.settings import Settings


class FailedDeployments(Construct):
    """A queue of events of services' failed deployments, whose alarm stays on until the queue is empty.

    The circuit breaker rolls a failed deployment back, and its service is as healthy as before: no other alarm goes
    off, and the release is not there.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        services: The services, each with a deployment circuit breaker.
        settings: The topic of the alarms.

    Attributes:
        queue (DeadLetterQueue): The events.
        rule (events.Rule): The rule that sends them to the queue.
        alarms (list[cloudwatch.Alarm]): Its alarms.

    Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, services: Sequence[ecs.BaseService], settings: Settings
    ) -> None:
        super().__init__(scope, construct_id)
        self.queue = DeadLetterQueue(
            self,
            "Failed",
            holds="events of deployments that failed and were rolled back",
            # With a key of SQS: EventBridge would need the policy of a customer's key to name it.
            settings=replace(settings, encryption_key=None),
        )
        self.rule = events.Rule(
            self,
            "Rule",
            description="Keeps what Amazon ECS says of deployments that failed",
            event_pattern=events.EventPattern(
                source=["aws.ecs"],
                detail_type=["ECS Deployment State Change"],
                resources=[one.service_arn for one in services],
                detail={"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
            ),
            targets=[cast(events.IRuleTarget, targets.SqsQueue(self.queue.queue))],
        )
        acknowledge_queue_target(self.rule)
        self.alarms: list[cloudwatch.Alarm] = [
            self.queue.alarm,
            alarm(
                self,
                "EventsLost",
                metric=lost_events(self.rule.rule_name),
                description="An event of a failed deployment could not be kept: check the queue's policy.",
                topic=settings.alarm_topic,
            ),
        ]
