"""The network patterns' ROUTES.md, written from templates by `python -m tests.patterns.network.route_pages`."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from patternkit.catalog.costs.standing import standing
from patternkit.catalog.diagrams import drawn
from patternkit.catalog.parts.costs import missing, standing_costs, standing_explained
from patternkit.testing.synthesis import Synthesis
from tests.conftest import ROOT, example
from tests.patterns.network.domains import domains
from tests.patterns.network.hub_and_spoke_vpn import test_hub_and_spoke_vpn as hub_and_spoke_vpn
from tests.patterns.network.inspection_vpc import hubs
from tests.patterns.network.many_sites_vpn import test_many_sites_vpn as many_sites_vpn
from tests.patterns.network.tables import Tables, read_tables

NETWORK = ROOT / "patterns" / "network"

_INSPECTION = {
    "default": "Everything is inspected; the internet is reached by an egress VPC (the defaults)",
    "native": '`firewall_attachment="transit-gateway"`',
    "nat-inside": '`egress="inspection-vpc"`',
    "closed": '`egress="none"`',
    "east-west": '`inspect="east-west"`',
    "north-south": '`inspect="north-south"`',
    "shared": '`share_with=["444455556666"]`',
    "three-zones": "`max_azs=3`",
}
PAGES: dict[str, Callable[[], list[tuple[str, Synthesis]]]] = {
    "inspection_vpc": lambda: [
        *((title, hubs.synthesized(option)) for option, title in _INSPECTION.items()),
        (
            "With `add_site` (Berlin by BGP, Rome static), `add_direct_connect_gateway` and `add_ingress`",
            hubs.synthesized("default", sites=True, ingress=True),
        ),
    ],
    "hub_and_spoke_vpn": lambda: [
        ("Two grouped spokes and one alone, one site on two devices", example("hub-and-spoke-vpn", "agnostic")),
        ("A site by BGP and a static one", hub_and_spoke_vpn.hub()),
    ],
    "many_sites_vpn": lambda: [
        ("Transit gateway (the default)", many_sites_vpn.made()),
        ("`connect_sites=True`", many_sites_vpn.made(connect_sites=True)),
        ('`gateway="virtual-private-gateway"`', many_sites_vpn.made(gateway="virtual-private-gateway")),
    ],
    "peered_hub": lambda: [("Two spokes", example("peered-hub", "agnostic"))],
}


def files(pattern: str) -> dict[Path, str]:
    """Write a pattern's page of route tables, and its pictures of routing domains.

    Args:
        pattern: The pattern's folder.

    Returns:
        What stands in each file.
    """
    pictures = {}
    lines = [
        f"# Routes: {pattern.replace('_', ' ')}",
        "",
        "Written from the templates by `python -m tests.patterns.network.route_pages`; a test holds it to them. Tables",
        "of further zones are alike but for their number. Each VPC's own range is local. What is learnt, not written,",
        "stands as *propagated*.",
        "",
        *standing_explained(),
        "",
    ]
    for number, (title, synthesis) in enumerate(PAGES[pattern](), start=1):
        tables = read_tables(*synthesis.templates.values())
        if tables.gateway:
            pictures[path(pattern).with_name(f"routes-{number}.svg")] = drawn(domains(tables), title)
        lines += [f"## {title}", "", *_diagram(number, title, tables), *_gateway(tables), *_vpc(tables)]
        lines += _cost(synthesis)
    text = re.sub(r"[ \t]+$", "", "\n".join(lines).rstrip() + "\n", flags=re.MULTILINE)
    return {path(pattern): text, **pictures}


def _diagram(number: int, title: str, tables: Tables) -> Iterator[str]:
    if tables.gateway:
        yield from (f"![Routing domains: {title.replace('`', '')}](routes-{number}.svg)", "")


def _gateway(tables: Tables) -> Iterator[str]:
    if not tables.gateway:
        return
    yield from ("| Routing domain | Associated | Destination | Target |", "| --- | --- | --- | --- |")
    for domain, routes in tables.gateway.items():
        associated = ", ".join(tables.associations[domain]) or "none here"
        for number, (destination, target) in enumerate(routes.items() or [("none", "")]):
            said = "*propagated*" if destination.startswith("*") else destination
            first = (domain, associated) if number == 0 else ("", "")
            yield f"| {first[0]} | {first[1]} | {said} | {target} |"
    yield ""


def _vpc(tables: Tables) -> Iterator[str]:
    yield from ("| Route table | Destination | Target |", "| --- | --- | --- |")
    for name, routes in tables.vpc.items():
        if not name.endswith("1"):
            continue
        for number, (destination, target) in enumerate(routes.items() or [("only local", "")]):
            yield f"| {name if number == 0 else ''} | {destination} | {target} |"
    yield ""


def _cost(synthesis: Synthesis) -> Iterator[str]:
    bill = standing(synthesis.templates.values())
    yield from (standing_costs(bill), "")
    if said := list(missing(bill)):
        yield from (*said, "")


def path(pattern: str) -> Path:
    """Where a pattern's page is."""
    return NETWORK / pattern / "ROUTES.md"


if __name__ == "__main__":
    for each in PAGES:
        for place, content in files(each).items():
            place.write_text(content, encoding="utf-8")
            print(f"wrote {place.relative_to(ROOT)}")
