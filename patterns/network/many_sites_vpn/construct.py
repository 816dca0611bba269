"""Many customer sites reach one VPC, by a transit gateway or by one virtual private gateway."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Annotated, Literal

from annotated_types import Len
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.cross_stack import in_one_stack
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import (
    ORGANIZATION_NETWORKS,
    VpcCidr,
    private_networks,
    reject_overlap,
    vpc_network,
)
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub.customer_site import CustomerSite, check_sites
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from patterns.network.hub.ipv6_range import named_ranges, require_ipv6
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn, destinations, learn, site_vpns
from patterns.network.hub.spoke import Spoke, attachment_subnets_of, network_of
from patterns.network.hub.transit_gateway import TransitGateway
from patterns.network.hub.virtual_private_gateway import attach_vpn_gateway, propagate_routes

Gateway = Literal["transit-gateway", "virtual-private-gateway"]


class ManySitesVpn(Construct):
    """Connect many customer sites to one VPC by VPN.

    On a transit gateway sites are kept apart, or connected if asked; flows are spread over their tunnels. On a virtual
    private gateway, which costs nothing itself, each site reaches every other one that announces its routes to it:
    AWS calls that CloudHub, and it cannot be turned off.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        sites: The customer sites. What they announce by IPv6 reaches a VPC that has IPv6, as a new one then has, on a
            transit gateway alone.
        vpc: The VPC. Default: a new one, without a way to the internet.
        cidr: The new VPC's range, at least a /21. Default: 10.0.0.0/20.
        gateway: Where the connections end: "transit-gateway" or "virtual-private-gateway". Default: "transit-gateway".
        connect_sites: Whether sites reach each other. Default: no on a transit gateway, yes on a virtual private one.
        availability_zones: Zones of the new VPC, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        asn: The private BGP number of the gateway. Default: 64512.
        accelerated: Whether tunnels enter AWS at the nearest edge location; only on a transit gateway. Default: no.
        encryption_key: The key that encrypts the logs. Default: a new key.
        log_retention: How long logs are kept. Default: one year.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        transit_gateway (TransitGateway | None): The gateway, if it is one.
        vpn_gateway (ec2.CfnVPNGateway | None): The gateway, if it is one.
        connections (dict[str, SiteToSiteVpn]): Each site's connections, by the site's name.
        ipv6_connections (dict[str, SiteToSiteVpn]): Those that carry IPv6, of sites that announce it.
        logs (NetworkLogs): Log groups `Vpn` of tunnels and BGP sessions and `Flows` of a new VPC; and their key.
        alarms (list[cloudwatch.AlarmBase]): All of its alarms.

    Raises:
        ValueError: If a site cannot work, ranges overlap, or the gateway cannot do what is asked.

    Source: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPN_CloudHub.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        sites: Annotated[Sequence[CustomerSite], Len(1)],
        vpc: ec2.IVpc | None = None,
        cidr: VpcCidr = "10.0.0.0/20",
        gateway: Gateway = "transit-gateway",
        connect_sites: bool | None = None,
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        asn: GatewayAsn = DEFAULT_ASN,
        accelerated: bool = False,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        cloud_hub = gateway == "virtual-private-gateway"
        if cloud_hub and connect_sites is False:
            raise ValueError("connect_sites must be on with a virtual private gateway, which connects all of its sites")
        if cloud_hub and accelerated:
            raise ValueError("accelerated must be off with a virtual private gateway, which cannot accelerate")
        connected = cloud_hub if connect_sites is None else connect_sites
        check_sites(scope, sites, gateway_asn=asn, ecmp=False, networks=(), connected=connected, ipv6=not cloud_hub)
        network = vpc_network("cidr", cidr) if vpc is None else network_of(vpc)
        for site in sites:
            if network is not None and site.prefixes:
                reject_overlap(
                    "cidr" if vpc is None else f"vpc {vpc.node.path}",
                    network,
                    {f"site {site.name}": private_networks("prefixes", site.prefixes)},
                )
        by_ipv6 = any(site.ipv6_prefixes for site in sites)
        if by_ipv6 and vpc is not None:
            require_ipv6("vpc", vpc)
        zone_names = zones(availability_zones, max_azs)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.vpc = vpc or self._new_vpc(cidr, zone_names, ipv6=by_ipv6)
        self.connections: dict[str, SiteToSiteVpn] = {}
        self.ipv6_connections: dict[str, SiteToSiteVpn] = {}
        self.alarms: list[cloudwatch.AlarmBase] = []
        self.transit_gateway: TransitGateway | None = None
        self.vpn_gateway: ec2.CfnVPNGateway | None = None
        if cloud_hub:
            self._by_virtual_private_gateway(sites, asn, settings)
        else:
            self._by_transit_gateway(sites, asn, settings, connected=connected, accelerated=accelerated)

    def _new_vpc(self, cidr: str, zone_names: Sequence[str], *, ipv6: bool) -> ec2.IVpc:
        network = AttachmentVpc(
            self, "Network", cidr=cidr, availability_zones=zone_names, tiers={"Workload": 24}, ipv6=ipv6
        )
        self.logs.log_flows(network)
        return network.vpc

    def _by_transit_gateway(
        self,
        sites: Sequence[CustomerSite],
        asn: int,
        settings: Settings,
        *,
        connected: bool,
        accelerated: bool,
    ) -> None:
        ecmp = any(site.routing == "bgp" for site in sites)
        self.transit_gateway = gateway = TransitGateway(self, "TransitGateway", asn=asn, ecmp=ecmp)
        inside, outside = gateway.domain("Vpc"), gateway.domain("Sites")
        ipv6 = named_ranges(prefix for site in sites for prefix in site.ipv6_prefixes)
        spoke = Spoke(
            self.vpc,
            domain=inside,
            subnets=attachment_subnets_of(self.vpc, None),
            destinations=destinations([IPv4Network(each) for each in ORGANIZATION_NETWORKS], sites),
            ipv6_destinations=ipv6 or None,
            # In the VPC's stack it would make that wait for this one, whose routes wait for the attachment.
            scope=None if in_one_stack(self, self.vpc) else self,
        )
        outside.propagate(spoke.attachment)
        for site in sites:
            for vpn in site_vpns(
                self,
                f"Site{site.name}",
                site=site,
                log_group=self.logs.log_group("Vpn"),
                transit_gateway_id=gateway.gateway_id,
                accelerated=accelerated,
            ):
                for attachment in vpn.attach(gateway, outside, settings):
                    for domain in (inside, outside) if connected else (inside,):
                        learn(domain, site, attachment)
                (self.ipv6_connections if vpn.ipv6 else self.connections)[site.name] = vpn
                self.alarms += vpn.alarms
        look = "a site's tunnels are down, or somebody asks for a range that nobody has. Look in the VPN log"
        self.alarms.append(gateway.watch_lost_packets(self, settings, look=look))

    def _by_virtual_private_gateway(self, sites: Sequence[CustomerSite], asn: int, settings: Settings) -> None:
        attached = attach_vpn_gateway(self, self.vpc, asn=asn)
        propagate_routes(self, attached)
        self.vpn_gateway = attached.gateway
        for site in sites:
            vpn = self.connections[site.name] = SiteToSiteVpn(
                self,
                f"Site{site.name}",
                site=site,
                log_group=self.logs.log_group("Vpn"),
                vpn_gateway_id=attached.gateway_id,
            )
            if site.routing == "static":
                for prefix in site.prefixes:
                    ec2.CfnVPNConnectionRoute(
                        vpn,
                        f"Route{prefix.replace('/', '-')}",
                        destination_cidr_block=prefix,
                        vpn_connection_id=vpn.connections[0].attr_vpn_connection_id,
                    )
            vpn.watch_connections(settings)
            self.alarms += vpn.alarms
