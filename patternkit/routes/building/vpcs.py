"""VPCs, their subnets, route tables and gateways."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from patternkit.resolving import (
    Stack,
    custom_names,
    declared_blocks,
    declared_zone,
    ipv6_blocks,
    zone_name,
)
from patternkit.resolving.given import matching
from patternkit.resolving.values import Unknown, is_opaque, is_outside, lifted, not_lifted
from patternkit.routes.addresses import parse_prefix
from patternkit.routes.building.draft import LOCAL, Draft, Properties, shown
from patternkit.routes.building.refusals import wrong_target
from patternkit.routes.errors import TemplateError
from patternkit.routes.model import (
    CarrierGateway,
    EgressOnlyGateway,
    InternetGateway,
    LocalGateway,
    Route,
    RouteTable,
    Subnet,
    Vpc,
    VpnGateway,
)

_TARGETS = (
    "GatewayId",
    "NatGatewayId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "VpcEndpointId",
    "NetworkInterfaceId",
    "InstanceId",
    "EgressOnlyInternetGatewayId",
    "CarrierGatewayId",
    "LocalGatewayId",
)
_ELSEWHERE = ("CoreNetworkArn", "OdbNetworkArn")


def _lacks(kind: str, vpc: Vpc) -> bool:
    return getattr(vpc, kind) is None


def add_vpc(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPC`."""
    vpc: Vpc = draft.make(Vpc, stack, logical)
    text = draft.get(stack, properties, "CidrBlock")
    _add_block(draft, vpc, text, (stack, logical))
    vpc.main_table = RouteTable(f"{vpc.identity}.main", f"{vpc.path} main route table", "AWS::EC2::RouteTable", vpc=vpc)
    vpc.contracts = draft.leans()
    draft.model.vpcs[vpc.identity] = vpc


def add_vpc_cidr(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPCCidrBlock`."""
    vpc = draft.ours(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    if isinstance(vpc, Unknown):
        draft.doubt(stack, logical, "adds a block to a VPC", vpc, "VPC block")
    if not isinstance(vpc, Vpc):
        return
    if "CidrBlock" in properties or "Ipv4IpamPoolId" in properties:
        text = draft.get(stack, properties, "CidrBlock")
        _add_block(draft, vpc, text, (stack, logical))
        vpc.contracts = vpc.contracts | draft.leans()
        return
    owner, vpc_logical = draft.resolver.stacks.by_id[vpc.identity]
    for text in ipv6_blocks(draft.resolver, owner, vpc_logical):
        block = draft.block(text, vpc.path)
        if isinstance(block, Unknown):
            vpc.unknown_blocks[6] = block
        elif block not in vpc.blocks:
            vpc.blocks.append(block)


def _add_block(draft: Draft, vpc: Vpc, text: Any, by: tuple[Stack, str]) -> None:
    """Add the IPv4 block that a resource gives a VPC: written out, or from a pool, as contracts say."""
    if text is not None:
        given = [draft.block(text, by[0].path(by[1]))]
    else:
        reason = f"IPAM decides the CIDR of {vpc.path}{lifted('blocks')}"
        declared = [text for text in declared_blocks(draft.resolver, by) if ":" not in text]
        given = [draft.block(text, vpc.path) for text in declared] or [Unknown(reason)]
    for block in given:
        if isinstance(block, Unknown):
            vpc.unknown_blocks[4] = block
        else:
            vpc.blocks.append(block)


def add_subnet(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::Subnet`."""
    vpc = draft.ours(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    if isinstance(vpc, Unknown):
        draft.doubt(stack, logical, "is a subnet of a VPC", vpc, "VPC", _may_hold(draft, stack, properties))
        return
    if vpc is None:
        draft.model.notes.append(f"{stack.path(logical)} is in a VPC that is not in the set, and is left out")
        return
    zone = None
    for name in ("AvailabilityZone", "AvailabilityZoneId"):
        zone = draft.get(stack, properties, name)
        if zone is not None:
            break
    if zone is None:
        zone = declared_zone(draft.resolver, stack, logical) or Unknown(
            f"AWS picks the availability zone of {stack.path(logical)}{lifted('zones')}"
        )
    elif isinstance(zone, str):
        zone = zone_name(draft.resolver, zone)
        if is_opaque(zone):
            zone = declared_zone(draft.resolver, stack, logical) or Unknown(
                f"the availability zone of {stack.path(logical)} is known only to AWS{lifted('zones')}"
            )
    elif not isinstance(zone, Unknown):
        raise TemplateError(f"{stack.path(logical)}: {zone!r} is not an availability zone")
    subnet: Subnet = draft.make(Subnet, stack, logical, vpc=vpc, zone=zone)
    for name in ("CidrBlock", "Ipv6CidrBlock"):
        text = draft.get(stack, properties, name)
        if text is None:
            continue
        block = draft.block(text, subnet.path)
        if isinstance(block, Unknown):
            subnet.unknown_blocks = block
        else:
            subnet.blocks.append(block)
    if not subnet.blocks and subnet.unknown_blocks is None:
        declared = [draft.block(text, subnet.path) for text in declared_blocks(draft.resolver, (stack, logical))]
        subnet.blocks += [block for block in declared if not isinstance(block, Unknown)]
    if not subnet.blocks and subnet.unknown_blocks is None:
        subnet.unknown_blocks = Unknown(f"IPAM decides the CIDR of {subnet.path}{lifted('blocks')}")
    public = properties.get("MapPublicIpOnLaunch")
    subnet.public_addresses = draft.flag(draft.value(stack, public), default=False) if public is not None else False
    subnet.on_outpost = "OutpostArn" in properties
    if "EnableDns64" in properties:
        subnet.dns64 = draft.flag(draft.get(stack, properties, "EnableDns64"), default=False)
    subnet.contracts = draft.leans()
    declared_public = matching(draft.contracts.public_addresses, custom_names(stack, logical, "AWS::EC2::Subnet"))
    if declared_public is not None:
        subnet.hosts_public = draft.contracts.public_addresses[declared_public]
        subnet.contracts = subnet.contracts | {f"public-addresses {declared_public}"}
    vpc.subnets.append(subnet)
    draft.model.subnets[subnet.identity] = subnet


def _may_hold(draft: Draft, stack: Stack, properties: Properties) -> Callable[[Any], bool]:
    """Which VPCs a subnet may be in: those that have its addresses."""
    text = draft.get(stack, properties, "CidrBlock")
    block = parse_prefix(text) if isinstance(text, str) else None
    if block is None:
        return lambda _: True
    return lambda vpc: 4 in vpc.unknown_blocks or any(own.covers(block) for own in vpc.blocks)


def add_subnet_cidr(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::SubnetCidrBlock`."""
    subnet = draft.ours(draft.model.subnets, draft.get(stack, properties, "SubnetId"), "subnet")
    if isinstance(subnet, Unknown):
        draft.doubt(stack, logical, "adds a block to a subnet", subnet, "subnet")
    if not isinstance(subnet, Subnet):
        return
    text = draft.get(stack, properties, "Ipv6CidrBlock")
    reason = Unknown(f"IPAM decides a block of {subnet.path}{lifted('blocks')}")
    block = draft.block(text, stack.path(logical)) if text is not None else reason
    if text is None and (declared := [one for one in declared_blocks(draft.resolver, (stack, logical)) if ":" in one]):
        block = draft.block(declared[0], stack.path(logical))
        subnet.contracts = subnet.contracts | draft.leans()
    if isinstance(block, Unknown):
        subnet.unknown_blocks = block
    else:
        subnet.blocks.append(block)


def add_table(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::RouteTable`."""
    vpc = draft.ours(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    table: RouteTable = draft.make(RouteTable, stack, logical)
    if isinstance(vpc, Vpc):
        table.vpc = vpc
        vpc.tables.append(table)
    elif isinstance(vpc, Unknown):
        table.unknown.append(vpc.reason)
    draft.model.tables[table.identity] = table


def add_table_association(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::SubnetRouteTableAssociation`."""
    subnet = draft.ours(draft.model.subnets, draft.get(stack, properties, "SubnetId"), "subnet")
    table = draft.find(draft.model.tables, draft.get(stack, properties, "RouteTableId"), "route table")
    if isinstance(subnet, Unknown):
        of = table.vpc if isinstance(table, RouteTable) else None
        draft.doubt(
            stack,
            logical,
            "associates a subnet",
            subnet,
            "associated subnet",
            lambda vpc: of is None or vpc is of,
        )
    if not isinstance(subnet, Subnet):
        return
    if isinstance(table, RouteTable) and table.vpc is not subnet.vpc and not table.unknown:
        draft.refuse(f"{subnet.path} is associated with {table.path} of another VPC [InvalidParameterValue]")
        table = Unknown(f"AWS refuses {table.path} for {subnet.path}: it is of another VPC")
    if subnet.table is not None:
        draft.refuse(f"{subnet.path} is associated with two route tables [Resource.AlreadyAssociated]")
        table = Unknown(f"AWS refuses a second route table for {subnet.path}")
    subnet.table = table


def add_internet_gateway(draft: Draft, stack: Stack, logical: str, _properties: Properties) -> None:
    """Add an `AWS::EC2::InternetGateway`."""
    draft.make(InternetGateway, stack, logical)


def add_vpn_gateway(draft: Draft, stack: Stack, logical: str, _properties: Properties) -> None:
    """Add an `AWS::EC2::VPNGateway`."""
    draft.make(VpnGateway, stack, logical)


def add_gateway_attachment(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPCGatewayAttachment`."""
    vpc = draft.ours(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    if isinstance(vpc, Unknown):
        kind = "internet_gateway" if "InternetGatewayId" in properties else "vpn_gateway"
        # A VPC has one of each.
        without = partial(_lacks, kind)
        draft.doubt(stack, logical, "attaches a gateway to a VPC", vpc, "VPC", without)
    if not isinstance(vpc, Vpc):
        return
    given = draft.get(stack, properties, "InternetGatewayId")
    gateway = draft.ours(draft.targets, given, "internet gateway") if given is not None else None
    if isinstance(gateway, InternetGateway):
        gateway.vpc, vpc.internet_gateway = vpc, gateway
    elif "InternetGatewayId" in properties:
        if isinstance(gateway, Unknown):
            draft.doubt(stack, logical, "attaches a gateway", gateway, "internet gateway", lambda one: one.vpc is None)
        # An internet gateway from outside the set still attaches.
        identity = str(given)
        vpc.internet_gateway = InternetGateway(identity, f"{vpc.path} internet gateway", vpc=vpc)
        draft.targets[identity] = vpc.internet_gateway
    if "VpnGatewayId" not in properties:
        return
    vgw = draft.ours(draft.targets, draft.get(stack, properties, "VpnGatewayId"), "virtual private gateway")
    if isinstance(vgw, VpnGateway):
        vgw.vpc, vpc.vpn_gateway = vpc, vgw
    elif isinstance(vgw, Unknown):
        draft.doubt(stack, logical, "attaches a gateway", vgw, "virtual private gateway")


def add_egress_only(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::EgressOnlyInternetGateway`."""
    vpc = draft.ours(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    gateway = draft.make(EgressOnlyGateway, stack, logical)
    if isinstance(vpc, Unknown):
        draft.doubt(stack, logical, "is a gateway of a VPC", vpc, "VPC")
    elif vpc is not None:
        gateway.vpc = vpc
        vpc.egress_only.append(gateway)


def add_carrier_gateway(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::CarrierGateway`."""
    vpc = draft.ours(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    gateway = draft.make(CarrierGateway, stack, logical)
    if isinstance(vpc, Unknown):
        draft.doubt(stack, logical, "is a gateway of a VPC", vpc, "VPC")
    elif vpc is not None:
        gateway.vpc = vpc


def add_local_gateway_association(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::LocalGatewayRouteTableVPCAssociation`."""
    vpc = draft.ours(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    if isinstance(vpc, Unknown):
        draft.doubt(stack, logical, "associates a local gateway with a VPC", vpc, "VPC")
    elif vpc is not None:
        vpc.local_tables.append(shown(draft.get(stack, properties, "LocalGatewayRouteTableId")))
        draft.model.notes.append(
            f"hosts of the network behind the local gateway of {stack.path(logical)} may reach subnets on its Outpost"
        )


def add_gateway_table(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::GatewayRouteTableAssociation`."""
    gateway = draft.targets.get(draft.get(stack, properties, "GatewayId"))
    table = draft.find(draft.model.tables, draft.get(stack, properties, "RouteTableId"), "route table")
    if isinstance(gateway, (InternetGateway, VpnGateway)) and gateway.vpc is not None:
        gateway.vpc.edge_tables[gateway.identity] = table
    else:
        draft.model.unknown.append(
            f"{stack.path(logical)} gives an edge route table to a gateway that is not in the set" + lifted("ids")
        )


def add_route(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::Route`."""
    table_id = draft.get(stack, properties, "RouteTableId")
    table = draft.ours(draft.model.tables, table_id, "route table")
    path = stack.path(logical)
    if isinstance(table, Unknown):
        draft.doubt(stack, logical, "is a route in a table that is not known", table, "route table")
    if not isinstance(table, RouteTable):
        return
    target = _route_target(draft, stack, properties, path)
    leans = draft.leans()
    identity = draft.get(stack, properties, "DestinationPrefixListId")
    if identity is not None:
        blocks = draft.find(draft.model.prefix_lists, identity, "prefix list")
        if isinstance(blocks, Unknown):
            table.unknown.append(f"{path}: {blocks.reason}")
            return
        table.routes += [Route(block, target, "prefix list", path, leans, str(identity)) for block in blocks]
        return
    text = draft.get(stack, properties, "DestinationCidrBlock")
    if text is None:
        text = draft.get(stack, properties, "DestinationIpv6CidrBlock")
    if text is None:
        draft.refuse(f"{path}: the route has no destination [MissingParameter]")
        return
    block = draft.block(text, path)
    if isinstance(block, Unknown):
        table.unknown.append(f"{path}: {block.reason}")
    else:
        table.routes.append(Route(block, target, "static", path, leans))


def _route_target(draft: Draft, stack: Stack, properties: Properties, path: str) -> Any:
    named = [name for name in (*_TARGETS, *_ELSEWHERE) if name in properties]
    if len(named) > 1 and len([name for name in named if draft.get(stack, properties, name) is not None]) > 1:
        draft.refuse(f"{path}: a route has one target, not {' and '.join(named)} [InvalidParameterCombination]")
    for name in named:
        if name in _TARGETS:
            identity = draft.get(stack, properties, name)
            if identity is None:
                continue
            if isinstance(identity, Unknown):
                return identity
            if identity == "local":
                return LOCAL
            found = draft.targets.get(identity) if isinstance(identity, str) else None
            if found is None and name == "LocalGatewayId" and isinstance(identity, str):
                # No resource makes one: it comes with the Outpost.
                found = draft.targets[identity] = LocalGateway(identity, shown(identity), "local gateway")
            if found is None:
                where = f"{path} points to {shown(identity)}, which"
                found = Unknown(f"{where} is not in the set or not modelled{lifted('ids')}")
                if is_outside(identity):
                    found = Unknown(f"{where} is none of the set{not_lifted('give its stack')}")
            if isinstance(identity, str) and (wrong := wrong_target(draft, name, found, identity, path)):
                draft.refuse(wrong)
                return Unknown(f"AWS refuses {wrong}")
            return found
        return Unknown(f"{path} points to a {name}, which is not modelled{not_lifted()}")
    wrong = f"{path}: the route has no target [MissingParameter]"
    draft.refuse(wrong)
    return Unknown(f"AWS refuses {wrong}")


def add_vgw_propagation(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPNGatewayRoutePropagation`."""
    gateway = draft.targets.get(draft.get(stack, properties, "VpnGatewayId"))
    tables = draft.listed(stack, properties, "RouteTableIds")
    path = stack.path(logical)
    if isinstance(tables, Unknown):
        draft.model.unknown.append(f"{path}: {tables.reason}")
        return
    for identity in tables:
        table = draft.ours(draft.model.tables, identity, "route table")
        if isinstance(table, Unknown):
            draft.doubt(stack, logical, "propagates routes into a table", table, "route table")
        if not isinstance(table, RouteTable):
            continue
        if not isinstance(gateway, VpnGateway):
            table.unknown.append(f"{path} propagates a gateway that is not in the set{lifted('ids')}")
            continue
        for site in gateway.sites:
            table.contracts = table.contracts | site.contracts
            if site.unknown_prefixes is not None:
                table.unknown.append(site.unknown_prefixes.reason)
        blocks = dict.fromkeys(block for site in gateway.sites for block, _ in site.prefixes)
        table.routes += [Route(block, gateway, "propagated", path) for block in blocks]
