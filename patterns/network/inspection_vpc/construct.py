"""Every packet between VPCs, customer sites and the internet passes one firewall, by one transit gateway."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Annotated, Literal

from annotated_types import Interval, Len, Unit
from aws_cdk import Annotations, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from aws_cdk.interfaces import aws_networkfirewall as networkfirewall_interfaces
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known, Matches, Passes
from patterns.building_blocks.nat_gateway_alarms import watch_nat_gateways
from patterns.building_blocks.same_region import check_certificate
from patterns.building_blocks.security_group import MOST_RULES
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import (
    ORGANIZATION_NETWORKS,
    PrivateCidr,
    PrivateCidrs,
    VpcCidr,
    private_network,
    private_networks,
    reject_overlap,
    require_inside,
    vpc_network,
)
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.network.hub.customer_site import CustomerSite, check_sites
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from patterns.network.hub.gateway_peering import GatewayPeering
from patterns.network.hub.inspected_hub import InspectedHub, SpokeRole
from patterns.network.hub.ipv6_range import ALL_IPV6, ROUTED
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn, site_vpns
from patterns.network.hub.spoke import (
    Spoke,
    check_spoke,
    network_of,
    require_new,
    require_no_public_subnets,
)
from patterns.network.hub.transit_gateway import Attachment, FoundAttachment, Principal, TransitGateway
from patterns.network.inspection_vpc.egress import EgressVpc
from patterns.network.inspection_vpc.firewall import MOST_DOMAINS, FirewallPolicy, StreamException, check_suricata
from patterns.network.inspection_vpc.ingress import Ingress
from patterns.network.inspection_vpc.inspection import FIREWALL, FirewallAttachment, Inspection
from patterns.network.inspection_vpc.routing import EVERYWHERE, Inspect, InspectionRouting

Egress = Literal["egress-vpc", "inspection-vpc", "none"]


#: A transit gateway's; enforced. https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html
MOST_DIRECT_CONNECT_PREFIXES = 200

# The names of hosts in TLS and HTTP have underscores here and there.
AllowedDomain = Annotated[
    str,
    Matches(
        r"(?=.{1,255}$)\.?([A-Za-z0-9_-]{1,63}\.)*[A-Za-z0-9_-]{1,63}",
        "domain names of letters, digits, -, _ and dots, with a dot in front for all below",
    ),
]
"""A domain that may be called."""

DirectConnectPrefixes = Annotated[
    Sequence[PrivateCidr],
    Len(0, MOST_DIRECT_CONNECT_PREFIXES),
    Unit("prefixes"),
    Passes(private_networks, "private IPv4 ranges, none twice"),
]


def _check_target(argument: str, address: str) -> None:
    private_network(argument, f"{address}/32")


Targets = Annotated[
    Mapping[
        Annotated[str, Passes(_check_target, "private IPv4 addresses"), Known("the targets")],
        Annotated[int, Interval(ge=1, le=65535)],
    ],
    Len(1, MOST_RULES),
    Unit("targets"),
]


class InspectionVpc(InspectedHub):
    """Send all traffic between VPCs, customer sites and the internet through one firewall.

    A transit gateway takes every packet to AWS Network Firewall first, and only then to where it goes. Spokes join with
    `add_spoke`, customer sites with `add_site` and `add_direct_connect_gateway`, hubs of other Regions with `add_peer`,
    and callers from the internet come in by `add_ingress`. Without rules the firewall passes nothing: give
    `allowed_domains`, `suricata_rules` or a `policy`.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        inspect: What the firewall sees: "all"; "east-west", what spokes send each other; "north-south", what they
            exchange with the internet. It always sees customer sites. Default: "all".
        firewall_attachment: Where the firewall stands: "vpc", in an inspection VPC with an endpoint in each zone;
            "transit-gateway", on the gateway itself, in a VPC of AWS. Default: "vpc".
        egress: Where the internet is reached: "egress-vpc", by NAT gateways in a VPC behind the gateway;
            "inspection-vpc", by NAT gateways behind the firewall endpoints; "none". Default: "egress-vpc".
        networks: The organization's private ranges, which every spoke and site lies in and `HOME_NET` holds.
            Default: 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 (RFC 1918).
        ipv6: Whether what spokes and sites that have IPv6 send each other by it is inspected, too, with a firewall in a
            VPC alone. There is no way out by IPv6. Default: no.
        drop_unused: Whether what is sent to a range of `networks` that nobody has is dropped behind the firewall, and
            not sent to the egress VPC, which sends it back, in a loop. No site may then announce one of `networks`
            itself. Default: no.
        availability_zones: Zones, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        inspection_cidr: The inspection VPC's range, at least a /24. Default: 100.64.0.0/24.
        egress_cidr: The egress VPC's range, at least a /25. Default: 100.64.1.0/24.
        transit_gateway: An existing gateway of this account with its default association and propagation off, and,
            for a firewall on it, auto-accept on. Default: a new one.
        asn: The private BGP number of the gateway. Default: 64512.
        share_with: Accounts, or ARNs of the organization or its units, whose VPCs may join by themselves. Their
            attachments are accepted and land in the right tables. Default: nobody.
        allowed_domains: Domains that may be called by HTTP and TLS; a leading dot means all below. Default: none.
        suricata_rules: Rules in Suricata's language, strict order, before the domains. Default: none.
        policy: A firewall policy of your own, instead of the two above; its `HOME_NET` must hold `networks`, and
            2000::/3 and fc00::/7 with `ipv6`. Default: a new one.
        stream_exception: What happens to a connection whose start the firewall did not see: "DROP", "CONTINUE",
            "REJECT". Default: "REJECT", which lets clients connect anew at once.
        change_protection: Whether the firewall's policy and zones are locked. Default: yes.
        dropped_packets: How many dropped packets an endpoint may have in five minutes. Default: 1000.
        encryption_key: The key that encrypts the logs. Default: a new key.
        log_retention: How long logs are kept. Default: one year.
        alarm_topic: Who is told of failures. Default: nobody; the alarms only change state.

    Attributes:
        networks (tuple[IPv4Network, ...]): The organization's private ranges.
        availability_zones (list[str]): The zones that spokes stand in.
        transit_gateway (TransitGateway): The gateway, with its `domains`.
        routing (InspectionRouting): The routing domains by their role.
        policy (IFirewallPolicyRef): The firewall policy.
        inspection (Inspection): The firewall, with its VPC and endpoints.
        egress (EgressVpc | None): The way out, if it has a VPC of its own.
        nat_gateways (list[ec2.CfnNatGateway]): One in each zone, if there is egress.
        ingress (Ingress | None): The way in, once it is added.
        ipv6_connections (dict[str, SiteToSiteVpn]): The connections that carry IPv6, of sites that announce it.
        logs (NetworkLogs): Log groups `Flows` of the hub's VPCs, `FirewallFlows`, `Alerts`, and `Vpn`; and their key.
        alarms (list[cloudwatch.AlarmBase]): All of its alarms.

    Raises:
        ValueError: If an argument is out of range, ranges overlap, or the options contradict each other.

    Source: https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/using-nat-gateway-and-gwlb-with-ec2.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        inspect: Inspect = "all",
        firewall_attachment: FirewallAttachment = "vpc",
        egress: Egress = "egress-vpc",
        networks: PrivateCidrs = ORGANIZATION_NETWORKS,
        ipv6: bool = False,
        drop_unused: bool = False,
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        inspection_cidr: VpcCidr = "100.64.0.0/24",
        egress_cidr: VpcCidr = "100.64.1.0/24",
        transit_gateway: ec2_interfaces.ITransitGatewayRef | None = None,
        asn: GatewayAsn = DEFAULT_ASN,
        share_with: Sequence[Principal] = (),
        allowed_domains: Annotated[Sequence[AllowedDomain], Len(0, MOST_DOMAINS), Unit("domains")] = (),
        suricata_rules: Annotated[
            str, Len(1, 2_000_000), Passes(check_suricata, "at most 5000 rules, each with a sid of its own")
        ]
        | None = None,
        policy: networkfirewall_interfaces.IFirewallPolicyRef | None = None,
        stream_exception: StreamException = "REJECT",
        change_protection: bool = True,
        dropped_packets: Annotated[int, Interval(ge=1, le=1_000_000_000), Unit("packets")] = 1000,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        _check_together(inspect, firewall_attachment, egress, share_with, ipv6=ipv6)
        self._inspect, self._ipv6 = inspect, ipv6
        if policy is not None and (allowed_domains or suricata_rules):
            raise ValueError("policy must hold all rules itself, got allowed_domains or suricata_rules beside it")
        self.networks = private_networks("networks", networks)
        self._taken: dict[str, list[IPv4Network]] = {}
        self._dropped = set(self.networks) if drop_unused else set()
        if firewall_attachment == "vpc":
            self._take("inspection_cidr", vpc_network("inspection_cidr", inspection_cidr), "the inspection VPC")
        if egress == "egress-vpc":
            self._take("egress_cidr", vpc_network("egress_cidr", egress_cidr), "the egress VPC")
        self.availability_zones = zones(availability_zones, max_azs)
        super().__init__(scope, construct_id)
        self._settings = settings = Settings(
            alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention
        )
        self._sites: list[CustomerSite] = []
        self._direct_connects = 0
        self.ingress: Ingress | None = None
        self.ipv6_connections: dict[str, SiteToSiteVpn] = {}
        inside = [str(network) for network in self.networks]

        self.logs = NetworkLogs(self, "Logs", settings=settings)
        self.policy: networkfirewall_interfaces.IFirewallPolicyRef = (
            policy
            or FirewallPolicy(
                self,
                "Policy",
                # No internet is reached by IPv6: all of it that the firewall sees is the organization's.
                networks=[*inside, *(ROUTED if ipv6 else ())],
                allowed_domains=allowed_domains,
                suricata_rules=suricata_rules,
                stream_exception=stream_exception,
            ).resource
        )
        self.transit_gateway = TransitGateway(
            self,
            "TransitGateway",
            existing=transit_gateway,
            asn=asn,
            share_with=share_with,
            # A firewall's attachment would wait to be accepted by hand.
            accept_attachments=firewall_attachment == "transit-gateway",
        )
        self.routing = InspectionRouting(self.transit_gateway, inspect, inside, ipv6=ipv6)
        if firewall_attachment == "vpc":
            self.routing.place_joining()
        self.inspection = Inspection(
            self,
            "Inspection",
            firewall_attachment=firewall_attachment,
            routing=self.routing,
            cidr=inspection_cidr,
            availability_zones=self.availability_zones,
            networks=inside,
            nat=egress == "inspection-vpc",
            policy_arn=self.policy.firewall_policy_ref.firewall_policy_arn,
            change_protection=change_protection,
            ipv6=ipv6,
        )
        if firewall_attachment == "transit-gateway":
            # Only now: the defaults would place the firewall, too, and nothing could take it out again.
            self.routing.place_joining(after=self.inspection.attachment)
        self.egress: EgressVpc | None = None
        if egress == "egress-vpc":
            self.egress = EgressVpc(
                self,
                "Egress",
                domain=self.routing.egress,
                cidr=egress_cidr,
                availability_zones=self.availability_zones,
                networks=inside,
            )
            self.logs.log_flows(self.egress.vpc)
        self.routing.connect(
            self.inspection.attachment, self.egress.attachment if self.egress else None, drop_unused=drop_unused
        )

        self.inspection.log(self.logs)
        self.nat_gateways = self.egress.nat_gateways if self.egress else self.inspection.nat_gateways
        self.alarms: list[cloudwatch.AlarmBase] = [
            *self.inspection.watch(dropped_packets, settings),
            *watch_nat_gateways(self, self.nat_gateways, alarm_topic),
            self.transit_gateway.watch_lost_packets(self, settings, look="look in the flow logs"),
        ]

    @checked
    def add_spoke(
        self, vpc: ec2.IVpc, *, attachment_subnets: ec2.SubnetSelection | None = None, role: SpokeRole = "open"
    ) -> Spoke:
        """Put a VPC of this account behind the hub: it reaches everything through the gateway.

        Args:
            vpc: The VPC, of this stack or another one. Its default route becomes the gateway.
            attachment_subnets: One subnet in each of the hub's zones for the gateway's interfaces. Default: those of
                the group `Attachment`, or else the first in each zone.
            role: "open", it reaches every spoke and site, and they reach it; "shared", so do those that are kept
                apart; "apart", it reaches shared spokes and the internet, and is reached by shared spokes and the way
                in alone, whatever the firewall's rules say. Default: "open".

        Returns:
            The spoke, in the VPC's own stack.

        Raises:
            ValueError: If the VPC is public, overlaps another, is not in the hub's zones or comes twice, or has a role
                and no range that is known, or while the firewall does not see all.
        """
        network = self._check_role(vpc, role)
        require_no_public_subnets(vpc)
        subnets = check_spoke(self, vpc, attachment_subnets, self.availability_zones)
        require_new(vpc, self.routing.spokes)
        if network is not None:
            require_inside(f"vpc {vpc.node.path}", network, self.networks)
            self._take(f"vpc {vpc.node.path}", network, f"spoke {vpc.node.path}")
        spoke = Spoke(
            vpc,
            domain=self.routing.domain_of(role),
            subnets=subnets,
            destinations=[EVERYWHERE],
            ipv6_destinations=ALL_IPV6 if self._ipv6 else None,
        )
        if role == "open":
            self.routing.add_spoke(spoke.attachment)
        elif role == "shared":
            self.routing.add_shared(spoke.attachment, str(network), spoke.ipv6)
        else:
            self.routing.add_apart(spoke.attachment, str(network), spoke.ipv6)
        return spoke

    def _check_role(self, vpc: ec2.IVpc, role: SpokeRole) -> IPv4Network | None:
        network = network_of(vpc)
        if role == "open":
            return network
        if self._inspect != "all":
            raise ValueError(f"role must be open where inspect is {self._inspect}, got {role}")
        if network is None:
            raise ValueError(f"vpc must have a range that is known at synthesis where role is {role}: routes name it")
        return network

    @checked
    def add_peer(self, scope: Construct, peering: GatewayPeering, *, networks: PrivateCidrs) -> Attachment:
        """Reach what another Region's hub has, by a peering of the two gateways.

        What comes from there and goes there is inspected here, and by the other hub as it does: add the peering to
        both.

        Args:
            scope: Parent construct, in a stack of this hub's Region that is deployed after the peering.
            peering: The peering.
            networks: What is reached there: the ranges of its spokes and of its sites, none of which is here.

        Returns:
            The peering's attachment on this side.

        Raises:
            ValueError: If the peering is of other gateways, comes twice, or a range overlaps what is here.
        """
        if self.transit_gateway not in (peering.gateway, peering.peer):
            raise ValueError(f"peering must be of this hub's gateway, got {peering.node.path}")
        owner = f"peer {peering.node.path}"
        if owner in self._taken:
            raise ValueError(f"peering must be added once, got {peering.node.path} twice")
        there = private_networks("networks", networks)
        for network in there:
            require_inside("networks", network, self.networks)
            self._take("networks", network, owner)
        attachment = Attachment(
            scope,
            f"{self.node.id}PeerBy{Stack.of(peering).node.id}{peering.node.id}",
            attachment_id=peering.attachment_id,
            domain=self.routing.peers,
            after=peering.acceptance if Stack.of(scope) is Stack.of(peering) else None,
        )
        self.routing.add_peer(attachment, [str(network) for network in there])
        return attachment

    @checked
    def add_site(self, site: CustomerSite, *, accelerated: bool = False, beside: str | None = None) -> SiteToSiteVpn:
        """Connect a customer site by VPN. What it sends and receives is inspected.

        Args:
            site: The site. Its prefixes lie in `networks`. What it announces by IPv6 takes `ipv6`, and has connections
                of its own.
            accelerated: Whether its tunnels enter AWS at the nearest edge location. Default: no.
            beside: What else leads to the site, as alarms say it: "its circuits". Default: nothing.

        Returns:
            Its connections, those of IPv4.

        Raises:
            ValueError: If the site cannot work, or comes twice.
        """
        check_sites(
            self,
            [*self._sites, site],
            gateway_asn=self.transit_gateway.asn,
            # The gateway spreads BGP routes only, which static sites do without.
            ecmp=False,
            networks=(),
            # The gateway announces them its default route, not each other's.
            connected=False,
            ipv6=self._ipv6,
            argument="site",
        )
        for prefix in private_networks("site: prefixes", site.prefixes) if site.prefixes else ():
            require_inside("site: prefixes", prefix, self.networks)
            self._take("site: prefixes", prefix, f"site {site.name}")
        vpns = site_vpns(
            self,
            f"Site{site.name}",
            site=site,
            log_group=self.logs.log_group("Vpn"),
            transit_gateway_id=self.transit_gateway.gateway_id,
            accelerated=accelerated,
            beside=beside,
        )
        if self.inspection.vpc is not None:
            Annotations.of(vpns[0]).add_warning_v2(
                "patterns:site-flows-may-change-zones",
                "appliance mode is not promised for what enters by VPN: a firewall endpoint may see half of a flow; "
                'firewall_attachment="transit-gateway" has no such limit',
            )
        for vpn in vpns:
            for attachment in vpn.attach(self.transit_gateway, self.routing.sites, self._settings):
                self.routing.add_site(attachment, site.prefixes, static=site.routing == "static")
            if vpn.ipv6:
                self.ipv6_connections[site.name] = vpn
            self.alarms += vpn.alarms
        self._sites.append(site)
        return vpns[0]

    @checked
    def add_direct_connect_gateway(
        self, gateway_id: str, *, allowed_prefixes: DirectConnectPrefixes = ()
    ) -> FoundAttachment:
        """Connect what is behind a Direct Connect gateway of this account. What it sends and receives is inspected.

        Args:
            gateway_id: The Direct Connect gateway, with transit virtual interfaces and a BGP number of its own. Its id,
                because the CDK has no interface for an existing one.
            allowed_prefixes: What is announced to the other side. Default: `networks`.

        Returns:
            Its attachment.

        Raises:
            ValueError: If there are too many prefixes, or one is malformed.
        """
        announced = private_networks("allowed_prefixes", allowed_prefixes) if allowed_prefixes else self.networks
        if len(announced) > MOST_DIRECT_CONNECT_PREFIXES:
            raise ValueError(
                f"allowed_prefixes must be given where networks holds more than {MOST_DIRECT_CONNECT_PREFIXES} ranges, "
                f"got {len(announced)}"
            )
        self._direct_connects += 1
        association = directconnect.CfnDirectConnectGatewayAssociation(
            self,
            f"DirectConnect{self._direct_connects}",
            direct_connect_gateway_id=gateway_id,
            associated_gateway_id=self.transit_gateway.gateway_id,
            allowed_prefixes_to_direct_connect_gateway=[str(each) for each in announced],
        )
        attachment = self.transit_gateway.attach(
            self,
            f"DirectConnectAttachment{self._direct_connects}",
            resource_id=gateway_id,
            made_by=association,
            domain=self.routing.sites,
        )
        self.routing.add_site(attachment, (), static=False)
        return attachment

    @checked
    def add_ingress(
        self,
        *,
        certificate: acm.ICertificate,
        targets: Targets,
        cidr: VpcCidr = "100.64.2.0/24",
        ipv6: bool = False,
        deletion_protection: bool = True,
    ) -> Ingress:
        """Let callers from the internet in, by a load balancer in a VPC of its own. What it calls is inspected.

        Args:
            certificate: The certificate of its HTTPS listener.
            targets: Private addresses in spokes, and their HTTPS ports.
            cidr: The ingress VPC's range, at least a /24. Default: 100.64.2.0/24.
            ipv6: Whether callers may come by IPv6, too. Targets are called by IPv4 always. Default: no.
            deletion_protection: Whether deleting the load balancer is refused. Default: True.

        Returns:
            The way in.

        Raises:
            ValueError: If there is one already, its range overlaps, or a target is not in `networks`.
        """
        if self.ingress is not None:
            raise ValueError("add_ingress must be called once, got a second call")
        check_certificate(self, certificate)
        for address in targets:
            require_inside("targets", private_network("targets", f"{address}/32"), self.networks)
        self._take("cidr", vpc_network("cidr", cidr), "the ingress VPC")
        self.ingress = Ingress(
            self,
            "Ingress",
            domain=self.routing.ingress,
            networks=[str(network) for network in self.networks],
            cidr=cidr,
            availability_zones=self.availability_zones,
            certificate=certificate,
            targets=targets,
            deletion_protection=deletion_protection,
            settings=self._settings,
            ipv6=ipv6,
        )
        self.logs.log_flows(self.ingress.vpc)
        if self.inspection.vpc is not None and self.inspection.nat_gateways:
            # Here the firewall's default route is the NAT gateway: replies to the load balancer must not take it.
            self.inspection.vpc.route_to_gateway(
                FIREWALL, [cidr], self.transit_gateway.gateway_id, self.inspection.attachment
            )
        self.routing.add_ingress(self.ingress.attachment)
        self.alarms += self.ingress.alarms
        return self.ingress

    def _take(self, argument: str, network: IPv4Network, owner: str) -> None:
        reject_overlap(argument, network, self._taken)
        if network in self._dropped:
            # Its route would be learnt, and lose to the one that drops.
            raise ValueError(f"{argument} must be a part of {network}, which drop_unused drops, got {network}")
        self._taken.setdefault(owner, []).append(network)


def _check_together(
    inspect: Inspect,
    firewall_attachment: FirewallAttachment,
    egress: Egress,
    share_with: Sequence[str],
    *,
    ipv6: bool,
) -> None:
    if ipv6 and firewall_attachment == "transit-gateway":
        # https://docs.aws.amazon.com/network-firewall/latest/developerguide/tgw-firewall-considerations.html
        raise ValueError(
            'ipv6 must be off with firewall_attachment="transit-gateway": AWS does not say that a firewall on the '
            "gateway takes IPv6"
        )
    if egress == "inspection-vpc" and firewall_attachment == "transit-gateway":
        raise ValueError("egress must be egress-vpc or none with a firewall on the gateway, got inspection-vpc")
    if egress == "inspection-vpc" and inspect == "east-west":
        raise ValueError("inspect must be all or north-south with egress in the inspection VPC, got east-west")
    if share_with and inspect == "east-west":
        # The egress domain would have to learn joining spokes; a gateway propagates by default into one table only.
        raise ValueError("inspect must be all or north-south with share_with, got east-west")
