"""IPv6 ranges of VPCs and sites."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from types import MappingProxyType
from typing import Annotated

from aws_cdk import Fn
from aws_cdk import aws_ec2 as ec2
from constructs import IDependable

from patterns.building_blocks.arguments import shown
from patterns.building_blocks.bounds import Known, Passes
from patterns.building_blocks.vpc.tiered_vpc import TieredVpc

#: Global unicast addresses, and unique local ones (RFC 4193), which sites may use among themselves.
ROUTED = ("2000::/3", "fc00::/7")
_ROUTED = tuple(IPv6Network(each) for each in ROUTED)


def ipv6_network(argument: str, value: str) -> IPv6Network:
    """Read an IPv6 range that is routed: of global or unique local addresses.

    Args:
        argument: The argument's own name.
        value: The range, as "2001:db8::/48".

    Returns:
        The range.

    Raises:
        ValueError: If it is none, or has bits set beyond its prefix.
    """
    parsed: IPv4Network | IPv6Network | None
    try:
        # Without a length it is one address, which a route does not take as it is written.
        parsed = ip_network(value) if "/" in value else None
    except ValueError:
        parsed = None
    if not isinstance(parsed, IPv6Network):
        raise ValueError(f"{argument} must be an IPv6 CIDR block such as 2001:db8::/48, got {shown(value)}")
    if not any(parsed.subnet_of(each) for each in _ROUTED):
        raise ValueError(f"{argument} must be global (2000::/3) or unique local (fc00::/7), got {value}")
    return parsed


Ipv6Prefix = Annotated[str, Passes(ipv6_network, "an IPv6 range that is routed"), Known("what must not overlap")]
"""What is reached at a site by IPv6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ipv6Range:
    """An IPv6 range of a VPC, or of what is beyond.

    Attributes:
        cidr: The range: a token where Amazon chooses it.
        made_by: What gives it to a VPC: what names a token of it comes after. Default: nothing, the range is known.
    """

    cidr: str
    made_by: IDependable | None = None


#: All of IPv6, by the name of the routes that lead there.
ALL_IPV6 = MappingProxyType({"EverywhereByIpv6": Ipv6Range(cidr="::/0")})


def named_ranges(prefixes: Iterable[str]) -> dict[str, Ipv6Range]:
    """Name the routes to IPv6 ranges that are known.

    Args:
        prefixes: The ranges.

    Returns:
        The ranges by the names of their routes, each once.
    """
    return {each.replace("/", "-").replace(":", "-"): Ipv6Range(cidr=each) for each in prefixes}


def ipv6_range_of(vpc: ec2.IVpc) -> Ipv6Range | None:
    """Find the IPv6 range of a VPC.

    Args:
        vpc: The VPC.

    Returns:
        The first range of a `TieredVpc` with IPv6, or of a `Vpc` of the CDK in dual stack; None of any other, also of
        one that was imported, of which nothing tells.
    """
    around = vpc.node.scope
    if isinstance(around, TieredVpc):
        return Ipv6Range(cidr=_first(around.resource), made_by=around.ipv6) if around.ipv6 else None
    resource, block = vpc.node.default_child, vpc.node.try_find_child("ipv6cidr")
    if isinstance(resource, ec2.CfnVPC) and block is not None:
        return Ipv6Range(cidr=_first(resource), made_by=block)
    return None


def require_ipv6(argument: str, vpc: ec2.IVpc) -> Ipv6Range:
    """Find the IPv6 range of a VPC that must have one.

    Args:
        argument: The argument's own name.
        vpc: The VPC.

    Returns:
        The range.

    Raises:
        ValueError: If it has none that is known here.
    """
    found = ipv6_range_of(vpc)
    if found is None:
        raise ValueError(
            f"{argument} must have an IPv6 range to carry IPv6, got {vpc.node.path} without one that is known here: "
            "an imported VPC tells none"
        )
    return found


def _first(vpc: ec2.CfnVPC) -> str:
    return Fn.select(0, vpc.attr_ipv6_cidr_blocks)
