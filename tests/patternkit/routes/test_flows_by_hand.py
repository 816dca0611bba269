"""What is judged of flows, asked of flows that are made by hand: each differs from the next in one thing."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import Box, prefix, span_of
from patternkit.routes.arrival import at_place, passes_on
from patternkit.routes.forwarding import (
    PERHAPS_FORWARDS,
    PERHAPS_TRANSLATES,
    TRANSLATION,
    Hop,
    Leg,
    Outcome,
    Sighting,
    Translation,
    Walk,
)
from patternkit.routes.forwarding.walks import Crossing
from patternkit.routes.model import (
    Attachment,
    Interface,
    InternetGateway,
    LocalGateway,
    NatGateway,
    Service,
    Site,
    Subnet,
    Vpc,
)
from patternkit.routes.places import Place
from patternkit.routes.proving.load_balancer_flows import chain, same_zone, spans_of_host
from patternkit.routes.proving.undeclared_appliances import considered, is_unsure, undeclared, undeclared_on
from patternkit.routes.proving.zones import leaves_zone, unknown_zones
from patternkit.routes.tracing import Flow

VPC = Vpc("⟨v⟩", "Net/V", blocks=[prefix("10.0.0.0/16")])
A = Subnet("⟨a⟩", "Net/A", vpc=VPC, zone="eu-west-1a", blocks=[prefix("10.0.1.0/24")])
B = Subnet("⟨b⟩", "Net/B", vpc=VPC, zone="eu-west-1a", blocks=[prefix("10.0.2.0/24")])
BOX = Box(4, ((6, 6),), A.spans(4), ((1024, 65535),), B.spans(4), ((443, 443),))
FROM, TO = Place("subnet", "Net/A", A, A.spans(4)), Place("subnet", "Net/B", B, B.spans(4))
APPLIANCE = (
    Hop("Net/T", "route table", "", "w"),
    Hop("Net/Box", "appliance", "", "w"),
    Hop("Net/B", "subnet", "", "w"),
)
DELIVERED, DROPPED, UNKNOWN = Outcome.DELIVERED, Outcome.DROPPED, Outcome.UNKNOWN


def flow(
    there: Outcome = DELIVERED,
    back: Outcome | None = DELIVERED,
    *,
    kind: Any = "",
    back_kind: Any = "",
    source: Place = FROM,
    destination: Place = TO,
    choices: tuple[tuple[str, Any], ...] = (),
    **walk: Any,
) -> Flow:
    walked = Walk(BOX, choices=choices, **walk)
    reply = Walk(BOX.swapped(), back=True, choices=choices)
    forward = Leg(walked, there, "there", None, kind)
    return Flow(source, destination, BOX, forward, Leg(reply, back, "back", None, back_kind) if back else None)


def by(does: str | None, *, public: bool | None = None, **given: Any) -> Flow:
    """A flow by an appliance that does something, or by none, of a host of which nothing says what address it has."""
    chosen: list[tuple[str, Any]] = [] if does is None else [(f"{TRANSLATION}⟨box⟩", does)]
    chosen += [] if public is None else [("public address", public)]
    return flow(hops=APPLIANCE, choices=tuple(chosen), **given)


LOST: list[tuple[dict[str, Any], bool]] = [
    ({}, False),
    *(
        ({"there": DROPPED, "back": None, "kind": kind}, kind in ("address", "filter"))
        for kind in ("route", "blackhole", "filter", "state", "address", "loop", "host", "block", "elsewhere")
    ),
    *(
        ({"back": DROPPED, "back_kind": kind}, kind != "state")
        for kind in ("route", "blackhole", "filter", "state", "address", "loop", "host", "block", "elsewhere")
    ),
    ({"there": UNKNOWN, "back": None}, False),
    ({"there": UNKNOWN, "back": None, "kind": "address"}, False),
    ({"back": UNKNOWN}, False),
    ({"back": UNKNOWN, "back_kind": "route"}, False),
]


class TestWhatAnAppliancePerhapsDoes:
    @pytest.mark.parametrize(("lost", "rescued"), LOST, ids=[str(number) for number in range(len(LOST))])
    def test_what_a_translation_would_save(self, lost: dict[str, Any], rescued: bool) -> None:
        """By a translation packets get through that are lost for their source, and replies that find no way back."""
        translated = by(PERHAPS_TRANSLATES)
        for does, saved in ((PERHAPS_FORWARDS, rescued), (PERHAPS_TRANSLATES, False), (None, False)):
            one = by(does, **lost)
            kept = [one] if does != PERHAPS_TRANSLATES else []
            assert considered([one, translated]) == ([one, translated] if saved else kept)
            assert is_unsure(one, [one, translated], [one], "reaches") is saved
            assert not is_unsure(one, [one, translated], [one, translated], "reaches"), "translated it is lost, too"
            assert not is_unsure(one, [one], [one], "reaches"), "none is translated"
            by_source = does == PERHAPS_FORWARDS and rescued and lost.get("there") is DROPPED
            assert undeclared(one) == (undeclared_on(one) if by_source else "")
        assert "Net/Box" in undeclared_on(by(PERHAPS_FORWARDS))
        assert "Net/T" not in undeclared_on(by(PERHAPS_FORWARDS))

    @pytest.mark.parametrize("kind", ["isolated", "no_bypass", "reaches", "inspected"])
    @pytest.mark.parametrize("public", [True, False, None])
    @pytest.mark.parametrize("does", [PERHAPS_FORWARDS, PERHAPS_TRANSLATES, None])
    def test_a_host_of_which_nothing_says_that_it_has_a_public_address(
        self, does: str | None, public: bool | None, kind: str
    ) -> None:
        one, other = by(does, public=public), by(PERHAPS_TRANSLATES)
        assert is_unsure(one, [one, other], [one], kind) is (does == PERHAPS_FORWARDS and public is True)

    @pytest.mark.parametrize("public", [True, False, Unknown("why")], ids=str)
    def test_what_surely_has_a_public_address(self, public: bool | Unknown) -> None:
        subnet = Subnet("s", "S", vpc=VPC, public_addresses=public)
        for element, sure in (
            (subnet, public is True),
            (Interface("i", "I", subnet=subnet, public=public), public is True),
            (Site("x", "X"), False),
            (None, False),
        ):
            source = Place("subnet", "Net/A", element, A.spans(4))
            one = by(PERHAPS_FORWARDS, public=True, source=source)
            assert is_unsure(one, [one], [one], "isolated") is not sure

    def test_what_decides_is_that_of_the_last_leg(self) -> None:
        one = by(PERHAPS_FORWARDS, back=DROPPED, back_kind="route")
        assert one.back is not None
        plain = replace(one, back=replace(one.back, walk=replace(one.back.walk, choices=())))
        assert considered([one, by(PERHAPS_TRANSLATES)]) != considered([plain, by(PERHAPS_TRANSLATES)]) == [plain]


def crossing(element: str, zone: str, *, subnet: str = "Net/X", vpc: str = "⟨v⟩") -> Crossing:
    return Crossing(vpc, zone, element, subnet)


class TestZones:
    """Each VPC by itself; a zone that is not known is told of where another is known, or another subnet."""

    def asked(self, there: Any = (), back: Any = (), **given: Any) -> tuple[str, list[str]]:
        one = flow(**given)
        assert one.back is not None
        leg = replace(one.back, walk=replace(one.back.walk, crossings=tuple(back)))
        forward = replace(one.forward, walk=replace(one.forward.walk, crossings=tuple(there)))
        whole = replace(one, forward=forward, back=leg)
        return leaves_zone(whole, leg), unknown_zones(whole, leg)

    @pytest.mark.parametrize("way", ["there", "back"])
    def test_what_is_crossed(self, way: str) -> None:
        crosses = "it crosses availability zones: Net/A is in eu-west-1a, Net/Box in eu-west-1b"
        assert self.asked(**{way: [crossing("Net/Box", "eu-west-1b")]}) == (crosses, [])
        assert self.asked(**{way: [crossing("Net/Box", "eu-west-1a")]}) == ("", [])
        both = [crossing("Net/One", "eu-west-1a"), crossing("Net/Box", "eu-west-1b")]
        assert self.asked(**{way: both})[0] == crosses
        doubt = "the availability zone of Net/Box is not known (contract: zones)"
        assert self.asked(**{way: [crossing("Net/Box", "?")]}) == ("", [doubt])
        two = [crossing("Net/Box", "?"), crossing("Net/Box", "eu-west-1b")]
        assert self.asked(**{way: two}) == (crosses, [doubt])

    def test_each_vpc_by_itself(self) -> None:
        other = [crossing("Net/One", "eu-west-1b", vpc="⟨w⟩")]
        assert self.asked(other) == ("", [])
        assert self.asked([*other, crossing("Net/Two", "?", vpc="⟨w⟩")])[1] == [
            "the availability zone of Net/Two is not known (contract: zones)"
        ]
        assert self.asked([crossing("Net/One", "?", vpc="⟨w⟩"), crossing("Net/Two", "?", vpc="⟨w⟩")]) == ("", [])
        apart = [crossing("Net/One", "?", vpc="⟨w⟩"), crossing("Net/Two", "?", vpc="⟨w⟩", subnet="Net/Y")]
        assert len(self.asked(apart)[1]) == 2
        left = [crossing("Net/One", "eu-west-1b", vpc="⟨w⟩"), crossing("Net/Two", "eu-west-1c", vpc="⟨w⟩")]
        assert self.asked(left)[0] == ("it crosses availability zones: Net/One is in eu-west-1b, Net/Two in eu-west-1c")

    @pytest.mark.parametrize("end", ["source", "destination"])
    def test_an_end(self, end: str) -> None:
        far = Subnet("⟨c⟩", "Net/C", vpc=VPC, zone="eu-west-1c", blocks=A.blocks)
        named = {end: Place("subnet", "Net/C", far, far.spans(4))}
        first, second = ("Net/C", "Net/B") if end == "source" else ("Net/A", "Net/C")
        zones = {"Net/C": "eu-west-1c"}
        told = f"{first} is in {zones.get(first, 'eu-west-1a')}, {second} in {zones.get(second, 'eu-west-1a')}"
        assert self.asked(**named) == (f"it crosses availability zones: {told}", [])
        far.zone = Unknown("the zone of C (contract: zones)")
        assert self.asked(**named) == ("", ["the zone of C (contract: zones)"])
        site = Place("site", "Net/Vpn", Site("x", "Net/Vpn"), ((1, 9),))
        assert self.asked([crossing("Net/Box", "eu-west-1c")], **{end: site})[0] != ""
        assert self.asked([crossing("Net/Box", "eu-west-1c")], source=site, destination=site) == ("", [])

    def test_the_attachment_by_which_a_flow_enters_is_not_asked(self) -> None:
        home = Vpc("⟨h⟩", "Net/H", attachments=[Attachment("⟨at⟩", "Net/At")])
        inside = Subnet("⟨i⟩", "Net/I", vpc=home, zone="eu-west-1a", blocks=A.blocks)
        place = Place("subnet", "Net/I", inside, inside.spans(4))
        for end in ("source", "destination"):
            there = [crossing("Net/At", "eu-west-1c", vpc="⟨h⟩")]
            assert self.asked(there, **{end: place}) == ("", [])
            assert self.asked(there) == ("", []), "one VPC's attachment alone"
            assert self.asked([crossing("Net/Other", "eu-west-1c", vpc="⟨h⟩")], **{end: place})[0]


SITES = {
    "Net/One": Site("⟨1⟩", "Net/One", prefixes=[(prefix("192.168.0.0/16"), "vpn")]),
    "Net/Same": Site("⟨2⟩", "Net/Same", prefixes=[(prefix("192.168.0.0/16"), "vpn")]),
    "Net/Part": Site(
        "⟨3⟩", "Net/Part", prefixes=[(prefix("192.168.0.0/16"), "vpn"), (prefix("192.168.1.0/24"), "vpn")]
    ),
    "Net/Other": Site("⟨4⟩", "Net/Other", prefixes=[(prefix("172.16.0.0/12"), "vpn")]),
}
VPN_SPAN = span_of(prefix("192.168.0.0/16"))


def arrived(end: Any, destination: Any = VPN_SPAN, **walk: Any) -> Leg:
    return Leg(Walk(BOX._replace(destination=destination), **walk), DELIVERED, "delivered", end)


class TestArrival:
    """Packets that end elsewhere than where they were asked for are lost."""

    ENDS: tuple[tuple[str, Any], ...] = (
        ("subnet", B),
        ("other subnet", A),
        ("internet", ("internet", InternetGateway("⟨g⟩", "Net/Igw"))),
        ("service", Service("⟨s⟩", "Net/S3", service="s3")),
        ("site", SITES["Net/One"]),
    )
    PLACES: tuple[tuple[Place, set[str]], ...] = (
        (TO, {"subnet"}),
        (Place("interface", "Net/I", Interface("i", "I", subnet=B), ()), {"subnet"}),
        (Place("internet", "the internet"), {"internet"}),
        (Place("service", "s3"), {"internet", "service"}),
        (Place("site", "Net/One", SITES["Net/One"]), {"site"}),
        (Place("addresses", "10.0.0.0/8"), {name for name, _ in ENDS}),
    )

    @pytest.mark.parametrize(("place", "end"), list(product(PLACES, ENDS)), ids=lambda given: str(given[0])[:30])
    def test_where_packets_end(self, place: tuple[Place, set[str]], end: tuple[str, Any]) -> None:
        leg = arrived(end[1])
        (found,) = at_place(leg, place[0])
        if end[0] in place[1]:
            assert found is leg
        elif place[0].kind == "internet" and end[0] == "site":
            assert found.outcome is UNKNOWN
        else:
            assert (found.outcome, found.kind, found.end) == (DROPPED, "elsewhere", end[1])
            assert found.reason == f"delivered instead of {place[0].name}"
            assert found.walk is leg.walk

    @pytest.mark.parametrize("outcome", [DROPPED, UNKNOWN])
    def test_what_does_not_arrive_stays_as_it_is(self, outcome: Outcome) -> None:
        leg = replace(arrived(A), outcome=outcome)
        assert at_place(leg, TO) == [leg]

    def test_replies_that_are_still_translated_are_not_the_hosts(self) -> None:
        gateway = NatGateway("⟨n⟩", "Net/Nat", subnet=B)
        translated = (Translation(gateway, A.spans(4), BOX.source_port, None, 4),)
        for back, kept in ((True, False), (False, True)):
            (found,) = at_place(arrived(B, back=back, translations=translated), TO)
            assert (found.outcome is DELIVERED) is kept
        (found,) = at_place(arrived(B, back=True), TO)
        assert found.outcome is DELIVERED

    def asked(self, end: str, wanted: str, text: str = "192.168.0.0/16") -> list[tuple[str, Any]]:
        leg = arrived(SITES[end], span_of(prefix(text)))
        found = at_place(leg, Place("site", wanted, SITES[wanted]))
        return [(one.outcome.value, one.walk.box.destination) for one in found]

    def test_two_connections_share_what_both_have_learnt(self) -> None:
        whole, part = VPN_SPAN, span_of(prefix("192.168.1.0/24"))
        around = ((whole[0][0], part[0][0] - 1), (part[0][1] + 1, whole[0][1]))
        assert self.asked("Net/One", "Net/Same") == [("delivered", whole)]
        assert self.asked("Net/One", "Net/Other") == [("dropped", whole)]
        # What the end knows more exactly is its own.
        assert self.asked("Net/Part", "Net/One") == [("delivered", around), ("dropped", part)]
        assert self.asked("Net/Part", "Net/One", "192.168.1.0/24") == [("dropped", part)]
        # What the other knows more exactly does not concern what is here.
        assert self.asked("Net/One", "Net/Part") == [("delivered", whole)]
        assert self.asked("Net/One", "Net/One") == [("delivered", whole)]
        at = replace_at(SITES["Net/Other"], "hq"), replace_at(SITES["Net/One"], "hq")
        leg = arrived(at[0])
        assert at_place(leg, Place("site", "Net/One", at[1])) == [leg]

    @pytest.mark.parametrize("passes", [True, False, None])
    @pytest.mark.parametrize("kind", ["elsewhere", "filter"])
    def test_a_site_that_may_pass_on_what_is_not_its_own(self, kind: Any, passes: bool | None) -> None:
        site = Site("⟨1⟩", "Net/One", passes_on=passes)
        told = (
            "Net/One gets what is not its own, and may pass it on, to the internet or back into AWS "
            "(contract: sites, passes-on)"
        )
        leg = Leg(Walk(BOX), DROPPED, "lost", site, kind)
        assert passes_on(leg) == (told if kind == "elsewhere" and passes is not False else "")
        assert passes_on(replace(leg, end=B)) == ""
        (found,) = at_place(arrived(site), Place("internet", "the internet"))
        assert (found.outcome, found.reason) == (
            (DROPPED, "delivered instead of the internet") if passes is False else (UNKNOWN, told)
        )
        assert (found.end, found.kind) == ((site, "elsewhere") if passes is False else (None, ""))
        (found,) = at_place(arrived(site), TO)
        assert (found.outcome, found.kind) == (DROPPED, "elsewhere")

    def test_a_local_gateway_on_the_way_to_the_internet(self) -> None:
        gateway = LocalGateway("⟨l⟩", "Net/Lgw")
        (found,) = at_place(arrived(gateway), Place("internet", "the internet"))
        told = "the network behind Net/Lgw may pass it on to the internet (contract: none)"
        assert (found.outcome, found.reason) == (UNKNOWN, told)
        (found,) = at_place(arrived(gateway), TO)
        assert (found.outcome, found.end) == (DROPPED, gateway)


def replace_at(site: Site, at: str) -> Site:
    return Site(site.identity, site.path, prefixes=site.prefixes, at=at)


def test_two_legs_as_one() -> None:
    """Whatever both have is there, in their order; the packets and the end are those of the second."""
    gateway = NatGateway("⟨n⟩", "Net/Nat", subnet=B)
    made: list[tuple[int, Outcome, Subnet, Any]] = [(1, DELIVERED, A, ""), (2, DROPPED, B, "filter")]
    first, last = (
        Leg(
            Walk(
                BOX._replace(port=((number, number),)),
                hops=(Hop(f"H{number}", "subnet", "", "w"),),
                sightings=(Sighting(f"s{number}"),),
                crossings=(crossing(f"C{number}", "z"),),
                carriers=(f"c{number}",),
                contracts=frozenset({f"ids {number}"}),
                hedges=(f"h{number}",),
                choices=((f"k{number}", number),),
                translations=(Translation(gateway, A.spans(4), BOX.source_port, None, 4),),
            ),
            outcome,
            f"reason {number}",
            end,
            kind,
            (f"d{number}",),
        )
        for number, outcome, end, kind in made
    )
    hop = Hop("Net/Lb", "load balancer", "", "w")
    whole = chain(first, (hop,), last)
    assert (whole.outcome, whole.end, whole.kind) == (DROPPED, B, "filter")
    assert (whole.reason, whole.doubts) == ("reason 2 through Net/Lb", ("d2",))
    walk = whole.walk
    assert [one.element for one in walk.hops] == ["H1", "Net/Lb", "H2"]
    assert [one.identity for one in walk.sightings] == ["s1", "s2"]
    assert [one.element for one in walk.crossings] == ["C1", "C2"]
    assert (walk.carriers, walk.hedges) == (("c1", "c2"), ("h1", "h2"))
    assert walk.contracts == {"ids 1", "ids 2"}
    assert (walk.translations, walk.box, walk.choices) == ((), last.walk.box, last.walk.choices)
    assert chain(first, (), last).reason == "reason 2"


def test_the_addresses_and_the_zone_of_a_host() -> None:
    far = Subnet("⟨c⟩", "Net/C", vpc=VPC, zone="eu-west-1c", blocks=[prefix("10.0.3.0/24")])
    known = Interface("i", "I", subnet=A, address=prefix("10.0.1.9/32"))
    hidden = Interface("u", "U", subnet=Unknown("why"))
    assert spans_of_host(known) == span_of(prefix("10.0.1.9/32"))
    assert spans_of_host(Interface("i", "I", subnet=A)) == A.spans(4)
    assert spans_of_host(hidden) == ()
    for one, other, same in (
        (Interface("1", "1", subnet=A), Interface("2", "2", subnet=B), True),
        (Interface("1", "1", subnet=A), Interface("2", "2", subnet=far), False),
        (hidden, Interface("2", "2", subnet=far), True),
        (Interface("1", "1", subnet=A), hidden, True),
    ):
        assert same_zone(one, other) is same is same_zone(other, one)
