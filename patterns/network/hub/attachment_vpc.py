"""VPCs that stand on a transit gateway by dedicated subnets, with a route table for each subnet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated

from annotated_types import Interval
from aws_cdk import CfnTag, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct, IDependable

from patterns.building_blocks.bounds import Known
from patterns.building_blocks.signature import checked
from patterns.network.hub.cidr_block import vpc_network

ATTACHMENT = "Attachment"
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
    ) -> ec2.CfnRoute:
        """Send a destination to one target.

        Args:
            name: The route's construct id in the table.
            destination: An IPv4 CIDR block.
            after: What must exist first: a transit gateway's attachment, an internet gateway's.
            gateway_id: The internet or virtual private gateway.
            nat_gateway_id: The NAT gateway.
            transit_gateway_id: The transit gateway.
            vpc_endpoint_id: The firewall endpoint.

        Returns:
            The route.
        """
        route = ec2.CfnRoute(
            self.route_table,
            name,
            route_table_id=self.route_table.attr_route_table_id,
            destination_cidr_block=destination,
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            transit_gateway_id=transit_gateway_id,
            vpc_endpoint_id=vpc_endpoint_id,
        )
        if after is not None:
            route.node.add_dependency(after)
        return route


SubnetPrefix = Annotated[int, Interval(ge=16, le=28), Known("the ranges of subnets")]
"""The prefix length of a subnet."""


class AttachmentVpc(Construct):
    """A VPC whose every subnet has a route table of its own, and whose gateway subnets hold nothing else.

    It is made of plain resources: its tables hold exactly the routes that a pattern writes, and no lookup of zones is
    asked for in a stack with a concrete environment.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        cidr: The VPC's range, /16 to /28. Each tier keeps room for four zones.
        availability_zones: The zones, names or tokens.
        tiers: Further tiers by name, with the prefix length of their subnets. A tier called `Public` gets an internet
            gateway and the default route to it. The attachment tier is always there: a /28 in each zone.
        argument: What the caller calls `cidr`, for messages. Default: "cidr".

    Attributes:
        network (IPv4Network): The VPC's range.
        resource (ec2.CfnVPC): The VPC.
        vpc (ec2.IVpc): The same, for constructs that ask for it.
        subnets (dict[str, list[ZonalSubnet]]): The subnets of each tier, in the order of the zones.

    Raises:
        ValueError: If the range is not private, not a VPC's, or too small for the tiers.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cidr: str,
        availability_zones: Sequence[str],
        tiers: Mapping[str, SubnetPrefix] | None = None,
        argument: str = "cidr",
    ) -> None:
        self.network = vpc_network(argument, cidr)
        blocks = _blocks(argument, self.network, {ATTACHMENT: 28, **(tiers or {})})
        super().__init__(scope, construct_id)
        self.availability_zones = list(availability_zones)
        self.resource = ec2.CfnVPC(
            self,
            "Resource",
            cidr_block=cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )
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
    def attachment_subnets(self) -> list[ZonalSubnet]:
        """The subnets that hold nothing but the gateway's interfaces, one in each zone."""
        return self.subnets[ATTACHMENT]

    def route_to_gateway(
        self, tier: str, destinations: Iterable[str], transit_gateway_id: str, after: IDependable
    ) -> None:
        """Send destinations from every subnet of a tier to a transit gateway.

        Args:
            tier: The tier.
            destinations: IPv4 CIDR blocks.
            transit_gateway_id: The gateway.
            after: The attachment: a route to a gateway that is not attached is refused.
        """
        for destination in destinations:
            for subnet in self.subnets[tier]:
                subnet.route(
                    f"ToGateway{destination.replace('/', '-')}",
                    destination,
                    transit_gateway_id=transit_gateway_id,
                    after=after,
                )

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

    def _subnet(self, tier: str, number: int, zone: str, block: IPv4Network) -> ZonalSubnet:
        place = Construct(self, f"{tier}{number}")
        name = [CfnTag(key="Name", value=place.node.path)]
        subnet = ec2.CfnSubnet(
            place,
            "Subnet",
            vpc_id=self.vpc_id,
            cidr_block=str(block),
            availability_zone=zone,
            map_public_ip_on_launch=False,
            tags=name,
        )
        table = ec2.CfnRouteTable(place, "RouteTable", vpc_id=self.vpc_id, tags=name)
        association = ec2.CfnSubnetRouteTableAssociation(
            place, "Association", subnet_id=subnet.attr_subnet_id, route_table_id=table.attr_route_table_id
        )
        return ZonalSubnet(tier=tier, number=number, subnet=subnet, route_table=table, association=association)

    def _internet(self) -> None:
        name = CfnTag(key="Name", value=f"{self.node.path}/InternetGateway")
        gateway = ec2.CfnInternetGateway(self, "InternetGateway", tags=[name])
        self.internet = ec2.CfnVPCGatewayAttachment(
            self,
            "InternetGatewayAttachment",
            vpc_id=self.vpc_id,
            internet_gateway_id=gateway.attr_internet_gateway_id,
        )
        for public in self.subnets[PUBLIC]:
            public.route("ToInternet", "0.0.0.0/0", gateway_id=gateway.attr_internet_gateway_id, after=self.internet)

    def _as_vpc(self) -> ec2.IVpc:
        public = self.subnets.get(PUBLIC, [])
        isolated = [each for tier, row in self.subnets.items() if tier != PUBLIC for each in row]
        return ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self.vpc_id,
            vpc_cidr_block=str(self.network),
            availability_zones=self.availability_zones,
            isolated_subnet_ids=[each.subnet.attr_subnet_id for each in isolated],
            isolated_subnet_names=[tier for tier in self.subnets if tier != PUBLIC],
            isolated_subnet_route_table_ids=[each.route_table.attr_route_table_id for each in isolated],
            isolated_subnet_ipv4_cidr_blocks=[str(each.subnet.cidr_block) for each in isolated],
            public_subnet_ids=[each.subnet.attr_subnet_id for each in public] or None,
            public_subnet_names=[PUBLIC] if public else None,
            public_subnet_route_table_ids=[each.route_table.attr_route_table_id for each in public] or None,
            public_subnet_ipv4_cidr_blocks=[str(each.subnet.cidr_block) for each in public] or None,
        )


def _blocks(argument: str, network: IPv4Network, tiers: Mapping[str, int]) -> dict[str, list[IPv4Network]]:
    """Give each tier a block for four zones, the largest first, so that none wastes space on alignment."""
    next_address = int(network.network_address)
    blocks: dict[str, list[IPv4Network]] = {}
    for tier, prefix in sorted(tiers.items(), key=lambda item: item[1]):
        size = 2 ** (32 - prefix)
        blocks[tier] = [IPv4Network((next_address + place * size, prefix)) for place in range(_ZONE_PLACES)]
        next_address += _ZONE_PLACES * size
    if next_address - 1 > int(network.broadcast_address):
        needed = (next_address - int(network.network_address) - 1).bit_length()
        raise ValueError(f"{argument} must be at least a /{32 - needed} to hold its subnets, got {network}")
    return blocks
