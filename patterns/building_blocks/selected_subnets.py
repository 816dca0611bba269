"""Which subnets of a VPC a selection means."""

from collections.abc import Iterable

from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct

from patterns.building_blocks.availability_zones import zone_of
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.building_blocks.vpc_of_subnets import check_subnets_of


def selected(vpc: ec2.IVpc, selection: ec2.SubnetSelection, argument: str) -> ec2.SelectedSubnets:
    """Select subnets of a VPC.

    Args:
        vpc: The VPC.
        selection: The selection.
        argument: The argument that it comes from.

    Returns:
        The subnets.

    Raises:
        ValueError: If the VPC has none of them, or one was imported without its zone or is of another VPC.
    """
    check_subnets_of(vpc, argument, selection.subnets or ())
    try:
        return vpc.select_subnets(
            availability_zones=selection.availability_zones,
            one_per_az=selection.one_per_az,
            subnet_filters=selection.subnet_filters,
            subnet_group_name=selection.subnet_group_name,
            subnets=selection.subnets,
            subnet_type=selection.subnet_type,
        )
    except RuntimeError:
        for one in selection.subnets or ():
            zone_of(one, argument)
        raise ValueError(f"{argument} must be subnets of {vpc.node.path}, which has none of them") from None


def after_ways_out(user: IConstruct, subnets: Iterable[ec2.ISubnet]) -> None:
    """Have what runs in subnets wait for their route tables and default routes, and end before these go.

    Until then a subnet has the routes of its VPC's main route table: what starts there reaches nothing. Of an imported
    subnet they are there.

    Args:
        user: What runs there.
        subnets: The subnets.
    """
    for subnet in subnets:
        user.node.add_dependency(subnet.internet_connectivity_established)
        association = subnet.node.try_find_child("RouteTableAssociation") or _of_a_tier(subnet)
        if association is not None:
            user.node.add_dependency(association)


def _of_a_tier(subnet: ec2.ISubnet) -> ec2.CfnSubnetRouteTableAssociation | None:
    """Find what makes a table that of a subnet of a `TieredVpc`, which the CDK knows as imported."""
    for scope in subnet.node.scopes:
        if isinstance(scope, TieredVpc):
            of_each = {one.subnet.attr_subnet_id: one.association for one in scope.all_subnets}
            return of_each.get(subnet.subnet_id)
    return None
