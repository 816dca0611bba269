"""Somebody hears of a queue that nothing takes messages off: in every example.

Read from the snapshots, which are held to the templates elsewhere.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

TEMPLATES = sorted((ROOT / "tests").glob("**/snapshots/*.agnostic.json"))
AGE = "ApproximateAgeOfOldestMessage"


def polled(template: dict[str, Any]) -> set[str]:
    """The queues of a template that AWS Lambda takes messages off for a function."""
    sources = [
        one["Properties"]["EventSourceArn"].get("Fn::GetAtt", [""])[0]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Lambda::EventSourceMapping"
    ]
    return {one for one in sources if template["Resources"].get(one, {}).get("Type") == "AWS::SQS::Queue"}


def watched(template: dict[str, Any]) -> str:
    """What the alarms on the age of messages ask by."""
    alarms = [one["Properties"] for one in template["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    return json.dumps([one["Dimensions"] for one in alarms if one.get("MetricName") == AGE])


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name.removesuffix(".agnostic.json"))
def test_an_alarm_tells_of_messages_that_nothing_takes(path: Path) -> None:
    """A mapping that is off, a key that may not be used: no function runs, and none can fail."""
    template = json.loads(path.read_text(encoding="utf-8"))
    unwatched = [one for one in polled(template) if f'"{one}"' not in watched(template)]
    assert not unwatched


def test_queues_are_polled_somewhere() -> None:
    assert sum(len(polled(json.loads(path.read_text(encoding="utf-8")))) for path in TEMPLATES) > 5
