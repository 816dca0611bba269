"""A VPC for a workload: load balancers in public subnets, the application in private ones, data in isolated ones."""

from datetime import timedelta
from typing import Annotated, Literal

from annotated_types import Interval, MultipleOf
from aws_cdk import CfnTag, Duration, Size
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known, gibibytes, mebibytes
from patterns.building_blocks.nat_gateway_alarms import watch_nat_gateways
from patterns.building_blocks.same_region import check_here
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.endpoints import InterfaceEndpoints, ServiceNames, check_services, gateway_endpoints
from patterns.building_blocks.vpc.tiered_vpc import PUBLIC, SubnetPrefix, TieredVpc
from patterns.network.access.public_access import block_public_access as block
from patterns.network.workload_vpc.access_control import DATA, PRIVATE, guard_tiers
from patterns.network.workload_vpc.flow_archive import FlowArchive

Nat = Literal["zonal", "regional", "none"]
Port = Annotated[int, Interval(ge=1, le=65535), Known("the rules of network ACLs")]


class WorkloadVpc(Construct):
    """Give a workload a VPC of three tiers, each reached from the tier above it and no other.

    Load balancers stand in the public tier, the application in the private one, which reaches the internet by NAT, and
    data in a tier without any way out. Network ACLs hold the tiers apart whatever security groups say. Flows are
    recorded as Parquet in Amazon S3, with a table and queries to read them by SQL.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        cidr: The VPC's range. Default: 10.0.0.0/16.
        availability_zones: The zones, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        public_prefix: The prefix length of public subnets. Default: 24.
        private_prefix: The prefix length of private subnets. Default: 20.
        data_prefix: The prefix length of data subnets. Default: 24.
        ipv6: Whether the tiers have IPv6, too: callers come to the public tier by it, and the private tier goes out by
            an egress-only internet gateway. The endpoints stay those of IPv4. Default: no.
        nat: How the private tier reaches the internet by IPv4: "zonal", by a NAT gateway in each zone with an address
            that is kept; "regional", by one gateway that AWS spreads over the zones, with addresses of AWS; "none", not
            at all. Default: "zonal".
        application_port: Where the public tier calls the private one: the port of what stands behind a load balancer.
            Default: 443.
        data_port: Where the private tier calls the data tier. Default: 5432.
        interface_endpoints: AWS services that the private tier reaches by an interface endpoint, such as "ssm".
            Default: none; Amazon S3 and Amazon DynamoDB have gateway endpoints always.
        block_public_access: Whether AWS refuses what comes from the internet to any VPC of the account in this Region,
            but for the public tier here. It is one setting of the account. Default: no.
        flows_kept: How long flow logs are kept, in days. Default: a year.
        most_scanned: How much of them a query may read. Default: 10 GiB.
        encryption_key: The key that encrypts flow logs and query results. Default: a key that S3 owns.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        network (TieredVpc): The VPC with its subnets and route tables.
        vpc (ec2.IVpc): The same, for constructs that ask for it.
        network_acls (dict[str, ec2.CfnNetworkAcl]): By tier.
        nat_gateways (list[ec2.CfnNatGateway]): One for each zone, one for all, or none.
        egress_only_gateway (ec2.CfnEgressOnlyInternetGateway | None): The private tier's way out by IPv6.
        gateway_endpoints (dict[str, ec2.CfnVPCEndpoint]): By service.
        interface_endpoints (dict[str, ec2.CfnVPCEndpoint]): By service.
        flow_archive (FlowArchive): The flow logs, with table, workgroup and queries.
        alarms (list[cloudwatch.Alarm]): One for each NAT gateway.

    Raises:
        ValueError: If the range is too small for the tiers, or an endpoint is asked for twice or has no use.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-example-private-subnets-nat.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cidr: VpcCidr = "10.0.0.0/16",
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        public_prefix: SubnetPrefix = 24,
        private_prefix: SubnetPrefix = 20,
        data_prefix: SubnetPrefix = 24,
        ipv6: bool = False,
        nat: Nat = "zonal",
        application_port: Port = 443,
        data_port: Port = 5432,
        interface_endpoints: ServiceNames = (),
        block_public_access: bool = False,
        flows_kept: Annotated[
            Duration, Interval(ge=timedelta(days=1), le=timedelta(days=3650)), MultipleOf(timedelta(days=1))
        ]
        | None = None,
        most_scanned: Annotated[Size, Interval(ge=mebibytes(10), le=gibibytes(7 * 1024))] | None = None,
        encryption_key: kms.IKey | None = None,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key)
        zone_names = zones(availability_zones, max_azs)
        check_services("interface_endpoints", interface_endpoints)
        check_here(scope, encryption_key=encryption_key)
        super().__init__(scope, construct_id)
        self.network = TieredVpc(
            self,
            "Network",
            cidr=cidr,
            availability_zones=zone_names,
            tiers={PUBLIC: public_prefix, PRIVATE: private_prefix, DATA: data_prefix},
            with_egress=[PRIVATE],
            ipv6=ipv6,
        )
        self.vpc: ec2.IVpc = self.network.vpc
        self.network_acls = guard_tiers(self.network, application_port=application_port, data_port=data_port)
        self.nat_gateways = self._nat_gateways(nat)
        self.egress_only_gateway = self._out_by_ipv6() if ipv6 else None
        private = self.network.subnets[PRIVATE]
        self.gateway_endpoints = gateway_endpoints(
            self,
            vpc_id=self.network.vpc_id,
            route_table_ids=[each.route_table.attr_route_table_id for each in private],
        )
        self.interface_endpoints: dict[str, ec2.CfnVPCEndpoint] = {}
        if interface_endpoints:
            self.interface_endpoints = InterfaceEndpoints(
                self,
                "Endpoints",
                vpc_id=self.network.vpc_id,
                subnet_ids=[each.subnet.attr_subnet_id for each in private],
                services=interface_endpoints,
                clients={"the private tier": self.network.range_of(PRIVATE)},
            ).endpoints
        if block_public_access:
            block(self, but=[each.subnet.attr_subnet_id for each in self.network.subnets[PUBLIC]])
        self.flow_archive = FlowArchive(
            self,
            "Flows",
            vpc_id=self.network.vpc_id,
            encryption_key=encryption_key,
            kept=flows_kept or Duration.days(365),
            most_scanned=int((most_scanned or Size.gibibytes(10)).to_bytes()),
        )
        self.alarms: list[cloudwatch.Alarm] = watch_nat_gateways(self, self.nat_gateways, settings.alarm_topic)

    def _nat_gateways(self, nat: Nat) -> list[ec2.CfnNatGateway]:
        """One in the zone of each private subnet, so that no zone depends on another; or one of the Region."""
        if nat == "none":
            return []
        private = self.network.subnets[PRIVATE]
        if nat == "zonal":
            gateways = self.network.nat_gateways()
        else:
            regional = ec2.CfnNatGateway(
                self.network,
                "Nat",
                vpc_id=self.network.vpc_id,
                availability_mode="regional",
                connectivity_type="public",
                tags=[CfnTag(key="Name", value=f"{self.network.node.path}/Nat")],
            )
            regional.node.add_dependency(self.network.internet)
            gateways = [regional]
        for number, subnet in enumerate(private):
            subnet.route("ToInternet", "0.0.0.0/0", nat_gateway_id=gateways[number % len(gateways)].attr_nat_gateway_id)
        return gateways

    def _out_by_ipv6(self) -> ec2.CfnEgressOnlyInternetGateway:
        """One for all zones: nobody begins a connection through it from outside."""
        gateway = ec2.CfnEgressOnlyInternetGateway(
            self,
            "EgressOnlyGateway",
            vpc_id=self.network.vpc_id,
            tags=[CfnTag(key="Name", value=f"{self.node.path}/EgressOnlyGateway")],
        )
        for subnet in self.network.subnets[PRIVATE]:
            subnet.route("ToInternetByIpv6", "::/0", egress_only_internet_gateway_id=gateway.attr_id)
        return gateway
