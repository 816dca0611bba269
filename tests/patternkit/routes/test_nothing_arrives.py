"""A promise about what arrives does not hold of nothing, and zones that are not known are not one zone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patternkit.routes import Promise, Verdict, inspected, isolated, no_bypass, reaches, same_az, symmetric
from tests.patternkit.routes.topologies import Topology, inspection

Make = Callable[..., Promise]


def unattached() -> Topology:
    net = inspection(letters="a")
    del net.resources["S0aTableRoute0"], net.resources["S1aTableRoute0"]
    return net


def no_address() -> Topology:
    """IPv6 alone, and a firewall beside it."""
    net = inspection(letters="a")
    net.add("S06", "EC2::VPCCidrBlock", VpcId={"Ref": "S0"}, Ipv6CidrBlock="2600:1f18:0:100::/56")
    net.resources["S0a"]["Properties"]["Ipv6CidrBlock"] = "2600:1f18:0:101::/64"
    del net.resources["S0aTableRoute0"]
    return net


@pytest.mark.parametrize("make", [reaches, inspected, symmetric, same_az])
@pytest.mark.parametrize("net", [unattached, no_address])
def test_what_says_how_packets_arrive_fails_where_none_does(make: Make, net: Callable[[], Topology]) -> None:
    proof = net().network().prove(make("S0a", "S1a"))
    assert proof.verdict is Verdict.FAILS, str(proof)
    assert proof.delivered == 0


@pytest.mark.parametrize("make", [isolated, no_bypass])
def test_what_says_that_none_arrives_holds(make: Make) -> None:
    assert unattached().network().prove(make("S0a", "S1a")).verdict is Verdict.HOLDS


@pytest.mark.parametrize("make", [reaches, isolated, inspected, symmetric, same_az, no_bypass])
def test_no_family_in_common_is_not_known(make: Make) -> None:
    net = no_address()
    for name in ("S0a", "S1a"):
        net.resources[name]["Properties"].pop("CidrBlock" if name == "S0a" else "Ipv6CidrBlock", None)
    for name in [name for name in net.resources if name.startswith("Nat")]:
        # Without one, no host without IPv4 reaches IPv4.
        del net.resources[name]
    for name in [name for name, one in net.resources.items() if "NatGatewayId" in one["Properties"]]:
        del net.resources[name]
    proof = net.network().prove(make("S0a", "S1a"))
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert len(proof.unknown) == 1
    assert "source and destination have no addresses of one family" in proof.unknown[0]


@pytest.mark.parametrize("name", ["Aa", "Ax", "Ab"])
def test_a_zone_that_is_not_known_decides(name: str) -> None:
    """Of the source, of a middlebox, of the destination."""
    net = Topology()
    net.vpc("A", "10.0.0.0/16")
    for subnet, block in (("a", "10.0.1.0/24"), ("x", "10.0.2.0/24"), ("b", "10.0.3.0/24")):
        net.subnet("A", subnet, block, az="eu-west-1a")
    box = net.appliance("Box", "Ax")
    net.table("A", "Ta", "a", routes={"10.0.3.0/24": box})
    net.table("A", "Tb", "b", routes={"10.0.1.0/24": box})
    assert net.network().prove(same_az("Aa", "Ab")).verdict is Verdict.HOLDS
    del net.resources[name]["Properties"]["AvailabilityZone"]
    proof = net.network().prove(same_az("Aa", "Ab"))
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert any("availability zone" in reason for reason in proof.unknown)
    net.resources[name]["Properties"]["AvailabilityZone"] = "eu-west-1b"
    assert net.network().prove(same_az("Aa", "Ab")).verdict is Verdict.FAILS
