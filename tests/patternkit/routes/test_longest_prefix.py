"""Which route each address takes, compared with the routes looked through one by one."""

from __future__ import annotations

import random
from typing import Any

import pytest

from patternkit.resolving.values import Unknown
from patternkit.routes.addresses import IPV4_END, SERVICES, intersect, normal, prefix, span_of
from patternkit.routes.longest_prefix import decide
from patternkit.routes.model import (
    RANKS,
    Ambiguous,
    Attachment,
    Blackhole,
    Endpoint,
    InternetGateway,
    Local,
    NatGateway,
    Origin,
    Route,
    RouteTable,
    Service,
    Site,
    Subnet,
    TransitGateway,
    TransitTable,
    Vpc,
    VpnGateway,
)

TGW = TransitGateway("tgw", "Tgw")
TEN = prefix("10.0.0.0/8").first
ORIGINS: tuple[Origin, ...] = tuple(RANKS)


def table(*routes: Route, vpc: Vpc | None = None) -> RouteTable:
    return RouteTable("t", "T", vpc=vpc, routes=list(routes))


def transit(*routes: Route, ecmp: bool = True) -> TransitTable:
    return TransitTable("t", "T", gateway=TransitGateway("tgw", "Tgw", ecmp=ecmp), routes=list(routes))


def to(name: str) -> Blackhole:
    return Blackhole(name)


def decision(made: RouteTable, text: str, edge: str = "") -> Any:
    block = prefix(text)
    found = decide(made, block.family, span_of(block), edge)
    assert len(found) == 1, found
    return found[0][1]


def test_of_each_address_the_longest_prefix_and_the_first_rank_decide() -> None:
    dice = random.Random(1)
    for _ in range(150):
        routes: list[Route] = []
        for number in range(dice.randint(0, 7)):
            length = dice.randint(27, 32)
            block = prefix(f"10.0.0.{dice.randrange(32)}/{length}")
            origin = dice.choice([one for one in ORIGINS if one != "prefix list"])
            if not any(one.prefix == block and RANKS[one.origin] == RANKS[origin] for one in routes):
                routes.append(Route(block, to(f"{number}"), origin))
        made = table(*routes)
        # From before the first route to beyond the last, in one piece or in several.
        around = (
            ((TEN - 8, TEN + 40),)
            if dice.random() < 0.5
            else ((TEN - 8, TEN - 8), (TEN - 2, TEN + 9), (TEN + 11, TEN + 40))
        )
        asked = [address for first, last in around for address in range(first, last + 1)]
        parts = decide(made, 4, around)
        for address in asked:
            matching = [one for one in routes if one.prefix.first <= address <= one.prefix.last]
            expected = min(matching, key=lambda one: (-one.prefix.length, RANKS[one.origin]), default=None)
            (found,) = (chosen for spans, chosen in parts if intersect(spans, ((address, address),)))
            assert found is expected
        held = sum(last - first + 1 for spans, _ in parts for first, last in spans)
        assert held == len(asked), "each address once"
        assert all(spans == normal(spans) for spans, _ in parts)
        assert len({id(chosen) for _, chosen in parts}) == len(parts), "one part a decision"


def test_families_do_not_mix() -> None:
    made = table(Route(prefix("0.0.0.0/0"), to("four"), "static"), Route(prefix("::/0"), to("six"), "static"))
    assert decision(made, "10.0.0.0/8").target == to("four")
    assert decision(made, "2001:db8::/56").target == to("six")
    assert decision(table(Route(prefix("::/0"), to("six"), "static")), "10.0.0.0/8") is None


@pytest.mark.parametrize("better", ORIGINS)
@pytest.mark.parametrize("worse", ORIGINS)
def test_ranks(better: Origin, worse: Origin) -> None:
    block = prefix("10.0.0.0/8")
    one, other = Route(block, to("one"), better, prefix_list="a"), Route(block, to("other"), worse, prefix_list="a")
    for made in (table(one, other), table(other, one)):
        found = decision(made, "10.0.0.0/8")
        if RANKS[better] == RANKS[worse]:
            assert isinstance(found, Ambiguous)
            assert found.reason.startswith("T has two ")
            assert "routes to 10.0.0.0/8, which AWS refuses" in found.reason
        else:
            assert found is (one if RANKS[better] < RANKS[worse] else other)


def attached(name: str) -> Attachment:
    return Attachment(name, name, gateway=TGW, medium="vpn", site=Site(f"site {name}", name))


def test_equal_paths_of_connections() -> None:
    block = prefix("192.168.0.0/16")
    one, other = Route(block, attached("a"), "vpn"), Route(block, attached("b"), "vpn")
    assert decision(transit(one, other), "192.168.0.0/16") == (one, other)
    found = decision(transit(one, other, ecmp=False), "192.168.0.0/16")
    assert found == Ambiguous((one, other), "T has several equal routes to 192.168.0.0/16 (contract: none)")
    # Static ones are refused, and so is a pair of which one leads to no connection.
    static = [Route(block, attached(name), "static") for name in "ab"]
    assert "which AWS refuses" in decision(transit(*static), "192.168.0.0/16").reason
    vpcs = [Route(block, Attachment(name, name, gateway=TGW), "vpc") for name in "ab"]
    assert "which AWS refuses" in decision(transit(*vpcs), "192.168.0.0/16").reason
    sites = [Route(block, Site(name, name), "vpn") for name in "ab"]
    assert decision(table(*sites), "192.168.0.0/16") == tuple(sites)
    same = attached("a")
    twice = [Route(block, same, "vpn"), Route(block, same, "vpn")]
    assert decision(transit(*twice), "192.168.0.0/16") is twice[0]


def test_prefix_lists_that_overlap() -> None:
    wide = Route(prefix("10.0.0.0/8"), to("wide"), "prefix list", prefix_list="a")
    narrow = Route(prefix("10.1.0.0/16"), to("narrow"), "prefix list", prefix_list="b")
    found = decision(table(wide, narrow), "10.1.0.0/16")
    assert found == Ambiguous((narrow, wide), "two prefix lists of T overlap at 10.1.0.0/16 (contract: none)")
    assert decision(table(wide, narrow), "10.2.0.0/16") is wide
    own = Route(prefix("10.1.0.0/16"), to("narrow"), "prefix list", prefix_list="a")
    assert decision(table(wide, own), "10.1.0.0/16") is own, "of one list the longest prefix wins"
    same = Route(prefix("10.1.0.0/16"), wide.target, "prefix list", prefix_list="b")
    assert decision(table(wide, same), "10.1.0.0/16") is same, "to one target it does not matter"
    static = Route(prefix("10.1.0.0/16"), to("static"), "static")
    assert decision(table(wide, static), "10.1.0.0/16") is static


def service_part(made: RouteTable) -> Any:
    stand_in = SERVICES["s3"]
    ((_, found),) = decide(made, 4, ((stand_in, stand_in),))
    return found


def test_what_may_cover_a_service() -> None:
    stand_in = SERVICES["s3"]
    everything = Route(prefix("0.0.0.0/0"), to("all"), "static")
    public = Route(prefix("52.0.0.0/8"), to("public"), "static")
    private = Route(prefix("10.0.0.0/8"), to("private"), "static")
    assert service_part(table(everything)) is everything
    assert service_part(table(everything, private)) is everything
    assert service_part(table(private)) is None
    perhaps = "a public route of T may cover the service (contract: none)"
    assert service_part(table(everything, public)) == Ambiguous((), perhaps)
    block = prefix("0.0.0.0/0")._replace(first=stand_in, last=stand_in, length=33)
    endpoint = Route(block, Service("s", "S3", service="s3"), "prefix list", prefix_list="aws s3")
    assert service_part(table(everything, public, endpoint)) is endpoint
    assert service_part(table(everything, endpoint)) is endpoint
    last = Route(prefix("128.0.0.0/1"), to("half"), "static")
    for made in (table(last), table(public), table(public, private)):
        assert service_part(made) == Ambiguous((), perhaps)
    own = Route(prefix("52.0.0.0/8"), Local(), "local")
    assert service_part(table(own)) is None, "a VPC's own range leads out to no service"
    assert service_part(table(own, everything)) == Ambiguous((), perhaps)
    assert service_part(table(own, public)) == Ambiguous((), perhaps)
    assert decision(table(last), "255.255.255.255/32") is last
    assert stand_in == IPV4_END + 1


VPC = Vpc("v", "V", blocks=[prefix("10.0.0.0/16")])
INSIDE = Subnet("s", "S", vpc=VPC, blocks=[prefix("10.0.1.0/24")])
VPC.subnets.append(INSIDE)
LOCAL = Route(prefix("10.0.0.0/16"), Local(), "local")
IN = "10.0.1.0/24"
WITHIN = "AWS refuses the route {} of T: more specific than local it must be a whole subnet's CIDR"
AT_EDGE = (
    "AWS refuses the route {} of T: in a gateway's route table it must be the CIDR of the VPC or of a whole subnet"
)


def test_within_the_vpc_only_whole_subnets_are_taken_from_local() -> None:
    target: Any
    for target in (NatGateway("n", "N"), Endpoint("e", "E"), Unknown("why")):
        route = Route(prefix(IN), target, "static")
        assert decision(table(LOCAL, route, vpc=VPC), IN) is route
    for text, target in (
        (IN, InternetGateway("i", "I")),
        (IN, VpnGateway("g", "G")),
        ("10.0.1.0/25", NatGateway("n", "N")),
    ):
        found = decision(table(LOCAL, Route(prefix(text), target, "static"), vpc=VPC), text)
        assert found.target.reason.startswith(WITHIN.format(text))
    for route in (Route(prefix(IN), VpnGateway("g", "G"), "propagated"), Route(prefix(IN), Local(), "static")):
        assert decision(table(LOCAL, route, vpc=VPC), IN) is LOCAL
    outside = Route(prefix("10.1.0.0/16"), VpnGateway("g", "G"), "propagated")
    assert decision(table(LOCAL, outside, vpc=VPC), "10.1.0.0/16") is outside


@pytest.mark.parametrize("edge", ["internet", "vpn"])
def test_a_gateways_table_leads_to_the_vpc_and_its_subnets_alone(edge: str) -> None:
    for text in (IN, "10.0.0.0/16"):
        route = Route(prefix(text), Endpoint("e", "E"), "static", "path", frozenset({"c"}))
        found = decision(table(LOCAL, route, vpc=VPC), IN, edge)
        if edge == "vpn":
            assert found.target == Blackhole("a virtual private gateway's route table cannot send to an endpoint: E")
            assert (found.prefix, found.origin, found.path, found.contracts) == (
                prefix(text), "static", "path", frozenset({"c"})
            )  # fmt: skip
        else:
            assert found is route
    for text, target in (("10.0.1.0/25", Endpoint("e", "E")), (IN, NatGateway("n", "N"))):
        found = decision(table(LOCAL, Route(prefix(text), target, "static"), vpc=VPC), text, edge)
        assert found.target.reason.startswith(AT_EDGE.format(text))
    kept = Route(prefix("10.0.1.0/25"), to("lost"), "static")
    assert decision(table(LOCAL, kept, vpc=VPC), "10.0.1.0/25", edge) is kept
    replaced = Route(prefix("10.0.0.0/16"), Local(), "static")
    assert decision(table(LOCAL, replaced, vpc=VPC), IN, edge) is replaced
    assert decision(table(LOCAL, vpc=VPC), IN, edge) is LOCAL


def test_a_table_is_looked_up_by_family_and_by_gateway() -> None:
    made = table(LOCAL, Route(prefix("10.0.0.0/16"), Endpoint("e", "E"), "static"), vpc=VPC)
    kinds = [type(decision(made, IN, edge).target) for edge in ("internet", "vpn", "internet")]
    assert kinds == [Endpoint, Blackhole, Endpoint]
    assert len(made.compiled) == 2
