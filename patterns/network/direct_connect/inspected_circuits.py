"""Circuits of a site that joins a hub with a firewall, and the VPN behind them."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Annotated, Literal

from annotated_types import Len, Unit
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_directconnect as directconnect
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.deployed_name import unique_path
from patterns.building_blocks.settings import Settings
from patterns.building_blocks.signature import checked
from patterns.building_blocks.vpc.cidr_block import PrivateCidrs, private_networks, reject_overlap, require_inside
from patterns.network.direct_connect.circuit import Circuit, CircuitInterface
from patterns.network.direct_connect.construct import MOST_LEARNT, check_circuits
from patterns.network.hub.customer_site import CustomerSite
from patterns.network.hub.gateway_asn import GatewayAsn
from patterns.network.hub.inspected_hub import InspectedHub
from patterns.network.hub.site_to_site_vpn import SiteToSiteVpn


class InspectedCircuits(Construct):
    """Connect a site to a hub by Direct Connect, with a VPN behind it, and inspect what it sends and receives.

    The hub's gateway prefers what the circuits announce to the same from the VPN. To the site the VPN announces a
    default route alone, which loses against the ranges that the circuits announce: both ends change over together.

    Args:
        scope: Parent construct, in the hub's stack.
        construct_id: Construct id.
        hub: The hub that the site joins.
        site: The site: its devices for the VPN, its BGP number, and what it announces by both.
        circuits: The circuits, best at two locations.
        encryption: What encrypts on the circuits: "none", or "macsec", up to AWS's edge. Default: "none".
        backup: Whether there is a VPN over the internet behind the circuits. Default: True.
        announced: What the circuits announce to the site. Default: 10.0.0.0/8.
        circuit_asn: The private BGP number of the Direct Connect gateway, another one than the hub's. Default: 64513.
        alarm_topic: The topic that alarms of circuits notify. Default: none; alarms only change state.

    Attributes:
        gateway (directconnect.CfnDirectConnectGateway): The Direct Connect gateway.
        association (directconnect.CfnDirectConnectGatewayAssociation): What joins it to the hub's.
        circuits (dict[str, CircuitInterface]): The circuits by name.
        backup (SiteToSiteVpn | None): The VPN over the internet, whose alarms the hub has.
        alarms (list[cloudwatch.AlarmBase]): Those of the circuits.

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
        hub: InspectedHub,
        site: CustomerSite,
        circuits: Annotated[Sequence[Circuit], Len(1, 30), Unit("circuits")],
        encryption: Literal["none", "macsec"] = "none",
        backup: bool = True,
        announced: PrivateCidrs = ("10.0.0.0/8",),
        circuit_asn: GatewayAsn = 64513,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        _check(hub, site, announced, circuit_asn)
        check_circuits(circuits, encryption)
        super().__init__(scope, construct_id)
        settings = Settings(alarm_topic=alarm_topic)
        self.gateway = directconnect.CfnDirectConnectGateway(
            self,
            "Gateway",
            direct_connect_gateway_name=unique_path(self).replace("/", "-")[:100],
            amazon_side_asn=str(circuit_asn),
        )
        self.circuits = {
            one.name: CircuitInterface(
                self,
                f"Circuit{one.name}",
                circuit=one,
                site=site,
                gateway=self.gateway,
                interfaces="transit",
                macsec=encryption == "macsec",
                mtu=8500,
                settings=settings,
            )
            for one in circuits
        }
        attachment = hub.add_direct_connect_gateway(
            self.gateway.attr_direct_connect_gateway_id, allowed_prefixes=announced
        )
        assert isinstance(attachment.made_by, directconnect.CfnDirectConnectGatewayAssociation)
        self.association = attachment.made_by
        self.backup: SiteToSiteVpn | None = hub.add_site(site, beside="its circuits") if backup else None
        self.alarms: list[cloudwatch.AlarmBase] = [
            alarm for circuit in self.circuits.values() for alarm in circuit.alarms
        ]


def _check(hub: InspectedHub, site: CustomerSite, announced: Sequence[str], circuit_asn: int) -> None:
    for what, asn in (("that of the hub", hub.transit_gateway.asn), ("that of the site", site.asn)):
        if asn == circuit_asn:
            raise ValueError(f"circuit_asn must differ from {what}, got {asn} for both")
    if site.ipv6_prefixes:
        raise ValueError("site: ipv6_prefixes must be left out: IPv6 is not carried here")
    if site.routing != "bgp":
        raise ValueError(f"site: routing must be bgp, which Direct Connect speaks, got {site.routing}")
    if not 1 <= len(site.prefixes) <= MOST_LEARNT:
        raise ValueError(
            f"site: prefixes must be 1 to {MOST_LEARNT}, more than which ends the BGP session, got {len(site.prefixes)}"
        )
    ranges = private_networks("announced", announced)
    for one in ranges:
        require_inside("announced", one, hub.networks)
    for prefix in site.prefixes:
        reject_overlap("site: prefixes", IPv4Network(prefix), {"announced": ranges})
