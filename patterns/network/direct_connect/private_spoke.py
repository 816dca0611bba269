"""VPCs that private virtual interfaces reach: each has a virtual private gateway of its own."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from patterns.building_blocks.settings import Settings
from patterns.network.attachment_placement.placement import VpnTunnels
from patterns.network.hub.customer_site import CustomerSite
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn
from patterns.network.hub.virtual_private_gateway import attach_vpn_gateway, inside_ranges, propagate_routes


class PrivateSpoke(Construct):
    """A VPC whose virtual private gateway a Direct Connect gateway is associated with, in the VPC's own stack.

    The whole range of the VPC is advertised to the site: no list of prefixes narrows it.

    Args:
        vpc: The VPC.
        construct_id: Construct id.
        number: Which spoke of the Direct Connect gateway it is, from 0.
        asn: The private BGP number of its virtual private gateway.
        circuits: The Direct Connect gateway.

    Attributes:
        vpc (ec2.IVpc): The VPC.
        vpn_gateway (ec2.CfnVPNGateway): Its virtual private gateway.
        association (directconnect.CfnDirectConnectGatewayAssociation): What joins the two gateways.
        backup (SiteToSiteVpn | None): The VPN over the internet.
        alarms (list[cloudwatch.AlarmBase]): Those of the VPN's tunnels.

    Source: https://docs.aws.amazon.com/directconnect/latest/UserGuide/virtualgateways.html
    """

    def __init__(
        self,
        vpc: ec2.IVpc,
        construct_id: str,
        *,
        number: int,
        asn: int,
        circuits: directconnect.CfnDirectConnectGateway,
    ) -> None:
        super().__init__(Stack.of(vpc), construct_id)
        self.vpc = vpc
        self.alarms: list[cloudwatch.AlarmBase] = []
        self.backup: SiteToSiteVpn | None = None
        self._number = number
        self._attached = attach_vpn_gateway(self, vpc, asn=asn)
        self.vpn_gateway = self._attached.gateway
        self.association = directconnect.CfnDirectConnectGatewayAssociation(
            self,
            "Association",
            direct_connect_gateway_id=circuits.attr_direct_connect_gateway_id,
            associated_gateway_id=self._attached.gateway_id,
        )
        # A gateway without a VPC is refused; one whose routes propagate already may propagate wrong ones.
        self.association.node.add_dependency(self._attached.attachment)
        propagate_routes(self, self._attached, after=self.association)

    def back_up(
        self,
        site: CustomerSite,
        *,
        customer_gateways: Sequence[ec2.CfnCustomerGateway],
        log_group: logs.ILogGroup,
        settings: Settings,
    ) -> None:
        """Add the VPN over the internet: of equal prefixes a virtual private gateway prefers Direct Connect's.

        Args:
            site: The site.
            customer_gateways: Its devices, which end a connection to each VPC.
            log_group: Where tunnels are logged.
            settings: Whom alarms notify.
        """
        vpn = self.backup = SiteToSiteVpn(
            self,
            f"Backup{site.name}",
            site=site,
            log_group=log_group,
            vpn_gateway_id=self._attached.gateway_id,
            customer_gateways=customer_gateways,
            inside=[str(each) for each in inside_ranges(self._number, len(site.addresses))],
            beside="its circuits",
        )
        found = [
            VpnTunnels(vpn, f"Tunnels{number}", vpn_connection_id=connection.attr_vpn_connection_id).addresses
            for number, connection in enumerate(vpn.connections, start=1)
        ]
        vpn.watch_tunnels(found, settings)
        self.alarms += vpn.alarms
