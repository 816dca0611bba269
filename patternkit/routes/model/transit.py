"""Transit gateways, their attachments, and the sites behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from patternkit.routes.addresses import Prefix
from patternkit.routes.model.elements import Element
from patternkit.routes.values import Unknown

if TYPE_CHECKING:
    from patternkit.routes.model.firewalls import Firewall
    from patternkit.routes.model.routes import TransitTable
    from patternkit.routes.model.vpcs import Subnet, Vpc, VpnGateway


@dataclass(slots=True, eq=False, repr=False)
class TransitGateway(Element):
    """A transit gateway."""

    attachments: list[Attachment] = field(default_factory=list)
    default_table: TransitTable | None = None
    associates: bool | Unknown = True
    propagates: bool | Unknown = True
    ecmp: bool = True
    references_groups: bool = False
    accepts: bool | Unknown = False  # whether attachments of other accounts come in without being accepted


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


@dataclass(slots=True, eq=False, repr=False)
class Site(Element):
    """What lies behind a VPN connection or a Direct Connect or Connect attachment.

    Attributes:
        medium: "vpn", "direct-connect" or "connect".
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
    """

    medium: str = "vpn"
    prefixes: list[tuple[Prefix, str]] = field(default_factory=list)
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
