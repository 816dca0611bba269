"""Direct Connect with private interfaces, which end on a virtual private gateway of each VPC, and with IPv6."""

import dataclasses
from typing import Any

import aws_cdk as cdk

from patternkit.routes import isolated, reaches, symmetric
from patterns.network.direct_connect import Circuit, CustomerSite, DirectConnect
from patterns.network.hub.attachment_vpc import AttachmentVpc
from tests.patterns.network.mutants import Mutant, Templates
from tests.patterns.network.variants import Variant

OFFICE = CustomerSite(name="Berlin", addresses=["198.51.100.1"], asn=65010, prefixes=["192.168.0.0/20"])
CIRCUITS = [Circuit(name="One", location="EqDC2", vlan=101), Circuit(name="Two", location="EqDC2", vlan=102)]
ORDERS, BILLING = "Orders/Workload*", "Billing/Workload*"
ORDERS_SPOKE, BILLING_SPOKE = "OrdersVpcSpokeOfOffice", "BillingVpcSpokeOfOffice"


def with_spokes(app: cdk.App, *, ipv6: bool = False, **arguments: Any) -> DirectConnect:
    """Two VPCs that circuits lead to."""
    stack = cdk.Stack(app, "Net")
    made = DirectConnect(stack, "Office", **{"site": OFFICE, "circuits": CIRCUITS, **arguments})
    for name, cidr in (("Orders", "10.1.0.0/24"), ("Billing", "10.2.0.0/24")):
        vpc = AttachmentVpc(
            stack, name, cidr=cidr, ipv6=ipv6, availability_zones=made.availability_zones, tiers={"Workload": 27}
        )
        made.add_spoke(vpc.vpc)
    return made


def private_contracts() -> dict[str, Any]:
    """The site announces one prefix by everything, and prefers the circuits, as AWS does."""
    ways = [
        f"{spoke}/{way}"
        for spoke in (ORDERS_SPOKE, BILLING_SPOKE)
        for way in ("Association", "BackupBerlin/Connection1")
    ]
    site = {"at": "Berlin", "passes-on": False, "sends": []}
    return {
        "harmless": ["*Tunnels1/Resource/Default"],
        "prefixes": {one: ["192.168.0.0/20"] for one in ways},
        "sites": {one: site | ({"preference": 200} if "Association" in one else {}) for one in ways},
    }


def _advertised_too_narrowly(made: Templates) -> None:
    """A virtual private gateway announces its VPC's range whole, or not at all."""
    made.change(
        "DirectConnect::DirectConnectGatewayAssociation",
        "Orders",
        AllowedPrefixesToDirectConnectGateway=["10.1.0.0/25"],
    )


def _gateway_of_the_other_vpc(made: Templates) -> None:
    billing = {"Fn::GetAtt": [made.id_of("EC2::VPNGateway", "Billing"), "VPNGatewayId"]}
    made.change("DirectConnect::DirectConnectGatewayAssociation", "Orders", AssociatedGatewayId=billing)


def _static_route_around(made: Templates) -> None:
    """A route of the table's own beats what is propagated: to a gateway that is not the VPC's, it leads nowhere."""
    table = made.of("EC2::SubnetRouteTableAssociation", "OrdersWorkload1")[0]["Properties"]["RouteTableId"]
    other = {"Fn::GetAtt": [made.id_of("EC2::VPNGateway", "Billing"), "VPNGatewayId"]}
    made.add("Around", "EC2::Route", RouteTableId=table, DestinationCidrBlock="192.168.0.0/20", GatewayId=other)


THERE, BACK = "Orders reaches the site by the circuits", "the site reaches Orders by the circuits"
SAME_WAY = "what the site sends by the circuits is answered by them"

PRIVATE = Variant(
    "private interfaces",
    lambda app: with_spokes(app, interfaces="private"),
    (
        reaches(ORDERS, f"{ORDERS_SPOKE}/Association", name=THERE),
        reaches(f"{ORDERS_SPOKE}/Association", ORDERS, name=BACK),
        reaches(BILLING, f"{BILLING_SPOKE}/Association", name="Billing reaches the site by the circuits"),
        reaches(f"{BILLING_SPOKE}/Association", BILLING, name="the site reaches Billing by the circuits"),
        symmetric(f"{ORDERS_SPOKE}/Association", ORDERS, name=SAME_WAY),
        symmetric(ORDERS, f"{ORDERS_SPOKE}/Association", name="what Orders sends is answered the way it went"),
        isolated(ORDERS, BILLING, name="Orders never reaches Billing"),
        isolated(BILLING, ORDERS, name="Billing never reaches Orders"),
        isolated("internet", [ORDERS, BILLING], name="nobody on the internet reaches a spoke"),
    ),
    (
        Mutant(
            "routes that Orders does not learn",
            lambda made: made.remove("EC2::VPNGatewayRoutePropagation", "Orders"),
            (THERE, BACK),
        ),
        Mutant(
            "a gateway that is on no VPC", lambda made: made.remove("EC2::VPCGatewayAttachment", "Orders"), (THERE,)
        ),
        Mutant("prefixes narrower than the VPC", _advertised_too_narrowly, (BACK,)),
        Mutant("the circuits joined to the other VPC's gateway", _gateway_of_the_other_vpc, (BACK,)),
        Mutant("a static route to another VPC's gateway", _static_route_around, (THERE, BACK), refused=True),
    ),
    private_contracts(),
)

BY_IPV6 = dataclasses.replace(OFFICE, ipv6_prefixes=["2001:db8::/48"])
CIRCUITS6, BACKUP, BACKUP6 = (
    "Office/Association",
    "Office/BackupBerlin/Connection1",
    "Office/BackupBerlinIpv6/Connection1",
)
OUT6, IN6 = "Orders reaches the site by IPv6", "the site reaches Orders by IPv6"
SAME_WAY6 = "what the site sends by IPv6 is answered by a circuit"


def ipv6_contracts() -> dict[str, Any]:
    both = ["192.168.0.0/20", "2001:db8::/48"]
    site = {"at": "Berlin", "passes-on": False, "sends": []}
    found = {"*/CircuitsPlacement/Resource/Default": {"AttachmentId": {"attachment-of": CIRCUITS6}}}
    for name, way in (("BackupBerlin", BACKUP), ("BackupBerlinIpv6", BACKUP6)):
        found[f"*/{name}/Attachment1Placement/Resource/Default"] = {"AttachmentId": {"attachment-of": way}}
    return {
        "harmless": ["*Placement/Resource/Default"],
        "returns": found,
        "prefixes": {CIRCUITS6: both, BACKUP: both[:1], BACKUP6: both[1:]},
        "sites": {CIRCUITS6: site | {"preference": 200}, BACKUP: site, BACKUP6: site},
    }


def _attachment_without_ipv6(made: Templates) -> None:
    for attachment in made.of("EC2::TransitGatewayAttachment", "Orders"):
        attachment["Properties"]["Options"]["Ipv6Support"] = "disable"


def _advertised_by_ipv4_alone(made: Templates) -> None:
    made.change(
        "DirectConnect::DirectConnectGatewayAssociation",
        "Orders",
        AllowedPrefixesToDirectConnectGateway=["10.1.0.0/24"],
    )


def _range_not_advertised(made: Templates) -> None:
    made.change(
        "DirectConnect::DirectConnectGatewayAssociation",
        "",
        AllowedPrefixesToDirectConnectGateway=["10.1.0.0/24", "10.2.0.0/24"],
    )


def _without_ipv6_routes(made: Templates) -> None:
    made.remove("EC2::Route", "Orders", DestinationIpv6CidrBlock="2001:db8::/48")


def _static_ipv6_route_to_the_vpn(made: Templates) -> None:
    table = {"Ref": made.id_of("EC2::TransitGatewayRouteTable", "SpokesDomain")}
    [propagation] = made.of(
        "EC2::TransitGatewayRouteTablePropagation", "BackupBerlinIpv6Attachment1PropagationToSpokes"
    )
    attachment = propagation["Properties"]["TransitGatewayAttachmentId"]
    way = {"DestinationCidrBlock": "2001:db8::/48", "TransitGatewayAttachmentId": attachment}
    made.add("Shortcut", "EC2::TransitGatewayRoute", TransitGatewayRouteTableId=table, **way)


IPV6 = Variant(
    "IPv6 by transit interfaces",
    lambda app: with_spokes(app, ipv6=True, site=BY_IPV6),
    (
        reaches(ORDERS, CIRCUITS6, family=6, name=OUT6),
        reaches(CIRCUITS6, ORDERS, family=6, name=IN6),
        reaches(ORDERS, CIRCUITS6, family=4, name="Orders reaches the site by IPv4"),
        reaches(CIRCUITS6, ORDERS, family=4, name="the site reaches Orders by IPv4"),
        symmetric(CIRCUITS6, ORDERS, family=6, name=SAME_WAY6),
        symmetric(ORDERS, CIRCUITS6, family=6, name="what Orders sends by IPv6 is answered the way it went"),
        isolated(ORDERS, BILLING, family=6, name="Orders never reaches Billing by IPv6"),
        isolated(BILLING, ORDERS, family=6, name="Billing never reaches Orders by IPv6"),
        isolated("internet", [ORDERS, BILLING], family=6, name="nobody on the internet reaches a spoke by IPv6"),
    ),
    (
        Mutant("an attachment without IPv6", _attachment_without_ipv6, (OUT6, IN6)),
        Mutant("an IPv6 range that is not advertised", _range_not_advertised, (IN6,)),
        Mutant("IPv6 routes taken away", _without_ipv6_routes, (OUT6, IN6)),
        Mutant("a static IPv6 route to the VPN", _static_ipv6_route_to_the_vpn, (SAME_WAY6,)),
    ),
    ipv6_contracts(),
)


def private_ipv6_contracts() -> dict[str, Any]:
    made = private_contracts()
    for one in made["prefixes"]:
        if "Association" in one:
            made["prefixes"][one] = ["192.168.0.0/20", "2001:db8::/48"]
    return made


PRIVATE_IPV6 = Variant(
    "IPv6 by private interfaces",
    lambda app: with_spokes(app, ipv6=True, site=BY_IPV6, interfaces="private"),
    (
        reaches(ORDERS, f"{ORDERS_SPOKE}/Association", family=6, name=OUT6),
        reaches(f"{ORDERS_SPOKE}/Association", ORDERS, family=6, name=IN6),
        symmetric(f"{ORDERS_SPOKE}/Association", ORDERS, family=6, name=SAME_WAY6),
        isolated(ORDERS, BILLING, family=6, name="Orders never reaches Billing by IPv6"),
        isolated("internet", [ORDERS, BILLING], family=6, name="nobody on the internet reaches a spoke by IPv6"),
    ),
    (
        Mutant(
            "routes that Orders does not learn",
            lambda made: made.remove("EC2::VPNGatewayRoutePropagation", "Orders"),
            (OUT6, IN6),
        ),
        Mutant("prefixes of IPv4 alone", _advertised_by_ipv4_alone, (IN6,)),
    ),
    private_ipv6_contracts(),
)

VARIANTS = [PRIVATE, IPV6, PRIVATE_IPV6]
