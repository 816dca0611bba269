"""Where flows start, by which connection a site answers, and which packets a leg was sent as: one thing at a time."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import EPHEMERAL_PORTS, EVERY_PORT, IPV4_END, Box, Spans, as_ipv6, prefix, span_of
from patternkit.routes.forwarding import Hop, Leg, Outcome, Sighting, Translation, Walk
from patternkit.routes.model import (
    AclRule,
    Attachment,
    CarrierGateway,
    EgressOnlyGateway,
    Interface,
    InternetGateway,
    LocalGateway,
    Model,
    NatGateway,
    Route,
    RouteTable,
    SecurityGroup,
    Service,
    Site,
    Subnet,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnGateway,
)
from patternkit.routes.model.public_block import PublicBlock
from patternkit.routes.places import Place
from patternkit.routes.tracing import Tracer, _learnt, _may_answer, _preferred, _public, _refined, _sent

TCP: Spans = ((6, 6),)
TEN, SITE = prefix("10.0.0.0/16"), prefix("192.168.0.0/16")
FAR = span_of(SITE)


def vpc(**given: Any) -> Vpc:
    return Vpc("⟨v⟩", "Net/V", blocks=[TEN], **given)


def subnet(of: Vpc, **given: Any) -> Subnet:
    return Subnet("⟨s⟩", "Net/S", vpc=of, zone="eu-west-1a", blocks=[prefix("10.0.1.0/24")], **given)


def to_vpc(text: str = "10.0.1.0/24") -> Box:
    """What a site sends."""
    return Box(4, TCP, FAR, ((443, 443),), span_of(prefix(text)), EPHEMERAL_PORTS)


def attached(name: str, *routes: str, **given: Any) -> Site:
    """A site on a transit gateway, with the prefixes of the table that its attachment is associated with."""
    table = TransitTable("⟨t⟩", "Net/T", routes=[Route(prefix(one), Unknown("to"), "vpc") for one in routes])
    gateway = TransitGateway("⟨tgw⟩", "Net/Tgw")
    site = Site(f"⟨{name}⟩", f"Net/{name}", at="hq", prefixes=[(SITE, "vpn")], **given)
    site.attachment = Attachment(f"⟨{name}At⟩", f"Net/{name}At", gateway=gateway, medium="vpn", association=table)
    return site


def on_vpn_gateway(name: str, gateway: VpnGateway, **given: Any) -> Site:
    site = Site(f"⟨{name}⟩", f"Net/{name}", gateway=gateway, **{"at": "hq", "prefixes": [(SITE, "vpn")], **given})
    gateway.sites.append(site)
    return site


class TestWhatAConnectionAdvertises:
    """The length of the longest prefix that surely covers all that the site sends; None where that is not known."""

    @pytest.mark.parametrize(
        ("routes", "length"),
        [
            (["10.0.0.0/16"], 16),
            (["10.0.0.0/16", "10.0.0.0/8"], 16),
            (["10.0.0.0/8", "10.0.0.0/16"], 16),
            (["10.0.0.0/8", "10.0.0.0/16", "10.9.0.0/16", "::/0"], 16),
            (["10.0.0.0/16", "10.0.1.0/24", "10.0.0.0/8"], 24),
            (["10.0.0.0/16", "10.0.1.0/25"], None),
            (["10.0.1.128/25", "10.0.0.0/16"], None),
            (["10.9.0.0/16"], None),
            ([], None),
        ],
        ids=str,
    )
    def test_what_is_in_the_table_of_its_attachment_or_is_advertised(
        self, routes: list[str], length: int | None
    ) -> None:
        assert _learnt(attached("A", *routes), to_vpc()) == length
        told = attached("A", "10.0.0.0/20", advertised=tuple(map(prefix, routes)))
        assert _learnt(told, to_vpc()) == length

    def test_where_that_is_not_known(self) -> None:
        unknown = attached("A", "10.0.0.0/16", advertised=Unknown("why"))
        assert _learnt(unknown, to_vpc()) is None
        doubted = attached("A", "10.0.0.0/16")
        assert doubted.attachment is not None
        assert isinstance(doubted.attachment.association, TransitTable)
        doubted.attachment.association.unknown.append("why")
        assert _learnt(doubted, to_vpc()) is None
        apart = attached("A", "10.0.0.0/16")
        apart.attachment = replace_association(apart, None)
        assert _learnt(apart, to_vpc()) is None
        assert _learnt(Site("⟨x⟩", "Net/X"), to_vpc()) is None

    def test_a_virtual_private_gateway_tells_the_ranges_of_its_vpc_and_what_others_are(self) -> None:
        gateway = VpnGateway("⟨g⟩", "Net/G", vpc=vpc())
        site = on_vpn_gateway("A", gateway)
        assert _learnt(site, to_vpc()) == 16
        assert _learnt(site, to_vpc("192.168.1.0/24")) is None, "its own prefixes are not told to it"
        other = on_vpn_gateway(
            "B", gateway, prefixes=[(prefix("172.16.0.0/12"), "vpn"), (prefix("10.0.1.0/24"), "vpn")]
        )
        assert _learnt(site, to_vpc("172.16.1.0/24")) == 12
        assert _learnt(site, to_vpc()) == 24
        other.unknown_prefixes = Unknown("why")
        assert _learnt(site, to_vpc()) is None
        other.unknown_prefixes, site.unknown_prefixes = None, Unknown("why")
        assert _learnt(site, to_vpc()) == 24
        site.static_only = True
        assert _learnt(site, to_vpc()) is None

    def test_ranges_of_its_vpc_that_are_not_known(self) -> None:
        for family, length in ((4, None), (6, 16)):
            gateway = VpnGateway("⟨g⟩", "Net/G", vpc=vpc(unknown_blocks={family: Unknown("why")}))
            assert _learnt(on_vpn_gateway("A", gateway), to_vpc()) == length
        assert _learnt(on_vpn_gateway("A", VpnGateway("⟨g⟩", "Net/G")), to_vpc()) is None


def replace_association(site: Site, association: TransitTable | None) -> Attachment:
    assert site.attachment is not None
    return Attachment(site.attachment.identity, site.attachment.path, gateway=site.attachment.gateway, medium="vpn",
                      association=association)  # fmt: skip


class TestByWhichConnectionASiteAnswers:
    @pytest.mark.parametrize(
        ("connections", "answering"),
        [
            # By name: the prefixes that it is told, and its preference.
            ({"A": (["10.0.0.0/16"], 100), "B": (["10.0.0.0/16"], 100)}, "AB"),
            ({"A": (["10.0.0.0/16"], 200), "B": (["10.0.0.0/16"], 100)}, "A"),
            ({"A": (["10.0.0.0/16"], 100), "B": (["10.0.0.0/16"], 200)}, "B"),
            ({"A": (["10.0.0.0/16"], 200), "B": (["10.0.0.0/16"], 200), "C": (["10.0.0.0/16"], 100)}, "AB"),
            ({"A": (["10.0.1.0/24"], 100), "B": (["10.0.0.0/16"], 100)}, "A"),
            ({"A": (["10.0.0.0/16"], 100), "B": (["10.0.1.0/24"], 100)}, "B"),
            # What has the longer prefix is not what is preferred.
            ({"A": (["10.0.1.0/24"], 100), "B": (["10.0.0.0/16"], 200)}, "AB"),
            ({"A": (["10.0.1.0/24"], 200), "B": (["10.0.0.0/16"], 200)}, "A"),
            # What is told nothing that covers it.
            ({"A": (["10.0.0.0/16"], 200), "B": ([], 100)}, "AB"),
            ({"A": ([], 200), "B": (["10.0.0.0/16"], 100)}, "AB"),
        ],
        ids=str,
    )
    def test_connections_of_one_place(self, connections: dict[str, Any], answering: str) -> None:
        sites = [attached(name, *told, preference=preference) for name, (told, preference) in connections.items()]
        end, *others = sites
        found = _preferred(end, others, to_vpc())
        assert "".join(site.path[-1] for site in found) == answering
        elsewhere = attached("Z", "10.0.0.0/16")
        elsewhere.at = "branch"
        assert _preferred(end, [*others, elsewhere], to_vpc()) == [*sites, elsewhere]

    def test_one_alone(self) -> None:
        end = attached("A", "10.0.0.0/16")
        assert _preferred(end, [], to_vpc()) == [end]

    @pytest.mark.parametrize(
        ("given", "may"),
        [
            ({"sends": None}, True),
            ({"sends": ()}, False),
            ({"sends": (prefix("10.9.0.0/16"),)}, True),
            ({"sends": (prefix("172.16.0.0/12"),)}, False),
            ({"sends": (), "learns": "10.9.1.0/24"}, True),
            ({"sends": (), "learns": "172.16.0.0/12"}, False),
            ({"sends": (), "block": "10.9.0.0/16"}, True),
            ({"sends": (), "unknown": 4}, True),
            ({"sends": (), "unknown": 6}, False),
            ({"sends": (), "gateway": False}, True),
            ({"sends": (), "vpc": False}, True),
        ],
        ids=str,
    )
    def test_what_a_site_may_send_by_a_connection_to_a_virtual_private_gateway(
        self, given: dict[str, Any], may: bool
    ) -> None:
        home = Vpc("⟨v⟩", "Net/V", blocks=[prefix("10.0.0.0/16"), prefix("2600:1f18::/56")])
        if "block" in given:
            home.blocks.append(prefix(given["block"]))
        if "unknown" in given:
            home.unknown_blocks[given["unknown"]] = Unknown("why")
        gateway = VpnGateway("⟨g⟩", "Net/G", vpc=home if given.get("vpc", True) else None)
        if "learns" in given:
            gateway.table = RouteTable("⟨r⟩", "R", routes=[Route(prefix(given["learns"]), Unknown("to"), "propagated")])
        site = Site("⟨a⟩", "Net/A", sends=given["sends"], gateway=gateway if given.get("gateway", True) else None)
        assert _may_answer(site, to_vpc("10.9.1.0/24")) is may
        if given.get("gateway", True):
            assert _may_answer(site, to_vpc("10.0.1.0/24")), "the range of its VPC is announced to it"


class TestWhatWasSent:
    """A leg's packets with the addresses that they had before they were translated."""

    NAT = NatGateway("⟨n⟩", "Net/Nat")
    INSIDE = span_of(prefix("10.0.1.0/24"))
    BOX = Box(4, TCP, ((7, 7),), ((2000, 2000),), FAR, ((443, 443),))

    def leg(self, box: Box, *families: int) -> Leg:
        first = Translation(self.NAT, self.INSIDE, EPHEMERAL_PORTS, None, 4)
        kept = tuple(first._replace(family=family) if not number else first._replace(source=((1, 1),))
                     for number, family in enumerate(families))  # fmt: skip
        return Leg(Walk(box, translations=kept), Outcome.DROPPED, "lost")

    def test_by_the_first_translation(self) -> None:
        sent = self.BOX._replace(source=self.INSIDE, source_port=EPHEMERAL_PORTS)
        assert _sent(self.leg(self.BOX, 4), self.INSIDE) == sent
        assert _sent(self.leg(self.BOX, 4, 4), self.INSIDE) == sent
        six = _sent(self.leg(self.BOX, 6), self.INSIDE)
        assert six == sent._replace(family=6, destination=as_ipv6(FAR))

    def test_without_one(self) -> None:
        assert _sent(self.leg(self.BOX), ((0, 9),)) == self.BOX
        # Replies have a source of their own: it is the packets' that counts.
        assert _sent(self.leg(self.BOX), self.INSIDE) == self.BOX._replace(source=self.INSIDE)

    def test_cut_by_both_directions(self) -> None:
        narrow = self.BOX._replace(port=((8443, 8443),))
        there, back = self.leg(self.BOX, 4), self.leg(narrow.swapped(), 4)
        sent = narrow._replace(source=self.INSIDE, source_port=EPHEMERAL_PORTS)
        assert _refined(there, back) == sent
        # Where the gateway has put the source back, the replies go to it already.
        assert _refined(there, self.leg(narrow.swapped())) == narrow
        assert _refined(self.leg(self.BOX), back) == narrow


class TestWhereFlowsStart:
    def starts(self, source: Place, destination: Place, model: Model | None = None, family: int = 4) -> Any:
        box = Box(family, TCP, source.spans(family), EPHEMERAL_PORTS, destination.spans(family), ((443, 443),))
        return Tracer(model or Model())._starts(source, destination, box)

    def test_at_a_site_on_a_transit_gateway(self) -> None:
        site = attached("Vpn")
        far = Place("site", "Net/Vpn", site, FAR)
        ((location, walk),), refused = self.starts(far, Place("subnet", "Net/S", subnet(vpc()), ((1, 9),)))
        assert site.attachment is not None
        assert location == ("transit", site.attachment.gateway, (site.attachment, None))
        assert walk.hops == (Hop("Net/Vpn", "vpn", "", "from the site", "⟨Vpn⟩"),)
        assert (walk.carriers, walk.over_vpn, refused) == (("⟨Vpn⟩",), False, [])

    def test_at_a_site_on_a_virtual_private_gateway(self) -> None:
        gateway = VpnGateway("⟨g⟩", "Net/G")
        site = on_vpn_gateway("Vpn", gateway)
        ((location, walk),), _ = self.starts(Place("site", "Net/Vpn", site, FAR), Place("addresses", "x", None, FAR))
        assert (location, walk.hops, walk.over_vpn) == (("vpn gateway", gateway, site), (), True)

    def test_at_a_site_that_is_connected_to_nothing_of_the_set(self) -> None:
        site = Site("⟨a⟩", "Net/A")
        starts, (refused,) = self.starts(Place("site", "Net/A", site, FAR), Place("addresses", "x", None, FAR))
        assert (starts, refused.outcome) == ([], Outcome.UNKNOWN)
        assert refused.reason == "what Net/A is connected to is not in the set (contract: ids)"

    def test_at_a_site_that_is_lost(self) -> None:
        """What lies behind has another connection, where one of the same place is left."""
        lost = Site("⟨a⟩", "Net/A", at="hq", lost=True)
        place, end = Place("site", "Net/A", lost, FAR), Place("addresses", "x", None, FAR)
        starts, (refused,) = self.starts(place, end, Model(sites={"a": lost}))
        assert (starts, refused.outcome, refused.kind) == ([], Outcome.DROPPED, "blackhole")
        assert (refused.reason, refused.end) == ("Net/A is lost", None)
        left, apart, gone = attached("Left"), attached("Apart"), attached("Gone", lost=True)
        apart.at = "branch"
        model = Model(sites={"g": gone, "x": apart, "a": lost, "l": left})
        starts, refused = self.starts(place, end, model)
        assert [walk.hops[0].element for _, walk in starts] == ["Net/Left"]
        assert refused == []
        host = Interface("⟨i⟩", "Net/I", subnet=subnet(vpc()))
        for given in (model, Model(sites={"l": left})):
            site = lost if given is model else left
            starts, _ = self.starts(
                Place("site", "Net/A", site, FAR), Place("interface", "Net/I", host, ((1, 9),)), given
            )
            assert [walk.peer for _, walk in starts] == [host]

    def test_in_a_subnet(self) -> None:
        home = subnet(vpc(), hosts_public=True)
        place, end = Place("subnet", "Net/S", home, home.spans(4)), Place("addresses", "x", None, FAR)
        ((location, walk),), refused = self.starts(place, end)
        assert (location, refused) == (("subnet", home, None), [])
        assert (walk.choices, walk.interface, walk.peer) == ((("public address", True),), None, None)
        nowhere = Interface("⟨i⟩", "Net/I", subnet=Unknown("why"))
        starts, (refused,) = self.starts(Place("interface", "Net/I", nowhere, FAR), end)
        assert (starts, refused.outcome) == ([], Outcome.UNKNOWN)
        assert refused.reason == "the subnet of Net/I is not known"

    def test_at_a_host(self) -> None:
        home = subnet(vpc())
        rule = AclRule(4, ((0, 255),), ((0, IPV4_END),), EVERY_PORT)
        group = SecurityGroup("⟨g⟩", "Net/G", outbound=[rule])
        host = Interface("⟨i⟩", "Net/I", subnet=home, public=True, security_groups=[group])
        peer = Interface("⟨p⟩", "Net/P", subnet=home)
        place = Place("interface", "Net/I", host, home.spans(4))
        ((location, walk),), _ = self.starts(place, Place("interface", "Net/P", peer, home.spans(4)))
        assert location == ("subnet", home, None)
        assert (walk.interface, walk.peer, walk.choices) == (host, peer, (("public address", True),))
        group.outbound.clear()
        starts, (refused,) = self.starts(place, Place("interface", "Net/P", peer, home.spans(4)))
        assert (starts, refused.outcome, refused.kind) == ([], Outcome.DROPPED, "filter")
        assert refused.reason == "the security groups deny it out of Net/I"

    @pytest.mark.parametrize(
        ("change", "outcome", "kind", "reason"),
        [
            ({"zone": "us-east-1-wl1-bos-wlz-1"}, "dropped", "address",
             "the internet begins no connection with a Wavelength Zone, Net/S"),
            ({"gateway": False}, "dropped", "address", "Net/V has no internet gateway"),
            ({"blocked": "it may be blocked (contract: none)"}, "unknown", "", "it may be blocked (contract: none)"),
            ({"block": "block-bidirectional"}, "dropped", "block", "Net/Block blocks public access to Net/S"),
            ({"block": "block-ingress", "exception": "allow-egress"}, "dropped", "block",
             "Net/Block blocks public access to Net/S"),
            ({"hosts": False}, "dropped", "address", "a host of Net/S without a public address is not reached"),
        ],
        ids=str,
    )  # fmt: skip
    def test_what_keeps_the_internet_out(self, change: dict[str, Any], outcome: str, kind: str, reason: str) -> None:
        starts, (refused,) = self.from_internet(**change)
        assert (starts, refused.outcome.value, refused.kind, refused.reason) == ([], outcome, kind, reason)
        assert refused.end is None
        assert refused.walk.contracts == {"public-addresses S"}

    def from_internet(self, family: int = 4, **change: Any) -> Any:
        home = vpc()
        home.internet_gateway = InternetGateway("⟨i⟩", "Net/Igw", vpc=home) if change.get("gateway", True) else None
        inside = subnet(home, hosts_public=change.get("hosts"), public_addresses=change.get("gives", False),
                        public_exception=change.get("exception", ""),
                        contracts=frozenset({"public-addresses S"}))  # fmt: skip
        inside.zone = change.get("zone", inside.zone)
        block = PublicBlock("Net/Block", change["block"]) if "block" in change else None
        model = Model(blocked_public=change.get("blocked", ""), public_block=block)
        source = Place("internet", "the internet", None, ((1, 9),), ((1, 9),))
        return self.starts(source, Place("subnet", "Net/S", inside, inside.spans(4), ((5, 6),)), model, family)

    @pytest.mark.parametrize(
        ("change", "without"),
        [
            ({}, True),
            ({"hosts": True}, False),
            ({"gives": True}, False),
            ({"gives": Unknown("why")}, True),
            ({"family": 6}, False),
            ({"hosts": True, "block": "block-bidirectional", "exception": "allow-bidirectional"}, False),
        ],
        ids=str,
    )
    def test_the_internet_gets_to_hosts_with_public_addresses(self, change: dict[str, Any], without: bool) -> None:
        ((location, walk),), refused = self.from_internet(**change)
        assert (location[0], location[1].path, location[2].path) == ("edge", "Net/V", "Net/Igw")
        assert walk.choices == (() if change.get("family") == 6 else (("public address", True),))
        assert walk.contracts == {"public-addresses S"}
        assert [(leg.walk.choices, leg.outcome, leg.kind) for leg in refused] == (
            [((("public address", False),), Outcome.DROPPED, "address")] if without else []
        )

    def test_the_internet_gets_to_no_site(self) -> None:
        source = Place("internet", "the internet", None, ((1, 9),))
        starts, (refused,) = self.starts(source, Place("site", "Net/A", Site("⟨a⟩", "Net/A"), FAR))
        assert (starts, refused.outcome, refused.kind) == ([], Outcome.DROPPED, "address")
        assert refused.reason == "Net/A has no address that the internet reaches"

    @pytest.mark.parametrize(
        ("element", "known"),
        [
            (Interface("i", "I", public=True), (("public address", True),)),
            (Interface("i", "I", public=False), (("public address", False),)),
            (Interface("i", "I", public=Unknown("why")), ()),
            (Subnet("s", "S", hosts_public=True), (("public address", True),)),
            (Subnet("s", "S", hosts_public=False, public_addresses=True), (("public address", False),)),
            (Subnet("s", "S", public_addresses=True), (("public address", True),)),
            (Subnet("s", "S", public_addresses=False), ()),
            (Subnet("s", "S", public_addresses=Unknown("why")), ()),
            (None, ()),
        ],
    )
    def test_what_is_known_of_a_public_address(self, element: Any, known: Any) -> None:
        assert _public(Place("subnet", "x", element)) == known


class TestReplies:
    """Replies start where packets have ended, with everything that the gateways on the way know of the flow."""

    PEER, HOST = Interface("⟨p⟩", "Net/P"), Interface("⟨h⟩", "Net/H")
    BOX = Box(4, TCP, span_of(prefix("10.0.1.0/24")), EPHEMERAL_PORTS, FAR, ((443, 443),))

    def replies(self, end: Any, sites: Any = (), **walk: Any) -> list[Any]:
        given: dict[str, Any] = {
            "hops": (Hop("Net/S", "subnet", "", "w", "⟨s⟩"),),
            "sightings": (Sighting("⟨fw⟩"),),
            "carriers": ("⟨c⟩",),
            "hedges": ("hedge",),
            "contracts": frozenset({"ids x"}),
            "choices": (("zone", "z"),),
            "seen": frozenset({"seen"}),
            "interface": self.HOST,
            "peer": self.PEER,
            **walk,
        }
        leg = Leg(Walk(given.pop("box", self.BOX), **given), Outcome.DELIVERED, "there", end)
        source = Place(given.get("kind", "subnet"), "Net/S", None, self.BOX.source)
        model = Model(sites={site.identity: site for site in sites})
        return Tracer(model)._replies(leg, source)

    def test_what_is_kept_of_the_way_there(self) -> None:
        end = subnet(vpc())
        nat, other = NatGateway("⟨n⟩", "Net/N"), NatGateway("⟨o⟩", "Net/O")
        translated = (Translation(nat, ((1, 2),), EPHEMERAL_PORTS, None, 4),)
        ((location, walk),) = self.replies(end, source_owner=nat, destination_owner=other, translations=translated)
        assert location == ("subnet", end, None)
        assert (walk.box, walk.back, walk.known) == (self.BOX.swapped(), True, {Sighting("⟨fw⟩")})
        assert (walk.hops, walk.sightings, walk.carriers, walk.crossings, walk.seen) == ((), (), (), (), frozenset())
        assert (walk.interface, walk.peer) == (self.PEER, self.HOST)
        assert (walk.source_owner, walk.destination_owner) == (other, nat)
        assert (walk.hedges, walk.contracts, walk.choices) == (("hedge",), {"ids x"}, (("zone", "z"),))
        assert walk.translations == translated

    def test_from_each_end(self) -> None:
        home = vpc()
        gateway = InternetGateway("⟨i⟩", "Net/Igw", vpc=home)
        for end, location in (
            (("internet", gateway), ("edge", home, gateway)),
            (("internet", EgressOnlyGateway("⟨e⟩", "Net/E", vpc=home)), "local"),
            (("internet", CarrierGateway("⟨c⟩", "Net/C", vpc=home)), "local"),
            (LocalGateway("⟨l⟩", "Net/L", vpc=home), "local"),
        ):
            ((found, walk),) = self.replies(end)
            of = end[1] if isinstance(end, tuple) else end
            assert found == (("local", home, of) if location == "local" else location)
            assert walk.known == {Sighting("⟨fw⟩"), *([Sighting(of.identity)] if isinstance(end, tuple) else [])}
            assert walk.hops == ()

    def test_from_a_service_straight_into_the_vpc(self) -> None:
        home = vpc()
        end = Service("⟨s3⟩", "Net/S3", service="s3", vpc=home)
        ((location, walk),) = self.replies(end)
        assert location == ("local", home, end)
        assert walk.hops == (Hop("Net/S3", "gateway endpoint", "", "back into the VPC", "⟨s3⟩"),)

    def test_to_a_nat_gateway_of_a_whole_vpc(self) -> None:
        gateway = InternetGateway("⟨i⟩", "Net/Igw", vpc=vpc())
        for regional in (True, False):
            owner = NatGateway("⟨n⟩", "Net/Nat", regional=regional)
            ((location, _),) = self.replies(("internet", gateway), source_owner=owner)
            assert location == (("nat back", owner, None) if regional else ("edge", gateway.vpc, gateway))

    def test_from_a_site_by_each_connection_that_it_may_answer_by(self) -> None:
        end = attached("End", "10.0.0.0/16")
        for site, answering in (
            (attached("Same", "10.0.0.0/16"), ["Net/End", "Net/Same"]),
            (attached("Narrow", "10.0.0.0/24"), ["Net/End", "Net/Narrow"]),
            (attached("Better", "10.0.0.0/16", preference=200), ["Net/Better"]),
            (attached("Worse", "10.0.0.0/16", preference=50), ["Net/End"]),
            (Site("⟨u⟩", "Net/Unconnected", at="hq", prefixes=[(SITE, "vpn")]), ["Net/End"]),
        ):
            found = self.replies(end, (end, site))
            assert [walk.hops[0].element for _, walk in found] == answering, site
            hedge = "the site behind Net/End decides by which of its connections it answers (contract: none)"
            assert {walk.hedges for _, walk in found} == {("hedge", hedge) if len(answering) > 1 else ("hedge",)}
        far = attached("Far", "10.0.0.0/16")
        far.prefixes = [(prefix("172.16.0.0/12"), "vpn")]
        assert [walk.hops[0].element for _, walk in self.replies(end, (far, end))] == ["Net/End"]

    def test_what_lifts_that_a_site_decides(self) -> None:
        gateway = VpnGateway("⟨g⟩", "Net/G", vpc=vpc())
        end, other = attached("End"), on_vpn_gateway("Other", gateway, at="branch")
        for sends, lifts in ((None, "sites, sends"), ((prefix("10.0.0.0/8"),), "none")):
            other.sends = sends
            for _, walk in self.replies(end, (end, other)):
                assert walk.hedges[-1] == (
                    f"the site behind Net/End decides by which of its connections it answers (contract: {lifts})"
                )
        other.sends = ()
        other.gateway = VpnGateway("⟨g⟩", "Net/G", vpc=Vpc("⟨w⟩", "Net/W", blocks=[prefix("10.7.0.0/16")]))
        assert len(self.replies(end, (end, other))) == 1, "it sends nothing there"
