"""What the keeper asks of AWS in each case, call by call, and of an application."""

import json
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.answering import Aws, loaded
from tests.patterns.web.applications import asked, assert_asked_once_and_let_go

NOW = 1_800_000_000.5
CONTEXT = SimpleNamespace(aws_request_id="request")
SETTINGS = {
    "ALLOCATION_ID": "eipalloc-1",
    "APPLICATION_PORT": "8443",
    "GROUP_NAME": "group",
    "HEALTH_CHECK_PATH": "/ready",
}
LOOKED = ("DescribeAddresses", {"AllocationIds": ["eipalloc-1"]})
GROUP = ("DescribeAutoScalingGroups", {"AutoScalingGroupNames": ["group"]})


@pytest.fixture(scope="module")
def modules() -> Iterator[Callable[[str], ModuleType]]:
    with loaded("web/elastic_ip_failover/handler/address_keeper", "index", "answering", **SETTINGS) as module:
        yield module


class Scene:
    """Instances by their ids: those that answer, and what was asked of whom."""

    def __init__(self, index: ModuleType, aws: Aws, capsys: pytest.CaptureFixture[str]) -> None:
        self._index, self._aws, self._capsys = index, aws, capsys
        self.answering: list[str] = []
        self.asked: list[tuple[str, int, str]] = []
        self.slept: list[float] = []

    def answers(self, ip: str, port: int, path: str) -> bool:
        self.asked.append((ip, port, path))
        return ip in self.answering

    def is_there(self, holder: str | None, *able: str, without_address: str = "", **others: Any) -> None:
        instances = [{"InstanceId": one, "LifecycleState": "InService", "HealthStatus": "Healthy"} for one in able]
        instances.append({"InstanceId": "i-8", "LifecycleState": "Terminating", "HealthStatus": "Healthy"})
        instances.append({"InstanceId": "i-9", "LifecycleState": "InService", "HealthStatus": "Unhealthy"})
        found = [
            {"InstanceId": one, **({"PublicIpAddress": f"ip {one}"} if one != without_address else {})}
            for one in reversed(able)
        ]
        address = {"PublicIp": "ip", **({"InstanceId": holder} if holder is not None else {})}
        self._aws.answers |= {
            "DescribeAddresses": {"Addresses": [address]},
            "DescribeAutoScalingGroups": {"AutoScalingGroups": [{"Instances": instances}]},
            "DescribeInstances": lambda given: {
                "Reservations": [{"Instances": [one]} for one in found if one["InstanceId"] in given["InstanceIds"]]
            },
            **others,
        }

    def run(self, **expected: Any) -> list[tuple[str, dict[str, Any]]]:
        """Run once, and return what was called after looking."""
        assert self._index.handler({}, CONTEXT) == expected
        metric = {
            "Namespace": "ElasticIpFailover",
            "Dimensions": [["AllocationId"]],
            "Metrics": [{"Name": "Unanswered", "Unit": "Count"}],
        }
        line = {
            "_aws": {"Timestamp": 1_800_000_000_500, "CloudWatchMetrics": [metric]},
            "AllocationId": "eipalloc-1",
            "Unanswered": 0 if expected["answered"] else 1,
            "request_id": "request",
            **expected,
        }
        assert [json.loads(one) for one in self._capsys.readouterr().out.splitlines()] == [line]
        calls = self._aws.called()
        assert calls[:2] == [LOOKED, GROUP]
        return calls[2:]


@pytest.fixture
def scene(
    modules: Callable[[str], ModuleType], aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Scene:
    one = Scene(modules("index"), aws, capsys)
    monkeypatch.setattr("time.time", lambda: NOW)
    monkeypatch.setattr("time.sleep", one.slept.append)
    monkeypatch.setattr(modules("index"), "answers", one.answers)
    return one


HOLDER, ASKED = ("ip", 8443, "/ready"), [("ip i-1", 8443, "/ready"), ("ip i-2", 8443, "/ready")]


def described(*instances: str) -> tuple[str, dict[str, Any]]:
    return "DescribeInstances", {"InstanceIds": list(instances)}


def moved(instance: str) -> tuple[str, dict[str, Any]]:
    return "AssociateAddress", {"AllocationId": "eipalloc-1", "InstanceId": instance, "AllowReassociation": True}


def given_up(instance: str) -> tuple[str, dict[str, Any]]:
    told = {"InstanceId": instance, "HealthStatus": "Unhealthy", "ShouldRespectGracePeriod": True}
    return "SetInstanceHealth", told


def test_a_holder_that_answers_keeps_the_address(scene: Scene) -> None:
    scene.is_there("i-1", "i-1", "i-2")
    scene.answering = ["ip"]
    assert scene.run(before="i-1", holder="i-1", answered=True, declared_unhealthy=None) == []
    assert (scene.asked, scene.slept) == ([HOLDER], [])


def test_a_standby_takes_over_from_a_holder_that_fails_three_times(scene: Scene) -> None:
    scene.is_there("i-3", "i-1", "i-2", "i-3")
    scene.answering = ["ip i-2"]
    calls = scene.run(before="i-3", holder="i-2", answered=True, declared_unhealthy="i-3")
    assert calls == [described("i-1", "i-2"), moved("i-2"), given_up("i-3")]
    assert scene.asked[:3] == [HOLDER] * 3
    assert sorted(scene.asked[3:]) == ASKED
    assert scene.slept == [5.0, 5.0]


def test_of_those_that_answer_the_first_gets_the_address(scene: Scene) -> None:
    scene.is_there(None, "i-2", "i-1")
    scene.answering = ["ip i-1", "ip i-2"]
    calls = scene.run(before=None, holder="i-1", answered=True, declared_unhealthy=None)
    assert calls == [described("i-1", "i-2"), moved("i-1")]
    assert sorted(scene.asked) == ASKED


@pytest.mark.parametrize("holder", ["i-8", "i-9", "", None])
def test_where_nobody_answers_the_address_waits_at_the_first(scene: Scene, holder: str | None) -> None:
    scene.is_there(holder, "i-2", "i-1")
    calls = scene.run(before=holder or None, holder="i-1", answered=False, declared_unhealthy=None)
    assert calls == [described("i-1", "i-2"), moved("i-1")]


def test_a_holder_that_fails_with_nobody_else_keeps_the_address_and_is_given_up(scene: Scene) -> None:
    scene.is_there("i-1", "i-1")
    calls = scene.run(before="i-1", holder="i-1", answered=False, declared_unhealthy="i-1")
    assert calls == [given_up("i-1")]


def test_an_instance_without_an_address_is_not_asked(scene: Scene) -> None:
    scene.is_there("i-8", "i-1", "i-2", without_address="i-1")
    scene.answering = ["ip i-2"]
    calls = scene.run(before="i-8", holder="i-2", answered=True, declared_unhealthy=None)
    assert calls == [described("i-1", "i-2"), moved("i-2")]
    assert scene.asked == ASKED[1:]


@pytest.mark.parametrize("holder", ["i-8", None])
def test_an_empty_group_leaves_the_address(scene: Scene, holder: str | None) -> None:
    scene.is_there(holder)
    assert scene.run(before=holder, holder=holder, answered=False, declared_unhealthy=None) == []


@pytest.mark.parametrize(
    ("answers", "refused"),
    [
        ({"DescribeAddresses": {"Addresses": []}}, "address eipalloc-1: found 0"),
        ({"DescribeAddresses": {"Addresses": [{}, {}]}}, "address eipalloc-1: found 2"),
        ({"DescribeAutoScalingGroups": {"AutoScalingGroups": []}}, "group group: found 0"),
        ({"DescribeAutoScalingGroups": {"AutoScalingGroups": [{}, {}]}}, "group group: found 2"),
    ],
)
def test_what_is_not_there_once_is_an_error(
    scene: Scene, modules: Callable[[str], ModuleType], answers: dict[str, Any], refused: str
) -> None:
    scene.is_there("i-1", **answers)
    with pytest.raises(modules("index").MisconfiguredError, match=f"^{refused}$"):
        modules("index").handler({}, CONTEXT)


@asked
def test_an_application_is_asked_once_and_let_go(
    modules: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, outcome: Any, at: str
) -> None:
    assert_asked_once_and_let_go(modules("answering"), monkeypatch, outcome, at)
