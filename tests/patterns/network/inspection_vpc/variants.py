"""A hub whose firewall sees IPv6, too: spokes of each role, one without it, a way in, and a site that announces it."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm

from patternkit.routes import inspected, isolated, no_bypass, reaches, symmetric
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.inspected_hub import SpokeRole
from patterns.network.inspection_vpc import CustomerSite, InspectionVpc
from tests.patterns.network.dual_stack_site import SITE6, site_contracts
from tests.patterns.network.inspection_vpc.hubs import CERTIFICATE
from tests.patterns.network.ipv6_mutants import (
    attachment_without_ipv6,
    without_ipv6_routes,
)
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.variants import Variant

ORDERS, BILLING, LEGACY = (f"{name}/Workload*" for name in ("Orders", "Billing", "Legacy"))
SHARED, VAULT = "Shared/Workload*", "Vault/Workload*"
EVERYONE = [ORDERS, BILLING, SHARED]
BERLIN = CustomerSite(
    name="Berlin", addresses=["198.51.100.1"], asn=65010, prefixes=["192.168.0.0/20"], ipv6_prefixes=["2001:db8::/48"]
)
PLACES: dict[str, SpokeRole] = {
    "Orders": "open",
    "Billing": "open",
    "Legacy": "open",
    "Shared": "shared",
    "Vault": "apart",
}


def dual_stack(app: cdk.App) -> InspectionVpc:
    """Spokes of each role, one of them in another stack, and a load balancer."""
    stack = cdk.Stack(app, "Net")
    hub = InspectionVpc(stack, "Hub", ipv6=True)
    certificate = acm.Certificate.from_certificate_arn(stack, "Certificate", CERTIFICATE)
    hub.add_ingress(certificate=certificate, targets={"10.1.0.70": 443}, ipv6=True)
    other = cdk.Stack(app, "Other")
    for number, (name, role) in enumerate(PLACES.items(), start=1):
        vpc = AttachmentVpc(
            other if name == "Billing" else stack,
            name,
            cidr=f"10.{number}.0.0/24",
            availability_zones=hub.availability_zones,
            tiers={"Workload": 27},
            ipv6=name != "Legacy",
        )
        hub.add_spoke(vpc.vpc, role=role)
    return hub


def with_a_site(app: cdk.App) -> InspectionVpc:
    stack = cdk.Stack(app, "Net")
    hub = InspectionVpc(stack, "Hub", ipv6=True)
    hub.add_site(BERLIN)
    zones = hub.availability_zones
    for name, cidr, role in (("Orders", "10.1.0.0/24", "open"), ("Vault", "10.5.0.0/24", "apart")):
        vpc = AttachmentVpc(stack, name, cidr=cidr, availability_zones=zones, tiers={"Workload": 27}, ipv6=True)
        hub.add_spoke(vpc.vpc, role=role)  # type: ignore[arg-type]
    return hub


def _table(made: Templates, domain: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayRouteTable", domain), "TransitGatewayRouteTableId"]}


def _spokes_that_know_each_other(made: Templates) -> None:
    for name in ("Orders", "Shared"):
        [one] = [
            each
            for each in made.of("EC2::TransitGatewayRouteTablePropagation", f"{name}VpcSpokeOfHub")
            if "Inspection" in str(each["Metadata"])
        ]
        given = one["Properties"] | {"TransitGatewayRouteTableId": _table(made, "SpokesDomain")}
        made.add(f"Leak{name}", "EC2::TransitGatewayRouteTablePropagation", **given)


def _appliance_mode_off(made: Templates) -> None:
    [attachment] = made.of("EC2::TransitGatewayAttachment", "HubInspection")
    attachment["Properties"]["Options"]["ApplianceModeSupport"] = "disable"


def _apart_for_all(made: Templates) -> None:
    """All of IPv6 to the firewall, which those that are kept apart do not have."""
    way = made.of("EC2::TransitGatewayRoute", "SpokesDomain", DestinationCidrBlock="::/0")[0]["Properties"]
    given = way | {"TransitGatewayRouteTableId": _table(made, "ApartDomain")}
    made.add("Leak", "EC2::TransitGatewayRoute", **given)


def _vault_found(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRoute", "BlackholeByIpv6InSpokes")


def _own_way_out(made: Templates) -> None:
    """An internet gateway of a spoke's own for IPv6, whose addresses are public."""
    made.add("Leak", "EC2::InternetGateway")
    made.add("LeakIn", "EC2::VPCGatewayAttachment", VpcId=_vault(made), InternetGatewayId={"Ref": "Leak"})
    for route in made.of("EC2::Route", "VaultVpcSpokeOfHub", DestinationIpv6CidrBlock="::/0"):
        del route["Properties"]["TransitGatewayId"]
        route["Properties"]["GatewayId"] = {"Ref": "Leak"}


def _vault(made: Templates) -> dict[str, str]:
    return {"Ref": made.id_of("EC2::VPC", "Vault")}


def _out_alone(made: Templates) -> None:
    """The gateways exchanged: what goes out by an egress-only one has no way in for callers."""
    made.add("Out", "EC2::EgressOnlyInternetGateway", VpcId={"Ref": made.id_of("EC2::VPC", "HubIngress")})
    for route in made.of("EC2::Route", "HubIngressNetworkPublic", DestinationIpv6CidrBlock="::/0"):
        del route["Properties"]["GatewayId"]
        route["Properties"]["EgressOnlyInternetGatewayId"] = {"Ref": "Out"}


def _site_past_the_firewall(made: Templates) -> None:
    [one] = made.of("EC2::TransitGatewayRoute", "SitesDomain", DestinationCidrBlock="::/0")
    spoke = {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayAttachment", "OrdersVpcSpokeOfHub"), "Id"]}
    one["Properties"]["TransitGatewayAttachmentId"] = spoke


REACH, INSPECTED = "spokes reach each other by IPv6", "what spokes send each other by IPv6 is inspected"
SYMMETRIC, AROUND = "replies by IPv6 take the same endpoint", "nothing goes around the firewall by IPv6"
NO_WAY_OUT, NOBODY_IN = "no spoke has a way out by IPv6", "nobody on the internet reaches a spoke by IPv6"
VAULT_SHARED = "what is kept apart and what is shared reach each other by IPv6"
FROM_VAULT, TO_VAULT = "what is kept apart reaches no other spoke by IPv6", "no other spoke reaches it by IPv6"
CALLERS = "callers reach the load balancer by IPv6"
SITE_OUT, SITE_IN = "nothing to the site goes around by IPv6", "nothing from the site goes around by IPv6"
SITE_VAULT = "the site never reaches what is kept apart by IPv6"

VARIANTS = [
    Variant(
        "IPv6",
        dual_stack,
        (
            reaches(EVERYONE, EVERYONE, family=6, name=REACH),
            inspected(EVERYONE, EVERYONE, family=6, name=INSPECTED),
            symmetric(EVERYONE, EVERYONE, family=6, name=SYMMETRIC),
            no_bypass(EVERYONE, EVERYONE, family=6, name=AROUND),
            inspected([*EVERYONE, LEGACY], [*EVERYONE, LEGACY], family=4, name="IPv4 is inspected as before"),
            isolated([*EVERYONE, VAULT], "internet", family=6, name=NO_WAY_OUT),
            isolated("internet", [*EVERYONE, VAULT], family=6, name=NOBODY_IN),
            reaches(VAULT, SHARED, family=6, name=VAULT_SHARED),
            inspected(SHARED, VAULT, family=6, name="what both send each other by IPv6 is inspected"),
            isolated(VAULT, [ORDERS, BILLING], family=6, name=FROM_VAULT),
            isolated([ORDERS, BILLING], VAULT, family=6, name=TO_VAULT),
            reaches("internet", "Hub/Ingress/Network/Public*", port=443, family=6, name=CALLERS),
        ),
        (
            Mutant("spokes that know each other", _spokes_that_know_each_other, (INSPECTED, AROUND)),
            Mutant("appliance mode off", _appliance_mode_off, (REACH,)),
            attachment_without_ipv6("Orders", REACH),
            without_ipv6_routes("BillingVpcSpokeOfHub", REACH),
            without_ipv6_routes("HubInspectionNetworkFirewall", REACH, VAULT_SHARED),
            Mutant("an internet gateway of a spoke's own", _own_way_out, (NO_WAY_OUT, NOBODY_IN)),
            Mutant("all of IPv6 for what is kept apart", _apart_for_all, (FROM_VAULT,)),
            Mutant("no blackhole of what is kept apart", _vault_found, (TO_VAULT,)),
            Mutant("an egress-only gateway before the load balancer", _out_alone, (CALLERS,)),
        ),
    ),
    Variant(
        "a site by IPv6",
        with_a_site,
        (
            no_bypass(ORDERS, SITE6, family=6, name=SITE_OUT),
            no_bypass(SITE6, ORDERS, family=6, name=SITE_IN),
            isolated(SITE6, VAULT, family=6, name=SITE_VAULT),
        ),
        (Mutant("a site that goes past the firewall", _site_past_the_firewall, (SITE_IN,)),),
        site_contracts(),
    ),
]
