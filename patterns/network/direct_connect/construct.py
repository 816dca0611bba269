"""VPCs reach a site by Direct Connect, and by a VPN over the internet when no circuit is left."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Annotated

from annotated_types import Len, Unit
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known, Passes
from patterns.building_blocks.deployed_name import unique_path
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import (
    PrivateCidrs,
    VpcCidr,
    private_address,
    private_networks,
    reject_overlap,
    require_inside,
    vpc_network,
)
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.network.direct_connect.circuit import Circuit, CircuitInterface, Encryption, Interfaces
from patterns.network.direct_connect.private_spoke import PrivateSpoke
from patterns.network.direct_connect.transit_side import MOST_ADVERTISED, TransitSide
from patterns.network.hub.customer_site import CustomerSite, check_sites
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from patterns.network.hub.site_to_site_vpn import customer_gateway
from patterns.network.hub.spoke import Spoke, check_spoke, network_of, require_new, require_same_account, spoke_id

# https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html
MOST_LEARNT, MOST_VPN_GATEWAYS = 100, 20
_GATEWAY_CIDR = "100.64.0.0/24"


class DirectConnect(Construct):
    """Connect VPCs to a site by Direct Connect, with a VPN that is used only when the circuits are gone.

    The circuits end on a Direct Connect gateway, which a transit gateway is associated with, or the virtual private
    gateway of each VPC. What is sent to the site goes by the circuits: what a VPN announces loses against the same from
    Direct Connect. Spokes reach no other spoke.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        site: The site: its devices for the VPN, its BGP number, and what it announces by both. With `ipv6_prefixes` of
            it, IPv6 is carried, too, for spokes that have it.
        circuits: The circuits, best at two locations.
        interfaces: What the circuits lead to: "transit" ones to a transit gateway, for up to 200 VPCs; "private" ones
            to a virtual private gateway of each of up to 20 VPCs, without a transit gateway to pay for. Default:
            "transit".
        encryption: What encrypts on the circuits: "none"; "macsec", up to AWS's edge; or "vpn", a VPN between private
            addresses over transit interfaces, which then carry nothing else. Default: "none".
        private_address: The private address of the site's device that ends the VPN over the circuits. Required with
            "vpn".
        backup: Whether there is a VPN over the internet behind the circuits. Default: True.
        networks: The ranges that spokes lie in. Each spoke's own is advertised to the site. Default: 10.0.0.0/8.
        gateway_cidr: The range that the transit gateway takes its addresses for the VPN over the circuits from, with
            "vpn" alone. Default: 100.64.0.0/24.
        availability_zones: Zones, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        transit_gateway: An existing gateway of this account with its default association and propagation off.
            Default: a new one.
        asn: The private BGP number of the transit gateway, or of each virtual private gateway. Default: 64512.
        circuit_asn: The private BGP number of the Direct Connect gateway, another one. Default: 64513.
        encryption_key: The key that encrypts the logs. Default: a new key.
        log_retention: How long logs are kept. Default: one year.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        site (CustomerSite): The site.
        networks (tuple[IPv4Network, ...]): The ranges that spokes lie in.
        transit_gateway (TransitGateway | None): The transit gateway, with its `domains`.
        private_spokes (list[PrivateSpoke]): The VPCs that private interfaces reach.
        gateway (directconnect.CfnDirectConnectGateway): The Direct Connect gateway.
        association (directconnect.CfnDirectConnectGatewayAssociation | None): What joins the two.
        circuits (dict[str, CircuitInterface]): The circuits by name.
        private_vpn (SiteToSiteVpn | None): The VPN over the circuits.
        private_vpns (list[SiteToSiteVpn]): The same, and the one that carries IPv6.
        backup (SiteToSiteVpn | None): The VPN over the internet, of the transit gateway; each private spoke has its
            own.
        backups (list[SiteToSiteVpn]): The same, and the one that carries IPv6.
        availability_zones (list[str]): The zones that spokes stand in.
        logs (NetworkLogs): Log groups `Vpn` of tunnels and `Flows` of the VPCs that it is asked to log; and their key.
        alarms (list[cloudwatch.AlarmBase]): All of its alarms.

    Raises:
        ValueError: If numbers are the same, prefixes too many, ranges overlap, or a circuit cannot do what is asked.

    Source: https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-transit-gateways.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: CustomerSite,
        circuits: Annotated[Sequence[Circuit], Len(1, 30), Unit("circuits")],
        interfaces: Interfaces = "transit",
        encryption: Encryption = "none",
        private_address: Annotated[str, Passes(private_address, "a private IPv4 address"), Known("its range")]
        | None = None,
        backup: bool = True,
        networks: PrivateCidrs = ("10.0.0.0/8",),
        gateway_cidr: VpcCidr | None = None,
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        transit_gateway: ec2_interfaces.ITransitGatewayRef | None = None,
        asn: GatewayAsn = DEFAULT_ASN,
        circuit_asn: GatewayAsn = DEFAULT_ASN + 1,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        self.networks = private_networks("networks", networks)
        over_circuits = encryption == "vpn"
        own = vpc_network("gateway_cidr", gateway_cidr or _GATEWAY_CIDR)
        if interfaces == "private":
            _check_private(encryption, transit_gateway)
        elif asn == circuit_asn:
            raise ValueError(
                f"circuit_asn must differ from the transit gateway's, got {asn} for both: AWS joins no such two"
            )
        _check(scope, site, asn, circuit_asn, self.networks)
        check_circuits(circuits, encryption)
        if over_circuits != (private_address is not None):
            raise ValueError('private_address must come with encryption="vpn", and with no other')
        if gateway_cidr is not None and not over_circuits:
            raise ValueError('gateway_cidr must come with encryption="vpn": nothing else takes addresses from it')
        if over_circuits:
            _check_vpn(own, self.networks, transit_gateway)
        self.availability_zones = zones(availability_zones, max_azs)
        self._taken: dict[str, list[IPv4Network]] = {f"site {site.name}": list(map(IPv4Network, site.prefixes))}
        super().__init__(scope, construct_id)
        self.site = site
        self._settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.logs = NetworkLogs(self, "Logs", settings=self._settings)
        self._vpc_asn = asn
        transit = None
        if interfaces == "transit":
            transit = TransitSide(
                self,
                existing=transit_gateway,
                asn=asn,
                site=site,
                networks=self.networks,
                gateway_cidr=str(own) if over_circuits else None,
                log_group=self.logs.log_group("Vpn"),
                settings=self._settings,
            )
        self._transit = transit
        self.transit_gateway = transit.transit_gateway if transit else None
        self.gateway = directconnect.CfnDirectConnectGateway(
            self,
            "Gateway",
            direct_connect_gateway_name=unique_path(self).replace("/", "-")[:100],
            amazon_side_asn=str(circuit_asn),
        )
        if transit:
            transit.associate(self.gateway)
        self.association = transit.association if transit else None
        self.circuits = {
            one.name: CircuitInterface(
                self,
                f"Circuit{one.name}",
                circuit=one,
                site=site,
                gateway=self.gateway,
                interfaces=interfaces,
                macsec=encryption == "macsec",
                mtu=1500 if over_circuits else 8500,
                settings=self._settings,
            )
            for one in circuits
        }
        self.alarms: list[cloudwatch.AlarmBase] = [
            alarm for circuit in self.circuits.values() for alarm in circuit.alarms
        ]
        self.private_spokes: list[PrivateSpoke] = []
        self._customer_gateways: list[ec2.CfnCustomerGateway] = []
        if transit:
            transit.attach(private_address, backup=backup)
            self.alarms += transit.alarms
        elif backup:
            devices = Construct(self, f"Backup{site.name}")
            self._customer_gateways = [customer_gateway(devices, site, index) for index in range(len(site.addresses))]
        self.private_vpns = transit.private_vpns if transit else []
        self.backups = transit.backups if transit else []
        self.private_vpn = next(iter(self.private_vpns), None)
        self.backup = next(iter(self.backups), None)

    @checked
    def add_spoke(
        self, vpc: ec2.IVpc, *, attachment_subnets: ec2.SubnetSelection | None = None
    ) -> Spoke | PrivateSpoke:
        """Let a VPC of this account and the site reach each other.

        Args:
            vpc: The VPC, of this stack or another one, in `networks`.
            attachment_subnets: One subnet in each zone for the transit gateway's interfaces. Default: those of the
                group `Attachment`, or else the first that is not public in each zone.

        Returns:
            The spoke, in the VPC's own stack: with private interfaces, its virtual private gateway.

        Raises:
            ValueError: If the VPC overlaps another, is not in `networks` or in the zones, comes twice, or is one too
                many.
        """
        if self._transit is None and attachment_subnets is not None:
            raise ValueError("attachment_subnets must be left out with private interfaces: a VPC has no attachment")
        if self._transit is None:
            require_same_account(self, vpc, "its owner proposes an association of its own virtual private gateway")
            subnets: list[ec2.ISubnet] = []
        else:
            subnets = check_spoke(self, vpc, attachment_subnets, self.availability_zones)
        require_new(vpc, self)
        network = network_of(vpc)
        if network is not None:
            require_inside(f"vpc {vpc.node.path}", network, self.networks)
            reject_overlap(f"vpc {vpc.node.path}", network, self._taken)
            self._taken[f"spoke {vpc.node.path}"] = [network]
        if self._transit is not None:
            return self._transit.add_spoke(vpc, subnets)
        return self._add_private_spoke(vpc)

    def _add_private_spoke(self, vpc: ec2.IVpc) -> PrivateSpoke:
        if len(self.private_spokes) == MOST_VPN_GATEWAYS:
            raise ValueError(
                f"add_spoke must be called at most {MOST_VPN_GATEWAYS} times with private interfaces: a Direct Connect "
                "gateway takes no more virtual private gateways"
            )
        spoke = PrivateSpoke(
            vpc, spoke_id(vpc, self), number=len(self.private_spokes), asn=self._vpc_asn, circuits=self.gateway
        )
        if self._customer_gateways:
            spoke.back_up(
                self.site,
                customer_gateways=self._customer_gateways,
                log_group=self.logs.log_group("Vpn"),
                settings=self._settings,
            )
        self.private_spokes.append(spoke)
        self.alarms += spoke.alarms
        return spoke


def _check(scope: Construct, site: CustomerSite, asn: int, circuit_asn: int, networks: Sequence[IPv4Network]) -> None:
    if site.asn == circuit_asn:
        raise ValueError(f"site: asn must differ from circuit_asn, got {site.asn} for both")
    check_sites(
        scope, [site], gateway_asn=asn, ecmp=False, networks=networks, connected=False, ipv6=True, argument="site"
    )
    if site.routing != "bgp":
        raise ValueError(f"site: routing must be bgp, which Direct Connect speaks, got {site.routing}")
    if not 1 <= len(site.prefixes) <= MOST_LEARNT:
        raise ValueError(
            f"site: prefixes must be 1 to {MOST_LEARNT}, more than which ends the BGP session, got {len(site.prefixes)}"
        )
    if len(site.ipv6_prefixes) > MOST_LEARNT:
        raise ValueError(
            f"site: ipv6_prefixes must be at most {MOST_LEARNT}, more than which ends the BGP session, "
            f"got {len(site.ipv6_prefixes)}"
        )
    if len(networks) > MOST_ADVERTISED:
        raise ValueError(f"networks must be at most {MOST_ADVERTISED}, as many as a circuit takes, got {len(networks)}")
    for prefix in site.prefixes:
        reject_overlap("site: prefixes", IPv4Network(prefix), {"networks": networks})


def _check_vpn(own: IPv4Network, networks: Sequence[IPv4Network], transit_gateway: object) -> None:
    reject_overlap("gateway_cidr", own, {"networks": networks})
    if transit_gateway is not None:
        raise ValueError('transit_gateway must be new with encryption="vpn": its own range is set when it is made')


def _check_private(encryption: str, transit_gateway: ec2_interfaces.ITransitGatewayRef | None) -> None:
    if encryption == "vpn":
        raise ValueError(
            'encryption must be none or macsec with interfaces="private", got vpn: a VPN between private addresses '
            "ends on a transit gateway"
        )
    if transit_gateway is not None:
        raise ValueError('transit_gateway must come with interfaces="transit": AWS joins it to no private interface')


def check_circuits(circuits: Sequence[Circuit], encryption: str) -> None:
    """Refuse circuits that come twice, or cannot encrypt as is asked.

    Args:
        circuits: The circuits.
        encryption: What encrypts on them.

    Raises:
        ValueError: If one does.
    """
    names: set[str] = set()
    vlans: dict[tuple[str, int], str] = {}
    for one in circuits:
        if one.name in names:
            raise ValueError(f"circuits must have different names, got {one.name} twice")
        names.add(one.name)
        if one.connection is not None:
            port = one.connection if isinstance(one.connection, str) else one.connection.connection_ref.connection_arn
            if (port, one.vlan) in vlans:
                raise ValueError(
                    f"circuits[{one.name}]: vlan must be free on its connection, got {one.vlan}, which is that of "
                    f"{vlans[port, one.vlan]}"
                )
            vlans[port, one.vlan] = one.name
        if encryption != "macsec":
            continue
        if isinstance(one.connection, directconnect.CfnConnection) and not one.connection.request_mac_sec:
            raise ValueError(
                f"circuits[{one.name}]: connection must have request_mac_sec with MACsec, which is asked for when a "
                "port is ordered"
            )
        if one.bandwidth == "1Gbps":
            raise ValueError(f"circuits[{one.name}]: bandwidth must be 10Gbps or more with MACsec, got 1Gbps")
