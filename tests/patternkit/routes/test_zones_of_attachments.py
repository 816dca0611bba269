"""What holds by one zone of an attachment alone is UNKNOWN where AWS takes either; what holds by none fails."""

from __future__ import annotations

import pytest

from patternkit.routes import Promise, inspected, reaches
from tests.patternkit.routes.cases.verdicts import VPN_LEARNS, fails, holds, unknown
from tests.patternkit.routes.topologies import Topology


def net(by_firewall: str, *, appliance: bool = False, second: bool = False) -> Topology:
    """A VPC in zone c, and one that is attached in a and b, where what comes in passes a firewall in some."""
    made = Topology()
    made.transit_gateway(defaults=True)
    made.vpc("A", "10.1.0.0/16", ca="10.1.1.0/24")
    made.table("A", "Ta", "ca", routes={"10.2.0.0/16": {"Ref": "Tgw"}})
    made.attach("A", "ca")
    made.vpc("B", "10.2.0.0/16", at="10.2.0.0/28", bt="10.2.0.16/28", af="10.2.1.0/24", ad="10.2.2.0/24")
    made.firewall("Fw", "B", "af")
    endpoint = made.endpoint_by_index("Fw", 0)
    for letter in "ab":
        made.table("B", f"T{letter}t", f"{letter}t", routes={"10.2.2.0/24": endpoint} if letter in by_firewall else {})
    outside = {"10.1.0.0/16": {"Ref": "Tgw"}, "192.168.0.0/16": {"Ref": "Tgw"}}
    made.table("B", "Tf", "af", routes=dict(outside))
    made.table("B", "Td", "ad", routes=dict.fromkeys(outside, endpoint))
    made.attach("B", "at", "bt", appliance=appliance)
    if second:
        made.transit_gateway("Other", defaults=True)
        made.attach("B", "at", "bt", tgw="Other", name="BOther")
    return made


@pytest.mark.parametrize("promise", [inspected("Aca", "Bad"), reaches("Aca", "Bad")], ids=["inspected", "reaches"])
class TestAVpcInAThirdZone:
    def test_it_holds_by_either(self, promise: Promise) -> None:
        holds(net("ab").network(), promise)

    @pytest.mark.parametrize("by_firewall", ["a", "b"])
    def test_it_holds_by_one(self, promise: Promise, by_firewall: str) -> None:
        unknown(net(by_firewall).network(), promise, "the transit gateway takes any availability zone of Net/BAt")

    def test_it_holds_by_none(self, promise: Promise) -> None:
        fails(net("").network(), promise, "")

    @pytest.mark.parametrize("by_firewall", ["a", "b"])
    def test_appliance_mode_takes_either_by_flow(self, promise: Promise, by_firewall: str) -> None:
        holds(net("ab", appliance=True).network(), promise)
        fails(net(by_firewall, appliance=True).network(), promise, "appliance mode: by flow hash")

    @pytest.mark.parametrize("by_firewall", ["a", "b"])
    def test_appliance_mode_promises_nothing_for_two_gateways(self, promise: Promise, by_firewall: str) -> None:
        holds(net("ab", appliance=True, second=True).network(), promise)
        words = "appliance mode of Net/BAt promises nothing for several transit gateways on its VPC"
        unknown(net(by_firewall, appliance=True, second=True).network(), promise, words)
        fails(net("", appliance=True, second=True).network(), promise, "")


@pytest.mark.parametrize("by_firewall", ["a", "b"])
def test_appliance_mode_promises_nothing_for_what_comes_by_vpn(by_firewall: str) -> None:
    for zones in (by_firewall, "ab", ""):
        made = net(zones, appliance=True)
        made.vpn("Vpn", tgw="Tgw")
        network = made.network(contracts=VPN_LEARNS)
        promise = inspected("Vpn", "Bad")
        if zones == "ab":
            holds(network, promise)
        elif zones:
            unknown(network, promise, "appliance mode of Net/BAt promises nothing for traffic by VPN")
        else:
            fails(network, promise, "")
