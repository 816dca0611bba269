"""Subnets of a VPC in zones outside of its Region, each with the one gateway that AWS allows there."""

import ipaddress
from collections.abc import Sequence
from typing import Annotated

from annotated_types import Len
from aws_cdk import Acknowledgment, CfnTag, Fn, RemovalPolicy, Stack, Token, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr, network, vpc_network
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.network.edge_zone_subnets.zones import EdgeZone, LocalZone, OutpostSubnet, WavelengthZone
from patterns.network.hub.spoke import network_of

REGION = "Region"
#: The most that are taken, each of which has a place in the IPv6 range.
_LOCAL_ZONES = 20


class EdgeZoneSubnets(Construct):
    """Extend a VPC into Local Zones, Wavelength Zones and Outposts, each with the gateway that it allows.

    A Local Zone goes out by the internet gateway, a Wavelength Zone by the carrier gateway, an Outpost to its data
    center by the local gateway; none by another's. Public addresses are of each zone's own border group.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        local_zones: Subnets in Local Zones. Required unless there are others. Default: none.
        wavelength_zones: Subnets in Wavelength Zones. Default: none.
        outposts: Subnets on Outposts. Default: none.
        vpc: The VPC. Default: a new one, with private subnets in the Region for what calls the edge.
        internet_gateway: The internet gateway of `vpc`, which Local Zones go out by. Default: a new one, of a new VPC.
        cidr: The new VPC's range, at least a /23. Its first part, /24 for two or three zones at the default, is the
            Region's. Default: 10.0.0.0/16.
        availability_zones: Zones of the Region for the new VPC, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        encryption_key: The key that encrypts the new VPC's flow logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.

    Attributes:
        network (TieredVpc | None): The new VPC; its tier `Region` holds the private subnets.
        vpc (ec2.IVpc): The VPC.
        subnets (dict[str, ec2.CfnSubnet]): The subnets at the edge, by name.
        route_tables (dict[str, ec2.CfnRouteTable]): Their route tables, by name.
        addresses (dict[str, list[ec2.CfnEIP]]): The addresses that are kept for each, by name.
        ipv6_range (ec2.CfnVPCCidrBlock | None): The range of the Local Zones that have IPv6.
        carrier_gateway (ec2.CfnCarrierGateway | None): The carrier gateway, of which a VPC has one.
        zone_groups (list[str]): The zone groups that the account must have opted in to before it deploys.

    Raises:
        ValueError: If there is no zone, a range is outside of the VPC or overlaps, a zone is of another Region, or IPv6
            cannot be had as asked.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/Extend_VPCs.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        local_zones: Annotated[Sequence[LocalZone], Len(0, _LOCAL_ZONES)] = (),
        wavelength_zones: Annotated[Sequence[WavelengthZone], Len(0, 20)] = (),
        outposts: Annotated[Sequence[OutpostSubnet], Len(0, 20)] = (),
        vpc: ec2.IVpc | None = None,
        internet_gateway: ec2_interfaces.IInternetGatewayRef | None = None,
        cidr: VpcCidr = "10.0.0.0/16",
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
    ) -> None:
        edge: list[EdgeZone] = [*local_zones, *wavelength_zones, *outposts]
        range_ = vpc_network("cidr", cidr) if vpc is None else network_of(vpc)
        zone_names = zones(availability_zones, max_azs)
        _check(scope, edge, range_, "cidr" if vpc is None else "vpc")
        out = [one for one in local_zones if one.internet]
        if vpc is None and internet_gateway is not None:
            raise ValueError("internet_gateway must come with its vpc: a new VPC gets one of its own")
        if vpc is not None and internet_gateway is None and out:
            raise ValueError(f"internet_gateway must be the one of vpc, by which {out[0].name} goes out")
        dual_stack = [one for one in local_zones if one.ipv6]
        _check_ipv6(dual_stack, new=vpc is None)
        super().__init__(scope, construct_id)
        self.network: TieredVpc | None = None
        if vpc is None:
            self.network = self._new_vpc(cidr, zone_names, edge, encryption_key, log_retention)
        self.vpc: ec2.IVpc = vpc or self._of_new().vpc
        self.subnets: dict[str, ec2.CfnSubnet] = {}
        self.route_tables: dict[str, ec2.CfnRouteTable] = {}
        self.addresses: dict[str, list[ec2.CfnEIP]] = {}
        self.carrier_gateway: ec2.CfnCarrierGateway | None = None
        self.ipv6_range = self._ipv6_range(dual_stack[0].border_group) if dual_stack else None
        self._joins: ec2.CfnVPCGatewayAttachment | None = None
        if out and internet_gateway is None:
            internet_gateway = self._internet_gateway()
        for one in edge:
            self._subnet(one)
        for number, local in enumerate(dual_stack):
            self._give_ipv6(self.subnets[local.name], number)
        for local in out:
            assert internet_gateway is not None
            self._by_internet(local, internet_gateway.internet_gateway_ref.internet_gateway_id)
        if wavelength_zones:
            self._by_carrier(wavelength_zones)
        self._by_local_gateways(outposts)
        opted: list[LocalZone | WavelengthZone] = [*local_zones, *wavelength_zones]
        for public in opted:
            self._keep_addresses(public)
        self.zone_groups = list(dict.fromkeys(one.zone_group for one in opted))

    def _new_vpc(
        self,
        cidr: str,
        zone_names: Sequence[str],
        edge: Sequence[EdgeZone],
        encryption_key: kms.IKey | None,
        log_retention: logs.RetentionDays,
    ) -> TieredVpc:
        made = TieredVpc(self, "Network", cidr=cidr, availability_zones=zone_names, tiers={REGION: 26})
        taken = network("cidr", made.range_of(REGION))
        for one in edge:
            if network("cidr", one.cidr).overlaps(taken):
                raise ValueError(f"cidr of {one.name} must not overlap the Region's subnets ({taken}), got {one.cidr}")
        settings = Settings(encryption_key=encryption_key, log_retention=log_retention)
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.logs.log_flows(made)
        return made

    def _of_new(self) -> TieredVpc:
        assert self.network is not None
        return self.network

    def _subnet(self, one: EdgeZone) -> None:
        place = Construct(self, one.name)
        name = [CfnTag(key="Name", value=place.node.path)]
        # No public addresses by default: Wavelength Zones refuse the setting, whose addresses are the carrier's.
        subnet = ec2.CfnSubnet(
            place,
            "Subnet",
            vpc_id=self.vpc.vpc_id,
            cidr_block=one.cidr,
            availability_zone=one.zone,
            outpost_arn=one.outpost_arn if isinstance(one, OutpostSubnet) else None,
            tags=name,
        )
        # Zones at the edge are found by their names alone.
        subnet.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3010"]}})
        if isinstance(one, OutpostSubnet):
            Validations.of(subnet).acknowledge(
                Acknowledgment(
                    id="CloudFormation-Validate::W3010",
                    reason="An Outpost is homed to one zone of its Region, and its subnets name that zone.",
                )
            )
        table = ec2.CfnRouteTable(place, "RouteTable", vpc_id=self.vpc.vpc_id, tags=name)
        ec2.CfnSubnetRouteTableAssociation(
            place, "Association", subnet_id=subnet.attr_subnet_id, route_table_id=table.attr_route_table_id
        )
        self.subnets[one.name], self.route_tables[one.name] = subnet, table

    def _ipv6_range(self, border_group: str) -> ec2.CfnVPCCidrBlock:
        return ec2.CfnVPCCidrBlock(
            self,
            "Ipv6Range",
            vpc_id=self.vpc.vpc_id,
            amazon_provided_ipv6_cidr_block=True,
            ipv6_cidr_block_network_border_group=border_group,
        )

    def _give_ipv6(self, subnet: ec2.CfnSubnet, number: int) -> None:
        """Give a subnet a /64 of the one range that the new VPC has."""
        assert self.ipv6_range is not None
        given = self._of_new().resource.attr_ipv6_cidr_blocks
        subnet.ipv6_cidr_block = Fn.select(number, Fn.cidr(Fn.select(0, given), _LOCAL_ZONES, "64"))
        subnet.assign_ipv6_address_on_creation = True
        subnet.node.add_dependency(self.ipv6_range)

    def _internet_gateway(self) -> ec2_interfaces.IInternetGatewayRef:
        gateway = ec2.CfnInternetGateway(
            self, "InternetGateway", tags=[CfnTag(key="Name", value=f"{self.node.path}/InternetGateway")]
        )
        self._joins = ec2.CfnVPCGatewayAttachment(
            self,
            "InternetGatewayAttachment",
            vpc_id=self.vpc.vpc_id,
            internet_gateway_id=gateway.attr_internet_gateway_id,
        )
        return gateway

    def _by_internet(self, one: LocalZone, gateway_id: str) -> None:
        table = self.route_tables[one.name]
        for ipv6 in (False, True) if one.ipv6 else (False,):
            route = ec2.CfnRoute(
                table,
                "ToInternetByIpv6" if ipv6 else "ToInternet",
                route_table_id=table.attr_route_table_id,
                destination_cidr_block=None if ipv6 else "0.0.0.0/0",
                destination_ipv6_cidr_block="::/0" if ipv6 else None,
                gateway_id=gateway_id,
            )
            if self._joins is not None:
                route.node.add_dependency(self._joins)

    def _by_carrier(self, wavelength_zones: Sequence[WavelengthZone]) -> None:
        """One carrier gateway for all of them; deleted while routes lead to it, it would leave blackholes behind."""
        self.carrier_gateway = ec2.CfnCarrierGateway(
            self,
            "CarrierGateway",
            vpc_id=self.vpc.vpc_id,
            tags=[CfnTag(key="Name", value=f"{self.node.path}/CarrierGateway")],
        )
        # EC2 refuses it in a VPC without a subnet in a Wavelength Zone.
        self.carrier_gateway.node.add_dependency(*(self.subnets[one.name] for one in wavelength_zones))
        for one in wavelength_zones:
            if one.carrier:
                ec2.CfnRoute(
                    self.route_tables[one.name],
                    "ToCarrier",
                    route_table_id=self.route_tables[one.name].attr_route_table_id,
                    destination_cidr_block="0.0.0.0/0",
                    carrier_gateway_id=self.carrier_gateway.attr_carrier_gateway_id,
                )

    def _by_local_gateways(self, outposts: Sequence[OutpostSubnet]) -> None:
        joins: dict[str, ec2.CfnLocalGatewayRouteTableVPCAssociation] = {}
        for one in outposts:
            table_id = one.local_gateway_route_table_id
            if table_id not in joins:
                joins[table_id] = ec2.CfnLocalGatewayRouteTableVPCAssociation(
                    self,
                    f"LocalGateway{len(joins) + 1}",
                    local_gateway_route_table_id=table_id,
                    vpc_id=self.vpc.vpc_id,
                )
            for destination in one.destinations:
                ec2.CfnRoute(
                    self.route_tables[one.name],
                    f"To{destination.replace('/', '-')}",
                    route_table_id=self.route_tables[one.name].attr_route_table_id,
                    destination_cidr_block=destination,
                    local_gateway_id=one.local_gateway_id,
                ).node.add_dependency(joins[table_id])

    def _keep_addresses(self, one: LocalZone | WavelengthZone) -> None:
        """Of the zone's border group: EC2 associates no other there."""
        self.addresses[one.name] = []
        for number in range(1, one.addresses + 1):
            address = ec2.CfnEIP(
                self,
                f"{one.name}Address{number}",
                domain="vpc",
                network_border_group=one.border_group,
                tags=[CfnTag(key="Name", value=f"{self.node.path}/{one.name}/{number}")],
            )
            # Partners let this address in: it outlives its stack, but not a creation that fails.
            address.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
            if self._joins is not None:
                address.node.add_dependency(self._joins)
            self.addresses[one.name].append(address)


def _check_ipv6(zones_: Sequence[LocalZone], *, new: bool) -> None:
    for one in zones_:
        if not new:
            raise ValueError(
                f"ipv6 of {one.name} must be left out with vpc: only a new VPC is known to have no range yet"
            )
        if not one.internet:
            raise ValueError(f"ipv6 of {one.name} must come with internet: its addresses are public")
        if one.border_group != zones_[0].border_group:
            # CloudFormation lists the ranges of a VPC in no defined order, and tells none by its group.
            raise ValueError(
                f"ipv6 of {one.name} must be in the border group of {zones_[0].name}, {zones_[0].border_group}, "
                f"got {one.border_group}"
            )


def _check(scope: Construct, edge: Sequence[EdgeZone], range_: ipaddress.IPv4Network | None, argument: str) -> None:
    if not edge:
        raise ValueError("local_zones, wavelength_zones or outposts must name a zone, got none")
    region = Stack.of(scope).region
    taken: dict[str, ipaddress.IPv4Network] = {}
    for one in edge:
        if one.name in taken:
            raise ValueError(f"name must differ in each zone, got {one.name} twice")
        if not Token.is_unresolved(region) and not one.zone.startswith(region):
            raise ValueError(f"zone of {one.name} must be of the Region {region}, got {one.zone}")
        block = network("cidr", one.cidr)
        if not 16 <= block.prefixlen <= 28:
            raise ValueError(f"cidr of {one.name} must be between /16 and /28, got {one.cidr}")
        if range_ is not None and not block.subnet_of(range_):
            raise ValueError(f"{argument} must hold {one.name} ({one.cidr}), got {range_}")
        for other, its in taken.items():
            if block.overlaps(its):
                raise ValueError(f"cidr of {one.name} must not overlap {other} ({its}), got {one.cidr}")
        taken[one.name] = block
