"""What the company's network promises of packets, proved over its four templates; and mutants, which must be caught."""

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from examples.company_network.app import build
from patternkit.routes import (
    Network,
    Promise,
    Verdict,
    inspected,
    isolated,
    no_blackhole,
    no_bypass,
    reaches,
    symmetric,
)
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.synthesized import network

ORDERS, BILLING, EXCHANGE = "CompanyWorkloads/Orders", "CompanyWorkloads/Billing", "CompanyPartners/Exchange"
SPOKES, INTERNET = [ORDERS, BILLING, EXCHANGE], "internet"
HEADQUARTERS = ["SiteHeadquarters/Connection1", "SiteHeadquarters/Connection2"]
SUPPLIER = "SiteSupplier/Connection1"
# What the attachment function returns, and what the sites announce: no template says either.
CONTRACTS = {
    "harmless": ["*Placement/Resource/Default", "*Defaults/Resource/Default"],
    "returns": {
        f"*/SiteHeadquarters/Attachment{number}Placement/Resource/Default": {
            "AttachmentId": {"attachment-of": f"SiteHeadquarters/Connection{number}"}
        }
        for number in (1, 2)
    },
    "prefixes": {SUPPLIER: ["172.16.9.0/24"]} | {site: ["192.168.0.0/20"] for site in HEADQUARTERS},
}
Templates = dict[str, dict[str, Any]]
Mutation = Callable[[Templates], None]

environments = pytest.mark.parametrize("environment", ENVIRONMENTS)


@cache
def synthesized(environment: str) -> Templates:
    return network(lambda app: build(app, env=ENVIRONMENTS[environment])).templates


def company(environment: str, mutate: Mutation | None = None) -> Network:
    templates = copy.deepcopy(synthesized(environment))
    if mutate is not None:
        mutate(templates)
    return Network.from_templates(templates, contracts=CONTRACTS)


@environments
def test_what_vpcs_send_each_other_is_inspected(environment: str) -> None:
    company(environment).assert_holds(
        *(promise(SPOKES, SPOKES) for promise in (reaches, inspected, symmetric, no_bypass, no_blackhole))
    )


@environments
def test_headquarters_reaches_every_vpc_and_is_inspected_both_ways(environment: str) -> None:
    company(environment).assert_holds(
        *(
            promise(*ends)
            for ends in ((HEADQUARTERS, SPOKES), (SPOKES, HEADQUARTERS))
            for promise in (reaches, inspected, no_bypass)
        )
    )


@environments
def test_the_internet_is_reached_through_the_firewall_and_reaches_nobody(environment: str) -> None:
    company(environment).assert_holds(
        reaches(SPOKES, INTERNET, port=443),
        *(promise(SPOKES, INTERNET) for promise in (inspected, no_bypass)),
        no_blackhole(SPOKES, INTERNET, port=443),
        isolated(INTERNET, SPOKES),
    )


@environments
def test_partners_reach_one_vpc_and_nothing_behind_it(environment: str) -> None:
    company(environment).assert_holds(
        reaches(SUPPLIER, EXCHANGE),
        reaches(EXCHANGE, SUPPLIER),
        *(isolated(SUPPLIER, behind) for behind in (ORDERS, BILLING, HEADQUARTERS, INTERNET)),
        *(isolated(behind, SUPPLIER) for behind in (ORDERS, BILLING, HEADQUARTERS)),
    )


def found(templates: Templates, path: str) -> tuple[str, str]:
    """The stack and the logical id of the one resource of this path."""
    [one] = [
        (stack, logical_id)
        for stack, template in templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource.get("Metadata", {}).get("aws:cdk:path") == path
    ]
    return one


def properties(templates: Templates, path: str) -> dict[str, Any]:
    stack, logical_id = found(templates, path)
    own: dict[str, Any] = templates[stack]["Resources"][logical_id]["Properties"]
    return own


def add(templates: Templates, stack: str, name: str, kind: str, **own: Any) -> None:
    resource = {"Type": kind, "Properties": own, "Metadata": {"aws:cdk:path": f"{stack}/{name}"}}
    templates[stack]["Resources"][name] = resource


def vpcs_that_know_each_other(templates: Templates) -> None:
    for name in ("Orders", "Billing"):
        spoke = f"CompanyWorkloads/{name}VpcSpokeOfHub/Attachment"
        placed = properties(templates, f"{spoke}/Association")
        add(templates, "CompanyWorkloads", f"Leak{name}", "AWS::EC2::TransitGatewayRouteTablePropagation", **placed)


def headquarters_behind_the_firewall(templates: Templates) -> None:
    site = "CompanyHub/Hub/SiteHeadquarters/Attachment1"
    behind = properties(templates, f"{site}/PropagationToInspection")["TransitGatewayRouteTableId"]
    properties(templates, f"{site}/Association")["TransitGatewayRouteTableId"] = behind


def partners_at_the_wrong_vpc(templates: Templates) -> None:
    _, orders = found(templates, "CompanyWorkloads/Orders/Resource")
    templates["CompanyWorkloads"].setdefault("Outputs", {})["Leak"] = {"Value": {"Fn::GetAtt": [orders, "VpcId"]}}
    properties(templates, "CompanyPartners/Partners/VpnGatewayAttachment")["VpcId"] = {
        "Fn::GetStackOutput": {"StackName": "CompanyWorkloads", "OutputName": "Leak"}
    }


def no_way_back_to_partners(templates: Templates) -> None:
    stack, logical_id = found(templates, "CompanyPartners/Partners/RoutePropagation")
    del templates[stack]["Resources"][logical_id]


def one_zone_unattached(templates: Templates) -> None:
    properties(templates, "CompanyPartners/ExchangeVpcSpokeOfHub/AttachmentResource")["SubnetIds"].pop()


def own_way_to_the_internet(templates: Templates) -> None:
    _, vpc = found(templates, "CompanyPartners/Exchange/Resource")
    gateway = {"Fn::GetAtt": ["Leak", "InternetGatewayId"]}
    add(templates, "CompanyPartners", "Leak", "AWS::EC2::InternetGateway")
    attached = {"VpcId": {"Fn::GetAtt": [vpc, "VpcId"]}, "InternetGatewayId": gateway}
    add(templates, "CompanyPartners", "LeakAttachment", "AWS::EC2::VPCGatewayAttachment", **attached)
    route = properties(templates, "CompanyPartners/ExchangeVpcSpokeOfHub/WorkloadSubnet1To0.0.0.0-0")
    del route["TransitGatewayId"]
    route["GatewayId"] = gateway


def blackhole_over_the_replies(templates: Templates) -> None:
    table = properties(templates, "CompanyHub/Hub/Egress/Attachment/Association")["TransitGatewayRouteTableId"]
    hole = {"Blackhole": True, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayRouteTableId": table}
    add(templates, "CompanyHub", "Blackhole", "AWS::EC2::TransitGatewayRoute", **hole)


def stateless_pass(templates: Templates) -> None:
    [policy] = [
        one["Properties"]
        for one in templates["CompanyHub"]["Resources"].values()
        if one["Type"] == "AWS::NetworkFirewall::FirewallPolicy"
    ]
    policy["FirewallPolicy"]["StatelessDefaultActions"] = ["aws:pass"]


@pytest.mark.parametrize(
    ("mutation", "promise", "said"),
    [
        (vpcs_that_know_each_other, inspected(SPOKES, SPOKES), "without crossing a firewall"),
        (headquarters_behind_the_firewall, no_bypass(HEADQUARTERS, SPOKES), ""),
        (partners_at_the_wrong_vpc, isolated(SUPPLIER, ORDERS), ""),
        (no_way_back_to_partners, reaches(SUPPLIER, EXCHANGE), ""),
        (one_zone_unattached, reaches(SPOKES, SPOKES), ""),
        (own_way_to_the_internet, inspected(SPOKES, INTERNET), "without crossing a firewall"),
        (own_way_to_the_internet, isolated(INTERNET, SPOKES), ""),
        (blackhole_over_the_replies, reaches(SPOKES, INTERNET, port=443), "blackhole"),
        (stateless_pass, inspected(SPOKES, SPOKES), "aws:pass"),
    ],
)
def test_a_mutant_is_caught(mutation: Mutation, promise: Promise, said: str) -> None:
    proof = company("agnostic", mutation).prove(promise)
    assert proof.verdict is Verdict.FAILS, proof
    assert said in str(proof)
    assert "there:" in str(proof), "no witness packet"
