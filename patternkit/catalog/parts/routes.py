"""The route tables of a template, tier by tier."""

from patternkit.catalog.diagrams.names import title
from patternkit.catalog.diagrams.networks import Networks
from patternkit.catalog.diagrams.resources import Resource, Resources
from patternkit.catalog.markdown import Table

_TARGETS = {
    "AWS::EC2::InternetGateway": "internet gateway",
    "AWS::EC2::NatGateway": "NAT gateway of the zone",
    "AWS::EC2::TransitGateway": "transit gateway",
    "AWS::EC2::VPCPeeringConnection": "peering",
    "AWS::NetworkFirewall::Firewall": "firewall endpoint of the zone",
}


def routes(resources: Resources) -> Table:
    """Make the table of routes.

    Args:
        resources: The example's resources.

    Returns:
        The table: tables of a tier that differ by zone only are one. It has no rows where there is no network.
    """
    networks = Networks(resources)
    names = {group.id: group.title for group in networks.groups()}
    rows: list[tuple[str, str, str]] = []
    seen = set()
    for tier in networks.tiers():
        vpc = names[tier.rpartition("/")[0]]
        where = f"{vpc.partition(',')[0]}: {names[tier]}"
        for route in networks.routes_of(tier):
            row = (where, _destination(route, resources), _target(route, resources))
            if row not in seen:
                seen.add(row)
                rows.append(row)
        if not any(row[0] == where for row in rows):
            rows.append((where, "only local", ""))
    shown = [("" if index and rows[index - 1][0] == row[0] else row[0], *row[1:]) for index, row in enumerate(rows)]
    return Table(("Subnets", "Destination", "By way of"), shown)


def _destination(route: Resource, resources: Resources) -> str:
    given = route.properties
    value = given.get("DestinationCidrBlock") or given.get("DestinationIpv6CidrBlock")
    if isinstance(value, str):
        return f"`{value}`"
    ends = route.to("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    return ", ".join(f"range of {title(resources[end].path)}" for end in ends) or "a range of the deployment"


def _target(route: Resource, resources: Resources) -> str:
    ends = route.to("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcEndpointId", "VpcPeeringConnectionId")
    return ", ".join(_TARGETS.get(resources[end].type, title(resources[end].path)) for end in ends) or "what is given"
