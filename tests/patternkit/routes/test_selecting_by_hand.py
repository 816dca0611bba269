"""Which places and addresses names stand for, asked of models that are made by hand."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.resolving import StackSet
from patternkit.resolving.given import Given
from patternkit.resolving.values import Unknown
from patternkit.routes import QuestionError
from patternkit.routes.addresses import (
    IPV4_END,
    PUBLIC_IPV4,
    PUBLIC_IPV6,
    Spans,
    intersect,
    prefix,
    span_of,
    subtract,
)
from patternkit.routes.model import (
    Attachment,
    Blackhole,
    Element,
    Endpoint,
    Firewall,
    Instance,
    Interface,
    InternetGateway,
    Model,
    NatGateway,
    Route,
    RouteTable,
    Site,
    Subnet,
    TransitGateway,
    TransitTable,
    Vpc,
)
from patternkit.routes.selecting import Selector, hub_paths, inspectors
from patternkit.routes.selecting.names import Names, short, trimmed
from patternkit.routes.selecting.spokes import hubs, spokes

WHY = Unknown("Net/X is not known (contract: ids)")


def vpc(name: str, *blocks: str, **given: Any) -> Vpc:
    return Vpc(f"⟨Net/{name}⟩", f"Net/{name}", blocks=list(map(prefix, blocks)), **given)


def subnet(of: Vpc, name: str, *blocks: str, zone: Any = "eu-west-1a", **given: Any) -> Subnet:
    made = Subnet(f"⟨Net/{name}⟩", f"Net/{name}", vpc=of, zone=zone, blocks=list(map(prefix, blocks)), **given)
    of.subnets.append(made)
    return made


def site(name: str, *blocks: str, **given: Any) -> Site:
    return Site(f"⟨Net/{name}⟩", f"Net/{name}", prefixes=[(prefix(one), "vpn") for one in blocks], **given)


def model(*elements: Element, attachments: tuple[Attachment, ...] = ()) -> Model:
    found = Model()
    for one in elements:
        groups: list[tuple[type, dict[str, Any]]] = [
            (Vpc, found.vpcs), (Subnet, found.subnets), (Site, found.sites), (Interface, found.interfaces),
            (Firewall, found.firewalls), (Instance, found.instances),
        ]  # fmt: skip
        for kind, group in groups:
            if isinstance(one, kind):
                group[one.identity] = one
        found.targets[one.identity] = one
    found.attachments = {one.identity: one for one in attachments}
    return found


def stacks() -> StackSet:
    return StackSet([], Given())


def selector(*elements: Element, **given: Any) -> Selector:
    return Selector(model(*elements, **given), stacks())


class TestTheInternet:
    """All public addresses but those of the set's VPCs, and of what sites have learnt that is no way to it."""

    def spans(self, *elements: Element) -> tuple[Spans, Spans]:
        (place,) = selector(*elements).select("internet", "destination").places
        assert (place.kind, place.name, place.element) == ("internet", "the internet", None)
        return place.ipv4, place.ipv6

    def test_whatever_is_public(self) -> None:
        assert self.spans() == (PUBLIC_IPV4, PUBLIC_IPV6)
        private = vpc("V", "10.0.0.0/16", "fd00::/56")
        assert self.spans(private, site("A", "192.168.0.0/16")) == (PUBLIC_IPV4, PUBLIC_IPV6)

    def test_less_what_is_its_own(self) -> None:
        four, six = "52.0.0.0/16", "2600:1f18::/56"
        less = subtract(PUBLIC_IPV4, span_of(prefix(four))), subtract(PUBLIC_IPV6, span_of(prefix(six)))
        assert self.spans(vpc("V", four, six)) == less
        assert self.spans(site("A", four, six)) == less
        assert self.spans(vpc("V", four), site("A", six)) == less

    @pytest.mark.parametrize(
        ("block", "own"),
        [
            *(("52.0.0.0/8", True), ("52.0.0.0/7", False), ("0.0.0.0/0", False), ("128.0.0.0/1", False)),
            *(("2600::/16", True), ("2600::/15", False), ("::/0", False)),
        ],
    )
    def test_a_site_that_learns_much_of_it_is_a_way_to_it(self, block: str, own: bool) -> None:
        four, six = self.spans(site("A", block))
        assert (four != PUBLIC_IPV4 or six != PUBLIC_IPV6) is own


class TestSites:
    """Behind a site is what it has learnt, less the VPCs that a summary covers."""

    @pytest.mark.parametrize(
        ("learnt", "behind"),
        [
            (["192.168.0.0/16"], ((span_of(prefix("192.168.0.0/16"))), ())),
            (["10.0.0.0/15"], (span_of(prefix("10.1.0.0/16")), ())),
            (["10.0.0.0/16"], (span_of(prefix("10.0.0.0/16")), ())),
            (["10.0.0.0/16", "10.0.0.0/15"], (span_of(prefix("10.1.0.0/16")), ())),
            (["2600:1f18::/55"], ((), span_of(prefix("2600:1f18:0:100::/56")))),
            (["192.168.0.0/17", "192.168.128.0/17"], (span_of(prefix("192.168.0.0/16")), ())),
        ],
        ids=str,
    )
    def test_what_is_behind(self, learnt: list[str], behind: tuple[Spans, Spans]) -> None:
        place = selector(vpc("V", "10.0.0.0/16", "2600:1f18::/56")).place(site("A", *learnt))
        assert (place.kind, place.name, place.ipv4, place.ipv6, place.doubt) == ("site", "Net/A", *behind, "")

    def test_what_is_not_known(self) -> None:
        assert selector().place(site("A")).doubt == (
            "nothing says which addresses are behind Net/A (contract: prefixes)"
        )
        assert selector().place(site("A", "10.0.0.0/8", unknown_prefixes=WHY)).doubt == WHY.reason
        covered = selector(vpc("V", "10.0.0.0/16")).place(site("A", "10.0.0.0/8"))
        assert covered.doubt == ""


class TestHosts:
    def test_addresses(self) -> None:
        home = subnet(vpc("V", "10.0.0.0/16"), "S", "10.0.1.0/24", "2600:1f18::/64")
        six = span_of(prefix("2600:1f18::/64"))
        for address, four in ((prefix("10.0.1.9/32"), "10.0.1.9/32"), (None, "10.0.1.0/24")):
            place = selector().place(Interface("⟨Net/I⟩", "Net/I", subnet=home, address=address))
            assert (place.kind, place.name, place.ipv4, place.ipv6) == (
                "interface", "Net/I", span_of(prefix(four)), six
            )  # fmt: skip
            assert place.subnet is home
        nowhere = selector().place(Interface("⟨Net/I⟩", "Net/I", subnet=WHY))
        assert (nowhere.kind, nowhere.name, nowhere.ipv4, nowhere.ipv6) == ("interface", "Net/I", (), ())
        assert (nowhere.doubt, nowhere.subnet) == (f"the subnet of Net/I: {WHY.reason}", None)

    def test_a_place_is_made_once(self) -> None:
        home = subnet(vpc("V", "10.0.0.0/16"), "S", "10.0.1.0/24")
        found = selector(home.vpc, home)
        assert found.place(home) is found.place(home)
        assert found.select("S", "source") is found.select("S", "source")
        assert found.select("S", "source") is not found.select("S", "destination")
        assert found.addresses("10.0.0.0/8") is found.addresses("10.0.0.0/8")
        assert found.select("S", "source").places == (found.place(home),)

    @pytest.mark.parametrize(
        ("known", "doubt"),
        [(("10.0.1.0/24",), ""), (("2600:1f18::/64",), ""), ((), WHY.reason)],
    )
    def test_a_subnet_of_which_some_addresses_are_known_is_walked_from_these(
        self, known: tuple[str, ...], doubt: str
    ) -> None:
        place = selector().place(subnet(vpc("V", "10.0.0.0/16"), "S", *known, unknown_blocks=WHY))
        assert place.doubt == doubt


class TestRanges:
    """A range stands for the parts of it that places of the set have, and as a destination for what is left of it."""

    V = vpc("V", "10.0.0.0/16")
    A, B = subnet(V, "A", "10.0.1.0/24"), subnet(V, "B", "10.0.2.0/24", "2600:1f18::/64")
    FAR = site("Far", "192.168.0.0/16")

    def asked(self, text: str, what: str = "destination", **given: bool) -> list[tuple[str, str, Spans, Spans]]:
        found = selector(self.V, self.A, self.B, self.FAR).select(text, what, **given)
        assert found.group
        return [(place.kind, place.name, place.ipv4, place.ipv6) for place in found.places]

    def test_of_subnets_and_sites(self) -> None:
        one, far = span_of(prefix("10.0.1.0/24")), span_of(prefix("192.168.0.0/16"))
        assert self.asked("10.0.1.0/24") == [("subnet", "Net/A", one, ())]
        half = span_of(prefix("10.0.1.128/25"))
        assert self.asked("10.0.1.128/25", "source") == [("subnet", "10.0.1.128/25 in Net/A", half, ())]
        assert self.asked("192.168.0.0/15", "source") == [("site", "Net/Far", far, ())]
        six = span_of(prefix("2600:1f18::/64"))
        assert self.asked("2600:1f18::/60", "source") == [("subnet", "Net/B", (), six)]
        names = [name for _, name, _, _ in self.asked("10.0.0.0/8", "source")]
        assert names == ["Net/A", "Net/B"]

    def test_the_rest_of_it(self) -> None:
        for whole in (True, False):
            found = self.asked("10.0.1.0/23", whole=whole)
            rest = span_of(prefix("10.0.0.0/24"))
            assert [one[1] for one in found] == ["Net/A", *(["10.0.1.0/23"] if whole else [])]
            assert not whole or found[1] == ("addresses", "10.0.1.0/23", rest, ())
        assert self.asked("10.9.0.0/16") == [("addresses", "10.9.0.0/16", span_of(prefix("10.9.0.0/16")), ())]
        assert self.asked("fd00::/8") == [("addresses", "fd00::/8", (), span_of(prefix("fd00::/8")))]

    def test_the_internet_in_it(self) -> None:
        public = span_of(prefix("8.8.0.0/16"))
        assert self.asked("8.8.0.0/16") == [("internet", "8.8.0.0/16 on the internet", public, ())]
        six = span_of(prefix("2a00::/16"))
        assert self.asked("2a00::/16") == [("internet", "2a00::/16 on the internet", (), six)]
        kinds = [(kind, name) for kind, name, _, _ in self.asked("0.0.0.0/0")]
        everywhere = [("subnet", "Net/A"), ("subnet", "Net/B"), ("site", "Net/Far")]
        assert kinds == [*everywhere, ("internet", "0.0.0.0/0 on the internet")]
        *_, (_, _, beyond, _), (kind, name, rest, _) = self.asked("0.0.0.0/0", whole=True)
        assert (kind, name) == ("addresses", "0.0.0.0/0")
        assert not intersect(beyond, rest)
        assert not intersect(rest, self.A.spans(4))
        assert intersect(rest, ((IPV4_END + 1, IPV4_END + 1),)), "the stand-ins of services"

    def test_what_may_have_addresses_of_it(self) -> None:
        open_vpc, other = vpc("O", "10.8.0.0/16"), vpc("P", "10.9.0.0/16")
        perhaps = subnet(open_vpc, "Perhaps", unknown_blocks=WHY)
        never = subnet(other, "Never", unknown_blocks=WHY)
        wholly = subnet(vpc("Q", unknown_blocks={4: WHY}), "Wholly", unknown_blocks=WHY)
        partly = subnet(open_vpc, "Partly", "10.8.2.0/24", unknown_blocks=WHY)
        far = site("Far", "10.8.3.0/24", unknown_prefixes=WHY)
        made = selector(open_vpc, other, wholly.vpc, perhaps, never, wholly, partly, far)
        for what, more in (("source", ["Net/Far"]), ("destination", [])):
            names = [place.name for place in made.select("10.8.2.0/24", what).places]
            assert names == ["Net/Partly", "Net/Perhaps", "Net/Wholly", *more]
        with pytest.raises(QuestionError, match="is empty"):
            made.select("172.16.0.0/12", "source")

    def test_addresses_wherever_they_lie(self) -> None:
        made = selector(self.V, self.A)
        for text, family in (("10.0.0.0/8", 4), (" 2600::/16 ", 6)):
            place = made.addresses(text)
            assert place is not None
            assert (place.kind, place.name, place.element) == ("addresses", text, None)
            assert (place.spans(family), place.spans(10 - family)) == (span_of(prefix(text.strip())), ())
        assert made.addresses("A") is None


class TestSubnetsOfAttachments:
    """A group of hosts leaves out what serves an attachment, where another subnet of the zone has hosts."""

    @pytest.mark.parametrize(
        ("serving", "other", "left_out"),
        [
            ({}, {}, True),
            ({}, {"zone": "eu-west-1b"}, False),
            ({}, None, False),
            ({}, {"blocks": ("2600:1f18::/64",)}, False),
            ({"blocks": ("2600:1f18:0:1::/64",)}, {"blocks": ("2600:1f18::/64",)}, True),
            ({}, {"blocks": (), "unknown_blocks": WHY}, True),
            ({}, {"blocks": ("2600:1f18::/64",), "unknown_blocks": WHY}, True),
            ({}, {"attached": True}, False),
        ],
        ids=str,
    )
    def test_which(self, serving: dict[str, Any], other: dict[str, Any] | None, left_out: bool) -> None:
        home = vpc("V", "10.0.0.0/16")
        serves = subnet(home, "At", *serving.get("blocks", ("10.0.0.0/28",)))
        zones = {"eu-west-1a": serves}
        made: list[Element] = [home, serves]
        if other is not None:
            attached = other.pop("attached", False)
            beside = subnet(home, "Hosts", *other.pop("blocks", ("10.0.1.0/24",)), **other)
            other |= {"attached": True} if attached else {}
            made.append(beside)
            zones |= {"eu-west-1b": beside} if attached else {}
        attachment = Attachment("⟨Net/VAt⟩", "Net/VAt", gateway=TransitGateway("⟨t⟩", "Net/T"), vpc=home, zones=zones)
        found = selector(*made, attachments=(attachment,))
        names = {place.name for place in found.select("V", "source", hosts=True).places}
        assert ("Net/At" in names) is not left_out
        assert "Net/At" in {place.name for place in found.select("V", "source").places}
        assert [place.name for place in found.select("At", "source", hosts=True).places] == ["Net/At"]


class TestHubs:
    """The VPCs with a firewall endpoint, and those that a route of a transit gateway leads others' packets through."""

    def made(self, **given: Any) -> Model:
        gateway, self.other = TransitGateway("⟨t⟩", "Net/T"), TransitGateway("⟨u⟩", "Net/U")
        self.hub, self.spoke = vpc("H", "10.1.0.0/16"), vpc("S", "10.2.0.0/16")
        inside = subnet(self.hub, "Ha", "10.1.1.0/24")
        found = model(self.hub, self.spoke, inside)
        found.transit_gateways[gateway.identity] = gateway
        for one in (self.hub, self.spoke):
            at = Attachment(f"{one.identity}At", f"{one.path}At", gateway=gateway, vpc=one)
            one.attachments.append(at)
            found.attachments[at.identity] = at
        self.hub.attachments[0].zones["eu-west-1a"] = inside
        targets: dict[str, Any] = {
            "tgw": gateway, "other": self.other, "nat": NatGateway("⟨n⟩", "Net/N"), "unknown": WHY,
            "box": Interface("⟨b⟩", "Net/B", subnet=inside), "endpoint": Endpoint("⟨e⟩", "Net/E", subnet=WHY),
            "igw": InternetGateway("⟨i⟩", "Net/I"), "hole": Blackhole("gone"),
        }  # fmt: skip
        inside.table = RouteTable("⟨r⟩", "Net/R", vpc=self.hub, **given.get("table", {}))
        for text, to in given.get("leads", {"0.0.0.0/0": "nat"}).items():
            inside.table.routes.append(Route(prefix(text), targets[to], "static"))
        self.table = TransitTable("⟨tt⟩", "Net/TT", gateway=gateway)
        at = self.hub.attachments[0]
        for text, origin in given.get("routes", {"0.0.0.0/0": "static"}).items():
            self.table.routes.append(Route(prefix(text), at, origin))
        found.transit_tables[self.table.identity] = self.table
        return found

    def led_through(self, **given: Any) -> bool:
        made = self.made(**given)
        found = hubs(made)
        assert found <= {"⟨Net/H⟩"}
        assert [one.path for one in spokes(made)] == (["Net/S"] if found else ["Net/H", "Net/S"])
        assert hub_paths(made) == (["Net/H"] if found else [])
        return bool(found)

    @pytest.mark.parametrize(
        ("given", "led"),
        [
            ({}, True),
            ({"routes": {"0.0.0.0/0": "prefix list"}}, True),
            ({"routes": {"0.0.0.0/0": "vpc"}}, False),
            ({"routes": {"10.0.0.0/8": "static"}}, True),
            ({"routes": {"10.1.0.0/16": "static"}}, False),
            ({"routes": {"10.1.1.0/24": "static"}}, False),
            # Nobody else's: the summary of its own range, and what is neither public nor any VPC's.
            ({"routes": {"10.0.0.0/15": "static"}}, False),
            ({"routes": {"172.16.0.0/12": "static"}}, False),
            ({"routes": {"10.2.0.0/15": "static"}}, True),
            ({"routes": {"10.2.7.0/24": "static"}}, True),
            ({"routes": {"8.8.0.0/16": "static"}}, True),
            # Where its packets go on.
            *(({"leads": {"0.0.0.0/0": to}}, to not in ("tgw", "igw", "hole"))
              for to in ("nat", "box", "endpoint", "unknown", "other", "tgw", "igw", "hole")),
            ({"leads": {"0.0.0.0/0": "tgw", "10.2.0.0/16": "nat"}}, True),
            ({"leads": {"0.0.0.0/0": "igw", "172.16.0.0/12": "nat"}}, False),
            ({"leads": {}}, False),
            ({"leads": {}, "table": {"unknown": ["why"]}}, True),
            ({"leads": {}, "table": {"tainted": "why"}}, True),
        ],
        ids=str,
    )  # fmt: skip
    def test_which_vpc_a_route_leads_through(self, given: dict[str, Any], led: bool) -> None:
        assert self.led_through(**given) is led

    def test_what_else_decides(self) -> None:
        made = self.made(leads={})
        self.hub.attachments[0].unknown_zones = WHY
        assert hubs(made) == {"⟨Net/H⟩"}
        made = self.made(leads={})
        self.hub.subnets[0].table = WHY
        assert hubs(made) == {"⟨Net/H⟩"}
        # A longer route takes the others' packets elsewhere.
        made = self.made(routes={"10.0.0.0/14": "static"})
        assert hubs(made) == {"⟨Net/H⟩"}
        self.table.routes.append(Route(prefix("10.2.0.0/15"), self.spoke.attachments[0], "static"))
        self.table.compiled.clear()
        assert hubs(made) == set()
        # What a site has learnt is others', too.
        made = self.made(routes={"172.16.0.0/12": "static"})
        made.sites["x"] = site("X", "172.16.1.0/24")
        assert hubs(made) == {"⟨Net/H⟩"}

    def test_a_firewalls_vpc_is_one_whatever_leads_there(self) -> None:
        made = self.made(routes={})
        assert hubs(made) == set()
        made.targets["e"] = Endpoint("⟨f⟩", "Net/F", subnet=WHY)
        made.targets["i"] = Interface("⟨j⟩", "Net/J", subnet=self.hub.subnets[0])
        assert hubs(made) == set()
        made.targets["f"] = Endpoint("⟨g⟩", "Net/G", subnet=self.hub.subnets[0])
        assert hubs(made) == {"⟨Net/H⟩"}

    def test_what_was_a_hub_before_anything_was_lost_stays_one(self) -> None:
        made = self.made(routes={})
        made.hubs = {"⟨Net/S⟩"}
        assert hubs(made) == {"⟨Net/S⟩"}
        assert [one.path for one in spokes(made)] == ["Net/H"]
        self.hub.attachments[0].medium = "firewall"
        assert spokes(made) == []


class TestNames:
    """The most exact kind of match that finds any."""

    @pytest.mark.parametrize(
        ("name", "paths", "found"),
        [
            ("Net/A", ["Net/A", "Net/B/A"], ["Net/A"]),
            ("Net/V/A", ["Net/V/A/Subnet", "Other/Net/V/A"], ["Net/V/A/Subnet"]),
            ("V/A", ["Net/V/A/Subnet", "Net/W/A", "Other/V/A"], ["Net/V/A/Subnet", "Other/V/A"]),
            ("A/Subnet", ["Net/V/A/Subnet", "Net/A"], ["Net/V/A/Subnet"]),
            ("A", ["Net/VA", "Net/V/A"], ["Net/V/A"]),
            ("V", ["Net/V/A", "Net/V/B", "Net/VV/A"], ["Net/V/A", "Net/V/B"]),
            ("Net", ["Net/V/A", "Nett/B"], ["Net/V/A"]),
            ("V*", ["Net/VA", "Net/VB/Default", "Net/W"], ["Net/VA", "Net/VB/Default"]),
            ("Net/V/*", ["Net/V/A", "Net/V/B/C", "Net/W/A"], ["Net/V/A", "Net/V/B/C"]),
            ("*b", ["Net/A", "Net/B"], []),
            ("/Net/A/", ["Net/A"], ["Net/A"]),
            ("X", ["Net/A"], []),
        ],
    )
    def test_by_path(self, name: str, paths: list[str], found: list[str]) -> None:
        elements = [Element(f"⟨S/Id{number}⟩", path) for number, path in enumerate(paths)]
        assert [one.path for one in Names(stacks()).matching(name, iter(elements))] == found

    def test_by_identity_and_logical_id_before_the_end_of_a_path(self) -> None:
        elements = [Element("⟨S/One⟩", "Net/A"), Element("⟨S/A⟩", "Net/B"), Element("⟨Net/A⟩", "Net/C")]
        names = Names(stacks())
        assert names.matching("S/One", elements) == [elements[0]]
        assert names.matching("One", elements) == [elements[0]]
        assert names.matching("A", elements) == [elements[1], elements[2]]
        assert names.matching("Net/A", elements) == [elements[0], elements[2]]
        assert names.matching("S/O*", elements) == [elements[0]]

    def test_a_vpc_is_named_with_its_subnets(self) -> None:
        one, other = vpc("V", "10.0.0.0/16"), vpc("W", "10.1.0.0/16")
        inside, beside = subnet(one, "V/A", "10.0.1.0/24"), subnet(other, "W/A", "10.1.1.0/24")
        beside.path = "Net/V/W"
        found = Names(stacks()).matching("Net*V*", [one, inside, beside])
        assert found == [one, beside]
        assert Names(stacks()).matching("V/A", [one, inside]) == [inside]

    def test_what_the_cdk_adds_is_left_out(self) -> None:
        for tail in ("Resource", "Subnet", "Default", "VPC"):
            assert trimmed(f"Net/A/{tail}") == "Net/A"
        assert trimmed("Net/Subnet/A") == "Net/Subnet/A"
        assert trimmed("Net/MySubnet") == "Net/MySubnet"
        assert (short("⟨Net/A⟩"), short("Net/A")) == ("Net/A", "Net/A")


class TestInspectors:
    """Firewalls and endpoints; only where there are none, the instances that forward."""

    V = vpc("V", "10.0.0.0/16")
    S = subnet(V, "S", "10.0.1.0/24")

    def made(self, *names: str) -> Model:
        firewall, at = Firewall("⟨Net/Fw⟩", "Net/Fw"), Attachment("⟨Net/FwAt⟩", "Net/FwAt", medium="firewall")
        endpoint = Endpoint("⟨Net/Fw#0⟩", "Net/Fw endpoint", subnet=self.S, firewall=firewall)
        firewall.endpoints.append(endpoint)
        firewall.attachment = at if "attachment" in names else None
        several = Instance("⟨Net/Two⟩", "Net/Two")
        several.interfaces += [
            Interface(f"⟨Net/Two{number}⟩", f"Net/Two{number}", subnet=self.S, checks=False, instance=several)
            for number in range(2)
        ]
        every: dict[str, Any] = {
            "firewall": [firewall, endpoint],
            "endpoint": [Endpoint("⟨Net/Gw⟩", "Net/Gw", subnet=self.S)],
            "appliance": [Interface("⟨Net/Box⟩", "Net/Box", subnet=self.S, checks=False)],
            "perhaps": [Interface("⟨Net/May⟩", "Net/May", subnet=self.S, checks=Unknown("why"))],
            "host": [Interface("⟨Net/Host⟩", "Net/Host", subnet=self.S, checks=True)],
            "two": several.interfaces,
            "attachment": [],
        }
        return model(self.V, self.S, *(one for name in names for one in every[name]))

    @pytest.mark.parametrize(
        ("names", "by", "found"),
        [
            (("firewall", "appliance", "perhaps", "host"), None, {"Fw#0"}),
            (("firewall", "attachment"), None, {"Fw#0", "FwAt"}),
            (("endpoint", "appliance", "host"), None, {"Gw"}),
            (("firewall", "endpoint"), None, {"Fw#0", "Gw"}),
            (("host", "appliance", "perhaps"), None, {"Box"}),
            (("two", "host"), None, {"Two"}),
            (("firewall", "endpoint", "appliance"), "Fw", {"Fw#0"}),
            (("firewall", "endpoint", "attachment"), "Net/Fw", {"Fw#0", "FwAt"}),
            (("firewall", "endpoint", "appliance"), "Box", {"Box"}),
            (("firewall", "perhaps"), "May", {"May"}),
            (("firewall", "endpoint", "appliance"), ["Gw", "Box"], {"Gw", "Box"}),
            (("two", "appliance"), "Two1", {"Two"}),
        ],
        ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),
    )
    def test_what_counts(self, names: tuple[str, ...], by: Any, found: set[str]) -> None:
        counted = inspectors(self.made(*names), Names(stacks()), by)
        assert {short(one).removeprefix("Net/") for one in counted} == found

    @pytest.mark.parametrize(
        ("names", "by", "message"),
        [
            (("host", "perhaps"), None, "the network has no firewall, endpoint or appliance that could inspect"),
            ((), None, "the network has no firewall, endpoint or appliance that could inspect"),
            (("firewall", "host"), "Host", "by 'Host' is no firewall, endpoint or appliance"),
            (("appliance",), ["Box", "Boxx"], "by 'Boxx' is no firewall, endpoint or appliance"),
            (
                ("appliance",),
                "Net/Boxx",
                "by 'Net/Boxx' is no firewall, endpoint or appliance; did you mean 'Net/Box'?",
            ),
        ],
        ids=str,
    )
    def test_what_does_not(self, names: tuple[str, ...], by: Any, message: str) -> None:
        with pytest.raises(QuestionError) as caught:
            inspectors(self.made(*names), Names(stacks()), by)
        assert str(caught.value).startswith(message)
