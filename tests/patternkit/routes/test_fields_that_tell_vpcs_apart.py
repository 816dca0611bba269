"""Each field of what stands in a VPC tells it apart from its likes, or is known to say nothing of its packets.

A field that is new is in neither list: whoever adds one decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import EVERY_PORT, prefix
from patternkit.routes.model import (
    AclRule,
    Attachment,
    Balancer,
    Blackhole,
    Doubt,
    EgressOnlyGateway,
    Interface,
    InternetGateway,
    Listener,
    Model,
    NatGateway,
    NetworkAcl,
    Opening,
    Origin,
    Proxy,
    Route,
    RouteTable,
    SecurityGroup,
    Service,
    Site,
    Subnet,
    TargetGroup,
    TransitGateway,
    TransitTable,
    Vpc,
)
from patternkit.routes.vpc_equivalence import VpcClasses

WHY = Unknown("why")
GATEWAY = TransitGateway("⟨tgw⟩", "Net/Tgw")
SPOKES, OTHERS = TransitTable("⟨ts⟩", "Net/Ts", gateway=GATEWAY), TransitTable("⟨to⟩", "Net/To", gateway=GATEWAY)


class Made:
    """A VPC with two subnets, a table, a network ACL, a NAT gateway and an attachment, as many others have them."""

    def __init__(self, number: int) -> None:
        base = f"10.{number}"
        self.number = number
        self.vpc = Vpc(f"⟨v{number}⟩", f"Net/V{number}", blocks=[prefix(f"{base}.0.0/16")])
        self.gateway = self.vpc.internet_gateway = InternetGateway(f"⟨i{number}⟩", f"Net/I{number}", vpc=self.vpc)
        self.rule = AclRule(
            4, ((6, 6),), ((prefix(f"{base}.1.0/24").first, prefix(f"{base}.1.0/24").last),), EVERY_PORT
        )
        self.acl = NetworkAcl(f"⟨acl{number}⟩", f"Net/Acl{number}", inbound=[self.rule], outbound=[self.rule])
        self.table = RouteTable(f"⟨t{number}⟩", f"Net/T{number}", vpc=self.vpc)
        self.subnets = [
            Subnet(f"⟨s{number}{part}⟩", f"Net/S{number}{part}", vpc=self.vpc, zone="eu-west-1a", table=self.table,
                   blocks=[prefix(f"{base}.{part}.0/24")], acl=self.acl)
            for part in (1, 2)
        ]  # fmt: skip
        self.vpc.subnets = list(self.subnets)
        self.subnet = self.subnets[0]
        self.nat = NatGateway(f"⟨n{number}⟩", f"Net/N{number}", subnet=self.subnet)
        self.service = Service(f"⟨s3{number}⟩", f"Net/S3{number}", service="s3", vpc=self.vpc)
        self.route = Route(prefix("8.8.0.0/16"), self.nat, "static")
        self.inner = Route(prefix(f"{base}.2.0/24"), self.nat, "static")
        self.table.routes = [self.route, self.inner, Route(prefix("9.9.0.0/16"), self.service, "prefix list")]
        self.attachment = Attachment(f"⟨at{number}⟩", f"Net/At{number}", gateway=GATEWAY, vpc=self.vpc,
                                     zones={"eu-west-1a": self.subnet}, association=SPOKES)  # fmt: skip
        self.vpc.attachments = [self.attachment]

    def add_to(self, model: Model) -> None:
        model.vpcs[self.vpc.identity] = self.vpc
        model.tables[self.table.identity] = self.table
        model.network_acls[self.acl.identity] = self.acl
        model.subnets |= {one.identity: one for one in self.subnets}
        model.attachments[self.attachment.identity] = self.attachment
        for one in (self.vpc, self.gateway, self.table, self.nat, self.service, self.attachment, *self.subnets):
            model.targets[one.identity] = one


Change = Callable[[Made], Any]


def told_apart(change: Change | None = None, of: Callable[[Model, Made], Any] | None = None) -> bool:
    """Whether the second of three VPCs is told apart by a change, and the two others are alike."""
    every = [Made(number) for number in (1, 2, 3)]
    model = Model(transit_tables={"s": SPOKES, "o": OTHERS})
    if change is not None:
        change(every[1])
    for one in every:
        one.add_to(model)
    if of is not None:
        of(model, every[1])
    first, second, third = (VpcClasses(model).keys({})[one.vpc.identity] for one in every)
    assert first == third
    return first != second


def setting(part: str, **given: Any) -> Change:
    def change(made: Made) -> None:
        for name, value in given.items():
            setattr(getattr(made, part), name, value)

    return change


def ruled(**given: Any) -> Change:
    def change(made: Made) -> None:
        made.acl.inbound[:] = [replace(made.rule, **given)]

    return change


C = frozenset({"ids x"})
CHANGES: dict[type, dict[str, Change]] = {
    Vpc: {
        "blocks": lambda made: made.vpc.blocks.append(prefix("10.99.0.0/16")),
        "unknown_blocks": setting("vpc", unknown_blocks={6: WHY}),
        "subnets": lambda made: made.vpc.subnets.pop(),
        "internet_gateway": setting("vpc", internet_gateway=None),
        "egress_only": lambda made: made.vpc.egress_only.append(EgressOnlyGateway("⟨e⟩", "Net/E", vpc=made.vpc)),
        "vpn_gateway": setting("vpc", vpn_gateway=object()),
        "attachments": lambda made: made.vpc.attachments.pop(),
        "local_tables": setting("vpc", local_tables=["lgw-rtb-1"]),
        "edge_tables": setting("vpc", edge_tables={"internet": WHY}),
        "contracts": setting("vpc", contracts=C),
        "tainted": setting("vpc", tainted="why"),
    },
    Subnet: {
        "zone": setting("subnet", zone="eu-west-1b"),
        "blocks": lambda made: made.subnet.blocks.append(prefix("10.2.9.0/24")),
        "unknown_blocks": setting("subnet", unknown_blocks=WHY),
        "table": setting("subnet", table=WHY),
        "acl": setting("subnet", acl=WHY),
        "public_addresses": setting("subnet", public_addresses=True),
        "public_exception": setting("subnet", public_exception="allow-egress"),
        "hosts_public": setting("subnet", hosts_public=False),
        "dns64": setting("subnet", dns64=True),
        "on_outpost": setting("subnet", on_outpost=True),
        "contracts": setting("subnet", contracts=C),
    },
    Attachment: {
        "gateway": setting("attachment", gateway=WHY),
        "zones": setting("attachment", zones={}),
        "unknown_zones": setting("attachment", unknown_zones=WHY),
        "appliance": setting("attachment", appliance=True),
        "appliance_contracts": setting("attachment", appliance_contracts=C),
        "ipv6": setting("attachment", ipv6=True),
        "references_groups": setting("attachment", references_groups=False),
        "association": setting("attachment", association=OTHERS),
        "contracts": setting("attachment", contracts=C),
        "tainted": setting("attachment", tainted="why"),
    },
    RouteTable: {
        "routes": lambda made: made.table.routes.pop(),
        "unknown": setting("table", unknown=["why"]),
        "contracts": setting("table", contracts=C),
        "tainted": setting("table", tainted="why"),
    },
    Route: {
        "prefix": setting("route", prefix=prefix("8.9.0.0/16")),
        "target": setting("route", target=Blackhole("gone")),
        "origin": setting("route", origin="propagated"),
        "contracts": setting("route", contracts=C),
        "prefix_list": setting("route", prefix_list="pl"),
    },
    NatGateway: {
        "subnet": lambda made: setattr(made.nat, "subnet", made.subnets[1]),
        "public": setting("nat", public=False),
        "regional": setting("nat", regional=True),
    },
    Service: {
        "service": setting("service", service="dynamodb"),
        "refuses": setting("service", refuses="its policy denies it"),
        "contracts": setting("service", contracts=C),
    },
    NetworkAcl: {
        "inbound": lambda made: made.acl.inbound.pop(),
        "outbound": lambda made: made.acl.outbound.pop(),
        "unknown": setting("acl", unknown=["why"]),
        "tainted": setting("acl", tainted="why"),
    },
    AclRule: {
        "family": ruled(family=6),
        "protocols": ruled(protocols=((17, 17),)),
        "remote": ruled(remote=((1, 2),)),
        "ports": ruled(ports=((1, 2),)),
        "allows": ruled(allows=False),
        "doubt": ruled(doubt="why"),
    },
}
# Names, and what refers back to what is compared; what is read of none that stands in a VPC; what is worked out.
_SAYS_NOTHING: dict[type, set[str]] = {
    Vpc: {"tables", "main_table", "unassociated", "index"},
    Subnet: {"vpc", "tainted"},
    Attachment: {"medium", "vpc", "associated", "propagated_to", "site", "peer", "firewall"},
    RouteTable: {"vpc", "compiled"},
    Route: set(),
    NatGateway: {"vpc", "table", "zones", "contracts", "tainted"},
    Service: {"vpc", "tainted"},
    NetworkAcl: {"contracts"},
    AclRule: {"local", "local_ports", "number", "group", "drops", "text"},
}


@pytest.mark.parametrize("kind", CHANGES, ids=lambda kind: kind.__name__)
def test_every_field_is_decided(kind: type) -> None:
    known = {field.name for field in fields(kind)} - {"identity", "path", "kind"}
    assert set(CHANGES[kind]) | _SAYS_NOTHING[kind] == known
    assert not set(CHANGES[kind]) & _SAYS_NOTHING[kind]


def test_without_a_change_all_are_alike() -> None:
    assert not told_apart()


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, named in CHANGES.items() for name in named], ids=lambda one: str(one)[:40]
)
def test_it_is_told_apart(kind: type, name: str) -> None:
    assert told_apart(CHANGES[kind][name])


TARGETS: dict[str, Callable[[Made], Any]] = {
    "blackhole": lambda _: Blackhole("gone"),
    "unknown": lambda _: WHY,
    "transit gateway": lambda _: GATEWAY,
    "internet gateway": lambda made: made.gateway,
    "egress-only gateway": lambda made: EgressOnlyGateway(f"⟨e{made.number}⟩", "Net/E", vpc=made.vpc),
    "NAT gateway": lambda made: made.nat,
    "service": lambda made: made.service,
}


@pytest.mark.parametrize("one", TARGETS)
@pytest.mark.parametrize("other", TARGETS)
def test_routes_to_different_kinds_are_told_apart(one: str, other: str) -> None:
    every = [Made(number) for number in (1, 2, 3)]
    model = Model()
    for made, name in zip(every, (one, other, one), strict=True):
        made.route.target = TARGETS[name](made)
        made.add_to(model)
    first, second, third = (VpcClasses(model).keys({})[made.vpc.identity] for made in every)
    assert (first == third, first == second) == (True, one == other)


def a_host(made: Made) -> Interface:
    return Interface(f"⟨h{made.number}⟩", "Net/H", subnet=made.subnet)


def balanced_to(model: Model, made: Made) -> None:
    group = TargetGroup("⟨g⟩", "Net/G", hosts=[(a_host(made), EVERY_PORT)])
    model.balancers["b"] = Balancer("⟨b⟩", "Net/B", listeners=[Listener("⟨l⟩", "Net/L", groups=[group])])


def opened_to(model: Model, made: Made) -> None:
    model.openings.append(Opening("⟨o⟩", "Net/O", target=a_host(made)))


def behind(**given: Any) -> Callable[[Model, Made], None]:
    def change(model: Model, made: Made) -> None:
        block = made.subnet.blocks[0]
        value = {name: ((block,) if kind == "blocks" else {4: block}) for name, kind in given.items()}
        model.sites["x"] = Site("⟨x⟩", "Net/X", **value)  # type: ignore[arg-type]

    return change


AROUND: dict[str, tuple[Callable[[Model, Made], Any], bool]] = {
    "a target of a load balancer": (balanced_to, True),
    "what an accelerator leads to": (opened_to, True),
    "where a proxy stands": (lambda model, made: model.proxies.append(Proxy(a_host(made), (), EVERY_PORT)), True),
    "from where a proxy goes on": (
        lambda model, made: model.proxies.append(
            Proxy(Interface("⟨p⟩", "Net/P", subnet=WHY), (), EVERY_PORT, by=(a_host(made),))
        ),
        True,
    ),
    "where a proxy leads": (
        lambda model, made: model.proxies.append(
            Proxy(Interface("⟨p⟩", "Net/P", subnet=WHY), (made.subnet.blocks[0],), EVERY_PORT)
        ),
        True,
    ),
    "what is advertised to a site": (behind(advertised="blocks"), True),
    "what is allowed to a site": (behind(allowed="blocks"), True),
    "where a site sends": (behind(sends="blocks"), True),
    "what tunnels carry from it": (behind(far="selectors"), True),
    "what tunnels carry to it": (behind(near="selectors"), True),
    "a doubt about it": (lambda model, made: model.doubts.update({made.vpc.identity: [Doubt("why", True)]}), True),
    "a doubt about its subnet": (
        lambda model, made: model.doubts.update({made.subnet.identity: [Doubt("why", True)]}),
        True,
    ),
    "a doubt about its attachment": (
        lambda model, made: model.doubts.update({made.attachment.identity: [Doubt("why", False)]}),
        True,
    ),
    "a doubt about its NAT gateway": (
        lambda model, made: model.doubts.update({made.nat.identity: [Doubt("why", False)]}),
        True,
    ),
    # Why its routes may be others is said by the table itself.
    "a doubt about its table": (
        lambda model, made: model.doubts.update({made.table.identity: [Doubt("why", False)]}),
        False,
    ),
    "a contract that lifts a doubt about it": (
        lambda model, made: model.lifted.update({made.subnet.identity: C}),
        True,
    ),
    "a doubt about what is in none": (lambda model, _: model.doubts.update({"⟨tgw⟩": [Doubt("why", False)]}), False),
    "a rule of a group": (
        lambda model, made: model.security_groups.update(
            {"g": SecurityGroup("⟨sg⟩", "Net/Sg", inbound=[replace(made.rule, number=1)])}
        ),
        True,
    ),
}


@pytest.mark.parametrize("name", AROUND)
def test_what_is_around_it(name: str) -> None:
    change, apart = AROUND[name]
    assert told_apart(of=change) is apart


def test_doubts_in_the_same_words_tell_none_apart() -> None:
    def change(model: Model, _: Made, what: str = "{} has more") -> None:
        for vpc in model.vpcs.values():
            model.doubts[vpc.identity] = [Doubt(what.format(vpc.path), False)]

    assert not told_apart(of=change)

    def but_one(model: Model, made: Made) -> None:
        change(model, made)
        model.doubts[made.vpc.identity] = [Doubt(f"{made.vpc.path} has more", True)]

    assert told_apart(of=but_one)


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("10.2.0.0/15", {1}),
        ("10.2.0.0/16", {2}),
        ("10.0.0.0/15", {1}),
        ("10.0.0.0/14", set()),
        ("10.0.0.0/8", set()),
        ("172.16.0.0/12", set()),
        ("a02::/15", set()),
        ("2600::/16", set()),
    ],
)
@pytest.mark.parametrize("by", ["question", "table"])
def test_what_covers_some_of_them_tells_these_from_others(by: str, text: str, apart: set[int]) -> None:
    """Of 10.1, 10.2 and 10.3: each in one half of a summary, or one of which a part is named."""
    every = [Made(number) for number in (1, 2, 3)]
    model = Model()
    for made in every:
        made.add_to(model)
    block = prefix(text)
    if by == "table":
        table = TransitTable("⟨c⟩", "Net/C", gateway=GATEWAY, routes=[Route(block, Blackhole("gone"), "static")])
        model.transit_tables["c"] = table
    keys = VpcClasses(model).keys({}, [block] if by == "question" else [])
    for number in (1, 2, 3):
        alike = {other.number for other in every if keys[other.vpc.identity] == keys[f"⟨v{number}⟩"]}
        assert alike == ({number} if number in apart else {1, 2, 3} - apart)


@pytest.mark.parametrize("origin", ["static", "prefix list", "vpc"])
@pytest.mark.parametrize("text", ["10.2.1.0/24", "10.2.0.0/16", "172.16.0.0/12"])
def test_a_route_of_a_transit_gateway_to_one(origin: Origin, text: str) -> None:
    """Whoever's addresses it takes."""

    def change(model: Model, made: Made) -> None:
        table = TransitTable("⟨tt⟩", "Net/Tt", gateway=GATEWAY, routes=[Route(prefix(text), made.attachment, origin)])
        model.transit_tables["t"] = table

    assert told_apart(of=change)
