"""Answers a second of `patternkit dns serve` and the time of one, beside a plain resolver library's own work.

Over loopback, one client that waits for each answer, and one that keeps several queries under way. The ratio is to what
dnspython takes to write and read the same messages without any server. Nothing here is asserted.
`python -m bench.dns_serve` from the repository's root.
"""

from __future__ import annotations

import argparse
import socket
import statistics
import time

import dns.message
import dns.rrset

from bench.dns_scale import stacks
from patternkit.dns import Names
from patternkit.dns.server import DnsServer


def one_by_one(port: int, wires: list[bytes], count: int) -> tuple[float, float]:
    """Seconds for all, and the median of one."""
    times = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", port))
        client.settimeout(5)
        begin = time.perf_counter()
        for number in range(count):
            asked = time.perf_counter()
            client.send(wires[number % len(wires)])
            client.recv(4096)
            times.append(time.perf_counter() - asked)
        return time.perf_counter() - begin, statistics.median(times)


def together(port: int, wires: list[bytes], count: int, under_way: int = 32) -> float:
    """Seconds for all, while several queries are under way."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.connect(("127.0.0.1", port))
        client.settimeout(5)
        begin = time.perf_counter()
        for number in range(min(under_way, count)):
            client.send(wires[number % len(wires)])
        for number in range(under_way, count + under_way):
            client.recv(4096)
            if number < count:
                client.send(wires[number % len(wires)])
        return time.perf_counter() - begin


def plain(wires: list[bytes], count: int) -> float:
    """Seconds in which dnspython reads the queries, and writes and reads answers to them."""
    begin = time.perf_counter()
    for number in range(count):
        query = dns.message.from_wire(wires[number % len(wires)])
        response = dns.message.make_response(query)
        response.answer.append(dns.rrset.from_text(query.question[0].name, 60, "IN", "A", "192.0.2.1"))
        dns.message.from_wire(response.to_wire())
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5_000)
    given = parser.parse_args()
    names = Names(stacks(20, 1_000, 2))
    asked = [
        f"{label}.g{group}.z{zone}.example.com"
        for zone in range(0, 20, 2)
        for group in range(5)
        for label in ("www", "near", "h0")
    ]
    wires = [dns.message.make_query(name, "A").to_wire() for name in asked]
    reading = plain(wires, given.count)
    with DnsServer(names, views=["internet"], seed=1) as server:
        port = server.views[0].port
        first, _ = one_by_one(port, wires, len(wires))
        whole, median = one_by_one(port, wires, given.count)
        many = together(port, wires, given.count)
    print(f"first answers: {len(wires)} names in {first * 1e3:.0f} ms, {first / len(wires) * 1e6:.0f} us each")
    print(f"one by one: {given.count / whole:.0f} answers a second, {median * 1e6:.0f} us each (median)")
    print(f"32 under way: {given.count / many:.0f} answers a second")
    print(
        f"dnspython without a server: {given.count / reading:.0f} a second; ours is {reading / many:.2f} times as fast"
    )


if __name__ == "__main__":
    main()
