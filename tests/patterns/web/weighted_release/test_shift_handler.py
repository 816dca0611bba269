"""What the function asks of AWS at each event, call by call."""

import json
import re
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.answering import Aws, Refusal, loaded

NOW = 1_800_000_000.7
CONTEXT = SimpleNamespace(aws_request_id="request")
LISTENER = {"listener": "arn:listener", "stable": "arn:stable", "candidate": "arn:candidate", "stickiness": 0}
RECORDS = {
    "zone": "Z1",
    "name": "www.example.com.",
    "stable": {"dns": "stable.example.com", "zone": "Z2"},
    "candidate": {"dns": "candidate.example.com", "zone": "Z3"},
}
SETTINGS = {
    "RELEASE": "two",
    "STEPS": "[10, 50, 100]",
    "INTERVAL": "600",
    "TABLE": "state",
    "ALARMS": '["errors", "slow"]',
    "TARGET": json.dumps(LISTENER),
}
FOLDER = "web/weighted_release/handler/shift_handler"


@pytest.fixture(scope="module")
def modules() -> Iterator[Callable[[str], ModuleType]]:
    with loaded(FOLDER, "index", "weights", "decisions", **SETTINGS) as module:
        yield module


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: NOW)


def item(weight: int, status: str = "shifting", version: int = 3, moved_at: int = 0) -> dict[str, Any]:
    numbers = {"weight": weight, "moved_at": moved_at, "version": version}
    texts = {"release": {"S": "two"}, "status": {"S": status}}
    return {"id": {"S": "release"}, **texts, **{name: {"N": str(value)} for name, value in numbers.items()}}


LOOKED = (
    "DescribeAlarms",
    {"AlarmNames": ["errors", "slow"], "AlarmTypes": ["MetricAlarm"], "MaxRecords": 100},
)
READ = ("GetItem", {"TableName": "state", "Key": {"id": {"S": "release"}}, "ConsistentRead": True})


def states(errors: str = "OK", slow: str = "OK") -> dict[str, Any]:
    names = {"errors": errors, "slow": slow}
    return {"MetricAlarms": [{"AlarmName": name, "StateValue": value} for name, value in names.items() if value]}


def wrote(after: dict[str, Any], before: int | None) -> tuple[str, dict[str, Any]]:
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(id)"}
    if before is not None:
        values = {":version": {"N": str(before)}}
        condition = {"ConditionExpression": "version = :version", "ExpressionAttributeValues": values}
    return "PutItem", {"TableName": "state", "Item": after, **condition}


def listens(candidate: int, **more: Any) -> tuple[str, dict[str, Any]]:
    weights = {"arn:stable": 100 - candidate, "arn:candidate": candidate}
    groups = [{"TargetGroupArn": name, "Weight": weight} for name, weight in weights.items()]
    action = {"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": groups, **more}}
    return "ModifyListener", {"ListenerArn": "arn:listener", "DefaultActions": [action]}


def said(capsys: pytest.CaptureFixture[str], answer: dict[str, Any], **expected: Any) -> None:
    assert answer == expected
    line = {"level": "INFO", "message": "weights set", "request_id": "request", **expected}
    assert [json.loads(one) for one in capsys.readouterr().out.splitlines()] == [line]


TICK = {"scheduled_time": "2027-01-15T08:00:00Z"}
AT = 1_800_000_000


def alarm(name: str = "errors", value: str = "ALARM") -> dict[str, Any]:
    return {"detail-type": "CloudWatch Alarm State Change", "detail": {"alarmName": name, "state": {"value": value}}}


def test_the_first_tick_writes_and_sets_the_first_step(
    modules: Callable[[str], ModuleType], aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    after = item(10, version=2, moved_at=AT)
    aws.answers |= {"DescribeAlarms": states(), "GetItem": [{}, {"Item": after}]}
    answer = modules("index").handler(TICK, CONTEXT)
    said(capsys, answer, release="two", status="shifting", weight=10)
    assert aws.calls == [LOOKED, READ, wrote(after, None), listens(10), READ]


@pytest.mark.parametrize(
    ("moved_at", "weight", "status"),
    [(AT - 569, 10, "shifting"), (AT - 570, 50, "shifting"), (AT - 600, 50, "shifting")],
)
def test_a_tick_may_come_a_little_early(
    modules: Callable[[str], ModuleType],
    aws: Aws,
    capsys: pytest.CaptureFixture[str],
    moved_at: int,
    weight: int,
    status: str,
) -> None:
    before = item(10, moved_at=moved_at)
    after = before if weight == 10 else item(weight, version=4, moved_at=AT)
    aws.answers |= {"DescribeAlarms": states("INSUFFICIENT_DATA"), "GetItem": [{"Item": before}, {"Item": after}]}
    said(capsys, modules("index").handler(TICK, CONTEXT), release="two", status=status, weight=weight)
    written = [] if weight == 10 else [wrote(after, 3)]
    assert aws.calls == [LOOKED, READ, *written, listens(weight), READ]


@pytest.mark.parametrize("alarms", [states("ALARM"), states(slow="ALARM")])
def test_a_tick_while_an_alarm_is_off_puts_all_weight_back(
    modules: Callable[[str], ModuleType], aws: Aws, capsys: pytest.CaptureFixture[str], alarms: dict[str, Any]
) -> None:
    after = item(0, "rolled-back", version=4, moved_at=AT)
    aws.answers |= {"DescribeAlarms": alarms, "GetItem": [{"Item": item(10)}, {"Item": after}]}
    said(capsys, modules("index").handler(TICK, CONTEXT), release="two", status="rolled-back", weight=0)
    assert aws.calls == [LOOKED, READ, wrote(after, 3), listens(0), READ]


@pytest.mark.parametrize(
    ("alarms", "missing"),
    [(states("", ""), "errors, slow"), (states(slow=""), "slow"), ({"MetricAlarms": []}, "errors, slow")],
)
def test_an_alarm_that_is_not_there_stops_the_release(
    modules: Callable[[str], ModuleType], aws: Aws, alarms: dict[str, Any], missing: str
) -> None:
    aws.answers["DescribeAlarms"] = alarms
    with pytest.raises(modules("index").ShiftFailed, match=f"^no such alarm: {missing}$"):
        modules("index").handler(TICK, CONTEXT)
    assert aws.calls == [LOOKED]


@pytest.mark.parametrize("name", ["errors", "slow"])
def test_an_alarm_that_goes_off_puts_all_weight_back(
    modules: Callable[[str], ModuleType], aws: Aws, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    after = item(0, "rolled-back", version=4, moved_at=AT)
    aws.answers["GetItem"] = [{"Item": item(50)}, {"Item": after}]
    said(capsys, modules("index").handler(alarm(name), CONTEXT), release="two", status="rolled-back", weight=0)
    assert aws.calls == [READ, wrote(after, 3), listens(0), READ]


NEITHER = "the event must be a tick of the schedule, or one of this release's alarms going off"


@pytest.mark.parametrize(
    ("event", "refused"),
    [
        ([], "the event must be an object, got list"),
        ({}, NEITHER),
        ({"scheduled_time": 7}, NEITHER),
        (alarm("another"), NEITHER),
        (alarm(value="OK"), NEITHER),
        ({**alarm(), "detail-type": "another"}, NEITHER),
        ({**alarm(), "detail": None}, NEITHER),
        ({"detail-type": "CloudWatch Alarm State Change"}, NEITHER),
        ({**alarm(), "detail": {"alarmName": "errors", "state": None}}, NEITHER),
        ({**alarm(), "detail": {"alarmName": "errors"}}, NEITHER),
        ({**alarm(), "detail": {"state": {"value": "ALARM"}}}, NEITHER),
    ],
)
def test_what_is_neither_is_refused(modules: Callable[[str], ModuleType], aws: Aws, event: Any, refused: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(refused)}$"):
        modules("index").handler(event, CONTEXT)
    assert aws.calls == []


def test_who_was_overtaken_decides_again_and_gives_up_in_the_end(
    modules: Callable[[str], ModuleType], aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = Refusal("ConditionalCheckFailedException")
    after = item(50, version=4, moved_at=AT)
    aws.answers |= {"DescribeAlarms": states(), "PutItem": [lost] * 4 + [{}]}
    aws.answers["GetItem"] = [{"Item": item(10)}] * 5 + [{"Item": after}]
    said(capsys, modules("index").handler(TICK, CONTEXT), release="two", status="shifting", weight=50)
    assert aws.called() == [LOOKED, *[READ, wrote(after, 3)] * 5, listens(50), READ]
    aws.answers |= {"PutItem": lost, "GetItem": {"Item": item(10)}}
    with pytest.raises(
        modules("index").ShiftFailed, match=r"^others changed the state 5 times while this was decided$"
    ):
        modules("index").handler(TICK, CONTEXT)
    assert aws.calls == [LOOKED, *[READ, wrote(after, 3)] * 5]


def test_weights_of_an_older_state_are_set_again_and_given_up_in_the_end(
    modules: Callable[[str], ModuleType], aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = item(0, "rolled-back", version=5)
    aws.answers |= {"DescribeAlarms": states(), "GetItem": [{"Item": item(10)}, *[{"Item": newer}] * 2]}
    said(capsys, modules("index").handler(TICK, CONTEXT), release="two", status="rolled-back", weight=0)
    assert aws.called()[3:] == [listens(50), READ, listens(0), READ]
    aws.answers["GetItem"] = [{"Item": item(10)}, *({"Item": item(one, version=9 + one)} for one in range(1, 6))]
    failed = r"^others changed the state 5 times while the weights were set$"
    with pytest.raises(modules("index").ShiftFailed, match=failed):
        modules("index").handler(TICK, CONTEXT)
    assert aws.called()[3:] == [one for weight in (50, 1, 2, 3, 4) for one in (listens(weight), READ)]
    # A table that was emptied says nothing against it.
    aws.answers["GetItem"] = [{"Item": item(10)}, {}]
    assert modules("index").handler(TICK, CONTEXT)["weight"] == 50


@pytest.mark.parametrize("candidate", [0, 10, 100])
def test_a_listener_keeps_its_stickiness(modules: Callable[[str], ModuleType], aws: Aws, candidate: int) -> None:
    weights = modules("weights")
    weights.weights({**LISTENER, "stickiness": 60}).set(candidate)
    kept = {"TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60}}
    assert aws.calls == [listens(candidate, **kept)]


@pytest.mark.parametrize("candidate", [0, 10, 100])
def test_both_records_are_changed_at_once(modules: Callable[[str], ModuleType], aws: Aws, candidate: int) -> None:
    modules("weights").weights(RECORDS).set(candidate)

    def change(which: str, zone: str, weight: int) -> dict[str, Any]:
        alias = {"DNSName": f"{which}.example.com", "HostedZoneId": zone, "EvaluateTargetHealth": True}
        record = {"Name": "www.example.com.", "Type": "A", "SetIdentifier": which, "Weight": weight}
        return {"Action": "UPSERT", "ResourceRecordSet": {**record, "AliasTarget": alias}}

    changes = [change("stable", "Z2", 100 - candidate), change("candidate", "Z3", candidate)]
    batch = {"Comment": f"the candidate gets {candidate} percent", "Changes": changes}
    assert aws.calls == [("ChangeResourceRecordSets", {"HostedZoneId": "Z1", "ChangeBatch": batch})]


PLANNED: dict[str, Any] = {"release": "two", "steps": (10, 50), "interval": 600}


@pytest.mark.parametrize(
    ("before", "alarmed", "after"),
    [
        ({}, False, {"release": "two", "status": "shifting", "weight": 10, "moved_at": 9001, "version": 2}),
        ({}, True, {"release": "two", "status": "shifting", "weight": 0, "moved_at": 0, "version": 1}),
        (
            {"release": "two", "status": "shifting", "weight": 10, "moved_at": 8430, "version": 7},
            False,
            {"release": "two", "status": "shifted", "weight": 50, "moved_at": 9001, "version": 8},
        ),
        (
            {"release": "two", "status": "shifting", "weight": 10, "moved_at": 8431, "version": 7},
            False,
            {"release": "two", "status": "shifting", "weight": 10, "moved_at": 8431, "version": 7},
        ),
        (
            {"release": "two", "status": "shifting", "weight": 50, "moved_at": 8430, "version": 7},
            False,
            {"release": "two", "status": "shifted", "weight": 50, "moved_at": 8430, "version": 8},
        ),
        (
            {"release": "two", "status": "shifted", "weight": 50, "moved_at": 8430, "version": 7},
            False,
            {"release": "two", "status": "shifted", "weight": 50, "moved_at": 8430, "version": 7},
        ),
        (
            {"release": "two", "status": "shifted", "weight": 50, "moved_at": 8430, "version": 7},
            True,
            {"release": "two", "status": "rolled-back", "weight": 0, "moved_at": 9001, "version": 8},
        ),
        (
            {"release": "one", "status": "rolled-back", "weight": 0, "moved_at": 9000, "version": 7},
            False,
            {"release": "two", "status": "shifting", "weight": 10, "moved_at": 9001, "version": 9},
        ),
        (
            {"release": "two", "status": "rolled-back", "weight": 0, "moved_at": 1, "version": 7},
            False,
            {"release": "two", "status": "rolled-back", "weight": 0, "moved_at": 1, "version": 7},
        ),
    ],
)
def test_a_state_is_decided_whole(
    modules: Callable[[str], ModuleType], before: dict[str, Any], alarmed: bool, after: dict[str, Any]
) -> None:
    decisions = modules("decisions")
    plan = decisions.Plan(**PLANNED)
    found = decisions.after_tick(decisions.State(**before), plan, scheduled=9000, now=9001, alarmed=alarmed)
    assert found == decisions.State(**after)


def test_without_a_release_a_state_is_stable(modules: Callable[[str], ModuleType]) -> None:
    decisions = modules("decisions")
    none = decisions.Plan(**{**PLANNED, "release": ""})
    state = decisions.State(release="two", status="shifted", weight=50, moved_at=8430, version=7)
    stable = decisions.State(release="", status="stable", weight=0, moved_at=0, version=8)
    assert decisions.after_tick(state, none, scheduled=9000, now=9001, alarmed=True) == stable
    assert decisions.after_alarm(state, none, now=9001) == stable
    assert decisions.State() == decisions.State(release="", status="stable", weight=0, moved_at=0, version=0)


def test_a_state_is_written_as_text_and_numbers(modules: Callable[[str], ModuleType]) -> None:
    decisions = modules("decisions")
    state = decisions.State(release="two", status="shifting", weight=10, moved_at=5, version=3)
    written = {name: value for name, value in item(10, moved_at=5).items() if name != "id"}
    assert state.item() == written
    assert decisions.State.from_item(item(10, moved_at=5)) == state
