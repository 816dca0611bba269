"""What stands in no resource: the attachments and routes that contracts declare."""

from __future__ import annotations

from typing import Any

from patternkit.resolving import (
    custom_names,
)
from patternkit.resolving.given import matching
from patternkit.resolving.values import opaque
from patternkit.routes.building.draft import Draft
from patternkit.routes.building.sites import apply_declared_site
from patternkit.routes.building.transit_gateways import attach, attachment_at, propagate_by_default
from patternkit.routes.contracts import DeclaredRoute
from patternkit.routes.errors import ContractError, nearest
from patternkit.routes.model import (
    Attachment,
    Blackhole,
    EgressOnlyGateway,
    Endpoint,
    Interface,
    InternetGateway,
    NatGateway,
    Peering,
    Route,
    RouteTable,
    Site,
    TransitGateway,
    VpnGateway,
)

# What a route of a VPC may lead to.
_ROUTED_TO = (
    EgressOnlyGateway,
    Endpoint,
    Interface,
    InternetGateway,
    NatGateway,
    Peering,
    TransitGateway,
    VpnGateway,
)


def check_contracts(draft: Draft) -> None:
    """A contract that names nothing is a mistake: what it was meant for goes on as if it were not there."""
    contracts = draft.contracts
    stacks = {stack.name: stack for stack in draft.resolver.stacks.stacks}
    for name, values in contracts.parameters.items():
        if name not in stacks:
            raise ContractError(f"contracts: parameters of {name!r}, which is not a stack{nearest(name, stacks)}")
        for parameter in values:
            if parameter not in stacks[name].parameters:
                known = nearest(parameter, stacks[name].parameters)
                raise ContractError(f"contracts: {name} has no parameter {parameter!r}{known}")
    wanted = {
        pattern: section
        for section, patterns in (
            ("harmless", contracts.harmless),
            ("returns", contracts.returns),
            ("prefixes", contracts.prefixes),
            ("appliance-mode", contracts.appliance_mode),
            ("policies", contracts.policies),
            ("routes by", [route.by for route in contracts.routes if route.by]),
            ("sites", contracts.sites),
            ("zones", contracts.zones),
            ("blocks", contracts.blocks),
            ("public-addresses", contracts.public_addresses),
            ("accepted", contracts.accepted),
            ("appliances", contracts.appliances),
        )
        for pattern in patterns
        if "*" not in pattern
    }
    declared = tuple(attachment.name for attachment in contracts.attachments)
    while declared and (pattern := matching(wanted, declared)) is not None:
        del wanted[pattern]
    if not wanted:
        return
    known_names: set[str] = set()
    for stack in stacks.values():
        for logical, resource in stack.resources.items():
            names = custom_names(stack, logical, resource["Type"])
            known_names.update(names)
            while (pattern := matching(wanted, names)) is not None:
                del wanted[pattern]
        if not wanted:
            return
    for pattern, section in wanted.items():
        raise ContractError(f"contracts: {section} of {pattern!r}, which is no resource{nearest(pattern, known_names)}")


def add_declared(draft: Draft) -> None:
    """Add the attachments and routes that contracts declare."""
    for declared in draft.contracts.attachments:
        gateway = _by_name(draft, draft.model.transit_gateways, declared.transit_gateway, "transit gateway")
        identity = opaque(f"contract/{declared.name}")
        contract = frozenset({f"attachments {declared.name}"})
        site = Site(
            identity,
            declared.name,
            "contract",
            contract,
            medium=declared.kind,
            prefixes=[(block, declared.kind) for block in declared.prefixes],
        )
        apply_declared_site(draft, site, (declared.name,))
        draft.model.sites[identity] = site
        site.attachment = attach(
            draft,
            Attachment(
                f"{identity}.attachment",
                declared.name,
                "contract",
                contract,
                medium=declared.kind,
                gateway=gateway,
                site=site,
            ),
        )
        if declared.table:
            table = _by_name(draft, draft.model.transit_tables, declared.table, "transit gateway route table")
            site.attachment.association, site.attachment.associated = table, True
        site.attachment.propagated_to += [
            _by_name(draft, draft.model.transit_tables, name, "transit gateway route table")
            for name in declared.propagates_to
        ]
        propagate_by_default(draft, site.attachment)
    for route in draft.contracts.routes:
        if route.target:
            _declared_vpc_route(draft, route)
            continue
        table = _by_name(draft, draft.model.transit_tables, route.table, "transit gateway route table")
        _makes(draft, route, table)
        attachment = _by_name(draft, draft.model.attachments, route.attachment, "attachment")
        if isinstance(attachment, Attachment) and attachment.peer is not None:
            attachment = attachment_at(draft, attachment.identity, table)
        contract = frozenset({f"routes {route.table}"})
        table.routes += [
            Route(
                block,
                attachment,
                route.origin,
                f"contract for {route.table}",
                contract,
                route.attachment if route.origin == "prefix list" else "",
            )
            for block in route.prefixes
        ]


def _declared_vpc_route(draft: Draft, route: DeclaredRoute) -> None:
    """A route of a VPC that is made at run time."""
    table = _by_name(draft, draft.model.tables, route.table, "route table")
    _makes(draft, route, table)
    target: Any = Blackhole(f"the contract for {route.table} says blackhole")
    if isinstance(route.target, dict):
        firewall = _by_name(draft, draft.model.firewalls, route.target["endpoint-of"], "firewall")
        endpoints = {endpoint.identity: endpoint for endpoint in firewall.endpoints}
        subnet = route.target.get("subnet")
        if subnet is not None:
            meant = _by_name(draft, draft.model.subnets, subnet, "subnet")
            endpoints = {key: one for key, one in endpoints.items() if one.subnet is meant}
        if len(endpoints) != 1:
            known = ", ".join(sorted(str(endpoint.subnet) for endpoint in firewall.endpoints))
            raise ContractError(
                f"contracts: routes of {route.table}: {len(endpoints)} endpoints of {firewall.path} are meant; "
                f"say which by its subnet ({known})"
            )
        (target,) = endpoints.values()
    elif route.target != "blackhole":
        among = {key: element for key, element in draft.targets.items() if isinstance(element, _ROUTED_TO)}
        target = _by_name(draft, among, str(route.target), "gateway, endpoint, interface or peering connection")
    contract = frozenset({f"routes {route.table}"})
    path = f"contract for {route.table}"
    table.routes += [Route(block, target, "static", path, contract) for block in route.prefixes]


def _makes(draft: Draft, route: DeclaredRoute, table: RouteTable) -> None:
    if route.by:
        draft.made_by.setdefault(table.identity, []).append(route.by)


def _by_name(draft: Draft, group: dict[str, Any], name: str, what: str) -> Any:
    found = [element for element in group.values() if element.path == name or element.path.endswith(f"/{name}")]
    for stack in draft.resolver.stacks.stacks:
        if name in stack.ids and stack.ids[name] in group and group[stack.ids[name]] not in found:
            found.append(group[stack.ids[name]])
    if len(found) != 1:
        raise ContractError(
            f"contracts: {'several are' if found else f'no {what} is'} named {name!r}"
            f"{'' if found else nearest(name, [element.path for element in group.values()])}"
        )
    return found[0]
