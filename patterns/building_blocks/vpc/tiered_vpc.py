"""VPCs of tiers: a subnet with a route table of its own for each tier in each zone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Any

from annotated_types import Interval
from aws_cdk import CfnTag, Fn, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct, IConstruct, IDependable

from patterns.building_blocks.bounds import Known
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import vpc_network
from patterns.building_blocks.vpc.zone_ids import ID

PUBLIC = "Public"
#: Places kept for zones in every tier, so that a zone that is added later moves no subnet.
_ZONE_PLACES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ZonalSubnet:
    """One subnet with a route table of its own.

    Attributes:
        tier: The tier's name.
        number: The zone's number, from 1.
        subnet: The subnet.
        route_table: Its route table.
        association: What makes the table the subnet's.
    """

    tier: str
    number: int
    subnet: ec2.CfnSubnet
    route_table: ec2.CfnRouteTable
    association: ec2.CfnSubnetRouteTableAssociation

    def route(
        self,
        name: str,
        destination: str,
        *,
        after: IDependable | None = None,
        gateway_id: str | None = None,
        nat_gateway_id: str | None = None,
        transit_gateway_id: str | None = None,
        vpc_endpoint_id: str | None = None,
        egress_only_internet_gateway_id: str | None = None,
        vpc_peering_connection_id: str | None = None,
    ) -> ec2.CfnRoute:
        """Send a destination to one target.

        Args:
            name: The route's construct id in the table.
            destination: A CIDR block, of IPv4 or IPv6.
            after: What must exist first: a transit gateway's attachment, an internet gateway's.
            gateway_id: The internet or virtual private gateway.
            nat_gateway_id: The NAT gateway.
            transit_gateway_id: The transit gateway.
            vpc_endpoint_id: The firewall endpoint.
            egress_only_internet_gateway_id: The egress-only internet gateway.
            vpc_peering_connection_id: The peering connection.

        Returns:
            The route.
        """
        route = ec2.CfnRoute(
            self.route_table,
            name,
            route_table_id=self.route_table.attr_route_table_id,
            destination_cidr_block=None if ":" in destination else destination,
            destination_ipv6_cidr_block=destination if ":" in destination else None,
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            transit_gateway_id=transit_gateway_id,
            vpc_endpoint_id=vpc_endpoint_id,
            egress_only_internet_gateway_id=egress_only_internet_gateway_id,
            vpc_peering_connection_id=vpc_peering_connection_id,
        )
        if after is not None:
            route.node.add_dependency(after)
        return route


SubnetPrefix = Annotated[int, Interval(ge=16, le=28), Known("the ranges of subnets")]
"""The prefix length of a subnet."""


class TieredVpc(Construct):
    """A VPC whose every subnet has a route table of its own.

    It is made of plain resources: its tables hold exactly the routes that a pattern writes, and no lookup of zones is
    asked for in a stack with a concrete environment.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        cidr: The VPC's range, /16 to /28. Each tier keeps room for four zones.
        availability_zones: The zones, names, ids or tokens.
        tiers: The tiers by name, with the prefix length of their subnets. A tier called `Public` gets an internet
            gateway and the default route to it.
        with_egress: The tiers that the caller gives a way to the internet, which constructs that ask for private
            subnets then find. Default: none.
        ipv6: Whether the VPC has a range of Amazon's IPv6 addresses, and each subnet a /64 of it. Default: no.
        ipv6_only: Tiers without IPv4, of a VPC with IPv6. Default: none.
        argument: What the caller calls `cidr`, for messages. Default: "cidr".

    Attributes:
        network (IPv4Network): The VPC's range.
        resource (ec2.CfnVPC): The VPC.
        vpc (ec2.IVpc): The same, for constructs that ask for it.
        subnets (dict[str, list[ZonalSubnet]]): The subnets of each tier, in the order of the zones.

    Raises:
        ValueError: If the range is not private, not a VPC's, or too small for the tiers.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cidr: str,
        availability_zones: Sequence[str],
        tiers: Mapping[str, SubnetPrefix],
        with_egress: Sequence[str] = (),
        ipv6: bool = False,
        ipv6_only: Sequence[str] = (),
        argument: str = "cidr",
    ) -> None:
        self.network = vpc_network(argument, cidr)
        blocks = _blocks(argument, self.network, tiers)
        self._with_egress, self._ipv6_only = with_egress, ipv6_only
        super().__init__(scope, construct_id)
        self._blocks = blocks
        self.availability_zones = list(availability_zones)
        self.resource = ec2.CfnVPC(
            self,
            "Resource",
            cidr_block=cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
        self.ipv6 = self._ipv6_range() if ipv6 else None
        self.subnets = {
            tier: [
                self._subnet(tier, number, zone, block)
                for number, (zone, block) in enumerate(zip(self.availability_zones, row, strict=False), start=1)
            ]
            for tier, row in blocks.items()
        }
        if PUBLIC in self.subnets:
            self._internet()
        self.vpc: ec2.IVpc = self._as_vpc()

    @property
    def vpc_id(self) -> str:
        """The id of the VPC."""
        return self.resource.attr_vpc_id

    @property
    def all_subnets(self) -> list[ZonalSubnet]:
        """The subnets of all tiers."""
        return [each for row in self.subnets.values() for each in row]

    def range_of(self, tier: str) -> str:
        """The range of a tier: of its subnets, and of those that further zones will bring."""
        first = self._blocks[tier][0]
        return str(first.supernet(new_prefix=first.prefixlen - (_ZONE_PLACES - 1).bit_length()))

    def ipv6_range_of(self, tier: str) -> str:
        """The IPv6 range of a tier: of its subnets, and of those that further zones will bring.

        Args:
            tier: The tier, of a VPC with IPv6.

        Returns:
            A /62, as a token: it holds four /64s.
        """
        ranges = Fn.cidr(Fn.select(0, self.resource.attr_ipv6_cidr_blocks), len(self._blocks), "66")
        return Fn.select([*self._blocks].index(tier), ranges)

    def nat_gateways(self) -> list[ec2.CfnNatGateway]:
        """Make a NAT gateway in each public subnet, so that no zone depends on another.

        Returns:
            The gateways, in the order of the zones.
        """
        gateways = []
        for public in self.subnets[PUBLIC]:
            address = ec2.CfnEIP(self, f"NatAddress{public.number}", domain="vpc")
            # Partners let this address in: it outlives its stack, but not a creation that fails.
            address.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
            address.node.add_dependency(self.internet)
            gateway = ec2.CfnNatGateway(
                self,
                f"Nat{public.number}",
                subnet_id=public.subnet.attr_subnet_id,
                allocation_id=address.attr_allocation_id,
                tags=[CfnTag(key="Name", value=f"{self.node.path}/Nat{public.number}")],
            )
            # It starts only in a subnet that reaches the internet.
            gateway.node.add_dependency(public.association, public.route_table)
            gateways.append(gateway)
        return gateways

    def log_flows(self, log_group: logs.ILogGroup, role: iam.IRole, *, after: IDependable) -> None:
        """Record every flow of the VPC.

        Args:
            log_group: Where.
            role: The role that writes there.
            after: What lets it.
        """
        flow_log = ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self.vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=log_group.log_group_name,
            deliver_logs_permission_arn=role.role_arn,
            # The default of ten minutes is too slow to follow an incident.
            max_aggregation_interval=60,
        )
        flow_log.node.add_dependency(after)

    def before(self, tier: str, user: IConstruct) -> None:
        """Have what runs in a tier wait for its route tables, and end before these go.

        Args:
            tier: The tier.
            user: What runs there.
        """
        for each in self.subnets[tier]:
            user.node.add_dependency(each.association)

    def _subnet(self, tier: str, number: int, zone: str, block: IPv4Network) -> ZonalSubnet:
        place = Construct(self, f"{tier}{number}")
        name = [CfnTag(key="Name", value=place.node.path)]
        only_ipv6 = tier in self._ipv6_only
        by_id = re.fullmatch(ID, zone) is not None
        subnet = ec2.CfnSubnet(
            place,
            "Subnet",
            vpc_id=self.vpc_id,
            cidr_block=None if only_ipv6 else str(block),
            availability_zone=None if by_id else zone,
            availability_zone_id=zone if by_id else None,
            # EC2 refuses it for a subnet without IPv4.
            map_public_ip_on_launch=None if only_ipv6 else False,
            tags=name,
            **self._ipv6_of(tier, number),
        )
        if self.ipv6 is not None:
            subnet.node.add_dependency(self.ipv6)
        table = ec2.CfnRouteTable(place, "RouteTable", vpc_id=self.vpc_id, tags=name)
        association = ec2.CfnSubnetRouteTableAssociation(
            place, "Association", subnet_id=subnet.attr_subnet_id, route_table_id=table.attr_route_table_id
        )
        return ZonalSubnet(tier=tier, number=number, subnet=subnet, route_table=table, association=association)

    def _ipv6_range(self) -> ec2.CfnVPCCidrBlock:
        return ec2.CfnVPCCidrBlock(self, "Ipv6Range", vpc_id=self.vpc_id, amazon_provided_ipv6_cidr_block=True)

    def _ipv6_of(self, tier: str, number: int) -> dict[str, Any]:
        """A /64 for a subnet; places are kept for zones, as of IPv4."""
        if self.ipv6 is None:
            return {}
        places = [*self._blocks].index(tier) * _ZONE_PLACES + number - 1
        ranges = Fn.cidr(Fn.select(0, self.resource.attr_ipv6_cidr_blocks), len(self._blocks) * _ZONE_PLACES, "64")
        given: dict[str, Any] = {"ipv6_cidr_block": Fn.select(places, ranges), "assign_ipv6_address_on_creation": True}
        return given | ({"ipv6_native": True, "enable_dns64": True} if tier in self._ipv6_only else {})

    def _internet(self) -> None:
        tag = CfnTag(key="Name", value=f"{self.node.path}/InternetGateway")
        self.internet_gateway = gateway = ec2.CfnInternetGateway(self, "InternetGateway", tags=[tag])
        self.internet = ec2.CfnVPCGatewayAttachment(
            self,
            "InternetGatewayAttachment",
            vpc_id=self.vpc_id,
            internet_gateway_id=gateway.attr_internet_gateway_id,
        )
        for public in self.subnets[PUBLIC]:
            for name, destination in (("ToInternet", "0.0.0.0/0"), ("ToInternetByIpv6", "::/0")):
                if ":" not in destination or self.ipv6 is not None:
                    public.route(name, destination, gateway_id=gateway.attr_internet_gateway_id, after=self.internet)

    def _as_vpc(self) -> ec2.IVpc:
        private = [tier for tier in self.subnets if tier in self._with_egress]
        isolated = [tier for tier in self.subnets if tier != PUBLIC and tier not in self._with_egress]
        return ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self.vpc_id,
            vpc_cidr_block=str(self.network),
            availability_zones=self.availability_zones,
            **self._group("isolated", isolated, keep=not private),
            **self._group("private", private),
            **self._group("public", [PUBLIC] if PUBLIC in self.subnets else []),
        )

    def _group(self, kind: str, tiers: Sequence[str], *, keep: bool = False) -> dict[str, Any]:
        if not tiers and not keep:
            return {}
        subnets = [each for tier in tiers for each in self.subnets[tier]]
        return {
            f"{kind}_subnet_ids": [each.subnet.attr_subnet_id for each in subnets],
            f"{kind}_subnet_names": list(tiers),
            f"{kind}_subnet_route_table_ids": [each.route_table.attr_route_table_id for each in subnets],
            f"{kind}_subnet_ipv4_cidr_blocks": [str(each.subnet.cidr_block) for each in subnets],
        }


def _blocks(argument: str, network: IPv4Network, tiers: Mapping[str, int]) -> dict[str, list[IPv4Network]]:
    """Give each tier a block for four zones, the largest first, so that none wastes space on alignment."""
    needed = sum(_ZONE_PLACES * 2 ** (32 - prefix) for prefix in tiers.values())
    if needed > network.num_addresses:
        raise ValueError(
            f"{argument} must be at least a /{32 - (needed - 1).bit_length()} to hold its subnets, got {network}"
        )
    next_address = int(network.network_address)
    blocks: dict[str, list[IPv4Network]] = {}
    for tier, prefix in sorted(tiers.items(), key=lambda item: item[1]):
        size = 2 ** (32 - prefix)
        blocks[tier] = [IPv4Network((next_address + place * size, prefix)) for place in range(_ZONE_PLACES)]
        next_address += _ZONE_PLACES * size
    return blocks
