"""What names answer by these health checks, proved from a template with records; and mutants of it, by the promise."""

import copy
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Template

from patternkit.dns import Names, answers, fails_over
from patternkit.dns.promises import Promise
from patternkit.testing.synthesis import synthesize
from patternkit.verdict import Verdict
from patterns.dns.health_checks import AlarmSignal, Group, HealthChecks, Probe, PublicEndpoint
from tests.conftest import context, example

WWW, ORDERS, FLEET = (f"{name}.example.com" for name in ("www", "orders", "fleet"))
IDLE = "Names/Idle"
ADDRESSES = {name: f"203.0.113.{number}" for number, name in enumerate(("Web", "One", "Two", "Three"), 1)}


def failover(zone: route53.HostedZone, name: str, check: route53.IHealthCheck, primary: str) -> None:
    for which, address in (("PRIMARY", primary), ("SECONDARY", "203.0.113.99")):
        route53.CfnRecordSet(
            zone,
            f"{name}{which}",
            hosted_zone_id=zone.hosted_zone_id,
            name=f"{name}.",
            type="A",
            ttl="60",
            set_identifier=which,
            failover=which,
            resource_records=[address],
            health_check_id=check.health_check_id if which == "PRIMARY" else None,
        )


@cache
def template() -> Mapping[str, Any]:
    """Names that fail over by an endpoint, by an alarm, and by two of three endpoints."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Names", env=cdk.Environment(account="111122223333", region="us-east-1"))
        zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
        idle = cloudwatch.Alarm(
            stack,
            "Idle",
            metric=cloudwatch.Metric(namespace="Orders", metric_name="Runs", period=cdk.Duration.minutes(1)),
            threshold=1,
            evaluation_periods=2,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        )
        quick = Probe(interval_seconds=10, failures=2)
        health = HealthChecks(
            stack,
            "Health",
            endpoints={
                name: PublicEndpoint(host=WWW, address=address, **({} if name == "Web" else {"probe": quick}))
                for name, address in ADDRESSES.items()
            },
            signals={"Orders": AlarmSignal(alarm=idle)},
            groups={"Fleet": Group(of=["One", "Two", "Three"], at_least=2)},
        )
        assert health.seconds == {"Web": 90, "One": 20, "Two": 20, "Three": 20, "Orders": 120, "Fleet": 20}
        failover(zone, WWW, health.checks["Web"], ADDRESSES["Web"])
        failover(zone, ORDERS, health.checks["Orders"], "203.0.113.50")
        failover(zone, FLEET, health.checks["Fleet"], "203.0.113.60")

    made = synthesize(build, context={**context(), "aws:cdk:enable-path-metadata": True})
    assert not [one for one in made.findings if one.severity == "error"]
    return made.template


def names(template: Mapping[str, Any]) -> Names:
    return Names.from_templates({"Names": template}, contracts={"alarms": {IDLE: {"watches": ["203.0.113.50"]}}})


STANDBY = "203.0.113.99"
ENDPOINT = fails_over(WWW, when=ADDRESSES["Web"], to=STANDBY, within=150)
SIGNAL = fails_over(ORDERS, when="203.0.113.50", to=STANDBY, within=180)
NO_DATA = answers(ORDERS, STANDBY, ill=f"too few data: {IDLE}")
ONE_OF_THREE = answers(FLEET, "203.0.113.60", ill=ADDRESSES["One"])
TWO_OF_THREE = fails_over(FLEET, when=[ADDRESSES["One"], ADDRESSES["Two"]], to=STANDBY, within=80)
WELL = answers([WWW], ADDRESSES["Web"])


def test_names_fail_over_by_endpoint_by_alarm_and_by_group_in_the_time_that_is_computed() -> None:
    names(template()).assert_holds(ENDPOINT, SIGNAL, NO_DATA, ONE_OF_THREE, TWO_OF_THREE, WELL)


def configs(template: dict[str, Any], **settings: Any) -> list[dict[str, Any]]:
    found = [
        one["Properties"]["HealthCheckConfig"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Route53::HealthCheck"
    ]
    return [one for one in found if all(one.get(name) == value for name, value in settings.items())]


def set_all(template: dict[str, Any], where: dict[str, Any], **to: Any) -> None:
    found = configs(template, **where)
    assert found
    for one in found:
        one |= to


MUTANTS: list[tuple[str, dict[str, Any], dict[str, Any], Promise]] = [
    ("slow", {"IPAddress": ADDRESSES["Web"]}, {"FailureThreshold": 10}, ENDPOINT),
    ("inverted", {"IPAddress": ADDRESSES["Web"]}, {"Inverted": True}, WELL),
    ("of another address", {"IPAddress": ADDRESSES["Web"]}, {"IPAddress": "203.0.113.77"}, ENDPOINT),
    ("too few data is well", {"Type": "CLOUDWATCH_METRIC"}, {"InsufficientDataHealthStatus": "Healthy"}, NO_DATA),
    ("too few data as before", {"Type": "CLOUDWATCH_METRIC"}, {"InsufficientDataHealthStatus": "LastKnownStatus"},
     NO_DATA),
    ("all of the group", {"Type": "CALCULATED"}, {"HealthThreshold": 3}, ONE_OF_THREE),
    ("any of the group", {"Type": "CALCULATED"}, {"HealthThreshold": 1}, TWO_OF_THREE),
    ("always well", {"Type": "CALCULATED"}, {"HealthThreshold": 0}, TWO_OF_THREE),
]  # fmt: skip


@pytest.mark.parametrize(("where", "to", "promise"), [one[1:] for one in MUTANTS], ids=[one[0] for one in MUTANTS])
def test_each_fault_breaks_its_promise(where: dict[str, Any], to: dict[str, Any], promise: Promise) -> None:
    broken = copy.deepcopy(dict(template()))
    set_all(broken, where, **to)
    proof = names(broken).prove(promise)
    assert proof.verdict is not Verdict.HOLDS, str(proof)


def test_a_slower_alarm_breaks_the_time() -> None:
    broken = copy.deepcopy(dict(template()))
    for one in broken["Resources"].values():
        if one["Type"] == "AWS::CloudWatch::Alarm" and one["Properties"]["Namespace"] == "Orders":
            one["Properties"]["EvaluationPeriods"] = 5
    assert names(broken).prove(SIGNAL).verdict is Verdict.FAILS


def test_the_example_puts_out_what_is_computed() -> None:
    outputs = example("health-checks", "agnostic").template["Outputs"]
    assert outputs["DublinFailoverSeconds"]["Value"] == "150"
    # The alarm is another stack's: nobody here knows how long it takes.
    assert "EuropeFailoverSeconds" not in outputs


def test_alarms_are_where_the_metrics_are() -> None:
    concrete = example("health-checks", "concrete")
    assert len(concrete.resources("AWS::CloudWatch::Alarm")) == len(concrete.resources("AWS::Route53::HealthCheck"))


def elsewhere() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="eu-west-1"))


def test_elsewhere_there_are_no_alarms_and_a_topic_is_refused() -> None:
    stack = elsewhere()
    web = {"Web": PublicEndpoint(host=WWW)}
    assert HealthChecks(stack, "Silent", endpoints=web).alarms == []
    with pytest.raises(
        ValueError,
        match=r"^alarm_topic must be in us-east-1 with the checks and their metrics, got a stack in eu-west-1$",
    ):
        HealthChecks(stack, "Told", endpoints=web, alarm_topic=sns.Topic(stack, "Topic"))


def test_checkers_are_let_in_to_the_port_that_they_ask_and_nobody_else(scope: cdk.Stack) -> None:
    probe = Probe(protocol="HTTP", port=8080)
    health = HealthChecks(scope, "Health", endpoints={"Web": PublicEndpoint(host=WWW, probe=probe)})
    doors = ec2.SecurityGroup(scope, "Doors", vpc=ec2.Vpc(scope, "Vpc"))
    checkers = ec2.PrefixList.from_prefix_list_id(scope, "Checkers", "pl-0123456789abcdef0")
    health.let_checkers_in("Web", doors, checkers)
    found = Template.from_stack(scope).find_resources("AWS::EC2::SecurityGroupIngress").values()
    inline = [
        rule
        for one in Template.from_stack(scope).find_resources("AWS::EC2::SecurityGroup").values()
        for rule in one["Properties"].get("SecurityGroupIngress", [])
    ]
    [rule] = [*(one["Properties"] for one in found), *inline]
    assert (rule["SourcePrefixListId"], rule["FromPort"], rule["ToPort"]) == ("pl-0123456789abcdef0", 8080, 8080)
    with pytest.raises(ValueError, match=r"^name must be one of Web, got Other$"):
        health.let_checkers_in("Other", doors, checkers)


def test_more_checkers_than_a_security_group_has_rules_for_are_refused(scope: cdk.Stack) -> None:
    ports = {f"Port{port}": PublicEndpoint(host=WWW, probe=Probe(protocol="HTTP", port=port)) for port in (81, 82, 83)}
    health = HealthChecks(scope, "Health", endpoints=ports)
    doors = ec2.SecurityGroup.from_security_group_id(scope, "Doors", "sg-0123456789abcdef0")
    checkers = ec2.PrefixList.from_prefix_list_id(scope, "Checkers", "pl-0123456789abcdef0")
    for name in ("Port81", "Port82"):
        health.let_checkers_in(name, doors, checkers)
    with pytest.raises(ValueError, match=r"^security_group must make at most 60 rules .*, got 75$"):
        health.let_checkers_in("Port83", doors, checkers)


def test_checkers_beside_many_other_rules_are_refused(scope: cdk.Stack) -> None:
    health = HealthChecks(scope, "Health", endpoints={"Web": PublicEndpoint(host=WWW)})
    doors = ec2.SecurityGroup(scope, "Doors", vpc=ec2.Vpc(scope, "Vpc"))
    checkers = ec2.PrefixList.from_prefix_list_id(scope, "Checkers", "pl-0123456789abcdef0")
    for port in range(36):
        doors.add_ingress_rule(ec2.Peer.ipv4("10.0.0.0/8"), ec2.Port.tcp(8000 + port))
    with pytest.raises(ValueError, match=r"^security_group must make at most 60 rules .*, got 61$"):
        health.let_checkers_in("Web", doors, checkers)


def test_what_nobody_watches_is_said(scope: cdk.Stack) -> None:
    health = HealthChecks(scope, "Health", endpoints={"Web": PublicEndpoint(host=WWW)})
    time: Callable[..., Any] = health.failover_time
    assert time("Web", cdk.Duration.seconds(10)).to_seconds() == 100
    with pytest.raises(ValueError, match=r"^name must be one of Web, got Other$"):
        time("Other", cdk.Duration.seconds(10))
    with pytest.raises(ValueError, match=r"^ttl must be a Duration, got 60$"):
        time("Web", 60)
    with pytest.raises(ValueError, match=r"^ttl must be whole seconds, got 1500 ms$"):
        time("Web", cdk.Duration.millis(1500))
    assert health.metric_status("Web").period.to_seconds() == 60
    with pytest.raises(ValueError, match=r"^name must be one of Web, got Other$"):
        health.metric_status("Other")


def test_an_alarm_of_another_region_needs_a_name_of_its_own() -> None:
    app = cdk.App()
    here, there = (
        cdk.Stack(app, name, env=cdk.Environment(account="111122223333", region=region))
        for name, region in (("Here", "us-east-1"), ("There", "eu-west-1"))
    )
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Errors")
    alarms = {
        name: cloudwatch.Alarm(there, f"Alarm{name}", metric=metric, threshold=1, evaluation_periods=1, alarm_name=name)
        for name in (None, "shop-errors")
    }
    said = r"^signals\[Db\]: alarm must have a name of its own, as it is in eu-west-1 and its check in us-east-1$"
    with pytest.raises(ValueError, match=said):
        HealthChecks(here, "Refused", signals={"Db": AlarmSignal(alarm=alarms[None])})
    HealthChecks(here, "Taken", signals={"Db": AlarmSignal(alarm=alarms["shop-errors"])})
    [check] = Template.from_stack(here).find_resources("AWS::Route53::HealthCheck").values()
    identifier = check["Properties"]["HealthCheckConfig"]["AlarmIdentifier"]
    assert identifier == {"Name": "shop-errors", "Region": "eu-west-1"}
