"""Circuits of Direct Connect: a port, an interface of its VLAN, and alarms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Interval
from aws_cdk import CfnTag, Fn
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_directconnect as directconnect
from aws_cdk.interfaces import aws_directconnect as directconnect_interfaces
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES
from patterns.building_blocks.bounds import Known, Matches
from patterns.building_blocks.settings import Settings
from patterns.network.hub.customer_site import CustomerSite

Bandwidth = Literal["1Gbps", "10Gbps", "100Gbps", "400Gbps"]
Encryption = Literal["none", "macsec", "vpn"]
Interfaces = Literal["transit", "private"]
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-directconnect-transitvirtualinterface.html
ConnectionId = Annotated[str, Matches(r"dxcon-[a-z0-9A-Z]{8,21}", "the id of a connection, such as dxcon-ffabc123")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """One circuit to a site.

    Attributes:
        name: What it is called, unique at its site: letters, digits and hyphens.
        location: The Direct Connect location that the port is at, such as "EqDC2".
        vlan: The VLAN of its interface.
        bandwidth: The port's bandwidth. Default: "10Gbps".
        connection: A connection that is there, instead of a new port: approved, with its VLAN free, and with MACsec one
            that was ordered with it. By its id, such as "dxcon-ffabc123", or of another stack. Default: a new one,
            alone in a link aggregation group: the site's device must speak LACP.
    """

    name: Annotated[str, Matches(r"[A-Za-z0-9-]{1,60}", "letters, digits and hyphens"), Known("the ids of constructs")]
    location: Annotated[str, Matches(r"[A-Za-z0-9-]{1,40}", "letters, digits and hyphens")]
    vlan: Annotated[int, Interval(ge=1, le=4094)]
    bandwidth: Bandwidth = "10Gbps"
    connection: directconnect_interfaces.IConnectionRef | ConnectionId | None = None


class CircuitInterface(Construct):
    """The virtual interface of a circuit, on a new port or an existing one.

    AWS makes no interface on a port before it has approved that, which takes up to three days: a new port is the only
    member of a link aggregation group, which takes the interface at once.

    Args:
        scope: Parent construct.
        construct_id: Construct id.
        circuit: The circuit.
        site: The site that it leads to.
        gateway: The Direct Connect gateway.
        interfaces: "transit" or "private": what its gateway leads to.
        macsec: Whether a new port is one that encrypts by MACsec.
        mtu: The largest packet, 1500 or 8500 bytes.
        settings: Whom alarms notify.

    Attributes:
        group (directconnect.CfnLag | None): The link aggregation group of the new port.
        connection (directconnect.CfnConnection | None): The new port.
        interface (directconnect.CfnTransitVirtualInterface | directconnect.CfnPrivateVirtualInterface): The interface.
        alarms (list[cloudwatch.Alarm]): Its alarms: the port, its MACsec, and each BGP session.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-directconnect-connection.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        circuit: Circuit,
        site: CustomerSite,
        gateway: directconnect.CfnDirectConnectGateway,
        interfaces: Interfaces,
        macsec: bool,
        mtu: int,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self.group: directconnect.CfnLag | None = None
        self.connection: directconnect.CfnConnection | None = None
        if isinstance(circuit.connection, str):
            connection_id = carried_by = circuit.connection
        elif circuit.connection is not None:
            # arn:aws:directconnect:eu-west-1:111122223333:dxcon/dxcon-ffabc123
            arn = circuit.connection.connection_ref.connection_arn
            connection_id = carried_by = Fn.select(1, Fn.split("/", arn))
        else:
            # It can only be asked for when they are ordered; the key is associated by its owner.
            with_macsec = True if macsec else None
            self.group = directconnect.CfnLag(
                self,
                "Group",
                connections_bandwidth=circuit.bandwidth,
                lag_name=circuit.name,
                location=circuit.location,
                request_mac_sec=with_macsec,
                tags=[CfnTag(key="Name", value=self.node.path)],
            )
            self.connection = directconnect.CfnConnection(
                self,
                "Connection",
                bandwidth=circuit.bandwidth,
                connection_name=circuit.name,
                lag_id=self.group.attr_lag_id,
                location=circuit.location,
                request_mac_sec=with_macsec,
                tags=[CfnTag(key="Name", value=self.node.path)],
            )
            connection_id = self.connection.attr_connection_id
            carried_by = self.group.attr_lag_id
        families = ("ipv4", "ipv6") if site.ipv6_prefixes else ("ipv4",)
        given: dict[str, Any] = {
            "connection_id": carried_by,
            "direct_connect_gateway_id": gateway.attr_direct_connect_gateway_id,
            "virtual_interface_name": circuit.name,
            "vlan": circuit.vlan,
            "mtu": mtu,
            "tags": [CfnTag(key="Name", value=self.node.path)],
        }
        # Without a key of ours AWS makes one for each session, and no template holds it.
        self.interface: directconnect.CfnTransitVirtualInterface | directconnect.CfnPrivateVirtualInterface
        if interfaces == "transit":
            transit = directconnect.CfnTransitVirtualInterface
            peers = [transit.BgpPeerProperty(address_family=each, asn=str(site.asn)) for each in families]
            self.interface = transit(self, "Interface", bgp_peers=peers, **given)
        else:
            private = directconnect.CfnPrivateVirtualInterface
            sessions = [private.BgpPeerProperty(address_family=each, asn=str(site.asn)) for each in families]
            self.interface = private(self, "Interface", bgp_peers=sessions, **given)
        if self.connection:
            # A group is made empty. And on the way out, the interface is to go before its port.
            self.interface.node.add_dependency(self.connection)
        port = {"ConnectionId": connection_id}
        self.alarms = [
            self._down(
                "StateDown",
                "ConnectionState",
                port,
                "A circuit is down: the site hangs by the others, or by the VPN.",
                settings,
            )
        ]
        if macsec:
            self.alarms.append(
                self._down(
                    "EncryptionStateDown",
                    "ConnectionEncryptionState",
                    port,
                    "A circuit's MACsec is down: see whether its key is associated.",
                    settings,
                )
            )
        # Of a family that the interface has no session of, AWS may say that it is down.
        for family in families:
            named = family.replace("ip", "IP")
            self.alarms.append(
                self._down(
                    f"BgpDown{named}",
                    "VirtualInterfaceBgpStatus",
                    {
                        # What AWS calls the connection of an interface is its group's id, where it is of one.
                        "ConnectionId": carried_by,
                        "VirtualInterfaceId": self.interface.attr_virtual_interface_id,
                        "IpAddressFamily": family,
                    },
                    f"The BGP session of {named} on a circuit is down: it carries nothing, whatever its port says. "
                    "Look at the site's device, and how many prefixes it announces.",
                    settings,
                )
            )

    def _down(
        self, construct_id: str, name: str, dimensions: Mapping[str, str], description: str, settings: Settings
    ) -> cloudwatch.Alarm:
        return settings.alarm(
            self,
            construct_id,
            metric=cloudwatch.Metric(
                namespace="AWS/DX",
                metric_name=name,
                dimensions_map=dict(dimensions),
                statistic="Minimum",
                period=FIVE_MINUTES,
            ),
            description=description,
            comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            missing_data=cloudwatch.TreatMissingData.BREACHING,
        )
