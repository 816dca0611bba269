"""Cases 15 to 19: which of several routes wins.

The guides: VPC (https://docs.aws.amazon.com/vpc/latest/userguide/) and transit gateways (.../vpc/latest/tgw/).
"""

from __future__ import annotations

from typing import Any

from patternkit.routes import reaches
from tests.patternkit.routes.cases.verdicts import fails, holds, unknown
from tests.patternkit.routes.topologies import Topology


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
