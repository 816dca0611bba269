"""Zones at the edge: what carrier gateways and local gateways carry, and for whom."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Network, Verdict, isolated, reaches
from tests.patternkit.routes.topologies import Topology

WAVELENGTH = "us-west-2-wl1-las-wlz-1"
OUTPOST = "arn:aws:outposts:us-west-2:111122223333:outpost/op-0123456789abcdef0"
SITE = "192.168.0.0/16"


def carrier(
    zone: Any = WAVELENGTH, *, public: bool | None = True, to: str = "0.0.0.0/0", attached: str = "V"
) -> Network:
    net = Topology()
    net.vpc("V", "10.0.0.0/16")
    net.vpc("W", "10.1.0.0/16", a="10.1.1.0/24")
    net.subnet("V", "a", "10.0.1.0/24", az=zone)
    gateway = net.add("Carrier", "EC2::CarrierGateway", VpcId={"Ref": attached})
    net.table("V", "T", "a")
    net.add("Out", "EC2::Route", RouteTableId={"Ref": "T"}, DestinationCidrBlock=to, CarrierGatewayId=gateway)
    net.add("Six", "EC2::VPCCidrBlock", VpcId={"Ref": "V"}, Ipv6CidrBlock="2600:1f18:0:100::/56")
    net.resources["Va"]["Properties"]["Ipv6CidrBlock"] = "2600:1f18:0:101::/64"
    net.add("Out6", "EC2::Route", RouteTableId={"Ref": "T"}, DestinationIpv6CidrBlock="::/0", CarrierGatewayId=gateway)
    contracts = {} if public is None else {"public-addresses": {"Va": public}}
    return net.network(contracts=contracts)


def told(network: Network, promise: Any) -> tuple[Verdict, str]:
    proof = network.prove(promise)
    return proof.verdict, proof.reason


OUT = reaches("Va", "internet", port=443, family=4)


def test_a_carrier_gateway_carries_hosts_with_its_addresses_to_the_internet() -> None:
    assert told(carrier(), OUT) == (Verdict.HOLDS, "")
    hops = [hop.kind for flow in carrier().trace("Va", "internet").flows for hop in flow.forward.walk.hops]
    assert hops == ["subnet", "carrier gateway"]
    assert told(carrier(public=False), OUT) == (
        Verdict.FAILS,
        "it is lost: Net/Carrier needs a source with a public address",
    )


def test_the_internet_begins_no_connection_there() -> None:
    assert told(carrier(), isolated("internet", "Va"))[0] is Verdict.HOLDS
    assert told(carrier(), reaches("internet", "Va", port=443))[1] == (
        "it is lost: the internet begins no connection with a Wavelength Zone, Net/Va"
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            {"zone": "us-west-2a"},
            "it is lost: Net/Carrier serves Wavelength Zones alone, and Net/Va is in us-west-2a",
        ),
        ({"to": "8.8.0.0/16"}, "it is lost: Net/T has no route to 1.0.0.0-8.7.255.255 and 2 more"),
    ],
)
def test_what_a_carrier_gateway_does_not_carry(given: dict[str, Any], reason: str) -> None:
    verdict, found = told(carrier(**given), OUT)
    assert verdict is Verdict.FAILS
    assert found.split(" to ")[0] == reason.split(" to ")[0]


def test_a_carrier_gateway_takes_no_ipv6_and_knows_its_own_network() -> None:
    assert told(carrier(), reaches("Va", "internet", port=443, family=6)) == (
        Verdict.FAILS,
        "it is lost: Net/Carrier takes only IPv4",
    )
    verdict, reason = told(carrier(), isolated("Va", "10.9.0.0/16"))
    assert verdict is Verdict.UNKNOWN
    assert reason == "whether the network of the carrier behind Net/Carrier has 10.9.0.0/16 (contract: none)"


def test_a_zone_that_is_not_known() -> None:
    verdict, reason = told(carrier({"Fn::ImportValue": "zone"}), OUT)
    assert verdict is Verdict.UNKNOWN
    assert reason == "whether Net/Va is in a Wavelength Zone is not known (contract: none)"


def test_an_internet_gateway_translates_no_carriers_address() -> None:
    net = Topology()
    net.vpc("V", "10.0.0.0/16")
    net.subnet("V", "a", "10.0.1.0/24", az=WAVELENGTH)
    net.table("V", "T", "a", routes={"0.0.0.0/0": net.internet_gateway("V")})
    assert told(net.network(), OUT) == (
        Verdict.FAILS,
        "it is lost: addresses in Wavelength Zones are the carrier's: Net/VIgw translates none of Net/Va",
    )


def local(*, associated: bool = True, outpost: bool = True, beside: bool = False) -> Network:
    net = Topology()
    net.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", b="10.0.2.0/24")
    if outpost:
        net.resources["Va"]["Properties"]["OutpostArn"] = OUTPOST
    net.table("V", "T", *("ab" if beside else "a"))
    net.add("Out", "EC2::Route", RouteTableId={"Ref": "T"}, DestinationCidrBlock=SITE, LocalGatewayId="lgw-1")
    if associated:
        net.add(
            "Local",
            "EC2::LocalGatewayRouteTableVPCAssociation",
            VpcId={"Ref": "V"},
            LocalGatewayRouteTableId="lgw-rtb-1",
        )
    return net.network()


def test_a_local_gateway_leads_to_the_network_of_its_data_center() -> None:
    network = local()
    trace = network.trace("Va", SITE)
    assert trace.verdict is Verdict.HOLDS
    assert [hop.kind for hop in trace.flows[0].forward.walk.hops] == ["subnet", "local gateway"]
    assert trace.flows[0].forward.reason == "the network behind lgw-1"
    assert trace.back == ("Net/Va",)
    proof = network.prove(isolated("Va", SITE))
    assert proof.verdict is Verdict.FAILS
    assert "hosts of the network behind the local gateway of Net/Local may reach subnets on its Outpost" in proof.notes


@pytest.mark.parametrize(
    ("given", "source", "reason"),
    [
        ({"associated": False}, "Va", "Net/V is associated with no route table of lgw-1"),
        ({"outpost": False}, "Va", "lgw-1 serves its Outpost alone, and Net/Va is on none"),
        ({"beside": True}, "Vb", "lgw-1 serves its Outpost alone, and Net/Vb is on none"),
    ],
)
def test_what_a_local_gateway_does_not_carry(given: dict[str, Any], source: str, reason: str) -> None:
    trace = local(**given).trace(source, SITE)
    assert (trace.verdict, trace.reason) == (Verdict.FAILS, reason)
    assert trace.flows[0].forward.kind == ("blackhole" if "associated" in given else "address")
