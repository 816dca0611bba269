"""Somebody hears of a queue that nothing takes messages off: in every example.

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
