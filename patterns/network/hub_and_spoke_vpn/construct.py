"""Many VPCs reach customer sites by one transit gateway, and each other only where they are grouped."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Annotated

from annotated_types import Len
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import (
    ORGANIZATION_NETWORKS,
    PrivateCidrs,
    private_networks,
    reject_overlap,
    require_inside,
)
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.network.hub.customer_site import CustomerSite, check_sites
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from patterns.network.hub.ipv6_range import named_ranges
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn, destinations, learn, site_vpns
from patterns.network.hub.spoke import Spoke, check_spoke, network_of, require_new
from patterns.network.hub.transit_gateway import Attachment, Principal, RoutingDomain, TransitGateway


class HubAndSpokeVpn(Construct):
    """Connect many VPCs to customer sites by VPN, over one transit gateway.

    Spokes reach the sites, and the sites reach every spoke. Spokes reach each other only within a group; all else of
    the organization's ranges is dropped at the gateway. Sites do not reach each other.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        sites: The customer sites. What they announce by IPv6 is reached by spokes that have IPv6, too.
        networks: The organization's private ranges, which spokes lie in and which are dropped where nothing longer is
            known. Default: 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918).
        availability_zones: Zones, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        transit_gateway: An existing gateway of this account with its default association and propagation off.
            Default: a new one.
        asn: The private BGP number of the gateway. Default: 64512.
        ecmp: Whether flows are spread over the tunnels that announce the same prefix by BGP. Default: yes, unless all
            sites have static routing, for which it cannot be asked.
        accelerated: Whether tunnels enter AWS at the nearest edge location. Default: no.
        share_with: Accounts of the organization, and ARNs of it or its units, whose VPCs may join through RAM as spokes
            without a group. Default: nobody.
        encryption_key: The key that encrypts the logs. Default: a new key.
        log_retention: How long logs are kept. Default: one year.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        networks (tuple[IPv4Network, ...]): The organization's private ranges.
        availability_zones (list[str]): The zones that spokes stand in.
        transit_gateway (TransitGateway): The gateway, with its `domains`.
        connections (dict[str, SiteToSiteVpn]): Each site's connections, by the site's name.
        ipv6_connections (dict[str, SiteToSiteVpn]): Those that carry IPv6, of sites that announce it.
        logs (NetworkLogs): Log groups `Vpn` of tunnels and BGP sessions, `Flows` of the VPCs that it is asked to
            log; and their key.
        alarms (list[cloudwatch.AlarmBase]): All of its alarms.

    Raises:
        ValueError: If a site cannot work, or ranges overlap.

    Source: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-isolated.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        sites: Annotated[Sequence[CustomerSite], Len(1)],
        networks: PrivateCidrs = ORGANIZATION_NETWORKS,
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        transit_gateway: ec2_interfaces.ITransitGatewayRef | None = None,
        asn: GatewayAsn = DEFAULT_ASN,
        ecmp: bool | None = None,
        accelerated: bool = False,
        share_with: Sequence[Principal] = (),
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        self.networks = private_networks("networks", networks)
        check_sites(scope, sites, gateway_asn=asn, ecmp=bool(ecmp), networks=self.networks, connected=False, ipv6=True)
        self.availability_zones = zones(availability_zones, max_azs)
        self._taken: dict[str, list[IPv4Network]] = {
            f"site {site.name}": list(private_networks("prefixes", site.prefixes)) for site in sites if site.prefixes
        }
        super().__init__(scope, construct_id)
        learns = any(site.routing == "bgp" for site in sites)
        self.transit_gateway = TransitGateway(
            self,
            "TransitGateway",
            existing=transit_gateway,
            asn=asn,
            ecmp=learns if ecmp is None else ecmp,
            share_with=share_with,
        )
        self._sites_domain = self.transit_gateway.domain("Sites")
        self._spokes: list[Attachment] = []
        self._shared: list[Attachment] = []
        if share_with:
            # Before the connections: the defaults place what is attached after them.
            self.transit_gateway.place_joining(
                self.transit_gateway.domain("Joining"), propagated_into=self._sites_domain
            )
        settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.connections: dict[str, SiteToSiteVpn] = {}
        self.ipv6_connections: dict[str, SiteToSiteVpn] = {}
        self._site_attachments: list[tuple[CustomerSite, Attachment]] = []
        self.alarms: list[cloudwatch.AlarmBase] = [
            self.transit_gateway.watch_lost_packets(self, settings, look="look in the VPN log")
        ]
        for site in sites:
            self._connect(site, settings, accelerated=accelerated)
        if share_with:
            self._know_sites(self.transit_gateway.domain("Joining"))

    @checked
    def add_spoke(
        self,
        vpc: ec2.IVpc,
        *,
        group: Annotated[str, Matches(r"[A-Za-z0-9]+", "letters and digits"), Known("the ids of constructs")]
        | None = None,
        shared: bool = False,
        attachment_subnets: ec2.SubnetSelection | None = None,
    ) -> Spoke:
        """Let a VPC of this account and the sites reach each other.

        Args:
            vpc: The VPC, of this stack or another one. Its subnets send `networks` and the sites' prefixes to the
                gateway; its way to the internet stays its own.
            group: The spokes that it may reach: those of the same group, a name. Default: none. Without `share_with`, a
                spoke that is deployed changes it in two deployments, as its attachment has one route table at a time.
            shared: Whether it and every spoke reach each other, of whatever group or account: for services and
                endpoints that all use. With `share_with` sites do not reach it. Default: no.
            attachment_subnets: One subnet in each of the hub's zones for the gateway's interfaces. Default: those of
                the group `Attachment`, or else the first that is not public in each zone.

        Returns:
            The spoke, in the VPC's own stack.

        Raises:
            ValueError: If the VPC overlaps another, is not in the hub's zones, comes twice, or is shared in a group.
        """
        if shared and group is not None:
            raise ValueError(
                f"group must be left out where shared is on, got {group}: it reaches spokes of every group"
            )
        subnets = check_spoke(self, vpc, attachment_subnets, self.availability_zones)
        domain = self._shared_domain() if shared else self._spokes_domain(group)
        require_new(vpc, domain)
        network = network_of(vpc)
        if network is not None:
            require_inside(f"vpc {vpc.node.path}", network, self.networks)
            reject_overlap(f"vpc {vpc.node.path}", network, self._taken)
            self._taken[f"spoke {vpc.node.path}"] = [network]
        sites = [site for site, _ in self._site_attachments]
        ipv6 = named_ranges(prefix for site in sites for prefix in site.ipv6_prefixes)
        spoke = Spoke(
            vpc,
            domain=domain,
            subnets=subnets,
            destinations=destinations(self.networks, sites),
            ipv6_destinations=ipv6 or None,
        )
        if not (shared and self.transit_gateway.shared):
            self._sites_domain.propagate(spoke.attachment)
        if shared:
            self._share(spoke.attachment)
            return spoke
        if group is not None:
            domain.propagate(spoke.attachment)
        if self._shared and self._shared_domain() is not self._sites_domain:
            self._shared_domain().propagate(spoke.attachment)
        self._spokes.append(spoke.attachment)
        return spoke

    def _share(self, shared: Attachment) -> None:
        """Let every spoke know a shared one, and it every spoke, those that come later included."""
        first = not self._shared
        self._shared.append(shared)
        for domain in self._spokes_domains():
            domain.propagate(shared)
        own = self._shared_domain()
        if own is not self._sites_domain:
            own.propagate(shared)
            for spoke in self._spokes if first else ():
                own.propagate(spoke)

    def _spokes_domains(self) -> list[RoutingDomain]:
        others = (self._sites_domain, self._shared_domain())
        return [domain for domain in self.transit_gateway.domains.values() if domain not in others]

    def _shared_domain(self) -> RoutingDomain:
        """The domain that knows every spoke, and the sites.

        What joins by itself is propagated into one domain, that of the sites: shared spokes stand there, too, then, and
        it knows neither sites nor shared spokes.
        """
        if self.transit_gateway.shared:
            return self._sites_domain
        return self._knowing_sites("Shared")

    def _connect(self, site: CustomerSite, settings: Settings, *, accelerated: bool) -> None:
        for vpn in site_vpns(
            self,
            f"Site{site.name}",
            site=site,
            log_group=self.logs.log_group("Vpn"),
            transit_gateway_id=self.transit_gateway.gateway_id,
            accelerated=accelerated,
        ):
            attachments = vpn.attach(self.transit_gateway, self._sites_domain, settings)
            self._site_attachments += [(site, attachment) for attachment in attachments]
            (self.ipv6_connections if vpn.ipv6 else self.connections)[site.name] = vpn
            self.alarms += vpn.alarms

    def _spokes_domain(self, group: str | None) -> RoutingDomain:
        """The domain of the isolated spokes, or of a group: it knows the sites, and drops all else."""
        name = f"Group{group}" if group else "Isolated"
        new = name not in self.transit_gateway.domains
        domain = self._knowing_sites(name)
        for shared in self._shared if new else ():
            domain.propagate(shared)
        return domain

    def _knowing_sites(self, name: str) -> RoutingDomain:
        if name in self.transit_gateway.domains:
            return self.transit_gateway.domains[name]
        return self._know_sites(self.transit_gateway.domain(name))

    def _know_sites(self, domain: RoutingDomain) -> RoutingDomain:
        for network in self.networks:
            domain.blackhole(str(network))
        for site, attachment in self._site_attachments:
            learn(domain, site, attachment)
        return domain
