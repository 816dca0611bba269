"""The cases that AWS's guides describe, each as a template, held to the verdict that the guide gives.

The guides: VPC (https://docs.aws.amazon.com/vpc/latest/userguide/), transit gateways (.../vpc/latest/tgw/), peering
(.../vpc/latest/peering/) and site-to-site VPN (https://docs.aws.amazon.com/vpn/latest/s2svpn/).
"""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Promise, Verdict, inspected, isolated, no_bypass, reaches, symmetric
from tests.patternkit.routes.topologies import Topology

SITE = "192.168.0.0/16"


def holds(network: Network, *promises: Promise) -> None:
    network.assert_holds(*promises)


def fails(network: Network, promise: Promise, *words: str) -> None:
    """The promise fails with a witness whose text has the words."""
    proof = network.prove(promise)
    assert proof.verdict is Verdict.FAILS, str(proof)
    assert proof.witness is not None
    assert proof.witness.last.walk.hops or proof.witness.last.reason
    for word in words:
        assert word in str(proof), f"{word!r} is not in\n{proof}"


def unknown(network: Network, promise: Promise, *words: str) -> None:
    proof = network.prove(promise)
    assert proof.verdict is Verdict.UNKNOWN, str(proof)
    assert proof.unknown
    for word in words:
        assert word in str(proof), f"{word!r} is not in\n{proof}"


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


VPN_LEARNS = {"prefixes": {"Vpn": [SITE]}}


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


class TestNetworkAcls:
    def net(self, *, same_subnet: bool = False) -> Topology:
        net = Topology()
        net.transit_gateway(defaults=True)
        net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24", at="10.1.0.0/28")
        net.vpc("B", "10.2.0.0/16", a="10.2.1.0/24")
        for name in "AB":
            net.table(name, f"{name}Table", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
        net.attach("A", "a" if same_subnet else "at")
        net.attach("B", "a")
        return net

    OPEN = "allow all * 0.0.0.0/0"
    B = "10.2.0.0/16"

    @pytest.mark.parametrize(
        ("subnet", "direction", "address", "blocks"),
        [
            # What the guide evaluates: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
            ("Aa", "outbound", "10.2.0.0/16", "A to B"),
            ("Aa", "inbound", "10.2.0.0/16", "B to A"),
            ("Aat", "inbound", "10.1.0.0/16", "A to B"),
            ("Aat", "outbound", "10.1.0.0/16", "B to A"),
            # What it does not: the attachment subnet's outbound rules towards the gateway, inbound ones from it.
            ("Aat", "outbound", "10.2.0.0/16", ""),
            ("Aat", "inbound", "10.2.0.0/16", ""),
        ],
    )
    def test_13_attachment_in_its_own_subnet(self, subnet: str, direction: str, address: str, blocks: str) -> None:
        net = self.net()
        deny = f"deny all * {address}"
        rules = {"inbound": [self.OPEN], "outbound": [self.OPEN]}
        rules[direction] = [deny, self.OPEN]
        net.acl("Acl", subnet, **rules)
        network = net.network()
        one_way = {"A to B": ("Aa", "Ba"), "B to A": ("Ba", "Aa")}
        for text, (source, destination) in one_way.items():
            trace = network.trace(source, destination)
            lost_there = trace.flows[0].forward.outcome.value == "dropped"
            # A denied direction is lost on the way there, the other one on the way back.
            assert lost_there == (text == blocks)
            assert trace.verdict is (Verdict.FAILS if blocks else Verdict.HOLDS)

    @pytest.mark.parametrize("direction", ["inbound", "outbound"])
    def test_14_attachment_in_the_hosts_subnet(self, direction: str) -> None:
        net = self.net(same_subnet=True)
        rules = {"inbound": [self.OPEN], "outbound": [self.OPEN]}
        rules[direction] = [f"deny all * {self.B}", self.OPEN]
        net.acl("Acl", "Aa", **rules)
        # From the gateway to the host nothing is evaluated: only the reply of A, outbound, meets a rule about B.
        leg = net.network().trace("Ba", "Aa").flows[0].forward
        assert leg.outcome.value == "delivered"

    def test_14_from_the_host_both_are_evaluated(self) -> None:
        for direction, address in (("outbound", self.B), ("inbound", "10.1.0.0/16")):
            net = self.net(same_subnet=True)
            rules = {"inbound": [self.OPEN], "outbound": [self.OPEN]}
            rules[direction] = [f"deny all * {address}", self.OPEN]
            net.acl("Acl", "Aa", **rules)
            assert net.network().trace("Aa", "Ba").flows[0].forward.outcome.value == "dropped"

    def test_stateless_rules_need_the_ephemeral_ports(self) -> None:
        for ports, expected in (
            ("1024-65535", Verdict.HOLDS),
            ("443", Verdict.FAILS),
            ("2000-65535", Verdict.FAILS),
        ):
            net = self.net()
            net.acl("Acl", "Aa", inbound=[f"allow tcp {ports} {self.B}"], outbound=[f"allow tcp 443 {self.B}"])
            assert net.network().prove(reaches("Aa", "Ba", port=443)).verdict is expected


class TestRouteOrder:
    def test_15_transit_gateway(self) -> None:
        """Static over prefix list over VPC over Direct Connect over Connect over VPN, for one and the same block."""
        block = "10.50.0.0/16"
        winners = []
        for take_away in range(6):
            net = Topology()
            net.transit_gateway()
            net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
            net.table("A", "ATable", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
            net.attach("A", "a")
            for name in ("Static", "Listed"):
                net.vpc(
                    name,
                    f"10.{60 if name == 'Static' else 61}.0.0/16",
                    a=f"10.{60 if name == 'Static' else 61}.1.0/24",
                )
                net.attach(name, "a")
            net.vpc("Vpc", block, a="10.50.1.0/24")
            net.attach("Vpc", "a")
            net.vpn("Vpn", tgw="Tgw")
            net.add(
                "Connect",
                "EC2::TransitGatewayConnect",
                TransportTransitGatewayAttachmentId={"Ref": "ListedAt"},
            )
            net.transit_table("Table", of=("AAt",))
            candidates: list[Any] = ["VpcAt", "dx", {"Ref": "Connect"}, net.vpn_attachment("Vpn")]
            for candidate in candidates[max(0, take_away - 2) :]:
                if candidate != "dx":
                    target = {"Ref": candidate} if isinstance(candidate, str) else candidate
                    net.add(
                        f"P{len(net.resources)}", "EC2::TransitGatewayRouteTablePropagation",
                        TransitGatewayRouteTableId={"Ref": "Table"}, TransitGatewayAttachmentId=target,
                    )  # fmt: skip
            # Neither a prefix list reference nor the attachment of a Direct Connect gateway can be said in a template.
            contracts: dict[str, Any] = {
                "prefixes": {"Vpn": [block], "Connect": [block]},
                "routes": [],
            }
            if take_away < 1:
                net.transit_route("Table", block, "StaticAt")
            if take_away < 2:
                contracts["routes"].append({"table": "Table", "attachment": "ListedAt", "prefixes": [block]})
            if take_away <= 3:
                contracts["attachments"] = [
                    {"name": "Dx", "transit-gateway": "Tgw", "kind": "direct-connect", "prefixes": [block],
                     "propagates-to": ["Table"]}
                ]  # fmt: skip
            network = net.network(contracts=contracts)
            flow = network.trace("Aa", "10.50.1.0/24").flows[0]
            hop = next(hop for hop in flow.forward.walk.hops if hop.kind == "transit gateway")
            winners.append(hop.why.split("-> ")[1])
        assert winners == [
            "Net/StaticAt (static)",
            "Net/ListedAt (prefix list)",
            "Net/VpcAt (vpc)",
            "Dx (direct-connect)",
            "Net/Connect attachment (connect)",
            "Net/Vpn attachment (vpn)",
        ]

    def vgw(self, **routes: Any) -> Topology:
        net = Topology()
        net.vpc("A", "10.1.0.0/16", b="10.1.2.0/24")
        net.subnet("A", "a", "10.1.1.0/24", public=True)
        gateway = net.vpn_gateway("A")
        net.internet_gateway("A")
        net.table("A", "ATable", "a", routes=routes)
        net.table("A", "BTable", "b")
        net.vpn("Vpn", vgw=gateway)
        net.add(
            "Learn", "EC2::VPNGatewayRoutePropagation", RouteTableIds=[{"Ref": "ATable"}, {"Ref": "BTable"}],
            VpnGatewayId=gateway,
        )  # fmt: skip
        return net

    def test_16_static_over_propagated(self) -> None:
        net = self.vgw(**{"52.0.0.0/8": {"Ref": "AIgw"}})
        network = net.network(contracts={"prefixes": {"Vpn": ["52.0.0.0/8"]}})
        assert "Net/AIgw" in network.trace("Aa", "52.1.0.0/16").forward
        without = self.vgw().network(contracts={"prefixes": {"Vpn": ["52.0.0.0/8"]}})
        assert "Net/AVgw" in without.trace("Aa", "52.1.0.0/16").forward

    def test_17_local_over_a_more_specific_propagated_route(self) -> None:
        network = self.vgw().network(contracts={"prefixes": {"Vpn": ["10.1.2.0/24", "10.1.2.128/25"]}})
        holds(network, reaches("Aa", "Ab"))
        assert network.trace("Aa", "Ab").forward == ("Net/Aa", "Net/Ab")

    def test_18_main_table(self) -> None:
        net = Topology()
        net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24", b="10.1.2.0/24")
        igw = net.internet_gateway("A")
        net.table("A", "ATable", "b", routes={"0.0.0.0/0": igw})
        network = net.network()
        fails(network, reaches("Aa", "internet"), "main route table has no route")
        holds(network, reaches("Aa", "Ab"))

    def prefix_lists(self, *, second: bool) -> Topology:
        net = Topology()
        net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24", ap="10.1.2.0/24")
        net.internet_gateway("A")
        one, other = net.nat("Nat", "Aap"), net.nat("OtherNat", "Aap")
        for name in ("List", "OtherList"):
            net.add(
                name, "EC2::PrefixList", PrefixListName=name, AddressFamily="IPv4", MaxEntries=5,
                Entries=[{"Cidr": "52.0.0.0/8"}],
            )  # fmt: skip
        net.table("A", "ATable", "a", routes={"pl:List": one})
        net.route("ATable", "pl:OtherList" if second else "52.0.0.0/8", other)
        net.table("A", "Public", "ap", routes={"0.0.0.0/0": {"Ref": "AIgw"}})
        return net

    def test_19_static_over_an_equally_long_prefix_list_entry(self) -> None:
        network = self.prefix_lists(second=False).network()
        assert "Net/OtherNat" in network.trace("Aa", "52.1.0.0/16").forward

    def test_19_two_prefix_lists(self) -> None:
        unknown(self.prefix_lists(second=True).network(), reaches("Aa", "52.1.0.0/16"), "two prefix lists")


class TestEdgeTables:
    def net(self, **edge: Any) -> Topology:
        net = Topology()
        net.vpc("A", "10.0.0.0/16")
        net.subnet("A", "a", "10.0.1.0/24", public=True)
        net.subnet("A", "ax", "10.0.2.0/24", public=True)
        net.internet_gateway("A")
        net.appliance("Box", "Aax")
        net.add("Nat", "EC2::NatGateway", SubnetId={"Ref": "Aax"}, AllocationId="e")
        net.add(
            "Gwlbe", "EC2::VPCEndpoint", VpcEndpointType="GatewayLoadBalancer", ServiceName="vpce-svc-1",
            VpcId={"Ref": "A"}, SubnetIds=[{"Ref": "Aax"}],
        )  # fmt: skip
        net.table("A", "Edge", routes=edge)
        net.add(
            "EdgeOf",
            "EC2::GatewayRouteTableAssociation",
            GatewayId={"Ref": "AIgw"},
            RouteTableId={"Ref": "Edge"},
        )
        net.table("A", "ATable", "a", routes={"0.0.0.0/0": {"Ref": "AIgw"}})
        net.table("A", "AxTable", "ax", routes={"0.0.0.0/0": {"Ref": "AIgw"}})
        return net

    @pytest.mark.parametrize(
        ("destination", "target", "refused"),
        [
            ("10.0.1.0/24", {"Ref": "Box"}, False),
            ("10.0.1.0/24", {"Ref": "Gwlbe"}, False),
            ("10.0.0.0/16", {"Ref": "Box"}, False),
            ("10.0.1.0/24", "local", False),
            ("10.0.1.0/25", {"Ref": "Box"}, True),
            ("10.0.1.0/24", {"Ref": "Nat"}, True),
            ("192.168.0.0/16", {"Ref": "Box"}, True),
        ],
    )
    def test_20_what_a_gateways_table_may_hold(self, destination: str, target: Any, refused: bool) -> None:
        network = self.net(**{destination: target}).network()
        proof = network.prove(reaches("internet", destination if not destination.startswith("192") else "Aa"))
        assert ("AWS refuses the route" in str(proof)) == (refused and not destination.startswith("192"))
        if refused and not destination.startswith("192"):
            assert proof.verdict is Verdict.UNKNOWN

    def test_20_vpn_gateway_to_an_endpoint_drops(self) -> None:
        net = Topology()
        net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", ax="10.0.2.0/24")
        gateway = net.vpn_gateway("A")
        net.vpn("Vpn", vgw=gateway)
        net.add(
            "Gwlbe", "EC2::VPCEndpoint", VpcEndpointType="GatewayLoadBalancer", ServiceName="vpce-svc-1",
            VpcId={"Ref": "A"}, SubnetIds=[{"Ref": "Aax"}],
        )  # fmt: skip
        net.table("A", "Edge", routes={"10.0.1.0/24": {"Ref": "Gwlbe"}})
        net.add("EdgeOf", "EC2::GatewayRouteTableAssociation", GatewayId=gateway, RouteTableId={"Ref": "Edge"})
        net.table("A", "ATable", "a", routes={SITE: gateway})
        fails(net.network(contracts=VPN_LEARNS), reaches("Vpn", "Aa"), "cannot send to an endpoint")

    def middlebox(self, target: str, *, back: bool = True) -> Network:
        net = self.net(**{"10.0.1.0/24": {"Ref": target}})
        if back:
            for name, resource in list(net.resources.items()):
                if name.startswith("ATableRoute"):
                    del net.resources[name]
                    assert resource["Type"] == "AWS::EC2::Route"
            net.route("ATable", "0.0.0.0/0", {"Ref": target})
        return net.network()

    @pytest.mark.parametrize("target", ["Box", "Gwlbe"])
    def test_21_22_middlebox_at_the_edge(self, target: str) -> None:
        network = self.middlebox(target)
        holds(network, inspected("Aa", "internet", by=target), symmetric("Aa", "internet"))
        holds(network, no_bypass("internet", "Aa", by=target), reaches("Aa", "internet"))
        assert network.trace("Aa", "internet").forward == ("Net/Aa", f"Net/{target}", "Net/Aax", "Net/AIgw")
        assert network.trace("Aa", "internet").back == ("Net/AIgw", f"Net/{target}", "Net/Aax", "Net/Aa")

    @pytest.mark.parametrize("target", ["Box", "Gwlbe"])
    def test_21_22_without_the_subnets_own_route(self, target: str) -> None:
        network = self.middlebox(target, back=False)
        fails(network, symmetric("Aa", "internet"), f"Net/{target} has not seen the flow's first packet")
        fails(network, inspected("Aa", "internet", by=target), "it is not inspected")

    def test_23_between_subnets_of_one_vpc(self) -> None:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24", ax="10.0.3.0/24")
        box = net.appliance("Box", "Vax")
        net.table("V", "ATable", "a", routes={"10.0.2.0/24": box})
        net.table("V", "BTable", "b", routes={"10.0.1.0/24": box})
        holds(net.network(), inspected("Va", "Vb", by="Box"), symmetric("Va", "Vb"), reaches("Va", "Vb"))
        del net.resources["BTableRoute0"]
        fails(net.network(), symmetric("Va", "Vb"), "only the packet crosses the middlebox Net/Box")
        fails(net.network(), reaches("Vb", "Va"), "Net/Box has not seen the flow's first packet")

    def test_an_appliances_own_security_groups_count(self) -> None:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24", ax="10.0.3.0/24")
        box = net.appliance("Box", "Vax")
        for name, block in (("A", "10.0.2.0/24"), ("B", "10.0.1.0/24")):
            net.table("V", f"{name}Table", name.lower(), routes={block: box})
        net.resources["AnyGroup"]["Properties"]["SecurityGroupIngress"][0]["CidrIp"] = "10.0.1.0/24"
        holds(net.network(), reaches("Va", "Vb"))
        fails(net.network(), reaches("Vb", "Va"), "the security groups deny it into Net/Box")


class TestHosts:
    """Security groups are asked of hosts that a question names."""

    def test_security_groups_are_stateful(self) -> None:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
        net.host("Client", "Va")
        net.add(
            "Web", "EC2::SecurityGroup", GroupDescription="web",
            SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.1.0/24"}],
            SecurityGroupEgress=[{"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "CidrIp": "255.255.255.255/32"}],
        )  # fmt: skip
        net.host("Server", "Vb")
        net.resources["Server"]["Properties"]["GroupSet"] = [{"Ref": "Web"}]
        network = net.network()
        holds(network, reaches("Client", "Server", port=443))
        fails(network, reaches("Client", "Server", port=22), "the security groups deny it into Net/Server")
        fails(network, reaches("Server", "Client", port=443), "the security groups deny it out of Net/Server")

    def test_a_group_that_lets_in_a_group(self) -> None:
        net = Topology()
        net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
        net.host("Client", "Va")
        net.add("Web", "EC2::SecurityGroup", GroupDescription="web")
        net.add("In", "EC2::SecurityGroupIngress", GroupId={"Ref": "Web"}, IpProtocol="-1",
                SourceSecurityGroupId={"Ref": "AnyGroup"})  # fmt: skip
        net.host("Server", "Vb")
        net.resources["Server"]["Properties"]["GroupSet"] = [{"Ref": "Web"}]
        holds(net.network(), reaches("Client", "Server"))
        unknown(net.network(), reaches("Va", "Server"), "the peer's is not known")


class TestGateways:
    def test_24_egress_only(self) -> None:
        net = Topology()
        net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24")
        net.add("Six", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, AmazonProvidedIpv6CidrBlock=True)
        blocks = {"Fn::Select": [0, {"Fn::GetAtt": ["A", "Ipv6CidrBlocks"]}]}
        net.resources["Aa"]["Properties"]["Ipv6CidrBlock"] = {"Fn::Select": [0, {"Fn::Cidr": [blocks, 4, 64]}]}
        net.add("Eigw", "EC2::EgressOnlyInternetGateway", VpcId={"Ref": "A"})
        igw = net.internet_gateway("A")
        net.table("A", "ATable", "a", routes={"::/0": {"Ref": "Eigw"}, "0.0.0.0/0": igw})
        network = net.network()
        holds(network, reaches("Aa", "internet", family=6))
        fails(network, reaches("internet", "Aa", family=6), "stateful")
        del net.resources["ATableRoute0"]
        fails(net.network(), reaches("Aa", "internet", family=6), "has no route")

    def s3(self) -> Topology:
        net = Topology()
        net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", ap="10.0.2.0/24")
        net.vpc("B", "10.1.0.0/16", a="10.1.1.0/24")
        igw = net.internet_gateway("A")
        nat = net.nat("Nat", "Aap")
        net.table("A", "ATable", "a", routes={"0.0.0.0/0": nat})
        net.table("A", "Public", "ap", routes={"0.0.0.0/0": igw})
        net.add(
            "S3", "EC2::VPCEndpoint", VpcId={"Ref": "A"}, RouteTableIds=[{"Ref": "ATable"}],
            ServiceName={"Fn::Join": ["", ["com.amazonaws.", {"Ref": "AWS::Region"}, ".s3"]]},
        )  # fmt: skip
        peering = net.peering("Peering", "A", "B")
        net.table("B", "BTable", "a", routes={"0.0.0.0/0": peering})
        return net

    def test_25_gateway_endpoint(self) -> None:
        network = self.s3().network()
        assert network.trace("Aa", "s3").forward == ("Net/Aa", "Net/S3")
        assert "Net/Nat" in network.trace("Aa", "internet").forward
        fails(network, reaches("Ba", "s3"), "leads only into")

    def test_26_nat_over_a_transit_gateway_only(self) -> None:
        net = Topology()
        net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", ap="10.0.2.0/24")
        net.vpc("B", "10.1.0.0/16", a="10.1.1.0/24")
        gateway = net.vpn_gateway("A")
        net.vpn("Vpn", vgw=gateway)
        nat = net.nat("Nat", "Aap")
        net.table("A", "ATable", "a", routes={"0.0.0.0/0": nat})
        net.table("A", "Public", "ap", routes={"10.1.0.0/16": net.peering("Peering", "A", "B"), SITE: gateway})
        net.table("B", "BTable", "a", routes={"10.0.0.0/16": {"Ref": "Peering"}, "0.0.0.0/0": {"Ref": "Peering"}})
        network = net.network(contracts=VPN_LEARNS)
        # From a peer or a VPN the gateway is not used; from its own VPC it is, towards a VPN, too:
        # https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html.
        fails(network, reaches("Ba", "internet"), "leads only into")
        fails(network, reaches("Vpn", "internet"), "has no route")
        holds(network, reaches("Aa", "Vpn"))
        unknown(network, reaches("Aa", "Ba"), "whether Net/Peering carries what Net/Nat sends is not documented")

    def test_26_private_nat(self) -> None:
        net = Topology()
        net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", ap="10.0.2.0/24")
        igw = net.internet_gateway("A")
        net.table("A", "ATable", "a", routes={"0.0.0.0/0": net.nat("Nat", "Aap", private=True)})
        net.table("A", "Public", "ap", routes={"0.0.0.0/0": igw})
        fails(net.network(), reaches("Aa", "internet"), "is private")

    def test_27_overlapping_peering(self) -> None:
        net = Topology()
        net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24")
        net.vpc("B", "10.0.0.0/20", a="10.0.2.0/24")
        peering = net.peering("Peering", "A", "B")
        net.table("A", "ATable", "a", routes={"0.0.0.0/0": peering})
        network = net.network()
        assert network.invalid == ["AWS refuses the peering Net/Peering: 10.0.0.0/16 and 10.0.0.0/20 overlap"]
        unknown(network, reaches("Aa", "8.8.8.8/32"), "AWS refuses the peering")

    def chain(self) -> Topology:
        net = Topology()
        for index, name in enumerate("ABC", 1):
            net.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24")
        net.peering("AB", "A", "B")
        net.peering("AC", "A", "C")
        net.table("A", "ATable", "a", routes={"10.2.0.0/16": {"Ref": "AB"}, "10.3.0.0/16": {"Ref": "AC"}})
        net.table("C", "CTable", "a", routes={"0.0.0.0/0": {"Ref": "AC"}})
        return net

    def test_28_peering_is_not_transitive(self) -> None:
        net = self.chain()
        net.table("B", "BTable", "a", routes={"10.0.0.0/8": {"Ref": "AB"}})
        network = net.network()
        holds(network, reaches("Ba", "Aa"), reaches("Aa", "Ca"), isolated("Ba", "Ca"))
        fails(network, reaches("Ba", "Ca"), "leads only into Net/A")

    @pytest.mark.parametrize("edge", ["igw", "nat", "vpn", "direct-connect", "s3"])
    def test_29_no_edge_to_edge(self, edge: str) -> None:
        net = self.chain()
        net.subnet("A", "ap", "10.1.9.0/24", public=True)
        igw = net.internet_gateway("A")
        gateway = net.vpn_gateway("A")
        net.vpn("Vpn", vgw=gateway)
        nat = net.nat("Nat", "Aap")
        net.add("Dx", "DirectConnect::DirectConnectGatewayAssociation", AssociatedGatewayId=gateway)
        net.add(
            "S3", "EC2::VPCEndpoint", VpcId={"Ref": "A"}, RouteTableIds=[{"Ref": "ATable"}],
            ServiceName="com.amazonaws.eu-west-1.s3",
        )  # fmt: skip
        net.route("ATable", "0.0.0.0/0", igw if edge == "igw" else nat)
        net.route("ATable", SITE, gateway)
        net.route("ATable", "172.20.0.0/16", gateway)
        net.table("B", "BTable", "a", routes={"0.0.0.0/0": {"Ref": "AB"}})
        contracts = {"prefixes": {"Vpn": [SITE], "Dx": ["172.20.0.0/16"]}}
        destination = {"vpn": "Vpn", "direct-connect": "Dx", "s3": "s3"}.get(edge, "internet")
        network = net.network(contracts=contracts)
        fails(network, reaches("Ba", destination), "leads only into Net/A")
        holds(network, isolated("Ba", destination))

    def cloud_hub(self, **prefixes: list[str]) -> Network:
        net = Topology()
        net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24")
        gateway = net.vpn_gateway("A")
        for name in ("One", "Two"):
            net.vpn(name, vgw=gateway)
        net.table("A", "ATable", "a")
        net.add(
            "Learn",
            "EC2::VPNGatewayRoutePropagation",
            RouteTableIds=[{"Ref": "ATable"}],
            VpnGatewayId=gateway,
        )
        return net.network(contracts={"prefixes": prefixes})

    def test_30_cloud_hub(self) -> None:
        network = self.cloud_hub(One=["192.168.1.0/24"], Two=["192.168.2.0/24"])
        holds(network, reaches("One", "Two"), reaches("Two", "One"), reaches("One", "Aa"), reaches("Aa", "Two"))
        fails(network, isolated("One", "Two"), "it arrives")

    def test_30_overlapping_sites(self) -> None:
        network = self.cloud_hub(One=["192.168.0.0/16"], Two=["192.168.2.0/24"])
        assert len(network.invalid) == 1
        assert "overlapping ranges" in network.invalid[0]

    def test_31_vpn_gateway_path_order(self) -> None:
        """Direct Connect by BGP over static VPN over VPN by BGP."""
        block = "192.168.7.0/24"
        for without, winner in (((), "Dx"), (("Dx",), "StaticVpn"), (("Dx", "StaticVpn"), "BgpVpn")):
            net = Topology()
            net.vpc("A", "10.0.0.0/16", a="10.0.1.0/24")
            gateway = net.vpn_gateway("A")
            prefixes: dict[str, list[str]] = {"BgpVpn": [block]}
            net.vpn("BgpVpn", vgw=gateway, customer="Site")
            if "StaticVpn" not in without:
                net.vpn("StaticVpn", vgw=gateway, static=True, customer="Site")
                net.add(
                    "StaticRoute", "EC2::VPNConnectionRoute", VpnConnectionId={"Ref": "StaticVpn"},
                    DestinationCidrBlock=block,
                )  # fmt: skip
            if "Dx" not in without:
                net.add("Dx", "DirectConnect::DirectConnectGatewayAssociation", AssociatedGatewayId=gateway)
                prefixes["Dx"] = [block]
            net.table("A", "ATable", "a", routes={block: gateway})
            forward = net.network(contracts={"prefixes": prefixes}).trace("Aa", block).forward
            assert forward[-1] == f"Net/{winner}"

    def test_31_unequal_customer_gateways_do_not_make_it_symmetric(self) -> None:
        network = self.cloud_hub(One=["192.168.1.0/24"], Two=["192.168.1.0/24"])
        # Two connections to one range: which one the site answers by is the site's matter.
        unknown(network, symmetric("Aa", "One"), "several equal paths")
