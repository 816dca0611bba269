"""The small networks that doubts are about."""

from __future__ import annotations

from typing import Any

from patternkit.routes import Promise, isolated
from tests.patternkit.routes.topologies import Topology

OPEN: Any = {"Ref": "Open"}
SPOKES = "every spoke subnet"
ISOLATED = isolated("Aa", "Ba")
Case = tuple[Topology, Promise]


def two() -> Topology:
    """Two VPCs, and a parameter that no one has given a value."""
    net = Topology()
    net.extra = {"Parameters": {"Open": {"Type": "String"}}}
    net.transit_gateway()
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    net.vpc("B", "10.2.0.0/16", a="10.2.1.0/24")
    return net


def connected(*, isolated: bool = False) -> Topology:
    """The same on a transit gateway, with routes both ways or none between them."""
    net = two()
    for vpc in "AB":
        net.table(vpc, f"T{vpc}", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach(vpc, "a")
    net.transit_table("Table", of=("AAt", "BAt"), propagated=() if isolated else ("AAt", "BAt"))
    return net


def dual_stack(*, peered: bool = True) -> Topology:
    """The same with IPv6 blocks, peered for IPv6 alone."""
    net = two()
    for vpc, block in (("A", "2600:1f18:1::/56"), ("B", "2600:1f18:2::/56")):
        net.add(f"{vpc}6", "EC2::VPCCidrBlock", VpcId={"Ref": vpc}, Ipv6CidrBlock=block)
        net.resources[f"{vpc}a"]["Properties"]["Ipv6CidrBlock"] = block.replace("/56", "/64")
    if peered:
        net.table("A", "TA", "a", routes={"2600:1f18:2::/56": net.peering("Peering", "A", "B")})
    return net


def one_vpc() -> Topology:
    net = Topology()
    net.extra = {"Parameters": {"Open": {"Type": "String"}}}
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24", b="10.1.2.0/24")
    return net


def static_vpn(net: Topology, gateway: Any) -> None:
    net.vpn("Vpn", vgw=gateway, static=True)
    net.add(
        "VpnRoute", "EC2::VPNConnectionRoute", VpnConnectionId={"Ref": "Vpn"}, DestinationCidrBlock="192.168.0.0/16"
    )


def group(net: Topology, name: str, vpc: str, **rules: Any) -> None:
    net.add(name, "EC2::SecurityGroup", GroupDescription=name, VpcId={"Ref": vpc}, **rules)


def custom(net: Topology, name: str, kind: str = "Custom::Thing", **properties: Any) -> None:
    net.resources[name] = {"Type": kind, "Properties": {"ServiceToken": "arn", **properties}}
