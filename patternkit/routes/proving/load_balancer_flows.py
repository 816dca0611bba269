"""Flows that no route shows: by load balancers, endpoints of services, and accelerators.

A load balancer takes a connection and makes another, so that a flow through it has two parts: to one of its interfaces,
and from there to a target. Both are traced like any other flow, with the network ACLs and security groups on their way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from patternkit.resolving.values import Unknown, not_lifted
from patternkit.routes.addresses import EPHEMERAL_PORTS, Box, Spans, intersect, normal
from patternkit.routes.building.filters import DEFAULT_GROUP
from patternkit.routes.forwarding import Forwarder, Hop, HopKind, Leg, Outcome, Walk, forward, security_group
from patternkit.routes.model import (
    ANY_INSTANCE,
    Balancer,
    Element,
    Interface,
    InterfaceEndpoint,
    Opening,
    SecurityGroup,
    Subnet,
    TargetGroup,
    homes,
)
from patternkit.routes.places import Place
from patternkit.routes.promises import Promise
from patternkit.routes.proving.view import View
from patternkit.routes.tracing import Flow

DEEPEST = 4
ENDPOINT: Final = "interface endpoint"


def carried(view: View, promise: Promise, source: Place, destination: Place) -> list[Flow]:
    """The flows by what carries packets without a route: those that arrive, and those that are not decided."""
    model = view.model
    if not (model.balancers or model.interface_endpoints or model.openings) or promise.family == 6:
        return []
    return [
        flow
        for flow in Carrier(view, promise, source, destination).flows()
        if flow.forward.outcome is not Outcome.DROPPED
    ]


class Carrier:
    """Finds the flows of a promise that load balancers, endpoints and accelerators carry."""

    def __init__(self, view: View, promise: Promise, source: Place, destination: Place) -> None:
        self.view, self.model, self.promise = view, view.model, promise
        self.source, self.destination = source, destination

    def flows(self) -> Iterator[Flow]:
        """Every flow by a carrier."""
        for endpoint in self.model.interface_endpoints.values():
            if self.destination.kind == "service" and endpoint.of_aws == self.destination.name:
                for flow in self._to_endpoint(endpoint, ((6, 6),), ((443, 443),)):
                    hop = _hop(endpoint, ENDPOINT, f"to {endpoint.of_aws}")
                    yield self._arrived(flow, hop, f"{endpoint.of_aws} by {endpoint.path}")
        if self.destination.subnet is None:
            return
        for opening in self.model.openings:
            # A load balancer's own interfaces are in the subnet that is asked of, too.
            hosts = opening.target.nodes if isinstance(opening.target, Balancer) else [opening.target]
            for host in hosts if self.source.kind == "internet" else ():
                if isinstance(host, Interface) and self._is_there(host):
                    yield from self._opened(opening, host)
        for balancer in self.model.balancers.values():
            if self.destination.element in balancer.nodes:
                yield from self._by_service(balancer)
            if self._serves(balancer, DEEPEST):
                yield from self._nowhere(balancer)
                yield from self._through(balancer)

    # Which load balancers lead to the destination

    def _serves(self, balancer: Balancer, depth: int) -> bool:
        groups = [group for listener in balancer.listeners for group in listener.groups]
        if any(self._is_there(host) for group in groups for host, _ in group.hosts):
            return True
        if any(self._is_there(node) for group in groups for inner, _ in group.balancers for node in inner.nodes):
            return True
        if depth and any(self._serves(inner, depth - 1) for group in groups for inner, _ in group.balancers):
            return True
        return bool(doubts(balancer)) and any(subnet.vpc is self._vpc() for subnet in homes(balancer))

    def _vpc(self) -> Element | None:
        return self.destination.subnet.vpc if self.destination.subnet is not None else None

    def _is_there(self, host: Interface) -> bool:
        element = self.destination.element
        return (
            host is element
            or (isinstance(element, Interface) and is_one_of(element, host))
            or (
                host.subnet is self.destination.subnet
                and (isinstance(element, Subnet) or host.kind != "AWS::EC2::Instance")
                and bool(intersect(spans_of_host(host), self.destination.ipv4))
                and (isinstance(element, Subnet) or host.address is not None)
            )
        )

    # To a load balancer

    def _through(self, balancer: Balancer) -> Iterator[Flow]:
        if not balancer.listeners:
            yield from self._undecided(balancer)
            return
        for listener in balancer.listeners:
            for entry, node, client in self._entries(balancer, listener.protocol, listener.ports):
                if entry.forward.outcome is Outcome.UNKNOWN:
                    yield replace(entry, source=self.source, destination=self.destination)
                    continue
                unknown = [*listener.unknown, *(text for group in listener.groups for text in group.unknown)]
                if unknown:
                    yield self._unknown(entry, f"{unknown[0]} (contract: harmless, {balancer.path})")
                for group in listener.groups:
                    yield from self._exits(entry, node, client, balancer, group, DEEPEST)

    def _undecided(self, balancer: Balancer) -> Iterator[Flow]:
        reason = f"{balancer.path} has no listener in the set: what one that is made elsewhere takes is not known"
        for entry, _, _ in self._entries(balancer, self.promise.protocols(), self.promise.ports()):
            yield self._unknown(entry, f"{reason} (contract: harmless, {balancer.path})")

    def _nowhere(self, balancer: Balancer) -> Iterator[Flow]:
        """What a load balancer in subnets that are not known may carry, which then is told of no interface of it."""
        inward = self.source.kind != "internet" or balancer.public is not False
        wanted = intersect(
            self.promise.protocols(), normal(span for one in balancer.listeners for span in one.protocol)
        )
        if balancer.unknown and inward and wanted and self.source.ipv4 and self.destination.ipv4:
            box = Box(4, wanted, self.source.ipv4, EPHEMERAL_PORTS, self.destination.ipv4, self.promise.ports())
            reason = f"{balancer.path}: {balancer.unknown[0]}"
            yield Flow(self.source, self.destination, box, Leg(Walk(box), Outcome.UNKNOWN, reason), None)

    def _entries(self, balancer: Balancer, protocol: Spans, ports: Spans) -> Iterator[tuple[Flow, Interface, Spans]]:
        """The flows to a load balancer's interfaces, with the addresses that it sees as their clients'."""
        for node in balancer.nodes:
            place = Place("interface", node.path, node, spans_of_host(node))
            for flow in self._traced(self.source, place, protocol, ports):
                if flow.forward.outcome is not Outcome.DROPPED:
                    yield flow, node, flow.forward.walk.box.source
        yield from self._by_endpoints(balancer, protocol, ports)
        for opening in self.model.openings:
            if self.source.kind == "internet" and opening.target is balancer:
                for node in balancer.nodes:
                    for flow in self._opened(opening, node):
                        if flow.forward.outcome is not Outcome.DROPPED:
                            yield flow, node, flow.forward.walk.box.source

    def _by_service(self, balancer: Balancer) -> Iterator[Flow]:
        """What gets to a load balancer that is asked of itself by endpoints of its services."""
        for listener in balancer.listeners:
            for flow, node, _ in self._by_endpoints(balancer, listener.protocol, listener.ports):
                if node is self.destination.element and intersect(self.promise.ports(), flow.box.port):
                    yield replace(flow, source=self.source, destination=self.destination)

    def _by_endpoints(
        self, balancer: Balancer, protocol: Spans, ports: Spans
    ) -> Iterator[tuple[Flow, Interface, Spans]]:
        for endpoint in self.model.interface_endpoints.values():
            service = endpoint.service
            if service is None and endpoint.doubt and self.model.services:
                # One in subnets that are not known is in doubt as a whole.
                for node in balancer.nodes[:1]:
                    for flow in self._to_endpoint(endpoint, protocol, ports):
                        yield self._unknown(flow, endpoint.doubt), node, ()
            perhaps = service is not None and bool(service.unknown) and balancer.sort == "network"
            if service is None or (balancer not in service.balancers and not perhaps):
                continue
            for flow in self._to_endpoint(endpoint, protocol, ports):
                entered = self._entered(flow, endpoint, balancer)
                for node in balancer.nodes:
                    if not balancer.guards_private_link or self._let_in(node, flow.forward.walk):
                        # PrivateLink puts the load balancer's own address for the client's.
                        yield entered, node, ()
                    elif unsure := unsure_of_guards(balancer):
                        yield self._unknown(flow, unsure), node, ()

    def _entered(self, flow: Flow, endpoint: InterfaceEndpoint, balancer: Balancer) -> Flow:
        service = endpoint.service.path if endpoint.service else ""
        hop = _hop(endpoint, ENDPOINT, f"to {balancer.path} by {service}")
        return self._arrived(flow, hop, balancer.path)

    def _let_in(self, node: Interface, walk: Walk) -> bool:
        at_node = Forwarder(self.model)
        return bool(security_group(at_node, node, replace(walk, peer=node), inward=True)) or any(
            leg.outcome is Outcome.UNKNOWN for leg in at_node.done
        )

    def _to_endpoint(self, endpoint: InterfaceEndpoint, protocol: Spans, ports: Spans) -> Iterator[Flow]:
        for node in endpoint.nodes:
            place = Place("interface", node.path, node, spans_of_host(node))
            for flow in self._traced(self.source, place, protocol, ports):
                if flow.forward.outcome is not Outcome.DROPPED:
                    yield flow

    def _traced(self, source: Place, place: Place, protocol: Spans, ports: Spans) -> list[Flow]:
        wanted = intersect(protocol, self.promise.protocols())
        if not wanted or not source.ipv4 or not place.ipv4 or source.element is place.element:
            return []
        return self.view.tracer.flows(source, place, 4, wanted, ports)

    # From a load balancer

    def _exits(
        self, entry: Flow, node: Interface, client: Spans, balancer: Balancer, group: TargetGroup, depth: int
    ) -> Iterator[Flow]:
        keeps = group.keeps_client is True and balancer.sort == "network" and bool(client)
        place = Place("interface", node.path, node, client if keeps else spans_of_host(node))
        why = "the client's address stays" if keeps else "the load balancer's own address becomes the source"
        for host, ports in group.hosts:
            if not self._is_there(host) or not self._asked(entry, ports):
                continue
            if not balancer.crosses_zones(group) and not same_zone(node, host):
                continue
            hop = _hop(balancer, "load balancer", f"to {host.path}: {why}")
            end = Place("interface", host.path, host, spans_of_host(host))
            for flow in self._traced(place, end, group.protocol, ports):
                yield self._joined(entry, hop, flow, host, replies=not keeps)
        for inner, ports in group.balancers if depth else ():
            for listener in inner.listeners:
                taken = intersect(listener.ports, ports)
                for next_node in inner.nodes if taken else ():
                    end = Place("interface", next_node.path, next_node, spans_of_host(next_node))
                    for flow in self._traced(place, end, listener.protocol, taken):
                        joined = self._joined(
                            entry, _hop(balancer, "load balancer", f"to {inner.path}: {why}"), flow, next_node
                        )
                        if joined.forward.outcome is not Outcome.DELIVERED:
                            yield joined
                            continue
                        if self._is_there(next_node) and self._asked(entry, taken):
                            yield joined
                        for further in listener.groups:
                            yield from self._exits(joined, next_node, (), inner, further, depth - 1)

    def _asked(self, entry: Flow, ports: Spans) -> bool:
        """Whether a promise about one port is about this flow: as its client sends it, or as its target gets it."""
        asked = self.promise.ports()
        return bool(intersect(asked, entry.box.port) or intersect(asked, ports))

    # By an accelerator

    def _opened(self, opening: Opening, host: Interface) -> Iterator[Flow]:
        subnet = host.subnet
        # https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints.html: private subnets, too,
        # where their VPC has an internet gateway.
        if not isinstance(subnet, Subnet) or subnet.vpc.internet_gateway is None:
            return
        wanted = intersect(opening.protocol, self.promise.protocols())
        place = Place("interface", host.path, host, spans_of_host(host))
        for taken, got in opening.ports:
            if not wanted or not (intersect(taken, self.promise.ports()) or intersect(got, self.promise.ports())):
                continue
            box = Box(4, wanted, self.source.ipv4, EPHEMERAL_PORTS, place.ipv4, got)
            hop = _hop(opening, "accelerator", f"to {host.path}")
            # No network ACL is asked what it lets in where the client's address stays:
            # https://docs.aws.amazon.com/global-accelerator/latest/dg/about-endpoints.sipp-caveats.html
            past_acls = opening.keeps_client is not False
            walk = Walk(box, peer=host, hops=(hop,), choices=(("public address", True),), past_acls=past_acls)
            for leg in forward(self.model, [(("local", subnet.vpc, None), walk)]):
                yield self._weighed(Flow(self.source, self.destination, box, _told(leg, opening), None), host)

    # Putting parts together

    def _joined(self, entry: Flow, hop: Hop, flow: Flow, host: Interface, *, replies: bool = True) -> Flow:
        back = None
        if replies and flow.back is not None and entry.back is not None:
            lost = flow.back.outcome is not Outcome.DELIVERED
            back = flow.back if lost else chain(flow.back, (), entry.back)
        leg = chain(entry.forward, (hop,), flow.forward)
        return self._weighed(Flow(self.source, self.destination, entry.box, leg, back), host)

    def _arrived(self, flow: Flow, hop: Hop, how: str) -> Flow:
        leg = flow.forward
        walk = replace(leg.walk, hops=(*leg.walk.hops, hop))
        leg = replace(leg, walk=walk, reason=how if flow.delivered else leg.reason)
        return replace(flow, source=self.source, destination=self.destination, forward=leg)

    def _unknown(self, flow: Flow, reason: str) -> Flow:
        leg = Leg(flow.forward.walk, Outcome.UNKNOWN, reason)
        return Flow(self.source, self.destination, flow.box, leg, None)

    def _weighed(self, flow: Flow, host: Interface) -> Flow:
        """What only a VPC's default security group denies is not decided: its rules stand in no resource."""
        leg = flow.forward
        groups = host.security_groups
        if leg.outcome is not Outcome.DROPPED or leg.kind != "filter" or isinstance(groups, Unknown) or not groups:
            return flow
        if not all(isinstance(g, SecurityGroup) and g.identity.endswith(DEFAULT_GROUP) for g in groups):
            return flow
        reason = (
            f"{leg.reason}: it has its VPC's default group, whose rules may be changed without a resource"
            + not_lifted()
        )
        return Flow(flow.source, flow.destination, flow.box, Leg(leg.walk, Outcome.UNKNOWN, reason), None)


def doubts(balancer: Balancer) -> list[str]:
    """Why a load balancer may have other listeners or targets than are known."""
    found = [*balancer.unknown, *(text for listener in balancer.listeners for text in listener.unknown)]
    found += [text for listener in balancer.listeners for group in listener.groups for text in group.unknown]
    return found or ([] if balancer.listeners else ["no listener"])


def unsure_of_guards(balancer: Balancer) -> str:
    """Why it is not known whether its security groups are asked about what comes by PrivateLink; "" where it is."""
    asked = balancer.guards_private_link
    if not isinstance(asked, Unknown):
        return ""
    return f"{balancer.path}: whether its security groups are asked about what comes by PrivateLink: {asked.reason}"


def _hop(element: Element, kind: HopKind, why: str) -> Hop:
    return Hop(element.path, kind, "", why, element.identity)


def _told(leg: Leg, opening: Opening) -> Leg:
    return replace(leg, reason=f"{leg.reason} by {opening.path}")


def chain(first: Leg, hops: Iterable[Hop], last: Leg) -> Leg:
    """Two legs as one: the second goes on where the first has ended."""
    walk = replace(
        last.walk,
        hops=(*first.walk.hops, *hops, *last.walk.hops),
        sightings=(*first.walk.sightings, *last.walk.sightings),
        crossings=(*first.walk.crossings, *last.walk.crossings),
        carriers=(*first.walk.carriers, *last.walk.carriers),
        contracts=first.walk.contracts | last.walk.contracts,
        hedges=(*first.walk.hedges, *last.walk.hedges),
        translations=(),
    )
    through = "".join(f" through {hop.element}" for hop in hops)
    return replace(last, walk=walk, reason=f"{last.reason}{through}")


def spans_of_host(host: Interface) -> Spans:
    """The IPv4 addresses that a host may have."""
    if host.address is not None:
        return ((host.address.first, host.address.last),)
    return host.subnet.spans(4) if isinstance(host.subnet, Subnet) else ()


def is_one_of(host: Interface, target: Interface) -> bool:
    """Whether a host is, or may be, one of those in its subnet that a target stands for."""
    if host.subnet is not target.subnet or not target.stands_for:
        return False
    of_any = target.stands_for == ANY_INSTANCE and host.kind in _INSTANCES
    return of_any or host.stands_for == target.stands_for


_INSTANCES = ("AWS::EC2::Instance", "AWS::AutoScaling::AutoScalingGroup")


def same_zone(node: Interface, host: Interface) -> bool:
    """Whether two interfaces are in one zone, as far as their zones are known."""
    return (
        not isinstance(node.subnet, Subnet)
        or not isinstance(host.subnet, Subnet)
        or node.subnet.zone == host.subnet.zone
    )
