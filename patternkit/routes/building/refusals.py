"""What EC2 and CloudFormation refuse: a template that has it is no network, whichever promise is asked.

The names in brackets are the error codes of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html.
What is refused while an element is made stands where it is made; here is what only the finished set tells.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from patternkit.resolving import Stack
from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import Prefix, prefix
from patternkit.routes.building.draft import Draft, Properties, shown
from patternkit.routes.building.instances import foreign_group
from patternkit.routes.model import (
    Attachment,
    CarrierGateway,
    EgressOnlyGateway,
    Endpoint,
    Interface,
    InternetGateway,
    Local,
    LocalGateway,
    NatGateway,
    Peering,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    TransitGateway,
    Vpc,
    VpnGateway,
)

Buckets = dict[str, list[tuple[Stack, str, Any]]]

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and subnet-sizing.html
_SIZES = {"VPC": {4: (16, 28), 6: (44, 60)}, "subnet": {4: (16, 28), 6: (44, 64)}}

# What each property of a route may name: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html.
_ROUTE_TARGETS = {
    "GatewayId": (InternetGateway, VpnGateway),
    "NatGatewayId": (NatGateway,),
    "TransitGatewayId": (TransitGateway,),
    "VpcPeeringConnectionId": (Peering,),
    "VpcEndpointId": (Endpoint,),
    "NetworkInterfaceId": (Interface,),
    "InstanceId": (Interface,),
    "EgressOnlyInternetGatewayId": (EgressOnlyGateway,),
    "CarrierGatewayId": (CarrierGateway,),
    "LocalGatewayId": (LocalGateway,),
}


def find_refusals(draft: Draft, buckets: Buckets) -> None:
    """Note what AWS refuses in a set that is otherwise made."""
    for vpc in draft.model.vpcs.values():
        _blocks_of(draft, vpc)
    _gateways(draft, buckets)
    _peerings(draft)
    for table in draft.model.tables.values():
        _routes_of(draft, table)
    for table in draft.model.transit_tables.values():
        _duplicates(draft, table, (route for route in table.routes if route.origin == "static"))
    _attachments(draft)
    _network_acls(draft, buckets)
    _interfaces(draft)
    _nat_gateways(draft, buckets)


# VPCs and subnets


def _blocks_of(draft: Draft, vpc: Vpc) -> None:
    for block in vpc.blocks:
        _size(draft, block, vpc.path, "VPC")
    for index, block in enumerate(vpc.blocks):
        for other in vpc.blocks[index + 1 :]:
            if block.overlaps(other):
                draft.refuse(f"{vpc.path} has overlapping blocks, {block} and {other} [InvalidVpc.Range]")
    _kinds_of_blocks(draft, vpc)
    placed: list[tuple[int, int, int, Subnet]] = []
    for subnet in vpc.subnets:
        for block in subnet.blocks:
            if block.family not in vpc.unknown_blocks and not any(whole.covers(block) for whole in vpc.blocks):
                draft.refuse(f"{subnet.path}: {block} is not within {vpc.path} [InvalidSubnet.Range]")
            _size(draft, block, subnet.path, "subnet")
            placed.append((block.family, block.first, block.last, subnet))
    placed.sort(key=lambda item: item[:3])
    for before, after in itertools.pairwise(placed):
        if before[0] == after[0] and after[1] <= before[2]:
            draft.refuse(f"{before[3].path} and {after[3].path} of {vpc.path} overlap [InvalidSubnet.Conflict]")


def _kinds_of_blocks(draft: Draft, vpc: Vpc) -> None:
    """Which blocks a VPC takes besides its first, by where that is.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
    """
    if 4 in vpc.unknown_blocks or not (blocks := vpc.covers(4)):
        return
    first, *others = blocks
    own = next((one for one in _PRIVATE if one.covers(first)), None)
    for block in others:
        restricted = [one for one in _PRIVATE if one is not own and one.covers(block)]
        # Blocks that services of AWS use, beside another of the same range.
        restricted += [one for range_, one in _KEPT if range_.covers(first) and one.covers(block)]
        if restricted and not first.overlaps(block):
            draft.refuse(
                f"{vpc.path}: {block} is restricted beside {first}: a VPC's further blocks are of the same private "
                "range, or of no private one [InvalidVpc.Range]"
            )


_PRIVATE = tuple(map(prefix, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "198.19.0.0/16")))
_KEPT = (
    (prefix("10.0.0.0/15"), prefix("10.0.0.0/16")),
    (prefix("172.16.0.0/12"), prefix("172.31.0.0/16")),
)


def _size(draft: Draft, block: Prefix, path: str, what: str) -> None:
    shortest, longest = _SIZES[what][block.family]
    if not shortest <= block.length <= longest:
        code = "InvalidVpc.Range" if what == "VPC" else "InvalidSubnet.Range"
        draft.refuse(f"{path}: {block} is no {what}'s size, /{shortest} to /{longest} [{code}]")


# Gateways


def _gateways(draft: Draft, buckets: Buckets) -> None:
    """One internet gateway and one virtual private gateway a VPC, and each on one VPC.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcgatewayattachment.html
    """
    for stack, logical, properties in buckets["AWS::EC2::VPCGatewayAttachment"]:
        given = [name for name in _KINDS if draft.get(stack, properties, name) is not None]
        if len(given) != 1:
            code = "InvalidParameterCombination" if given else "MissingParameter"
            draft.refuse(f"{stack.path(logical)} attaches one gateway, not {' and '.join(given) or 'none'} [{code}]")
    for name in ("InternetGatewayId", "VpnGatewayId"):
        at: dict[Any, str] = {}
        of: dict[Any, str] = {}
        for stack, logical, properties in buckets["AWS::EC2::VPCGatewayAttachment"]:
            gateway, vpc = draft.get(stack, properties, name), draft.get(stack, properties, "VpcId")
            if not isinstance(gateway, str) or not isinstance(vpc, str):
                continue
            for key, seen, words in (
                (vpc, at, f"{shown(vpc)} has a second {_KINDS[name]}"),
                (gateway, of, f"{shown(gateway)} is attached to a second VPC"),
            ):
                if key in seen:
                    draft.refuse(f"{stack.path(logical)}: {words} [Resource.AlreadyAssociated]")
                seen[key] = stack.path(logical)


def _nat_gateways(draft: Draft, buckets: Buckets) -> None:
    for stack, logical, properties in buckets["AWS::EC2::NatGateway"]:
        nat = draft.targets.get(stack.ids[logical])
        if not isinstance(nat, NatGateway) or isinstance(nat.public, Unknown) or nat.regional:
            continue
        addressed = any(name in properties for name in ("AllocationId", "SecondaryAllocationIds"))
        if nat.public and "AllocationId" not in properties:
            draft.refuse(f"{nat.path} is public and has no AllocationId [MissingParameter]")
        elif not nat.public and addressed:
            draft.refuse(f"{nat.path} is private and has an AllocationId [InvalidParameterCombination]")
        secondary = draft.listed(stack, properties, "SecondaryAllocationIds")
        allocated = [draft.get(stack, properties, "AllocationId"), *(secondary if isinstance(secondary, list) else ())]
        if nat.public and (subnet := nat.subnet) is not None:
            wrong = [foreign_group(draft, stack, {}, subnet, one) for one in allocated if isinstance(one, str)]
            for why in filter(None, wrong):
                draft.refuse(f"{nat.path}: {why}")
        if nat.public and nat.vpc is not None and nat.vpc.internet_gateway is None:
            draft.refuse(f"{nat.path} is public, and {nat.vpc.path} has no internet gateway [Gateway.NotAttached]")


def _peerings(draft: Draft) -> None:
    pairs: dict[frozenset[str], str] = {}
    for peering in draft.model.peerings.values():
        if not isinstance(peering.requester, Vpc) or not isinstance(peering.accepter, Vpc):
            continue
        pair = frozenset({peering.requester.identity, peering.accepter.identity})
        if len(pair) == 1:
            draft.refuse(f"{peering.path} peers {peering.requester.path} with itself [InvalidParameterValue]")
        elif pair in pairs:
            draft.refuse(f"{peering.path} peers the VPCs of {pairs[pair]} again [VpcPeeringConnectionAlreadyExists]")
        pairs[pair] = peering.path


# Route tables


def _routes_of(draft: Draft, table: RouteTable) -> None:
    _duplicates(draft, table, (route for route in table.routes if route.origin != "propagated"))
    vpc = table.vpc
    if vpc is None:
        return
    edge = any(other is table for other in vpc.edge_tables.values())
    for route in table.routes:
        target = route.target
        if route.origin not in ("static", "prefix list"):
            continue
        if (reason := _elsewhere(target, vpc)) and not edge:
            draft.refuse(f"{route.path}: {reason}")
        if edge:
            continue
        within = route.origin == "static" and any(block.covers(route.prefix) for block in vpc.blocks)
        if within and not isinstance(target, (Local, Unknown)) and not _may_be_within(route, vpc):
            draft.refuse(
                f"{route.path}: {route.prefix} is within {vpc.path}: it must be a whole subnet's block, to a NAT "
                "gateway, a network interface, or a firewall or gateway load balancer endpoint "
                "[InvalidParameterValue]"
            )


def _duplicates(draft: Draft, table: RouteTable, routes: Iterable[Route]) -> None:
    seen: dict[Any, str] = {}
    for route in routes:
        if route.origin == "local":
            continue
        key = route.prefix if route.origin == "static" else (route.prefix_list, route.prefix)
        if key in seen and seen[key] != route.path:
            draft.refuse(f"{route.path}: {table.path} has a route to {route.prefix} [RouteAlreadyExists]")
        seen[key] = route.path


# Transit gateways


def _attachments(draft: Draft) -> None:
    pairs: dict[tuple[str, str], Attachment] = {}
    for attachment in draft.model.attachments.values():
        gateway = attachment.gateway
        if not isinstance(gateway, TransitGateway):
            continue
        if attachment.medium == "vpc" and attachment.vpc is not None:
            if not attachment.zones and attachment.unknown_zones is None:
                draft.refuse(f"{attachment.path} has no subnet [MissingParameter]")
            key = (gateway.identity, attachment.vpc.identity)
            if key in pairs:
                draft.refuse(
                    f"{attachment.path} attaches {attachment.vpc.path} to {gateway.path} again "
                    "[DuplicateTransitGatewayAttachment]"
                )
            pairs[key] = attachment
        propagated = [table.identity for table in attachment.propagated_to]
        if len(set(propagated)) != len(propagated):
            draft.refuse(
                f"{attachment.path} propagates twice into one table [TransitGatewayRouteTablePropagation.Duplicate]"
            )
        # https://docs.aws.amazon.com/vpc/latest/tgw/associate-tgw-route-table.html: one association each.
        if (
            attachment.associated
            and gateway.associates is True
            and attachment.medium in ("vpc", "vpn", "direct-connect")
            and attachment.kind != "contract"
        ):
            draft.refuse(
                f"{attachment.path} is associated with the default route table of {gateway.path}, which takes "
                "every attachment; a second association needs DefaultRouteTableAssociation: disable "
                "[Resource.AlreadyAssociated]"
            )


# Filters


def _network_acls(draft: Draft, buckets: Buckets) -> None:
    numbers: dict[tuple[Any, str, str], str] = {}
    for stack, logical, properties in buckets["AWS::EC2::NetworkAclEntry"]:
        identity = draft.get(stack, properties, "NetworkAclId")
        egress = str(draft.get(stack, properties, "Egress") or False).lower()
        key = (identity, egress, str(draft.get(stack, properties, "RuleNumber")))
        _entry(draft, stack, logical, properties)
        if not isinstance(identity, str):
            continue
        if key in numbers:
            draft.refuse(
                f"{stack.path(logical)} has the number of {numbers[key]} in the same direction "
                "[NetworkAclEntryAlreadyExists]"
            )
        numbers[key] = stack.path(logical)
    vpcs = _vpcs_of(draft, buckets["AWS::EC2::NetworkAcl"])
    for subnet in draft.model.subnets.values():
        acl = subnet.acl
        owner = vpcs.get(acl.identity) if acl is not None and not isinstance(acl, Unknown) else None
        if owner is not None and owner is not subnet.vpc:
            draft.refuse(f"{subnet.path} has a network ACL of another VPC, {acl} [InvalidParameterValue]")
    groups = _vpcs_of(draft, buckets["AWS::EC2::SecurityGroup"])
    for interface in draft.model.interfaces.values():
        if isinstance(interface.security_groups, Unknown) or not isinstance(interface.subnet, Subnet):
            continue
        for group in interface.security_groups:
            owner = groups.get(group.identity) if isinstance(group, SecurityGroup) else None
            if owner is not None and owner is not interface.subnet.vpc:
                draft.refuse(f"{interface.path} has a security group of another VPC, {group} [InvalidParameter]")


def _entry(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """What an entry of a network ACL must have, by its protocol.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
    """
    path, protocol = stack.path(logical), str(draft.get(stack, properties, "Protocol"))
    of_icmp = protocol == "1" or (protocol == "58" and draft.get(stack, properties, "Ipv6CidrBlock") is not None)
    for name, wanted in (("PortRange", protocol in ("6", "17")), ("Icmp", of_icmp)):
        if wanted and draft.get(stack, properties, name) is None:
            draft.refuse(f"{path}: protocol {protocol} needs {name} [MissingParameter]")
    number = str(draft.get(stack, properties, "RuleNumber"))
    if number.isdecimal() and not 1 <= int(number) <= 32766:
        draft.refuse(f"{path}: {number} is no number of an entry, 1 to 32766 [InvalidParameterValue]")


def _vpcs_of(draft: Draft, made: Iterable[tuple[Stack, str, Properties]]) -> dict[str, Vpc]:
    found = ((stack.ids[logical], draft.get(stack, properties, "VpcId")) for stack, logical, properties in made)
    return {
        identity: draft.model.vpcs[vpc] for identity, vpc in found if isinstance(vpc, str) and vpc in draft.model.vpcs
    }


def _interfaces(draft: Draft) -> None:
    taken: dict[tuple[str, int], str] = {}
    for interface in draft.model.interfaces.values():
        subnet, address = interface.subnet, interface.address
        if address is None or not isinstance(subnet, Subnet) or subnet.unknown_blocks is not None:
            continue
        block = next((block for block in subnet.blocks if block.covers(address)), None)
        if block is None:
            draft.refuse(f"{interface.path}: {address} is not within {subnet.path} [InvalidParameterValue]")
        elif block.family == 4 and not block.first + 3 < address.first < block.last:
            # https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
            draft.refuse(f"{interface.path}: AWS keeps {address} of {subnet.path} for itself [InvalidParameterValue]")
        elif (other := taken.setdefault((subnet.identity, address.first), interface.path)) != interface.path:
            draft.refuse(f"{interface.path}: {other} has {address} [InvalidIPAddress.InUse]")


def wrong_target(draft: Draft, name: str, target: Any, identity: str, path: str) -> str:
    """Why EC2 takes no such resource under a property of a route; "" where it does."""
    allowed = _ROUTE_TARGETS[name]
    entry = draft.resolver.stacks.by_id.get(identity)
    if isinstance(target, Unknown) or (entry is None and not isinstance(target, Endpoint)):
        return ""
    kind = entry[0].resources[entry[1]]["Type"] if entry is not None else target.kind
    right = isinstance(target, allowed) or not kind.startswith("AWS::")
    if isinstance(target, Interface):
        right = name == ("InstanceId" if target.kind == "AWS::EC2::Instance" else "NetworkInterfaceId")
        # An instance's interface is named by what the instance gives.
        right = right or identity != target.identity
    return "" if right else f"{path}: {name} names {shown(identity)}, which is an {kind} [{_CODES[name]}]"


_KINDS = {"InternetGatewayId": "internet gateway", "VpnGatewayId": "virtual private gateway"}
_CODES = {
    "GatewayId": "InvalidGatewayID.NotFound",
    "NatGatewayId": "InvalidNatGatewayID.NotFound",
    "TransitGatewayId": "InvalidTransitGatewayID.NotFound",
    "VpcPeeringConnectionId": "InvalidVpcPeeringConnectionID.NotFound",
    "VpcEndpointId": "InvalidVpcEndpointId.NotFound",
    "NetworkInterfaceId": "InvalidNetworkInterfaceID.NotFound",
    "InstanceId": "InvalidInstanceID.NotFound",
    "EgressOnlyInternetGatewayId": "InvalidGatewayID.NotFound",
    "CarrierGatewayId": "InvalidCarrierGatewayID.NotFound",
    "LocalGatewayId": "InvalidLocalGatewayID.NotFound",
}


def _elsewhere(target: Any, vpc: Vpc) -> str:
    """Why a route table of a VPC may not point to a target: it belongs to another VPC."""
    homes: list[Vpc] = list(_homes(target))
    if not homes or vpc in homes:
        return ""
    return f"{target.path} is not of {vpc.path} [InvalidParameterValue]"


def _homes(target: Any) -> Iterator[Vpc]:
    if isinstance(target, (InternetGateway, EgressOnlyGateway, CarrierGateway, VpnGateway, NatGateway)):
        if target.vpc is not None:
            yield target.vpc
    elif isinstance(target, (Interface, Endpoint)):
        if isinstance(target.subnet, Subnet):
            yield target.subnet.vpc
    elif isinstance(target, Peering) and isinstance(target.requester, Vpc) and isinstance(target.accepter, Vpc):
        yield from (target.requester, target.accepter)


def _may_be_within(route: Route, vpc: Vpc) -> bool:
    return isinstance(route.target, (NatGateway, Interface, Endpoint)) and any(
        route.prefix in subnet.blocks for subnet in vpc.subnets
    )
