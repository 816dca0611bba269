"""Spokes of a transit gateway: VPCs whose subnets route to it."""

import json
from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Annotated

from annotated_types import Len
from aws_cdk import Annotations, Stack, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct, IDependable

from patterns.building_blocks.bounds import Known, Passes
from patterns.building_blocks.signature import checked
from patterns.network.hub.attachment_vpc import ATTACHMENT
from patterns.network.hub.transit_gateway import RoutingDomain, vpc_attachment
from patterns.network.tiers.cidr_block import network

Destination = Annotated[str, Passes(network, "an IPv4 range"), Known("the routes")]
"""Where a route leads."""


class Spoke(Construct):
    """A VPC of this account on a transit gateway, in a routing domain.

    Args:
        vpc: The VPC.
        domain: The routing domain that what it sends is looked up in.
        subnets: The subnets that the gateway's interfaces go into, one in each zone.
        destinations: What its subnets send to the gateway.
        scope: Parent construct. Default: the VPC's own stack.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        attachment (Attachment): Its attachment.
    """

    def __init__(
        self,
        vpc: ec2.IVpc,
        *,
        domain: RoutingDomain,
        subnets: Sequence[ec2.ISubnet],
        destinations: Sequence[str],
        scope: Construct | None = None,
    ) -> None:
        super().__init__(scope or Stack.of(vpc), spoke_id(vpc, domain))
        self.vpc = vpc
        self.attachment = domain.gateway.attach_vpc(
            self,
            "Attachment",
            vpc_id=vpc.vpc_id,
            subnet_ids=[subnet.subnet_id for subnet in subnets],
            domain=domain,
            name=vpc.node.path.removesuffix("/Vpc"),
        )
        for destination in destinations:
            route_to_gateway(self, vpc, subnets, domain.gateway.gateway_id, destination, after=self.attachment)


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
        attachment_subnets: The subnets that the gateway's interfaces go into, one in each zone. Default: those of
            the group `Attachment`, or else the first that is not public in each zone.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        attachment (ec2.CfnTransitGatewayAttachment): Its attachment.

    Raises:
        ValueError: If a destination is malformed, or the VPC has public subnets, whose internet route would go around
            the hub.

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
        attachment_subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        if len(set(destinations)) < len(destinations):
            raise ValueError(f"destinations must differ, got {', '.join(destinations)}")
        if "0.0.0.0/0" in destinations:
            require_no_public_subnets(vpc)
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
        )
        for destination in destinations:
            route_to_gateway(self, vpc, subnets, gateway_id, destination, after=self.attachment)


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
    dedicated = {subnet.node.path for subnet in attachment_subnets if _is_dedicated(subnet)}
    tables: dict[str, str] = {}
    for subnet in [*vpc.private_subnets, *vpc.isolated_subnets, *vpc.public_subnets]:
        if subnet.node.path not in dedicated:
            # Subnets of an existing VPC may share a table.
            tables.setdefault(subnet.route_table.route_table_id, subnet.node.id)
    for table, subnet_id in tables.items():
        ec2.CfnRoute(
            scope,
            f"{subnet_id}To{destination.replace('/', '-')}",
            route_table_id=table,
            destination_cidr_block=destination,
            transit_gateway_id=gateway_id,
        ).node.add_dependency(after)


def attachment_subnets_of(vpc: ec2.IVpc, selection: ec2.SubnetSelection | None) -> list[ec2.ISubnet]:
    """Choose where the gateway's interfaces go in a VPC: one subnet in each zone.

    Args:
        vpc: The VPC.
        selection: What the user chose. None: the group `Attachment`, or the first non-public subnet in each zone.

    Returns:
        The subnets.

    Raises:
        ValueError: If there is none such, or two in a zone.
    """
    if selection is not None:
        try:
            chosen = list(
                vpc.select_subnets(
                    availability_zones=selection.availability_zones,
                    one_per_az=selection.one_per_az,
                    subnet_filters=selection.subnet_filters,
                    subnet_group_name=selection.subnet_group_name,
                    subnets=selection.subnets,
                    subnet_type=selection.subnet_type,
                ).subnets
            )
        except RuntimeError:
            raise ValueError(f"attachment_subnets must be subnets of {vpc.node.path}, which has none of them") from None
    else:
        inside = [*vpc.isolated_subnets, *vpc.private_subnets]
        candidates = [subnet for subnet in inside if _is_dedicated(subnet)] or inside
        first: dict[str, ec2.ISubnet] = {}
        for subnet in candidates:
            first.setdefault(_zone(subnet), subnet)
        chosen = list(first.values())
    if not chosen:
        raise ValueError(f"vpc must have a subnet for the attachment that is not public, got none in {vpc.node.path}")
    found = [_zone(subnet) for subnet in chosen]
    if len(set(found)) < len(found):
        raise ValueError(f"attachment_subnets must be one in each zone, got two in one zone of {vpc.node.path}")
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
    cidr = resource.cidr_block if isinstance(resource, ec2.CfnVPC) else vpc.vpc_cidr_block
    return None if cidr is None or Token.is_unresolved(cidr) else network("vpc", cidr)


def require_same_account(hub: Construct, vpc: ec2.IVpc) -> None:
    """Refuse a VPC of another account, whose attachment only that account can make.

    Args:
        hub: The hub.
        vpc: The spoke.

    Raises:
        ValueError: If both accounts, or Regions, are known and differ.
    """
    for what, its, ours in (
        ("account", Stack.of(vpc).account, Stack.of(hub).account),
        ("Region", Stack.of(vpc).region, Stack.of(hub).region),
    ):
        if not Token.is_unresolved(its) and not Token.is_unresolved(ours) and its != ours:
            raise ValueError(
                f"vpc must be in the hub's {what} {ours}, got {its}: share the gateway and join it with JoiningSpoke"
            )


def spoke_id(vpc: ec2.IVpc, domain: RoutingDomain) -> str:
    """Name a spoke's construct in its stack: for the hub and the VPC, so that a VPC may be on several gateways.

    Args:
        vpc: The VPC.
        domain: Its routing domain.

    Returns:
        The construct id.
    """
    hub = domain.gateway.node.scope or domain.gateway
    inside = [scope.node.id for scope in vpc.node.scopes][len(Stack.of(vpc).node.scopes) :]
    return f"{''.join(inside)}SpokeOf{hub.node.id}"


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


def require_new(vpc: ec2.IVpc, domain: RoutingDomain) -> None:
    """Refuse a VPC that is a spoke of the same hub already.

    Args:
        vpc: The VPC.
        domain: A routing domain of the hub.

    Raises:
        ValueError: If it is.
    """
    if Stack.of(vpc).node.try_find_child(spoke_id(vpc, domain)) is not None:
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
