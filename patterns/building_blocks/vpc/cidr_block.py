"""IPv4 ranges that VPCs and sites may use, and what is wrong with the others."""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, ip_network
from typing import Annotated

import aws_cdk as cdk
from annotated_types import Len

from patterns.building_blocks.arguments import shown
from patterns.building_blocks.bounds import Known, Passes

# RFC 1918, and RFC 6598, which AWS recommends for what need not be unique in the organization.
PRIVATE_RANGES = tuple(IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
#: The private ranges of RFC 1918: what an organization routes inside, unless it says otherwise.
ORGANIZATION_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def network(argument: str, value: str) -> IPv4Network:
    """An IPv4 range from its text, e.g. `10.0.0.0/16`.

    Raises:
        ValueError: The text is not an IPv4 range, or has bits set beyond its prefix.
    """
    try:
        parsed = ip_network(value)
    except ValueError as error:
        raise ValueError(f"{argument} must be an IPv4 CIDR block such as 10.0.0.0/16, got {shown(value)}") from error
    if not isinstance(parsed, IPv4Network):
        raise ValueError(f"{argument} must be an IPv4 CIDR block such as 10.0.0.0/16, got {shown(value)}")
    return parsed


def private_network(argument: str, value: str) -> IPv4Network:
    """An IPv4 range inside the private ranges (RFC 1918, RFC 6598).

    Raises:
        ValueError: The range is malformed or not private.
    """
    parsed = network(argument, value)
    if not any(parsed.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError(f"{argument} must be private (RFC 1918 or RFC 6598), got {value}")
    return parsed


def private_address(argument: str, value: str) -> IPv4Address:
    """An IPv4 address inside the private ranges (RFC 1918, RFC 6598).

    Raises:
        ValueError: The address is malformed or not private.
    """
    try:
        parsed = IPv4Address(value)
    except ValueError:
        parsed = None
    if parsed is None or not any(parsed in private for private in PRIVATE_RANGES):
        raise ValueError(f"{argument} must be a private IPv4 address (RFC 1918 or RFC 6598), got {shown(value)}")
    return parsed


def vpc_network(argument: str, value: str) -> IPv4Network:
    """A private IPv4 range of a size that a VPC may have.

    Raises:
        ValueError: The range is malformed, not private, larger than /16 or smaller than /28.
    """
    parsed = private_network(argument, value)
    if not 16 <= parsed.prefixlen <= 28:
        raise ValueError(f"{argument} must be between /16 and /28, got {value}")
    return parsed


def private_networks(argument: str, values: Sequence[str]) -> tuple[IPv4Network, ...]:
    """Several private ranges that do not overlap.

    Raises:
        ValueError: One is not private, or two overlap.
    """
    parsed: list[IPv4Network] = []
    for value in values:
        candidate = private_network(argument, value)
        for other in parsed:
            if candidate.overlaps(other):
                raise ValueError(f"{argument} must not overlap, got {other} and {candidate}")
        parsed.append(candidate)
    return tuple(parsed)


def reject_overlap(argument: str, candidate: IPv4Network, taken: Mapping[str, Iterable[IPv4Network]]) -> None:
    """Refuse a range that overlaps one already taken: two equal prefixes cannot both be routed.

    Raises:
        ValueError: The range overlaps; the message names with whose.
    """
    for owner, networks in taken.items():
        for other in networks:
            if candidate.overlaps(other):
                raise ValueError(f"{argument} must not overlap {owner} ({other}), got {candidate}")


def require_inside(argument: str, candidate: IPv4Network, networks: Iterable[IPv4Network]) -> None:
    """Refuse a range that the organization's own do not cover: routes and firewall rules name only those.

    Raises:
        ValueError: The range is outside.
    """
    allowed = list(networks)
    if not any(candidate.subnet_of(each) for each in allowed):
        raise ValueError(f"{argument} must be inside networks ({', '.join(map(str, allowed))}), got {candidate}")


def is_concrete(value: str) -> bool:
    """Whether a text is known at synthesis, rather than at deployment."""
    return not cdk.Token.is_unresolved(value)


VpcCidr = Annotated[str, Passes(vpc_network, "a private IPv4 range from /16 to /28"), Known("the ranges of subnets")]
"""The range of a VPC."""

PrivateCidr = Annotated[str, Passes(private_network, "a private IPv4 range"), Known("what must not overlap")]
"""A private range."""

PrivateCidrs = Annotated[Sequence[PrivateCidr], Len(1), Passes(private_networks, "private IPv4 ranges, none twice")]
"""Private ranges that do not overlap."""
