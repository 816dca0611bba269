"""Spokes of a transit gateway: VPCs whose subnets route to it."""

import json
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Annotated

from annotated_types import Len
from aws_cdk import Annotations, Stack, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct, IDependable

from patterns.building_blocks.bounds import Known, Passes
from patterns.building_blocks.selected_subnets import selected
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import network
from patterns.building_blocks.vpc.route_tables import route_table_of
from patterns.network.hub.attachment_vpc import ATTACHMENT
from patterns.network.hub.ipv6_range import ALL_IPV6, Ipv6Range, ipv6_range_of, require_ipv6
from patterns.network.hub.transit_gateway import RoutingDomain
from patterns.network.hub.vpc_attachment import vpc_attachment

Destination = Annotated[str, Passes(network, "an IPv4 range"), Known("the routes")]
"""Where a route leads."""


class Spoke(Construct):
    """A VPC of this account on a transit gateway, in a routing domain.

    Args:
        vpc: The VPC.
        domain: The routing domain that what it sends is looked up in.
        subnets: The subnets that the gateway's interfaces go into, one in each zone.
        destinations: What its subnets send to the gateway.
        ipv6_destinations: What they send there by IPv6, by the name of each route, if the VPC has an IPv6 range: its
            attachment then carries IPv6. Default: none.
        scope: Parent construct. Default: the VPC's own stack.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        attachment (Attachment): Its attachment.
        ipv6 (Ipv6Range | None): The VPC's IPv6 range, where it is carried.
    """

    def __init__(
        self,
        vpc: ec2.IVpc,
        *,
        domain: RoutingDomain,
        subnets: Sequence[ec2.ISubnet],
        destinations: Sequence[str],
        ipv6_destinations: Mapping[str, Ipv6Range] | None = None,
        scope: Construct | None = None,
    ) -> None:
        super().__init__(scope or Stack.of(vpc), spoke_id(vpc, domain))
        self.vpc = vpc
        self.ipv6 = ipv6_range_of(vpc) if ipv6_destinations is not None else None
        self.attachment = domain.gateway.attach_vpc(
            self,
            "Attachment",
            vpc_id=vpc.vpc_id,
            subnet_ids=[subnet.subnet_id for subnet in subnets],
            domain=domain,
            name=vpc.node.path.removesuffix("/Vpc"),
            ipv6=self.ipv6 is not None,
        )
        for destination in destinations:
            route_to_gateway(self, vpc, subnets, domain.gateway.gateway_id, destination, after=self.attachment)
        for name, range_ in (ipv6_destinations or {}).items() if self.ipv6 else ():
            route_range_to_gateway(self, vpc, subnets, domain.gateway.gateway_id, name, range_, after=self.attachment)


class JoiningSpoke(Construct):
    """A VPC that joins a transit gateway which another account shares with its own.

    The gateway's owner places the attachment by the gateway's defaults: nothing changes in the hub. Only the owner
    can associate or propagate, so nothing here does.

    Args:
        scope: Where it stands in the tree, in a stack of the spoke's account.
        construct_id: Its id.
        vpc: The VPC.
        gateway: The shared gateway, e.g. `ec2.CfnTransitGateway.from_transit_gateway_id(...)`.
        destinations: What its subnets send to the gateway. Default: everything.
        ipv6: Whether they send it all of IPv6, too, which a hub with IPv6 takes. Default: no.
        attachment_subnets: The subnets that the gateway's interfaces go into, one in each zone. Default: those of
            the group `Attachment`, or else the first that is not public in each zone.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        attachment (ec2.CfnTransitGatewayAttachment): Its attachment.

    Raises:
        ValueError: If a destination is malformed, the VPC has public subnets, whose internet route would go around
            the hub, or has no IPv6 to send.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        gateway: ec2_interfaces.ITransitGatewayRef,
        destinations: Annotated[Sequence[Destination], Len(1)] = ("0.0.0.0/0",),
        ipv6: bool = False,
        attachment_subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        if "0.0.0.0/0" in destinations or ipv6:
            require_no_public_subnets(vpc)
        if ipv6:
            require_ipv6("vpc", vpc)
        subnets = attachment_subnets_of(vpc, attachment_subnets)
        super().__init__(scope, construct_id)
        self.vpc = vpc
        gateway_id = gateway.transit_gateway_ref.transit_gateway_id
        self.attachment = vpc_attachment(
            self,
            "Attachment",
            gateway_id=gateway_id,
            vpc_id=vpc.vpc_id,
            subnet_ids=[subnet.subnet_id for subnet in subnets],
            ipv6=ipv6,
        )
        for destination in destinations:
            route_to_gateway(self, vpc, subnets, gateway_id, destination, after=self.attachment)
        if ipv6:
            for name, range_ in ALL_IPV6.items():
                route_range_to_gateway(self, vpc, subnets, gateway_id, name, range_, after=self.attachment)


def route_to_gateway(
    scope: Construct,
    vpc: ec2.IVpc,
    attachment_subnets: Sequence[ec2.ISubnet],
    gateway_id: str,
    destination: str,
    *,
    after: IDependable,
) -> None:
    """Send a destination to a transit gateway from every subnet but those that hold only its interfaces.

    Args:
        scope: Where the routes stand in the tree.
        vpc: The VPC.
        attachment_subnets: Where the gateway's interfaces are.
        gateway_id: The gateway.
        destination: An IPv4 CIDR block.
        after: The attachment: a route to a gateway that is not attached is refused.
    """
    for table, subnet_id in _tables(vpc, attachment_subnets).items():
        ec2.CfnRoute(
            scope,
            f"{subnet_id}To{destination.replace('/', '-')}",
            route_table_id=table,
            destination_cidr_block=destination,
            transit_gateway_id=gateway_id,
        ).node.add_dependency(after)


def route_range_to_gateway(
    scope: Construct,
    vpc: ec2.IVpc,
    attachment_subnets: Sequence[ec2.ISubnet],
    gateway_id: str,
    name: str,
    destination: Ipv6Range,
    *,
    after: IDependable,
) -> None:
    """Send an IPv6 range to a transit gateway, as `route_to_gateway` does one of IPv4.

    Args:
        scope: Where the routes stand in the tree.
        vpc: The VPC.
        attachment_subnets: Where the gateway's interfaces are.
        gateway_id: The gateway.
        name: The name of the routes.
        destination: The range.
        after: The attachment: a route to a gateway that is not attached is refused.
    """
    for table, subnet_id in _tables(vpc, attachment_subnets).items():
        route = ec2.CfnRoute(
            scope,
            f"{subnet_id}To{name}",
            route_table_id=table,
            destination_ipv6_cidr_block=destination.cidr,
            transit_gateway_id=gateway_id,
        )
        route.node.add_dependency(after)
        if destination.made_by is not None:
            route.node.add_dependency(destination.made_by)


def _tables(vpc: ec2.IVpc, attachment_subnets: Sequence[ec2.ISubnet]) -> dict[str, str]:
    """The route tables of subnets that hold more than a gateway's interfaces, with the id of the first such subnet."""
    dedicated = {subnet.node.path for subnet in attachment_subnets if _is_dedicated(subnet)}
    tables: dict[str, str] = {}
    for subnet in [*vpc.private_subnets, *vpc.isolated_subnets, *vpc.public_subnets]:
        if subnet.node.path not in dedicated:
            # Subnets of an existing VPC may share a table.
            tables.setdefault(route_table_of(subnet), subnet.node.id)
    return tables


def attachment_subnets_of(
    vpc: ec2.IVpc,
    selection: ec2.SubnetSelection | None,
    *,
    argument: str = "attachment_subnets",
    dedicated: bool = True,
) -> list[ec2.ISubnet]:
    """Choose where the gateway's interfaces go in a VPC: one subnet in each zone.

    Args:
        vpc: The VPC.
        selection: What the user chose. None: the group `Attachment`, or the first non-public subnet in each zone.
        argument: What the caller calls it, for messages. Default: "attachment_subnets".
        dedicated: Whether the group `Attachment` comes first, or last. Default: first.

    Returns:
        The subnets.

    Raises:
        ValueError: If there is none such, or two in a zone.
    """
    if selection is not None:
        chosen = list(selected(vpc, selection, argument).subnets)
    else:
        inside = [*vpc.isolated_subnets, *vpc.private_subnets]
        candidates = [subnet for subnet in inside if _is_dedicated(subnet) is dedicated] or inside
        first: dict[str, ec2.ISubnet] = {}
        for subnet in candidates:
            first.setdefault(_zone(subnet), subnet)
        chosen = list(first.values())
    if not chosen:
        raise ValueError(f"vpc must have a subnet for the attachment that is not public, got none in {vpc.node.path}")
    found = [_zone(subnet) for subnet in chosen]
    if len(set(found)) < len(found):
        raise ValueError(f"{argument} must be one in each zone, got two in one zone of {vpc.node.path}")
    return chosen


def require_zones(scope: Construct, vpc: ec2.IVpc, subnets: Sequence[ec2.ISubnet], hub_zones: Sequence[str]) -> None:
    """Hold a spoke to the hub's zones: a subnet in each, and none elsewhere.

    Args:
        scope: The hub, which a warning is put on where zones cannot be compared.
        vpc: The spoke.
        subnets: Where its attachment is going to be.
        hub_zones: The hub's zones, names or tokens.

    Raises:
        ValueError: If the spoke lacks a zone of the hub, or has one that the hub lacks.
    """
    hub = [json.dumps(Stack.of(scope).resolve(zone)) for zone in hub_zones]
    everywhere = [*subnets, *vpc.private_subnets, *vpc.isolated_subnets, *vpc.public_subnets]
    spoke = list(dict.fromkeys(_zone(subnet) for subnet in everywhere))
    if any(zone.startswith("{") for zone in hub) != any(zone.startswith("{") for zone in spoke):
        Annotations.of(scope).add_warning_v2(
            "patterns:zones-not-compared",
            f"the zones of {vpc.node.path} and of the hub cannot be compared: name both, or neither",
        )
        return
    for zone in spoke:
        if zone not in hub:
            raise ValueError(
                f"vpc must be in the hub's zones, {_said(hub)}; {vpc.node.path} is also in {_said([zone])}"
            )
    attached = [_zone(subnet) for subnet in subnets]
    for zone in hub:
        if zone not in attached:
            raise ValueError(
                f"vpc must have a subnet in each zone of the hub; {vpc.node.path} has none in {_said([zone])}"
            )


def require_no_public_subnets(vpc: ec2.IVpc) -> None:
    """Refuse a spoke that reaches the internet on its own, around the hub.

    Args:
        vpc: The spoke.

    Raises:
        ValueError: If it has public subnets.
    """
    if vpc.public_subnets:
        raise ValueError(
            "vpc must have no public subnets, whose internet route goes around the hub; "
            f"{vpc.node.path} has {len(vpc.public_subnets)}"
        )


def network_of(vpc: ec2.IVpc) -> IPv4Network | None:
    """Find a VPC's range, if it is known at synthesis.

    Args:
        vpc: The VPC.

    Returns:
        The range, or None.
    """
    resource = vpc.node.default_child
    try:
        cidr = resource.cidr_block if isinstance(resource, ec2.CfnVPC) else vpc.vpc_cidr_block
    except RuntimeError:  # The CDK's own, of a VPC that was imported without its range.
        return None
    return None if cidr is None or Token.is_unresolved(cidr) else network("vpc", cidr)


def require_same_account(
    hub: Construct, vpc: ec2.IVpc, remedy: str = "share the gateway and join it with JoiningSpoke"
) -> None:
    """Refuse a VPC of another account, whose attachment only that account can make.

    Args:
        hub: The hub.
        vpc: The spoke.
        remedy: What its owner does instead. Default: joins the shared gateway.

    Raises:
        ValueError: If both accounts, or Regions, are known and differ.
    """
    for what, its, ours in (
        ("account", Stack.of(vpc).account, Stack.of(hub).account),
        ("Region", Stack.of(vpc).region, Stack.of(hub).region),
    ):
        if not Token.is_unresolved(its) and not Token.is_unresolved(ours) and its != ours:
            raise ValueError(f"vpc must be in the hub's {what} {ours}, got {its}: {remedy}")


def spoke_id(vpc: ec2.IVpc, hub: Construct) -> str:
    """Name a spoke's construct in its stack: for the hub and the VPC, so that a VPC may be on several gateways.

    Args:
        vpc: The VPC.
        hub: The hub, or a routing domain of its transit gateway.

    Returns:
        The construct id.
    """
    owner = (hub.gateway.node.scope or hub.gateway) if isinstance(hub, RoutingDomain) else hub
    inside = [scope.node.id for scope in vpc.node.scopes][len(Stack.of(vpc).node.scopes) :]
    return f"{''.join(inside)}SpokeOf{owner.node.id}"


def check_spoke(
    hub: Construct, vpc: ec2.IVpc, selection: ec2.SubnetSelection | None, hub_zones: Sequence[str]
) -> list[ec2.ISubnet]:
    """Refuse a VPC that cannot be a spoke of a hub, and choose where its attachment goes.

    Args:
        hub: The hub.
        vpc: The VPC.
        selection: The attachment's subnets, if the user chose them.
        hub_zones: The hub's zones.

    Returns:
        The attachment's subnets.

    Raises:
        ValueError: If the VPC is elsewhere, or lacks a zone of the hub.
    """
    require_same_account(hub, vpc)
    subnets = attachment_subnets_of(vpc, selection)
    require_zones(hub, vpc, subnets, hub_zones)
    return subnets


def require_new(vpc: ec2.IVpc, hub: Construct) -> None:
    """Refuse a VPC that is a spoke of the same hub already.

    Args:
        vpc: The VPC.
        hub: The hub, or a routing domain of its transit gateway.

    Raises:
        ValueError: If it is.
    """
    if Stack.of(vpc).node.try_find_child(spoke_id(vpc, hub)) is not None:
        raise ValueError(f"vpc must be added once, got {vpc.node.path} twice")


def _zone(subnet: ec2.ISubnet) -> str:
    return json.dumps(Stack.of(subnet).resolve(subnet.availability_zone))


def _is_dedicated(subnet: ec2.ISubnet) -> bool:
    return subnet.node.id.startswith(ATTACHMENT)


def _said(zones: Sequence[str]) -> str:
    """Zone names as they are, and indices of `Fn::GetAZs` as numbers from 1."""
    said = []
    for zone in zones:
        parsed = json.loads(zone)
        said.append(parsed if isinstance(parsed, str) else f"the Region's zone {_index(parsed)}")
    return ", ".join(said)


def _index(zone: object) -> str:
    match zone:
        case {"Fn::Select": [index, *_]}:
            return str(int(str(index)) + 1)
    return "unknown"
