"""What both gateways promise of packets, proved from the templates."""

from typing import Any

import pytest

from patternkit.routes import Network, Verdict, isolated, reaches
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.many_sites_vpn.test_many_sites_vpn import BERLIN, made

VPC = ["Branches/Network/Network/Workload1", "Branches/Network/Network/Workload2"]
BERLIN_SITE, OSLO_SITE, ROME_SITE = (f"Site{name}/Connection1" for name in ("Berlin", "Oslo", "Rome"))
CONTRACTS: dict[str, Any] = {
    "harmless": ["*Placement/Resource/Default"],
    "returns": {
        f"*/{site}/Attachment1Placement/Resource/Default": {"AttachmentId": {"attachment-of": f"{site}/Connection1"}}
        for site in ("SiteBerlin", "SiteOslo", "SiteRome")
    },
}
PREFIXES = {BERLIN_SITE: list(BERLIN.prefixes), OSLO_SITE: ["192.168.9.0/24"]}
environments = pytest.mark.parametrize("environment", ENVIRONMENTS)


def network(environment: str, **options: Any) -> Network:
    private = options.get("gateway") == "virtual-private-gateway"
    contracts = {"prefixes": PREFIXES} | ({} if private else CONTRACTS)
    return Network.from_templates({"Branches": made(environment, **options).template}, contracts=contracts)


@environments
@pytest.mark.parametrize("gateway", ["transit-gateway", "virtual-private-gateway"])
def test_the_vpc_and_every_site_reach_each_other(gateway: str, environment: str) -> None:
    found = network(environment, gateway=gateway)
    for site in (BERLIN_SITE, OSLO_SITE, ROME_SITE):
        found.assert_holds(*(reaches(one, site) for one in VPC), *(reaches(site, one) for one in VPC))


@environments
def test_a_transit_gateway_keeps_sites_apart(environment: str) -> None:
    found = network(environment)
    found.assert_holds(isolated(BERLIN_SITE, OSLO_SITE), isolated(OSLO_SITE, ROME_SITE))


@environments
def test_sites_are_connected_when_asked(environment: str) -> None:
    found = network(environment, connect_sites=True)
    found.assert_holds(reaches(BERLIN_SITE, OSLO_SITE), reaches(OSLO_SITE, ROME_SITE))


@environments
def test_a_virtual_private_gateway_connects_its_sites(environment: str) -> None:
    """CloudHub, which cannot be turned off: isolation must not be reported."""
    found = network(environment, gateway="virtual-private-gateway")
    assert found.prove(isolated(BERLIN_SITE, OSLO_SITE)).verdict is Verdict.FAILS
