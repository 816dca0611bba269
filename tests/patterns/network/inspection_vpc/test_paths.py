"""What the hub promises of packets, proved from its templates; and mutants of them, which must be caught."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from patternkit.routes import (
    Network,
    Promise,
    Verdict,
    inspected,
    isolated,
    no_blackhole,
    no_bypass,
    reaches,
    same_az,
    symmetric,
)
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.inspection_vpc.hubs import BERLIN, OPTIONS, synthesized

ORDERS, BILLING, INTERNET = "Network/Orders", "Network/Billing", "internet"
SPOKES, SITES = "every spoke subnet", "every site"
LOAD_BALANCER = ["Network/Hub/Ingress/Network/Public1", "Network/Hub/Ingress/Network/Public2"]
# What the attachment function returns, and what the sites announce: no template says either.
CONTRACTS = {
    "harmless": ["*Placement/Resource/Default", "*Defaults/Resource/Default"],
    "returns": {
        f"*/{site}/Attachment{number}Placement/Resource/Default": {
            "AttachmentId": {"attachment-of": f"{site}/Connection{number}"}
        }
        for site, number in (("SiteBerlin", 1), ("SiteBerlin", 2), ("SiteRome", 1))
    },
    "prefixes": {f"SiteBerlin/Connection{number}": list(BERLIN.prefixes) for number in (1, 2)},
}
Template = dict[str, Any]
Mutation = Callable[[Template], None]

environments = pytest.mark.parametrize("environment", ENVIRONMENTS)


def options_with(**wanted: str) -> list[str]:
    defaults = {"inspect": "all", "egress": "egress-vpc", "firewall_attachment": "vpc"}
    return [
        name
        for name, options in OPTIONS.items()
        if all((defaults | options)[argument] in value.split() for argument, value in wanted.items())
    ]


def hub(
    option: str,
    environment: str = "agnostic",
    *,
    sites: bool = False,
    ingress: bool = False,
    mutate: Mutation | None = None,
) -> Network:
    made = synthesized(option, environment, sites=sites, direct_connect=False, ingress=ingress)
    template = copy.deepcopy(made.template)
    if mutate is not None:
        mutate(template)
    return Network.from_templates({"Network": template}, contracts=contracts(option, sites=sites))


def contracts(option: str, *, sites: bool) -> dict[str, Any]:
    """Only what there is: a contract that nothing uses would hide a change of names."""
    if sites:
        return CONTRACTS
    return {"harmless": CONTRACTS["harmless"]} if "shared" in option else {}


@environments
@pytest.mark.parametrize("option", options_with(inspect="all east-west"))
def test_what_spokes_send_each_other_is_inspected(option: str, environment: str) -> None:
    hub(option, environment).assert_holds(
        reaches(SPOKES, SPOKES),
        inspected(SPOKES, SPOKES),
        symmetric(SPOKES, SPOKES),
        no_bypass(SPOKES, SPOKES),
        no_blackhole(SPOKES, SPOKES),
    )


@environments
@pytest.mark.parametrize("option", options_with(inspect="north-south"))
def test_north_south_lets_spokes_pass_and_inspects_the_internet(option: str, environment: str) -> None:
    network = hub(option, environment)
    network.assert_holds(
        reaches(SPOKES, SPOKES), symmetric(SPOKES, SPOKES), inspected(SPOKES, INTERNET), no_bypass(SPOKES, INTERNET)
    )
    assert network.prove(inspected(SPOKES, SPOKES)).verdict is Verdict.FAILS


@environments
@pytest.mark.parametrize("option", options_with(inspect="all north-south", egress="egress-vpc inspection-vpc"))
def test_what_spokes_send_to_the_internet_is_inspected(option: str, environment: str) -> None:
    hub(option, environment).assert_holds(
        reaches(SPOKES, INTERNET, port=443),
        inspected(SPOKES, INTERNET),
        symmetric(SPOKES, INTERNET),
        same_az(SPOKES, INTERNET),
        no_bypass(SPOKES, INTERNET),
        no_blackhole(SPOKES, INTERNET, port=443),
    )


@environments
@pytest.mark.parametrize("option", options_with(inspect="east-west"))
def test_east_west_reaches_the_internet_without_the_firewall(option: str, environment: str) -> None:
    network = hub(option, environment)
    network.assert_holds(reaches(SPOKES, INTERNET, port=443), symmetric(SPOKES, INTERNET), same_az(SPOKES, INTERNET))
    assert network.prove(inspected(SPOKES, INTERNET)).verdict is Verdict.FAILS


@pytest.mark.parametrize("option", options_with(egress="none"))
def test_without_egress_nobody_reaches_the_internet(option: str) -> None:
    hub(option).assert_holds(isolated(SPOKES, INTERNET))


@pytest.mark.parametrize("option", OPTIONS)
def test_nobody_on_the_internet_reaches_a_spoke(option: str) -> None:
    hub(option).assert_holds(isolated(INTERNET, SPOKES))


@environments
@pytest.mark.parametrize("option", options_with(firewall_attachment="transit-gateway"))
def test_with_the_firewall_on_the_gateway_sites_are_inspected_both_ways(option: str, environment: str) -> None:
    network = hub(option, environment, sites=True)
    for ends in ((SITES, SPOKES), (SPOKES, SITES)):
        network.assert_holds(reaches(*ends), inspected(*ends), no_bypass(*ends))
    # Both devices of a site announce the same: a reply may take the other connection, which the page says.
    assert network.prove(symmetric(SITES, SPOKES)).verdict is Verdict.UNKNOWN


@environments
@pytest.mark.parametrize("option", options_with(firewall_attachment="vpc"))
def test_with_the_firewall_in_a_vpc_sites_never_go_around_it(option: str, environment: str) -> None:
    network = hub(option, environment, sites=True)
    network.assert_holds(no_bypass(SITES, SPOKES), no_bypass(SPOKES, SITES))
    # Appliance mode promises nothing for what enters by VPN, which the page and a warning say.
    assert network.prove(inspected(SITES, SPOKES)).verdict is Verdict.UNKNOWN


@environments
@pytest.mark.parametrize("option", options_with(inspect="all north-south", egress="egress-vpc inspection-vpc"))
def test_what_comes_in_from_the_internet_is_inspected(option: str, environment: str) -> None:
    network = hub(option, environment, ingress=True)
    network.assert_holds(
        *(
            promise(one, ORDERS)
            for one in LOAD_BALANCER
            for promise in (reaches, inspected, symmetric, no_bypass, no_blackhole)
        ),
        # The load balancer lets the internet in to what it has as a target, and to nothing else; through the firewall.
        no_bypass(INTERNET, ORDERS),
        isolated(INTERNET, BILLING),
    )


def of(template: Template, resource_type: str, name: str = "") -> dict[str, Any]:
    """The one resource of a type whose path ends so."""
    found = [
        resource
        for resource in template["Resources"].values()
        if resource["Type"] == resource_type and resource["Metadata"]["aws:cdk:path"].endswith(name)
    ]
    assert len(found) == 1, f"{len(found)} resources {resource_type} {name}"
    properties: dict[str, Any] = found[0]["Properties"]
    return properties


def remove(template: Template, resource_type: str, name: str) -> None:
    found = [
        logical_id
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] == resource_type and resource["Metadata"]["aws:cdk:path"].endswith(name)
    ]
    assert len(found) == 1, f"{len(found)} resources {resource_type} {name}"
    del template["Resources"][found[0]]
    for resource in template["Resources"].values():
        depends = resource.get("DependsOn", [])
        resource["DependsOn"] = [one for one in depends if one != found[0]]


def reference(template: Template, resource_type: str, name: str, attribute: str) -> dict[str, Any]:
    wanted = of(template, resource_type, name)
    [logical_id] = [one for one, resource in template["Resources"].items() if resource.get("Properties") is wanted]
    return {"Fn::GetAtt": [logical_id, attribute]}


def no_appliance_mode(template: Template) -> None:
    attachment = of(template, "AWS::EC2::TransitGatewayAttachment", "Hub/Inspection/AttachmentResource")
    attachment["Options"]["ApplianceModeSupport"] = "disable"


def no_return_route(template: Template) -> None:
    remove(template, "AWS::EC2::Route", "Hub/Inspection/Network/Firewall1/RouteTable/ToGateway0.0.0.0-0")


def swapped_endpoints(template: Template) -> None:
    one, other = (
        of(template, "AWS::EC2::Route", f"Hub/Inspection/Network/Attachment{zone}/RouteTable/ToFirewall")
        for zone in (1, 2)
    )
    one["VpcEndpointId"], other["VpcEndpointId"] = other["VpcEndpointId"], one["VpcEndpointId"]


def spokes_in_their_own_table(template: Template) -> None:
    for spoke in ("Orders", "Billing"):
        template["Resources"][f"Leak{spoke}"] = {
            "Type": "AWS::EC2::TransitGatewayRouteTablePropagation",
            "Properties": {
                "TransitGatewayAttachmentId": reference(
                    template, "AWS::EC2::TransitGatewayAttachment", f"{spoke}VpcSpokeOfHub/AttachmentResource", "Id"
                ),
                "TransitGatewayRouteTableId": reference(
                    template,
                    "AWS::EC2::TransitGatewayRouteTable",
                    "SpokesDomain/RouteTable",
                    "TransitGatewayRouteTableId",
                ),
            },
            "Metadata": {"aws:cdk:path": f"Network/Leak{spoke}"},
        }


def own_way_to_the_internet(template: Template) -> None:
    vpc = reference(template, "AWS::EC2::VPC", "Network/Orders/Resource", "VpcId")
    gateway = {"Fn::GetAtt": ["Leak", "InternetGatewayId"]}
    template["Resources"]["Leak"] = {"Type": "AWS::EC2::InternetGateway", "Metadata": {"aws:cdk:path": "Network/Leak"}}
    template["Resources"]["LeakAttachment"] = {
        "Type": "AWS::EC2::VPCGatewayAttachment",
        "Properties": {"VpcId": vpc, "InternetGatewayId": gateway},
        "Metadata": {"aws:cdk:path": "Network/LeakAttachment"},
    }
    route = of(template, "AWS::EC2::Route", "OrdersVpcSpokeOfHub/WorkloadSubnet1To0.0.0.0-0")
    del route["TransitGatewayId"]
    route["GatewayId"] = gateway


def one_zone_unattached(template: Template) -> None:
    attachment = of(template, "AWS::EC2::TransitGatewayAttachment", "OrdersVpcSpokeOfHub/AttachmentResource")
    attachment["SubnetIds"].pop()


def blackhole_over_the_return(template: Template) -> None:
    template["Resources"]["Blackhole"] = {
        "Type": "AWS::EC2::TransitGatewayRoute",
        "Properties": {
            "Blackhole": True,
            "DestinationCidrBlock": "10.0.0.0/8",
            "TransitGatewayRouteTableId": reference(
                template, "AWS::EC2::TransitGatewayRouteTable", "EgressDomain/RouteTable", "TransitGatewayRouteTableId"
            ),
        },
        "Metadata": {"aws:cdk:path": "Network/Blackhole"},
    }


def endpoint_by_position(template: Template) -> None:
    """The two-zone sample's way: one firewall, and its endpoints by their place in the list."""
    subnets = [
        of(template, "AWS::NetworkFirewall::Firewall", f"Hub/Inspection/Firewall/Zone{zone}")["SubnetMappings"][0]
        for zone in (1, 2)
    ]
    of(template, "AWS::NetworkFirewall::Firewall", "Hub/Inspection/Firewall/Zone1")["SubnetMappings"] = subnets
    endpoints = reference(template, "AWS::NetworkFirewall::Firewall", "Hub/Inspection/Firewall/Zone1", "EndpointIds")
    for zone in (1, 2):
        route = of(template, "AWS::EC2::Route", f"Hub/Inspection/Network/Attachment{zone}/RouteTable/ToFirewall")
        route["VpcEndpointId"] = {"Fn::Select": [1, {"Fn::Split": [":", {"Fn::Select": [zone - 1, endpoints]}]}]}


def stateless_pass(template: Template) -> None:
    of(template, "AWS::NetworkFirewall::FirewallPolicy")["FirewallPolicy"]["StatelessDefaultActions"] = ["aws:pass"]


@environments
@pytest.mark.parametrize(
    ("mutation", "promise", "said"),
    [
        (no_appliance_mode, reaches(SPOKES, SPOKES), "has not seen the flow's first packet"),
        (no_return_route, reaches(SPOKES, SPOKES), "no route"),
        (swapped_endpoints, same_az(SPOKES, INTERNET), ""),
        (spokes_in_their_own_table, inspected(SPOKES, SPOKES), "without crossing a firewall"),
        (own_way_to_the_internet, inspected(SPOKES, INTERNET), "without crossing a firewall"),
        (own_way_to_the_internet, no_bypass(INTERNET, SPOKES), ""),
        (one_zone_unattached, reaches(SPOKES, SPOKES), ""),
        (blackhole_over_the_return, reaches(SPOKES, INTERNET, port=443), "blackhole"),
        (stateless_pass, inspected(SPOKES, SPOKES), "aws:pass"),
    ],
)
def test_a_mutant_is_caught(mutation: Mutation, promise: Promise, said: str, environment: str) -> None:
    proof = hub("default", environment, mutate=mutation).prove(promise)
    assert proof.verdict is Verdict.FAILS, proof
    assert said in str(proof)
    assert "there:" in str(proof), "no witness packet"


@environments
def test_an_endpoint_by_position_is_not_proved(environment: str) -> None:
    proof = hub("default", environment, mutate=endpoint_by_position).prove(same_az(SPOKES, INTERNET))
    assert proof.verdict is Verdict.UNKNOWN, proof


@environments
@pytest.mark.parametrize("option", ["default", "native"])
def test_a_site_that_bypasses_the_firewall_is_caught(option: str, environment: str) -> None:
    def bypass(template: Template) -> None:
        route = of(template, "AWS::EC2::TransitGatewayRoute", "SitesDomain/Route0.0.0.0-0")
        route["TransitGatewayAttachmentId"] = reference(
            template, "AWS::EC2::TransitGatewayAttachment", "OrdersVpcSpokeOfHub/AttachmentResource", "Id"
        )

    proof = hub(option, environment, sites=True, mutate=bypass).prove(no_bypass(SITES, ORDERS))
    assert proof.verdict is Verdict.FAILS, proof


@environments
def test_replies_to_the_wrong_endpoint_are_caught(environment: str) -> None:
    """With NAT behind the endpoints requests pass one zone's endpoint, and replies must pass the same."""

    def swapped_replies(template: Template) -> None:
        one, other = (
            of(template, "AWS::EC2::Route", f"Hub/Inspection/Network/Public{zone}/RouteTable/ToFirewall10.0.0.0-8")
            for zone in (1, 2)
        )
        one["VpcEndpointId"], other["VpcEndpointId"] = other["VpcEndpointId"], one["VpcEndpointId"]

    proof = hub("nat-inside", environment, mutate=swapped_replies).prove(reaches(SPOKES, INTERNET, port=443))
    assert proof.verdict is Verdict.FAILS, proof


@environments
def test_the_native_firewall_s_mutants_are_caught(environment: str) -> None:
    leaking = hub("native", environment, mutate=spokes_in_their_own_table)
    assert leaking.prove(inspected(SPOKES, SPOKES)).verdict is Verdict.FAILS
    dark = hub("native", environment, mutate=blackhole_over_the_return)
    assert dark.prove(reaches(SPOKES, INTERNET, port=443)).verdict is Verdict.FAILS
    unattached = hub("native", environment, mutate=one_zone_unattached)
    assert unattached.prove(reaches(SPOKES, SPOKES)).verdict is Verdict.FAILS
