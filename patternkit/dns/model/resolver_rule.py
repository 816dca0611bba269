"""Resolver rules and endpoints: which queries of a VPC leave it, and which come in.

Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver.html
"""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.dns.model.unknown import Unknown


@dataclass(slots=True, eq=False)
class ResolverEndpoint:
    """An endpoint of the VPC resolver.

    Attributes:
        identity: The resource's identity.
        path: What people call it.
        direction: INBOUND, OUTBOUND or INBOUND_DELEGATION.
        vpc: The identity of its VPC.
        addresses: Its addresses: as the template gives them, or one identity for each that AWS picks.
    """

    identity: str
    path: str
    direction: str | Unknown
    vpc: str | Unknown
    addresses: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class ResolverRule:
    """What a VPC's resolver does with a domain's queries.

    Attributes:
        identity: The resource's identity.
        path: What people call it.
        domain: The domain; it and everything below is meant.
        type: FORWARD, SYSTEM or DELEGATE.
        targets: The addresses that it forwards to.
        endpoint: The identity of the outbound endpoint that it sends them through.
        vpcs: The identities of the VPCs that use it, with what associates them.
    """

    identity: str
    path: str
    domain: str
    type: str
    targets: tuple[str, ...] | Unknown = ()
    endpoint: str | Unknown | None = None
    vpcs: dict[str, str] = field(default_factory=dict)
