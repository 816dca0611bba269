"""What the company's network promises of packets, proved over the templates of all of its stacks; and mutants."""

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from examples.company_network.app import build
from examples.company_network.prove import BEGIN, CONTRACTS, END, PAGE, PROMISES
from patternkit.catalog.parts.losses import table_of_losses
from patternkit.routes import (
    Network,
    Promise,
    Verdict,
    inspected,
    load_promises,
    reaches,
    symmetric,
)
from patternkit.testing.synthesis import Synthesis
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.synthesized import network

IRELAND, VIRGINIA = "CompanyIrelandHub/Hub", "CompanyVirginiaHub/Hub"
CIRCUITS = [f"{IRELAND}/DirectConnect1", f"{VIRGINIA}/DirectConnect1"]
OPEN = "*Workloads/Open/*/Workload*"
Templates = dict[str, dict[str, Any]]
Mutation = Callable[[Templates], None]

environments = pytest.mark.parametrize("environment", ENVIRONMENTS)


@cache
def synthesis(environment: str) -> Synthesis:
    return network(lambda app: build(app, env=ENVIRONMENTS[environment]))


def synthesized(environment: str) -> Templates:
    return synthesis(environment).templates


@cache
def company(environment: str) -> Network:
    return Network.load(synthesis(environment).directory, contracts=CONTRACTS)


@cache
def promises() -> dict[str, Promise]:
    return {one.name: one for one in load_promises(PROMISES)}


@environments
def test_every_promise_holds(environment: str) -> None:
    company(environment).assert_holds(*promises().values())


def test_regions_are_where_they_are_said_to_be() -> None:
    made = synthesized("concrete")
    asked = {
        stack: [
            resource["Properties"]["PeerRegion"]
            for resource in template["Resources"].values()
            if resource["Type"] == "AWS::EC2::TransitGatewayPeeringAttachment"
        ]
        for stack, template in made.items()
        if stack.endswith("Peering")
    }
    assert asked == {
        "CompanyIrelandPeering": ["us-east-1", "ap-southeast-1"],
        "CompanyVirginiaPeering": ["ap-southeast-1"],
        "CompanySingaporePeering": [],
    }


def test_sites_hang_by_the_vpn_once_the_circuits_are_gone() -> None:
    left = company("agnostic").without(*CIRCUITS)
    for vpn in ("SiteHeadquarters/Connection1", "SitePlant/Connection1"):
        left.assert_holds(reaches(OPEN, vpn), reaches(vpn, OPEN), inspected(vpn, OPEN))
    # Of two connections to one place nothing decides which carries the replies.
    left.assert_holds(symmetric("SitePlant/Connection1", OPEN), symmetric(OPEN, "SitePlant/Connection1"))


def test_a_site_that_is_cut_off_takes_no_other_with_it() -> None:
    left = company("agnostic").without(CIRCUITS[1], "SitePlant/Connection1")
    left.assert_holds(reaches(OPEN, CIRCUITS[0]), reaches(CIRCUITS[0], OPEN))
    assert left.prove(reaches(OPEN, "SitePlant/Connection1")).verdict is Verdict.FAILS


# Mutants


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


def remove(templates: Templates, path: str) -> None:
    stack, logical_id = found(templates, path)
    del templates[stack]["Resources"][logical_id]


def add(templates: Templates, stack: str, name: str, kind: str, **own: Any) -> None:
    resource = {"Type": kind, "Properties": own, "Metadata": {"aws:cdk:path": f"{stack}/{name}"}}
    templates[stack]["Resources"][name] = resource


WORKLOADS = "CompanyIrelandWorkloads"


def open_vpcs_that_know_each_other(templates: Templates) -> None:
    for name in ("Orders", "Billing"):
        placed = properties(templates, f"{WORKLOADS}/Open{name}VpcSpokeOfHub/Attachment/Association")
        add(templates, WORKLOADS, f"Leak{name}", "AWS::EC2::TransitGatewayRouteTablePropagation", **placed)


def peering_behind_the_firewall(templates: Templates) -> None:
    side = "CompanyVirginiaPeering/HubPeerByCompanyIrelandPeeringToVirginia"
    inspected = properties(templates, f"{VIRGINIA}/Inspection/Attachment/Association")["TransitGatewayRouteTableId"]
    stack, name = found(templates, f"{VIRGINIA}/TransitGateway/InspectionDomain/RouteTable")
    templates[stack].setdefault("Outputs", {})["Leak"] = {"Value": inspected}
    assert name
    properties(templates, f"{side}/Association")["TransitGatewayRouteTableId"] = {
        "Fn::GetStackOutput": {"StackName": stack, "OutputName": "Leak"}
    }


def peering_routed_one_way(templates: Templates) -> None:
    side = "CompanyVirginiaPeering/HubPeerByCompanyIrelandPeeringToVirginia"
    remove(templates, f"{side}/Route10.16.0.0-12InInspection")


def site_of_another_region_forgotten(templates: Templates) -> None:
    side = "CompanyIrelandPeering/HubPeerByCompanyIrelandPeeringToVirginia"
    remove(templates, f"{side}/Route192.168.16.0-20InInspection")


def apart_in_the_open_domain(templates: Templates) -> None:
    domain = properties(templates, f"{WORKLOADS}/OpenOrdersVpcSpokeOfHub/Attachment/Association")
    placed = properties(templates, f"{WORKLOADS}/ApartPaymentsVpcSpokeOfHub/Attachment/Association")
    placed["TransitGatewayRouteTableId"] = domain["TransitGatewayRouteTableId"]


def apart_found_by_open_vpcs(templates: Templates) -> None:
    remove(templates, f"{WORKLOADS}/ApartPaymentsVpcSpokeOfHub/Attachment/Blackhole10.16.5.0-24InSpokes")


def apart_found_by_sites(templates: Templates) -> None:
    remove(templates, f"{WORKLOADS}/ApartPaymentsVpcSpokeOfHub/Attachment/Blackhole10.16.5.0-24InSites")


def apart_without_the_shared_services(templates: Templates) -> None:
    remove(templates, f"{WORKLOADS}/SharedNetworkVpcSpokeOfHub/Attachment/Route10.16.8.0-21InApart")


def endpoints_closed(templates: Templates) -> None:
    properties(templates, f"{WORKLOADS}/Shared/Endpoints/SecurityGroup")["SecurityGroupIngress"] = []


def circuits_that_announce_one_region(templates: Templates) -> None:
    announced = properties(templates, f"{IRELAND}/DirectConnect1")
    announced["AllowedPrefixesToDirectConnectGateway"] = ["10.16.0.0/12"]


def circuits_unknown_to_the_firewall(templates: Templates) -> None:
    remove(templates, f"{IRELAND}/DirectConnectAttachment1/PropagationToInspection")


def circuits_behind_the_firewall(templates: Templates) -> None:
    behind = properties(templates, f"{IRELAND}/DirectConnectAttachment1/PropagationToInspection")
    placed = properties(templates, f"{IRELAND}/DirectConnectAttachment1/Association")
    placed["TransitGatewayRouteTableId"] = behind["TransitGatewayRouteTableId"]


def service_that_asks_for_acceptance(templates: Templates) -> None:
    [service] = [
        one["Properties"]
        for one in templates["CompanyPartners"]["Resources"].values()
        if one["Type"] == "AWS::EC2::VPCEndpointService"
    ]
    service["AcceptanceRequired"] = True


def service_without_a_target_in_each_zone(templates: Templates) -> None:
    [group] = [
        one["Properties"]
        for one in templates["CompanyPartners"]["Resources"].values()
        if one["Type"] == "AWS::ElasticLoadBalancingV2::TargetGroup"
    ]
    group["Targets"] = group["Targets"][:1]
    del properties(templates, "CompanyPartners/Prices/LoadBalancer/Resource")["LoadBalancerAttributes"]


def partners_at_the_wrong_vpc(templates: Templates) -> None:
    _, orders = found(templates, f"{WORKLOADS}/Open/Orders/Resource")
    templates[WORKLOADS].setdefault("Outputs", {})["Leak"] = {"Value": {"Fn::GetAtt": [orders, "VpcId"]}}
    properties(templates, "CompanyPartners/Partners/VpnGatewayAttachment")["VpcId"] = {
        "Fn::GetStackOutput": {"StackName": WORKLOADS, "OutputName": "Leak"}
    }


def one_zone_unattached(templates: Templates) -> None:
    properties(templates, "CompanySingaporeWorkloads/OpenSupportVpcSpokeOfHub/AttachmentResource")["SubnetIds"].pop()


def blackhole_over_the_replies(templates: Templates) -> None:
    table = properties(templates, f"{IRELAND}/Egress/Attachment/Association")["TransitGatewayRouteTableId"]
    hole = {"Blackhole": True, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayRouteTableId": table}
    add(templates, "CompanyIrelandHub", "Blackhole", "AWS::EC2::TransitGatewayRoute", **hole)


def stateless_pass(templates: Templates) -> None:
    [policy] = [
        one["Properties"]
        for one in templates["CompanySingaporeHub"]["Resources"].values()
        if one["Type"] == "AWS::NetworkFirewall::FirewallPolicy"
    ]
    policy["FirewallPolicy"]["StatelessDefaultActions"] = ["aws:pass"]


def an_internet_gateway_for_ipv6(templates: Templates) -> None:
    stack, vpc = found(templates, f"{WORKLOADS}/DualStack/Network/Resource")
    gateway = {"Fn::GetAtt": ["Leak", "InternetGatewayId"]}
    add(templates, stack, "Leak", "AWS::EC2::InternetGateway")
    attached = {"VpcId": {"Fn::GetAtt": [vpc, "VpcId"]}, "InternetGatewayId": gateway}
    add(templates, stack, "LeakAttachment", "AWS::EC2::VPCGatewayAttachment", **attached)
    for tier in ("DualStack1", "Ipv6Only1"):
        route = properties(templates, f"{WORKLOADS}/DualStack/Network/{tier}/RouteTable/OutByIpv6")
        del route["EgressOnlyInternetGatewayId"]
        route["GatewayId"] = gateway


@pytest.mark.parametrize(
    ("mutation", "broken", "said"),
    [
        (open_vpcs_that_know_each_other, "what open VPCs send each other is inspected", "without crossing a firewall"),
        (peering_behind_the_firewall, "Virginia inspects what other Regions send it", ""),
        (peering_routed_one_way, "every open VPC reaches every other one", ""),
        (site_of_another_region_forgotten, "every open VPC reaches every site", ""),
        (apart_in_the_open_domain, "VPCs that are kept apart reach no open one", "it arrives"),
        (apart_found_by_open_vpcs, "no open VPC reaches one that is kept apart", "it arrives"),
        (apart_found_by_sites, "no site reaches a VPC that is kept apart", "it arrives"),
        (apart_without_the_shared_services, "VPCs that are kept apart reach their shared services", "blackhole"),
        (endpoints_closed, "the central endpoints serve VPCs that are kept apart", "deny it into"),
        (circuits_that_announce_one_region, "what sites are sent by circuit is answered by circuit", "asymmetric"),
        (circuits_unknown_to_the_firewall, "what sites are sent by circuit is answered by circuit", "asymmetric"),
        (circuits_behind_the_firewall, "what sites send is inspected", ""),
        (service_without_a_target_in_each_zone, "the reseller reaches the service", "has no target in"),
        (partners_at_the_wrong_vpc, "the supplier reaches nothing behind its VPC", "it arrives"),
        (one_zone_unattached, "every open VPC reaches every other one", ""),
        (blackhole_over_the_replies, "VPCs reach the internet", "blackhole"),
        (stateless_pass, "Singapore inspects what it sends other Regions", "aws:pass"),
        (an_internet_gateway_for_ipv6, "nobody on the internet reaches a host by IPv6", "it arrives"),
    ],
)
def test_a_mutant_is_caught(mutation: Mutation, broken: str, said: str) -> None:
    templates = copy.deepcopy(synthesized("agnostic"))
    mutation(templates)
    proof = Network.from_templates(templates, contracts=CONTRACTS).prove(promises()[broken])
    assert proof.verdict is Verdict.FAILS, proof
    assert said in str(proof)
    assert "there:" in str(proof), "no witness packet"


def test_a_service_that_asks_first_is_not_known_to_answer() -> None:
    templates = copy.deepcopy(synthesized("agnostic"))
    service_that_asks_for_acceptance(templates)
    company = Network.from_templates(templates, contracts=CONTRACTS)
    assert company.prove(promises()["the reseller reaches the service"]).verdict is Verdict.UNKNOWN


def test_the_table_of_losses_on_its_page_is_current() -> None:
    """The same as `python -m examples.company_network.prove --survive` prints."""
    page = PAGE.read_text(encoding="utf-8")
    written = page.partition(BEGIN)[2].partition(END)[0].strip()
    made = table_of_losses(company("concrete"), list(promises().values()), pairs=False)
    assert made.strip() == written, "run python -m examples.company_network.prove --write"
