"""An inspection network holds its promises; each fault that no linter sees breaks one, with a witness packet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from patternkit.routes import (
    Network,
    Proof,
    Verdict,
    inspected,
    no_blackhole,
    no_bypass,
    reaches,
    same_az,
    symmetric,
)
from tests.patternkit.routes.topologies import Topology, inspection

SPOKES = "every spoke subnet"
EVERYWHERE = [SPOKES, "internet"]
PROMISES = {
    "reaches": reaches(SPOKES, EVERYWHERE),
    "inspected": inspected(SPOKES, EVERYWHERE, by="Fw"),
    "symmetric": symmetric(SPOKES, EVERYWHERE),
    "same_az": same_az(SPOKES, EVERYWHERE),
    "no_bypass": no_bypass(SPOKES, EVERYWHERE, by="Fw"),
    "no_blackhole": no_blackhole(SPOKES, EVERYWHERE),
}


def proofs(network: Network) -> dict[str, Proof]:
    return {name: network.prove(promise) for name, promise in PROMISES.items()}


def test_the_network_holds_every_promise() -> None:
    found = proofs(inspection(spokes=3).network())
    assert {name: proof.verdict for name, proof in found.items()} == dict.fromkeys(PROMISES, Verdict.HOLDS)
    # 3 spokes of 2 host subnets: 6 to the 4 of other spokes and to the internet.
    assert found["inspected"].pairs == 6 * 4 + 6
    assert found["inspected"].left_out == 6
    assert found["no_bypass"].pairs == 12 * 8 + 12


def no_appliance_mode(net: Topology) -> None:
    del net.resources["MAt"]["Properties"]["Options"]


def no_return_route(net: Topology) -> None:
    names = [
        name
        for name, resource in net.resources.items()
        if name.startswith("MfaRoute") and "TransitGatewayId" in resource["Properties"]
    ]
    for name in names:
        del net.resources[name]
    assert names


def endpoints_swapped(net: Topology) -> None:
    for one, other in (("Mta", "Mtb"), ("Mpa", "Mpb")):
        mine, theirs = (
            next(
                r for n, r in net.resources.items() if n.startswith(f"{t}Route") and "VpcEndpointId" in r["Properties"]
            )
            for t in (one, other)
        )
        key = "VpcEndpointId"
        mine["Properties"][key], theirs["Properties"][key] = theirs["Properties"][key], mine["Properties"][key]


def endpoints_swapped_on_the_way_back(net: Topology) -> None:
    mine, theirs = (
        next(r for n, r in net.resources.items() if n.startswith(f"{t}Route") and "VpcEndpointId" in r["Properties"])
        for t in ("Mpa", "Mpb")
    )
    key = "VpcEndpointId"
    mine["Properties"][key], theirs["Properties"][key] = theirs["Properties"][key], mine["Properties"][key]


def propagated_into_the_spoke_table(net: Topology) -> None:
    net.add(
        "Mistake",
        "EC2::TransitGatewayRouteTablePropagation",
        TransitGatewayRouteTableId={"Ref": "SpokeTable"},
        TransitGatewayAttachmentId={"Ref": "S1At"},
    )


def own_internet_gateway(net: Topology) -> None:
    igw = net.internet_gateway("S1")
    for name, resource in net.resources.items():
        if name.startswith("S1aTableRoute"):
            resource["Properties"].pop("TransitGatewayId")
            resource["Properties"]["GatewayId"] = igw


def one_zone_unattached(net: Topology) -> None:
    net.resources["S1At"]["Properties"]["SubnetIds"].pop()


def blackhole_over_the_return(net: Topology) -> None:
    net.transit_route("HubTable", "10.0.0.0/22", None)


def vpn_around_the_firewall(net: Topology) -> None:
    net.vpn("Vpn", tgw="Tgw")
    vpn = net.vpn_attachment("Vpn")
    net.transit_table("VpnTable", of=(vpn,), propagated=("S0At", "S1At"))
    net.add(
        "VpnKnown",
        "EC2::TransitGatewayRouteTablePropagation",
        TransitGatewayRouteTableId={"Ref": "SpokeTable"},
        TransitGatewayAttachmentId=vpn,
    )


def endpoint_by_index(net: Topology) -> None:
    for letter, index in (("a", 0), ("b", 1)):
        for name, resource in net.resources.items():
            if name.startswith((f"Mt{letter}Route", f"Mp{letter}Route")) and "VpcEndpointId" in resource["Properties"]:
                resource["Properties"]["VpcEndpointId"] = net.endpoint_by_index("Fw", index)


@pytest.mark.parametrize(
    ("mutate", "broken", "words"),
    [
        (no_appliance_mode, "symmetric", "has not seen the flow's first packet"),
        (no_return_route, "inspected", "its reply is lost"),
        (no_return_route, "no_blackhole", "lost"),
        (endpoints_swapped, "same_az", "crosses availability zones"),
        (endpoints_swapped_on_the_way_back, "inspected", "has not seen the flow's first packet"),
        (propagated_into_the_spoke_table, "inspected", "it is not inspected"),
        (propagated_into_the_spoke_table, "no_bypass", "around the firewall"),
        (own_internet_gateway, "no_bypass", "around the firewall: the internet by Net/S1Igw"),
        (own_internet_gateway, "symmetric", "lost"),
        (one_zone_unattached, "no_blackhole", "has no subnet in eu-west-1b"),
        (one_zone_unattached, "reaches", "has no subnet in eu-west-1b"),
        (blackhole_over_the_return, "reaches", "is a blackhole"),
        (blackhole_over_the_return, "no_blackhole", "is a blackhole"),
    ],
)
def test_each_mutant_is_caught_with_a_witness(mutate: Callable[[Topology], None], broken: str, words: str) -> None:
    net = inspection()
    mutate(net)
    proof = net.network().prove(PROMISES[broken])
    assert proof.verdict is Verdict.FAILS
    assert proof.witness is not None
    assert proof.witness.box.packet()
    assert words in str(proof)
    with pytest.raises(AssertionError, match="there: "):
        net.network().assert_holds(PROMISES[broken])


def test_a_vpn_table_around_the_firewall() -> None:
    net = inspection()
    vpn_around_the_firewall(net)
    network = net.network(contracts={"prefixes": {"Vpn": ["192.168.0.0/16"]}})
    for promise in (inspected("Vpn", SPOKES, by="Fw"), no_bypass(SPOKES, "Vpn", by="Fw")):
        proof = network.prove(promise)
        assert proof.verdict is Verdict.FAILS
        assert proof.witness is not None
        assert proof.contracts == ("prefixes Vpn",)


def test_an_endpoint_chosen_by_index_is_not_provable() -> None:
    net = inspection()
    endpoint_by_index(net)
    proof = net.network().prove(PROMISES["same_az"])
    assert proof.verdict is Verdict.UNKNOWN
    assert proof.worlds == 2
    assert proof.witness is not None
    assert "EndpointIds of Net/Fw come in the order" in str(proof)
    # In the wrong order the reply from the internet meets the other zone's endpoint; what does not depend on the order
    # is proved all the same.
    assert net.network().prove(PROMISES["inspected"]).verdict is Verdict.UNKNOWN
    assert net.network().prove(PROMISES["no_bypass"]).verdict is Verdict.HOLDS


@pytest.mark.parametrize(
    ("policy", "verdict", "words"),
    [
        ({"action": "aws:pass"}, Verdict.FAILS, "its stateless default action is aws:pass"),
        ({"StatefulDefaultActions": []}, Verdict.HOLDS, "lets everything pass"),
    ],
)
def test_a_firewall_on_the_path_does_not_mean_filtered(policy: dict[str, object], verdict: Verdict, words: str) -> None:
    net = inspection()
    del net.resources["Policy"]
    net.policy(**policy)  # type: ignore[arg-type]
    proof = net.network().prove(PROMISES["inspected"])
    assert proof.verdict is verdict
    assert words in str(proof)


def test_a_policy_outside_the_set_is_not_known() -> None:
    net = inspection()
    net.resources["Fw"]["Properties"]["FirewallPolicyArn"] = "arn:aws:network-firewall:eu-west-1:1:firewall-policy/p"
    proof = net.network().prove(PROMISES["inspected"])
    assert proof.verdict is Verdict.UNKNOWN
    assert "the policy of Net/Fw" in proof.reason
    declared = net.network(contracts={"policies": {"Fw": "inspects"}}).prove(PROMISES["inspected"])
    assert declared.verdict is Verdict.HOLDS


def test_a_stateless_rule_that_passes_is_found() -> None:
    net = inspection()
    definition = {
        "MatchAttributes": {
            "Sources": [{"AddressDefinition": "10.0.0.0/24"}],
            "Protocols": [6],
            "DestinationPorts": [{"FromPort": 22, "ToPort": 22}],
        },
        "Actions": ["aws:pass"],
    }
    net.add(
        "Stateless",
        "NetworkFirewall::RuleGroup",
        Type="STATELESS",
        RuleGroup={
            "RulesSource": {
                "StatelessRulesAndCustomActions": {"StatelessRules": [{"Priority": 1, "RuleDefinition": definition}]}
            }
        },
    )
    body = net.resources["Policy"]["Properties"]["FirewallPolicy"]
    body["StatelessRuleGroupReferences"] = [{"Priority": 1, "ResourceArn": {"Ref": "Stateless"}}]
    network = net.network()
    proof = network.prove(PROMISES["inspected"])
    assert proof.verdict is Verdict.FAILS
    assert "tcp 10.0.0.4:1024 -> 10.0.4.4:22 without inspection" in proof.reason
    assert network.prove(inspected("S1a", "S0b", port=443, by="Fw")).verdict is Verdict.HOLDS
