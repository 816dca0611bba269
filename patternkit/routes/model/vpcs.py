"""VPCs, their subnets and gateways, and what packets meet in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patternkit.routes.addresses import Prefix, Spans
from patternkit.routes.model.elements import Element
from patternkit.routes.model.filters import NetworkAcl, SecurityGroup
from patternkit.routes.values import Unknown

if TYPE_CHECKING:
    from patternkit.routes.model.firewalls import Firewall
    from patternkit.routes.model.routes import RouteTable
    from patternkit.routes.model.transit import Attachment, Site


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
    dns64: bool | Unknown = False

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


@dataclass(slots=True, eq=False, repr=False)
class Interface(Element):
    """A network interface: a host, or a middlebox when its source/destination check is off.

    Attributes:
        instance: The instance that it belongs to, where the set has it.
        index: Its device index, where it has a number of its own in the instance.
    """

    subnet: Subnet | Unknown = None  # type: ignore[assignment]
    checks: bool | Unknown = True
    security_groups: list[SecurityGroup | Unknown] | Unknown = field(default_factory=list)
    public: bool | Unknown = False
    address: Prefix | None = None
    listens: list[tuple[Spans, Spans]] | None = None  # the protocols and ports that it takes; None for all
    doubt: str = ""  # why it may take nothing
    instance: Instance | None = None
    index: str = ""

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
    vpc: Vpc | None = None


@dataclass(slots=True, eq=False, repr=False)
class Peering(Element):
    """A VPC peering connection."""

    requester: Vpc | Unknown = None  # type: ignore[assignment]
    accepter: Vpc | Unknown = None  # type: ignore[assignment]
