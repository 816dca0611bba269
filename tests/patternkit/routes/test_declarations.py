"""What contracts declare of sites and appliances is checked, and named by the verdicts that lean on it."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import ContractError, Contracts, reaches
from tests.patternkit.routes.topologies import Topology


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (
            {"appliances": {"Fw": "drops"}},
            "contracts: appliances of Fw must be forwards, translates or proxies, got 'drops'",
        ),
        (
            {"appliances": {"Fw": {"out": {}}}},
            "contracts: appliances of Fw must be forwards, translates or proxies, got None",
        ),
        (
            {"appliances": {"Fw": {"does": "forwards", "outt": {}}}},
            (
                "contracts: appliances of Fw: unknown key 'outt'; did you mean 'out' or 'ports'? "
                "(keys: does, out, to, ports)"
            ),
        ),
        (
            {"appliances": {"Fw": {"does": "forwards", "out": ["a"]}}},
            "contracts: appliances of Fw: out must be a mapping from interface to interface, got ['a']",
        ),
        (
            {"appliances": {"Fw": {"does": "forwards", "out": {"a": None}}}},
            "contracts: appliances of Fw: out must be a mapping from interface to interface, got {'a': None}",
        ),
        ({"appliances": {"Fw": 1}}, "contracts: appliances of Fw must be a mapping, got 1"),
        ({"sites": {"Vpn": []}}, "contracts: sites of Vpn must be a mapping, got []"),
        (
            {"sites": {"Vpn": {"asn": True}}},
            "contracts: sites of Vpn: asn must be a number between 1 and 4294967295, got True",
        ),
        (
            {"sites": {"Vpn": {"asn": 0}}},
            "contracts: sites of Vpn: asn must be a number between 1 and 4294967295, got 0",
        ),
        ({"sites": {"Vpn": {"at": 1}}}, "contracts: sites of Vpn: at must be a text, got 1"),
        ({"sites": {"Vpn": {"passes-on": "no"}}}, "contracts: sites of Vpn: passes-on must be true or false, got 'no'"),
        (
            {"sites": {"Vpn": {"accepts-own-asn": 1}}},
            "contracts: sites of Vpn: accepts-own-asn must be true or false, got 1",
        ),
        (
            {"sites": {"Vpn": {"sends": "10.0.0.0/8"}}},
            "contracts: sites of Vpn: sends must be a list, got '10.0.0.0/8'",
        ),
        ({"sites": {"Vpn": {"sends": ["ten"]}}}, "contracts: sites of Vpn: sends must be CIDRs, got ['ten']"),
        (
            {"sites": {"Vpn": {"passes_on": True}}},
            (
                "contracts: sites of Vpn: unknown key 'passes_on'; did you mean 'passes-on' or 'asn' or 'sends'? "
                "(keys: at, asn, accepts-own-asn, passes-on, sends, preference)"
            ),
        ),
    ],
)
def test_a_malformed_declaration(data: dict[str, Any], words: str) -> None:
    with pytest.raises(ContractError) as caught:
        Contracts.from_data(data)
    assert str(caught.value) == words


def net() -> Topology:
    made = Topology()
    made.vpc("A", "10.0.0.0/16", a="10.0.1.0/24", x="10.0.2.0/24", b="10.0.3.0/24")
    box = made.appliance("Box", "Ax")
    made.table("A", "Ta", "a", routes={"10.0.3.0/24": box})
    made.table("A", "Tb", "b", routes={"10.0.1.0/24": box})
    return made


def test_a_declaration_of_nothing() -> None:
    for section, value in (("appliances", "forwards"), ("sites", {})):
        with pytest.raises(ContractError, match=f"{section} of 'Boxx', which is no resource"):
            net().network(contracts={section: {"Boxx": value}}).prove(reaches("Aa", "Ab"))


def test_a_verdict_names_the_declaration_that_it_leans_on() -> None:
    proof = net().network(contracts={"appliances": {"BoxInstance": "forwards"}}).prove(reaches("Aa", "Ab"))
    assert proof.contracts == ("appliances BoxInstance",)


def test_a_declared_attachment_is_a_site_to_declare() -> None:
    made = Topology()
    made.transit_gateway(defaults=True)
    made.vpc("A", "10.0.0.0/16", a="10.0.1.0/24")
    made.attach("A", "a")
    made.table("A", "Ta", "a", routes={"0.0.0.0/0": {"Ref": "Tgw"}})
    site = {"name": "Berlin", "transit-gateway": "Tgw", "kind": "vpn", "prefixes": ["192.168.0.0/16"]}
    contracts = {"attachments": [site], "sites": {"Berlin": {"passes-on": False}}}
    proof = made.network(contracts=contracts).prove(reaches("Aa", "Berlin", port=443))
    assert (proof.verdict.value, proof.contracts) == ("HOLDS", ("attachments Berlin", "sites Berlin"))
