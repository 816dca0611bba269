"""What flows, worlds and what is not known say together, and what of a network `show` calls not known."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from patternkit.resolving.values import Choice, Unknown, World, Zone
from patternkit.routes import Network, Promise, QuestionError, Verdict, reaches
from patternkit.routes import worlds as worlds_module
from patternkit.routes.addresses import Box, prefix
from patternkit.routes.forwarding import Leg, Outcome, Walk
from patternkit.routes.model import (
    Attachment,
    Endpoint,
    Firewall,
    Model,
    NetworkAcl,
    Route,
    RouteTable,
    SecurityGroup,
    Site,
    Subnet,
    TransitGateway,
    TransitTable,
    Vpc,
)
from patternkit.routes.network_tables import _choices, _doubts, _table, _target, _zones
from patternkit.routes.places import Place
from patternkit.routes.promises import MEANINGS
from patternkit.routes.proving.evidence import Evidence
from patternkit.routes.proving.proof import Proof
from patternkit.routes.proving.verdict import proof_of
from patternkit.routes.tracing import Flow
from patternkit.routes.worlds import together
from tests.patternkit.routes.topologies import Topology

BOX = Box(4, ((6, 6),), ((1, 9),), ((1024, 65535),), ((11, 19),), ((443, 443),))
PLACE = Place("subnet", "Net/A", None, ((1, 9),))


def flow(outcome: str = "delivered", kind: Any = "", *, reason: str = "why") -> Flow:
    leg = Leg(Walk(BOX), Outcome(outcome), reason, None, kind)
    back = Leg(Walk(BOX.swapped(), back=True), Outcome.DELIVERED, "back") if outcome == "delivered" else None
    return Flow(PLACE, PLACE, BOX, leg, back)


ONE, OTHER = flow(), flow(reason="other")


class TestAProof:
    def proof(self, promise: Promise | None = None, *, model: Model | None = None, **evidence: Any) -> Proof:
        view: Any = SimpleNamespace(model=model or Model())
        found = Evidence(view, promise or reaches("A", "B"))
        found.seen = [ONE]
        for name, value in evidence.items():
            setattr(found, name, value)
        return proof_of(found, 9, 3, 2, {"zones z"})

    def test_what_it_counts(self) -> None:
        made = self.proof(
            seen=[ONE, flow("dropped"), OTHER], leans={"ids a"}, notes={"note": None}, model=Model(notes=["more"])
        )
        assert made == Proof(
            reaches("A", "B"), Verdict.HOLDS, pairs=9, traced=3, flows=3, delivered=2, left_out=2,
            contracts=("ids a", "zones z"), notes=("note", "more"),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("evidence", "verdict", "reason", "witness"),
        [
            ({}, "HOLDS", "", None),
            ({"unknown": {"doubt": None}}, "HOLDS", "", None),
            ({"failing": (ONE, "it fails")}, "FAILS", "it fails", ONE),
            ({"failing": (ONE, "it fails"), "hedged": (OTHER, "perhaps")}, "FAILS", "it fails", ONE),
            ({"hedged": (ONE, "perhaps"), "doubtful": (OTHER, "doubt")}, "UNKNOWN", "perhaps", ONE),
            ({"doubtful": (OTHER, "doubt"), "unknown": {"first": None}}, "UNKNOWN", "doubt", OTHER),
            ({"incomplete": True, "unknown": {"first": None, "more": None}}, "UNKNOWN", "first", None),
            ({"suspected": {"suspect": None}}, "UNKNOWN", "suspect", None),
            ({"suspected": {"suspect": None}, "failing": (ONE, "it fails")}, "FAILS", "it fails", ONE),
            ({"suspected": {"suspect": None}, "unknown": {"first": None}}, "UNKNOWN", "first", None),
            ({"model": Model(unknown=["everywhere"])}, "UNKNOWN", "everywhere", None),
            ({"model": Model(unknown=["everywhere"]), "failing": (ONE, "it fails")}, "UNKNOWN", "it fails", ONE),
            ({"model": Model(refused=["no"]), "failing": (ONE, "it fails")}, "UNKNOWN", "AWS refuses: no", None),
            ({"seen": []}, "UNKNOWN",
             "reaches: A -> B: source and destination have no addresses of one family (contract: none)", None),
            ({"seen": [], "failing": (ONE, "it fails")}, "UNKNOWN",
             "reaches: A -> B: source and destination have no addresses of one family (contract: none)", None),
        ],
        ids=[str(number) for number in range(15)],
    )  # fmt: skip
    def test_what_decides(self, evidence: dict[str, Any], verdict: str, reason: str, witness: Flow | None) -> None:
        made = self.proof(**evidence)
        assert (made.verdict.value, made.reason, made.witness) == (verdict, reason, witness)

    def test_everything_that_is_not_known_is_told(self) -> None:
        made = self.proof(
            unknown={"one": None, "two": None}, suspected={"three": None, "one": None}, model=Model(unknown=["four"])
        )
        assert made.unknown == ("one", "two", "three", "four")
        refused = self.proof(unknown={"one": None}, model=Model(unknown=["four"], refused=["no", "never"]))
        assert refused.unknown == ("AWS refuses: no", "AWS refuses: never")

    @pytest.mark.parametrize("kind", MEANINGS)
    def test_where_nothing_arrives(self, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("patternkit.routes.proving.evidence.inspectors", lambda *_: frozenset({"fw"}))
        view: Any = SimpleNamespace(model=Model(), selector=SimpleNamespace(names=None))
        for lost, first in ((["route", "filter"], 0), (["filter", "route"], 1), (["filter", "filter"], None)):
            found = Evidence(view, Promise(kind, "A", "B"))
            found.seen = [flow("dropped", one, reason=f"by {one} {number}") for number, one in enumerate(lost)]
            made = proof_of(found, 1, 1, 0, set())
            told = None if kind in ("isolated", "no_bypass") else first if kind == "no_blackhole" else 0
            if told is None:
                assert (made.verdict, made.reason, made.witness) == (Verdict.HOLDS, "", None)
            else:
                assert (made.verdict, made.witness) == (Verdict.FAILS, found.seen[told])
                assert made.reason == f"no flow arrives at all: by {lost[told]} {told}"
            found.incomplete, found.unknown = True, {"more": None}
            assert proof_of(found, 1, 1, 0, set()).verdict is Verdict.UNKNOWN


class TestEvidence:
    def test_the_first_doubt_is_the_witness_and_each_is_told_once(self) -> None:
        view: Any = SimpleNamespace(model=Model())
        found = Evidence(view, reaches("A", "B"))
        for one, reason in ((ONE, "first"), (OTHER, "second"), (OTHER, "first")):
            found.doubt(one, reason)
        assert found.doubtful == (ONE, "first")
        assert list(found.unknown) == ["first", "second"]
        assert found.by == frozenset()

    def test_what_elements_are_called(self) -> None:
        element = {name: Site(name, f"Net/{name}") for name in "abcd"}
        model = Model(targets={"a": element["a"]}, sites={"b": element["b"]})
        model.attachments["c"] = element["c"]  # type: ignore[assignment]
        model.instances["d"] = element["d"]  # type: ignore[assignment]
        view: Any = SimpleNamespace(model=model)
        found = Evidence(view, reaches("A", "B"))
        assert [found.name(one) for one in "abcde"] == ["Net/a", "Net/b", "Net/c", "Net/d", "e"]

    @pytest.mark.parametrize(
        ("by", "text"), [(None, "a firewall"), ("Fw", "Fw"), (["Fw"], "Fw"), (["Fw", "Box"], "Fw or Box")]
    )
    def test_what_inspects_is_called(self, by: Any, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("patternkit.routes.proving.evidence.inspectors", lambda *given: frozenset({given[2]}))
        view: Any = SimpleNamespace(model=Model(), selector=SimpleNamespace(names=None))
        given = tuple(by) if isinstance(by, list) else by
        for kind in ("inspected", "no_bypass"):
            found = Evidence(view, Promise(kind, "A", "B", by=given))
            assert found.by_text() == text
            assert set(found.by) == {given}


def decided(**options: int) -> Any:
    """A view of a world in which parameters have been decided."""
    world = World()
    for name, index in options.items():
        choice = Choice(name, ("a", "b"), f"parameter {name} is {{option}}")
        world.met[name], world.decided[name] = choice, index
    return SimpleNamespace(world=world)


def proof(verdict: str, *, reason: str = "", **given: Any) -> Proof:
    unknown = {"unknown": (reason,)} if verdict == "UNKNOWN" else {}
    return Proof(reaches("A", "B"), Verdict(verdict), reason, **{**unknown, "witness": ONE, **given})


class TestWorlds:
    HOLDS, FAILS, UNKNOWN = proof("HOLDS"), proof("FAILS", reason="it fails"), proof("UNKNOWN", reason="a doubt")
    NOT_HERE = QuestionError("source 'A' is not in the network")
    REFUSED = "in some worlds: source 'A' is not in the network (contract: parameters)"
    MANY = "there are more than 256 worlds; the others were not tried (contract: parameters)"

    @pytest.mark.parametrize(
        ("verdicts", "refused", "many", "verdict", "reason", "world"),
        [
            (["HOLDS"], False, False, "HOLDS", "", ""),
            (["HOLDS", "HOLDS"], False, False, "HOLDS", "", ""),
            (["FAILS"], False, False, "FAILS", "it fails", ""),
            (["FAILS", "FAILS"], False, False, "FAILS", "it fails", ""),
            (["FAILS", "FAILS"], False, True, "FAILS", "it fails", ""),
            (["HOLDS", "FAILS"], False, False, "UNKNOWN", "it fails", "parameter P is b"),
            (["UNKNOWN", "FAILS"], False, False, "UNKNOWN", "it fails", "parameter P is b"),
            (["FAILS", "HOLDS"], False, False, "UNKNOWN", "it fails", "parameter P is a"),
            (["FAILS", "FAILS"], True, False, "UNKNOWN", "it fails", "parameter P is a"),
            (["UNKNOWN"], False, False, "UNKNOWN", "a doubt", ""),
            (["HOLDS", "UNKNOWN"], False, False, "UNKNOWN", "a doubt", "parameter P is b"),
            (["HOLDS"], True, False, "UNKNOWN", REFUSED, ""),
            (["HOLDS"], False, True, "UNKNOWN", MANY, ""),
            (["HOLDS"], True, True, "UNKNOWN", REFUSED, ""),
        ],
        ids=str,
    )
    def test_together(
        self, verdicts: list[str], refused: bool, many: bool, verdict: str, reason: str, world: str
    ) -> None:
        made = {"HOLDS": self.HOLDS, "FAILS": self.FAILS, "UNKNOWN": self.UNKNOWN}
        proofs = [(decided(P=number), made[one]) for number, one in enumerate(verdicts)]
        found = together(proofs, self.NOT_HERE if refused else None, too_many=many)
        assert (found.verdict.value, found.reason, found.world) == (verdict, reason, world)
        assert found.worlds == len(verdicts)
        assert (self.MANY in found.unknown, self.REFUSED in found.unknown) == (many, refused)
        fails = verdicts.count("FAILS")
        told = (
            f"AWS decides in which of {len(verdicts)} worlds this is; it fails in {fails}, so where {world} "
            "(contract: parameters)"
        )
        assert (told in found.unknown) is (fails > 0 and verdict == "UNKNOWN")
        assert told not in found.unknown or found.unknown[0] == told

    def test_what_all_of_them_say(self) -> None:
        proofs = [
            (decided(P=0), replace(self.HOLDS, unknown=("a", "b"), contracts=("zones z", "ids b"), notes=("n", "m"))),
            (decided(P=1), replace(self.HOLDS, unknown=("b", "c"), contracts=("ids a", "zones z"), notes=("m", "o"))),
        ]
        found = together(proofs, None, too_many=False)
        assert (found.contracts, found.notes) == (("ids a", "ids b", "zones z"), ("n", "m", "o"))
        assert (found.verdict, found.unknown, found.reason) == (Verdict.UNKNOWN, ("a", "b", "c"), "c")

    @pytest.mark.parametrize(
        ("text", "lifts"),
        [("parameter P is {option}", "parameters"), ("condition C is {option}", "parameters"), ("the order", "none")],
    )
    def test_what_lifts_that_aws_decides(self, text: str, lifts: str) -> None:
        view = decided()
        view.world.met["x"], view.world.decided["x"] = Choice("x", ("a", "b"), text), 0
        found = together([(view, self.FAILS), (decided(), self.HOLDS)], None, too_many=False)
        assert found.unknown[0].endswith(f"so where {text.format(option='a')} (contract: {lifts})")

    @pytest.mark.parametrize(("most", "too_many"), [(3, True), (4, False), (5, False)])
    @pytest.mark.parametrize("zones", [False, True])
    def test_as_many_as_are_tried(
        self, most: int, too_many: bool, zones: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Two conditions that nobody has decided, or one and a zone that may be another."""
        monkeypatch.setattr(worlds_module, "MOST_WORLDS", most)
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24")
        names = ["P"] if zones else ["P", "Q"]
        parameters: dict[str, Any] = {name: {"Type": "String", "AllowedValues": ["a", "b"]} for name in names}
        if zones:
            parameters["Zone"] = {"Type": "AWS::EC2::AvailabilityZone::Name"}
            net.subnet("V", "b", "10.0.2.0/24", az={"Ref": "Zone"})
        conditions = {name: {"Fn::Equals": [{"Ref": name}, "a"]} for name in names}
        net.extra = {"Parameters": parameters, "Conditions": conditions}
        for name in names:
            net.add(f"Igw{name}", "EC2::InternetGateway")
            net.resources[f"Igw{name}"]["Condition"] = name
        network = net.network()
        assert len(network.views()) == min(most, 4)
        assert network.too_many_worlds is too_many


WHY = Unknown("why")


class TestShow:
    def test_each_thing_that_is_not_known(self) -> None:
        vpc = Vpc("⟨v⟩", "Net/V", unknown_blocks={4: Unknown("blocks"), 6: Unknown("more blocks")})
        model = Model(vpcs={"v": vpc}, blocked_public="it may be blocked")
        for name in ("zone", "unknown_blocks", "table", "acl", "public_addresses"):
            model.subnets[name] = Subnet(name, f"Net/{name}", vpc=vpc)
            setattr(model.subnets[name], name, WHY)
        for name in ("gateway", "unknown_zones", "appliance", "association"):
            attachment = Attachment(name, f"Net/{name}", gateway=TransitGateway("t", "T"))
            setattr(attachment, name, WHY)
            model.attachments[name] = attachment
        model.sites = {"s": Site("s", "Net/S", unknown_prefixes=Unknown("prefixes")), "k": Site("k", "Net/K")}
        model.firewalls = {"f": Firewall("f", "Net/F", policy=WHY)}
        model.targets = {
            "e": Endpoint("e", "Net/E", subnet=WHY),
            "g": Endpoint("g", "Net/G", subnet=model.subnets["acl"]),
        }
        model.network_acls = {"a": NetworkAcl("a", "Net/A", unknown=["one", "two"], tainted="changed")}
        model.security_groups = {"b": SecurityGroup("b", "Net/B", unknown=["three"])}
        model.tables = {"r": RouteTable("r", "Net/R", unknown=["four"], tainted="changed, too")}
        model.transit_tables = {"t": TransitTable("t", "Net/T", unknown=["five"])}
        assert list(_doubts(model)) == [
            "Net/V has more addresses: blocks",
            "Net/V has more addresses: more blocks",
            *(f"Net/{name}: why" for name in model.subnets),
            *(f"Net/{name}: why" for name in model.attachments),
            "prefixes",
            "the policy of Net/F: why",
            "the subnet of Net/E: why",
            "Net/A: one",
            "Net/A: two",
            "Net/B: three",
            "changed, too",
            "changed",
            "Net/T may have more routes: five",
            "Net/R may have more routes: four",
            "it may be blocked",
        ]
        assert list(_doubts(Model())) == []

    @pytest.mark.parametrize("count", [2, 6, 7, 9])
    def test_what_is_undecided(self, count: int) -> None:
        view = decided()
        choice = Choice("x", tuple(range(count)), "⟨it⟩ is {option}")
        view.world.met["x"] = choice
        told = " or ".join(f"it is {number}" for number in range(min(count, 6)))
        assert list(_choices([view, view])) == [told + (f" or {count - 6} others" if count > 6 else "")]

    def test_zones_that_are_one_in_some_worlds(self) -> None:
        one, other, third = (Zone("name", name, "") for name in ("a", "b", "c"))
        every: list[dict[Any, str]] = [{one: "a", other: "a", third: "c"}, {one: "a", other: "b", third: "c"}, {}]
        views: list[Any] = [SimpleNamespace(world=World(zones=zones)) for zones in every]
        assert list(_zones(views)) == ["whether a and b are the same availability zone"]
        assert list(_zones(views[:1])) == []

    def test_a_table_in_several_worlds(self) -> None:
        vpc = Vpc("⟨v⟩", "Net/V")
        tables = []
        for number, target in enumerate((Subnet("x", "Net/X"), Subnet("y", "Net/Y"))):
            table = RouteTable("r", "Net/R", vpc=vpc, unknown=["⟨more⟩"], tainted="changed" if number else "")
            table.routes = [
                Route(prefix("10.0.0.0/8"), target, "static", "path"),  # type: ignore[arg-type]
                Route(prefix("0.0.0.0/0"), WHY, "static", "other"),
            ]
            tables.append(table)
        vpc.subnets = [Subnet("s", "Net/S", table=tables[0]), Subnet("t", "Net/T")]
        routes = [
            {"destination": "0.0.0.0/0", "target": "not known: why", "targets": ["not known: why"], "origin": "static"},
            {
                "destination": "10.0.0.0/8",
                "target": "Net/X or Net/Y",
                "targets": ["Net/X", "Net/Y"],
                "origin": "static",
            },
        ]
        told = {"table": "Net/R", "used_by": ["Net/S"], "routes": routes, "unknown": ["more", "changed"]}
        assert _table(tables, 2) == told
        assert _table(tables, 3) == {**told, "unknown": ["more", "changed", "it is not there in every world"]}

    def test_who_uses_a_table_of_a_transit_gateway(self) -> None:
        gateway = TransitGateway("g", "Net/G")
        table = TransitTable("t", "Net/T", gateway=gateway)
        gateway.attachments = [
            Attachment("a", "Net/A", gateway=gateway, association=table),
            Attachment("b", "Net/B", gateway=gateway),
        ]
        assert _table([table], 1)["used_by"] == ["Net/A"]
        assert _table([TransitTable("u", "Net/U", gateway=WHY)], 1)["used_by"] == []
        assert _table([RouteTable("r", "Net/R")], 1)["used_by"] == []

    def test_an_endpoint_in_a_zone_that_is_not_known(self) -> None:
        for zone, told in ((WHY, "Net/E (why)"), ("eu-west-1a", "Net/E")):
            assert _target(Endpoint("e", "Net/E", subnet=Subnet("s", "Net/S", zone=zone))) == told
        assert _target(Endpoint("e", "Net/E", subnet=WHY)) == "Net/E"


def test_a_network_says_whether_worlds_are_left_out() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24")
    network: Network = net.network()
    assert not network.too_many_worlds
    assert len(network.views()) == 1
