"""The VPCs that a proxy joins, and what is wrong with others."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network

from aws_cdk import Stack, Token
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.vpc.cidr_block import reject_overlap, vpc_network
from patterns.network.hub.spoke import network_of
from patterns.network.peering_proxy.configuration import ProxyDestination


def check_vpcs(
    own: IPv4Network,
    clients: Sequence[ec2.IVpc],
    targets: Sequence[ec2.IVpc],
    destinations: Sequence[ProxyDestination],
    *,
    shared_tables: bool = False,
) -> dict[str, IPv4Network]:
    """Refuse VPCs that cannot be peered, and destinations that are nowhere.

    Args:
        own: The range of the proxy's VPC.
        clients: The VPCs of clients.
        targets: The VPCs of destinations.
        destinations: The destinations.
        shared_tables: Whether one route table leads to clients and to targets. Default: no.

    Returns:
        The range of each VPC, by its path.

    Raises:
        ValueError: If a VPC comes twice or has no known range, ranges overlap, or a destination is in no target.
    """
    ranges: dict[str, IPv4Network] = {}
    taken = {"the proxy": [own]}
    for argument, vpcs in (("client_vpcs", clients), ("target_vpcs", targets)):
        if not shared_tables:
            # Clients may overlap targets: no table has a route to both.
            taken = {"the proxy": [own]}
        for vpc in vpcs:
            path = vpc.node.path
            if path in ranges:
                raise ValueError(f"{argument} must differ from each other and from the others, got {path} twice")
            found = network_of(vpc)
            if found is None:
                raise ValueError(f"{argument} must have ranges that are known at synthesis, got {path} without one")
            reject_overlap(f"{argument}: {path}", found, taken)
            taken[path] = [found]
            ranges[path] = found
    named: set[str] = set()
    for one in destinations:
        if one.host in named:
            raise ValueError(f"destinations must differ, got {one.host} twice")
        named.add(one.host)
        address = _address(one.host)
        if address is not None and not any(address in ranges[vpc.node.path] for vpc in targets):
            raise ValueError(f"destinations must be in a VPC of target_vpcs, got {one.host}")
    return ranges


def own_range(cidr: str, vpc: ec2.IVpc | None) -> IPv4Network:
    """Find the range of the proxy's VPC.

    Args:
        cidr: The range of a new one.
        vpc: The existing one, or None.

    Returns:
        The range.

    Raises:
        ValueError: If it is not known at synthesis.
    """
    if vpc is None:
        return vpc_network("cidr", cidr)
    found = network_of(vpc)
    if found is None:
        raise ValueError(f"vpc must have a range that is known at synthesis, got {vpc.node.path} without one")
    return found


def check_place(scope: Construct, vpcs: Sequence[ec2.IVpc]) -> None:
    """Refuse VPCs of another account or Region, whose side of a peering only another stack can make.

    Args:
        scope: Parent construct of the proxy.
        vpcs: The VPCs.

    Raises:
        ValueError: If one is.
    """
    for vpc in vpcs:
        for what, its, ours in (
            ("account", Stack.of(vpc).account, Stack.of(scope).account),
            ("Region", Stack.of(vpc).region, Stack.of(scope).region),
        ):
            if not Token.is_unresolved(its) and not Token.is_unresolved(ours) and its != ours:
                raise ValueError(f"vpc {vpc.node.path} must be in the proxy's {what} {ours}, got {its}")


def _address(host: str) -> IPv4Address | None:
    try:
        return IPv4Address(host)
    except ValueError:
        return None


def name_of(vpc: ec2.IVpc) -> str:
    """Name a VPC in ids: by the ids of the constructs that it stands in, within its stack.

    Args:
        vpc: The VPC.

    Returns:
        The name.
    """
    return "".join(one.node.id for one in vpc.node.scopes[len(Stack.of(vpc).node.scopes) :])
