"""What the service's names promise, proved over its four templates; and mutants, each caught by its promise."""

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest

from examples.two_region_service import failures
from examples.two_region_service.app import build
from patternkit.dns import Names, Promise, Verdict, always_answers, answers, fails_over, no_loop, private, resolves
from patternkit.testing.synthesis import synthesize
from tests.conftest import context

WWW, ORDERS, WIKI = failures.NAMES
DUBLIN, VIRGINIA = (f"Service{city}/Service/Balancer/LoadBalancer" for city in ("Dublin", "Virginia"))
INSIDE = ["ServiceDublin/Service/Network", "ServicePrivateNames/Hub", "Company", "Branch"]
Templates = dict[str, dict[str, Any]]
Mutation = Callable[[Templates], None]


@cache
def _templates() -> Templates:
    def made(app: cdk.App) -> None:
        build(app, env=cdk.Environment(account="111122223333"))

    found = synthesize(made, context={**context(), "aws:cdk:enable-path-metadata": True})
    return {name: dict(one) for name, one in found.templates.items()}


def names(mutate: Mutation | None = None) -> Names:
    templates = copy.deepcopy(_templates())
    if mutate is not None:
        mutate(templates)
    return failures.names(templates)


NEAR_DUBLIN, NEAR_VIRGINIA = {"region": "eu-west-1"}, {"region": "us-east-1"}
NEAR = [answers(WWW, DUBLIN, source=NEAR_DUBLIN), answers(WWW, VIRGINIA, source=NEAR_VIRGINIA)]
ALWAYS = always_answers(WWW, regions=True)
SOON = fails_over(WWW, when=DUBLIN, to=VIRGINIA, within="150 seconds", source=NEAR_DUBLIN)
SORRY = answers(WWW, "203.0.113.99", ill=[DUBLIN, VIRGINIA])
OURS, THEIRS = answers(ORDERS, "10.0.80.10", source=INSIDE), answers(WIKI, "192.168.1.1", source=INSIDE)
PROMISES = [*NEAR, ALWAYS, SOON, SORRY, OURS, THEIRS, private(ORDERS), no_loop()]


def test_every_promise_of_the_page_holds() -> None:
    names().assert_holds(*PROMISES)


def test_the_page_has_every_single_failure() -> None:
    page = failures.PAGE.read_text(encoding="utf-8")
    shown = page.partition(failures.BEGIN)[2].partition(failures.END)[0].strip()
    assert shown == failures.table(names()), "run python -m examples.two_region_service.failures --write"


def records(templates: Templates) -> list[dict[str, Any]]:
    found = templates["ServicePublicNames"]["Resources"].values()
    return [one["Properties"] for one in found if one["Type"] == "AWS::Route53::RecordSet"]


def of(templates: Templates, kind: str) -> list[str]:
    resources = templates["ServicePrivateNames"]["Resources"]
    return [name for name, one in resources.items() if one["Type"] == kind]


def not_evaluated(templates: Templates) -> None:
    for one in records(templates):
        if "Region" in one:
            one["AliasTarget"]["EvaluateTargetHealth"] = False


def no_page_elsewhere(templates: Templates) -> None:
    resources = templates["ServicePublicNames"]["Resources"]
    gone = next(name for name, one in resources.items() if one.get("Properties", {}).get("Failover") == "SECONDARY")
    del resources[gone]


def regions_swapped(templates: Templates) -> None:
    other = {"eu-west-1": "us-east-1", "us-east-1": "eu-west-1"}
    for one in records(templates):
        if "Region" in one:
            one["Region"] = other[one["Region"]]


def zone_without_the_service(templates: Templates) -> None:
    [zone] = of(templates, "AWS::Route53::HostedZone")
    templates["ServicePrivateNames"]["Resources"][zone]["Properties"]["VPCs"].pop()


def private_name_in_the_public_zone(templates: Templates) -> None:
    resources = templates["ServicePublicNames"]["Resources"]
    zone = next(name for name, one in resources.items() if one["Type"] == "AWS::Route53::HostedZone")
    record = {"HostedZoneId": {"Ref": zone}, "Name": f"{ORDERS}.", "Type": "A", "TTL": "60"}
    resources["Leak"] = {"Type": "AWS::Route53::RecordSet", "Properties": {**record, "ResourceRecords": ["10.0.80.10"]}}


def rule_without_the_service(templates: Templates) -> None:
    for gone in of(templates, "AWS::Route53Resolver::ResolverRuleAssociation")[1:]:
        del templates["ServicePrivateNames"]["Resources"][gone]


@pytest.mark.parametrize(
    ("mutate", "promise"),
    [
        (not_evaluated, ALWAYS),
        (no_page_elsewhere, SORRY),
        (regions_swapped, NEAR[0]),
        (zone_without_the_service, OURS),
        (private_name_in_the_public_zone, private(ORDERS)),
        (rule_without_the_service, THEIRS),
    ],
)
def test_a_template_with_one_fault_breaks_a_promise(mutate: Mutation, promise: Promise) -> None:
    assert names(mutate).prove(promise).verdict is not Verdict.HOLDS


def test_a_company_that_forwards_its_own_domain_to_aws_makes_a_circle() -> None:
    contracts = copy.deepcopy(failures.CONTRACTS)
    company = contracts["sites"]["Company"]
    company["forwards"]["corp.example.com"] = company["forwards"]["internal.example.com"]
    company["zones"] = {}
    found = Names.from_templates(_templates(), contracts=contracts)
    assert found.prove(no_loop()).verdict is not Verdict.HOLDS
    assert found.prove(resolves("Company", WIKI)).verdict is not Verdict.HOLDS
