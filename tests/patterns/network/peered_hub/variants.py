"""A hub that is peered by IPv6, too, with one spoke of another stack and one without IPv6."""

import aws_cdk as cdk

from patternkit.routes import isolated, reaches
from patterns.building_blocks.availability_zones import zones
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.peered_hub import JoiningPeer, PeeredHub
from patterns.network.shared_services_vpc import SharedEndpoints
from tests.patterns.network.ipv6_mutants import ipv6_by_an_internet_gateway, without_ipv6_routes
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.shared_endpoints_mutants import endpoints_closed, endpoints_open
from tests.patterns.network.variants import Variant

ORDERS, BILLING, LEGACY = (f"{name}/Workload*" for name in ("Orders", "Billing", "Legacy"))
HUB = "Hub/Network/Services*"
THERE, BACK = "spokes reach the hub by IPv6", "the hub reaches spokes by IPv6"


def dual_stack(app: cdk.App) -> PeeredHub:
    stack = cdk.Stack(app, "Net")
    hub = PeeredHub(stack, "Hub", ipv6=True)
    places = (("Orders", stack, True), ("Billing", cdk.Stack(app, "Other"), True), ("Legacy", stack, False))
    for number, (name, place, ipv6) in enumerate(places, start=1):
        vpc = AttachmentVpc(
            place,
            name,
            cidr=f"10.{number}.0.0/24",
            availability_zones=zones(None, 2),
            tiers={"Workload": 27},
            ipv6=ipv6,
        )
        hub.add_spoke(vpc.vpc)
    return hub


def with_shared_endpoints(app: cdk.App) -> PeeredHub:
    stack, other = cdk.Stack(app, "Net"), cdk.Stack(app, "Other")
    hub = PeeredHub(stack, "Hub")
    central = SharedEndpoints(stack, "Central", vpc=hub.vpc, names_shared_by="profile")
    for number, (name, place) in enumerate((("Orders", stack), ("Billing", other)), start=1):
        cidr, tiers = f"10.{number}.0.0/24", {"Workload": 27}
        vpc = AttachmentVpc(place, name, cidr=cidr, availability_zones=zones(None, 2), tiers=tiers).vpc
        hub.add_spoke(vpc)
        central.share_names(vpc)
    return hub


def with_another_account(app: cdk.App) -> PeeredHub:
    """The other account's VPC, in the same stack so that both sides are known."""
    stack = cdk.Stack(app, "Net")
    hub = PeeredHub(stack, "Hub", accounts=["444455556666"])
    spokes = [
        AttachmentVpc(stack, name, cidr=cidr, availability_zones=zones(None, 2), tiers={"Workload": 27})
        for name, cidr in (("Orders", "10.1.0.0/24"), ("Partner", "10.7.0.0/24"))
    ]
    hub.add_spoke(spokes[0].vpc)
    assert hub.acceptance_role is not None
    joined = JoiningPeer(
        stack, "Joined", vpc=spokes[1].vpc, hub=hub.vpc, account="444455556666", role=hub.acceptance_role
    )
    hub.add_joined(joined.peering.attr_id, network="10.7.0.0/24")
    return hub


def _not_answered(made: Templates) -> None:
    made.remove("EC2::Route", "HubJoined")


PARTNER = "Partner/Workload*"
JOINED, ANSWERED = "the other account's VPC reaches the hub", "the hub reaches the other account's VPC"


def _no_route_back(made: Templates) -> None:
    made.remove("EC2::Route", "BillingVpcPeeredWithHubHub")


ENDPOINTS, HTTPS = "every spoke reaches the endpoints", "the endpoints let nothing in but HTTPS"

VARIANTS = [
    Variant(
        "a VPC of another account",
        with_another_account,
        (
            reaches(PARTNER, HUB, name=JOINED),
            reaches(HUB, PARTNER, name=ANSWERED),
            isolated(PARTNER, ORDERS, name="it never reaches a spoke"),
            isolated(ORDERS, PARTNER, name="no spoke reaches it"),
        ),
        (Mutant("a VPC that nobody answers", _not_answered, (JOINED, ANSWERED)),),
    ),
    Variant(
        "endpoints in the hub",
        with_shared_endpoints,
        (
            reaches([ORDERS, BILLING], "Central/Endpoints/*", port=443, name=ENDPOINTS),
            isolated([ORDERS, BILLING], "Central/Endpoints/*", port=22, name=HTTPS),
            isolated(ORDERS, BILLING, name="Orders never reaches Billing"),
        ),
        (
            Mutant("no route back to a spoke", _no_route_back, (ENDPOINTS,)),
            endpoints_closed("Central", ENDPOINTS),
            endpoints_open("Central", HTTPS),
        ),
    ),
    Variant(
        "IPv6",
        dual_stack,
        (
            reaches([ORDERS, BILLING], HUB, family=6, name=THERE),
            reaches(HUB, [ORDERS, BILLING], family=6, name=BACK),
            reaches([ORDERS, BILLING, LEGACY], HUB, family=4, name="spokes reach the hub by IPv4"),
            isolated(ORDERS, BILLING, family=6, name="Orders never reaches Billing by IPv6"),
            isolated(BILLING, ORDERS, family=6, name="Billing never reaches Orders by IPv6"),
            isolated(ORDERS, "internet", family=6, name="no spoke goes out by IPv6"),
            isolated("internet", [ORDERS, BILLING, HUB], family=6, name="nobody on the internet comes in by IPv6"),
        ),
        (
            without_ipv6_routes("OrdersVpcPeeredWithHubHub", THERE, BACK),
            without_ipv6_routes("OrdersVpcPeeredWithHubOrders", THERE, BACK),
            ipv6_by_an_internet_gateway("Orders", "OrdersWorkload1", "no spoke goes out by IPv6"),
        ),
    ),
]
