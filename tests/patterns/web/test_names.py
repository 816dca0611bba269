"""What the names of the web family answer while something is ill, and how soon, proved by `patternkit.dns`."""

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53

from patternkit.dns import Names, always_answers, answers, fails_over, splits
from patternkit.dns.promises import Promise
from patternkit.testing.synthesis import synthesize
from patternkit.verdict import Verdict
from patterns.web.dns_balanced_instances.handler.registrar.records import Application, Zone
from patterns.web.elastic_ip_failover import ElasticIpFailover
from patterns.web.weighted_release import WeightedRecords
from tests.conftest import ROOT, context, example

WWW = "www.example.com"


def page(pattern: str) -> str:
    return " ".join((ROOT / "patterns" / "web" / pattern / "README.md").read_text(encoding="utf-8").split())


@cache
def released() -> Mapping[str, Any]:
    """Two whole stacks' load balancers behind one name."""

    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Web", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        network = ec2.Vpc(stack, "Vpc", availability_zones=["eu-west-1a", "eu-west-1b"], nat_gateways=0)
        both: dict[str, Any] = {}
        for name in ("Stable", "Candidate"):
            both[name.lower()] = elbv2.ApplicationLoadBalancer(stack, name, vpc=network, internet_facing=True)
            targets = elbv2.ApplicationTargetGroup(
                stack, f"{name}Targets", vpc=network, port=80, target_type=elbv2.TargetType.IP
            )
            both[name.lower()].add_listener("Http", port=80, default_target_groups=[targets], open=False)
        zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
        WeightedRecords(stack, "Names", domain_name=WWW, hosted_zone=zone, **both)

    settings = {**context(), "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True}
    return synthesize(build, context=settings).template


WEIGHTED: list[Promise] = [
    splits(WWW, {"stable": 1, "candidate": 0}),
    fails_over(WWW, when="stable", to="candidate", within="4 minutes"),
    always_answers(WWW),
]


def test_a_release_by_records_has_one_version_that_answers_and_another_to_fall_back_to() -> None:
    names = Names.from_templates({"Web": released()})
    names.assert_holds(*WEIGHTED)


def test_a_release_whose_records_do_not_evaluate_health_does_not_fall_back() -> None:
    broken = copy.deepcopy(dict(released()))
    for one in broken["Resources"].values():
        if one["Type"] == "AWS::Route53::RecordSet":
            one["Properties"]["AliasTarget"]["EvaluateTargetHealth"] = False
    verdicts = [Names.from_templates({"Web": broken}).prove(one).verdict for one in WEIGHTED]
    assert verdicts == [Verdict.HOLDS, Verdict.FAILS, Verdict.FAILS]


def test_the_page_of_a_release_says_the_time_that_is_computed() -> None:
    proof = Names.from_templates({"Web": released()}).prove(WEIGHTED[1])
    seconds = getattr(proof.time, "seconds", None)
    assert f"**{seconds:g} seconds**" in page("weighted_release"), proof


class Route53:
    """Takes what the registrar writes."""

    def __init__(self) -> None:
        self.checks: dict[str, dict[str, Any]] = {}
        self.records: list[dict[str, Any]] = []

    def get_paginator(self, name: str) -> Any:
        del name

        class Pages:
            def paginate(self, **_: Any) -> list[dict[str, Any]]:
                return [{"HealthChecks": [], "ResourceRecordSets": []}]

        return Pages()

    def create_health_check(self, **given: Any) -> dict[str, Any]:
        name = f"Check{len(self.checks)}"
        self.checks[name] = given["HealthCheckConfig"]
        return {"HealthCheck": {"Id": name}}

    def change_resource_record_sets(self, **given: Any) -> None:
        self.records += [one["ResourceRecordSet"] for one in given["ChangeBatch"]["Changes"]]


INSTANCES = {f"i-{number}": f"203.0.113.{number}" for number in (1, 2, 3)}


def balanced() -> dict[str, Any]:
    """The records and health checks that the function writes, with the settings of the template, as a template."""
    functions = example("dns-balanced-instances", "agnostic").resources("AWS::Lambda::Function").values()
    given = [one["Properties"].get("Environment", {}).get("Variables", {}) for one in functions]
    [ttl] = [int(one["TTL"]) for one in given if "TTL" in one]
    written = Route53()
    application = Application(domain_name=WWW, port=443, path="/", ttl=ttl)
    Zone(written, "Z1", "owner").write(application, INSTANCES)
    records = {
        f"Record{number}": {
            "Type": "AWS::Route53::RecordSet",
            "Properties": {
                **one,
                "HostedZoneId": {"Ref": "Zone"},
                "TTL": str(one["TTL"]),
                "ResourceRecords": [value["Value"] for value in one["ResourceRecords"]],
                "HealthCheckId": {"Ref": one["HealthCheckId"]},
            },
        }
        for number, one in enumerate(written.records)
    }
    checks = {
        name: {"Type": "AWS::Route53::HealthCheck", "Properties": {"HealthCheckConfig": one}}
        for name, one in written.checks.items()
    }
    zone = {"Zone": {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.com"}}}
    return {"Resources": {**zone, **checks, **records}}


LEFT = list(INSTANCES.values())[1:]
BALANCED = [
    answers(WWW, list(INSTANCES.values())),
    fails_over(WWW, when="203.0.113.1", to=LEFT, within=120),
    always_answers(WWW),
]


def test_an_instance_that_is_ill_is_answered_no_more_in_the_time_that_the_page_says() -> None:
    names = Names.from_templates({"Web": balanced()})
    names.assert_holds(*BALANCED)
    assert getattr(names.prove(BALANCED[1]).time, "seconds", None) == 120
    assert "**120 seconds**" in page("dns_balanced_instances")


def without_checks(template: dict[str, Any]) -> None:
    for one in template["Resources"].values():
        one["Properties"].pop("HealthCheckId", None)


def kept_long(template: dict[str, Any]) -> None:
    for one in template["Resources"].values():
        if "TTL" in one["Properties"]:
            one["Properties"]["TTL"] = "300"


@pytest.mark.parametrize("mutate", [without_checks, kept_long])
def test_each_fault_of_balanced_instances_breaks_the_failover(mutate: Any) -> None:
    broken = balanced()
    mutate(broken)
    assert Names.from_templates({"Web": broken}).prove(BALANCED[1]).verdict is Verdict.FAILS


def test_an_elastic_address_moves_and_its_name_says_the_same_while_it_does() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Web", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        zone = route53.PublicHostedZone(stack, "Zone", zone_name="example.com")
        ElasticIpFailover(stack, "Own", domain_name=WWW, hosted_zone=zone)

    settings = {**context(), "aws:cdk:bundling-stacks": [], "aws:cdk:enable-path-metadata": True}
    made = synthesize(build, context=settings).template
    names = Names.from_templates({"Web": made})
    names.assert_holds(
        answers(WWW, "Web/Own/Address"), answers(WWW, "Web/Own/Address", ill="Web/Own/Address"),
        always_answers(WWW, healthy=False),
    )  # fmt: skip
    # No TTL is waited for: the address that is answered is the one that moves.
    assert "no TTL" in page("elastic_ip_failover")
