"""Circuits of Direct Connect beside VPNs: whose numbers AWS refuses, what runs over what, and how a site answers."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Verdict, reaches, symmetric
from tests.patternkit.routes.topologies import Topology

SITE = ["192.168.0.0/16"]


def circuits(
    *,
    allowed: list[str] | None = None,
    numbers: tuple[Any, Any] = (64512, "64513"),
    over: bool = False,
    **preferences: Any,
) -> Network:
    """A VPC on a transit gateway, and a site by Direct Connect and by VPN: over the internet, or over the circuits."""
    net = Topology()
    net.transit_gateway(defaults=True)
    net.resources["Tgw"]["Properties"]["AmazonSideAsn"] = numbers[0]
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    net.attach("A", "a")
    net.table("A", "T", "a", routes={SITE[0]: {"Ref": "Tgw"}})
    given = {} if numbers[1] is None else {"AmazonSideAsn": numbers[1]}
    net.add("Gateway", "DirectConnect::DirectConnectGateway", DirectConnectGatewayName="g", **given)
    net.add(
        "Dx",
        "DirectConnect::DirectConnectGatewayAssociation",
        DirectConnectGatewayId={"Ref": "Gateway"},
        AssociatedGatewayId={"Ref": "Tgw"},
        AllowedPrefixesToDirectConnectGateway=allowed or ["10.1.0.0/16"],
    )
    net.vpn("Vpn", tgw="Tgw")
    returns = {}
    if over:
        properties = {"ServiceToken": "arn:aws:lambda:::function:f"}
        net.resources["Found"] = {"Type": "Custom::Found", "Properties": properties}
        transport = {"Fn::GetAtt": ["Found", "AttachmentId"]}
        net.resources["Vpn"]["Properties"]["TransportTransitGatewayAttachmentId"] = transport
        returns = {"Found": {"AttachmentId": {"attachment-of": "Dx"}}}
    sites = {name: {"at": "hq", "passes-on": False, "sends": []} for name in ("Dx", "Vpn")}
    for name, preference in preferences.items():
        sites[name]["preference"] = preference
    return net.network(contracts={"prefixes": {"Dx": SITE, "Vpn": SITE}, "sites": sites, "returns": returns})


@pytest.mark.parametrize(
    ("numbers", "refused"),
    [((64512, "64513"), False), ((64512, "64512"), True), ((64512, None), True), ((64600, None), False)],
)
def test_gateways_of_one_number_are_not_joined(numbers: tuple[Any, Any], refused: bool) -> None:
    proof = circuits(numbers=numbers).prove(reaches("Dx", "Aa"))
    assert (proof.verdict is Verdict.UNKNOWN and "AWS refuses" in proof.reason) is refused, str(proof)


@pytest.mark.parametrize(
    ("preferences", "verdict"),
    [({}, Verdict.UNKNOWN), ({"Dx": 200}, Verdict.HOLDS), ({"Vpn": 200}, Verdict.FAILS)],
)
def test_a_site_answers_by_the_connection_that_it_prefers(preferences: dict[str, Any], verdict: Verdict) -> None:
    proof = circuits(**preferences).prove(symmetric("Aa", "Dx"))
    assert proof.verdict is verdict, str(proof)


def test_what_is_not_advertised_by_a_connection_is_no_reason_to_answer_by_it() -> None:
    proof = circuits(allowed=["10.9.0.0/16"], Dx=200).prove(symmetric("Aa", "Dx"))
    assert proof.verdict is not Verdict.HOLDS, str(proof)


def test_a_longer_prefix_by_the_vpn_wins_whatever_is_preferred() -> None:
    """The VPN is told the VPC's own range, and a circuit what is allowed: an aggregate of it is the longer way back."""
    assert circuits(allowed=["10.1.0.0/16"], Dx=200).prove(symmetric("Aa", "Dx")).verdict is Verdict.HOLDS
    assert circuits(allowed=["10.0.0.0/8"], Dx=200).prove(symmetric("Aa", "Dx")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("preference", "static", "verdict"),
    [(200, False, Verdict.HOLDS), (100, False, Verdict.UNKNOWN), (200, True, Verdict.UNKNOWN)],
)
def test_a_virtual_private_gateway_tells_a_vpn_the_range_of_its_vpc(
    preference: int, static: bool, verdict: Verdict
) -> None:
    """So both ways back are of one length, and the preference decides; what a static VPN is told, no template says."""
    net = Topology()
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    gateway = net.vpn_gateway("A")
    net.table("A", "T", "a", routes={SITE[0]: gateway})
    net.add("Dx", "DirectConnect::DirectConnectGatewayAssociation", AssociatedGatewayId=gateway)
    net.vpn("Vpn", vgw=gateway, static=static)
    if static:
        net.add("Static", "EC2::VPNConnectionRoute", DestinationCidrBlock=SITE[0], VpnConnectionId={"Ref": "Vpn"})
    sites: dict[str, Any] = {name: {"at": "hq", "passes-on": False, "sends": []} for name in ("Dx", "Vpn")}
    sites["Dx"]["preference"] = preference
    prefixes = {"Dx": SITE} if static else {"Dx": SITE, "Vpn": SITE}
    proof = net.network(contracts={"prefixes": prefixes, "sites": sites}).prove(symmetric("Aa", "Dx"))
    assert proof.verdict is verdict, str(proof)


def test_when_the_circuit_is_lost_so_is_the_vpn_over_it() -> None:
    for over, verdict in ((False, Verdict.HOLDS), (True, Verdict.FAILS)):
        network = circuits(over=over, Dx=200)
        assert network.prove(reaches("Aa", "Vpn")).verdict is Verdict.HOLDS
        assert network.without("Dx").prove(reaches("Aa", "Vpn")).verdict is verdict


@pytest.mark.parametrize("first", [{"AllowedPrefixesToDirectConnectGateway": {"Fn::ImportValue": "later"}}, None])
def test_each_circuit_of_a_virtual_private_gateway_is_told_what_it_allows(first: Any) -> None:
    """Whatever stands before it: a circuit whose prefixes are not known, or a VPN."""
    net = Topology()
    net.vpc("A", "10.1.0.0/16", a="10.1.1.0/24")
    gateway = net.vpn_gateway("A")
    net.table("A", "T", "a", routes={SITE[0]: gateway})
    if first is None:
        net.vpn("First", vgw=gateway)
    else:
        net.add(
            "First",
            "DirectConnect::DirectConnectGatewayAssociation",
            DirectConnectGatewayId="dx-1",
            AssociatedGatewayId=gateway,
            **first,
        )
    net.add(
        "Second",
        "DirectConnect::DirectConnectGatewayAssociation",
        DirectConnectGatewayId="dx-2",
        AssociatedGatewayId=gateway,
        AllowedPrefixesToDirectConnectGateway=["10.9.0.0/16"],
    )
    contracts = {"prefixes": {"First": ["172.16.0.0/16"], "Second": SITE}}
    model = net.network(contracts=contracts).model
    told = {site.path: site.advertised for site in model.sites.values()}
    assert told["Net/Second"] == (), "nothing of the VPC is allowed whole"
    assert (told["Net/First"] is None) is (first is None)
