"""A rule's events wait in a queue; those that cannot be delivered are counted, or kept where there is a place."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs

from patterns.building_blocks.event_rule import lost_events, send_to_queue
from tests.patterns.building_blocks.made import acknowledged, properties


@pytest.mark.parametrize("kept", [False, True])
def test_a_rule_may_send_to_its_queue_and_its_dead_letters_alone(scope: cdk.Stack, kept: bool) -> None:
    rule = events.Rule(scope, "Rule", event_pattern=events.EventPattern(source=["own"]))
    queue, dead_letters = sqs.Queue(scope, "Queue"), sqs.Queue(scope, "Dead") if kept else None
    send_to_queue(rule, queue, dead_letters=dead_letters)
    of_rule = properties(scope, "AWS::Events::Rule")["Rule"]
    dead = {"DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Dead", "Arn"]}}} if kept else {}
    assert of_rule["Targets"] == [{"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "Id": "Queue"} | dead]
    policies = properties(scope, "AWS::SQS::QueuePolicy")
    assert {path: one["PolicyDocument"]["Statement"] for path, one in policies.items()} == {
        f"{name}/Policy": [
            {
                "Action": "sqs:SendMessage",
                "Condition": {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}},
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Resource": {"Fn::GetAtt": [name, "Arn"]},
            }
        ]
        for name in ("Queue", "Dead")
        if name == "Queue" or kept
    }
    reason = "The target is itself the queue where the event waits; an event that EventBridge cannot deliver there for "
    reason += "a day sets off an alarm of its own."
    found = acknowledged(scope)
    assert found == ({} if kept else {"Rule": {"Serverless::Serverless-EventBusDLQ": reason}})


def test_events_that_are_lost_are_counted_in_five_minutes() -> None:
    metric = lost_events("own")
    assert (metric.namespace, metric.metric_name, metric.dimensions) == (
        "AWS/Events",
        "FailedInvocations",
        {"RuleName": "own"},
    )
    assert (metric.statistic, metric.period.to_minutes()) == ("Sum", 5)
