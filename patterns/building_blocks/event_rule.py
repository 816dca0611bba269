"""Rules of Amazon EventBridge whose events wait in a queue, and the metric of events that a rule could not deliver."""

from aws_cdk import Acknowledgment, Validations
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from patterns.building_blocks.alarms import FIVE_MINUTES


def send_to_queue(rule: events.Rule, queue: sqs.Queue, *, dead_letters: sqs.Queue | None = None) -> None:
    """Send a rule's events to a queue, and let it.

    The CDK's own target would let EventBridge do more with the queue's key than it needs.

    Args:
        rule: The rule.
        queue: The queue.
        dead_letters: Where an event ends that cannot be queued for a day. Default: nowhere.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
    """
    resource = rule.node.default_child
    assert isinstance(resource, events.CfnRule)
    resource.targets = [
        events.CfnRule.TargetProperty(
            arn=queue.queue_arn,
            id="Queue",
            dead_letter_config=None
            if dead_letters is None
            else events.CfnRule.DeadLetterConfigProperty(arn=dead_letters.queue_arn),
        )
    ]
    for one in (queue, dead_letters):
        if one is not None:
            one.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("events.amazonaws.com")],
                    actions=["sqs:SendMessage"],
                    resources=[one.queue_arn],
                    conditions={"ArnEquals": {"aws:SourceArn": rule.rule_arn}},
                )
            )
    if dead_letters is None:
        acknowledge_queue_target(rule)


def acknowledge_queue_target(rule: events.Rule) -> None:
    """Say why a rule whose target is a queue needs no dead letters of its own; its `lost_events` need an alarm.

    Args:
        rule: The rule.
    """
    Validations.of(rule).acknowledge(
        Acknowledgment(
            id="Serverless::Serverless-EventBusDLQ",
            reason="The target is itself the queue where the event waits; an event that EventBridge cannot deliver "
            "there for a day sets off an alarm of its own.",
        )
    )


def lost_events(rule_name: str) -> cloudwatch.Metric:
    """Count the events of a rule that could not be delivered for good.

    Args:
        rule_name: The rule's name.

    Returns:
        The metric, in events in five minutes.

    Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name="FailedInvocations",
        dimensions_map={"RuleName": rule_name},
        statistic="Sum",
        period=FIVE_MINUTES,
    )
