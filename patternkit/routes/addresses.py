"""Addresses, ports and protocols as sets of integer intervals, so that a question holds for every packet.

A set is a tuple of disjoint, ascending, inclusive intervals: *spans*. IPv4 and IPv6 are kept apart by the
family of the packet. `ipaddress` reads and prints; the walk itself needs only integers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

Spans = tuple[tuple[int, int], ...]

IPV4_END = 2**32 - 1
IPV6_END = 2**128 - 1
EVERY_PORT: Spans = ((0, 65535),)
EVERY_PROTOCOL: Spans = ((0, 255),)

# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html#nacl-ephemeral-ports: a NAT gateway
# uses 1024-65535, and no client uses less.
EPHEMERAL_PORTS: Spans = ((1024, 65535),)

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58, "any": -1}

# A gateway endpoint's addresses are AWS's managed prefix list, which no template holds. Each service gets one
# stand-in address beyond the real ones: 0.0.0.0/0 covers it, as it covers the service; a narrower public
# prefix may or may not.
SERVICES = {"s3": IPV4_END + 1, "dynamodb": IPV4_END + 2}
IPV4_EXTENDED_END = IPV4_END + len(SERVICES)

# IPv4 addresses as IPv6 hosts write them, 64:ff9b::/96: https://datatracker.ietf.org/doc/html/rfc6052. The stand-ins of
# services are in it, too.
NAT64: Spans = ((0x64FF9B << 96, (0x64FF9B << 96) + IPV4_EXTENDED_END),)


class Prefix(NamedTuple):
    """An address block as integers, with the family that it belongs to."""

    family: int
    first: int
    last: int
    length: int

    def __str__(self) -> str:
        if self.length > 32 and self.family == 4:
            return show_address(self.first, 4)
        make = ipaddress.IPv4Network if self.family == 4 else ipaddress.IPv6Network
        return str(make((self.first, self.length)))

    def covers(self, other: Prefix) -> bool:
        """Whether the other block lies within this one (or is the same)."""
        return self.family == other.family and self.first <= other.first and other.last <= self.last

    def overlaps(self, other: Prefix) -> bool:
        """Whether the blocks share an address."""
        return self.family == other.family and self.first <= other.last and other.first <= self.last


@lru_cache(maxsize=1 << 17)
def parse_prefix(text: str) -> Prefix | None:
    """Read a CIDR; host bits are cleared, as EC2 does.

    Args:
        text: A CIDR such as ``10.0.0.0/16`` or ``2001:db8::/56``; a bare address is a block of one.

    Returns:
        The block, or None when the text is not a CIDR.
    """
    quads, _, length = text.partition("/")
    parts = quads.split(".")
    if len(parts) == 4 and length.isascii() and length.isdigit():
        # ipaddress takes 4 us for this, which is a tenth of the whole budget of a large network.
        try:
            a, b, c, d = map(int, parts)
        except ValueError:
            return None
        bits = int(length)
        if bits > 32 or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
            return None
        if max(a, b, c, d) > 255:
            return None
        size = 1 << (32 - bits)
        first = (a << 24 | b << 16 | c << 8 | d) & ~(size - 1)
        return Prefix(4, first, first + size - 1, bits)
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    first = int(network.network_address)
    return Prefix(network.version, first, int(network.broadcast_address), network.prefixlen)


def prefix(text: str) -> Prefix:
    """Read a CIDR that is known to be one."""
    found = parse_prefix(text)
    if found is None:
        raise ValueError(f"not a CIDR: {text!r}")
    return found


def show_address(value: int, family: int) -> str:
    """An address as people write it."""
    for service, stand_in in SERVICES.items():
        if family == 4 and value == stand_in:
            return f"{service} (its prefix list)"
    return str(ipaddress.IPv4Address(value) if family == 4 else ipaddress.IPv6Address(value))


def show_spans(spans: Spans, family: int) -> str:
    """Address intervals as people write them, at most four; what is left of all public ones is the internet."""
    if len(spans) > 4 and any(first <= 0x08080808 <= last for first, last in spans):
        return "the internet"
    shown = []
    make = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
    end = IPV4_END if family == 4 else IPV6_END
    for first, last in spans[:4]:
        if first > end:
            shown.append(show_address(first, family))
            continue
        blocks = list(ipaddress.summarize_address_range(make(first), make(min(last, end))))
        shown.append(str(blocks[0]) if len(blocks) == 1 else f"{make(first)}-{make(min(last, end))}")
    return ", ".join(shown) + (", ..." if len(spans) > 4 else "")


def normal(intervals: Iterable[tuple[int, int]]) -> Spans:
    """Sort and merge intervals."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(intervals):
        if merged and first <= merged[-1][1] + 1:
            if last > merged[-1][1]:
                merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return tuple(merged)


def intersect(one: Spans, other: Spans) -> Spans:
    """What both sets hold."""
    if len(one) == 1 and len(other) == 1:
        first, last = max(one[0][0], other[0][0]), min(one[0][1], other[0][1])
        return ((first, last),) if first <= last else ()
    found = []
    i = j = 0
    while i < len(one) and j < len(other):
        first, last = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if first <= last:
            found.append((first, last))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def subtract(one: Spans, other: Spans) -> Spans:
    """What the first set holds and the other does not."""
    left: list[tuple[int, int]] = []
    j = 0
    for first, last in one:
        while j < len(other) and other[j][1] < first:
            j += 1
        k = j
        while k < len(other) and other[k][0] <= last:
            if other[k][0] > first:
                left.append((first, other[k][0] - 1))
            first = max(first, other[k][1] + 1)
            k += 1
        if first <= last:
            left.append((first, last))
    return tuple(left)


def span_of(block: Prefix) -> Spans:
    """The addresses of a block; the block of everything also covers the services' stand-ins."""
    if block.family == 4 and block.length == 0:
        return ((0, IPV4_EXTENDED_END),)
    if block.length == 96 and block.first == NAT64[0][0]:
        return NAT64
    return ((block.first, block.last),)


def as_ipv6(spans: Spans) -> Spans:
    """IPv4 addresses within the prefix of NAT64."""
    return tuple((NAT64[0][0] + first, NAT64[0][0] + last) for first, last in spans)


def as_ipv4(spans: Spans) -> Spans:
    """The IPv4 addresses that IPv6 ones within the prefix of NAT64 stand for."""
    return tuple((first - NAT64[0][0], last - NAT64[0][0]) for first, last in intersect(spans, NAT64))


EVERYTHING: dict[int, Spans] = {4: ((0, IPV4_EXTENDED_END),), 6: ((0, IPV6_END),)}

# Not routable on the internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin.
_SPECIAL_IPV4 = normal(
    (block.first, block.last)
    for block in map(
        prefix,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
PUBLIC_IPV4 = subtract(((0, IPV4_END),), _SPECIAL_IPV4)
PUBLIC_IPV6 = span_of(prefix("2000::/3"))


def public(family: int) -> Spans:
    """The addresses that the internet routes."""
    return PUBLIC_IPV4 if family == 4 else PUBLIC_IPV6


class Box(NamedTuple):
    """A set of packets: every combination of what its five fields hold."""

    family: int
    protocol: Spans
    source: Spans
    source_port: Spans
    destination: Spans
    port: Spans

    @property
    def fields(self) -> tuple[Spans, ...]:
        """The five sets, in order."""
        return (self.protocol, self.source, self.source_port, self.destination, self.port)

    def swapped(self) -> Box:
        """The replies."""
        return Box(self.family, self.protocol, self.destination, self.port, self.source, self.source_port)

    def meet(self, other: Box) -> Box | None:
        """The packets of both, or None."""
        fields: list[Spans] = []
        for mine, theirs in zip(self.fields, other.fields, strict=True):
            common = mine if mine is theirs else intersect(mine, theirs)
            if not common:
                return None
            fields.append(common)
        protocol, source, source_port, destination, port = fields
        return Box(self.family, protocol, source, source_port, destination, port)

    def without(self, other: Box) -> list[Box]:
        """The packets that the other set does not hold, as disjoint boxes."""
        rest: list[Box] = []
        fields = list(self.fields)
        for index, theirs in enumerate(other.fields):
            outside = subtract(fields[index], theirs)
            if outside:
                part = [*fields]
                part[index] = outside
                rest.append(Box(self.family, part[0], part[1], part[2], part[3], part[4]))
            inside = intersect(fields[index], theirs)
            if not inside:
                return [self]
            fields[index] = inside
        return rest

    def packet(self) -> str:
        """One packet of the set, as people write it."""
        if not self.source or not self.destination:
            # A place without known addresses.
            ends = (
                show_address(_member(spans), self.family) if spans else "?" for spans in (self.source, self.destination)
            )
            return " -> ".join(ends)
        number = self.protocol[0][0]
        for well_known in (6, 17, 1):
            if intersect(self.protocol, ((well_known, well_known),)):
                number = well_known
                break
        name = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}.get(number, f"protocol {number}")
        source = show_address(_member(self.source), self.family)
        destination = show_address(_member(self.destination), self.family)
        if number in (6, 17):
            return f"{name} {source}:{self.source_port[0][0]} -> {destination}:{self.port[0][0]}"
        return f"{name} {source} -> {destination}"


def _member(spans: Spans) -> int:
    """An address to show: one that a host may have, and 8.8.8.8 for the internet."""
    for first, last in spans:
        for shown in (0x08080808, NAT64[0][0] + 0x08080808):
            if first <= shown <= last:
                return shown
    first, last = spans[0]
    # The first four addresses of a subnet are AWS's own.
    return first + 4 if last - first >= 4 else first
