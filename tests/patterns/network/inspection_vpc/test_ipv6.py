"""IPv6 through the hub: what is asked for at each hop, and what is not taken to carry it."""

import copy
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from patternkit.routes import Network, Verdict, inspected, isolated, reaches, symmetric
from patternkit.testing.synthesis import Synthesis
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import InspectionVpc, JoiningSpoke
from tests.patterns.network.mutants import Templates
from tests.patterns.network.synthesized import memoized, network
from tests.patterns.network.test_every_variant import sources


def templates() -> dict[str, dict[str, Any]]:
    """Those of the variant, which other tests have synthesized."""
    return {one.name: copy.deepcopy(one.template) for one in sources("inspection-vpc: IPv6")}


def test_ipv6_is_asked_for_at_every_hop_and_is_home() -> None:
    made = Templates(templates())
    for firewall in made.of("NetworkFirewall::Firewall"):
        assert firewall["Properties"]["SubnetMappings"][0]["IPAddressType"] == "DUALSTACK"
    [policy] = made.of("NetworkFirewall::FirewallPolicy")
    variables = policy["Properties"]["FirewallPolicy"]["PolicyVariables"]["RuleVariables"]
    assert variables["HOME_NET"]["Definition"][-2:] == ["2000::/3", "fc00::/7"]


def test_callers_by_ipv6_are_let_in_by_https_alone() -> None:
    made = Templates(templates())
    [group] = made.of("EC2::SecurityGroup")
    rules = group["Properties"]["SecurityGroupIngress"]
    assert [(one.get("CidrIp") or one["CidrIpv6"], one["FromPort"], one["ToPort"]) for one in rules] == [
        ("0.0.0.0/0", 443, 443),
        ("::/0", 443, 443),
    ]
    [balancer] = made.of("ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Properties"]["IpAddressType"] == "dualstack"
    # Spokes do not reach its VPC by IPv6: it would answer by its internet gateway.
    [attachment] = made.of("EC2::TransitGatewayAttachment", "HubIngress")
    assert attachment["Properties"]["Options"]["Ipv6Support"] == "disable"


def test_endpoints_that_are_made_for_ipv4_alone_are_not_taken_to_inspect_ipv6() -> None:
    made = templates()
    for firewall in Templates(made).of("NetworkFirewall::Firewall"):
        firewall["Properties"]["SubnetMappings"][0]["IPAddressType"] = "IPV4"
    proof = Network.from_templates(made).prove(inspected("Orders/Workload*", "Shared/Workload*", family=6))
    assert proof.verdict is Verdict.UNKNOWN
    assert "is not made for IPv6" in proof.reason


OPTIONS: dict[str, dict[str, Any]] = {
    "EastWest": {"inspect": "east-west"},
    "NorthSouth": {"inspect": "north-south"},
    "NatInside": {"egress": "inspection-vpc"},
}


@memoized
def other_hubs() -> Synthesis:
    """A hub of each option that changes routes, each in a stack of its own with two spokes."""

    def build(app: cdk.App) -> None:
        for name, options in OPTIONS.items():
            stack = cdk.Stack(app, name)
            hub = InspectionVpc(stack, "Hub", ipv6=True, **options)
            zones = hub.availability_zones
            for spoke, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24")):
                vpc = AttachmentVpc(
                    stack, spoke, cidr=cidr, availability_zones=zones, tiers={"Workload": 27}, ipv6=True
                )
                hub.add_spoke(vpc.vpc)

    return network(build)


@pytest.mark.parametrize("option", OPTIONS)
def test_spokes_reach_each_other_by_ipv6_whatever_is_inspected(option: str) -> None:
    found = Network.from_templates({option: other_hubs().templates[option]})
    spokes = [f"{option}/Orders/Workload*", f"{option}/Billing/Workload*"]
    found.assert_holds(
        reaches(spokes, spokes, family=6),
        symmetric(spokes, spokes, family=6),
        isolated(spokes, "internet", family=6),
        isolated("internet", spokes, family=6),
        reaches(spokes, "internet", port=443, family=4),
    )
    # Between spokes it is as of IPv4: "north-south" lets them pass.
    seen = found.prove(inspected(spokes, spokes, family=6)).verdict
    assert seen is (Verdict.FAILS if option == "NorthSouth" else Verdict.HOLDS)


def test_what_joins_from_another_account_is_inspected_by_ipv6() -> None:
    def build(app: cdk.App) -> None:
        stack = cdk.Stack(app, "Net")
        hub = InspectionVpc(stack, "Hub", ipv6=True, share_with=["444455556666"])
        gateway = hub.transit_gateway.resource
        assert isinstance(gateway, ec2.CfnTransitGateway)
        orders, partner = (
            AttachmentVpc(
                stack, name, cidr=cidr, availability_zones=hub.availability_zones, tiers={"Workload": 27}, ipv6=True
            ).vpc
            for name, cidr in (("Orders", "10.1.0.0/24"), ("Partner", "10.7.0.0/24"))
        )
        hub.add_spoke(orders)
        JoiningSpoke(stack, "Joined", vpc=partner, gateway=gateway, ipv6=True)

    placed = copy.deepcopy(network(build).templates)
    made = Templates(placed)
    attachment = {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayAttachment", "Joined"), "Id"]}
    # As the gateway's defaults place what joins.
    for kind, domain in (("Association", "JoiningDomain"), ("Propagation", "InspectionDomain")):
        table = {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayRouteTable", domain), "TransitGatewayRouteTableId"]}
        where = {"TransitGatewayAttachmentId": attachment, "TransitGatewayRouteTableId": table}
        made.add(f"Placed{kind}", f"EC2::TransitGatewayRouteTable{kind}", **where)
    contracts = {"harmless": ["*Placement/Resource/Default", "*Defaults/Resource/Default"]}
    spokes = ["Orders/Workload*", "Partner/Workload*"]
    found = Network.from_templates(placed, contracts=contracts)
    found.assert_holds(
        reaches(spokes, spokes, family=6),
        inspected(spokes, spokes, family=6),
        isolated(spokes, "internet", family=6),
    )
    made.change("EC2::TransitGatewayAttachment", "Joined", Options={"Ipv6Support": "disable"})
    without = Network.from_templates(placed, contracts=contracts).prove(reaches(spokes, spokes, family=6))
    assert without.verdict is Verdict.FAILS


def test_a_vpc_of_another_account_sends_ipv6_to_a_gateway_that_takes_it(scope: cdk.Stack) -> None:
    gateway = ec2.CfnTransitGateway.from_transit_gateway_id(scope, "Gateway", "tgw-0123456789abcdef0")
    given: dict[str, Any] = {"cidr": "10.1.0.0/24", "availability_zones": ["eu-west-1a", "eu-west-1b"]}
    vpc = AttachmentVpc(scope, "Orders", tiers={"Workload": 27}, ipv6=True, **given)
    JoiningSpoke(scope, "Joined", vpc=vpc.vpc, gateway=gateway, ipv6=True)
    template = Template.from_stack(scope)
    template.has_resource_properties("AWS::EC2::TransitGatewayAttachment", {"Options": {"Ipv6Support": "enable"}})
    routes = {"DestinationIpv6CidrBlock": "::/0", "TransitGatewayId": "tgw-0123456789abcdef0"}
    template.resource_properties_count_is("AWS::EC2::Route", routes, 2)
    legacy = AttachmentVpc(scope, "Legacy", tiers={"Workload": 27}, **given)
    with pytest.raises(ValueError, match=r"vpc must have an IPv6 range to carry IPv6, got .*Legacy"):
        JoiningSpoke(scope, "Old", vpc=legacy.vpc, gateway=gateway, ipv6=True)
