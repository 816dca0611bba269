"""What the hub promises of packets, proved from its templates; and mutants of them, which must be caught."""

import copy
from typing import Any

import pytest

from patternkit.routes import Network, Verdict, isolated, no_blackhole, reaches
from tests.conftest import ENVIRONMENTS
from tests.patterns.network.hub_and_spoke_vpn.test_hub_and_spoke_vpn import BERLIN, hub

ORDERS, BILLING, MAIL, WIKI = (f"Network/{name}" for name in ("Orders", "Billing", "Mail", "Wiki"))
SPOKES, SITES = "every spoke subnet", "every site"
CONTRACTS: dict[str, Any] = {
    "harmless": ["*Placement/Resource/Default"],
    "returns": {
        f"*/{site}/Attachment{number}Placement/Resource/Default": {
            "AttachmentId": {"attachment-of": f"{site}/Connection{number}"}
        }
        for site, number in (("SiteBerlin", 1), ("SiteBerlin", 2), ("SiteRome", 1))
    },
    "prefixes": {f"SiteBerlin/Connection{number}": list(BERLIN.prefixes) for number in (1, 2)},
}
environments = pytest.mark.parametrize("environment", ENVIRONMENTS)


def network(environment: str, template: dict[str, Any] | None = None, **contracts: Any) -> Network:
    template = template or hub(environment).template
    return Network.from_templates({"Network": template}, contracts=CONTRACTS | contracts)


@environments
def test_every_spoke_and_every_site_reach_each_other(environment: str) -> None:
    network(environment).assert_holds(
        reaches(SPOKES, SITES), reaches(SITES, SPOKES), no_blackhole(SPOKES, SITES), no_blackhole(SITES, SPOKES)
    )


@environments
def test_spokes_reach_each_other_in_their_group_only(environment: str) -> None:
    found = network(environment)
    found.assert_holds(reaches(ORDERS, BILLING), reaches(BILLING, ORDERS))
    for one, other in ((MAIL, WIKI), (MAIL, ORDERS), (WIKI, BILLING)):
        found.assert_holds(isolated(one, other), isolated(other, one))


@environments
def test_sites_do_not_reach_each_other(environment: str) -> None:
    network(environment).assert_holds(isolated("SiteBerlin/Connection1", "SiteRome/Connection1"))


@environments
def test_a_default_route_from_a_site_does_not_join_spokes(environment: str) -> None:
    """What the blackholes are for: without them the site's device would pass one spoke's packets to another."""
    announced = {f"SiteBerlin/Connection{n}": ["0.0.0.0/0"] for n in (1, 2)}
    network(environment, prefixes=announced).assert_holds(isolated(MAIL, WIKI), isolated(MAIL, ORDERS))


@environments
def test_mutants_are_caught(environment: str) -> None:
    template = copy.deepcopy(hub(environment).template)
    resources = template["Resources"]
    [isolated_table] = [
        name
        for name, one in resources.items()
        if one["Type"] == "AWS::EC2::TransitGatewayRouteTable" and one["Properties"]["Tags"][0]["Value"] == "Isolated"
    ]
    [wiki] = [name for name in resources if name.startswith("WikiVpcSpokeOfHubAttachmentResource")]
    resources["Leak"] = {
        "Type": "AWS::EC2::TransitGatewayRouteTablePropagation",
        "Properties": {
            "TransitGatewayAttachmentId": {"Fn::GetAtt": [wiki, "Id"]},
            "TransitGatewayRouteTableId": {"Fn::GetAtt": [isolated_table, "TransitGatewayRouteTableId"]},
        },
    }
    [mail] = [name for name in resources if name.startswith("MailVpcSpokeOfHubAttachmentResource")]
    leaking = network(environment, template)
    proof = leaking.prove(isolated(MAIL, WIKI))
    # One way only: Mail is found in the table now, and Wiki's replies too.
    assert proof.verdict is Verdict.FAILS, proof
    resources[mail]["Properties"]["SubnetIds"].pop()
    assert network(environment, template).prove(reaches(MAIL, SITES)).verdict is Verdict.FAILS
