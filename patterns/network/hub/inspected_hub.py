"""A hub as those who join it see it, whose every packet passes a firewall."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Literal

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from patterns.building_blocks.vpc.network_logs import NetworkLogs
from patterns.network.hub.customer_site import CustomerSite
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn
from patterns.network.hub.spoke import Spoke
from patterns.network.hub.transit_gateway import FoundAttachment, TransitGateway

SpokeRole = Literal["open", "shared", "apart"]
"""What a spoke reaches: everything; everything, and is reached by spokes that are kept apart; shared spokes alone."""


class InspectedHub(Construct):
    """A transit gateway that takes every packet to a firewall: `InspectionVpc`, as other patterns join it.

    Attributes:
        networks (tuple[IPv4Network, ...]): The organization's private ranges.
        availability_zones (list[str]): The zones that spokes stand in.
        transit_gateway (TransitGateway): The gateway.
        logs (NetworkLogs): The hub's logs.
        alarms (list[cloudwatch.AlarmBase]): The hub's alarms.
    """

    networks: tuple[IPv4Network, ...]
    availability_zones: list[str]
    transit_gateway: TransitGateway
    logs: NetworkLogs
    alarms: list[cloudwatch.AlarmBase]

    def add_spoke(
        self, vpc: ec2.IVpc, *, attachment_subnets: ec2.SubnetSelection | None = None, role: SpokeRole = "open"
    ) -> Spoke:
        """Put a VPC behind the hub."""
        raise NotImplementedError

    def add_site(self, site: CustomerSite, *, accelerated: bool = False, beside: str | None = None) -> SiteToSiteVpn:
        """Connect a customer site by VPN."""
        raise NotImplementedError

    def add_direct_connect_gateway(self, gateway_id: str, *, allowed_prefixes: Sequence[str] = ()) -> FoundAttachment:
        """Connect what is behind a Direct Connect gateway."""
        raise NotImplementedError
