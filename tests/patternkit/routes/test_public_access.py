"""Whether hosts have public addresses, as contracts say, and VPC Block Public Access with its exceptions."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import Promise, Verdict, isolated, reaches
from tests.patternkit.routes.topologies import Topology

OUT, IN = reaches("Va", "internet", port=443), isolated("internet", "Va")
TO_PUBLIC = reaches("internet", "Vp", port=443)
ADDRESSES = {"public-addresses": {"Vp": True, "Va": False}}


def net() -> Topology:
    """A public subnet, and a private one whose way out is the public one's NAT gateway."""
    made = Topology()
    made.vpc("V", "10.0.0.0/16", a="10.0.1.0/24", p="10.0.2.0/24")
    made.table("V", "Tp", "p", routes={"0.0.0.0/0": made.internet_gateway("V")})
    made.nat("Nat", "Vp")
    made.table("V", "Ta", "a", routes={"0.0.0.0/0": {"Ref": "Nat"}})
    return made


def verdicts(made: Topology, *promises: Promise) -> list[Verdict]:
    return [one.verdict for one in made.network(contracts=ADDRESSES).prove_all(promises)]


def test_without_a_contract_a_host_may_have_a_public_address() -> None:
    assert net().network().prove(IN).verdict is Verdict.FAILS
    assert net().network().prove(TO_PUBLIC).verdict is Verdict.FAILS


def test_a_contract_says_whether_hosts_have_one_and_is_named() -> None:
    proofs = net().network(contracts=ADDRESSES).prove_all([OUT, IN, TO_PUBLIC])
    assert [one.verdict for one in proofs] == [Verdict.HOLDS] * 3
    assert "public-addresses Va" in proofs[1].contracts
    assert "public-addresses Vp" in proofs[2].contracts


def test_a_host_with_an_address_is_reached_where_its_subnet_has_none() -> None:
    made = net()
    made.add("Eni", "EC2::NetworkInterface", SubnetId={"Ref": "Va"})
    made.add("Address", "EC2::EIP")
    made.add("Has", "EC2::EIPAssociation", AllocationId={"Ref": "Address"}, NetworkInterfaceId={"Ref": "Eni"})
    assert verdicts(made, isolated("internet", "Eni")) != [Verdict.HOLDS]


@pytest.mark.parametrize(
    ("mode", "exception", "wanted"),
    [
        ("off", None, [Verdict.HOLDS, Verdict.HOLDS]),
        ("block-ingress", None, [Verdict.HOLDS, Verdict.FAILS]),
        ("block-ingress", {"SubnetId": {"Ref": "Vp"}}, [Verdict.HOLDS, Verdict.HOLDS]),
        ("block-bidirectional", None, [Verdict.FAILS, Verdict.FAILS]),
        ("block-bidirectional", {"SubnetId": {"Ref": "Vp"}}, [Verdict.HOLDS, Verdict.HOLDS]),
        ("block-bidirectional", {"VpcId": {"Ref": "V"}}, [Verdict.HOLDS, Verdict.HOLDS]),
        ("block-bidirectional", {"SubnetId": {"Ref": "Va"}}, [Verdict.FAILS, Verdict.FAILS]),
    ],
)
def test_public_access_is_blocked_but_for_exceptions(mode: str, exception: Any, wanted: list[Verdict]) -> None:
    made = net()
    made.add("Block", "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode=mode)
    if exception is not None:
        both = {"InternetGatewayExclusionMode": "allow-bidirectional"}
        made.add("But", "EC2::VPCBlockPublicAccessExclusion", **both, **exception)
    assert verdicts(made, OUT, TO_PUBLIC) == wanted


def test_an_exception_for_what_goes_out_lets_nothing_in() -> None:
    made = net()
    made.add("Block", "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode="block-bidirectional")
    out = {"InternetGatewayExclusionMode": "allow-egress", "VpcId": {"Ref": "V"}}
    made.add("But", "EC2::VPCBlockPublicAccessExclusion", **out)
    assert verdicts(made, OUT, TO_PUBLIC, isolated("internet", "Vp")) == [Verdict.HOLDS, Verdict.FAILS, Verdict.HOLDS]


def test_blocked_access_isolates_a_host_whatever_address_it_has() -> None:
    made = net()
    made.add("Block", "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode="block-ingress")
    assert made.network().prove(IN).verdict is Verdict.HOLDS


def test_an_egress_only_gateway_goes_on_where_only_what_comes_in_is_blocked() -> None:
    for mode, wanted in (("block-ingress", Verdict.HOLDS), ("block-bidirectional", Verdict.FAILS)):
        made = net()
        made.add("Six", "EC2::VPCCidrBlock", VpcId={"Ref": "V"}, Ipv6CidrBlock="2600:1f18:1::/56", Ipv6Pool="p")
        made.resources["Va"]["Properties"]["Ipv6CidrBlock"] = "2600:1f18:1:1::/64"
        made.add("Egress", "EC2::EgressOnlyInternetGateway", VpcId={"Ref": "V"})
        six = {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": {"Ref": "Egress"}}
        made.add("Out6", "EC2::Route", RouteTableId={"Ref": "Ta"}, **six)
        made.add("Block", "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode=mode)
        assert made.network().prove(reaches("Va", "internet", port=443, family=6)).verdict is wanted


def test_a_mode_that_is_not_known_leaves_it_unknown() -> None:
    made = net()
    made.add("Block", "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode={"Fn::ImportValue": "Mode"})
    assert verdicts(made, OUT, IN, TO_PUBLIC)[0] is Verdict.UNKNOWN
