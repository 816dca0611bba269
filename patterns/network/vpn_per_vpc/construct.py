"""VPCs that share no router: each has a virtual private gateway of its own, and the site has a VPN to each."""

import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Annotated

from annotated_types import Interval, Len
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from patterns.building_blocks.arguments import shown
from patterns.building_blocks.availability_zones import ZoneCount, Zones, zones
from patterns.building_blocks.bounds import Known
from patterns.building_blocks.construct_tree import check_id
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import VpcCidr, private_networks, reject_overlap, vpc_network
from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc
from patterns.building_blocks.vpc.vpc_range import range_of
from patterns.network.attachment_placement.placement import VpnTunnels
from patterns.network.hub.customer_site import CustomerSite, SiteName, check_sites
from patterns.network.hub.gateway_asn import DEFAULT_ASN, GatewayAsn
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn, customer_gateway
from patterns.network.hub.spoke import network_of
from patterns.network.hub.virtual_private_gateway import attach_vpn_gateway, inside_ranges, propagate_routes
from patterns.network.vpn_per_vpc.device_configuration import Tunnel, device_configuration

_DEFAULT_NETWORKS = {"Production": "10.0.0.0/20", "Development": "10.1.0.0/20"}
# So many virtual private gateways a Region has on request. Each has two tunnels to each of two devices.
_MOST_VPCS = 50
# https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
_LARGEST_PARAMETER = 8192

Device = Annotated[int, Interval(ge=0, le=1), Known("whose configuration it is")]
"""One of a site's devices."""


class VpnPerVpc(Construct):
    """Connect each of a few VPCs to one customer site by a VPN of its own, so that they share no router.

    Each VPC has a virtual private gateway. The site's devices are customer gateways that are made once, and have two
    tunnels to each VPC, whose inside ranges all differ. VPCs never reach each other, unless the site leads on.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        site: The site. With BGP, what it announces.
        new_vpcs: The ranges of new VPCs, by name. Default: Production, 10.0.0.0/20, and Development, 10.1.0.0/20.
        availability_zones: Zones of the new VPCs, by name. Default: the Region's first `max_azs`.
        max_azs: How many zones, if they are not named. Default: 2.
        asn: The BGP number of every virtual private gateway. One number for all: a gateway refuses routes that hold its
            own, and so what the site passes on from another VPC. Default: 64512.
        encryption_key: The key that encrypts the logs. Default: a new key.
        log_retention: How long they are kept. Default: one year.
        alarm_topic: The topic that alarms notify. Default: none; alarms only change state.

    Attributes:
        vpcs (dict[str, ec2.IVpc]): The VPCs by name.
        vpn_gateways (dict[str, ec2.CfnVPNGateway]): The virtual private gateway of each VPC.
        customer_gateways (list[ec2.CfnCustomerGateway]): One for each of the site's devices.
        connections (dict[str, SiteToSiteVpn]): Each VPC's connections, one for each device.
        logs (NetworkLogs): Log groups `Vpn` of tunnels and BGP sessions and `Flows` of new VPCs; and their key.
        alarms (list[cloudwatch.AlarmBase]): One for each tunnel, and one for each VPC that is cut off.

    Raises:
        ValueError: If the site cannot work, or ranges overlap.

    Source: https://docs.aws.amazon.com/vpn/latest/s2svpn/Examples.html
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: CustomerSite,
        new_vpcs: Annotated[Mapping[SiteName, VpcCidr], Len(0, _MOST_VPCS), Known("the number of VPCs")] | None = None,
        availability_zones: Zones | None = None,
        max_azs: ZoneCount = 2,
        asn: GatewayAsn = DEFAULT_ASN,
        encryption_key: kms.IKey | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_YEAR,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        check_sites(scope, [site], gateway_asn=asn, ecmp=False, networks=(), connected=False, argument="site")
        prefixes = private_networks("prefixes", site.prefixes) if site.prefixes else ()
        self._taken: dict[str, list[IPv4Network]] = {f"site {site.name}": list(prefixes)}
        new = dict(_DEFAULT_NETWORKS if new_vpcs is None else new_vpcs)
        for name, cidr in new.items():
            self._take(f"new_vpcs[{name}]", f"network {name}", vpc_network("new_vpcs", cidr))
        zone_names = zones(availability_zones, max_azs)
        super().__init__(scope, construct_id)
        self._site = site
        self._asn = asn
        self._settings = Settings(alarm_topic=alarm_topic, encryption_key=encryption_key, log_retention=log_retention)
        self.logs = NetworkLogs(self, "Logs", settings=self._settings)
        devices = Construct(self, f"Site{site.name}")
        self.customer_gateways = [customer_gateway(devices, site, index) for index in range(len(site.addresses))]
        self.vpcs: dict[str, ec2.IVpc] = {}
        self.vpn_gateways: dict[str, ec2.CfnVPNGateway] = {}
        self.connections: dict[str, SiteToSiteVpn] = {}
        self.alarms: list[cloudwatch.AlarmBase] = []
        self._tunnels: list[list[Tunnel]] = [[] for _ in site.addresses]
        for name, cidr in new.items():
            network = TieredVpc(self, name, cidr=cidr, availability_zones=zone_names, tiers={"Workload": 24})
            self.logs.log_flows(network)
            self._connect(name, network.vpc)

    @checked
    def add_vpc(self, name: SiteName, vpc: ec2.IVpc) -> SiteToSiteVpn:
        """Connect a VPC that is there to the site.

        Args:
            name: What it is called here.
            vpc: The VPC. Each of its route tables learns the way to the site.

        Returns:
            Its connections.

        Raises:
            ValueError: If the name or the VPC comes twice, the VPC overlaps another or the site, or is one too many.
        """
        if name in self.vpcs:
            raise ValueError(f"name must differ from those of the other VPCs, got {shown(name)} twice")
        if len(self.vpcs) == _MOST_VPCS:
            raise ValueError(f"add_vpc must leave it at {_MOST_VPCS} VPCs, got one more")
        network = network_of(vpc)
        if network is not None:
            self._take(f"vpc {vpc.node.path}", f"network {name}", network)
        return self._connect(name, vpc)

    @checked
    def configuration(self, device: Device = 0) -> str:
        """Write what one of the site's devices is told.

        Args:
            device: Which device, from 0. Default: the first.

        Returns:
            The configuration of strongSwan and FRRouting, without secrets; addresses of AWS are tokens.

        Raises:
            ValueError: If there is no such device.
        """
        devices = len(self._site.addresses)
        if device >= devices:
            raise ValueError(f"device must be less than the number of the site's devices, {devices}, got {device}")
        return device_configuration(self._site, self._site.addresses[device], self._asn, self._tunnels[device])

    @checked
    def store_configuration(self, construct_id: str = "Configuration", device: Device = 0) -> ssm.StringParameter:
        """Keep what one of the site's devices is told in a parameter, for whoever configures it.

        Args:
            construct_id: Construct id. Default: "Configuration".
            device: Which device, from 0. Default: the first.

        Returns:
            The parameter, of the VPCs that are connected by now.

        Raises:
            ValueError: If there is no such device, the id is taken, or a parameter cannot hold it.
        """
        check_id(self, construct_id, inside=True)
        text = self.configuration(device)
        # What the deployment fills in is an address, a range or an id of a connection.
        longest = len(re.sub(r"\$\{Token\[[^\]]*\]\}", "vpn-0123456789abcdef0", text))
        if longest > _LARGEST_PARAMETER:
            raise ValueError(
                f"store_configuration takes up to {_LARGEST_PARAMETER} characters, what a parameter holds, got "
                f"{longest} for {len(self.vpcs)} VPCs: keep configuration({device}) elsewhere, as in Amazon S3"
            )
        return ssm.StringParameter(
            self,
            construct_id,
            description=f"What device {device + 1} of {self._site.name} is told",
            string_value=text,
            tier=ssm.ParameterTier.INTELLIGENT_TIERING,
        )

    def _take(self, argument: str, owner: str, network: IPv4Network) -> None:
        reject_overlap(argument, network, self._taken)
        self._taken[owner] = [network]

    def _connect(self, name: str, vpc: ec2.IVpc) -> SiteToSiteVpn:
        place = Construct(self, f"{name}Vpn")
        attached = attach_vpn_gateway(place, vpc, asn=self._asn)
        propagate_routes(place, attached)
        inside = inside_ranges(len(self.vpcs), len(self._site.addresses))
        vpn = SiteToSiteVpn(
            place,
            f"Site{self._site.name}",
            site=self._site,
            log_group=self.logs.log_group("Vpn"),
            vpn_gateway_id=attached.gateway_id,
            customer_gateways=self.customer_gateways,
            inside=[str(each) for each in inside],
        )
        for prefix in self._site.prefixes if self._site.routing == "static" else ():
            ec2.CfnVPNConnectionRoute(
                vpn,
                f"Route{prefix.replace('/', '-')}",
                destination_cidr_block=prefix,
                vpn_connection_id=vpn.connections[0].attr_vpn_connection_id,
            )
        self.vpcs[name], self.vpn_gateways[name], self.connections[name] = vpc, attached.gateway, vpn
        self._watch(name, vpc, vpn, inside)
        return vpn

    def _watch(self, name: str, vpc: ec2.IVpc, vpn: SiteToSiteVpn, inside: list[IPv4Network]) -> None:
        addresses = []
        for number, connection in enumerate(vpn.connections):
            found = VpnTunnels(vpn, f"Tunnels{number + 1}", vpn_connection_id=connection.attr_vpn_connection_id)
            addresses.append(found.addresses)
            for tunnel, outside in enumerate(found.addresses):
                self._tunnels[number].append(
                    Tunnel(
                        name=f"{name.lower()}-{tunnel + 1}",
                        vpc=f"VPC-{name}",
                        number=len(self._tunnels[number]) + 1,
                        outside=outside,
                        inside=inside[number * 2 + tunnel],
                        connection_id=connection.attr_vpn_connection_id,
                        network=range_of("vpc", vpc),
                    )
                )
        vpn.watch_tunnels(addresses, self._settings)
        self.alarms += vpn.alarms
