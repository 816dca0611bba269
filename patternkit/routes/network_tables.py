"""What a network is, as it is shown: its route tables in every world, and what of it is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from patternkit.resolving.values import CLOSE, OPEN, Unknown
from patternkit.routes.classes import ADDS, CHANGES, class_of
from patternkit.routes.model import Endpoint, Model, NetworkAcl, RouteTable, SecurityGroup, Subnet, TransitTable
from patternkit.routes.network import Network
from patternkit.routes.proving import View

# Options of a choice, and resources of a type, that a line tells.
_MOST_OPTIONS = 6


def shown_network(network: Network) -> dict[str, Any]:
    """Everything that `show` tells, as data.

    Args:
        network: The network.

    Returns:
        The tables with their routes; in how many worlds they are, and what these decide; what is not known or modelled;
        what AWS refuses; notes.
    """
    views = network.views()
    models = [view.model for view in views]
    unknown = [doubt for model in models for doubt in (*model.unknown, *_doubts(model))]
    if network.too_many_worlds:
        unknown.append(f"there are more than {len(views)} worlds; the others are not shown")
    notes = [note for model in models for note in model.notes]
    if not any(model.vpcs for model in models):
        notes.insert(0, "the templates hold no VPC: there is nothing that packets could start from")
    return {
        "tables": _tables(views),
        "worlds": len(views),
        "undecided": [*_choices(views), *_zones(views)],
        "unknown": _told(unknown),
        "not_modelled": [*_not_modelled(network)],
        "refused": _told(text for model in models for text in model.refused),
        "notes": _told(notes),
    }


def _not_modelled(network: Network) -> Iterator[str]:
    """Each type that may carry packets or change their way and is not modelled, with its resources."""
    found: dict[str, list[str]] = {}
    for stack in network.stacks.stacks:
        for logical, resource in stack.resources.items():
            kind = resource["Type"]
            if kind.startswith("AWS::") and class_of(kind) in (ADDS, CHANGES):
                found.setdefault(kind, []).append(stack.path(logical))
    for kind, paths in sorted(found.items()):
        more = f" and {len(paths) - _MOST_OPTIONS} others" if len(paths) > _MOST_OPTIONS else ""
        what = "may add ways" if class_of(kind) == ADDS else "may change ways"
        yield f"{kind}, which {what}: {', '.join(paths[:_MOST_OPTIONS])}{more}"


def _told(texts: Iterable[str]) -> list[str]:
    return [text.replace(OPEN, "").replace(CLOSE, "") for text in dict.fromkeys(texts)]


def _tables(views: list[View]) -> list[dict[str, Any]]:
    """The tables of all worlds; where worlds differ, a route has all targets that it may have."""
    found: dict[str, list[RouteTable]] = {}
    for view in views:
        mains = [vpc.main_table for vpc in view.model.vpcs.values() if vpc.main_table is not None and _uses_main(vpc)]
        for table in (*view.model.transit_tables.values(), *view.model.tables.values(), *mains):
            found.setdefault(table.identity, []).append(table)
    return [_table(tables, len(views)) for tables in found.values()]


def _uses_main(vpc: Any) -> bool:
    return any(subnet.table is vpc.main_table for subnet in vpc.subnets)


def _table(tables: list[RouteTable], worlds: int) -> dict[str, Any]:
    routes: dict[tuple[Any, str, str], list[str]] = {}
    for table in tables:
        for route in table.routes:
            key = (route.prefix, route.origin, route.path)
            targets = routes.setdefault(key, [])
            if (target := _target(route.target)) not in targets:
                targets.append(target)
    unknown = [doubt for table in tables for doubt in ([table.tainted] if table.tainted else []) + table.unknown]
    if len(tables) < worlds:
        unknown.append("it is not there in every world")
    return {
        "table": tables[0].path,
        "used_by": list(dict.fromkeys(user for table in tables for user in _users(table))),
        "routes": [
            {"destination": str(prefix), "target": " or ".join(targets), "targets": targets, "origin": origin}
            for (prefix, origin, _), targets in sorted(routes.items(), key=lambda item: item[0][0])
        ],
        "unknown": _told(unknown),
    }


def _users(table: RouteTable) -> list[str]:
    if isinstance(table, TransitTable):
        return [a.path for a in getattr(table.gateway, "attachments", ()) if a.association is table]
    return [subnet.path for subnet in table.vpc.subnets if subnet.table is table] if table.vpc is not None else []


def _target(target: Any) -> str:
    if isinstance(target, Unknown):
        return f"not known: {target.reason}"
    if isinstance(target, Endpoint) and isinstance(target.subnet, Subnet) and isinstance(target.subnet.zone, Unknown):
        return f"{target.path} ({target.subnet.zone.reason})"
    return getattr(target, "path", None) or type(target).__name__.lower()


def _choices(views: list[View]) -> Iterator[str]:
    """What the worlds decide."""
    met = {choice.key: choice for view in views for choice in view.world.met.values()}
    for choice in met.values():
        options = [choice.text.format(option=option) for option in choice.options[:_MOST_OPTIONS]]
        more = len(choice.options) - len(options)
        yield _told([" or ".join(options) + (f" or {more} others" if more else "")])[0]


def _zones(views: list[View]) -> Iterator[str]:
    """Which zones are one in some worlds and not in others."""
    terms = dict.fromkeys(term for view in views for term in view.world.zones)
    for one, other in combinations(terms, 2):
        names = {view.world.zones.get(one) == view.world.zones.get(other) for view in views if one in view.world.zones}
        if len(names) > 1:
            yield f"whether {one} and {other} are the same availability zone"


def _doubts(model: Model) -> Iterator[str]:
    """What is not known of the elements of a network."""
    for vpc in model.vpcs.values():
        yield from (f"{vpc.path} has more addresses: {unknown.reason}" for unknown in vpc.unknown_blocks.values())
    for subnet in model.subnets.values():
        for unknown in (subnet.zone, subnet.unknown_blocks, subnet.table, subnet.acl, subnet.public_addresses):
            if isinstance(unknown, Unknown):
                yield f"{subnet.path}: {unknown.reason}"
    for attachment in model.attachments.values():
        for doubt in (attachment.gateway, attachment.unknown_zones, attachment.appliance, attachment.association):
            if isinstance(doubt, Unknown):
                yield f"{attachment.path}: {doubt.reason}"
    for site in model.sites.values():
        if site.unknown_prefixes is not None:
            yield site.unknown_prefixes.reason
    for firewall in model.firewalls.values():
        if isinstance(firewall.policy, Unknown):
            yield f"the policy of {firewall.path}: {firewall.policy.reason}"
    for element in model.targets.values():
        if isinstance(element, Endpoint) and isinstance(element.subnet, Unknown):
            yield f"the subnet of {element.path}: {element.subnet.reason}"
    filtering: list[NetworkAcl | SecurityGroup] = [*model.network_acls.values(), *model.security_groups.values()]
    for filters in filtering:
        yield from (f"{filters.path}: {reason}" for reason in filters.unknown)
    for element in dict.fromkeys((*model.elements(), *model.network_acls.values(), *model.security_groups.values())):
        if element.tainted:
            yield element.tainted
    for table in (*model.transit_tables.values(), *model.tables.values()):
        yield from (f"{table.path} may have more routes: {reason}" for reason in table.unknown)
    if model.blocked_public:
        yield model.blocked_public
