"""The distributed layout: a VPC whose own internet gateway is behind the appliances."""

from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import PUBLIC, SubnetPrefix, TieredVpc
from patterns.network.appliance_fleet.endpoints import ApplianceEndpoints

PROTECTED = "Protected"


class InspectedVpc(Construct):
    """Inspect what the internet and the public hosts of a VPC send each other, by endpoints of an appliance fleet.

    The public tier holds the endpoints alone. A route table on the internet gateway sends what comes in for protected
    subnets to the endpoint of their zone, and these send everything there too.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        service_name: The endpoint service, `ApplianceFleet.service_name`.
        cidr: The VPC's range. Default: 10.0.0.0/20.
        ipv6: Whether it has IPv6, which is inspected, too, with a fleet that takes it. Default: no.
        protected_prefix: The prefix length of protected subnets. Default: 24.
        availability_zones: Zones, by name, which the fleet has too. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        encryption_key: The key that encrypts the logs. Default: a new key.
        log_retention: How long logs are kept. Default: one year.

    Attributes:
        network (TieredVpc): The VPC; hosts and load balancers stand in its tier `Protected`.
        endpoints (ApplianceEndpoints): One in each zone.
        ingress (ec2.CfnRouteTable): The internet gateway's route table.
        logs (NetworkLogs): Log group `Flows`, and its key.

    Raises:
        ValueError: If the range is too small.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/gateway-load-balancer-route-table.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_name: str,
        cidr: VpcCidr = "10.0.0.0/20",
        ipv6: bool = False,
        protected_prefix: SubnetPrefix = 24,
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
    ) -> None:
        zone_names = zones(availability_zones, max_azs)
        super().__init__(scope, construct_id)
        self.network = network = TieredVpc(
            self,
            "Network",
            cidr=cidr,
            availability_zones=zone_names,
            tiers={PROTECTED: protected_prefix, PUBLIC: 28},
            ipv6=ipv6,
        )
        settings = Settings(encryption_key=encryption_key, log_retention=log_retention)
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.logs.log_flows(network)
        self.endpoints = ApplianceEndpoints(
            self,
            "Endpoints",
            service_name=service_name,
            vpc_id=network.vpc_id,
            subnets=network.subnets[PUBLIC],
            ipv6=ipv6,
        )
        self.ingress = ec2.CfnRouteTable(
            self, "Ingress", vpc_id=network.vpc_id, tags=[CfnTag(key="Name", value=f"{self.node.path}/Ingress")]
        )
        association = ec2.CfnGatewayRouteTableAssociation(
            self,
            "IngressOfGateway",
            gateway_id=network.internet_gateway.attr_internet_gateway_id,
            route_table_id=self.ingress.attr_route_table_id,
        )
        association.node.add_dependency(network.internet)
        for each in network.subnets[PROTECTED]:
            endpoint = self.endpoints.in_zone(each.number)
            each.route("ToAppliances", "0.0.0.0/0", vpc_endpoint_id=endpoint)
            ec2.CfnRoute(
                self,
                f"To{PROTECTED}{each.number}",
                route_table_id=self.ingress.attr_route_table_id,
                destination_cidr_block=each.subnet.cidr_block,
                vpc_endpoint_id=endpoint,
            )
            if network.ipv6 is not None:
                each.route("ToAppliancesByIpv6", "::/0", vpc_endpoint_id=endpoint)
                ec2.CfnRoute(
                    self,
                    f"To{PROTECTED}{each.number}ByIpv6",
                    route_table_id=self.ingress.attr_route_table_id,
                    destination_ipv6_cidr_block=each.subnet.ipv6_cidr_block,
                    vpc_endpoint_id=endpoint,
                ).node.add_dependency(network.ipv6)
