"""Customer sites at the far end of a VPN, and what is wrong with the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network
from typing import Annotated, Literal

from annotated_types import Interval, Len, Unit
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from patterns.building_blocks.arguments import shown
from patterns.building_blocks.bounds import Known, Matches, Passes
from patterns.building_blocks.public_address import is_public
from patterns.building_blocks.same_region import check_certificate
from patterns.building_blocks.vpc.cidr_block import PrivateCidr, is_concrete, private_networks
from patterns.network.hub.ipv6_range import Ipv6Prefix, ipv6_network

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
    if not is_public(address):
        raise ValueError(f"{argument} must be public IPv4 addresses, got {shown(value)}")


def _check_site_asn(argument: str, asn: int) -> None:
    if any(asn in reserved for reserved in _RESERVED_ASNS):
        raise ValueError(f"{argument} must not be a reserved number, got {asn}")


# Tags (256 characters) and names of alarms (255) hold it behind the path of the network.
SiteName = Annotated[
    str, Matches(r"[A-Za-z0-9-]{1,50}", "up to 50 letters, digits and hyphens"), Known("the ids of constructs")
]
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
        ipv6_prefixes: What the site announces by IPv6, with BGP alone. A VPN then has another connection for each
            device, since one carries either family. Default: none; IPv4 alone.
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
    ipv6_prefixes: Sequence[Ipv6Prefix] = ()
    routing: Routing = "bgp"


def check_sites(
    scope: Construct,
    sites: Sequence[CustomerSite],
    *,
    gateway_asn: int,
    ecmp: bool,
    networks: Sequence[IPv4Network],
    connected: bool,
    ipv6: bool = False,
    argument: str = "sites",
) -> None:
    """Refuse sites that cannot work, alone or together.

    Args:
        scope: A construct in the gateway's stack.
        sites: The sites.
        gateway_asn: The BGP number of AWS's side.
        ecmp: Whether it is asked that flows are spread over equal tunnels.
        networks: Ranges that are blackholed: a site's prefix must be longer than these.
        connected: Whether sites exchange routes with each other.
        ipv6: Whether IPv6 is carried. Default: no.
        argument: The argument's own name: "site" of a pattern that takes one alone. Default: "sites".

    Raises:
        ValueError: If a site is wrong, or one comes twice.
    """
    if ecmp and all(site.routing == "static" for site in sites):
        raise ValueError("ecmp must be off with static routing, got on: only routes of BGP are spread")
    names: set[str] = set()
    addresses: set[str] = set()
    prefixes: dict[str, list[IPv4Network]] = {}
    asns: dict[int, str] = {}
    ipv6_taken: dict[str, list[IPv6Network]] = {}
    for site in sites:
        what = _named(argument, site)
        _check_site(scope, site, what, gateway_asn)
        _check_ipv6(site, what, carried=ipv6, taken=ipv6_taken)
        if site.name in names:
            raise ValueError(f"sites must have different names, got {site.name} twice")
        names.add(site.name)
        for address in site.addresses:
            if address in addresses:
                raise ValueError(f"sites must have different addresses, got {address} twice")
            addresses.add(address)
        own = list(private_networks(f"{what} prefixes", site.prefixes)) if site.prefixes else []
        for prefix in own:
            for blackholed in networks:
                if prefix == blackholed or blackholed.subnet_of(prefix):
                    raise ValueError(
                        f"{what} prefixes must be longer than {blackholed}, which is dropped where no "
                        f"longer prefix is known, got {prefix}"
                    )
            for other, theirs in prefixes.items():
                for taken in theirs:
                    if prefix.overlaps(taken):
                        raise ValueError(
                            f"{what} prefixes must not overlap those of site {other} ({taken}), got {prefix}"
                        )
        prefixes[site.name] = own
        if connected and site.routing == "bgp":
            if site.asn in asns:
                raise ValueError(
                    f"{what} asn must differ from that of site {asns[site.asn]}, got {site.asn} for both: "
                    "BGP drops routes that hold its own number"
                )
            asns[site.asn] = site.name


def _named(argument: str, site: CustomerSite) -> str:
    """Name a site as its user passed it.

    Args:
        argument: The argument's own name.
        site: The site.

    Returns:
        The beginning of a message: which of several, if the argument takes several.
    """
    return f"{argument}[{site.name}]:" if argument == "sites" else f"{argument}:"


def _check_site(scope: Construct, site: CustomerSite, what: str, gateway_asn: int) -> None:
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


def _check_ipv6(site: CustomerSite, what: str, *, carried: bool, taken: dict[str, list[IPv6Network]]) -> None:
    if site.ipv6_prefixes and not carried:
        raise ValueError(f"{what} ipv6_prefixes must be left out: IPv6 is not carried here")
    if site.ipv6_prefixes and site.routing == "static":
        raise ValueError(f"{what} ipv6_prefixes must be announced by BGP, got static routing")
    for value in site.ipv6_prefixes:
        prefix = ipv6_network(f"{what} ipv6_prefixes", value)
        for owner, theirs in taken.items():
            for other in theirs:
                if prefix.overlaps(other):
                    raise ValueError(
                        f"{what} ipv6_prefixes must not overlap those of site {owner} ({other}), got {prefix}"
                    )
        taken.setdefault(site.name, []).append(prefix)
