"""What is asked of a block of addresses of which the set knows a part, and of sites that share a part of theirs."""

from __future__ import annotations

import pytest

from patternkit.routes import Network, Verdict, isolated, reaches
from tests.patternkit.routes.cases.verdicts import fails, holds, unknown
from tests.patternkit.routes.topologies import Topology


def net() -> Topology:
    """A VPC whose private addresses lead to a transit gateway, and from there to a site."""
    made = Topology()
    made.transit_gateway()
    made.vpc("A", "10.0.0.0/16", a="10.0.1.0/24")
    made.table("A", "Table", "a", routes={"10.0.0.0/8": {"Ref": "Tgw"}})
    made.attach("A", "a")
    made.vpn("One", tgw="Tgw", static=True)
    made.vpn("Two", tgw="Tgw", static=True)
    return made


class TestPartOfABlock:
    """`isolated` is asked of all addresses of a block, `reaches` of those that somebody has."""

    def test_what_nobody_is_known_to_have_counts_for_what_must_not_arrive(self) -> None:
        made = net()
        made.transit_table("T", of=("AAt",))
        made.vpc("B", "10.8.0.0/16", a="10.8.1.0/24")
        made.add(
            "Elsewhere", "EC2::Route", RouteTableId={"Ref": "Table"}, DestinationCidrBlock="10.9.0.0/16",
            TransitGatewayId="tgw-0123456789abcdef0",
        )  # fmt: skip
        network = made.network(
            contracts={
                "prefixes": {"One": ["192.168.0.0/24"], "Two": ["192.168.1.0/24"]},
                "ids": {"tgw-0123456789abcdef0": {"resource": "none"}},
            }
        )
        holds(network, isolated("Aa", "10.8.0.0/16"))
        for block in ("10.8.0.0/15", "10.9.0.0/16"):
            assert network.prove(isolated("Aa", block)).verdict is Verdict.UNKNOWN

    def test_where_no_route_leads_they_are_kept_from_it(self) -> None:
        made = net()
        made.transit_table("T", of=("AAt",))
        made.vpc("B", "10.8.0.0/16", a="10.8.1.0/24")
        network = made.network(contracts={"prefixes": {"One": ["192.168.0.0/24"], "Two": ["192.168.1.0/24"]}})
        holds(network, isolated("Aa", "10.8.0.0/15"), isolated("Aa", "10.9.0.0/16"))


class TestSitesThatShareAPart:
    """What another connection of the shared addresses gets is at the site; the rest is not."""

    @pytest.mark.parametrize("asked", ["One", "Two"])
    def test_only_the_shared_part_arrives(self, asked: str) -> None:
        made = net()
        made.transit_table("T", of=("AAt",), routes={"10.0.0.0/8": made.vpn_attachment("One")})
        made.transit_table("Back", propagated=("AAt",))
        for name in ("One", "Two"):
            made.add(
                f"{name}In", "EC2::TransitGatewayRouteTableAssociation",
                TransitGatewayRouteTableId={"Ref": "Back"}, TransitGatewayAttachmentId=made.vpn_attachment(name),
            )  # fmt: skip
        blocks = {"One": ["10.8.0.0/16", "10.9.0.0/16"], "Two": ["10.9.0.0/16", "10.7.0.0/16"]}
        sites = {name: {"passes-on": False} for name in blocks}
        network = made.network(contracts={"prefixes": blocks, "sites": sites})
        if asked == "One":
            holds(network, reaches("Aa", "One"))
        else:
            fails(network, reaches("Aa", "Two"), "10.7.0.4", "instead of Net/Two")
            assert "it arrives" in str(network.prove(isolated("Aa", "Two")))


class TestBlocksThatIpamDecides:
    """What goes to known addresses is decided; what may go to others is not."""

    def net(self, *, declared: bool = False) -> Network:
        made = net()
        made.subnet("A", "b", "10.0.2.0/24")
        made.add("More", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, Ipv4IpamPoolId="ipam-pool-1", Ipv4NetmaskLength=24)
        made.vpc("B", "10.1.0.0/16", a="10.1.1.0/24")
        made.table("B", "Tb", "a", routes={"10.0.0.0/16": {"Ref": "Tgw"}})
        made.attach("B", "a")
        made.transit_table("T", of=("AAt", "BAt"), propagated=("AAt", "BAt"))
        return made.network(contracts={"blocks": {"More": ["10.2.0.0/24"]}} if declared else None)

    def test_a_second_block_of_a_vpc(self) -> None:
        network = self.net()
        holds(network, reaches("Aa", "Ab"), reaches("Ab", "Aa"))
        unknown(
            network, reaches("Aa", "Ba"), "Net/A has more addresses: IPAM decides the CIDR of Net/A (contract: blocks"
        )
        network = self.net(declared=True)
        holds(network, reaches("Aa", "Ab"), reaches("Aa", "Ba"))

    @pytest.mark.parametrize("declared", [False, True])
    def test_the_only_block_of_a_subnet(self, declared: bool) -> None:
        made = net()
        made.subnet("A", "b", "10.0.2.0/24")
        given = made.resources["Ab"]["Properties"]
        del given["CidrBlock"]
        given |= {"Ipv4IpamPoolId": "ipam-pool-1", "Ipv4NetmaskLength": 24}
        network = made.network(contracts={"blocks": {"Ab": ["10.0.2.0/24"]}} if declared else None)
        if declared:
            holds(network, reaches("Aa", "Ab"))
        else:
            unknown(network, reaches("Aa", "Ab"), "IPAM decides the CIDR of Net/Ab (contract: blocks")

    def test_an_ipv6_block_of_a_subnet(self) -> None:
        made = net()
        made.subnet("A", "b", "10.0.2.0/24")
        made.add("Six", "EC2::VPCCidrBlock", VpcId={"Ref": "A"}, Ipv6CidrBlock="2600:1f18:0:100::/56")
        for name in "ab":
            made.add(f"Six{name}", "EC2::SubnetCidrBlock", SubnetId={"Ref": f"A{name}"}, Ipv6IpamPoolId="ipam-pool-1")
        unknown(made.network(), reaches("Aa", "Ab", family=6), "IPAM decides a block of Net/Aa (contract: blocks")
        blocks = {f"Six{name}": [f"2600:1f18:0:10{number}::/64"] for number, name in enumerate("ab")}
        network = made.network(contracts={"blocks": blocks})
        holds(network, reaches("Aa", "Ab", family=6))
        assert {"blocks Sixa", "blocks Sixb"} <= set(network.prove(reaches("Aa", "Ab", family=6)).contracts)


@pytest.mark.parametrize("names", [("A",), ("A", "B", "C")], ids=["one", "several alike"])
def test_an_internet_gateway_that_is_not_of_the_set(names: tuple[str, ...]) -> None:
    made = Topology()
    for number, name in enumerate(names):
        made.vpc(name, f"10.{number}.0.0/16", a=f"10.{number}.1.0/24")
        gateway = f"igw-0123456789abcdef{number}"
        made.add(f"{name}Attached", "EC2::VPCGatewayAttachment", VpcId={"Ref": name}, InternetGatewayId=gateway)
        made.table(name, f"{name}Table", "a")
        made.add(
            f"{name}Out", "EC2::Route", RouteTableId={"Ref": f"{name}Table"}, DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway,
        )  # fmt: skip
        made.host(f"{name}Host", f"{name}a", public=True)
    network = made.network()
    for name in names:
        holds(network, reaches(f"{name}Host", "internet", port=443), reaches("internet", f"{name}Host", port=443))
    proof = network.prove(reaches([f"{name}Host" for name in names], "internet", port=443))
    assert (proof.verdict.value, proof.pairs) == ("HOLDS", len(names))
