"""What the parts of a routing say together, and what leaves somebody without an answer."""

import ipaddress

from aws_cdk import Token
from aws_cdk import aws_route53_targets as targets

from patterns.building_blocks.public_address import is_public
from patterns.dns.routed_records.policies import (
    Endpoint,
    Failover,
    Geolocation,
    Geoproximity,
    IpBased,
    Multivalue,
    Routing,
    Weighted,
)

_LONGEST_PREFIX = {4: 24, 6: 48}


def check_routing(routing: Routing, *, ipv6: bool, private: bool) -> None:
    """Refuse a routing that Route 53 refuses, or that leaves somebody without an answer.

    Args:
        routing: The routing.
        ipv6: Whether AAAA records are made too.
        private: Whether the zone is a private one.

    Raises:
        ValueError: In the name of the part.
    """
    _check("routing", routing, ipv6=ipv6, private=private, watched=False)


def _check(argument: str, node: Routing, *, ipv6: bool, private: bool, watched: bool) -> None:
    if isinstance(node, Endpoint):
        _check_endpoint(argument, node, ipv6=ipv6, private=private, watched=watched)
        return
    match node:
        case Weighted() if not any(one.weight for one in node.shares.values()):
            raise ValueError(f"{argument}: shares must have a weight above 0: where all are 0, all answer alike")
        case Geolocation() if not (node.continents or node.countries or node.subdivisions):
            raise ValueError(f"{argument}: countries, continents or subdivisions must name a place beside the default")
        case Geoproximity():
            for name, place in node.places.items():
                coordinates = (place.latitude is not None, place.longitude is not None)
                if coordinates != ((place.region is None,) * 2):
                    raise ValueError(
                        f"{argument}: places[{name}] must have either region or both latitude and longitude"
                    )
        case IpBased():
            _check_blocks(argument, node, private=private)
        case Multivalue():
            for name, one in node.endpoints.items():
                families = [_family(address) for address in one.addresses]
                if one.target is not None or sorted(families) != ([4, 6] if ipv6 else [4]):
                    each = "one IPv4 and one IPv6 address" if ipv6 else "one IPv4 address"
                    raise ValueError(f"{argument}: endpoints[{name}] must have {each}, and no target")
        case _:
            pass
    for branch in node.branches():
        # A secondary answers when all else is ill, and so whether it is well or not.
        last = branch.last_resort and isinstance(node, Failover)
        _check(f"{argument}: {branch.argument}", branch.to, ipv6=ipv6, private=private, watched=not last)


def _check_endpoint(argument: str, node: Endpoint, *, ipv6: bool, private: bool, watched: bool) -> None:
    if (node.target is None) != bool(node.addresses):
        raise ValueError(f"{argument} must have either addresses or a target")
    if node.target is not None:
        if watched and node.health_check is None and isinstance(node.target, targets.CloudFrontTarget):
            raise ValueError(f"{argument} must have a health_check: Route 53 does not evaluate a distribution's health")
        return
    families = {_family(one, argument) for one in node.addresses}
    if families != ({4, 6} if ipv6 else {4}):
        wanted = "IPv4 and IPv6 addresses" if ipv6 else "IPv4 addresses, or ipv6 must be on"
        raise ValueError(f"{argument}: addresses must be {wanted}, got {', '.join(node.addresses)}")
    for one in node.addresses:
        if not private and not is_public(ipaddress.ip_address(one)):
            raise ValueError(f"{argument}: addresses must be public in a public zone, got {one}")
    if private and watched and node.health_check is None:
        raise ValueError(
            f"{argument} must have a health_check: health checkers do not reach private addresses, an alarm does"
        )


def _family(address: str, argument: str = "routing") -> int:
    if Token.is_unresolved(address):
        raise ValueError(f"{argument}: addresses must be known when the template is made, got a token")
    try:
        return ipaddress.ip_address(address).version
    except ValueError:
        raise ValueError(f"{argument}: addresses must be IP addresses, got {address!r}") from None


def _check_blocks(argument: str, node: IpBased, *, private: bool) -> None:
    if private:
        raise ValueError(f"{argument} must not be IpBased in a private zone, which Route 53 does not take")
    seen: dict[object, str] = {}
    for name, network in node.networks.items():
        for block in network.blocks:
            try:
                parsed = ipaddress.ip_network(block)
            except ValueError:
                raise ValueError(f"{argument}: networks[{name}]: blocks must be CIDR blocks, got {block!r}") from None
            if not 1 <= parsed.prefixlen <= _LONGEST_PREFIX[parsed.version]:
                raise ValueError(
                    f"{argument}: networks[{name}]: blocks must be /1 to /24 of IPv4 or /1 to /48 of IPv6, got {block}"
                )
            if parsed in seen:
                raise ValueError(
                    f"{argument}: networks[{name}]: blocks must be of one network, {block} is of {seen[parsed]}"
                )
            seen[parsed] = name
