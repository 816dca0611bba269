"""A proxy in a VPC that is there, whose load balancer and proxies share subnets."""

import aws_cdk as cdk

from patternkit.routes import isolated, reaches
from patterns.building_blocks.availability_zones import zones
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.network.peering_proxy import PeeringProxy, ProxyDestination
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.variants import Variant

CLIENTS, TARGETS, PROXIES = "Orders/Workload*", "Billing/Workload*", "Middle/Workload*"
BALANCER = "Proxy/LoadBalancer/Resource"


def beside(app: cdk.App) -> PeeringProxy:
    stack = cdk.Stack(app, "Net")
    made = {
        name: TieredVpc(stack, name, cidr=cidr, availability_zones=zones(None, 2), tiers={"Workload": 27}).vpc
        for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24"), ("Middle", "10.3.0.0/24"))
    }
    return PeeringProxy(
        stack,
        "Proxy",
        vpc=made["Middle"],
        client_vpcs=[made["Orders"]],
        target_vpcs=[made["Billing"]],
        destinations=[ProxyDestination(host="ledger.billing.internal", ports=[443])],
    )


def _no_way_back_to_clients(made: Templates) -> None:
    for route in made.of("EC2::Route", "PeeredWithFront", DestinationCidrBlock="10.1.0.0/24"):
        route["Properties"]["DestinationCidrBlock"] = "10.9.0.0/24"


def _routed_through(made: Templates) -> None:
    """A route to the targets by the clients' peering: it has no transit, and their groups let nobody else in."""
    made.change("EC2::Route", "PeeredWithFleetProxy1", DestinationCidrBlock="10.8.0.0/24")


def _peered_directly(made: Templates) -> None:
    sides = {name: {"Fn::GetAtt": [made.id_of("EC2::VPC", name), "VpcId"]} for name in ("Orders", "Billing")}
    made.add("Direct", "EC2::VPCPeeringConnection", VpcId=sides["Orders"], PeerVpcId=sides["Billing"])
    for name, destination in (("Orders", "10.2.0.0/24"), ("Billing", "10.1.0.0/24")):
        table = made.of("EC2::SubnetRouteTableAssociation", f"{name}Workload1")[0]["Properties"]["RouteTableId"]
        way = {"DestinationCidrBlock": destination, "VpcPeeringConnectionId": {"Ref": "Direct"}}
        made.add(f"Direct{name}", "EC2::Route", RouteTableId=table, **way)


def _closed_to_clients(made: Templates) -> None:
    made.change("EC2::SecurityGroup", "FrontSecurityGroup", SecurityGroupIngress=[])


THERE, ON = "clients reach the load balancer", "the proxies reach destinations"
APART = "no packet of a client's is routed to a destination"

VARIANTS = [
    Variant(
        "an existing VPC",
        beside,
        (
            reaches(CLIENTS, BALANCER, port=3128, name=THERE),
            reaches(
                BALANCER, "Proxy/Group/ASG", port=3128, same_vpc=True, name="the load balancer reaches the proxies"
            ),
            reaches(PROXIES, TARGETS, port=443, name=ON),
            isolated(CLIENTS, TARGETS, name=APART),
            isolated(TARGETS, CLIENTS, name="destinations never reach a client"),
            isolated("internet", [CLIENTS, TARGETS, PROXIES], name="nobody on the internet reaches anything"),
        ),
        (
            Mutant("no way back to clients", _no_way_back_to_clients, (THERE,)),
            Mutant("no way on to destinations", _routed_through, (ON,)),
            Mutant("a peering past the proxy", _peered_directly, (APART,)),
            Mutant("a load balancer that lets nobody in", _closed_to_clients, (THERE,)),
        ),
        {"harmless": ["*/Names/Resource/Default"]},
    )
]
