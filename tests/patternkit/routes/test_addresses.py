"""Sets of addresses, ports and packets, compared with the sets of numbers that they stand for."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from itertools import chain, combinations, product

import pytest

from patternkit.resolving.address_blocks import stand_in_ipv6
from patternkit.routes import addresses
from patternkit.routes.addresses import (
    EVERY_PORT,
    IPV4_END,
    IPV4_EXTENDED_END,
    IPV6_END,
    NAT64,
    PUBLIC_IPV4,
    Box,
    Prefix,
    Spans,
    as_ipv4,
    as_ipv6,
    intersect,
    normal,
    parse_prefix,
    prefix,
    public,
    show_address,
    show_spans,
    span_of,
    subtract,
)

NUMBERS = range(6)
SETS = [frozenset(chosen) for size in range(len(NUMBERS) + 1) for chosen in combinations(NUMBERS, size)]


def spans(numbers: frozenset[int]) -> Spans:
    return normal((number, number) for number in numbers)


def numbers(found: Spans) -> frozenset[int]:
    return frozenset(chain.from_iterable(range(first, last + 1) for first, last in found))


def test_intervals_are_sets_of_numbers() -> None:
    for one, other in product(SETS, SETS):
        mine, theirs = spans(one), spans(other)
        assert numbers(intersect(mine, theirs)) == one & other
        assert subtract(mine, theirs) == spans(one - other)
        assert normal((*mine, *theirs)) == spans(one | other)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ()),
        ([(3, 4), (0, 1)], ((0, 1), (3, 4))),
        ([(0, 1), (2, 4)], ((0, 4),)),
        ([(0, 9), (2, 4)], ((0, 9),)),
        ([(0, 3), (3, 7), (9, 9)], ((0, 7), (9, 9))),
    ],
)
def test_intervals_are_merged_where_they_touch(given: list[tuple[int, int]], expected: Spans) -> None:
    assert normal(given) == expected


def test_packets_are_every_combination() -> None:
    some = [spans(one) for one in (frozenset({0}), frozenset({1, 2}), frozenset({0, 1, 2}), frozenset({0, 2}))]
    any_port = ((0, 2),)
    boxes = [Box(4, a, b, any_port, any_port, c) for a, b, c in product(some, some, some)]

    def packets(box: Box) -> set[tuple[int, ...]]:
        return set(product(*map(numbers, box.fields)))

    for one, other in product(boxes, boxes[::7]):
        met, left = one.meet(other), one.without(other)
        assert (packets(met) if met is not None else set()) == packets(one) & packets(other)
        parts = [packets(part) for part in left]
        assert set().union(*parts) == packets(one) - packets(other)
        assert sum(map(len, parts)) == len(set().union(*parts)), "disjoint"
    box = Box(6, ((6, 6),), ((1, 1),), ((2, 2),), ((3, 3),), ((4, 4),))
    assert box.swapped() == Box(6, ((6, 6),), ((3, 3),), ((4, 4),), ((1, 1),), ((2, 2),))
    assert box.fields == (((6, 6),), ((1, 1),), ((2, 2),), ((3, 3),), ((4, 4),))


@pytest.mark.parametrize(
    "text",
    ["0.0.0.0/0", "10.0.0.0/8", "10.1.2.3/32", "10.1.2.3/16", "255.255.255.255/1", "192.168.1.1", "::/0", "2001:db8::/56",  # noqa: E501
     "64:ff9b::/96", "fd00::1", " 10.0.0.0/8 "],
)  # fmt: skip
def test_a_block_is_read_as_the_library_does(text: str) -> None:
    network = ipaddress.ip_network(text.strip(), strict=False)
    found = prefix(text)
    assert (found.family, found.first, found.last, found.length) == (
        network.version,
        int(network.network_address),
        int(network.broadcast_address),
        network.prefixlen,
    )
    assert str(found) == str(network)


@pytest.mark.parametrize(
    "text",
    ["", "ten", "10.0.0.0/33", "10.0.0.256/8", "10.0.0/8", "10.0.0.0.0/8", "10.0.0.0/x", "10.0.0.0/", "10.0.0.-1/8",
     "10.0.0.0001/8", "10.0. 0.0/8", "a.b.c.d/8", "٣.0.0.0/8", "10.0.0.0/²", "2001:db8::/129", "10.0.0.0/-1"],
)  # fmt: skip
def test_what_is_no_block(text: str) -> None:
    assert parse_prefix(text) is None
    with pytest.raises(ValueError, match="not a CIDR"):
        prefix(text)


@pytest.mark.parametrize(
    ("one", "other", "covers", "overlaps"),
    [
        ("10.0.0.0/8", "10.0.0.0/8", True, True),
        ("10.0.0.0/8", "10.255.255.255/32", True, True),
        ("10.1.0.0/16", "10.0.0.0/8", False, True),
        ("10.0.0.0/9", "10.128.0.0/9", False, False),
        ("0.0.0.0/0", "::/0", False, False),
        ("::/0", "2000::/3", True, True),
    ],
)
def test_blocks_and_each_other(one: str, other: str, *, covers: bool, overlaps: bool) -> None:
    assert prefix(one).covers(prefix(other)) is covers
    assert prefix(one).overlaps(prefix(other)) is prefix(other).overlaps(prefix(one)) is overlaps


def test_everything_covers_the_services_and_nothing_else_does() -> None:
    assert span_of(prefix("0.0.0.0/0")) == ((0, IPV4_END + 2),) == ((0, IPV4_EXTENDED_END),)
    assert span_of(prefix("128.0.0.0/1")) == ((2**31, IPV4_END),)
    assert span_of(prefix("::/0")) == ((0, IPV6_END),)
    assert span_of(prefix("64:ff9b::/96")) == NAT64
    assert span_of(prefix("64:ff9c::/96")) == ((0x64FF9C << 96, (0x64FF9C << 96) + IPV4_END),)
    assert addresses.EVERYTHING == {4: ((0, IPV4_EXTENDED_END),), 6: ((0, IPV6_END),)}
    assert addresses.SERVICES == {"s3": 2**32, "dynamodb": 2**32 + 1}


def test_ipv4_as_ipv6_hosts_write_it() -> None:
    ten = span_of(prefix("10.0.0.0/8"))
    assert as_ipv6(ten) == span_of(prefix("64:ff9b::a00:0/104"))
    assert as_ipv4(as_ipv6(ten)) == ten
    assert as_ipv4(((0, IPV6_END),)) == ((0, IPV4_EXTENDED_END),)
    assert as_ipv4(span_of(prefix("2000::/3"))) == ()


@pytest.mark.parametrize(
    ("text", "routed"),
    [("8.8.8.8", True), ("1.0.0.0", True), ("0.255.255.255", False), ("9.255.255.255", True), ("10.0.0.0", False),
     ("11.0.0.0", True), ("100.63.255.255", True), ("100.64.0.0", False), ("100.127.255.255", False), ("100.128.0.0", True),  # noqa: E501
     ("127.0.0.1", False), ("169.254.169.254", False), ("172.15.255.255", True), ("172.16.0.0", False),
     ("172.31.255.255", False), ("172.32.0.0", True), ("192.0.0.1", False), ("192.0.1.0", True), ("192.0.2.1", False),
     ("192.167.255.255", True), ("192.168.0.0", False), ("198.17.255.255", True), ("198.18.0.0", False),
     ("198.19.255.255", False), ("198.51.100.1", False), ("203.0.113.1", False), ("223.255.255.255", True),
     ("224.0.0.0", False), ("255.255.255.255", False)],
)  # fmt: skip
def test_what_the_internet_routes(text: str, *, routed: bool) -> None:
    address = int(ipaddress.ip_address(text))
    assert bool(intersect(PUBLIC_IPV4, ((address, address),))) is routed
    assert public(4) == PUBLIC_IPV4
    assert public(6) == span_of(prefix("2000::/3"))


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (lambda: show_address(int(ipaddress.ip_address("10.0.0.1")), 4), "10.0.0.1"),
        (lambda: show_address(1, 6), "::1"),
        (lambda: show_address(2**32, 4), "s3 (its prefix list)"),
        (lambda: show_address(2**32 + 1, 4), "dynamodb (its prefix list)"),
        (lambda: show_address(2**32, 6), "::1:0:0"),
        (lambda: show_spans(span_of(prefix("10.0.0.0/8")), 4), "10.0.0.0/8"),
        (lambda: show_spans(((10, 20),), 4), "0.0.0.10-0.0.0.20"),
        (lambda: show_spans(((10, 10), (12, 13)), 4), "0.0.0.10/32, 0.0.0.12/31"),
        (lambda: show_spans(tuple((2 * n, 2 * n) for n in range(4)), 4),
         "0.0.0.0/32, 0.0.0.2/32, 0.0.0.4/32, 0.0.0.6/32"),
        (lambda: show_spans(tuple((2 * n, 2 * n) for n in range(5)), 4),
         "0.0.0.0/32, 0.0.0.2/32, 0.0.0.4/32, 0.0.0.6/32, ..."),
        (lambda: show_spans(PUBLIC_IPV4, 4), "the internet"),
        (lambda: show_spans(((2**32, 2**32),), 4), "s3 (its prefix list)"),
        (lambda: show_spans(((IPV4_END, 2**32),), 4), "255.255.255.255/32"),
        (lambda: show_spans(span_of(prefix("2001:db8::/56")), 6), "2001:db8::/56"),
        (lambda: str(Prefix(4, 2**32, 2**32, 33)), "s3 (its prefix list)"),
    ],
)  # fmt: skip
def test_how_addresses_are_shown(shown: Callable[[], str], expected: str) -> None:
    assert shown() == expected


@pytest.mark.parametrize(
    ("protocols", "source", "destination", "expected"),
    [
        (((6, 6),), "10.0.0.0/24", "10.1.0.0/24", "tcp 10.0.0.4:1 -> 10.1.0.4:2"),
        (((0, 255),), "10.0.0.1", "10.1.0.0/30", "tcp 10.0.0.1:1 -> 10.1.0.0:2"),
        (((17, 255),), "10.0.0.0/29", "0.0.0.0/0", "udp 10.0.0.4:1 -> 8.8.8.8:2"),
        (((1, 1),), "10.0.0.1", "10.0.0.2", "icmp 10.0.0.1 -> 10.0.0.2"),
        (((47, 50),), "10.0.0.1", "10.0.0.2", "protocol 47 10.0.0.1 -> 10.0.0.2"),
    ],
)
def test_a_packet_to_show(protocols: Spans, source: str, destination: str, expected: str) -> None:
    box = Box(4, protocols, span_of(prefix(source)), ((1, 9),), span_of(prefix(destination)), ((2, 9),))
    assert box.packet() == expected


def test_a_packet_of_ipv6_and_one_of_a_place_without_addresses() -> None:
    here, internet = span_of(prefix("2001:db8::/64")), span_of(prefix("64:ff9b::/96"))
    assert Box(6, ((58, 58),), here, EVERY_PORT, internet, EVERY_PORT).packet() == (
        "icmpv6 2001:db8::4 -> 64:ff9b::808:808"
    )
    assert Box(4, ((6, 6),), (), EVERY_PORT, span_of(prefix("10.0.0.0/24")), EVERY_PORT).packet() == "? -> 10.0.0.4"
    assert Box(4, ((6, 6),), span_of(prefix("10.0.0.0/24")), EVERY_PORT, (), EVERY_PORT).packet() == "10.0.0.4 -> ?"


def test_stand_ins_of_ipv6_are_told_apart() -> None:
    found = {stand_in_ipv6("Stack", f"Vpc{number}") for number in range(500)} | {stand_in_ipv6("Other", "Vpc1")}
    blocks = {ipaddress.IPv6Network(one) for one in found}
    assert (len(blocks), {one.prefixlen for one in blocks}) == (501, {56})
    assert all(one.subnet_of(ipaddress.IPv6Network("2a05:d000::/20")) for one in blocks)
    # Each digit tells some of them apart.
    digits = [
        [block.network_address.exploded[place] for block in blocks] for place in (6, 7, 8, 10, 11, 12, 13, 15, 16)
    ]
    assert all(len(set(listed)) > 1 for listed in digits), digits
