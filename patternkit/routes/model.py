"""The network that a set of stacks makes, in one world: what a packet can meet, and what points where.

Names are AWS's. Every element knows its identity (unique in the set), its construct path for people, and the
contracts that it leans on. `Unknown` in a field is a fact like any other: a packet that meets it ends there,
undecided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from patternkit.routes.addresses import Prefix, Spans
from patternkit.routes.values import Unknown


@dataclass(slots=True, eq=False, repr=False)
class Element:
    """Anything that a template makes and a packet can meet."""

    identity: str
    path: str
    kind: str = ""
    contracts: frozenset[str] = frozenset()
    tainted: str = ""  # why what the template says of it may not hold at run time

    def __str__(self) -> str:
        return self.path

    def __repr__(self) -> str:
        # Elements point to each other: a generated repr would print the whole network, many times over.
        return f"<{type(self).__name__} {self.path}>"


@dataclass(slots=True, eq=False, repr=False)
class Vpc(Element):
    """A VPC with its address blocks and what is attached to it."""

    blocks: list[Prefix] = field(default_factory=list)
    unknown_blocks: dict[int, Unknown] = field(default_factory=dict)  # by family
    subnets: list[Subnet] = field(default_factory=list)
    tables: list[RouteTable] = field(default_factory=list)
    main_table: RouteTable | None = None
    unassociated: RouteTable | Unknown | None = None
    internet_gateway: InternetGateway | None = None
    egress_only: list[EgressOnlyGateway] = field(default_factory=list)
    vpn_gateway: VpnGateway | None = None
    attachments: list[Attachment] = field(default_factory=list)
    edge_tables: dict[str, RouteTable | Unknown] = field(default_factory=dict)
    index: dict[int, tuple[list[tuple[int, int, Subnet]], bool]] = field(default_factory=dict)

    def covers(self, family: int) -> list[Prefix]:
        """The VPC's blocks of a family."""
        return [block for block in self.blocks if block.family == family]


@dataclass(slots=True, eq=False, repr=False)
class Subnet(Element):
    """A subnet: one zone, its blocks, its table and ACL."""

    vpc: Vpc = None  # type: ignore[assignment]
    zone: str | Unknown = ""
    blocks: list[Prefix] = field(default_factory=list)
    unknown_blocks: Unknown | None = None
    table: RouteTable | Unknown | None = None
    acl: NetworkAcl | Unknown | None = None
    public_addresses: bool | Unknown = False

    def spans(self, family: int) -> Spans:
        """The subnet's addresses of a family."""
        return tuple(sorted((block.first, block.last) for block in self.blocks if block.family == family))


@dataclass(slots=True, eq=False, repr=False)
class InternetGateway(Element):
    """An internet gateway."""

    vpc: Vpc | None = None


@dataclass(slots=True, eq=False, repr=False)
class EgressOnlyGateway(Element):
    """An egress-only internet gateway: IPv6, outwards, stateful."""

    vpc: Vpc | None = None


@dataclass(slots=True, eq=False, repr=False)
class VpnGateway(Element):
    """A virtual private gateway with the sites behind it."""

    vpc: Vpc | None = None
    sites: list[Site] = field(default_factory=list)
    table: RouteTable | None = None


@dataclass(slots=True, eq=False, repr=False)
class NatGateway(Element):
    """A NAT gateway in a subnet, public or private."""

    subnet: Subnet | None = None
    public: bool | Unknown = True
    regional: bool = False
    vpc: Vpc | None = None


@dataclass(slots=True, eq=False, repr=False)
class Interface(Element):
    """A network interface: a host, or a middlebox when its source/destination check is off."""

    subnet: Subnet | Unknown = None  # type: ignore[assignment]
    checks: bool | Unknown = True
    security_groups: list[SecurityGroup | Unknown] | Unknown = field(default_factory=list)
    public: bool | Unknown = False
    address: Prefix | None = None


@dataclass(slots=True, eq=False, repr=False)
class Endpoint(Element):
    """A VPC endpoint that packets are routed through: a firewall's or a gateway load balancer's."""

    subnet: Subnet | Unknown = None  # type: ignore[assignment]
    firewall: Firewall | None = None
    families: frozenset[int] = frozenset({4})
    owner: str = ""  # the firewall or endpoint service behind it


@dataclass(slots=True, eq=False, repr=False)
class Service(Element):
    """A gateway endpoint's service."""

    service: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Firewall(Element):
    """A network firewall with what its policy does to packets before they reach the rules."""

    endpoints: list[Endpoint] = field(default_factory=list)
    policy: FirewallPolicy | Unknown = None  # type: ignore[assignment]
    attachment: Attachment | None = None


@dataclass(slots=True, eq=False, repr=False)
class FirewallPolicy(Element):
    """What a firewall policy does.

    Attributes:
        stateless: The stateless default actions.
        fragments: What it does to fragments of UDP that no stateless rule takes.
        stateless_passes: The stateless rules: those that allow let packets past the stateful engine.
        filters: Whether the stateful engine has rules or drops by default.
    """

    stateless: tuple[str, ...] | Unknown = ()
    fragments: tuple[str, ...] | Unknown = ()
    stateless_passes: list[AclRule] | Unknown = field(default_factory=list)
    filters: bool | Unknown = True


@dataclass(slots=True, eq=False, repr=False)
class Peering(Element):
    """A VPC peering connection."""

    requester: Vpc | Unknown = None  # type: ignore[assignment]
    accepter: Vpc | Unknown = None  # type: ignore[assignment]


@dataclass(slots=True, eq=False, repr=False)
class Site(Element):
    """What lies behind a VPN connection or a Direct Connect or Connect attachment.

    Attributes:
        medium: "vpn", "direct-connect" or "connect".
        prefixes: What is reached through it, with the rank of how it is learnt.
        unknown_prefixes: Why more may be learnt over BGP than is declared.
        advertised: The only prefixes that are advertised to the site; None for all.
    """

    medium: str = "vpn"
    prefixes: list[tuple[Prefix, str]] = field(default_factory=list)
    unknown_prefixes: Unknown | None = None
    static_only: bool = False
    customer_gateway: str = ""
    gateway: VpnGateway | None = None
    attachment: Attachment | None = None
    advertised: tuple[Prefix, ...] | Unknown | None = None

    def spans(self, family: int) -> list[Prefix]:
        """The site's blocks of a family."""
        return list(dict.fromkeys(block for block, _ in self.prefixes if block.family == family))


@dataclass(slots=True, eq=False, repr=False)
class TransitGateway(Element):
    """A transit gateway."""

    tables: list[TransitTable] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    default_table: TransitTable | None = None
    associates: bool | Unknown = True
    propagates: bool | Unknown = True
    ecmp: bool = True
    references_groups: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Attachment(Element):
    """One attachment of a transit gateway.

    Attributes:
        medium: "vpc", "vpn", "direct-connect", "connect", "peering" or "firewall".
        zones: The attachment's subnet in each zone.
        unknown_zones: Why the zones are not all known.
    """

    gateway: TransitGateway | Unknown = None  # type: ignore[assignment]
    medium: str = "vpc"
    vpc: Vpc | None = None
    zones: dict[str, Subnet] = field(default_factory=dict)
    unknown_zones: Unknown | None = None
    appliance: bool | Unknown = False
    appliance_contracts: frozenset[str] = frozenset()
    ipv6: bool | Unknown = False
    references_groups: bool = True
    association: TransitTable | Unknown | None = None
    associated: bool = False
    propagated_to: list[TransitTable] = field(default_factory=list)
    site: Site | None = None
    peer: Attachment | None = None
    firewall: Firewall | None = None


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


@dataclass(frozen=True, slots=True)
class AclRule:
    """A rule of a network ACL, security group or stateless rule group: what it matches, whether it allows."""

    family: int
    protocols: Spans
    remote: Spans
    ports: Spans
    allows: bool = True
    local: Spans | None = None
    local_ports: Spans | None = None
    number: int = 0
    group: str = ""  # a security group instead of addresses
    drops: bool = False  # of a stateless rule
    doubt: str = ""  # why what it matches may be otherwise
    text: str = ""


@dataclass(slots=True, eq=False, repr=False)
class NetworkAcl(Element):
    """A network ACL: stateless, in the order of its numbers."""

    inbound: list[AclRule] = field(default_factory=list)
    outbound: list[AclRule] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class SecurityGroup(Element):
    """A security group: stateful, allows only."""

    inbound: list[AclRule] = field(default_factory=list)
    outbound: list[AclRule] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Model:
    """Everything that one world makes of a set of stacks."""

    vpcs: dict[str, Vpc] = field(default_factory=dict)
    subnets: dict[str, Subnet] = field(default_factory=dict)
    tables: dict[str, RouteTable] = field(default_factory=dict)
    transit_gateways: dict[str, TransitGateway] = field(default_factory=dict)
    transit_tables: dict[str, TransitTable] = field(default_factory=dict)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    firewalls: dict[str, Firewall] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    targets: dict[str, Any] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    security_groups: dict[str, SecurityGroup] = field(default_factory=dict)
    network_acls: dict[str, NetworkAcl] = field(default_factory=dict)
    peerings: dict[str, Peering] = field(default_factory=dict)
    prefix_lists: dict[str, list[Prefix] | Unknown] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    contracts: frozenset[str] = frozenset()  # what decides which resources there are
    blocked_public: str = ""  # why internet gateways may carry nothing
    refused: list[str] = field(default_factory=list)  # why AWS refuses to deploy this world at all

    def elements(self) -> Iterable[Element]:
        """Everything that has a name."""
        for group in (
            self.vpcs,
            self.subnets,
            self.tables,
            self.transit_gateways,
            self.transit_tables,
            self.attachments,
            self.firewalls,
            self.sites,
            self.interfaces,
            self.peerings,
        ):
            yield from group.values()
