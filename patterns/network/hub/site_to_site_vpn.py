"""AWS Site-to-Site VPN: customer sites, their connections, logs and alarms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from annotated_types import Interval, Len, Unit
from aws_cdk import ArnFormat, CfnTag, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from constructs import Construct

from patterns.building_blocks.alarms import FIVE_MINUTES, tell
from patterns.building_blocks.arguments import shown
from patterns.building_blocks.bounds import Known, Matches, Passes
from patterns.building_blocks.same_region import check_certificate
from patterns.building_blocks.settings import Settings
from patterns.network.hub.cidr_block import PrivateCidr, is_concrete, private_networks
from patterns.network.hub.transit_gateway import Attachment, FoundAttachment, RoutingDomain, TransitGateway

Routing = Literal["bgp", "static"]

# Reserved by IANA, or by AWS for itself in some Regions.
_RESERVED_ASNS = (
    range(1),
    range(7224, 7225),
    range(9059, 9060),
    range(10124, 10125),
    range(17943, 17944),
    range(23456, 23457),
    range(64496, 64512),
    range(65535, 65552),
    range(4294967295, 4294967296),
)


def _check_address(argument: str, value: str) -> None:
    if not is_concrete(value):
        return
    try:
        address = IPv4Address(value)
    except ValueError as error:
        raise ValueError(f"{argument} must be public IPv4 addresses, got {shown(value)}") from error
    # Documentation ranges are not global; examples and tests use them.
    documentation = any(
        address in IPv4Network(block) for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    )
    if not address.is_global and not documentation:
        raise ValueError(f"{argument} must be public IPv4 addresses, got {shown(value)}")


def _check_site_asn(argument: str, asn: int) -> None:
    if any(asn in reserved for reserved in _RESERVED_ASNS):
        raise ValueError(f"{argument} must not be a reserved number, got {asn}")


SiteName = Annotated[str, Matches(r"[A-Za-z0-9-]+", "letters, digits and hyphens"), Known("the ids of constructs")]
"""The name of a site."""

SiteAsn = Annotated[
    int,
    Interval(ge=1, le=4294967294),
    Passes(_check_site_asn, "none that is reserved"),
    Known("which other numbers differ from it"),
]
"""The BGP number of a site's devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerSite:
    """A customer's network at the far end of a VPN.

    Attributes:
        name: What the site is called, unique in its hub: letters, digits and hyphens.
        addresses: The public IPv4 address of each of its one or two VPN devices. Two make the site survive the loss of
            a device.
        certificates: Private certificates, one for each device, to use instead of pre-shared keys. CloudFormation
            asks for the address all the same (2026-11-21). Default: pre-shared keys that AWS generates and keeps in
            Secrets Manager.
        asn: The BGP number of its devices. Default: 65000.
        prefixes: What is reached at the site. Needed with static routing; with BGP, what the site is expected to
            announce, which is checked against everything else here. Default: none.
        routing: How routes are learnt, "bgp" or "static". Default: "bgp".
    """

    name: SiteName
    addresses: Annotated[
        Sequence[Annotated[str, Passes(_check_address, "public IPv4 addresses")]],
        Len(1, 2),
        Unit("addresses"),
        Known("the number of connections"),
    ]
    certificates: Sequence[acm.ICertificate] = ()
    asn: SiteAsn = 65000
    prefixes: Sequence[PrivateCidr] = ()
    routing: Routing = "bgp"


def check_sites(
    scope: Construct,
    sites: Sequence[CustomerSite],
    *,
    gateway_asn: int,
    ecmp: bool,
    networks: Sequence[IPv4Network],
    connected: bool,
) -> None:
    """Refuse sites that cannot work, alone or together.

    Args:
        scope: A construct in the gateway's stack.
        sites: The sites.
        gateway_asn: The BGP number of AWS's side.
        ecmp: Whether it is asked that flows are spread over equal tunnels.
        networks: Ranges that are blackholed: a site's prefix must be longer than these.
        connected: Whether sites exchange routes with each other.

    Raises:
        ValueError: If a site is wrong, or one comes twice.
    """
    if ecmp and all(site.routing == "static" for site in sites):
        raise ValueError("ecmp must be off with static routing, got on: only routes of BGP are spread")
    names: set[str] = set()
    addresses: set[str] = set()
    prefixes: dict[str, list[IPv4Network]] = {}
    asns: dict[int, str] = {}
    for site in sites:
        _check_site(scope, site, gateway_asn)
        if site.name in names:
            raise ValueError(f"sites must have different names, got {site.name} twice")
        names.add(site.name)
        for address in site.addresses:
            if address in addresses:
                raise ValueError(f"sites must have different addresses, got {address} twice")
            addresses.add(address)
        own = list(private_networks(f"sites[{site.name}]: prefixes", site.prefixes)) if site.prefixes else []
        for prefix in own:
            for blackholed in networks:
                if prefix == blackholed or blackholed.subnet_of(prefix):
                    raise ValueError(
                        f"sites[{site.name}]: prefixes must be longer than {blackholed}, which is dropped where no "
                        f"longer prefix is known, got {prefix}"
                    )
            for other, theirs in prefixes.items():
                for taken in theirs:
                    if prefix.overlaps(taken):
                        raise ValueError(
                            f"sites[{site.name}]: prefixes must not overlap those of site {other} ({taken}), "
                            f"got {prefix}"
                        )
        prefixes[site.name] = own
        if connected and site.routing == "bgp":
            if site.asn in asns:
                raise ValueError(
                    f"sites[{site.name}]: asn must differ from that of site {asns[site.asn]}, got {site.asn} for both: "
                    "BGP drops routes that hold its own number"
                )
            asns[site.asn] = site.name


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


def _check_site(scope: Construct, site: CustomerSite, gateway_asn: int) -> None:
    what = f"sites[{site.name}]:"
    if site.certificates and len(site.certificates) != len(site.addresses):
        raise ValueError(
            f"{what} certificates must be one for each address, got {len(site.certificates)} for {len(site.addresses)}"
        )
    for certificate in site.certificates:
        check_certificate(scope, certificate, argument=f"{what} certificates")
    if site.asn == gateway_asn:
        raise ValueError(f"{what} asn must differ from the gateway's, got {site.asn} for both")
    if site.routing == "static":
        if not site.prefixes:
            raise ValueError(f"{what} prefixes must name what is reached there with static routing, got none")
        if len(site.addresses) > 1:
            raise ValueError(
                f"{what} addresses must be one with static routing, got {len(site.addresses)}: a static route of a "
                "gateway names one connection"
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

    Attributes:
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
    ) -> None:
        super().__init__(scope, construct_id)
        self.site = site
        self.alarms: list[cloudwatch.AlarmBase] = []
        self.customer_gateways = [self._customer_gateway(index) for index in range(len(site.addresses))]
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
                # AWS then generates the keys and puts them there itself: no template and no log ever holds one.
                pre_shared_key_storage=None if site.certificates else "SecretsManager",
                vpn_tunnel_options_specifications=[self._tunnel(log_group)] * 2,
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

    def _tunnel_alarm(
        self, construct_id: str, connection: ec2.CfnVPNConnection, address: str, settings: Settings
    ) -> cloudwatch.Alarm:
        return settings.alarm(
            self,
            construct_id,
            metric=self._tunnel_state(connection, address),
            description=f"A tunnel to {self.site.name} is down: the site hangs by the others. Read the VPN log.",
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
            alarm_rule=cloudwatch.AlarmRule.all_of(
                *[cloudwatch.AlarmRule.from_alarm(part, cloudwatch.AlarmState.ALARM) for part in parts]
            ),
            alarm_description=f"No tunnel to {self.site.name} is up: the site is cut off.",
        )
        if topic is not None:
            tell(down, topic)
        return down

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

    def _customer_gateway(self, index: int) -> ec2.CfnCustomerGateway:
        # Above this the resource wants the number in another property.
        extended = self.site.asn > 2147483647
        return ec2.CfnCustomerGateway(
            self,
            f"Device{index + 1}",
            type="ipsec.1",
            ip_address=self.site.addresses[index],
            bgp_asn=None if extended else self.site.asn,
            bgp_asn_extended=self.site.asn if extended else None,
            certificate_arn=self.site.certificates[index].certificate_arn if self.site.certificates else None,
            tags=[CfnTag(key="Name", value=f"{self.node.path}/{index + 1}")],
        )

    def _tunnel(self, log_group: logs.ILogGroup) -> ec2.CfnVPNConnection.VpnTunnelOptionsSpecificationProperty:
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
