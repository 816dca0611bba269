"""Spokes share one VPC's services and central interface endpoints by a transit gateway, and never reach each other."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from types import MappingProxyType
from typing import Annotated

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.domain_name import DomainName
from patterns.building_blocks.security_group import check_rules
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
from patterns.building_blocks.vpc.endpoints import (
    ServiceName,
    ServiceNames,
)
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc_dns import check_vpcs
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from patterns.network.hub.ipv6_range import require_ipv6
from patterns.network.hub.spoke import (
    Spoke,
    attachment_subnets_of,
    check_spoke,
    network_of,
    require_new,
    require_same_account,
    route_range_to_gateway,
    route_to_gateway,
)
from patterns.network.hub.transit_gateway import Principal, TransitGateway
from patterns.network.shared_services_vpc.central_endpoints import central_endpoints
from patterns.network.shared_services_vpc.service_names import ServiceNamesShared, SharedBy, check_names, check_zones

ENDPOINTS, SERVICES = "Endpoints", "Services"
_OWN_NAMES: Mapping[str, str] = MappingProxyType({})


class SharedServicesVpc(Construct):
    """Share one VPC's services and endpoints with many VPCs by a transit gateway, and keep these apart.

    The gateway has a domain of the spokes, which knows the shared VPC alone, and one of the shared VPC, which knows
    every spoke. AWS services have one interface endpoint for all, whose names every spoke resolves.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        interface_endpoints: AWS services that spokes reach by an interface endpoint in the shared VPC. Default:
            those of AWS Systems Manager, "ssm" and "ssmmessages".
        private_names: The names of services that do not follow from the service's: whole domain names, with the Region.
            Default: none.
        names_shared_by: How spokes get the services' names: "zones" associates a private hosted zone of each service
            with each spoke of this stack; "profile" associates one Route 53 Profile with each spoke, also in other
            stacks and accounts. Default: "zones", or "profile" with `share_with`.
        vpc: The shared VPC. Default: a new one, without a way to the internet.
        cidr: The new VPC's range, at least a /21. Default: 10.0.0.0/20.
        networks: The organization's private ranges, which spokes lie in. Default: 10.0.0.0/8,
            172.16.0.0/12 and 192.168.0.0/16 (RFC 1918).
        availability_zones: Zones of the new VPC, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        transit_gateway: An existing gateway of this account with its default association and propagation off.
            Default: a new one.
        asn: The private BGP number of the gateway. Default: 64512.
        ipv6: Whether spokes of this account that have IPv6 and the shared services reach each other by it, too. The
            endpoints stay those of IPv4. Default: no.
        group_references: Whether inbound rules of security groups in the shared VPC may name groups of spokes, and the
            other way round. Not those of endpoints, for which AWS does not support it. Default: on.
        share_with: Accounts of the organization, and ARNs of it or its units, whose VPCs may join through RAM. Default:
            nobody.
        encryption_key: The key that encrypts the logs. Default: a new key.
        log_retention: How long logs are kept. Default: one year.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        networks (tuple[IPv4Network, ...]): The organization's private ranges.
        availability_zones (list[str]): The zones that spokes stand in.
        network (AttachmentVpc | None): The new VPC; services stand in its tier `Services`.
        vpc (ec2.IVpc): The shared VPC.
        transit_gateway (TransitGateway): The gateway, with its `domains`.
        endpoints (InterfaceEndpoints): The endpoints, by service, and their security group.
        names (ServiceNamesShared): The zones, and the Profile where there is one.
        logs (NetworkLogs): Log group `Flows` of the VPCs that it is asked to log, the new one included; and its key.
        alarms (list[cloudwatch.Alarm]): Packets that the gateway drops.

    Raises:
        ValueError: If ranges overlap, a service comes twice, or names cannot be shared as asked.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-isolated-shared.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        interface_endpoints: ServiceNames = ("ssm", "ssmmessages"),
        private_names: Annotated[Mapping[ServiceName, DomainName], Known("the names of private zones")] = _OWN_NAMES,
        names_shared_by: SharedBy | None = None,
        vpc: ec2.IVpc | None = None,
        cidr: VpcCidr = "10.0.0.0/20",
        networks: PrivateCidrs = ORGANIZATION_NETWORKS,
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        transit_gateway: ec2_interfaces.ITransitGatewayRef | None = None,
        asn: GatewayAsn = DEFAULT_ASN,
        ipv6: bool = False,
        group_references: bool = True,
        share_with: Annotated[Sequence[Principal], Known("the policies of endpoints")] = (),
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        self.networks = private_networks("networks", networks)
        check_rules("networks", len(self.networks))
        shared_by = check_names(interface_endpoints, private_names, names_shared_by, share_with)
        network = vpc_network("cidr", cidr) if vpc is None else _range_of(vpc)
        require_inside("cidr" if vpc is None else "vpc", network, self.networks)
        self._taken: dict[str, list[IPv4Network]] = {"the shared VPC": [network]}
        zone_names = zones(availability_zones, max_azs)
        if vpc is not None:
            require_same_account(scope, vpc)
            check_vpcs("vpc", [vpc])
            if ipv6:
                require_ipv6("vpc", vpc)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.network: AttachmentVpc | None = None if vpc else self._new_vpc(cidr, zone_names, ipv6=ipv6)
        self.vpc: ec2.IVpc = vpc or self._of_new().vpc
        self._ipv6 = require_ipv6("vpc", self.vpc) if ipv6 else None
        self.availability_zones = list(self.vpc.availability_zones) if vpc else zone_names
        self.transit_gateway = TransitGateway(
            self,
            "TransitGateway",
            existing=transit_gateway,
            asn=asn,
            share_with=share_with,
            group_references=group_references,
        )
        self._route(network)
        self.endpoints = central_endpoints(
            self,
            vpc_id=self.vpc.vpc_id,
            subnet_ids=self._endpoint_subnets(),
            services=interface_endpoints,
            networks=self.networks,
            share_with=share_with,
        )
        self.names = ServiceNamesShared(
            self,
            "Names",
            vpc=self.vpc,
            endpoints=self.endpoints.endpoints,
            names=private_names,
            shared_by=shared_by,
            share_with=share_with,
        )
        self.alarms: list[cloudwatch.Alarm] = [
            self.transit_gateway.watch_lost_packets(
                self, settings, look="a spoke asks for another, or for a range that nobody has. Look in the flow logs"
            )
        ]

    @checked
    def add_spoke(self, vpc: ec2.IVpc, *, attachment_subnets: ec2.SubnetSelection | None = None) -> Spoke:
        """Let a VPC of this account use the shared services, and these reach it.

        Args:
            vpc: The VPC, of this stack or another one. Its subnets send the shared VPC's range to the gateway; its way
                to the internet stays its own.
            attachment_subnets: One subnet in each of the shared VPC's zones for the gateway's interfaces. Default:
                those of the group `Attachment`, or else the first that is not public in each zone.

        Returns:
            The spoke, in the VPC's own stack.

        Raises:
            ValueError: If the VPC overlaps another, is not in the shared VPC's zones, comes twice, does not resolve
                private names, or is in another stack while names are shared by zones.
        """
        subnets = check_spoke(self, vpc, attachment_subnets, self.availability_zones)
        domain = self.transit_gateway.domain("Spokes")
        require_new(vpc, domain)
        check_vpcs("vpc", [vpc])
        check_zones(self, self.names, vpc)
        network = network_of(vpc)
        if network is not None:
            require_inside(f"vpc {vpc.node.path}", network, self.networks)
            reject_overlap(f"vpc {vpc.node.path}", network, self._taken)
            self._taken[f"spoke {vpc.node.path}"] = [network]
        spoke = Spoke(
            vpc,
            domain=domain,
            subnets=subnets,
            destinations=[str(one) for one in self._taken["the shared VPC"]],
            ipv6_destinations={"SharedByIpv6": self._ipv6} if self._ipv6 else None,
        )
        if spoke.ipv6 is not None:
            # Back by each spoke's own range, in the spoke's stack: which it is Amazon decides.
            route_range_to_gateway(
                spoke,
                self.vpc,
                self._attachment_subnets,
                self.transit_gateway.gateway_id,
                "SpokeByIpv6",
                spoke.ipv6,
                after=self._attachment,
            )
        self.transit_gateway.domain("Shared").propagate(spoke.attachment)
        self.names.add_vpc(vpc, spoke)
        return spoke

    def _new_vpc(self, cidr: str, zone_names: Sequence[str], *, ipv6: bool) -> AttachmentVpc:
        network = AttachmentVpc(
            self, "Network", cidr=cidr, availability_zones=zone_names, tiers={SERVICES: 24, ENDPOINTS: 26}, ipv6=ipv6
        )
        self.logs.log_flows(network)
        return network

    def _of_new(self) -> AttachmentVpc:
        assert self.network is not None
        return self.network

    def _route(self, network: IPv4Network) -> None:
        """Attach the shared VPC: it knows every spoke, and spokes know it and nothing else."""
        gateway = self.transit_gateway
        shared, spokes = gateway.domain("Shared"), gateway.domain("Spokes")
        learning = [spokes]
        if gateway.shared:
            joining = gateway.domain("Joining")
            gateway.place_joining(joining, propagated_into=shared)
            learning.append(joining)
        subnets = self._attachment_subnets = attachment_subnets_of(self.vpc, None)
        attachment = self._attachment = gateway.attach_vpc(
            self,
            "Attachment",
            vpc_id=self.vpc.vpc_id,
            subnet_ids=[one.subnet_id for one in subnets],
            domain=shared,
            ipv6=self._ipv6 is not None,
        )
        for domain in learning:
            domain.propagate(attachment)
        for one in self.networks:
            if one != network:
                route_to_gateway(self, self.vpc, subnets, gateway.gateway_id, str(one), after=attachment)

    def _endpoint_subnets(self) -> list[str]:
        if self.network is not None:
            return [each.subnet.attr_subnet_id for each in self.network.subnets[ENDPOINTS]]
        return [one.subnet_id for one in attachment_subnets_of(self.vpc, None)]


def _range_of(vpc: ec2.IVpc) -> IPv4Network:
    found = network_of(vpc)
    if found is None:
        raise ValueError("vpc must have a range that is known at synthesis: spokes route to it")
    return found
