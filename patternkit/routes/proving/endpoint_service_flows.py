"""Flows by PrivateLink: from a consumer to a target behind an endpoint service, as one.

No packet of the consumer gets to the target. It ends at the consumer's endpoint; the service's load balancer begins
another connection with its own address, whatever its target group says of clients' addresses, and so whatever ranges
overlap. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from patternkit.resolving.values import lifted
from patternkit.routes.addresses import intersect
from patternkit.routes.forwarding import Forwarder, Leg, Outcome, security_group
from patternkit.routes.forwarding.walks import Crossing
from patternkit.routes.model import Balancer, EndpointService, Interface, InterfaceEndpoint, Subnet, TargetGroup
from patternkit.routes.places import Place
from patternkit.routes.promises import Promise
from patternkit.routes.proving.load_balancer_flows import (
    DEEPEST,
    ENDPOINT,
    Carrier,
    doubts,
    same_zone,
    spans_of_host,
    unsure_of_guards,
)
from patternkit.routes.proving.view import View
from patternkit.routes.tracing import Flow


def or_by_service(view: View, promise: Promise, source: Place, destination: Place, direct: list[Flow]) -> list[Flow]:
    """The flows that a promise about what works is about: those by an endpoint service where it alone leads there.

    Args:
        view: The network.
        promise: What is asked: its port is the one that the source calls.
        source: Where flows start.
        destination: Where they are to end.
        direct: The flows of packets that are sent to the destination itself.
    """
    if any(flow.delivered for flow in direct):
        return direct
    by_service = flows_by_service(view, promise, source, destination)
    perhaps = any(flow.forward.outcome is Outcome.UNKNOWN for flow in direct)
    if not by_service or (perhaps and not all(flow.answered for flow in by_service)):
        return direct
    return by_service


def flows_by_service(view: View, promise: Promise, source: Place, destination: Place) -> list[Flow]:
    """Every flow from a source to a destination by endpoints of services that lead there; none where none do.

    Clients take the endpoints of their own VPC, and those of others only where their packets get there.
    """
    if promise.family == 6 or destination.subnet is None or not view.model.services:
        return []
    own, others = _ByService(view, promise, source, destination).found()
    for by, far in ((own, _gets_through), (others, _gets_through), (own, _gets_in), (others, _gets_in)):
        if found := [flow for flows in by if any(map(far, flows)) for flow in flows]:
            return found
    return [flow for flows in own for flow in flows]


def _gets_through(flow: Flow) -> bool:
    return flow.forward.outcome is not Outcome.DROPPED


def _gets_in(flow: Flow) -> bool:
    """Whether a flow gets as far as an endpoint."""
    return any(hop.kind == ENDPOINT for hop in flow.forward.walk.hops)


class _ByService(Carrier):
    def found(self) -> tuple[list[list[Flow]], list[list[Flow]]]:
        """The flows of each endpoint that leads to the destination: of the source's own VPC, and of others."""
        own: list[list[Flow]] = []
        others: list[list[Flow]] = []
        serving = [
            balancer
            for service in self.model.services.values()
            for balancer in service.balancers
            if balancer.sort == "network" and self._serves(balancer, DEEPEST)
        ]
        for endpoint in self.model.interface_endpoints.values() if serving else ():
            if endpoint.service is None and not endpoint.doubt:
                continue
            balancers = [one for one in serving if endpoint.service is None or one in endpoint.service.balancers]
            flows = [flow for one in balancers for flow in self._by(endpoint, endpoint.service, one)]
            if flows:
                (own if self._is_own(endpoint) else others).append(flows)
        return own, others

    def _is_own(self, endpoint: InterfaceEndpoint) -> bool:
        home = self.source.subnet.vpc if self.source.subnet is not None else None
        return any(isinstance(node.subnet, Subnet) and node.subnet.vpc is home for node in endpoint.nodes)

    def _by(self, endpoint: InterfaceEndpoint, service: EndpointService | None, balancer: Balancer) -> Iterator[Flow]:
        for node in endpoint.nodes:
            place = Place("interface", node.path, node, spans_of_host(node))
            for flow in self._traced(self.source, place, self.promise.protocols(), self.promise.ports()):
                flow = replace(flow, source=self.source, destination=self.destination)
                if flow.forward.outcome is not Outcome.DELIVERED:
                    yield flow
                elif service is None:
                    yield self._unknown(flow, endpoint.doubt)
                else:
                    for inner in self._nodes(node, balancer):
                        entered = _stands_in(self._entered(flow, endpoint, balancer), node, inner)
                        yield from self._into(entered, endpoint, balancer, inner)

    @staticmethod
    def _nodes(endpoint_node: Interface, balancer: Balancer) -> list[Interface]:
        """A load balancer's interfaces that an endpoint's interface leads to: that of its zone, where that is known."""
        near = [node for node in balancer.nodes if same_zone(endpoint_node, node)]
        return near or balancer.nodes

    def _into(self, flow: Flow, endpoint: InterfaceEndpoint, balancer: Balancer, node: Interface) -> Iterator[Flow]:
        passed = [flow]
        if balancer.guards_private_link:
            forwarder = Forwarder(self.model)
            walks = security_group(forwarder, node, replace(flow.forward.walk, peer=node), inward=True)
            passed = [replace(flow, forward=Leg(walk, Outcome.DELIVERED, flow.forward.reason)) for walk in walks]
            unsure = unsure_of_guards(balancer)
            for leg in forwarder.done:
                if unsure:
                    yield self._unknown(flow, unsure)
                    continue
                reason = f"{leg.reason}, which rules on what comes by {endpoint.path}"
                yield Flow(self.source, self.destination, flow.box, replace(leg, reason=reason), None)
        for entry in passed:
            if doubted := entry.forward.walk.doubts:
                yield self._unknown(entry, doubted[0])
            else:
                yield from self._listened(entry, balancer, node)

    def _listened(self, entry: Flow, balancer: Balancer, node: Interface) -> Iterator[Flow]:
        box = entry.forward.walk.box
        for listener in balancer.listeners:
            if not intersect(listener.ports, box.port) or not intersect(listener.protocol, box.protocol):
                continue
            if unknown := [*listener.unknown, *(text for group in listener.groups for text in group.unknown)]:
                yield self._unknown(entry, unknown[0])
            for group in listener.groups:
                if not group.unknown and (lost := _no_target(balancer, group, node)):
                    walk = entry.forward.walk
                    yield replace(entry, forward=Leg(walk, Outcome.DROPPED, lost, kind="blackhole"), back=None)
                else:
                    # Clients' addresses are never kept.
                    yield from self._exits(entry, node, (), balancer, group, DEEPEST)
        if balancer.unknown:
            yield self._unknown(entry, doubts(balancer)[0] + lifted(f"harmless, {balancer.path}"))


def _stands_in(flow: Flow, *interfaces: Interface) -> Flow:
    """A flow that goes through interfaces, each of which ends one connection or begins another in its zone."""
    crossings = tuple(Crossing.at(one, one.subnet) for one in interfaces if isinstance(one.subnet, Subnet))
    walk = flow.forward.walk
    return replace(flow, forward=replace(flow.forward, walk=replace(walk, crossings=(*walk.crossings, *crossings))))


def _no_target(balancer: Balancer, group: TargetGroup, node: Interface) -> str:
    """Why what comes to a load balancer's interface has nowhere to go; "" where it has."""
    hosts = [host for host, _ in group.hosts]
    if balancer.crosses_zones(group) or group.balancers or not hosts or any(same_zone(node, host) for host in hosts):
        return ""
    zone = node.subnet.zone if isinstance(node.subnet, Subnet) else ""
    return f"{balancer.path} has no target in {zone}, and does not balance across zones"
