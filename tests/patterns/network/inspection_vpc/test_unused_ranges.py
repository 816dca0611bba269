"""What is sent to private ranges that nobody has: it goes in a loop, or is dropped behind the firewall."""

import copy
import re

import aws_cdk as cdk
import pytest

from patternkit.routes import Network, inspected, no_blackhole, reaches
from patternkit.testing.synthesis import Synthesis
from patterns.network.hub.attachment_vpc import AttachmentVpc
from patterns.network.inspection_vpc import CustomerSite, InspectionVpc
from tests.patterns.network.inspection_vpc.hubs import add_hub, synthesized
from tests.patterns.network.mutants import Templates
from tests.patterns.network.synthesized import memoized, network

SPOKES, UNUSED = ["Orders/Workload*", "Billing/Workload*"], "10.99.0.0/16"
LOST = no_blackhole("Orders/Workload*", UNUSED)


@memoized
def dropping() -> Synthesis:
    return network(lambda app: add_hub(app, {"drop_unused": True}))


def test_it_goes_in_a_loop_by_the_egress_vpc() -> None:
    assert "a forwarding loop" in str(Network.from_templates(synthesized("default").templates).prove(LOST))


def test_it_is_dropped_where_that_is_asked_for_and_nothing_else_is() -> None:
    templates = copy.deepcopy(dropping().templates)
    found = Network.from_templates(templates)
    said = str(found.prove(LOST))
    assert "blackhole" in said
    assert "loop" not in said
    found.assert_holds(reaches(SPOKES, SPOKES), inspected(SPOKES, SPOKES), reaches(SPOKES, "internet", port=443))
    Templates(templates).remove("EC2::TransitGatewayRoute", "InspectionDomainBlackhole")
    assert "a forwarding loop" in str(Network.from_templates(templates).prove(LOST))


@pytest.fixture
def hub(scope: cdk.Stack) -> InspectionVpc:
    return InspectionVpc(scope, "Hub", networks=["10.0.0.0/16", "192.168.0.0/16"], drop_unused=True)


def test_whose_range_would_be_dropped_is_refused(scope: cdk.Stack, hub: InspectionVpc) -> None:
    site = CustomerSite(name="Berlin", addresses=["198.51.100.1"], prefixes=["192.168.0.0/16"])
    message = "site: prefixes must be a part of 192.168.0.0/16, which drop_unused drops, got 192.168.0.0/16"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        hub.add_site(site)
    zones = hub.availability_zones
    vpc = AttachmentVpc(scope, "Orders", cidr="10.0.0.0/16", availability_zones=zones, tiers={"Workload": 27}).vpc
    message = "vpc Test/Orders/Vpc must be a part of 10.0.0.0/16, which drop_unused drops, got 10.0.0.0/16"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        hub.add_spoke(vpc)
