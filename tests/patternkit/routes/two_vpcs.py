"""Two VPCs on a transit gateway, and whether one reaches the other."""

from __future__ import annotations

from typing import Any

from patternkit.routes import Network, Verdict, reaches
from tests.patternkit.routes.topologies import Topology


def two_vpcs() -> Topology:
    net = Topology()
    net.transit_gateway(defaults=True)
    for index, name in enumerate("AB", 1):
        net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24")
        net.table(name, f"{name}Table", "a", routes={"10.0.0.0/8": {"Ref": "Tgw"}})
        net.attach(name, "a")
    return net


def with_value(value: Any, **sections: Any) -> Topology:
    """Two VPCs of which one's route has a destination that is worked out."""
    net = two_vpcs()
    net.resources["ATableRoute0"]["Properties"]["DestinationCidrBlock"] = value
    net.extra = sections
    return net


def verdict(network: Network) -> Verdict:
    return network.prove(reaches("Aa", "Ba")).verdict
