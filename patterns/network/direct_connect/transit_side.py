"""What transit virtual interfaces lead to: a transit gateway with its spokes, and the VPNs on it."""

import dataclasses
from collections.abc import Sequence
from ipaddress import IPv4Network, ip_network

import jsii
from aws_cdk import IStableListProducer, Lazy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from aws_cdk.interfaces import aws_ec2 as ec2_interfaces
from constructs import Construct

from patterns.building_blocks.settings import Settings
from patterns.building_blocks.vpc.vpc_range import range_of
from patterns.network.hub.customer_site import CustomerSite
from patterns.network.hub.ipv6_range import ipv6_range_of, named_ranges
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn, destinations, site_vpns
from patterns.network.hub.spoke import Spoke
from patterns.network.hub.transit_gateway import Attachment, FoundAttachment, TransitGateway

# https://docs.aws.amazon.com/directconnect/latest/UserGuide/limits.html
MOST_ADVERTISED = 200


class TransitSide:
    """A transit gateway that a Direct Connect gateway is associated with, made in the construct of the circuits.

    Args:
        scope: The construct of the circuits.
        existing: The transit gateway. None: a new one.
        asn: Its private BGP number.
        site: The site.
        networks: The ranges that spokes lie in.
        gateway_cidr: Where a VPN runs over the circuits, the range of the gateway's own addresses. None: none does.
        log_group: Where tunnels are logged.
        settings: Whom alarms notify.

    Attributes:
        transit_gateway (TransitGateway): The transit gateway.
        association (directconnect.CfnDirectConnectGatewayAssociation): What joins the two gateways.
        private_vpns (list[SiteToSiteVpn]): The VPN over the circuits, and the one that carries IPv6.
        backups (list[SiteToSiteVpn]): The VPN over the internet, and the one that carries IPv6.
        alarms (list[cloudwatch.AlarmBase]): Those of VPNs.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        existing: ec2_interfaces.ITransitGatewayRef | None,
        asn: int,
        site: CustomerSite,
        networks: Sequence[IPv4Network],
        gateway_cidr: str | None,
        log_group: logs.ILogGroup,
        settings: Settings,
    ) -> None:
        self._scope, self._site, self._networks = scope, site, networks
        self._log_group, self._settings = log_group, settings
        self.transit_gateway = TransitGateway(
            scope,
            "TransitGateway",
            existing=existing,
            asn=asn,
            cidr_blocks=[gateway_cidr] if gateway_cidr else (),
        )
        self._sites, self.spokes = (self.transit_gateway.domain(name) for name in ("Site", "Spokes"))
        for network in networks:
            self.spokes.blackhole(str(network))
        # Over circuits that only carry tunnels, nothing is advertised but the tunnels' own ends. Else it is what the
        # VPN advertises, spoke by spoke: of an aggregate, the VPN's longer prefixes would lead all replies back by it.
        self._over_circuits = gateway_cidr is not None
        self._advertised: list[str] = [gateway_cidr] if gateway_cidr else []
        self.private_vpns: list[SiteToSiteVpn] = []
        self.backups: list[SiteToSiteVpn] = []
        look = (
            "nothing announces the site any more, or somebody asks for a range that nobody has. Look in the flow logs"
        )
        self.alarms: list[cloudwatch.AlarmBase] = [self.transit_gateway.watch_lost_packets(scope, settings, look=look)]

    def associate(self, circuits: directconnect.CfnDirectConnectGateway) -> None:
        """Join the transit gateway to the circuits' gateway.

        Args:
            circuits: The Direct Connect gateway.
        """
        self._circuits = circuits
        self.association = directconnect.CfnDirectConnectGatewayAssociation(
            self._scope,
            "Association",
            direct_connect_gateway_id=circuits.attr_direct_connect_gateway_id,
            associated_gateway_id=self.transit_gateway.gateway_id,
            allowed_prefixes_to_direct_connect_gateway=Lazy.list(_Advertised(self._advertised, self._networks)),
        )

    def attach(self, private_address: str | None, *, backup: bool) -> None:
        """Let spokes know the site by what is preferred, and by the backup only where it loses.

        Args:
            private_address: The site's end of the VPN over the circuits; None: there is none.
            backup: Whether there is a VPN over the internet.
        """
        circuits = self.transit_gateway.attach(
            self._scope,
            "Circuits",
            resource_id=self._circuits.attr_direct_connect_gateway_id,
            made_by=self.association,
            domain=self.transit_gateway.domain("Transport") if private_address else self._sites,
        )
        if private_address is None:
            self.spokes.propagate(circuits)
        else:
            over = dataclasses.replace(self._site, addresses=[private_address], certificates=())
            beside = "the VPN over the internet" if backup else None
            self.private_vpns = self._vpns(f"Site{over.name}", over, transport=circuits, beside=beside)
            for attachments in map(self._attach_vpn, self.private_vpns):
                for attachment in attachments:
                    self.spokes.propagate(attachment)
        beside = "the VPN over its circuits" if private_address else "its circuits"
        self.backups = self._vpns(f"Backup{self._site.name}", self._site, beside=beside) if backup else []
        for vpn in self.backups:
            attachments = self._attach_vpn(vpn)
            if private_address is None:
                # Equal prefixes: the gateway prefers Direct Connect to every VPN.
                for attachment in attachments:
                    self.spokes.propagate(attachment)
                continue
            # Between two VPNs nothing on this side decides: a shorter prefix loses while the other is announced.
            prefixes = self._site.ipv6_prefixes if vpn.ipv6 else self._site.prefixes
            for wider in dict.fromkeys(ip_network(prefix).supernet() for prefix in prefixes):
                self.spokes.route(str(wider), attachments[0])

    def _vpns(
        self, construct_id: str, site: CustomerSite, *, transport: Attachment | None = None, beside: str | None
    ) -> list[SiteToSiteVpn]:
        return site_vpns(
            self._scope,
            construct_id,
            site=site,
            log_group=self._log_group,
            transit_gateway_id=self.transit_gateway.gateway_id,
            transport_attachment_id=transport.attachment_id if transport else None,
            beside=beside,
        )

    def _attach_vpn(self, vpn: SiteToSiteVpn) -> list[FoundAttachment]:
        attachments = vpn.attach(self.transit_gateway, self._sites, self._settings)
        self.alarms += vpn.alarms
        return attachments

    def add_spoke(self, vpc: ec2.IVpc, subnets: Sequence[ec2.ISubnet]) -> Spoke:
        """Attach a VPC, and advertise its range.

        Args:
            vpc: The VPC.
            subnets: Where its attachment goes.

        Returns:
            The spoke.

        Raises:
            ValueError: If a circuit takes no more prefixes, or the IPv6 range of a VPC is in another stack.
        """
        ranges = [range_of("vpc", vpc)]
        ipv6 = ipv6_range_of(vpc) if self._site.ipv6_prefixes else None
        if ipv6 is not None and not self._over_circuits:
            if Stack.of(vpc) is not Stack.of(self._scope):
                raise ValueError(
                    f"vpc {vpc.node.path} must be in the stack of the circuits, which name its IPv6 range as it is "
                    "deployed"
                )
            ranges.append(ipv6.cidr)
            if ipv6.made_by is not None:
                self.association.node.add_dependency(ipv6.made_by)
        if not self._over_circuits:
            if len(self._advertised) + len(ranges) > MOST_ADVERTISED:
                raise ValueError(
                    f"add_spoke must leave it at {MOST_ADVERTISED} prefixes, of IPv4 and IPv6 together: a circuit "
                    "takes no more"
                )
            self._advertised += ranges
        spoke = Spoke(
            vpc,
            domain=self.spokes,
            subnets=subnets,
            destinations=destinations((), [self._site]),
            ipv6_destinations=named_ranges(self._site.ipv6_prefixes) if self._site.ipv6_prefixes else None,
        )
        self._sites.propagate(spoke.attachment)
        return spoke


@jsii.implements(IStableListProducer)
class _Advertised:
    """The ranges of spokes as they were added; of none, the networks that they will lie in: AWS takes no empty list."""

    def __init__(self, own: list[str], networks: Sequence[IPv4Network]) -> None:
        self._own, self._networks = own, networks

    def produce(self) -> list[str]:
        return self._own or [str(each) for each in self._networks]
