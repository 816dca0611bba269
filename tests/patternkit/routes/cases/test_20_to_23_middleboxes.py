"""Cases 20 to 23: route tables of gateways, and middleboxes.

The guide: https://docs.aws.amazon.com/vpc/latest/userguide/.
"""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Verdict, inspected, no_bypass, reaches, symmetric
from tests.patternkit.routes.cases.verdicts import SITE, VPN_LEARNS, fails, holds
from tests.patternkit.routes.topologies import Topology


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
