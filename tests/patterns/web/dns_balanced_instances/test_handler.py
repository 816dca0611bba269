"""What the registrar does: who is registered, let in, taken out, given up and cleaned up after, and its permissions."""

import importlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from patterns.web.dns_balanced_instances.handler.registrar import answering
from tests.conftest import example
from tests.patterns.web.fleet import GROUP, Fleet
from tests.patterns.web.servers import answering as server
from tests.patterns.web.servers import free_port, self_signed

NAME, OWNER = "www.example.com", "0123456789abcdef0123"
_OF_EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}


class Scene:
    """A group whose instances answer, a zone, and the function."""

    def __init__(self, index: ModuleType, monkeypatch: pytest.MonkeyPatch, instances: int) -> None:
        self.fleet, self.index, self._monkeypatch = Fleet(instances), index, monkeypatch
        self.route53: Any = boto3.client("route53", region_name="us-east-1")
        self.zone = self.route53.create_hosted_zone(Name="example.com.", CallerReference="1")["HostedZone"]["Id"]
        self.healthy: set[str] = set(self.fleet.instances)
        self.states: dict[str, str] = {}
        self.tries: list[str] = []
        self.let_in: list[dict[str, str]] = []
        self.unhealthy: list[tuple[str, bool]] = []
        monkeypatch.setattr(index, "answers", self._answers)
        monkeypatch.setattr(index.time, "sleep", lambda _: None)
        monkeypatch.setattr(index, "_states", self._with_states(index._states))
        monkeypatch.setattr(index.autoscaling, "set_instance_health", self._set_health)
        monkeypatch.setattr(index.autoscaling, "complete_lifecycle_action", lambda **given: self.let_in.append(given))
        self.set(
            APPLICATION_PORT="443",
            DOMAIN_NAME=NAME,
            GROUP_NAME=GROUP,
            HEALTH_CHECK_PATH="/ready",
            HOSTED_ZONE_ID=self.zone.rpartition("/")[2],
            LAUNCH_HOOK="register",
            OWNER=OWNER,
            TTL="30",
        )

    def set(self, **variables: str) -> None:
        for name, value in variables.items():
            self._monkeypatch.setenv(name, value)

    def _with_states(self, look: Callable[[str], dict[str, str]]) -> Callable[[str], dict[str, str]]:
        return lambda group: {one: self.states.get(one, state) for one, state in look(group).items()}

    def _set_health(self, *, InstanceId: str, HealthStatus: str, ShouldRespectGracePeriod: bool) -> None:  # noqa: N803
        assert HealthStatus == "Unhealthy"
        self.unhealthy.append((InstanceId, ShouldRespectGracePeriod))

    def _answers(self, ip: str, port: int, path: str) -> bool:
        assert (port, path) == (443, "/ready")
        self.tries.append(ip)
        return any(ip == self.fleet.public_address(one) for one in self.healthy)

    @property
    def records(self) -> dict[str, dict[str, Any]]:
        """The name's records by the instance or whatever else they are of."""
        found = self.route53.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return {one["SetIdentifier"].removeprefix(f"{OWNER}/"): one for one in found if "SetIdentifier" in one}

    @property
    def checks(self) -> dict[str, dict[str, Any]]:
        return {one["Id"]: one for one in self.route53.list_health_checks()["HealthChecks"]}

    def run(self) -> dict[str, Any]:
        found: dict[str, Any] = self.index.handler({}, SimpleNamespace(aws_request_id="the-request"))
        return found


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Scene]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        index = importlib.reload(importlib.import_module("patterns.web.dns_balanced_instances.handler.registrar.index"))
        yield lambda instances: Scene(index, monkeypatch, instances)


def test_each_instance_gets_a_record_with_a_check_of_its_own(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    assert one.run()["records_changed"] == 2
    assert set(one.records) == set(one.fleet.instances)
    for instance, record in one.records.items():
        assert record["Name"] == f"{NAME}."
        assert (record["Type"], record["TTL"], record["MultiValueAnswer"]) == ("A", 30, True)
        ip = one.fleet.public_address(instance)
        assert record["ResourceRecords"] == [{"Value": ip}]
        check = one.checks[record["HealthCheckId"]]["HealthCheckConfig"]
        assert (check["IPAddress"], check["Port"], check["Type"]) == (ip, 443, "HTTPS")
        assert (check["ResourcePath"], check["FullyQualifiedDomainName"]) == ("/ready", NAME)
    assert len(one.checks) == 2


def test_a_second_run_finds_nothing_to_do(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    one.run()
    before = (one.records, set(one.checks))
    again = one.run()
    assert (again["records_changed"], again["checks_left_over"], again["let_in"]) == (0, 0, [])
    assert (one.records, set(one.checks)) == before


def test_a_new_instance_is_let_in_once_it_answers_and_has_its_record(scene: Callable[[int], Scene]) -> None:
    one = scene(1)
    (new,) = one.fleet.instances
    one.states[new] = "Pending:Wait"
    one.healthy.clear()
    assert one.run()["let_in"] == []
    assert (one.records, one.let_in, len(one.tries)) == ({}, [], 1)
    one.healthy = {new}
    assert one.run()["let_in"] == [new]
    assert set(one.records) == {new}
    assert one.let_in == [
        {
            "AutoScalingGroupName": GROUP,
            "LifecycleHookName": "register",
            "InstanceId": new,
            "LifecycleActionResult": "CONTINUE",
        }
    ]


def test_an_action_that_another_run_completed_is_no_error(
    scene: Callable[[int], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scene(1)
    (new,) = one.fleet.instances
    one.states[new] = "Pending:Wait"

    def refuse(code: str) -> Callable[..., None]:
        def complete(**_: Any) -> None:
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "CompleteLifecycleAction")

        return complete

    monkeypatch.setattr(one.index.autoscaling, "complete_lifecycle_action", refuse("ValidationError"))
    one.run()
    monkeypatch.setattr(one.index.autoscaling, "complete_lifecycle_action", refuse("AccessDenied"))
    with pytest.raises(ClientError, match="AccessDenied"):
        one.run()


def test_an_instance_that_goes_is_taken_out_and_keeps_its_check_until_it_is_gone(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    one.run()
    going, stays = one.fleet.instances
    one.states[going] = "Terminating:Wait"
    assert one.run()["records_changed"] == 1
    assert set(one.records) == {stays}
    assert len(one.checks) == 2
    one.fleet.end(going)
    assert one.run()["checks_left_over"] == 1
    assert len(one.checks) == 1


def test_records_that_an_event_was_lost_for_are_cleaned_up(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    one.run()
    for instance in one.fleet.instances:
        one.fleet.end(instance)
    assert one.run()["answering"] == []
    assert (one.records, one.checks) == ({}, {})


def test_records_and_checks_of_others_are_left_alone(scene: Callable[[int], Scene]) -> None:
    one = scene(1)
    theirs = {
        "Name": NAME,
        "Type": "A",
        "SetIdentifier": "theirs",
        "MultiValueAnswer": True,
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }
    one.route53.change_resource_record_sets(
        HostedZoneId=one.zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": theirs}]}
    )
    one.route53.create_health_check(
        CallerReference="theirs/i-1/x", HealthCheckConfig={"IPAddress": "192.0.2.1", "Port": 443, "Type": "TCP"}
    )
    one.run()
    one.fleet.end(one.fleet.instances[0])
    one.run()
    assert set(one.records) == {"theirs"}
    assert [check["CallerReference"] for check in one.checks.values()] == ["theirs/i-1/x"]


def test_a_check_with_settings_of_an_earlier_release_is_replaced(
    scene: Callable[[int], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scene(1)
    one.run()
    (before,) = one.checks
    one.set(HEALTH_CHECK_PATH="/deep")
    monkeypatch.setattr(one.index, "answers", lambda *_: True)
    found = one.run()
    assert (found["records_changed"], found["checks_left_over"]) == (1, 1)
    (after,) = one.checks.values()
    assert after["Id"] != before
    assert after["HealthCheckConfig"]["ResourcePath"] == "/deep"
    assert next(iter(one.records.values()))["HealthCheckId"] == after["Id"]


def test_an_instance_with_another_address_gets_a_check_of_that_address(scene: Callable[[int], Scene]) -> None:
    """It was stopped and started while on standby: the old check asks whoever has its old address now."""
    one = scene(1)
    one.run()
    (before,) = one.checks
    one.route53.update_health_check(HealthCheckId=before, IPAddress="203.0.113.99")
    found = one.run()
    (after,) = one.checks.values()
    (record,) = one.records.values()
    assert after["HealthCheckConfig"]["IPAddress"] == record["ResourceRecords"][0]["Value"] != "203.0.113.99"
    assert record["HealthCheckId"] == after["Id"] != before
    assert (found["records_changed"], found["checks_left_over"]) == (1, 1)


def test_a_check_that_two_runs_made_is_there_once_in_the_end(scene: Callable[[int], Scene]) -> None:
    one = scene(1)
    one.run()
    (check,) = one.checks.values()
    one.route53.create_health_check(
        CallerReference=f"{check['CallerReference'].rpartition('/')[0]}/another",
        HealthCheckConfig=check["HealthCheckConfig"],
    )
    one.run()
    (kept,) = one.checks
    assert next(iter(one.records.values()))["HealthCheckId"] == kept


def test_an_instance_that_fails_while_another_answers_is_replaced(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    failed, answers = one.fleet.instances
    one.healthy = {answers}
    found = one.run()
    assert one.unhealthy == [(failed, True)]
    assert found["declared_unhealthy"] == [failed]
    assert one.tries.count(one.fleet.public_address(failed)) == 3
    # Its own health check keeps it out of the answers.
    assert set(one.records) == {failed, answers}


def test_when_none_answers_none_is_replaced(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    one.healthy.clear()
    assert one.run()["answering"] == []
    assert one.unhealthy == []
    assert len(one.records) == 2


def test_many_silent_instances_are_asked_side_by_side(
    scene: Callable[[int], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scene(36)
    silent = set(one.fleet.instances[:17])
    one.healthy -= silent
    addresses = {one.fleet.public_address(instance): instance for instance in one.fleet.instances}
    # Those that answer wait for the others, too: a thread that is done early may be counted on for two of them.
    together = threading.Barrier(36, timeout=120)
    asked: set[str] = set()

    def answers(ip: str, *_: object) -> bool:
        # Nobody goes on before all are being asked for the first time.
        if ip not in asked:
            asked.add(ip)
            together.wait()
        return addresses[ip] not in silent

    monkeypatch.setattr(one.index, "answers", answers)
    found = one.run()
    assert set(found["answering"]) == one.healthy
    assert set(found["declared_unhealthy"]) == silent
    assert len(one.records) == 36


def test_what_is_known_is_written_though_a_health_check_cannot_be_made(
    scene: Callable[[int], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scene(3)
    create, made = one.index.route53.create_health_check, []

    def some(**given: Any) -> Any:
        made.append(given)
        if len(made) == 2:
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "CreateHealthCheck")
        return create(**given)

    monkeypatch.setattr(one.index.route53, "create_health_check", some)
    with pytest.raises(ClientError, match="ThrottlingException"):
        one.run()
    assert len(one.records) == 2
    one.run()
    assert set(one.records) == set(one.fleet.instances)


def test_no_call_waits_for_ever(scene: Callable[[int], Scene]) -> None:
    index = scene(0).index
    for client in (index.autoscaling, index.ec2, index.route53):
        assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (3, 10)


def test_a_group_that_is_not_there_fails_the_run_and_changes_nothing(scene: Callable[[int], Scene]) -> None:
    one = scene(1)
    one.run()
    one.set(GROUP_NAME="another")
    with pytest.raises(one.index.MisconfiguredError, match=r"^group another: found 0$"):
        one.run()
    assert len(one.records) == 1


def test_how_many_answer_is_a_metric_that_the_alarm_watches(
    scene: Callable[[int], Scene], capsys: pytest.CaptureFixture[str]
) -> None:
    one = scene(2)
    one.healthy.pop()
    one.run()
    line = json.loads(capsys.readouterr().out)
    assert (line["Answering"], line["Owner"], line["request_id"]) == (1, OWNER, "the-request")
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], metric["Dimensions"]) == ("DnsBalancedInstances", [["Owner"]])
    assert metric["Metrics"] == [{"Name": "Answering", "Unit": "Count"}]


def test_the_role_allows_what_is_called_and_no_more(scene: Callable[[int], Scene]) -> None:
    # `patternkit.testing.permissions` makes no groups and no zones, so it cannot run this handler against the
    # template: the calls of runs against the stand-in for AWS are compared with the actions of the role.
    one = scene(2)
    called = {"autoscaling:CompleteLifecycleAction", "autoscaling:SetInstanceHealth"}
    for client in (one.index.autoscaling, one.index.ec2, one.index.route53):
        client.meta.events.register(
            "before-parameter-build", lambda model, **_: called.add(f"{model.service_model.signing_name}:{model.name}")
        )
    new, failed = one.fleet.instances
    one.run()
    one.states[new] = "Pending:Wait"
    one.run()
    del one.states[new]
    one.healthy = {new}
    one.run()
    assert one.let_in
    assert one.unhealthy
    one.fleet.end(failed)
    one.run()
    template = example("dns-balanced-instances", "agnostic").template
    (function,) = [found for found in template["Resources"].values() if found["Type"] == "AWS::Lambda::Function"]
    role = function["Properties"]["Role"]["Fn::GetAtt"][0]
    allowed = {
        action
        for found in template["Resources"].values()
        if found["Type"] == "AWS::IAM::Policy" and {"Ref": role} in found["Properties"]["Roles"]
        for statement in found["Properties"]["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert called == allowed - _OF_EVERY_FUNCTION


def test_only_200_is_an_answer(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with server(certificate, 200) as port:
        assert answering.answers("127.0.0.1", port, "/")
    with server(certificate, 503) as port:
        assert not answering.answers("127.0.0.1", port, "/")
    assert not answering.answers("127.0.0.1", free_port(), "/")
