"""The handler in moto: what is written down, what is set, and what happens when it is stopped halfway."""

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from patterns.web.weighted_release import construct

CONTEXT = SimpleNamespace(aws_request_id="request")
HANDLER = Path(construct.__file__).parent / "handler"


def tick(minute: int) -> dict[str, str]:
    return {"scheduled_time": f"2026-11-21T{minute // 60:02}:{minute % 60:02}:00Z"}


def alarm(name: str, state: str = "ALARM") -> dict[str, Any]:
    return {
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "resources": [f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:{name}"],
        "detail": {"alarmName": name, "state": {"value": state}},
    }


@dataclass
class World:
    monkeypatch: pytest.MonkeyPatch
    target: dict[str, Any]
    environment: dict[str, str]
    module: ModuleType

    def ask(self, event: Any) -> dict[str, Any]:
        """Hand an event to the handler, a moment after it was due."""
        if isinstance(event, dict) and isinstance(event.get("scheduled_time"), str):
            now = datetime.fromisoformat(event["scheduled_time"]).timestamp() + 1
            self.monkeypatch.setattr(self.module, "time", SimpleNamespace(time=lambda: now))
        return dict(self.module.handler(event, CONTEXT))

    def weights(self) -> list[int]:
        """What the listener says: stable, candidate."""
        (listener,) = boto3.client("elbv2", "eu-west-1").describe_listeners(ListenerArns=[self.target["listener"]])[
            "Listeners"
        ]
        (action,) = listener["DefaultActions"]
        return [one["Weight"] for one in action["ForwardConfig"]["TargetGroups"]]

    def set_alarm(self, state: str) -> None:
        boto3.client("cloudwatch", "eu-west-1").set_alarm_state(AlarmName="errors", StateValue=state, StateReason="-")


def fresh(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for name in [name for name in sys.modules if name.partition(".")[0] == "shift_handler"]:
        monkeypatch.delitem(sys.modules, name)
    return importlib.import_module("shift_handler.index")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.syspath_prepend(str(HANDLER))
    with mock_aws():
        ec2, elb = boto3.client("ec2", "eu-west-1"), boto3.client("elbv2", "eu-west-1")
        network = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnets = [
            ec2.create_subnet(VpcId=network, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"][
                "SubnetId"
            ]
            for n, zone in enumerate("ab")
        ]
        balancer = elb.create_load_balancer(Name="b", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        groups = {
            name: elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=network)["TargetGroups"][0][
                "TargetGroupArn"
            ]
            for name in ("stable", "candidate")
        }
        listener = elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": groups["stable"]}],
        )["Listeners"][0]["ListenerArn"]
        boto3.client("dynamodb", "eu-west-1").create_table(
            TableName="state",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        boto3.client("cloudwatch", "eu-west-1").put_metric_alarm(
            AlarmName="errors",
            Namespace="AWS/ApplicationELB",
            MetricName="HTTPCode_Target_5XX_Count",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
        )
        target = {"listener": listener, **groups, "stickiness": 0}
        environment = {
            "RELEASE": "two",
            "STEPS": "[10, 50, 100]",
            "INTERVAL": "600",
            "TABLE": "state",
            "ALARMS": '["errors"]',
            "TARGET": json.dumps(target),
        }
        made = World(monkeypatch, target, environment, fresh(environment, monkeypatch))
        made.set_alarm("OK")
        yield made


def test_each_tick_sets_both_weights(world: World) -> None:
    seen = []
    for minute in (0, 10, 20, 30):
        world.ask(tick(minute))
        seen.append(world.weights())
    assert seen == [[90, 10], [50, 50], [0, 100], [0, 100]]


def test_an_alarm_puts_all_weight_back_and_no_tick_shifts_again(world: World) -> None:
    world.ask(tick(0))
    assert world.ask(alarm("errors")) == {"release": "two", "status": "rolled-back", "weight": 0}
    world.ask(tick(10))
    assert world.weights() == [100, 0]


def test_an_alarm_whose_event_was_lost_is_seen_at_the_next_tick(world: World) -> None:
    world.ask(tick(0))
    world.set_alarm("ALARM")
    world.ask(tick(10))
    assert world.weights() == [100, 0]


def test_without_its_alarm_a_release_does_not_go_on(world: World) -> None:
    world.ask(tick(0))
    boto3.client("cloudwatch", "eu-west-1").delete_alarms(AlarmNames=["errors"])
    with pytest.raises(world.module.ShiftFailed, match="no such alarm: errors"):
        world.ask(tick(10))
    assert world.weights() == [90, 10]


def test_weights_that_a_stack_update_reset_are_set_again(world: World) -> None:
    world.ask(tick(0))
    boto3.client("elbv2", "eu-west-1").modify_listener(
        ListenerArn=world.target["listener"],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": world.target["stable"]}],
    )
    world.ask(tick(0))
    assert world.weights() == [90, 10]


def test_whoever_dies_between_writing_and_setting_is_made_up_for(world: World) -> None:
    def dies(_: int) -> None:
        raise ClientError({"Error": {"Code": "Throttling"}}, "ModifyListener")

    with world.monkeypatch.context() as patched:
        patched.setattr(world.module.target, "set", dies)
        with pytest.raises(ClientError):
            world.ask(tick(0))
    # Tried again, the tick is no second step: what was written is carried out.
    world.ask(tick(0))
    assert world.weights() == [90, 10]


def test_a_rollback_that_dies_halfway_is_finished_by_the_next_tick(world: World) -> None:
    def dies(_: int) -> None:
        raise ClientError({"Error": {"Code": "Throttling"}}, "ModifyListener")

    world.ask(tick(0))
    with world.monkeypatch.context() as patched:
        patched.setattr(world.module.target, "set", dies)
        with pytest.raises(ClientError):
            world.ask(alarm("errors"))
    world.ask(tick(10))
    assert world.weights() == [100, 0]


def test_a_rollback_in_the_middle_of_a_step_wins(world: World) -> None:
    world.ask(tick(0))
    set_weights, once = world.module.target.set, iter([True])

    def interrupted(candidate: int) -> None:
        # A rollback begins and ends after this step was written down, and before it is set.
        if next(once, False):
            world.ask(alarm("errors"))
        set_weights(candidate)

    world.monkeypatch.setattr(world.module.target, "set", interrupted)
    assert world.ask(tick(10))["status"] == "rolled-back"
    assert world.weights() == [100, 0]


def test_a_step_that_was_decided_on_an_older_state_is_decided_again(world: World) -> None:
    world.ask(tick(0))
    read, once = world.module._read, iter([True])

    def overtaken() -> Any:
        state = read()
        if next(once, False):
            world.ask(alarm("errors"))
        return state

    world.monkeypatch.setattr(world.module, "_read", overtaken)
    assert world.ask(tick(10))["status"] == "rolled-back"
    assert world.weights() == [100, 0]


def test_without_a_release_all_weight_is_put_back(world: World) -> None:
    for minute in (0, 10, 20):
        world.ask(tick(minute))
    world.module = fresh({**world.environment, "RELEASE": ""}, world.monkeypatch)
    assert world.ask(tick(30)) == {"release": "", "status": "stable", "weight": 0}
    assert world.weights() == [100, 0]


def test_stickiness_is_kept(world: World) -> None:
    target = {**world.target, "stickiness": 60}
    world.module = fresh({**world.environment, "TARGET": json.dumps(target)}, world.monkeypatch)
    world.ask(tick(0))
    (listener,) = boto3.client("elbv2", "eu-west-1").describe_listeners(ListenerArns=[target["listener"]])["Listeners"]
    stickiness = listener["DefaultActions"][0]["ForwardConfig"]["TargetGroupStickinessConfig"]
    assert stickiness == {"Enabled": True, "DurationSeconds": 60}


def test_both_records_are_changed_at_once(world: World) -> None:
    client = boto3.client("route53", "eu-west-1")
    zone = client.create_hosted_zone(Name="example.com", CallerReference="1")["HostedZone"]["Id"].rpartition("/")[2]
    balancers = {
        which: {"dns": f"{which}.eu-west-1.elb.amazonaws.com", "zone": "Z32O12XQLNTSW2"}
        for which in ("stable", "candidate")
    }
    target = {"zone": zone, "name": "www.example.com.", **balancers}
    world.module = fresh({**world.environment, "TARGET": json.dumps(target)}, world.monkeypatch)
    world.ask(tick(0))
    records = client.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert {one["SetIdentifier"]: one["Weight"] for one in records if one["Type"] == "A"} == {
        "stable": 90,
        "candidate": 10,
    }


@pytest.mark.parametrize(
    "event",
    [{}, [], {"scheduled_time": 7}, alarm("somebody-else's"), alarm("errors", state="OK"), {"detail-type": "x"}],
)
def test_what_is_no_event_of_its_own_changes_nothing(world: World, event: Any) -> None:
    world.ask(tick(0))
    with pytest.raises(ValueError, match="the event must be"):
        world.ask(event)
    assert world.weights() == [90, 10]


def test_it_logs_one_line_for_each_event(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.ask(tick(0))
    line = json.loads(capsys.readouterr().out)
    assert (line["message"], line["release"], line["weight"]) == ("weights set", "two", 10)
