"""What a network is made of: VPCs, transit gateways, sites and firewalls, and the routes between them.

These types refer to each other as the things do: a subnet has a route table, whose routes lead to gateways of its VPC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import Prefix, Spans
from patternkit.routes.model.element import Element
from patternkit.routes.model.filters import FirewallPolicy, NetworkAcl, SecurityGroup

SiteMedium: TypeAlias = Literal["vpn", "direct-connect", "connect"]
Medium: TypeAlias = SiteMedium | Literal["vpc", "peering", "firewall"]
Origin: TypeAlias = Literal[
    "local", "static", "prefix list", "propagated", "vpc", "direct-connect", "connect", "vpn", "vpn static"
]


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
    local_tables: list[str] = field(default_factory=list)  # those of local gateways that it is associated with
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
    public_exception: str = ""  # what VPC Block Public Access lets through here nevertheless
    hosts_public: bool | None = None  # whether hosts have public addresses, where contracts say so
    dns64: bool | Unknown = False
    on_outpost: bool = False

    @property
    def in_wavelength(self) -> bool:
        """Whether it is in a Wavelength Zone, by the zone's name or id."""
        return isinstance(self.zone, str) and re.search(r"-wlz-?\d", self.zone) is not None

    @property
    def in_local_zone(self) -> bool:
        """Whether it is in a Local Zone, by the zone's name or id."""
        names = r"[a-z]{2}(-[a-z]+)+-\d-[a-z]{3}-\d[a-z]|[a-z]+\d-[a-z]{3}\d-az\d"
        return isinstance(self.zone, str) and re.fullmatch(names, self.zone) is not None

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
class CarrierGateway(Element):
    """A carrier gateway: the way of a VPC's Wavelength Zones to the carrier's network and the internet, by IPv4."""

    vpc: Vpc | None = None


@dataclass(slots=True, eq=False, repr=False)
class LocalGateway(Element):
    """The local gateway of an Outpost, which no resource makes: the way to the network of its data center."""

    vpc: Vpc | None = None


@dataclass(slots=True, eq=False, repr=False)
class VpnGateway(Element):
    """A virtual private gateway with the sites behind it."""

    vpc: Vpc | None = None
    sites: list[Site] = field(default_factory=list)
    table: RouteTable | None = None


@dataclass(slots=True, eq=False, repr=False)
class NatGateway(Element):
    """A NAT gateway in a subnet, public or private, or one of a whole VPC.

    Attributes:
        regional: Whether it is of a whole VPC; then it has a route table, and no subnet.
        zones: The zones that a regional one is in; None for each that it is sent packets from.
    """

    subnet: Subnet | None = None
    public: bool | Unknown = True
    regional: bool | Unknown = False
    vpc: Vpc | None = None
    table: RouteTable | None = None
    zones: frozenset[str] | Unknown | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a host takes.

    Attributes:
        protocols: The protocol numbers.
        ports: The ports.
        doubt: Why it may take less; "" where it surely takes all of it.
    """

    protocols: Spans
    ports: Spans
    doubt: str = ""


ANY_INSTANCE = "any instance"


@dataclass(slots=True, eq=False, repr=False)
class Interface(Element):
    """A network interface: a host, or a middlebox when its source/destination check is off.

    Attributes:
        instance: The instance that it belongs to, where the set has it.
        index: Its device index, where it has a number of its own in the instance.
        stands_for: The identity of the resource of whose hosts in its subnet it is any one; `ANY_INSTANCE` for those of
            nobody knows which.
    """

    subnet: Subnet | Unknown = None  # type: ignore[assignment]
    checks: bool | Unknown = True
    security_groups: list[SecurityGroup | Unknown] | Unknown = field(default_factory=list)
    public: bool | Unknown = False
    address: Prefix | None = None
    listens: list[Taken] | None = None  # what it takes; None for everything
    dead: str = ""  # why it surely takes nothing
    doubt: str = ""  # why it may take nothing
    refuses: str | Unknown = ""  # of an endpoint: why its policy lets no request through, or may not let all
    instance: Instance | None = None
    index: str = ""
    stands_for: str = ""

    @property
    def box(self) -> str:
        """The identity under which flows through it are known: that of its instance, if that has several."""
        return (
            self.instance.identity if self.instance is not None and len(self.instance.interfaces) > 1 else self.identity
        )


@dataclass(slots=True, eq=False, repr=False)
class Instance(Element):
    """An instance with its interfaces, and what is declared of what it does with packets that are not its own.

    Attributes:
        more: Why it may have more interfaces than these.
        does: "forwards", "translates", or "" where that is not declared.
        out: By the name of an interface the name of the one that its packets go out by.
    """

    interfaces: list[Interface] = field(default_factory=list)
    more: str = ""
    does: str = ""
    out: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False, repr=False)
class Endpoint(Element):
    """A VPC endpoint that packets are routed through: a firewall's or a gateway load balancer's."""

    subnet: Subnet | Unknown = None  # type: ignore[assignment]
    firewall: Firewall | None = None
    families: frozenset[int] = frozenset({4})
    dead: str = ""  # why what it gets is surely lost
    doubt: str = ""  # why it may be


@dataclass(slots=True, eq=False, repr=False)
class Service(Element):
    """A gateway endpoint's service."""

    service: str = ""
    refuses: str | Unknown = ""  # why its endpoint's policy lets no request through, or may not let all
    vpc: Vpc | None = None


@dataclass(slots=True, eq=False, repr=False)
class Peering(Element):
    """A VPC peering connection."""

    requester: Vpc | Unknown = None  # type: ignore[assignment]
    accepter: Vpc | Unknown = None  # type: ignore[assignment]


@dataclass(slots=True, eq=False, repr=False)
class TransitGateway(Element):
    """A transit gateway."""

    attachments: list[Attachment] = field(default_factory=list)
    default_table: TransitTable | None = None
    associates: bool | Unknown = True
    propagates: bool | Unknown = True
    ecmp: bool = True
    references_groups: bool | Unknown = False
    accepts: bool | Unknown = False  # whether attachments of other accounts come in without being accepted


@dataclass(slots=True, eq=False, repr=False)
class Attachment(Element):
    """One attachment of a transit gateway.

    Attributes:
        medium: What it attaches.
        zones: The attachment's subnet in each zone.
        unknown_zones: Why the zones are not all known.
    """

    gateway: TransitGateway | Unknown = None  # type: ignore[assignment]
    medium: Medium = "vpc"
    vpc: Vpc | None = None
    zones: dict[str, Subnet] = field(default_factory=dict)
    unknown_zones: Unknown | None = None
    appliance: bool | Unknown = False
    appliance_contracts: frozenset[str] = frozenset()
    ipv6: bool | Unknown = False
    references_groups: bool | Unknown = True
    association: TransitTable | Unknown | None = None
    associated: bool = False
    propagated_to: list[TransitTable] = field(default_factory=list)
    site: Site | None = None
    peer: Attachment | None = None
    firewall: Firewall | None = None


@dataclass(slots=True, eq=False, repr=False)
class Site(Element):
    """What lies behind a VPN connection or a Direct Connect or Connect attachment.

    Attributes:
        medium: By what it is connected.
        prefixes: What is reached through it, with the rank of how it is learnt.
        unknown_prefixes: Why more may be learnt over BGP than is declared.
        advertised: The only prefixes that are advertised to the site; None for all.
        allowed: The allowed prefixes of a Direct Connect gateway's association; None where there are none.
        families: The families of packets that its tunnels carry.
        near: By family, the addresses on the site's side that its tunnels carry; all where there are none.
        far: The same of the addresses on the side of AWS.
        asn: The BGP number of its router.
        at: The place where it ends, where that is declared.
        accepts_own_asn: Whether its router takes routes with its own BGP number in their path.
        passes_on: Whether it passes on what is not its own; None where that is not known.
        sends: Where it sends packets to without an announcement; None where that is not known.
        preference: The local preference of what its router learns by the connection.
        transport: The identity of the attachment that its tunnels run over, where that is not the internet.
        lost: Whether the connection is down in what is asked.
    """

    medium: SiteMedium = "vpn"
    prefixes: list[tuple[Prefix, Origin]] = field(default_factory=list)
    unknown_prefixes: Unknown | None = None
    static_only: bool = False
    customer_gateway: str = ""
    gateway: VpnGateway | None = None
    attachment: Attachment | None = None
    advertised: tuple[Prefix, ...] | Unknown | None = None
    allowed: tuple[Prefix, ...] | Unknown | None = None
    families: frozenset[int] | Unknown = frozenset({4, 6})
    near: dict[int, Prefix | Unknown] = field(default_factory=dict)
    far: dict[int, Prefix | Unknown] = field(default_factory=dict)
    asn: int | Unknown | None = None
    at: str = ""
    accepts_own_asn: bool = False
    passes_on: bool | None = None
    sends: tuple[Prefix, ...] | None = None
    preference: int = 100
    transport: str = ""
    lost: bool = False

    def is_at(self, other: Site) -> bool:
        """Whether two connections surely end at one place."""
        return (
            self is other
            or (bool(self.at) and self.at == other.at)
            or (bool(self.customer_gateway) and self.customer_gateway == other.customer_gateway)
        )

    def spans(self, family: int) -> list[Prefix]:
        """The site's blocks of a family."""
        return list(dict.fromkeys(block for block, _ in self.prefixes if block.family == family))


@dataclass(slots=True, eq=False, repr=False)
class Firewall(Element):
    """A network firewall with what its policy does to packets before they reach the rules."""

    endpoints: list[Endpoint] = field(default_factory=list)
    policy: FirewallPolicy | Unknown = None  # type: ignore[assignment]
    attachment: Attachment | None = None


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
    | CarrierGateway
    | LocalGateway
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
RANKS: dict[Origin, int] = {
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
    origin: Origin
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
