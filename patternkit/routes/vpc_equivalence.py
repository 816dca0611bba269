"""Which VPCs behave alike, so that a flow between two of them is proved once.

Two VPCs are in one class when exchanging them, addresses shifted along, leaves the network as it is. The key
of a class holds everything that the rest of the network could tell them apart by: what is inside, in terms of
the VPC's own blocks; every mention of its addresses or attachments elsewhere; and every block mentioned
anywhere that covers it. Equal keys make the exchange an automorphism, so what is proved of one pair holds for
each pair of the same two classes. What is not understood enters the key by its identity, which leaves the VPC
alone in its class: slower, never wrong.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import NAT64, Prefix
from patternkit.routes.model import (
    AclRule,
    Attachment,
    Blackhole,
    EgressOnlyGateway,
    Endpoint,
    FirewallPolicy,
    Interface,
    InternetGateway,
    Local,
    Model,
    NatGateway,
    NetworkAcl,
    Peering,
    Route,
    RouteTable,
    Service,
    Subnet,
    Vpc,
    VpnGateway,
)


class VpcClasses:
    """Which VPCs of a network behave alike: worked out once, and told apart further by what each question says.

    Args:
        model: The network.

    Attributes:
        roles: For each VPC, the place of each of its subnets among them, by identity: alike VPCs have alike subnets at
            the same places.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.roles: dict[str, dict[str, int]] = {
            vpc.identity: {subnet.identity: index for index, subnet in enumerate(_in_order(vpc))}
            for vpc in model.vpcs.values()
        }
        self._keys: dict[str, Hashable] | None = None

    def keys(self, marks: Mapping[str, Hashable], mentioned: Iterable[Prefix] = ()) -> dict[str, Hashable]:
        """Give each VPC the key of its class.

        Args:
            marks: What a question says of subnets, by identity: VPCs are alike only when their subnets are asked
                for alike.
            mentioned: Blocks that a question mentions.

        Returns:
            The key by the VPC's identity; of a VPC that is like no other, its identity.
        """
        blocks = list(mentioned)
        if blocks:
            known = self._numbered(blocks)
        else:
            known = self._keys = self._keys or self._numbered(())
        return {vpc: key if key == vpc else (key, tuple(map(marks.get, self.roles[vpc]))) for vpc, key in known.items()}

    def _numbered(self, blocks: Iterable[Prefix]) -> dict[str, Hashable]:
        """Each class by a number, which is sooner compared than what it stands for."""
        numbers: dict[Hashable, int] = {}
        return {
            vpc: key if key == vpc else numbers.setdefault(key, len(numbers))
            for vpc, key in _Classifier(self.model).classify(blocks).items()
        }


def _in_order(vpc: Vpc) -> list[Subnet]:
    return sorted(vpc.subnets, key=lambda subnet: [(block.family, block.first) for block in subnet.blocks])


class _Classifier:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.mentions: dict[str, set[Hashable]] = {identity: set() for identity in model.vpcs}
        self.covers: set[tuple[int, int, int]] = set()
        self.alone: set[str] = set()
        self.blocks: dict[int, tuple[list[int], list[tuple[int, int, Vpc, int]]]] = {}
        self.acl_owner: dict[str, str | None] = {}

    def classify(self, mentioned: Iterable[Prefix]) -> dict[str, Hashable]:
        self._lay_out_blocks()
        self._look_at_doubts()
        for vpc in self.model.vpcs.values():
            if vpc.unknown_blocks or vpc.vpn_gateway is not None or vpc.edge_tables:
                self.alone.add(vpc.identity)
        self._look_at_targets()
        self._look_at_hosts()
        self._look_at_sites()
        self._look_at_filters()
        for table in self.model.tables.values():
            self._look_at_table(table)
        for transit_table in self.model.transit_tables.values():
            self._look_at_table(transit_table)
        for block in mentioned:
            self._mention("question", block.family, block.first, block.last, ())
        lengths = {(family, last - first + 1) for family, first, last in self.covers}
        keys: dict[str, Hashable] = {}
        for vpc in self.model.vpcs.values():
            if vpc.identity in self.alone:
                keys[vpc.identity] = vpc.identity
                continue
            over = frozenset(
                (block.family, block.first & ~(size - 1), size)
                for block in vpc.blocks
                for family, size in lengths
                if family == block.family
                and (family, block.first & ~(size - 1), (block.first & ~(size - 1)) + size - 1) in self.covers
            )
            doubts = frozenset(
                (one.reason.replace(vpc.path, ""), one.adds) for one in self.model.doubts.get(vpc.identity, ())
            )
            keys[vpc.identity] = (self._inside(vpc), frozenset(self.mentions[vpc.identity]), over, doubts)
        return keys

    def _lay_out_blocks(self) -> None:
        for family in (4, 6):
            listed = sorted(
                (
                    (block.first, block.last, vpc, index)
                    for vpc in self.model.vpcs.values()
                    for index, block in enumerate(vpc.blocks)
                    if block.family == family
                ),
                key=lambda item: item[:2],
            )
            highest, holder = -1, ""
            for first, last, vpc, _ in listed:
                if first <= highest:
                    self.alone |= {vpc.identity, holder}
                if last > highest:
                    highest, holder = last, vpc.identity
            self.blocks[family] = ([item[0] for item in listed], listed)

    def _holder(self, family: int, first: int, last: int) -> tuple[Vpc, int, int] | None:
        starts, listed = self.blocks[family]
        index = bisect_right(starts, first) - 1
        if index >= 0:
            block_first, block_last, vpc, number = listed[index]
            if last <= block_last:
                return vpc, number, first - block_first
        return None

    def _mention(
        self, holder: str, family: int, first: int, last: int, detail: Hashable, own: str | None = None
    ) -> None:
        if family == 6 and NAT64[0][0] < first and last < NAT64[0][1]:
            # A part of IPv4 as IPv6 hosts write it is a mention of whose IPv4 it is.
            self._mention(holder, 4, first - NAT64[0][0], last - NAT64[0][0], (NAT64, detail), own)
        found = self._holder(family, first, last)
        if found is None:
            self.covers.add((family, first, last))
        elif found[0].identity != own:
            self.mentions[found[0].identity].add((holder, found[1], found[2], last - first, detail))

    def _look_at_targets(self) -> None:
        for element in self.model.targets.values():
            if isinstance(element, (Endpoint, Interface)):
                if isinstance(element.subnet, Subnet):
                    self.alone.add(element.subnet.vpc.identity)
            elif isinstance(element, Peering):
                for side in (element.requester, element.accepter):
                    if isinstance(side, Vpc):
                        self.alone.add(side.identity)
            elif isinstance(element, FirewallPolicy) and isinstance(element.stateless_passes, list):
                for rule in element.stateless_passes:
                    self._rule(element.identity, rule)

    def _look_at_doubts(self) -> None:
        """A doubt about a VPC itself is compared, as is what lifts one; one about what stands in it is not."""
        for identity in self.model.doubts:
            element = self.model.targets.get(identity)
            home = _home(element)
            if home is not None and home is not element and not isinstance(element, RouteTable):
                self.alone.add(home.identity)
        for identity, contracts in self.model.lifted.items():
            home = _home(self.model.targets.get(identity))
            if home is not None:
                self.mentions[home.identity] |= contracts

    def _look_at_hosts(self) -> None:
        """What load balancers and accelerators send to, and proxies with what they open connections to."""
        hosts: list[Any] = [one.target for one in self.model.openings]
        for balancer in self.model.balancers.values():
            hosts += (host for listener in balancer.listeners for group in listener.groups for host, _ in group.hosts)
        for proxy in self.model.proxies:
            hosts += (proxy.host, *proxy.by)
            for block in proxy.to:
                self._mention(proxy.host.identity, block.family, block.first, block.last, proxy.ports)
        for host in hosts:
            if (home := _home(host)) is not None:
                self.alone.add(home.identity)

    def _look_at_sites(self) -> None:
        """What is told to a site, what its tunnels carry, and where it sends packets."""
        for site in self.model.sites.values():
            told = {"advertised": site.advertised, "allowed": site.allowed, "sends": site.sends}
            for what, blocks in told.items():
                for block in blocks if isinstance(blocks, tuple) else ():
                    self._mention(site.identity, block.family, block.first, block.last, what)
            for selector in (*site.near.values(), *site.far.values()):
                if isinstance(selector, Prefix):
                    self._mention(site.identity, selector.family, selector.first, selector.last, "selector")

    def _look_at_filters(self) -> None:
        for subnet in self.model.subnets.values():
            acl = subnet.acl
            if isinstance(acl, NetworkAcl):
                owner = self.acl_owner.setdefault(acl.identity, subnet.vpc.identity)
                if owner != subnet.vpc.identity:
                    self.acl_owner[acl.identity] = None
        for identity, acl in self.model.network_acls.items():
            for rule in (*acl.inbound, *acl.outbound):
                self._rule(identity, rule, self.acl_owner.get(identity))
        for identity, group in self.model.security_groups.items():
            for rule in (*group.inbound, *group.outbound):
                self._rule(identity, rule)

    def _rule(self, holder: str, rule: AclRule, own: str | None = None) -> None:
        for first, last in (*rule.remote, *(rule.local or ())):
            self._mention(holder, rule.family, first, last, rule.number, own)

    def _look_at_table(self, table: RouteTable) -> None:
        own = table.vpc.identity if table.vpc is not None else None
        identity = table.identity
        for route in table.routes:
            if route.origin == "local":
                continue
            block = route.prefix
            target = route.target
            owner = target.vpc if isinstance(target, Attachment) else None
            if block.family == 6 and NAT64[0][0] < block.first and block.last < NAT64[0][1]:
                ends = (block.first - NAT64[0][0], block.last - NAT64[0][0])
                self._mention(identity, 4, *ends, (NAT64, route.origin, _target(target)), own)
            found = self._holder(block.family, block.first, block.last)
            if found is None:
                self.covers.add((block.family, block.first, block.last))
            elif found[0].identity != own:
                key = _own_target(target) if owner is found[0] else _target(target)
                detail = (
                    identity,
                    found[1],
                    found[2],
                    block.length,
                    route.origin,
                    key,
                    route.contracts,
                    route.prefix_list,
                )
                self.mentions[found[0].identity].add(detail)
            if owner is not None and (found is None or owner is not found[0]):
                detail = (identity, block, route.origin, _own_target(target))  # type: ignore[assignment]
                self.mentions[owner.identity].add(detail)

    def _inside(self, vpc: Vpc) -> Hashable:
        places: dict[str, int] = {}
        tables: dict[str, int] = {}
        listed: list[Hashable] = []
        order = _in_order(vpc)
        for index, subnet in enumerate(order):
            places[subnet.identity] = index
        shapes: list[Hashable] = []
        for subnet in order:
            table = subnet.table
            if isinstance(table, RouteTable):
                number = tables.get(table.identity)
                if number is None:
                    number = tables[table.identity] = len(tables)
                    shapes.append(self._shape(table, vpc, places))
            else:
                number = -1
                shapes.append(str(table))
            listed.append(
                (
                    tuple(self._relative(vpc, block) for block in subnet.blocks),
                    subnet.zone,
                    subnet.public_addresses,
                    subnet.hosts_public,
                    subnet.public_exception,
                    subnet.dns64,
                    subnet.on_outpost,
                    number,
                    self._acl(subnet, vpc),
                    subnet.contracts,
                    subnet.unknown_blocks,
                )
            )
        attachments = tuple(
            (
                attachment.gateway if isinstance(attachment.gateway, Unknown) else attachment.gateway.identity,
                tuple(sorted((zone, places.get(subnet.identity)) for zone, subnet in attachment.zones.items())),
                attachment.appliance,
                attachment.ipv6,
                attachment.references_groups,
                attachment.appliance_contracts,
                attachment.contracts,
                attachment.tainted,
                attachment.unknown_zones,
                attachment.association.identity
                if isinstance(attachment.association, RouteTable)
                else attachment.association,
            )
            for attachment in vpc.attachments
        )
        return (
            tuple((block.family, block.length) for block in vpc.blocks),
            tuple(listed),
            tuple(shapes),
            attachments,
            vpc.internet_gateway is not None,
            len(vpc.egress_only),
            tuple(vpc.local_tables),
            vpc.contracts,
            vpc.tainted,
        )

    @staticmethod
    def _relative(vpc: Vpc, block: Prefix) -> Hashable:
        for index, whole in enumerate(vpc.blocks):
            if whole.family == block.family and whole.first <= block.first and block.last <= whole.last:
                return (index, block.first - whole.first, block.length)
        return block

    def _shape(self, table: RouteTable, vpc: Vpc, places: dict[str, int]) -> Hashable:
        return (
            frozenset(
                (
                    self._relative(vpc, route.prefix),
                    self._inner_target(route, vpc, places),
                    route.origin,
                    route.contracts,
                    route.prefix_list,
                )
                for route in table.routes
                if route.origin != "local"
            ),
            tuple(table.unknown),
            table.tainted,
            table.contracts,
        )

    def _inner_target(self, route: Route, vpc: Vpc, places: dict[str, int]) -> Hashable:
        target = route.target
        if isinstance(target, NatGateway):
            where = places.get(target.subnet.identity, target.identity) if target.subnet else target.identity
            return (NatGateway, where, target.public, target.regional)
        if isinstance(target, InternetGateway) and target.vpc is vpc:
            return InternetGateway
        if isinstance(target, EgressOnlyGateway) and target.vpc is vpc:
            return EgressOnlyGateway
        if isinstance(target, Service):
            return (Service, target.service, target.refuses, target.contracts)
        if isinstance(target, VpnGateway):
            return target.identity
        return _target(target)

    def _acl(self, subnet: Subnet, vpc: Vpc) -> Hashable:
        acl = subnet.acl
        if not isinstance(acl, NetworkAcl):
            return acl
        if self.acl_owner.get(acl.identity) != vpc.identity:
            return acl.identity
        return (
            tuple(self._rule_shape(rule, vpc) for rule in acl.inbound),
            tuple(self._rule_shape(rule, vpc) for rule in acl.outbound),
            tuple(acl.unknown),
            acl.tainted,
        )

    def _rule_shape(self, rule: AclRule, vpc: Vpc) -> Hashable:
        spans: list[Hashable] = []
        for first, last in rule.remote:
            found = self._holder(rule.family, first, last)
            inside = found is not None and found[0] is vpc
            spans.append((Vpc, found[1], found[2], last - first) if inside and found else (first, last))
        return (rule.allows, rule.family, rule.protocols, tuple(spans), rule.ports, bool(rule.doubt))


def _home(element: Any) -> Vpc | None:
    """The VPC that an element is, or stands in."""
    subnet = element if isinstance(element, Subnet) else getattr(element, "subnet", None)
    home = subnet.vpc if isinstance(subnet, Subnet) else element if isinstance(element, Vpc) else None
    if home is None:
        home = getattr(element, "vpc", None)
    return home if isinstance(home, Vpc) else None


def _own_target(target: Any) -> Hashable:
    return (Attachment, target.gateway.identity if not isinstance(target.gateway, Unknown) else target.gateway)


def _target(target: Any) -> Hashable:
    if isinstance(target, (Blackhole, Local)):
        return type(target).__name__
    return target if isinstance(target, Unknown) else target.identity
