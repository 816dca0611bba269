"""The pages of route tables and standing costs are what the templates say."""

import re

import pytest

from patternkit.catalog.costs.standing import standing
from patternkit.testing.synthesis import Synthesis
from tests.patterns.network.inspection_vpc import hubs
from tests.patterns.network.route_pages import PAGES, page, path


@pytest.mark.parametrize("pattern", PAGES)
def test_the_page_of_routes_is_current(pattern: str) -> None:
    made = re.sub(r"[ \t]+$", "", page(pattern), flags=re.MULTILINE)
    command = "python -m tests.patterns.network.route_pages"
    assert path(pattern).read_text(encoding="utf-8") == made, f"{path(pattern)} is not current: run {command}"


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
