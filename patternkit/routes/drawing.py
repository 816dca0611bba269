"""Draw a network: VPCs with their subnets by availability zone, gateways, firewalls, balancers, and a traced flow.

VPCs that behave alike are drawn once, with their number.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from patternkit.drawing import Edge, Graph, Group, Node, drawn
from patternkit.resolving.values import Unknown
from patternkit.routes.forwarding import Leg, Outcome
from patternkit.routes.model import (
    Element,
    Endpoint,
    Interface,
    InternetGateway,
    Model,
    NatGateway,
    RouteTable,
    Service,
    Subnet,
    TransitGateway,
    Vpc,
    VpnGateway,
)
from patternkit.routes.proving import View
from patternkit.routes.tracing import Flow
from patternkit.routes.vpc_equivalence import VpcClasses

# Names of constructs that repeat what the drawing shows.
_UNTOLD = {"Resource", "RouteTable", "Subnet"}
_INTERNET = "the internet"
_ICONS: dict[type, tuple[str, str]] = {
    NatGateway: ("NAT gateway", "resource/AmazonVPCNATGateway"),
    InternetGateway: ("Internet gateway", "resource/AmazonVPCInternetGateway"),
    VpnGateway: ("VPN gateway", "resource/AmazonVPCVPNGateway"),
    Interface: ("Interface", "resource/AmazonVPCElasticNetworkInterface"),
    Service: ("Gateway endpoint", "resource/AmazonVPCEndpoints"),
}
_BALANCERS = {
    "application": "resource/ElasticLoadBalancingApplicationLoadBalancer",
    "network": "resource/ElasticLoadBalancingNetworkLoadBalancer",
    "gateway": "resource/ElasticLoadBalancingGatewayLoadBalancer",
}
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"


def draw(view: View, flow: Flow | None = None) -> str:
    """Draw the network of one world.

    Args:
        view: The world.
        flow: A traced flow to draw upon it.

    Returns:
        The SVG document.

    Raises:
        PatternkitError: Node, or a package of it that draws, is missing.
    """
    title = "Network" if flow is None else f"Network, with the flow from {flow.source.name} to {flow.destination.name}"
    return drawn(graph_of(view, flow), title)


def graph_of(view: View, flow: Flow | None = None) -> Graph:
    """What is drawn of a network."""
    return _Reader(view, flow).graph


class _Reader:
    def __init__(self, view: View, flow: Flow | None) -> None:
        self.model: Model = view.model
        self.view = view
        self.flow = flow
        self.graph = Graph()
        # A stack's name in front of every path tells nothing where there is only one stack.
        stacks = {
            one.path.partition("/")[0] for one in [*self.model.vpcs.values(), *self.model.transit_gateways.values()]
        }
        self.prefix = f"{stacks.pop()}/" if len(stacks) == 1 else ""
        self.drawn_vpcs: set[str] = set()
        self._groups_of_vpcs()
        self._outside()
        self._peerings()
        if flow is None:
            self._routes_within()
        else:
            self._trace(flow)

    def _short(self, path: str) -> str:
        parts = [part for part in path.removeprefix(self.prefix).split("/") if part not in _UNTOLD]
        return "/".join(parts) or path

    def _node(self, element: Element, service: str, icon: str, group: str | None = None, title: str = "") -> None:
        name = title or self._short(element.path)
        self.graph.nodes[element.identity] = Node(
            id=element.identity, title=name, service=service, icon=icon, group=group
        )

    # VPCs

    def _groups_of_vpcs(self) -> None:
        touched = self._touched()
        for vpc, count in self._one_of_each_kind(touched):
            self.drawn_vpcs.add(vpc.identity)
            blocks = ", ".join(map(str, vpc.blocks[:2])) or "addresses not known"
            alike = f", and {count - 1} alike" if count > 1 else ""
            title = f"{self._short(vpc.path)} {blocks}{alike}"
            self.graph.groups[vpc.identity] = Group(id=vpc.identity, title=title, kind="vpc")
            for subnet in sorted(vpc.subnets, key=lambda one: (str(_zone(one)), one.path)):
                zone = f"{vpc.identity} {_zone(subnet)}"
                if zone not in self.graph.groups:
                    self.graph.groups[zone] = Group(id=zone, title=_zone(subnet), kind="zones", group=vpc.identity)
                self._subnet(subnet, zone)
        for element in dict.fromkeys(self.model.targets.values()):
            self._in_subnet(element)
        for stack in self.view.stacks.stacks:
            for logical, resource in stack.resources.items():
                if resource["Type"] in (_BALANCER, _CLASSIC):
                    self._balancer(stack, logical, resource)

    def _touched(self) -> set[str]:
        if self.flow is None:
            return set()
        legs = [leg for leg in (self.flow.forward, self.flow.back) if leg is not None]
        found = {hop.identity for leg in legs for hop in leg.walk.hops}
        ends = {
            place.subnet.identity for place in (self.flow.source, self.flow.destination) if place.subnet is not None
        }
        return {s.vpc.identity for s in self.model.subnets.values() if s.identity in found | ends}

    def _one_of_each_kind(self, touched: set[str]) -> list[tuple[Vpc, int]]:
        keys = VpcClasses(self.model).keys(dict.fromkeys(touched, "touched"))
        groups: dict[Hashable, list[Vpc]] = {}
        for identity, vpc in self.model.vpcs.items():
            groups.setdefault((keys[identity], identity if identity in touched else ""), []).append(vpc)
        return [(group[0], len(group)) for group in groups.values()]

    def _subnet(self, subnet: Subnet, zone: str) -> None:
        table = subnet.table
        name = self._short(table.path) if isinstance(table, RouteTable) else "table not known"
        public = isinstance(table, RouteTable) and any(isinstance(r.target, InternetGateway) for r in table.routes)
        icon = f"architecture-group/{'Public' if public else 'Private'}subnet"
        blocks = ", ".join(map(str, subnet.blocks[:1])) or "addresses not known"
        own = self._short(subnet.path)
        service = blocks if name == own else f"{blocks}, {name.rpartition('/')[2]}"
        self._node(subnet, service, icon, zone, title=own.rpartition("/")[2])

    def _in_subnet(self, element: Any) -> None:
        """What stands in a subnet, or at the edge of a VPC."""
        subnet = getattr(element, "subnet", None)
        vpc = subnet.vpc if isinstance(subnet, Subnet) else getattr(element, "vpc", None)
        if not isinstance(vpc, Vpc) or vpc.identity not in self.drawn_vpcs:
            return
        group = f"{vpc.identity} {_zone(subnet)}" if isinstance(subnet, Subnet) else vpc.identity
        if isinstance(element, Endpoint):
            called = "Firewall endpoint" if element.firewall is not None else "Endpoint"
            icon = "AWSNetworkFirewallEndpoints" if element.firewall is not None else "AmazonVPCEndpoints"
            title = self._short(element.firewall.path if element.firewall is not None else element.path)
            self._node(element, called + self._in(subnet), f"resource/{icon}", group, title=title)
        elif type(element) in _ICONS:
            called, icon = _ICONS[type(element)]
            self._node(element, called + self._in(subnet), icon, group)
        if isinstance(element, InternetGateway):
            self.graph.nodes[_INTERNET] = Node(id=_INTERNET, title="Internet", service="", icon="resource/Internet")
            self.graph.connect(Edge(source=element.identity, target=_INTERNET, flow="route", both=True))

    def _in(self, subnet: Any) -> str:
        return f" in {self._short(subnet.path).rpartition('/')[2]}" if isinstance(subnet, Subnet) else ""

    def _routes_within(self) -> None:
        """Which gateway, endpoint or interface of its VPC each subnet's table leads to."""
        for subnet in self.model.subnets.values():
            if subnet.identity not in self.graph.nodes or not isinstance(subnet.table, RouteTable):
                continue
            for route in subnet.table.routes:
                target = getattr(route.target, "identity", "")
                if target in self.graph.nodes and not isinstance(route.target, TransitGateway):
                    self.graph.connect(Edge(source=subnet.identity, target=target, flow="route"))

    def _balancer(self, stack: Any, logical: str, resource: dict[str, Any]) -> None:
        resolver = self.view.resolver
        if resolver is None or not resolver.exists(stack, resource):
            return
        properties = resource.get("Properties") or {}
        names = resolver.value(stack, properties.get("Subnets") or [])
        mappings = resolver.value(stack, properties.get("SubnetMappings") or [])
        listed = [*names] if isinstance(names, list) else []
        listed += (
            [one.get("SubnetId") for one in mappings if isinstance(one, dict)] if isinstance(mappings, list) else []
        )
        subnets = [self.model.subnets[name] for name in listed if isinstance(name, str) and name in self.model.subnets]
        vpcs = {subnet.vpc.identity for subnet in subnets} & self.drawn_vpcs
        kind = resolver.value(stack, properties.get("Type") or "application") if resource["Type"] == _BALANCER else ""
        icon = _BALANCERS.get(str(kind), "resource/ElasticLoadBalancingClassicLoadBalancer")
        element = Element(stack.ids[logical], stack.path(logical))
        service = f"{str(kind).capitalize()} load balancer" if kind in _BALANCERS else "Load balancer"
        self._node(element, service, icon, next(iter(vpcs), None))
        for subnet in subnets:
            if subnet.identity in self.graph.nodes:
                self.graph.connect(Edge(source=element.identity, target=subnet.identity, flow="route", both=True))

    # What lies between and around them

    def _outside(self) -> None:
        for gateway in self.model.transit_gateways.values():
            self._node(gateway, "Transit gateway", "architecture-service/AWSTransitGateway")
            for attachment in gateway.attachments:
                if attachment.vpc is not None and attachment.vpc.identity in self.drawn_vpcs:
                    table = attachment.association
                    named = self._short(table.path).rpartition("/")[2] if isinstance(table, RouteTable) else "no table"
                    label = "table not known" if isinstance(table, Unknown) else named
                    for subnet in list(attachment.zones.values())[:1] or attachment.vpc.subnets[:1]:
                        self._route(gateway.identity, subnet.identity, label)
                elif attachment.peer is not None and isinstance(attachment.peer.gateway, TransitGateway):
                    self._route(gateway.identity, attachment.peer.gateway.identity, "peering")
        for site in self.model.sites.values():
            self._node(
                site, {"vpn": "VPN", "connect": "Connect"}.get(site.medium, "Direct Connect"), "resource/Officebuilding"
            )
            end = site.attachment.gateway if site.attachment is not None else site.gateway
            if isinstance(end, (TransitGateway, VpnGateway)):
                self._route(site.identity, end.identity, site.medium)

    def _route(self, source: str, target: str, label: str) -> None:
        if source in self.graph.nodes and target in self.graph.nodes:
            self.graph.connect(Edge(source=source, target=target, label=label, flow="route", both=True))

    def _peerings(self) -> None:
        for peering in self.model.peerings.values():
            sides = [side for side in (peering.requester, peering.accepter) if isinstance(side, Vpc)]
            sides = [side for side in sides if side.identity in self.drawn_vpcs]
            if sides:
                self._node(peering, "VPC peering", "resource/AmazonVPCPeeringConnection")
            for side in sides:
                first = side.subnets[0].identity if side.subnets else side.identity
                self._route(first, peering.identity, "")

    # A traced flow

    def _trace(self, flow: Flow) -> None:
        for leg, way in ((flow.forward, "there"), (flow.back, "back")):
            if leg is None:
                continue
            points = list(self._points(leg))
            if leg.outcome is not Outcome.DELIVERED:
                lost = leg.outcome is Outcome.DROPPED
                end = f"end of {way}"
                self.graph.nodes[end] = Node(
                    id=end,
                    title="Dropped" if lost else "Not known",
                    service=f"the {'replies' if way == 'back' else 'packets'}",
                    icon="resource/Alert" if lost else "resource/Question",
                )
                points.append(end)
            for source, target in pairwise(points):
                edge = Edge(source=source, target=target, flow=way)  # type: ignore[arg-type]
                if edge not in self.graph.edges:
                    self.graph.edges.append(replace(edge, back=way == "back"))

    def _points(self, leg: Leg) -> Iterator[str]:
        """What of the drawing a leg passes."""
        before = ""
        start = self.flow.source if leg is self.flow.forward else self.flow.destination  # type: ignore[union-attr]
        ends = [_INTERNET] if start.kind == "internet" else [start.subnet.identity] if start.subnet is not None else []
        way = [*ends, *(hop.identity for hop in leg.walk.hops)]
        if leg.outcome is Outcome.DELIVERED and isinstance(leg.end, tuple):
            way.append(_INTERNET)
        for identity in way:
            if identity in self.graph.nodes and identity != before:
                yield identity
                before = identity


def _zone(subnet: Subnet) -> str:
    return subnet.zone if isinstance(subnet.zone, str) else "zone not known"
