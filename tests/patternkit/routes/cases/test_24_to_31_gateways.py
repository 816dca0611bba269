"""Cases 24 to 31: the gateways of a VPC, peering, and sites.

The guides: VPC (https://docs.aws.amazon.com/vpc/latest/userguide/), peering (.../vpc/latest/peering/) and site-to-site
VPN (https://docs.aws.amazon.com/vpn/latest/s2svpn/).
"""

from __future__ import annotations

import pytest

from patternkit.routes import Network, isolated, reaches, symmetric
from tests.patternkit.routes.cases.verdicts import SITE, VPN_LEARNS, fails, holds, unknown
from tests.patternkit.routes.topologies import Topology


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
        net.internet_gateway("A")
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
        assert network.invalid == ["the peering Net/Peering: 10.0.0.0/16 and 10.0.0.0/20 overlap"]
        unknown(network, reaches("Aa", "8.8.8.8/32"), "AWS refuses: the peering")

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
        assert len(network.model.notes) == 1
        assert "overlapping ranges" in network.model.notes[0]

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
