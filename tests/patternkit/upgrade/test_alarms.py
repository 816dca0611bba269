"""Alarms that go or fall silent, and how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.patternkit.upgrade.lines import lines, resource

Resources = dict[str, Any]
TOPIC = resource("SNS::Topic", DisplayName="alarms")
MAIL = resource("SNS::Subscription", TopicArn={"Ref": "Topic"}, Protocol="email", Endpoint="a@example.com")


def alarm(kind: str = "Alarm", **more: Any) -> dict[str, Any]:
    return resource(f"CloudWatch::{kind}", **{"MetricName": "Errors", "AlarmActions": [{"Ref": "Topic"}], **more})


def watched(**changed: Any) -> Resources:
    made = {"A": alarm(), "Topic": TOPIC, "Mail": MAIL} | changed
    return {name: one for name, one in made.items() if one is not None}


def told(*reasons: str, where: str = "A") -> list[str]:
    return [f"danger: alarms: {where}: {one}" for one in reasons]


@pytest.mark.parametrize("kind", ["Alarm", "CompositeAlarm"])
def test_an_alarm_that_goes(kind: str) -> None:
    old = watched(A=alarm(kind))
    assert lines(old, watched(A=None)) == told("the alarm is not in the new template: nobody is told of Errors")
    rule = {"A": alarm(kind, MetricName=None, AlarmRule="ALARM(x)")}
    assert lines(watched() | rule, watched(A=None)) == told(
        "the alarm is not in the new template: nobody is told of what it watches"
    )
    assert not lines(old, watched(A=None, B=alarm(kind)))
    bare = {"Type": f"AWS::CloudWatch::{kind}"}
    assert lines(watched(A=bare), watched(A=None)) == told(
        "the alarm is not in the new template: nobody is told of what it watches"
    )
    assert lines(old, watched(A=None, B=bare)) == told("the alarm is not in the new template: nobody is told of Errors")


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("AlarmRule", "ALARM(x)", "ALARM(y)"),
        ("Namespace", "AWS/SQS", "AWS/Lambda"),
        ("MetricName", "Errors", "Throttles"),
        ("Dimensions", [{"Name": "QueueName", "Value": "a"}], [{"Name": "QueueName", "Value": "b"}]),
        ("Metrics", [{"Id": "a"}], [{"Id": "b"}]),
    ],
)
def test_an_alarm_of_something_else_takes_no_ones_place(name: str, one: Any, other: Any) -> None:
    old = watched(A=alarm(**{name: one}))
    (line,) = lines(old, watched(A=None, B=alarm(**{name: other})))
    assert line.startswith("danger: alarms: A: the alarm is not in the new template: nobody is told of ")
    assert not lines(old, watched(A=None, B=alarm(**{name: one})))
    assert len(lines(old, watched(A=None, B=alarm("CompositeAlarm", **{name: one})))) == 1


def test_an_alarm_under_a_condition() -> None:
    conditional = {**alarm(), "Condition": "C"}
    there = told("the alarm is there only if the condition C holds now")
    assert lines(watched(), watched(A=conditional)) == there
    assert lines(watched(A={**alarm(), "Condition": "B"}), watched(A=conditional)) == there
    assert not lines(watched(A=conditional), watched(A=conditional))
    assert not lines(watched(A=conditional), watched())


@pytest.mark.parametrize(
    ("given", "reads"),
    [
        (False, "false: it tells nobody"),
        ("false", "false: it tells nobody"),
        ({"Fn::If": ["C", True, False]}, '{"Fn::If": ["C", true, false]}, which is not known before deployment'),
        ({"Ref": "P"}, "P, which is not known before deployment"),
        (
            {"Fn::If": ["C", {"Ref": "P"}, True]},
            '{"Fn::If": ["C", {"Ref": "P"}, true]}, which is not known before deployment',
        ),
    ],
)
def test_actions_that_are_disabled(given: Any, reads: str) -> None:
    off = watched(A=alarm(ActionsEnabled=given))
    for on in (watched(), watched(A=alarm(ActionsEnabled=True)), watched(A=alarm(ActionsEnabled="true"))):
        assert lines(on, off) == told(f"ActionsEnabled was true and is {reads}")
        assert not lines(off, on)
    assert not lines(off, off)


def test_actions_that_go() -> None:
    both = watched(A=alarm(AlarmActions=["arn:aws:sns:eu-west-1:1:a", {"Ref": "Topic"}]))
    assert lines(both, watched(A=alarm(AlarmActions=[]))) == told(
        "AlarmActions was Topic, arn:aws:sns:eu-west-1:1:a and is empty: it tells nobody"
    )
    assert lines(both, watched()) == [
        "note: alarms: A: AlarmActions has arn:aws:sns:eu-west-1:1:a no more, and tells Topic"
    ]
    two = watched(A=alarm(AlarmActions=["b", "a", {"Ref": "Topic"}, "c"]))
    assert lines(two, watched(A=alarm(AlarmActions=[{"Ref": "Topic"}, "c"]))) == [
        "note: alarms: A: AlarmActions has a, b no more, and tells Topic, c"
    ]
    assert not lines(watched(), both)
    assert not lines(watched(A=alarm(AlarmActions=None)), watched(A=alarm(AlarmActions=[])))
    bare = {"Type": "AWS::CloudWatch::Alarm"}
    assert lines(watched(), watched(A=bare)) == told("AlarmActions was Topic and is empty: it tells nobody")
    assert not lines(watched(A=bare), watched())
    assert not lines(watched(A=bare), watched(A=bare))


def test_a_topic_that_nobody_hears() -> None:
    old = watched(Silent=TOPIC, Mute=TOPIC)
    moved = watched(
        Silent=TOPIC, Mute=TOPIC, A=alarm(AlarmActions=[{"Ref": "Silent"}, {"Fn::GetAtt": ["Mute", "TopicArn"]}])
    )
    assert lines(old, moved) == [
        *told("it acts on Mute.TopicArn, Silent, which has no subscription: it tells nobody"),
        "note: alarms: A: AlarmActions has Topic no more, and tells Mute.TopicArn, Silent",
    ]
    assert not [one for one in lines(moved, old) if "danger" in one]
    # Of a topic that the template does not make nobody knows who hears it.
    outside = watched(A=alarm(AlarmActions=["arn:aws:sns:eu-west-1:1:a"]))
    assert not [one for one in lines(watched(), outside) if "danger" in one]
    function = watched(F=resource("Lambda::Function", Code={}), A=alarm(AlarmActions=[{"Ref": "F"}]))
    assert not [one for one in lines(watched(), function) if "danger" in one]
    # Nothing that this upgrade does.
    assert not lines(watched(Mail=None), watched(Mail=None))


@pytest.mark.parametrize("reference", [{"Ref": "Topic"}, {"Fn::GetAtt": ["Topic", "TopicArn"]}])
def test_the_last_subscription_of_a_topic(reference: Any) -> None:
    old = watched(
        A=alarm(AlarmActions=[reference]), Mail={**MAIL, "Properties": {"TopicArn": reference, "Protocol": "sms"}}
    )
    new = {name: one for name, one in old.items() if name != "Mail"}
    gone = told("the subscription Mail of the topic Topic is gone: its alarms tell nobody any more", where="Topic")
    assert lines(old, new) == gone
    assert not lines(new, old)
    assert not lines(old | {"Other": MAIL}, old)
    assert lines(old | {"Other": MAIL}, new) == told(
        "the subscription Mail, the subscription Other of the topic Topic is gone: its alarms tell nobody any more",
        where="Topic",
    )


def test_a_subscription_that_stands_within_the_topic() -> None:
    within = resource(
        "SNS::Topic", DisplayName="alarms", Subscription=[{"Endpoint": "a@example.com", "Protocol": "email"}]
    )
    assert lines(watched(Topic=within, Mail=None), watched(Mail=None)) == told(
        'the subscription {"Endpoint": "a@example.com", "Protocol": "email"} of the topic Topic is gone: '
        "its alarms tell nobody any more",
        where="Topic",
    )
    assert not lines(watched(), watched(Topic=within, Mail=None))


def test_a_topic_that_no_alarm_acts_on() -> None:
    old = watched(A=None)
    assert not lines(old, watched(A=None, Mail=None))
    queue = resource("SQS::Queue", QueueName="x")
    assert not lines(
        watched(A=alarm(AlarmActions=[{"Ref": "Q"}]), Q=queue), watched(A=alarm(AlarmActions=[{"Ref": "Q"}]), Q=queue)
    )
    bare = {"Type": "AWS::SNS::Subscription"}
    assert len(lines(watched(Bare=bare), watched(Bare=bare, Mail=None))) == 1
