"""Firewalls that are attached to a transit gateway themselves, without a VPC of the owner's."""

from __future__ import annotations

import pytest

from patternkit.routes import Network, Verdict, inspected, no_bypass, reaches, symmetric
from tests.patternkit.routes.topologies import Topology

ATTACHED = {"Fn::GetAtt": ["Fw", "TransitGatewayAttachmentId"]}


def net(*, back: bool = True, action: str = "aws:forward_to_sfe") -> Network:
    """Two VPCs whose packets go to the firewall; it sends what it has seen on by a table of its own."""
    made = Topology()
    made.transit_gateway()
    for index, name in enumerate("AB", 1):
        made.vpc(name, f"10.{index}.0.0/16", a=f"10.{index}.1.0/24")
        made.table(name, f"{name}Table", "a", routes={"10.0.0.0/8": {"Ref": "Tgw"}})
        made.attach(name, "a")
    made.policy("Policy", action=action)
    made.add("Fw", "NetworkFirewall::Firewall", FirewallName="f", FirewallPolicyArn={"Ref": "Policy"},
             TransitGatewayId={"Ref": "Tgw"})  # fmt: skip
    made.transit_table("Seen", of=(ATTACHED,), propagated=("AAt", "BAt"))
    made.transit_table("Out", of=("AAt", "BAt") if back else ("AAt",), routes={"10.0.0.0/8": ATTACHED})
    if not back:
        made.transit_table("Home", of=("BAt",), propagated=("AAt",))
    return made.network()


def test_it_is_crossed_both_ways() -> None:
    network = net()
    network.assert_holds(
        reaches("Aa", "Ba", port=443), inspected("Aa", "Ba", port=443), no_bypass("Aa", "Ba"), symmetric("Aa", "Ba"),
        inspected("Aa", "Ba", port=443, by="Fw"),
    )  # fmt: skip
    trace = network.trace("Aa", "Ba")
    hops = [(hop.kind, hop.element, hop.why) for hop in trace.flows[0].forward.walk.hops]
    assert ("firewall attachment", "Net/Fw attachment", "re-emitted at the transit gateway") in hops
    assert trace.back.count("Net/Fw attachment") == 1


def test_replies_around_it_are_seen() -> None:
    network = net(back=False)
    for promise, words in (
        (
            inspected("Aa", "Ba", port=443),
            "its reply is not inspected: delivered in Net/Aa without crossing a firewall",
        ),
        (symmetric("Aa", "Ba"), "asymmetric: only the packet crosses the middlebox"),
        (no_bypass("Aa", "Ba"), "its reply goes around the firewall"),
        (reaches("Aa", "Ba", port=443), "asymmetric: the reply does not cross Net/Fw"),
    ):
        proof = network.prove(promise)
        assert (proof.verdict, words in str(proof)) == (Verdict.FAILS, True), str(proof)
    # Its first packet goes around the firewall, which does not know the flow of the reply.
    proof = network.prove(reaches("Ba", "Aa", port=443))
    assert proof.verdict is Verdict.FAILS
    assert "asymmetric: Net/Fw attachment has not seen the flow's first packet" in str(proof)


@pytest.mark.parametrize(
    ("action", "promise", "words"),
    [
        ("aws:pass", inspected("Aa", "Ba", port=443), "Net/Policy passes packets without inspection"),
        ("aws:drop", reaches("Aa", "Ba", port=443), "the stateless rules of Net/Policy drop it"),
    ],
)
def test_its_policy_counts(action: str, promise: object, words: str) -> None:
    proof = net(action=action).prove(promise)  # type: ignore[arg-type]
    assert (proof.verdict, words in proof.reason) == (Verdict.FAILS, True), str(proof)
