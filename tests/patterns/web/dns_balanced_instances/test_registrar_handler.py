"""What the registrar asks of AWS in each case, call by call, and of an application."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.answering import Aws, Refusal, loaded
from tests.patterns.web.applications import asked, assert_asked_once_and_let_go

NOW = 1_800_000_000.5
CONTEXT = SimpleNamespace(aws_request_id="request")
SETTINGS = {
    "APPLICATION_PORT": "8443",
    "DOMAIN_NAME": "www.example.com",
    "GROUP_NAME": "group",
    "HEALTH_CHECK_PATH": "/ready",
    "HOSTED_ZONE_ID": "Z1",
    "LAUNCH_HOOK": "register",
    "OWNER": "owner",
    "TTL": "30",
}
GROUP = ("DescribeAutoScalingGroups", {"AutoScalingGroupNames": ["group"]})
CHECK = {
    "Port": 8443,
    "Type": "HTTPS",
    "ResourcePath": "/ready",
    "FullyQualifiedDomainName": "www.example.com",
    "EnableSNI": True,
    "RequestInterval": 30,
    "FailureThreshold": 3,
}
DIGEST = hashlib.sha256(json.dumps(CHECK, sort_keys=True).encode()).hexdigest()[:6]


@pytest.fixture(scope="module")
def modules() -> Iterator[Callable[[str], ModuleType]]:
    with loaded("web/dns_balanced_instances/handler/registrar", "index", "answering", "records", **SETTINGS) as module:
        yield module


def check(instance: str, end: str = "1", ip: str | None = None, owner: str = "owner") -> dict[str, Any]:
    """A health check as Amazon Route 53 has it, whose id says whom it asks."""
    reference = f"{owner}/{instance}/{DIGEST}/{end}"
    asked = {"IPAddress": ip or f"ip {instance}"} if ip != "" else {}
    return {"Id": f"check {instance} {end}", "CallerReference": reference, "HealthCheckConfig": asked}


def record(instance: str, end: str = "1", **other: Any) -> dict[str, Any]:
    return {
        "Name": "www.example.com.",
        "Type": "A",
        "SetIdentifier": f"owner/{instance}",
        "MultiValueAnswer": True,
        "TTL": 30,
        "ResourceRecords": [{"Value": f"ip {instance}"}],
        "HealthCheckId": f"check {instance} {end}",
        **other,
    }


class Scene:
    """A group, a zone, and what answers."""

    def __init__(self, index: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
        self._index, self._aws, self._capsys = index, aws, capsys
        self.answering: list[str] = []
        self.asked: list[tuple[str, int, str]] = []
        self.slept: list[float] = []
        self.is_there({})

    def answers(self, ip: str, port: int, path: str) -> bool:
        self.asked.append((ip, port, path))
        return ip in self.answering

    def is_there(self, states: dict[str, str], *, checks: Any = (), records: Any = (), without: str = "") -> None:
        """Have instances in states, of which "Unhealthy" is one in service."""
        instances = [
            {
                "InstanceId": one,
                "LifecycleState": "InService" if state == "Unhealthy" else state,
                "HealthStatus": "Unhealthy" if state == "Unhealthy" else "Healthy",
            }
            for one, state in states.items()
        ]
        found = [{"InstanceId": one} | ({"PublicIpAddress": f"ip {one}"} if one != without else {}) for one in states]

        def described(given: dict[str, Any]) -> dict[str, Any]:
            wanted = [one for one in found if one["InstanceId"] in given["InstanceIds"]]
            later = "NextToken" in given
            page = {"Reservations": [{"Instances": [one]} for one in (wanted[1:] if later else wanted[:1])]}
            return page if later else {**page, "NextToken": "more"}

        self._aws.answers |= {
            "DescribeAutoScalingGroups": {"AutoScalingGroups": [{"Instances": instances}]},
            "DescribeInstances": described,
            "ListHealthChecks": {"HealthChecks": list(checks), "IsTruncated": False},
            "ListResourceRecordSets": {"ResourceRecordSets": list(records), "IsTruncated": False},
            "CreateHealthCheck": lambda given: {"HealthCheck": {"Id": made_id(given)}},
        }

    def run(self, **expected: Any) -> list[tuple[str, dict[str, Any]]]:
        """Run once, and return what was changed."""
        whole = {
            "answering": [],
            "let_in": [],
            "declared_unhealthy": [],
            "records_changed": 0,
            "checks_left_over": 0,
            **expected,
        }
        assert self._index.handler({}, CONTEXT) == whole
        metric = {
            "Namespace": "DnsBalancedInstances",
            "Dimensions": [["Owner"]],
            "Metrics": [{"Name": "Answering", "Unit": "Count"}],
        }
        line = {
            "_aws": {"Timestamp": 1_800_000_000_500, "CloudWatchMetrics": [metric]},
            "Owner": "owner",
            "Answering": len(whole["answering"]),
            "request_id": "request",
            **whole,
        }
        assert [json.loads(one) for one in self._capsys.readouterr().out.splitlines()] == [line]
        calls = self._aws.called()
        assert calls[0] == GROUP
        return [one for one in calls[1:] if not one[0].startswith(("Describe", "List"))]


def made_id(given: dict[str, Any]) -> str:
    return f"check {given['CallerReference'].split('/')[1]} made"


@pytest.fixture
def scene(
    modules: Callable[[str], ModuleType], aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Scene:
    monkeypatch.setattr("time.time", lambda: NOW)
    one = Scene(modules("index"), aws, capsys)
    monkeypatch.setattr("time.sleep", one.slept.append)
    monkeypatch.setattr(modules("index"), "answers", one.answers)
    return one


def changed(*changes: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    listed = [{"Action": action, "ResourceRecordSet": one} for action, one in changes]
    return "ChangeResourceRecordSets", {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": listed}}


def let_in(instance: str) -> tuple[str, dict[str, Any]]:
    names = {"AutoScalingGroupName": "group", "LifecycleHookName": "register", "InstanceId": instance}
    return "CompleteLifecycleAction", {**names, "LifecycleActionResult": "CONTINUE"}


def given_up(instance: str) -> tuple[str, dict[str, Any]]:
    told = {"InstanceId": instance, "HealthStatus": "Unhealthy", "ShouldRespectGracePeriod": True}
    return "SetInstanceHealth", told


def deleted(instance: str, end: str = "1") -> tuple[str, dict[str, Any]]:
    return "DeleteHealthCheck", {"HealthCheckId": f"check {instance} {end}"}


def test_an_instance_that_answers_is_registered_with_a_check_and_let_in(scene: Scene) -> None:
    scene.is_there({"i-2": "Pending:Wait", "i-1": "InService", "i-3": "Terminating:Wait", "i-4": "Unhealthy"})
    scene.answering = ["ip i-1", "ip i-2"]
    *made, wrote, completed = scene.run(answering=["i-1", "i-2"], let_in=["i-2"], records_changed=2)
    for (operation, given), instance in zip(made, ("i-1", "i-2"), strict=True):
        assert operation == "CreateHealthCheck"
        assert re.fullmatch(f"owner/{instance}/{DIGEST}/[0-9a-f]{{8}}", given.pop("CallerReference"))
        assert given == {"HealthCheckConfig": {**CHECK, "IPAddress": f"ip {instance}"}}
    assert wrote == changed(("UPSERT", record("i-1", "made")), ("UPSERT", record("i-2", "made")))
    assert completed == let_in("i-2")
    assert sorted(scene.asked) == [("ip i-1", 8443, "/ready"), ("ip i-2", 8443, "/ready")]


def test_what_is_written_is_written_at_once_and_before_anybody_is_let_in(scene: Scene) -> None:
    scene.is_there({"i-2": "Pending:Wait", "i-1": "InService"}, checks=[check("i-1"), check("i-2")])
    scene.answering = ["ip i-1", "ip i-2"]
    calls = scene.run(answering=["i-1", "i-2"], let_in=["i-2"], records_changed=2)
    assert calls == [changed(("UPSERT", record("i-1")), ("UPSERT", record("i-2"))), let_in("i-2")]
    assert sorted(scene.asked) == [("ip i-1", 8443, "/ready"), ("ip i-2", 8443, "/ready")]


def test_each_service_is_asked_for_what_is_the_groups_own(
    scene: Scene, modules: Callable[[str], ModuleType], aws: Aws
) -> None:
    scene.is_there({"i-2": "Pending:Wait", "i-1": "InService", "i-0": "Terminating:Wait"})
    scene.answering = ["ip i-1", "ip i-2"]
    aws.answers["ListResourceRecordSets"] = [
        {
            "ResourceRecordSets": [record("i-1", "made")],
            "IsTruncated": True,
            "NextRecordName": "next",
            "NextRecordType": "A",
        },
        {"ResourceRecordSets": [record("i-2", "made")], "IsTruncated": False},
    ]
    aws.answers["ListHealthChecks"] = [
        {"HealthChecks": [check("i-1", "made")], "IsTruncated": True, "NextMarker": "next"},
        {"HealthChecks": [check("i-2", "made")], "IsTruncated": False},
    ]
    modules("index").handler({}, CONTEXT)
    wanted = {"InstanceIds": ["i-1", "i-2"]}
    named = {"HostedZoneId": "Z1", "StartRecordName": "www.example.com", "StartRecordType": "A"}
    assert aws.calls == [
        GROUP,
        ("DescribeInstances", wanted),
        ("DescribeInstances", {**wanted, "NextToken": "more"}),
        ("ListResourceRecordSets", named),
        ("ListResourceRecordSets", {**named, "StartRecordName": "next"}),
        ("ListHealthChecks", {}),
        ("ListHealthChecks", {"Marker": "next"}),
        let_in("i-2"),
    ]


def test_where_nothing_is_missing_nothing_is_done(scene: Scene) -> None:
    there = [record("i-1"), record("i-2")]
    scene.is_there({"i-1": "InService", "i-2": "InService"}, checks=[check("i-1"), check("i-2")], records=there)
    scene.answering = ["ip i-1", "ip i-2"]
    assert scene.run(answering=["i-1", "i-2"]) == []
    assert scene.slept == []


def test_one_that_starts_is_asked_once_and_waits(scene: Scene) -> None:
    scene.is_there({"i-1": "Pending:Wait"})
    assert scene.run() == []
    assert (scene.asked, scene.slept) == ([("ip i-1", 8443, "/ready")], [])


def test_one_that_fails_three_times_is_given_up_while_another_answers(scene: Scene) -> None:
    records = [record("i-1"), record("i-2")]
    scene.is_there({"i-1": "InService", "i-2": "InService"}, checks=[check("i-1"), check("i-2")], records=records)
    scene.answering = ["ip i-2"]
    # Its record stays: clients do not get it, for its health check fails too.
    assert scene.run(answering=["i-2"], declared_unhealthy=["i-1"]) == [given_up("i-1")]
    assert sorted(scene.asked) == [("ip i-1", 8443, "/ready")] * 3 + [("ip i-2", 8443, "/ready")]
    assert scene.slept == [3.0, 3.0]


@pytest.mark.parametrize("starting", [False, True])
def test_where_none_in_service_answers_none_is_given_up(scene: Scene, starting: bool) -> None:
    states = {"i-1": "InService", **({"i-2": "Pending:Wait"} if starting else {})}
    checks = [check(one) for one in states]
    scene.is_there(states, checks=checks, records=[record(one) for one in states])
    scene.answering = ["ip i-2"]
    calls = scene.run(**({"answering": ["i-2"], "let_in": ["i-2"]} if starting else {}))
    assert calls == ([let_in("i-2")] if starting else [])


def test_one_without_an_address_is_neither_registered_nor_given_up(scene: Scene) -> None:
    checks = [check("i-1"), check("i-2")]
    scene.is_there({"i-1": "InService", "i-2": "InService"}, checks=checks, records=[record("i-2")], without="i-1")
    scene.answering = ["ip i-2"]
    assert scene.run(answering=["i-2"]) == []


@pytest.mark.parametrize("state", ["Terminating:Wait", "Standby", "Unhealthy", "Pending"])
def test_one_that_goes_is_taken_out_and_keeps_its_check(scene: Scene, state: str) -> None:
    old = record("i-1", TTL=99)
    scene.is_there({"i-1": state}, checks=[check("i-1", "2"), check("i-1", "1")], records=[old])
    # Of two checks one is kept for its return.
    assert scene.run(records_changed=1, checks_left_over=1) == [changed(("DELETE", old)), deleted("i-1", "2")]


def test_what_is_left_of_one_that_is_gone_is_deleted(scene: Scene) -> None:
    others = [record("x", SetIdentifier="owner2/x"), record("y", SetIdentifier="ownery")]
    bare = {"Name": "www.example.com.", "Type": "A"}
    checks = [check("i-1"), check("i-2", owner="another"), check("i-3", owner="owner2")]
    scene.is_there({}, checks=checks, records=[*others, bare, record("i-1")])
    calls = scene.run(records_changed=1, checks_left_over=1)
    assert calls == [changed(("DELETE", record("i-1"))), deleted("i-1")]


@pytest.mark.parametrize("after", [{"Type": "AAAA"}, {"Name": "xxx.example.com."}])
def test_records_of_other_names_and_types_are_left_alone(scene: Scene, after: dict[str, str]) -> None:
    scene.is_there({}, records=[record("i-1", **after), record("i-2")])
    assert scene.run() == []


@pytest.mark.parametrize(
    "before", [{"TTL": 60}, {"HealthCheckId": "check i-1 0"}, {"ResourceRecords": [{"Value": "a"}]}]
)
def test_a_record_that_differs_is_written_anew(scene: Scene, before: dict[str, Any]) -> None:
    scene.is_there({"i-1": "InService"}, checks=[check("i-1")], records=[record("i-1", **before)])
    scene.answering = ["ip i-1"]
    assert scene.run(answering=["i-1"], records_changed=1) == [changed(("UPSERT", record("i-1")))]


@pytest.mark.parametrize("ip", ["another", ""])
def test_a_check_that_asks_another_address_is_replaced(scene: Scene, ip: str) -> None:
    scene.is_there({"i-1": "InService"}, checks=[check("i-1", "0", ip=ip)], records=[record("i-1", "0")])
    scene.answering = ["ip i-1"]
    calls = scene.run(answering=["i-1"], records_changed=1, checks_left_over=1)
    assert [one for one, _ in calls] == ["CreateHealthCheck", "ChangeResourceRecordSets", "DeleteHealthCheck"]
    assert calls[1:] == [changed(("UPSERT", record("i-1", "made"))), deleted("i-1", "0")]


def test_of_two_checks_the_first_is_used_and_the_other_deleted(scene: Scene) -> None:
    scene.is_there({"i-1": "InService"}, checks=[check("i-1", "2"), check("i-1", "1")], records=[record("i-1")])
    scene.answering = ["ip i-1"]
    assert scene.run(answering=["i-1"], checks_left_over=1) == [deleted("i-1", "2")]


def test_a_check_with_other_settings_is_left_over(scene: Scene) -> None:
    old = {**check("i-1", "0"), "CallerReference": "owner/i-1/000000/0"}
    scene.is_there({"i-1": "InService"}, checks=[old, check("i-1")], records=[record("i-1")])
    scene.answering = ["ip i-1"]
    assert scene.run(answering=["i-1"], checks_left_over=1) == [deleted("i-1", "0")]


def test_a_check_that_cannot_be_made_keeps_nothing_else_from_being_written(scene: Scene, aws: Aws) -> None:
    gone = record("i-0")
    scene.is_there(
        {"i-1": "InService", "i-2": "InService"}, checks=[check("i-2")], records=[gone, record("i-1", TTL=9)]
    )
    aws.answers["CreateHealthCheck"] = Refusal("TooManyHealthChecks")
    scene.answering = ["ip i-1", "ip i-2"]
    with pytest.raises(ClientError, match="TooManyHealthChecks"):
        scene.run()
    assert aws.named("ChangeResourceRecordSets") == [changed(("UPSERT", record("i-2")), ("DELETE", gone))[1]]
    assert not aws.named("DeleteHealthCheck")


@pytest.mark.parametrize(("code", "fails"), [("ValidationError", False), ("ResourceContention", True)])
def test_an_action_that_another_run_completed_is_no_error(scene: Scene, aws: Aws, code: str, fails: bool) -> None:
    scene.is_there({"i-1": "Pending:Wait"}, checks=[check("i-1")], records=[record("i-1")])
    scene.answering = ["ip i-1"]
    aws.answers["CompleteLifecycleAction"] = Refusal(code)
    if fails:
        with pytest.raises(ClientError, match=code):
            scene.run()
    else:
        assert scene.run(answering=["i-1"], let_in=["i-1"]) == [let_in("i-1")]


@pytest.mark.parametrize("count", [0, 2])
def test_a_group_that_is_not_there_once_is_an_error(
    scene: Scene, modules: Callable[[str], ModuleType], aws: Aws, count: int
) -> None:
    aws.answers["DescribeAutoScalingGroups"] = {"AutoScalingGroups": [{"Instances": []}] * count}
    with pytest.raises(modules("index").MisconfiguredError, match=f"^group group: found {count}$"):
        scene.run()


def test_instances_are_asked_side_by_side(modules: Callable[[str], ModuleType]) -> None:
    index = modules("index")
    assert (index.ATTEMPTS, index.PAUSE_SECONDS, index.MOST_AT_ONCE) == (3, 3.0, 50)


@asked
def test_an_application_is_asked_once_and_let_go(
    modules: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, outcome: Any, at: str
) -> None:
    assert_asked_once_and_let_go(modules("answering"), monkeypatch, outcome, at)
