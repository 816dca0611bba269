"""Cases 1 to 12: transit gateways, their tables, zones and appliance mode.

The guide: https://docs.aws.amazon.com/vpc/latest/tgw/.
"""

from __future__ import annotations

from typing import Any

from patternkit.routes import Verdict, inspected, isolated, reaches, symmetric
from tests.patternkit.routes.cases.verdicts import SITE, VPN_LEARNS, fails, holds, unknown
from tests.patternkit.routes.topologies import Topology


def three_vpcs(*, defaults: bool = False) -> Topology:
    """A, B and C with 0/0 to the transit gateway, and a VPN whose prefix is declared."""
    net = Topology()
    net.transit_gateway(defaults=defaults)
    for index, name in enumerate("ABC", 1):
        net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24", b=f"10.{index}.2.0/24")
        net.table(name, f"{name}Table", "a", "b", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach(name, "a", "b")
    net.vpn("Vpn", tgw="Tgw")
    return net


class TestTransitGateways:
    def test_01_centralized_router(self) -> None:
        net = three_vpcs(defaults=True).network(contracts=VPN_LEARNS)
        for one, other in (("A", "B"), ("B", "C"), ("A", "Vpn"), ("Vpn", "A")):
            holds(net, reaches(one, other))
        assert net.trace("Aa", "Bb").forward == ("Net/Aa", "Net/Tgw", "Net/BAt", "Net/Ba", "Net/Bb")

    def test_01_verdict_names_the_contract(self) -> None:
        assert three_vpcs(defaults=True).network(contracts=VPN_LEARNS).prove(reaches("A", "Vpn")).contracts == (
            "prefixes Vpn",
        )

    def test_01_without_the_contract(self) -> None:
        unknown(three_vpcs(defaults=True).network(), reaches("A", "B"), "learns over BGP")

    def isolated_vpcs(self) -> Topology:
        net = three_vpcs()
        vpn = net.vpn_attachment("Vpn")
        net.transit_table("VpcTable", of=("AAt", "BAt", "CAt"), propagated=(vpn,))
        net.transit_table("VpnTable", of=(vpn,), propagated=("AAt", "BAt", "CAt"))
        return net

    def test_02_isolated_vpcs(self) -> None:
        net = self.isolated_vpcs().network(contracts=VPN_LEARNS)
        holds(
            net,
            isolated("A", "B"),
            isolated("B", "C"),
            isolated("C", "A"),
            reaches("A", "Vpn"),
            reaches("Vpn", "A"),
        )
        trace = net.trace("Aa", "Ba")
        assert trace.verdict is Verdict.FAILS
        assert trace.reason == "Net/VpcTable has no route to 10.2.1.0/24"
        assert trace.forward == ("Net/Aa", "Net/Tgw")

    def test_03_shared_services(self) -> None:
        net = three_vpcs()
        net.vpc("D", "10.4.0.0/16", a="10.4.1.0/24", b="10.4.2.0/24")
        net.table("D", "DTable", "a", "b", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach("D", "a", "b")
        vpn = net.vpn_attachment("Vpn")
        net.transit_table("Isolated", of=("AAt", "BAt", "CAt"), propagated=(vpn, "DAt"))
        net.transit_table("Shared", of=(vpn, "DAt"), propagated=("AAt", "BAt", "CAt", "DAt", vpn))
        network = net.network(contracts=VPN_LEARNS)
        holds(network, isolated("A", "C"), isolated("A", "B"), reaches("A", "D"), reaches("D", "C"))
        holds(network, reaches("Vpn", "A"), reaches("A", "Vpn"), reaches("Vpn", "D"))

    def appliance_vpc(self, *, appliance: bool = True) -> Topology:
        net = Topology()
        net.transit_gateway()
        for index, name in enumerate("AB", 1):
            net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24", b=f"10.{index}.2.0/24")
            net.table(name, f"{name}Table", "a", "b", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
            net.attach(name, "a", "b")
        net.vpc("C", "10.3.0.0/16", at="10.3.0.0/28", bt="10.3.0.16/28", ax="10.3.1.0/24", bx="10.3.2.0/24")
        for letter in "ab":
            box = net.appliance(f"Box{letter}", f"C{letter}x")
            net.table("C", f"C{letter}tTable", f"{letter}t", routes={"0.0.0.0/0": box})
            net.table("C", f"C{letter}xTable", f"{letter}x", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach("C", "at", "bt", appliance=appliance)
        return net

    def spokes_through_c(self, net: Topology, *more: Any) -> Topology:
        net.transit_table("SpokeTable", of=("AAt", "BAt", *more), routes={"0.0.0.0/0": "CAt"})
        net.transit_table("ApplianceTable", of=("CAt",), propagated=("AAt", "BAt", *more))
        return net

    def test_04_appliance_mode_on(self) -> None:
        net = self.spokes_through_c(self.appliance_vpc()).network()
        holds(net, inspected("Aa", "Bb", by="Box*"), symmetric("Aa", "Bb"), reaches("Aa", "Bb"))
        first, second = (flow for flow in net.trace("Aa", "Bb").flows)
        # One appliance a flow, whichever its hash picks, and the same one both ways.
        for flow in (first, second):
            assert flow.forward.walk.middleboxes == flow.last.walk.middleboxes
        assert first.forward.walk.middleboxes != second.forward.walk.middleboxes

    def test_05_appliance_mode_off(self) -> None:
        net = self.spokes_through_c(self.appliance_vpc(appliance=False)).network()
        fails(net, reaches("Aa", "Bb"), "asymmetric: Net/Boxb has not seen the flow's first packet")
        fails(net, symmetric("Aa", "Bb"), "Net/Boxb")
        holds(net, reaches("Aa", "Ba"), reaches("Ab", "Bb"), symmetric("Aa", "Ba"))

    def test_06_two_gateways_on_the_appliance_vpc(self) -> None:
        net = self.spokes_through_c(self.appliance_vpc())
        net.transit_gateway("Other")
        net.attach("C", "ax", "bx", tgw="Other", name="COther")
        unknown(net.network(), symmetric("Aa", "Bb"), "several transit gateways on its VPC")

    def test_07_entering_by_vpn(self) -> None:
        net = self.appliance_vpc()
        net.vpn("Vpn", tgw="Tgw")
        self.spokes_through_c(net, net.vpn_attachment("Vpn"))
        network = net.network(contracts=VPN_LEARNS)
        unknown(network, symmetric("Vpn", "Aa"), "promises nothing for traffic by VPN")
        assert network.prove(symmetric("Vpn", "Aa")).witness is not None
        holds(network, symmetric("Aa", "Bb"))

    def central_nat(self) -> Topology:
        net = Topology()
        net.transit_gateway()
        for index, name in enumerate("AB", 1):
            net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24")
            net.table(name, f"{name}Table", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
            net.attach(name, "a")
        net.vpc("C", "10.3.0.0/16", ap="10.3.1.0/24", at="10.3.2.0/24")
        igw = net.internet_gateway("C")
        nat = net.nat("Nat", "Cap")
        net.table(
            "C",
            "CPublic",
            "ap",
            routes={"0.0.0.0/0": igw, "10.1.0.0/16": {"Ref": "Tgw"}, "10.2.0.0/16": {"Ref": "Tgw"}},
        )
        net.table("C", "CPrivate", "at", routes={"0.0.0.0/0": nat})
        net.attach("C", "at")
        return net

    def test_08_central_nat(self) -> None:
        net = self.central_nat()
        net.transit_table("Table", of=("AAt", "BAt", "CAt"), propagated=("AAt", "BAt"), routes={"0.0.0.0/0": "CAt"})
        network = net.network()
        holds(network, reaches("Aa", "internet"), reaches("Ba", "internet"), reaches("Aa", "Ba"))
        assert network.trace("Aa", "internet").forward == (
            "Net/Aa", "Net/Tgw", "Net/CAt", "Net/Cat", "Net/Nat", "Net/Cap", "Net/CIgw",
        )  # fmt: skip
        assert network.trace("Aa", "internet").back == (
            "Net/Nat",
            "Net/Cap",
            "Net/Tgw",
            "Net/AAt",
            "Net/Aa",
            "Net/Aa",
        )

    def test_09_blackholes_need_a_second_table(self) -> None:
        net = self.central_nat()
        holes = {"10.1.0.0/16": None, "10.2.0.0/16": None}
        net.transit_table(
            "Table", of=("AAt", "BAt", "CAt"), propagated=("AAt", "BAt"), routes={"0.0.0.0/0": "CAt", **holes}
        )
        network = net.network()
        holds(network, isolated("Aa", "Ba"))
        fails(network, reaches("Aa", "internet"), "its reply is lost", "is a blackhole")

    def test_09_two_tables(self) -> None:
        net = self.central_nat()
        holes = {"10.1.0.0/16": None, "10.2.0.0/16": None}
        net.transit_table("Spokes", of=("AAt", "BAt"), routes={"0.0.0.0/0": "CAt", **holes})
        net.transit_table("Egress", of=("CAt",), propagated=("AAt", "BAt"))
        holds(net.network(), isolated("Aa", "Ba"), isolated("Ba", "Aa"), reaches("Aa", "internet"))

    def peered(self, *, back: bool = True) -> Topology:
        net = Topology()
        net.transit_gateway("One")
        net.transit_gateway("Two")
        net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
        net.table("A", "ATable", "a", routes={"0.0.0.0/0": {"Ref": "One"}})
        net.attach("A", "a", tgw="One")
        net.vpn("Vpn", tgw="Two")
        net.add(
            "Peering", "EC2::TransitGatewayPeeringAttachment", TransitGatewayId={"Ref": "One"},
            PeerTransitGatewayId={"Ref": "Two"}, PeerAccountId="1", PeerRegion="eu-west-1",
        )  # fmt: skip
        vpn = net.vpn_attachment("Vpn")
        net.transit_table("OneTable", of=("AAt", "Peering"), propagated=("AAt",), routes={SITE: "Peering"}, tgw="One")
        routes = {"10.1.0.0/16": "Peering"} if back else {}
        net.transit_table("TwoTable", of=(vpn, "Peering"), propagated=(vpn,), routes=routes, tgw="Two")
        return net

    def test_10_two_peered_gateways(self) -> None:
        network = self.peered().network(contracts=VPN_LEARNS)
        holds(network, reaches("Aa", "Vpn"), reaches("Vpn", "Aa"))
        assert network.trace("Aa", "Vpn").forward == (
            "Net/Aa",
            "Net/One",
            "Net/Peering",
            "Net/Two",
            "Net/Vpn",
        )

    def test_10_without_the_way_back(self) -> None:
        fails(
            self.peered(back=False).network(contracts=VPN_LEARNS),
            reaches("Aa", "Vpn"),
            "its reply is lost: Net/TwoTable has no route",
        )

    def test_11_zone_without_attachment(self) -> None:
        net = three_vpcs(defaults=True)
        net.subnet("A", "c", "10.1.3.0/24")
        net.table("A", "AcTable", "c", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        network = net.network(contracts=VPN_LEARNS)
        fails(network, reaches("Ac", "Ba"), "has no subnet in eu-west-1c")
        fails(network, reaches("Ba", "Ac"), "its reply is lost")

    def test_12_identical_blocks(self) -> None:
        net = Topology()
        net.transit_gateway(defaults=True)
        net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
        for name in ("First", "Second"):
            net.vpc(name, "10.9.0.0/16", a="10.9.1.0/24")
        for name in ("A", "First", "Second"):
            net.table(name, f"{name}Table", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
            net.attach(name, "a")
        net.resources["SecondAt"]["DependsOn"] = "FirstAt"
        network = net.network()
        holds(network, reaches("Aa", "Firsta"))
        fails(network, reaches("Aa", "Seconda"), "delivered in Net/Firsta instead of Net/Seconda")
        del net.resources["SecondAt"]["DependsOn"]
        unknown(net.network(), reaches("Aa", "Firsta"), "is attached first")
