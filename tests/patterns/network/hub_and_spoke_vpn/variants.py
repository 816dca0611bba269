"""A hub whose sites announce IPv6, by a connection of its own; hubs with a shared spoke, for other accounts, too."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from patternkit.routes import isolated, reaches
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub_and_spoke_vpn import CustomerSite, HubAndSpokeVpn, JoiningSpoke
from patterns.network.shared_services_vpc import SharedEndpoints
from tests.patterns.network.dual_stack_site import SITE, SITE6, site_contracts
from tests.patterns.network.ipv6_mutants import (
    attachment_without_ipv6,
    ipv6_by_an_internet_gateway,
    without_ipv6_routes,
)
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.shared_endpoints_mutants import endpoints_closed, endpoints_open
from tests.patterns.network.variants import Variant

BERLIN = CustomerSite(
    name="Berlin",
    addresses=["198.51.100.1"],
    asn=65010,
    prefixes=["192.168.0.0/20"],
    ipv6_prefixes=["2001:db8::/48"],
)
PARIS = CustomerSite(name="Paris", addresses=["198.51.100.7"], asn=65012, prefixes=["192.168.0.0/20"])
ORDERS, BILLING, LEGACY = "Orders/Workload*", "Billing/Workload*", "Legacy/Workload*"
OUT, IN = "spokes reach the site by IPv6", "the site reaches spokes by IPv6"


def dual_stack(app: cdk.App) -> HubAndSpokeVpn:
    """Two spokes with IPv6, and one that has none."""
    stack = cdk.Stack(app, "Net")
    hub = HubAndSpokeVpn(stack, "Hub", sites=[BERLIN])
    for number, (name, ipv6) in enumerate((("Orders", True), ("Billing", True), ("Legacy", False)), start=1):
        vpc = AttachmentVpc(
            stack,
            name,
            cidr=f"10.{number}.0.0/24",
            availability_zones=hub.availability_zones,
            tiers={"Workload": 27},
            ipv6=ipv6,
        )
        hub.add_spoke(vpc.vpc)
    return hub


def spoke(place: cdk.Stack, hub: HubAndSpokeVpn, name: str, cidr: str) -> ec2.IVpc:
    return AttachmentVpc(place, name, cidr=cidr, availability_zones=hub.availability_zones, tiers={"Workload": 27}).vpc


def with_shared_endpoints(app: cdk.App, **options: Any) -> HubAndSpokeVpn:
    """Spokes that came before the shared one and after it, in a group, alone, and in another stack."""
    stack, other = cdk.Stack(app, "Net"), cdk.Stack(app, "Other")
    hub = HubAndSpokeVpn(stack, "Hub", sites=[PARIS], **options)
    spokes = [orders := spoke(stack, hub, "Orders", "10.1.0.0/24")]
    hub.add_spoke(orders, group="Shop")
    tiers = {"Services": 24, "Endpoints": 26}
    zones = hub.availability_zones
    shared = AttachmentVpc(stack, "Shared", cidr="10.8.0.0/21", availability_zones=zones, tiers=tiers)
    hub.add_spoke(shared.vpc, shared=True)
    spokes += [billing := spoke(stack, hub, "Billing", "10.2.0.0/24"), mail := spoke(other, hub, "Mail", "10.3.0.0/24")]
    hub.add_spoke(billing, group="Shop")
    hub.add_spoke(mail)
    central = SharedEndpoints(
        stack,
        "Central",
        vpc=shared.vpc,
        subnets=ec2.SubnetSelection(subnet_group_name="Endpoints"),
        names_shared_by="profile",
    )
    for vpc in spokes:
        central.share_names(vpc)
    return hub


def for_other_accounts(app: cdk.App) -> HubAndSpokeVpn:
    hub = with_shared_endpoints(app, share_with=["444455556666"])
    stack = cdk.Stack.of(hub)
    gateway = hub.transit_gateway.resource
    assert isinstance(gateway, ec2.CfnTransitGateway)
    partner = spoke(stack, hub, "Partner", "10.7.0.0/24")
    JoiningSpoke(stack, "Joined", vpc=partner, gateway=gateway, destinations=["10.0.0.0/8", "192.168.0.0/16"])
    return hub


def contracts_of_paris() -> dict[str, Any]:
    way = "Hub/SiteParis/Connection1"
    return {
        "harmless": ["*Placement/Resource/Default"],
        "returns": {"*/SiteParis/Attachment1Placement/Resource/Default": {"AttachmentId": {"attachment-of": way}}},
        "prefixes": {way: ["192.168.0.0/20"]},
        "sites": {way: {"at": "Paris", "passes-on": False, "sends": []}},
    }


def _tunnels_of_ipv4(made: Templates) -> None:
    made.change("EC2::VPNConnection", "SiteBerlinIpv6", TunnelInsideIpVersion="ipv4")


def _table(made: Templates, domain: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayRouteTable", domain), "TransitGatewayRouteTableId"]}


def _group_that_does_not_know_it(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRouteTablePropagation", "SharedVpcSpokeOfHubAttachmentPropagationToGroupShop")


def _shared_that_does_not_learn(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRouteTablePropagation", "MailVpcSpokeOfHubAttachmentPropagationToShared")


def _spoke_in_the_shared_domain(made: Templates) -> None:
    [one] = made.of("EC2::TransitGatewayRouteTableAssociation", "BillingVpcSpokeOfHub")
    one["Properties"]["TransitGatewayRouteTableId"] = _table(made, "SharedDomain")


def _joining_that_know_the_sites_alone(made: Templates) -> None:
    made.remove("EC2::TransitGatewayRouteTablePropagation", "SharedVpcSpokeOfHubAttachmentPropagationToIsolated")


MAIL, SHARED, CENTRAL, PARIS_SITE = (
    "Mail/Workload*",
    "Shared/Services*",
    "Central/Endpoints/*",
    "Hub/SiteParis/Connection1",
)
EVERYONE = [ORDERS, BILLING, MAIL]
USE, USED = "every spoke reaches the shared one", "the shared spoke reaches every other one"
ENDPOINTS, HTTPS = "every spoke reaches the endpoints", "the endpoints let nothing in but HTTPS"
BY_SITE = "the site reaches the shared spoke and the endpoints"
ALONE = "spokes of no common group never reach each other"

VARIANTS = [
    Variant(
        "a shared spoke with endpoints",
        with_shared_endpoints,
        (
            reaches(EVERYONE, SHARED, name=USE),
            reaches(SHARED, EVERYONE, name=USED),
            reaches(EVERYONE, CENTRAL, port=443, name=ENDPOINTS),
            isolated(EVERYONE, CENTRAL, port=22, name=HTTPS),
            reaches(PARIS_SITE, [SHARED, *EVERYONE], name=BY_SITE),
            reaches(PARIS_SITE, CENTRAL, port=443, name="the site reaches the endpoints"),
            reaches(SHARED, PARIS_SITE, name="the shared spoke reaches the site"),
            isolated([ORDERS, BILLING], MAIL, name="Mail is reached by no other spoke"),
            isolated(MAIL, [ORDERS, BILLING], name=ALONE),
            reaches(ORDERS, BILLING, name="spokes of a group reach each other"),
        ),
        (
            Mutant("a group that does not know it", _group_that_does_not_know_it, (USE, USED, ENDPOINTS)),
            Mutant("a shared spoke that does not learn", _shared_that_does_not_learn, (USE, USED)),
            Mutant("a spoke in the shared domain", _spoke_in_the_shared_domain, ("Mail is reached by no other spoke",)),
            endpoints_closed("Central", ENDPOINTS),
            endpoints_open("Central", HTTPS),
        ),
        contracts_of_paris(),
    ),
    Variant(
        "shared with other accounts",
        for_other_accounts,
        (
            reaches(EVERYONE, SHARED, name=USE),
            reaches(SHARED, EVERYONE, name=USED),
            reaches(PARIS_SITE, EVERYONE, name="the site reaches every other spoke"),
            isolated(PARIS_SITE, SHARED, name="the site never reaches the shared spoke"),
            isolated(SHARED, PARIS_SITE, name="the shared spoke never reaches the site"),
            isolated(MAIL, [ORDERS, BILLING], name=ALONE),
        ),
        (Mutant("isolated spokes that do not know it", _joining_that_know_the_sites_alone, (USE, USED)),),
        contracts_of_paris() | {"harmless": ["*Placement/Resource/Default", "*Defaults/Resource/Default"]},
    ),
    Variant(
        "IPv6",
        dual_stack,
        (
            reaches([ORDERS, BILLING], SITE6, family=6, name=OUT),
            reaches(SITE6, [ORDERS, BILLING], family=6, name=IN),
            reaches([ORDERS, BILLING, LEGACY], SITE, family=4, name="spokes reach the site by IPv4"),
            reaches(SITE, [ORDERS, BILLING, LEGACY], family=4, name="the site reaches spokes by IPv4"),
            isolated(ORDERS, BILLING, name="Orders never reaches Billing"),
            isolated(BILLING, ORDERS, name="Billing never reaches Orders"),
            isolated([ORDERS, BILLING], "internet", family=6, name="no spoke goes out by IPv6"),
            isolated("internet", [ORDERS, BILLING], family=6, name="nobody on the internet comes in by IPv6"),
        ),
        (
            attachment_without_ipv6("Orders", OUT, IN),
            without_ipv6_routes("Orders", OUT, IN),
            ipv6_by_an_internet_gateway("Orders", "OrdersWorkload1", "no spoke goes out by IPv6"),
            Mutant("tunnels that carry IPv4", _tunnels_of_ipv4, (OUT, IN)),
        ),
        site_contracts(),
    ),
]
