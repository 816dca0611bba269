"""Load balancers, what they send to, and endpoints of services: what carries packets on a way that no route shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import EVERY_PORT, Prefix, Spans
from patternkit.routes.model.element import Element
from patternkit.routes.model.elements import Interface, Subnet, Taken


@dataclass(slots=True, eq=False, repr=False)
class TargetGroup(Element):
    """What a load balancer sends to.

    Attributes:
        sort: "instance", "ip", "lambda" or "alb".
        protocol: The protocol numbers of what targets get.
        ports: The ports at which they get it.
        keeps_client: Whether targets see the client's address.
        cross_zone: Whether it is balanced across zones; None where it is as the load balancer's own setting says.
        health: The TCP ports at which targets are asked for their health.
        hosts: The targets in subnets of the set, with the ports at which each gets its packets.
        balancers: Load balancers among the targets, with their ports.
        elsewhere: Targets by address that are no host of the set's subnets.
        unknown: Why there may be more targets.
    """

    sort: str = "instance"
    protocol: Spans = ((6, 6),)
    ports: Spans = EVERY_PORT
    keeps_client: bool | Unknown = False
    cross_zone: bool | None = None
    health: Spans = EVERY_PORT
    hosts: list[tuple[Interface, Spans]] = field(default_factory=list)
    balancers: list[tuple[Balancer, Spans]] = field(default_factory=list)
    elsewhere: list[tuple[Prefix, Spans]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Listener(Element):
    """What a load balancer takes, and where it sends that."""

    protocol: Spans = ((6, 6),)
    ports: Spans = EVERY_PORT
    doubt: str = ""  # why it may take less
    groups: list[TargetGroup] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class Balancer(Element):
    """A load balancer: "application", "network" or "gateway", with an interface in each of its subnets."""

    sort: str = "application"
    nodes: list[Interface] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)
    public: bool | Unknown = True  # whether the internet reaches it
    cross_zone: bool = True
    guards_private_link: bool | Unknown = True  # whether its security groups are asked about what comes by PrivateLink
    unknown: list[str] = field(default_factory=list)

    def crosses_zones(self, group: TargetGroup) -> bool:
        """Whether what it sends to a target group is balanced across zones.

        Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-cross-zone.html
        """
        return self.cross_zone if group.cross_zone is None else group.cross_zone

    def takes(self) -> list[Taken]:
        """What the listeners take."""
        return [Taken(listener.protocol, listener.ports, listener.doubt) for listener in self.listeners]


@dataclass(slots=True, eq=False, repr=False)
class EndpointService(Element):
    """A service that is reached by endpoints in other VPCs."""

    balancers: list[Balancer] = field(default_factory=list)
    accepts: bool | Unknown = False  # whether it takes every endpoint without being asked
    account: str = ""  # where it is, where its stack says so
    allowed: list[str] = field(default_factory=list)  # the ARNs of other accounts' principals that may connect, or "*"
    unknown: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False, repr=False)
class InterfaceEndpoint(Element):
    """An endpoint with an interface in each of its subnets, to a service of the set or to one of AWS's."""

    nodes: list[Interface] = field(default_factory=list)
    service: EndpointService | None = None
    of_aws: str = ""  # the name of a service of AWS
    dead: str = ""  # why it surely carries nothing
    doubt: str = ""  # why it may carry nothing, or to where is not known


@dataclass(slots=True, eq=False, repr=False)
class Opening(Element):
    """What lets the internet in to a target without a route: an accelerator's endpoint."""

    protocol: Spans = ((6, 6),)
    ports: tuple[tuple[Spans, Spans], ...] = ()  # those that it takes, and those that the target gets
    target: Interface | Balancer | Unknown | None = None
    keeps_client: bool | Unknown = True


@dataclass(slots=True, eq=False, repr=False)
class Proxy:
    """A host that ends connections and opens its own: one of a database's, or as a contract declares it.

    Attributes:
        host: The host that connections end at.
        to: Where it opens connections to.
        ports: On which ports.
        contract: What declares it; "" where the template says it.
        by: The hosts that open connections, where it is not that one.
    """

    host: Interface
    to: tuple[Prefix, ...]
    ports: Spans
    contract: str = ""
    by: tuple[Interface, ...] = ()


def homes(balancer: Balancer) -> list[Subnet]:
    """The subnets of a load balancer."""
    return [node.subnet for node in balancer.nodes if isinstance(node.subnet, Subnet)]
