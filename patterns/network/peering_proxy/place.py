"""Where a proxy stands: in a VPC of its own, or in subnets of an existing one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2

from patterns.building_blocks.selected_subnets import selected
from patterns.building_blocks.vpc.route_tables import route_table_of
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc

FRONT, FLEET = "Front", "Fleet"
"""The tiers of a new VPC: of the load balancer, with routes to clients, and of the proxies, with routes to targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyPlace:
    """The subnets of a proxy, by tier.

    Attributes:
        vpc: Their VPC.
        subnets: The subnets.
        tables: The route tables of the subnets, each once, by a name that is unique in the VPC.
        ranges: The ranges of the subnets.
    """

    vpc: ec2.IVpc
    subnets: Mapping[str, ec2.SubnetSelection]
    tables: Mapping[str, Mapping[str, str]]
    ranges: Mapping[str, Sequence[str]]


def own_place(network: TieredVpc) -> ProxyPlace:
    """The place of a proxy in a VPC that was made for it.

    Args:
        network: The VPC, with a tier for the load balancer and one for the proxies.

    Returns:
        The place.
    """
    tiers = (FRONT, FLEET)
    return ProxyPlace(
        vpc=network.vpc,
        subnets={tier: ec2.SubnetSelection(subnet_group_name=tier) for tier in tiers},
        tables={
            tier: {f"Proxy{one.number}": one.route_table.attr_route_table_id for one in network.subnets[tier]}
            for tier in tiers
        },
        ranges={tier: [network.range_of(tier)] for tier in tiers},
    )


def existing_place(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> ProxyPlace:
    """The place of a proxy in a VPC that is there: load balancer and proxies share its subnets.

    Args:
        vpc: The VPC.
        selection: The subnets; None: the first that is not public in each zone.

    Returns:
        The place.

    Raises:
        ValueError: If the subnets are not one in each of two zones or more, or their ranges are not known.
    """
    if selection is not None:
        chosen = list(selected(vpc, selection, "subnets").subnets)
    else:
        first: dict[str, ec2.ISubnet] = {}
        for subnet in [*vpc.private_subnets, *vpc.isolated_subnets]:
            first.setdefault(subnet.availability_zone, subnet)
        chosen = list(first.values())
    found = [subnet.availability_zone for subnet in chosen]
    if len(set(found)) < len(found):
        raise ValueError(f"subnets must be one in each zone, got two in one zone of {vpc.node.path}")
    if selection is None:
        must_be, must_have = "vpc must have subnets", "vpc must have subnets with"
    else:
        must_be, must_have = "subnets must be", "subnets must have"
    if len(found) < 2:
        raise ValueError(f"{must_be} in two zones or more, got {len(found)} of {vpc.node.path}")
    try:
        ranges = [subnet.ipv4_cidr_block for subnet in chosen]
    except RuntimeError:  # The CDK's own, of a subnet that was imported without its range.
        raise ValueError(
            f"{must_have} ranges, which clients and targets route to: import them with their IPv4 blocks"
        ) from None
    tables: dict[str, str] = {}
    for number, subnet in enumerate(chosen, start=1):
        if route_table_of(subnet) not in tables.values():
            tables[f"Proxy{number}"] = route_table_of(subnet)
    both = {FRONT: ec2.SubnetSelection(subnets=chosen), FLEET: ec2.SubnetSelection(subnets=chosen)}
    return ProxyPlace(vpc=vpc, subnets=both, tables=dict.fromkeys(both, tables), ranges=dict.fromkeys(both, ranges))
