"""Appliances that inspect IPv6, too, in both layouts."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from patternkit.routes import inspected, isolated, no_bypass, reaches
from patterns.network.appliance_fleet import ApplianceFleet, CentralInspection, InspectedVpc
from patterns.network.hub.attachment_vpc import AttachmentVpc
from tests.patterns.network.ipv6_mutants import attachment_without_ipv6, without_ipv6_routes
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.variants import Variant

ORDERS, BILLING, SHOP = "Orders/Workload*", "Billing/Workload*", "Shop/Network/Protected*"


def dual_stack(app: cdk.App) -> ApplianceFleet:
    stack = cdk.Stack(app, "Net")
    fleet = ApplianceFleet(stack, "Fleet", machine_image=ec2.MachineImage.latest_amazon_linux2023(), ipv6=True)
    hub = CentralInspection(stack, "Hub", service_name=fleet.service_name, ipv6=True)
    for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24")):
        zones = hub.availability_zones
        vpc = AttachmentVpc(stack, name, cidr=cidr, availability_zones=zones, tiers={"Workload": 27}, ipv6=True)
        hub.add_spoke(vpc.vpc)
    InspectedVpc(stack, "Shop", service_name=fleet.service_name, ipv6=True)
    return fleet


def _spokes_that_know_each_other(made: Templates) -> None:
    table = {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayRouteTable", "SpokesDomain"), "TransitGatewayRouteTableId"]}
    for number, one in enumerate(made.of("EC2::TransitGatewayRouteTablePropagation", "SpokeOfHub")):
        given = one["Properties"] | {"TransitGatewayRouteTableId": table}
        made.add(f"Leak{number}", "EC2::TransitGatewayRouteTablePropagation", **given)


def _appliance_mode_off(made: Templates) -> None:
    made.of("EC2::TransitGatewayAttachment", "Hub")[0]["Properties"]["Options"]["ApplianceModeSupport"] = "disable"


def _no_ipv6_ingress(made: Templates) -> None:
    made.remove("EC2::Route", "ShopToProtected1ByIpv6")
    made.remove("EC2::Route", "ShopToProtected2ByIpv6")


def _answers_by_the_gateway(made: Templates) -> None:
    gateway = {"Fn::GetAtt": [made.id_of("EC2::InternetGateway", "Shop"), "InternetGatewayId"]}
    for route in made.of("EC2::Route", "ShopNetworkProtected"):
        if route["Properties"].get("DestinationIpv6CidrBlock") == "::/0":
            del route["Properties"]["VpcEndpointId"]
            route["Properties"]["GatewayId"] = gateway


REACH, EAST_WEST = (
    "spokes reach each other by IPv6",
    "what spokes send each other by IPv6 crosses one endpoint both ways",
)
NO_WAY_AROUND = "nothing between spokes goes around the appliances by IPv6"
PROTECTED, IN = "the internet reaches protected hosts by IPv6", "what comes in by IPv6 crosses one endpoint both ways"
OUT = "protected hosts reach the internet by IPv6"
NO_BYPASS = "nothing to or from protected hosts goes around the appliances by IPv6"

VARIANTS = [
    Variant(
        "IPv6",
        dual_stack,
        (
            reaches(ORDERS, BILLING, family=6, name=REACH),
            inspected(ORDERS, BILLING, family=6, name=EAST_WEST),
            no_bypass(ORDERS, BILLING, family=6, name=NO_WAY_AROUND),
            isolated([ORDERS, BILLING], "internet", family=6, name="spokes have no way out by IPv6"),
            isolated("internet", [ORDERS, BILLING], family=6, name="nobody on the internet reaches a spoke by IPv6"),
            reaches("internet", SHOP, port=443, family=6, name=PROTECTED),
            inspected("internet", SHOP, family=6, name=IN),
            reaches(SHOP, "internet", port=443, family=6, name=OUT),
            no_bypass(SHOP, "internet", family=6, name=NO_BYPASS),
        ),
        (
            Mutant("spokes that know each other", _spokes_that_know_each_other, (EAST_WEST, NO_WAY_AROUND)),
            Mutant("appliance mode off", _appliance_mode_off, (REACH, EAST_WEST)),
            attachment_without_ipv6("Orders", REACH),
            without_ipv6_routes("OrdersVpcSpokeOfHub", REACH),
            Mutant("no ingress route of IPv6", _no_ipv6_ingress, (PROTECTED, IN)),
            Mutant("hosts that answer by the internet gateway", _answers_by_the_gateway, (PROTECTED, NO_BYPASS)),
        ),
    )
]
