"""Records of a name, deployed to the local cloud, shifted by ticks and sent back by an alarm's event."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_route53 as route53

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.web.weighted_release import WeightedRecords
from tests.conftest import context
from tests.patterns.web.weighted_release.groups import records


def build(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Names")
    zone = route53.PublicHostedZone(stack, "Public", zone_name="example.com")
    WeightedRecords(
        stack,
        "Web",
        **{**records(stack), "hosted_zone": zone},
        release="two",
        steps=[10, 100],
        # Longer than the test: the ticks are its own.
        step_interval=cdk.Duration.hours(1),
    )


@dataclass(frozen=True)
class Deployed:
    cloud: LocalCloud
    deployment: Deployment

    def tick(self, later: timedelta) -> dict[str, Any]:
        """Hand the function a tick that is due so much later than now."""
        due = datetime.now(UTC) + later
        return self._hand({"scheduled_time": due.strftime("%Y-%m-%dT%H:%M:%SZ")})

    def alarm(self) -> dict[str, Any]:
        """Hand the function an alarm's event, if the deployed rule takes it: nobody may send events as AWS here."""
        name = self.deployment.physical_id("Names/Web/CandidateErrors")
        described = self.cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        event = {
            "id": "1",
            "account": self.cloud.account,
            "source": "aws.cloudwatch",
            "time": "2026-11-21T08:00:00Z",
            "region": self.cloud.region,
            "resources": [described[0]["AlarmArn"]],
            "detail-type": "CloudWatch Alarm State Change",
            "detail": {"alarmName": name, "state": {"value": "ALARM"}},
        }
        events = self.cloud.client("events")
        pattern = events.describe_rule(Name=self.deployment.physical_id("Names/Web/Shift/AlarmGoesOff"))["EventPattern"]
        assert events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
        well = {**event, "detail": {"alarmName": name, "state": {"value": "OK"}}}
        assert not events.test_event_pattern(EventPattern=pattern, Event=json.dumps(well))["Result"]
        return self._hand(event)

    def _hand(self, event: dict[str, Any]) -> dict[str, Any]:
        answer = self.cloud.client("lambda").invoke(
            FunctionName=self.deployment.physical_id("Names/Web/Shift/Shift/Function"),
            Payload=json.dumps(event).encode(),
        )
        said = json.loads(answer["Payload"].read())
        assert not answer.get("FunctionError"), said
        return dict(said)

    def weights(self) -> dict[str, int]:
        """What the zone says."""
        zone = self.deployment.physical_id("Names/Public")
        found = self.cloud.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
        return {one["SetIdentifier"]: one["Weight"] for one in found if one["Name"] == "www.example.com."}


@pytest.fixture(scope="module")
def deployed() -> Iterator[Deployed]:
    with LocalCloud.start() as cloud:
        settings = {**context(), "patterns:handler-platform": "local"}
        assembly = synthesize(build, context=settings, build_assets=True)
        yield Deployed(cloud, cloud.deploy(assembly.directory))


def test_a_release_is_shifted_and_sent_back(deployed: Deployed) -> None:
    assert deployed.weights() == {"stable": 100, "candidate": 0}
    assert deployed.tick(timedelta())["weight"] == 10
    assert deployed.weights() == {"stable": 90, "candidate": 10}
    # The same tick again is no step; the next one is.
    assert deployed.tick(timedelta())["weight"] == 10
    assert deployed.tick(timedelta(hours=1))["status"] == "shifted"
    assert deployed.weights() == {"stable": 0, "candidate": 100}
    assert deployed.alarm()["status"] == "rolled-back"
    assert deployed.weights() == {"stable": 100, "candidate": 0}
    assert deployed.tick(timedelta(hours=2))["status"] == "rolled-back"
    assert deployed.weights() == {"stable": 100, "candidate": 0}
