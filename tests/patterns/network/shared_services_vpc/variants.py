"""Shared services by IPv6, too, one spoke of another stack and one without IPv6."""

import aws_cdk as cdk

from patternkit.routes import isolated, reaches
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.shared_services_vpc import SharedServicesVpc
from tests.patterns.network.ipv6_mutants import (
    attachment_without_ipv6,
    ipv6_by_an_internet_gateway,
    without_ipv6_routes,
)
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.variants import Variant

ORDERS, BILLING, LEGACY = (f"{name}/Workload*" for name in ("Orders", "Billing", "Legacy"))
SHARED = "Hub/Network/Services*"
THERE, BACK = "spokes reach the shared services by IPv6", "the shared services reach spokes by IPv6"
APART = ("Orders never reaches Billing by IPv6", "Billing never reaches Orders by IPv6")


def dual_stack(app: cdk.App) -> SharedServicesVpc:
    stack = cdk.Stack(app, "Net")
    hub = SharedServicesVpc(stack, "Hub", ipv6=True, names_shared_by="profile")
    other = cdk.Stack(app, "Other")
    places = (("Orders", stack, True), ("Billing", other, True), ("Legacy", stack, False))
    for number, (name, place, ipv6) in enumerate(places, start=1):
        vpc = AttachmentVpc(
            place,
            name,
            cidr=f"10.{number}.0.0/24",
            availability_zones=hub.availability_zones,
            tiers={"Workload": 27},
            ipv6=ipv6,
        )
        hub.add_spoke(vpc.vpc)
    return hub


def _spokes_in_one_domain(made: Templates) -> None:
    """Spokes that know each other, and send each other's ranges to the gateway."""
    for route in made.of("EC2::Route", "SpokeOfHub"):
        if "DestinationIpv6CidrBlock" in route["Properties"] and "SharedByIpv6" in str(route["Metadata"]):
            route["Properties"]["DestinationIpv6CidrBlock"] = "::/0"
    table = {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayRouteTable", "SpokesDomain"), "TransitGatewayRouteTableId"]}
    for one in made.of("EC2::TransitGatewayRouteTablePropagation", "OrdersVpcSpokeOfHub"):
        made.add(
            "Leak",
            "EC2::TransitGatewayRouteTablePropagation",
            **one["Properties"] | {"TransitGatewayRouteTableId": table},
        )


VARIANTS = [
    Variant(
        "IPv6",
        dual_stack,
        (
            reaches([ORDERS, BILLING], SHARED, family=6, name=THERE),
            reaches(SHARED, [ORDERS, BILLING], family=6, name=BACK),
            reaches([ORDERS, BILLING, LEGACY], SHARED, family=4, name="spokes reach the shared services by IPv4"),
            isolated(ORDERS, BILLING, family=6, name=APART[0]),
            isolated(BILLING, ORDERS, family=6, name=APART[1]),
            isolated([ORDERS, SHARED], "internet", family=6, name="nobody goes out by IPv6"),
            isolated("internet", [ORDERS, BILLING, SHARED], family=6, name="nobody on the internet comes in by IPv6"),
        ),
        (
            attachment_without_ipv6("Orders", THERE, BACK),
            attachment_without_ipv6("HubAttachment", THERE, BACK),
            without_ipv6_routes("OrdersVpcSpokeOfHub", THERE, BACK),
            ipv6_by_an_internet_gateway("Orders", "OrdersWorkload1", "nobody goes out by IPv6"),
            Mutant("a spoke that the other knows", _spokes_in_one_domain, APART[1:]),
        ),
    )
]
