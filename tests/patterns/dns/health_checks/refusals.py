from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from patterns.dns.health.probe import Probe
from patterns.dns.health_checks import AlarmSignal, Group, PublicEndpoint
from tests.refusals import Refusal

WEB = {"Web": PublicEndpoint(host="web.example.com")}


def refused(message: str, **arguments: Any) -> Refusal:
    return Refusal(message, lambda _: {"endpoints": WEB, **arguments})


def on_alarm(message: str, **settings: Any) -> Refusal:
    def made(scope: Construct) -> dict[str, Any]:
        metric = cloudwatch.Metric(namespace="Shop", metric_name="Errors", **settings)
        alarm = cloudwatch.Alarm(scope, "Alarm", metric=metric, threshold=1, evaluation_periods=1)
        return {"signals": {"Db": AlarmSignal(alarm=alarm)}}

    return Refusal(message, made)


def math(scope: Construct) -> dict[str, Any]:
    metric = cloudwatch.MathExpression(
        expression="a * 2", using_metrics={"a": cloudwatch.Metric(namespace="Shop", metric_name="Errors")}
    )
    alarm = cloudwatch.Alarm(scope, "Alarm", metric=metric, threshold=1, evaluation_periods=1)
    return {"signals": {"Db": AlarmSignal(alarm=alarm)}}


def composite(scope: Construct) -> dict[str, Any]:
    alarm = cloudwatch.CompositeAlarm(
        scope, "Alarm", alarm_rule=cloudwatch.AlarmRule.from_string('ALARM("one") AND ALARM("two")')
    )
    return {"signals": {"Db": AlarmSignal(alarm=alarm)}}


REFUSALS = [
    refused("endpoints or signals must hold something to watch, got neither", endpoints={}),
    refused(
        "endpoints[Web]: address must be public, got 10.0.0.1, which no checker reaches: give an alarm in signals",
        endpoints={"Web": PublicEndpoint(host="web.example.com", address="10.0.0.1")},
    ),
    refused(
        "endpoints[Web]: address must be an IP address, got 'web'",
        endpoints={"Web": PublicEndpoint(host="web.example.com", address="web")},
    ),
    refused(
        "endpoints[Web]: probe: expect must not be given with TCP, which reads no answer, got 'ok'",
        endpoints={"Web": PublicEndpoint(host="web.example.com", probe=Probe(protocol="TCP", expect="ok"))},
    ),
    refused(
        "endpoints[Web]: probe: failures must be between 1 and 10, got 11",
        endpoints={"Web": PublicEndpoint(host="web.example.com", probe=Probe(failures=11))},
    ),
    refused("groups[All]: of must name endpoints and signals, got Other", groups={"All": Group(of=["Other"])}),
    refused("groups[All]: of must differ, got Web twice", groups={"All": Group(of=["Web", "Web"])}),
    refused("groups[All]: at_least must be at most 1, got 2", groups={"All": Group(of=["Web"], at_least=2)}),
    refused(
        "groups[Two]: of must name endpoints and signals, All is a group itself",
        groups={"All": Group(of=["Web"]), "Two": Group(of=["All"])},
    ),
    refused(
        "groups, endpoints and signals must have different names, got Web twice", groups={"Web": Group(of=["Web"])}
    ),
    on_alarm("signals[Db]: alarm must be on Average, Minimum, Maximum, Sum or SampleCount, got p99", statistic="p99"),
    on_alarm("signals[Db]: alarm must have a period of whole minutes, got 10 seconds", period=Duration.seconds(10)),
    Refusal("signals[Db]: alarm must be on one metric, which Route 53 reads by itself, got metric math", math),
    *(
        refused(
            f"endpoints[Web]: address must be public, got {one}, which no checker reaches: give an alarm in signals",
            endpoints={"Web": PublicEndpoint(host="www.example.com", address=one)},
        )
        for one in ("224.0.0.1", "240.0.0.1", "ff0e::1")
    ),
    Refusal(
        "signals[Db]: alarm must be on one metric, which Route 53 reads by itself, got a composite alarm", composite
    ),
]
