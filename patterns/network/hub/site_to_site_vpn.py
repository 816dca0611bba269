"""AWS Site-to-Site VPN: customer sites, their connections, logs and alarms."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from aws_cdk import ArnFormat, CfnTag, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, tell
from patterns.building_blocks.deployed_name import unique_name
from patterns.building_blocks.settings import Settings
from patterns.network.hub.customer_site import CustomerSite
from patterns.network.hub.transit_gateway import Attachment, FoundAttachment, RoutingDomain, TransitGateway


def learn(domain: RoutingDomain, site: CustomerSite, attachment: Attachment) -> None:
    """Let a routing domain know what is at a site: what its BGP announces, or static routes.

    Args:
        domain: The domain.
        site: The site.
        attachment: An attachment of one of its connections.
    """
    if site.routing == "bgp":
        domain.propagate(attachment)
        return
    for prefix in site.prefixes:
        domain.route(prefix, attachment)


def destinations(networks: Sequence[IPv4Network], sites: Iterable[CustomerSite]) -> list[str]:
    """Say what a spoke sends to the gateway: the organization's ranges, and prefixes of sites beyond them.

    Args:
        networks: The organization's ranges.
        sites: The sites.

    Returns:
        CIDR blocks, each once.
    """
    prefixes = [IPv4Network(prefix) for site in sites for prefix in site.prefixes]
    beyond = [prefix for prefix in prefixes if not any(prefix.subnet_of(network) for network in networks)]
    return [str(each) for each in dict.fromkeys([*networks, *beyond])]


def customer_gateway(scope: Construct, site: CustomerSite, index: int) -> ec2.CfnCustomerGateway:
    """Make the customer gateway of one of a site's devices.

    Args:
        scope: Parent construct.
        site: The site.
        index: Which of its devices, from 0.

    Returns:
        The customer gateway.
    """
    # Above this the resource wants the number in another property.
    extended = site.asn > 2147483647
    return ec2.CfnCustomerGateway(
        scope,
        f"Device{index + 1}",
        type="ipsec.1",
        ip_address=site.addresses[index],
        bgp_asn=None if extended else site.asn,
        bgp_asn_extended=site.asn if extended else None,
        certificate_arn=site.certificates[index].certificate_arn if site.certificates else None,
        tags=[CfnTag(key="Name", value=f"{scope.node.path}/{index + 1}")],
    )


class SiteToSiteVpn(Construct):
    """The connections of one customer site to one gateway: a customer gateway and two tunnels for each device.

    Args:
        scope: Where it stands in the tree.
        construct_id: Its id.
        site: The site, checked by `check_sites`.
        log_group: Where tunnels and BGP sessions are logged, from the first day: log options change by replacement.
        transit_gateway_id: The transit gateway. Default: `vpn_gateway_id`.
        vpn_gateway_id: The virtual private gateway. Default: `transit_gateway_id`.
        accelerated: Whether tunnels enter AWS at the nearest edge location. Default: no.
        customer_gateways: The site's devices, where another gateway has made them. Default: new ones.
        inside: The inside range of each tunnel, two for each device. Default: ranges that AWS chooses.
        ipv6: Whether the tunnels carry IPv6 instead of IPv4; on a transit gateway alone. Default: no.
        transport_attachment_id: The Direct Connect attachment that the tunnels run over, between private addresses.
            Default: the internet.
        beside: What else leads to the site, as alarms say it: "its circuits". Default: nothing.

    Attributes:
        ipv6 (bool): Whether the tunnels carry IPv6 instead of IPv4.
        customer_gateways (list[ec2.CfnCustomerGateway]): One for each device.
        connections (list[ec2.CfnVPNConnection]): One for each device.

    Source: https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        site: CustomerSite,
        log_group: logs.ILogGroup,
        transit_gateway_id: str | None = None,
        vpn_gateway_id: str | None = None,
        accelerated: bool = False,
        customer_gateways: Sequence[ec2.CfnCustomerGateway] | None = None,
        inside: Sequence[str] = (),
        ipv6: bool = False,
        transport_attachment_id: str | None = None,
        beside: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.site = site
        self.ipv6 = ipv6
        self._beside = beside
        self.alarms: list[cloudwatch.AlarmBase] = []
        self.customer_gateways = list(customer_gateways or [])
        if not customer_gateways:
            self.customer_gateways = [customer_gateway(self, site, index) for index in range(len(site.addresses))]
        self.connections = [
            ec2.CfnVPNConnection(
                self,
                f"Connection{number}",
                type="ipsec.1",
                customer_gateway_id=device.attr_customer_gateway_id,
                transit_gateway_id=transit_gateway_id,
                vpn_gateway_id=vpn_gateway_id,
                static_routes_only=site.routing == "static",
                enable_acceleration=True if accelerated else None,
                tunnel_inside_ip_version="ipv6" if ipv6 else None,
                outside_ip_address_type="PrivateIpv4" if transport_attachment_id else None,
                transport_transit_gateway_attachment_id=transport_attachment_id,
                # AWS then generates the keys and puts them there itself: no template and no log ever holds one.
                pre_shared_key_storage=None if site.certificates else "SecretsManager",
                vpn_tunnel_options_specifications=[
                    self._tunnel(log_group, inside[number * 2 - 2 + tunnel] if inside else None) for tunnel in (0, 1)
                ],
                tags=[CfnTag(key="Name", value=f"{self.node.path}/{number}")],
            )
            for number, device in enumerate(self.customer_gateways, start=1)
        ]

    def attach(self, gateway: TransitGateway, domain: RoutingDomain, settings: Settings) -> list[FoundAttachment]:
        """Place the connections' attachments in a routing domain, and make the alarms of tunnels and site.

        Args:
            gateway: The transit gateway that the connections end on.
            domain: The domain that what the site sends is looked up in.
            settings: Whom alarms notify.

        Returns:
            The attachments.
        """
        attachments, tunnels = [], []
        for number, connection in enumerate(self.connections, start=1):
            attachment = gateway.attach(
                self,
                f"Attachment{number}",
                resource_id=connection.attr_vpn_connection_id,
                made_by=connection,
                domain=domain,
            )
            attachments.append(attachment)
            for tunnel in (1, 2):
                address = attachment.placement.tunnel_address(tunnel)
                tunnels.append(
                    self._tunnel_alarm(f"Tunnel{number}{'AB'[tunnel - 1]}Down", connection, address, settings)
                )
        self.alarms += [*tunnels, self._site_down(tunnels, settings.alarm_topic)]
        return attachments

    def watch_tunnels(self, addresses: Sequence[Sequence[str]], settings: Settings) -> None:
        """Make one alarm for each tunnel and one for the site.

        Args:
            addresses: The outside addresses of the two tunnels of each connection.
            settings: Whom alarms notify.
        """
        tunnels = [
            self._tunnel_alarm(f"Tunnel{number}{letter}Down", connection, address, settings)
            for number, (connection, both) in enumerate(zip(self.connections, addresses, strict=True), start=1)
            for letter, address in zip("AB", both, strict=True)
        ]
        self.alarms += [*tunnels, self._site_down(tunnels, settings.alarm_topic)]

    def _tunnel_alarm(
        self, construct_id: str, connection: ec2.CfnVPNConnection, address: str, settings: Settings
    ) -> cloudwatch.Alarm:
        return settings.alarm(
            self,
            construct_id,
            metric=self._tunnel_state(connection, address),
            description=f"A tunnel{self._family} to {self.site.name} is down: the site hangs by "
            f"the others{f' and by {self._beside}' if self._beside else ''}. Read the VPN log.",
            comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            missing_data=cloudwatch.TreatMissingData.BREACHING,
        )

    def watch_connections(self, settings: Settings) -> None:
        """Make one alarm for each connection and one for the site, where the tunnels' addresses are not known.

        Args:
            settings: Whom alarms notify.
        """
        partly: list[cloudwatch.Alarm] = []
        down: list[cloudwatch.Alarm] = []
        for number, connection in enumerate(self.connections, start=1):
            for found, suffix, threshold in ((partly, "Degraded", 1.0), (down, "Down", 0.01)):
                found.append(
                    settings.alarm(
                        self,
                        f"Connection{number}{suffix}",
                        metric=self._tunnel_state(connection, None),
                        description=f"A connection to {self.site.name} is {suffix.lower()}. Read the VPN log.",
                        threshold=threshold,
                        comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
                        missing_data=cloudwatch.TreatMissingData.BREACHING,
                    )
                )
        self.alarms += [*partly, *down, self._site_down(down, settings.alarm_topic)]

    def _site_down(self, parts: Sequence[cloudwatch.IAlarm], topic: sns.ITopic | None) -> cloudwatch.CompositeAlarm:
        down = cloudwatch.CompositeAlarm(
            self,
            "SiteDown",
            composite_alarm_name=unique_name(self, "SiteDown", longest=255),
            alarm_rule=cloudwatch.AlarmRule.all_of(
                *[cloudwatch.AlarmRule.from_alarm(part, cloudwatch.AlarmState.ALARM) for part in parts]
            ),
            alarm_description=f"No tunnel{self._family} to {self.site.name} is up: the site "
            + (f"hangs by {self._beside} alone." if self._beside else f"is cut off{self._family.replace('of', 'by')}."),
        )
        if topic is not None:
            tell(down, topic)
        return down

    @property
    def _family(self) -> str:
        """Names IPv6 where there are connections of IPv4 beside these."""
        return " of IPv6" if self.ipv6 else ""

    def _tunnel_state(self, connection: ec2.CfnVPNConnection, address: str | None) -> cloudwatch.Metric:
        """1 is up; with BGP, that the session is established."""
        dimensions = {"VpnId": connection.attr_vpn_connection_id}
        return cloudwatch.Metric(
            namespace="AWS/VPN",
            metric_name="TunnelState",
            dimensions_map=dimensions if address is None else dimensions | {"TunnelIpAddress": address},
            statistic="Minimum" if address else "Average",
            period=FIVE_MINUTES,
        )

    def _tunnel(
        self, log_group: logs.ILogGroup, inside: str | None
    ) -> ec2.CfnVPNConnection.VpnTunnelOptionsSpecificationProperty:
        bgp = self.site.routing == "bgp"
        connection = ec2.CfnVPNConnection
        ciphers, groups = ["AES256-GCM-16"], [19, 20, 21]
        hashes = ["SHA2-256", "SHA2-384", "SHA2-512"]
        return connection.VpnTunnelOptionsSpecificationProperty(
            ike_versions=[connection.IKEVersionsRequestListValueProperty(value="ikev2")],
            phase1_encryption_algorithms=[
                connection.Phase1EncryptionAlgorithmsRequestListValueProperty(value=each) for each in ciphers
            ],
            phase1_integrity_algorithms=[
                connection.Phase1IntegrityAlgorithmsRequestListValueProperty(value=each) for each in hashes
            ],
            phase1_dh_group_numbers=[
                connection.Phase1DHGroupNumbersRequestListValueProperty(value=each) for each in groups
            ],
            phase2_encryption_algorithms=[
                connection.Phase2EncryptionAlgorithmsRequestListValueProperty(value=each) for each in ciphers
            ],
            phase2_integrity_algorithms=[
                connection.Phase2IntegrityAlgorithmsRequestListValueProperty(value=each) for each in hashes
            ],
            phase2_dh_group_numbers=[
                connection.Phase2DHGroupNumbersRequestListValueProperty(value=each) for each in groups
            ],
            tunnel_inside_cidr=inside,
            dpd_timeout_action="restart",
            log_options=connection.VpnTunnelLogOptionsSpecificationProperty(
                cloudwatch_log_options=connection.CloudwatchLogOptionsSpecificationProperty(
                    log_enabled=True,
                    log_group_arn=_without_star(log_group),
                    log_output_format="json",
                    bgp_log_enabled=True if bgp else None,
                    bgp_log_group_arn=_without_star(log_group) if bgp else None,
                    bgp_log_output_format="json" if bgp else None,
                )
            ),
        )


def _without_star(log_group: logs.ILogGroup) -> str:
    """The ARN of a log group without the `:*` that its attribute ends in, which the VPN refuses."""
    return Stack.of(log_group).format_arn(
        service="logs",
        resource="log-group",
        resource_name=log_group.log_group_name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )


def site_vpns(
    scope: Construct,
    construct_id: str,
    *,
    site: CustomerSite,
    log_group: logs.ILogGroup,
    transit_gateway_id: str,
    accelerated: bool = False,
    transport_attachment_id: str | None = None,
    beside: str | None = None,
) -> list[SiteToSiteVpn]:
    """Make the connections of a site to a transit gateway: of IPv4, and where it announces IPv6, of that, too.

    Args:
        scope: Parent construct.
        construct_id: Construct id; that of IPv6 ends in `Ipv6`.
        site: The site, checked by `check_sites`.
        log_group: Where tunnels are logged.
        transit_gateway_id: The transit gateway.
        accelerated: Whether tunnels enter AWS at the nearest edge location. Default: no.
        transport_attachment_id: The Direct Connect attachment that the tunnels run over. Default: the internet.
        beside: What else leads to the site, as alarms say it. Default: nothing.

    Returns:
        One, or two that end on the same devices.

    Source: https://docs.aws.amazon.com/vpn/latest/s2svpn/ipv4-ipv6.html
    """
    made: list[SiteToSiteVpn] = []
    # A connection carries either family.
    for ipv6 in (False, True) if site.ipv6_prefixes else (False,):
        made.append(
            SiteToSiteVpn(
                scope,
                f"{construct_id}{'Ipv6' if ipv6 else ''}",
                site=site,
                log_group=log_group,
                transit_gateway_id=transit_gateway_id,
                accelerated=accelerated,
                transport_attachment_id=transport_attachment_id,
                # A Region takes no second customer gateway of one address and number.
                customer_gateways=made[0].customer_gateways if made else None,
                ipv6=ipv6,
                beside=beside,
            )
        )
    return made
