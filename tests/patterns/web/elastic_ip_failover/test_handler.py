"""What the keeper does: which instance it finds able, when it moves the address, and when it gives one up."""

import http.server
import importlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws

from patterns.web.elastic_ip_failover.handler.address_keeper import answering
from tests.patterns.web.fleet import GROUP, Fleet
from tests.patterns.web.servers import answering as server
from tests.patterns.web.servers import free_port, self_signed

CONTEXT = SimpleNamespace(aws_request_id="the-request")


class Scene:
    """A group, an address, and what answers."""

    def __init__(self, index: ModuleType, monkeypatch: pytest.MonkeyPatch, instances: int) -> None:
        self.fleet = Fleet(instances)
        address = self.fleet.ec2.allocate_address(Domain="vpc")
        self.allocation, self.ip = address["AllocationId"], address["PublicIp"]
        self.index = index
        self.healthy: set[str] = set(self.fleet.instances)
        self.asked: list[str] = []
        self.unhealthy: list[tuple[str, bool]] = []
        monkeypatch.setattr(index, "answers", self._answers)
        monkeypatch.setattr(index.time, "sleep", lambda _: None)
        monkeypatch.setattr(index.autoscaling, "set_instance_health", self._set_health)
        for name, value in {
            "ALLOCATION_ID": self.allocation,
            "APPLICATION_PORT": "443",
            "GROUP_NAME": GROUP,
            "HEALTH_CHECK_PATH": "/ready",
        }.items():
            monkeypatch.setenv(name, value)

    def _set_health(self, *, InstanceId: str, HealthStatus: str, ShouldRespectGracePeriod: bool) -> None:  # noqa: N803
        assert HealthStatus == "Unhealthy"
        self.unhealthy.append((InstanceId, ShouldRespectGracePeriod))

    def _answers(self, ip: str, port: int, path: str) -> bool:
        assert (port, path) == (443, "/ready")
        self.asked.append(ip)
        if ip == self.ip:
            return self.holder in self.healthy
        return any(ip == self.fleet.public_address(one) for one in self.healthy)

    @property
    def holder(self) -> str | None:
        (address,) = self.fleet.ec2.describe_addresses(AllocationIds=[self.allocation])["Addresses"]
        return address.get("InstanceId") or None

    def run(self) -> dict[str, Any]:
        found: dict[str, Any] = self.index.handler({"source": "anything"}, CONTEXT)
        return found


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Scene]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        index = importlib.reload(
            importlib.import_module("patterns.web.elastic_ip_failover.handler.address_keeper.index")
        )
        yield lambda instances: Scene(index, monkeypatch, instances)


def test_a_first_instance_gets_the_address(scene: Callable[[int], Scene]) -> None:
    one = scene(1)
    found = one.run()
    assert one.holder == one.fleet.instances[0] == found["holder"]
    assert found["answered"] is True
    assert found["before"] is None


def test_an_instance_that_does_not_answer_yet_gets_an_address_that_nobody_holds(scene: Callable[[int], Scene]) -> None:
    one = scene(1)
    one.healthy.clear()
    found = one.run()
    assert one.holder == one.fleet.instances[0]
    assert found["answered"] is False
    assert one.unhealthy == []


def test_no_call_waits_for_ever(scene: Callable[[int], Scene]) -> None:
    index = scene(0).index
    for client in (index.autoscaling, index.ec2):
        assert (client.meta.config.connect_timeout, client.meta.config.read_timeout) == (3, 10)


def test_a_second_run_finds_nothing_to_do(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    first = one.run()
    second = one.run()
    assert second == {**first, "before": first["holder"]}
    assert one.unhealthy == []


def test_a_standby_takes_over_from_an_instance_that_fails_three_times(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    failed, standby = one.run()["holder"], None
    (standby,) = set(one.fleet.instances) - {failed}
    one.healthy.discard(failed)
    one.asked.clear()
    found = one.run()
    assert one.asked[:3] == [one.ip] * 3
    assert one.holder == found["holder"] == standby
    assert found["before"] == found["declared_unhealthy"] == failed
    assert found["answered"] is True
    # The group decides whether the instance is too young to be judged.
    assert one.unhealthy == [(failed, True)]


def test_an_instance_that_answers_at_the_third_try_keeps_the_address(
    scene: Callable[[int], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scene(2)
    holder = one.run()["holder"]
    tries = iter([False, False, True])
    monkeypatch.setattr(one.index, "answers", lambda *_: next(tries))
    assert one.run()["holder"] == one.holder == holder
    assert one.unhealthy == []


def test_a_standby_that_does_not_answer_gets_nothing(scene: Callable[[int], Scene]) -> None:
    one = scene(2)
    holder = one.run()["holder"]
    one.healthy.clear()
    found = one.run()
    assert one.holder == holder
    assert found["answered"] is False
    assert one.unhealthy == [(holder, True)]


def test_without_a_standby_the_group_is_asked_for_another(scene: Callable[[int], Scene]) -> None:
    one = scene(1)
    holder = one.run()["holder"]
    one.healthy.clear()
    found = one.run()
    assert (one.holder, found["answered"], one.unhealthy) == (holder, False, [(holder, True)])


def test_an_instance_that_is_about_to_go_loses_the_address_though_it_answers(
    scene: Callable[[int], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scene(2)
    going = one.run()["holder"]
    (stays,) = set(one.fleet.instances) - {going}
    found = one.fleet.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])
    for instance in found["AutoScalingGroups"][0]["Instances"]:
        if instance["InstanceId"] == going:
            instance["LifecycleState"] = "Terminating:Wait"
    monkeypatch.setattr(one.index.autoscaling, "describe_auto_scaling_groups", lambda **_: found)
    assert one.run()["holder"] == one.holder == stays
    assert one.unhealthy == []


def test_the_successor_of_a_lone_instance_gets_the_address(scene: Callable[[int], Scene]) -> None:
    one = scene(1)
    first = one.run()["holder"]
    one.fleet.end(first)
    one.fleet.autoscaling.set_desired_capacity(AutoScalingGroupName=GROUP, DesiredCapacity=1)
    (second,) = set(one.fleet.instances) - {first}
    one.healthy = {second}
    assert one.run()["holder"] == one.holder == second


def test_an_empty_group_is_no_error_and_no_answer(scene: Callable[[int], Scene]) -> None:
    found = scene(0).run()
    assert (found["holder"], found["answered"]) == (None, False)


def test_a_group_that_is_not_there_fails_the_run(
    scene: Callable[[int], Scene], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = scene(1)
    monkeypatch.setenv("GROUP_NAME", "another")
    with pytest.raises(one.index.MisconfiguredError, match=r"^group another: found 0$"):
        one.run()


@pytest.mark.parametrize(("instances", "unanswered"), [(1, 0), (0, 1)])
def test_what_was_found_is_a_metric_that_the_alarm_watches(
    scene: Callable[[int], Scene], capsys: pytest.CaptureFixture[str], instances: int, unanswered: int
) -> None:
    one = scene(instances)
    one.run()
    line = json.loads(capsys.readouterr().out)
    assert line["Unanswered"] == unanswered
    assert line["AllocationId"] == one.allocation
    assert line["request_id"] == "the-request"
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], metric["Dimensions"]) == ("ElasticIpFailover", [["AllocationId"]])
    assert metric["Metrics"] == [{"Name": "Unanswered", "Unit": "Count"}]


@pytest.mark.parametrize(("status", "well"), [(200, True), (204, False), (301, False), (404, False), (503, False)])
def test_only_200_is_an_answer(tmp_path: Path, status: int, well: bool) -> None:
    with server(self_signed(tmp_path), status) as port:
        assert answering.answers("127.0.0.1", port, "/") is well


def test_nobody_and_plain_text_are_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not answering.answers("127.0.0.1", free_port(), "/")
    monkeypatch.setattr(answering, "TIMEOUT_SECONDS", 0.5)
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as plain:
        threading.Thread(target=plain.handle_request, daemon=True).start()
        assert not answering.answers("127.0.0.1", plain.server_address[1], "/")
