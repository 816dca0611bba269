"""Every section of a contract file: what is read of it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import ContractError, Contracts
from patternkit.routes.addresses import EVERY_PORT, prefix
from patternkit.routes.contracts import SECTIONS, DeclaredAttachment, DeclaredRoute
from patternkit.routes.declarations import DeclaredAppliance, DeclaredSite

TEN, SITE = prefix("10.0.0.0/8"), prefix("192.168.0.0/16")
EVERYTHING: dict[str, tuple[Any, Any]] = {
    "parameters": ({"Hub": {"Cidr": "10.0.0.0/8"}}, {"Hub": {"Cidr": "10.0.0.0/8"}}),
    "ids": ({"vpc-1": {"resource": "Hub/Vpc"}, "vpc-2": {"resource": None}},
            {"vpc-1": {"resource": "Hub/Vpc"}, "vpc-2": {"resource": None}}),
    "imports": ({"e": "v"}, {"e": "v"}),
    "ssm": ({"/p": "v"}, {"/p": "v"}),
    "returns": ({"Found": {"Id": "v"}}, {"Found": {"Id": "v"}}),
    "harmless": (["A", "B*"], ("A", "B*")),
    "prefixes": ({"Vpn": ["192.168.0.0/16"], "Dx": []}, {"Vpn": (SITE,), "Dx": ()}),
    "appliance-mode": ({"At": True, "Bt": False}, {"At": True, "Bt": False}),
    "policies": ({"A": "inspects", "B": "passes", "C": "drops"}, {"A": "inspects", "B": "passes", "C": "drops"}),
    "attachments": (
        [{"name": "Dc", "transit-gateway": "Tgw", "kind": "connect", "prefixes": ["192.168.0.0/16"], "table": "T",
          "propagates-to": ["U"]}, {"name": "E", "transit-gateway": "Tgw", "kind": "vpn"}],
        (DeclaredAttachment("Dc", "Tgw", "connect", (SITE,), "T", ("U",)), DeclaredAttachment("E", "Tgw", "vpn", ())),
    ),
    "routes": (
        [{"table": "T", "attachment": "Dc", "prefixes": ["192.168.0.0/16"]},
         {"table": "T", "attachment": "Dc", "origin": "static"},
         {"table": "U", "target": "Tgw", "prefixes": ["10.0.0.0/8"], "by": "Maker"},
         {"table": "U", "target": {"endpoint-of": "Fw", "subnet": "S"}}, {"table": "U", "target": {"endpoint-of": "Fw"}}],  # noqa: E501
        (DeclaredRoute("T", "Dc", "prefix list", (SITE,)), DeclaredRoute("T", "Dc", "static", ()),
         DeclaredRoute("U", "", "static", (TEN,), "Tgw", "Maker"),
         DeclaredRoute("U", "", "static", (), {"endpoint-of": "Fw", "subnet": "S"}),
         DeclaredRoute("U", "", "static", (), {"endpoint-of": "Fw"})),
    ),
    "nested": ({"Root/Child": "child"}, {"Root/Child": "child"}),
    "zones": ({"A": "eu-west-1a"}, {"A": "eu-west-1a"}),
    "blocks": ({"V": ["10.0.0.0/8"]}, {"V": ("10.0.0.0/8",)}),
    "public-addresses": ({"A": False}, {"A": False}),
    "accepted": ({"E": True}, {"E": True}),
    "sites": (
        {"Vpn": {"at": "hq", "asn": 65010, "accepts-own-asn": True, "passes-on": False, "sends": ["10.0.0.0/8"],
                 "preference": 200}, "Dx": {}},
        {"Vpn": DeclaredSite("hq", 65010, True, False, (TEN,), 200), "Dx": DeclaredSite("", None, False, None, None, 100)},  # noqa: E501
    ),
    "appliances": (
        {"A": "translates", "B": {"does": "forwards", "out": {"x": "y", 0: 1}},
         "C": {"does": "proxies", "to": ["10.0.0.0/8"], "ports": [443, 80]}, "D": {"does": "proxies", "to": ["10.0.0.0/8"]}},  # noqa: E501
        {"A": DeclaredAppliance("translates"), "B": DeclaredAppliance("forwards", {"x": "y", "0": "1"}),
         "C": DeclaredAppliance("proxies", to=(TEN,), ports=((80, 80), (443, 443))),
         "D": DeclaredAppliance("proxies", to=(TEN,), ports=EVERY_PORT)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_is_read(section: str) -> None:
    given, expected = EVERYTHING[section]
    contracts = Contracts.from_data({section: given})
    assert getattr(contracts, section.replace("-", "_")) == expected
    for other in set(SECTIONS) - {section}:
        assert not getattr(contracts, other.replace("-", "_")), f"{section} says nothing of {other}"


def test_a_file_of_nothing_says_nothing() -> None:
    assert Contracts.from_data(None) == Contracts() == Contracts.from_data({"zones": None})


MALFORMED: list[tuple[Any, str]] = [
    ([], "contracts must be a mapping, got list"),
    ({"zone": {}}, "contracts: unknown section 'zone'; did you mean 'zones' or 'routes' or 'nested'? (sections: parameters, ids, imports, ssm, returns, harmless, prefixes, appliance-mode, policies, attachments, routes, nested, zones, blocks, public-addresses, accepted, sites, appliances)"),  # noqa: E501
    ({"parameters": {"Hub": 1}}, "contracts: parameters of Hub must be a mapping, got 1"),
    ({"parameters": [1]}, "contracts: parameters must be a mapping, got [1]"),
    ({"ids": {"vpc-1": "Vpc"}}, "contracts: ids of vpc-1 must be {resource: PATH}, or {resource: none} for none of the set; got 'Vpc'"),  # noqa: E501
    ({"ids": {"vpc-1": {"resource": 1}}}, "contracts: ids of vpc-1 must be {resource: PATH}, or {resource: none} for none of the set; got {'resource': 1}"),  # noqa: E501
    ({"ids": {"vpc-1": {"resource": "A", "b": 1}}}, "contracts: ids of vpc-1 must be {resource: PATH}, or {resource: none} for none of the set; got {'resource': 'A', 'b': 1}"),  # noqa: E501
    ({"returns": {"A": "x"}}, "contracts: returns of A must be a mapping, got 'x'"),
    ({"harmless": "A"}, "contracts: harmless must be a list, got 'A'"),
    ({"prefixes": {"A": "10.0.0.0/8"}}, "contracts: prefixes of A must be a list, got '10.0.0.0/8'"),
    ({"prefixes": {"A": [8]}}, "contracts: prefixes of A must be CIDRs, got 8"),
    ({"blocks": {"A": ["x"]}}, "contracts: blocks of A must be CIDRs, got 'x'"),
    ({"zones": {"A": 1}}, "contracts: zones of A must be a text, got 1"),
    ({"zones": {"A": ""}}, "contracts: zones of A must be a text, got ''"),
    ({"appliance-mode": {"A": "on"}}, "contracts: appliance-mode of A must be true or false, got 'on'"),
    ({"public-addresses": {"A": 1}}, "contracts: public-addresses of A must be true or false, got 1"),
    ({"policies": {"A": "inspect"}}, "contracts: policies of A must be one of inspects, passes, drops, got 'inspect'"),
    ({"attachments": {"name": "A"}}, "contracts: attachments must be a list, got {'name': 'A'}"),
    ({"attachments": ["A"]}, "contracts: attachments must be a mapping, got 'A'"),
    ({"attachments": [{"transit-gateway": "T", "kind": "vpn"}]}, "contracts: attachments: each needs a text for 'name', got {'transit-gateway': 'T', 'kind': 'vpn'}"),  # noqa: E501
    ({"attachments": [{"name": "A", "transit-gateway": "T"}]}, "contracts: attachments: each needs a text for 'kind', got {'name': 'A', 'transit-gateway': 'T'}"),  # noqa: E501
    ({"attachments": [{"name": "A", "transit-gateway": "T", "kind": "vpc"}]},
     "contracts: attachments: kind must be one of vpn, direct-connect, connect, got 'vpc'"),
    ({"attachments": [{"name": "A", "transit-gateway": "T", "kind": "vpn", "prefixes": ["x"]}]},
     "contracts: attachments: prefixes must be CIDRs, got 'x'"),
    ({"attachments": [{"name": "A", "transit-gateway": "T", "kind": "vpn", "propagates-to": "x"}]},
     "contracts: attachments: propagates-to must be a list, got 'x'"),
    ({"routes": [{"table": "T", "attachmen": "A"}]},
     "contracts: routes: unknown key 'attachmen'; did you mean 'attachment' or 'table' or 'target'?"),
    ({"routes": [{"table": "T"}]}, "contracts: routes: each needs a text for 'attachment', got {'table': 'T'}"),
    ({"routes": [{"attachment": "A"}]}, "contracts: routes: each needs a text for 'table', got {'attachment': 'A'}"),
    ({"routes": [{"target": "A"}]}, "contracts: routes: each needs a text for 'table', got {'target': 'A'}"),
    ({"routes": [{"table": "T", "attachment": "A", "target": "B"}]},
     "contracts: routes: each has an attachment (transit gateway) or a target (VPC), got {'table': 'T', 'attachment': 'A', 'target': 'B'}"),  # noqa: E501
    ({"routes": [{"table": "T", "target": ""}]},
     "contracts: routes: target must be a name or {endpoint-of: FIREWALL, subnet: SUBNET}, got ''"),
    ({"routes": [{"table": "T", "target": {"subnet": "S"}}]}, "contracts: routes: target must be a name or {endpoint-of: FIREWALL, subnet: SUBNET}, got {'subnet': 'S'}"),  # noqa: E501
    ({"routes": [{"table": "T", "target": {"endpoint-of": "F", "zone": "z"}}]}, "contracts: routes: target must be a name or {endpoint-of: FIREWALL, subnet: SUBNET}, got {'endpoint-of': 'F', 'zone': 'z'}"),  # noqa: E501
    ({"routes": [{"table": "T", "target": {"endpoint-of": 1}}]}, "contracts: routes: target must be a name or {endpoint-of: FIREWALL, subnet: SUBNET}, got {'endpoint-of': 1}"),  # noqa: E501
    ({"routes": [{"table": "T", "attachment": "A", "origin": "vpn"}]},
     "contracts: routes: origin must be static or prefix list, of a VPC static; got 'vpn'"),
    ({"routes": [{"table": "T", "target": "A", "origin": "prefix list"}]},
     "contracts: routes: origin must be static or prefix list, of a VPC static; got 'prefix list'"),
    ({"routes": [{"table": "T", "target": "A", "by": 1}]}, "contracts: routes: by must be a text, got 1"),
    ({"routes": [{"table": "T", "target": "A", "prefixes": ["x"]}]}, "contracts: routes: prefixes must be CIDRs, got 'x'"),  # noqa: E501
    ({"sites": {"A": {"preference": "high"}}},
     "contracts: sites of A: preference must be a number between 0 and 4294967295, got 'high'"),
    ({"sites": {"A": {"preference": -1}}}, "contracts: sites of A: preference must be a number between 0 and 4294967295, got -1"),  # noqa: E501
    ({"sites": {"A": {"preference": 2**32}}}, "contracts: sites of A: preference must be a number between 0 and 4294967295, got 4294967296"),  # noqa: E501
    ({"sites": {"A": {"asn": 2**32}}}, "contracts: sites of A: asn must be a number between 1 and 4294967295, got 4294967296"),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("data", "message"), MALFORMED, ids=[str(number) for number in range(len(MALFORMED))])
def test_what_is_malformed_is_said(data: Any, message: str) -> None:
    with pytest.raises(ContractError) as caught:
        Contracts.from_data(data)
    assert str(caught.value) == message


def test_the_largest_numbers_are_taken() -> None:
    contracts = Contracts.from_data(
        {"sites": {"A": {"preference": 2**32 - 1, "asn": 2**32 - 1}, "B": {"preference": 0}}}
    )
    assert (contracts.sites["A"].preference, contracts.sites["A"].asn) == (2**32 - 1, 2**32 - 1)
    assert contracts.sites["B"].preference == 0
