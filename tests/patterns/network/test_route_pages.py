"""The pages of route tables and standing costs are what the templates say."""

import pytest

from patternkit.catalog.costs.standing import standing
from patternkit.testing.synthesis import Synthesis
from tests.patterns.network.domains import domains
from tests.patterns.network.inspection_vpc import hubs
from tests.patterns.network.route_pages import PAGES, files, path
from tests.patterns.network.tables import Tables


@pytest.mark.parametrize("pattern", PAGES)
def test_the_page_of_routes_and_its_pictures_are_current(pattern: str) -> None:
    made = files(pattern)
    command = "python -m tests.patterns.network.route_pages"
    for place, content in made.items():
        assert place.exists(), f"{place} is missing: run {command}"
        assert place.read_text(encoding="utf-8") == content, f"{place} is not current: run {command}"
    assert set(path(pattern).parent.glob("routes-*.svg")) == set(made) - {path(pattern)}


def test_a_picture_of_domains_shows_who_is_associated_and_where_routes_lead() -> None:
    tables = Tables(
        gateway={
            "Spokes": {"10.0.0.0/8": "blackhole", "*attachment of Site/1": "attachment of Site/1"},
            "Sites": {"*Orders": "Orders", "*Billing": "Billing"},
        },
        associations={"Spokes": ["Orders", "Billing"], "Sites": ["attachment of Site/1", "attachment of Site/2"]},
    )
    made = domains(tables)
    titles = {name: node.title for name, node in made.nodes.items()}
    assert {(titles[edge.source], titles[edge.target], edge.label) for edge in made.edges} == {
        ("Orders, Billing", "Spokes", ""),
        ("Site", "Sites", ""),
        ("Spokes", "Dropped", "10.0.0.0/8"),
        ("Spokes", "Site", "propagated"),
        ("Sites", "Orders, Billing", "propagated"),
    }


def parts(synthesis: Synthesis) -> dict[str, float]:
    return {line.what: line.number for line in standing(synthesis.templates.values()).lines}


def test_what_costs_is_counted() -> None:
    three = parts(hubs.synthesized("three-zones"))
    assert (three["Firewall endpoint"], three["NAT gateway"], three["Public IPv4 address"]) == (3, 3, 3)
    assert three["Transit gateway attachment"] == 4
    everything = parts(hubs.synthesized("default", sites=True, ingress=True))
    # Inspection, egress, ingress, two spokes, three VPN connections, one Direct Connect gateway.
    assert everything["Transit gateway attachment"] == 9
    assert everything["VPN connection"] == 3
    assert everything["Application Load Balancer"] == 1
    assert parts(hubs.synthesized("native"))["Firewall endpoint"] == 2
