"""The network that a set of stacks makes, in one world: what a packet can meet, and what points where.

Names are AWS's. Every element knows its identity (unique in the set), its construct path for people, and the
contracts that it leans on. `Unknown` in a field is a fact like any other: a packet that meets it ends there,
undecided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import Prefix
from patternkit.routes.model.element import Doubt, Element
from patternkit.routes.model.elements import (
    ANY_INSTANCE,
    RANKS,
    Ambiguous,
    Attachment,
    Blackhole,
    CarrierGateway,
    Decision,
    EgressOnlyGateway,
    Endpoint,
    Firewall,
    Instance,
    Interface,
    InternetGateway,
    Local,
    LocalGateway,
    Medium,
    NatGateway,
    Origin,
    Peering,
    Route,
    RouteTable,
    Service,
    Site,
    SiteMedium,
    Subnet,
    Taken,
    Target,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnGateway,
)
from patternkit.routes.model.filters import AclRule, FirewallPolicy, NetworkAcl, SecurityGroup
from patternkit.routes.model.load_balancers import (
    Balancer,
    EndpointService,
    InterfaceEndpoint,
    Listener,
    Opening,
    Proxy,
    TargetGroup,
    homes,
)
from patternkit.routes.model.public_block import PublicBlock

__all__ = [
    "ANY_INSTANCE",
    "RANKS",
    "AclRule",
    "Ambiguous",
    "Attachment",
    "Balancer",
    "Blackhole",
    "CarrierGateway",
    "Decision",
    "Doubt",
    "EgressOnlyGateway",
    "Element",
    "Endpoint",
    "EndpointService",
    "Firewall",
    "FirewallPolicy",
    "Instance",
    "Interface",
    "InterfaceEndpoint",
    "InternetGateway",
    "Listener",
    "Local",
    "LocalGateway",
    "Medium",
    "Model",
    "NatGateway",
    "NetworkAcl",
    "Opening",
    "Origin",
    "Peering",
    "Proxy",
    "Route",
    "RouteTable",
    "SecurityGroup",
    "Service",
    "Site",
    "SiteMedium",
    "Subnet",
    "Taken",
    "Target",
    "TargetGroup",
    "TransitGateway",
    "TransitTable",
    "Vpc",
    "VpnGateway",
    "homes",
]


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
    instances: dict[str, Instance] = field(default_factory=dict)
    security_groups: dict[str, SecurityGroup] = field(default_factory=dict)
    network_acls: dict[str, NetworkAcl] = field(default_factory=dict)
    peerings: dict[str, Peering] = field(default_factory=dict)
    prefix_lists: dict[str, list[Prefix] | Unknown] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    balancers: dict[str, Balancer] = field(default_factory=dict)
    services: dict[str, EndpointService] = field(default_factory=dict)
    interface_endpoints: dict[str, InterfaceEndpoint] = field(default_factory=dict)
    openings: list[Opening] = field(default_factory=list)
    proxies: list[Proxy] = field(default_factory=list)
    doubts: dict[str, list[Doubt]] = field(default_factory=dict)  # by element: what may carry packets there
    lifted: dict[str, frozenset[str]] = field(default_factory=dict)  # by element: contracts that take doubts away
    notes: list[str] = field(default_factory=list)
    contracts: frozenset[str] = frozenset()  # what decides which resources there are
    blocked_public: str = ""  # why internet gateways may carry nothing
    public_block: PublicBlock | None = None  # which internet gateways carry nothing
    refused: list[str] = field(default_factory=list)  # why AWS refuses to deploy this world at all
    lost: list[Element] = field(default_factory=list)  # what is lost at run time, in what is asked
    hubs: set[str] | None = None  # VPCs that others' packets were led through before anything was lost

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
