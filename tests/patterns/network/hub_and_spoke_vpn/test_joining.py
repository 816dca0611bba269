"""Spokes of other accounts, and spokes that all reach: what each domain knows, and what is refused."""

import copy
import dataclasses
import re

import aws_cdk as cdk
import pytest

from patternkit.routes import Contracts, Network, isolated, reaches
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.hub_and_spoke_vpn import HubAndSpokeVpn
from tests.patterns.network.hub_and_spoke_vpn.test_hub_and_spoke_vpn import BERLIN, BLACKHOLES
from tests.patterns.network.hub_and_spoke_vpn.variants import contracts_of_paris
from tests.patterns.network.mutants import Templates
from tests.patterns.network.tables import Tables, read_tables
from tests.patterns.network.test_every_variant import sources

PARIS = {"*attachment of Hub/SiteParis/1": "attachment of Hub/SiteParis/1"}
SPOKES = {f"*{name}": name for name in ("Orders", "Billing", "Mail")}
SHARED = {"*Shared": "Shared"}


def tables(variant: str) -> Tables:
    return read_tables(*(one.template for one in sources(f"hub-and-spoke-vpn: {variant}")))


def test_every_domain_of_spokes_knows_the_shared_one_and_its_domain_knows_all() -> None:
    found = tables("a shared spoke with endpoints").gateway
    assert found["Shared"] == BLACKHOLES | PARIS | SPOKES | SHARED
    assert found["Isolated"] == BLACKHOLES | PARIS | SHARED
    assert found["GroupShop"] == BLACKHOLES | PARIS | SHARED | {"*Orders": "Orders", "*Billing": "Billing"}
    assert found["Sites"] == SPOKES | SHARED


def test_who_joins_from_another_account_finds_the_sites_and_the_shared_spoke_and_both_find_them() -> None:
    made = tables("shared with other accounts")
    assert made.gateway["Joining"] == BLACKHOLES | PARIS | SHARED
    # What joins is propagated there by the gateway, so that the shared spoke is looked up there, too.
    assert made.gateway["Sites"] == SPOKES
    assert sorted(made.associations["Sites"]) == ["Shared", "attachment of Hub/SiteParis/1"]
    assert "Shared" not in made.gateway
    [defaults] = [
        one["Properties"]
        for source in sources("hub-and-spoke-vpn: shared with other accounts")
        for one in source.template["Resources"].values()
        if one.get("Metadata", {}).get("aws:cdk:path", "").endswith("Defaults/Resource/Default")
    ]
    assert "JoiningDomain" in str(defaults)
    assert "SitesDomain" in str(defaults)


def test_what_joins_from_another_account_reaches_sites_and_the_shared_spoke_and_no_other() -> None:
    stacks = [
        dataclasses.replace(one, template=copy.deepcopy(one.template))
        for one in sources("hub-and-spoke-vpn: shared with other accounts")
    ]
    made = Templates({one.name: one.template for one in stacks})
    attachment = {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayAttachment", "Joined"), "Id"]}
    # As the gateway's defaults place what joins.
    for kind, domain in (("Association", "JoiningDomain"), ("Propagation", "SitesDomain")):
        table = {"Fn::GetAtt": [made.id_of("EC2::TransitGatewayRouteTable", domain), "TransitGatewayRouteTableId"]}
        placed = {"TransitGatewayAttachmentId": attachment, "TransitGatewayRouteTableId": table}
        made.add(f"Placed{kind}", f"EC2::TransitGatewayRouteTable{kind}", **placed)
    contracts = contracts_of_paris() | {"harmless": ["*Placement/Resource/Default", "*Defaults/Resource/Default"]}
    partner, others = "Partner/Workload*", ["Orders/Workload*", "Billing/Workload*", "Mail/Workload*"]
    site, shared = "Hub/SiteParis/Connection1", "Shared/Services*"
    Network(stacks, Contracts.from_data(contracts)).assert_holds(
        reaches(partner, [shared, site]),
        reaches([shared, site], partner),
        reaches(partner, "Central/Endpoints/*", port=443),
        isolated(partner, others),
        isolated(others, partner),
    )


def test_a_shared_spoke_is_in_no_group(scope: cdk.Stack) -> None:
    hub = HubAndSpokeVpn(scope, "Hub", sites=[BERLIN])
    zones = hub.availability_zones
    vpc = AttachmentVpc(scope, "Shared", cidr="10.8.0.0/24", availability_zones=zones, tiers={"Workload": 27}).vpc
    message = "group must be left out where shared is on, got Shop: it reaches spokes of every group"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        hub.add_spoke(vpc, group="Shop", shared=True)
