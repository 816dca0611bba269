"""What is lost with each kind of element, and what is left of what refers to it, in a model that is made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.resolving import StackSet
from patternkit.resolving.given import Given
from patternkit.resolving.values import Unknown, World, Zone
from patternkit.routes import QuestionError
from patternkit.routes.addresses import EVERY_PORT, prefix
from patternkit.routes.losses import Loss, losable, lose, unknown_loss, zones
from patternkit.routes.model import (
    Attachment,
    Balancer,
    Blackhole,
    EgressOnlyGateway,
    Endpoint,
    Firewall,
    Interface,
    InterfaceEndpoint,
    InternetGateway,
    Listener,
    Local,
    Model,
    NatGateway,
    Origin,
    Peering,
    Route,
    RouteTable,
    Site,
    Subnet,
    TargetGroup,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnGateway,
)


class Made:
    """A VPC with all that there is in one, and a transit gateway with sites and a peer."""

    def __init__(self) -> None:
        self.vpc, self.other = Vpc("⟨v⟩", "Net/V"), Vpc("⟨w⟩", "Net/W")
        self.a = Subnet("⟨a⟩", "Net/A", vpc=self.vpc, zone="eu-west-1a")
        self.b = Subnet("⟨b⟩", "Net/B", vpc=self.vpc, zone="eu-west-1b")
        self.vpc.subnets = [self.a, self.b]
        self.vpc.main_table = RouteTable("⟨m⟩", "Net/Main", vpc=self.vpc)
        self.igw = self.vpc.internet_gateway = InternetGateway("⟨i⟩", "Net/Igw", vpc=self.vpc)
        self.eigw = EgressOnlyGateway("⟨e⟩", "Net/Eigw", vpc=self.vpc)
        self.vpc.egress_only = [self.eigw]
        self.vgw = self.vpc.vpn_gateway = VpnGateway("⟨g⟩", "Net/Vgw", vpc=self.vpc)
        self.vgw.table = RouteTable("⟨gt⟩", "Net/Vgw routes")
        self.behind = Site("⟨x⟩", "Net/Behind", gateway=self.vgw)
        self.vgw.sites = [self.behind]
        self.tgw = TransitGateway("⟨t⟩", "Net/Tgw")
        self.table = TransitTable("⟨tt⟩", "Net/Tt", gateway=self.tgw)
        self.at = self.attached("VAt", vpc=self.vpc, zones={"eu-west-1a": self.a, "eu-west-1b": self.b})
        self.vpc.attachments = [self.at]
        self.dx, self.vpn = Site("⟨d⟩", "Net/Dx", medium="direct-connect"), Site("⟨n⟩", "Net/Vpn")
        for site in (self.dx, self.vpn):
            site.attachment = self.attached(f"{site.path[4:]}At", medium=site.medium, site=site)
        self.vpn.transport = self.dx.attachment.identity if self.dx.attachment is not None else ""
        self.here, self.there = self.attached("Here", medium="peering"), self.attached("There", medium="peering")
        self.here.peer, self.there.peer = self.there, self.here
        self.nat = NatGateway("⟨nat⟩", "Net/Nat", subnet=self.a)
        self.firewall = Firewall("⟨f⟩", "Net/Fw")
        self.endpoints = [
            Endpoint(f"⟨f{one.path[-1]}⟩", f"Net/Fw endpoint in {one.zone}", subnet=one, firewall=self.firewall)
            for one in (self.a, self.b)
        ]
        self.firewall.endpoints = list(self.endpoints)
        self.box = Interface("⟨box⟩", "Net/Box", subnet=self.b, checks=False)
        self.host = Interface("⟨host⟩", "Net/Host", subnet=self.a)
        self.peering = Peering("⟨p⟩", "Net/Peering", requester=self.vpc, accepter=self.other)
        nodes = [Interface(f"⟨lb{one.path[-1]}⟩", f"Net/Lb {one.path[-1]}", subnet=one) for one in (self.a, self.b)]
        group = TargetGroup("⟨tg⟩", "Net/Tg", hosts=[(self.host, EVERY_PORT), (self.box, EVERY_PORT)])
        self.balancer = Balancer("⟨lb⟩", "Net/Lb", nodes=nodes, listeners=[Listener("⟨l⟩", "Net/L", groups=[group])])
        self.door = InterfaceEndpoint("⟨door⟩", "Net/Door", nodes=list(nodes))
        targets: list[Any] = [
            self.vpc, self.a, self.b, self.igw, self.eigw, self.vgw, self.tgw, self.at, self.nat, self.firewall,
            *self.endpoints, self.box, self.host, self.peering, self.here, self.there,
        ]  # fmt: skip
        self.model = Model(
            vpcs={"v": self.vpc, "w": self.other}, subnets={"⟨a⟩": self.a, "⟨b⟩": self.b},
            sites={"x": self.behind, "d": self.dx, "n": self.vpn}, transit_tables={"tt": self.table},
            attachments={one.identity: one for one in self.tgw.attachments}, firewalls={"f": self.firewall},
            interfaces={"⟨box⟩": self.box, "⟨host⟩": self.host}, targets={one.identity: one for one in targets},
            balancers={"lb": self.balancer}, interface_endpoints={"door": self.door},
        )  # fmt: skip

    def attached(self, name: str, **given: Any) -> Attachment:
        made = Attachment(f"⟨{name}⟩", f"Net/{name}", gateway=self.tgw, **given)
        self.tgw.attachments.append(made)
        return made

    def lose(self, *names: str) -> set[str]:
        world = World(zones={Zone("parameter", "zone of P", ""): "eu-west-1b"})
        return lose(self.model, StackSet([], Given()), world, map(Loss, names))

    @property
    def lost(self) -> set[str]:
        return {one.path.removeprefix("Net/") for one in self.model.lost}


IN_A, IN_B = {"A", "Nat", "Host", "Fw endpoint in eu-west-1a"}, {"B", "Box", "Fw endpoint in eu-west-1b"}


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("eu-west-1a", IN_A),
        ("eu-west-1b", IN_B),
        ("zone of P", IN_B),
        ("Net/A", IN_A),
        ("Net/V", {*IN_A, *IN_B, "V", "VAt", "Igw", "Eigw", "Vgw", "Behind"}),
        ("Net/Fw", {"Fw", "Fw endpoint in eu-west-1a", "Fw endpoint in eu-west-1b"}),
        ("Net/Vgw", {"Vgw", "Behind"}),
        ("Net/Behind", {"Behind"}),
        ("Net/Vpn", {"Vpn", "VpnAt"}),
        ("Net/Dx", {"Dx", "DxAt", "Vpn", "VpnAt"}),
        ("Net/DxAt", {"Dx", "DxAt", "Vpn", "VpnAt"}),
        ("Net/Here", {"Here", "There"}),
        ("Net/VAt", {"VAt"}),
        ("Net/Nat", {"Nat"}),
        ("Net/Box", {"Box"}),
        ("Net/Igw", {"Igw"}),
        ("Net/Eigw", {"Eigw"}),
        ("Net/Peering", {"Peering"}),
        ("Net/Tgw", {"Tgw"}),
        ("Net/Fw endpoint in eu-west-1a", {"Fw endpoint in eu-west-1a"}),
        ("Net/Main", set()),
        ("Net/Lb", set()),
    ],
)
def test_what_is_lost_with_it(name: str, lost: set[str]) -> None:
    made = Made()
    assert made.lose(name, "nothing") == ({name} if lost else set())
    assert made.lost == lost
    assert len(made.model.lost) == len(lost)


def test_a_firewall_on_a_transit_gateway_is_lost_with_its_attachment() -> None:
    made = Made()
    made.firewall.attachment = made.attached("FwAt", medium="firewall")
    made.lose("Net/Fw")
    assert "FwAt" in made.lost
    assert made.firewall.attachment not in made.tgw.attachments


def test_what_refers_to_a_subnet() -> None:
    made = Made()
    made.lose("Net/A")
    assert made.vpc.subnets == [made.b]
    assert made.model.subnets == {"⟨b⟩": made.b}
    assert made.model.interfaces == {"⟨box⟩": made.box}
    (group,) = made.balancer.listeners[0].groups
    assert [host for host, _ in group.hosts] == [made.box]
    assert [node.path for node in made.balancer.nodes] == ["Net/Lb B"] == [node.path for node in made.door.nodes]
    # One that is lost alone takes no interface of an attachment with it.
    assert set(made.at.zones) == {"eu-west-1a", "eu-west-1b"}


@pytest.mark.parametrize(("name", "left"), [("eu-west-1a", "eu-west-1b"), ("zone of P", "eu-west-1a")])
def test_what_refers_to_a_zone(name: str, left: str) -> None:
    made = Made()
    made.lose(name)
    assert set(made.at.zones) == {left}


def test_what_refers_to_gateways_attachments_and_sites() -> None:
    made = Made()
    made.lose("Net/Igw", "Net/VAt", "Net/Behind", "Net/Dx")
    assert made.vpc.internet_gateway is None
    assert made.vpc.attachments == []
    assert {one.path for one in made.tgw.attachments} == {"Net/Here", "Net/There"}
    assert made.vgw.sites == []
    for site, lost in ((made.behind, True), (made.dx, True), (made.vpn, True)):
        assert (site.lost, site.gateway, site.attachment) == (lost, None, None)


def targets(table: RouteTable) -> list[Any]:
    return [route.target.reason if isinstance(route.target, Blackhole) else route.target for route in table.routes]


@pytest.mark.parametrize("where", ["tables", "transit_tables", "main", "of a gateway"])
def test_routes_to_what_is_lost(where: str) -> None:
    """What is written stays, and leads nowhere; what was learnt is withdrawn."""
    made = Made()
    table = {"main": made.vpc.main_table, "of a gateway": made.vgw.table, "transit_tables": made.table}.get(where)
    if table is None:
        table = made.model.tables["r"] = RouteTable("⟨r⟩", "Net/R", vpc=made.vpc)
    origins: tuple[Origin, ...] = ("local", "static", "prefix list", "vpn static", "propagated", "vpc", "vpn")
    for origin in origins:
        for target in (made.nat, made.box, Local()):
            table.routes.append(Route(prefix("10.0.0.0/8"), target, origin))
    table.compiled[4] = ([0], [None])
    made.lose("eu-west-1a")
    gone = "Net/Nat is lost, with eu-west-1a"
    kept = [Local(), made.box]
    for origin in origins:
        found = [route.target for route in table.routes if route.origin == origin]
        assert found[-2:] == kept[::-1]
        written = origin in ("static", "prefix list", "vpn static")
        assert found[:-2] == ([Blackhole(gone)] if written else [])
    assert table.compiled == {}
    alone = Made()
    assert alone.vpc.main_table is not None
    alone.vpc.main_table.routes = [Route(prefix("0.0.0.0/0"), alone.nat, "static")]
    alone.lose("Net/Nat")
    assert targets(alone.vpc.main_table) == ["Net/Nat is lost"]


def test_what_may_be_lost_by_itself() -> None:
    made = Made()
    made.model.interfaces["⟨may⟩"] = made.model.targets["⟨may⟩"] = Interface("⟨may⟩", "Net/May", checks=Unknown("why"))
    made.model.subnets["⟨c⟩"] = Subnet("⟨c⟩", "Net/C", vpc=made.vpc, zone=Unknown("why"))
    assert zones(made.model) == ["eu-west-1a", "eu-west-1b"]
    assert [str(one) for one in losable(made.model)] == [
        "eu-west-1a", "eu-west-1b", "Net/Nat", "Net/Fw endpoint in eu-west-1a", "Net/Fw endpoint in eu-west-1b",
        "Net/Box", "Net/Behind", "Net/Dx", "Net/Vpn",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("eu-west-1c", "nothing of the network is called 'eu-west-1c'; did you mean 'eu-west-1b' or 'eu-west-1a'"),
        ("Net/Natt", "nothing of the network is called 'Net/Natt'; did you mean 'Net/Nat'"),
    ],
)
def test_a_name_that_is_none(name: str, message: str) -> None:
    error = unknown_loss(Made().model, name)
    assert isinstance(error, QuestionError)
    assert str(error).startswith(message)
