"""Every route table of the hub, by its name."""

import pytest

from patterns.building_blocks.vpc.cidr_block import ORGANIZATION_NETWORKS
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.inspection_vpc.hubs import OPTIONS, synthesized
from tests.patterns.network.tables import Tables, read_tables

EVERYWHERE = "0.0.0.0/0"
SPOKES = {"*Orders": "Orders", "*Billing": "Billing"}
FIREWALL = {"vpc": "Hub/Inspection", "transit-gateway": "Hub/Inspection/Firewall"}
environments = pytest.mark.parametrize("environment", ENVIRONMENTS)


def tables(option: str, environment: str = "agnostic", *, sites: bool = False, ingress: bool = False) -> Tables:
    return read_tables(*synthesized(option, environment, sites=sites, ingress=ingress).templates.values())


def to_networks(target: str) -> dict[str, str]:
    return dict.fromkeys(ORGANIZATION_NETWORKS, target)


def firewall(option: str) -> str:
    return FIREWALL[OPTIONS[option].get("firewall_attachment", "vpc")]


@environments
@pytest.mark.parametrize("option", OPTIONS)
def test_spokes_know_the_gateway_and_nothing_else(option: str, environment: str) -> None:
    found = tables(option, environment).vpc
    zones = 3 if option == "three-zones" else 2
    for spoke in ("Orders", "Billing"):
        for zone in range(1, zones + 1):
            assert found[f"{spoke}/Workload{zone}"] == {EVERYWHERE: "transit gateway"}
            assert found[f"{spoke}/Attachment{zone}"] == {}


@environments
@pytest.mark.parametrize("option", [name for name, options in OPTIONS.items() if "firewall_attachment" not in options])
def test_each_zone_enters_the_firewall_by_its_own_endpoint(option: str, environment: str) -> None:
    found = tables(option, environment).vpc
    for zone in range(1, (3 if option == "three-zones" else 2) + 1):
        assert found[f"Hub/Inspection/Network/Attachment{zone}"] == {
            EVERYWHERE: f"only endpoint of Hub/Inspection/Firewall/{zone}"
        }


@pytest.mark.parametrize("option", ["default", "closed", "east-west", "north-south", "shared", "three-zones"])
def test_the_firewall_gives_everything_back_to_the_gateway(option: str) -> None:
    found = tables(option).vpc
    assert found["Hub/Inspection/Network/Firewall1"] == {EVERYWHERE: "transit gateway"}
    assert found["Hub/Inspection/Network/Firewall2"] == {EVERYWHERE: "transit gateway"}


@pytest.mark.parametrize("option", ["nat-inside", "north-south-nat-inside"])
def test_nat_behind_the_endpoints_stays_in_its_zone(option: str) -> None:
    found = tables(option).vpc
    for zone in (1, 2):
        assert found[f"Hub/Inspection/Network/Firewall{zone}"] == {
            EVERYWHERE: f"Hub/Inspection/Network/Nat{zone}",
            **to_networks("transit gateway"),
        }
        assert found[f"Hub/Inspection/Network/Public{zone}"] == {
            EVERYWHERE: "Hub/Inspection/Network/InternetGateway",
            **to_networks(f"only endpoint of Hub/Inspection/Firewall/{zone}"),
        }


@pytest.mark.parametrize("option", ["default", "native", "east-west", "north-south", "shared"])
def test_the_egress_vpc_stays_in_its_zone_and_replies_by_the_gateway(option: str) -> None:
    found = tables(option).vpc
    for zone in (1, 2):
        assert found[f"Hub/Egress/Network/Attachment{zone}"] == {EVERYWHERE: f"Hub/Egress/Network/Nat{zone}"}
        assert found[f"Hub/Egress/Network/Public{zone}"] == {
            EVERYWHERE: "Hub/Egress/Network/InternetGateway",
            **to_networks("transit gateway"),
        }


@pytest.mark.parametrize("option", ["default", "native", "shared", "shared-native", "three-zones"])
def test_all_is_inspected(option: str) -> None:
    found = tables(option).gateway
    assert found["Spokes"] == {EVERYWHERE: firewall(option)}
    assert found["Inspection"] == {**SPOKES, EVERYWHERE: "Hub/Egress"}
    assert found["Egress"] == {EVERYWHERE: firewall(option)}


@pytest.mark.parametrize("option", ["nat-inside", "closed"])
def test_without_an_egress_vpc_the_gateway_knows_no_internet(option: str) -> None:
    assert tables(option).gateway == {"Spokes": {EVERYWHERE: "Hub/Inspection"}, "Inspection": SPOKES}


@pytest.mark.parametrize("option", ["east-west", "native-east-west"])
def test_east_west_inspects_what_spokes_send_each_other(option: str) -> None:
    found = tables(option).gateway
    assert found["Spokes"] == {EVERYWHERE: "Hub/Egress", **to_networks(firewall(option))}
    assert found["Inspection"] == {**SPOKES, EVERYWHERE: "Hub/Egress"}
    assert found["Egress"] == {**SPOKES, **to_networks(firewall(option))}


@pytest.mark.parametrize("option", ["north-south", "native-north-south"])
def test_north_south_lets_spokes_find_each_other(option: str) -> None:
    found = tables(option).gateway
    assert found["Spokes"] == {**SPOKES, EVERYWHERE: firewall(option)}
    assert found["Inspection"] == {**SPOKES, EVERYWHERE: "Hub/Egress"}
    assert found["Egress"] == {EVERYWHERE: firewall(option)}


@pytest.mark.parametrize("option", OPTIONS)
def test_sites_reach_everything_through_the_firewall_only(option: str) -> None:
    found = tables(option, sites=True)
    berlin = {f"*attachment of Hub/SiteBerlin/{n}": f"attachment of Hub/SiteBerlin/{n}" for n in (1, 2)}
    direct_connect = {
        "*attachment of 5f294f92-bafb-4011-916d-9b0b00000000": "attachment of 5f294f92-bafb-4011-916d-9b0b00000000"
    }
    static = {"192.168.1.0/24": "attachment of Hub/SiteRome/1"}
    assert found.gateway["Sites"] == {EVERYWHERE: firewall(option)}
    assert found.gateway["Inspection"].items() >= {**berlin, **direct_connect, **static}.items()
    assert sorted(found.associations["Sites"]) == sorted([*berlin.values(), *direct_connect.values(), *static.values()])
    for domain in ("Spokes", "Egress"):
        for target in found.gateway.get(domain, {}).values():
            assert "Site" not in target


@pytest.mark.parametrize("option", OPTIONS)
def test_each_attachment_is_in_one_domain(option: str) -> None:
    associations = tables(option, sites=True, ingress=True).associations
    everyone = [attachment for row in associations.values() for attachment in row]
    assert len(everyone) == len(set(everyone))
    assert associations["Spokes"] == ["Orders", "Billing"]
    assert associations["Inspection"] == [firewall(option)]
    assert associations["Ingress"] == ["Hub/Ingress"]
    assert associations.get("Joining", []) == []


@pytest.mark.parametrize("option", ["default", "nat-inside", "north-south", "native"])
def test_what_comes_in_is_inspected_both_ways(option: str) -> None:
    found = tables(option, ingress=True)
    assert found.gateway["Ingress"] == {EVERYWHERE: firewall(option)}
    assert found.gateway["Inspection"]["*Hub/Ingress"] == "Hub/Ingress"
    assert found.gateway["Spokes"][EVERYWHERE] == firewall(option)
    for zone in (1, 2):
        assert found.vpc[f"Hub/Ingress/Network/Public{zone}"] == {
            EVERYWHERE: "Hub/Ingress/Network/InternetGateway",
            **to_networks("transit gateway"),
        }
        if option == "nat-inside":
            assert found.vpc[f"Hub/Inspection/Network/Firewall{zone}"]["100.64.2.0/24"] == "transit gateway"


def test_east_west_lets_the_way_in_pass() -> None:
    found = tables("east-west", ingress=True).gateway
    assert found["Ingress"] == SPOKES
    assert found["Spokes"]["*Hub/Ingress"] == "Hub/Ingress"


@pytest.mark.parametrize("option", ["shared", "shared-native"])
def test_who_joins_by_himself_finds_the_firewall(option: str) -> None:
    assert tables(option).gateway["Joining"] == {EVERYWHERE: firewall(option)}
