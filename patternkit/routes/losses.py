"""What is left of a network when something in it is lost: a zone, a connection, a gateway, an endpoint, an appliance.

A loss is one at run time: what the templates say stays, so that a static route to what is lost is a blackhole, while
what was learnt from a lost connection or attachment is withdrawn. Subnets of a lost zone hold no hosts any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from patternkit.resolving import StackSet, custom_names
from patternkit.resolving.given import matching
from patternkit.resolving.values import World
from patternkit.routes.errors import QuestionError, nearest
from patternkit.routes.model import (
    Attachment,
    Blackhole,
    CarrierGateway,
    EgressOnlyGateway,
    Element,
    Endpoint,
    Firewall,
    Interface,
    InternetGateway,
    Model,
    NatGateway,
    Peering,
    RouteTable,
    Service,
    Site,
    Subnet,
    TransitGateway,
    Vpc,
    VpnGateway,
)
from patternkit.routes.selecting.spokes import hubs

# What does not stand in a zone, and is lost by itself.
_WITH_ROUTES = (
    CarrierGateway,
    EgressOnlyGateway,
    Endpoint,
    Interface,
    InternetGateway,
    NatGateway,
    Peering,
    Service,
    TransitGateway,
)
_LOSABLE = (*_WITH_ROUTES, Attachment, Firewall, Site, Subnet, Vpc, VpnGateway)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that is lost: a zone by its name, or resources by a name, path or type that they have."""

    name: str

    def __str__(self) -> str:
        return self.name


def lose(model: Model, stacks: StackSet, world: World, losses: Iterable[Loss]) -> set[str]:
    """Take what is lost out of the model of a world.

    Returns:
        The names that mean something there.
    """
    known = set()
    # Which VPCs are spokes is what the network was made as.
    model.hubs = hubs(model)
    for loss in losses:
        # A zone that is written in one way may be the same as one that is written in another.
        names = {loss.name, *(name for zone, name in world.zones.items() if str(zone) == loss.name)}
        zone = [subnet for subnet in model.subnets.values() if subnet.zone in names]
        elements: list[Any] = [*zone] or list(_named(model, stacks, loss.name))
        if not elements:
            continue
        known.add(loss.name)
        for attachment in model.attachments.values() if zone else ():
            for name in names:
                attachment.zones.pop(name, None)
        _take_away(model, elements, loss)
    return known


def unknown_loss(model: Model, name: str) -> QuestionError:
    """The error for a name that nothing of the network has."""
    known = [*zones(model), *(one.path for one in _elements(model))]
    return QuestionError(f"nothing of the network is called {name!r}{nearest(name, known)}")


def zones(model: Model) -> list[str]:
    """The availability zones of a network."""
    return sorted({subnet.zone for subnet in model.subnets.values() if isinstance(subnet.zone, str)})


def losable(model: Model) -> Iterator[Loss]:
    """What may be lost by itself: zones, connections, NAT gateways, endpoints that packets pass, and appliances."""
    for name in zones(model):
        yield Loss(name)
    for element in _elements(model):
        appliance = isinstance(element, Interface) and element.checks is False
        if appliance or isinstance(element, (Site, NatGateway, Endpoint)):
            yield Loss(element.path)


def _elements(model: Model) -> list[Any]:
    """The elements that may be lost, each once."""
    groups = (model.targets, model.attachments, model.sites, model.subnets, model.vpcs, model.firewalls)
    found = {id(one): one for group in groups for one in group.values() if isinstance(one, _LOSABLE)}
    return list(found.values())


def _named(model: Model, stacks: StackSet, name: str) -> Iterator[Element]:
    for element in _elements(model):
        entry = stacks.by_id.get(element.identity)
        names = custom_names(*entry, entry[0].resources[entry[1]]["Type"]) if entry is not None else ()
        # A firewall's endpoint is called by its zone, `GetAZs[0]`, which a pattern would read as a set of characters.
        if name == element.path or matching([name], (element.path, *names)) is not None:
            yield element


def _take_away(model: Model, elements: Iterable[Any], loss: Loss) -> None:
    gone: dict[int, Any] = {}
    waiting = list(elements)
    while waiting:
        element = waiting.pop()
        if id(element) in gone:
            continue
        gone[id(element)] = element
        waiting += _lost_with(model, element)
    for element in gone.values():
        _part(model, element)
        model.lost.append(element)
    for table in _tables(model):
        kept = []
        for route in table.routes:
            if id(route.target) not in gone:
                kept.append(route)
            elif route.origin in ("static", "prefix list", "vpn static"):
                path = str(route.target)
                route.target = Blackhole(f"{path} is lost" + (f", with {loss.name}" if loss.name not in path else ""))
                kept.append(route)
        table.routes = kept
        # What was looked up while the model was made was looked up in the whole network.
        table.compiled.clear()


def _lost_with(model: Model, element: Any) -> Iterator[Any]:
    """What is lost with an element, because it stands in it or is made of it."""
    if isinstance(element, Vpc):
        yield from (*element.subnets, *element.attachments, *element.egress_only)
        yield from (one for one in (element.internet_gateway, element.vpn_gateway) if one is not None)
    elif isinstance(element, Subnet):
        # Hosts of a scaling group, of tasks and of a database proxy are no route's target.
        standing = (*model.targets.values(), *model.interfaces.values())
        yield from (one for one in standing if getattr(one, "subnet", None) is element)
    elif isinstance(element, Firewall):
        yield from element.endpoints
        if element.attachment is not None:
            yield element.attachment
    elif isinstance(element, Site) and element.attachment is not None:
        yield element.attachment
    elif isinstance(element, VpnGateway):
        yield from element.sites
    elif isinstance(element, Attachment):
        yield from (one for one in (element.site, element.peer) if one is not None)
        yield from (site for site in model.sites.values() if site.transport == element.identity)


def _part(model: Model, element: Any) -> None:
    """Take an element out of what refers to it, besides routes."""
    if isinstance(element, Subnet):
        element.vpc.subnets.remove(element)
        model.subnets.pop(element.identity, None)
        for endpoint in model.interface_endpoints.values():
            endpoint.nodes[:] = [node for node in endpoint.nodes if node.subnet is not element]
        for balancer in model.balancers.values():
            balancer.nodes[:] = [node for node in balancer.nodes if node.subnet is not element]
            for group in (group for listener in balancer.listeners for group in listener.groups):
                group.hosts[:] = [(host, ports) for host, ports in group.hosts if host.subnet is not element]
    elif isinstance(element, Interface):
        model.interfaces.pop(element.identity, None)
        for whole in [one for one in model.instances.values() if element in one.interfaces]:
            whole.interfaces.remove(element)
            if not whole.interfaces:
                model.lost.append(whole)
    elif isinstance(element, Attachment):
        for holder in (element.gateway, element.vpc):
            if isinstance(holder, (TransitGateway, Vpc)) and element in holder.attachments:
                holder.attachments.remove(element)
    elif isinstance(element, InternetGateway) and element.vpc is not None:
        element.vpc.internet_gateway = None
    elif isinstance(element, Site):
        if element.gateway is not None and element in element.gateway.sites:
            element.gateway.sites.remove(element)
        element.gateway = element.attachment = None
        element.lost = True


def _tables(model: Model) -> Iterator[RouteTable]:
    yield from model.tables.values()
    yield from model.transit_tables.values()
    for vpc in model.vpcs.values():
        if vpc.main_table is not None:
            yield vpc.main_table
    for target in model.targets.values():
        if isinstance(target, VpnGateway) and target.table is not None:
            yield target.table
