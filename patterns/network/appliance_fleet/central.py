"""The central layout: a transit gateway sends what its spokes send each other and the internet to the appliances."""

from ipaddress import IPv4Network

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.nat_gateway_alarms import watch_nat_gateways
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import (
    ORGANIZATION_NETWORKS,
    PrivateCidrs,
    VpcCidr,
    private_networks,
    reject_overlap,
    require_inside,
    vpc_network,
)
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import PUBLIC
from patterns.network.appliance_fleet.endpoints import ApplianceEndpoints
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from patterns.network.hub.ipv6_range import ALL_IPV6
from patterns.network.hub.spoke import Spoke, check_spoke, network_of, require_new, require_no_public_subnets
from patterns.network.hub.transit_gateway import TransitGateway

ENDPOINT = "Endpoint"
EVERYWHERE, EVERYWHERE_BY_IPV6 = "0.0.0.0/0", "::/0"


class CentralInspection(Construct):
    """Inspect what VPCs send each other and the internet, in one VPC with the endpoints of an appliance fleet.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        service_name: The endpoint service, `ApplianceFleet.service_name`.
        cidr: The inspection VPC's range, at least a /24. Default: 100.64.0.0/24.
        ipv6: Whether what spokes that have IPv6 send each other by it is inspected, too, with a fleet that takes it.
            There is no way out by IPv6. Default: no.
        networks: The organization's private ranges, which spokes lie in. Default: 10.0.0.0/8,
            172.16.0.0/12 and 192.168.0.0/16 (RFC 1918).
        availability_zones: Zones, by name, which the fleet has too. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        transit_gateway: An existing gateway of this account with its default association and propagation off.
            Default: a new one.
        asn: The private BGP number of the gateway. Default: 64512.
        encryption_key: The key that encrypts the logs. Default: a new key.
        log_retention: How long logs are kept. Default: one year.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        network (AttachmentVpc): The inspection VPC.
        transit_gateway (TransitGateway): The gateway, with its `domains`.
        endpoints (ApplianceEndpoints): One in each zone.
        nat_gateways (list[ec2.CfnNatGateway]): One in each zone.
        logs (NetworkLogs): Log group `Flows` of the VPCs that it is asked to log, its own included; and its key.
        alarms (list[cloudwatch.Alarm]): One for each NAT gateway, and one for packets without a route.

    Raises:
        ValueError: If ranges overlap.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_name: str,
        cidr: VpcCidr = "100.64.0.0/24",
        ipv6: bool = False,
        networks: PrivateCidrs = ORGANIZATION_NETWORKS,
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        transit_gateway: ec2_interfaces.ITransitGatewayRef | None = None,
        asn: GatewayAsn = DEFAULT_ASN,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        self.networks = private_networks("networks", networks)
        self._taken: dict[str, list[IPv4Network]] = {"the inspection VPC": [vpc_network("cidr", cidr)]}
        self.availability_zones = zones(availability_zones, max_azs)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.network = AttachmentVpc(
            self,
            "Network",
            cidr=cidr,
            availability_zones=self.availability_zones,
            tiers={ENDPOINT: 28, PUBLIC: 28},
            ipv6=ipv6,
        )
        self.logs.log_flows(self.network)
        self.transit_gateway = TransitGateway(self, "TransitGateway", existing=transit_gateway, asn=asn)
        # A flow keeps to one zone, and so to one endpoint, both ways.
        self._attachment = self.transit_gateway.attach_hub_vpc(
            self, "Attachment", self.network, self.transit_gateway.domain("Inspection"), appliance_mode=True
        )
        self._ipv6 = ipv6
        for everywhere in (EVERYWHERE, EVERYWHERE_BY_IPV6) if ipv6 else (EVERYWHERE,):
            self.transit_gateway.domain("Spokes").route(everywhere, self._attachment)
        self.endpoints = ApplianceEndpoints(
            self,
            "Endpoints",
            service_name=service_name,
            vpc_id=self.network.vpc_id,
            subnets=self.network.subnets[ENDPOINT],
            ipv6=ipv6,
        )
        self.nat_gateways = self.network.nat_gateways()
        self._route()
        self.alarms: list[cloudwatch.Alarm] = [
            *watch_nat_gateways(self, self.nat_gateways, alarm_topic),
            self.transit_gateway.watch_lost_packets(self, settings, look="look in the flow logs"),
        ]

    @checked
    def add_spoke(self, vpc: ec2.IVpc, *, attachment_subnets: ec2.SubnetSelection | None = None) -> Spoke:
        """Put a VPC of this account behind the appliances: it reaches everything through the gateway.

        Args:
            vpc: The VPC, of this stack or another one. Its default route becomes the gateway.
            attachment_subnets: One subnet in each zone for the gateway's interfaces. Default: those of the group
                `Attachment`, or else the first in each zone.

        Returns:
            The spoke, in the VPC's own stack.

        Raises:
            ValueError: If the VPC is public, overlaps another, is not in the same zones or comes twice.
        """
        require_no_public_subnets(vpc)
        subnets = check_spoke(self, vpc, attachment_subnets, self.availability_zones)
        domain = self.transit_gateway.domain("Spokes")
        require_new(vpc, domain)
        network = network_of(vpc)
        if network is not None:
            require_inside(f"vpc {vpc.node.path}", network, self.networks)
            reject_overlap(f"vpc {vpc.node.path}", network, self._taken)
            self._taken[f"spoke {vpc.node.path}"] = [network]
        spoke = Spoke(
            vpc,
            domain=domain,
            subnets=subnets,
            destinations=[EVERYWHERE],
            ipv6_destinations=ALL_IPV6 if self._ipv6 else None,
        )
        self.transit_gateway.domain("Inspection").propagate(spoke.attachment)
        return spoke

    def _route(self) -> None:
        """Everything meets the endpoint of its zone, there and back."""
        network, inside = self.network, [str(one) for one in self.networks]
        for each in network.attachment_subnets:
            each.route("ToAppliances", EVERYWHERE, vpc_endpoint_id=self.endpoints.in_zone(each.number))
        network.route_to_gateway(ENDPOINT, inside, self.transit_gateway.gateway_id, self._attachment)
        if self._ipv6:
            for each in network.attachment_subnets:
                each.route("ByIpv6", EVERYWHERE_BY_IPV6, vpc_endpoint_id=self.endpoints.in_zone(each.number))
            # Only back to spokes: an egress-only gateway would serve this VPC's own addresses alone.
            for each in network.subnets[ENDPOINT]:
                each.route(
                    "ToGatewayByIpv6",
                    EVERYWHERE_BY_IPV6,
                    transit_gateway_id=self.transit_gateway.gateway_id,
                    after=self._attachment,
                )
        for inner, public, gateway in zip(
            network.subnets[ENDPOINT], network.subnets[PUBLIC], self.nat_gateways, strict=True
        ):
            inner.route("ToNat", EVERYWHERE, nat_gateway_id=gateway.attr_nat_gateway_id)
            for one in inside:
                # Replies from the internet meet the endpoint that saw the requests.
                public.route(
                    f"ToAppliances{one.replace('/', '-')}",
                    one,
                    vpc_endpoint_id=self.endpoints.in_zone(public.number),
                )
