"""What a VPC's routes point to: prefix lists, NAT gateways, interfaces, endpoints, peering."""

from __future__ import annotations

from typing import Any

from patternkit.resolving import (
    Stack,
    zone_name,
)
from patternkit.resolving.values import Unknown, not_lifted, opaque
from patternkit.routes.addresses import (
    SERVICES,
    Prefix,
    prefix,
)
from patternkit.routes.building.draft import Draft, Properties, shown
from patternkit.routes.building.endpoint_policies import note_policy
from patternkit.routes.model import (
    Endpoint,
    NatGateway,
    Peering,
    Route,
    RouteTable,
    Service,
    Vpc,
)


def add_prefix_list(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::PrefixList`.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html
    """
    entries = draft.listed(stack, properties, "Entries")
    identity = stack.ids[logical]
    if isinstance(entries, Unknown):
        draft.model.prefix_lists[identity] = entries
        return
    blocks: list[Prefix] = []
    for entry in entries:
        block = draft.block(entry.get("Cidr") if isinstance(entry, dict) else entry, stack.path(logical))
        if isinstance(block, Unknown):
            draft.model.prefix_lists[identity] = block
            return
        blocks.append(block)
    draft.model.prefix_lists[identity] = blocks
    path, most = stack.path(logical), draft.get(stack, properties, "MaxEntries")
    if str(most).isdecimal() and len(blocks) > int(str(most)):
        draft.refuse(f"{path} has {len(blocks)} entries, and takes {most} [PrefixListMaxEntriesExceeded]")
    family = {"IPv4": 4, "IPv6": 6}.get(str(draft.get(stack, properties, "AddressFamily")))
    for block in blocks if family is not None else ():
        if block.family != family:
            draft.refuse(f"{path}: {block} is no block of IPv{family} [InvalidParameterValue]")


def add_nat(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::NatGateway`."""
    subnet = draft.model.subnets.get(draft.get(stack, properties, "SubnetId"))
    kind = draft.get(stack, properties, "ConnectivityType")
    public: bool | Unknown = kind if isinstance(kind, Unknown) else kind != "private"
    mode = draft.get(stack, properties, "AvailabilityMode")
    vpc = draft.model.vpcs.get(draft.get(stack, properties, "VpcId"))
    nat: NatGateway = draft.make(
        NatGateway,
        stack,
        logical,
        subnet=subnet,
        public=public,
        regional=mode if isinstance(mode, Unknown) else mode == "regional",
        vpc=subnet.vpc if subnet else vpc,
    )
    if nat.regional is True:
        _regional(draft, nat, stack, logical, properties)


def _regional(draft: Draft, nat: NatGateway, stack: Stack, logical: str, properties: Properties) -> None:
    """A NAT gateway of a whole VPC: AWS makes its route table, with a route to the internet gateway."""
    vpc = nat.vpc
    if nat.public is False:
        # https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html: public only.
        draft.refuse(f"{nat.path}: a NAT gateway with regional availability is public")
    table = RouteTable(
        opaque(f"{stack.name}/{logical}.RouteTableId"), f"{nat.path} route table", "AWS::EC2::RouteTable", vpc=vpc
    )
    nat.table = draft.model.tables[table.identity] = table
    if vpc is not None:
        vpc.tables.append(table)
        if vpc.internet_gateway is not None:
            everything = prefix("0.0.0.0/0")
            table.routes.append(Route(everything, vpc.internet_gateway, "static", nat.path))
    addresses = draft.listed(stack, properties, "AvailabilityZoneAddresses")
    if isinstance(addresses, Unknown):
        nat.zones = addresses
    elif addresses:
        named = [one.get("AvailabilityZone") if isinstance(one, dict) else None for one in addresses]
        zones = [zone_name(draft.resolver, zone) for zone in named if isinstance(zone, str)]
        nat.zones = (
            frozenset(zones)
            if len(zones) == len(named)
            else Unknown(f"the availability zones of {nat.path} are not known{not_lifted()}")
        )


def add_routed_endpoint(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an endpoint that routes lead to: a gateway endpoint or one of a gateway load balancer."""
    kind = draft.get(stack, properties, "VpcEndpointType") or "Gateway"
    name = draft.get(stack, properties, "ServiceName")
    if isinstance(kind, Unknown):
        draft.doubt(stack, logical, "is an endpoint of a type that is not known", kind)
    elif kind == "Gateway":
        service = str(name).rsplit(".", 1)[-1]
        tables = draft.listed(stack, properties, "RouteTableIds")
        target: Any = draft.make(Service, stack, logical, service=service)
        note_policy(draft, stack, logical, properties, service, target)
        if isinstance(tables, Unknown):
            draft.model.unknown.append(f"{stack.path(logical)}: {tables.reason}")
            return
        if service not in SERVICES:
            target = Unknown(
                f"the gateway endpoint {stack.path(logical)} is for an unknown service, {shown(name)}" + not_lifted()
            )
        for table in tables:
            found = draft.ours(draft.model.tables, table, "route table")
            if isinstance(found, Unknown):
                draft.doubt(stack, logical, "adds a route to a table", found, "route table")
            if not isinstance(found, RouteTable):
                continue
            if isinstance(target, Unknown):
                found.unknown.append(target.reason)
                continue
            target.vpc = found.vpc
            stand_in = SERVICES[service]
            block = Prefix(4, stand_in, stand_in, 33)
            found.routes.append(Route(block, target, "prefix list", target.path, prefix_list=f"aws {service}"))
    elif kind == "GatewayLoadBalancer":
        subnets = draft.listed(stack, properties, "SubnetIds")
        subnet: Any = (
            subnets if isinstance(subnets, Unknown) else Unknown(f"{stack.path(logical)} has no subnet" + not_lifted())
        )
        if isinstance(subnets, list) and subnets:
            subnet = draft.find(draft.model.subnets, subnets[0], "subnet")
        families = families_of(draft.get(stack, properties, "IpAddressType"))
        draft.make(Endpoint, stack, logical, subnet=subnet, families=families)


def add_peering(draft: Draft, stack: Stack, logical: str, properties: Properties) -> None:
    """Add an `AWS::EC2::VPCPeeringConnection`."""
    requester = draft.find(draft.model.vpcs, draft.get(stack, properties, "VpcId"), "VPC")
    accepter = draft.find(draft.model.vpcs, draft.get(stack, properties, "PeerVpcId"), "VPC")
    peering = draft.make(Peering, stack, logical, requester=requester, accepter=accepter)
    draft.model.peerings[peering.identity] = peering
    if isinstance(requester, Vpc) and isinstance(accepter, Vpc):
        for one in requester.blocks:
            for other in accepter.blocks:
                if one.overlaps(other) and not peering.tainted:
                    reason = f"the peering {peering.path}: {one} and {other} overlap"
                    peering.tainted = f"AWS refuses {reason}"
                    # https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
                    draft.refuse(reason)


def families_of(kind: Any) -> frozenset[int]:
    """The families that an endpoint takes; what it is not surely made for is left open."""
    return {"ipv6": frozenset({6}), "dualstack": frozenset({4, 6})}.get(str(kind).lower(), frozenset({4}))
