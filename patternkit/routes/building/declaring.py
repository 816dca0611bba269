"""What stands in no resource: contracts, and what code may change."""

from __future__ import annotations

from typing import Any

from patternkit.routes.building.doubting import _Doubting, identities
from patternkit.routes.building.filters import DEFAULT_GROUP
from patternkit.routes.building.reading import Properties, shown
from patternkit.routes.building.sites import _Sites
from patternkit.routes.classes import ADDS, class_of, meant, unread
from patternkit.routes.contracts import DeclaredRoute, matching
from patternkit.routes.errors import ContractError, nearest
from patternkit.routes.model import (
    Attachment,
    Blackhole,
    EgressOnlyGateway,
    Endpoint,
    Interface,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    Peering,
    Route,
    RouteTable,
    SecurityGroup,
    Site,
    TransitGateway,
    VpnGateway,
)
from patternkit.routes.resolving import (
    Stack,
    custom_names,
    sdk_call,
)
from patternkit.routes.values import lifted, opaque

# Actions of CDK's AwsCustomResource that only read.
_READING = ("describe", "get", "list", "search", "Describe", "Get", "List", "Search")

_CHANGEABLE = (RouteTable, TransitGateway, Attachment, Site, SecurityGroup, NetworkAcl, Peering)

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


class _Declaring(_Sites, _Doubting):
    """Adds what contracts declare, and doubts what code may change."""

    def _check_contracts(self) -> None:
        """A contract that names nothing is a mistake: what it was meant for goes on as if it were not there."""
        contracts = self.contracts
        stacks = {stack.name: stack for stack in self.resolver.stacks.stacks}
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
            raise ContractError(
                f"contracts: {section} of {pattern!r}, which is no resource{nearest(pattern, known_names)}"
            )

    def _declared(self) -> None:
        for declared in self.contracts.attachments:
            gateway = self._by_name(self.model.transit_gateways, declared.transit_gateway, "transit gateway")
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
            self._site_declared(site, (declared.name,))
            self.model.sites[identity] = site
            site.attachment = self._attach(
                Attachment(
                    f"{identity}.attachment",
                    declared.name,
                    "contract",
                    contract,
                    medium=declared.kind,
                    gateway=gateway,
                    site=site,
                )
            )
            if declared.table:
                table = self._by_name(self.model.transit_tables, declared.table, "transit gateway route table")
                site.attachment.association, site.attachment.associated = table, True
            site.attachment.propagated_to += [
                self._by_name(self.model.transit_tables, name, "transit gateway route table")
                for name in declared.propagates_to
            ]
            self._propagate_by_default(site.attachment)
        for route in self.contracts.routes:
            if route.target:
                self._declared_vpc_route(route)
                continue
            table = self._by_name(self.model.transit_tables, route.table, "transit gateway route table")
            self._makes(route, table)
            attachment = self._by_name(self.model.attachments, route.attachment, "attachment")
            if isinstance(attachment, Attachment) and attachment.peer is not None:
                attachment = self._attachment_at(attachment.identity, table)
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

    def _declared_vpc_route(self, route: DeclaredRoute) -> None:
        """A route of a VPC that is made at run time."""
        table = self._by_name(self.model.tables, route.table, "route table")
        self._makes(route, table)
        target: Any = Blackhole(f"the contract for {route.table} says blackhole")
        if isinstance(route.target, dict):
            firewall = self._by_name(self.model.firewalls, route.target["endpoint-of"], "firewall")
            endpoints = {endpoint.identity: endpoint for endpoint in firewall.endpoints}
            subnet = route.target.get("subnet")
            if subnet is not None:
                meant = self._by_name(self.model.subnets, subnet, "subnet")
                endpoints = {key: one for key, one in endpoints.items() if one.subnet is meant}
            if len(endpoints) != 1:
                known = ", ".join(sorted(str(endpoint.subnet) for endpoint in firewall.endpoints))
                raise ContractError(
                    f"contracts: routes of {route.table}: {len(endpoints)} endpoints of {firewall.path} are meant; "
                    f"say which by its subnet ({known})"
                )
            (target,) = endpoints.values()
        elif route.target != "blackhole":
            among = {key: element for key, element in self.targets.items() if isinstance(element, _ROUTED_TO)}
            target = self._by_name(among, str(route.target), "gateway, endpoint, interface or peering connection")
        contract = frozenset({f"routes {route.table}"})
        path = f"contract for {route.table}"
        table.routes += [Route(block, target, "static", path, contract) for block in route.prefixes]

    def _makes(self, route: DeclaredRoute, table: RouteTable) -> None:
        if route.by:
            self.made_by.setdefault(table.identity, []).append(route.by)

    def _by_name(self, group: dict[str, Any], name: str, what: str) -> Any:
        found = [element for element in group.values() if element.path == name or element.path.endswith(f"/{name}")]
        for stack in self.resolver.stacks.stacks:
            if name in stack.ids and stack.ids[name] in group and group[stack.ids[name]] not in found:
                found.append(group[stack.ids[name]])
        if len(found) != 1:
            raise ContractError(
                f"contracts: {'several are' if found else f'no {what} is'} named {name!r}"
                f"{'' if found else nearest(name, [element.path for element in group.values()])}"
            )
        return found[0]

    def _custom(self, stack: Stack, logical: str, properties: Properties) -> None:
        names = custom_names(stack, logical, stack.resources[logical]["Type"])
        given = self.value(stack, {key: node for key, node in properties.items() if key != "ServiceToken"})
        if self._harmless(given, names):
            return
        call = sdk_call(self.resolver, stack, properties)
        if call is not None and str(call.get("action", "")).startswith(_READING):
            return
        self._taint(given, f"the custom resource {stack.path(logical)}", names, "harmless or returns")
        self._raise(given, f"the custom resource {stack.path(logical)}", adds=False, but=_CHANGEABLE)

    def _harmless(self, given: Any, names: tuple[str, ...]) -> bool:
        """Whether a contract says that a resource changes nothing; what it is given leans on that."""
        for section, declared in (("harmless", self.contracts.harmless), ("returns", self.contracts.returns)):
            pattern = matching(declared, names)
            if pattern is not None:
                for identity in identities(given):
                    element = self.targets.get(identity) or self.model.attachments.get(identity)
                    if isinstance(element, _CHANGEABLE):
                        element.contracts = element.contracts | {f"{section} {pattern}"}
                self._lift(given, f"{section} {pattern}")
                return True
        return False

    def _taint(self, given: Any, who: str, names: tuple[str, ...], section: str) -> None:
        """Suspect a resource of changing what it is given, but where a contract says what it makes.

        Args:
            given: What it is given.
            who: The resource, for messages.
            names: By which names contracts call it.
            section: The section of the contracts that lifts the suspicion.
        """
        for identity in sorted(identities(given)):
            if identity.endswith(DEFAULT_GROUP):
                self._default_group(identity)
            element = self.targets.get(identity) or self.model.attachments.get(identity)
            if isinstance(element, _CHANGEABLE):
                made = matching(self.made_by.get(identity, ()), names)
                if made is not None:
                    element.contracts = element.contracts | {f"routes by {made}"}
                    continue
                lift = lifted(f"{section}, or routes with by" if isinstance(element, RouteTable) else section)
                reason = f"{who} is given {element.path}, and may change it{lift}"
                element.tainted = f"{element.tainted}; {reason}" if element.tainted else reason
            elif identity in self.model.prefix_lists:
                self.changed_lists[identity] = f"{who} is given {shown(identity)}, and may change it{lifted(section)}"

    def _unmodelled(self, stack: Stack, logical: str, properties: Properties) -> None:
        kind = stack.resources[logical]["Type"]
        given = meant(kind, self.value(stack, properties))
        if self._harmless(given, custom_names(stack, logical, kind)):
            return
        path = stack.path(logical)
        if kind == "AWS::EC2::VPCBlockPublicAccessOptions":
            mode = self._get(stack, properties, "InternetGatewayBlockMode")
            if mode != "off":
                self.model.blocked_public = f"{path} blocks public access ({shown(mode)}), which is not modelled"
            return
        if kind == "AWS::RAM::ResourceShare":
            self._shared(given, f"{path} ({kind})")
            return
        adds = kind.startswith("AWS::") and class_of(kind) == ADDS
        if not adds:
            self._taint(
                given, f"{path} ({kind}), which is not modelled,", custom_names(stack, logical, kind), "harmless"
            )
        self._raise(given, f"{path} ({kind})", adds=adds, but=() if adds else _CHANGEABLE)

    def _partly_modelled(self, stack: Stack, logical: str, properties: Properties) -> None:
        """A resource of a modelled type has properties that the model does not read."""
        kind = stack.resources[logical]["Type"]
        given = {name: self.value(stack, properties[name]) for name in unread(kind) if name in properties}
        if given and not self._harmless(given, custom_names(stack, logical, kind)):
            own = {**given, "": stack.ids[logical]}
            self._raise(own, f"{stack.path(logical)} ({kind}, {', '.join(given)})", adds=False)
