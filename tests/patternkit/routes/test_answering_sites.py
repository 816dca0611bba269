"""By which of its connections a site answers, where each of several VPCs has one of its own."""

from __future__ import annotations

from typing import Any

from patternkit.routes import Network, Verdict, isolated, reaches
from tests.patternkit.routes.topologies import Topology

SITE = ("192.168.0.0/24",)


def net(announced: tuple[str, ...] = SITE, **sites: Any) -> Network:
    """Two VPCs with a virtual private gateway each, and a connection of one site to each."""
    made = Topology()
    for number, name in enumerate("AB", 1):
        made.vpc(name, f"10.{number}.0.0/16", a=f"10.{number}.1.0/24")
        made.vpn(f"{name}Vpn", vgw=made.vpn_gateway(name), customer="Berlin", asn=65010)
        made.table(name, f"T{name}", "a")
        made.add(
            f"{name}Learns",
            "EC2::VPNGatewayRoutePropagation",
            RouteTableIds=[{"Ref": f"T{name}"}],
            VpnGatewayId={"Ref": f"{name}Vgw"},
        )
    declared = {"at": "Berlin", "passes-on": False, **sites}
    return made.network(
        contracts={
            "prefixes": {f"{one}Vpn": list(announced) for one in "AB"},
            "sites": {f"{one}Vpn": declared for one in "AB"},
        }
    )


def test_a_site_that_may_send_anything_anywhere_leaves_it_unknown_and_says_what_lifts_it() -> None:
    proof = net().prove(reaches("Aa", "AVpn"))
    assert proof.verdict is Verdict.UNKNOWN
    assert any("decides by which" in one and "(contract: sites, sends)" in one for one in proof.unknown)


def test_a_site_answers_by_the_connection_that_announces_the_vpc() -> None:
    net(sends=[]).assert_holds(reaches("Aa", "AVpn"), reaches("BVpn", "Ba"), isolated("Aa", "Ba"), isolated("Ba", "Aa"))


def test_a_route_of_the_sites_own_to_the_other_connection_leaves_it_unknown() -> None:
    assert net(sends=["10.0.0.0/8"]).prove(reaches("Aa", "AVpn")).verdict is Verdict.UNKNOWN


def test_a_site_that_leads_on_is_no_wall_between_vpcs() -> None:
    for passes_on in (False, True):
        sites = {"sends": ["10.0.0.0/8"], "passes-on": passes_on}
        proof = net((*SITE, "10.0.0.0/8"), **sites).prove(isolated("Aa", "Ba"))
        assert (proof.verdict is Verdict.HOLDS) is not passes_on, str(proof)
