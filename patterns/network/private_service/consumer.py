"""The consumers' half: an endpoint with addresses of their own VPC."""

from collections.abc import Sequence
from typing import Annotated

from annotated_types import Len, Unit
from aws_cdk import CfnTag
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from patterns.building_blocks.availability_zones import zone_of
from patterns.building_blocks.security_group import deployable
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.building_blocks.vpc.vpc_range import range_of
from patterns.building_blocks.vpc.zone_ids import ZoneIds, zone_ids_or_first
from patterns.network.private_service.construct import Port

TIER = "Workload"


class PrivateServiceConsumer(Construct):
    """Reach a service of another VPC, account or Region by an endpoint with addresses of one's own VPC.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        service_name: The service, as its owner tells it: `PrivateService.service_name`.
        vpc: The VPC that it is reached from, by the endpoint in its private or isolated subnets. Default: a new one.
        subnets: The subnets of `vpc` that the endpoint gets an address in, each in a zone of its own, which the service
            has too. Default: the private ones, or else the isolated ones, the first in each zone.
        cidr: The new VPC's range, at least a /24. It may be the service's own. Default: 10.0.0.0/24.
        zone_ids: Zones of the new VPC, by id, of which the service has each. Default: the Region's first two.
        port: Where the service is called. Default: 443.
        private_name: Whether the service's own name leads to the endpoint within the VPC: only once its owner has
            proved the name, or EC2 refuses the endpoint. Default: no.
        service_region: The Region of the service, where it is another one. Default: this one.
        encryption_key: The key that encrypts the new VPC's flow logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.

    Attributes:
        network (TieredVpc | None): The new VPC.
        vpc (ec2.IVpc): The VPC.
        security_group (ec2.SecurityGroup): The endpoint's, which lets the VPC in.
        endpoint (ec2.CfnVPCEndpoint): The endpoint.

    Raises:
        ValueError: If the range is too small, or `subnets` come without `vpc` or two of them stand in one zone.

    Source: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-services.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_name: str,
        vpc: ec2.IVpc | None = None,
        subnets: Annotated[Sequence[ec2.ISubnet], Len(1, 6), Unit("subnets")] | None = None,
        cidr: VpcCidr = "10.0.0.0/24",
        zone_ids: ZoneIds | None = None,
        port: Port = 443,
        private_name: bool = False,
        service_region: str | None = None,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
    ) -> None:
        _check_subnets(vpc, subnets)
        super().__init__(scope, construct_id)
        self.network: TieredVpc | None = None
        if vpc is None:
            self.network = TieredVpc(
                self, "Network", cidr=cidr, availability_zones=zone_ids_or_first(zone_ids), tiers={TIER: 26}
            )
            settings = Settings(encryption_key=encryption_key, log_retention=log_retention)
            self.logs = NetworkLogs(self, "Logs", settings=settings)
            self.logs.log_flows(self.network)
        self.vpc: ec2.IVpc = vpc or self.network.vpc  # type: ignore[union-attr]
        self.security_group = deployable(
            ec2.SecurityGroup(
                self,
                "SecurityGroup",
                vpc=self.vpc,
                description="Endpoint of a private service",
                allow_all_outbound=False,
            )
        )
        self.security_group.add_ingress_rule(
            ec2.Peer.ipv4(range_of("vpc", self.vpc)), ec2.Port.tcp(port), "Hosts of the VPC"
        )
        self.endpoint = ec2.CfnVPCEndpoint(
            self,
            "Endpoint",
            vpc_endpoint_type="Interface",
            vpc_id=self.vpc.vpc_id,
            service_name=service_name,
            service_region=service_region,
            # Amazon EC2 takes one in each zone.
            subnet_ids=[subnet.subnet_id for subnet in subnets or _first_in_each_zone(self.vpc)],
            security_group_ids=[self.security_group.security_group_id],
            private_dns_enabled=private_name,
            tags=[CfnTag(key="Name", value=self.node.path)],
        )


def _first_in_each_zone(vpc: ec2.IVpc) -> list[ec2.ISubnet]:
    first: dict[str, ec2.ISubnet] = {}
    for subnet in vpc.private_subnets or vpc.isolated_subnets:
        first.setdefault(subnet.availability_zone, subnet)
    return list(first.values())


def _check_subnets(vpc: ec2.IVpc | None, subnets: Sequence[ec2.ISubnet] | None) -> None:
    if subnets is None:
        return
    if vpc is None:
        raise ValueError("subnets must be those of vpc, which is not given")
    zones = [zone_of(one) for one in subnets]
    for number, zone in enumerate(zones):
        if zone in zones[:number]:
            raise ValueError(f"subnets must be in different zones, got two in {zone}")
