"""Routes, and the tables that they are in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from patternkit.routes.addresses import Prefix
from patternkit.routes.model.elements import Element
from patternkit.routes.model.transit import Attachment, Site, TransitGateway
from patternkit.routes.model.vpcs import (
    EgressOnlyGateway,
    Endpoint,
    Interface,
    InternetGateway,
    NatGateway,
    Peering,
    Service,
    Vpc,
    VpnGateway,
)
from patternkit.routes.values import Unknown


@dataclass(frozen=True, slots=True)
class Blackhole:
    """A route that drops."""

    reason: str


@dataclass(frozen=True, slots=True)
class Local:
    """The route to the VPC itself."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several routes of which AWS takes any one."""

    routes: tuple[Route, ...]
    reason: str


Target: TypeAlias = (
    Local
    | Blackhole
    | Unknown
    | InternetGateway
    | EgressOnlyGateway
    | VpnGateway
    | NatGateway
    | Interface
    | Endpoint
    | Service
    | Peering
    | TransitGateway
    | Attachment
    | Site
)


# Who wins between routes to the same block. VPC: https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html.
# Transit gateway: https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview.
# Virtual private gateway: https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html.
RANKS = {
    "local": 0,
    "static": 1,
    "prefix list": 2,
    "propagated": 3,
    "vpc": 3,
    "direct-connect": 4,
    "connect": 5,
    "vpn": 7,
    "vpn static": 6,
}


@dataclass(slots=True, eq=False, repr=False)
class Route:
    """One route.

    Attributes:
        origin: "local", "static", "prefix list", or how it is propagated; a key of `RANKS`.
        prefix_list: The prefix list that the route comes from.
    """

    prefix: Prefix
    target: Target
    origin: str
    path: str = ""
    contracts: frozenset[str] = frozenset()
    prefix_list: str = ""

    def __repr__(self) -> str:
        return f"<Route {self.prefix} -> {self.target} ({self.origin})>"


@dataclass(slots=True, eq=False, repr=False)
class RouteTable(Element):
    """A VPC's route table, or what a virtual private gateway routes by."""

    vpc: Vpc | None = None
    routes: list[Route] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    compiled: dict[int, tuple[list[int], list[Decision]]] = field(default_factory=dict)


@dataclass(slots=True, eq=False, repr=False)
class TransitTable(RouteTable):
    """A transit gateway's route table."""

    gateway: TransitGateway | Unknown = None  # type: ignore[assignment]


Decision: TypeAlias = "Route | tuple[Route, ...] | Ambiguous | None"
