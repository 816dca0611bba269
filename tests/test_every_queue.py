"""Somebody hears of a queue that nothing takes messages off, and of dead letters what can be done: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
from pathlib import Path

from tests.every_template import TEMPLATES, Resources, every_template, resources

AGE = "ApproximateAgeOfOldestMessage"


def polled(found: Resources) -> set[str]:
    """The queues of a template that AWS Lambda takes messages off for a function."""
    sources = [
        one["Properties"]["EventSourceArn"].get("Fn::GetAtt", [""])[0]
        for one in found.values()
        if one["Type"] == "AWS::Lambda::EventSourceMapping"
    ]
    return {one for one in sources if found.get(one, {}).get("Type") == "AWS::SQS::Queue"}


def watched(found: Resources) -> str:
    """What the alarms on the age of messages ask by."""
    alarms = [one["Properties"] for one in found.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    return json.dumps([one["Dimensions"] for one in alarms if one.get("MetricName") == AGE])


@every_template
def test_an_alarm_tells_of_messages_that_nothing_takes(path: Path) -> None:
    """A mapping that is off, a key that may not be used: no function runs, and none can fail."""
    found = resources(path)
    unwatched = [one for one in polled(found) if f'"{one}"' not in watched(found)]
    assert not unwatched


def test_queues_are_polled_somewhere() -> None:
    assert sum(len(polled(resources(path))) for path in TEMPLATES) > 5


def redriven(found: Resources) -> set[str]:
    """The dead letters of another queue, which alone Amazon SQS moves back.

    Those of functions, rules and topics it does not:
    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html
    """
    policies = [one["Properties"].get("RedrivePolicy") for one in found.values() if one["Type"] == "AWS::SQS::Queue"]
    return {one["deadLetterTargetArn"]["Fn::GetAtt"][0] for one in policies if one}


def told_of(found: Resources) -> dict[str, str]:
    """What alarms on dead letters say, by queue."""
    alarms = [one["Properties"] for one in found.values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    return {
        one["Dimensions"][0]["Value"]["Fn::GetAtt"][0]: one["AlarmDescription"]
        for one in alarms
        if one["AlarmDescription"].startswith("The dead-letter queue holds ")
    }


@every_template
def test_an_alarm_tells_to_redrive_what_amazon_sqs_moves_back(path: Path) -> None:
    found = resources(path)
    told = told_of(found)
    assert {one for one, text in told.items() if text.endswith(", then redrive.")} == told.keys() & redriven(found)


def test_dead_letters_of_both_kinds_are_told_of() -> None:
    told = [(one, redriven(found)) for found in map(resources, TEMPLATES) for one in told_of(found)]
    assert {one in moved for one, moved in told} == {True, False}
